//! What can be wrong with what selection is given.

use thiserror::Error;

/// Why a call of selection was refused.
#[derive(Clone, Debug, PartialEq, Error)]
pub enum SelectionError {
    /// There is not even one objective.
    #[error("at least one objective is needed")]
    NoObjectives,
    /// The flat values do not divide into rows.
    #[error("{values} values do not make rows of {width}")]
    Ragged {
        /// How many values there are.
        values: usize,
        /// How many make a row.
        width: usize,
    },
    /// A direction for some objectives and not for others.
    #[error("{given} directions were given for {expected} objectives: one each, or none to minimise all")]
    Directions {
        /// How many there are.
        given: usize,
        /// How many objectives there are.
        expected: usize,
    },
    /// A value that cannot be ordered.
    #[error("{what} {column} of row {row} is not a number")]
    NotANumber {
        /// What the columns are.
        what: &'static str,
        /// The row, from 0.
        row: usize,
        /// The column, from 0.
        column: usize,
    },
    /// More rows than a 32-bit index can name.
    #[error("{0} rows are more than 4,294,967,295, the most that can be sorted")]
    TooMany(usize),
    /// Something that belongs to every row has another length.
    #[error("{given} {what} were given where {expected} are needed")]
    Length {
        /// What was counted.
        what: &'static str,
        /// How many there are.
        given: usize,
        /// How many there should be.
        expected: usize,
    },
    /// More chosen than there are.
    #[error("{wanted} cannot be chosen from {available}")]
    Count {
        /// How many were asked for.
        wanted: usize,
        /// How many there are.
        available: usize,
    },
    /// A setting outside its range.
    #[error("{name} is {value}; it must be {range}")]
    Setting {
        /// The setting's name.
        name: &'static str,
        /// What it was set to.
        value: f64,
        /// What it may be.
        range: &'static str,
    },
    /// A lower bound that is not below its upper bound, or one that is infinite.
    #[error("the bounds of variable {variable} are {lower} and {upper}; they must be finite, in this order")]
    Bounds {
        /// The variable, from 0.
        variable: usize,
        /// Its lower bound.
        lower: f64,
        /// Its upper bound.
        upper: f64,
    },
}

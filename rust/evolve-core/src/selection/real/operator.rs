//! What all operators have in common: settings with ranges, a box, and rows that are changed in place.

use super::Bounds;
use crate::selection::SelectionError;

/// Where a batch's random numbers come from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Draw {
    /// The run's seed.
    pub seed: u64,
    /// The generation within the run.
    pub generation: u32,
}

/// A crossover or a mutation of a batch of rows.
pub trait Operator {
    /// Refuse settings outside their ranges.
    fn check(&self) -> Result<(), SelectionError>;

    /// Change rows in place; the settings were checked and the rows lie in the box.
    fn apply(&self, rows: &mut [f64], bounds: &Bounds, draw: Draw);

    /// Change any rows in place. A crossover puts the children of each pair in its place, and a last row
    /// without a partner stays as it is.
    fn change(&self, rows: &mut [f64], bounds: &Bounds, draw: Draw) -> Result<(), SelectionError> {
        self.check()?;
        bounds.admit(rows)?;
        self.apply(rows, bounds, draw);
        Ok(())
    }
}

/// A probability is from 0 to 1.
pub(super) fn check_probability(name: &'static str, value: f64) -> Result<(), SelectionError> {
    check(name, value, (0.0..=1.0).contains(&value), "between 0 and 1")
}

/// How close children stay: 0 or more.
pub(super) fn check_eta(value: f64) -> Result<(), SelectionError> {
    check("eta", value, (0.0..=1e6).contains(&value), "between 0 and 1,000,000")
}

/// A part of a range, or some of it: 0 or more.
pub(super) fn check_part(name: &'static str, value: f64) -> Result<(), SelectionError> {
    check(name, value, (0.0..=1e3).contains(&value), "between 0 and 1,000")
}

pub(super) fn check(
    name: &'static str,
    value: f64,
    good: bool,
    range: &'static str,
) -> Result<(), SelectionError> {
    if good { Ok(()) } else { Err(SelectionError::Setting { name, value, range }) }
}

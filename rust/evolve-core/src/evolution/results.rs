//! What becomes of results that an evolution is told.

use crate::metric::MetricError;
use crate::report::GenerationReport;
use thiserror::Error;

/// Why results were refused. Nothing of them was taken.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum ResultError {
    /// Not a unit of this run.
    #[error("unit {unit} is no unit of generation {generation}")]
    Unit {
        /// What came.
        unit: u64,
        /// The generation being scored.
        generation: u32,
    },
    /// Never handed out.
    #[error("unit {0} was never handed out")]
    NotAsked(u64),
    /// Wrong number of scores.
    #[error("unit {unit} has {given} {what} where {expected} are expected, {width} for each member")]
    Count {
        /// Which unit.
        unit: u64,
        /// Scores, or numbers of behaviour.
        what: &'static str,
        /// How many belong to a member.
        width: usize,
        /// How many came.
        given: usize,
        /// How many members it has.
        expected: usize,
    },
    /// A score that is no number.
    #[error("unit {unit} has the score {score}, but scores and behaviours must be finite")]
    NotFinite {
        /// Which unit.
        unit: u64,
        /// What it was.
        score: String,
    },
    /// Metrics that break a rule.
    #[error("unit {unit}: {problem}")]
    Metric {
        /// Which unit.
        unit: u64,
        /// What is wrong with them.
        problem: MetricError,
    },
    /// Other objectives, or another description of behaviour, than the configuration has.
    #[error("the results have {given} {what} for each member where the configuration has {expected}")]
    Width {
        /// Objectives, or numbers of behaviour.
        what: &'static str,
        /// How many came.
        given: usize,
        /// How many the configuration has.
        expected: usize,
    },
}

/// What became of results.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Told {
    /// Units taken.
    pub accepted: usize,
    /// Units that somebody else had told already.
    pub dropped: usize,
    /// Set when the results were the last of their generation, and the next one has been bred.
    pub report: Option<GenerationReport>,
}

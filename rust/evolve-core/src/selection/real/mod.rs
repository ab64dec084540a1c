//! Operators on real vectors of one length: batches of rows in a flat slice, changed in place.
//!
//! Every row or pair draws from a stream of its own, named by seed, generation and index, so a batch may be
//! cut anywhere. Powers and logarithms come from `libm`, and whole powers and square roots are taken
//! exactly, so the same seed gives the same bits on every machine.

mod bounds;
mod crossover;
mod mutation;
mod power;
mod tournament;

pub use bounds::Bounds;
pub use crossover::{Blend, Sbx};
pub use mutation::{Gaussian, Polynomial};
pub use tournament::tournament;

use super::SelectionError;

/// Where a batch's random numbers come from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Draw {
    /// The run's seed.
    pub seed: u64,
    /// The generation within the run.
    pub generation: u32,
}

fn check_probability(name: &'static str, value: f64) -> Result<(), SelectionError> {
    check(name, value, (0.0..=1.0).contains(&value), "between 0 and 1")
}

fn check(name: &'static str, value: f64, good: bool, range: &'static str) -> Result<(), SelectionError> {
    if good { Ok(()) } else { Err(SelectionError::Setting { name, value, range }) }
}

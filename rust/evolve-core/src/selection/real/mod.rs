//! Operators on real vectors of one length: batches of rows in a flat slice, changed in place.
//!
//! Every row or pair draws from a stream of its own, named by seed, generation and index, so a batch may be
//! cut anywhere. Whole powers and square roots are taken exactly, other powers and logarithms are series of
//! our own, so the same seed gives the same bits on every machine, and in `GDScript`.

mod bounds;
mod crossover;
mod mutation;
mod operator;
mod power;
mod tournament;
mod transcendental;

pub use bounds::Bounds;
pub use crossover::{Blend, Sbx};
pub use mutation::{Gaussian, Polynomial};
pub use operator::{Draw, Operator};
pub use tournament::tournament;

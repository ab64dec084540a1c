//! Who lives and who breeds: dominance, crowding, NSGA-II, novelty, MAP-Elites, and real vectors.
//!
//! Stands by itself: everything works on flat row-major slices of f64 that a caller in any language can
//! hand over without a copy. Never evaluates anything, and never draws a random number that is not named
//! by a seed.

pub mod crowding;
pub mod dominance;
mod error;
pub mod map_elites;
pub mod novelty;
pub mod nsga2;
pub mod nsga2_run;
mod objectives;
mod presort;
pub mod real;

pub use crate::config::Direction;
pub use error::SelectionError;
pub use objectives::Objectives;

//! A whole population as one ONNX model: a single sparse network, level by level.
//!
//! Topology and weights are inputs of the model, not part of it: a [`Shape`] says how large they are, and a
//! session made for one shape serves every population that fits in. Sizes are rounded up to powers of two,
//! so that the next generation seldom needs another.

mod graph;
mod plan;
mod schedule;
mod shape;

pub use graph::{Table, population_model, tables_of};
pub use plan::{PopulationPlan, Tables};
pub use shape::{Level, Shape};

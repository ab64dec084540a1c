//! Simulated worlds and the evaluator that plays work units in them.
//!
//! A world is one file and one trait. It knows no genomes, and no other world. Nothing here reads a
//! clock or a file.

mod double_pole;
mod evaluator;
mod maze;
mod world;
mod xor;

pub use double_pole::DoublePole;
pub use evaluator::{EvaluationError, evaluate, play};
pub use maze::Maze;
pub use world::{World, WorldKind};
pub use xor::Xor;

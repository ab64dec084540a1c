//! Brains that run: genomes compiled to flat programs.

mod compile;
mod forward;
mod neurons;
mod population;
mod rows;
mod transpose;

pub use compile::Network;
pub use forward::VALUE_LIMIT;
pub use neurons::Neuron;
pub use population::{Brains, ThinkError};
pub use rows::RowStates;

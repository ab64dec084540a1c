//! The engine of Evolve: genomes, networks, species, and the machine that conducts them.
//!
//! Nothing here reads a file, a clock or a global; nothing knows Godot or Python. The same
//! configuration and seed give the same bytes on every machine, in any number of threads.

pub mod activation;
pub mod complexity;
pub mod config;
pub mod evolution;
pub mod genome;
pub mod lineage;
pub mod math;
pub mod metric;
pub mod network;
pub mod policy;
pub mod random;
pub mod report;
mod reproduction;
pub mod selection;
pub mod speciation;
pub mod trace;
pub mod work;

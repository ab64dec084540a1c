//! Species: groups of genomes that are alike, within which offspring are shared out.

mod threshold;

pub use threshold::{adapt_threshold, assign};

use crate::genome::Genome;

/// A species that lives on from one generation to the next.
#[derive(Clone, Debug, PartialEq)]
pub struct Species {
    /// Its number, never used twice in a population.
    pub id: u32,
    /// Whoever is near enough to this genome belongs to it.
    pub representative: Genome,
    /// The generation it began in.
    pub created: u32,
    /// The generation its best score was found in.
    pub improved: u32,
    /// Its best score so far.
    pub best: f64,
}

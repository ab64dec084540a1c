//! Species: groups of genomes that are alike, within which offspring are shared out.

mod kmeans;
mod representatives;
mod slots;
mod threshold;

pub use threshold::adapt_threshold;

use crate::config::{SpeciationConfig, SpeciationStrategy};
use crate::genome::Genome;
use std::sync::Arc;

/// A species that lives on from one generation to the next.
#[derive(Clone, Debug, PartialEq)]
pub struct Species {
    /// Its number, never used twice in a population.
    pub id: u32,
    /// Whoever is near enough to this genome belongs to it.
    pub representative: Arc<Genome>,
    /// The generation it began in.
    pub created: u32,
    /// The generation its best score was found in.
    pub improved: u32,
    /// Its best score so far.
    pub best: f64,
}

/// What new species are numbered and dated with.
pub struct Register<'a> {
    /// The present generation.
    pub generation: u32,
    /// The number of the next new species.
    pub next_id: &'a mut u32,
}

impl Register<'_> {
    fn found(&mut self, genome: &Arc<Genome>) -> Species {
        *self.next_id += 1;
        Species {
            id: *self.next_id - 1,
            representative: genome.clone(),
            created: self.generation,
            improved: self.generation,
            best: f64::NEG_INFINITY,
        }
    }
}

/// For each genome the place of its species. New species stand at the end of the list, in the order of
/// the genomes that found them. The threshold is widened when it makes far too many.
pub fn assign(
    genomes: &[Arc<Genome>],
    species: &mut Vec<Species>,
    threshold: &mut f64,
    register: Register<'_>,
    config: &SpeciationConfig,
) -> Vec<usize> {
    match config.strategy {
        SpeciationStrategy::Threshold => threshold::assign(genomes, species, threshold, register, config),
        SpeciationStrategy::Kmeans => kmeans::assign(genomes, species, register, config),
    }
}

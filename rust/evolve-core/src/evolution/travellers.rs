//! Who leaves an island for the next one.

use crate::config::Config;
use crate::genome::Genome;
use std::sync::Arc;

/// Whoever leaves for the next island, the fittest first; of equals the first ones. They have the last places of
/// the new generation, until those of another island take these.
pub(super) fn travellers(merit: &[f64], config: &Config, generation: u32) -> Vec<usize> {
    let count = config.islands.migrants_after(generation);
    if count == 0 {
        return Vec::new();
    }
    let mut ranked: Vec<usize> = (0..merit.len()).collect();
    ranked.sort_by(|&a, &b| merit[b].total_cmp(&merit[a]));
    ranked.truncate(count);
    ranked
}

/// The genomes of these members.
pub(super) fn copies(genomes: &[Arc<Genome>], members: &[usize]) -> Vec<Arc<Genome>> {
    members.iter().map(|&member| Arc::clone(&genomes[member])).collect()
}

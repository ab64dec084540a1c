//! A generation of 10,000 genomes sorted to the nearest of 10 representatives.

use crate::ours::{grown, stream};
use crate::theirs::bred;
use evolve_core::config::{GenomeConfig, MutationConfig, SpeciationConfig};
use evolve_core::genome::{Genome, mutate};
use evolve_core::speciation::{Register, Species, assign};
use genoxide::neat::{Neat, Network};
use std::hint::black_box;
use std::sync::Arc;

const GENOMES: usize = 10_000;
const REPRESENTATIVES: usize = 10;
/// So many distances one sorting takes.
pub const DISTANCES: usize = GENOMES * REPRESENTATIVES;
/// Children of representatives are nearer than this to their parent, and no two representatives are.
const THRESHOLD: f64 = 1.0;

pub struct Ours {
    genomes: Vec<Arc<Genome>>,
    species: Vec<Species>,
}

impl Ours {
    pub fn new() -> Self {
        let (genes, mut random) = (GenomeConfig::default(), stream(6));
        let rates = MutationConfig { weight_power: 0.05, replace_rate: 0.0, ..MutationConfig::default() };
        let founders: Vec<Arc<Genome>> = (1..=REPRESENTATIVES as u64).map(|seed| Arc::new(grown(seed))).collect();
        let child = |index: usize| {
            let mut child = Genome::clone(&founders[index % REPRESENTATIVES]);
            mutate(&mut child, &genes, &rates, &mut random);
            Arc::new(child)
        };
        let genomes = (0..GENOMES).map(child).collect();
        let (mut species, mut next_id) = (Vec::new(), 0);
        sort(&founders, &mut species, &mut next_id);
        assert_eq!(species.len(), REPRESENTATIVES, "representatives that are far from each other");
        Self { genomes, species }
    }

    pub fn sort(&self) -> usize {
        let (mut species, mut next_id) = (self.species.clone(), REPRESENTATIVES as u32);
        black_box(sort(&self.genomes, &mut species, &mut next_id));
        assert_eq!(species.len(), REPRESENTATIVES, "genomes that are near a representative");
        DISTANCES
    }
}

fn sort(genomes: &[Arc<Genome>], species: &mut Vec<Species>, next_id: &mut u32) -> Vec<usize> {
    let config = SpeciationConfig { target_species: 0, ..SpeciationConfig::default() };
    assign(genomes, species, &mut { THRESHOLD }, Register { generation: 0, next_id }, &config)
}

/// genoxide offers the distance of two networks; the search for the nearest is written as one would.
pub struct Theirs {
    neat: Neat,
    networks: Vec<Network>,
}

impl Theirs {
    pub fn new() -> Self {
        let (neat, networks) = bred(GENOMES);
        Self { neat, networks }
    }

    pub fn sort(&self) -> usize {
        let nearest = |network: &Network| {
            let far = |known: &Network| self.neat.distance(network, known);
            let distances = self.networks[..REPRESENTATIVES].iter().map(far).enumerate();
            distances.reduce(|best, other| if other.1 < best.1 { other } else { best })
        };
        black_box(self.networks.iter().map(nearest).collect::<Vec<_>>());
        DISTANCES
    }
}

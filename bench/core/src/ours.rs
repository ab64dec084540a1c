//! A genome of 10 inputs, 4 outputs and about 46 connections, and what evolve-core does with it.

use evolve_core::config::{GenomeConfig, MutationConfig, ReproductionConfig, SpeciationConfig};
use evolve_core::genome::{Genome, crossover, distance, mutate};
use evolve_core::network::Network;
use evolve_core::random::{Purpose, Stream};
use std::hint::black_box;

pub struct Subject {
    first: Genome,
    second: Genome,
}

/// A stream for a person's own use.
pub fn stream(seed: u64) -> Stream {
    Stream::new(seed, 0, 0, 0, Purpose::User)
}

/// Grown by mutation until it has 46 connections or one more.
pub fn grown(seed: u64) -> Genome {
    let rates = MutationConfig { add_node_rate: 0.1, add_connection_rate: 0.1, ..Default::default() };
    let (genes, mut random) = (GenomeConfig::default(), stream(seed));
    let mut genome = Genome::initial(10, 4, &genes, &mut random);
    while genome.connections.len() < 46 {
        mutate(&mut genome, &genes, &rates, &mut random);
    }
    genome
}

impl Subject {
    pub fn new() -> Self {
        Self { first: grown(1), second: grown(2) }
    }

    pub fn forward(&self, count: usize) -> usize {
        let network = Network::compile(&self.first, false);
        let (mut values, mut scratch) = (vec![0.0; network.slots()], Vec::new());
        let (mut observations, mut actions) = ([0.5f32; 10], [0.0f32; 4]);
        for _ in 0..count {
            network.forward(black_box(&observations), &mut values, &mut scratch, &mut actions);
            observations[0] = actions[0];
        }
        black_box(actions);
        count
    }

    /// 1,024 rows a call.
    pub fn forward_rows(&self, calls: usize) -> usize {
        let network = Network::compile(&self.first, false);
        let mut states = network.row_states(1_024);
        let mut random = stream(5);
        let mut observations: Vec<f32> = (0..10_240).map(|_| random.normal()).collect();
        let mut actions = vec![0.0f32; 4_096];
        for _ in 0..calls {
            network.forward_rows(black_box(&observations), &mut states, &mut actions);
            observations[0] = actions[0];
        }
        black_box(actions);
        calls * 1_024
    }

    pub fn compile(&self, count: usize) -> usize {
        (0..count).for_each(|_| drop(black_box(Network::compile(black_box(&self.first), false))));
        count
    }

    pub fn distance(&self, count: usize) -> usize {
        let config = SpeciationConfig::default();
        for _ in 0..count {
            black_box(distance(black_box(&self.first), black_box(&self.second), &config));
        }
        count
    }

    pub fn mutate(&self, count: usize) -> usize {
        let (genes, rates, mut random) = (GenomeConfig::default(), MutationConfig::default(), stream(3));
        for _ in 0..count {
            let mut genome = self.first.clone();
            mutate(&mut genome, &genes, &rates, &mut random);
            black_box(genome);
        }
        count
    }

    pub fn crossover(&self, count: usize) -> usize {
        let (rates, mut random) = (ReproductionConfig::default(), stream(4));
        for _ in 0..count {
            black_box(crossover(black_box(&self.first), black_box(&self.second), &rates, &mut random));
        }
        count
    }
}

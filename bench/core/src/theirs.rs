//! The same for genoxide: networks of 10 inputs (and a bias), 4 outputs and about 46 connections, bred by
//! its own NEAT.

use genoxide::neat::{Neat, Network};
use genoxide::prelude::*;
use std::hint::black_box;

pub struct Subject {
    neat: Neat,
    first: Network,
    second: Network,
}

impl Subject {
    pub fn new() -> Self {
        let (neat, mut best) = bred(150);
        best.sort_by_key(|network: &Network| network.connections().len().abs_diff(46));
        best.truncate(2);
        let second = best.pop().expect("twenty generations have members");
        let first = best.pop().expect("twenty generations have members");
        Self { neat, first, second }
    }

    pub fn forward(&self, count: usize) -> usize {
        let mut network = self.first.feed_forward().expect("a feed-forward network");
        let (mut observations, mut actions) = ([0.5f64; 10], [0.0f64; 4]);
        for _ in 0..count {
            network.activate(black_box(&observations), &mut actions);
            observations[0] = actions[0];
        }
        black_box(actions);
        count
    }

    pub fn compile(&self, count: usize) -> usize {
        (0..count).for_each(|_| drop(black_box(black_box(&self.first).feed_forward())));
        count
    }

    pub fn distance(&self, count: usize) -> usize {
        for _ in 0..count {
            black_box(self.neat.distance(black_box(&self.first), black_box(&self.second)));
        }
        count
    }
}

/// A population, and its members after twenty generations.
pub fn bred(size: usize) -> (Neat, Vec<Network>) {
    let mut neat = Neat::builder(10, 4).population_size(size).seed(1).build().expect("sound settings");
    let mut networks = Vec::new();
    for generation in 0..20u32 {
        networks = neat.ask().iter().cloned().collect();
        let fitness: Vec<Fitness> = (0..networks.len()).map(|k| Fitness::new(score(generation, k))).collect();
        neat.tell(&fitness).expect("as many scores as candidates");
    }
    (neat, networks)
}

/// Scores that differ between members and generations and cost nothing.
pub fn score(generation: u32, member: usize) -> f64 {
    ((member * 7_919 + generation as usize * 104_729) % 1_009) as f64
}

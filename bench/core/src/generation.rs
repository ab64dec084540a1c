//! Whole generations without evaluation: ask, made-up scores, tell.

use crate::theirs::score;
use evolve_core::config::{Config, PopulationConfig};
use evolve_core::evolution::Evolution;
use evolve_core::work::{Results, UnitResult};
use genoxide::neat::Neat;
use genoxide::prelude::*;
use std::time::Instant;

const GENERATIONS: u32 = 20;
const ROUNDS: usize = 5;

/// Medians of both engines, in milliseconds a generation over the first 20 generations of a run.
pub fn milliseconds(size: usize) -> (f64, f64) {
    let (mut mine, mut theirs) = (Vec::new(), Vec::new());
    for round in 0..ROUNDS as u64 {
        mine.push(ours(size, round));
        theirs.push(genoxide(size, round));
    }
    (crate::median(mine), crate::median(theirs))
}

fn ours(size: usize, seed: u64) -> f64 {
    let names = |kind: &str, count: usize| (0..count).map(|place| format!("{kind}{place}")).collect();
    let population = PopulationConfig { size, inputs: names("in", 10), outputs: names("out", 4), ..Default::default() };
    let config = Config { populations: vec![population], ..Config::default() };
    let mut evolution = Evolution::new(config, seed).expect("sound settings");
    timed(|generation| {
        let batch = evolution.ask(usize::MAX).expect("a fresh generation");
        let result = |(member, unit): (usize, &evolve_core::work::WorkUnit)| {
            UnitResult::scored(unit.id, 0, vec![score(generation, member)])
        };
        let units = batch.units.iter().enumerate().map(result).collect();
        evolution.tell(&Results::of(&batch).with(units)).expect("a score for each unit");
    })
}

fn genoxide(size: usize, seed: u64) -> f64 {
    let mut neat = Neat::builder(10, 4).population_size(size).seed(seed).build().expect("sound settings");
    timed(|generation| {
        let count = neat.ask().len();
        let fitness: Vec<Fitness> = (0..count).map(|member| Fitness::new(score(generation, member))).collect();
        neat.tell(&fitness).expect("a score for each candidate");
    })
}

fn timed(mut generation: impl FnMut(u32)) -> f64 {
    let begin = Instant::now();
    (0..GENERATIONS).for_each(&mut generation);
    begin.elapsed().as_secs_f64() * 1_000.0 / f64::from(GENERATIONS)
}

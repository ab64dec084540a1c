//! States and batches that tests write and read.

use evolve_core::config::{ComplexityConfig, Config, EvaluationConfig, MutationConfig, PopulationConfig};
use evolve_core::evolution::Evolution;
use evolve_core::work::{Results, UnitResult, WorkBatch};

/// A run some generations old, with hidden nodes, several species and a champion.
pub fn evolution(seed: u64, generations: u32, size: usize) -> Evolution {
    let names = |list: &[&str]| list.iter().map(|&name| name.to_owned()).collect();
    let population = |name: &str| PopulationConfig {
        name: name.into(),
        size,
        inputs: names(&["a", "b"]),
        outputs: names(&["x"]),
    };
    let config = Config {
        populations: vec![population("hunters"), population("prey")],
        evaluation: EvaluationConfig { repeats: 2, ..Default::default() },
        mutation: MutationConfig { add_node_rate: 0.5, add_connection_rate: 0.5, ..Default::default() },
        // Some generations grow and some are simplified.
        complexity: ComplexityConfig { allowance: 1.5, patience: 2, ..Default::default() },
        ..Config::default()
    };
    let mut evolution = Evolution::new(config, seed).expect("a sound configuration");
    for _ in 0..generations {
        let batch = evolution.ask(usize::MAX).expect("a fresh generation");
        evolution.tell(&results(&batch)).expect("results that fit");
    }
    evolution
}

/// Some score for every unit.
pub fn results(batch: &WorkBatch) -> Results {
    let score = |unit: &evolve_core::work::WorkUnit| UnitResult {
        id: unit.id,
        steps: 7,
        scores: unit
            .genomes
            .iter()
            .map(|&genome| f64::from(batch.genomes[genome].genome.nodes.bias[2]))
            .collect(),
    };
    Results { objectives: 1, units: batch.units.iter().map(score).collect() }
}

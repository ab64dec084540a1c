//! States and batches that tests write and read.

use evolve_core::config::{
    BehaviourConfig, ComplexityConfig, Config, Direction, EvaluationConfig, IslandsConfig, MutationConfig,
    ObjectiveConfig, PopulationConfig, SelectionConfig, SelectionStrategy,
};
use evolve_core::evolution::{Archipelago, Evolution};
use evolve_core::genome::Genome;
use evolve_core::metric::Metric;
use evolve_core::work::{Results, UnitResult, WorkBatch};

/// A run some generations old, with hidden nodes, several species and a champion.
pub fn evolution(seed: u64, generations: u32, size: usize) -> Evolution {
    aged(config(size), seed, generations)
}

/// The same with another way of selecting, and all that it remembers.
pub fn selecting(strategy: SelectionStrategy, seed: u64, generations: u32, size: usize) -> Evolution {
    let mut config = config(size);
    let column = |name: &str| BehaviourConfig { name: name.into(), low: -4.0, high: 4.0, bins: 5 };
    config.evaluation.behaviour = vec![column("bias"), column("size")];
    let multiple = strategy == SelectionStrategy::Nsga2;
    if multiple {
        let cost = ObjectiveConfig { name: "cost".into(), direction: Direction::Minimise };
        config.evaluation.objectives.push(cost);
    }
    config.selection =
        SelectionConfig { strategy, novelty: multiple, complexity: multiple, ..Default::default() };
    aged(config, seed, generations)
}

/// Three islands, some generations old.
pub fn archipelago(seed: u64, generations: u32, size: usize) -> Archipelago {
    let islands = IslandsConfig { count: 3, migrate_every: 2, migrants: 1 };
    let mut archipelago =
        Archipelago::new(Config { islands, ..config(size) }, seed).expect("a sound configuration");
    while archipelago.generation() < generations {
        let batch = archipelago.ask(usize::MAX).expect("some island waits");
        archipelago.tell(&results(&batch)).expect("results that fit");
    }
    archipelago
}

fn config(size: usize) -> Config {
    let names = |list: &[&str]| list.iter().map(|&name| name.to_owned()).collect();
    let population = |name: &str| PopulationConfig {
        name: name.into(),
        size,
        group: 1,
        inputs: names(&["a", "b"]),
        outputs: names(&["x"]),
    };
    Config {
        populations: vec![population("hunters"), population("prey")],
        evaluation: EvaluationConfig { repeats: 2, ..Default::default() },
        mutation: MutationConfig { add_node_rate: 0.5, add_connection_rate: 0.5, ..Default::default() },
        // Some generations grow and some are simplified.
        complexity: ComplexityConfig { allowance: 1.5, patience: 2, ..Default::default() },
        ..Config::default()
    }
}

fn aged(config: Config, seed: u64, generations: u32) -> Evolution {
    let mut evolution = Evolution::new(config, seed).expect("a sound configuration");
    for _ in 0..generations {
        let batch = evolution.ask(usize::MAX).expect("a fresh generation");
        evolution.tell(&results(&batch)).expect("results that fit");
    }
    evolution
}

/// Seven units of a run some generations old, every other one of them to be traced if that is wanted.
pub fn batch(seed: u64, generations: u32, size: usize, traced: bool) -> WorkBatch {
    let mut batch = evolution(seed, generations, size).ask(7).expect("a fresh generation");
    batch.units.iter_mut().step_by(2).for_each(|unit| unit.traced = traced);
    batch
}

/// Some score, and some behaviour where it is asked for, for every unit.
pub fn results(batch: &WorkBatch) -> Results {
    let unit = |unit: &evolve_core::work::WorkUnit| {
        let genomes = || unit.genomes.iter().map(|&genome| &batch.genomes[genome].genome);
        let numbers = |genome: &Genome| [f64::from(genome.nodes.bias[2]), genome.connections.len() as f64];
        let columns =
            |count: usize| genomes().flat_map(move |genome| numbers(genome).into_iter().take(count));
        UnitResult {
            id: unit.id,
            steps: 7,
            scores: columns(batch.objectives.len()).collect(),
            behaviour: columns(batch.behaviour.len()).collect(),
            metrics: Vec::new(),
            trace: if unit.traced { vec![unit.seed, u64::MAX, unit.id.0] } else { Vec::new() },
        }
    };
    Results::of(batch).with(batch.units.iter().map(unit).collect())
}

/// The same results, in which members of every other unit have noted something.
pub fn noted(mut results: Results) -> Results {
    for unit in results.units.iter_mut().step_by(2) {
        let metric = |name: &str, value: f64| Metric { member: 0, name: name.into(), value };
        unit.metrics = vec![metric("crashes", 1.0), metric("laps", unit.scores[0] * 3.0)];
    }
    results
}

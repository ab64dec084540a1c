//! The benchmark problems of the NEAT paper, solved once for each seed: how many evaluations it took, and
//! what the solution looked like. Nothing here depends on the number of threads.

mod report;
mod solved;

pub use report::{json, table};

use evolve_core::config::Config;
use evolve_core::evolution::Evolution;
use evolve_core::genome::Genome;
use evolve_format::config::{config_text, parse_config};
use evolve_worlds::{WorldKind, evaluate};
use rayon::prelude::*;
use serde_json::Value;
use std::ops::Range;
use std::path::PathBuf;
use thiserror::Error;

/// What shall be measured.
#[derive(Debug, PartialEq)]
pub struct Wanted {
    pub world: WorldKind,
    pub seeds: Range<u64>,
    /// Settings that differ from the world's own.
    pub config: Option<PathBuf>,
    pub json: bool,
}

#[derive(Debug, Error)]
pub enum FiguresError {
    #[error("{path}: {problem}")]
    Config { path: String, problem: String },
    #[error("the brains do not fit the world: {0}")]
    World(#[from] evolve_worlds::EvaluationError),
}

/// How the run of one seed ended.
#[derive(Clone, Debug, PartialEq)]
pub struct Outcome {
    pub seed: u64,
    pub solved: bool,
    /// Generations scored, the last one counted whole.
    pub generations: u32,
    pub evaluations: u64,
    pub hidden: usize,
    /// Enabled ones.
    pub connections: usize,
    /// Starting states of 625 that the solution masters; only without velocities.
    pub generalisation: Option<usize>,
}

/// Run every seed and say how it went.
pub fn figures(wanted: &Wanted) -> Result<String, FiguresError> {
    let config = configured(wanted)?;
    let seeds: Vec<u64> = wanted.seeds.clone().collect();
    let outcomes: Result<Vec<Outcome>, FiguresError> =
        seeds.into_par_iter().map(|seed| run(wanted.world, &config, seed)).collect();
    let outcomes = outcomes?;
    let object = json(wanted.world, &config, &outcomes);
    Ok(if wanted.json { object } else { table(wanted.world, &outcomes) + &object })
}

/// The world's configuration with the person's settings over it.
fn configured(wanted: &Wanted) -> Result<Config, FiguresError> {
    let Some(path) = &wanted.config else { return Ok(wanted.world.config()) };
    let refuse = |problem: String| FiguresError::Config { path: path.display().to_string(), problem };
    let text = std::fs::read_to_string(path).map_err(|error| refuse(error.to_string()))?;
    let changes: Value = serde_json::from_str(&text).map_err(|error| refuse(error.to_string()))?;
    let own = config_text(&wanted.world.config());
    let mut whole: Value = serde_json::from_str(&own).map_err(|error| refuse(error.to_string()))?;
    overlay(&mut whole, changes);
    parse_config(&whole.to_string()).map_err(|error| refuse(error.to_string()))
}

/// Objects key by key and lists entry by entry; everything else is replaced.
fn overlay(base: &mut Value, changes: Value) {
    match (base, changes) {
        (Value::Object(base), Value::Object(changes)) => {
            changes
                .into_iter()
                .for_each(|(key, value)| overlay(base.entry(key).or_insert(Value::Null), value));
        }
        (Value::Array(base), Value::Array(changes)) if changes.iter().all(Value::is_object) => {
            base.iter_mut().zip(changes).for_each(|(entry, change)| overlay(entry, change));
        }
        (base, changes) => *base = changes,
    }
}

fn run(world: WorldKind, config: &Config, seed: u64) -> Result<Outcome, FiguresError> {
    let mut evolution = Evolution::new(config.clone(), seed)
        .map_err(|error| FiguresError::Config { path: "configuration".into(), problem: error.to_string() })?;
    let most = solved::most_evaluations(world);
    loop {
        let batch = evolution.ask(usize::MAX).expect("a new generation has units to hand out");
        let results = evaluate(world, &batch, 1)?;
        let (generation, before) = (evolution.state().generation, evolution.state().evaluations);
        let evaluations = before + batch.units.len() as u64;
        let recurrent = config.genome.recurrent;
        let solution = solved::solution(world, &batch, &results, recurrent);
        if solution.is_some() || evaluations >= most {
            let genome = solution.as_ref().map(|&(place, _)| &*batch.genomes[place].genome);
            return Ok(outcome(
                seed,
                generation + 1,
                evaluations,
                genome,
                solution.and_then(|found| found.1),
            ));
        }
        evolution.tell(&results).expect("results of this very batch fit");
    }
}

fn outcome(
    seed: u64,
    generations: u32,
    evaluations: u64,
    solution: Option<&Genome>,
    generalisation: Option<usize>,
) -> Outcome {
    Outcome {
        seed,
        solved: solution.is_some(),
        generations,
        evaluations,
        hidden: solution.map_or(0, Genome::hidden),
        connections: solution.map_or(0, |genome| genome.connections.enabled.iter().filter(|&&on| on).count()),
        generalisation,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn wanted(world: WorldKind, seeds: Range<u64>) -> Wanted {
        Wanted { world, seeds, config: None, json: true }
    }

    #[test]
    fn the_same_seeds_give_the_same_figures() {
        let text = figures(&wanted(WorldKind::Xor, 1000..1004)).unwrap();
        assert_eq!(text, figures(&wanted(WorldKind::Xor, 1000..1004)).unwrap());
        let object: Value = serde_json::from_str(&text).unwrap();
        assert_eq!(object["runs"].as_array().unwrap().len(), 4);
        assert_eq!(object["runs"][0]["seed"], "1000");
    }

    #[test]
    fn settings_of_a_file_go_over_the_worlds_own() {
        let path = std::env::temp_dir().join(format!("evolve-figures-{}.json", std::process::id()));
        std::fs::write(&path, r#"{"populations":[{"size":70}],"mutation":{"add_node_rate":0.5}}"#).unwrap();
        let wanted = Wanted { config: Some(path.clone()), ..wanted(WorldKind::Xor, 0..1) };
        let config = configured(&wanted).unwrap();
        assert_eq!((config.populations[0].size, config.populations[0].inputs.len()), (70, 2));
        assert_eq!(config.mutation.add_node_rate, 0.5);
        std::fs::write(&path, r#"{"mutation":{"add_node_rte":0.5}}"#).unwrap();
        assert!(configured(&wanted).unwrap_err().to_string().contains("add_node_rte"));
        std::fs::remove_file(path).unwrap();
    }
}

//! The benchmark problems of the NEAT paper, solved once for each seed: how many evaluations it took, and
//! what the solution looked like. Nothing here depends on the number of threads.

mod markdown;
mod report;
mod settings;
mod solved;

pub use settings::Settings;

use evolve_core::config::Config;
use evolve_core::evolution::Evolution;
use evolve_core::genome::Genome;
use evolve_worlds::{WorldKind, evaluate};
use rayon::prelude::*;
use solved::Judge;
use std::ops::Range;
use std::sync::atomic::{AtomicUsize, Ordering};
use thiserror::Error;

/// The problems of the paper.
pub const OF_THE_PAPER: [WorldKind; 3] = [WorldKind::Xor, WorldKind::DoublePole, WorldKind::DoublePoleHidden];

/// What shall be measured.
#[derive(Debug, PartialEq)]
pub struct Wanted {
    pub worlds: Vec<WorldKind>,
    /// None: each world's own.
    pub seeds: Option<Range<u64>>,
    pub settings: Settings,
    /// A run that needs more evaluations has failed; None: each world's own.
    pub limit: Option<u64>,
    pub form: Form,
}

/// How the figures are written down.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Form {
    Table,
    Markdown,
    Json,
}

#[derive(Debug, Error)]
pub enum FiguresError {
    #[error("{place}: {problem}")]
    Config { place: String, problem: String },
    #[error("the brains do not fit the world: {0}")]
    World(#[from] evolve_worlds::EvaluationError),
}

/// All runs in one world.
pub struct Measured {
    pub world: WorldKind,
    pub config: Config,
    pub seeds: Range<u64>,
    pub limit: u64,
    pub outcomes: Vec<Outcome>,
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

/// Run every seed and say how it went; now and then `progress` is told a sentence.
pub fn figures(wanted: &Wanted, progress: &(dyn Fn(&str) + Sync)) -> Result<String, FiguresError> {
    let measured: Result<Vec<Measured>, FiguresError> =
        wanted.worlds.iter().map(|&world| measure(world, wanted, progress)).collect();
    let measured = measured?;
    Ok(match wanted.form {
        Form::Table => measured.iter().map(report::table).collect(),
        Form::Markdown => markdown::page(&measured),
        Form::Json => measured.iter().map(report::json).collect(),
    })
}

fn measure(
    world: WorldKind,
    wanted: &Wanted,
    progress: &(dyn Fn(&str) + Sync),
) -> Result<Measured, FiguresError> {
    let config = wanted.settings.over(world)?;
    let limit = wanted.limit.unwrap_or(solved::most_evaluations(world));
    let seeds = wanted.seeds.clone().unwrap_or(solved::reported_seeds(world));
    let numbers: Vec<u64> = seeds.clone().collect();
    let (total, finished) = (numbers.len(), AtomicUsize::new(0));
    let outcomes = numbers.into_par_iter().map(|seed| {
        let outcome = run(world, &config, seed, limit);
        let count = finished.fetch_add(1, Ordering::Relaxed) + 1;
        // Ten times are often enough for anybody who waits.
        if count * 10 / total > (count - 1) * 10 / total {
            progress(&format!("{}: {count} of {total} runs finished", world.name()));
        }
        outcome
    });
    let outcomes: Result<Vec<Outcome>, FiguresError> = outcomes.collect();
    Ok(Measured { world, seeds, limit, outcomes: outcomes?, config })
}

fn run(world: WorldKind, config: &Config, seed: u64, limit: u64) -> Result<Outcome, FiguresError> {
    let mut evolution = Evolution::new(config.clone(), seed).map_err(|error| FiguresError::Config {
        place: "configuration".into(),
        problem: error.to_string(),
    })?;
    let mut judge = Judge::new(world, config.genome.recurrent);
    loop {
        let batch = evolution.ask(usize::MAX).expect("a new generation has units to hand out");
        let results = evaluate(world, &batch, 1)?;
        let (generations, before) = (evolution.state().generation + 1, evolution.state().evaluations);
        let evaluations = before + batch.units.len() as u64;
        let solution = judge.solution(&batch, &results);
        if solution.is_some() || evaluations >= limit {
            let genome = solution.as_ref().map(|found| &*batch.genomes[found.place].genome);
            return Ok(Outcome {
                seed,
                solved: genome.is_some(),
                generations,
                evaluations,
                hidden: genome.map_or(0, Genome::hidden),
                connections: genome.map_or(0, enabled),
                generalisation: solution.and_then(|found| found.generalisation),
            });
        }
        evolution.tell(&results).expect("results of this very batch fit");
    }
}

fn enabled(genome: &Genome) -> usize {
    genome.connections.enabled.iter().filter(|&&on| on).count()
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::Value;
    use std::sync::Mutex;

    fn wanted(form: Form) -> Wanted {
        Wanted {
            worlds: vec![WorldKind::Xor],
            seeds: Some(1000..1004),
            settings: Settings::default(),
            limit: None,
            form,
        }
    }

    #[test]
    fn the_same_seeds_give_the_same_figures() {
        let text = figures(&wanted(Form::Json), &|_| ()).unwrap();
        assert_eq!(text, figures(&wanted(Form::Json), &|_| ()).unwrap());
        let object: Value = serde_json::from_str(&text).unwrap();
        assert_eq!(object["runs"].as_array().unwrap().len(), 4);
        assert_eq!(object["runs"][0]["seed"], "1000");
    }

    #[test]
    fn a_run_ends_at_the_limit_as_failed_and_says_so_while_it_goes_on() {
        let said = Mutex::new(Vec::new());
        let wanted = Wanted { limit: Some(150), ..wanted(Form::Table) };
        let text = figures(&wanted, &|line| said.lock().unwrap().push(line.to_owned())).unwrap();
        assert!(text.starts_with("xor: 0 of 4 runs solved"), "{text}");
        assert_eq!(said.into_inner().unwrap().last().unwrap(), "xor: 4 of 4 runs finished");
    }

    #[test]
    fn without_velocities_a_run_ends_when_its_champion_masters_200_starts() {
        let size = ("populations.0.size".to_owned(), "300".to_owned());
        let settings = Settings { file: None, single: vec![size] };
        let worlds = vec![WorldKind::DoublePoleHidden];
        let wanted = Wanted { worlds, seeds: Some(1000..1001), settings, ..wanted(Form::Json) };
        let object: Value = serde_json::from_str(&figures(&wanted, &|_| ()).unwrap()).unwrap();
        let run = &object["runs"][0];
        assert!(run["generalisation"].as_u64().unwrap() >= 200, "{run}");
    }
}

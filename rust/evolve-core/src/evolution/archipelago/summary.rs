//! What a generation of several islands was like, in one report.

use crate::config::{Config, Direction};
use crate::report::{GenerationReport, ObjectiveReport, PopulationReport};

/// One island's report is the summary of it. Of several the best counts, the means of their means (islands are
/// equally large), and the sums of what can be counted.
pub(super) fn of(mut reports: Vec<GenerationReport>, config: &Config) -> GenerationReport {
    if reports.len() == 1 {
        return reports.remove(0);
    }
    let best_fitness = |values: &mut dyn Iterator<Item = f64>| {
        let better = |a, b| if config.evaluation.merit(b) > config.evaluation.merit(a) { b } else { a };
        values.reduce(better).expect("there is an island")
    };
    let populations: Vec<PopulationReport> = (0..config.populations.len())
        .map(|place| {
            let islands = || reports.iter().map(|report| &report.populations[place]);
            PopulationReport {
                name: config.populations[place].name.clone(),
                best: best_fitness(&mut islands().map(|one| one.best)),
                mean: mean(islands().map(|one| one.mean)),
                best_ever: best_fitness(&mut islands().map(|one| one.best_ever)),
            }
        })
        .collect();
    let objectives: Vec<ObjectiveReport> = (config.evaluation.objectives.iter().enumerate())
        .map(|(place, objective)| {
            let islands = || reports.iter().map(|report| &report.objectives[place]);
            let bests = islands().map(|one| one.best);
            let best = match objective.direction {
                Direction::Maximise => bests.fold(f64::NEG_INFINITY, f64::max),
                Direction::Minimise => bests.fold(f64::INFINITY, f64::min),
            };
            ObjectiveReport { name: objective.name.clone(), best, mean: mean(islands().map(|one| one.mean)) }
        })
        .collect();
    let count = |of: fn(&GenerationReport) -> usize| reports.iter().map(of).sum();
    GenerationReport {
        generation: reports[0].generation,
        best: populations[0].best,
        mean: populations[0].mean,
        best_ever: populations[0].best_ever,
        objectives,
        populations,
        front: count(|report| report.front),
        archive: count(|report| report.archive),
        elites: count(|report| report.elites),
        evaluations: reports.iter().map(|report| report.evaluations).sum(),
        steps: reports.iter().fold(0, |sum, report| sum.saturating_add(report.steps)),
        species: species(&mut reports),
        islands: reports.into_iter().map(|report| report.populations).collect(),
    }
}

fn mean(values: impl ExactSizeIterator<Item = f64>) -> f64 {
    let count = values.len() as f64;
    values.sum::<f64>() / count
}

fn species(reports: &mut [GenerationReport]) -> Vec<crate::report::SpeciesReport> {
    let islands = reports.iter_mut().enumerate().flat_map(|(island, report)| {
        report.species.iter_mut().for_each(|species| species.island = island);
        report.species.drain(..)
    });
    islands.collect()
}

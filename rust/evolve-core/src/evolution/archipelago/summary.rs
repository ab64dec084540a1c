//! What a generation of several islands was like, in one report.

use crate::config::{Config, Direction, ObjectiveConfig};
use crate::lineage::{Birth, Made};
use crate::report::{GenerationReport, MetricReport, ObjectiveReport, PopulationReport};
use std::collections::BTreeMap;

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
            let best_ever = best_fitness(&mut islands().map(|one| one.best_ever));
            // Of equals that of the first island, as with champions.
            let best = islands().filter(|one| one.best_ever.to_bits() == best_ever.to_bits());
            let champion = best.map(|one| one.champion).next().flatten();
            PopulationReport {
                name: config.populations[place].name.clone(),
                best: best_fitness(&mut islands().map(|one| one.best)),
                mean: mean(islands().map(|one| one.mean)),
                best_ever,
                objectives: objectives(&islands().map(|one| &one.objectives[..]).collect::<Vec<_>>(), config),
                metrics: metrics(islands().flat_map(|one| &one.metrics)),
                champion,
                births: islands().flat_map(|one| &one.births).copied().collect(),
            }
        })
        .collect();
    let count = |of: fn(&GenerationReport) -> usize| reports.iter().map(of).sum();
    GenerationReport {
        generation: reports[0].generation,
        best: populations[0].best,
        mean: populations[0].mean,
        best_ever: populations[0].best_ever,
        objectives: populations[0].objectives.clone(),
        metrics: populations[0].metrics.clone(),
        populations,
        front: count(|report| report.front),
        archive: count(|report| report.archive),
        elites: count(|report| report.elites),
        evaluations: reports.iter().map(|report| report.evaluations).sum(),
        steps: reports.iter().fold(0, |sum, report| sum.saturating_add(report.steps)),
        species: reports.iter_mut().flat_map(|report| report.species.drain(..)).collect(),
        islands: reports.into_iter().map(|report| report.populations).collect(),
    }
}

/// The best and the mean of all islands, objective by objective.
fn objectives(islands: &[&[ObjectiveReport]], config: &Config) -> Vec<ObjectiveReport> {
    let summary = |(place, objective): (usize, &ObjectiveConfig)| {
        let bests = islands.iter().map(|one| one[place].best);
        let best = match objective.direction {
            Direction::Maximise => bests.fold(f64::NEG_INFINITY, f64::max),
            Direction::Minimise => bests.fold(f64::INFINITY, f64::min),
        };
        let mean = mean(islands.iter().map(|one| one[place].mean));
        ObjectiveReport { name: objective.name.clone(), best, mean }
    };
    config.evaluation.objectives.iter().enumerate().map(summary).collect()
}

/// What was noted on any island, by name; sums are added up in the order of the islands.
fn metrics<'a>(islands: impl Iterator<Item = &'a MetricReport>) -> Vec<MetricReport> {
    let mut all: BTreeMap<&str, MetricReport> = BTreeMap::new();
    for one in islands {
        all.entry(&one.name).and_modify(|sum| sum.add(one)).or_insert_with(|| one.clone());
    }
    all.into_values().collect()
}

fn mean(values: impl ExactSizeIterator<Item = f64>) -> f64 {
    let count = values.len() as f64;
    values.sum::<f64>() / count
}

/// Say in each island's report which island it is of.
pub(super) fn name_islands(reports: &mut [GenerationReport]) {
    for (island, report) in reports.iter_mut().enumerate() {
        report.species.iter_mut().for_each(|species| species.island = island);
        for population in &mut report.populations {
            population.champion.iter_mut().for_each(|champion| champion.island = island);
            population.births.iter_mut().for_each(|birth| (birth.island, birth.home) = (island, island));
        }
    }
}

/// Migrants are born where they left, and members where they came to.
pub(super) fn move_births(reports: &mut [GenerationReport]) {
    for population in 0..reports[0].populations.len() {
        let mut arrived: Vec<Vec<Birth>> =
            reports.iter().map(|one| migrated(&one.populations[population])).collect();
        arrived.rotate_right(1);
        for (island, (report, arrived)) in reports.iter_mut().zip(arrived).enumerate() {
            let births = &mut report.populations[population].births;
            let places = births.iter_mut().filter(|birth| birth.made == Made::Migrated);
            places.zip(arrived).for_each(|(place, birth)| *place = Birth { island, ..birth });
        }
    }
}

fn migrated(population: &PopulationReport) -> Vec<Birth> {
    population.births.iter().filter(|birth| birth.made == Made::Migrated).copied().collect()
}

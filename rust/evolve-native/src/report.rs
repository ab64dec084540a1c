//! Reports as the dictionaries that signals carry.

use evolve_core::evolution::{EvolutionState, Exhibit, Population};
use evolve_core::report::{GenerationReport, MetricReport, ObjectiveReport, PopulationReport, SpeciesReport};
use godot::prelude::*;

/// A finished generation.
pub fn describe(report: &GenerationReport) -> VarDictionary {
    let species: Array<VarDictionary> = report.species.iter().map(one_species).collect();
    let populations: Array<VarDictionary> = report.populations.iter().map(scored_population).collect();
    let objectives: Array<VarDictionary> = report.objectives.iter().map(one_objective).collect();
    let metrics: Array<VarDictionary> = report.metrics.iter().map(one_metric).collect();
    vdict! {
        "generation" => i64::from(report.generation),
        "best" => report.best,
        "mean" => report.mean,
        "best_ever" => report.best_ever,
        "objectives" => &objectives,
        "metrics" => &metrics,
        "front" => report.front as i64,
        "archive" => report.archive as i64,
        "elites" => report.elites as i64,
        "populations" => &populations,
        "species" => &species,
        "evaluations" => report.evaluations as i64,
        "steps" => report.steps as i64,
    }
}

fn one_species(species: &SpeciesReport) -> VarDictionary {
    vdict! {
        "population" => &GString::from(species.population.as_str()),
        "id" => i64::from(species.id),
        "size" => species.size as i64,
        "best" => species.best,
        "mean" => species.mean,
    }
}

fn scored_population(population: &PopulationReport) -> VarDictionary {
    let objectives: Array<VarDictionary> = population.objectives.iter().map(one_objective).collect();
    let metrics: Array<VarDictionary> = population.metrics.iter().map(one_metric).collect();
    vdict! {
        "name" => &GString::from(population.name.as_str()),
        "best" => population.best,
        "mean" => population.mean,
        "best_ever" => population.best_ever,
        "objectives" => &objectives,
        "metrics" => &metrics,
    }
}

fn one_metric(metric: &MetricReport) -> VarDictionary {
    vdict! {
        "name" => &GString::from(metric.name.as_str()),
        "count" => metric.count as i64,
        "mean" => metric.mean(),
        "least" => metric.least,
        "most" => metric.most,
    }
}

fn one_objective(objective: &ObjectiveReport) -> VarDictionary {
    vdict! {
        "name" => &GString::from(objective.name.as_str()),
        "best" => objective.best,
        "mean" => objective.mean,
    }
}

/// A brain of the gallery.
pub fn exhibit(exhibit: &Exhibit<'_>) -> VarDictionary {
    vdict! {
        "fitness" => exhibit.fitness,
        "generation" => i64::from(exhibit.generation),
        "objectives" => &PackedFloat64Array::from(exhibit.objectives.as_slice()),
        "behaviour" => &PackedFloat64Array::from(exhibit.behaviour.as_slice()),
    }
}

/// How a run stands between two generations.
pub fn standing(state: &EvolutionState) -> VarDictionary {
    let describe = |(place, population)| one_population(state, place, population);
    let populations: Array<VarDictionary> = state.populations.iter().enumerate().map(describe).collect();
    let champion = state.populations[0].champion.as_ref();
    vdict! {
        "generation" => i64::from(state.generation),
        "evaluations" => state.evaluations as i64,
        "best_fitness" => champion.map_or(f64::NAN, |champion| champion.fitness),
        "populations" => &populations,
    }
}

fn one_population(state: &EvolutionState, place: usize, population: &Population) -> VarDictionary {
    let genomes = &population.genomes;
    let mean = |total: usize| total as f64 / genomes.len() as f64;
    let descriptors = state.config.evaluation.behaviour.len().max(1);
    vdict! {
        "name" => &GString::from(state.config.populations[place].name.as_str()),
        "members" => genomes.len() as i64,
        "species" => population.species.len() as i64,
        "threshold" => population.threshold,
        "mean_connections" => mean(genomes.iter().map(|genome| genome.connections.len()).sum()),
        "mean_hidden_nodes" => mean(genomes.iter().map(|genome| genome.hidden()).sum()),
        "simplifying" => population.phase.simplifying,
        "front" => population.memory.front as i64,
        "archive" => (population.memory.archive.len() / descriptors) as i64,
        "elites" => population.memory.elites.len() as i64,
    }
}

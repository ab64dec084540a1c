//! Reports as the dictionaries that signals carry.

use evolve_core::evolution::Exhibit;
use evolve_core::report::{GenerationReport, ObjectiveReport, SpeciesReport};
use godot::prelude::*;

/// A finished generation.
pub fn describe(report: &GenerationReport) -> VarDictionary {
    let species: Array<VarDictionary> = report.species.iter().map(one_species).collect();
    let objectives: Array<VarDictionary> = report.objectives.iter().map(one_objective).collect();
    vdict! {
        "generation" => i64::from(report.generation),
        "best" => report.best,
        "mean" => report.mean,
        "best_ever" => report.best_ever,
        "objectives" => &objectives,
        "front" => report.front as i64,
        "archive" => report.archive as i64,
        "elites" => report.elites as i64,
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

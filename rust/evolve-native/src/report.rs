//! Reports as the dictionaries that signals carry.

use evolve_core::report::{GenerationReport, SpeciesReport};
use godot::prelude::*;

/// A finished generation.
pub fn describe(report: &GenerationReport) -> VarDictionary {
    let species: Array<VarDictionary> = report.species.iter().map(one_species).collect();
    vdict! {
        "generation" => i64::from(report.generation),
        "best" => report.best,
        "mean" => report.mean,
        "best_ever" => report.best_ever,
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

//! Work units in which champions play: for eval, for whoever watches, and for nobody's score.

use crate::champion::Champion;
use crate::errors;
use crate::work::WorkBatch;
use evolve_core::config::PopulationConfig;
use evolve_core::work::{GenomeEntry, PopulationShape, UnitId, WorkBatch as EngineBatch, WorkUnit};
use evolve_format::config::parse_config;
use pyo3::prelude::*;
use std::sync::Arc;

/// A unit for each seed, in which the champions meet (or the only one plays alone); one champion a population,
/// as many of its kind in an episode as the configuration has it.
#[pyfunction]
pub fn exhibition(
    champions: Vec<PyRef<'_, Champion>>,
    config: &str,
    seeds: Vec<u64>,
    units: Vec<u64>,
) -> PyResult<WorkBatch> {
    let config = parse_config(config).map_err(errors::config)?;
    if seeds.len() != units.len() {
        return Err(errors::evolve(format!("{} seeds are given for {} units", seeds.len(), units.len())));
    }
    let (given, expected) = (champions.len(), config.populations.len());
    if given != expected {
        return Err(errors::evolve(format!("{given} champions are given for {expected} populations")));
    }
    let mut shapes = Vec::new();
    for (champion, population) in champions.iter().zip(&config.populations) {
        let shape = &champion.brain().shape;
        refuse_misfit(shape, population)?;
        shapes.push(PopulationShape { name: population.name.clone(), ..shape.clone() });
    }
    let genomes = champions.iter().enumerate().map(|(population, champion)| GenomeEntry {
        population,
        index: 0,
        genome: Arc::clone(&champion.brain().champion.genome),
    });
    let evaluation = &config.evaluation;
    let group = |population: &PopulationConfig| {
        if evaluation.together { population.group } else { 1 }
    };
    let players: Vec<usize> = (config.populations.iter().enumerate())
        .flat_map(|(place, population)| std::iter::repeat_n(place, group(population)))
        .collect();
    let unit = |(seed, unit)| WorkUnit {
        id: UnitId(unit),
        seed,
        ticks: evaluation.episode_ticks,
        genomes: players.clone(),
        traced: false,
    };
    Ok(WorkBatch::new(EngineBatch {
        genomes: genomes.collect(),
        units: seeds.into_iter().zip(units).map(unit).collect(),
        objectives: evaluation.objectives.iter().map(|objective| objective.name.clone()).collect(),
        behaviour: evaluation.behaviour.iter().map(|column| column.name.clone()).collect(),
        populations: shapes,
    }))
}

fn refuse_misfit(has: &PopulationShape, wants: &PopulationConfig) -> PyResult<()> {
    let facts = [("senses", &has.inputs, &wants.inputs), ("does", &has.outputs, &wants.outputs)];
    for (what, has, wants) in facts {
        if has != wants {
            let (has, wants) = (has.join(", "), wants.join(", "));
            return Err(errors::evolve(format!("the champion {what} {has}, but here it would be {wants}")));
        }
    }
    Ok(())
}

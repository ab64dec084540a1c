//! What selection strategies remember, in a checkpoint: rows of all populations with CSR offsets.

use crate::columns::{Column, offsets};
use crate::error::FormatError;
use crate::tensors::{Tensors, same_length};
use evolve_core::config::{EvaluationConfig, MAX_SIZE};
use evolve_core::evolution::{Elite, EvolutionState, Memory, Population};
use std::sync::Arc;

pub(super) const NAMES: &[&str] = &[
    "parent.offsets",
    "parent.score",
    "archive.offsets",
    "archive.behaviour",
    "elite.offsets",
    "elite.fitness",
    "elite.behaviour",
    "elite.generation",
];

pub(super) fn columns(state: &EvolutionState) -> [Column<'_>; 8] {
    let evaluation = &state.config.evaluation;
    let (width, descriptors) = (evaluation.width(), evaluation.behaviour.len());
    let memories = || state.populations.iter().map(|population| &population.memory);
    let elites = || memories().flat_map(|memory| &memory.elites);
    let rows = |count: fn(&Memory) -> usize, width: usize| {
        memories().map(move |memory| count(memory).checked_div(width).unwrap_or(0))
    };
    let parents = rows(|memory| memory.parents.len(), width);
    let archive = rows(|memory| memory.archive.len(), descriptors);
    [
        Column::list("parent.offsets", offsets(parents.clone())),
        Column::table("parent.score", [parents.sum(), width], memories().flat_map(|m| m.parents.clone())),
        Column::list("archive.offsets", offsets(archive.clone())),
        Column::table("archive.behaviour", [archive.sum(), descriptors], {
            memories().flat_map(|memory| memory.archive.clone())
        }),
        Column::list("elite.offsets", offsets(memories().map(|memory| memory.elites.len()))),
        Column::list("elite.fitness", elites().map(|elite| elite.fitness)),
        Column::table("elite.behaviour", [elites().count(), descriptors], {
            elites().flat_map(|elite| elite.behaviour.clone())
        }),
        Column::list("elite.generation", elites().map(|elite| elite.generation)),
    ]
}

/// Read everything but the elites' genomes, which stand among the others.
pub(super) fn place(
    tensors: &Tensors,
    evaluation: &EvaluationConfig,
    populations: &mut [Population],
) -> Result<(), FormatError> {
    let count = populations.len();
    let (parents, starts) = table(tensors, ["parent.score", "parent.offsets"], evaluation.width(), count)?;
    for (population, range) in populations.iter_mut().zip(starts.windows(2)) {
        population.memory.parents = parents[range[0]..range[1]].to_vec();
    }
    let descriptors = evaluation.behaviour.len();
    let (archive, starts) = table(tensors, ["archive.behaviour", "archive.offsets"], descriptors, count)?;
    for (population, range) in populations.iter_mut().zip(starts.windows(2)) {
        population.memory.archive = archive[range[0]..range[1]].to_vec();
    }
    place_elites(tensors, descriptors, populations)
}

fn place_elites(
    tensors: &Tensors,
    descriptors: usize,
    populations: &mut [Population],
) -> Result<(), FormatError> {
    let fitness = tensors.f64("elite.fitness")?;
    let generation = tensors.counts("elite.generation", u32::MAX as usize)?;
    let (rows, behaviour) = rows(tensors, "elite.behaviour", descriptors)?;
    same_length("elite.generation", generation.len(), fitness.len())?;
    same_length("elite.behaviour", rows, fitness.len())?;
    let starts = tensors.offsets("elite.offsets", fitness.len(), MAX_SIZE)?;
    same_length("elite.offsets", starts.len(), populations.len() + 1)?;
    for (population, range) in populations.iter_mut().zip(starts.windows(2)) {
        let elite = |place: usize| Elite {
            genome: Arc::default(),
            fitness: fitness[place],
            behaviour: behaviour[place * descriptors..(place + 1) * descriptors].to_vec(),
            generation: generation[place] as u32,
        };
        population.memory.elites = (range[0]..range[1]).map(elite).collect();
    }
    Ok(())
}

/// Values of a matrix, and where those of each population begin.
fn table(
    tensors: &Tensors,
    [name, offsets]: [&str; 2],
    width: usize,
    populations: usize,
) -> Result<(Vec<f64>, Vec<usize>), FormatError> {
    let (rows, values) = rows(tensors, name, width)?;
    let starts = tensors.offsets(offsets, rows, MAX_SIZE)?;
    same_length(offsets, starts.len(), populations + 1)?;
    Ok((values, starts.into_iter().map(|start| start * width).collect()))
}

/// A matrix with so many columns.
fn rows(tensors: &Tensors, name: &str, width: usize) -> Result<(usize, Vec<f64>), FormatError> {
    let (rows, given, values) = tensors.f64_rows(name)?;
    if given != width {
        return Err(FormatError::tensor(name, format!("has {given} columns, where {width} are expected")));
    }
    Ok((rows, values))
}

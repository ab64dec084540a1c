//! NEAT with NSGA-II: parents and offspring compete, and whoever is chosen breeds within species.
//!
//! Fitter is a lower rank, then a larger crowding distance, then a lower index. Species share out offspring in
//! that order, so the merit of a member is its place from the end.

use super::Judgement;
use crate::complexity::genes;
use crate::config::{Config, Direction};
use crate::evolution::scores::Scores;
use crate::evolution::state::Population;
use crate::selection::Objectives;
use crate::selection::nsga2::{Nsga2, compare};

pub(super) fn judge(population: &mut Population, scores: &mut Scores, config: &Config) -> Judgement {
    let (values, directions) = criteria(population, scores, config);
    let objectives =
        Objectives::new(&values, directions.len(), &directions).expect("finite rows of a checked width");
    let before = population.parents(config);
    let size = if before == 0 { scores.len() } else { before };
    let (mut nsga2, mut chosen) = (Nsga2::new(), Vec::new());
    nsga2.select(&objectives, size, &mut chosen).expect("parents and as many offspring");
    chosen.sort_unstable_by(|&one, &other| compare(nsga2.ranks(), nsga2.distances(), one, other));
    population.memory.front = chosen.iter().filter(|&&member| nsga2.ranks()[member as usize] == 0).count();
    // Whoever is new and dominated by nobody is progress for its species.
    let news = chosen.iter().map(|&member| member as usize >= before && nsga2.ranks()[member as usize] == 0);
    let news = Some(news.collect());
    keep(population, &chosen);
    *scores = scores.of(&chosen);
    population.memory.parents = scores.rows().to_vec();
    Judgement { merit: (0..size).rev().map(|place| place as f64).collect(), news, places: Some(chosen) }
}

/// What dominance is judged by: the objectives, and novelty and size where they are wanted.
fn criteria(population: &mut Population, scores: &Scores, config: &Config) -> (Vec<f64>, Vec<Direction>) {
    let mut directions: Vec<Direction> =
        config.evaluation.objectives.iter().map(|objective| objective.direction).collect();
    let novelty = config.selection.novelty.then(|| super::novelty(&mut population.memory, scores, config).0);
    directions.extend(novelty.is_some().then_some(Direction::Maximise));
    directions.extend(config.selection.complexity.then_some(Direction::Minimise));
    let mut values = Vec::with_capacity(scores.len() * directions.len());
    for (member, genome) in population.genomes.iter().enumerate() {
        values.extend_from_slice(scores.objectives(member));
        values.extend(novelty.as_ref().map(|novelty| novelty[member]));
        values.extend(config.selection.complexity.then(|| genes(genome) as f64));
    }
    (values, directions)
}

/// Only the chosen remain, in this order.
fn keep(population: &mut Population, chosen: &[u32]) {
    let mut members: Vec<_> = std::mem::take(&mut population.genomes).into_iter().map(Some).collect();
    let taken = chosen.iter().map(|&member| members[member as usize].take().expect("nobody is chosen twice"));
    population.genomes = taken.collect();
}

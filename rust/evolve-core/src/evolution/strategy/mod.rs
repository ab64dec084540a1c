//! What each way of selecting makes of a scored generation: who may become a parent, and how fit they are.

mod map_elites;
mod nsga2;

pub(super) use map_elites::{Brood, illuminate};

use super::memory::Memory;
use super::scores::Scores;
use super::state::Population;
use crate::config::{Config, SelectionStrategy};

/// How fit the members are that may become parents.
pub(super) struct Judgement {
    /// Larger is fitter.
    pub merit: Vec<f64>,
    /// Members that mean progress for their species, where the merit of one generation says nothing about
    /// that of another; None where a better merit is progress.
    pub news: Option<Vec<bool>>,
    /// Where they stood when they were scored; None where they still stand there.
    pub places: Option<Vec<u32>>,
}

/// Judge a population that breeds in species. With NSGA-II only those that are chosen remain in it and in the
/// scores, the fittest first.
pub(super) fn judge(population: &mut Population, scores: &mut Scores, config: &Config) -> Judgement {
    match config.selection.strategy {
        SelectionStrategy::Nsga2 => nsga2::judge(population, scores, config),
        SelectionStrategy::Novelty => {
            let (novelty, entered) = novelty(&mut population.memory, scores, config);
            Judgement { merit: novelty, news: Some(entered), places: None }
        }
        SelectionStrategy::Fitness | SelectionStrategy::MapElites => {
            let merit = scores.column(0).map(|fitness| config.evaluation.merit(fitness)).collect();
            Judgement { merit, news: None, places: None }
        }
    }
}

/// How novel everybody's behaviour is, and who entered the archive with it.
fn novelty(memory: &mut Memory, scores: &Scores, config: &Config) -> (Vec<f64>, Vec<bool>) {
    let columns = &config.evaluation.behaviour;
    let scaled = (0..scores.len()).flat_map(|member| {
        let pairs = scores.behaviour(member).iter().zip(columns);
        pairs.map(|(value, column)| (value - column.low) / (column.high - column.low))
    });
    let rows: Vec<f64> = scaled.collect();
    let known = "finite rows of a checked width";
    let mut archive = memory.novelty_archive(config).expect(known);
    let (mut novelty, mut entered) = (Vec::new(), vec![false; scores.len()]);
    archive.measure(&rows, &mut novelty).expect(known);
    for &member in archive.admit(&rows, &novelty).expect(known) {
        entered[member as usize] = true;
    }
    memory.archive = archive.into_behaviours();
    (novelty, entered)
}

//! Whose offspring the next generation is.

use super::evaluation::EvaluationConfig;
use super::ranges::{refuse, within};
use super::{ConfigError, MAX_SIZE};
use serde::{Deserialize, Serialize};

/// At most so many cells in a MAP-Elites grid.
const MOST_CELLS: usize = 1 << 24;

/// Which way of choosing parents.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum SelectionStrategy {
    /// The NEAT paper's: by fitness, shared within species.
    Fitness,
    /// By several objectives: parents and offspring compete for dominance and room.
    Nsga2,
    /// By how unusual the behaviour is, whatever the fitness.
    Novelty,
    /// A grid over behaviours, whose cells each keep their fittest.
    MapElites,
}

/// Whose offspring the next generation is.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct SelectionConfig {
    /// Which way.
    pub strategy: SelectionStrategy,
    /// With NSGA-II: novelty of behaviour is a further objective, to be maximised.
    pub novelty: bool,
    /// With NSGA-II: the number of genes is a further objective, to be minimised.
    pub complexity: bool,
    /// Novelty is the mean distance to so many of the nearest behaviours.
    pub neighbours: usize,
    /// The most novel of a generation that enter the archive of behaviours.
    pub archive_entries: usize,
    /// The most behaviours that the archive holds; the oldest leave it.
    pub archive_capacity: usize,
}

impl Default for SelectionConfig {
    fn default() -> Self {
        Self {
            strategy: SelectionStrategy::Fitness,
            novelty: false,
            complexity: false,
            neighbours: 15,
            archive_entries: 5,
            archive_capacity: 2_000,
        }
    }
}

impl SelectionConfig {
    /// Whether behaviours are compared with those of an archive.
    pub fn measures_novelty(&self) -> bool {
        self.novelty || self.strategy == SelectionStrategy::Novelty
    }

    pub(super) fn check(&self, evaluation: &EvaluationConfig) -> Result<(), ConfigError> {
        within("selection.neighbours", self.neighbours, 1, 1 << 16)?;
        within("selection.archive_entries", self.archive_entries, 0, MAX_SIZE)?;
        within("selection.archive_capacity", self.archive_capacity, 0, MAX_SIZE)?;
        let multiple = self.strategy == SelectionStrategy::Nsga2;
        for (key, on) in [("selection.novelty", self.novelty), ("selection.complexity", self.complexity)] {
            if on && !multiple {
                return Err(refuse(key, &on, "false unless selection.strategy is nsga2"));
            }
        }
        let count = evaluation.objectives.len();
        if count > 1 && !multiple {
            let key = "the number of evaluation.objectives";
            return Err(refuse(key, &count, "1 unless selection.strategy is nsga2"));
        }
        self.check_behaviour(evaluation)
    }

    fn check_behaviour(&self, evaluation: &EvaluationConfig) -> Result<(), ConfigError> {
        let illuminates = self.strategy == SelectionStrategy::MapElites;
        if evaluation.behaviour.is_empty() && (illuminates || self.measures_novelty()) {
            let range = "a list with at least one entry, for novelty and map_elites";
            return Err(refuse("evaluation.behaviour", &"an empty list", range));
        }
        if illuminates {
            let bins = evaluation.behaviour.iter().map(|column| column.bins);
            let cells = bins.fold(1usize, usize::saturating_mul);
            within("the product of evaluation.behaviour's bins", cells, 1, MOST_CELLS)?;
        }
        Ok(())
    }
}

//! What a selection strategy remembers from one generation to the next.

use super::state::{StateError, value};
use crate::config::{BehaviourConfig, Config, SelectionStrategy};
use crate::genome::Genome;
use crate::selection::SelectionError;
use crate::selection::map_elites::{Axis, EliteGrid};
use crate::selection::novelty::{NoveltyArchive, NoveltySettings};
use std::sync::Arc;

/// What a population's strategy remembers; empty where the strategy has no use for it.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Memory {
    /// NSGA-II: what the parents, who are the first members, were scored; a row of objectives and behaviour
    /// for each, the fittest first.
    pub parents: Vec<f64>,
    /// NSGA-II: so many of the parents are dominated by nobody.
    pub front: usize,
    /// Novelty: rows of behaviour, oldest first, in parts of the ranges.
    pub archive: Vec<f64>,
    /// MAP-Elites: who holds the cells, in the order in which they were filled.
    pub elites: Vec<Elite>,
}

/// Who holds a cell of a MAP-Elites grid.
#[derive(Clone, Debug, PartialEq)]
pub struct Elite {
    /// Its genome.
    pub genome: Arc<Genome>,
    /// Its fitness, as it was scored.
    pub fitness: f64,
    /// Its behaviour, as it was scored.
    pub behaviour: Vec<f64>,
    /// The generation it was scored in.
    pub generation: u32,
}

impl Memory {
    pub(super) fn novelty_archive(&mut self, config: &Config) -> Result<NoveltyArchive, SelectionError> {
        let selection = &config.selection;
        let settings = NoveltySettings {
            width: config.evaluation.behaviour.len(),
            neighbours: selection.neighbours,
            entries: selection.archive_entries,
            capacity: selection.archive_capacity,
        };
        NoveltyArchive::restore(settings, std::mem::take(&mut self.archive))
    }

    /// The grid with everybody who holds a cell.
    pub(super) fn grid(&mut self, config: &Config) -> Result<EliteGrid<Elite>, SelectionError> {
        let mut grid = EliteGrid::new(axes(config))?;
        for elite in self.elites.drain(..) {
            let merit = config.evaluation.merit(elite.fitness);
            grid.place(&elite.behaviour.clone(), merit, elite)?;
        }
        Ok(grid)
    }

    /// Check what comes from outside, but for the genomes.
    pub(super) fn check(&self, config: &Config, generation: u32, size: usize) -> Result<(), StateError> {
        let strategy = config.selection.strategy;
        let (rows, width) = (self.parents.len(), config.evaluation.width());
        let breeds = strategy == SelectionStrategy::Nsga2 && generation > 0;
        let expected = if breeds { size * width } else { 0 };
        value("the number of the parents' scores", rows, rows == expected, expected)?;
        let fits = if breeds { (1..=size).contains(&self.front) } else { self.front == 0 };
        value("the size of the first front", self.front, fits, "from 1 to the population's size")?;
        finite("a parent's score", &self.parents)?;
        self.check_archive(config)?;
        let used = strategy == SelectionStrategy::MapElites || self.elites.is_empty();
        value("the number of elites", self.elites.len(), used, "0 unless the strategy is map_elites")?;
        self.elites.iter().try_for_each(|elite| elite.check(config, generation))?;
        if strategy == SelectionStrategy::MapElites {
            let held = self.clone().grid(config).map_or(0, |grid| grid.elites().len());
            value("the number of cells held", held, held == self.elites.len(), "one for each elite")?;
        }
        Ok(())
    }

    fn check_archive(&self, config: &Config) -> Result<(), StateError> {
        let width = config.evaluation.behaviour.len();
        let used = config.selection.measures_novelty();
        let most = if used { config.selection.archive_capacity * width } else { 0 };
        let count = self.archive.len();
        let fits = count <= most && (width == 0 || count.is_multiple_of(width));
        value("the numbers in the archive", count, fits, format!("whole rows, at most {most} numbers"))?;
        finite("a number in the archive", &self.archive)
    }
}

/// What a grid of elites is spanned by.
pub(super) fn axes(config: &Config) -> Vec<Axis> {
    let axis = |column: &BehaviourConfig| Axis { low: column.low, high: column.high, bins: column.bins };
    config.evaluation.behaviour.iter().map(axis).collect()
}

impl Elite {
    fn check(&self, config: &Config, generation: u32) -> Result<(), StateError> {
        let (width, then) = (config.evaluation.behaviour.len(), self.generation);
        let given = self.behaviour.len();
        value("the numbers of an elite's behaviour", given, given == width, width)?;
        value("an elite's generation", then, then < generation, "before the present one")?;
        finite("an elite's fitness", &[self.fitness])?;
        finite("a number of an elite's behaviour", &self.behaviour)
    }
}

fn finite(what: &'static str, numbers: &[f64]) -> Result<(), StateError> {
    match numbers.iter().find(|number| !number.is_finite()) {
        Some(number) => value(what, number, false, "finite"),
        None => Ok(()),
    }
}

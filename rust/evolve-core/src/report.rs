//! What a finished generation was like, for people and plots.

use crate::lineage::Birth;

/// One species when its generation was scored.
#[derive(Clone, Debug, PartialEq)]
pub struct SpeciesReport {
    /// Name of its population.
    pub population: String,
    /// The island it lives on, from 0.
    pub island: usize,
    /// Its number, never used twice in a population of an island.
    pub id: u32,
    /// How many members it had.
    pub size: usize,
    /// The best fitness among them.
    pub best: f64,
    /// Their mean fitness.
    pub mean: f64,
}

/// What a population was scored on one objective.
#[derive(Clone, Debug, PartialEq)]
pub struct ObjectiveReport {
    /// What it is called.
    pub name: String,
    /// The best score, which is the least when it is minimised.
    pub best: f64,
    /// The mean score.
    pub mean: f64,
}

/// What the episodes of a population noted under one name.
#[derive(Clone, Debug, PartialEq)]
pub struct MetricReport {
    /// What it is called.
    pub name: String,
    /// How many values there are: one for each member and episode that noted it.
    pub count: u64,
    /// The sum of them, in the order of their units; held to what is finite.
    pub sum: f64,
    /// The least of them.
    pub least: f64,
    /// The greatest of them.
    pub most: f64,
}

impl MetricReport {
    /// The figures of a single value.
    pub fn of(name: &str, value: f64) -> Self {
        Self { name: name.into(), count: 1, sum: value, least: value, most: value }
    }

    /// Take further values in.
    pub fn add(&mut self, other: &Self) {
        self.count += other.count;
        self.sum = (self.sum + other.sum).clamp(f64::MIN, f64::MAX);
        self.least = if other.least < self.least { other.least } else { self.least };
        self.most = if other.most > self.most { other.most } else { self.most };
    }

    /// The mean value. Rounding takes it no further than to the least or the greatest.
    pub fn mean(&self) -> f64 {
        (self.sum / self.count as f64).clamp(self.least, self.most)
    }
}

/// Where in a generation a better champion was found.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct NewChampion {
    /// The island it lives on, from 0.
    pub island: usize,
    /// Its place in the generation.
    pub member: u32,
}

/// How one population did.
#[derive(Clone, Debug, PartialEq)]
pub struct PopulationReport {
    /// What it is called.
    pub name: String,
    /// Its best fitness in this generation.
    pub best: f64,
    /// Its mean fitness in this generation.
    pub mean: f64,
    /// Its best fitness in any generation so far.
    pub best_ever: f64,
    /// Every objective; the first one is the fitness.
    pub objectives: Vec<ObjectiveReport>,
    /// What its episodes noted, by name.
    pub metrics: Vec<MetricReport>,
    /// Its new champion, when this generation had one.
    pub champion: Option<NewChampion>,
    /// How the members of the next generation came to be; before them, in generation 0, its own members.
    pub births: Vec<Birth>,
}

/// One generation.
#[derive(Clone, Debug, PartialEq)]
pub struct GenerationReport {
    /// Its number, from 0.
    pub generation: u32,
    /// The best fitness of the first population.
    pub best: f64,
    /// The mean fitness of the first population.
    pub mean: f64,
    /// The best fitness of the first population in any generation so far.
    pub best_ever: f64,
    /// Every objective of the first population; the first one is the fitness.
    pub objectives: Vec<ObjectiveReport>,
    /// What the episodes of the first population noted, by name.
    pub metrics: Vec<MetricReport>,
    /// Every population, in the order of the configuration.
    pub populations: Vec<PopulationReport>,
    /// Every species of every population.
    pub species: Vec<SpeciesReport>,
    /// NSGA-II: members of the first population whom nobody dominates.
    pub front: usize,
    /// Behaviours in the first population's novelty archive.
    pub archive: usize,
    /// MAP-Elites: filled cells of the first population's grid.
    pub elites: usize,
    /// Units scored since the run began.
    pub evaluations: u64,
    /// Agent-steps in this generation.
    pub steps: u64,
    /// Every population of each island, in their order; empty where there is only one.
    pub islands: Vec<Vec<PopulationReport>>,
}

//! What a finished generation was like, for people and plots.

/// One species when its generation was scored.
#[derive(Clone, Debug, PartialEq)]
pub struct SpeciesReport {
    /// Name of its population.
    pub population: String,
    /// Its number, never used twice in a population.
    pub id: u32,
    /// How many members it had.
    pub size: usize,
    /// The best of their scores.
    pub best: f64,
    /// The mean of their scores.
    pub mean: f64,
}

/// One generation.
#[derive(Clone, Debug, PartialEq)]
pub struct GenerationReport {
    /// Its number, from 0.
    pub generation: u32,
    /// The best score of the first population.
    pub best: f64,
    /// The mean score of the first population.
    pub mean: f64,
    /// The best score of the first population in any generation so far.
    pub best_ever: f64,
    /// Every species of every population.
    pub species: Vec<SpeciesReport>,
    /// Units scored since the run began.
    pub evaluations: u64,
    /// Agent-steps in this generation.
    pub steps: u64,
}

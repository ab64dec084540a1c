//! How genomes are sorted into species.

use super::ConfigError;
use super::ranges::within;
use serde::{Deserialize, Serialize};

/// Which way of sorting genomes into species.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum SpeciationStrategy {
    /// The NEAT paper's: whoever is near enough to a representative belongs to it.
    Threshold,
    /// Always `target_species` groups around their middles.
    Kmeans,
}

/// How genomes are sorted into species.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct SpeciationConfig {
    /// Which way.
    pub strategy: SpeciationStrategy,
    /// Weight of genes that only one of two genomes has.
    pub disjoint_coefficient: f64,
    /// Weight of the mean difference of weights and biases.
    pub weight_coefficient: f64,
    /// Genomes nearer than this are one species; where a run begins.
    pub threshold: f64,
    /// The threshold moves toward this many species; 0 leaves it alone.
    pub target_species: usize,
    /// How far the threshold moves in a generation at most.
    pub threshold_step: f64,
}

impl Default for SpeciationConfig {
    fn default() -> Self {
        Self {
            strategy: SpeciationStrategy::Threshold,
            disjoint_coefficient: 1.0,
            weight_coefficient: 0.9,
            threshold: 1.5,
            target_species: 10,
            threshold_step: 0.3,
        }
    }
}

impl SpeciationConfig {
    pub(super) fn check(&self) -> Result<(), ConfigError> {
        within("speciation.disjoint_coefficient", self.disjoint_coefficient, 0.0, 1e6)?;
        within("speciation.weight_coefficient", self.weight_coefficient, 0.0, 1e6)?;
        within("speciation.threshold", self.threshold, 1e-6, 1e9)?;
        // Groups without a number of groups make no sense.
        let least = usize::from(self.strategy == SpeciationStrategy::Kmeans);
        within("speciation.target_species", self.target_species, least, 10_000)?;
        within("speciation.threshold_step", self.threshold_step, 0.0, 1e6)
    }
}

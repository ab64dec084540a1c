//! Who has offspring.

use super::ranges::{check_rates, within};
use super::{ConfigError, MAX_SIZE};
use serde::{Deserialize, Serialize};

/// Who has offspring.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct ReproductionConfig {
    /// Probability that an offspring has two parents.
    pub crossover_rate: f64,
    /// Probability that the second parent is of any species.
    pub interspecies_rate: f64,
    /// Probability that a gene disabled in either parent is disabled in the child.
    pub disable_rate: f64,
    /// The best of a species that live on unchanged.
    pub elitism: usize,
    /// Only species of at least this size have elites.
    pub elitism_minimum_size: usize,
    /// The share of a species that may have offspring.
    pub survival_threshold: f64,
    /// A species without a better score for so many generations dies out.
    pub stagnation_limit: u32,
    /// The best species that never die out.
    pub protected_species: usize,
    /// A species that lives on has at least so many offspring, while the population has room for it.
    pub minimum_species_size: usize,
    /// The share of offspring that the worst species has, relative to the best one.
    pub least_share: f64,
}

impl Default for ReproductionConfig {
    fn default() -> Self {
        Self {
            crossover_rate: 0.5,
            interspecies_rate: 0.001,
            disable_rate: 0.75,
            elitism: 1,
            elitism_minimum_size: 4,
            survival_threshold: 0.15,
            stagnation_limit: 25,
            protected_species: 2,
            minimum_species_size: 0,
            least_share: 0.3,
        }
    }
}

impl ReproductionConfig {
    pub(super) fn check(&self) -> Result<(), ConfigError> {
        within("reproduction.elitism", self.elitism, 0, MAX_SIZE)?;
        within("reproduction.elitism_minimum_size", self.elitism_minimum_size, 0, MAX_SIZE)?;
        within("reproduction.stagnation_limit", self.stagnation_limit, 1, 1_000_000_000)?;
        within("reproduction.protected_species", self.protected_species, 0, 10_000)?;
        within("reproduction.minimum_species_size", self.minimum_species_size, 0, MAX_SIZE)?;
        check_rates(&[
            ("reproduction.crossover_rate", self.crossover_rate),
            ("reproduction.interspecies_rate", self.interspecies_rate),
            ("reproduction.disable_rate", self.disable_rate),
            ("reproduction.survival_threshold", self.survival_threshold),
            ("reproduction.least_share", self.least_share),
        ])
    }
}

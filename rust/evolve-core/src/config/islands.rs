//! Populations that evolve apart, and now and then exchange their best.

use super::ranges::within;
use super::{ConfigError, PopulationConfig};
use serde::{Deserialize, Serialize};

/// At most so many islands; the number of one fits a byte of a unit's id.
pub const MAX_ISLANDS: usize = 256;

/// Copies of all populations that evolve apart, and now and then exchange their best.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct IslandsConfig {
    /// How many islands there are; with 1 nobody migrates.
    pub count: usize,
    /// Migrants travel after so many generations, and again after as many.
    pub migrate_every: u32,
    /// So many members of each population travel to the next island, the fittest first.
    pub migrants: usize,
}

impl Default for IslandsConfig {
    fn default() -> Self {
        Self { count: 1, migrate_every: 10, migrants: 2 }
    }
}

impl IslandsConfig {
    /// How many places of each population belong to migrants in the generation after this one.
    pub fn migrants_after(&self, generation: u32) -> usize {
        let due = self.count > 1 && (generation + 1).is_multiple_of(self.migrate_every);
        if due { self.migrants } else { 0 }
    }

    pub(super) fn check(&self, populations: &[PopulationConfig]) -> Result<(), ConfigError> {
        within("islands.count", self.count, 1, MAX_ISLANDS)?;
        within("islands.migrate_every", self.migrate_every, 1, 1_000_000_000)?;
        if self.count == 1 {
            return Ok(());
        }
        // Most of a population is always bred on its own island.
        let smallest = populations.iter().map(|population| population.size).min().unwrap_or(0);
        within("islands.migrants", self.migrants, 0, smallest / 2)
    }
}

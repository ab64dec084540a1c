//! How large genomes may grow.

use super::ConfigError;
use super::ranges::{check_rates, within};
use serde::{Deserialize, Serialize};

/// How large genomes may grow: phases of growth, and phases in which genes are only deleted.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct ComplexityConfig {
    /// Genes (connections and hidden nodes) that genomes may gain on average before they are simplified; 0
    /// lets them grow for ever.
    pub allowance: f64,
    /// Simplifying ends when the mean has not fallen for so many generations.
    pub patience: u32,
    /// While simplifying, the least probability that a connection goes.
    pub deletion_rate: f64,
}

impl Default for ComplexityConfig {
    fn default() -> Self {
        Self { allowance: 0.0, patience: 5, deletion_rate: 0.3 }
    }
}

impl ComplexityConfig {
    pub(super) fn check(&self) -> Result<(), ConfigError> {
        within("complexity.allowance", self.allowance, 0.0, 1e9)?;
        within("complexity.patience", self.patience, 1, 1_000_000_000)?;
        check_rates(&[("complexity.deletion_rate", self.deletion_rate)])
    }
}

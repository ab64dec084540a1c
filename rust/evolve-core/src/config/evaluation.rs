//! How members are scored.

use super::ConfigError;
use super::ranges::within;
use serde::{Deserialize, Serialize};

/// How members are scored.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct EvaluationConfig {
    /// Episodes a member plays in each generation; its fitness is their mean.
    pub repeats: usize,
    /// The longest an episode lasts.
    pub episode_ticks: u32,
    /// The same episode seeds in every generation, rather than new ones.
    pub fixed_seeds: bool,
}

impl Default for EvaluationConfig {
    fn default() -> Self {
        Self { repeats: 1, episode_ticks: 1_000, fixed_seeds: false }
    }
}

impl EvaluationConfig {
    pub(super) fn check(&self) -> Result<(), ConfigError> {
        within("evaluation.repeats", self.repeats, 1, 10_000)?;
        within("evaluation.episode_ticks", self.episode_ticks, 1, 1_000_000_000)
    }
}

//! What genomes are made of.

use super::ConfigError;
use super::ranges::{check_list, within};
use crate::activation::{Activation, Aggregation};
use crate::random::Stream;
use serde::{Deserialize, Serialize};

/// How the first generation is wired.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum InitialConnections {
    /// Every input to every output.
    All,
    /// Nothing: evolution finds the inputs that matter.
    None,
}

/// What genomes are made of.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct GenomeConfig {
    /// Whether connections may form cycles.
    pub recurrent: bool,
    /// How the first generation is wired.
    pub initial_connections: InitialConnections,
    /// New weights and biases are normal with this deviation.
    pub initial_deviation: f64,
    /// Weights and biases stay within ± this.
    pub weight_limit: f64,
    /// The function of new hidden nodes.
    pub hidden_activation: Activation,
    /// The function of outputs.
    pub output_activation: Activation,
    /// The functions that a mutation may give a hidden node.
    pub activations: Vec<Activation>,
    /// The aggregations that a mutation may give a hidden node.
    pub aggregations: Vec<Aggregation>,
}

impl Default for GenomeConfig {
    fn default() -> Self {
        Self {
            recurrent: false,
            initial_connections: InitialConnections::All,
            initial_deviation: 2.0,
            weight_limit: 30.0,
            hidden_activation: Activation::SteepSigmoid,
            output_activation: Activation::SteepSigmoid,
            activations: vec![Activation::SteepSigmoid],
            aggregations: vec![Aggregation::Sum],
        }
    }
}

impl GenomeConfig {
    /// A weight or bias held to its limit.
    pub fn limited(&self, weight: f32) -> f32 {
        let limit = self.weight_limit as f32;
        weight.clamp(-limit, limit)
    }

    /// A new weight or bias.
    pub fn initial_weight(&self, random: &mut Stream) -> f32 {
        self.limited(random.normal() * self.initial_deviation as f32)
    }
}

impl GenomeConfig {
    pub(super) fn check(&self) -> Result<(), ConfigError> {
        within("genome.initial_deviation", self.initial_deviation, 0.0, 1e6)?;
        within("genome.weight_limit", self.weight_limit, 1e-3, 1e6)?;
        check_list("genome.activations", &self.activations, Activation::name)?;
        check_list("genome.aggregations", &self.aggregations, Aggregation::name)
    }
}

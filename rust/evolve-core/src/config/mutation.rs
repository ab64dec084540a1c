//! How often what changes.

use super::ConfigError;
use super::ranges::{check_rates, within};
use serde::{Deserialize, Serialize};

/// How often what changes, per offspring.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct MutationConfig {
    /// Probability that the weights change.
    pub weight_rate: f64,
    /// Probability that the biases change.
    pub bias_rate: f64,
    /// Of those that change, how many are drawn anew instead of nudged.
    pub replace_rate: f64,
    /// Deviation of a nudge.
    pub weight_power: f64,
    /// Probability of a new connection.
    pub add_connection_rate: f64,
    /// Probability of a new node.
    pub add_node_rate: f64,
    /// Probability that a connection goes.
    pub delete_connection_rate: f64,
    /// Probability that a hidden node goes, with its connections.
    pub delete_node_rate: f64,
    /// Probability that one connection is switched on or off.
    pub toggle_rate: f64,
    /// Probability that a hidden node gets another of `genome.activations`.
    pub activation_rate: f64,
    /// Probability that a hidden node gets another of `genome.aggregations`.
    pub aggregation_rate: f64,
}

impl Default for MutationConfig {
    fn default() -> Self {
        Self {
            weight_rate: 0.8,
            bias_rate: 0.9,
            replace_rate: 0.1,
            weight_power: 0.75,
            add_connection_rate: 0.3,
            add_node_rate: 0.02,
            delete_connection_rate: 0.0,
            delete_node_rate: 0.0,
            toggle_rate: 0.0,
            activation_rate: 0.0,
            aggregation_rate: 0.0,
        }
    }
}

impl MutationConfig {
    pub(super) fn check(&self) -> Result<(), ConfigError> {
        within("mutation.weight_power", self.weight_power, 0.0, 1e6)?;
        check_rates(&[
            ("mutation.weight_rate", self.weight_rate),
            ("mutation.bias_rate", self.bias_rate),
            ("mutation.replace_rate", self.replace_rate),
            ("mutation.add_connection_rate", self.add_connection_rate),
            ("mutation.add_node_rate", self.add_node_rate),
            ("mutation.delete_connection_rate", self.delete_connection_rate),
            ("mutation.delete_node_rate", self.delete_node_rate),
            ("mutation.toggle_rate", self.toggle_rate),
            ("mutation.activation_rate", self.activation_rate),
            ("mutation.aggregation_rate", self.aggregation_rate),
        ])
    }
}

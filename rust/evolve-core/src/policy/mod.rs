//! Policies: brains of fixed layers, dense or convolutional, whose weights are one flat list as torch has
//! them. They learn elsewhere; here they only think.

mod forward;
mod layer;

pub use forward::PolicyBuffers;
pub use layer::Layer;

use crate::network::VALUE_LIMIT;
use thiserror::Error;

/// The most layers of a policy.
pub const MAXIMUM_LAYERS: usize = 256;
/// The most numbers that go into a layer or come out of one.
pub const MAXIMUM_VALUES: usize = 1 << 24;
/// The most weights of a policy.
pub const MAXIMUM_WEIGHTS: usize = 1 << 27;

/// Why layers make no policy.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum PolicyError {
    /// None, or more than there may be.
    #[error("a policy has 1 to {MAXIMUM_LAYERS} layers, not {0}")]
    Layers(usize),
    /// A layer that makes no sense by itself.
    #[error("layer {place}: {problem}")]
    Layer {
        /// Which one, from 0.
        place: usize,
        /// What is wrong with it.
        problem: String,
    },
    /// A layer that takes other numbers than the one before it gives.
    #[error("layer {place} takes {takes} numbers, but layer {} gives {given}", place - 1)]
    Chain {
        /// Which one, from 0.
        place: usize,
        /// What it takes.
        takes: usize,
        /// What it would be given.
        given: usize,
    },
    /// More or fewer weights than the layers have.
    #[error("{given} weights were given, but the layers have {expected}")]
    Weights {
        /// How many there are.
        given: usize,
        /// How many there should be.
        expected: usize,
    },
    /// A weight that is no finite number.
    #[error("weight {0} is not finite")]
    NotFinite(usize),
}

/// Layers and their weights, checked.
#[derive(Clone, Debug, PartialEq)]
pub struct Policy {
    layers: Vec<Layer>,
    weights: Vec<f32>,
}

impl Policy {
    /// A policy of these layers. Weights stand layer after layer, the weight before the bias, each row after
    /// row: what torch's `parameters()` gives, flattened and joined.
    pub fn new(layers: Vec<Layer>, weights: Vec<f32>) -> Result<Self, PolicyError> {
        if layers.is_empty() || layers.len() > MAXIMUM_LAYERS {
            return Err(PolicyError::Layers(layers.len()));
        }
        let mut expected = 0usize;
        for (place, layer) in layers.iter().enumerate() {
            let count = layer.check().map_err(|problem| PolicyError::Layer { place, problem })?;
            expected += count;
            let given = place.checked_sub(1).map_or(layer.inputs(), |before| layers[before].outputs());
            if given != layer.inputs() {
                return Err(PolicyError::Chain { place, takes: layer.inputs(), given });
            }
        }
        if weights.len() != expected {
            return Err(PolicyError::Weights { given: weights.len(), expected });
        }
        match weights.iter().position(|weight| !weight.is_finite()) {
            Some(place) => Err(PolicyError::NotFinite(place)),
            None => Ok(Self { layers, weights }),
        }
    }

    /// How many numbers it senses.
    pub fn inputs(&self) -> usize {
        self.layers[0].inputs()
    }

    /// How many numbers it gives; each is held to ± [`VALUE_LIMIT`].
    pub fn outputs(&self) -> usize {
        self.layers[self.layers.len() - 1].outputs()
    }

    /// Its layers, the first one first.
    pub fn layers(&self) -> &[Layer] {
        &self.layers
    }

    /// All weights, in torch's order.
    pub fn weights(&self) -> &[f32] {
        &self.weights
    }

    /// Each layer with its weight and its bias.
    pub fn parameters(&self) -> impl Iterator<Item = (&Layer, &[f32], &[f32])> {
        let mut rest = &self.weights[..];
        self.layers.iter().map(move |layer| {
            let (weight, others) = rest.split_at(layer.kernel_weights());
            let (bias, others) = others.split_at(layer.biases());
            rest = others;
            (layer, weight, bias)
        })
    }

    /// What an output is held to; a NaN becomes the lower end.
    fn limited(x: f32) -> f32 {
        crate::math::held(x, -VALUE_LIMIT, VALUE_LIMIT)
    }
}

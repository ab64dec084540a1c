//! A graph as a chain of layers: each operator takes what the one before gave, and constants.

use super::graph::{Graph, Node, Tensor};
use crate::error::OnnxError;
use evolve_core::activation::Activation;
use evolve_core::policy::{Layer, Policy};

/// What passes between two operators.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) enum Passing {
    Numbers(usize),
    Image([usize; 3]),
}

impl Passing {
    pub fn count(self) -> Option<usize> {
        match self {
            Self::Numbers(count) => Some(count),
            Self::Image([channels, height, width]) => channels.checked_mul(height)?.checked_mul(width),
        }
    }
}

/// Layers so far.
pub(super) struct Chain<'a> {
    pub graph: &'a Graph<'a>,
    pub passing: Passing,
    pub layers: Vec<Layer>,
    /// Of each layer its weight and its bias.
    pub weights: Vec<(Vec<f32>, Vec<f32>)>,
    /// Whether the last layer has no function yet.
    pub is_open: bool,
}

/// The policy that a graph describes.
pub(super) fn policy_of(graph: &Graph) -> Result<Policy, OnnxError> {
    let passing = match graph.input_sides[..] {
        [_, count] if count > 0 => Passing::Numbers(count),
        [_, channels, height, width] if channels.min(height).min(width) > 0 => {
            Passing::Image([channels, height, width])
        }
        _ => {
            return Err(OnnxError::unsupported(format!(
                "an input of sides {:?} instead of [batch, numbers] or [batch, channels, height, width]",
                graph.input_sides
            )));
        }
    };
    let mut chain = Chain { graph, passing, layers: Vec::new(), weights: Vec::new(), is_open: false };
    let mut current = graph.input;
    for node in graph.nodes.iter().filter(|node| node.operator != "Constant") {
        let (Some(&given), Some(&taken)) = (node.inputs.first(), node.outputs.first()) else {
            return Err(OnnxError::malformed(&format!("{} has no input or no output", node.operator)));
        };
        // An Add may name its constant first.
        let is_next = given == current || (node.operator == "Add" && node.inputs.get(1) == Some(&current));
        if !is_next {
            return Err(OnnxError::unsupported(format!(
                "{} of {given:?}, which the operator before it does not give,",
                node.operator
            )));
        }
        chain.add(node, current)?;
        current = taken;
    }
    if current != graph.output {
        return Err(OnnxError::unsupported(format!(
            "an output {:?} that is not the last operator's",
            graph.output
        )));
    }
    let weights =
        chain.weights.into_iter().flat_map(|(weight, bias)| weight.into_iter().chain(bias)).collect();
    Ok(Policy::new(chain.layers, weights)?)
}

impl Chain<'_> {
    /// A constant that an operator takes.
    pub fn constant(&self, name: &str, operator: &str) -> Result<&Tensor, OnnxError> {
        let graph = self.graph;
        let made = || {
            let maker = graph
                .nodes
                .iter()
                .find(|node| node.operator == "Constant" && node.outputs.contains(&name))?;
            maker.attributes.get("value")?.tensor.as_ref()
        };
        graph.constants.get(name).or_else(made).ok_or_else(|| {
            OnnxError::unsupported(format!(
                "{operator} with {name:?}, which is not a constant of float32 or int64"
            ))
        })
    }

    /// A layer more, still without a function.
    pub fn push(&mut self, layer: Layer, weight: Vec<f32>, bias: Vec<f32>) -> Result<(), OnnxError> {
        // Checked at once: sizes that come later are computed from these.
        let one = Policy::new(vec![layer.clone()], weight.iter().chain(&bias).copied().collect())?;
        let expected = self.passing.count();
        if expected != Some(one.inputs()) {
            let takes = one.inputs();
            return Err(OnnxError::malformed(&format!(
                "a layer takes {takes} numbers, but is given {expected:?}"
            )));
        }
        self.passing = match &layer {
            Layer::Dense { outputs, .. } => Passing::Numbers(*outputs),
            Layer::Convolution { outputs, .. } => {
                let [height, width] = layer.image();
                Passing::Image([*outputs, height, width])
            }
        };
        self.layers.push(layer);
        self.weights.push((weight, bias));
        self.is_open = true;
        Ok(())
    }

    /// Give the last layer its function.
    pub fn apply(&mut self, activation: Activation, operator: &str) -> Result<(), OnnxError> {
        match self.layers.pop() {
            Some(layer) if self.is_open => {
                self.layers.push(layer.with(activation));
                self.is_open = false;
                Ok(())
            }
            _ => Err(OnnxError::unsupported(format!("{operator} that does not follow a layer"))),
        }
    }

    fn add(&mut self, node: &Node, current: &str) -> Result<(), OnnxError> {
        super::operators::add(self, node, current)
    }
}

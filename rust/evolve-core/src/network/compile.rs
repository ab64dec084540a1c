//! From a genome to a flat program: steps in order, each with its range of edges.

use crate::activation::{Activation, Aggregation};
use crate::genome::Genome;

/// A compiled genome. Slots of the value array: inputs, then one for each step.
#[derive(Clone, Debug, PartialEq)]
pub struct Network {
    pub(super) inputs: usize,
    pub(super) recurrent: bool,
    pub(super) steps: Vec<Step>,
    pub(super) edges: Vec<Edge>,
    /// Slots of the outputs, in the order of the outputs.
    pub(super) outputs: Vec<u32>,
}

#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Step {
    pub bias: f32,
    pub activation: Activation,
    pub aggregation: Aggregation,
    /// End of this step's edges; they begin where those of the step before end.
    pub edges_end: u32,
}

#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Edge {
    pub slot: u32,
    pub weight: f32,
}

impl Network {
    /// Compile a genome that has passed [`Genome::check`]. Edges into a node keep the order of their
    /// genes, so that sums are always taken in the same order.
    ///
    /// # Panics
    /// When the genome breaks a promise that [`Genome::check`] tests.
    pub fn compile(genome: &Genome, recurrent: bool) -> Self {
        let inputs = genome.inputs();
        let order: Vec<usize> = if recurrent {
            (0..genome.nodes.len()).collect()
        } else {
            genome.topological_order().expect("a checked feed-forward genome has no cycle")
        };
        let order: Vec<usize> = order.into_iter().filter(|&place| place >= inputs).collect();
        let mut slots: Vec<u32> = (0..genome.nodes.len() as u32).collect();
        for (step, &place) in order.iter().enumerate() {
            slots[place] = (inputs + step) as u32;
        }
        let mut incoming: Vec<Vec<Edge>> = vec![Vec::new(); genome.nodes.len()];
        let genes = &genome.connections;
        for place in (0..genes.len()).filter(|&place| genes.enabled[place]) {
            let source = genome.nodes.find(genes.source[place]).expect("a checked genome has both ends");
            let target = genome.nodes.find(genes.target[place]).expect("a checked genome has both ends");
            incoming[target].push(Edge { slot: slots[source], weight: genes.weight[place] });
        }
        let mut network =
            Self { inputs, recurrent, steps: Vec::new(), edges: Vec::new(), outputs: Vec::new() };
        for &place in &order {
            network.edges.append(&mut incoming[place]);
            let node = genome.nodes.get(place);
            network.steps.push(Step {
                bias: node.bias,
                activation: node.activation,
                aggregation: node.aggregation,
                edges_end: network.edges.len() as u32,
            });
        }
        network.outputs = slots[inputs..inputs + genome.outputs()].to_vec();
        network
    }

    /// How many numbers it senses.
    pub fn inputs(&self) -> usize {
        self.inputs
    }

    /// How many numbers it gives.
    pub fn outputs(&self) -> usize {
        self.outputs.len()
    }

    /// How many values one agent's state has.
    pub fn slots(&self) -> usize {
        self.inputs + self.steps.len()
    }
}

//! A brain's blueprint: nodes and connections as parallel arrays, each sorted by gene id.

mod copies;
mod crossover;
mod distance;
mod gene_id;
mod invariants;
mod mutation;
mod pool;
pub(crate) mod prefetch;
mod structure;
mod wiring;

pub use crossover::{crossover, crossover_into};
pub use distance::distance;
pub(crate) use distance::{Shared, in_steps};
pub use gene_id::{GeneId, MAX_TERMINALS};
pub use invariants::{GenomeError, Inspection};
pub use mutation::{MutationScratch, mutate, mutate_with};
pub(crate) use pool::GenomePool;
pub(crate) use wiring::{Places, Wiring};

use crate::activation::{Activation, Aggregation};
use crate::config::{GenomeConfig, InitialConnections};
use crate::random::Stream;

/// Node genes, sorted by id: inputs, then outputs, then hidden nodes.
#[derive(Debug, Default, PartialEq)]
pub struct NodeGenes {
    /// What each node is called everywhere.
    pub id: Vec<GeneId>,
    /// Added to what reaches the node; 0 for inputs.
    pub bias: Vec<f32>,
    /// The function of the node; identity for inputs.
    pub activation: Vec<Activation>,
    /// How the node puts its inputs together; sum for inputs.
    pub aggregation: Vec<Aggregation>,
}

/// Connection genes, sorted by id.
#[derive(Debug, Default, PartialEq)]
pub struct ConnectionGenes {
    /// The hash of the two ends.
    pub id: Vec<GeneId>,
    /// The node the signal comes from.
    pub source: Vec<GeneId>,
    /// The node the signal goes to.
    pub target: Vec<GeneId>,
    /// What the signal is multiplied by.
    pub weight: Vec<f32>,
    /// A disabled gene carries no signal, but is inherited, and counts in the cycle check.
    pub enabled: Vec<bool>,
}

/// One genome.
#[derive(Debug, Default, PartialEq)]
pub struct Genome {
    /// Its nodes.
    pub nodes: NodeGenes,
    /// Its connections.
    pub connections: ConnectionGenes,
}

/// A node gene by itself.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Node {
    /// See [`NodeGenes::id`].
    pub id: GeneId,
    /// See [`NodeGenes::bias`].
    pub bias: f32,
    /// See [`NodeGenes::activation`].
    pub activation: Activation,
    /// See [`NodeGenes::aggregation`].
    pub aggregation: Aggregation,
}

/// A connection gene by itself.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Connection {
    /// See [`ConnectionGenes::id`].
    pub id: GeneId,
    /// See [`ConnectionGenes::source`].
    pub source: GeneId,
    /// See [`ConnectionGenes::target`].
    pub target: GeneId,
    /// See [`ConnectionGenes::weight`].
    pub weight: f32,
    /// See [`ConnectionGenes::enabled`].
    pub enabled: bool,
}

impl NodeGenes {
    /// How many nodes there are.
    pub fn len(&self) -> usize {
        self.id.len()
    }

    /// True without nodes.
    pub fn is_empty(&self) -> bool {
        self.id.is_empty()
    }

    /// Where a node stands.
    pub fn find(&self, id: GeneId) -> Option<usize> {
        self.id.binary_search(&id).ok()
    }

    /// The node at a place.
    pub fn get(&self, place: usize) -> Node {
        Node {
            id: self.id[place],
            bias: self.bias[place],
            activation: self.activation[place],
            aggregation: self.aggregation[place],
        }
    }

    /// Add a node behind the others; its id must be the largest so far.
    pub fn push(&mut self, node: Node) {
        debug_assert!(self.id.last().is_none_or(|&last| last < node.id));
        self.id.push(node.id);
        self.bias.push(node.bias);
        self.activation.push(node.activation);
        self.aggregation.push(node.aggregation);
    }

    /// Keep the nodes of which this is true.
    fn retain(&mut self, kept: impl Fn(GeneId) -> bool) {
        let mut end = 0;
        for place in 0..self.len() {
            if kept(self.id[place]) {
                self.id[end] = self.id[place];
                self.bias[end] = self.bias[place];
                self.activation[end] = self.activation[place];
                self.aggregation[end] = self.aggregation[place];
                end += 1;
            }
        }
        self.id.truncate(end);
        self.bias.truncate(end);
        self.activation.truncate(end);
        self.aggregation.truncate(end);
    }

    fn insert(&mut self, node: Node) {
        let place = self.id.partition_point(|&id| id < node.id);
        self.id.insert(place, node.id);
        self.bias.insert(place, node.bias);
        self.activation.insert(place, node.activation);
        self.aggregation.insert(place, node.aggregation);
    }
}

impl ConnectionGenes {
    /// How many connections there are, disabled ones too.
    pub fn len(&self) -> usize {
        self.id.len()
    }

    /// True without connections.
    pub fn is_empty(&self) -> bool {
        self.id.is_empty()
    }

    /// Where a connection stands.
    pub fn find(&self, id: GeneId) -> Option<usize> {
        self.id.binary_search(&id).ok()
    }

    /// The connection at a place.
    pub fn get(&self, place: usize) -> Connection {
        Connection {
            id: self.id[place],
            source: self.source[place],
            target: self.target[place],
            weight: self.weight[place],
            enabled: self.enabled[place],
        }
    }

    /// Add a connection behind the others; its id must be the largest so far.
    pub fn push(&mut self, gene: Connection) {
        debug_assert!(self.id.last().is_none_or(|&last| last < gene.id));
        self.id.push(gene.id);
        self.source.push(gene.source);
        self.target.push(gene.target);
        self.weight.push(gene.weight);
        self.enabled.push(gene.enabled);
    }

    /// Keep the connections of which this is true.
    fn retain(&mut self, kept: impl Fn(&Connection) -> bool) {
        let mut end = 0;
        for place in 0..self.len() {
            let gene = self.get(place);
            if kept(&gene) {
                self.id[end] = gene.id;
                self.source[end] = gene.source;
                self.target[end] = gene.target;
                self.weight[end] = gene.weight;
                self.enabled[end] = gene.enabled;
                end += 1;
            }
        }
        self.id.truncate(end);
        self.source.truncate(end);
        self.target.truncate(end);
        self.weight.truncate(end);
        self.enabled.truncate(end);
    }

    fn insert(&mut self, gene: Connection) {
        let place = self.id.partition_point(|&id| id < gene.id);
        self.id.insert(place, gene.id);
        self.source.insert(place, gene.source);
        self.target.insert(place, gene.target);
        self.weight.insert(place, gene.weight);
        self.enabled.insert(place, gene.enabled);
    }
}

impl Genome {
    /// A first genome: inputs and outputs, connected as the configuration says, weights at random.
    pub fn initial(inputs: usize, outputs: usize, config: &GenomeConfig, random: &mut Stream) -> Self {
        let mut genome = Self::default();
        for id in (0..inputs).map(GeneId::input) {
            genome.nodes.push(Node::input(id));
        }
        for id in (0..outputs).map(GeneId::output) {
            let bias = config.initial_weight(random);
            genome.nodes.push(Node {
                id,
                bias,
                activation: config.output_activation,
                aggregation: Aggregation::Sum,
            });
        }
        if config.initial_connections == InitialConnections::All {
            for source in (0..inputs).map(GeneId::input) {
                for target in (0..outputs).map(GeneId::output) {
                    let weight = config.initial_weight(random);
                    genome.connections.insert(Connection::new(source, target, weight));
                }
            }
        }
        genome
    }

    /// How many of its nodes are inputs.
    pub fn inputs(&self) -> usize {
        self.nodes.id.partition_point(|id| id.is_input())
    }

    /// How many of its nodes are outputs.
    pub fn outputs(&self) -> usize {
        self.nodes.id.partition_point(|id| !id.is_hidden()) - self.inputs()
    }

    /// How many of its nodes evolution made.
    pub fn hidden(&self) -> usize {
        self.nodes.len() - self.nodes.id.partition_point(|id| !id.is_hidden())
    }
}

impl Node {
    /// The gene of an input: it passes on what it is given.
    pub fn input(id: GeneId) -> Self {
        Self { id, bias: 0.0, activation: Activation::Identity, aggregation: Aggregation::Sum }
    }
}

impl Connection {
    /// An enabled connection.
    pub fn new(source: GeneId, target: GeneId, weight: f32) -> Self {
        Self { id: GeneId::connection(source, target), source, target, weight, enabled: true }
    }
}

//! From a genome to a flat program: steps in order, each with its range of edges.

use crate::activation::{Activation, Aggregation};
use crate::genome::{Genome, Places, Wiring};

/// A compiled genome. Slots of the value array: inputs, then one for each step.
#[derive(Clone, Debug, PartialEq)]
pub struct Network {
    pub(super) inputs: usize,
    pub(super) recurrent: bool,
    pub(super) steps: Vec<Step>,
    pub(super) groups: Vec<Group>,
    pub(super) edges: Vec<Edge>,
    /// Slots of the outputs, in the order of the outputs.
    pub(super) outputs: Vec<u32>,
}

#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Step {
    pub bias: f32,
    pub aggregation: Aggregation,
    /// End of this step's edges; they begin where those of the step before end.
    pub edges_end: u32,
}

/// Steps of one function that need nothing of each other: their functions are computed side by side.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Group {
    pub activation: Activation,
    /// End of this group's steps; they begin where those of the group before end.
    pub steps_end: u32,
}

#[derive(Clone, Copy, Debug, Default, PartialEq)]
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
        Self::compile_with_slots(genome, recurrent).0
    }

    /// Compile a genome, and say which of an agent's values belongs to each of its nodes, in their order.
    ///
    /// # Panics
    /// As [`Network::compile`].
    pub fn compile_with_slots(genome: &Genome, recurrent: bool) -> (Self, Vec<u32>) {
        let (inputs, outputs, nodes) = (genome.inputs(), genome.outputs(), genome.nodes.len());
        let mut wiring = Wiring::default();
        let (ends, weights) = enabled(genome, inputs, outputs);
        wiring.ends = ends;
        // A recurrent step sees the others' last values: none has to wait.
        let unordered = vec![0; if recurrent { nodes } else { 0 }];
        let levels = if recurrent {
            &unordered
        } else {
            wiring.levels(nodes).expect("a checked feed-forward genome has no cycle")
        };
        let key = |place: u32| (levels[place as usize], genome.nodes.activation[place as usize].code());
        let mut order: Vec<u32> = (inputs as u32..nodes as u32).collect();
        order.sort_unstable_by_key(|&place| (key(place), place));
        let same = |a: &u32, b: &u32| key(*a) == key(*b);
        let mut groups: Vec<Group> = Vec::new();
        for group in order.chunk_by(same) {
            let begin = groups.last().map_or(0, |group| group.steps_end);
            let activation = genome.nodes.activation[group[0] as usize];
            groups.push(Group { activation, steps_end: begin + group.len() as u32 });
        }
        let mut slots: Vec<u32> = (0..nodes as u32).collect();
        for (step, &place) in order.iter().enumerate() {
            slots[place as usize] = (inputs + step) as u32;
        }
        let (steps, edges) = flatten(genome, &order, &slots, (&wiring.ends, &weights));
        let outputs = slots[inputs..inputs + outputs].to_vec();
        (Self { inputs, recurrent, steps, groups, edges, outputs }, slots)
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

/// Ends and weights of the connections that carry a signal, in the order of their genes.
fn enabled(genome: &Genome, inputs: usize, outputs: usize) -> (Vec<(u32, u32)>, Vec<f32>) {
    let (genes, places) = (&genome.connections, Places::of(genome, inputs, outputs));
    let end = |id| places.find(id).expect("a checked genome has both ends") as u32;
    let (mut ends, mut weights) = (Vec::with_capacity(genes.len()), Vec::with_capacity(genes.len()));
    for place in (0..genes.len()).filter(|&place| genes.enabled[place]) {
        ends.push((end(genes.source[place]), end(genes.target[place])));
        weights.push(genes.weight[place]);
    }
    (ends, weights)
}

/// Steps in their order, and their edges, those of one step in the order of their genes.
fn flatten(
    genome: &Genome,
    order: &[u32],
    slots: &[u32],
    (ends, weights): (&[(u32, u32)], &[f32]),
) -> (Vec<Step>, Vec<Edge>) {
    let mut next = vec![0u32; genome.nodes.len()];
    ends.iter().for_each(|&(_, to)| next[to as usize] += 1);
    let mut total = 0;
    let step = |&place: &u32| {
        let count = std::mem::replace(&mut next[place as usize], total);
        total += count;
        let node = genome.nodes.get(place as usize);
        Step { bias: node.bias, aggregation: node.aggregation, edges_end: total }
    };
    let steps = order.iter().map(step).collect();
    let mut edges = vec![Edge::default(); ends.len()];
    for (&(from, to), &weight) in ends.iter().zip(weights) {
        let place = &mut next[to as usize];
        edges[*place as usize] = Edge { slot: slots[from as usize], weight };
        *place += 1;
    }
    (steps, edges)
}

//! Which genomes of a batch run in a graph, and the tables that a session is given for them, once a generation.

use super::schedule::{NOWHERE, Schedule};
use super::shape::{Level, Shape};
use evolve_core::activation::Aggregation;
use evolve_core::network::Network;
use evolve_core::work::WorkBatch;

/// Deeper brains run natively: one of them would lengthen the way of everybody.
const MAXIMUM_DEPTH: usize = 32;
/// So do brains with a neuron that more than this, or eight times as many as there are inputs, reach: every
/// neuron of its level would have as many terms.
const MAXIMUM_TERMS: usize = 64;
/// And those with a weight so large that sums of observations up to 1e9 could overflow f32, which takes
/// more operators to put right than all others together.
const MAXIMUM_WEIGHT: f32 = 1e24;

/// One population of a batch, compiled for a graph.
pub struct PopulationPlan {
    need: Shape,
    schedule: Schedule,
    networks: Vec<(Network, Vec<Option<usize>>)>,
    places: Vec<Option<usize>>,
}

/// What a session is given besides the observations; a list of each for every level.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Tables {
    /// For each neuron the slots that it reads.
    pub sources: Vec<Vec<i32>>,
    /// Their weights.
    pub weights: Vec<Vec<f32>>,
    /// The bias of each neuron.
    pub biases: Vec<Vec<f32>>,
    /// The slots of the outputs, genome after genome.
    pub outputs: Vec<i32>,
}

impl PopulationPlan {
    /// Sort a population's genomes into those that a graph runs and those that it does not.
    pub fn new(batch: &WorkBatch, population: usize) -> Self {
        let mut networks = Vec::new();
        let shape = &batch.populations[population];
        let places = batch.genomes.iter().map(|entry| {
            if entry.population != population || shape.recurrent {
                return None;
            }
            let network = Network::compile(&entry.genome, false);
            let levels = network.levels();
            if !is_plain(&network, &levels) {
                return None;
            }
            networks.push((network, levels));
            Some(networks.len() - 1)
        });
        let places = places.collect();
        let need = need(&networks, shape.inputs.len(), shape.outputs.len());
        Self { need, schedule: Schedule::of(&networks), networks, places }
    }

    /// How much room its genomes take.
    pub fn need(&self) -> &Shape {
        &self.need
    }

    /// For each genome of the batch its place in the graph; none for those that run natively.
    pub fn places(&self) -> &[Option<usize>] {
        &self.places
    }

    /// What a session of that shape is given for these genomes; nothing where they don't fit in.
    pub fn tables(&self, shape: &Shape) -> Option<Tables> {
        let ends = |shape: &Shape| (shape.inputs, shape.outputs);
        if ends(shape) != ends(&self.need) || shape.genomes < self.need.genomes {
            return None;
        }
        let levels = self.schedule.levels(shape)?;
        let mut levels = levels.into_iter();
        let mut room = Room::new(shape);
        let mut tables = Tables::of(shape);
        for (place, (network, _)) in self.networks.iter().enumerate() {
            let mut slots = vec![0; network.slots()];
            let first = place * shape.inputs;
            slots.iter_mut().take(shape.inputs).enumerate().for_each(|(input, slot)| *slot = first + input);
            for (neuron, level) in network.neurons().zip(&mut levels) {
                if level == NOWHERE {
                    continue;
                }
                let (slot, index) = room.take(level, usize::from(neuron.activation.code()));
                slots[neuron.slot] = slot;
                // A mean is a sum with smaller weights.
                let count = neuron.incoming().len().max(1);
                let part = if neuron.aggregation == Aggregation::Mean { count as f32 } else { 1.0 };
                let begin = index * shape.levels[level].terms;
                for (term, (source, weight)) in neuron.incoming().enumerate() {
                    tables.sources[level][begin + term] = slots[source] as i32;
                    tables.weights[level][begin + term] = weight / part;
                }
                tables.biases[level][index] = neuron.bias;
            }
            for (output, slot) in network.output_slots().enumerate() {
                tables.outputs[place * shape.outputs + output] = slots[slot] as i32;
            }
        }
        Some(tables)
    }
}

impl Tables {
    /// Tables in which every neuron reads nothing.
    fn of(shape: &Shape) -> Self {
        let cells = |level: &Level| level.terms * level.width();
        Self {
            sources: shape.levels.iter().map(|level| vec![0; cells(level)]).collect(),
            weights: shape.levels.iter().map(|level| vec![0.0; cells(level)]).collect(),
            biases: shape.levels.iter().map(|level| vec![0.0; level.width()]).collect(),
            outputs: vec![0; shape.genomes * shape.outputs],
        }
    }
}

/// The places of a graph's neurons that nobody has yet.
struct Room {
    /// Of each level the slot of its first neuron.
    begins: Vec<usize>,
    /// Of each level and function the next place within the level.
    next: Vec<Vec<usize>>,
}

impl Room {
    fn new(shape: &Shape) -> Self {
        let (mut slot, mut room) =
            (shape.genomes * shape.inputs, Self { begins: Vec::new(), next: Vec::new() });
        for level in &shape.levels {
            room.begins.push(slot);
            slot += level.width();
            let next = level.widths.iter().scan(0, |sum, width| {
                let begin = *sum;
                *sum += width;
                Some(begin)
            });
            room.next.push(next.collect());
        }
        room
    }

    /// The slot of a new neuron, and its place within its level.
    fn take(&mut self, level: usize, function: usize) -> (usize, usize) {
        let next = &mut self.next[level][function];
        *next += 1;
        (self.begins[level] + *next - 1, *next - 1)
    }
}

/// Whether a graph runs it: sums and means only, neither very deep nor very dense.
fn is_plain(network: &Network, levels: &[Option<usize>]) -> bool {
    let terms = MAXIMUM_TERMS.max(8 * network.inputs());
    network.neurons().zip(levels).filter_map(|(neuron, level)| Some((neuron, (*level)?))).all(
        |(neuron, level)| {
            matches!(neuron.aggregation, Aggregation::Sum | Aggregation::Mean)
                && level < MAXIMUM_DEPTH
                && neuron.incoming().len() <= terms
                && neuron.incoming().all(|(_, weight)| weight.abs() <= MAXIMUM_WEIGHT)
        },
    )
}

fn need(networks: &[(Network, Vec<Option<usize>>)], inputs: usize, outputs: usize) -> Shape {
    let mut shape = Shape { genomes: networks.len(), inputs, outputs, levels: Vec::new() };
    for (network, levels) in networks {
        for (neuron, level) in network.neurons().zip(levels) {
            let Some(level) = *level else { continue };
            if shape.levels.len() <= level {
                shape.levels.resize(level + 1, Level::default());
            }
            let level = &mut shape.levels[level];
            level.widths[usize::from(neuron.activation.code())] += 1;
            level.terms = level.terms.max(neuron.incoming().len());
        }
    }
    shape
}

//! A network as it is told to other programs: who computes what, from whom, and how early.

use super::Network;
use super::compile::Edge;
use crate::activation::{Activation, Aggregation};

/// One step of a network.
#[derive(Clone, Copy, Debug)]
pub struct Neuron<'a> {
    /// Where its value stands among the network's.
    pub slot: usize,
    /// What is added to what reaches it.
    pub bias: f32,
    /// How its weighted inputs are put together.
    pub aggregation: Aggregation,
    /// What is done with the result.
    pub activation: Activation,
    edges: &'a [Edge],
}

impl Neuron<'_> {
    /// The slots that it reads, with their weights, in the order of the sum.
    pub fn incoming(&self) -> impl ExactSizeIterator<Item = (usize, f32)> + '_ {
        self.edges.iter().map(|edge| (edge.slot as usize, edge.weight))
    }
}

impl Network {
    /// Every node but the inputs, in the order in which they are computed.
    pub fn neurons(&self) -> impl Iterator<Item = Neuron<'_>> {
        let (mut edge, mut group) = (0, 0);
        self.steps.iter().enumerate().map(move |(index, step)| {
            let edges = &self.edges[edge..step.edges_end as usize];
            edge = step.edges_end as usize;
            while self.groups[group].steps_end as usize <= index {
                group += 1;
            }
            let activation = self.groups[group].activation;
            let (slot, aggregation) = (self.inputs + index, step.aggregation);
            Neuron { slot, bias: step.bias, aggregation, activation, edges }
        })
    }

    /// The slots of the outputs, in their order.
    pub fn output_slots(&self) -> impl ExactSizeIterator<Item = usize> + '_ {
        self.outputs.iter().map(|&slot| slot as usize)
    }

    /// Whether its nodes see each other's last values.
    pub fn is_recurrent(&self) -> bool {
        self.recurrent
    }

    /// For each neuron that an output needs the earliest level that it can stand on, from 0, in the order
    /// of [`Network::neurons`]. A recurrent network has one level, and needs all.
    pub fn levels(&self) -> Vec<Option<usize>> {
        if self.recurrent {
            return vec![Some(0); self.steps.len()];
        }
        let mut needed = vec![false; self.slots()];
        self.output_slots().for_each(|slot| needed[slot] = true);
        let neurons: Vec<Neuron> = self.neurons().collect();
        for neuron in neurons.iter().rev().filter(|neuron| !neuron.edges.is_empty()) {
            if needed[neuron.slot] {
                neuron.incoming().for_each(|(slot, _)| needed[slot] = true);
            }
        }
        // Levels that are ready: 0 for inputs.
        let mut ready = vec![0; self.slots()];
        let level = |neuron: &Neuron| {
            let level = neuron.incoming().map(|(slot, _)| ready[slot]).max().unwrap_or(0);
            ready[neuron.slot] = level + 1;
            needed[neuron.slot].then_some(level)
        };
        neurons.iter().map(level).collect()
    }
}

#[cfg(test)]
mod tests {
    use crate::config::{GenomeConfig, MutationConfig};
    use crate::genome::{Genome, mutate};
    use crate::network::Network;
    use crate::random::{Purpose, Stream};
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn each_level_reads_earlier_ones_only_and_holds_whom_an_output_needs(seed: u64, rounds in 0usize..40) {
            let genes = GenomeConfig::default();
            let rates = MutationConfig { add_node_rate: 0.4, add_connection_rate: 0.5, toggle_rate: 0.2, ..Default::default() };
            let mut random = Stream::new(seed, 0, 0, 0, Purpose::User);
            let mut genome = Genome::initial(3, 2, &genes, &mut random);
            (0..rounds).for_each(|_| mutate(&mut genome, &genes, &rates, &mut random));
            let network = Network::compile(&genome, false);
            let levels = network.levels();
            let mut read: Vec<usize> = network.output_slots().collect();
            for (neuron, &level) in network.neurons().zip(&levels).filter(|(_, level)| level.is_some()) {
                for (slot, _) in neuron.incoming() {
                    read.push(slot);
                    let before = slot.checked_sub(network.inputs()).and_then(|place| levels[place]);
                    prop_assert!(slot < network.inputs() || before < level);
                }
            }
            for (neuron, level) in network.neurons().zip(&levels) {
                prop_assert_eq!(level.is_some(), read.contains(&neuron.slot));
            }
        }
    }
}

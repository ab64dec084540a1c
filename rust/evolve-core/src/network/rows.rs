//! One network for many agents in one call: their rows stand side by side in the processor's lanes.
//!
//! A lane holds one row from beginning to end. So a wider register changes the speed and nothing else:
//! the bits are those of [`Network::forward`], row by row.

#![allow(clippy::inline_always, reason = "the body must be compiled once for each instruction set")]

use super::Network;
use super::transpose::{from_lanes, to_lanes};

/// Rows that are computed side by side: four AVX-512 registers or eight of AVX, so that the steps of one
/// exponential don't wait for each other. With 16, 32, 64 and 128 rows: 53, 95, 110 and 95 M rows/s.
pub(super) const LANES: usize = 64;

pub(super) type Lanes = [f32; LANES];

/// The state of many agents with one network.
#[derive(Clone, Debug)]
pub struct RowStates {
    rows: usize,
    /// For each block of rows its slots; feed-forward networks have no state and share one block.
    values: Vec<Lanes>,
    next: Vec<Lanes>,
}

impl RowStates {
    /// Forget what recurrent networks remember.
    pub fn reset(&mut self) {
        self.values.fill([0.0; LANES]);
    }

    /// For how many agents this is.
    pub fn rows(&self) -> usize {
        self.rows
    }
}

impl Network {
    /// The state of so many agents at the start of an episode.
    pub fn row_states(&self, rows: usize) -> RowStates {
        let blocks = if self.recurrent { rows.div_ceil(LANES) } else { 1 };
        let next = if self.recurrent { self.steps.len() } else { 0 };
        RowStates { rows, values: vec![[0.0; LANES]; blocks * self.slots()], next: vec![[0.0; LANES]; next] }
    }

    /// Sense and act for every row. Observations stand one row after the other, actions too.
    ///
    /// # Panics
    /// Unless there are `inputs()` observations and `outputs()` actions for each row of `states`, which
    /// this network made.
    pub fn forward_rows(&self, observations: &[f32], states: &mut RowStates, actions: &mut [f32]) {
        assert_eq!(observations.len(), states.rows * self.inputs, "observations of each row");
        assert_eq!(actions.len(), states.rows * self.outputs.len(), "actions of each row");
        #[cfg(target_arch = "x86_64")]
        {
            if is_x86_feature_detected!("avx512f") {
                // SAFETY: the processor has what the function is compiled for, as just asked.
                return unsafe { self.rows_avx512(observations, states, actions) };
            }
            if is_x86_feature_detected!("avx2") {
                // SAFETY: the processor has what the function is compiled for, as just asked.
                return unsafe { self.rows_avx2(observations, states, actions) };
            }
        }
        self.rows_anywhere(observations, states, actions);
    }

    #[cfg(target_arch = "x86_64")]
    #[target_feature(enable = "avx512f")]
    fn rows_avx512(&self, observations: &[f32], states: &mut RowStates, actions: &mut [f32]) {
        self.rows_anywhere(observations, states, actions);
    }

    #[cfg(target_arch = "x86_64")]
    #[target_feature(enable = "avx2")]
    fn rows_avx2(&self, observations: &[f32], states: &mut RowStates, actions: &mut [f32]) {
        self.rows_anywhere(observations, states, actions);
    }

    #[inline(always)]
    fn rows_anywhere(&self, observations: &[f32], states: &mut RowStates, actions: &mut [f32]) {
        let (slots, outputs) = (self.slots(), self.outputs.len());
        for first in (0..states.rows).step_by(LANES) {
            let count = LANES.min(states.rows - first);
            let block = if self.recurrent { first / LANES } else { 0 };
            let values = &mut states.values[block * slots..(block + 1) * slots];
            let sensed = &observations[first * self.inputs..(first + count) * self.inputs];
            to_lanes(sensed, self.inputs, &mut values[..self.inputs]);
            self.advance(values, &mut states.next);
            let acted = &mut actions[first * outputs..(first + count) * outputs];
            from_lanes(values, &self.outputs, acted);
        }
    }
}

#[cfg(test)]
mod tests {
    use crate::activation::{Activation, Aggregation};
    use crate::config::{GenomeConfig, MutationConfig};
    use crate::genome::{Genome, mutate};
    use crate::network::Network;
    use crate::random::{Purpose, Stream};
    use proptest::prelude::*;

    /// A network with every activation and aggregation somewhere.
    fn network(seed: u64, rounds: usize, recurrent: bool) -> Network {
        let genes = GenomeConfig { recurrent, ..Default::default() };
        let rates = MutationConfig { add_node_rate: 0.4, add_connection_rate: 0.6, ..Default::default() };
        let mut random = Stream::new(seed, 0, 0, 0, Purpose::User);
        let mut genome = Genome::initial(3, 2, &genes, &mut random);
        (0..rounds).for_each(|_| mutate(&mut genome, &genes, &rates, &mut random));
        for place in 3..genome.nodes.len() {
            genome.nodes.activation[place] = Activation::ALL[random.below(Activation::ALL.len())];
            genome.nodes.aggregation[place] = Aggregation::ALL[random.below(Aggregation::ALL.len())];
        }
        Network::compile(&genome, recurrent)
    }

    proptest! {
        #[test]
        fn many_rows_have_the_bits_of_each_row_by_itself(
            seed: u64, rounds in 0usize..30, rows in 1usize..40, ticks in 1usize..4, recurrent: bool,
        ) {
            let network = network(seed, rounds, recurrent);
            let mut random = Stream::new(seed, 1, 0, 0, Purpose::User);
            let mut states = network.row_states(rows);
            let mut alone = vec![vec![0.0; network.slots()]; rows];
            for _ in 0..ticks {
                let observations: Vec<f32> = (0..rows * 3).map(|_| random.normal() * 4.0).collect();
                let mut actions = vec![0.0; rows * 2];
                network.forward_rows(&observations, &mut states, &mut actions);
                for row in 0..rows {
                    let mut expected = [0.0; 2];
                    let sensed = &observations[row * 3..row * 3 + 3];
                    network.forward(sensed, &mut alone[row], &mut Vec::new(), &mut expected);
                    let bits = |list: &[f32]| list.iter().map(|x| x.to_bits()).collect::<Vec<_>>();
                    prop_assert_eq!(bits(&actions[row * 2..row * 2 + 2]), bits(&expected));
                }
            }
        }

        #[test]
        fn every_instruction_set_gives_the_same_bits(seed: u64, rounds in 0usize..30, rows in 1usize..40) {
            let network = network(seed, rounds, false);
            let mut random = Stream::new(seed, 2, 0, 0, Purpose::User);
            let observations: Vec<f32> = (0..rows * 3).map(|_| random.normal() * 9.0).collect();
            let (mut widest, mut plain) = (vec![0.0; rows * 2], vec![0.0; rows * 2]);
            network.forward_rows(&observations, &mut network.row_states(rows), &mut widest);
            network.rows_anywhere(&observations, &mut network.row_states(rows), &mut plain);
            prop_assert!(widest.iter().zip(&plain).all(|(a, b)| a.to_bits() == b.to_bits()));
        }
    }

    #[test]
    fn a_reset_forgets_what_a_recurrent_network_remembers() {
        let network = network(5, 30, true);
        let mut states = network.row_states(20);
        let observations: Vec<f32> = (0..60).map(|place| place as f32 / 10.0).collect();
        let mut ticks = vec![vec![0.0; 40]; 4];
        for tick in &mut ticks[..3] {
            network.forward_rows(&observations, &mut states, tick);
        }
        states.reset();
        network.forward_rows(&observations, &mut states, &mut ticks[3]);
        assert_eq!(ticks[0], ticks[3]);
        assert_ne!(ticks[0], ticks[2]);
    }
}

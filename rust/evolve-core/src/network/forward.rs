//! The step of a network, for one agent or for several side by side: plain f32 multiplies and adds in a
//! fixed order, so that an agent's numbers don't depend on how many stand beside it.

#![allow(clippy::inline_always, reason = "a call would keep rows from being computed side by side")]

use super::compile::{Edge, Network, Step};
use crate::activation::{Activation, Aggregation};
use crate::math::held;

/// What reaches a node is held to ± this, and a NaN becomes the lower end: so outputs are finite
/// whatever the weights are.
pub const VALUE_LIMIT: f32 = 1e9;

impl Network {
    /// Sense and act. `values` is the agent's state (`slots()` long, zeros at the start of an episode); a
    /// recurrent network reads its last step from it, a feed-forward one only uses the space. `scratch`
    /// is any vector, kept to spare allocations.
    pub fn forward(
        &self,
        observations: &[f32],
        values: &mut [f32],
        scratch: &mut Vec<f32>,
        actions: &mut [f32],
    ) {
        debug_assert_eq!((observations.len(), values.len()), (self.inputs, self.slots()));
        values[..self.inputs].copy_from_slice(observations);
        let values = values.as_chunks_mut::<1>().0;
        if self.recurrent {
            scratch.resize(self.steps.len(), 0.0);
            self.advance(values, scratch.as_chunks_mut::<1>().0);
        } else {
            self.advance(values, &mut []);
        }
        for (action, &slot) in actions.iter_mut().zip(&self.outputs) {
            *action = values[slot as usize][0];
        }
    }

    /// One step of N agents. `next` has room for every step when the network is recurrent, and is empty
    /// when it is not: then each step sees those of earlier groups.
    #[inline(always)]
    pub(super) fn advance<const N: usize>(&self, values: &mut [[f32; N]], next: &mut [[f32; N]]) {
        let (mut edge, mut index) = (0, 0);
        for group in &self.groups {
            let (begin, end) = (index, group.steps_end as usize);
            for step in &self.steps[begin..end] {
                let edges_end = step.edges_end as usize;
                let mut total = step.total(&self.edges[edge..edges_end], values);
                edge = edges_end;
                // Many rows fill the lanes by themselves, and stay in the registers.
                if N > 1 {
                    group.activation.apply_each(&mut total);
                }
                if self.recurrent {
                    next[index] = total;
                } else {
                    values[self.inputs + index] = total;
                }
                index += 1;
            }
            if N == 1 {
                let totals = if self.recurrent {
                    &mut next[begin..end]
                } else {
                    &mut values[self.inputs + begin..self.inputs + end]
                };
                apply(group.activation, totals.as_flattened_mut());
            }
        }
        if self.recurrent {
            values[self.inputs..].copy_from_slice(next);
        }
    }
}

/// Numbers of one agent that a function is computed for side by side: what every processor has.
const SIDE_BY_SIDE: usize = 4;

/// A function of the totals of a group, for one agent.
#[inline(always)]
fn apply(activation: Activation, totals: &mut [f32]) {
    let (whole, rest) = totals.as_chunks_mut::<SIDE_BY_SIDE>();
    whole.iter_mut().for_each(|four| activation.apply_each(four));
    match rest {
        [] => {}
        [one] => *one = activation.apply(*one),
        few => {
            let mut last = [0.0; SIDE_BY_SIDE];
            last[..few.len()].copy_from_slice(few);
            activation.apply_each(&mut last);
            few.copy_from_slice(&last[..few.len()]);
        }
    }
}

impl Step {
    /// What reaches it, put together, with its bias.
    #[inline(always)]
    fn total<const N: usize>(&self, edges: &[Edge], values: &[[f32; N]]) -> [f32; N] {
        let mut total = match self.aggregation {
            Aggregation::Sum => fold(edges, values, 0.0, |sum, term| sum + term),
            Aggregation::Mean => {
                let sum = fold(edges, values, 0.0, |sum, term| sum + term);
                // At least 1: a node that nothing reaches has the mean 0.
                let count = edges.len().max(1) as f32;
                sum.map(|x| x / count)
            }
            Aggregation::Product => fold(edges, values, 1.0, |product, term| product * term),
            Aggregation::Max if edges.is_empty() => [0.0; N],
            // Not f32::max, which may return either zero of two.
            Aggregation::Max => fold(edges, values, f32::NEG_INFINITY, |a, b| if b > a { b } else { a }),
        };
        for x in &mut total {
            *x = limited(*x + self.bias);
        }
        total
    }
}

#[inline(always)]
fn fold<const N: usize>(
    edges: &[Edge],
    values: &[[f32; N]],
    start: f32,
    combine: impl Fn(f32, f32) -> f32,
) -> [f32; N] {
    let mut total = [start; N];
    for edge in edges {
        let source = &values[edge.slot as usize];
        for (x, value) in total.iter_mut().zip(source) {
            *x = combine(*x, value * edge.weight);
        }
    }
    total
}

/// A NaN becomes the lower end.
#[inline(always)]
fn limited(x: f32) -> f32 {
    held(x, -VALUE_LIMIT, VALUE_LIMIT)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::{GenomeConfig, MutationConfig};
    use crate::genome::{Connection, GeneId, Genome, Node, mutate};
    use crate::random::{Purpose, Stream};
    use proptest::prelude::*;

    fn think(network: &Network, observations: &[f32]) -> Vec<f32> {
        let mut actions = vec![0.0; network.outputs()];
        network.forward(observations, &mut vec![0.0; network.slots()], &mut Vec::new(), &mut actions);
        actions
    }

    fn plain(aggregation: Aggregation, weights: &[f32]) -> Network {
        let mut genome = Genome::default();
        (0..weights.len()).for_each(|i| genome.nodes.push(Node::input(GeneId::input(i))));
        genome.nodes.push(Node { aggregation, bias: 0.5, ..Node::input(GeneId::output(0)) });
        let mut genes: Vec<Connection> = weights
            .iter()
            .enumerate()
            .map(|(i, &weight)| Connection::new(GeneId::input(i), GeneId::output(0), weight))
            .collect();
        genes.sort_by_key(|gene| gene.id);
        genes.into_iter().for_each(|gene| genome.connections.push(gene));
        Network::compile(&genome, false)
    }

    #[test]
    fn aggregations_put_weighted_inputs_together_and_add_the_bias() {
        let at = |aggregation| think(&plain(aggregation, &[2.0, -1.0]), &[3.0, 4.0])[0];
        assert_eq!(at(Aggregation::Sum), 2.5);
        assert_eq!(at(Aggregation::Product), -23.5);
        assert_eq!(at(Aggregation::Max), 6.5);
        assert_eq!(at(Aggregation::Mean), 1.5);
    }

    #[test]
    fn a_node_that_nothing_reaches_gives_its_bias() {
        for (aggregation, expected) in
            [(Aggregation::Sum, 0.5), (Aggregation::Max, 0.5), (Aggregation::Mean, 0.5)]
        {
            let mut network = plain(aggregation, &[2.0]);
            network.edges.clear();
            network.steps[0].edges_end = 0;
            assert_eq!(think(&network, &[1.0]), [expected]);
        }
    }

    #[test]
    fn a_recurrent_network_sees_its_own_last_step() {
        let mut genome = Genome::default();
        genome.nodes.push(Node::input(GeneId::input(0)));
        genome.nodes.push(Node { activation: Activation::Identity, ..Node::input(GeneId::output(0)) });
        let mut genes = [(GeneId::input(0), 1.0), (GeneId::output(0), 0.5)]
            .map(|(source, weight)| Connection::new(source, GeneId::output(0), weight));
        genes.sort_by_key(|gene| gene.id);
        genes.into_iter().for_each(|gene| genome.connections.push(gene));
        let network = Network::compile(&genome, true);
        let (mut values, mut scratch, mut actions) = (vec![0.0; 2], Vec::new(), [0.0]);
        let outputs = [1.0, 0.0, 0.0].map(|observation| {
            network.forward(&[observation], &mut values, &mut scratch, &mut actions);
            actions[0]
        });
        assert_eq!(outputs, [1.0, 0.5, 0.25]);
    }

    /// A slow, obvious evaluation straight from the genes.
    fn by_definition(genome: &Genome, observations: &[f32], id: GeneId) -> f32 {
        if id.is_input() {
            return observations[id.0 as usize];
        }
        let node = genome.nodes.get(genome.nodes.find(id).unwrap());
        let genes = (0..genome.connections.len()).map(|place| genome.connections.get(place));
        let sum = genes
            .filter(|gene| gene.enabled && gene.target == id)
            .fold(0.0, |sum, gene| sum + by_definition(genome, observations, gene.source) * gene.weight);
        node.activation.apply(limited(sum + node.bias))
    }

    proptest! {
        #[test]
        fn the_program_computes_what_the_genes_say(seed: u64, rounds in 0usize..25, a in -2f32..2.0, b in -2f32..2.0) {
            let genes = GenomeConfig::default();
            let rates = MutationConfig { add_node_rate: 0.3, add_connection_rate: 0.5, toggle_rate: 0.1, ..Default::default() };
            let mut random = Stream::new(seed, 0, 0, 0, Purpose::User);
            let mut genome = Genome::initial(2, 2, &genes, &mut random);
            (0..rounds).for_each(|_| mutate(&mut genome, &genes, &rates, &mut random));
            let actions = think(&Network::compile(&genome, false), &[a, b]);
            for (index, action) in actions.iter().enumerate() {
                prop_assert_eq!(action.to_bits(), by_definition(&genome, &[a, b], GeneId::output(index)).to_bits());
            }
        }

        #[test]
        fn outputs_are_finite_whatever_the_weights(weight: f32, other: f32, x: f32) {
            prop_assume!(weight.is_finite() && other.is_finite() && x.is_finite());
            for &aggregation in Aggregation::ALL {
                let output = think(&plain(aggregation, &[weight, other]), &[x, -x])[0];
                prop_assert!(output.is_finite());
            }
        }
    }
}

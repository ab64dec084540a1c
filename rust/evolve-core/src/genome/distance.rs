//! How unlike two genomes are.

use super::{GeneId, Genome};
use crate::config::SpeciationConfig;

/// Genomes with fewer genes than this are not normalised by size, as the NEAT paper suggests.
const SMALL: usize = 20;

/// Weights are compared in steps of 2^-16, as 32-bit whole numbers. So a sum of differences is exact,
/// whichever order it is taken in, and one that runs side by side has the same bits as one that doesn't.
const STEPS: f32 = 65_536.0;

/// A weight or bias as distances see it; what lies beyond ±32,768 counts as that.
#[inline]
pub(crate) fn in_steps(value: f32) -> i32 {
    (value * STEPS) as i32
}

/// The paper's distance: `disjoint_coefficient` · D / N + `weight_coefficient` · W. D counts the
/// connection genes that only one of the two has (with content-addressed ids excess and disjoint are one
/// kind), N is the size of the larger genome (1 while both are small), and W the mean difference of the
/// weights that both have and of the biases of the hidden and output nodes that both have.
pub fn distance(a: &Genome, b: &Genome, config: &SpeciationConfig) -> f64 {
    let mut shared = Shared::default();
    merge(&a.connections.id, &b.connections.id, |mine, theirs| {
        shared.connections += 1;
        shared.add(a.connections.weight[mine], b.connections.weight[theirs]);
    });
    let (skip_a, skip_b) = (a.inputs(), b.inputs());
    merge(&a.nodes.id[skip_a..], &b.nodes.id[skip_b..], |mine, theirs| {
        shared.nodes += 1;
        shared.add(a.nodes.bias[skip_a + mine], b.nodes.bias[skip_b + theirs]);
    });
    shared.distance(a.connections.len(), b.connections.len(), config)
}

/// What two genomes have in common.
#[derive(Default)]
pub(crate) struct Shared {
    /// How many connections.
    pub connections: usize,
    /// How many hidden and output nodes.
    pub nodes: usize,
    /// The sum of the differences of their weights and biases, in steps.
    pub difference: u64,
}

impl Shared {
    fn add(&mut self, first: f32, second: f32) {
        self.difference += u64::from(in_steps(first).abs_diff(in_steps(second)));
    }

    /// The distance of two genomes with so many connections each.
    #[inline]
    pub fn distance(&self, connections: usize, others: usize, config: &SpeciationConfig) -> f64 {
        let disjoint = connections + others - 2 * self.connections;
        let larger = connections.max(others);
        let size = if larger < SMALL { 1.0 } else { larger as f64 };
        let matching = self.connections + self.nodes;
        let difference = self.difference as f64 / f64::from(STEPS);
        let weights = if matching == 0 { 0.0 } else { difference / matching as f64 };
        config.disjoint_coefficient * disjoint as f64 / size + config.weight_coefficient * weights
    }
}

fn merge(a: &[GeneId], b: &[GeneId], mut both: impl FnMut(usize, usize)) {
    let (mut i, mut j) = (0, 0);
    while i < a.len() && j < b.len() {
        match a[i].cmp(&b[j]) {
            std::cmp::Ordering::Less => i += 1,
            std::cmp::Ordering::Greater => j += 1,
            std::cmp::Ordering::Equal => {
                both(i, j);
                i += 1;
                j += 1;
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::{GenomeConfig, MutationConfig};
    use crate::genome::{Connection, Node, mutate};
    use crate::random::{Purpose, Stream};
    use proptest::prelude::*;

    fn grown(seed: u64, rounds: usize) -> Genome {
        let rates =
            MutationConfig { add_node_rate: 0.3, add_connection_rate: 0.5, ..MutationConfig::default() };
        let mut random = Stream::new(seed, 0, 0, 0, Purpose::User);
        let mut genome = Genome::initial(2, 1, &GenomeConfig::default(), &mut random);
        for _ in 0..rounds {
            mutate(&mut genome, &GenomeConfig::default(), &rates, &mut random);
        }
        genome
    }

    proptest! {
        #[test]
        fn distance_is_symmetric_and_zero_to_oneself(a: u64, b: u64, rounds in 0usize..60) {
            let (a, b, config) = (grown(a, rounds), grown(b, rounds), SpeciationConfig::default());
            prop_assert_eq!(distance(&a, &a, &config).to_bits(), 0);
            prop_assert_eq!(distance(&a, &b, &config).to_bits(), distance(&b, &a, &config).to_bits());
            prop_assert!(distance(&a, &b, &config).is_finite());
        }
    }

    #[test]
    fn two_small_genomes_are_as_far_apart_as_the_paper_says() {
        let config = SpeciationConfig {
            disjoint_coefficient: 1.0,
            weight_coefficient: 0.4,
            ..SpeciationConfig::default()
        };
        let a = grown(1, 0);
        let mut b = a.clone();
        b.connections.weight[0] += 3.0;
        // Two weights and one bias match; one of them differs by 3.
        let steps = |genome: &Genome| f64::from((genome.connections.weight[0] * 65_536.0).trunc());
        let expected = 0.4 * ((steps(&b) - steps(&a)) / 65_536.0 / 3.0);
        assert_eq!(distance(&a, &b, &config).to_bits(), expected.to_bits());
        let hidden = GeneId::split(a.connections.id[0], 0);
        b.nodes.push(Node::input(hidden));
        b.connections.insert(Connection::new(hidden, GeneId::output(0), 1.0));
        assert_eq!(distance(&a, &b, &config).to_bits(), (1.0 + expected).to_bits());
    }
}

//! Mutation: each kind happens with its own rate, always in the same order.

mod attributes;
mod structure;
mod weights;

use super::{GeneId, Genome, Inspection};
use crate::config::{GenomeConfig, MutationConfig};
use crate::random::Stream;

/// Change a genome. What comes out is as sound as what went in, whatever the rates are.
///
/// A mutation with rate 0 draws one number and does nothing, so that switching one kind off leaves the
/// others as they were.
pub fn mutate(genome: &mut Genome, genes: &GenomeConfig, rates: &MutationConfig, random: &mut Stream) {
    mutate_with(&mut MutationScratch::default(), genome, genes, rates, random);
}

/// What mutations write down on the way; kept between them, so that they allocate nothing.
#[derive(Clone, Debug, Default)]
pub struct MutationScratch {
    /// Nodes that a signal reaches.
    reached: Vec<GeneId>,
    /// For debug builds, which check every offspring.
    inspection: Inspection,
}

/// [`mutate`] with memory that is used again.
pub fn mutate_with(
    scratch: &mut MutationScratch,
    genome: &mut Genome,
    genes: &GenomeConfig,
    rates: &MutationConfig,
    random: &mut Stream,
) {
    if random.chance(rates.add_node_rate) {
        structure::add_node(genome, genes, random);
    }
    if random.chance(rates.add_connection_rate) {
        structure::add_connection(genome, genes, random, &mut scratch.reached);
    }
    if random.chance(rates.delete_node_rate) {
        structure::delete_node(genome, random);
    }
    if random.chance(rates.delete_connection_rate) {
        structure::delete_connection(genome, random);
    }
    if random.chance(rates.toggle_rate) {
        structure::toggle(genome, random);
    }
    if random.chance(rates.weight_rate) {
        weights::weights(genome, genes, rates, random);
    }
    if random.chance(rates.bias_rate) {
        weights::biases(genome, genes, rates, random);
    }
    if random.chance(rates.activation_rate) {
        attributes::activation(genome, genes, random);
    }
    if random.chance(rates.aggregation_rate) {
        attributes::aggregation(genome, genes, random);
    }
    debug_assert_eq!(
        scratch.inspection.check(genome, genome.inputs(), genome.outputs(), genes.recurrent),
        Ok(()),
        "a mutation of a sound genome is sound"
    );
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::activation::{Activation, Aggregation};
    use crate::random::Purpose;
    use proptest::prelude::*;

    fn rates() -> impl Strategy<Value = MutationConfig> {
        prop::array::uniform9(0.0..1.0f64).prop_map(|rate| MutationConfig {
            weight_rate: rate[0],
            bias_rate: rate[1],
            replace_rate: rate[2],
            add_connection_rate: rate[3],
            add_node_rate: rate[4],
            delete_connection_rate: rate[5],
            delete_node_rate: rate[6],
            toggle_rate: rate[7],
            activation_rate: rate[8],
            aggregation_rate: rate[8],
            ..MutationConfig::default()
        })
    }

    proptest! {
        #[test]
        fn any_number_of_mutations_leaves_a_sound_genome(
            seed: u64, inputs in 1usize..5, outputs in 1usize..4, rounds in 0usize..60, recurrent: bool,
            rates in rates(),
        ) {
            let genes = GenomeConfig {
                recurrent,
                activations: Activation::ALL.to_vec(),
                aggregations: Aggregation::ALL.to_vec(),
                ..GenomeConfig::default()
            };
            let mut random = Stream::new(seed, 0, 0, 0, Purpose::User);
            let mut genome = Genome::initial(inputs, outputs, &genes, &mut random);
            for _ in 0..rounds {
                mutate(&mut genome, &genes, &rates, &mut random);
                prop_assert_eq!(genome.check(inputs, outputs, recurrent), Ok(()));
            }
            let limit = genes.weight_limit as f32;
            prop_assert!(genome.connections.weight.iter().all(|weight| weight.abs() <= limit));
        }

        #[test]
        fn with_rates_of_zero_nothing_changes(seed: u64) {
            let genes = GenomeConfig::default();
            let mut random = Stream::new(seed, 0, 0, 0, Purpose::User);
            let mut genome = Genome::initial(3, 2, &genes, &mut random);
            let before = genome.clone();
            let rates = MutationConfig {
                weight_rate: 0.0, bias_rate: 0.0, add_node_rate: 0.0, add_connection_rate: 0.0,
                delete_node_rate: 0.0, delete_connection_rate: 0.0, toggle_rate: 0.0,
                activation_rate: 0.0, aggregation_rate: 0.0, ..MutationConfig::default()
            };
            mutate(&mut genome, &genes, &rates, &mut random);
            prop_assert_eq!(genome, before);
        }
    }
}

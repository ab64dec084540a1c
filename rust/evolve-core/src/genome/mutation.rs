//! Mutation: weights and biases move, connections and nodes appear, genes are switched.

use super::{Connection, GeneId, Genome, Node};
use crate::activation::Aggregation;
use crate::config::{GenomeConfig, MutationConfig};
use crate::random::Stream;

/// Tries at finding two nodes that are not connected yet, before this offspring goes without.
const ADD_CONNECTION_TRIES: usize = 20;

/// Apply each kind of mutation with its rate, always in the same order.
pub fn mutate(genome: &mut Genome, genes: &GenomeConfig, rates: &MutationConfig, random: &mut Stream) {
    if random.chance(rates.add_node_rate) {
        add_node(genome, genes, random);
    }
    if random.chance(rates.add_connection_rate) {
        add_connection(genome, genes, random);
    }
    if random.chance(rates.toggle_rate) {
        toggle(genome, random);
    }
    if random.chance(rates.weight_rate) {
        let weights = &mut genome.connections.weight;
        weights.iter_mut().for_each(|weight| *weight = changed(*weight, genes, rates, random));
    }
    if random.chance(rates.bias_rate) {
        let first = genome.inputs();
        let biases = &mut genome.nodes.bias[first..];
        biases.iter_mut().for_each(|bias| *bias = changed(*bias, genes, rates, random));
    }
}

/// A weight or bias after mutation: mostly nudged, now and then drawn anew.
fn changed(value: f32, genes: &GenomeConfig, rates: &MutationConfig, random: &mut Stream) -> f32 {
    if random.chance(rates.replace_rate) {
        return genes.initial_weight(random);
    }
    genes.limited(value + random.normal() * rates.weight_power as f32)
}

/// Split an enabled connection: the first half gets weight 1, the second the old weight, so that the
/// network behaves nearly as before.
fn add_node(genome: &mut Genome, genes: &GenomeConfig, random: &mut Stream) {
    let enabled: Vec<usize> =
        (0..genome.connections.len()).filter(|&c| genome.connections.enabled[c]).collect();
    if enabled.is_empty() {
        return;
    }
    let place = enabled[random.below(enabled.len())];
    let old = genome.connections.get(place);
    genome.connections.enabled[place] = false;
    let id = (0..=u64::MAX)
        .map(|attempt| GeneId::split(old.id, attempt))
        .find(|&id| genome.nodes.find(id).is_none())
        .expect("a genome has fewer nodes than there are attempts");
    genome.nodes.insert(Node {
        id,
        bias: 0.0,
        activation: genes.hidden_activation,
        aggregation: Aggregation::Sum,
    });
    genome.connections.insert(Connection::new(old.source, id, 1.0));
    genome.connections.insert(Connection::new(id, old.target, old.weight));
}

/// Connect two nodes; a gene that is there but disabled is enabled again.
fn add_connection(genome: &mut Genome, genes: &GenomeConfig, random: &mut Stream) {
    let inputs = genome.inputs();
    for _ in 0..ADD_CONNECTION_TRIES {
        let source = genome.nodes.id[random.below(genome.nodes.len())];
        let target = genome.nodes.id[inputs + random.below(genome.nodes.len() - inputs)];
        if let Some(place) = genome.connections.find(GeneId::connection(source, target)) {
            if genome.connections.enabled[place] {
                continue;
            }
            genome.connections.enabled[place] = true;
            return;
        }
        if !genes.recurrent && genome.leads_to(target, source) {
            continue;
        }
        let weight = genes.initial_weight(random);
        genome.connections.insert(Connection::new(source, target, weight));
        return;
    }
}

fn toggle(genome: &mut Genome, random: &mut Stream) {
    if !genome.connections.is_empty() {
        let place = random.below(genome.connections.len());
        genome.connections.enabled[place] ^= true;
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::random::Purpose;
    use proptest::prelude::*;

    fn stream(seed: u64) -> Stream {
        Stream::new(seed, 0, 0, 0, Purpose::User)
    }

    fn eager() -> MutationConfig {
        MutationConfig {
            add_node_rate: 0.5,
            add_connection_rate: 0.9,
            toggle_rate: 0.1,
            ..MutationConfig::default()
        }
    }

    proptest! {
        #[test]
        fn any_number_of_mutations_leaves_a_sound_genome(
            seed: u64, inputs in 1usize..5, outputs in 1usize..4, rounds in 0usize..60, recurrent: bool,
        ) {
            let genes = GenomeConfig { recurrent, ..GenomeConfig::default() };
            let mut random = stream(seed);
            let mut genome = Genome::initial(inputs, outputs, &genes, &mut random);
            for _ in 0..rounds {
                mutate(&mut genome, &genes, &eager(), &mut random);
                prop_assert_eq!(genome.check(inputs, outputs, recurrent), Ok(()));
            }
            let limit = genes.weight_limit as f32;
            prop_assert!(genome.connections.weight.iter().all(|weight| weight.abs() <= limit));
        }
    }

    #[test]
    fn splitting_a_connection_disables_it_and_adds_two() {
        let genes = GenomeConfig::default();
        let mut genome = Genome::initial(1, 1, &genes, &mut stream(1));
        let old = genome.connections.get(0);
        add_node(&mut genome, &genes, &mut stream(2));
        assert_eq!((genome.hidden(), genome.connections.len()), (1, 3));
        assert!(!genome.connections.enabled[genome.connections.find(old.id).unwrap()]);
        let hidden = GeneId::split(old.id, 0);
        let first = genome.connections.find(GeneId::connection(old.source, hidden)).unwrap();
        let second = genome.connections.find(GeneId::connection(hidden, old.target)).unwrap();
        assert_eq!(genome.connections.weight[first], 1.0);
        assert_eq!(genome.connections.weight[second], old.weight);
    }

    #[test]
    fn splitting_the_same_connection_again_gives_another_node() {
        let genes = GenomeConfig::default();
        let mut genome = Genome::initial(1, 1, &genes, &mut stream(1));
        let old = genome.connections.id[0];
        add_node(&mut genome, &genes, &mut stream(2));
        genome.connections.enabled.fill(false);
        let place = genome.connections.find(old).unwrap();
        genome.connections.enabled[place] = true;
        add_node(&mut genome, &genes, &mut stream(3));
        assert!(genome.nodes.find(GeneId::split(old, 1)).is_some());
        assert_eq!(genome.check(1, 1, false), Ok(()));
    }

    #[test]
    fn adding_a_connection_that_is_there_but_disabled_enables_it() {
        let genes = GenomeConfig::default();
        let mut genome = Genome::initial(1, 1, &genes, &mut stream(1));
        genome.connections.enabled[0] = false;
        for seed in 0..20 {
            add_connection(&mut genome, &genes, &mut stream(seed));
        }
        assert!(genome.connections.enabled[0]);
        assert_eq!(genome.connections.len(), 1);
    }
}

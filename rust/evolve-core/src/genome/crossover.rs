//! Crossover: one child of two parents whose genes line up by id.

use super::{ConnectionGenes, GeneId, Genome, NodeGenes};
use crate::config::ReproductionConfig;
use crate::random::Stream;
use std::cmp::Ordering;

/// A child with the structure of `first`, the fitter parent: genes that both have come from either at
/// random, genes of `first` alone are kept, genes of `second` alone are left behind. So a child never
/// has a node that nothing explains, and a feed-forward structure stays one.
pub fn crossover(first: &Genome, second: &Genome, rates: &ReproductionConfig, random: &mut Stream) -> Genome {
    let mut child = Genome::default();
    crossover_into(&mut child, first, second, rates, random);
    child
}

/// [`crossover`] into the memory of a genome that is no longer needed.
pub fn crossover_into(
    child: &mut Genome,
    first: &Genome,
    second: &Genome,
    rates: &ReproductionConfig,
    random: &mut Stream,
) {
    // What follows reads the parents alone: a number that was just copied in a block can't be read at once.
    child.clone_from(first);
    mix_nodes(&mut child.nodes, first, second, random);
    mix_connections(
        &mut child.connections,
        &first.connections,
        &second.connections,
        random,
        rates.disable_rate,
    );
}

fn mix_nodes(child: &mut NodeGenes, first: &Genome, second: &Genome, random: &mut Stream) {
    let (skipped, others) = (first.inputs(), second.inputs());
    let (first, second) = (&first.nodes, &second.nodes);
    let mut coins = Coins::toss(first.len() - skipped, random);
    shared_runs(&first.id[skipped..], &second.id[others..], |begin, other, length| {
        for place in 0..length {
            let coin = coins.at(begin + place);
            let (mine, theirs) = (skipped + begin + place, others + other + place);
            child.bias[mine] = chosen(coin, first.bias[mine], second.bias[theirs]);
            child.activation[mine] = [first.activation[mine], second.activation[theirs]][coin as usize];
            child.aggregation[mine] = [first.aggregation[mine], second.aggregation[theirs]][coin as usize];
        }
    });
}

fn mix_connections(
    child: &mut ConnectionGenes,
    first: &ConnectionGenes,
    second: &ConnectionGenes,
    random: &mut Stream,
    disable_rate: f64,
) {
    let mut coins = Coins::toss(first.len(), random);
    shared_runs(&first.id, &second.id, |mine, theirs, length| {
        let weights = &mut child.weight[mine..mine + length];
        let parents = first.weight[mine..].iter().zip(&second.weight[theirs..]);
        for (place, (weight, (&first, &second))) in weights.iter_mut().zip(parents).enumerate() {
            *weight = chosen(coins.at(mine + place), first, second);
        }
        let enabled = &mut child.enabled[mine..mine + length];
        let parents = first.enabled[mine..].iter().zip(&second.enabled[theirs..]);
        for (enabled, (&first, &second)) in enabled.iter_mut().zip(parents) {
            // The paper's rule: disabled in either parent means disabled with this probability, and
            // enabled otherwise, whichever parent the weight came from.
            *enabled = (first && second) || !random.chance(disable_rate);
        }
    });
}

/// The first number with 0, the second with 1; no branch, because half of the guesses would be wrong.
fn chosen(coin: u32, first: f32, second: f32) -> f32 {
    let mask = coin.wrapping_neg();
    f32::from_bits(first.to_bits() & !mask | second.to_bits() & mask)
}

/// One coin for each place of a list, 64 in a word of the stream, the lowest bit first.
struct Coins {
    words: Stream,
    block: usize,
    word: u64,
}

impl Coins {
    fn toss(count: usize, random: &mut Stream) -> Self {
        let words = random.clone();
        random.skip(count.div_ceil(64) as u64);
        Self { word: words.ahead(0), block: 0, words }
    }

    fn at(&mut self, place: usize) -> u32 {
        if place / 64 != self.block {
            self.block = place / 64;
            self.word = self.words.ahead(self.block as u64);
        }
        (self.word >> (place % 64) & 1) as u32
    }
}

/// Calls with the place in the first list, that in the second and the length of each run of genes that
/// both have; both are sorted.
fn shared_runs(first: &[GeneId], second: &[GeneId], mut run: impl FnMut(usize, usize, usize)) {
    let (mut mine, mut theirs) = (0, 0);
    while mine < first.len() && theirs < second.len() {
        match first[mine].cmp(&second[theirs]) {
            Ordering::Less => mine += 1,
            Ordering::Greater => theirs += 1,
            Ordering::Equal => {
                let pairs = first[mine..].iter().zip(&second[theirs..]);
                let length = pairs.take_while(|(first, second)| first == second).count();
                run(mine, theirs, length);
                mine += length;
                theirs += length;
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::{GenomeConfig, MutationConfig};
    use crate::genome::mutate;
    use crate::random::Purpose;
    use proptest::prelude::*;

    fn stream(seed: u64) -> Stream {
        Stream::new(seed, 0, 0, 0, Purpose::User)
    }

    fn grown(seed: u64, rounds: usize) -> Genome {
        let genes = GenomeConfig::default();
        let rates =
            MutationConfig { add_node_rate: 0.3, add_connection_rate: 0.5, ..MutationConfig::default() };
        let mut random = stream(seed);
        let mut genome = Genome::initial(3, 2, &genes, &mut random);
        for _ in 0..rounds {
            mutate(&mut genome, &genes, &rates, &mut random);
        }
        genome
    }

    proptest! {
        #[test]
        fn a_child_is_sound_and_has_the_first_parents_structure(a: u64, b: u64, seed: u64, rounds in 0usize..40) {
            let (first, second) = (grown(a, rounds), grown(b, rounds));
            let child = crossover(&first, &second, &ReproductionConfig::default(), &mut stream(seed));
            prop_assert_eq!(child.check(3, 2, false), Ok(()));
            prop_assert_eq!(&child.nodes.id, &first.nodes.id);
            prop_assert_eq!(&child.connections.id, &first.connections.id);
        }

        #[test]
        fn a_parent_crossed_with_itself_keeps_its_numbers(a: u64, seed: u64) {
            let parent = grown(a, 20);
            let child = crossover(&parent, &parent, &ReproductionConfig::default(), &mut stream(seed));
            prop_assert_eq!(child.nodes, parent.nodes);
            prop_assert_eq!(child.connections.weight, parent.connections.weight);
        }
    }

    #[test]
    fn a_gene_disabled_in_one_parent_is_disabled_in_three_of_four_children() {
        let first = grown(1, 0);
        let mut second = first.clone();
        second.connections.enabled[0] = false;
        let rates = ReproductionConfig::default();
        let disabled = (0..4_000)
            .filter(|&seed| !crossover(&first, &second, &rates, &mut stream(seed)).connections.enabled[0])
            .count();
        assert!((2_880..3_120).contains(&disabled), "{disabled} of 4000");
    }

    #[test]
    fn a_shared_gene_comes_from_each_parent_in_half_of_the_children() {
        // 72 connections: more coins than a word has.
        let genes = GenomeConfig::default();
        let [first, second] = [1, 2].map(|seed| Genome::initial(9, 8, &genes, &mut stream(seed)));
        let mut seconds = [0; 72];
        for seed in 0..1_000 {
            let child = crossover(&first, &second, &ReproductionConfig::default(), &mut stream(seed));
            for (place, weight) in child.connections.weight.iter().enumerate() {
                assert!([first.connections.weight[place], second.connections.weight[place]].contains(weight));
                seconds[place] += usize::from(*weight == second.connections.weight[place]);
            }
        }
        assert!(seconds.iter().all(|count| (400..600).contains(count)), "{seconds:?} of 1000");
    }

    #[test]
    fn shared_genes_are_found_wherever_they_stand() {
        let ids = |list: &[i64]| list.iter().map(|&id| GeneId(id)).collect::<Vec<_>>();
        let (a, b) = (ids(&[1, 3, 5, 9, 11, 12]), ids(&[0, 3, 4, 5, 9, 10]));
        let mut runs = Vec::new();
        shared_runs(&a, &b, |mine, theirs, length| runs.push((mine, theirs, length)));
        assert_eq!(runs, [(1, 1, 1), (2, 3, 2)]);
    }
}

//! Crossover: one child of two parents whose genes line up by id.

use super::{GeneId, Genome};
use crate::config::ReproductionConfig;
use crate::random::Stream;

/// A child with the structure of `first`, the fitter parent: genes that both have come from either at
/// random, genes of `first` alone are kept, genes of `second` alone are left behind. So a child never
/// has a node that nothing explains, and a feed-forward structure stays one.
pub fn crossover(first: &Genome, second: &Genome, rates: &ReproductionConfig, random: &mut Stream) -> Genome {
    let mut child = first.clone();
    for (mine, theirs) in shared(&first.nodes.id, &second.nodes.id) {
        if !first.nodes.id[mine].is_input() && random.chance(0.5) {
            child.nodes.bias[mine] = second.nodes.bias[theirs];
            child.nodes.activation[mine] = second.nodes.activation[theirs];
            child.nodes.aggregation[mine] = second.nodes.aggregation[theirs];
        }
    }
    for (mine, theirs) in shared(&first.connections.id, &second.connections.id) {
        let (a, b) = (first.connections.enabled[mine], second.connections.enabled[theirs]);
        if random.chance(0.5) {
            child.connections.weight[mine] = second.connections.weight[theirs];
        }
        // The paper's rule: disabled in either parent means disabled with this probability, and
        // enabled otherwise, whichever parent the weight came from.
        child.connections.enabled[mine] = (a && b) || !random.chance(rates.disable_rate);
    }
    child
}

/// Places of the genes that both lists have; both are sorted.
fn shared<'a>(first: &'a [GeneId], second: &'a [GeneId]) -> impl Iterator<Item = (usize, usize)> + 'a {
    let mut theirs = 0;
    first.iter().enumerate().filter_map(move |(mine, &id)| {
        while theirs < second.len() && second[theirs] < id {
            theirs += 1;
        }
        (second.get(theirs) == Some(&id)).then_some((mine, theirs))
    })
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
    fn shared_genes_are_found_wherever_they_stand() {
        let ids = |list: &[i64]| list.iter().map(|&id| GeneId(id)).collect::<Vec<_>>();
        let (a, b) = (ids(&[1, 3, 5, 9]), ids(&[0, 3, 4, 5, 10]));
        assert_eq!(shared(&a, &b).collect::<Vec<_>>(), [(1, 1), (2, 3)]);
    }
}

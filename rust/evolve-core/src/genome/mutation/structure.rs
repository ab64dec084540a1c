//! Connections and nodes that come, go, and are switched on and off.

use crate::activation::Aggregation;
use crate::config::GenomeConfig;
use crate::genome::{Connection, GeneId, Genome, Node};
use crate::random::Stream;

/// Tries at finding two nodes that are not connected yet, before this offspring goes without.
const ADD_CONNECTION_TRIES: usize = 20;

/// Split an enabled connection: the first half gets weight 1, the second the old weight, so that the
/// network behaves nearly as before.
pub(super) fn add_node(genome: &mut Genome, genes: &GenomeConfig, random: &mut Stream) {
    let enabled = genome.connections.enabled.iter().filter(|&&enabled| enabled).count();
    if enabled == 0 {
        return;
    }
    let chosen = random.below(enabled);
    let mut places = (0..genome.connections.len()).filter(|&place| genome.connections.enabled[place]);
    let place = places.nth(chosen).expect("fewer were chosen from than there are");
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
pub(super) fn add_connection(
    genome: &mut Genome,
    genes: &GenomeConfig,
    random: &mut Stream,
    reached: &mut Vec<GeneId>,
) {
    let inputs = genome.inputs();
    for _ in 0..ADD_CONNECTION_TRIES {
        let source = genome.nodes.id[random.below(genome.nodes.len())];
        let target = genome.nodes.id[inputs + random.below(genome.nodes.len() - inputs)];
        let id = GeneId::connection(source, target);
        if let Some(place) = genome.connections.find(id) {
            if genome.connections.enabled[place] {
                continue;
            }
            genome.connections.enabled[place] = true;
            return;
        }
        if !genes.recurrent && genome.leads_to_with(target, source, reached) {
            continue;
        }
        let weight = genes.initial_weight(random);
        genome.connections.insert(Connection { id, source, target, weight, enabled: true });
        return;
    }
}

pub(super) fn toggle(genome: &mut Genome, random: &mut Stream) {
    if !genome.connections.is_empty() {
        let place = random.below(genome.connections.len());
        genome.connections.enabled[place] ^= true;
    }
}

/// Take a connection away, and whatever hidden node then has nothing that leads to it or from it.
pub(super) fn delete_connection(genome: &mut Genome, random: &mut Stream) {
    if !genome.connections.is_empty() {
        let gone = genome.connections.id[random.below(genome.connections.len())];
        genome.connections.retain(|gene| gene.id != gone);
        remove_orphans(genome);
    }
}

/// Take a hidden node away with all its connections, and whatever that leaves without purpose.
pub(super) fn delete_node(genome: &mut Genome, random: &mut Stream) {
    let hidden = genome.hidden();
    if hidden > 0 {
        let gone = genome.nodes.id[genome.nodes.len() - 1 - random.below(hidden)];
        keep_nodes(genome, |id| id != gone);
        remove_orphans(genome);
    }
}

/// Hidden nodes that no gene but their own loop leads to, or leads away from, can never matter again:
/// new connections would find them, but a new node does that better. Each that goes may leave another.
fn remove_orphans(genome: &mut Genome) {
    loop {
        let genes = &genome.connections;
        let tied = |ends: &[GeneId], others: &[GeneId], id: GeneId| {
            ends.iter().zip(others).any(|(&end, &other)| end == id && other != id)
        };
        let orphan = genome.nodes.id.iter().copied().find(|&id| {
            let (to, from) = (tied(&genes.target, &genes.source, id), tied(&genes.source, &genes.target, id));
            id.is_hidden() && !(to && from)
        });
        match orphan {
            Some(gone) => keep_nodes(genome, |id| id != gone),
            None => return,
        }
    }
}

fn keep_nodes(genome: &mut Genome, kept: impl Fn(GeneId) -> bool) {
    genome.nodes.retain(&kept);
    genome.connections.retain(|gene| kept(gene.source) && kept(gene.target));
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::random::Purpose;
    use proptest::prelude::*;

    fn stream(seed: u64) -> Stream {
        Stream::new(seed, 0, 0, 0, Purpose::User)
    }

    fn pair() -> Genome {
        Genome::initial(1, 1, &GenomeConfig::default(), &mut stream(1))
    }

    #[test]
    fn splitting_a_connection_disables_it_and_adds_two() {
        let mut genome = pair();
        let old = genome.connections.get(0);
        add_node(&mut genome, &GenomeConfig::default(), &mut stream(2));
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
        let (mut genome, genes) = (pair(), GenomeConfig::default());
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
        let mut genome = pair();
        genome.connections.enabled[0] = false;
        for seed in 0..20 {
            add_connection(&mut genome, &GenomeConfig::default(), &mut stream(seed), &mut Vec::new());
        }
        assert!(genome.connections.enabled[0]);
        assert_eq!(genome.connections.len(), 1);
    }

    #[test]
    fn a_deleted_node_takes_its_connections_with_it_and_the_nodes_behind_it() {
        let mut genome = pair();
        let source = genome.connections.get(0);
        add_node(&mut genome, &GenomeConfig::default(), &mut stream(2));
        let hidden = GeneId::split(source.id, 0);
        let behind = GeneId::split(GeneId::connection(source.source, hidden), 0);
        genome.nodes.insert(Node::input(behind));
        genome.connections.insert(Connection::new(hidden, behind, 1.0));
        genome.connections.insert(Connection::new(behind, behind, 1.0));
        // `behind` leads nowhere, so it goes first; whichever of the two is drawn, both are gone.
        delete_node(&mut genome, &mut stream(0));
        if genome.hidden() == 1 {
            delete_node(&mut genome, &mut stream(0));
        }
        assert_eq!((genome.hidden(), genome.connections.len()), (0, 1));
        assert_eq!(genome.check(1, 1, false), Ok(()));
    }

    #[test]
    fn deletions_of_an_empty_genome_do_nothing() {
        let mut genome = pair();
        (0..5).for_each(|seed| delete_connection(&mut genome, &mut stream(seed)));
        (0..5).for_each(|seed| delete_node(&mut genome, &mut stream(seed)));
        toggle(&mut genome, &mut stream(1));
        assert_eq!((genome.nodes.len(), genome.connections.len()), (2, 0));
    }

    proptest! {
        #[test]
        fn after_a_deletion_every_hidden_node_lies_between_two_others(seed: u64, rounds in 1usize..40, recurrent: bool) {
            let genes = GenomeConfig { recurrent, ..GenomeConfig::default() };
            let mut random = stream(seed);
            let mut genome = Genome::initial(3, 2, &genes, &mut random);
            for _ in 0..rounds {
                add_node(&mut genome, &genes, &mut random);
                add_connection(&mut genome, &genes, &mut random, &mut Vec::new());
                delete_connection(&mut genome, &mut random);
                let ends = &genome.connections;
                for &id in genome.nodes.id.iter().filter(|id| id.is_hidden()) {
                    let pairs = || ends.source.iter().zip(&ends.target);
                    prop_assert!(pairs().any(|(&source, &target)| target == id && source != id));
                    prop_assert!(pairs().any(|(&source, &target)| source == id && target != id));
                }
                prop_assert_eq!(genome.check(3, 2, recurrent), Ok(()));
            }
        }
    }
}

//! Every genome of two inputs, an output and a hidden node, whichever of their connections there are: what is
//! sound is exactly what has no cycle, networks give what a naive evaluation gives, and operators keep all of
//! that.

use evolve_core::activation::{Activation, Aggregation};
use evolve_core::config::{GenomeConfig, MutationConfig, ReproductionConfig, SpeciationConfig};
use evolve_core::genome::{Connection, GeneId, Genome, Node, crossover, distance, mutate};
use evolve_core::network::Network;
use evolve_core::random::{Purpose, Stream};

/// Whether a connection is there, and switched on.
const STATES: [Option<bool>; 3] = [None, Some(false), Some(true)];
const SENSED: [[f32; 2]; 4] = [[0.0, 0.0], [1.0, -2.0], [0.5, 3.0], [-1.5, 0.75]];

fn output() -> GeneId {
    GeneId::output(0)
}

fn hidden() -> GeneId {
    GeneId::split(GeneId::connection(GeneId::input(0), output()), 0)
}

/// Every pair of ends that a connection may have.
fn pairs() -> Vec<(GeneId, GeneId)> {
    let sources = [GeneId::input(0), GeneId::input(1), output(), hidden()];
    sources.into_iter().flat_map(|source| [(source, output()), (source, hidden())]).collect()
}

/// The genome whose connections are in these states; its weights tell the pairs apart.
fn genome(pairs: &[(GeneId, GeneId)], states: &[Option<bool>]) -> Genome {
    let mut genome = Genome::default();
    genome.nodes.push(Node::input(GeneId::input(0)));
    genome.nodes.push(Node::input(GeneId::input(1)));
    for (id, bias, activation) in [(output(), 0.25, Activation::Identity), (hidden(), -0.5, Activation::Relu)]
    {
        genome.nodes.push(Node { id, bias, activation, aggregation: Aggregation::Sum });
    }
    let mut connections: Vec<Connection> = (pairs.iter().zip(states).enumerate())
        .filter_map(|(place, (&(source, target), state))| {
            let weight = place as f32 * 0.5 - 1.25;
            state.map(|enabled| Connection { enabled, ..Connection::new(source, target, weight) })
        })
        .collect();
    connections.sort_by_key(|gene| gene.id);
    connections.into_iter().for_each(|gene| genome.connections.push(gene));
    genome
}

fn every(pairs: &[(GeneId, GeneId)]) -> impl Iterator<Item = Genome> + '_ {
    (0..3usize.pow(pairs.len() as u32)).map(move |number| {
        let states = (0..pairs.len() as u32).map(|place| STATES[number / 3usize.pow(place) % 3]);
        genome(pairs, &states.collect::<Vec<_>>())
    })
}

fn connections(genome: &Genome) -> impl Iterator<Item = Connection> + '_ {
    (0..genome.connections.len()).map(|place| genome.connections.get(place))
}

/// Between two nodes there is a cycle when one leads to itself, or each to the other.
fn has_cycle(genome: &Genome) -> bool {
    let is = |source, target| connections(genome).any(|gene| (gene.source, gene.target) == (source, target));
    is(output(), output()) || is(hidden(), hidden()) || (is(output(), hidden()) && is(hidden(), output()))
}

/// What comes out of a node: its enabled connections, in the order of their genes, its bias, its function.
fn taken_in(genome: &Genome, target: GeneId, value: &dyn Fn(GeneId) -> f32) -> f32 {
    let signals = connections(genome).filter(|gene| gene.enabled && gene.target == target);
    let node = genome.nodes.get(genome.nodes.find(target).expect("the nodes are always there"));
    let sum = signals.map(|gene| gene.weight * value(gene.source)).fold(0.0f32, |sum, signal| sum + signal);
    let net = sum + node.bias;
    if node.activation == Activation::Relu { net.max(0.0) } else { net }
}

fn naive(genome: &Genome, inputs: [f32; 2], node: GeneId) -> f32 {
    match (0..2).find(|&input| node == GeneId::input(input)) {
        Some(input) => inputs[input],
        None => taken_in(genome, node, &|source| naive(genome, inputs, source)),
    }
}

#[test]
fn what_is_sound_is_exactly_what_has_no_cycle() {
    let mut sound = 0;
    for genome in every(&pairs()) {
        assert_eq!(genome.check(2, 1, true), Ok(()));
        assert_eq!(genome.check(2, 1, false).is_ok(), !has_cycle(&genome), "{genome:?}");
        sound += usize::from(!has_cycle(&genome));
    }
    // 4 connections from inputs in any state; then none, or one of the two between hidden and output.
    assert_eq!(sound, 81 * (1 + 2 + 2));
}

#[test]
fn feed_forward_networks_give_what_a_naive_evaluation_gives() {
    for genome in every(&pairs()).filter(|genome| !has_cycle(genome)) {
        let network = Network::compile(&genome, false);
        let (mut values, mut scratch, mut given) = (vec![0.0; network.slots()], Vec::new(), [0.0f32]);
        for sensed in SENSED {
            network.forward(&sensed, &mut values, &mut scratch, &mut given);
            assert_eq!(given[0], naive(&genome, sensed, output()), "{genome:?} {sensed:?}");
        }
    }
}

#[test]
fn recurrent_networks_give_what_stepping_all_nodes_at_once_gives() {
    for genome in every(&pairs()) {
        let network = Network::compile(&genome, true);
        let (mut values, mut scratch, mut given) = (vec![0.0; network.slots()], Vec::new(), [0.0f32]);
        let mut state = [0.0f32; 2];
        for sensed in SENSED {
            network.forward(&sensed, &mut values, &mut scratch, &mut given);
            let value = |node: GeneId| {
                let input = (0..2).find(|&input| node == GeneId::input(input));
                input.map_or_else(|| state[usize::from(node == hidden())], |input| sensed[input])
            };
            state = [taken_in(&genome, output(), &value), taken_in(&genome, hidden(), &value)];
            assert_eq!(given[0], state[0], "{genome:?} {sensed:?}");
        }
    }
}

#[test]
fn any_two_have_a_sound_child_and_one_distance() {
    let open = |&(source, target): &(GeneId, GeneId)| source != output() && source != target;
    let few: Vec<(GeneId, GeneId)> = pairs().into_iter().filter(open).take(4).collect();
    let all: Vec<Genome> = every(&few).collect();
    let (rates, config) = (ReproductionConfig::default(), SpeciationConfig::default());
    for (number, first) in all.iter().enumerate() {
        for (other, second) in all.iter().enumerate() {
            let seed = (number * all.len() + other) as u64;
            let child = crossover(first, second, &rates, &mut Stream::new(seed, 0, 0, 0, Purpose::User));
            assert_eq!(child.check(2, 1, false), Ok(()));
            assert_eq!((&child.nodes.id, &child.connections.id), (&first.nodes.id, &first.connections.id));
            let far = distance(first, second, &config);
            assert_eq!(far.to_bits(), distance(second, first, &config).to_bits());
            // Switched off or not, the weights are the same: only genes that one lacks make a difference.
            assert_eq!(far.to_bits() == 0, first.connections.id == second.connections.id);
        }
    }
}

#[test]
fn every_mutation_of_every_sound_genome_is_sound() {
    let genes = GenomeConfig {
        activations: Activation::ALL.to_vec(),
        aggregations: Aggregation::ALL.to_vec(),
        ..GenomeConfig::default()
    };
    let none = MutationConfig {
        weight_rate: 0.0,
        bias_rate: 0.0,
        add_connection_rate: 0.0,
        add_node_rate: 0.0,
        ..MutationConfig::default()
    };
    let each = [
        MutationConfig { add_node_rate: 1.0, ..none.clone() },
        MutationConfig { add_connection_rate: 1.0, ..none.clone() },
        MutationConfig { delete_node_rate: 1.0, ..none.clone() },
        MutationConfig { delete_connection_rate: 1.0, ..none.clone() },
        MutationConfig { toggle_rate: 1.0, ..none.clone() },
        MutationConfig { activation_rate: 1.0, aggregation_rate: 1.0, ..none.clone() },
    ];
    for (number, genome) in every(&pairs()).enumerate().filter(|(_, genome)| !has_cycle(genome)) {
        for (kind, rates) in each.iter().enumerate() {
            let mut changed = genome.clone();
            let mut random = Stream::new((number * each.len() + kind) as u64, 0, 0, 0, Purpose::User);
            mutate(&mut changed, &genes, rates, &mut random);
            assert_eq!(changed.check(2, 1, false), Ok(()), "{genome:?} {rates:?}");
        }
    }
}

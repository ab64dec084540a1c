//! What a node does with its input: one node gets another function or aggregation from the lists of the
//! configuration.

use crate::config::GenomeConfig;
use crate::genome::Genome;
use crate::random::Stream;

/// Another activation for one hidden node. Outputs keep theirs: what a scene reads from them has a range.
pub(super) fn activation(genome: &mut Genome, genes: &GenomeConfig, random: &mut Stream) {
    if let Some(place) = hidden_node(genome, random) {
        let activation = &mut genome.nodes.activation[place];
        *activation = another(*activation, &genes.activations, random);
    }
}

/// Another aggregation for one hidden node.
pub(super) fn aggregation(genome: &mut Genome, genes: &GenomeConfig, random: &mut Stream) {
    if let Some(place) = hidden_node(genome, random) {
        let aggregation = &mut genome.nodes.aggregation[place];
        *aggregation = another(*aggregation, &genes.aggregations, random);
    }
}

fn hidden_node(genome: &Genome, random: &mut Stream) -> Option<usize> {
    let first = genome.nodes.len() - genome.hidden();
    (genome.hidden() > 0).then(|| first + random.below(genome.hidden()))
}

/// One of the others in a list, each with the same probability; the same when there is no other.
fn another<T: Copy + PartialEq>(present: T, options: &[T], random: &mut Stream) -> T {
    let others = options.iter().filter(|&&option| option != present);
    match others.clone().count() {
        0 => present,
        count => others.clone().nth(random.below(count)).copied().unwrap_or(present),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::activation::Activation::{Relu, Sine, SteepSigmoid, Tanh};
    use crate::genome::{GeneId, Node};
    use crate::random::Purpose;

    #[test]
    fn a_node_gets_one_of_the_other_functions_and_outputs_keep_theirs() {
        let genes = GenomeConfig { activations: vec![Tanh, Relu, Sine], ..GenomeConfig::default() };
        let mut random = Stream::new(1, 0, 0, 0, Purpose::User);
        let mut genome = Genome::initial(2, 1, &genes, &mut random);
        activation(&mut genome, &genes, &mut random);
        assert_eq!(genome.nodes.activation[2], SteepSigmoid);
        let hidden = GeneId::split(genome.connections.id[0], 0);
        genome.nodes.push(Node { activation: Tanh, ..Node::input(hidden) });
        let mut seen = Vec::new();
        for _ in 0..100 {
            let before = genome.nodes.activation[3];
            activation(&mut genome, &genes, &mut random);
            assert_ne!(genome.nodes.activation[3], before);
            seen.push(genome.nodes.activation[3]);
        }
        assert!([Tanh, Relu, Sine].iter().all(|function| seen.contains(function)));
        assert_eq!(genome.nodes.activation[2], SteepSigmoid);
    }

    #[test]
    fn a_list_of_one_changes_nothing_that_is_of_it() {
        let mut random = Stream::new(1, 0, 0, 0, Purpose::User);
        assert_eq!(another(Tanh, &[Tanh], &mut random), Tanh);
        assert_eq!(another(Relu, &[Tanh], &mut random), Tanh);
        assert_eq!(another(Relu, &[], &mut random), Relu);
    }
}

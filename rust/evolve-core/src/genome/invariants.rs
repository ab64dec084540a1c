//! What must be true of every genome, and is checked of each one that comes from outside.

use super::{GeneId, Genome, Places, Wiring};
use crate::activation::{Activation, Aggregation};
use thiserror::Error;

/// The first thing found wrong with a genome. Places are positions in the gene arrays.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum GenomeError {
    /// Arrays of one kind of gene differ in length.
    #[error("the arrays of its {0} genes differ in length")]
    Lengths(&'static str),
    /// Ids must rise.
    #[error("{kind} gene {place} does not have a larger id than the one before it")]
    Order {
        /// Node or connection.
        kind: &'static str,
        /// Which one.
        place: usize,
    },
    /// Inputs and outputs must be exactly those of the population.
    #[error("it has {found} where {expected} are expected")]
    Terminals {
        /// What it has.
        found: String,
        /// What it should have.
        expected: String,
    },
    /// An input with a bias, a function or an aggregation.
    #[error("input {0} has a bias, an activation or an aggregation of its own")]
    Input(usize),
    /// A bias or weight that is NaN or infinite.
    #[error("{kind} gene {place} has a number that is not finite")]
    NotFinite {
        /// Node or connection.
        kind: &'static str,
        /// Which one.
        place: usize,
    },
    /// An id that is not the hash of the ends.
    #[error("connection gene {0} has an id that is not the hash of its two ends")]
    ConnectionId(usize),
    /// An end that is no node of this genome.
    #[error("connection gene {0} leads from or to a node that is not there")]
    Dangling(usize),
    /// A connection into an input.
    #[error("connection gene {0} leads to an input")]
    IntoInput(usize),
    /// A cycle in a feed-forward genome.
    #[error("its connections form a cycle, and the population is not recurrent")]
    Cycle,
}

/// What genomes are checked in, one after the other: a file has thousands of them.
#[derive(Clone, Debug, Default)]
pub struct Inspection {
    wiring: Wiring,
}

impl Inspection {
    /// Check everything a genome promises.
    pub fn check(
        &mut self,
        genome: &Genome,
        inputs: usize,
        outputs: usize,
        recurrent: bool,
    ) -> Result<(), GenomeError> {
        genome.check_nodes(inputs, outputs)?;
        self.check_connections(genome, &Places::of(genome, inputs, outputs))?;
        self.check_rest(genome, recurrent)
    }

    /// Give the connections of a genome their ends, by the places of these among its nodes, and the ids that
    /// follow from them; then check everything a genome promises.
    pub fn connect(
        &mut self,
        genome: &mut Genome,
        ends: impl ExactSizeIterator<Item = (u16, u16)> + Clone,
        [inputs, outputs]: [usize; 2],
        recurrent: bool,
    ) -> Result<(), GenomeError> {
        genome.check_nodes(inputs, outputs)?;
        let (nodes, genes) = (&genome.nodes, &mut genome.connections);
        if [genes.weight.len(), genes.enabled.len()] != [ends.len(); 2] {
            return Err(GenomeError::Lengths("connection"));
        }
        self.wiring.ends.clear();
        self.wiring.ends.extend(ends.map(|(source, target)| (source.into(), target.into())));
        let ends = || self.wiring.ends.iter().map(|&(source, target)| (source as usize, target as usize));
        if let Some(number) = ends().position(|(source, target)| source.max(target) >= nodes.len()) {
            return Err(GenomeError::Dangling(number));
        }
        if let Some(number) = ends().position(|(_, target)| target < inputs) {
            return Err(GenomeError::IntoInput(number));
        }
        genes.source = ends().map(|(source, _)| nodes.id[source]).collect();
        genes.target = ends().map(|(_, target)| nodes.id[target]).collect();
        let pairs = genes.source.iter().zip(&genes.target);
        genes.id = pairs.map(|(&source, &target)| GeneId::connection(source, target)).collect();
        check_order("connection", &genes.id)?;
        self.check_rest(genome, recurrent)
    }

    fn check_rest(&mut self, genome: &Genome, recurrent: bool) -> Result<(), GenomeError> {
        if let Some(place) = genome.connections.weight.iter().position(|weight| !weight.is_finite()) {
            return Err(GenomeError::NotFinite { kind: "connection", place });
        }
        if !recurrent && self.wiring.levels(genome.nodes.len()).is_none() {
            return Err(GenomeError::Cycle);
        }
        Ok(())
    }

    fn check_connections(&mut self, genome: &Genome, places: &Places<'_>) -> Result<(), GenomeError> {
        let genes = &genome.connections;
        if [genes.source.len(), genes.target.len(), genes.weight.len(), genes.enabled.len()]
            != [genes.len(); 4]
        {
            return Err(GenomeError::Lengths("connection"));
        }
        check_order("connection", &genes.id)?;
        self.wiring.ends.clear();
        for (number, (&source, &target)) in genes.source.iter().zip(&genes.target).enumerate() {
            if genes.id[number] != GeneId::connection(source, target) {
                return Err(GenomeError::ConnectionId(number));
            }
            let (Some(from), Some(to)) = (places.find(source), places.find(target)) else {
                return Err(GenomeError::Dangling(number));
            };
            if target.is_input() {
                return Err(GenomeError::IntoInput(number));
            }
            self.wiring.ends.push((from as u32, to as u32));
        }
        Ok(())
    }
}

impl Genome {
    /// Check everything a genome promises.
    pub fn check(&self, inputs: usize, outputs: usize, recurrent: bool) -> Result<(), GenomeError> {
        Inspection::default().check(self, inputs, outputs, recurrent)
    }

    fn check_nodes(&self, inputs: usize, outputs: usize) -> Result<(), GenomeError> {
        let nodes = &self.nodes;
        if [nodes.bias.len(), nodes.activation.len(), nodes.aggregation.len()] != [nodes.len(); 3] {
            return Err(GenomeError::Lengths("node"));
        }
        check_order("node", &nodes.id)?;
        let expected = (0..inputs).map(GeneId::input).chain((0..outputs).map(GeneId::output));
        let terminals = nodes.id.iter().copied().take_while(|id| !id.is_hidden());
        if !terminals.eq(expected) {
            let words = |inputs, outputs| format!("{inputs} inputs and {outputs} outputs");
            let found = words(self.inputs(), self.outputs());
            return Err(GenomeError::Terminals { found, expected: words(inputs, outputs) });
        }
        for place in 0..nodes.len() {
            let node = nodes.get(place);
            if !node.bias.is_finite() {
                return Err(GenomeError::NotFinite { kind: "node", place });
            }
            let plain = (0.0, Activation::Identity, Aggregation::Sum);
            if node.id.is_input() && (node.bias, node.activation, node.aggregation) != plain {
                return Err(GenomeError::Input(place));
            }
        }
        Ok(())
    }
}

fn check_order(kind: &'static str, ids: &[GeneId]) -> Result<(), GenomeError> {
    match ids.windows(2).position(|pair| pair[0] >= pair[1]) {
        Some(before) => Err(GenomeError::Order { kind, place: before + 1 }),
        None => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::genome::{Connection, Node, NodeGenes};

    fn pair() -> Genome {
        let mut genome = Genome::default();
        genome.nodes.push(Node::input(GeneId::input(0)));
        let output = Node { id: GeneId::output(0), ..Node::input(GeneId::output(0)) };
        genome.nodes.push(output);
        genome.connections.push(Connection::new(GeneId::input(0), GeneId::output(0), 0.5));
        genome
    }

    fn broken(change: impl Fn(&mut Genome)) -> GenomeError {
        let mut genome = pair();
        change(&mut genome);
        genome.check(1, 1, false).unwrap_err()
    }

    #[test]
    fn a_sound_genome_passes() {
        assert_eq!(pair().check(1, 1, false), Ok(()));
    }

    #[test]
    fn every_broken_promise_is_named() {
        let nan = GenomeError::NotFinite { kind: "connection", place: 0 };
        assert_eq!(broken(|g| g.connections.weight[0] = f32::NAN), nan);
        assert_eq!(
            broken(|g| g.nodes.bias[1] = f32::INFINITY),
            GenomeError::NotFinite { kind: "node", place: 1 }
        );
        assert_eq!(broken(|g| g.nodes.bias[0] = 1.0), GenomeError::Input(0));
        assert_eq!(broken(|g| g.connections.id[0] = GeneId(5)), GenomeError::ConnectionId(0));
        assert_eq!(broken(|g| g.nodes.bias.push(0.0)), GenomeError::Lengths("node"));
        assert_eq!(broken(|g| g.connections.weight.clear()), GenomeError::Lengths("connection"));
        assert_eq!(broken(|g| g.nodes.id.swap(0, 1)), GenomeError::Order { kind: "node", place: 1 });
        assert!(matches!(broken(|g| g.nodes = NodeGenes::default()), GenomeError::Terminals { .. }));
    }

    #[test]
    fn connections_that_lead_nowhere_or_into_inputs_are_refused() {
        let to = |source, target| {
            broken(|g| {
                g.connections = crate::genome::ConnectionGenes::default();
                g.connections.push(Connection::new(source, target, 1.0));
            })
        };
        assert_eq!(to(GeneId::output(0), GeneId::input(0)), GenomeError::IntoInput(0));
        assert_eq!(to(GeneId::input(0), GeneId::output(7)), GenomeError::Dangling(0));
    }

    #[test]
    fn a_loop_is_refused_unless_the_population_is_recurrent() {
        let mut genome = pair();
        genome.connections.insert(Connection::new(GeneId::output(0), GeneId::output(0), 1.0));
        assert_eq!(genome.check(1, 1, false), Err(GenomeError::Cycle));
        assert_eq!(genome.check(1, 1, true), Ok(()));
    }
    /// The pair with connections between these places instead of its own.
    fn connected(ends: &[(u16, u16)], recurrent: bool) -> Result<Genome, GenomeError> {
        let mut genome = pair();
        let genes = &mut genome.connections;
        (genes.weight, genes.enabled) = (vec![0.5; ends.len()], vec![true; ends.len()]);
        Inspection::default().connect(&mut genome, ends.iter().copied(), [1, 1], recurrent).map(|()| genome)
    }

    #[test]
    fn connections_follow_from_the_places_of_their_ends() {
        assert_eq!(connected(&[(0, 1)], false), Ok(pair()));
        let ids = |ends| connected(ends, true).unwrap().connections.id;
        let both = [(0, 1), (1, 1)];
        let rising = if ids(&both[..1]) < ids(&both[1..]) { both } else { [both[1], both[0]] };
        assert_eq!(ids(&rising).len(), 2);
        assert_eq!(connected(&rising, false), Err(GenomeError::Cycle));
        let order = GenomeError::Order { kind: "connection", place: 1 };
        assert_eq!(connected(&[rising[1], rising[0]], true), Err(order.clone()));
        assert_eq!(connected(&[(0, 1), (0, 1)], true), Err(order));
        assert_eq!(connected(&[(2, 1)], false), Err(GenomeError::Dangling(0)));
        assert_eq!(connected(&[(0, 1), (0, 2)], false), Err(GenomeError::Dangling(1)));
        assert_eq!(connected(&[(1, 0)], true), Err(GenomeError::IntoInput(0)));
    }

    #[test]
    fn places_that_are_fewer_than_the_weights_are_refused() {
        let mut inspection = Inspection::default();
        let refused = inspection.connect(&mut pair(), std::iter::empty(), [1, 1], false);
        assert_eq!(refused, Err(GenomeError::Lengths("connection")));
    }
}

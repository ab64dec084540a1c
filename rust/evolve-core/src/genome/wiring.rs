//! How a genome's nodes hang together, by their places: for the check of what comes from outside, and for
//! compiling networks. Memory is used again, since both do thousands of genomes after one another.

use super::{GeneId, Genome, MAX_TERMINALS};

/// Where nodes stand in a genome whose node genes are sound: inputs and outputs stand where their ids say.
pub(crate) struct Places<'a> {
    inputs: usize,
    outputs: usize,
    hidden: &'a [GeneId],
}

impl<'a> Places<'a> {
    pub fn of(genome: &'a Genome, inputs: usize, outputs: usize) -> Self {
        Self { inputs, outputs, hidden: &genome.nodes.id[inputs + outputs..] }
    }

    pub fn find(&self, id: GeneId) -> Option<usize> {
        let number = id.0 as usize;
        if id.is_input() {
            return (number < self.inputs).then_some(number);
        }
        if id.is_output() {
            let output = number - MAX_TERMINALS;
            return (output < self.outputs).then_some(self.inputs + output);
        }
        self.hidden.binary_search(&id).ok().map(|place| self.inputs + self.outputs + place)
    }
}

/// Connections between places.
#[derive(Clone, Debug, Default)]
pub(crate) struct Wiring {
    /// Places of the two ends of each connection.
    pub ends: Vec<(u32, u32)>,
    /// For each node the last connection that leaves it, and for each connection the one before it.
    last_leaving: Vec<u32>,
    before: Vec<u32>,
    /// Connections that reach each node from nodes that have not come yet.
    incoming: Vec<u32>,
    free: Vec<u32>,
    levels: Vec<u32>,
}

/// No connection.
const NONE: u32 = u32::MAX;

impl Wiring {
    /// For each node the most connections on a way to it; None when some lead in a circle.
    ///
    /// Nodes come when everything that leads to them has; in a circle nobody ever does.
    pub fn levels(&mut self, nodes: usize) -> Option<&[u32]> {
        self.link(nodes);
        let Self { ends, last_leaving, before, incoming, free, levels } = self;
        levels.clear();
        levels.resize(nodes, 0);
        free.clear();
        free.extend((0..nodes as u32).filter(|&node| incoming[node as usize] == 0));
        let mut came = 0;
        while let Some(node) = free.pop() {
            came += 1;
            let level = levels[node as usize] + 1;
            let mut next = last_leaving[node as usize];
            while next != NONE {
                let to = ends[next as usize].1 as usize;
                levels[to] = levels[to].max(level);
                incoming[to] -= 1;
                if incoming[to] == 0 {
                    free.push(to as u32);
                }
                next = before[next as usize];
            }
        }
        (came == nodes).then_some(levels)
    }

    fn link(&mut self, nodes: usize) {
        let Self { ends, last_leaving, before, incoming, .. } = self;
        incoming.clear();
        incoming.resize(nodes, 0);
        last_leaving.clear();
        last_leaving.resize(nodes, NONE);
        before.clear();
        for (number, &(from, to)) in ends.iter().enumerate() {
            incoming[to as usize] += 1;
            before.push(std::mem::replace(&mut last_leaving[from as usize], number as u32));
        }
    }
}

impl Genome {
    /// Whether its connections, disabled ones too, lead in a circle somewhere.
    ///
    /// # Panics
    /// When a connection leads from or to a node that is not there, which [`Genome::check`] tests.
    pub fn has_cycle(&self) -> bool {
        let places = Places::of(self, self.inputs(), self.outputs());
        let end = |id| places.find(id).expect("a sound genome has both ends") as u32;
        let pairs = self.connections.source.iter().zip(&self.connections.target);
        let ends = pairs.map(|(&source, &target)| (end(source), end(target))).collect();
        Wiring { ends, ..Wiring::default() }.levels(self.nodes.len()).is_none()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::genome::{Connection, Node};

    #[test]
    fn a_level_is_the_longest_way_to_a_node() {
        // 0 to 1 to 2 to 3, and from 0 to 3 at once; 4 by itself.
        let mut wiring = Wiring { ends: vec![(0, 3), (0, 1), (2, 3), (1, 2)], ..Wiring::default() };
        assert_eq!(wiring.levels(5), Some(&[0, 1, 2, 3, 0][..]));
        wiring.ends.push((3, 1));
        assert_eq!(wiring.levels(5), None);
    }

    #[test]
    fn inputs_outputs_and_hidden_nodes_are_found_where_they_stand() {
        let hidden = GeneId::split(GeneId::connection(GeneId::input(0), GeneId::output(0)), 0);
        let mut genome = Genome::default();
        for id in [GeneId::input(0), GeneId::input(1), GeneId::output(0), hidden] {
            genome.nodes.push(Node::input(id));
        }
        let places = Places::of(&genome, 2, 1);
        for (place, &id) in genome.nodes.id.iter().enumerate() {
            assert_eq!(places.find(id), Some(place));
        }
        for absent in [GeneId::input(2), GeneId::output(1), GeneId(1 << 62)] {
            assert_eq!(places.find(absent), None);
        }
        assert!(!genome.has_cycle());
        genome.connections.push(Connection::new(hidden, hidden, 1.0));
        assert!(genome.has_cycle());
    }
}

//! Whether a signal can go from one node of a genome to another.

use super::{GeneId, Genome};

impl Genome {
    /// True when a signal can go from one node to another along any connections, disabled ones too.
    pub fn leads_to(&self, from: GeneId, to: GeneId) -> bool {
        self.leads_to_with(from, to, &mut Vec::new())
    }

    /// [`Genome::leads_to`] with memory that is used again.
    pub(super) fn leads_to_with(&self, from: GeneId, to: GeneId, reached: &mut Vec<GeneId>) -> bool {
        if from == to || to.is_input() {
            return from == to;
        }
        let genes = &self.connections;
        reached.clear();
        reached.push(from);
        let mut next = 0;
        while next < reached.len() {
            let here = reached[next];
            next += 1;
            for (place, _) in genes.source.iter().enumerate().filter(|&(_, &source)| source == here) {
                let target = genes.target[place];
                if target == to {
                    return true;
                }
                if !reached.contains(&target) {
                    reached.push(target);
                }
            }
        }
        false
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::genome::{Connection, Node};

    fn chain() -> (Genome, GeneId) {
        let hidden = GeneId::split(GeneId::connection(GeneId::input(0), GeneId::output(0)), 0);
        let mut genome = Genome::default();
        for id in [GeneId::input(0), GeneId::output(0), hidden] {
            genome.nodes.push(Node::input(id));
        }
        genome.connections.insert(Connection::new(GeneId::input(0), hidden, 1.0));
        genome.connections.insert(Connection::new(hidden, GeneId::output(0), 1.0));
        (genome, hidden)
    }

    #[test]
    fn disabled_connections_count_as_paths() {
        let (mut genome, hidden) = chain();
        genome.connections.enabled.fill(false);
        assert!(genome.leads_to(GeneId::input(0), GeneId::output(0)));
        assert!(!genome.leads_to(GeneId::output(0), hidden));
        genome.connections.insert(Connection::new(GeneId::output(0), hidden, 1.0));
        assert!(genome.has_cycle());
    }
}

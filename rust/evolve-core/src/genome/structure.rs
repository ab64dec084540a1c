//! Questions about how a genome's nodes hang together.

use super::{GeneId, Genome};

impl Genome {
    /// Places of the nodes such that every connection, disabled ones too, leads forwards; None when
    /// there is a cycle. Among nodes that are free to come next, the one with the smallest place does:
    /// one genome has one order.
    pub fn topological_order(&self) -> Option<Vec<usize>> {
        let count = self.nodes.len();
        let mut incoming = vec![0usize; count];
        let mut edges: Vec<(usize, usize)> = Vec::with_capacity(self.connections.len());
        for (source, target) in self.connections.source.iter().zip(&self.connections.target) {
            let (from, to) = (self.nodes.find(*source)?, self.nodes.find(*target)?);
            edges.push((from, to));
            incoming[to] += 1;
        }
        edges.sort_unstable();
        let mut free: std::collections::BinaryHeap<_> =
            (0..count).filter(|&place| incoming[place] == 0).map(std::cmp::Reverse).collect();
        let mut order = Vec::with_capacity(count);
        while let Some(std::cmp::Reverse(place)) = free.pop() {
            order.push(place);
            let first = edges.partition_point(|edge| edge.0 < place);
            for &(_, to) in edges[first..].iter().take_while(|edge| edge.0 == place) {
                incoming[to] -= 1;
                if incoming[to] == 0 {
                    free.push(std::cmp::Reverse(to));
                }
            }
        }
        (order.len() == count).then_some(order)
    }

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
    fn the_order_puts_every_source_before_its_target() {
        assert_eq!(chain().0.topological_order(), Some(vec![0, 2, 1]));
    }

    #[test]
    fn disabled_connections_count_as_paths() {
        let (mut genome, hidden) = chain();
        genome.connections.enabled.fill(false);
        assert!(genome.leads_to(GeneId::input(0), GeneId::output(0)));
        assert!(!genome.leads_to(GeneId::output(0), hidden));
        genome.connections.insert(Connection::new(GeneId::output(0), hidden, 1.0));
        assert_eq!(genome.topological_order(), None);
    }
}

//! Genomes on the way out: what follows from something else is not written.

use super::Entry;
use crate::columns::{Column, Number, offsets};
use evolve_core::genome::{GeneId, Genome, MAX_TERMINALS};

pub(crate) fn columns<'a>(entries: impl Iterator<Item = Entry<'a>> + Clone + 'a) -> Vec<Column<'a>> {
    let genomes = entries.clone().map(|entry| entry.2);
    let lengths = |length: fn(&Genome) -> usize| offsets(genomes.clone().map(length));
    let nodes: Vec<u32> = lengths(|genome| genome.nodes.len()).collect();
    let genes: Vec<u32> = lengths(|genome| genome.connections.len()).collect();
    let (node_count, gene_count) = (total(&nodes), total(&genes));
    let hidden = genomes.clone().map(Genome::hidden).sum();
    let source = |genome: &'a Genome| places(genome, &genome.connections.source);
    let target = |genome: &'a Genome| places(genome, &genome.connections.target);
    vec![
        Column::list("genome.population", entries.clone().map(|entry| entry.0 as u32)),
        Column::list("genome.index", entries.map(|entry| entry.1 as u32)),
        Column::list("node.offsets", nodes),
        of(&genomes, "node.bias", node_count, |genome| genome.nodes.bias.iter().copied()),
        of(&genomes, "node.activation", node_count, |genome| {
            genome.nodes.activation.iter().map(|a| a.code())
        }),
        of(&genomes, "node.aggregation", node_count, |genome| {
            genome.nodes.aggregation.iter().map(|a| a.code())
        }),
        of(&genomes, "hidden.id", hidden, |genome| {
            genome.nodes.id[genome.nodes.len() - genome.hidden()..].iter().map(|id| id.0)
        }),
        Column::list("connection.offsets", genes),
        of(&genomes, "connection.source", gene_count, source),
        of(&genomes, "connection.target", gene_count, target),
        of(&genomes, "connection.weight", gene_count, |genome| genome.connections.weight.iter().copied()),
        of(&genomes, "connection.enabled", gene_count, |genome| {
            genome.connections.enabled.iter().map(|&on| u8::from(on))
        }),
    ]
}

/// Numbers of every genome, one genome after the other.
fn of<'a, T: Number, Part: ExactSizeIterator<Item = T> + 'a>(
    genomes: &(impl Iterator<Item = &'a Genome> + Clone + 'a),
    name: &'static str,
    count: usize,
    part: impl Fn(&'a Genome) -> Part + Clone + 'a,
) -> Column<'a> {
    Column::of_parts(name, count, genomes.clone().map(part))
}

/// Where nodes stand in their genome, which has at most 65,536 of them.
fn places<'a>(genome: &'a Genome, ids: &'a [GeneId]) -> impl ExactSizeIterator<Item = u16> + 'a {
    let inputs = genome.inputs();
    let terminals = inputs + genome.outputs();
    let hidden = &genome.nodes.id[terminals..];
    ids.iter().map(move |id| {
        let place = if id.is_input() {
            id.0 as usize
        } else if id.is_output() {
            inputs + id.0 as usize - MAX_TERMINALS
        } else {
            terminals + hidden.binary_search(id).expect("a sound genome has both ends of a connection")
        };
        place as u16
    })
}

fn total(offsets: &[u32]) -> usize {
    offsets.last().map_or(0, |&total| total as usize)
}

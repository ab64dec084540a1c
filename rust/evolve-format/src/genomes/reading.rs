//! Genomes on the way in. Version 1 states the id of every gene, and they are compared with what the genes are;
//! since version 2 they are computed from the places of a connection's ends.

use super::{MAX_CONNECTIONS, MAX_GENOMES, MAX_NODES};
use crate::error::FormatError;
use crate::tensors::{Tensors, same_length};
use evolve_core::activation::{Activation, Aggregation};
use evolve_core::genome::{ConnectionGenes, GeneId, Genome, GenomeError, Inspection, NodeGenes};
use evolve_core::work::{GenomeEntry, PopulationShape};
use std::ops::Range;
use std::sync::Arc;

const NAMES: &[&str] = &[
    "genome.population",
    "genome.index",
    "node.offsets",
    "node.bias",
    "node.activation",
    "node.aggregation",
    "hidden.id",
    "connection.offsets",
    "connection.source",
    "connection.target",
    "connection.weight",
    "connection.enabled",
];
const NAMES_OF_VERSION_1: &[&str] = &[
    "genome.population",
    "genome.index",
    "node.offsets",
    "node.id",
    "node.bias",
    "node.activation",
    "node.aggregation",
    "connection.offsets",
    "connection.id",
    "connection.source",
    "connection.target",
    "connection.weight",
    "connection.enabled",
];

/// The tensors that genomes have in the version of these.
pub(crate) fn names(tensors: &Tensors) -> &'static [&'static str] {
    if tensors.version == 1 { NAMES_OF_VERSION_1 } else { NAMES }
}

/// Read and check every genome of a buffer.
pub(crate) fn read(
    tensors: &Tensors,
    populations: &[PopulationShape],
) -> Result<Vec<GenomeEntry>, FormatError> {
    let owner = tensors.counts("genome.population", populations.len().saturating_sub(1))?;
    let index = tensors.counts("genome.index", MAX_GENOMES)?;
    let count = owner.len();
    if count > MAX_GENOMES {
        return Err(FormatError::tensor(
            "genome.population",
            format!("has {count} genomes; {MAX_GENOMES} are allowed"),
        ));
    }
    same_length("genome.index", index.len(), count)?;
    let nodes = NodeColumns::read(tensors, count)?;
    let genes = ConnectionColumns::read(tensors, count)?;
    let ids = Ids::read(tensors, &nodes, genes.weight.len(), |place| &populations[owner[place]])?;
    let mut inspection = Inspection::default();
    let genome = |place: usize| {
        let shape = &populations[owner[place]];
        let mut genome = Genome { nodes: nodes.of(place), connections: genes.of(place) };
        let sound = ids.put_into(
            &mut genome,
            place,
            [&nodes.range(place), &genes.range(place)],
            shape,
            &mut inspection,
        );
        sound.map_err(|error| FormatError::Genome { place, problem: error.to_string() })?;
        Ok(GenomeEntry { population: owner[place], index: index[place], genome: Arc::new(genome) })
    };
    (0..count).map(genome).collect()
}

struct NodeColumns<'a> {
    offsets: Vec<usize>,
    bias: &'a [[u8; 4]],
    activation: Vec<Activation>,
    aggregation: Vec<Aggregation>,
}

impl<'a> NodeColumns<'a> {
    fn read(tensors: &Tensors<'a>, genomes: usize) -> Result<Self, FormatError> {
        let bias = tensors.f32("node.bias")?;
        let activation = codes(tensors, "node.activation", Activation::from_code)?;
        let aggregation = codes(tensors, "node.aggregation", Aggregation::from_code)?;
        same_length("node.activation", activation.len(), bias.len())?;
        same_length("node.aggregation", aggregation.len(), bias.len())?;
        let offsets = tensors.offsets("node.offsets", bias.len(), MAX_NODES)?;
        same_length("node.offsets", offsets.len(), genomes + 1)?;
        Ok(Self { offsets, bias, activation, aggregation })
    }

    fn range(&self, genome: usize) -> Range<usize> {
        self.offsets[genome]..self.offsets[genome + 1]
    }

    /// Everything but the ids.
    fn of(&self, genome: usize) -> NodeGenes {
        let range = self.range(genome);
        NodeGenes {
            id: Vec::with_capacity(range.len()),
            bias: numbers(&self.bias[range.clone()]),
            activation: self.activation[range.clone()].to_vec(),
            aggregation: self.aggregation[range].to_vec(),
        }
    }
}

struct ConnectionColumns<'a> {
    offsets: Vec<usize>,
    weight: &'a [[u8; 4]],
    enabled: Vec<bool>,
}

impl<'a> ConnectionColumns<'a> {
    fn read(tensors: &Tensors<'a>, genomes: usize) -> Result<Self, FormatError> {
        let weight = tensors.f32("connection.weight")?;
        let flag = |code| [false, true].get(usize::from(code)).copied();
        let enabled = codes(tensors, "connection.enabled", flag)?;
        same_length("connection.enabled", enabled.len(), weight.len())?;
        let offsets = tensors.offsets("connection.offsets", weight.len(), MAX_CONNECTIONS)?;
        same_length("connection.offsets", offsets.len(), genomes + 1)?;
        Ok(Self { offsets, weight, enabled })
    }

    fn range(&self, genome: usize) -> Range<usize> {
        self.offsets[genome]..self.offsets[genome + 1]
    }

    /// Everything but the ids.
    fn of(&self, genome: usize) -> ConnectionGenes {
        let range = self.range(genome);
        ConnectionGenes {
            weight: numbers(&self.weight[range.clone()]),
            enabled: self.enabled[range].to_vec(),
            ..ConnectionGenes::default()
        }
    }
}

/// What tells genes from one another.
enum Ids<'a> {
    Stated { node: &'a [[u8; 8]], gene: &'a [[u8; 8]], source: &'a [[u8; 8]], target: &'a [[u8; 8]] },
    Computed { hidden: &'a [[u8; 8]], starts: Vec<usize>, source: &'a [[u8; 2]], target: &'a [[u8; 2]] },
}

impl<'a> Ids<'a> {
    fn read<'s>(
        tensors: &Tensors<'a>,
        nodes: &NodeColumns,
        genes: usize,
        shape: impl Fn(usize) -> &'s PopulationShape,
    ) -> Result<Self, FormatError> {
        if tensors.version == 1 {
            let ids = |name, count| {
                let ids = tensors.i64(name)?;
                same_length(name, ids.len(), count).map(|()| ids)
            };
            return Ok(Self::Stated {
                node: ids("node.id", nodes.bias.len())?,
                gene: ids("connection.id", genes)?,
                source: ids("connection.source", genes)?,
                target: ids("connection.target", genes)?,
            });
        }
        let (source, target) = (tensors.places("connection.source")?, tensors.places("connection.target")?);
        same_length("connection.source", source.len(), genes)?;
        same_length("connection.target", target.len(), genes)?;
        let hidden = tensors.i64("hidden.id")?;
        let mut starts = vec![0];
        for place in 0..nodes.offsets.len() - 1 {
            let terminals = shape(place).inputs.len() + shape(place).outputs.len();
            let found = nodes.range(place).len();
            let more = found.checked_sub(terminals).ok_or_else(|| FormatError::Genome {
                place,
                problem: format!(
                    "it has {found} nodes, fewer than the {terminals} inputs and outputs of its population"
                ),
            })?;
            starts.push(starts[place] + more);
        }
        same_length("hidden.id", hidden.len(), starts[nodes.offsets.len() - 1])?;
        Ok(Self::Computed { hidden, starts, source, target })
    }

    /// Complete a genome with its ids, and check it.
    fn put_into(
        &self,
        genome: &mut Genome,
        place: usize,
        [nodes, genes]: [&Range<usize>; 2],
        shape: &PopulationShape,
        inspection: &mut Inspection,
    ) -> Result<(), GenomeError> {
        let (inputs, outputs) = (shape.inputs.len(), shape.outputs.len());
        match self {
            Self::Stated { node, gene, source, target } => {
                genome.nodes.id = ids(&node[nodes.clone()]).collect();
                genome.connections.id = ids(&gene[genes.clone()]).collect();
                genome.connections.source = ids(&source[genes.clone()]).collect();
                genome.connections.target = ids(&target[genes.clone()]).collect();
                inspection.check(genome, inputs, outputs, shape.recurrent)
            }
            Self::Computed { hidden, starts, source, target } => {
                let terminals = (0..inputs).map(GeneId::input).chain((0..outputs).map(GeneId::output));
                genome.nodes.id.extend(terminals.chain(ids(&hidden[starts[place]..starts[place + 1]])));
                let places = |column: &'a [[u8; 2]]| {
                    column[genes.clone()].iter().map(|&place| u16::from_le_bytes(place))
                };
                let ends = places(source).zip(places(target));
                inspection.connect(genome, ends, [inputs, outputs], shape.recurrent)
            }
        }
    }
}

fn ids(column: &[[u8; 8]]) -> impl Iterator<Item = GeneId> {
    column.iter().map(|&bytes| GeneId(i64::from_le_bytes(bytes)))
}

fn numbers(column: &[[u8; 4]]) -> Vec<f32> {
    column.iter().map(|&bytes| f32::from_le_bytes(bytes)).collect()
}

fn codes<T>(tensors: &Tensors, name: &str, read: fn(u8) -> Option<T>) -> Result<Vec<T>, FormatError> {
    let unknown =
        |code: u8| FormatError::tensor(name, format!("has the code {code}, which stands for nothing"));
    tensors.u8(name)?.iter().map(|&code| read(code).ok_or_else(|| unknown(code))).collect()
}

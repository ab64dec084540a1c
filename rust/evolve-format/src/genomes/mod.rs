//! Genomes one after another with CSR offsets, as every schema of ours holds them.

use crate::envelope::{self, Fields, Metadata};
use crate::error::FormatError;
use crate::tensors::{Column, Tensors, same_length};
use evolve_core::activation::{Activation, Aggregation};
use evolve_core::config::MAX_POPULATIONS;
use evolve_core::genome::{ConnectionGenes, GeneId, Genome, Inspection, MAX_TERMINALS, NodeGenes};
use evolve_core::work::{GenomeEntry, PopulationShape};
use serde_json::{Value, json};
use std::sync::Arc;

const SCHEMA: &str = "evolve.population";
const MAX_GENOMES: usize = 1_000_000;
const MAX_NODES: usize = 65_536;
const MAX_CONNECTIONS: usize = 1_048_576;

pub(crate) const NAMES: &[&str] = &[
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

/// A population file: genomes for people who own their loop.
pub fn encode_population(populations: &[PopulationShape], genomes: &[GenomeEntry]) -> Vec<u8> {
    let metadata = Metadata::from_iter([("populations".to_owned(), shapes_json(populations))]);
    envelope::seal(SCHEMA, metadata, &columns(genomes.iter().map(borrow)))
}

/// Read a population file.
pub fn decode_population(bytes: &[u8]) -> Result<(Vec<PopulationShape>, Vec<GenomeEntry>), FormatError> {
    let (mut fields, tensors) = envelope::open_file(bytes, SCHEMA)?;
    let populations = shapes(fields.list("populations")?)?;
    fields.end()?;
    tensors.only(&[NAMES])?;
    let genomes = read(&tensors, &populations)?;
    Ok((populations, genomes))
}

/// A genome about to be written, and whose it is.
pub(crate) type Entry<'a> = (usize, usize, &'a Genome);

pub(crate) fn borrow(entry: &GenomeEntry) -> Entry<'_> {
    (entry.population, entry.index, &entry.genome)
}

pub(crate) fn columns<'a>(entries: impl Iterator<Item = Entry<'a>>) -> Vec<Column> {
    let entries: Vec<Entry<'a>> = entries.collect();
    let genomes = || entries.iter().map(|entry| entry.2);
    let nodes = || genomes().map(|genome| &genome.nodes);
    let genes = || genomes().map(|genome| &genome.connections);
    vec![
        Column::i64("genome.population", entries.iter().map(|entry| entry.0 as i64)),
        Column::i64("genome.index", entries.iter().map(|entry| entry.1 as i64)),
        Column::i64("node.offsets", offsets(nodes().map(NodeGenes::len))),
        Column::i64("node.id", nodes().flat_map(|nodes| nodes.id.iter().map(|id| id.0))),
        Column::f32("node.bias", nodes().flat_map(|nodes| nodes.bias.iter().copied())),
        Column::u8("node.activation", nodes().flat_map(|nodes| nodes.activation.iter().map(|a| a.code()))),
        Column::u8("node.aggregation", nodes().flat_map(|nodes| nodes.aggregation.iter().map(|a| a.code()))),
        Column::i64("connection.offsets", offsets(genes().map(ConnectionGenes::len))),
        Column::i64("connection.id", genes().flat_map(|genes| genes.id.iter().map(|id| id.0))),
        Column::i64("connection.source", genes().flat_map(|genes| genes.source.iter().map(|id| id.0))),
        Column::i64("connection.target", genes().flat_map(|genes| genes.target.iter().map(|id| id.0))),
        Column::f32("connection.weight", genes().flat_map(|genes| genes.weight.iter().copied())),
        Column::u8(
            "connection.enabled",
            genes().flat_map(|genes| genes.enabled.iter().map(|&on| u8::from(on))),
        ),
    ]
}

/// From lengths to CSR offsets.
pub(crate) fn offsets(lengths: impl Iterator<Item = usize>) -> impl Iterator<Item = i64> {
    let running = lengths.scan(0, |total, length| {
        *total += length as i64;
        Some(*total)
    });
    std::iter::once(0).chain(running)
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
    let (nodes, node_offsets) = read_nodes(tensors)?;
    let (genes, gene_offsets) = read_connections(tensors)?;
    same_length("node.offsets", node_offsets.len(), count + 1)?;
    same_length("connection.offsets", gene_offsets.len(), count + 1)?;
    let mut inspection = Inspection::default();
    let genome = |place: usize| {
        let genome = Genome {
            nodes: nodes.slice(node_offsets[place]..node_offsets[place + 1]),
            connections: genes.slice(gene_offsets[place]..gene_offsets[place + 1]),
        };
        let shape = &populations[owner[place]];
        let (inputs, outputs) = (shape.inputs.len(), shape.outputs.len());
        let sound = inspection.check(&genome, inputs, outputs, shape.recurrent);
        sound.map_err(|error| FormatError::Genome { place, problem: error.to_string() })?;
        Ok(GenomeEntry { population: owner[place], index: index[place], genome: Arc::new(genome) })
    };
    (0..count).map(genome).collect()
}

struct NodeColumns {
    id: Vec<i64>,
    bias: Vec<f32>,
    activation: Vec<Activation>,
    aggregation: Vec<Aggregation>,
}

impl NodeColumns {
    fn slice(&self, range: std::ops::Range<usize>) -> NodeGenes {
        NodeGenes {
            id: self.id[range.clone()].iter().map(|&id| GeneId(id)).collect(),
            bias: self.bias[range.clone()].to_vec(),
            activation: self.activation[range.clone()].to_vec(),
            aggregation: self.aggregation[range].to_vec(),
        }
    }
}

fn read_nodes(tensors: &Tensors) -> Result<(NodeColumns, Vec<usize>), FormatError> {
    let id = tensors.i64("node.id")?;
    let bias = tensors.f32("node.bias")?;
    let activation = codes(tensors, "node.activation", Activation::from_code)?;
    let aggregation = codes(tensors, "node.aggregation", Aggregation::from_code)?;
    for (name, length) in [
        ("node.bias", bias.len()),
        ("node.activation", activation.len()),
        ("node.aggregation", aggregation.len()),
    ] {
        same_length(name, length, id.len())?;
    }
    let offsets = tensors.offsets("node.offsets", id.len(), MAX_NODES)?;
    Ok((NodeColumns { id, bias, activation, aggregation }, offsets))
}

struct ConnectionColumns {
    id: Vec<i64>,
    source: Vec<i64>,
    target: Vec<i64>,
    weight: Vec<f32>,
    enabled: Vec<bool>,
}

impl ConnectionColumns {
    fn slice(&self, range: std::ops::Range<usize>) -> ConnectionGenes {
        let ids = |list: &[i64]| list.iter().map(|&id| GeneId(id)).collect();
        ConnectionGenes {
            id: ids(&self.id[range.clone()]),
            source: ids(&self.source[range.clone()]),
            target: ids(&self.target[range.clone()]),
            weight: self.weight[range.clone()].to_vec(),
            enabled: self.enabled[range].to_vec(),
        }
    }
}

fn read_connections(tensors: &Tensors) -> Result<(ConnectionColumns, Vec<usize>), FormatError> {
    let id = tensors.i64("connection.id")?;
    let (source, target) = (tensors.i64("connection.source")?, tensors.i64("connection.target")?);
    let weight = tensors.f32("connection.weight")?;
    let enabled = codes(tensors, "connection.enabled", |code| [false, true].get(usize::from(code)).copied())?;
    for (name, length) in [
        ("connection.source", source.len()),
        ("connection.target", target.len()),
        ("connection.weight", weight.len()),
        ("connection.enabled", enabled.len()),
    ] {
        same_length(name, length, id.len())?;
    }
    let offsets = tensors.offsets("connection.offsets", id.len(), MAX_CONNECTIONS)?;
    Ok((ConnectionColumns { id, source, target, weight, enabled }, offsets))
}

fn codes<T>(tensors: &Tensors, name: &str, read: fn(u8) -> Option<T>) -> Result<Vec<T>, FormatError> {
    let unknown =
        |code: u8| FormatError::tensor(name, format!("has the code {code}, which stands for nothing"));
    tensors.u8(name)?.into_iter().map(|code| read(code).ok_or_else(|| unknown(code))).collect()
}

pub(crate) fn shape_json(shape: &PopulationShape) -> Value {
    json!({"inputs": shape.inputs, "name": shape.name, "outputs": shape.outputs, "recurrent": shape.recurrent})
}

pub(crate) fn shapes_json(shapes: &[PopulationShape]) -> Value {
    Value::Array(shapes.iter().map(shape_json).collect())
}

/// Take the keys of a shape; more keys may follow in the same object.
pub(crate) fn shape(fields: &mut Fields) -> Result<PopulationShape, FormatError> {
    let shape = PopulationShape {
        name: fields.text("name")?,
        inputs: fields.texts("inputs")?,
        outputs: fields.texts("outputs")?,
        recurrent: fields.flag("recurrent")?,
    };
    for (what, names) in [("inputs", &shape.inputs), ("outputs", &shape.outputs)] {
        if !(1..=MAX_TERMINALS).contains(&names.len()) {
            return Err(FormatError::metadata(format!("a population has {} {what}", names.len())));
        }
    }
    let names = shape.inputs.iter().chain(&shape.outputs).chain([&shape.name]);
    if let Some(name) = names.into_iter().find(|name| !(1..=64).contains(&name.chars().count())) {
        return Err(FormatError::metadata(format!("the name {name:?} does not have 1 to 64 characters")));
    }
    Ok(shape)
}

pub(crate) fn shapes(list: Vec<Value>) -> Result<Vec<PopulationShape>, FormatError> {
    if !(1..=MAX_POPULATIONS).contains(&list.len()) {
        return Err(FormatError::metadata(format!("it names {} populations", list.len())));
    }
    let read = |value| {
        let mut fields = Fields::of(value, "a population")?;
        let shape = shape(&mut fields)?;
        fields.end().map(|()| shape)
    };
    list.into_iter().map(read).collect()
}

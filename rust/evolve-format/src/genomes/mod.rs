//! Genomes one after another with CSR offsets, as every schema of ours holds them.

mod reading;
mod writing;

pub(crate) use reading::{names, read};
pub(crate) use writing::columns;

use crate::envelope::{self, Fields, Metadata};
use crate::error::FormatError;
use evolve_core::config::MAX_POPULATIONS;
use evolve_core::genome::{Genome, MAX_TERMINALS};
use evolve_core::work::{GenomeEntry, PopulationShape};
use serde_json::{Value, json};

const SCHEMA: &str = "evolve.population";
const MAX_GENOMES: usize = 1_000_000;
const MAX_NODES: usize = 65_536;
const MAX_CONNECTIONS: usize = 1_048_576;

/// A population file: genomes for people who own their loop.
pub fn encode_population(populations: &[PopulationShape], genomes: &[GenomeEntry]) -> Vec<u8> {
    let metadata = Metadata::from_iter([("populations".to_owned(), shapes_json(populations))]);
    envelope::seal(SCHEMA, metadata, columns(genomes.iter().map(borrow)))
}

/// Read a population file.
pub fn decode_population(bytes: &[u8]) -> Result<(Vec<PopulationShape>, Vec<GenomeEntry>), FormatError> {
    let (mut fields, tensors) = envelope::open_file(bytes, SCHEMA)?;
    let populations = shapes(fields.list("populations")?)?;
    fields.end()?;
    tensors.only(&[names(&tensors)])?;
    let genomes = read(&tensors, &populations)?;
    Ok((populations, genomes))
}

/// A genome about to be written, and whose it is.
pub(crate) type Entry<'a> = (usize, usize, &'a Genome);

pub(crate) fn borrow(entry: &GenomeEntry) -> Entry<'_> {
    (entry.population, entry.index, &entry.genome)
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

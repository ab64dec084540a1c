//! Binary WebSocket frames: work units with their genomes one way, results the other.

use crate::columns::{Column, Layout, offsets};
use crate::envelope::{self, Fields, Metadata};
use crate::error::FormatError;
use crate::genomes;
use crate::metrics;
use crate::tensors::{Tensors, same_length};
use evolve_core::config::{MAX_OBJECTIVES, MAX_SIZE};
use evolve_core::trace;
use evolve_core::work::{Results, UnitId, UnitResult, WorkBatch, WorkUnit};
use serde_json::Value;

const SCHEMA: &str = "evolve.frame";
const UNITS: &[&str] = &["unit.id", "unit.seed", "unit.ticks", "unit.offsets", "member.genome"];
const TRACED: &str = "unit.traced";
const TRACES: &[&str] = &["trace.offsets", "trace.entry"];
const SCORES: &[&str] = &["unit.id", "unit.steps", "unit.offsets", "score", "behaviour"];
const MAX_MEMBERS: usize = 65_536;
const MAX_TICKS: usize = 1_000_000_000;

fn kind(name: &str) -> (String, Value) {
    ("kind".to_owned(), Value::from(name))
}

/// The `genomes` frame.
pub fn encode_batch(batch: &WorkBatch) -> Vec<u8> {
    lay_out_batch(batch).to_bytes()
}

/// The `genomes` frame, for whoever has memory to write it into.
pub fn lay_out_batch(batch: &WorkBatch) -> Layout<'_> {
    let shapes = ("populations".to_owned(), genomes::shapes_json(&batch.populations));
    let names = |key: &str, list: &[String]| (key.to_owned(), Value::from(list));
    let columns_json = [names("behaviour", &batch.behaviour), names("objectives", &batch.objectives)];
    let mut columns = genomes::columns(batch.genomes.iter().map(genomes::borrow));
    let units = || batch.units.iter();
    columns.extend([
        Column::list("unit.id", units().map(|unit| unit.id.0 as i64)),
        Column::list("unit.seed", units().map(|unit| unit.seed as i64)),
        Column::list("unit.ticks", units().map(|unit| unit.ticks)),
        Column::list("unit.offsets", offsets(units().map(|unit| unit.genomes.len()))),
        Column::list(
            "member.genome",
            units().flat_map(|unit| unit.genomes.iter().map(|&place| place as u32)),
        ),
    ]);
    if units().any(|unit| unit.traced) {
        columns.push(Column::list(TRACED, units().map(|unit| u8::from(unit.traced))));
    }
    let metadata = columns_json.into_iter().chain([kind("genomes"), shapes]);
    envelope::lay_out(SCHEMA, metadata.collect::<Metadata>(), columns)
}

/// Read a `genomes` frame.
pub fn decode_batch(bytes: &[u8]) -> Result<WorkBatch, FormatError> {
    let (mut fields, tensors) = envelope::open(bytes, SCHEMA)?;
    expect_kind(&fields.text("kind")?, "genomes")?;
    let populations = genomes::shapes(fields.list("populations")?)?;
    let (objectives, behaviour) =
        (columns(&mut fields, "objectives", 1)?, columns(&mut fields, "behaviour", 0)?);
    fields.end()?;
    tensors.only(&[genomes::names(&tensors), UNITS, &[TRACED]])?;
    let entries = genomes::read(&tensors, &populations)?;
    let id = tensors.naturals("unit.id")?;
    let seed = tensors.naturals("unit.seed")?;
    let ticks = tensors.counts("unit.ticks", MAX_TICKS)?;
    let traced = wishes(&tensors, id.len())?;
    let member = tensors.counts("member.genome", entries.len().saturating_sub(1))?;
    let offsets = tensors.offsets("unit.offsets", member.len(), MAX_MEMBERS)?;
    check_units(&id, &offsets, &[("unit.seed", seed.len()), ("unit.ticks", ticks.len())])?;
    let unit = |place: usize| WorkUnit {
        id: UnitId(id[place]),
        seed: seed[place],
        ticks: ticks[place] as u32,
        genomes: member[offsets[place]..offsets[place + 1]].to_vec(),
        traced: traced[place],
    };
    let units = (0..id.len()).map(unit).collect();
    Ok(WorkBatch { populations, objectives, behaviour, genomes: entries, units })
}

/// Whether each unit shall be traced. A frame that says nothing wants no trace.
fn wishes(tensors: &Tensors, units: usize) -> Result<Vec<bool>, FormatError> {
    if !tensors.has(TRACED) {
        return Ok(vec![false; units]);
    }
    let flags = tensors.u8(TRACED)?;
    same_length(TRACED, flags.len(), units)?;
    match flags.iter().find(|&&flag| flag > 1) {
        Some(flag) => {
            Err(FormatError::tensor(TRACED, format!("has the value {flag}, and 0 and 1 are allowed")))
        }
        None => Ok(flags.iter().map(|&flag| flag == 1).collect()),
    }
}

/// Names of what is scored or described.
fn columns(fields: &mut Fields, key: &str, least: usize) -> Result<Vec<String>, FormatError> {
    let names = fields.texts(key)?;
    if (least..=MAX_OBJECTIVES).contains(&names.len()) {
        return Ok(names);
    }
    Err(FormatError::metadata(format!(
        "it names {} {key}, and {least} to {MAX_OBJECTIVES} are allowed",
        names.len()
    )))
}

/// The `results` frame.
pub fn encode_results(results: &Results) -> Vec<u8> {
    lay_out_results(results).to_bytes()
}

/// The `results` frame, for whoever has memory to write it into.
pub fn lay_out_results(results: &Results) -> Layout<'_> {
    let units = || results.units.iter();
    let (width, descriptors) = (results.objectives, results.descriptors);
    let members = |unit: &UnitResult| unit.scores.len().checked_div(width).unwrap_or(0);
    let rows = units().map(members).sum();
    let mut columns = vec![
        Column::list("unit.id", units().map(|unit| unit.id.0 as i64)),
        Column::list("unit.steps", units().map(|unit| unit.steps as i64)),
        Column::list("unit.offsets", offsets(units().map(members))),
        Column::table("score", [rows, width], units().flat_map(|unit| unit.scores.iter().copied())),
        Column::table(
            "behaviour",
            [rows, descriptors],
            units().flat_map(|unit| unit.behaviour.iter().copied()),
        ),
    ];
    if units().any(|unit| !unit.trace.is_empty()) {
        let entries = units().flat_map(|unit| unit.trace.iter().map(|&entry| entry as i64));
        columns.extend([
            Column::list("trace.offsets", offsets(units().map(|unit| unit.trace.len()))),
            Column::list("trace.entry", entries),
        ]);
    }
    let mut metadata = Metadata::from_iter([kind("results")]);
    metrics::lay_out(&results.units, &mut columns, &mut metadata);
    envelope::lay_out(SCHEMA, metadata, columns)
}

/// Read a `results` frame.
pub fn decode_results(bytes: &[u8]) -> Result<Results, FormatError> {
    let (mut fields, tensors) = envelope::open(bytes, SCHEMA)?;
    expect_kind(&fields.text("kind")?, "results")?;
    tensors.only(&[SCORES, TRACES, metrics::TENSORS])?;
    let id = tensors.naturals("unit.id")?;
    let steps = tensors.naturals("unit.steps")?;
    let (rows, objectives, scores) = finite_rows(&tensors, "score", 1)?;
    let (described, descriptors, behaviour) = finite_rows(&tensors, "behaviour", 0)?;
    same_length("behaviour", described, rows)?;
    let offsets = tensors.offsets("unit.offsets", rows, MAX_MEMBERS)?;
    check_units(&id, &offsets, &[("unit.steps", steps.len())])?;
    let (parts, entries) = traces(&tensors, id.len())?;
    let mut metrics = metrics::read(&mut fields, &tensors, &offsets)?;
    fields.end()?;
    let unit = |place: usize| UnitResult {
        metrics: metrics.get_mut(place).map(std::mem::take).unwrap_or_default(),
        id: UnitId(id[place]),
        steps: steps[place],
        scores: scores[offsets[place] * objectives..offsets[place + 1] * objectives].to_vec(),
        behaviour: behaviour[offsets[place] * descriptors..offsets[place + 1] * descriptors].to_vec(),
        trace: entries[parts[place]..parts[place + 1]]
            .iter()
            .map(|&entry| u64::from_le_bytes(entry))
            .collect(),
    };
    Ok(Results { objectives, descriptors, units: (0..id.len()).map(unit).collect() })
}

/// Where the trace of each unit begins and ends, and the entries of all. A frame without them has no trace.
fn traces<'a>(tensors: &Tensors<'a>, units: usize) -> Result<(Vec<usize>, &'a [[u8; 8]]), FormatError> {
    if !TRACES.iter().any(|name| tensors.has(name)) {
        return Ok((vec![0; units + 1], &[]));
    }
    let entries = tensors.i64("trace.entry")?;
    let offsets = tensors.offsets("trace.offsets", entries.len(), trace::MAX_ENTRIES)?;
    same_length("trace.offsets", offsets.len(), units + 1)?;
    Ok((offsets, entries))
}

/// Rows of finite numbers, with at least so many columns.
fn finite_rows(tensors: &Tensors, name: &str, least: usize) -> Result<(usize, usize, Vec<f64>), FormatError> {
    let (rows, width, values) = tensors.f64_rows(name)?;
    if !(least..=MAX_OBJECTIVES).contains(&width) || rows > MAX_SIZE.saturating_mul(MAX_MEMBERS) {
        let problem = format!("has {width} columns; {least} to {MAX_OBJECTIVES} are allowed");
        return Err(FormatError::tensor(name, problem));
    }
    match values.iter().position(|value| !value.is_finite()) {
        Some(place) => Err(FormatError::tensor(name, format!("has a number that is not finite at {place}"))),
        None => Ok((rows, width, values)),
    }
}

fn expect_kind(found: &str, expected: &'static str) -> Result<(), FormatError> {
    if found == expected {
        return Ok(());
    }
    Err(FormatError::Schema { found: format!("a frame of kind {found:?}"), expected })
}

fn check_units(id: &[u64], offsets: &[usize], others: &[(&str, usize)]) -> Result<(), FormatError> {
    if id.len() > MAX_SIZE {
        return Err(FormatError::tensor(
            "unit.id",
            format!("has {} units; {MAX_SIZE} are allowed", id.len()),
        ));
    }
    same_length("unit.offsets", offsets.len(), id.len() + 1)?;
    others.iter().try_for_each(|&(name, length)| same_length(name, length, id.len()))
}

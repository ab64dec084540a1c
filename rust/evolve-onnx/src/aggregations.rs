//! How neurons put together what reaches them, in operators of ONNX: for all neurons of a kind at once.
//!
//! Takes and gives batches, [rows, neurons].

use crate::builder::{Attribute, Builder};
use crate::error::OnnxError;
use evolve_core::activation::Aggregation;
use std::collections::BTreeMap;

/// The columns that a neuron reads, with their weights.
pub(crate) type Incoming = Vec<(usize, f32)>;

/// What reaches each of the neurons.
pub(crate) fn aggregated(
    build: &mut Builder,
    aggregation: Aggregation,
    values: &str,
    neurons: &[Incoming],
) -> Result<String, OnnxError> {
    match aggregation {
        Aggregation::Sum => sum(build, values, neurons),
        Aggregation::Mean => {
            let sum = sum(build, values, neurons)?;
            let counts: Vec<f32> = neurons.iter().map(|incoming| incoming.len().max(1) as f32).collect();
            let counts = build.floats(&[counts.len()], &counts);
            Ok(build.add("Div", &[&sum, &counts], &[]))
        }
        Aggregation::Product => reduced(build, "ReduceProd", values, neurons, |_| 1.0),
        // The largest of nothing is 0.
        Aggregation::Max => reduced(build, "ReduceMax", values, neurons, |incoming| {
            if incoming.is_empty() { 0.0 } else { f32::NEG_INFINITY }
        }),
    }
}

/// Some columns of a batch.
pub(crate) fn columns(build: &mut Builder, values: &str, sides: &[usize], places: &[usize]) -> String {
    let places: Vec<i64> = places.iter().map(|&place| place as i64).collect();
    let places = build.places(sides, &places);
    build.add("Gather", &[values, &places], &[("axis", Attribute::Int(1))])
}

fn sum(build: &mut Builder, values: &str, neurons: &[Incoming]) -> Result<String, OnnxError> {
    let mut rows: BTreeMap<usize, usize> = neurons.iter().flatten().map(|&(column, _)| (column, 0)).collect();
    // Where nothing reaches anybody, one column of weight 0 still says how many rows there are.
    if rows.is_empty() {
        rows.insert(0, 0);
    }
    rows.values_mut().enumerate().for_each(|(row, place)| *place = row);
    let mut weights = build.table(rows.len(), neurons.len(), 0.0)?;
    for (neuron, incoming) in neurons.iter().enumerate() {
        for (column, weight) in incoming {
            weights[rows[column] * neurons.len() + neuron] = *weight;
        }
    }
    let read: Vec<usize> = rows.keys().copied().collect();
    let read = columns(build, values, &[read.len()], &read);
    let weights = build.floats(&[rows.len(), neurons.len()], &weights);
    Ok(build.add("MatMul", &[&read, &weights], &[]))
}

/// The weighted inputs, [rows, neurons, terms], reduced; neurons with fewer than others get neutral ones.
fn reduced(
    build: &mut Builder,
    operator: &str,
    values: &str,
    neurons: &[Incoming],
    neutral: impl Fn(&Incoming) -> f32,
) -> Result<String, OnnxError> {
    let most = neurons.iter().map(Vec::len).max().unwrap_or(0).max(1);
    let sides = [neurons.len(), most];
    let mut weights = build.table(neurons.len(), most, 0.0)?;
    let mut filler = build.table(neurons.len(), most, 0.0)?;
    // Places have 8 bytes, truths one.
    build.make_room(9 * weights.len())?;
    let (mut places, mut real) = (vec![0; weights.len()], vec![false; weights.len()]);
    for (neuron, incoming) in neurons.iter().enumerate() {
        filler[neuron * most..(neuron + 1) * most].fill(neutral(incoming));
        for (term, &(column, weight)) in incoming.iter().enumerate() {
            let cell = neuron * most + term;
            (places[cell], weights[cell], real[cell]) = (column, weight, true);
        }
    }
    let gathered = columns(build, values, &sides, &places);
    let weights = build.floats(&sides, &weights);
    let mut terms = build.add("Mul", &[&gathered, &weights], &[]);
    if real.contains(&false) {
        let (real, filler) = (build.truths(&sides, &real), build.floats(&sides, &filler));
        terms = build.add("Where", &[&real, &terms, &filler], &[]);
    }
    let attributes = [("axes", Attribute::Ints(&[2])), ("keepdims", Attribute::Int(0))];
    Ok(build.add(operator, &[&terms], &attributes))
}

//! ONNX models from outside, as policies that the engine runs: a chain of layers and functions, nothing else.
//!
//! Bytes are believed in nothing: sizes are checked before memory is taken, and whatever is not understood is
//! refused with a sentence that names it. `docs/onnx.md` lists what is.

mod chain;
mod fields;
mod graph;
mod operators;

use crate::error::OnnxError;
use evolve_format::NamedPolicy;
use graph::{Graph, read};

/// The largest model that is read.
pub const MAXIMUM_BYTES: usize = 1 << 29;
/// Numbers of inputs or outputs up to which a model without names is given some.
const MAXIMUM_NAMED: usize = 1_024;

/// The policy that an ONNX model describes.
pub fn import_policy(bytes: &[u8]) -> Result<NamedPolicy, OnnxError> {
    if bytes.len() > MAXIMUM_BYTES {
        return Err(OnnxError::unsupported(format!("a model of more than {MAXIMUM_BYTES} bytes")));
    }
    let graph = read(bytes)?;
    let policy = chain::policy_of(&graph)?;
    let inputs = names(&graph, "inputs", policy.inputs(), graph.input_sides.len() == 2);
    let outputs = names(&graph, "outputs", policy.outputs(), true);
    Ok(NamedPolicy { inputs, outputs, policy })
}

/// Those that our own models state; else plain numbers, which editors and agents can show.
fn names(graph: &Graph, key: &str, count: usize, is_flat: bool) -> Vec<String> {
    let stated = graph.facts.get(key).and_then(|text| serde_json::from_str::<Vec<String>>(text).ok());
    let fitting = |names: &Vec<String>| {
        names.len() == count && names.iter().all(|name| (1..=64).contains(&name.chars().count()))
    };
    match stated.filter(fitting) {
        Some(names) => names,
        None if is_flat && count <= MAXIMUM_NAMED => {
            (0..count).map(|place| format!("{}_{place}", key.trim_end_matches('s'))).collect()
        }
        None => Vec::new(),
    }
}

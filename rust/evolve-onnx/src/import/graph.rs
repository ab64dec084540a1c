//! What a model's file says, without what it means: operators, constants, and what goes in.

use super::fields::{Fields, Value};
use crate::error::OnnxError;
use std::collections::BTreeMap;

/// The most operators of a model.
const MAXIMUM_NODES: usize = 4_096;
/// The most constants of a model, or attributes of an operator.
const MAXIMUM_PARTS: usize = 4_096;
/// The most sides of a tensor.
const MAXIMUM_RANK: usize = 8;
const FLOAT: i64 = 1;
const INT64: i64 = 7;

/// A model that was read.
#[derive(Debug, Default)]
pub(super) struct Graph<'a> {
    pub nodes: Vec<Node<'a>>,
    pub constants: BTreeMap<&'a str, Tensor>,
    /// What the model is given.
    pub input: &'a str,
    /// Its sides; 0 where they are free.
    pub input_sides: Vec<usize>,
    /// What the model gives.
    pub output: &'a str,
    pub facts: BTreeMap<&'a str, &'a str>,
}

/// An operator.
#[derive(Debug, Default)]
pub(super) struct Node<'a> {
    pub operator: &'a str,
    pub inputs: Vec<&'a str>,
    pub outputs: Vec<&'a str>,
    pub attributes: BTreeMap<&'a str, Attribute<'a>>,
}

/// What an operator is told besides its inputs.
#[derive(Debug, Default)]
pub(super) struct Attribute<'a> {
    pub float: f32,
    pub int: i64,
    pub ints: Vec<i64>,
    pub text: &'a str,
    pub tensor: Option<Tensor>,
}

/// A constant: floats or whole numbers, whichever it holds.
#[derive(Clone, Debug, Default)]
pub(super) struct Tensor {
    pub sides: Vec<usize>,
    pub floats: Vec<f32>,
    pub ints: Vec<i64>,
}

/// Read a model.
pub(super) fn read(bytes: &[u8]) -> Result<Graph<'_>, OnnxError> {
    let (mut graph, mut facts, mut producer, mut seen) = (Graph::default(), BTreeMap::new(), "", false);
    for field in Fields(bytes) {
        match field? {
            (2, value) => producer = value.text()?,
            (7, value) => {
                graph = read_graph(value.bytes()?)?;
                seen = true;
            }
            (14, value) => {
                let (key, text) = read_fact(value.bytes()?)?;
                facts.insert(key, text);
            }
            _ => {}
        }
    }
    if !seen || graph.nodes.is_empty() {
        return Err(OnnxError::malformed("it has no graph"));
    }
    if producer == "evolve" && facts.contains_key("champion_sha256") {
        return Err(OnnxError::unsupported(
            "a champion that Evolve exported (games play the .evo file that it came from)".into(),
        ));
    }
    Ok(Graph { facts, ..graph })
}

fn read_fact(bytes: &[u8]) -> Result<(&str, &str), OnnxError> {
    let mut fact = ("", "");
    for field in Fields(bytes) {
        match field? {
            (1, value) => fact.0 = value.text()?,
            (2, value) => fact.1 = value.text()?,
            _ => {}
        }
    }
    Ok(fact)
}

fn read_graph(bytes: &[u8]) -> Result<Graph<'_>, OnnxError> {
    let (mut graph, mut inputs, mut outputs) = (Graph::default(), Vec::new(), Vec::new());
    for field in Fields(bytes) {
        match field? {
            (1, value) => graph.nodes.push(read_node(value.bytes()?)?),
            (5, value) => {
                let (name, tensor) = read_tensor(value.bytes()?)?;
                graph.constants.insert(name, tensor);
            }
            (11, value) => inputs.push(read_end(value.bytes()?)?),
            (12, value) => outputs.push(read_end(value.bytes()?)?),
            (15, _) => return Err(OnnxError::unsupported("sparse constants".into())),
            _ => {}
        }
        if graph.nodes.len() > MAXIMUM_NODES || graph.constants.len().max(inputs.len()) > MAXIMUM_PARTS {
            return Err(OnnxError::unsupported(format!(
                "a graph of more than {MAXIMUM_NODES} operators or {MAXIMUM_PARTS} constants"
            )));
        }
    }
    // Old models name their constants among the inputs.
    inputs.retain(|(name, _)| !graph.constants.contains_key(name));
    let (count, given) = (inputs.len(), outputs.len());
    match (<[_; 1]>::try_from(inputs), <[_; 1]>::try_from(outputs)) {
        (Ok([(input, input_sides)]), Ok([(output, _)])) => Ok(Graph { input, input_sides, output, ..graph }),
        _ => {
            Err(OnnxError::unsupported(format!("{count} inputs and {given} outputs instead of one of each")))
        }
    }
}

fn read_node(bytes: &[u8]) -> Result<Node<'_>, OnnxError> {
    let mut node = Node::default();
    for field in Fields(bytes) {
        match field? {
            (1, value) => node.inputs.push(value.text()?),
            (2, value) => node.outputs.push(value.text()?),
            (4, value) => node.operator = value.text()?,
            (5, value) => {
                let (name, attribute) = read_attribute(value.bytes()?)?;
                node.attributes.insert(name, attribute);
            }
            (7, value) if !matches!(value.text()?, "" | "ai.onnx") => {
                return Err(OnnxError::unsupported(format!("operators of {:?}", value.text()?)));
            }
            _ => {}
        }
        if node.inputs.len().max(node.outputs.len()).max(node.attributes.len()) > MAXIMUM_PARTS {
            return Err(OnnxError::malformed("an operator has thousands of parts"));
        }
    }
    Ok(node)
}

fn read_attribute(bytes: &[u8]) -> Result<(&str, Attribute<'_>), OnnxError> {
    let (mut name, mut attribute) = ("", Attribute::default());
    for field in Fields(bytes) {
        match field? {
            (1, value) => name = value.text()?,
            (2, value) => attribute.float = value.float()?,
            (3, value) => attribute.int = value.number()?,
            (4, value) => attribute.text = value.text().unwrap_or("?"),
            (5, value) => attribute.tensor = Some(read_tensor(value.bytes()?)?.1),
            (8, value) => value.numbers(&mut attribute.ints)?,
            (6 | 11, _) => return Err(OnnxError::unsupported("control flow".into())),
            _ => {}
        }
    }
    Ok((name, attribute))
}

/// Its name and its sides, 0 where they are free.
fn read_end(bytes: &[u8]) -> Result<(&str, Vec<usize>), OnnxError> {
    let (mut name, mut sides) = ("", Vec::new());
    for field in Fields(bytes) {
        match field? {
            (1, value) => name = value.text()?,
            // A type holds a tensor's type, which holds a shape, which holds its sides.
            (2, value) => {
                if let Some(shape) = within(value, 1)?.map(|tensor| within(tensor, 2)).transpose()?.flatten()
                {
                    for side in Fields(shape.bytes()?) {
                        let length = within(side?.1, 1)?.map_or(Ok(0), Value::number)?;
                        sides.push(usize::try_from(length).unwrap_or(0));
                    }
                }
            }
            _ => {}
        }
        if sides.len() > MAXIMUM_RANK {
            return Err(OnnxError::unsupported(format!("tensors of more than {MAXIMUM_RANK} sides")));
        }
    }
    Ok((name, sides))
}

/// The last field of that number in a message.
fn within(message: Value<'_>, number: u64) -> Result<Option<Value<'_>>, OnnxError> {
    let mut found = None;
    for field in Fields(message.bytes()?) {
        let (place, value) = field?;
        if place == number {
            found = Some(value);
        }
    }
    Ok(found)
}

fn read_tensor(bytes: &[u8]) -> Result<(&str, Tensor), OnnxError> {
    let (mut name, mut tensor, mut kind, mut sides, mut raw) = ("", Tensor::default(), 0, Vec::new(), None);
    for field in Fields(bytes) {
        match field? {
            (1, value) => value.numbers(&mut sides)?,
            (2, value) => kind = value.number()?,
            (4, Value::Word(bytes)) => tensor.floats.push(f32::from_le_bytes(bytes)),
            (4, value) => tensor.floats.extend(floats(value.bytes()?)),
            (7, value) => value.numbers(&mut tensor.ints)?,
            (8, value) => name = value.text()?,
            (9, value) => raw = Some(value.bytes()?),
            (13 | 14, Value::Bytes(_) | Value::Number(1)) => {
                return Err(OnnxError::unsupported(
                    "a model with weights in other files (save it as one file)".into(),
                ));
            }
            _ => {}
        }
    }
    let wrong = || OnnxError::malformed(&format!("constant {name:?} has other sides than numbers"));
    if sides.len() > MAXIMUM_RANK {
        return Err(wrong());
    }
    tensor.sides =
        sides.iter().map(|&side| usize::try_from(side).map_err(|_| wrong())).collect::<Result<_, _>>()?;
    match (kind, raw) {
        (FLOAT, Some(raw)) => tensor.floats = floats(raw).collect(),
        (INT64, Some(raw)) => {
            tensor.ints = raw.as_chunks::<8>().0.iter().map(|&bytes| i64::from_le_bytes(bytes)).collect();
        }
        _ => {}
    }
    // Constants of other types are kept empty: whoever uses one refuses it.
    let count = tensor.sides.iter().try_fold(1usize, |product, &side| product.checked_mul(side));
    let held = if kind == FLOAT { tensor.floats.len() } else { tensor.ints.len() };
    if matches!(kind, FLOAT | INT64) && count != Some(held) {
        return Err(wrong());
    }
    Ok((name, tensor))
}

fn floats(bytes: &[u8]) -> impl Iterator<Item = f32> + '_ {
    bytes.as_chunks::<4>().0.iter().map(|&bytes| f32::from_le_bytes(bytes))
}

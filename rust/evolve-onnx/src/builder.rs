//! Puts an ONNX graph together, operator by operator, and keeps its constants.
//!
//! Names are numbered in the order of the calls, so the same calls make the same bytes. Knows nothing of brains.

use crate::error::OnnxError;
use crate::wire::Message;
use std::collections::BTreeMap;

/// The lowest that has every operator as we write it, so that older runtimes and other engines read it too.
const OPSET: i64 = 13;
const IR_VERSION: i64 = 7;
const PRODUCER: &str = "evolve";
/// A protobuf message ends at 2 GiB, and we write no external data.
const MAXIMUM_CONSTANT_BYTES: usize = 1 << 30;

const FLOAT: i64 = 1;
const INT32: i64 = 6;
const INT64: i64 = 7;
const BOOL: i64 = 9;

/// What a tensor from outside or to the outside is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Kind {
    Float,
    Int32,
}

/// A side of a tensor: so long, or as long as the caller likes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Side {
    Fixed(usize),
    Free(&'static str),
}

/// What an operator is told besides its inputs.
pub(crate) enum Attribute<'a> {
    Float(f32),
    Int(i64),
    Ints(&'a [i64]),
}

impl Attribute<'_> {
    fn message(&self, name: &str) -> Message {
        let message = Message::default().text(1, name);
        match self {
            Self::Float(value) => message.float(2, *value).number(20, 1),
            Self::Int(value) => message.number(3, *value).number(20, 2),
            Self::Ints(values) => {
                message.each(*values, |message, &value| message.number(8, value)).number(20, 7)
            }
        }
    }
}

/// A graph in the making; tensors are known by their names.
pub(crate) struct Builder {
    graph: Message,
    nodes: usize,
    constants: BTreeMap<(i64, Vec<usize>, Vec<u8>), String>,
    ends: Message,
    room: usize,
}

impl Builder {
    pub fn new() -> Self {
        Self::with_room(MAXIMUM_CONSTANT_BYTES)
    }

    /// One that holds so many bytes of constants.
    pub fn with_room(room: usize) -> Self {
        Self {
            graph: Message::default(),
            nodes: 0,
            constants: BTreeMap::new(),
            ends: Message::default(),
            room,
        }
    }

    /// Add an operator with one output; gives the output's name.
    pub fn add(&mut self, operator: &str, inputs: &[&str], attributes: &[(&str, Attribute)]) -> String {
        let output = format!("{operator}_{}", self.nodes);
        self.put(operator, inputs, &[&output], attributes);
        output
    }

    /// Add an operator whose outputs have names.
    pub fn put(
        &mut self,
        operator: &str,
        inputs: &[&str],
        outputs: &[&str],
        attributes: &[(&str, Attribute)],
    ) {
        let node = Message::default()
            .each(inputs, |node, input| node.text(1, input))
            .each(outputs, |node, output| node.text(2, output))
            .text(3, outputs[0])
            .text(4, operator)
            .each(attributes, |node, (name, value)| node.message(5, &value.message(name)));
        self.graph = std::mem::take(&mut self.graph).message(1, &node);
        self.nodes += 1;
    }

    pub fn number(&mut self, value: f32) -> String {
        self.constant(FLOAT, &[], value.to_le_bytes().to_vec())
    }

    pub fn floats(&mut self, sides: &[usize], values: &[f32]) -> String {
        self.constant(FLOAT, sides, values.iter().flat_map(|value| value.to_le_bytes()).collect())
    }

    pub fn places(&mut self, sides: &[usize], values: &[i64]) -> String {
        self.constant(INT64, sides, values.iter().flat_map(|value| value.to_le_bytes()).collect())
    }

    pub fn truths(&mut self, sides: &[usize], values: &[bool]) -> String {
        self.constant(BOOL, sides, values.iter().map(|&value| u8::from(value)).collect())
    }

    /// A table to fill in and to hand to [`Builder::floats`]; refused where the file would have no room for it.
    pub fn table(&mut self, rows: usize, columns: usize, fill: f32) -> Result<Vec<f32>, OnnxError> {
        let count = rows.saturating_mul(columns);
        self.make_room(count.saturating_mul(4))?;
        Ok(vec![fill; count])
    }

    /// Note that so many bytes of constants will follow.
    pub fn make_room(&mut self, bytes: usize) -> Result<(), OnnxError> {
        let too_large = OnnxError::TooLarge { limit: MAXIMUM_CONSTANT_BYTES >> 20 };
        self.room = self.room.checked_sub(bytes).ok_or(too_large)?;
        Ok(())
    }

    /// A constant's name; equal ones are kept once.
    fn constant(&mut self, kind: i64, sides: &[usize], bytes: Vec<u8>) -> String {
        let next = format!("constant_{}", self.constants.len());
        self.constants.entry((kind, sides.to_vec(), bytes)).or_insert(next).clone()
    }

    /// Something that the caller gives.
    pub fn input(&mut self, name: &str, kind: Kind, sides: &[Side]) {
        self.ends = std::mem::take(&mut self.ends).message(11, &end(name, kind, sides));
    }

    /// Something that the caller is given.
    pub fn output(&mut self, name: &str, kind: Kind, sides: &[Side]) {
        self.ends = std::mem::take(&mut self.ends).message(12, &end(name, kind, sides));
    }

    /// The bytes of the model.
    pub fn model(self, name: &str, about: &str, facts: &[(&str, String)]) -> Vec<u8> {
        let mut constants: Vec<_> = self.constants.into_iter().collect();
        constants.sort_unstable_by_key(|(_, name)| (name.len(), name.clone()));
        let graph = self.graph.text(2, name).each(constants, |graph, ((kind, sides, bytes), name)| {
            let tensor = Message::default()
                .each(sides, |tensor, side| tensor.number(1, side as i64))
                .number(2, kind)
                .text(8, &name)
                .bytes(9, &bytes);
            graph.message(5, &tensor)
        });
        let graph = graph.append(self.ends);
        Message::default()
            .number(1, IR_VERSION)
            .text(2, PRODUCER)
            .text(3, env!("CARGO_PKG_VERSION"))
            .text(6, about)
            .message(7, &graph)
            .message(8, &Message::default().text(1, "").number(2, OPSET))
            .each(facts, |model, (key, value)| {
                model.message(14, &Message::default().text(1, key).text(2, value))
            })
            .into_bytes()
    }
}

fn end(name: &str, kind: Kind, sides: &[Side]) -> Message {
    let shape = Message::default().each(sides, |shape, side| {
        let side = match side {
            Side::Fixed(length) => Message::default().number(1, *length as i64),
            Side::Free(name) => Message::default().text(2, name),
        };
        shape.message(1, &side)
    });
    let kind = match kind {
        Kind::Float => FLOAT,
        Kind::Int32 => INT32,
    };
    let tensor = Message::default().number(1, kind).message(2, &shape);
    Message::default().text(1, name).message(2, &Message::default().message(1, &tensor))
}

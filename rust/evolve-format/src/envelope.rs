//! The envelope: one metadata key with canonical JSON, a schema, a version and, in files, a digest.

use crate::columns::{Column, Layout};
use crate::digest;
use crate::error::FormatError;
use crate::tensors::Tensors;
use safetensors::tensor::SafeTensors;
use serde_json::{Map, Value};

/// The largest file or frame.
pub(crate) const MAX_BYTES: usize = 1 << 30;
/// The largest header; the library itself would take a hundred times as much.
pub(crate) const MAX_HEADER: usize = 1 << 20;
const KEY: &str = "evolve";
/// What is written. Earlier versions are read.
const VERSION: u64 = 2;

/// JSON of the metadata on the way out. `Map` keeps its keys sorted, so equal content has equal bytes.
pub(crate) type Metadata = Map<String, Value>;

/// A file: with a digest over all of its bytes.
pub(crate) fn seal(schema: &str, mut metadata: Metadata, columns: Vec<Column>) -> Vec<u8> {
    metadata.insert("sha256".into(), Value::from(digest::NONE));
    let mut bytes = lay_out(schema, metadata, columns).to_bytes();
    digest::stamp(&mut bytes);
    bytes
}

/// A frame: without a digest.
pub(crate) fn lay_out<'a>(schema: &str, mut metadata: Metadata, columns: Vec<Column<'a>>) -> Layout<'a> {
    metadata.insert("schema".into(), Value::from(schema));
    metadata.insert("version".into(), Value::from(VERSION));
    let json = Value::Object(metadata).to_string();
    Layout::of(columns, KEY, json)
}

/// Open a file, digest and all.
pub(crate) fn open_file<'a>(
    bytes: &'a [u8],
    schema: &'static str,
) -> Result<(Fields, Tensors<'a>), FormatError> {
    let (mut fields, tensors) = open(bytes, schema)?;
    let stated = fields.text("sha256")?;
    if !digest::fits(bytes, &stated) {
        return Err(FormatError::Digest);
    }
    Ok((fields, tensors))
}

/// Open a frame.
pub(crate) fn open<'a>(bytes: &'a [u8], schema: &'static str) -> Result<(Fields, Tensors<'a>), FormatError> {
    if bytes.len() > MAX_BYTES {
        return Err(FormatError::TooLarge { size: bytes.len(), limit: MAX_BYTES });
    }
    let header = bytes.first_chunk::<8>().map_or(0, |size| u64::from_le_bytes(*size));
    if header > MAX_HEADER as u64 {
        return Err(FormatError::Envelope(format!(
            "its header of {header} bytes is larger than {MAX_HEADER}"
        )));
    }
    let wrong = |error: safetensors::SafeTensorError| FormatError::Envelope(error.to_string());
    let (_, header) = SafeTensors::read_metadata(bytes).map_err(wrong)?;
    let tensors = SafeTensors::deserialize(bytes).map_err(wrong)?;
    let metadata = header.metadata().as_ref().filter(|map| map.len() == 1).and_then(|map| map.get(KEY));
    let text = metadata.ok_or_else(|| FormatError::metadata("it must have the key `evolve` and no other"))?;
    let value: Value =
        serde_json::from_str(text).map_err(|error| FormatError::metadata(error.to_string()))?;
    let Value::Object(map) = value else {
        return Err(FormatError::metadata("it must be a JSON object"));
    };
    let mut fields = Fields { map };
    let found = fields.text("schema")?;
    if found != schema {
        return Err(FormatError::Schema { found, expected: schema });
    }
    match fields.number("version")? {
        version @ 1..=VERSION => Ok((fields, Tensors::new(tensors, version))),
        other => Err(FormatError::Version(other)),
    }
}

/// Metadata that is being read; what is taken is gone, and what is left at the end is refused.
pub(crate) struct Fields {
    map: Metadata,
}

impl Fields {
    pub fn of(value: Value, what: &str) -> Result<Self, FormatError> {
        match value {
            Value::Object(map) => Ok(Self { map }),
            _ => Err(FormatError::metadata(format!("{what} must be a JSON object"))),
        }
    }

    /// Whether there is such a key; for those that may be left out.
    pub fn has(&self, key: &str) -> bool {
        self.map.contains_key(key)
    }

    pub fn take(&mut self, key: &str) -> Result<Value, FormatError> {
        self.map.remove(key).ok_or_else(|| FormatError::metadata(format!("the key {key:?} is missing")))
    }

    fn typed<T>(&mut self, key: &str, kind: &str, read: fn(Value) -> Option<T>) -> Result<T, FormatError> {
        read(self.take(key)?).ok_or_else(|| FormatError::metadata(format!("{key:?} must be {kind}")))
    }

    pub fn text(&mut self, key: &str) -> Result<String, FormatError> {
        self.typed(key, "a text", |value| match value {
            Value::String(text) => Some(text),
            _ => None,
        })
    }

    pub fn number(&mut self, key: &str) -> Result<u64, FormatError> {
        self.typed(key, "a whole number", |value| value.as_u64())
    }

    /// A whole number that fits 32 bits.
    pub fn small(&mut self, key: &str) -> Result<u32, FormatError> {
        self.typed(key, "a whole number below 2^32", |value| value.as_u64()?.try_into().ok())
    }

    pub fn float(&mut self, key: &str) -> Result<f64, FormatError> {
        self.typed(key, "a number", |value| value.as_f64())
    }

    pub fn flag(&mut self, key: &str) -> Result<bool, FormatError> {
        self.typed(key, "true or false", |value| value.as_bool())
    }

    /// A number too large for JSON, written as decimal digits.
    pub fn digits(&mut self, key: &str) -> Result<u64, FormatError> {
        self.typed(key, "decimal digits in a text", |value| {
            let number: u64 = value.as_str()?.parse().ok()?;
            (value.as_str()? == number.to_string()).then_some(number)
        })
    }

    pub fn list(&mut self, key: &str) -> Result<Vec<Value>, FormatError> {
        self.typed(key, "a list", |value| match value {
            Value::Array(list) => Some(list),
            _ => None,
        })
    }

    pub fn texts(&mut self, key: &str) -> Result<Vec<String>, FormatError> {
        let list = self.list(key)?;
        let texts = list.into_iter().map(|value| value.as_str().map(str::to_owned));
        texts
            .collect::<Option<_>>()
            .ok_or_else(|| FormatError::metadata(format!("{key:?} must be a list of texts")))
    }

    /// Refuse keys that nobody took.
    pub fn end(self) -> Result<(), FormatError> {
        match self.map.keys().next() {
            Some(key) => Err(FormatError::metadata(format!("the key {key:?} is not known here"))),
            None => Ok(()),
        }
    }
}

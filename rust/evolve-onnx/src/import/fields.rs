//! Protobuf messages on the way in, field by field.

use crate::error::OnnxError;

/// What a field holds.
#[derive(Clone, Copy, Debug)]
pub(super) enum Value<'a> {
    Number(u64),
    Word([u8; 4]),
    /// Eight bytes, which no field of a model that is read here has.
    Long,
    Bytes(&'a [u8]),
}

impl<'a> Value<'a> {
    pub fn bytes(self) -> Result<&'a [u8], OnnxError> {
        match self {
            Self::Bytes(bytes) => Ok(bytes),
            _ => Err(OnnxError::malformed("a field has the wrong type")),
        }
    }

    pub fn text(self) -> Result<&'a str, OnnxError> {
        std::str::from_utf8(self.bytes()?).map_err(|_| OnnxError::malformed("a text is no UTF-8"))
    }

    pub fn number(self) -> Result<i64, OnnxError> {
        match self {
            Self::Number(number) => Ok(number as i64),
            _ => Err(OnnxError::malformed("a field has the wrong type")),
        }
    }

    pub fn float(self) -> Result<f32, OnnxError> {
        match self {
            Self::Word(bytes) => Ok(f32::from_le_bytes(bytes)),
            _ => Err(OnnxError::malformed("a field has the wrong type")),
        }
    }

    /// Whole numbers, which stand alone or packed.
    pub fn numbers(self, into: &mut Vec<i64>) -> Result<(), OnnxError> {
        match self {
            Self::Number(number) => into.push(number as i64),
            Self::Bytes(mut bytes) => {
                while !bytes.is_empty() {
                    into.push(varint(&mut bytes)? as i64);
                }
            }
            _ => return Err(OnnxError::malformed("a field has the wrong type")),
        }
        Ok(())
    }
}

/// The fields of a message, in their order; ends at the first error.
pub(super) struct Fields<'a>(pub &'a [u8]);

impl<'a> Iterator for Fields<'a> {
    type Item = Result<(u64, Value<'a>), OnnxError>;

    fn next(&mut self) -> Option<Self::Item> {
        if self.0.is_empty() {
            return None;
        }
        let field = field(&mut self.0);
        if field.is_err() {
            self.0 = &[];
        }
        Some(field)
    }
}

fn field<'a>(bytes: &mut &'a [u8]) -> Result<(u64, Value<'a>), OnnxError> {
    let tag = varint(bytes)?;
    let value = match tag & 7 {
        0 => Value::Number(varint(bytes)?),
        1 => take(bytes, 8).map(|_| Value::Long)?,
        2 => {
            let length = usize::try_from(varint(bytes)?).unwrap_or(usize::MAX);
            Value::Bytes(take(bytes, length)?)
        }
        5 => Value::Word(fixed(bytes)?),
        _ => return Err(OnnxError::malformed("a field has a type that protobuf does not know")),
    };
    Ok((tag >> 3, value))
}

fn fixed<const N: usize>(bytes: &mut &[u8]) -> Result<[u8; N], OnnxError> {
    take(bytes, N).map(|taken| std::array::from_fn(|place| taken[place]))
}

fn take<'a>(bytes: &mut &'a [u8], length: usize) -> Result<&'a [u8], OnnxError> {
    let (taken, rest) = bytes
        .split_at_checked(length)
        .ok_or_else(|| OnnxError::malformed("it ends in the middle of a field"))?;
    *bytes = rest;
    Ok(taken)
}

fn varint(bytes: &mut &[u8]) -> Result<u64, OnnxError> {
    let mut value = 0u64;
    for shift in (0..70).step_by(7) {
        let byte = take(bytes, 1)?[0];
        value |= u64::from(byte & 0x7f).checked_shl(shift).unwrap_or(0);
        if byte < 0x80 {
            return Ok(value);
        }
    }
    Err(OnnxError::malformed("a number has more than ten bytes"))
}

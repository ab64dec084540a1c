//! Protobuf messages on the way out: fields in the order in which they are put, nothing else.

const VARINT: u64 = 0;
const LENGTH: u64 = 2;
const FIXED_32: u64 = 5;

/// A message in the making.
#[derive(Clone, Debug, Default)]
pub(crate) struct Message {
    bytes: Vec<u8>,
}

impl Message {
    pub fn into_bytes(self) -> Vec<u8> {
        self.bytes
    }

    /// A whole number; negative ones as protobuf's int64 has them.
    pub fn number(mut self, field: u64, value: i64) -> Self {
        self.tag(field, VARINT);
        self.varint(value as u64);
        self
    }

    pub fn float(mut self, field: u64, value: f32) -> Self {
        self.tag(field, FIXED_32);
        self.bytes.extend_from_slice(&value.to_le_bytes());
        self
    }

    pub fn bytes(mut self, field: u64, value: &[u8]) -> Self {
        self.tag(field, LENGTH);
        self.varint(value.len() as u64);
        self.bytes.extend_from_slice(value);
        self
    }

    pub fn text(self, field: u64, value: &str) -> Self {
        self.bytes(field, value.as_bytes())
    }

    pub fn message(self, field: u64, value: &Self) -> Self {
        self.bytes(field, &value.bytes)
    }

    /// A field that is there once for each value.
    pub fn each<T>(self, values: impl IntoIterator<Item = T>, put: impl Fn(Self, T) -> Self) -> Self {
        values.into_iter().fold(self, put)
    }

    /// The fields of another message after one's own.
    pub fn append(mut self, other: Self) -> Self {
        self.bytes.extend(other.bytes);
        self
    }

    fn tag(&mut self, field: u64, kind: u64) {
        self.varint(field << 3 | kind);
    }

    fn varint(&mut self, mut value: u64) {
        while value >= 0x80 {
            self.bytes.push(value as u8 | 0x80);
            value >>= 7;
        }
        self.bytes.push(value as u8);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn fields_have_the_bytes_of_the_protobuf_page() {
        let inner = Message::default().number(1, 150);
        assert_eq!(inner.bytes, [0x08, 0x96, 0x01]);
        let outer = Message::default().text(2, "testing").message(3, &inner).float(4, 1.0);
        let expected = b"\x12\x07testing\x1a\x03\x08\x96\x01\x25\x00\x00\x80\x3f";
        assert_eq!(outer.into_bytes(), expected);
        assert_eq!(Message::default().number(1, -1).bytes.len(), 11);
    }
}

//! Tensors on the way out: columns of numbers that are written straight into the buffer they belong to.
//!
//! The header is the safetensors library's. The body is filled here, because the library wants every tensor as
//! bytes of its own first, and fresh pages for them took longer than the numbers.

use safetensors::tensor::{Dtype, Metadata, TensorInfo};
use std::collections::HashMap;

/// Every tensor begins at a multiple of its width, because the header ends at a multiple of the widest.
const ALIGNMENT: usize = 8;

/// A tensor that is going to be written.
pub(crate) struct Column<'a> {
    name: &'static str,
    dtype: Dtype,
    shape: Vec<usize>,
    fill: Fill<'a>,
}

/// Writes the numbers into as many bytes as they have.
type Fill<'a> = Box<dyn Fn(&mut [u8]) + 'a>;

impl<'a> Column<'a> {
    /// A list of numbers.
    pub fn list<T: Number>(name: &'static str, values: impl IntoIterator<Item = T>) -> Self {
        let values: Vec<T> = values.into_iter().collect();
        Self::new::<T>(name, vec![values.len()], move |place| fill(place, values.iter().copied()))
    }

    /// A table of numbers, row after row.
    pub fn table<T: Number>(
        name: &'static str,
        shape: [usize; 2],
        values: impl IntoIterator<Item = T>,
    ) -> Self {
        let values: Vec<T> = values.into_iter().collect();
        Self::new::<T>(name, shape.to_vec(), move |place| fill(place, values.iter().copied()))
    }

    /// Numbers of many owners after one another, `count` of them together.
    pub fn of_parts<T: Number, Part: ExactSizeIterator<Item = T>>(
        name: &'static str,
        count: usize,
        parts: impl Iterator<Item = Part> + Clone + 'a,
    ) -> Self {
        Self::new::<T>(name, vec![count], move |mut place| {
            for part in parts.clone() {
                let (here, rest) = place.split_at_mut(part.len() * T::WIDTH);
                fill(here, part);
                place = rest;
            }
        })
    }

    fn new<T: Number>(name: &'static str, shape: Vec<usize>, fill: impl Fn(&mut [u8]) + 'a) -> Self {
        Self { name, dtype: T::DTYPE, shape, fill: Box::new(fill) }
    }

    fn size(&self) -> usize {
        self.shape.iter().product::<usize>() * self.dtype.bitsize() / 8
    }
}

/// Numbers as bytes, in whole steps of their width: byte by byte, as one flat iterator, took ten times as long.
fn fill<T: Number>(place: &mut [u8], values: impl Iterator<Item = T>) {
    place.chunks_exact_mut(T::WIDTH).zip(values).for_each(|(place, value)| value.write(place));
}

/// A file or frame that is ready to be written: its size is known, and every number knows its place.
pub struct Layout<'a> {
    header: Vec<u8>,
    columns: Vec<Column<'a>>,
    size: usize,
}

impl<'a> Layout<'a> {
    /// The buffer of these columns, with one key of metadata.
    pub(crate) fn of(mut columns: Vec<Column<'a>>, key: &str, metadata: String) -> Self {
        // The library's own order: what is wide first, so that all is aligned.
        columns.sort_by(|one, other| other.dtype.cmp(&one.dtype).then(one.name.cmp(other.name)));
        let mut end = 0;
        let entries = columns.iter().map(|column| {
            let begin = end;
            end += column.size();
            let (dtype, shape) = (column.dtype, column.shape.clone());
            (column.name.to_owned(), TensorInfo { dtype, shape, data_offsets: (begin, end) })
        });
        let entries = entries.collect();
        let described = Metadata::new(Some(HashMap::from([(key.to_owned(), metadata)])), entries)
            .expect("columns follow one another");
        let text = serde_json::to_vec(&described).expect("a header is plain data");
        let length = text.len().next_multiple_of(ALIGNMENT);
        let mut header = [&(length as u64).to_le_bytes()[..], &text].concat();
        header.resize(size_of::<u64>() + length, b' ');
        Self { size: header.len() + end, header, columns }
    }

    /// How many bytes there will be.
    pub fn size(&self) -> usize {
        self.size
    }

    /// Write all of it into memory of exactly [`Layout::size`] bytes.
    ///
    /// # Panics
    /// When the memory has another size.
    pub fn write(&self, buffer: &mut [u8]) {
        assert_eq!(buffer.len(), self.size, "a layout is written into as many bytes as it has");
        let (header, mut body) = buffer.split_at_mut(self.header.len());
        header.copy_from_slice(&self.header);
        for column in &self.columns {
            let (place, rest) = body.split_at_mut(column.size());
            (column.fill)(place);
            body = rest;
        }
    }

    /// All of it, in memory of its own.
    pub fn to_bytes(&self) -> Vec<u8> {
        let mut bytes = vec![0; self.size];
        self.write(&mut bytes);
        bytes
    }
}

/// From lengths to CSR offsets.
pub(crate) fn offsets(lengths: impl Iterator<Item = usize>) -> impl Iterator<Item = u32> {
    let running = lengths.scan(0, |total, length| {
        *total += length as u32;
        Some(*total)
    });
    std::iter::once(0).chain(running)
}

/// A kind of number that tensors hold.
pub(crate) trait Number: Copy + 'static {
    const DTYPE: Dtype;
    const WIDTH: usize = size_of::<Self>();
    fn write(self, place: &mut [u8]);
}

macro_rules! numbers {
    ($($kind:ty: $dtype:ident),*) => {$(
        impl Number for $kind {
            const DTYPE: Dtype = Dtype::$dtype;
            fn write(self, place: &mut [u8]) {
                place.copy_from_slice(&self.to_le_bytes());
            }
        }
    )*};
}

numbers!(u8: U8, u16: U16, u32: U32, i64: I64, f32: F32, f64: F64);

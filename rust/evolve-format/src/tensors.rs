//! Tensors on the way in: asked for by name, typed, and checked before anybody computes with them.

use crate::error::FormatError;
use safetensors::tensor::{Dtype, SafeTensors, TensorView};

/// The tensors of a buffer that is being read. Every one must be asked for: a name nobody knows is
/// refused by [`Tensors::only`].
pub(crate) struct Tensors<'a> {
    inner: SafeTensors<'a>,
    /// The version of the format: in the first one places and counts have 64 bits, since then 32.
    pub version: u64,
}

impl<'a> Tensors<'a> {
    pub fn new(inner: SafeTensors<'a>, version: u64) -> Self {
        Self { inner, version }
    }

    /// Refuse tensors of any other name.
    pub fn only(&self, known: &[&[&str]]) -> Result<(), FormatError> {
        let mut names = self.inner.names();
        names.sort_unstable();
        let stranger = names.into_iter().find(|name| !known.iter().any(|group| group.contains(name)));
        stranger.map_or(Ok(()), |name| Err(FormatError::tensor(name, "is not known here")))
    }

    /// Whether there is a tensor of that name; for those that may be left out.
    pub fn has(&self, name: &str) -> bool {
        self.inner.tensor(name).is_ok()
    }

    fn bytes(&self, name: &str, dtype: Dtype, rank: usize) -> Result<(TensorView<'a>, usize), FormatError> {
        let view = self.inner.tensor(name).map_err(|_| FormatError::tensor(name, "is missing"))?;
        if view.dtype() != dtype || view.shape().len() != rank {
            let found = format!("{:?} {:?}", view.dtype(), view.shape());
            return Err(FormatError::tensor(
                name,
                format!("is {found}, where {dtype:?} of rank {rank} is expected"),
            ));
        }
        let rows = view.shape()[0];
        Ok((view, rows))
    }

    /// A list as it stands in the buffer: nothing is copied.
    fn list<const N: usize>(&self, name: &str, dtype: Dtype) -> Result<&'a [[u8; N]], FormatError> {
        let (view, _) = self.bytes(name, dtype, 1)?;
        Ok(view.data().as_chunks::<N>().0)
    }

    /// Whole numbers with a sign, as they stand in the buffer.
    pub fn i64(&self, name: &str) -> Result<&'a [[u8; 8]], FormatError> {
        self.list(name, Dtype::I64)
    }

    /// Places within a genome, as they stand in the buffer.
    pub fn places(&self, name: &str) -> Result<&'a [[u8; 2]], FormatError> {
        self.list(name, Dtype::U16)
    }

    /// Numbers from 0 up.
    pub fn naturals(&self, name: &str) -> Result<Vec<u64>, FormatError> {
        let read = |&bytes: &[u8; 8]| {
            let value = i64::from_le_bytes(bytes);
            let negative =
                |_| FormatError::tensor(name, format!("has the value {value}, and 0 is the least allowed"));
            u64::try_from(value).map_err(negative)
        };
        self.i64(name)?.iter().map(read).collect()
    }

    /// Codes and flags, as they stand in the buffer.
    pub fn u8(&self, name: &str) -> Result<&'a [u8], FormatError> {
        Ok(self.bytes(name, Dtype::U8, 1)?.0.data())
    }

    /// Finite numbers only, as they stand in the buffer.
    pub fn f32(&self, name: &str) -> Result<&'a [[u8; 4]], FormatError> {
        let values = self.list(name, Dtype::F32)?;
        finite(name, values.iter().position(|&value| !f32::from_le_bytes(value).is_finite()))?;
        Ok(values)
    }

    /// Finite numbers only.
    pub fn f64(&self, name: &str) -> Result<Vec<f64>, FormatError> {
        let values: Vec<f64> =
            self.list(name, Dtype::F64)?.iter().map(|&bytes| f64::from_le_bytes(bytes)).collect();
        finite(name, values.iter().position(|value| !value.is_finite()))?;
        Ok(values)
    }

    /// A matrix of f64 as (rows, columns, values); the numbers are checked by whoever takes them.
    pub fn f64_rows(&self, name: &str) -> Result<(usize, usize, Vec<f64>), FormatError> {
        let (view, rows) = self.bytes(name, Dtype::F64, 2)?;
        let values = view.data().as_chunks::<8>().0.iter().map(|&bytes| f64::from_le_bytes(bytes)).collect();
        Ok((rows, view.shape()[1], values))
    }

    /// Numbers that are places or counts: from 0 to `most`.
    pub fn counts(&self, name: &str, most: usize) -> Result<Vec<usize>, FormatError> {
        let read = |value: i64| usize::try_from(value).ok().filter(|&value| value <= most).ok_or(value);
        let values: Result<Vec<usize>, i64> = if self.version == 1 {
            self.i64(name)?.iter().map(|&bytes| read(i64::from_le_bytes(bytes))).collect()
        } else {
            self.list(name, Dtype::U32)?.iter().map(|&bytes| read(u32::from_le_bytes(bytes).into())).collect()
        };
        values.map_err(|wrong| {
            FormatError::tensor(name, format!("has the value {wrong}, and 0 to {most} are allowed"))
        })
    }

    /// CSR offsets: from 0, never falling, ending at `total`, each step at most `widest`.
    pub fn offsets(&self, name: &str, total: usize, widest: usize) -> Result<Vec<usize>, FormatError> {
        let offsets = self.counts(name, total)?;
        if offsets.first() != Some(&0) || offsets.last() != Some(&total) {
            return Err(FormatError::tensor(name, format!("must begin with 0 and end with {total}")));
        }
        match offsets.windows(2).position(|pair| pair[1] < pair[0] || pair[1] - pair[0] > widest) {
            Some(place) => {
                let problem = format!("falls, or rises by more than {widest}, after place {place}");
                Err(FormatError::tensor(name, problem))
            }
            None => Ok(offsets),
        }
    }
}

fn finite(name: &str, wrong: Option<usize>) -> Result<(), FormatError> {
    wrong.map_or(Ok(()), |place| {
        Err(FormatError::tensor(name, format!("has a number that is not finite at {place}")))
    })
}

/// Tensors of one group must have one length.
pub(crate) fn same_length(name: &str, given: usize, expected: usize) -> Result<(), FormatError> {
    if given == expected {
        return Ok(());
    }
    Err(FormatError::tensor(name, format!("has {given} entries, where {expected} are expected")))
}

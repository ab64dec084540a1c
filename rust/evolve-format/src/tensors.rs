//! Tensors by name: typed on the way in, little-endian bytes on the way out.

use crate::error::FormatError;
use safetensors::tensor::{Dtype, SafeTensors, TensorView};

/// A tensor that is going to be written.
pub(crate) struct Column {
    pub name: &'static str,
    dtype: Dtype,
    shape: Vec<usize>,
    data: Vec<u8>,
}

impl Column {
    pub fn i64(name: &'static str, values: impl IntoIterator<Item = i64>) -> Self {
        let data = packed(values, i64::to_le_bytes);
        Self { name, dtype: Dtype::I64, shape: vec![data.len() / 8], data }
    }

    pub fn f32(name: &'static str, values: impl IntoIterator<Item = f32>) -> Self {
        let data = packed(values, f32::to_le_bytes);
        Self { name, dtype: Dtype::F32, shape: vec![data.len() / 4], data }
    }

    pub fn f64(name: &'static str, shape: Vec<usize>, values: impl IntoIterator<Item = f64>) -> Self {
        Self { name, dtype: Dtype::F64, shape, data: packed(values, f64::to_le_bytes) }
    }

    pub fn u8(name: &'static str, values: impl IntoIterator<Item = u8>) -> Self {
        let data: Vec<u8> = values.into_iter().collect();
        Self { name, dtype: Dtype::U8, shape: vec![data.len()], data }
    }

    pub fn view(&self) -> TensorView<'_> {
        TensorView::new(self.dtype, self.shape.clone(), &self.data).expect("a column's data has its shape")
    }
}

/// Numbers as bytes. Number by number: byte by byte, as one flat iterator, took ten times as long.
fn packed<T, const N: usize>(values: impl IntoIterator<Item = T>, bytes: fn(T) -> [u8; N]) -> Vec<u8> {
    let values = values.into_iter();
    let mut data = Vec::with_capacity(values.size_hint().0 * N);
    values.for_each(|value| data.extend_from_slice(&bytes(value)));
    data
}

/// The tensors of a buffer that is being read. Every one must be asked for: a name nobody knows is
/// refused by [`Tensors::only`].
pub(crate) struct Tensors<'a> {
    inner: SafeTensors<'a>,
}

impl<'a> Tensors<'a> {
    pub fn new(inner: SafeTensors<'a>) -> Self {
        Self { inner }
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

    fn list<T, const N: usize>(
        &self,
        name: &str,
        dtype: Dtype,
        read: fn([u8; N]) -> T,
    ) -> Result<Vec<T>, FormatError> {
        let (view, _) = self.bytes(name, dtype, 1)?;
        Ok(view.data().as_chunks::<N>().0.iter().map(|&bytes| read(bytes)).collect())
    }

    pub fn i64(&self, name: &str) -> Result<Vec<i64>, FormatError> {
        self.list(name, Dtype::I64, i64::from_le_bytes)
    }

    /// Numbers from 0 up.
    pub fn naturals(&self, name: &str) -> Result<Vec<u64>, FormatError> {
        let read = |value: i64| {
            let negative =
                |_| FormatError::tensor(name, format!("has the value {value}, and 0 is the least allowed"));
            u64::try_from(value).map_err(negative)
        };
        self.i64(name)?.into_iter().map(read).collect()
    }

    pub fn u8(&self, name: &str) -> Result<Vec<u8>, FormatError> {
        self.list(name, Dtype::U8, |[byte]: [u8; 1]| byte)
    }

    /// Finite numbers only.
    pub fn f32(&self, name: &str) -> Result<Vec<f32>, FormatError> {
        let values = self.list(name, Dtype::F32, f32::from_le_bytes)?;
        finite(name, values.iter().position(|value| !value.is_finite()))?;
        Ok(values)
    }

    /// Finite numbers only, in rows.
    pub fn f64(&self, name: &str) -> Result<Vec<f64>, FormatError> {
        let values = self.list(name, Dtype::F64, f64::from_le_bytes)?;
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
        let values = self.i64(name)?;
        let checked = values.iter().map(|&value| usize::try_from(value).ok().filter(|&value| value <= most));
        checked.collect::<Option<Vec<usize>>>().ok_or_else(|| {
            let wrong =
                values.iter().find(|&&value| usize::try_from(value).map_or(true, |value| value > most));
            FormatError::tensor(
                name,
                format!("has the value {}, and 0 to {most} are allowed", wrong.unwrap_or(&0)),
            )
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

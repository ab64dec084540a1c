//! Arrays of Python in, bytes out that numpy takes as they are; for every kind of number.

use crate::errors;
use pyo3::buffer::{Element, PyBuffer};
use pyo3::prelude::*;
use pyo3::types::PyByteArray;

/// The numbers of an array, row after row. They are copied, so that nothing another thread does to the array
/// can change them under the engine.
pub fn copied<T: Element>(given: &Bound<'_, PyAny>, name: &str, kind: &str) -> PyResult<Vec<T>> {
    let wrong = |_| errors::evolve(format!("{name} are no array of {kind}"));
    PyBuffer::<T>::get(given).map_err(wrong)?.to_vec(given.py())
}

/// Numbers as bytes.
pub fn bytes<'py, T: Copy, const N: usize>(
    python: Python<'py>,
    values: &[T],
    write: impl Fn(T) -> [u8; N],
) -> PyResult<Bound<'py, PyByteArray>> {
    PyByteArray::new_with(python, values.len() * N, |out| {
        out.as_chunks_mut::<N>().0.iter_mut().zip(values).for_each(|(out, &value)| *out = write(value));
        Ok(())
    })
}

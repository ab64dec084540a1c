//! `WorkBatch` and `Results`: what an `Evolution` asks for, and what it is told.

use crate::errors;
use evolve_core::network::Brains;
use evolve_core::work::{Results as EngineResults, UnitId, UnitResult, WorkBatch as EngineBatch};
use evolve_format::{decode_batch, decode_results, encode_batch, encode_results};
use evolve_worlds::{WorldKind, evaluate};
use pyo3::prelude::*;
use pyo3::types::PyBytes;

/// A world by name, or a sentence with the names there are.
pub fn world(name: &str) -> PyResult<WorldKind> {
    let names = || WorldKind::ALL.iter().map(|kind| kind.name()).collect::<Vec<_>>().join(", ");
    WorldKind::from_name(name)
        .ok_or_else(|| errors::evolve(format!("there is no world {name:?}; the worlds are {}", names())))
}

#[pyclass(module = "evolve._native")]
pub struct WorkBatch {
    batch: EngineBatch,
    /// Compiled when the first member thinks: a batch that is only passed on needs no networks.
    brains: Option<Brains>,
}

impl WorkBatch {
    pub fn new(batch: EngineBatch) -> Self {
        Self { batch, brains: None }
    }
}

#[pymethods]
impl WorkBatch {
    #[staticmethod]
    fn from_bytes(data: &[u8]) -> PyResult<Self> {
        decode_batch(data).map(Self::new).map_err(errors::format)
    }

    fn to_bytes<'py>(&self, python: Python<'py>) -> Bound<'py, PyBytes> {
        PyBytes::new(python, &encode_batch(&self.batch))
    }

    #[getter]
    fn units(&self) -> Vec<u64> {
        self.batch.units.iter().map(|unit| unit.id.0).collect()
    }

    #[getter]
    fn seeds(&self) -> Vec<u64> {
        self.batch.units.iter().map(|unit| unit.seed).collect()
    }

    #[getter]
    fn ticks(&self) -> Vec<u32> {
        self.batch.units.iter().map(|unit| unit.ticks).collect()
    }

    fn members(&self, unit: usize) -> PyResult<Vec<usize>> {
        let count = self.batch.units.len();
        let work = self.batch.units.get(unit);
        let work =
            work.ok_or_else(|| errors::evolve(format!("there is no unit {unit}; this batch has {count}")))?;
        let first: usize = self.batch.units[..unit].iter().map(|unit| unit.genomes.len()).sum();
        Ok((first..first + work.genomes.len()).collect())
    }
    fn think(&mut self, member: i32, observations: Vec<f32>) -> PyResult<Vec<f32>> {
        let brains = self.brains.get_or_insert_with(|| Brains::new(&self.batch));
        let mut actions = Vec::new();
        brains.think(&[member], &observations, &mut actions).map_err(errors::evolve)?;
        Ok(actions)
    }

    #[pyo3(signature = (world, threads = 1))]
    fn evaluate(&self, python: Python<'_>, world: &str, threads: usize) -> PyResult<Results> {
        let kind = self::world(world)?;
        let results = python.detach(|| evaluate(kind, &self.batch, threads));
        results.map(|inner| Results { inner }).map_err(errors::evolve)
    }
}

#[pyclass(module = "evolve._native")]
pub struct Results {
    inner: EngineResults,
}

impl Results {
    pub fn inner(&self) -> &EngineResults {
        &self.inner
    }
}

#[pymethods]
impl Results {
    #[new]
    fn new() -> Self {
        Self { inner: EngineResults { objectives: 1, units: Vec::new() } }
    }

    #[staticmethod]
    fn from_bytes(data: &[u8]) -> PyResult<Self> {
        decode_results(data).map(|inner| Self { inner }).map_err(errors::format)
    }

    fn to_bytes<'py>(&self, python: Python<'py>) -> Bound<'py, PyBytes> {
        PyBytes::new(python, &encode_results(&self.inner))
    }

    #[getter]
    fn units(&self) -> Vec<u64> {
        self.inner.units.iter().map(|unit| unit.id.0).collect()
    }
    fn add(&mut self, unit: u64, scores: Vec<Vec<f64>>, steps: u64) -> PyResult<()> {
        let width = scores.first().map_or(0, Vec::len);
        let expected = if self.inner.units.is_empty() { width } else { self.inner.objectives };
        if width == 0 || scores.iter().any(|row| row.len() != expected) {
            let message = format!("unit {unit} needs a row of scores for each member, all of one length");
            return Err(errors::result(message));
        }
        self.inner.objectives = width;
        self.inner.units.push(UnitResult { id: UnitId(unit), steps, scores: scores.concat() });
        Ok(())
    }
}

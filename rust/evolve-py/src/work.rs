//! `WorkBatch` and `Results`: what an `Evolution` asks for, and what it is told.

use crate::errors;
use crate::evolution::write;
use crate::numbers;
use evolve_core::evolution::Champion;
use evolve_core::metric::{self, Metric};
use evolve_core::network::Brains;
use evolve_core::work::{Results as EngineResults, UnitId, UnitResult, WorkBatch as EngineBatch};
use evolve_format::{
    Brain, Layout, decode_batch, decode_results, encode_champion, lay_out_batch, lay_out_results,
};
use evolve_worlds::{WorldKind, evaluate};
use pyo3::prelude::*;
use pyo3::types::{PyByteArray, PyBytes, PyDict};
use std::collections::BTreeMap;
use std::path::PathBuf;
use std::sync::Arc;

/// A world by name, or a sentence with the names there are.
pub fn world(name: &str) -> PyResult<WorldKind> {
    let names = || WorldKind::ALL.iter().map(|kind| kind.name()).collect::<Vec<_>>().join(", ");
    WorldKind::from_name(name)
        .ok_or_else(|| errors::evolve(format!("there is no world {name:?}; the worlds are {}", names())))
}

/// A frame, written into Python's memory at once: a copy of a large one costs more than what it holds.
fn bytes<'py>(python: Python<'py>, layout: &Layout) -> PyResult<Bound<'py, PyBytes>> {
    PyBytes::new_with(python, layout.size(), |memory| {
        layout.write(memory);
        Ok(())
    })
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

    pub fn batch(&self) -> &EngineBatch {
        &self.batch
    }
}

#[pymethods]
impl WorkBatch {
    #[staticmethod]
    fn from_bytes(data: &[u8]) -> PyResult<Self> {
        decode_batch(data).map(Self::new).map_err(errors::format)
    }

    fn to_bytes<'py>(&self, python: Python<'py>) -> PyResult<Bound<'py, PyBytes>> {
        bytes(python, &lay_out_batch(&self.batch))
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

    #[getter]
    fn objectives(&self) -> Vec<String> {
        self.batch.objectives.clone()
    }

    #[getter]
    fn behaviour(&self) -> Vec<String> {
        self.batch.behaviour.clone()
    }

    fn members(&self, unit: usize) -> PyResult<Vec<usize>> {
        let count = self.batch.units.len();
        let work = self.batch.units.get(unit);
        let work =
            work.ok_or_else(|| errors::evolve(format!("there is no unit {unit}; this batch has {count}")))?;
        let first: usize = self.batch.units[..unit].iter().map(|unit| unit.genomes.len()).sum();
        Ok((first..first + work.genomes.len()).collect())
    }

    /// Units whose results shall have a trace; units of other batches are none of this one's business.
    fn ask_for_traces(&mut self, units: Vec<u64>) {
        for unit in &mut self.batch.units {
            unit.traced |= units.contains(&unit.id.0);
        }
    }

    fn players(&self) -> Vec<Vec<(String, usize)>> {
        let player = |&genome: &usize| {
            let entry = &self.batch.genomes[genome];
            (self.batch.populations[entry.population].name.clone(), entry.index)
        };
        self.batch.units.iter().map(|unit| unit.genomes.iter().map(player).collect()).collect()
    }

    fn save_brain(&self, member: usize, path: PathBuf, seed: u64, fitness: f64) -> PyResult<String> {
        let mut rows =
            self.batch.units.iter().flat_map(|unit| unit.genomes.iter().map(move |&genome| (unit, genome)));
        let (unit, genome) = rows
            .nth(member)
            .ok_or_else(|| errors::evolve(format!("there is no member {member} in this batch")))?;
        let entry = &self.batch.genomes[genome];
        let (genome, generation) = (Arc::clone(&entry.genome), unit.id.generation());
        let shape = self.batch.populations[entry.population].clone();
        let brain = Brain { shape, champion: Champion { genome, fitness, generation }, seed };
        write(path, &encode_champion(&brain))
    }

    fn think(&mut self, member: i32, observations: Vec<f32>) -> PyResult<Vec<f32>> {
        let brains = self.brains.get_or_insert_with(|| Brains::new(&self.batch));
        let mut actions = Vec::new();
        brains.think(&[member], &observations, &mut actions).map_err(errors::evolve)?;
        Ok(actions)
    }

    fn think_rows<'py>(
        &mut self,
        members: &Bound<'py, PyAny>,
        observations: &Bound<'py, PyAny>,
    ) -> PyResult<Bound<'py, PyByteArray>> {
        let rows: Vec<i32> = numbers::copied(members, "the members", "int32")?;
        let observations: Vec<f32> = numbers::copied(observations, "the observations", "float32")?;
        let brains = self.brains.get_or_insert_with(|| Brains::new(&self.batch));
        let mut actions = Vec::new();
        brains.think(&rows, &observations, &mut actions).map_err(errors::evolve)?;
        numbers::bytes(members.py(), &actions, f32::to_ne_bytes)
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
        Self { inner: EngineResults { objectives: 1, descriptors: 0, units: Vec::new() } }
    }

    #[staticmethod]
    fn from_bytes(data: &[u8]) -> PyResult<Self> {
        decode_results(data).map(|inner| Self { inner }).map_err(errors::format)
    }

    fn to_bytes<'py>(&self, python: Python<'py>) -> PyResult<Bound<'py, PyBytes>> {
        bytes(python, &lay_out_results(&self.inner))
    }

    #[getter]
    fn units(&self) -> Vec<u64> {
        self.inner.units.iter().map(|unit| unit.id.0).collect()
    }

    fn episode<'py>(&self, python: Python<'py>, unit: u64) -> PyResult<Option<Bound<'py, PyDict>>> {
        let Some(result) = self.inner.units.iter().find(|result| result.id.0 == unit) else {
            return Ok(None);
        };
        let trace: Vec<u8> = result.trace.iter().flat_map(|entry| entry.to_ne_bytes()).collect();
        let episode = PyDict::new(python);
        episode.set_item("steps", result.steps)?;
        episode.set_item("scores", &result.scores)?;
        episode.set_item("behaviour", &result.behaviour)?;
        episode.set_item("trace", PyBytes::new(python, &trace))?;
        let metrics: Vec<_> = result.metrics.iter().map(|one| (one.member, &*one.name, one.value)).collect();
        episode.set_item("metrics", metrics)?;
        Ok(Some(episode))
    }

    #[pyo3(signature = (unit, scores, steps, behaviour = None, metrics = None))]
    fn add(
        &mut self,
        unit: u64,
        scores: Vec<Vec<f64>>,
        steps: u64,
        behaviour: Option<Vec<Vec<f64>>>,
        metrics: Option<Vec<BTreeMap<String, f64>>>,
    ) -> PyResult<()> {
        let behaviour = behaviour.unwrap_or_else(|| vec![Vec::new(); scores.len()]);
        let known = (!self.inner.units.is_empty()).then_some(&self.inner);
        let objectives = width(&scores, known.map(|known| known.objectives)).filter(|&width| width > 0);
        let descriptors = width(&behaviour, known.map(|known| known.descriptors));
        let (Some(objectives), Some(descriptors)) = (objectives, descriptors) else {
            let message = format!("unit {unit} needs a row of scores for each member, all of one length");
            return Err(errors::result(message));
        };
        if behaviour.len() != scores.len() {
            let (rows, members) = (behaviour.len(), scores.len());
            let message = format!("unit {unit} has {rows} rows of behaviour for {members} members");
            return Err(errors::result(message));
        }
        let metrics = noted(unit, metrics, scores.len())?;
        (self.inner.objectives, self.inner.descriptors) = (objectives, descriptors);
        let result = UnitResult::scored(UnitId(unit), steps, scores.concat());
        self.inner.units.push(UnitResult { behaviour: behaviour.concat(), metrics, ..result });
        Ok(())
    }
}

/// The metrics of each member, in their order.
fn noted(unit: u64, metrics: Option<Vec<BTreeMap<String, f64>>>, members: usize) -> PyResult<Vec<Metric>> {
    let Some(metrics) = metrics else { return Ok(Vec::new()) };
    if metrics.len() != members {
        let rows = metrics.len();
        return Err(errors::result(format!(
            "unit {unit} has metrics of {rows} members, but {members} of them"
        )));
    }
    let each = metrics.into_iter().enumerate().flat_map(|(member, names)| {
        names.into_iter().map(move |(name, value)| Metric { member: member as u32, name: name.into(), value })
    });
    let metrics: Vec<Metric> = each.collect();
    metric::check(&metrics, members).map_err(|problem| errors::result(format!("unit {unit}: {problem}")))?;
    Ok(metrics)
}

/// The length that all rows have, and that earlier ones had; None when there is no such length.
fn width(rows: &[Vec<f64>], known: Option<usize>) -> Option<usize> {
    let width = known.or_else(|| rows.first().map(Vec::len))?;
    rows.iter().all(|row| row.len() == width).then_some(width)
}

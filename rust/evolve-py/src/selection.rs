//! Selection for Python: buffers of float64 in, bytes out that numpy takes as they are.
//!
//! A buffer is copied once, so that nothing another thread does to an array can change it under the
//! engine.

use crate::errors;
use evolve_core::selection::crowding::{CrowdingMeter, CrowdingScale};
use evolve_core::selection::dominance::DominanceSorter;
use evolve_core::selection::nsga2::Nsga2;
use evolve_core::selection::nsga2_run::{Nsga2Run as Engine, Nsga2Settings};
use evolve_core::selection::real::Bounds;
use evolve_core::selection::{Direction, Objectives};
use pyo3::buffer::{Element, PyBuffer};
use pyo3::prelude::*;
use pyo3::types::PyByteArray;
use std::cell::Cell;

/// What sorts work in, kept between calls: memory that is new costs a page fault for every 4 KiB, a tenth of
/// the time that 10,000 rows take.
#[derive(Default)]
struct Scratch {
    values: Vec<f64>,
    sorter: DominanceSorter,
    nsga2: Nsga2,
    numbers: Vec<u32>,
}

thread_local! {
    static SCRATCH: Cell<Option<Box<Scratch>>> = const { Cell::new(None) };
}

/// Lend the thread's scratch out. It is away meanwhile: making Python objects may run anybody's finalisers,
/// and those may sort.
fn with_scratch<T>(work: impl FnOnce(&mut Scratch) -> PyResult<T>) -> PyResult<T> {
    let mut scratch = SCRATCH.take().unwrap_or_default();
    let done = work(&mut scratch);
    SCRATCH.set(Some(scratch));
    done
}

pub fn add_to(module: &Bound<'_, PyModule>) -> PyResult<()> {
    module.add_class::<Nsga2Run>()?;
    module.add_function(wrap_pyfunction!(non_dominated_ranks, module)?)?;
    module.add_function(wrap_pyfunction!(crowding_distance, module)?)?;
    module.add_function(wrap_pyfunction!(nsga2_select, module)?)
}

/// The rank of each row, int64.
#[pyfunction]
#[pyo3(signature = (objectives, maximise = None))]
fn non_dominated_ranks<'py>(
    objectives: &Bound<'py, PyAny>,
    maximise: Option<Vec<bool>>,
) -> PyResult<Bound<'py, PyByteArray>> {
    let directions = directions(maximise);
    with_scratch(|Scratch { values, sorter, numbers, .. }| {
        let width = copy_table(objectives, "objectives", values)?;
        let checked = Objectives::new(values, width, &directions).map_err(errors::evolve)?;
        sorter.ranks(&checked, numbers);
        whole_numbers(objectives.py(), numbers)
    })
}

/// The crowding distance of each row within its front, float64.
#[pyfunction]
#[pyo3(signature = (objectives, ranks = None, divide_by_objectives = false))]
fn crowding_distance<'py>(
    objectives: &Bound<'py, PyAny>,
    ranks: Option<&Bound<'py, PyAny>>,
    divide_by_objectives: bool,
) -> PyResult<Bound<'py, PyByteArray>> {
    let python = objectives.py();
    let (values, width) = table(objectives, "objectives")?;
    let objectives = Objectives::new(&values, width, &[]).map_err(errors::evolve)?;
    let ranks = match ranks {
        Some(given) => checked_ranks(given)?,
        None => vec![0; objectives.len()],
    };
    let scale = if divide_by_objectives { CrowdingScale::Mean } else { CrowdingScale::Sum };
    let mut distances = Vec::new();
    CrowdingMeter::new().distances(&objectives, &ranks, scale, &mut distances).map_err(errors::evolve)?;
    bytes(python, &distances, f64::to_ne_bytes)
}

/// The indices of the survivors, int64.
#[pyfunction]
#[pyo3(signature = (objectives, count, maximise = None))]
fn nsga2_select<'py>(
    objectives: &Bound<'py, PyAny>,
    count: usize,
    maximise: Option<Vec<bool>>,
) -> PyResult<Bound<'py, PyByteArray>> {
    let directions = directions(maximise);
    with_scratch(|Scratch { values, nsga2, numbers, .. }| {
        let width = copy_table(objectives, "objectives", values)?;
        let checked = Objectives::new(values, width, &directions).map_err(errors::evolve)?;
        nsga2.select(&checked, count, numbers).map_err(errors::evolve)?;
        whole_numbers(objectives.py(), numbers)
    })
}

#[pyclass(module = "evolve._native")]
pub struct Nsga2Run {
    engine: Engine,
}

#[pymethods]
impl Nsga2Run {
    #[new]
    fn new(lower: Vec<f64>, upper: Vec<f64>, population: usize, seed: u64) -> PyResult<Self> {
        let bounds = Bounds::new(&lower, &upper).map_err(errors::evolve)?;
        let engine = Engine::new(&bounds, population, Nsga2Settings::default(), seed);
        Ok(Self { engine: engine.map_err(errors::evolve)? })
    }

    #[getter]
    fn generation(&self) -> u32 {
        self.engine.generation()
    }

    #[getter]
    fn objectives(&self) -> usize {
        self.engine.objectives()
    }

    fn ask<'py>(&self, python: Python<'py>) -> PyResult<Bound<'py, PyByteArray>> {
        bytes(python, self.engine.ask(), f64::to_ne_bytes)
    }

    fn tell(&mut self, objectives: &Bound<'_, PyAny>) -> PyResult<()> {
        let (values, width) = table(objectives, "objectives")?;
        self.engine.tell(&values, width).map_err(errors::evolve)
    }

    fn survivors<'py>(&self, python: Python<'py>) -> PyResult<Bound<'py, PyByteArray>> {
        bytes(python, self.engine.survivors(), f64::to_ne_bytes)
    }

    fn scores<'py>(&self, python: Python<'py>) -> PyResult<Bound<'py, PyByteArray>> {
        bytes(python, self.engine.scores(), f64::to_ne_bytes)
    }
}

/// The values of a table of float64 and the width of its rows.
fn table(given: &Bound<'_, PyAny>, name: &str) -> PyResult<(Vec<f64>, usize)> {
    let mut values = Vec::new();
    let width = copy_table(given, name, &mut values)?;
    Ok((values, width))
}

/// The same into memory that is there.
fn copy_table(given: &Bound<'_, PyAny>, name: &str, values: &mut Vec<f64>) -> PyResult<usize> {
    let buffer = buffer::<f64>(given, name, "float64")?;
    match *buffer.shape() {
        [_, width] => {
            values.resize(buffer.item_count(), 0.0);
            buffer.copy_to_slice(given.py(), values)?;
            Ok(width)
        }
        _ => Err(errors::evolve(format!(
            "{name} have {} dimensions; a table has 2, a row for each individual",
            buffer.dimensions()
        ))),
    }
}

fn checked_ranks(given: &Bound<'_, PyAny>) -> PyResult<Vec<u32>> {
    let ranks = buffer::<i64>(given, "ranks", "int64")?.to_vec(given.py())?;
    let narrow = |rank: i64| u32::try_from(rank).map_err(|_| errors::evolve(format!("{rank} is no rank")));
    ranks.into_iter().map(narrow).collect()
}

fn buffer<T: Element>(given: &Bound<'_, PyAny>, name: &str, kind: &str) -> PyResult<PyBuffer<T>> {
    PyBuffer::get(given).map_err(|_| errors::evolve(format!("{name} are no array of {kind}")))
}

fn directions(maximise: Option<Vec<bool>>) -> Vec<Direction> {
    let direction = |up: bool| if up { Direction::Maximise } else { Direction::Minimise };
    maximise.unwrap_or_default().into_iter().map(direction).collect()
}

fn whole_numbers<'py>(python: Python<'py>, numbers: &[u32]) -> PyResult<Bound<'py, PyByteArray>> {
    bytes(python, numbers, |number| i64::from(number).to_ne_bytes())
}

fn bytes<'py, T: Copy>(
    python: Python<'py>,
    values: &[T],
    write: impl Fn(T) -> [u8; 8],
) -> PyResult<Bound<'py, PyByteArray>> {
    PyByteArray::new_with(python, values.len() * 8, |out| {
        out.as_chunks_mut::<8>().0.iter_mut().zip(values).for_each(|(out, &value)| *out = write(value));
        Ok(())
    })
}

//! A whole population as one ONNX graph: the shape of a session, and what it is given once a generation.

use crate::errors;
use crate::numbers::bytes;
use crate::work::WorkBatch;
use evolve_onnx::population::{PopulationPlan as Plan, Shape, population_model, tables_of};
use pyo3::prelude::*;
use pyo3::types::{PyByteArray, PyBytes};

/// Of a member that runs natively, and of one of another population.
const NATIVE: i32 = -1;
const FOREIGN: i32 = -2;

pub fn add_to(module: &Bound<'_, PyModule>) -> PyResult<()> {
    module.add_class::<GraphShape>()?;
    module.add_class::<PopulationPlan>()
}

#[pyclass(module = "evolve._native", frozen)]
pub struct GraphShape(Shape);

#[pymethods]
impl GraphShape {
    #[getter]
    fn genomes(&self) -> usize {
        self.0.genomes
    }

    #[getter]
    fn inputs(&self) -> usize {
        self.0.inputs
    }

    #[getter]
    fn outputs(&self) -> usize {
        self.0.outputs
    }

    #[getter]
    fn depth(&self) -> usize {
        self.0.levels.len()
    }

    #[getter]
    fn slots(&self) -> usize {
        self.0.slots()
    }

    #[getter]
    fn weights(&self) -> usize {
        self.0.weights()
    }

    #[getter]
    fn levels(&self) -> Vec<(usize, Vec<usize>)> {
        self.0.levels.iter().map(|level| (level.terms, level.widths.to_vec())).collect()
    }

    fn rounded(&self) -> Self {
        Self(self.0.rounded())
    }

    fn is_wasteful_for(&self, need: &Self) -> bool {
        self.0.is_wasteful_for(&need.0)
    }

    fn model<'py>(&self, python: Python<'py>) -> Bound<'py, PyBytes> {
        PyBytes::new(python, &population_model(&self.0))
    }
}

#[pyclass(module = "evolve._native", frozen)]
pub struct PopulationPlan {
    plan: Plan,
    members: Vec<i32>,
}

#[pymethods]
impl PopulationPlan {
    #[new]
    #[pyo3(signature = (batch, population = 0))]
    fn new(batch: &WorkBatch, population: usize) -> PyResult<Self> {
        let batch = batch.batch();
        let count = batch.populations.len();
        if population >= count {
            return Err(errors::evolve(format!(
                "there is no population {population}; this batch has {count}"
            )));
        }
        let plan = Plan::new(batch, population);
        let member = |&genome: &usize| match plan.places()[genome] {
            Some(place) => place as i32,
            None if batch.genomes[genome].population == population => NATIVE,
            None => FOREIGN,
        };
        let members = batch.units.iter().flat_map(|unit| &unit.genomes).map(member).collect();
        Ok(Self { plan, members })
    }

    #[getter]
    fn need(&self) -> GraphShape {
        GraphShape(self.plan.need().clone())
    }

    fn members<'py>(&self, python: Python<'py>) -> PyResult<Bound<'py, PyByteArray>> {
        bytes(python, &self.members, i32::to_ne_bytes)
    }

    fn tables<'py>(&self, python: Python<'py>, shape: &GraphShape) -> PyResult<Option<Vec<NamedTable<'py>>>> {
        let Some(tables) = python.detach(|| self.plan.tables(&shape.0)) else { return Ok(None) };
        let numbers = |values: &[f32]| bytes(python, values, f32::to_ne_bytes);
        let places = |values: &[i32]| bytes(python, values, i32::to_ne_bytes);
        let mut data = Vec::new();
        for (sources, (weights, biases)) in
            tables.sources.iter().zip(tables.weights.iter().zip(&tables.biases))
        {
            data.extend([places(sources)?, numbers(weights)?, numbers(biases)?]);
        }
        data.push(places(&tables.outputs)?);
        let named = tables_of(&shape.0).into_iter().zip(data);
        Ok(Some(named.map(|(table, data)| (table.name, table.holds_places, table.sides, data)).collect()))
    }
}

/// Its name, whether it holds places, its sides, and its numbers.
type NamedTable<'py> = (String, bool, Vec<usize>, Bound<'py, PyByteArray>);

//! `Evolution`: the ask/tell machine for Python.

use crate::errors;
use crate::report::describe;
use crate::work::{Results, WorkBatch};
use evolve_core::evolution::{Archipelago, Champion, Exhibit, Told};
use evolve_core::work::UnitId;
use evolve_format::config::{config_text, parse_config};
use evolve_format::{Brain, decode_run, encode_champion, encode_run, file_digest, read_file, write_file};
use pyo3::prelude::*;
use pyo3::types::{PyDict, PyList};
use std::path::PathBuf;
use std::sync::Arc;

#[pyclass(module = "evolve._native")]
pub struct Evolution {
    engine: Archipelago,
}

#[pymethods]
impl Evolution {
    #[new]
    fn new(config: &str, seed: u64) -> PyResult<Self> {
        let config = parse_config(config).map_err(errors::config)?;
        Ok(Self { engine: Archipelago::new(config, seed).map_err(errors::config)? })
    }

    #[staticmethod]
    fn load(path: PathBuf) -> PyResult<Self> {
        let bytes = read_file(&path).map_err(errors::storage)?;
        let named = |error: &dyn std::fmt::Display| errors::format(format!("{}: {error}", path.display()));
        Ok(Self { engine: decode_run(&bytes).map_err(|error| named(&error))? })
    }

    #[getter]
    fn generation(&self) -> u32 {
        self.engine.generation()
    }

    #[getter]
    fn seed(&self) -> u64 {
        self.engine.seed()
    }

    #[getter]
    fn config(&self) -> String {
        config_text(self.engine.config())
    }

    #[getter]
    fn evaluations(&self) -> u64 {
        self.engine.evaluations()
    }

    #[getter]
    fn units(&self) -> usize {
        self.engine.units()
    }

    #[getter]
    fn units_waiting(&self) -> usize {
        self.engine.units_waiting()
    }

    fn ask(&mut self, count: usize) -> Option<WorkBatch> {
        self.engine.ask(count).map(WorkBatch::new)
    }

    fn tell<'py>(&mut self, python: Python<'py>, results: &Results) -> PyResult<Bound<'py, PyDict>> {
        let told = self.engine.tell(results.inner()).map_err(errors::refused)?;
        answer(python, told)
    }

    fn release(&mut self, units: Vec<u64>) -> usize {
        let units: Vec<UnitId> = units.into_iter().map(UnitId).collect();
        self.engine.release(&units)
    }

    fn ask_again(&self, units: Vec<u64>) -> Option<WorkBatch> {
        let units: Vec<UnitId> = units.into_iter().map(UnitId).collect();
        self.engine.ask_again(&units).map(WorkBatch::new)
    }

    fn fail<'py>(&mut self, python: Python<'py>, units: Vec<u64>) -> PyResult<Bound<'py, PyDict>> {
        let units: Vec<UnitId> = units.into_iter().map(UnitId).collect();
        let told = self.engine.fail(&units).map_err(errors::result)?;
        answer(python, told)
    }

    #[getter]
    fn populations(&self) -> Vec<String> {
        self.engine.config().populations.iter().map(|population| population.name.clone()).collect()
    }

    #[pyo3(signature = (population=0))]
    fn best_fitness(&self, population: usize) -> PyResult<Option<f64>> {
        let place = self.place(population)?;
        Ok(self.engine.champion(place).map(|champion| champion.fitness))
    }

    fn reaches(&self, fitness: f64) -> bool {
        self.engine.reaches(fitness)
    }

    fn gallery<'py>(&self, python: Python<'py>) -> PyResult<Bound<'py, PyList>> {
        let list = PyList::empty(python);
        for exhibit in self.engine.gallery(0) {
            let entry = PyDict::new(python);
            entry.set_item("fitness", exhibit.fitness)?;
            entry.set_item("generation", exhibit.generation)?;
            entry.set_item("objectives", exhibit.objectives)?;
            entry.set_item("behaviour", exhibit.behaviour)?;
            list.append(entry)?;
        }
        Ok(list)
    }

    fn save(&self, path: PathBuf) -> PyResult<String> {
        if !self.engine.at_generation_boundary() {
            return Err(errors::evolve(
                "a checkpoint is taken between generations, and this one is half scored",
            ));
        }
        write(path, &encode_run(&self.engine))
    }

    #[pyo3(signature = (path, population=0))]
    fn save_champion(&self, path: PathBuf, population: usize) -> PyResult<String> {
        let place = self.place(population)?;
        let champion = self
            .engine
            .champion(place)
            .ok_or_else(|| errors::evolve("there is no champion before the first generation is scored"))?;
        write(path, &encode_champion(&self.brain(place, champion.clone())))
    }

    fn save_exhibit(&self, place: usize, path: PathBuf) -> PyResult<String> {
        let gallery = self.engine.gallery(0);
        let Exhibit { genome, fitness, generation, .. } = gallery.get(place).ok_or_else(|| {
            errors::evolve(format!("place is {place}, but the gallery has {}", gallery.len()))
        })?;
        let champion = Champion { genome: Arc::clone(genome), fitness: *fitness, generation: *generation };
        write(path, &encode_champion(&self.brain(0, champion)))
    }
}

impl Evolution {
    /// A brain that stands by itself, whichever island it was bred on.
    fn brain(&self, population: usize, champion: Champion) -> Brain {
        Brain { shape: self.engine.shapes().swap_remove(population), champion, seed: self.engine.seed() }
    }

    fn place(&self, population: usize) -> PyResult<usize> {
        let count = self.engine.config().populations.len();
        if population < count {
            return Ok(population);
        }
        Err(errors::evolve(format!("population is {population}, but there are {count}, counted from 0")))
    }
}

fn answer(python: Python<'_>, told: Told) -> PyResult<Bound<'_, PyDict>> {
    let answer = PyDict::new(python);
    answer.set_item("accepted", told.accepted)?;
    answer.set_item("dropped", told.dropped)?;
    let report = told.report.map(|report| describe(python, report)).transpose()?;
    answer.set_item("report", report)?;
    Ok(answer)
}

pub fn write(path: PathBuf, bytes: &[u8]) -> PyResult<String> {
    write_file(&path, bytes).map_err(errors::storage)?;
    Ok(file_digest(bytes).expect("a file of ours states its digest"))
}

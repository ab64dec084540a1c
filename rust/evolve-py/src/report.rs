//! Reports of finished generations as dictionaries.

use crate::lineage::Lineage;
use evolve_core::report::{GenerationReport, MetricReport, ObjectiveReport, PopulationReport, SpeciesReport};
use pyo3::prelude::*;
use pyo3::types::{PyDict, PyList};

/// A finished generation.
pub fn describe(python: Python<'_>, report: GenerationReport) -> PyResult<Bound<'_, PyDict>> {
    let answer = PyDict::new(python);
    answer.set_item("generation", report.generation)?;
    answer.set_item("best", report.best)?;
    answer.set_item("mean", report.mean)?;
    answer.set_item("best_ever", report.best_ever)?;
    answer.set_item("evaluations", report.evaluations)?;
    answer.set_item("steps", report.steps)?;
    answer.set_item("objectives", list(python, &report.objectives, one_objective)?)?;
    answer.set_item("metrics", list(python, &report.metrics, one_metric)?)?;
    for (key, count) in [("front", report.front), ("archive", report.archive), ("elites", report.elites)] {
        answer.set_item(key, count)?;
    }
    answer.set_item("populations", list(python, &report.populations, one_population)?)?;
    let islands = PyList::empty(python);
    report.islands.iter().try_for_each(|island| islands.append(list(python, island, one_population)?))?;
    answer.set_item("islands", islands)?;
    answer.set_item("species", list(python, &report.species, one_species)?)?;
    let lineage = PyList::empty(python);
    for one in report.populations {
        lineage.append(Bound::new(python, Lineage::new(one.name, one.births))?)?;
    }
    answer.set_item("lineage", lineage)?;
    Ok(answer)
}

fn list<'py, T>(
    python: Python<'py>,
    all: &[T],
    describe: impl Fn(Python<'py>, &T) -> PyResult<Bound<'py, PyDict>>,
) -> PyResult<Bound<'py, PyList>> {
    let list = PyList::empty(python);
    all.iter().try_for_each(|one| list.append(describe(python, one)?))?;
    Ok(list)
}

fn one_objective<'py>(python: Python<'py>, one: &ObjectiveReport) -> PyResult<Bound<'py, PyDict>> {
    let entry = PyDict::new(python);
    entry.set_item("name", &one.name)?;
    entry.set_item("best", one.best)?;
    entry.set_item("mean", one.mean)?;
    Ok(entry)
}

fn one_metric<'py>(python: Python<'py>, one: &MetricReport) -> PyResult<Bound<'py, PyDict>> {
    let entry = PyDict::new(python);
    entry.set_item("name", &one.name)?;
    entry.set_item("count", one.count)?;
    entry.set_item("mean", one.mean())?;
    entry.set_item("least", one.least)?;
    entry.set_item("most", one.most)?;
    Ok(entry)
}

fn one_population<'py>(python: Python<'py>, one: &PopulationReport) -> PyResult<Bound<'py, PyDict>> {
    let entry = PyDict::new(python);
    entry.set_item("name", &one.name)?;
    entry.set_item("best", one.best)?;
    entry.set_item("mean", one.mean)?;
    entry.set_item("best_ever", one.best_ever)?;
    entry.set_item("objectives", list(python, &one.objectives, one_objective)?)?;
    entry.set_item("metrics", list(python, &one.metrics, one_metric)?)?;
    entry.set_item("champion", one.champion.map(|found| (found.island, found.member)))?;
    Ok(entry)
}

fn one_species<'py>(python: Python<'py>, one: &SpeciesReport) -> PyResult<Bound<'py, PyDict>> {
    let entry = PyDict::new(python);
    entry.set_item("population", &one.population)?;
    entry.set_item("island", one.island)?;
    entry.set_item("id", one.id)?;
    entry.set_item("size", one.size)?;
    entry.set_item("best", one.best)?;
    entry.set_item("mean", one.mean)?;
    Ok(entry)
}

//! Who descended from whom, for Python: kept as the engine gave it, and turned into Python's values only for
//! whoever asks.

use evolve_core::lineage::{Birth, Made, Parent};
use pyo3::prelude::*;
use pyo3::types::{PyList, PyString, PyTuple};
use std::collections::BTreeMap;
use std::fmt::Write;

/// How members of one population came to be.
#[pyclass(frozen, module = "evolve._native")]
pub struct Lineage {
    population: String,
    births: Vec<Birth>,
}

impl Lineage {
    pub fn new(population: String, births: Vec<Birth>) -> Self {
        Self { population, births }
    }
}

#[pymethods]
impl Lineage {
    #[getter]
    fn population(&self) -> &str {
        &self.population
    }

    fn __len__(&self) -> usize {
        self.births.len()
    }

    fn rows<'py>(&self, python: Python<'py>) -> PyResult<Bound<'py, PyList>> {
        let population = PyString::new(python, &self.population);
        let rows = self.births.iter().map(|birth| row(&population, birth));
        PyList::new(python, rows.collect::<PyResult<Vec<_>>>()?)
    }

    fn packed(&self) -> Vec<(u32, &str, usize, String, String)> {
        let moment = |birth: &Birth| (birth.island, birth.generation);
        let moments = self.births.chunk_by(|one, other| moment(one) == moment(other));
        let row = |all: &[Birth]| {
            let (island, generation) = moment(&all[0]);
            (generation, self.population.as_str(), island, members(all), parents(all))
        };
        moments.map(row).collect()
    }
}

fn row<'py>(population: &Bound<'py, PyString>, birth: &Birth) -> PyResult<Bound<'py, PyTuple>> {
    let generation_of = |parent: Parent| parent.generation;
    let member_of = |parent: Parent| parent.member;
    let row = (
        birth.generation,
        population,
        birth.island,
        birth.member,
        word(birth.made),
        birth.first.map(|_| birth.home),
        birth.first.map(generation_of),
        birth.first.map(member_of),
        birth.second.map(generation_of),
        birth.second.map(member_of),
        birth.species,
        birth.fitness,
    );
    row.into_pyobject(population.py())
}

fn word(made: Made) -> &'static str {
    match made {
        Made::Initial => "initial",
        Made::Copied => "copied",
        Made::Mutated => "mutated",
        Made::Crossed => "crossed",
        Made::Migrated => "migrated",
    }
}

/// A JSON array with an entry for each member: how it was made, then parent, other parent, the generations of
/// both, its own place and the parent's island. What stands at the end and goes without saying is left out: parents
/// of the generation before, the place that the entry has, and the own island.
fn members(births: &[Birth]) -> String {
    // Most entries are as long as "[2,103],".
    let mut text = String::with_capacity(12 * births.len() + 2);
    for (place, birth) in births.iter().enumerate() {
        let before = birth.generation.wrapping_sub(1);
        let earlier = |parent: Option<Parent>| {
            parent.map(|parent| parent.generation).filter(|&generation| generation != before)
        };
        let fields = [
            birth.first.map(|parent| parent.member),
            birth.second.map(|parent| parent.member),
            earlier(birth.first),
            earlier(birth.second),
            Some(birth.member).filter(|&member| member as usize != place),
            Some(birth.home as u32).filter(|_| birth.home != birth.island),
        ];
        let said = fields.iter().rposition(Option::is_some).map_or(0, |last| last + 1);
        write!(text, "{}[{}", if place == 0 { '[' } else { ',' }, birth.made as u8).expect(NO_FAILURE);
        for field in &fields[..said] {
            match field {
                Some(number) => write!(text, ",{number}").expect(NO_FAILURE),
                None => text.push_str(",null"),
            }
        }
        text.push(']');
    }
    text.push(']');
    text
}

/// A JSON object with the species and the fitness of everybody who is the first parent of somebody, by place; of
/// another island's by its number and the place.
fn parents(births: &[Birth]) -> String {
    let figures = births.iter().filter_map(|birth| {
        let abroad = Some(birth.home).filter(|&home| home != birth.island);
        Some(((abroad, birth.first?.member), (birth.species, birth.fitness?)))
    });
    let mut text = String::from("{");
    for ((abroad, member), (species, fitness)) in figures.collect::<BTreeMap<_, _>>() {
        let comma = if text.len() == 1 { "" } else { "," };
        let island = abroad.map_or(String::new(), |island| format!("{island}:"));
        let species = species.map_or("null".to_owned(), |id| id.to_string());
        // The shortest digits that give the same bits again.
        write!(text, "{comma}\"{island}{member}\":[{species},{fitness:?}]").expect(NO_FAILURE);
    }
    text.push('}');
    text
}

const NO_FAILURE: &str = "a string takes what is written";

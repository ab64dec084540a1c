//! The champion a game ships (`.evo`): one genome, the names of its inputs and outputs, provenance.

use crate::envelope::{self, Metadata};
use crate::error::FormatError;
use crate::genomes;
use evolve_core::evolution::{Champion, Evolution, Exhibit};
use evolve_core::work::PopulationShape;
use serde_json::Value;
use std::sync::Arc;

const SCHEMA: &str = "evolve.champion";

/// A champion that stands by itself.
#[derive(Clone, Debug, PartialEq)]
pub struct Brain {
    /// Names of its inputs and outputs, and whether it is recurrent.
    pub shape: PopulationShape,
    /// The genome with its score.
    pub champion: Champion,
    /// The seed of the run that bred it.
    pub seed: u64,
}

impl Brain {
    /// The champion of one of a run's populations, once there is one.
    pub fn of(evolution: &Evolution, population: usize) -> Option<Self> {
        let champion = evolution.state().populations.get(population)?.champion.clone()?;
        Some(Self::standing(evolution, population, champion))
    }

    /// A brain of the gallery of one of a run's populations.
    pub fn exhibited(evolution: &Evolution, population: usize, place: usize) -> Option<Self> {
        let gallery = evolution.gallery(population);
        let Exhibit { genome, fitness, generation, .. } = gallery.get(place)?;
        let (genome, fitness, generation) = (Arc::clone(genome), *fitness, *generation);
        Some(Self::standing(evolution, population, Champion { genome, fitness, generation }))
    }

    fn standing(evolution: &Evolution, population: usize, champion: Champion) -> Self {
        Self { shape: evolution.shapes().swap_remove(population), champion, seed: evolution.state().seed }
    }
}

/// The bytes of a `.evo` file.
pub fn encode_champion(brain: &Brain) -> Vec<u8> {
    let metadata = Metadata::from_iter([
        ("fitness".to_owned(), Value::from(brain.champion.fitness)),
        ("generation".to_owned(), Value::from(brain.champion.generation)),
        ("populations".to_owned(), genomes::shapes_json(std::slice::from_ref(&brain.shape))),
        ("seed".to_owned(), Value::from(brain.seed.to_string())),
    ]);
    envelope::seal(SCHEMA, metadata, genomes::columns(std::iter::once((0, 0, &*brain.champion.genome))))
}

/// Read a `.evo` file.
pub fn decode_champion(bytes: &[u8]) -> Result<Brain, FormatError> {
    let (mut fields, tensors) = envelope::open_file(bytes, SCHEMA)?;
    let fitness = fields.float("fitness")?;
    let generation = fields.small("generation")?;
    let seed = fields.digits("seed")?;
    let mut shapes = genomes::shapes(fields.list("populations")?)?;
    fields.end()?;
    tensors.only(&[genomes::names(&tensors)])?;
    let mut entries = genomes::read(&tensors, &shapes)?;
    match (shapes.pop(), entries.pop()) {
        (Some(shape), Some(entry)) if shapes.is_empty() && entries.is_empty() => {
            let champion = Champion { genome: entry.genome, fitness, generation };
            Ok(Brain { shape, champion, seed })
        }
        _ => Err(FormatError::State("a champion is one genome of one population".into())),
    }
}

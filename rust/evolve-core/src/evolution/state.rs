//! What a run is made of at a generation's boundary; exactly this is what a checkpoint holds.

use super::memory::Memory;
use crate::complexity::Phase;
use crate::config::{Config, ConfigError};
use crate::genome::{Genome, GenomeError};
use crate::random::{Purpose, Stream};
use crate::speciation::Species;
use std::sync::Arc;
use thiserror::Error;

/// A run between two generations.
#[derive(Clone, Debug, PartialEq)]
pub struct EvolutionState {
    /// Its configuration.
    pub config: Config,
    /// Its seed.
    pub seed: u64,
    /// The generation that is scored next, from 0.
    pub generation: u32,
    /// Units scored so far.
    pub evaluations: u64,
    /// One for each of the configuration's.
    pub populations: Vec<Population>,
}

/// One population between two generations.
#[derive(Clone, Debug, PartialEq)]
pub struct Population {
    /// Its members. With NSGA-II the parents, the fittest first, and then as many offspring.
    pub genomes: Vec<Arc<Genome>>,
    /// Its species, oldest first.
    pub species: Vec<Species>,
    /// Distance within a species, as it stands now.
    pub threshold: f64,
    /// The number of the next new species.
    pub next_species: u32,
    /// Whether it grows or is simplified.
    pub phase: Phase,
    /// What its selection strategy remembers.
    pub memory: Memory,
    /// The best member there ever was.
    pub champion: Option<Champion>,
}

/// The best member that a population ever had.
#[derive(Clone, Debug, PartialEq)]
pub struct Champion {
    /// Its genome.
    pub genome: Arc<Genome>,
    /// Its fitness, in the generation it was first the best.
    pub fitness: f64,
    /// That generation.
    pub generation: u32,
}

/// Why a state from outside was refused.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum StateError {
    /// Its configuration makes no sense.
    #[error(transparent)]
    Config(#[from] ConfigError),
    /// A genome breaks a promise.
    #[error("{role} {index} of population {population}: {error}")]
    Genome {
        /// Member, representative, elite or champion.
        role: &'static str,
        /// Which one.
        index: usize,
        /// Name of the population.
        population: String,
        /// What is wrong with it.
        error: GenomeError,
    },
    /// A count or a number that does not fit the rest.
    #[error("{what} is {value}, but must be {expected}")]
    Value {
        /// What is wrong.
        what: &'static str,
        /// What it is.
        value: String,
        /// What it should be.
        expected: String,
    },
}

impl EvolutionState {
    /// The first generation of a checked configuration.
    pub(super) fn initial(config: Config, seed: u64) -> Self {
        let populations =
            (0..config.populations.len()).map(|place| Population::initial(&config, seed, place)).collect();
        Self { config, seed, generation: 0, evaluations: 0, populations }
    }

    /// Check a state that comes from outside.
    pub fn check(&self) -> Result<(), StateError> {
        self.config.check()?;
        value("seed", self.seed, self.seed <= super::MAX_SEED, "at most 2^63 - 1")?;
        let expected = self.config.populations.len();
        let count = self.populations.len();
        value("the number of populations", count, count == expected, expected)?;
        for (place, population) in self.populations.iter().enumerate() {
            population.check(self, place)?;
        }
        Ok(())
    }
}

impl Population {
    fn initial(config: &Config, seed: u64, place: usize) -> Self {
        let settings = &config.populations[place];
        let genome = |index| {
            let mut random = Stream::new(seed, place as u32, 0, index, Purpose::Initial);
            let (inputs, outputs) = (settings.inputs.len(), settings.outputs.len());
            Arc::new(Genome::initial(inputs, outputs, &config.genome, &mut random))
        };
        let genomes: Vec<Arc<Genome>> = (0..settings.size as u32).map(genome).collect();
        Self {
            phase: Phase::initial(&genomes),
            genomes,
            species: Vec::new(),
            threshold: config.speciation.threshold,
            next_species: 0,
            memory: Memory::default(),
            champion: None,
        }
    }

    /// How many of its members, the first ones, were chosen as parents of the others and are not new.
    pub fn parents(&self, config: &Config) -> usize {
        self.memory.parents.len() / config.evaluation.width()
    }

    fn check(&self, state: &EvolutionState, place: usize) -> Result<(), StateError> {
        let settings = &state.config.populations[place];
        self.memory.check(&state.config, state.generation, settings.size)?;
        let (count, expected) = (self.genomes.len(), settings.size + self.parents(&state.config));
        value("the number of members", count, count == expected, expected)?;
        let threshold = self.threshold;
        value("the speciation threshold", threshold, threshold > 0.0 && threshold.is_finite(), "above 0")?;
        let mut last = None;
        for species in &self.species {
            let rising = last.is_none_or(|last| last < species.id) && species.id < self.next_species;
            value(
                "a species' number",
                species.id,
                rising,
                "above the one before and below the next new one",
            )?;
            let (created, improved) = (species.created, species.improved);
            let timely = created <= improved && improved <= state.generation;
            value("a species' last improvement", improved, timely, "between its first generation and now")?;
            value("a species' best score", species.best, species.best.is_finite(), "finite")?;
            last = Some(species.id);
        }
        let phase = &self.phase;
        let finite = |mean: f64| mean.is_finite() && mean >= 0.0;
        value("the floor of its phase", phase.floor, finite(phase.floor), "a mean number of genes")?;
        value("the lowest mean of its phase", phase.lowest, finite(phase.lowest), "a mean number of genes")?;
        let fell = phase.fell;
        value("the generation of that mean", fell, fell <= state.generation, "not after the present one")?;
        if let Some(champion) = &self.champion {
            value("the champion's fitness", champion.fitness, champion.fitness.is_finite(), "finite")?;
            let then = champion.generation;
            value("the champion's generation", then, then < state.generation, "before the present one")?;
        }
        self.check_genomes(state, place)
    }

    fn check_genomes(&self, state: &EvolutionState, place: usize) -> Result<(), StateError> {
        let settings = &state.config.populations[place];
        let check = |role: &'static str, index: usize, genome: &Genome| {
            let fits =
                genome.check(settings.inputs.len(), settings.outputs.len(), state.config.genome.recurrent);
            fits.map_err(|error| StateError::Genome { role, index, population: settings.name.clone(), error })
        };
        for (index, genome) in self.genomes.iter().enumerate() {
            check("member", index, genome)?;
        }
        for (index, species) in self.species.iter().enumerate() {
            check("representative", index, &species.representative)?;
        }
        for (index, elite) in self.memory.elites.iter().enumerate() {
            check("elite", index, &elite.genome)?;
        }
        self.champion.iter().try_for_each(|champion| check("champion", 0, &champion.genome))
    }
}

pub(super) fn value(
    what: &'static str,
    value: impl ToString,
    holds: bool,
    expected: impl ToString,
) -> Result<(), StateError> {
    if holds {
        return Ok(());
    }
    Err(StateError::Value { what, value: value.to_string(), expected: expected.to_string() })
}

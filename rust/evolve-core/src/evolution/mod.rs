//! The machine that conducts a run: it asks for scores, is told them, and breeds the next generation.
//!
//! It does no I/O and never blocks, and what it does depends on its state and on what it is told alone,
//! not on the order of arrival. Godot, Python, the simulator and the tests drive this same machine.

mod breeding;
mod schedule;
mod state;

pub use state::{Champion, EvolutionState, Population, StateError};

use crate::config::{Config, ConfigError};
use crate::report::GenerationReport;
use crate::work::{GenomeEntry, PopulationShape, Results, UnitId, UnitResult, WorkBatch, WorkUnit};
use schedule::Schedule;
use std::collections::HashMap;
use thiserror::Error;

/// Seeds fit a signed 64-bit integer, which is what Godot and numpy have.
pub const MAX_SEED: u64 = i64::MAX as u64;

/// Why results were refused. Nothing of them was taken.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum ResultError {
    /// Not a unit of this run.
    #[error("unit {unit} is no unit of generation {generation}")]
    Unit {
        /// What came.
        unit: u64,
        /// The generation being scored.
        generation: u32,
    },
    /// Never handed out.
    #[error("unit {0} was never handed out")]
    NotAsked(u64),
    /// Wrong number of scores.
    #[error("unit {unit} has {given} scores where {expected} are expected, one for each member")]
    Count {
        /// Which unit.
        unit: u64,
        /// How many came.
        given: usize,
        /// How many members it has.
        expected: usize,
    },
    /// A score that is no number.
    #[error("unit {unit} has the score {score}, but scores must be finite")]
    NotFinite {
        /// Which unit.
        unit: u64,
        /// What it was.
        score: String,
    },
    /// More objectives than the configuration has.
    #[error("the results have {0} objectives for each member where 1 is expected")]
    Objectives(usize),
}

/// What became of results.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Told {
    /// Units taken.
    pub accepted: usize,
    /// Units that somebody else had told already.
    pub dropped: usize,
    /// Set when the results were the last of their generation, and the next one has been bred.
    pub report: Option<GenerationReport>,
}

/// A run.
#[derive(Clone, Debug)]
pub struct Evolution {
    state: EvolutionState,
    schedule: Schedule,
}

impl Evolution {
    /// Begin a run.
    pub fn new(config: Config, seed: u64) -> Result<Self, ConfigError> {
        config.check()?;
        if seed > MAX_SEED {
            let range = format!("from 0 to {MAX_SEED}");
            return Err(ConfigError { key: "seed".into(), value: seed.to_string(), range });
        }
        Ok(Self::at_boundary(EvolutionState::initial(config, seed)))
    }

    /// Go on from a state that was taken at a generation's boundary.
    pub fn from_state(state: EvolutionState) -> Result<Self, StateError> {
        state.check()?;
        Ok(Self::at_boundary(state))
    }

    fn at_boundary(state: EvolutionState) -> Self {
        let schedule = Schedule::new(&state.config);
        Self { state, schedule }
    }

    /// Everything that a checkpoint holds; whole only while [`Evolution::at_generation_boundary`].
    pub fn state(&self) -> &EvolutionState {
        &self.state
    }

    /// True when nothing of the present generation has been told yet.
    pub fn at_generation_boundary(&self) -> bool {
        self.schedule.nothing_told()
    }

    /// Work units of a generation.
    pub fn units(&self) -> usize {
        self.schedule.units()
    }

    /// Units that [`Evolution::ask`] has not handed out, or that came back.
    pub fn units_waiting(&self) -> usize {
        self.schedule.waiting()
    }

    /// What the members look like from outside.
    pub fn shapes(&self) -> Vec<PopulationShape> {
        let recurrent = self.state.config.genome.recurrent;
        let shape = |population: &crate::config::PopulationConfig| PopulationShape {
            name: population.name.clone(),
            inputs: population.inputs.clone(),
            outputs: population.outputs.clone(),
            recurrent,
        };
        self.state.config.populations.iter().map(shape).collect()
    }

    /// Hand out up to `count` units, with their genomes; None when there are none to hand out.
    pub fn ask(&mut self, count: usize) -> Option<WorkBatch> {
        let places = self.schedule.hand_out(count);
        if places.is_empty() {
            return None;
        }
        let mut batch = WorkBatch { populations: self.shapes(), ..WorkBatch::default() };
        let mut known = HashMap::new();
        for place in places {
            let players = self.schedule.members(place);
            let genomes = players.map(|(population, index)| {
                *known.entry((population, index)).or_insert_with(|| {
                    let genome = self.state.populations[population].genomes[index].clone();
                    batch.genomes.push(GenomeEntry { population, index, genome });
                    batch.genomes.len() - 1
                })
            });
            let unit = WorkUnit {
                genomes: genomes.collect(),
                id: UnitId::new(self.state.generation, place as u32),
                seed: Schedule::episode_seed(&self.state, place),
                ticks: self.state.config.evaluation.episode_ticks,
            };
            batch.units.push(unit);
        }
        Some(batch)
    }

    /// Take units back from a worker that is gone; how many of them wait again.
    pub fn release(&mut self, units: &[UnitId]) -> usize {
        let generation = self.state.generation;
        let mine = units.iter().filter(|unit| unit.generation() == generation);
        mine.filter(|unit| self.schedule.take_back(unit.place() as usize)).count()
    }

    /// Take scores. A unit told twice is dropped the second time, whoever tells it. One unit that makes no
    /// sense, and none of the results is taken.
    pub fn tell(&mut self, results: &Results) -> Result<Told, ResultError> {
        if results.objectives != 1 && !results.units.is_empty() {
            return Err(ResultError::Objectives(results.objectives));
        }
        let late = |unit: &&UnitResult| unit.id.generation() < self.state.generation;
        results.units.iter().filter(|unit| !late(unit)).try_for_each(|unit| self.check_result(unit))?;
        let mut told = Told::default();
        for unit in &results.units {
            if unit.id.generation() < self.state.generation {
                told.dropped += 1;
                continue;
            }
            if !self.schedule.record(unit.id.place() as usize, &unit.scores, unit.steps) {
                told.dropped += 1;
                continue;
            }
            told.accepted += 1;
            self.state.evaluations += 1;
            if self.schedule.complete() {
                told.report = Some(self.next_generation());
            }
        }
        Ok(told)
    }

    fn check_result(&self, result: &UnitResult) -> Result<(), ResultError> {
        let (unit, generation) = (result.id.0, self.state.generation);
        let place = result.id.place() as usize;
        if result.id.generation() != generation || place >= self.schedule.units() {
            return Err(ResultError::Unit { unit, generation });
        }
        if !self.schedule.was_asked(place) {
            return Err(ResultError::NotAsked(unit));
        }
        let (given, expected) = (result.scores.len(), self.schedule.members(place).count());
        if given != expected {
            return Err(ResultError::Count { unit, given, expected });
        }
        match result.scores.iter().find(|score| !score.is_finite()) {
            Some(score) => Err(ResultError::NotFinite { unit, score: score.to_string() }),
            None => Ok(()),
        }
    }

    fn next_generation(&mut self) -> GenerationReport {
        let fitness = self.schedule.fitness(&self.state.config);
        let mut report = breeding::breed(&mut self.state, &fitness);
        report.steps = self.schedule.steps();
        self.schedule = Schedule::new(&self.state.config);
        report
    }
}

#[cfg(test)]
mod tests;

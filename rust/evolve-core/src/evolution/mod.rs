//! The machine that conducts a run: it asks for scores, is told them, and breeds the next generation.
//!
//! It does no I/O and never blocks, and what it does depends on its state and on what it is told alone,
//! not on the order of arrival. Godot, Python, the simulator and the tests drive this same machine.

mod archipelago;
mod births;
mod breeding;
mod gallery;
mod memory;
mod results;
mod schedule;
mod scores;
mod state;
mod strategy;
mod tally;
mod travellers;

pub use archipelago::Archipelago;
pub use gallery::Exhibit;
pub use memory::{Elite, Memory};
pub use results::{ResultError, Told};
pub use state::{Champion, EvolutionState, Population, StateError};

use crate::config::{Config, ConfigError};
use crate::genome::{Genome, GenomePool};
use crate::metric;
use crate::report::GenerationReport;
use crate::work::{GenomeEntry, PopulationShape, Results, UnitId, UnitResult, WorkBatch, WorkUnit};
use schedule::Schedule;
use std::collections::HashMap;
use std::sync::Arc;

/// What is wanted of the number of islands by whoever has one.
const ALONE: &str = "1 here: only `evolve train` conducts several islands";

/// Seeds fit a signed 64-bit integer, which is what Godot and numpy have.
pub const MAX_SEED: u64 = i64::MAX as u64;

/// A run.
#[derive(Clone, Debug)]
pub struct Evolution {
    state: EvolutionState,
    schedule: Schedule,
    pool: GenomePool,
    /// Its number among the islands; units carry it.
    island: u8,
}

impl Evolution {
    /// Begin a run of one island.
    pub fn new(config: Config, seed: u64) -> Result<Self, ConfigError> {
        config.check()?;
        if config.islands.count > 1 {
            let (key, value) = ("islands.count".into(), config.islands.count.to_string());
            return Err(ConfigError { key, value, range: ALONE.into() });
        }
        if seed > MAX_SEED {
            let range = format!("from 0 to {MAX_SEED}");
            return Err(ConfigError { key: "seed".into(), value: seed.to_string(), range });
        }
        Ok(Self::at_boundary(EvolutionState::initial(config, seed), 0))
    }

    /// Go on from a state that was taken at a generation's boundary.
    pub fn from_state(state: EvolutionState) -> Result<Self, StateError> {
        state.check()?;
        let islands = state.config.islands.count;
        state::value("islands.count", islands, islands == 1, ALONE)?;
        Ok(Self::at_boundary(state, 0))
    }

    fn at_boundary(state: EvolutionState, island: u8) -> Self {
        let schedule = Schedule::new(&state);
        Self { state, schedule, pool: GenomePool::default(), island }
    }

    /// Everything that a checkpoint holds; whole only while [`Evolution::at_generation_boundary`].
    pub fn state(&self) -> &EvolutionState {
        &self.state
    }

    /// Whether the first population's champion is at least as good as this fitness, whichever way is better.
    pub fn reaches(&self, fitness: f64) -> bool {
        let merit = |fitness| self.state.config.evaluation.merit(fitness);
        let champion = self.state.populations[0].champion.as_ref();
        champion.is_some_and(|champion| merit(champion.fitness) >= merit(fitness))
    }

    /// True when nothing of the present generation has been told yet. Units that were given up don't count: they
    /// are no part of the state, and whoever goes on from it gives them up again.
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
        self.batch(&places)
    }

    /// Hand out once more, to somebody else, units that are out already: those of them that still want a score.
    /// None when there are none.
    pub fn ask_again(&self, units: &[UnitId]) -> Option<WorkBatch> {
        let places = self.mine(units).filter(|&place| self.schedule.is_out(place));
        self.batch(&places.collect::<Vec<_>>())
    }

    fn batch(&self, places: &[usize]) -> Option<WorkBatch> {
        if places.is_empty() {
            return None;
        }
        let evaluation = &self.state.config.evaluation;
        let mut batch = WorkBatch {
            populations: self.shapes(),
            objectives: evaluation.objectives.iter().map(|objective| objective.name.clone()).collect(),
            behaviour: evaluation.behaviour.iter().map(|column| column.name.clone()).collect(),
            ..WorkBatch::default()
        };
        let mut known = HashMap::with_capacity(places.len());
        for &place in places {
            let players = self.schedule.members(place).iter();
            let genomes = players.map(|&(population, index)| {
                *known.entry((population, index)).or_insert_with(|| {
                    let genome = Arc::clone(&self.state.populations[population].genomes[index]);
                    batch.genomes.push(GenomeEntry { population, index, genome });
                    batch.genomes.len() - 1
                })
            });
            let unit = WorkUnit {
                genomes: genomes.collect(),
                id: UnitId::on_island(self.island, self.state.generation, place as u32),
                seed: Schedule::episode_seed(&self.state, place),
                ticks: evaluation.episode_ticks,
                traced: false,
            };
            batch.units.push(unit);
        }
        Some(batch)
    }

    /// Take units back from a worker that is gone; how many of them wait again.
    pub fn release(&mut self, units: &[UnitId]) -> usize {
        let places: Vec<usize> = self.mine(units).collect();
        places.into_iter().filter(|&place| self.schedule.take_back(place)).count()
    }

    /// The places of those units that are of this island's present generation.
    fn mine(&self, units: &[UnitId]) -> impl Iterator<Item = usize> {
        let (generation, island) = (self.state.generation, self.island);
        let mine =
            units.iter().filter(move |unit| unit.generation() == generation && unit.island() == island);
        mine.map(|unit| unit.place() as usize)
    }

    /// Take scores. A unit told twice is dropped the second time, whoever tells it. One unit that makes no
    /// sense, and none of the results is taken.
    pub fn tell(&mut self, results: &Results) -> Result<Told, ResultError> {
        if !results.units.is_empty() {
            self.check_widths(results)?;
        }
        results.units.iter().try_for_each(|unit| self.check_result(unit))?;
        tally::check_names(self.schedule.metric_names(), self.state.generation, &results.units)?;
        Ok(self.take(results.units.iter()))
    }

    /// Take results that were checked.
    fn take<'a>(&mut self, units: impl Iterator<Item = &'a UnitResult>) -> Told {
        let mut told = Told::default();
        for unit in units {
            let late = unit.id.generation() < self.state.generation;
            if late || !self.schedule.record(unit.id.place() as usize, unit) {
                told.dropped += 1;
                continue;
            }
            told.accepted += 1;
            self.state.evaluations += 1;
            if self.schedule.complete() {
                told.report = Some(self.next_generation());
            }
        }
        told
    }

    /// Give up on units that nobody can play, because whoever tries is gone before the end. Their players are
    /// scored a hair below everybody else of the generation. Units that have a score, or have failed already,
    /// are left as they are.
    pub fn fail(&mut self, units: &[UnitId]) -> Result<Told, ResultError> {
        let generation = self.state.generation;
        let strange = |unit: &UnitId| unit.island() != self.island || unit.place() as usize >= self.units();
        if let Some(unit) = units.iter().find(|unit| unit.generation() == generation && strange(unit)) {
            return Err(ResultError::Unit { unit: unit.0, generation });
        }
        let mut told = Told::default();
        let places: Vec<usize> = self.mine(units).collect();
        told.accepted = places.into_iter().filter(|&place| self.schedule.fail(place)).count();
        told.dropped = units.len() - told.accepted;
        if told.accepted > 0 && self.schedule.complete() {
            told.report = Some(self.next_generation());
        }
        Ok(told)
    }

    fn check_result(&self, result: &UnitResult) -> Result<(), ResultError> {
        let (unit, generation) = (result.id.0, self.state.generation);
        let place = result.id.place() as usize;
        if result.id.generation() < generation {
            return Ok(()); // too late to matter: it is dropped
        }
        let mine = result.id.generation() == generation && result.id.island() == self.island;
        if !mine || place >= self.schedule.units() {
            return Err(ResultError::Unit { unit, generation });
        }
        if !self.schedule.was_asked(place) {
            return Err(ResultError::NotAsked(unit));
        }
        let members = self.schedule.members(place).len();
        for (what, given, width) in self.columns(result.scores.len(), result.behaviour.len()) {
            if given != members * width {
                return Err(ResultError::Count { unit, what, width, given, expected: members * width });
            }
        }
        match result.scores.iter().chain(&result.behaviour).find(|score| !score.is_finite()) {
            Some(score) => Err(ResultError::NotFinite { unit, score: score.to_string() }),
            None => metric::check(&result.metrics, members)
                .map_err(|problem| ResultError::Metric { unit, problem }),
        }
    }

    fn check_widths(&self, results: &Results) -> Result<(), ResultError> {
        match self
            .columns(results.objectives, results.descriptors)
            .into_iter()
            .find(|column| column.1 != column.2)
        {
            Some((what, given, expected)) => Err(ResultError::Width { what, given, expected }),
            None => Ok(()),
        }
    }

    /// Numbers that came, beside how many the configuration has for each member.
    fn columns(&self, scores: usize, behaviour: usize) -> [(&'static str, usize, usize); 2] {
        let evaluation = &self.state.config.evaluation;
        [
            ("objectives", scores, evaluation.objectives.len()),
            ("numbers of behaviour", behaviour, evaluation.behaviour.len()),
        ]
    }

    /// The last members of a population, whose places belong to migrants.
    fn departing(&mut self, population: usize, migrants: usize) -> &mut [Arc<Genome>] {
        let genomes = &mut self.state.populations[population].genomes;
        let stay = genomes.len() - migrants;
        &mut genomes[stay..]
    }

    fn next_generation(&mut self) -> GenerationReport {
        let scores = self.schedule.scores(&self.state);
        let mut report = breeding::breed(&mut self.state, scores, &mut self.pool);
        report.steps = self.schedule.steps();
        for (population, metrics) in
            report.populations.iter_mut().zip(self.schedule.metrics(self.state.populations.len()))
        {
            population.metrics = metrics;
        }
        report.metrics.clone_from(&report.populations[0].metrics);
        self.schedule = Schedule::new(&self.state);
        report
    }
}

#[cfg(test)]
mod tests;

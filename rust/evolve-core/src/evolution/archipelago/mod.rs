//! Islands: runs of one configuration that evolve apart, and now and then send their best to the next one.
//!
//! They stand in a ring. All of them finish a generation before any begins the next, so that a checkpoint is one
//! moment of all, and migrants travel at that moment: what comes of it depends on no order of arrival. One island
//! is an ordinary run, to the byte.

mod exhibits;
mod summary;

use super::{Evolution, EvolutionState, MAX_SEED, ResultError, StateError, Told, state, tally};
use crate::config::{Config, ConfigError, MAX_ISLANDS};
use crate::random::{Purpose, Stream};
use crate::report::GenerationReport;
use crate::work::{PopulationShape, Results, UnitId, UnitResult, WorkBatch};

/// A run of one island or several.
#[derive(Clone, Debug)]
pub struct Archipelago {
    islands: Vec<Evolution>,
    /// What the islands that are done with the present generation have reported.
    finished: Vec<Option<GenerationReport>>,
}

impl Archipelago {
    /// Begin a run with as many islands as the configuration says.
    pub fn new(config: Config, seed: u64) -> Result<Self, ConfigError> {
        config.check()?;
        if seed > MAX_SEED {
            let range = format!("from 0 to {MAX_SEED}");
            return Err(ConfigError { key: "seed".into(), value: seed.to_string(), range });
        }
        let states = (0..config.islands.count)
            .map(|island| EvolutionState::initial(config.clone(), seed_of(seed, island)))
            .collect();
        Ok(Self::of(states))
    }

    /// Go on from the states of all islands, taken at a generation's boundary.
    pub fn from_states(states: Vec<EvolutionState>) -> Result<Self, StateError> {
        let first = states.first().map(|first| (first.config.clone(), first.seed, first.generation));
        let (config, seed, generation) = first.unwrap_or_default();
        let count = config.islands.count.min(MAX_ISLANDS);
        state::value("the number of islands", states.len(), states.len() == count, count)?;
        for (island, one) in states.iter().enumerate() {
            one.check()?;
            let expected = seed_of(seed, island);
            state::value("the seed of an island", one.seed, one.seed == expected, expected)?;
            let same = one.config == config && one.generation == generation;
            state::value("an island's configuration or generation", "another", same, "that of the first")?;
        }
        Ok(Self::of(states))
    }

    fn of(states: Vec<EvolutionState>) -> Self {
        let islands = states.into_iter().enumerate();
        let islands: Vec<Evolution> =
            islands.map(|(island, state)| Evolution::at_boundary(state, island as u8)).collect();
        Self { finished: vec![None; islands.len()], islands }
    }

    /// The islands, in their order; at least one.
    pub fn islands(&self) -> &[Evolution] {
        &self.islands
    }

    /// Everything that a checkpoint holds; whole only while [`Archipelago::at_generation_boundary`].
    pub fn states(&self) -> impl ExactSizeIterator<Item = &EvolutionState> {
        self.islands.iter().map(Evolution::state)
    }

    /// The configuration that all islands share.
    pub fn config(&self) -> &Config {
        &self.islands[0].state.config
    }

    /// What the run began with; the first island has it as it is.
    pub fn seed(&self) -> u64 {
        self.islands[0].state.seed
    }

    /// The generation being scored.
    pub fn generation(&self) -> u32 {
        self.states().map(|state| state.generation).min().unwrap_or(0)
    }

    /// Units scored so far, on all islands.
    pub fn evaluations(&self) -> u64 {
        self.states().map(|state| state.evaluations).sum()
    }

    /// What the members look like from outside.
    pub fn shapes(&self) -> Vec<PopulationShape> {
        self.islands[0].shapes()
    }

    /// True when nothing of the present generation has been told yet, on any island.
    pub fn at_generation_boundary(&self) -> bool {
        self.finished.iter().all(Option::is_none)
            && self.islands.iter().all(Evolution::at_generation_boundary)
    }

    /// Whether a champion of the first population is at least as good as this fitness.
    pub fn reaches(&self, fitness: f64) -> bool {
        self.islands.iter().any(|island| island.reaches(fitness))
    }

    /// Work units of a generation.
    pub fn units(&self) -> usize {
        self.islands.iter().map(Evolution::units).sum()
    }

    /// Units of the present generation that nobody has.
    pub fn units_waiting(&self) -> usize {
        self.behind().map(|island| self.islands[island].units_waiting()).sum()
    }

    /// Hand out up to `count` units of one island, with their genomes; None when there are none to hand out.
    pub fn ask(&mut self, count: usize) -> Option<WorkBatch> {
        let island = self.behind().find(|&island| self.islands[island].units_waiting() > 0)?;
        self.islands[island].ask(count)
    }

    /// Hand out once more units that are out already and still want a score, of the island of the first of them.
    pub fn ask_again(&self, units: &[UnitId]) -> Option<WorkBatch> {
        self.islands.iter().find_map(|island| island.ask_again(units))
    }

    /// Take units back from a worker that is gone; how many of them wait again.
    pub fn release(&mut self, units: &[UnitId]) -> usize {
        self.islands.iter_mut().map(|island| island.release(units)).sum()
    }

    /// Take scores, as [`Evolution::tell`] does. The report is that of all islands together.
    pub fn tell(&mut self, results: &Results) -> Result<Told, ResultError> {
        if !results.units.is_empty() {
            self.islands[0].check_widths(results)?;
        }
        for unit in &results.units {
            self.island(unit.id)?.check_result(unit)?;
        }
        tally::check_names(self.metric_names(), self.generation(), &results.units)?;
        let mut told = Told::default();
        for (place, island) in self.islands.iter_mut().enumerate() {
            let mine = |unit: &&UnitResult| usize::from(unit.id.island()) == place;
            let one = island.take(results.units.iter().filter(mine));
            told.accepted += one.accepted;
            told.dropped += one.dropped;
            self.finished[place] = self.finished[place].take().or(one.report);
        }
        told.report = self.next_generation();
        Ok(told)
    }

    /// Give up on units that nobody can play, as [`Evolution::fail`] does.
    pub fn fail(&mut self, units: &[UnitId]) -> Result<Told, ResultError> {
        for &unit in units {
            self.island(unit)?;
        }
        let mut told = Told::default();
        for (place, island) in self.islands.iter_mut().enumerate() {
            let mine = units.iter().filter(|unit| usize::from(unit.island()) == place);
            let one = island.fail(&mine.copied().collect::<Vec<_>>())?;
            told.accepted += one.accepted;
            told.dropped += one.dropped;
            self.finished[place] = self.finished[place].take().or(one.report);
        }
        told.report = self.next_generation();
        Ok(told)
    }

    /// Names of what was noted in the present generation, on any island.
    fn metric_names(&self) -> impl Iterator<Item = &str> {
        let reported = self.finished.iter().flatten().flat_map(|report| &report.populations);
        let reported = reported.flat_map(|population| &population.metrics).map(|metric| &*metric.name);
        self.islands.iter().flat_map(|island| island.schedule.metric_names()).chain(reported)
    }

    /// Islands that are not done with the present generation.
    fn behind(&self) -> impl Iterator<Item = usize> {
        (0..self.islands.len()).filter(|&island| self.finished[island].is_none())
    }

    fn island(&self, unit: UnitId) -> Result<&Evolution, ResultError> {
        let strange = || ResultError::Unit { unit: unit.0, generation: self.generation() };
        self.islands.get(usize::from(unit.island())).ok_or_else(strange)
    }

    /// When every island is done: migrants travel, and it is said what the generation was like.
    fn next_generation(&mut self) -> Option<GenerationReport> {
        if self.finished.iter().any(Option::is_none) {
            return None;
        }
        let mut reports: Vec<GenerationReport> = self.finished.iter_mut().filter_map(Option::take).collect();
        summary::name_islands(&mut reports);
        let migrants = self.config().islands.migrants_after(reports[0].generation);
        if migrants > 0 {
            self.migrate(migrants);
            summary::move_births(&mut reports);
        }
        Some(summary::of(reports, self.config()))
    }

    /// The last members of every population are its best: they go to the next island, the last island's to the
    /// first.
    fn migrate(&mut self, migrants: usize) {
        for population in 0..self.config().populations.len() {
            for island in 1..self.islands.len() {
                let (first, rest) = self.islands.split_at_mut(island);
                let (here, there) =
                    (first[0].departing(population, migrants), rest[0].departing(population, migrants));
                here.swap_with_slice(there);
            }
        }
    }
}

/// The first island has the seed of the run, so that it begins as a run of one island does.
fn seed_of(seed: u64, island: usize) -> u64 {
    if island == 0 {
        return seed;
    }
    Stream::new(seed, 0, 0, island as u32, Purpose::Island).bits() >> 1
}

//! What an [`Evolution`](crate::evolution::Evolution) asks for and is told: units of work, and results.

use crate::genome::Genome;
use crate::metric::Metric;
use std::sync::Arc;

/// An episode that somebody shall play.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct WorkUnit {
    /// Unique in the run.
    pub id: UnitId,
    /// Decides all chance in the episode; from 0 to 2^63 − 1.
    pub seed: u64,
    /// The episode ends after so many ticks at the latest.
    pub ticks: u32,
    /// Who plays: places in [`WorkBatch::genomes`], one for each member.
    pub genomes: Vec<usize>,
    /// Whether its result shall have a [trace](crate::trace).
    pub traced: bool,
}

/// The generation and the island that a unit belongs to, and its place there.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct UnitId(pub u64);

/// Where the number of an island stands in a unit's id. A generation has at most 1,000,000 units, so that a
/// place stays below it.
const ISLAND: u32 = 24;

impl UnitId {
    /// Unit number `place` of a generation, which is below 2^24.
    pub fn new(generation: u32, place: u32) -> Self {
        Self::on_island(0, generation, place)
    }

    /// Unit number `place` of an island's generation.
    pub fn on_island(island: u8, generation: u32, place: u32) -> Self {
        Self(u64::from(generation) << 32 | u64::from(island) << ISLAND | u64::from(place))
    }

    /// The generation it belongs to.
    pub fn generation(self) -> u32 {
        (self.0 >> 32) as u32
    }

    /// The island it belongs to, from 0.
    pub fn island(self) -> u8 {
        (self.0 >> ISLAND) as u8
    }

    /// Its place in the generation.
    pub fn place(self) -> u32 {
        self.0 as u32 & ((1 << ISLAND) - 1)
    }
}

/// What the members of one population look like from outside.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PopulationShape {
    /// What it is called.
    pub name: String,
    /// Names of what a member senses.
    pub inputs: Vec<String>,
    /// Names of what a member does.
    pub outputs: Vec<String>,
    /// Whether connections may form cycles.
    pub recurrent: bool,
}

/// A genome and whose it is.
#[derive(Clone, Debug, PartialEq)]
pub struct GenomeEntry {
    /// Place of its population.
    pub population: usize,
    /// Its place in the population.
    pub index: usize,
    /// The genome.
    pub genome: Arc<Genome>,
}

/// Units together with every genome that they name.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct WorkBatch {
    /// All populations of the run.
    pub populations: Vec<PopulationShape>,
    /// Names of what each member is scored on.
    pub objectives: Vec<String>,
    /// Names of what describes how a member behaved; none when nobody asks.
    pub behaviour: Vec<String>,
    /// The genomes that play.
    pub genomes: Vec<GenomeEntry>,
    /// What shall be played.
    pub units: Vec<WorkUnit>,
}

/// What came of one unit.
#[derive(Clone, Debug, PartialEq)]
pub struct UnitResult {
    /// Which unit.
    pub id: UnitId,
    /// Agent-steps taken, for the figure a person is shown.
    pub steps: u64,
    /// Objectives of each member, one member after the other.
    pub scores: Vec<f64>,
    /// Behaviour of each member, one member after the other.
    pub behaviour: Vec<f64>,
    /// An entry for each tick where that was asked for, see [`trace`](crate::trace); empty otherwise.
    pub trace: Vec<u64>,
    /// What members noted, in the order of members and names, see [`metric`](crate::metric); often nothing.
    pub metrics: Vec<Metric>,
}

impl UnitResult {
    /// A result with scores alone.
    pub fn scored(id: UnitId, steps: u64, scores: Vec<f64>) -> Self {
        Self { id, steps, scores, behaviour: Vec::new(), trace: Vec::new(), metrics: Vec::new() }
    }
}

/// What came of any number of units, in any order.
#[derive(Clone, Debug, PartialEq)]
pub struct Results {
    /// How many objectives each member is scored on.
    pub objectives: usize,
    /// How many numbers describe the behaviour of each member.
    pub descriptors: usize,
    /// One for each unit.
    pub units: Vec<UnitResult>,
}

impl Results {
    /// No results yet, for what a batch wants to know.
    pub fn of(batch: &WorkBatch) -> Self {
        Self { objectives: batch.objectives.len(), descriptors: batch.behaviour.len(), units: Vec::new() }
    }

    /// The same kind of results, of these units.
    #[must_use]
    pub fn with(self, units: Vec<UnitResult>) -> Self {
        Self { units, ..self }
    }
}

//! How members are scored.

use super::ConfigError;
use super::ranges::{check_name, refuse, within};
use serde::{Deserialize, Serialize};

/// Which way an objective gets better.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Direction {
    /// Smaller is better.
    Minimise,
    /// Larger is better.
    Maximise,
}

/// Something that members are scored on.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct ObjectiveConfig {
    /// What it is called.
    pub name: String,
    /// Which way it gets better.
    pub direction: Direction,
}

impl Default for ObjectiveConfig {
    fn default() -> Self {
        Self { name: "fitness".into(), direction: Direction::Maximise }
    }
}

impl ObjectiveConfig {
    /// The next number that is worse than all of these, and still finite.
    pub(crate) fn below(&self, scores: impl Iterator<Item = f64>) -> f64 {
        match self.direction {
            Direction::Maximise => scores.fold(f64::MAX, f64::min).next_down().max(f64::MIN),
            Direction::Minimise => scores.fold(f64::MIN, f64::max).next_up().min(f64::MAX),
        }
    }
}

/// One of the numbers that describe how a member behaved, and the range that is expected of it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct BehaviourConfig {
    /// What it is called.
    pub name: String,
    /// The least that is expected. Novelty is measured in parts of the range.
    pub low: f64,
    /// The most that is expected.
    pub high: f64,
    /// How many cells of a MAP-Elites grid the range is cut into; the outer ones take what lies outside.
    pub bins: usize,
}

impl Default for BehaviourConfig {
    fn default() -> Self {
        Self { name: "behaviour".into(), low: 0.0, high: 1.0, bins: 10 }
    }
}

/// At most so many objectives, and at most so many numbers that describe a behaviour.
pub const MAX_OBJECTIVES: usize = 256;

/// How members are scored.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct EvaluationConfig {
    /// Episodes a member plays in each generation; its fitness is their mean. Of a population that fills fewer
    /// groups than another, some members play more, with others.
    pub repeats: usize,
    /// The longest an episode lasts.
    pub episode_ticks: u32,
    /// The same episode seeds in every generation, rather than new ones.
    pub fixed_seeds: bool,
    /// Members meet in the episodes, `group` of each population at a time, rather than playing alone.
    pub together: bool,
    /// What members are scored on; the first is their fitness, by which champions are chosen.
    pub objectives: Vec<ObjectiveConfig>,
    /// What describes how a member behaved, for novelty and MAP-Elites.
    pub behaviour: Vec<BehaviourConfig>,
}

impl Default for EvaluationConfig {
    fn default() -> Self {
        Self {
            repeats: 1,
            episode_ticks: 1_000,
            fixed_seeds: false,
            together: false,
            objectives: vec![ObjectiveConfig::default()],
            behaviour: Vec::new(),
        }
    }
}

impl EvaluationConfig {
    /// A fitness such that larger is better, whichever way it goes.
    pub fn merit(&self, fitness: f64) -> f64 {
        match self.objectives[0].direction {
            Direction::Maximise => fitness,
            // Not the negation: of 0 that would be -0.
            Direction::Minimise => 0.0 - fitness,
        }
    }

    /// How many numbers a member is told for one episode.
    pub fn width(&self) -> usize {
        self.objectives.len() + self.behaviour.len()
    }

    pub(super) fn check(&self) -> Result<(), ConfigError> {
        within("evaluation.repeats", self.repeats, 1, 10_000)?;
        within("evaluation.episode_ticks", self.episode_ticks, 1, 1_000_000_000)?;
        let objectives = self.objectives.iter().map(|objective| objective.name.as_str());
        check_columns("objectives", 1, &objectives.collect::<Vec<_>>())?;
        let behaviour = self.behaviour.iter().map(|column| column.name.as_str());
        check_columns("behaviour", 0, &behaviour.collect::<Vec<_>>())?;
        for (place, column) in self.behaviour.iter().enumerate() {
            let key = |field: &str| format!("evaluation.behaviour[{place}].{field}");
            within(&key("low"), column.low, -1e300, 1e300)?;
            within(&key("high"), column.high, -1e300, 1e300)?;
            within(&key("bins"), column.bins, 1, 1 << 24)?;
            if column.low >= column.high {
                return Err(refuse(&key("high"), &column.high, &format!("above low, {}", column.low)));
            }
        }
        Ok(())
    }
}

/// Names of columns of one kind: as many as allowed, and none of them twice.
fn check_columns(kind: &str, least: usize, names: &[&str]) -> Result<(), ConfigError> {
    within(&format!("the number of evaluation.{kind}"), names.len(), least, MAX_OBJECTIVES)?;
    for (place, name) in names.iter().enumerate() {
        let key = format!("evaluation.{kind}[{place}].name");
        check_name(&key, name)?;
        if names[..place].contains(name) {
            return Err(refuse(&key, name, &format!("a name that no other of the {kind} has")));
        }
    }
    Ok(())
}

//! Every setting of a run, with its default and its range. The names are the same in Rust, JSON, TOML,
//! Python and the Godot resources.

mod complexity;
mod evaluation;
mod genome;
mod islands;
mod mutation;
mod population;
mod ranges;
mod reproduction;
mod selection;
mod speciation;

pub use complexity::ComplexityConfig;
pub use evaluation::{BehaviourConfig, Direction, EvaluationConfig, MAX_OBJECTIVES, ObjectiveConfig};
pub use genome::{GenomeConfig, InitialConnections};
pub use islands::{IslandsConfig, MAX_ISLANDS};
pub use mutation::MutationConfig;
pub use population::PopulationConfig;
pub use reproduction::ReproductionConfig;
pub use selection::{SelectionConfig, SelectionStrategy};
pub use speciation::{SpeciationConfig, SpeciationStrategy};

use ranges::{refuse, within};
use serde::{Deserialize, Serialize};
use thiserror::Error;

/// A setting that makes no sense.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
#[error("{key} is {value}, but must be {range}")]
pub struct ConfigError {
    /// Path of the setting, like `mutation.weight_rate`.
    pub key: String,
    /// What it was.
    pub value: String,
    /// What it may be.
    pub range: String,
}

/// Everything that decides how a run goes, but for its seed.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Config {
    /// Who evolves.
    pub populations: Vec<PopulationConfig>,
    /// How members are scored.
    pub evaluation: EvaluationConfig,
    /// What genomes are made of.
    pub genome: GenomeConfig,
    /// How often what changes.
    pub mutation: MutationConfig,
    /// How genomes are sorted into species.
    pub speciation: SpeciationConfig,
    /// Whose offspring the next generation is.
    pub selection: SelectionConfig,
    /// Who has how many.
    pub reproduction: ReproductionConfig,
    /// How large genomes may grow.
    pub complexity: ComplexityConfig,
    /// How many islands evolve apart.
    pub islands: IslandsConfig,
}

/// At most so many populations in a run.
pub const MAX_POPULATIONS: usize = 64;
/// At most so many members in a population, and so many units in a generation.
pub const MAX_SIZE: usize = 1_000_000;

impl Config {
    /// Refuse what makes no sense, naming the setting, its value and its range.
    pub fn check(&self) -> Result<(), ConfigError> {
        self.check_populations()?;
        self.evaluation.check()?;
        let members = self.populations.iter().map(|population| population.size).sum::<usize>();
        // With NSGA-II parents are scored beside their offspring.
        let copies = 1 + usize::from(self.selection.strategy == SelectionStrategy::Nsga2);
        self.islands.check(&self.populations)?;
        let units = members * self.evaluation.repeats * copies * self.islands.count;
        within("the number of episodes in a generation", units, 1, MAX_SIZE)?;
        if !self.evaluation.together
            && let Some(place) = self.populations.iter().position(|population| population.group > 1)
        {
            let (key, group) = (format!("populations[{place}].group"), self.populations[place].group);
            return Err(refuse(&key, &group, "1 unless evaluation.together is true"));
        }
        self.genome.check()?;
        self.mutation.check()?;
        self.speciation.check()?;
        self.selection.check(&self.evaluation)?;
        self.reproduction.check()?;
        self.complexity.check()
    }

    fn check_populations(&self) -> Result<(), ConfigError> {
        within("the number of populations", self.populations.len(), 1, MAX_POPULATIONS)?;
        for (place, population) in self.populations.iter().enumerate() {
            if self.populations[..place].iter().any(|other| other.name == population.name) {
                let key = format!("populations[{place}].name");
                return Err(refuse(&key, &population.name, "a name that no other population has"));
            }
            population.check(place)?;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests;

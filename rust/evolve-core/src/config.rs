//! Every setting of a run, with its default and its range. The names are the same in Rust, JSON, TOML,
//! Python and the Godot resources.

use crate::activation::{Activation, Aggregation};
use crate::genome::MAX_TERMINALS;
use crate::random::Stream;
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
    /// Who has offspring.
    pub reproduction: ReproductionConfig,
    /// How large genomes may grow.
    pub complexity: ComplexityConfig,
}

/// One population.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct PopulationConfig {
    /// What it is called.
    pub name: String,
    /// How many members it has.
    pub size: usize,
    /// Names of what a member senses.
    pub inputs: Vec<String>,
    /// Names of what a member does.
    pub outputs: Vec<String>,
}

impl Default for PopulationConfig {
    fn default() -> Self {
        Self { name: "main".into(), size: 150, inputs: Vec::new(), outputs: Vec::new() }
    }
}

/// How members are scored.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct EvaluationConfig {
    /// Episodes a member plays in each generation; its fitness is their mean.
    pub repeats: usize,
    /// The longest an episode lasts.
    pub episode_ticks: u32,
    /// The same episode seeds in every generation, rather than new ones.
    pub fixed_seeds: bool,
}

impl Default for EvaluationConfig {
    fn default() -> Self {
        Self { repeats: 1, episode_ticks: 1_000, fixed_seeds: false }
    }
}

/// How the first generation is wired.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum InitialConnections {
    /// Every input to every output.
    All,
    /// Nothing: evolution finds the inputs that matter.
    None,
}

/// What genomes are made of.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct GenomeConfig {
    /// Whether connections may form cycles.
    pub recurrent: bool,
    /// How the first generation is wired.
    pub initial_connections: InitialConnections,
    /// New weights and biases are normal with this deviation.
    pub initial_deviation: f64,
    /// Weights and biases stay within ± this.
    pub weight_limit: f64,
    /// The function of new hidden nodes.
    pub hidden_activation: Activation,
    /// The function of outputs.
    pub output_activation: Activation,
    /// The functions that a mutation may give a hidden node.
    pub activations: Vec<Activation>,
    /// The aggregations that a mutation may give a hidden node.
    pub aggregations: Vec<Aggregation>,
}

impl Default for GenomeConfig {
    fn default() -> Self {
        Self {
            recurrent: false,
            initial_connections: InitialConnections::All,
            initial_deviation: 2.0,
            weight_limit: 30.0,
            hidden_activation: Activation::SteepSigmoid,
            output_activation: Activation::SteepSigmoid,
            activations: vec![Activation::SteepSigmoid],
            aggregations: vec![Aggregation::Sum],
        }
    }
}

impl GenomeConfig {
    /// A weight or bias held to its limit.
    pub fn limited(&self, weight: f32) -> f32 {
        let limit = self.weight_limit as f32;
        weight.clamp(-limit, limit)
    }

    /// A new weight or bias.
    pub fn initial_weight(&self, random: &mut Stream) -> f32 {
        self.limited(random.normal() * self.initial_deviation as f32)
    }
}

/// How often what changes, per offspring.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct MutationConfig {
    /// Probability that the weights change.
    pub weight_rate: f64,
    /// Probability that the biases change.
    pub bias_rate: f64,
    /// Of those that change, how many are drawn anew instead of nudged.
    pub replace_rate: f64,
    /// Deviation of a nudge.
    pub weight_power: f64,
    /// Probability of a new connection.
    pub add_connection_rate: f64,
    /// Probability of a new node.
    pub add_node_rate: f64,
    /// Probability that a connection goes.
    pub delete_connection_rate: f64,
    /// Probability that a hidden node goes, with its connections.
    pub delete_node_rate: f64,
    /// Probability that one connection is switched on or off.
    pub toggle_rate: f64,
    /// Probability that a hidden node gets another of `genome.activations`.
    pub activation_rate: f64,
    /// Probability that a hidden node gets another of `genome.aggregations`.
    pub aggregation_rate: f64,
}

impl Default for MutationConfig {
    fn default() -> Self {
        Self {
            weight_rate: 0.8,
            bias_rate: 0.9,
            replace_rate: 0.1,
            weight_power: 0.75,
            add_connection_rate: 0.3,
            add_node_rate: 0.02,
            delete_connection_rate: 0.0,
            delete_node_rate: 0.0,
            toggle_rate: 0.0,
            activation_rate: 0.0,
            aggregation_rate: 0.0,
        }
    }
}

/// Which way of sorting genomes into species.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum SpeciationStrategy {
    /// The NEAT paper's: whoever is near enough to a representative belongs to it.
    Threshold,
    /// Always `target_species` groups around their middles.
    Kmeans,
}

/// How genomes are sorted into species.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct SpeciationConfig {
    /// Which way.
    pub strategy: SpeciationStrategy,
    /// Weight of genes that only one of two genomes has.
    pub disjoint_coefficient: f64,
    /// Weight of the mean difference of weights and biases.
    pub weight_coefficient: f64,
    /// Genomes nearer than this are one species; where a run begins.
    pub threshold: f64,
    /// The threshold moves toward this many species; 0 leaves it alone.
    pub target_species: usize,
    /// How far the threshold moves in a generation at most.
    pub threshold_step: f64,
}

impl Default for SpeciationConfig {
    fn default() -> Self {
        Self {
            strategy: SpeciationStrategy::Threshold,
            disjoint_coefficient: 1.0,
            weight_coefficient: 0.9,
            threshold: 1.5,
            target_species: 10,
            threshold_step: 0.3,
        }
    }
}

/// Who has offspring.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct ReproductionConfig {
    /// Probability that an offspring has two parents.
    pub crossover_rate: f64,
    /// Probability that the second parent is of any species.
    pub interspecies_rate: f64,
    /// Probability that a gene disabled in either parent is disabled in the child.
    pub disable_rate: f64,
    /// The best of a species that live on unchanged.
    pub elitism: usize,
    /// Only species of at least this size have elites.
    pub elitism_minimum_size: usize,
    /// The share of a species that may have offspring.
    pub survival_threshold: f64,
    /// A species without a better score for so many generations dies out.
    pub stagnation_limit: u32,
    /// The best species that never die out.
    pub protected_species: usize,
    /// A species that lives on has at least so many offspring, while the population has room for it.
    pub minimum_species_size: usize,
    /// The share of offspring that the worst species has, relative to the best one.
    pub least_share: f64,
}

impl Default for ReproductionConfig {
    fn default() -> Self {
        Self {
            crossover_rate: 0.5,
            interspecies_rate: 0.001,
            disable_rate: 0.75,
            elitism: 1,
            elitism_minimum_size: 4,
            survival_threshold: 0.15,
            stagnation_limit: 25,
            protected_species: 2,
            minimum_species_size: 0,
            least_share: 0.3,
        }
    }
}

/// How large genomes may grow: phases of growth, and phases in which genes are only deleted.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct ComplexityConfig {
    /// Genes (connections and hidden nodes) that genomes may gain on average before they are simplified; 0
    /// lets them grow for ever.
    pub allowance: f64,
    /// Simplifying ends when the mean has not fallen for so many generations.
    pub patience: u32,
    /// While simplifying, the least probability that a connection goes.
    pub deletion_rate: f64,
}

impl Default for ComplexityConfig {
    fn default() -> Self {
        Self { allowance: 0.0, patience: 5, deletion_rate: 0.3 }
    }
}

/// At most so many populations in a run.
pub const MAX_POPULATIONS: usize = 64;
/// At most so many members in a population, and so many units in a generation.
pub const MAX_SIZE: usize = 1_000_000;

impl Config {
    /// Refuse what makes no sense, naming the setting, its value and its range.
    pub fn check(&self) -> Result<(), ConfigError> {
        self.check_populations()?;
        let e = &self.evaluation;
        within("evaluation.repeats", e.repeats, 1, 10_000)?;
        within("evaluation.episode_ticks", e.episode_ticks, 1, 1_000_000_000)?;
        let units = self.populations.iter().map(|population| population.size).sum::<usize>() * e.repeats;
        within("populations' sizes times evaluation.repeats", units, 1, MAX_SIZE)?;
        let g = &self.genome;
        within("genome.initial_deviation", g.initial_deviation, 0.0, 1e6)?;
        within("genome.weight_limit", g.weight_limit, 1e-3, 1e6)?;
        check_list("genome.activations", &g.activations, Activation::name)?;
        check_list("genome.aggregations", &g.aggregations, Aggregation::name)?;
        let m = &self.mutation;
        within("mutation.weight_power", m.weight_power, 0.0, 1e6)?;
        let s = &self.speciation;
        within("speciation.disjoint_coefficient", s.disjoint_coefficient, 0.0, 1e6)?;
        within("speciation.weight_coefficient", s.weight_coefficient, 0.0, 1e6)?;
        within("speciation.threshold", s.threshold, 1e-6, 1e9)?;
        // Groups without a number of groups make no sense.
        let least = usize::from(s.strategy == SpeciationStrategy::Kmeans);
        within("speciation.target_species", s.target_species, least, 10_000)?;
        within("speciation.threshold_step", s.threshold_step, 0.0, 1e6)?;
        let r = &self.reproduction;
        within("reproduction.elitism", r.elitism, 0, MAX_SIZE)?;
        within("reproduction.elitism_minimum_size", r.elitism_minimum_size, 0, MAX_SIZE)?;
        within("reproduction.stagnation_limit", r.stagnation_limit, 1, 1_000_000_000)?;
        within("reproduction.protected_species", r.protected_species, 0, 10_000)?;
        within("reproduction.minimum_species_size", r.minimum_species_size, 0, MAX_SIZE)?;
        let c = &self.complexity;
        within("complexity.allowance", c.allowance, 0.0, 1e9)?;
        within("complexity.patience", c.patience, 1, 1_000_000_000)?;
        for (key, rate) in [
            ("mutation.weight_rate", m.weight_rate),
            ("mutation.bias_rate", m.bias_rate),
            ("mutation.replace_rate", m.replace_rate),
            ("mutation.add_connection_rate", m.add_connection_rate),
            ("mutation.add_node_rate", m.add_node_rate),
            ("mutation.delete_connection_rate", m.delete_connection_rate),
            ("mutation.delete_node_rate", m.delete_node_rate),
            ("mutation.toggle_rate", m.toggle_rate),
            ("mutation.activation_rate", m.activation_rate),
            ("mutation.aggregation_rate", m.aggregation_rate),
            ("reproduction.crossover_rate", r.crossover_rate),
            ("reproduction.interspecies_rate", r.interspecies_rate),
            ("reproduction.disable_rate", r.disable_rate),
            ("reproduction.survival_threshold", r.survival_threshold),
            ("reproduction.least_share", r.least_share),
            ("complexity.deletion_rate", c.deletion_rate),
        ] {
            within(key, rate, 0.0, 1.0)?;
        }
        Ok(())
    }

    fn check_populations(&self) -> Result<(), ConfigError> {
        within("the number of populations", self.populations.len(), 1, MAX_POPULATIONS)?;
        for (place, population) in self.populations.iter().enumerate() {
            let key = |field: &str| format!("populations[{place}].{field}");
            check_name(&key("name"), &population.name)?;
            if self.populations[..place].iter().any(|other| other.name == population.name) {
                return Err(refuse(&key("name"), &population.name, "a name that no other population has"));
            }
            within(&key("size"), population.size, 2, MAX_SIZE)?;
            for (field, names) in [("inputs", &population.inputs), ("outputs", &population.outputs)] {
                within(&format!("the number of {}", key(field)), names.len(), 1, MAX_TERMINALS)?;
                for (index, name) in names.iter().enumerate() {
                    check_name(&format!("{}[{index}]", key(field)), name)?;
                }
                let mut sorted: Vec<&String> = names.iter().collect();
                sorted.sort_unstable();
                if let Some(pair) = sorted.windows(2).find(|pair| pair[0] == pair[1]) {
                    return Err(refuse(&key(field), pair[0], "a list without repeated names"));
                }
            }
        }
        Ok(())
    }
}

fn refuse(key: &str, value: &dyn std::fmt::Display, range: &str) -> ConfigError {
    ConfigError { key: key.into(), value: value.to_string(), range: range.into() }
}

fn within<T: PartialOrd + std::fmt::Display>(
    key: &str,
    value: T,
    least: T,
    most: T,
) -> Result<(), ConfigError> {
    // Written so that a NaN, which compares with nothing, is refused.
    if value >= least && value <= most {
        return Ok(());
    }
    Err(refuse(key, &value, &format!("from {least} to {most}")))
}

/// A list of options to choose from: some, and none of them twice.
fn check_list<T: Copy + PartialEq>(
    key: &str,
    list: &[T],
    name: fn(T) -> &'static str,
) -> Result<(), ConfigError> {
    if list.is_empty() {
        return Err(refuse(key, &"an empty list", "a list with at least one entry"));
    }
    match (1..list.len()).find(|&place| list[..place].contains(&list[place])) {
        Some(place) => Err(refuse(key, &name(list[place]), "a list without repeated entries")),
        None => Ok(()),
    }
}

fn check_name(key: &str, name: &str) -> Result<(), ConfigError> {
    if (1..=64).contains(&name.chars().count()) && !name.chars().any(char::is_control) {
        return Ok(());
    }
    Err(refuse(key, &format!("{name:?}"), "1 to 64 characters without control characters"))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sound() -> Config {
        let population =
            PopulationConfig { inputs: vec!["a".into()], outputs: vec!["b".into()], ..Default::default() };
        Config { populations: vec![population], ..Config::default() }
    }

    fn refused(change: impl Fn(&mut Config)) -> String {
        let mut config = sound();
        change(&mut config);
        config.check().unwrap_err().to_string()
    }

    #[test]
    fn the_defaults_make_sense() {
        assert_eq!(sound().check(), Ok(()));
    }

    #[test]
    fn a_refusal_names_the_setting_its_value_and_its_range() {
        assert_eq!(
            refused(|c| c.mutation.weight_rate = 1.5),
            "mutation.weight_rate is 1.5, but must be from 0 to 1"
        );
        assert_eq!(
            refused(|c| c.mutation.add_node_rate = f64::NAN),
            "mutation.add_node_rate is NaN, but must be from 0 to 1"
        );
        assert_eq!(
            refused(|c| c.populations[0].size = 1),
            "populations[0].size is 1, but must be from 2 to 1000000"
        );
        assert_eq!(
            refused(|c| c.populations[0].inputs.clear()),
            "the number of populations[0].inputs is 0, but must be from 1 to 32768"
        );
        assert_eq!(
            refused(|c| c.populations[0].inputs.push("a".into())),
            "populations[0].inputs is a, but must be a list without repeated names"
        );
    }

    #[test]
    fn lists_of_options_have_entries_and_none_twice() {
        assert_eq!(
            refused(|c| c.genome.activations.clear()),
            "genome.activations is an empty list, but must be a list with at least one entry"
        );
        assert_eq!(
            refused(|c| c.genome.aggregations.push(Aggregation::Sum)),
            "genome.aggregations is sum, but must be a list without repeated entries"
        );
    }

    #[test]
    fn groups_around_middles_need_a_number_of_groups() {
        let without = refused(|c| {
            c.speciation = SpeciationConfig {
                strategy: SpeciationStrategy::Kmeans,
                target_species: 0,
                ..SpeciationConfig::default()
            };
        });
        assert_eq!(without, "speciation.target_species is 0, but must be from 1 to 10000");
    }

    #[test]
    fn populations_need_names_of_their_own() {
        let twice = refused(|c| c.populations.push(c.populations[0].clone()));
        assert_eq!(twice, "populations[1].name is main, but must be a name that no other population has");
        let empty = refused(|c| c.populations[0].name.clear());
        assert!(empty.starts_with("populations[0].name is \"\", but must be 1 to 64 characters"), "{empty}");
    }
}

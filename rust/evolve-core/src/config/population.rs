//! Who evolves.

use super::ranges::{check_name, refuse, within};
use super::{ConfigError, MAX_SIZE};
use crate::genome::MAX_TERMINALS;
use serde::{Deserialize, Serialize};

/// At most so many members of a population meet in an episode.
const MAX_GROUP: usize = 256;

/// One population.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct PopulationConfig {
    /// What it is called.
    pub name: String,
    /// How many members it has.
    pub size: usize,
    /// With `evaluation.together`: so many of its members meet in an episode.
    pub group: usize,
    /// Names of what a member senses.
    pub inputs: Vec<String>,
    /// Names of what a member does.
    pub outputs: Vec<String>,
}

impl Default for PopulationConfig {
    fn default() -> Self {
        Self { name: "main".into(), size: 150, group: 1, inputs: Vec::new(), outputs: Vec::new() }
    }
}

impl PopulationConfig {
    /// Refuse what makes no sense by itself; `place` names it in the sentence.
    pub(super) fn check(&self, place: usize) -> Result<(), ConfigError> {
        let key = |field: &str| format!("populations[{place}].{field}");
        check_name(&key("name"), &self.name)?;
        within(&key("size"), self.size, 2, MAX_SIZE)?;
        within(&key("group"), self.group, 1, self.size.min(MAX_GROUP))?;
        for (field, names) in [("inputs", &self.inputs), ("outputs", &self.outputs)] {
            within(&format!("the number of {}", key(field)), names.len(), 1, MAX_TERMINALS)?;
            check_names(&key(field), names)?;
        }
        Ok(())
    }
}

/// Names of one kind: each a name, and none of them twice.
fn check_names(key: &str, names: &[String]) -> Result<(), ConfigError> {
    for (index, name) in names.iter().enumerate() {
        check_name(&format!("{key}[{index}]"), name)?;
    }
    let mut sorted: Vec<&String> = names.iter().collect();
    sorted.sort_unstable();
    match sorted.windows(2).find(|pair| pair[0] == pair[1]) {
        Some(pair) => Err(refuse(key, pair[0], "a list without repeated names")),
        None => Ok(()),
    }
}

//! A world's configuration with a person's settings over it.

use super::FiguresError;
use evolve_core::config::Config;
use evolve_format::config::{config_text, parse_config};
use evolve_worlds::WorldKind;
use serde_json::Value;
use std::path::PathBuf;

/// What differs from the world's own configuration.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Settings {
    /// JSON of settings.
    pub file: Option<PathBuf>,
    /// Single settings, like `mutation.weight_power` and `0.5`; they go over the file's.
    pub single: Vec<(String, String)>,
}

impl Settings {
    pub fn over(&self, world: WorldKind) -> Result<Config, FiguresError> {
        let mut whole = as_value(&world.config());
        if let Some(path) = &self.file {
            let refuse =
                |problem: String| FiguresError::Config { place: path.display().to_string(), problem };
            let text = std::fs::read_to_string(path).map_err(|error| refuse(error.to_string()))?;
            overlay(&mut whole, serde_json::from_str(&text).map_err(|error| refuse(error.to_string()))?);
            parse_config(&whole.to_string()).map_err(|error| refuse(error.to_string()))?;
        }
        for (key, text) in &self.single {
            let place = format!("--set {key}={text}");
            let refuse = |problem: String| FiguresError::Config { place: place.clone(), problem };
            let setting = whole.pointer_mut(&format!("/{}", key.replace('.', "/")));
            let setting = setting.ok_or_else(|| refuse("there is no such setting".into()))?;
            *setting = serde_json::from_str(text).unwrap_or_else(|_| Value::from(text.as_str()));
            parse_config(&whole.to_string()).map_err(|error| refuse(error.to_string()))?;
        }
        Ok(parse_config(&whole.to_string()).expect("every change was checked"))
    }
}

pub fn as_value(config: &Config) -> Value {
    serde_json::from_str(&config_text(config)).expect("a configuration's text is JSON")
}

/// Objects key by key and lists entry by entry; everything else is replaced.
fn overlay(base: &mut Value, changes: Value) {
    match (base, changes) {
        (Value::Object(base), Value::Object(changes)) => {
            changes
                .into_iter()
                .for_each(|(key, value)| overlay(base.entry(key).or_insert(Value::Null), value));
        }
        (Value::Array(base), Value::Array(changes)) if changes.iter().all(Value::is_object) => {
            base.iter_mut().zip(changes).for_each(|(entry, change)| overlay(entry, change));
        }
        (base, changes) => *base = changes,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn single(key: &str, text: &str) -> Settings {
        Settings { file: None, single: vec![(key.into(), text.into())] }
    }

    #[test]
    fn settings_of_a_file_go_over_the_worlds_own_and_single_ones_over_both() {
        let path = std::env::temp_dir().join(format!("evolve-figures-{}.json", std::process::id()));
        std::fs::write(&path, r#"{"populations":[{"size":70}],"mutation":{"add_node_rate":0.5}}"#).unwrap();
        let mut settings = Settings { file: Some(path.clone()), single: Vec::new() };
        let config = settings.over(WorldKind::Xor).unwrap();
        assert_eq!((config.populations[0].size, config.populations[0].inputs.len()), (70, 2));
        assert_eq!(config.mutation.add_node_rate, 0.5);
        settings.single = single("populations.0.size", "80").single;
        assert_eq!(settings.over(WorldKind::Xor).unwrap().populations[0].size, 80);
        std::fs::write(&path, r#"{"mutation":{"add_node_rte":0.5}}"#).unwrap();
        assert!(settings.over(WorldKind::Xor).unwrap_err().to_string().contains("add_node_rte"));
        std::fs::remove_file(path).unwrap();
    }

    #[test]
    fn a_single_setting_that_is_unknown_or_out_of_range_is_named_with_its_value() {
        let refused = |key, text| single(key, text).over(WorldKind::Xor).unwrap_err().to_string();
        assert_eq!(refused("mutation.power", "1"), "--set mutation.power=1: there is no such setting");
        let message = refused("mutation.weight_rate", "2");
        assert!(
            message.starts_with("--set mutation.weight_rate=2: ") && message.contains("to 1"),
            "{message}"
        );
        assert!(refused("speciation.strategy", "thresold").contains("thresold"));
        assert!(single("speciation.strategy", "kmeans").over(WorldKind::Xor).is_ok());
    }
}

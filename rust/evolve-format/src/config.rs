//! Configurations as JSON: checked with the path of what is wrong, canonical on the way out.

use evolve_core::config::Config;
use serde_json::Value;
use thiserror::Error;

/// Why a configuration was refused.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum ConfigTextError {
    /// No JSON, an unknown key or a wrong type.
    #[error("configuration key {key}: {problem}")]
    Key {
        /// Path of the key.
        key: String,
        /// What is wrong with it.
        problem: String,
    },
    /// A value out of its range.
    #[error(transparent)]
    Value(#[from] evolve_core::config::ConfigError),
}

/// Read a configuration, fill in the defaults, and check it.
pub fn parse_config(text: &str) -> Result<Config, ConfigTextError> {
    let mut reader = serde_json::Deserializer::from_str(text);
    let config: Config = serde_path_to_error::deserialize(&mut reader).map_err(|error| {
        ConfigTextError::Key { key: error.path().to_string(), problem: without_place(&error.into_inner()) }
    })?;
    let trailing =
        |error: serde_json::Error| ConfigTextError::Key { key: ".".into(), problem: without_place(&error) };
    reader.end().map_err(trailing)?;
    config.check()?;
    Ok(config)
}

/// Configurations reach us as JSON that a program wrote from TOML or from a scene: its lines and columns
/// mean nothing to the person who has to mend it.
fn without_place(error: &serde_json::Error) -> String {
    let text = error.to_string();
    text.rfind(" at line ").map_or(text.clone(), |end| text[..end].to_owned())
}

/// The configuration with every default, as canonical JSON.
pub fn config_text(config: &Config) -> String {
    config_value(config).to_string()
}

pub(crate) fn config_value(config: &Config) -> Value {
    serde_json::to_value(config).expect("a configuration is plain data with text keys")
}

#[cfg(test)]
mod tests {
    use super::*;

    const SMALL: &str = r#"{"populations": [{"inputs": ["a"], "outputs": ["b"], "size": 20}]}"#;

    fn refused(text: &str) -> String {
        parse_config(text).unwrap_err().to_string()
    }

    #[test]
    fn defaults_are_filled_in_and_the_text_is_stable() {
        let config = parse_config(SMALL).unwrap();
        assert_eq!((config.populations[0].size, config.populations[0].name.as_str()), (20, "main"));
        let text = config_text(&config);
        assert_eq!(config_text(&parse_config(&text).unwrap()), text);
        assert!(
            text.starts_with(
                r#"{"complexity":{"allowance":0.0,"deletion_rate":0.3,"patience":5},"evaluation":{"behaviour":[],"episode_ticks":1000,"#
            ),
            "{text}"
        );
    }

    #[test]
    fn numbers_that_f32_rounds_are_stable_too() {
        let text = SMALL.replace("20}", r#"20}], "mutation": {"weight_power": 0.1}, "populations_": ["#);
        assert!(parse_config(&text).is_err());
        let text = SMALL.replacen('{', r#"{"mutation": {"weight_power": 0.1},"#, 1);
        let once = config_text(&parse_config(&text).unwrap());
        assert_eq!(config_text(&parse_config(&once).unwrap()), once);
    }

    #[test]
    fn what_is_wrong_is_named_with_its_path() {
        assert_eq!(
            refused(r#"{"mutation": {"wieght_rate": 1}}"#),
            "configuration key mutation.wieght_rate: unknown field `wieght_rate`, expected one of `weight_rate`, \
             `bias_rate`, `replace_rate`, `weight_power`, `add_connection_rate`, `add_node_rate`, \
             `delete_connection_rate`, `delete_node_rate`, `toggle_rate`, `activation_rate`, `aggregation_rate`"
        );
        assert!(
            refused(r#"{"mutation": {"weight_rate": "often"}}"#)
                .starts_with("configuration key mutation.weight_rate: invalid type")
        );
        assert!(refused("{} x").starts_with("configuration key .: trailing characters"));
        assert!(
            refused(&SMALL.replace("20", "1")).starts_with("populations[0].size is 1, but must be from 2")
        );
    }
}

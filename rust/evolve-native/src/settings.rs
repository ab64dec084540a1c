//! Settings as scripts give them: a `Dictionary` with the names and the sections of a run's configuration,
//! held to the same ranges.

use evolve_core::config::Config;
use evolve_format::config::parse_config;
use godot::builtin::{AnyArray, AnyDictionary};
use godot::meta::conv::ByValue;
use godot::meta::error::ConvertError;
use godot::meta::shape::GodotShape;
use godot::meta::{GodotConvert, GodotImmutable};
use godot::prelude::*;
use serde_json::{Map, Number, Value, json};

/// No setting lies deeper, and a dictionary that holds itself must end somewhere.
const DEEPEST: usize = 8;
/// Below this every whole float is one integer.
const WHOLE: f64 = 9_007_199_254_740_992.0;

/// The last argument of calls that breed; `{}` when it is left out.
#[derive(Clone, Debug)]
pub struct Settings(AnyDictionary);

impl Default for Settings {
    fn default() -> Self {
        Self(VarDictionary::new().into_read_only().upcast_any_dictionary())
    }
}

impl GodotConvert for Settings {
    type Via = AnyDictionary;

    fn godot_shape() -> GodotShape {
        AnyDictionary::godot_shape()
    }
}

impl ToGodot for Settings {
    type Pass = ByValue;

    fn to_godot(&self) -> AnyDictionary {
        self.0.clone()
    }
}

impl FromGodot for Settings {
    fn try_from_godot(given: AnyDictionary) -> Result<Self, ConvertError> {
        Ok(Self(given))
    }
}

// SAFETY: the only value that is ever a default is the empty one above, which is read-only.
unsafe impl GodotImmutable for Settings {}

impl Settings {
    /// The configuration with these settings; those that are not named have their defaults.
    pub fn read(&self) -> Result<Config, String> {
        if self.0.is_empty() {
            return Ok(Config::default());
        }
        let mut map = object("settings", &self.0, DEEPEST)?;
        // A configuration has populations; who owns their loop need not name them.
        map.entry("populations").or_insert_with(|| json!([{"inputs": ["input"], "outputs": ["output"]}]));
        parse_config(&Value::Object(map).to_string()).map_err(|error| error.to_string())
    }
}

fn object(path: &str, dictionary: &AnyDictionary, depth: usize) -> Result<Map<String, Value>, String> {
    let entry = |(key, value): (Variant, Variant)| {
        let Ok(name) = key.try_to_relaxed::<GString>() else {
            return Err(format!("{path} has the key {key}, but settings have names"));
        };
        let place = if path == "settings" { name.to_string() } else { format!("{path}.{name}") };
        Ok((name.to_string(), convert(&place, &value, depth)?))
    };
    dictionary.iter_shared().map(entry).collect()
}

fn convert(path: &str, value: &Variant, depth: usize) -> Result<Value, String> {
    if depth == 0 {
        return Err(format!("{path} lies too deep: no setting does"));
    }
    match value.get_type() {
        VariantType::BOOL => Ok(Value::Bool(value.to())),
        VariantType::INT => Ok(Value::from(value.to::<i64>())),
        VariantType::FLOAT => number(path, value.to()),
        VariantType::STRING | VariantType::STRING_NAME => Ok(Value::from(value.stringify().to_string())),
        VariantType::DICTIONARY => object(path, &value.to(), depth - 1).map(Value::Object),
        VariantType::ARRAY => {
            let list = value.to::<AnyArray>();
            let entries = list.iter_shared().enumerate();
            entries.map(|(at, entry)| convert(&format!("{path}[{at}]"), &entry, depth - 1)).collect()
        }
        VariantType::PACKED_STRING_ARRAY => {
            let list = value.to::<PackedStringArray>();
            Ok(list.as_slice().iter().map(|name| Value::from(name.to_string())).collect())
        }
        _ => Err(format!("{path} is {value}, which no setting can be")),
    }
}

/// JSON has no NaN; and Godot reads every number in JSON as a float, also the counts among the settings.
fn number(path: &str, value: f64) -> Result<Value, String> {
    if value.fract() == 0.0 && value.abs() < WHOLE {
        return Ok(Value::from(value as i64));
    }
    let finite = Number::from_f64(value).ok_or_else(|| format!("{path} is {value}, but must be finite"));
    finite.map(Value::Number)
}

//! Checks of single settings; each refusal names the key, the value and the range.

use super::ConfigError;

pub(super) fn refuse(key: &str, value: &dyn std::fmt::Display, range: &str) -> ConfigError {
    ConfigError { key: key.into(), value: value.to_string(), range: range.into() }
}

pub(super) fn within<T: PartialOrd + std::fmt::Display>(
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
pub(super) fn check_list<T: Copy + PartialEq>(
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

pub(super) fn check_name(key: &str, name: &str) -> Result<(), ConfigError> {
    if (1..=64).contains(&name.chars().count()) && !name.chars().any(char::is_control) {
        return Ok(());
    }
    Err(refuse(key, &format!("{name:?}"), "1 to 64 characters without control characters"))
}

/// Probabilities and shares, by key.
pub(super) fn check_rates(rates: &[(&str, f64)]) -> Result<(), ConfigError> {
    rates.iter().try_for_each(|&(key, rate)| within(key, rate, 0.0, 1.0))
}

//! The module's exceptions: one sentence each, all of them `ValueError`s.

use pyo3::create_exception;
use pyo3::exceptions::{PyOSError, PyValueError};
use pyo3::prelude::*;
use std::fmt::Display;

create_exception!(evolve._native, EvolveError, PyValueError, "Something that was handed in makes no sense.");
create_exception!(evolve._native, ConfigError, EvolveError, "A configuration that makes no sense.");
create_exception!(evolve._native, FormatError, EvolveError, "Bytes that are no valid file or frame.");
create_exception!(evolve._native, ResultError, EvolveError, "Scores that do not fit their unit.");
create_exception!(evolve._native, TooManyMetricsError, ResultError, "Metrics of too many names.");

pub fn add_to(module: &Bound<'_, PyModule>) -> PyResult<()> {
    let python = module.py();
    module.add("EvolveError", python.get_type::<EvolveError>())?;
    module.add("ConfigError", python.get_type::<ConfigError>())?;
    module.add("FormatError", python.get_type::<FormatError>())?;
    module.add("ResultError", python.get_type::<ResultError>())?;
    module.add("TooManyMetricsError", python.get_type::<TooManyMetricsError>())
}
pub fn evolve(error: impl Display) -> PyErr {
    EvolveError::new_err(error.to_string())
}
pub fn config(error: impl Display) -> PyErr {
    ConfigError::new_err(error.to_string())
}
pub fn format(error: impl Display) -> PyErr {
    FormatError::new_err(error.to_string())
}
pub fn result(error: impl Display) -> PyErr {
    ResultError::new_err(error.to_string())
}

/// Why an evolution refused results. Too many names are nobody's alone: every worker may have kept the limit.
pub fn refused(error: evolve_core::evolution::ResultError) -> PyErr {
    use evolve_core::{evolution::ResultError::Metric, metric::MetricError::TooMany};
    match error {
        Metric { problem: TooMany(_), .. } => TooManyMetricsError::new_err(error.to_string()),
        _ => result(error),
    }
}

/// A file that cannot be read or written.
pub fn storage(error: evolve_format::StorageError) -> PyErr {
    match error.number() {
        // With its number Python makes the fitting kind of it, like FileNotFoundError.
        Some(number) => PyOSError::new_err((number, error.to_string())),
        None => PyOSError::new_err(error.to_string()),
    }
}

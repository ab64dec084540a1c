//! The `PyO3` module `evolve._native`: the engine's Python door, typed by `_native.pyi`.
//!
//! Thin on purpose: it turns Python's values into the engine's and the engine's errors into exceptions
//! with one sentence. It starts no Python threads and keeps no global state.

mod champion;
mod errors;
mod evolution;
mod exhibition;
mod lineage;
mod numbers;
mod policy;
mod population_graph;
mod report;
mod selection;
mod work;

use evolve_format::config::{config_text, parse_config};
use evolve_worlds::WorldKind;
use pyo3::prelude::*;

/// Check a configuration and fill in the defaults.
#[pyfunction]
fn complete_config(config: &str) -> PyResult<String> {
    parse_config(config).map(|config| config_text(&config)).map_err(errors::config)
}

/// Names of the native worlds.
#[pyfunction]
fn worlds() -> Vec<&'static str> {
    WorldKind::ALL.iter().map(|kind| kind.name()).collect()
}

/// The configuration that a world suggests.
#[pyfunction]
fn world_config(world: &str) -> PyResult<String> {
    work::world(world).map(|kind| config_text(&kind.config()))
}

#[pymodule]
fn _native(module: &Bound<'_, PyModule>) -> PyResult<()> {
    module.add("__version__", env!("CARGO_PKG_VERSION"))?;
    errors::add_to(module)?;
    module.add_class::<evolution::Evolution>()?;
    module.add_class::<lineage::Lineage>()?;
    module.add_class::<work::WorkBatch>()?;
    module.add_class::<work::Results>()?;
    module.add_class::<champion::Champion>()?;
    module.add_class::<policy::Policy>()?;
    population_graph::add_to(module)?;
    selection::add_to(module)?;
    module.add_function(wrap_pyfunction!(complete_config, module)?)?;
    module.add_function(wrap_pyfunction!(exhibition::exhibition, module)?)?;
    module.add_function(wrap_pyfunction!(worlds, module)?)?;
    module.add_function(wrap_pyfunction!(world_config, module)?)
}

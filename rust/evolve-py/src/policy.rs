//! `Policy`: layers with torch's weights, from a file or from numbers.

use crate::errors;
use crate::numbers;
use evolve_core::policy::{Policy as Engine, PolicyBuffers};
use evolve_format::{NamedPolicy, decode_policy, encode_policy, parse_layers, read_file, write_file};
use evolve_onnx::{import_policy, policy_model};
use pyo3::prelude::*;
use pyo3::types::{PyByteArray, PyBytes};
use std::path::PathBuf;

#[pyclass(module = "evolve._native")]
pub struct Policy {
    named: NamedPolicy,
    buffers: PolicyBuffers,
}

impl Policy {
    pub fn of(named: NamedPolicy) -> Self {
        Self { buffers: named.policy.buffers(), named }
    }
}

#[pymethods]
impl Policy {
    #[new]
    #[pyo3(signature = (layers, weights, inputs = Vec::new(), outputs = Vec::new()))]
    fn new(
        layers: &str,
        weights: &Bound<'_, PyAny>,
        inputs: Vec<String>,
        outputs: Vec<String>,
    ) -> PyResult<Self> {
        let layers = parse_layers(layers).map_err(errors::evolve)?;
        let weights = numbers::copied(weights, "the weights", "float32")?;
        let policy = Engine::new(layers, weights).map_err(errors::evolve)?;
        // Names are checked where files are.
        let bytes = encode_policy(&NamedPolicy { inputs, outputs, policy });
        decode_policy(&bytes).map(Self::of).map_err(errors::evolve)
    }

    #[staticmethod]
    fn load(path: PathBuf) -> PyResult<Self> {
        let bytes = read_file(&path).map_err(errors::storage)?;
        let named = decode_policy(&bytes);
        named.map(Self::of).map_err(|error| errors::format(format!("{}: {error}", path.display())))
    }

    #[staticmethod]
    fn from_onnx(python: Python<'_>, model: &[u8]) -> PyResult<Self> {
        python.detach(|| import_policy(model)).map(Self::of).map_err(errors::format)
    }

    fn save(&self, path: PathBuf) -> PyResult<()> {
        write_file(&path, &encode_policy(&self.named)).map_err(errors::storage)
    }

    #[getter]
    fn inputs(&self) -> Vec<String> {
        self.named.inputs.clone()
    }

    #[getter]
    fn outputs(&self) -> Vec<String> {
        self.named.outputs.clone()
    }

    /// How many numbers it senses and gives.
    #[getter]
    fn sizes(&self) -> (usize, usize) {
        (self.named.policy.inputs(), self.named.policy.outputs())
    }

    fn to_onnx<'py>(&self, python: Python<'py>) -> PyResult<Bound<'py, PyBytes>> {
        policy_model(&self.named).map(|model| PyBytes::new(python, &model)).map_err(errors::evolve)
    }

    fn think<'py>(&mut self, observations: &Bound<'py, PyAny>) -> PyResult<Bound<'py, PyByteArray>> {
        let given: Vec<f32> = numbers::copied(observations, "the observations", "float32")?;
        let policy = &self.named.policy;
        if !given.len().is_multiple_of(policy.inputs()) {
            let (count, inputs) = (given.len(), policy.inputs());
            return Err(errors::evolve(format!("{count} observations are no rows of {inputs}")));
        }
        let mut actions = vec![0.0; given.len() / policy.inputs() * policy.outputs()];
        policy.forward(&given, &mut self.buffers, &mut actions);
        numbers::bytes(observations.py(), &actions, f32::to_ne_bytes)
    }
}

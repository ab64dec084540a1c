//! `Champion`: a brain from a `.evo` file.

use crate::errors;
use evolve_core::network::Network;
use evolve_format::{Brain, decode_champion, file_digest, read_file};
use evolve_onnx::champion_model;
use pyo3::prelude::*;
use pyo3::types::PyBytes;
use std::path::PathBuf;

#[pyclass(module = "evolve._native")]
pub struct Champion {
    brain: Brain,
    sha256: String,
    network: Network,
    values: Vec<f32>,
    scratch: Vec<f32>,
}

impl Champion {
    pub fn brain(&self) -> &Brain {
        &self.brain
    }
}

#[pymethods]
impl Champion {
    #[staticmethod]
    fn load(path: PathBuf) -> PyResult<Self> {
        let bytes = read_file(&path).map_err(errors::storage)?;
        let brain = decode_champion(&bytes)
            .map_err(|error| errors::format(format!("{}: {error}", path.display())))?;
        let network = Network::compile(&brain.champion.genome, brain.shape.recurrent);
        let sha256 = file_digest(&bytes).unwrap_or_default();
        Ok(Self { values: vec![0.0; network.slots()], scratch: Vec::new(), brain, sha256, network })
    }

    #[getter]
    fn inputs(&self) -> Vec<String> {
        self.brain.shape.inputs.clone()
    }

    #[getter]
    fn outputs(&self) -> Vec<String> {
        self.brain.shape.outputs.clone()
    }

    #[getter]
    fn fitness(&self) -> f64 {
        self.brain.champion.fitness
    }

    #[getter]
    fn generation(&self) -> u32 {
        self.brain.champion.generation
    }

    #[getter]
    fn nodes(&self) -> Vec<(i64, f32, &'static str, &'static str)> {
        let nodes = &self.brain.champion.genome.nodes;
        let node = |place| {
            let node = nodes.get(place);
            (node.id.0, node.bias, node.activation.name(), node.aggregation.name())
        };
        (0..nodes.len()).map(node).collect()
    }

    #[getter]
    fn connections(&self) -> Vec<(i64, i64, f32, bool)> {
        let genes = &self.brain.champion.genome.connections;
        let gene = |place| {
            let gene = genes.get(place);
            (gene.source.0, gene.target.0, gene.weight, gene.enabled)
        };
        (0..genes.len()).map(gene).collect()
    }

    #[getter]
    fn recurrent(&self) -> bool {
        self.brain.shape.recurrent
    }

    fn to_onnx<'py>(&self, python: Python<'py>) -> PyResult<Bound<'py, PyBytes>> {
        let model = python.detach(|| champion_model(&self.brain, &self.sha256));
        model.map(|model| PyBytes::new(python, &model)).map_err(errors::evolve)
    }

    fn reset(&mut self) {
        self.values.fill(0.0);
    }

    fn think(&mut self, observations: Vec<f32>) -> PyResult<Vec<f32>> {
        let (given, expected) = (observations.len(), self.network.inputs());
        if given != expected {
            let names = self.brain.shape.inputs.join(", ");
            let message =
                format!("{given} observations were given where this brain senses {expected}: {names}");
            return Err(errors::evolve(message));
        }
        let mut actions = vec![0.0; self.network.outputs()];
        self.network.forward(&observations, &mut self.values, &mut self.scratch, &mut actions);
        Ok(actions)
    }
}

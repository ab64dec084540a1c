//! A model that onnxruntime computes in this process. Its library is loaded when the first file is opened, so
//! that a program without it runs as long as it asks services only.

mod library;
mod watch;

use crate::backend::{Answers, Backend, Limits, Open};
use crate::{ClientError, Options, Rows, Shape, Tensor};
use ort::environment::Environment;
use ort::logging::LogLevel;
use ort::session::{RunOptions, Session, SessionInputValue};
use ort::value::{Outlet, TensorElementType, TensorRef};
use std::fs;
use std::path::PathBuf;
use std::time::Duration;
use watch::Watch;

/// Bytes of rows of several callers that are computed together. More of them fall out of the processor's cache: 64 rows
/// a caller, 32 numbers each, were 27,000 a second with this and 20,000 with 1 MiB.
const MOST_TOGETHER: usize = 256 << 10;
/// An ONNX file may not be larger.
const MOST_BYTES: u64 = 2 << 30;

/// A file, and how it is computed.
pub struct Opening {
    path: PathBuf,
    threads: usize,
    timeout: Duration,
}

impl Opening {
    pub fn new(path: PathBuf, options: &Options) -> Self {
        Self { path, threads: options.threads.max(1), timeout: options.timeout }
    }

    fn read(&self) -> Result<Vec<u8>, ClientError> {
        let failed = |problem: String| ClientError::File { path: self.path.display().to_string(), problem };
        let size = fs::metadata(&self.path).map_err(|error| failed(error.to_string()))?.len();
        if size > MOST_BYTES {
            return Err(failed(format!("it has {size} bytes, but a model has at most {MOST_BYTES}")));
        }
        fs::read(&self.path).map_err(|error| failed(error.to_string()))
    }

    /// The model alone: data that stands in other files is refused, because what is loaded has no folder.
    fn session(&self, environment: &Environment, model: &[u8]) -> ort::Result<Session> {
        Session::builder(environment)?
            .with_log_level(LogLevel::Fatal)?
            .with_intra_threads(self.threads)?
            .with_inter_threads(1)?
            .commit_from_memory(model)
    }
}

impl Open for Opening {
    fn open(&self, answers: Answers) -> Result<Box<dyn Backend>, ClientError> {
        let model = self.read()?;
        let environment = library::environment()?;
        let path = self.path.display().to_string();
        let session = self.session(&environment, &model).map_err(|error| ClientError::Model {
            path: path.clone(),
            problem: first_line(error.message()),
        })?;
        let shape = shape(&session).ok_or(ClientError::Tensors(path.clone()))?;
        let watch = Watch::new(answers.clone(), self.timeout);
        let watch = watch.map_err(|problem| ClientError::Model { path: path.clone(), problem })?;
        Ok(Box::new(Local { session, shape, answers, watch, path, timeout: self.timeout }))
    }
}

struct Local {
    session: Session,
    shape: Shape,
    answers: Answers,
    watch: Watch,
    path: String,
    timeout: Duration,
}

impl Backend for Local {
    fn shape(&self) -> &Shape {
        &self.shape
    }

    fn limits(&self) -> Limits {
        // It computes in `begin`, so that there is never more than one.
        Limits { requests: 1, bytes: MOST_TOGETHER }
    }

    fn begin(&mut self, number: u64, rows: usize, inputs: &[Vec<f32>]) -> Result<(), ClientError> {
        let (session, shape) = (&mut self.session, &self.shape);
        let answer = self.watch.run(|options| compute(session, shape, rows, inputs, options));
        let answer = match answer {
            Some(answer) => answer.map_err(|reason| ClientError::Failed { model: self.path.clone(), reason }),
            None => Err(ClientError::TimedOut { model: self.path.clone(), timeout: self.timeout }),
        };
        self.answers.give(number, answer);
        Ok(())
    }
}

fn compute(
    session: &mut Session,
    shape: &Shape,
    rows: usize,
    inputs: &[Vec<f32>],
    options: &RunOptions,
) -> Result<Rows, String> {
    let said = |error: ort::Error| first_line(error.message());
    let mut values: Vec<(&str, SessionInputValue<'_>)> = Vec::with_capacity(inputs.len());
    for (tensor, numbers) in shape.inputs.iter().zip(inputs) {
        let sizes: Vec<usize> = [&[rows], tensor.sizes.as_slice()].concat();
        let value = TensorRef::from_array_view((sizes, numbers.as_slice())).map_err(said)?;
        values.push((&tensor.name, value.into()));
    }
    let given = session.run_with_options(values, options).map_err(said)?;
    let output = |tensor: &Tensor| {
        let value = given.get(&tensor.name).ok_or_else(|| format!("{} is missing", tensor.name))?;
        let (_, numbers) = value.try_extract_tensor::<f32>().map_err(said)?;
        if numbers.len() == rows * tensor.width {
            Ok(numbers.to_vec())
        } else {
            Err(format!("{} has other rows than the inputs", tensor.name))
        }
    };
    shape.outputs.iter().map(output).collect()
}

fn shape(session: &Session) -> Option<Shape> {
    let tensors = |outlets: &[Outlet]| outlets.iter().map(tensor).collect::<Option<Vec<_>>>();
    Shape { inputs: tensors(session.inputs())?, outputs: tensors(session.outputs())? }.checked()
}

fn tensor(outlet: &Outlet) -> Option<Tensor> {
    let sizes = outlet.dtype().tensor_shape()?;
    let is_float = outlet.dtype().tensor_type() == Some(TensorElementType::Float32);
    Tensor::of(outlet.name(), sizes).filter(|_| is_float)
}

/// What onnxruntime says goes on for lines, with places in its sources.
fn first_line(said: &str) -> String {
    said.lines().next().unwrap_or("no reason given").trim().to_owned()
}

//! The client: a queue that callers submit to, and a thread that sends.

use crate::address::{Address, Door};
use crate::backend::{Answers, Backend, Open};
use crate::queue::{Asked, Next, Queue};
use crate::ticket::Slot;
use crate::{ClientError, Counters, Rows, Shape, Ticket, http, local, websocket};
use std::path::PathBuf;
use std::sync::Arc;
use std::thread::{self, JoinHandle};
use std::time::{Duration, Instant};

/// The most that one caller may submit at a time; a service takes no larger message.
const MOST_BYTES: usize = 64 << 20;

/// How a model is asked.
#[derive(Clone, Debug)]
pub struct Options {
    /// The key of a service.
    pub token: Option<String>,
    /// A file with the certificate to trust, the service's own or its authority's; the system's without it.
    pub certificate: Option<PathBuf>,
    /// How long an answer may take, a connection made again included.
    pub timeout: Duration,
    /// Requests under way at a time; what is submitted meanwhile shares the next one. 1 or more, of a service.
    pub requests: usize,
    /// Threads of onnxruntime; 1 or more, for a file.
    pub threads: usize,
}

impl Default for Options {
    fn default() -> Self {
        Self { token: None, certificate: None, timeout: Duration::from_secs(10), requests: 4, threads: 1 }
    }
}

/// One model, for any number of threads. Dropping it ends what is under way.
pub struct Client {
    queue: Arc<Queue>,
    shape: Shape,
    model: String,
    timeout: Duration,
    thread: Option<JoinHandle<()>>,
}

impl Client {
    /// A model at `ws://HOST:PORT/infer#MODEL` or `http://HOST:PORT#MODEL` (its newest version; wss or https with
    /// TLS), or the one in the ONNX file at a path.
    pub fn open(model: &str, options: &Options) -> Result<Self, ClientError> {
        let is_key = |token: &String| token.bytes().all(|byte| byte.is_ascii_graphic());
        if !options.token.as_ref().is_none_or(is_key) {
            return Err(ClientError::Token);
        }
        let (name, open): (String, Box<dyn Open>) = match Address::parse(model)? {
            Address::Service { door, place } => {
                let name = place.model.clone();
                match door {
                    Door::WebSocket => (name, Box::new(websocket::Opening::new(place, options))),
                    Door::Http => (name, Box::new(http::Opening::new(place, options))),
                }
            }
            Address::File(path) => (model.to_owned(), Box::new(local::Opening::new(path, options))),
        };
        Self::start(name, open, options.timeout)
    }

    fn start(model: String, open: Box<dyn Open>, timeout: Duration) -> Result<Self, ClientError> {
        let queue = Arc::new(Queue::new(model.clone(), timeout));
        let first = open.open(Answers { queue: Arc::clone(&queue), backend: 0 })?;
        queue.opened(Ok(()));
        let shape = first.shape().clone();
        let sender = Sender { queue: Arc::clone(&queue), open, model: model.clone(), shape: shape.clone() };
        let thread = thread::Builder::new().name("evolve-client".into()).spawn(move || sender.run(first));
        let failed = |error: std::io::Error| ClientError::File {
            path: "a thread for the client".into(),
            problem: error.to_string(),
        };
        Ok(Self { queue, shape, model, timeout, thread: Some(thread.map_err(failed)?) })
    }

    /// What the model takes and gives.
    pub fn shape(&self) -> &Shape {
        &self.shape
    }

    /// What it has done so far.
    pub fn counters(&self) -> Counters {
        self.queue.counters()
    }

    /// Submit rows, one slice for each input of the model, and go on. Never waits.
    pub fn submit(&self, inputs: &[&[f32]]) -> Result<Ticket, ClientError> {
        let began = Instant::now();
        let rows = self.shape.rows_of(&self.model, inputs)?;
        let bytes = rows.saturating_mul(self.shape.input_bytes());
        if bytes > MOST_BYTES {
            return Err(ClientError::TooLarge { bytes, most: MOST_BYTES });
        }
        let slot = Arc::new(Slot::default());
        let inputs = inputs.iter().map(|input| input.to_vec()).collect();
        self.queue.submit(Asked { slot: Arc::clone(&slot), began, rows, inputs, is_alone: false })?;
        let late = ClientError::TimedOut { model: self.model.clone(), timeout: self.timeout };
        Ok(Ticket::new(slot, began, late, self.timeout))
    }

    /// Rows in, rows out: submit, and wait.
    pub fn infer(&self, inputs: &[&[f32]]) -> Result<Rows, ClientError> {
        self.submit(inputs)?.wait()
    }
}

impl Drop for Client {
    fn drop(&mut self) {
        self.queue.close();
        // onnxruntime must not be in use while the process ends.
        if let Some(thread) = self.thread.take() {
            drop(thread.join());
        }
    }
}

/// The thread's side: sends what waits, and comes back to a service that went away.
struct Sender {
    queue: Arc<Queue>,
    open: Box<dyn Open>,
    model: String,
    shape: Shape,
}

impl Sender {
    fn run(&self, first: Box<dyn Backend>) {
        let (mut limits, mut heard) = (first.limits(), 0);
        let mut backend = Some(first);
        while let Some(next) = self.queue.next(limits) {
            match next {
                Next::Drop => backend = None,
                Next::Open(number) => {
                    heard = number;
                    let opened = self.open_again(number).map(|one| {
                        limits = one.limits();
                        backend = Some(one);
                    });
                    self.queue.opened(opened);
                }
                Next::Send { number, rows, inputs } => {
                    if let Some(Err(error)) = backend.as_mut().map(|one| one.begin(number, rows, &inputs)) {
                        self.queue.lost(heard, error);
                    }
                }
            }
        }
    }

    fn open_again(&self, number: u64) -> Result<Box<dyn Backend>, ClientError> {
        let backend = self.open.open(Answers { queue: Arc::clone(&self.queue), backend: number })?;
        if backend.shape() == &self.shape {
            Ok(backend)
        } else {
            Err(ClientError::Tensors(self.model.clone()))
        }
    }
}

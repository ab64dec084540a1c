//! What computes: the one thing that a service by either door and onnxruntime have in common.

use crate::queue::Queue;
use crate::{ClientError, Counters, Rows, Shape};
use std::sync::Arc;

/// A model that is ready. It gets its requests from one thread, one after another.
pub trait Backend: Send {
    /// What the model takes and gives.
    fn shape(&self) -> &Shape;

    /// What it can bear.
    fn limits(&self) -> Limits;

    /// Begin with a request; its answer goes to the [`Answers`] of this backend, from whatever thread, now or
    /// later. An error is the end of the backend.
    fn begin(&mut self, number: u64, rows: usize, inputs: &[Vec<f32>]) -> Result<(), ClientError>;
}

/// How to come to a backend, and again when it is lost.
pub trait Open: Send {
    /// Connect, or load. The first one says what the model is; each later one has to be the same.
    fn open(&self, answers: Answers) -> Result<Box<dyn Backend>, ClientError>;
}

/// What a backend can bear.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Limits {
    /// Requests that are under way at a time.
    pub requests: usize,
    /// Bytes of the rows of all of them, unless there is only one.
    pub bytes: usize,
}

/// Where one backend puts its answers. What an earlier backend still says is not heard.
#[derive(Clone)]
pub struct Answers {
    pub(crate) queue: Arc<Queue>,
    pub(crate) backend: u64,
}

impl Answers {
    /// A request has its outputs, or a refusal that concerns nobody else.
    pub fn give(&self, number: u64, answer: Result<Rows, ClientError>) {
        self.queue.answer(self.backend, number, answer);
    }

    /// The backend is gone. What it has under way is asked again of the next one, unless it answered nonsense.
    pub fn lost(&self, error: ClientError) {
        self.queue.lost(self.backend, error);
    }

    /// Whether the client is closed.
    pub fn is_over(&self) -> bool {
        self.queue.is_closed()
    }

    /// Count what something took.
    pub fn count(&self, add: impl FnOnce(&mut Counters)) {
        self.queue.count(add);
    }
}

//! What waits and what is under way, without a connection: who submits, what computes, and the thread between
//! them meet here.

mod state;

pub use state::{Asked, Next};

use crate::backend::Limits;
use crate::{ClientError, Counters, Rows};
use state::State;
use std::sync::{Condvar, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

/// Bytes of rows that may wait.
const MOST_WAITING: usize = 256 << 20;
/// The codes of wrong input.
const ABOUT_ROWS: [u32; 2] = [400, 413];

/// Where callers, the client's thread and its backend meet.
pub struct Queue {
    state: Mutex<State>,
    changed: Condvar,
    model: String,
    timeout: Duration,
}

impl Queue {
    pub fn new(model: String, timeout: Duration) -> Self {
        Self { state: Mutex::default(), changed: Condvar::new(), model, timeout }
    }

    pub fn counters(&self) -> Counters {
        self.lock().counters
    }

    pub fn is_closed(&self) -> bool {
        self.lock().is_closed
    }

    pub fn count(&self, add: impl FnOnce(&mut Counters)) {
        add(&mut self.lock().counters);
    }

    pub fn submit(&self, asked: Asked) -> Result<(), ClientError> {
        let mut state = self.lock();
        let bytes = state.waiting_bytes + asked.bytes();
        if bytes > MOST_WAITING && !state.waiting.is_empty() {
            return Err(ClientError::Full(state.waiting_bytes));
        }
        state.waiting_bytes = bytes;
        state.waiting.push_back(asked);
        drop(state);
        self.changed.notify_one();
        Ok(())
    }

    /// What to do next; waits for it. None when the client is closed.
    pub fn next(&self, limits: Limits) -> Option<Next> {
        let mut state = self.lock();
        loop {
            if state.is_closed {
                return None;
            }
            state.expire(&self.late(), self.timeout);
            if let Some(error) = state.lost.take() {
                state.let_go(error);
                return Some(Next::Drop);
            }
            if let Some(next) = state.choose(limits) {
                return Some(next);
            }
            state = match state.wake_at(self.timeout) {
                None => self.changed.wait(state).unwrap_or_else(PoisonError::into_inner),
                Some(at) => {
                    let left = at.saturating_duration_since(Instant::now());
                    self.changed.wait_timeout(state, left).unwrap_or_else(PoisonError::into_inner).0
                }
            };
        }
    }

    /// The backend that was asked for is there, or why it isn't.
    pub fn opened(&self, outcome: Result<(), ClientError>) {
        let mut state = self.lock();
        match outcome {
            Ok(()) => state.is_open = true,
            Err(error @ ClientError::Unreachable { .. }) => {
                state.unreachable = Some(error);
                state.rest();
            }
            Err(error) => {
                for asked in state.take_all() {
                    asked.slot.settle(Err(error.clone()));
                }
            }
        }
    }

    pub fn answer(&self, backend: u64, number: u64, answer: Result<Rows, ClientError>) {
        let mut state = self.lock();
        if state.backend != backend {
            return;
        }
        let Some(parts) = state.land(number) else { return };
        match answer {
            Err(error) if parts.len() > 1 && may_be_about_rows(&error) => {
                state.put_back(parts.into_iter().map(|asked| Asked { is_alone: true, ..asked }));
            }
            answer => {
                state.counters.requests += 1;
                for asked in &parts {
                    state.counters.infer_count += 1;
                    state.counters.rows += asked.rows as u64;
                    state.counters.infer_time_ns += nanoseconds(asked.began);
                }
                drop(state);
                deal(parts, answer);
            }
        }
        self.changed.notify_one();
    }

    pub fn lost(&self, backend: u64, error: ClientError) {
        let mut state = self.lock();
        if state.backend == backend && state.lost.is_none() {
            state.lost = Some(error);
        }
        drop(state);
        self.changed.notify_one();
    }

    /// Tell everybody who waits, and let the client's thread end.
    pub fn close(&self) {
        let mut state = self.lock();
        state.is_closed = true;
        let under_way = std::mem::take(&mut state.under_way);
        for asked in state.take_all().into_iter().chain(under_way.into_values().flatten()) {
            asked.slot.settle(Err(ClientError::Closed));
        }
        drop(state);
        self.changed.notify_one();
    }

    fn late(&self) -> ClientError {
        ClientError::TimedOut { model: self.model.clone(), timeout: self.timeout }
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Whether a request that several share may have failed for the rows of one of them.
fn may_be_about_rows(error: &ClientError) -> bool {
    match error {
        ClientError::Refused { code, .. } => ABOUT_ROWS.contains(code),
        ClientError::Failed { .. } => true,
        _ => false,
    }
}

/// Each part gets its rows of the answer.
fn deal(parts: Vec<Asked>, answer: Result<Rows, ClientError>) {
    let total: usize = parts.iter().map(|asked| asked.rows).sum();
    let mut first = 0;
    for asked in &parts {
        let own = match &answer {
            Err(error) => Err(error.clone()),
            Ok(outputs) => Ok(outputs
                .iter()
                .map(|output| {
                    let width = output.len() / total;
                    output[first * width..(first + asked.rows) * width].to_vec()
                })
                .collect()),
        };
        asked.slot.settle(own);
        first += asked.rows;
    }
}

pub fn nanoseconds(began: Instant) -> u64 {
    u64::try_from(began.elapsed().as_nanos()).unwrap_or(u64::MAX)
}

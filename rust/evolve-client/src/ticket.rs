//! What a caller holds while its rows are under way.

use crate::{ClientError, Rows};
use std::future::Future;
use std::pin::Pin;
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::task::{Context, Poll, Waker};
use std::time::{Duration, Instant};

/// How much longer than the time-out a ticket waits by itself: the client has the better sentence by then.
const GRACE: Duration = Duration::from_secs(1);

/// Rows that were submitted. Wait for their answer, look whether it is there, await it, or drop the ticket: rows
/// that have not gone out by then never do, and the answer to others is thrown away.
#[derive(Debug)]
#[must_use = "dropping it cancels what was submitted"]
pub struct Ticket {
    slot: Arc<Slot>,
    deadline: Instant,
    late: ClientError,
}

/// Where an answer is put.
#[derive(Debug, Default)]
pub struct Slot {
    state: Mutex<State>,
    changed: Condvar,
}

#[derive(Debug, Default)]
struct State {
    answer: Option<Result<Rows, ClientError>>,
    waker: Option<Waker>,
    is_dropped: bool,
}

impl Slot {
    /// Give the answer; only the first one counts.
    pub fn settle(&self, answer: Result<Rows, ClientError>) {
        let mut state = self.lock();
        if state.answer.is_none() && !state.is_dropped {
            state.answer = Some(answer);
        }
        let waker = state.waker.take();
        drop(state);
        self.changed.notify_all();
        if let Some(waker) = waker {
            waker.wake();
        }
    }

    /// Whether somebody still wants the answer.
    pub fn is_wanted(&self) -> bool {
        !self.lock().is_dropped
    }

    /// Nobody wants the answer any more.
    pub fn give_up(&self) {
        self.lock().is_dropped = true;
    }

    /// The answer, when it is there.
    #[cfg(test)]
    pub fn take(&self) -> Option<Result<Rows, ClientError>> {
        self.lock().answer.take()
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Ticket {
    pub(crate) fn new(slot: Arc<Slot>, began: Instant, late: ClientError, timeout: Duration) -> Self {
        Self { slot, deadline: began + timeout + GRACE, late }
    }

    /// The answer: the outputs in the model's order. Waits for it until the client's time-out.
    pub fn wait(self) -> Result<Rows, ClientError> {
        let mut state = self.slot.lock();
        loop {
            if let Some(answer) = state.answer.take() {
                return answer;
            }
            let left = self.deadline.saturating_duration_since(Instant::now());
            if left.is_zero() {
                return Err(self.late.clone());
            }
            let waited = self.slot.changed.wait_timeout(state, left);
            state = waited.unwrap_or_else(PoisonError::into_inner).0;
        }
    }

    /// Whether [`Self::wait`] would give the answer at once.
    pub fn is_ready(&self) -> bool {
        self.slot.lock().answer.is_some()
    }
}

impl Future for Ticket {
    type Output = Result<Rows, ClientError>;

    fn poll(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Self::Output> {
        let mut state = self.slot.lock();
        if let Some(answer) = state.answer.take() {
            return Poll::Ready(answer);
        }
        state.waker = Some(context.waker().clone());
        Poll::Pending
    }
}

impl Drop for Ticket {
    fn drop(&mut self) {
        self.slot.give_up();
    }
}

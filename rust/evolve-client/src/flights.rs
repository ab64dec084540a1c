//! The requests of one connection that have no answer yet, for the thread that sends and the one that reads.

use std::collections::BTreeMap;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Instant;

/// A request on its way.
#[derive(Clone, Copy, Debug)]
pub struct Flight {
    pub rows: usize,
    /// When its first byte went out.
    pub began: Instant,
    /// When its last byte had gone out.
    pub sent: Instant,
}

#[derive(Default)]
pub struct Flights(Mutex<BTreeMap<u64, Flight>>);

impl Flights {
    /// It goes out now: its answer may be read before [`Self::has_gone`] is told.
    pub fn goes(&self, number: u64, rows: usize) {
        let now = Instant::now();
        self.lock().insert(number, Flight { rows, began: now, sent: now });
    }

    pub fn has_gone(&self, number: u64) {
        if let Some(flight) = self.lock().get_mut(&number) {
            flight.sent = Instant::now();
        }
    }

    pub fn take(&self, number: u64) -> Option<Flight> {
        self.lock().remove(&number)
    }

    /// The one that went first.
    pub fn take_first(&self) -> Option<(u64, Flight)> {
        self.lock().pop_first()
    }

    fn lock(&self) -> MutexGuard<'_, BTreeMap<u64, Flight>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

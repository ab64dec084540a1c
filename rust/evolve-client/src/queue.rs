//! What waits and what is under way, without a connection: who submits, what computes, and the thread between
//! them meet here. It decides what happens next.

use crate::backend::Limits;
use crate::ticket::Slot;
use crate::{ClientError, Counters, Rows};
use std::collections::{BTreeMap, VecDeque};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

/// Bytes of rows that may wait.
const MOST_WAITING: usize = 256 << 20;
const FIRST_PAUSE: Duration = Duration::from_millis(50);
const LONGEST_PAUSE: Duration = Duration::from_secs(2);
/// Bytes of rows of several callers that share a request.
const MOST_SHARED: usize = 1 << 20;
/// The refusals that may be about the rows of one of those that share a request.
const ABOUT_ROWS: [u32; 2] = [400, 413];

/// Rows of one caller.
#[derive(Debug)]
pub struct Asked {
    pub slot: Arc<Slot>,
    pub began: Instant,
    pub rows: usize,
    pub inputs: Rows,
    /// Whether it goes out alone, because a request that it shared was refused.
    pub is_alone: bool,
}

/// What the client's thread does next.
#[derive(Debug)]
pub enum Next {
    /// Let go of the backend.
    Drop,
    /// Open a backend with this number.
    Open(u64),
    /// Send a request.
    Send { number: u64, rows: usize, inputs: Rows },
}

pub struct Queue {
    state: Mutex<State>,
    changed: Condvar,
    model: String,
    timeout: Duration,
}

#[derive(Default)]
struct State {
    waiting: VecDeque<Asked>,
    waiting_bytes: usize,
    under_way: BTreeMap<u64, Vec<Asked>>,
    under_way_bytes: usize,
    next: u64,
    /// The number of the backend that is heard.
    backend: u64,
    is_open: bool,
    lost: Option<ClientError>,
    /// Why there was no connection when it was last tried.
    unreachable: Option<ClientError>,
    again_at: Option<Instant>,
    pause: Duration,
    is_closed: bool,
    counters: Counters,
}

impl Queue {
    pub fn new(model: String, timeout: Duration) -> Self {
        Self { state: Mutex::default(), changed: Condvar::new(), model, timeout }
    }

    pub fn counters(&self) -> Counters {
        self.lock().counters
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
        let Some(parts) = state.under_way.remove(&number) else { return };
        state.under_way_bytes -= parts.iter().map(Asked::bytes).sum::<usize>();
        state.pause = Duration::ZERO;
        match answer {
            Err(ClientError::Refused { code, .. }) if parts.len() > 1 && ABOUT_ROWS.contains(&code) => {
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

impl State {
    fn choose(&mut self, limits: Limits) -> Option<Next> {
        while self.waiting.front().is_some_and(|asked| !asked.slot.is_wanted()) {
            self.take_first();
        }
        if self.waiting.is_empty() {
            return None;
        }
        if !self.is_open {
            if self.again_at.is_some_and(|at| at > Instant::now()) {
                return None;
            }
            self.backend += 1;
            return Some(Next::Open(self.backend));
        }
        let room = limits.bytes.saturating_sub(self.under_way_bytes);
        let first = self.waiting.front().map_or(0, Asked::bytes);
        let may_go = self.under_way.len() < limits.requests && first <= room;
        // One request alone may be larger than all that may be under way.
        (may_go || self.under_way.is_empty()).then(|| self.put_together(room.min(MOST_SHARED)))
    }

    /// A request of what waits: as much of it as may share one, in the order it came.
    fn put_together(&mut self, most: usize) -> Next {
        let mut parts: Vec<Asked> = Vec::new();
        let mut bytes = 0;
        while let Some(first) = self.waiting.front() {
            bytes += first.bytes();
            let is_alone = first.is_alone;
            if !parts.is_empty() && (is_alone || bytes > most) {
                break;
            }
            // The first one is taken in any case: its ticket may have been dropped only now.
            parts.extend(self.take_first().filter(|asked| parts.is_empty() || asked.slot.is_wanted()));
            if is_alone {
                break;
            }
        }
        let number = self.next;
        self.next += 1;
        let rows = parts.iter().map(|asked| asked.rows).sum();
        let inputs = (0..parts[0].inputs.len())
            .map(|input| parts.iter().flat_map(|asked| &asked.inputs[input]).copied().collect())
            .collect();
        self.under_way_bytes += parts.iter().map(Asked::bytes).sum::<usize>();
        self.under_way.insert(number, parts);
        Next::Send { number, rows, inputs }
    }

    fn take_first(&mut self) -> Option<Asked> {
        let asked = self.waiting.pop_front()?;
        self.waiting_bytes -= asked.bytes();
        Some(asked)
    }

    fn take_all(&mut self) -> Vec<Asked> {
        self.waiting_bytes = 0;
        std::mem::take(&mut self.waiting).into()
    }

    /// Before all others, in their order.
    fn put_back(&mut self, parts: impl DoubleEndedIterator<Item = Asked>) {
        for asked in parts.rev() {
            self.waiting_bytes += asked.bytes();
            self.waiting.push_front(asked);
        }
    }

    /// The backend is gone. What it had under way is asked again when that may help.
    fn let_go(&mut self, error: ClientError) {
        self.is_open = false;
        // Nothing that the old one still says is heard.
        self.backend += 1;
        self.under_way_bytes = 0;
        let under_way: Vec<Asked> = std::mem::take(&mut self.under_way).into_values().flatten().collect();
        if matches!(error, ClientError::Protocol(_)) {
            for asked in under_way {
                asked.slot.settle(Err(error.clone()));
            }
            return;
        }
        // A connection that was idle, or answered something, is made again at once.
        if !under_way.is_empty() {
            self.rest();
        }
        self.put_back(under_way.into_iter());
        self.unreachable = Some(error).filter(|error| matches!(error, ClientError::Unreachable { .. }));
    }

    fn rest(&mut self) {
        self.again_at = Some(Instant::now() + self.pause);
        self.pause = (self.pause * 2).clamp(FIRST_PAUSE, LONGEST_PAUSE);
    }

    /// Whoever waits too long is told so; a backend that is too slow is given up, with all that it has.
    fn expire(&mut self, late: &ClientError, timeout: Duration) {
        let now = Instant::now();
        let is_late = |asked: &Asked| now.saturating_duration_since(asked.began) >= timeout;
        while self.waiting.front().is_some_and(is_late) {
            let reason = self.unreachable.clone().filter(|_| !self.is_open);
            if let Some(asked) = self.take_first() {
                asked.slot.settle(Err(reason.unwrap_or_else(|| late.clone())));
            }
        }
        for parts in self.under_way.values_mut() {
            let (expired, left) = std::mem::take(parts).into_iter().partition::<Vec<_>, _>(&is_late);
            *parts = left;
            for asked in &expired {
                asked.slot.settle(Err(late.clone()));
            }
            if !expired.is_empty() && self.lost.is_none() {
                self.lost = Some(late.clone());
            }
        }
    }

    fn wake_at(&self, timeout: Duration) -> Option<Instant> {
        let asked = self.waiting.front().into_iter().chain(self.under_way.values().flatten());
        let expires = asked.map(|asked| asked.began + timeout).min();
        let again = self.again_at.filter(|_| !self.is_open && !self.waiting.is_empty());
        expires.into_iter().chain(again).min()
    }
}

impl Asked {
    fn bytes(&self) -> usize {
        self.inputs.iter().map(|input| size_of_val(input.as_slice())).sum()
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

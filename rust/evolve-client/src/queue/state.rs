//! What happens next: who shares a request, when a connection is made again, and who has waited too long.

use crate::backend::Limits;
use crate::ticket::Slot;
use crate::{ClientError, Counters, Rows};
use std::collections::{BTreeMap, VecDeque};
use std::sync::Arc;
use std::time::{Duration, Instant};

const FIRST_PAUSE: Duration = Duration::from_millis(50);
const LONGEST_PAUSE: Duration = Duration::from_secs(2);
/// Bytes of rows of several callers that share a request.
const MOST_SHARED: usize = 1 << 20;

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

/// All that the threads of a client share.
#[derive(Default)]
pub struct State {
    pub waiting: VecDeque<Asked>,
    pub waiting_bytes: usize,
    pub under_way: BTreeMap<u64, Vec<Asked>>,
    pub under_way_bytes: usize,
    pub next: u64,
    /// The number of the backend that is heard.
    pub backend: u64,
    pub is_open: bool,
    pub lost: Option<ClientError>,
    /// Why there was no connection when it was last tried.
    pub unreachable: Option<ClientError>,
    pub again_at: Option<Instant>,
    pub pause: Duration,
    pub is_closed: bool,
    pub counters: Counters,
}

impl State {
    /// What to do now, when there is anything.
    pub fn choose(&mut self, limits: Limits) -> Option<Next> {
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
        let together = |input: usize| {
            let slices: Vec<&[f32]> = parts.iter().map(|asked| asked.inputs[input].as_slice()).collect();
            slices.concat()
        };
        let inputs = (0..parts[0].inputs.len()).map(together).collect();
        self.under_way_bytes += parts.iter().map(Asked::bytes).sum::<usize>();
        self.under_way.insert(number, parts);
        Next::Send { number, rows, inputs }
    }

    /// A request has its answer: whose it was.
    pub fn land(&mut self, number: u64) -> Option<Vec<Asked>> {
        let parts = self.under_way.remove(&number)?;
        self.under_way_bytes -= parts.iter().map(Asked::bytes).sum::<usize>();
        self.pause = Duration::ZERO;
        Some(parts)
    }

    fn take_first(&mut self) -> Option<Asked> {
        let asked = self.waiting.pop_front()?;
        self.waiting_bytes -= asked.bytes();
        Some(asked)
    }

    /// Everything that waits.
    pub fn take_all(&mut self) -> Vec<Asked> {
        self.waiting_bytes = 0;
        std::mem::take(&mut self.waiting).into()
    }

    /// Before all others, in their order.
    pub fn put_back(&mut self, parts: impl DoubleEndedIterator<Item = Asked>) {
        for asked in parts.rev() {
            self.waiting_bytes += asked.bytes();
            self.waiting.push_front(asked);
        }
    }

    /// The backend is gone. What it had under way is asked again when that may help.
    pub fn let_go(&mut self, error: ClientError) {
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

    /// The next connection has to wait a little, longer each time.
    pub fn rest(&mut self) {
        self.again_at = Some(Instant::now() + self.pause);
        self.pause = (self.pause * 2).clamp(FIRST_PAUSE, LONGEST_PAUSE);
    }

    /// Whoever waits too long is told so; a backend that is too slow is given up, with all that it has.
    pub fn expire(&mut self, late: &ClientError, timeout: Duration) {
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

    /// When to look again, if nothing happens before.
    pub fn wake_at(&self, timeout: Duration) -> Option<Instant> {
        let asked = self.waiting.front().into_iter().chain(self.under_way.values().flatten());
        let expires = asked.map(|asked| asked.began + timeout).min();
        let again = self.again_at.filter(|_| !self.is_open && !self.waiting.is_empty());
        expires.into_iter().chain(again).min()
    }
}

impl Asked {
    pub fn bytes(&self) -> usize {
        self.inputs.iter().map(|input| size_of_val(input.as_slice())).sum()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::queue::deal;
    use proptest::prelude::*;

    /// What a run of the machine does next.
    #[derive(Clone, Debug)]
    enum Step {
        Submit { rows: usize },
        Next,
        Answer(prop::sample::Index),
        Lose,
        Drop(prop::sample::Index),
    }

    fn step() -> impl Strategy<Value = Step> {
        prop_oneof![
            4 => (1usize..5).prop_map(|rows| Step::Submit { rows }),
            4 => Just(Step::Next),
            3 => any::<prop::sample::Index>().prop_map(Step::Answer),
            1 => Just(Step::Lose),
            1 => any::<prop::sample::Index>().prop_map(Step::Drop),
        ]
    }

    struct Run {
        state: State,
        slots: Vec<(Arc<Slot>, Vec<f32>)>,
        flying: Vec<(u64, Rows)>,
    }

    impl Run {
        fn submit(&mut self, rows: usize) {
            let numbers: Vec<f32> = (0..rows).map(|row| (self.slots.len() * 10 + row) as f32).collect();
            let slot = Arc::new(Slot::default());
            self.slots.push((Arc::clone(&slot), numbers.clone()));
            let asked =
                Asked { slot, began: Instant::now(), rows, inputs: vec![numbers], is_alone: rows == 4 };
            self.state.waiting_bytes += asked.bytes();
            self.state.waiting.push_back(asked);
        }

        fn next(&mut self) -> bool {
            // No pause is waited for here.
            self.state.again_at = None;
            match self.state.choose(Limits { requests: 2, bytes: 40 }) {
                Some(Next::Send { number, rows, inputs }) => {
                    assert_eq!(inputs[0].len(), rows);
                    self.flying.push((number, inputs));
                    assert!(self.flying.len() <= 2);
                    assert!(self.flying.len() == 1 || self.state.under_way_bytes <= 40);
                    true
                }
                Some(Next::Open(_)) => {
                    self.state.is_open = true;
                    true
                }
                _ => false,
            }
        }

        fn answer(&mut self, place: usize) {
            let (number, rows) = self.flying.swap_remove(place);
            deal(self.state.land(number).unwrap(), Ok(rows));
        }

        fn lose(&mut self) {
            self.state.let_go(ClientError::Closed);
            self.flying.clear();
        }
    }

    proptest! {
        #[test]
        fn every_row_that_is_wanted_is_answered_with_its_own_whatever_happens(
            steps in prop::collection::vec(step(), 0..60),
        ) {
            let mut run = Run { state: State::default(), slots: Vec::new(), flying: Vec::new() };
            for step in steps {
                match step {
                    Step::Submit { rows } => run.submit(rows),
                    Step::Next => drop(run.next()),
                    Step::Answer(_) if run.flying.is_empty() => {}
                    Step::Answer(which) => run.answer(which.index(run.flying.len())),
                    Step::Lose => run.lose(),
                    Step::Drop(_) if run.slots.is_empty() => {}
                    Step::Drop(which) => run.slots[which.index(run.slots.len())].0.give_up(),
                }
            }
            while run.next() || !run.flying.is_empty() {
                (0..run.flying.len()).rev().for_each(|place| run.answer(place));
            }
            prop_assert_eq!((run.state.waiting_bytes, run.state.under_way_bytes), (0, 0));
            for (slot, numbers) in run.slots.iter().filter(|(slot, _)| slot.is_wanted()) {
                prop_assert_eq!(slot.take(), Some(Ok(vec![numbers.clone()])));
            }
        }
    }
}

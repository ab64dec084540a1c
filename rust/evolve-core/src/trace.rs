//! What the players of a unit sensed and did, tick by tick, as hashes: two plays of one unit are compared by them.
//!
//! An entry is one number for one tick: its upper half is over everything that was sensed, its lower half over
//! everything that was done. `spec/FORMAT.md` has the arithmetic. A unit that nobody wants traced costs nothing.

use crate::network::Brains;
use crate::random::mix;
use crate::work::WorkBatch;

/// A trace has at most so many entries; the last one is then over all ticks that are left.
pub const MAX_ENTRIES: usize = 65_536;

const BEGINNING: u64 = 0x7469_636b;
const UPPER: u64 = 0xffff_ffff_0000_0000;

/// One tick of one unit, while its members are entered one after the other.
#[derive(Clone, Copy, Debug)]
pub struct Tick {
    sensed: u64,
    done: u64,
}

impl Tick {
    /// A tick in which nobody has played yet.
    pub const fn new() -> Self {
        Self { sensed: BEGINNING, done: BEGINNING }
    }

    /// The member at this place of the unit sensed and did this.
    pub fn enter(&mut self, place: usize, observations: &[f32], actions: &[f32]) {
        absorb(&mut self.sensed, place, observations);
        absorb(&mut self.done, place, actions);
    }

    /// Add the tick to a trace.
    pub fn append_to(self, trace: &mut Vec<u64>) {
        let Some(last) = trace.get_mut(MAX_ENTRIES - 1) else {
            trace.push(entry(self.sensed, self.done));
            return;
        };
        let sensed = mix((*last & UPPER).wrapping_add(self.sensed));
        let done = mix((*last << 32).wrapping_add(self.done));
        *last = entry(sensed, done);
    }
}

impl Default for Tick {
    fn default() -> Self {
        Self::new()
    }
}

const fn entry(sensed: u64, done: u64) -> u64 {
    sensed & UPPER | done >> 32
}

fn absorb(hash: &mut u64, place: usize, values: &[f32]) {
    *hash = mix(hash.wrapping_add(place as u64));
    for value in values {
        *hash = mix(hash.wrapping_add(u64::from(value.to_bits())));
    }
}

/// The traces of those units of a batch that are to be traced.
#[derive(Clone, Debug)]
pub struct Tracer {
    /// Of each row: which of `units` it plays in, and its place there.
    rows: Vec<Option<(usize, usize)>>,
    units: Vec<Traced>,
}

#[derive(Clone, Debug)]
struct Traced {
    unit: usize,
    /// Only while the rows of a tick are entered.
    tick: Option<Tick>,
    trace: Vec<u64>,
}

impl Tracer {
    /// None when the batch has no unit to be traced.
    pub fn of(batch: &WorkBatch) -> Option<Self> {
        let (mut rows, mut units) = (Vec::new(), Vec::new());
        for (place, unit) in batch.units.iter().enumerate() {
            let traced = units.len();
            rows.extend((0..unit.genomes.len()).map(|member| unit.traced.then_some((traced, member))));
            if unit.traced {
                units.push(Traced { unit: place, tick: None, trace: Vec::new() });
            }
        }
        (!units.is_empty()).then_some(Self { rows, units })
    }

    /// Enter what came of one call of [`Brains::think`], which is one tick of every unit in it.
    pub fn note(&mut self, brains: &Brains, rows: &[i32], mut observations: &[f32], mut actions: &[f32]) {
        for &row in rows {
            let Some(network) = usize::try_from(row).ok().and_then(|row| brains.network(row)) else { return };
            let (sensed, later) = observations.split_at(network.inputs());
            let (done, after) = actions.split_at(network.outputs());
            (observations, actions) = (later, after);
            if let Some((traced, member)) = self.rows[row as usize] {
                self.units[traced].tick.get_or_insert_default().enter(member, sensed, done);
            }
        }
        for traced in &mut self.units {
            if let Some(tick) = traced.tick.take() {
                tick.append_to(&mut traced.trace);
            }
        }
    }

    /// The trace of the unit at this place of the batch so far; empty when nobody wants it.
    pub fn take(&mut self, unit: usize) -> Vec<u64> {
        let traced = self.units.iter_mut().find(|traced| traced.unit == unit);
        traced.map_or_else(Vec::new, |traced| std::mem::take(&mut traced.trace))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::{Config, EvaluationConfig, PopulationConfig};
    use crate::evolution::Evolution;
    use proptest::prelude::*;

    /// Four units of two members each, those named traced.
    fn batch(traced: &[usize]) -> WorkBatch {
        let names = |list: &[&str]| list.iter().map(|&name| name.to_owned()).collect();
        let population = |name: &str, inputs: &[&str]| PopulationConfig {
            name: name.into(),
            size: 4,
            group: 1,
            inputs: names(inputs),
            outputs: names(&["x"]),
        };
        let config = Config {
            populations: vec![population("hunters", &["a", "b"]), population("prey", &["c"])],
            evaluation: EvaluationConfig { together: true, ..EvaluationConfig::default() },
            ..Config::default()
        };
        let mut batch = Evolution::new(config, 1).unwrap().ask(4).unwrap();
        traced.iter().for_each(|&unit| batch.units[unit].traced = true);
        batch
    }

    /// Play some rows for some ticks; an observation follows from row, tick and `chance` alone.
    fn played(wanted: &[usize], rows: &[i32], ticks: u32, chance: u32) -> Vec<Vec<u64>> {
        let batch = batch(wanted);
        let (mut brains, mut tracer) = (Brains::new(&batch), Tracer::of(&batch).unwrap());
        let mut actions = Vec::new();
        for tick in 0..ticks {
            let senses = |&row: &i32| {
                let inputs = brains.network(row as usize).unwrap().inputs() as u32;
                (0..inputs).map(move |input| (row as u32 * 31 + tick * 7 + input + chance) as f32 / 100.0)
            };
            let observations: Vec<f32> = rows.iter().flat_map(senses).collect();
            brains.think(rows, &observations, &mut actions).unwrap();
            tracer.note(&brains, rows, &observations, &actions);
        }
        (0..4).map(|unit| tracer.take(unit)).collect()
    }

    #[test]
    fn a_batch_without_a_wish_has_no_tracer() {
        assert!(Tracer::of(&batch(&[])).is_none());
    }

    #[test]
    fn only_units_that_are_wanted_have_a_trace_and_it_has_an_entry_a_tick() {
        let traces = played(&[1, 3], &[0, 1, 2, 3, 4, 5, 6, 7], 9, 0);
        assert_eq!(traces.iter().map(Vec::len).collect::<Vec<_>>(), [0, 9, 0, 9]);
        assert_ne!(traces[1], traces[3]);
    }

    proptest! {
        #[test]
        fn neighbours_and_the_order_of_units_leave_no_mark(ticks in 1..20u32, chance in 0..50u32) {
            let alone = played(&[2], &[4, 5], ticks, chance);
            prop_assert_eq!(&alone[2], &played(&[0, 2], &[6, 7, 4, 5, 0, 1], ticks, chance)[2]);
            prop_assert_ne!(&alone[2], &played(&[2], &[4, 5], ticks, chance + 1)[2]);
        }

        #[test]
        fn one_bit_changes_its_own_half_and_no_other(bit in 0..32u32, place in 0..3usize, value in -9.0..9.0f32) {
            let mut values = [1.0, value, 0.0];
            let hash = |sensed: &[f32], done: &[f32]| {
                let (mut tick, mut trace) = (Tick::new(), Vec::new());
                tick.enter(0, sensed, done);
                tick.append_to(&mut trace);
                trace[0]
            };
            let before = values;
            values[place] = f32::from_bits(values[place].to_bits() ^ 1 << bit);
            let same = hash(&before, &before);
            let sensed = same ^ hash(&values, &before);
            let done = same ^ hash(&before, &values);
            prop_assert!(sensed >> 32 != 0 && sensed as u32 == 0);
            prop_assert!(done >> 32 == 0 && done as u32 != 0);
        }
    }

    #[test]
    fn who_left_is_seen_though_the_numbers_of_the_others_are_the_same() {
        let hash = |place| {
            let (mut tick, mut trace) = (Tick::new(), Vec::new());
            tick.enter(place, &[0.5], &[0.5]);
            tick.append_to(&mut trace);
            trace
        };
        assert_ne!(hash(0), hash(1));
    }

    #[test]
    fn a_trace_stops_growing_and_its_last_entry_is_over_the_rest() {
        let long = |last: f32| {
            let mut trace = vec![7; MAX_ENTRIES - 1];
            for value in [1.0, 2.0, last] {
                let mut tick = Tick::new();
                tick.enter(0, &[value], &[value]);
                tick.append_to(&mut trace);
            }
            trace
        };
        let (one, other) = (long(3.0), long(4.0));
        assert_eq!(one.len(), MAX_ENTRIES);
        assert_eq!(one[..MAX_ENTRIES - 1], other[..MAX_ENTRIES - 1]);
        assert_ne!(one[MAX_ENTRIES - 1] >> 32, other[MAX_ENTRIES - 1] >> 32);
        assert_ne!(one[MAX_ENTRIES - 1] as u32, other[MAX_ENTRIES - 1] as u32);
    }
}

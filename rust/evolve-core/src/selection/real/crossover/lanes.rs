//! The arithmetic of SBX for several variables at once.
//!
//! Which variables are crossed is a matter of chance that no processor predicts, but how far their
//! children land is the same arithmetic for all: collected in lanes it has no branch, and divisions and
//! square roots are done side by side.

use super::super::power::Power;
use crate::selection::real::Bounds;

/// How many variables are collected before they are crossed.
const LANES: usize = 8;

/// Variables waiting to be crossed; what unused lanes hold is worked out and dropped.
pub(super) struct Lanes {
    count: usize,
    variable: [usize; LANES],
    low: [f64; LANES],
    high: [f64; LANES],
    lower_room: [f64; LANES],
    upper_room: [f64; LANES],
    unit: [f64; LANES],
    low_first: [bool; LANES],
}

impl Lanes {
    pub(super) fn new() -> Self {
        Self {
            count: 0,
            variable: [0; LANES],
            low: [0.0; LANES],
            high: [1.0; LANES],
            lower_room: [0.0; LANES],
            upper_room: [0.0; LANES],
            unit: [0.0; LANES],
            low_first: [true; LANES],
        }
    }

    /// Write two values into the next lane, with what chance decided about them; `keep` says if they stay.
    pub(super) fn offer(
        &mut self,
        variable: usize,
        (one, other): (f64, f64),
        (lower, upper): (f64, f64),
        (unit, exchange): (f64, bool),
    ) {
        let lane = self.count;
        self.variable[lane] = variable;
        self.low[lane] = one.min(other);
        self.high[lane] = one.max(other);
        self.lower_room[lane] = self.low[lane] - lower;
        self.upper_room[lane] = upper - self.high[lane];
        self.unit[lane] = unit;
        self.low_first[lane] = (one < other) != exchange;
    }

    /// Keep what was offered last, or let the next offer overwrite it.
    pub(super) fn keep(&mut self, stays: bool) {
        self.count += usize::from(stays);
    }

    /// Whether the lanes must be crossed before the next offer.
    pub(super) fn full(&self) -> bool {
        self.count == LANES
    }

    /// Write the children of all lanes into their pair, and empty the lanes.
    pub(super) fn cross(&mut self, pair: &mut [f64], width: usize, bounds: &Bounds, power: Power) {
        let below = self.factors(&self.lower_room, power);
        let above = self.factors(&self.upper_room, power);
        for lane in 0..self.count {
            let (middle, gap) = (self.low[lane] + self.high[lane], self.high[lane] - self.low[lane]);
            let (lower, upper) = bounds.of(self.variable[lane]);
            let low = (0.5 * (middle - below[lane] * gap)).max(lower).min(upper);
            let high = (0.5 * (middle + above[lane] * gap)).max(lower).min(upper);
            let (one, other) = if self.low_first[lane] { (low, high) } else { (high, low) };
            pair[self.variable[lane]] = one;
            pair[width + self.variable[lane]] = other;
        }
        self.count = 0;
    }

    /// How far a child lands from the middle, in halves of the gap, given the room to the bound.
    fn factors(&self, room: &[f64; LANES], power: Power) -> [f64; LANES] {
        let mut factor: [f64; LANES] =
            core::array::from_fn(|lane| 1.0 + 2.0 * room[lane] / (self.high[lane] - self.low[lane]));
        power.raise_all(&mut factor);
        for (factor, unit) in factor.iter_mut().zip(&self.unit) {
            let share = unit * (2.0 - 1.0 / *factor);
            let inverse = 1.0 / (2.0 - share);
            *factor = if share <= 1.0 { share } else { inverse };
        }
        power.root_all(&mut factor);
        factor
    }
}

//! Two children from two parents: simulated binary crossover, and blend crossover.
//!
//! A batch holds pairs of rows; rows 0 and 1 are a pair, 2 and 3 the next one, and the children take the
//! places of their parents.

mod lanes;

use super::operator::{check_eta, check_part, check_probability};
use super::power::Power;
use super::{Bounds, Draw, Operator};
use crate::random::{Purpose, Stream};
use crate::selection::SelectionError;
use lanes::Lanes;

/// Variables nearer than this are left alone: their spread would divide by next to nothing.
const TOO_CLOSE: f64 = 1e-14;

/// Simulated binary crossover within bounds (Deb & Agrawal 1995, Deb's bounded form). Its defaults are
/// those of pymoo's NSGA-II.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Sbx {
    /// How close children stay to their parents; 0 or more.
    pub eta: f64,
    /// How probable a pair is to be crossed at all.
    pub probability: f64,
    /// How probable each variable of a crossed pair is to be.
    pub variable_probability: f64,
    /// How probable the two values of a variable are to change places.
    pub exchange_probability: f64,
}

impl Default for Sbx {
    fn default() -> Self {
        Self { eta: 15.0, probability: 0.9, variable_probability: 0.5, exchange_probability: 0.5 }
    }
}

impl Operator for Sbx {
    fn check(&self) -> Result<(), SelectionError> {
        check_eta(self.eta)?;
        check_probability("probability", self.probability)?;
        check_probability("variable_probability", self.variable_probability)?;
        check_probability("exchange_probability", self.exchange_probability)
    }

    fn apply(&self, rows: &mut [f64], bounds: &Bounds, draw: Draw) {
        let power = Power::new(self.eta + 1.0);
        for (index, pair) in rows.chunks_exact_mut(2 * bounds.width()).enumerate() {
            let mut random = Stream::new(draw.seed, 0, draw.generation, index as u32, Purpose::RealCrossover);
            if random.chance(self.probability) {
                self.cross_pair(pair, bounds, power, &mut random);
            }
        }
    }
}

impl Sbx {
    /// No branch here depends on chance: what is not to be crossed is overwritten in its lane.
    fn cross_pair(&self, pair: &mut [f64], bounds: &Bounds, power: Power, random: &mut Stream) {
        let width = bounds.width();
        let mut lanes = Lanes::new();
        for variable in 0..width {
            let crossed = random.chance(self.variable_probability);
            let (exchange, unit) = (random.chance(self.exchange_probability), random.unit());
            let (one, other) = (pair[variable], pair[width + variable]);
            lanes.offer(variable, (one, other), bounds.of(variable), (unit, exchange));
            lanes.keep(crossed & ((one - other).abs() > TOO_CLOSE));
            if lanes.full() {
                lanes.cross(pair, width, bounds, power);
            }
        }
        lanes.cross(pair, width, bounds, power);
    }
}

/// Blend crossover, BLX-alpha (Eshelman & Schaffer 1993): both children are drawn evenly from the
/// parents' interval, widened by `alpha` of its length at each end and cut at the bounds.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Blend {
    /// How far children may leave their parents' interval; 0 or more.
    pub alpha: f64,
    /// How probable a pair is to be crossed at all.
    pub probability: f64,
}

impl Default for Blend {
    fn default() -> Self {
        Self { alpha: 0.5, probability: 0.9 }
    }
}

impl Operator for Blend {
    fn check(&self) -> Result<(), SelectionError> {
        check_part("alpha", self.alpha)?;
        check_probability("probability", self.probability)
    }

    fn apply(&self, rows: &mut [f64], bounds: &Bounds, draw: Draw) {
        let width = bounds.width();
        for (index, pair) in rows.chunks_exact_mut(2 * width).enumerate() {
            let mut random = Stream::new(draw.seed, 0, draw.generation, index as u32, Purpose::RealCrossover);
            if !random.chance(self.probability) {
                continue;
            }
            for variable in 0..width {
                let (one, other) = (pair[variable], pair[width + variable]);
                let (lower, upper) = bounds.of(variable);
                let margin = self.alpha * (one - other).abs();
                let low = (one.min(other) - margin).max(lower);
                let high = (one.max(other) + margin).min(upper);
                pair[variable] = (low + random.unit() * (high - low)).min(high);
                pair[width + variable] = (low + random.unit() * (high - low)).min(high);
            }
        }
    }
}

#[cfg(test)]
mod tests;

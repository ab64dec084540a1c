//! Small changes to single variables: polynomial mutation, and gaussian mutation.

use super::operator::{check_eta, check_part, check_probability};
use super::power::Power;
use super::transcendental::logarithm;
use super::{Bounds, Draw, Operator};
use crate::random::{Purpose, Stream};
use crate::selection::SelectionError;

/// Polynomial mutation within bounds (Deb & Goyal 1996, Deb's bounded form). Its defaults are those of
/// pymoo's NSGA-II.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Polynomial {
    /// How small the changes are; 0 or more.
    pub eta: f64,
    /// How probable a row is to be mutated at all.
    pub probability: f64,
    /// How probable each variable of a mutated row is to be; without one, 1 / variables and at most 0.5.
    pub variable_probability: Option<f64>,
}

impl Default for Polynomial {
    fn default() -> Self {
        Self { eta: 20.0, probability: 0.9, variable_probability: None }
    }
}

impl Operator for Polynomial {
    fn check(&self) -> Result<(), SelectionError> {
        check_eta(self.eta)?;
        check_probability("probability", self.probability)?;
        check_probability("variable_probability", self.variable_probability.unwrap_or(0.0))
    }

    fn apply(&self, rows: &mut [f64], bounds: &Bounds, draw: Draw) {
        let power = Power::new(self.eta + 1.0);
        let each = self.variable_probability.unwrap_or((1.0 / bounds.width() as f64).min(0.5));
        each_row(rows, bounds, draw, self.probability, |value, (lower, upper), random| {
            if !random.chance(each) {
                return value;
            }
            let unit = random.unit();
            polynomial(value, (lower, upper), unit, power)
        });
    }
}

impl Polynomial {
    /// Mutate one variable of one row, whatever the probabilities.
    pub(in crate::selection) fn touch(&self, row: &mut [f64], bounds: &Bounds, draw: Draw, index: usize) {
        let mut random = Stream::new(draw.seed, 1, draw.generation, index as u32, Purpose::RealMutation);
        let variable = random.below(row.len());
        let power = Power::new(self.eta + 1.0);
        row[variable] = polynomial(row[variable], bounds.of(variable), random.unit(), power);
    }
}

fn polynomial(value: f64, (lower, upper): (f64, f64), unit: f64, power: Power) -> f64 {
    let range = upper - lower;
    if range == 0.0 {
        return value;
    }
    let shift = if unit <= 0.5 {
        let room = power.raise(1.0 - (value - lower) / range);
        power.root(2.0 * unit + (1.0 - 2.0 * unit) * room) - 1.0
    } else {
        let room = power.raise(1.0 - (upper - value) / range);
        1.0 - power.root(2.0 * (1.0 - unit) + 2.0 * (unit - 0.5) * room)
    };
    (value + shift * range).max(lower).min(upper)
}

/// Gaussian mutation, cut at the bounds.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Gaussian {
    /// The standard deviation as a part of each variable's range; 0 or more.
    pub deviation: f64,
    /// How probable each variable is to be mutated.
    pub variable_probability: f64,
}

impl Default for Gaussian {
    fn default() -> Self {
        Self { deviation: 0.1, variable_probability: 0.1 }
    }
}

impl Operator for Gaussian {
    fn check(&self) -> Result<(), SelectionError> {
        check_part("deviation", self.deviation)?;
        check_probability("variable_probability", self.variable_probability)
    }

    fn apply(&self, rows: &mut [f64], bounds: &Bounds, draw: Draw) {
        each_row(rows, bounds, draw, 1.0, |value, (lower, upper), random| {
            if !random.chance(self.variable_probability) {
                return value;
            }
            (value + normal(random) * self.deviation * (upper - lower)).max(lower).min(upper)
        });
    }
}

/// Normal with mean 0 and deviation 1, by Marsaglia's polar method, which needs one logarithm.
fn normal(random: &mut Stream) -> f64 {
    loop {
        let (x, y) = (2.0 * random.unit() - 1.0, 2.0 * random.unit() - 1.0);
        let square = x * x + y * y;
        if square > 0.0 && square < 1.0 {
            return x * (-2.0 * logarithm(square) / square).sqrt();
        }
    }
}

fn each_row(
    rows: &mut [f64],
    bounds: &Bounds,
    draw: Draw,
    probability: f64,
    change: impl Fn(f64, (f64, f64), &mut Stream) -> f64,
) {
    for (index, row) in rows.chunks_exact_mut(bounds.width()).enumerate() {
        let mut random = Stream::new(draw.seed, 0, draw.generation, index as u32, Purpose::RealMutation);
        if !random.chance(probability) {
            continue;
        }
        for (variable, value) in row.iter_mut().enumerate() {
            *value = change(*value, bounds.of(variable), &mut random);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn mutants_stay_in_the_box(
            mut rows in prop::collection::vec(-3.0..=2.0, 0..60),
            seed in any::<u64>(),
            eta in 0.0..60.0,
            deviation in 0.0..10.0,
        ) {
            let bounds = Bounds::new(&[-3.0], &[2.0]).expect("a box");
            let draw = Draw { seed, generation: 2 };
            let polynomial = Polynomial { eta, probability: 1.0, variable_probability: Some(1.0) };
            polynomial.change(&mut rows, &bounds, draw).expect("good rows");
            prop_assert!(rows.iter().all(|value| (-3.0..=2.0).contains(value)), "{rows:?}");
            let gaussian = Gaussian { deviation, variable_probability: 1.0 };
            gaussian.change(&mut rows, &bounds, draw).expect("good rows");
            prop_assert!(rows.iter().all(|value| (-3.0..=2.0).contains(value)), "{rows:?}");
        }
    }

    fn changes(mutate: impl Fn(&mut [f64], &Bounds, Draw)) -> Vec<f64> {
        let bounds = Bounds::new(&[-50.0], &[50.0]).expect("a box");
        let mut rows = vec![0.0; 20_000];
        mutate(&mut rows, &bounds, Draw { seed: 5, generation: 0 });
        rows
    }

    #[test]
    fn gaussian_changes_have_the_deviation_asked_for() {
        let gaussian = Gaussian { deviation: 0.01, variable_probability: 1.0 };
        let rows = changes(|rows, bounds, draw| gaussian.change(rows, bounds, draw).expect("good rows"));
        let mean = rows.iter().sum::<f64>() / 20_000.0;
        let variance = rows.iter().map(|value| value * value).sum::<f64>() / 20_000.0;
        assert!(mean.abs() < 0.03, "mean {mean}");
        assert!((variance - 1.0).abs() < 0.04, "variance {variance}");
    }

    #[test]
    fn polynomial_changes_are_even_on_both_sides_and_smaller_with_a_larger_eta() {
        let size = |eta| {
            let polynomial = Polynomial { eta, probability: 1.0, variable_probability: Some(1.0) };
            let rows =
                changes(|rows, bounds, draw| polynomial.change(rows, bounds, draw).expect("good rows"));
            let up = rows.iter().filter(|&&value| value > 0.0).count();
            assert!((9_700..10_300).contains(&up), "{up} of 20000 upward");
            rows.iter().map(|value| value.abs()).sum::<f64>()
        };
        assert!(size(5.0) > 2.0 * size(20.0));
    }

    #[test]
    fn as_many_variables_change_as_their_probability_says() {
        let polynomial =
            Polynomial { probability: 0.5, variable_probability: Some(0.2), ..Default::default() };
        let rows = changes(|rows, bounds, draw| polynomial.change(rows, bounds, draw).expect("good rows"));
        let changed = rows.iter().filter(|&&value| value != 0.0).count();
        assert!((1_850..2_150).contains(&changed), "{changed} of 20000");
    }

    #[test]
    fn a_variable_without_room_keeps_its_value() {
        let bounds = Bounds::new(&[4.0], &[4.0]).expect("a box");
        let mut rows = vec![4.0; 100];
        let draw = Draw { seed: 1, generation: 0 };
        Polynomial { variable_probability: Some(1.0), ..Default::default() }
            .change(&mut rows, &bounds, draw)
            .expect("good rows");
        Gaussian::default().change(&mut rows, &bounds, draw).expect("good rows");
        assert!(rows.iter().all(|&value| value == 4.0));
    }
}

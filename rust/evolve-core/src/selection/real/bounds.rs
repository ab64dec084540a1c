//! The box that real vectors live in.

use crate::random::{Purpose, Stream};
use crate::selection::SelectionError;
use crate::selection::objectives::refuse_nan;

/// A lower and an upper bound for each variable, finite and in order.
#[derive(Clone, Copy, Debug)]
pub struct Bounds<'a> {
    lower: &'a [f64],
    upper: &'a [f64],
}

impl<'a> Bounds<'a> {
    /// Check and take the bounds of at least one variable.
    pub fn new(lower: &'a [f64], upper: &'a [f64]) -> Result<Self, SelectionError> {
        if upper.len() != lower.len() {
            let (given, expected) = (upper.len(), lower.len());
            return Err(SelectionError::Length { what: "upper bounds", given, expected });
        }
        if lower.is_empty() {
            return Err(SelectionError::Length { what: "bounds", given: 0, expected: 1 });
        }
        for (variable, (&lower, &upper)) in lower.iter().zip(upper).enumerate() {
            // A range past the largest number would make every distance infinite.
            if !(lower <= upper && (upper - lower).is_finite()) {
                return Err(SelectionError::Bounds { variable, lower, upper });
            }
        }
        Ok(Self { lower, upper })
    }

    /// How many variables a row has.
    pub fn width(&self) -> usize {
        self.lower.len()
    }

    /// The bounds of one variable.
    pub(in crate::selection) fn of(&self, variable: usize) -> (f64, f64) {
        (self.lower[variable], self.upper[variable])
    }

    /// Refuse rows of another length or with a NaN, and move what lies outside to the bound.
    pub(super) fn admit(&self, rows: &mut [f64]) -> Result<(), SelectionError> {
        let width = self.width();
        if !rows.len().is_multiple_of(width) {
            return Err(SelectionError::Ragged { values: rows.len(), width });
        }
        if u32::try_from(rows.len() / width).is_err() {
            return Err(SelectionError::TooMany(rows.len() / width));
        }
        refuse_nan("variable", rows, width)?;
        for row in rows.chunks_exact_mut(width) {
            for ((value, &lower), &upper) in row.iter_mut().zip(self.lower).zip(self.upper) {
                *value = value.max(lower).min(upper);
            }
        }
        Ok(())
    }

    /// Fill rows with vectors drawn evenly from the box.
    pub fn scatter(&self, rows: &mut [f64], seed: u64) {
        for (index, row) in rows.chunks_exact_mut(self.width()).enumerate() {
            let mut random = Stream::new(seed, 0, 0, index as u32, Purpose::RealInitial);
            for ((value, &lower), &upper) in row.iter_mut().zip(self.lower).zip(self.upper) {
                *value = (lower + random.unit() * (upper - lower)).min(upper);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bounds_that_enclose_nothing_are_refused() {
        let refused =
            |lower: &[f64], upper: &[f64]| Bounds::new(lower, upper).expect_err("no box").to_string();
        assert_eq!(refused(&[0.0], &[]), "0 upper bounds were given where 1 are needed");
        assert_eq!(refused(&[], &[]), "0 bounds were given where 1 are needed");
        let wrong = "the bounds of variable 1 are 2 and 1; they must be finite, in this order";
        assert_eq!(refused(&[0.0, 2.0], &[1.0, 1.0]), wrong);
        for (lower, upper) in [(f64::NAN, 1.0), (0.0, f64::INFINITY), (-1e308, 1e308)] {
            assert!(Bounds::new(&[lower], &[upper]).is_err(), "{lower} to {upper}");
        }
    }

    #[test]
    fn scattered_vectors_fill_the_box_evenly() {
        let bounds = Bounds::new(&[-1.0, 5.0], &[1.0, 5.0]).expect("a box");
        let mut rows = vec![0.0; 4_000];
        bounds.scatter(&mut rows, 1);
        let firsts: Vec<f64> = rows.iter().copied().step_by(2).collect();
        assert!(firsts.iter().all(|value| (-1.0..=1.0).contains(value)));
        assert!((firsts.iter().sum::<f64>() / 2_000.0).abs() < 0.05);
        assert!(rows.iter().skip(1).step_by(2).all(|&value| value == 5.0));
    }
}

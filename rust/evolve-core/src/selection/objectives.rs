//! A checked view of the objectives of a population, and the order of f64 as whole numbers.

use super::SelectionError;
use crate::config::Direction;

/// The objectives of a population: row-major, one row for each individual, without a NaN.
#[derive(Clone, Copy, Debug)]
pub struct Objectives<'a> {
    values: &'a [f64],
    width: usize,
    directions: &'a [Direction],
}

impl<'a> Objectives<'a> {
    /// Check and take `values`, `width` of them for each individual. Without `directions` all are minimised.
    pub fn new(values: &'a [f64], width: usize, directions: &'a [Direction]) -> Result<Self, SelectionError> {
        if width == 0 {
            return Err(SelectionError::NoObjectives);
        }
        if !values.len().is_multiple_of(width) {
            return Err(SelectionError::Ragged { values: values.len(), width });
        }
        if !directions.is_empty() && directions.len() != width {
            return Err(SelectionError::Directions { given: directions.len(), expected: width });
        }
        if u32::try_from(values.len() / width).is_err() {
            return Err(SelectionError::TooMany(values.len() / width));
        }
        refuse_nan("objective", values, width)?;
        Ok(Self { values, width, directions })
    }

    /// How many individuals there are.
    pub fn len(&self) -> usize {
        self.values.len() / self.width
    }

    /// Whether there is nobody.
    pub fn is_empty(&self) -> bool {
        self.values.is_empty()
    }

    /// How many objectives each individual has.
    pub fn width(&self) -> usize {
        self.width
    }

    /// The values as they were given.
    pub fn values(&self) -> &'a [f64] {
        self.values
    }

    /// Write the values so that smaller is better in every column, and -0 is 0.
    pub(super) fn minimised(&self, out: &mut Vec<f64>) {
        out.clear();
        if self.directions.iter().all(|&direction| direction == Direction::Minimise) {
            out.extend(self.values.iter().map(|&value| value + 0.0));
            return;
        }
        for row in self.values.chunks_exact(self.width) {
            out.extend(row.iter().zip(self.directions).map(|(&value, direction)| match direction {
                Direction::Minimise => value + 0.0,
                Direction::Maximise => 0.0 - value,
            }));
        }
    }
}

/// The first NaN among rows of `width` values, as an error.
pub(super) fn refuse_nan(what: &'static str, values: &[f64], width: usize) -> Result<(), SelectionError> {
    // A sum of comparisons without an early exit is vectorised; the place is looked for only on failure.
    let bad: usize = values.iter().map(|value| usize::from(value.is_nan())).sum();
    if bad == 0 {
        return Ok(());
    }
    let place = values.iter().position(|value| value.is_nan()).unwrap_or(0);
    Err(SelectionError::NotANumber { what, row: place / width, column: place % width })
}

/// A whole number that orders as `value` does. -0 and 0 must have been made one before.
pub(super) fn key(value: f64) -> u64 {
    let bits = value.to_bits();
    // Negative numbers are turned over whole, the others moved above them.
    bits ^ (((bits as i64 >> 63) as u64) | 1 << 63)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keys_order_as_the_numbers_do() {
        let numbers =
            [f64::NEG_INFINITY, -1e300, -1.0, -1e-310, 0.0, 5e-324, 1e-300, 0.5, 1.0, 2.0, f64::INFINITY];
        assert!(numbers.windows(2).all(|pair| key(pair[0]) < key(pair[1])));
    }

    #[test]
    fn values_that_make_no_population_are_refused() {
        let refused = |values: &[f64], width, directions: &[Direction]| {
            Objectives::new(values, width, directions).expect_err("no population").to_string()
        };
        assert_eq!(refused(&[], 0, &[]), "at least one objective is needed");
        assert_eq!(refused(&[1.0; 5], 2, &[]), "5 values do not make rows of 2");
        assert_eq!(
            refused(&[1.0; 4], 2, &[Direction::Maximise]),
            "1 directions were given for 2 objectives: one each, or none to minimise all"
        );
        assert_eq!(refused(&[0.0, 1.0, 2.0, f64::NAN], 2, &[]), "objective 1 of row 1 is not a number");
    }

    #[test]
    fn turned_values_never_hold_a_negative_zero() {
        let values = [-0.0, -0.0, 0.0, 0.0, 3.0, 4.0];
        let directions = [Direction::Minimise, Direction::Maximise];
        let objectives = Objectives::new(&values, 2, &directions).expect("three individuals");
        let mut turned = Vec::new();
        objectives.minimised(&mut turned);
        let bits: Vec<u64> = turned.iter().map(|value| value.to_bits()).collect();
        assert_eq!(bits, [0.0, 0.0, 0.0, 0.0, 3.0, -4.0f64].map(f64::to_bits));
    }
}

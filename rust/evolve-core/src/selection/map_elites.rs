//! MAP-Elites (Mouret & Clune 2015): a grid over behaviours whose cells each keep their fittest.
//!
//! Of equally fit ones the earlier stays, and elites stand in the order in which their cells were filled, so
//! the archive depends on nothing but what it was shown.

use super::SelectionError;
use super::objectives::refuse_nan;

/// More cells than this are refused: an empty cell takes 4 bytes.
const MOST_CELLS: usize = 1 << 24;

/// An empty cell.
const EMPTY: u32 = u32::MAX;

/// One dimension of the grid. What lies outside belongs to the first or the last bin.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Axis {
    /// Where the first bin begins.
    pub low: f64,
    /// Where the last bin ends.
    pub high: f64,
    /// How many bins of equal width there are.
    pub bins: usize,
}

/// Who holds a cell.
#[derive(Clone, Debug, PartialEq)]
pub struct Elite<T> {
    /// The cell, counted with the last axis running fastest.
    pub cell: usize,
    /// Its fitness; larger is better.
    pub fitness: f64,
    /// Who it is.
    pub member: T,
}

/// What became of a candidate.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Placed {
    /// It is the first in its cell.
    New,
    /// It was fitter than the one before, who is gone.
    Better,
    /// It was not fitter, and is dropped.
    Dropped,
}

/// A grid of elites.
#[derive(Clone, Debug, PartialEq)]
pub struct EliteGrid<T> {
    axes: Vec<Axis>,
    /// For each cell the place of its elite.
    cells: Vec<u32>,
    elites: Vec<Elite<T>>,
}

impl<T> EliteGrid<T> {
    /// An empty grid of at least one axis.
    pub fn new(axes: Vec<Axis>) -> Result<Self, SelectionError> {
        if axes.is_empty() {
            return Err(SelectionError::Length { what: "axes", given: 0, expected: 1 });
        }
        for (variable, axis) in axes.iter().enumerate() {
            let (lower, upper) = (axis.low, axis.high);
            if !(lower < upper && (upper - lower).is_finite()) {
                return Err(SelectionError::Bounds { variable, lower, upper });
            }
        }
        let cells = axes.iter().try_fold(1usize, |cells, axis| cells.checked_mul(axis.bins));
        match cells {
            Some(cells @ 1..=MOST_CELLS) => Ok(Self { axes, cells: vec![EMPTY; cells], elites: Vec::new() }),
            cells => {
                let value = cells.map_or(f64::INFINITY, |cells| cells as f64);
                Err(SelectionError::Setting { name: "cells", value, range: "between 1 and 16,777,216" })
            }
        }
    }

    /// The elites, in the order in which their cells were filled.
    pub fn elites(&self) -> &[Elite<T>] {
        &self.elites
    }

    /// The cell that a behaviour belongs to.
    pub fn cell(&self, behaviour: &[f64]) -> Result<usize, SelectionError> {
        if behaviour.len() != self.axes.len() {
            let (given, expected) = (behaviour.len(), self.axes.len());
            return Err(SelectionError::Length { what: "descriptors", given, expected });
        }
        refuse_nan("descriptor", behaviour, behaviour.len())?;
        let bin = |(axis, value): (&Axis, &f64)| {
            let part = (value - axis.low) / (axis.high - axis.low);
            // The cast takes what lies below to 0.
            ((part * axis.bins as f64) as usize).min(axis.bins - 1)
        };
        let bins = self.axes.iter().zip(behaviour).map(|pair| (bin(pair), pair.0.bins));
        Ok(bins.fold(0, |cell, (bin, bins)| cell * bins + bin))
    }

    /// Show a candidate to its cell; larger fitness is better.
    pub fn place(&mut self, behaviour: &[f64], fitness: f64, member: T) -> Result<Placed, SelectionError> {
        let cell = self.cell(behaviour)?;
        refuse_nan("fitness", &[fitness], 1)?;
        let elite = Elite { cell, fitness, member };
        if self.cells[cell] == EMPTY {
            self.cells[cell] = self.elites.len() as u32;
            self.elites.push(elite);
            return Ok(Placed::New);
        }
        let holder = &mut self.elites[self.cells[cell] as usize];
        if fitness > holder.fitness {
            *holder = elite;
            return Ok(Placed::Better);
        }
        Ok(Placed::Dropped)
    }

    /// The elites by value, in the order in which their cells were filled.
    pub fn into_elites(self) -> Vec<Elite<T>> {
        self.elites
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use std::collections::BTreeMap;

    fn grid() -> EliteGrid<usize> {
        let axes = vec![Axis { low: 0.0, high: 1.0, bins: 4 }, Axis { low: -1.0, high: 1.0, bins: 3 }];
        EliteGrid::new(axes).expect("a grid")
    }

    proptest! {
        #[test]
        fn every_cell_keeps_the_first_of_its_fittest(
            candidates in prop::collection::vec((-0.5..1.5f64, -2.0..2.0f64, 0u8..5), 0..80)
        ) {
            let (mut grid, mut expected) = (grid(), BTreeMap::new());
            for (member, &(a, b, fitness)) in candidates.iter().enumerate() {
                let fitness = f64::from(fitness);
                grid.place(&[a, b], fitness, member).expect("a good candidate");
                let cell = grid.cell(&[a, b]).expect("a good candidate");
                let holder = expected.entry(cell).or_insert((fitness, member));
                if fitness > holder.0 {
                    *holder = (fitness, member);
                }
            }
            prop_assert_eq!(grid.elites().len(), expected.len());
            for (cell, (fitness, member)) in expected {
                let holder = Elite { cell, fitness, member };
                prop_assert!(grid.elites().contains(&holder));
            }
        }
    }

    #[test]
    fn edges_belong_to_the_bins_at_the_ends() {
        let cell = |a, b| grid().cell(&[a, b]).expect("a good behaviour");
        assert_eq!([cell(0.0, -1.0), cell(-9.0, f64::NEG_INFINITY)], [0, 0]);
        assert_eq!([cell(1.0, 1.0), cell(9.0, f64::INFINITY)], [11, 11]);
        assert_eq!([cell(0.25, 0.0), cell(0.2499, -0.34)], [4, 0]);
    }

    #[test]
    fn grids_and_behaviours_that_make_no_sense_are_refused() {
        let refused = |axes: Vec<Axis>| EliteGrid::<()>::new(axes).expect_err("no grid").to_string();
        let axis = |bins| Axis { low: 0.0, high: 1.0, bins };
        assert_eq!(refused(vec![]), "0 axes were given where 1 are needed");
        assert_eq!(refused(vec![axis(0)]), "cells is 0; it must be between 1 and 16,777,216");
        assert_eq!(refused(vec![axis(1 << 40); 2]), "cells is inf; it must be between 1 and 16,777,216");
        let flat = Axis { low: 1.0, high: 1.0, bins: 2 };
        assert_eq!(
            refused(vec![flat]),
            "the bounds of variable 0 are 1 and 1; they must be finite, in this order"
        );
        let candidate = |behaviour: &[f64], fitness| {
            grid().place(behaviour, fitness, 0).expect_err("no candidate").to_string()
        };
        assert_eq!(candidate(&[0.0], 1.0), "1 descriptors were given where 2 are needed");
        assert_eq!(candidate(&[0.0, f64::NAN], 1.0), "descriptor 1 of row 0 is not a number");
        assert_eq!(candidate(&[0.0, 0.0], f64::NAN), "fitness 0 of row 0 is not a number");
    }
}

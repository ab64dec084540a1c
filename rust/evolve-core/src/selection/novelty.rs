//! Novelty search (Lehman & Stanley 2011): how far a behaviour is from its nearest neighbours.
//!
//! Behaviours are rows of a flat slice. The novelty of one is the mean Euclidean distance to its `k`
//! nearest among the archive and the rest of its population. After each generation the most novel few
//! enter the archive, and the oldest leave when it is full: no threshold to tune, no chance involved, and
//! a limit on memory.

use super::SelectionError;
use super::objectives::refuse_nan;
use std::collections::VecDeque;

/// How an archive measures and grows.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct NoveltySettings {
    /// How many numbers describe a behaviour.
    pub width: usize,
    /// How many of the nearest are averaged.
    pub neighbours: usize,
    /// How many of each generation enter the archive.
    pub entries: usize,
    /// How many the archive holds.
    pub capacity: usize,
}

/// Behaviours of earlier generations, oldest first.
#[derive(Clone, Debug, PartialEq)]
pub struct NoveltyArchive {
    settings: NoveltySettings,
    behaviours: VecDeque<f64>,
    nearest: Vec<f64>,
    order: Vec<u32>,
}

impl NoveltyArchive {
    /// An empty archive.
    pub fn new(settings: NoveltySettings) -> Result<Self, SelectionError> {
        for (name, value) in [("width", settings.width), ("neighbours", settings.neighbours)] {
            if !(1..=1 << 16).contains(&value) {
                let range = "between 1 and 65,536";
                return Err(SelectionError::Setting { name, value: value as f64, range });
            }
        }
        Ok(Self { settings, behaviours: VecDeque::new(), nearest: Vec::new(), order: Vec::new() })
    }

    /// An archive that goes on with behaviours that another one held, oldest first.
    pub fn restore(settings: NoveltySettings, behaviours: Vec<f64>) -> Result<Self, SelectionError> {
        let archive = Self::new(settings)?;
        archive.check(&behaviours)?;
        Ok(Self { behaviours: behaviours.into(), ..archive })
    }

    /// How many behaviours it holds.
    pub fn len(&self) -> usize {
        self.behaviours.len() / self.settings.width
    }

    /// Whether it holds none.
    pub fn is_empty(&self) -> bool {
        self.behaviours.is_empty()
    }

    /// The behaviours it holds, oldest first, row after row, for [`NoveltyArchive::restore`].
    pub fn into_behaviours(self) -> Vec<f64> {
        self.behaviours.into()
    }

    /// Write the novelty of each row; 0 for one that has no neighbour at all.
    pub fn measure(&mut self, rows: &[f64], novelty: &mut Vec<f64>) -> Result<(), SelectionError> {
        self.check(rows)?;
        let width = self.settings.width;
        let archive = self.behaviours.make_contiguous();
        novelty.clear();
        for (index, row) in rows.chunks_exact(width).enumerate() {
            let others = rows.chunks_exact(width).enumerate().filter(|&(other, _)| other != index);
            let known = archive.chunks_exact(width).chain(others.map(|(_, other)| other));
            nearest(row, known, self.settings.neighbours, &mut self.nearest);
            let sum: f64 = self.nearest.iter().map(|square| square.sqrt()).sum();
            novelty.push(sum / self.nearest.len().max(1) as f64);
        }
        Ok(())
    }

    /// Let the most novel rows of a generation in, the most novel first and of equals the lower index; says
    /// which ones.
    pub fn admit(&mut self, rows: &[f64], novelty: &[f64]) -> Result<&[u32], SelectionError> {
        self.check(rows)?;
        let width = self.settings.width;
        let expected = rows.len() / width;
        if novelty.len() != expected {
            return Err(SelectionError::Length { what: "novelties", given: novelty.len(), expected });
        }
        refuse_nan("novelty", novelty, 1)?;
        self.order.clear();
        self.order.extend(0..expected as u32);
        self.order.sort_unstable_by(|&one, &other| {
            novelty[other as usize].total_cmp(&novelty[one as usize]).then(one.cmp(&other))
        });
        self.order.truncate(self.settings.entries.min(self.settings.capacity));
        for &index in &self.order {
            if self.behaviours.len() == self.settings.capacity * width {
                self.behaviours.drain(..width);
            }
            self.behaviours.extend(&rows[index as usize * width..(index as usize + 1) * width]);
        }
        Ok(&self.order)
    }

    fn check(&self, rows: &[f64]) -> Result<(), SelectionError> {
        let width = self.settings.width;
        if !rows.len().is_multiple_of(width) {
            return Err(SelectionError::Ragged { values: rows.len(), width });
        }
        if u32::try_from(rows.len() / width).is_err() {
            return Err(SelectionError::TooMany(rows.len() / width));
        }
        refuse_nan("descriptor", rows, width)
    }
}

/// Keep the squares of the `count` least distances from `row`, in ascending order, so that their sum does
/// not depend on the order of `others`.
fn nearest<'a>(row: &[f64], others: impl Iterator<Item = &'a [f64]>, count: usize, kept: &mut Vec<f64>) {
    kept.clear();
    for other in others {
        let square: f64 = row.iter().zip(other).map(|(a, b)| (a - b) * (a - b)).sum();
        if kept.len() == count {
            if kept.last().is_some_and(|&last| square >= last) {
                continue;
            }
            kept.pop();
        }
        let at = kept.partition_point(|&less| less <= square);
        kept.insert(at, square);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn archive(neighbours: usize, entries: usize, capacity: usize) -> NoveltyArchive {
        NoveltyArchive::new(NoveltySettings { width: 2, neighbours, entries, capacity }).expect("an archive")
    }

    fn measure(archive: &mut NoveltyArchive, rows: &[f64]) -> Vec<f64> {
        let mut novelty = Vec::new();
        archive.measure(rows, &mut novelty).expect("good rows");
        novelty
    }

    fn rows(most: usize) -> impl Strategy<Value = Vec<f64>> {
        prop::collection::vec((-4i8..4, -4i8..4), 0..most)
            .prop_map(|rows| rows.into_iter().flat_map(|(a, b)| [f64::from(a), f64::from(b)]).collect())
    }

    proptest! {
        #[test]
        fn novelty_is_the_mean_distance_to_the_nearest(known in rows(12), seen in rows(12), k in 1usize..8) {
            let mut archive = archive(k, 100, 100);
            archive.admit(&known, &vec![0.0; known.len() / 2]).expect("good rows");
            let found = measure(&mut archive, &seen);
            for (index, row) in seen.chunks(2).enumerate() {
                let mut distances: Vec<f64> = known
                    .chunks(2)
                    .chain(seen.chunks(2).enumerate().filter(|&(other, _)| other != index).map(|(_, row)| row))
                    .map(|other| ((row[0] - other[0]).powi(2) + (row[1] - other[1]).powi(2)).sqrt())
                    .collect();
                distances.sort_by(f64::total_cmp);
                distances.truncate(k);
                let mean = distances.iter().sum::<f64>() / distances.len().max(1) as f64;
                prop_assert!((found[index] - mean).abs() < 1e-12);
            }
        }

        #[test]
        fn the_archive_never_outgrows_its_capacity(generations in prop::collection::vec(rows(12), 0..12)) {
            let mut archive = archive(3, 4, 10);
            for rows in &generations {
                let novelty = measure(&mut archive, rows);
                archive.admit(rows, &novelty).expect("good rows");
                prop_assert!(archive.len() <= 10);
            }
        }
    }

    #[test]
    fn the_most_novel_enter_and_the_oldest_leave() {
        let mut archive = archive(1, 2, 3);
        archive.admit(&[1.0, 1.0, 2.0, 2.0, 3.0, 3.0], &[0.5, 0.7, 0.5]).expect("good rows");
        assert_eq!(archive.clone().into_behaviours(), [2.0, 2.0, 1.0, 1.0]);
        archive.admit(&[4.0, 4.0, 5.0, 5.0], &[0.1, 0.2]).expect("good rows");
        assert_eq!(archive.clone().into_behaviours(), [1.0, 1.0, 5.0, 5.0, 4.0, 4.0]);
    }

    #[test]
    fn a_lone_behaviour_is_not_novel_and_a_bad_one_is_refused() {
        let mut archive = archive(3, 1, 5);
        assert_eq!(measure(&mut archive, &[1.0, 2.0]), [0.0]);
        let refused = |rows: &[f64]| {
            let mut archive = archive.clone();
            archive.measure(rows, &mut Vec::new()).expect_err("bad rows").to_string()
        };
        assert_eq!(refused(&[1.0]), "1 values do not make rows of 2");
        assert_eq!(refused(&[1.0, f64::NAN]), "descriptor 1 of row 0 is not a number");
    }
}

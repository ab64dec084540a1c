//! How lonely an individual is among those of its rank (Deb et al. 2002).
//!
//! In each objective the members of a front are sorted, and each adds the distance between its two
//! neighbours, divided by the front's range; the two at the ends are infinitely far. An objective in which
//! a front has no range adds nothing. In a front of one or two everybody is at infinity. Of equal values
//! the lower index comes first, so the ends are always somebody definite.

use super::presort::Presort;
use super::{Objectives, SelectionError};
use core::cmp::Ordering;

/// Whether the distances of the objectives are averaged; libraries differ.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum CrowdingScale {
    /// Their sum, as in the paper and in pagmo.
    #[default]
    Sum,
    /// Their sum divided by the number of objectives, as in pymoo and DEAP.
    Mean,
}

/// Measures crowding; keeps its scratch, so that a warm one allocates nothing.
#[derive(Clone, Debug, Default)]
pub struct CrowdingMeter {
    values: Vec<f64>,
    grouped: Vec<u64>,
    presort: Presort,
}

impl CrowdingMeter {
    /// A meter that has not seen anything yet.
    pub fn new() -> Self {
        Self::default()
    }

    /// Write the distance of each individual within the front that its rank names.
    pub fn distances(
        &mut self,
        objectives: &Objectives,
        ranks: &[u32],
        scale: CrowdingScale,
        distances: &mut Vec<f64>,
    ) -> Result<(), SelectionError> {
        let count = objectives.len();
        if ranks.len() != count {
            return Err(SelectionError::Length { what: "ranks", given: ranks.len(), expected: count });
        }
        self.measure(objectives, ranks, scale, distances);
        Ok(())
    }

    /// The same, for as many ranks as there are individuals.
    pub(super) fn measure(
        &mut self,
        objectives: &Objectives,
        ranks: &[u32],
        scale: CrowdingScale,
        distances: &mut Vec<f64>,
    ) {
        let width = objectives.width();
        distances.clear();
        distances.resize(ranks.len(), 0.0);
        objectives.minimised(&mut self.values);
        group_by_rank(ranks, &mut self.grouped);
        for front in self.grouped.chunk_by(|one, other| one >> 32 == other >> 32) {
            if front.len() <= 2 {
                front.iter().for_each(|&member| distances[index(member)] = f64::INFINITY);
                continue;
            }
            for column in 0..width {
                add_column(front, &self.values, (column, width), &mut self.presort, distances);
            }
        }
        if scale == CrowdingScale::Mean {
            distances.iter_mut().for_each(|distance| *distance /= width as f64);
        }
    }
}

/// Rank and index of everybody in one word, front after front, each by index.
pub(super) fn group_by_rank(ranks: &[u32], grouped: &mut Vec<u64>) {
    grouped.clear();
    grouped.extend(ranks.iter().enumerate().map(|(place, &rank)| u64::from(rank) << 32 | place as u64));
    grouped.sort_unstable();
}

pub(super) fn index(member: u64) -> usize {
    member as u32 as usize
}

fn add_column(
    front: &[u64],
    values: &[f64],
    (column, width): (usize, usize),
    presort: &mut Presort,
    distances: &mut [f64],
) {
    let value = |place: usize| values[index(front[place]) * width + column];
    let packed = presort.places(front.len(), value, |_, _| Ordering::Equal);
    let at = |place: usize| value(packed[place] as usize);
    let last = front.len() - 1;
    let range = at(last) - at(0);
    // Equal values have no ends, and with an infinite one nothing inside can be compared.
    if range == 0.0 || range.is_nan() {
        return;
    }
    for place in 1..last {
        let gap = (at(place + 1) - at(place - 1)) / range;
        distances[index(front[packed[place] as usize])] += if gap.is_nan() { 0.0 } else { gap };
    }
    for end in [0, last] {
        distances[index(front[packed[end] as usize])] = f64::INFINITY;
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    /// The definition with stable sorts of whole fronts, one objective after the other.
    fn by_definition(values: &[f64], width: usize, ranks: &[u32]) -> Vec<f64> {
        let mut distances = vec![0.0; ranks.len()];
        for rank in 0..=ranks.iter().copied().max().unwrap_or(0) {
            let front: Vec<usize> = (0..ranks.len()).filter(|&place| ranks[place] == rank).collect();
            if front.len() <= 2 {
                front.iter().for_each(|&place| distances[place] = f64::INFINITY);
                continue;
            }
            for column in 0..width {
                let value = |place: usize| values[place * width + column];
                let mut sorted = front.clone();
                sorted.sort_by(|&a, &b| value(a).total_cmp(&value(b)));
                let (first, last) = (sorted[0], sorted[sorted.len() - 1]);
                let range = value(last) - value(first);
                if range == 0.0 {
                    continue;
                }
                for three in sorted.windows(3) {
                    distances[three[1]] += (value(three[2]) - value(three[0])) / range;
                }
                distances[first] = f64::INFINITY;
                distances[last] = f64::INFINITY;
            }
        }
        distances
    }

    fn distances(values: &[f64], width: usize, ranks: &[u32], scale: CrowdingScale) -> Vec<f64> {
        let objectives = Objectives::new(values, width, &[]).expect("a population");
        let mut found = vec![7.0];
        CrowdingMeter::new().distances(&objectives, ranks, scale, &mut found).expect("as many ranks");
        found
    }

    fn fronts() -> impl Strategy<Value = (Vec<f64>, usize, Vec<u32>)> {
        let value = prop_oneof![(0u8..4).prop_map(f64::from), -1.0..1.0f64];
        (1usize..=6, 0usize..60).prop_flat_map(move |(width, count)| {
            let values = prop::collection::vec(value.clone(), width * count);
            (values, Just(width), prop::collection::vec(0u32..4, count))
        })
    }

    proptest! {
        #[test]
        fn distances_are_those_of_the_definition((values, width, ranks) in fronts()) {
            let expected = by_definition(&values, width, &ranks);
            prop_assert_eq!(distances(&values, width, &ranks, CrowdingScale::Sum), expected);
        }

        #[test]
        fn the_mean_is_the_sum_over_the_objectives((values, width, ranks) in fronts()) {
            let sum = distances(&values, width, &ranks, CrowdingScale::Sum);
            let mean = distances(&values, width, &ranks, CrowdingScale::Mean);
            prop_assert!(sum.iter().zip(&mean).all(|(sum, mean)| sum / width as f64 == *mean));
        }

        #[test]
        fn infinite_objectives_never_give_a_nan(values in prop::collection::vec(
            prop_oneof![Just(f64::INFINITY), Just(f64::NEG_INFINITY), Just(1e308), Just(-1e308), Just(0.0)], 20)
        ) {
            let found = distances(&values, 2, &[0; 10], CrowdingScale::Sum);
            prop_assert!(found.iter().all(|distance| *distance >= 0.0), "{:?}", found);
        }
    }

    #[test]
    fn equal_individuals_have_no_ends() {
        assert_eq!(distances(&[1.0; 8], 2, &[0; 4], CrowdingScale::Sum), [0.0; 4]);
    }

    #[test]
    fn ranks_for_somebody_who_is_not_there_are_refused() {
        let objectives = Objectives::new(&[1.0, 2.0], 1, &[]).expect("two individuals");
        let refused = CrowdingMeter::new().distances(&objectives, &[0], CrowdingScale::Sum, &mut Vec::new());
        assert_eq!(refused.expect_err("too few ranks").to_string(), "1 ranks were given where 2 are needed");
    }
}

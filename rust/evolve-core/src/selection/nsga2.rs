//! NSGA-II's two decisions (Deb et al. 2002): who survives, and who of two becomes a parent.
//!
//! Fitter is a lower rank, then a larger crowding distance, then a lower index; so no decision is left to
//! chance or to the order in which somebody was found.

use super::crowding::{CrowdingMeter, CrowdingScale, group_by_rank, index};
use super::dominance::DominanceSorter;
use super::{Objectives, SelectionError};
use crate::random::{Purpose, Stream};
use core::cmp::Ordering;

/// Ranks and crowding of the population it saw last; a warm one allocates nothing.
#[derive(Clone, Debug, Default)]
pub struct Nsga2 {
    sorter: DominanceSorter,
    meter: CrowdingMeter,
    ranks: Vec<u32>,
    distances: Vec<f64>,
    grouped: Vec<u64>,
    deck: Vec<u32>,
}

impl Nsga2 {
    /// One that has not seen anything yet.
    pub fn new() -> Self {
        Self::default()
    }

    /// Rank a population and measure its crowding.
    pub fn judge(&mut self, objectives: &Objectives) {
        self.sorter.ranks(objectives, &mut self.ranks);
        let Self { meter, ranks, distances, .. } = self;
        meter.measure(objectives, ranks, CrowdingScale::Sum, distances);
    }

    /// The ranks of the population judged last.
    pub fn ranks(&self) -> &[u32] {
        &self.ranks
    }

    /// The crowding distances of the population judged last, as sums over the objectives.
    pub fn distances(&self) -> &[f64] {
        &self.distances
    }

    /// Judge a population and write the indices of the `count` who survive: whole fronts, each by index,
    /// and of the front that does not fit the least crowded, the loneliest first.
    pub fn select(
        &mut self,
        objectives: &Objectives,
        count: usize,
        chosen: &mut Vec<u32>,
    ) -> Result<(), SelectionError> {
        if count > objectives.len() {
            return Err(SelectionError::Count { wanted: count, available: objectives.len() });
        }
        self.judge(objectives);
        chosen.clear();
        group_by_rank(&self.ranks, &mut self.grouped);
        for front in self.grouped.chunk_by_mut(|one, other| *one >> 32 == *other >> 32) {
            let room = count - chosen.len();
            if front.len() > room {
                let distance = |member: &u64| self.distances[index(*member)];
                front.sort_unstable_by(|one, other| {
                    distance(other).total_cmp(&distance(one)).then(one.cmp(other))
                });
            }
            chosen.extend(front.iter().take(room).map(|&member| member as u32));
            if chosen.len() == count {
                break;
            }
        }
        Ok(())
    }

    /// Write the winners of `rounds` binary tournaments among individuals with these ranks and distances.
    /// Everybody meets somebody before anybody meets a second one: the pairs are cut from a shuffled deck.
    pub fn tournament(
        &mut self,
        ranks: &[u32],
        distances: &[f64],
        rounds: usize,
        (seed, generation): (u64, u32),
        winners: &mut Vec<u32>,
    ) -> Result<(), SelectionError> {
        let count = ranks.len();
        if distances.len() != count {
            let given = distances.len();
            return Err(SelectionError::Length { what: "crowding distances", given, expected: count });
        }
        if count == 0 && rounds > 0 {
            return Err(SelectionError::Count { wanted: rounds, available: 0 });
        }
        let mut random = Stream::new(seed, 0, generation, 0, Purpose::Tournament);
        winners.clear();
        while winners.len() < rounds {
            shuffle(&mut self.deck, count, &mut random);
            for pair in self.deck.chunks(2).take(rounds - winners.len()) {
                // In a deck of an odd number the last card has no other, and wins.
                let (one, other) = (pair[0], pair[pair.len() - 1]);
                winners.push(if compare(ranks, distances, one, other).is_le() { one } else { other });
            }
        }
        Ok(())
    }
}

/// `Less` when `one` is the fitter of the two.
pub fn compare(ranks: &[u32], distances: &[f64], one: u32, other: u32) -> Ordering {
    let (a, b) = (one as usize, other as usize);
    ranks[a].cmp(&ranks[b]).then(distances[b].total_cmp(&distances[a])).then(a.cmp(&b))
}

fn shuffle(deck: &mut Vec<u32>, count: usize, random: &mut Stream) {
    deck.clear();
    deck.extend(0..count as u32);
    for last in (1..count).rev() {
        deck.swap(last, random.below(last + 1));
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn population() -> impl Strategy<Value = (Vec<f64>, usize, usize)> {
        let value = prop_oneof![(0u8..5).prop_map(f64::from), -1.0..1.0f64];
        (1usize..=4, 0usize..50).prop_flat_map(move |(width, count)| {
            (prop::collection::vec(value.clone(), width * count), Just(width), 0..=count)
        })
    }

    fn select(values: &[f64], width: usize, count: usize) -> (Nsga2, Vec<u32>) {
        let (mut nsga2, mut chosen) = (Nsga2::new(), Vec::new());
        let objectives = Objectives::new(values, width, &[]).expect("a population");
        nsga2.select(&objectives, count, &mut chosen).expect("enough of them");
        (nsga2, chosen)
    }

    proptest! {
        #[test]
        fn nobody_who_is_left_out_is_fitter_than_a_survivor((values, width, count) in population()) {
            let (nsga2, chosen) = select(&values, width, count);
            prop_assert_eq!(chosen.len(), count);
            let mut order: Vec<u32> = (0..(values.len() / width) as u32).collect();
            order.sort_by(|&a, &b| compare(nsga2.ranks(), nsga2.distances(), a, b));
            let mut expected = order[..count].to_vec();
            expected.sort_unstable();
            let mut found = chosen;
            found.sort_unstable();
            prop_assert_eq!(found, expected);
        }

        #[test]
        fn everybody_is_in_exactly_two_of_as_many_tournaments(count in 1usize..40, seed in any::<u64>()) {
            let mut winners = Vec::new();
            let ranks: Vec<u32> = (0..2 * count as u32).collect();
            let distances = vec![0.0; 2 * count];
            Nsga2::new().tournament(&ranks, &distances, 2 * count, (seed, 3), &mut winners).expect("distances");
            // The best wins both of its own, the worst none, and nobody more than two.
            let wins = |member: u32| winners.iter().filter(|&&winner| winner == member).count();
            prop_assert_eq!(wins(0), 2);
            prop_assert_eq!(wins(2 * count as u32 - 1), 0);
            prop_assert!(ranks.iter().all(|&member| wins(member) <= 2));
        }
    }

    #[test]
    fn a_lower_index_wins_a_tie() {
        assert_eq!(compare(&[1, 1], &[2.0, 2.0], 1, 0), Ordering::Greater);
        assert_eq!(compare(&[1, 1], &[2.0, f64::INFINITY], 0, 1), Ordering::Greater);
        assert_eq!(compare(&[0, 1], &[2.0, f64::INFINITY], 0, 1), Ordering::Less);
    }

    #[test]
    fn more_than_there_are_cannot_be_chosen() {
        let objectives = Objectives::new(&[1.0, 2.0], 2, &[]).expect("one individual");
        let refused = Nsga2::new().select(&objectives, 2, &mut Vec::new());
        assert_eq!(refused.expect_err("only one").to_string(), "2 cannot be chosen from 1");
        let empty = Nsga2::new().tournament(&[], &[], 1, (0, 0), &mut Vec::new());
        assert_eq!(empty.expect_err("nobody").to_string(), "1 cannot be chosen from 0");
    }
}

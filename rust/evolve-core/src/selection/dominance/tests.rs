//! Every fast path against the definition.

use super::*;
use crate::selection::Direction;
use proptest::prelude::*;

fn dominates(one: &[f64], other: &[f64]) -> bool {
    one.iter().zip(other).all(|(a, b)| a <= b) && one.iter().zip(other).any(|(a, b)| a < b)
}

/// Peel front after front, each by comparing everybody with everybody.
fn by_definition(values: &[f64], width: usize) -> Vec<u32> {
    let rows: Vec<&[f64]> = values.chunks_exact(width).collect();
    let mut ranks = vec![u32::MAX; rows.len()];
    let mut front = 0;
    while ranks.contains(&u32::MAX) {
        let left: Vec<usize> = (0..rows.len()).filter(|&place| ranks[place] == u32::MAX).collect();
        for &place in &left {
            if !left.iter().any(|&other| dominates(rows[other], rows[place])) {
                ranks[place] = front;
            }
        }
        front += 1;
    }
    ranks
}

fn ranks(values: &[f64], width: usize, directions: &[Direction]) -> (Vec<u32>, usize) {
    let objectives = Objectives::new(values, width, directions).expect("a population");
    let mut ranks = Vec::new();
    let fronts = DominanceSorter::new().ranks(&objectives, &mut ranks);
    (ranks, fronts)
}

/// Rows that are random, tied in a few values, copies of one another, or all on one line or plane.
fn population() -> impl Strategy<Value = (Vec<f64>, usize)> {
    (1usize..=6, 0usize..80, 0usize..5).prop_flat_map(|(width, count, kind)| {
        let coarse = (0u8..4).prop_map(f64::from);
        let edges =
            prop_oneof![Just(0.0), Just(-0.0), Just(f64::INFINITY), Just(f64::NEG_INFINITY), 0.0..1.0];
        let value = if kind == 0 {
            coarse.boxed()
        } else if kind == 1 {
            edges.boxed()
        } else {
            (-1.0..1.0).boxed()
        };
        (prop::collection::vec(value, width * count), Just(width), Just(kind)).prop_map(reshape)
    })
}

fn reshape((mut values, width, kind): (Vec<f64>, usize, usize)) -> (Vec<f64>, usize) {
    let count = values.len() / width;
    for place in 0..count {
        let row = place * width..(place + 1) * width;
        match kind {
            // A copy of an earlier row.
            3 if place % 2 == 1 => {
                values.copy_within((place / 2) * width..(place / 2 + 1) * width, row.start);
            }
            // All on the plane where the sum is 0, so that nobody dominates anybody, but for rounding.
            4 => values[row.end - 1] = -values[row.start..row.end - 1].iter().sum::<f64>(),
            _ => {}
        }
    }
    (values, width)
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(600))]

    #[test]
    fn ranks_are_those_of_the_definition((values, width) in population()) {
        let (found, fronts) = ranks(&values, width, &[]);
        prop_assert_eq!(&found, &by_definition(&values, width));
        prop_assert_eq!(fronts, found.iter().max().map_or(0, |&last| last as usize + 1));
    }

    #[test]
    fn maximising_is_minimising_the_negative((values, width) in population(), mask in 0u8..64) {
        let up = |column: usize| mask >> column & 1 == 1;
        let directions: Vec<Direction> =
            (0..width).map(|column| if up(column) { Direction::Maximise } else { Direction::Minimise }).collect();
        let turned: Vec<f64> = values
            .iter()
            .enumerate()
            .map(|(at, &value)| if up(at % width) { -value } else { value })
            .collect();
        prop_assert_eq!(ranks(&values, width, &directions), ranks(&turned, width, &[]));
    }

    #[test]
    fn a_used_sorter_gives_what_a_new_one_does((first, wide) in population(), (second, width) in population()) {
        let mut sorter = DominanceSorter::new();
        let mut found = Vec::new();
        sorter.ranks(&Objectives::new(&first, wide, &[]).expect("a population"), &mut found);
        let fronts = sorter.ranks(&Objectives::new(&second, width, &[]).expect("a population"), &mut found);
        prop_assert_eq!((found, fronts), ranks(&second, width, &[]));
    }
}

#[test]
fn a_chain_has_as_many_fronts_as_members() {
    for width in 1..=6 {
        let values: Vec<f64> =
            (0..50).rev().flat_map(|place| std::iter::repeat_n(f64::from(place), width)).collect();
        let (ranks, fronts) = ranks(&values, width, &[]);
        assert_eq!(fronts, 50);
        assert!(ranks.iter().enumerate().all(|(place, &rank)| rank == 49 - place as u32), "width {width}");
    }
}

#[test]
fn nobody_at_all_makes_no_front() {
    assert_eq!(ranks(&[], 3, &[]), (Vec::new(), 0));
    assert_eq!(ranks(&[], 1, &[]), (Vec::new(), 0));
}

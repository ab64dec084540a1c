//! The order of individuals by one column, ties by the next columns, and the rest by their index.
//!
//! The upper bits of the column and the index share one u64, so that single words are moved and compared:
//! two passes of a radix sort over the top 22 bits, then a plain sort of the few that share them, then a
//! full comparison of those whom the word cannot tell apart.

use super::objectives::key;
use core::cmp::Ordering;

/// Bits of one pass.
const DIGIT: u32 = 11;
/// Below this many the two tables of counts cost more than they save.
const LEAST_FOR_RADIX: usize = 200;

/// Sorts places; keeps its scratch, so that a warm one allocates nothing.
#[derive(Clone, Debug, Default)]
pub struct Presort {
    packed: Vec<u64>,
    spare: Vec<u64>,
}

impl Presort {
    /// Places 0.. sorted by `column(place)`; among equal ones `ties` decides, and at last the place.
    pub fn places(
        &mut self,
        count: usize,
        column: impl Fn(usize) -> f64,
        ties: impl Fn(usize, usize) -> Ordering,
    ) -> &[u64] {
        let keys = || (0..count).map(|place| key(column(place)));
        let (least, most) = keys().fold((u64::MAX, 0), |(least, most), key| (least.min(key), most.max(key)));
        let index_mask = (1 << index_bits(count)) - 1;
        // What all keys have in common at the top is shifted out, so that it costs no bits.
        let shift = most.wrapping_sub(least).leading_zeros().min(63);
        self.packed.clear();
        self.packed.extend(
            keys().enumerate().map(|(place, key)| ((key - least) << shift) & !index_mask | place as u64),
        );
        self.sort_words();
        let packed = &mut self.packed;
        each_run(packed, !index_mask, |run| order_run(run, index_mask, &column, &ties));
        packed.iter_mut().for_each(|word| *word &= index_mask);
        packed
    }

    fn sort_words(&mut self) {
        if self.packed.len() < LEAST_FOR_RADIX {
            self.packed.sort_unstable();
            return;
        }
        self.spare.resize(self.packed.len(), 0);
        distribute(&self.packed, &mut self.spare, u64::BITS - 2 * DIGIT);
        distribute(&self.spare, &mut self.packed, u64::BITS - DIGIT);
        each_run(&mut self.packed, u64::MAX << (u64::BITS - 2 * DIGIT), <[u64]>::sort_unstable);
    }
}

/// One stable pass over the bits from `shift` up.
fn distribute(from: &[u64], to: &mut [u64], shift: u32) {
    let digit = |word: u64| (word >> shift) as usize & ((1 << DIGIT) - 1);
    let mut starts = [0u32; 1 << DIGIT];
    from.iter().for_each(|&word| starts[digit(word)] += 1);
    let mut sum = 0;
    for start in &mut starts {
        sum += core::mem::replace(start, sum);
    }
    for &word in from {
        let start = &mut starts[digit(word)];
        to[*start as usize] = word;
        *start += 1;
    }
}

/// Hand over every run of two or more words that are equal under the mask.
fn each_run(words: &mut [u64], mask: u64, mut act: impl FnMut(&mut [u64])) {
    let mut first = 0;
    for next in 1..=words.len() {
        if next < words.len() && (words[next] ^ words[first]) & mask == 0 {
            continue;
        }
        if next - first > 1 {
            act(&mut words[first..next]);
        }
        first = next;
    }
}

fn index_bits(count: usize) -> u32 {
    usize::BITS - count.saturating_sub(1).leading_zeros()
}

fn order_run(
    run: &mut [u64],
    index_mask: u64,
    column: &impl Fn(usize) -> f64,
    ties: &impl Fn(usize, usize) -> Ordering,
) {
    run.sort_unstable_by(|one, other| {
        let (a, b) = ((one & index_mask) as usize, (other & index_mask) as usize);
        key(column(a)).cmp(&key(column(b))).then_with(|| ties(a, b)).then(a.cmp(&b))
    });
}

/// Compare two rows column by column.
pub fn compare_rows(one: &[f64], other: &[f64]) -> Ordering {
    let unequal = one.iter().zip(other).find(|(a, b)| a != b);
    unequal.map_or(Ordering::Equal, |(a, b)| if a < b { Ordering::Less } else { Ordering::Greater })
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn values() -> impl Strategy<Value = Vec<f64>> {
        let any = prop_oneof![
            Just(0.0),
            Just(1.0),
            -1.0..1.0f64,
            Just(f64::INFINITY),
            Just(-1e308),
            (0u32..4).prop_map(|step| 1.0 + f64::from(step) * f64::EPSILON),
        ];
        prop_oneof![prop::collection::vec(any.clone(), 0..40), prop::collection::vec(any, 190..400)]
    }

    proptest! {
        #[test]
        fn places_come_in_the_order_of_their_rows_and_then_of_their_index(column in values(), others in values()) {
            let second = |place: usize| others.get(place).copied().unwrap_or(0.0);
            let ties = |a: usize, b: usize| compare_rows(&[second(a)], &[second(b)]);
            let mut presort = Presort::default();
            let mut expected: Vec<usize> = (0..column.len()).collect();
            expected.sort_by(|&a, &b| compare_rows(&[column[a], second(a)], &[column[b], second(b)]));
            let found: Vec<usize> = presort.places(column.len(), |place| column[place], ties).iter().map(|&place| place as usize).collect();
            prop_assert_eq!(found, expected);
        }
    }
}

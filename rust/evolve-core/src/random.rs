//! Random streams derived from what is decided, never from a thread, a clock or an order of arrival.
//!
//! The generator is `SplitMix64`, written out here because its bits are part of a promise (the same seed
//! gives the same run for ever) and because the `GDScript` fallback computes the very same ones.

#![allow(clippy::inline_always, reason = "a call would keep many numbers from being computed side by side")]

const GOLDEN: u64 = 0x9e37_79b9_7f4a_7c15;

/// The finaliser of `SplitMix64`: every bit of the input reaches every bit of the output.
#[inline(always)]
pub const fn mix(mut x: u64) -> u64 {
    x ^= x >> 30;
    x = x.wrapping_mul(0xbf58_476d_1ce4_e5b9);
    x ^= x >> 27;
    x = x.wrapping_mul(0x94d0_49bb_1331_11eb);
    x ^ (x >> 31)
}

/// What a stream is for. Two purposes never share numbers; the values are part of the promise.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(u64)]
pub enum Purpose {
    /// The weights of the first generation.
    Initial = 1,
    /// Parents, crossover and mutation of one offspring.
    Offspring = 2,
    /// The representative of one species.
    Representative = 3,
    /// The seed of one episode.
    Episode = 4,
    /// A person's own use through the bindings.
    User = 5,
    /// Who meets whom in the episodes of one repeat.
    Meeting = 6,
    /// The seed of one island.
    Island = 7,
    /// The first generation of real vectors.
    RealInitial = 20,
    /// Who meets whom in the tournaments of one generation.
    Tournament = 21,
    /// The crossover of one pair of real vectors.
    RealCrossover = 22,
    /// The mutation of one real vector.
    RealMutation = 23,
}

/// One stream of random numbers.
#[derive(Clone, Debug)]
pub struct Stream {
    state: u64,
}

impl Stream {
    /// The stream of `purpose` for one thing (`index`) of one population in one generation.
    pub fn new(seed: u64, population: u32, generation: u32, index: u32, purpose: Purpose) -> Self {
        let mut state = mix(seed.wrapping_add(GOLDEN));
        state = mix(state.wrapping_add(purpose as u64));
        state = mix(state.wrapping_add(u64::from(population) << 32 | u64::from(generation)));
        state = mix(state.wrapping_add(u64::from(index)));
        Self { state }
    }

    /// 64 random bits.
    pub fn bits(&mut self) -> u64 {
        self.state = self.state.wrapping_add(GOLDEN);
        mix(self.state)
    }

    /// What [`Stream::bits`] gives after `place` others, without taking any.
    #[inline(always)]
    pub(crate) fn ahead(&self, place: u64) -> u64 {
        mix(self.state.wrapping_add(GOLDEN.wrapping_mul(place + 1)))
    }

    /// Leave so many numbers out.
    #[inline(always)]
    pub(crate) fn skip(&mut self, count: u64) {
        self.state = self.state.wrapping_add(GOLDEN.wrapping_mul(count));
    }

    /// A number in [0, 1) with 53 random bits.
    pub fn unit(&mut self) -> f64 {
        unit_of(self.bits())
    }

    /// True with the given probability.
    pub fn chance(&mut self, probability: f64) -> bool {
        self.unit() < probability
    }

    /// A number below `count`, which must not be 0. The bias is below `count / 2^32`.
    pub fn below(&mut self, count: usize) -> usize {
        debug_assert!(count > 0 && u32::try_from(count).is_ok());
        (((self.bits() >> 32) * count as u64) >> 32) as usize
    }

    /// A number in [-1, 1).
    pub fn signed(&mut self) -> f32 {
        ((self.bits() >> 40) as f32) * (1.0 / (1u32 << 23) as f32) - 1.0
    }

    /// Nearly normal, mean 0 and deviation 1: the sum of eight 12-bit lanes, which needs no logarithm
    /// and so has the same bits everywhere. It never leaves ±4.9.
    pub fn normal(&mut self) -> f32 {
        let first = self.bits();
        normal_of(first, self.bits())
    }
}

/// See [`Stream::unit`].
fn unit_of(word: u64) -> f64 {
    (word >> 11) as f64 * (1.0 / (1u64 << 53) as f64)
}

/// See [`Stream::normal`]: the number that two words make with the lower 48 bits of each.
#[inline(always)]
pub(crate) fn normal_of(first: u64, second: u64) -> f32 {
    // Two lanes at a time: the sum of eight lanes has 15 bits, and the lanes of a pair lie 24 apart.
    let pairs = |word: u64| (word & 0x0f_ff00_0fff) + (word >> 12 & 0x0f_ff00_0fff);
    let sums = pairs(first) + pairs(second);
    let sum = ((sums + (sums >> 24)) & 0xffff) as i32;
    // Eight uniform lanes of 0..4095: mean 8 · 4095 / 2, variance 8 · (4096² − 1) / 12.
    (sum as f32 - 16_380.0) * (1.0 / 3_344.37)
}

/// What [`normal_of`] leaves of two words: 32 random bits.
#[inline(always)]
pub(crate) const fn choice_of(first: u64, second: u64) -> u64 {
    first >> 48 << 16 | second >> 48
}

/// A probability for [`choice_of`]: as many choices lie below the result.
pub(crate) fn choices(probability: f64) -> u64 {
    (probability * (1u64 << 32) as f64).ceil() as u64
}

#[cfg(test)]
mod tests {
    use super::*;

    fn stream(index: u32) -> Stream {
        Stream::new(7, 0, 3, index, Purpose::Offspring)
    }

    #[test]
    fn the_same_key_gives_the_same_numbers_for_ever() {
        let mut random = stream(0);
        // Computed by a second implementation, from the description in the documentation.
        let golden = [2_490_230_459_253_108_221, 10_245_964_906_247_819_040, 17_745_783_561_891_491_078];
        assert_eq!([random.bits(), random.bits(), random.bits()], golden);
    }

    #[test]
    fn every_part_of_the_key_changes_the_numbers() {
        let mut keys = vec![stream(0), stream(1), Stream::new(8, 0, 3, 0, Purpose::Offspring)];
        keys.push(Stream::new(7, 1, 3, 0, Purpose::Offspring));
        keys.push(Stream::new(7, 0, 4, 0, Purpose::Offspring));
        keys.push(Stream::new(7, 0, 3, 0, Purpose::Initial));
        let mut firsts: Vec<u64> = keys.iter_mut().map(Stream::bits).collect();
        firsts.sort_unstable();
        firsts.dedup();
        assert_eq!(firsts.len(), 6);
    }

    #[test]
    fn normal_numbers_have_mean_zero_and_deviation_one() {
        let mut random = stream(0);
        let draws: Vec<f64> = (0..20_000).map(|_| f64::from(random.normal())).collect();
        let mean = draws.iter().sum::<f64>() / draws.len() as f64;
        let variance = draws.iter().map(|x| (x - mean) * (x - mean)).sum::<f64>() / draws.len() as f64;
        assert!(mean.abs() < 0.03, "mean {mean}");
        assert!((variance - 1.0).abs() < 0.04, "variance {variance}");
        assert!(draws.iter().all(|x| x.abs() < 4.91));
    }

    #[test]
    fn below_reaches_every_number_and_no_other() {
        let mut random = stream(1);
        let mut seen = [0; 7];
        for _ in 0..7_000 {
            seen[random.below(7)] += 1;
        }
        assert!(seen.iter().all(|&count| (800..1200).contains(&count)), "{seen:?}");
    }

    #[test]
    fn signed_and_unit_stay_in_their_ranges() {
        let mut random = stream(2);
        for _ in 0..10_000 {
            assert!((-1.0..1.0).contains(&random.signed()));
            assert!((0.0..1.0).contains(&random.unit()));
        }
    }
}

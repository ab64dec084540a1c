//! Weights and biases: mostly nudged, now and then drawn anew.
//!
//! Every number takes two words of the stream, whether it is nudged or drawn anew: the lower 48 bits of
//! both are how far, the upper 16 of both decide which. So the words of many numbers are computed side by
//! side, and a wider register changes the speed and nothing else.

#![allow(clippy::inline_always, reason = "the body must be compiled once for each instruction set")]

use crate::config::{GenomeConfig, MutationConfig};
use crate::genome::Genome;
use crate::random::{Stream, choice_of, choices, normal_of};

pub(super) fn weights(
    genome: &mut Genome,
    genes: &GenomeConfig,
    rates: &MutationConfig,
    random: &mut Stream,
) {
    Change::new(genes, rates).of_each(&mut genome.connections.weight, random);
}

pub(super) fn biases(genome: &mut Genome, genes: &GenomeConfig, rates: &MutationConfig, random: &mut Stream) {
    let first = genome.inputs();
    Change::new(genes, rates).of_each(&mut genome.nodes.bias[first..], random);
}

/// How numbers change.
struct Change {
    /// Choices below this one replace.
    replacing: u64,
    power: f32,
    deviation: f32,
    limit: f32,
}

impl Change {
    fn new(genes: &GenomeConfig, rates: &MutationConfig) -> Self {
        Self {
            replacing: choices(rates.replace_rate),
            power: rates.weight_power as f32,
            deviation: genes.initial_deviation as f32,
            limit: genes.weight_limit as f32,
        }
    }

    fn of_each(&self, values: &mut [f32], random: &mut Stream) {
        #[cfg(target_arch = "x86_64")]
        {
            if is_x86_feature_detected!("avx512dq") {
                // SAFETY: the processor has what the function is compiled for, as just asked.
                return unsafe { self.of_each_avx512(values, random) };
            }
            if is_x86_feature_detected!("avx2") {
                // SAFETY: the processor has what the function is compiled for, as just asked.
                return unsafe { self.of_each_avx2(values, random) };
            }
        }
        self.of_each_anywhere(values, random);
    }

    #[cfg(target_arch = "x86_64")]
    #[target_feature(enable = "avx512f,avx512dq,avx512vl")]
    fn of_each_avx512(&self, values: &mut [f32], random: &mut Stream) {
        self.of_each_anywhere(values, random);
    }

    #[cfg(target_arch = "x86_64")]
    #[target_feature(enable = "avx2")]
    fn of_each_avx2(&self, values: &mut [f32], random: &mut Stream) {
        self.of_each_anywhere(values, random);
    }

    #[inline(always)]
    fn of_each_anywhere(&self, values: &mut [f32], random: &mut Stream) {
        for (place, value) in values.iter_mut().enumerate() {
            let (first, second) = (random.ahead(2 * place as u64), random.ahead(2 * place as u64 + 1));
            let normal = normal_of(first, second);
            let replaced = choice_of(first, second) < self.replacing;
            let changed = if replaced { normal * self.deviation } else { *value + normal * self.power };
            *value = changed.max(-self.limit).min(self.limit);
        }
        random.skip(2 * values.len() as u64);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::random::Purpose;
    use proptest::prelude::*;

    fn stream(seed: u64) -> Stream {
        Stream::new(seed, 0, 0, 0, Purpose::User)
    }

    #[test]
    fn every_weight_is_nudged_by_about_the_power_and_inputs_keep_a_bias_of_zero() {
        let genes = GenomeConfig::default();
        let rates = MutationConfig { replace_rate: 0.0, weight_power: 0.5, ..MutationConfig::default() };
        let mut random = Stream::new(1, 0, 0, 0, Purpose::User);
        let mut genome = Genome::initial(20, 20, &genes, &mut random);
        let before = genome.clone();
        weights(&mut genome, &genes, &rates, &mut random);
        biases(&mut genome, &genes, &rates, &mut random);
        let pairs = genome.connections.weight.iter().zip(&before.connections.weight);
        let squares: f32 = pairs.map(|(new, old)| (new - old) * (new - old)).sum();
        let deviation = (squares / 400.0).sqrt();
        assert!((0.45..0.55).contains(&deviation), "{deviation}");
        assert!(genome.nodes.bias[..20].iter().all(|&bias| bias == 0.0));
        assert_ne!(genome.nodes.bias[20..], before.nodes.bias[20..]);
    }

    #[test]
    fn no_nudge_leads_past_the_limit() {
        let genes = GenomeConfig { weight_limit: 1.0, ..GenomeConfig::default() };
        let rates = MutationConfig { weight_power: 1e6, ..MutationConfig::default() };
        let mut random = Stream::new(1, 0, 0, 0, Purpose::User);
        let mut genome = Genome::initial(4, 4, &genes, &mut random);
        weights(&mut genome, &genes, &rates, &mut random);
        assert!(genome.connections.weight.iter().all(|weight| weight.abs() <= 1.0));
    }

    proptest! {
        #[test]
        fn numbers_changed_side_by_side_are_those_changed_one_after_another(
            seed: u64, count in 0usize..70, replace_rate in 0.0..1.0f64, power in 0.0..3.0f64,
        ) {
            let genes = GenomeConfig { weight_limit: 4.0, ..GenomeConfig::default() };
            let rates = MutationConfig { replace_rate, weight_power: power, ..MutationConfig::default() };
            let (mut together, mut one_by_one) = (stream(seed), stream(seed));
            let before: Vec<f32> = (0..count).map(|place| place as f32 / 9.0 - 4.0).collect();
            let mut values = before.clone();
            Change::new(&genes, &rates).of_each(&mut values, &mut together);
            for (before, value) in before.iter().zip(&values) {
                let words = [one_by_one.bits(), one_by_one.bits()];
                let lanes = words.map(|word| (0..4).map(|lane| word >> (12 * lane) & 0xfff).sum::<u64>());
                let normal = ((lanes[0] + lanes[1]) as f32 - 16_380.0) * (1.0 / 3_344.37);
                let choice = (words[0] >> 48) * 65_536 + (words[1] >> 48);
                let replaced = (choice as f64) < replace_rate * 4_294_967_296.0;
                let expected = if replaced { normal * 2.0 } else { before + normal * power as f32 };
                prop_assert_eq!(value.to_bits(), expected.clamp(-4.0, 4.0).to_bits());
            }
            prop_assert_eq!(together.bits(), one_by_one.bits());
        }

        #[test]
        fn every_instruction_set_gives_the_same_bits(seed: u64, count in 0usize..70) {
            let change = Change::new(&GenomeConfig::default(), &MutationConfig::default());
            let (mut dispatched, mut anywhere) = (vec![1.0; count], vec![1.0; count]);
            change.of_each(&mut dispatched, &mut stream(seed));
            change.of_each_anywhere(&mut anywhere, &mut stream(seed));
            prop_assert_eq!(dispatched, anywhere);
        }
    }

    #[test]
    fn as_many_numbers_are_replaced_as_the_rate_says() {
        for (rate, range) in [(0.0, 0..1), (0.1, 900..1_100), (1.0, 10_000..10_001)] {
            let rates = MutationConfig { replace_rate: rate, weight_power: 0.0, ..MutationConfig::default() };
            let mut values = vec![29.0; 10_000];
            Change::new(&GenomeConfig::default(), &rates).of_each(&mut values, &mut stream(3));
            let replaced = values.iter().filter(|&&value| value != 29.0).count();
            assert!(range.contains(&replaced), "{replaced} of 10000 with rate {rate}");
        }
    }
}

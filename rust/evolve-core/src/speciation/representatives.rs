//! The representatives of species, and which of them a genome is nearest to.

#![allow(clippy::inline_always, reason = "the body must be compiled once for each instruction set")]

use super::slots::{MOST_SLOTS, Row, Slots};
use crate::config::SpeciationConfig;
use crate::genome::{Genome, distance};

/// Representatives in the order of their species, the oldest first.
pub(super) struct Representatives<'a> {
    config: &'a SpeciationConfig,
    known: Vec<(&'a Genome, Option<Row>)>,
    slots: Slots,
    /// Of the genome that is compared.
    row: Row,
}

impl<'a> Representatives<'a> {
    pub fn new(genomes: impl IntoIterator<Item = &'a Genome>, config: &'a SpeciationConfig) -> Self {
        let mut all = Self { config, known: Vec::new(), slots: Slots::default(), row: Row::default() };
        genomes.into_iter().for_each(|genome| all.push(genome));
        all
    }

    pub fn len(&self) -> usize {
        self.known.len()
    }

    pub fn push(&mut self, genome: &'a Genome) {
        // A representative that would need more is compared without slots: so thousands of species with genes
        // of their own take no more memory than their genes.
        let most = self.slots.len() + genome.connections.len() + genome.nodes.len();
        let row = (most <= MOST_SLOTS).then(|| {
            self.slots.add(genome);
            let mut row = Row::default();
            self.slots.fill(genome, &mut row);
            row
        });
        self.known.push((genome, row));
    }

    /// The place of the nearest representative and how far it is; of equals the oldest.
    pub fn nearest(&mut self, genome: &Genome) -> Option<(usize, f64)> {
        self.slots.fill(genome, &mut self.row);
        #[cfg(target_arch = "x86_64")]
        {
            if is_x86_feature_detected!("avx512bw") {
                // SAFETY: the processor has what the function is compiled for, as just asked.
                return unsafe { self.nearest_avx512(genome) };
            }
            if is_x86_feature_detected!("avx2") {
                // SAFETY: the processor has what the function is compiled for, as just asked.
                return unsafe { self.nearest_avx2(genome) };
            }
        }
        self.nearest_anywhere(genome)
    }

    #[cfg(target_arch = "x86_64")]
    #[target_feature(enable = "avx512f,avx512bw,avx512vl")]
    fn nearest_avx512(&self, genome: &Genome) -> Option<(usize, f64)> {
        self.nearest_anywhere(genome)
    }

    #[cfg(target_arch = "x86_64")]
    #[target_feature(enable = "avx2")]
    fn nearest_avx2(&self, genome: &Genome) -> Option<(usize, f64)> {
        self.nearest_anywhere(genome)
    }

    #[inline(always)]
    fn nearest_anywhere(&self, genome: &Genome) -> Option<(usize, f64)> {
        let length = genome.connections.len();
        let mut best: Option<(usize, f64)> = None;
        for (place, (known, row)) in self.known.iter().enumerate() {
            let far = match row {
                Some(row) => self.row.shared(row).distance(length, known.connections.len(), self.config),
                None => distance(genome, known, self.config),
            };
            if best.is_none_or(|(_, least)| far < least) {
                best = Some((place, far));
            }
        }
        best
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::{GenomeConfig, MutationConfig};
    use crate::genome::mutate;
    use crate::random::{Purpose, Stream};
    use proptest::prelude::*;

    /// Genomes of one family that differ in structure; weights grow by `scale` a round.
    fn genomes(seed: u64, count: u32, rounds: usize, scale: f64) -> Vec<Genome> {
        let rates = MutationConfig {
            add_node_rate: 0.3,
            add_connection_rate: 0.5,
            delete_connection_rate: 0.2,
            weight_power: scale,
            ..MutationConfig::default()
        };
        let genes = GenomeConfig { weight_limit: 1e6, ..GenomeConfig::default() };
        let genome = |index| {
            let mut random = Stream::new(seed, 0, 0, index, Purpose::User);
            let mut genome = Genome::initial(3, 2, &genes, &mut random);
            (0..rounds).for_each(|_| mutate(&mut genome, &genes, &rates, &mut random));
            genome
        };
        (0..count).map(genome).collect()
    }

    fn nearest_without_slots(genome: &Genome, known: &[Genome], config: &SpeciationConfig) -> (usize, f64) {
        let distances = known.iter().map(|known| distance(genome, known, config)).enumerate();
        distances.reduce(|best, other| if other.1 < best.1 { other } else { best }).unwrap()
    }

    proptest! {
        #[test]
        fn distances_with_slots_have_the_bits_of_those_without(
            seed: u64, rounds in 0usize..50, scale in prop::sample::select(vec![0.1, 1.0, 1e5]),
        ) {
            let (genomes, config) = (genomes(seed, 20, rounds, scale), SpeciationConfig::default());
            let (known, others) = genomes.split_at(7);
            let mut representatives = Representatives::new(known, &config);
            for genome in others {
                let (place, far) = representatives.nearest(genome).unwrap();
                let expected = nearest_without_slots(genome, known, &config);
                prop_assert_eq!((place, far.to_bits()), (expected.0, expected.1.to_bits()));
                prop_assert_eq!(representatives.nearest_anywhere(genome), Some((place, far)));
            }
        }

        #[test]
        fn each_representative_is_as_far_with_its_row_as_without(seed: u64, rounds in 0usize..50) {
            let (genomes, config) = (genomes(seed, 8, rounds, 1.0), SpeciationConfig::default());
            for known in &genomes {
                for genome in &genomes {
                    let far = Representatives::new([known], &config).nearest(genome).unwrap().1;
                    prop_assert_eq!(far.to_bits(), distance(genome, known, &config).to_bits());
                }
            }
        }
    }

    #[test]
    fn representatives_beyond_the_most_slots_are_compared_all_the_same() {
        // 200 · 8 connections each, of which only the first two have room for a row.
        let config = SpeciationConfig::default();
        let genomes: Vec<Genome> = (0..6)
            .map(|index| {
                let mut random = Stream::new(1, 0, 0, index, Purpose::User);
                let mut genome = Genome::initial(200, 8, &GenomeConfig::default(), &mut random);
                // Sources of its own, so that its connections are: 200 more for each genome.
                for id in &mut genome.connections.id {
                    id.0 ^= i64::from(index) << 40;
                }
                genome
            })
            .collect();
        let mut representatives = Representatives::new(&genomes, &config);
        let with_rows = representatives.known.iter().filter(|known| known.1.is_some()).count();
        assert!((1..genomes.len()).contains(&with_rows), "{with_rows} rows");
        for (place, genome) in genomes.iter().enumerate() {
            assert_eq!(representatives.nearest(genome), Some((place, 0.0)));
        }
    }

    #[test]
    fn of_equals_the_oldest_is_the_nearest() {
        let (genomes, config) = (genomes(1, 3, 5, 1.0), SpeciationConfig::default());
        let known = [&genomes[2], &genomes[0], &genomes[0]];
        assert_eq!(Representatives::new(known, &config).nearest(&genomes[0]), Some((1, 0.0)));
        assert_eq!(Representatives::new([], &config).nearest(&genomes[0]), None);
    }
}

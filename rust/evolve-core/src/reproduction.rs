//! Who has how many offspring, and how one is made.

use crate::config::{Config, MutationConfig, ReproductionConfig};
use crate::genome::{Genome, GenomePool, MutationScratch, crossover_into, mutate_with};
use crate::lineage::{Made, Origin};
use crate::random::{Purpose, Stream};
use crate::speciation::Species;
use std::sync::Arc;

/// The members of one species, best first; equal scores in the order of their places.
pub(crate) struct Family {
    /// Place of the species in the population's list.
    pub species: usize,
    pub members: Vec<usize>,
    pub best: f64,
    pub mean: f64,
}

/// Group members by species. Species nobody belongs to any more have no family.
pub(crate) fn families(places: &[usize], species: usize, merit: &[f64]) -> Vec<Family> {
    let mut sizes = vec![0; species];
    places.iter().for_each(|&place| sizes[place] += 1);
    let mut members: Vec<Vec<usize>> = sizes.into_iter().map(Vec::with_capacity).collect();
    for (member, &place) in places.iter().enumerate() {
        members[place].push(member);
    }
    let family = |(species, mut members): (usize, Vec<usize>)| {
        let mean = members.iter().map(|&member| merit[member]).sum::<f64>() / members.len() as f64;
        members.sort_unstable_by(|&a, &b| merit[b].total_cmp(&merit[a]).then(a.cmp(&b)));
        Family { species, best: merit[members[0]], mean, members }
    };
    members.into_iter().enumerate().filter(|(_, members)| !members.is_empty()).map(family).collect()
}

/// Drop the families of species that have not improved for too long; the best few always stay.
pub(crate) fn drop_stagnant(
    families: Vec<Family>,
    species: &[Species],
    generation: u32,
    config: &Config,
) -> Vec<Family> {
    let mut ranked: Vec<usize> = (0..families.len()).collect();
    ranked.sort_by(|&a, &b| families[b].best.total_cmp(&families[a].best).then(a.cmp(&b)));
    ranked.truncate(config.reproduction.protected_species.max(1));
    let limit = config.reproduction.stagnation_limit;
    families
        .into_iter()
        .enumerate()
        .filter(|(place, family)| {
            ranked.contains(place) || generation - species[family.species].improved < limit
        })
        .map(|(_, family)| family)
        .collect()
}

/// Share `size` offspring out in proportion to the families' shifted mean scores: first what every family
/// is owed, then the whole parts, what is left to the largest remainders, ties to the older species.
///
/// The mean of a family is the sum of its members' scores divided by its size: the paper's shared fitness.
pub(crate) fn quotas(families: &[Family], size: usize, rates: &ReproductionConfig) -> Vec<usize> {
    let least = families.iter().map(|family| family.mean).fold(f64::INFINITY, f64::min);
    let most = families.iter().map(|family| family.mean).fold(f64::NEG_INFINITY, f64::max);
    // Scores may be negative: the worst family's share is a part of the best one's, and the others' lie between.
    let range = most - least;
    let worth = |mean: f64| if range > 0.0 { (mean - least) / range } else { 1.0 };
    let share = |mean: f64| rates.least_share + (1.0 - rates.least_share) * worth(mean);
    let shares: Vec<f64> = families.iter().map(|family| share(family.mean).max(f64::MIN_POSITIVE)).collect();
    let total: f64 = shares.iter().sum();
    let owed = rates.minimum_species_size.min(size / families.len());
    let open = size - owed * families.len();
    let exact: Vec<f64> = shares.iter().map(|share| share / total * open as f64).collect();
    let mut quotas: Vec<usize> = exact.iter().map(|share| owed + share.floor() as usize).collect();
    let mut order: Vec<usize> = (0..families.len()).collect();
    order.sort_by(|&a, &b| exact[b].fract().total_cmp(&exact[a].fract()).then(a.cmp(&b)));
    let left = size - quotas.iter().sum::<usize>().min(size);
    order.iter().cycle().take(left).for_each(|&place| quotas[place] += 1);
    // The family of the best member always has room for it.
    let (best, largest) = (leader(families), place_of_largest(&quotas));
    if quotas[best] == 0 {
        quotas[largest] -= 1;
        quotas[best] = 1;
    }
    quotas
}
/// The family with the best member; of equals the oldest.
fn leader(families: &[Family]) -> usize {
    let places = (0..families.len()).rev();
    places.max_by(|&a, &b| families[a].best.total_cmp(&families[b].best)).unwrap_or(0)
}

fn place_of_largest(quotas: &[usize]) -> usize {
    (0..quotas.len()).rev().max_by_key(|&place| quotas[place]).unwrap_or(0)
}

/// What one offspring is made from, and the numbers that decide how.
pub(crate) struct Nursery<'a> {
    pub config: &'a Config,
    /// Of the present phase.
    pub rates: &'a MutationConfig,
    pub genomes: &'a [Arc<Genome>],
    /// How fit each of them is; larger is fitter.
    pub merit: &'a [f64],
    /// The best of a species that live on unchanged.
    pub elitism: usize,
    pub families: &'a [Family],
    pub seed: u64,
    pub population: u32,
    pub generation: u32,
}

impl Nursery<'_> {
    /// The next generation: for each family its elites, then its children. `register` is told of each, in order,
    /// how it is made and of whom.
    pub fn breed(
        &self,
        quotas: &[usize],
        pool: &mut GenomePool,
        mut register: impl FnMut(Made, Origin),
    ) -> Vec<Arc<Genome>> {
        let rates = &self.config.reproduction;
        let mut next = Vec::with_capacity(self.genomes.len());
        let best = leader(self.families);
        for (place, (family, &quota)) in self.families.iter().zip(quotas).enumerate() {
            // Small species have no elites, but the best of all is never lost.
            let keeps = place == best || family.members.len() >= rates.elitism_minimum_size;
            let elites = if keeps { self.elitism.min(quota).min(family.members.len()) } else { 0 };
            for &member in &family.members[..elites] {
                register(Made::Copied, Origin { first: member, second: None });
                next.push(Arc::clone(&self.genomes[member]));
            }
            for _ in elites..quota {
                let (origin, random) = self.choose_parents(family, next.len() as u32);
                register(origin.made(), origin);
                next.push(pool.make(|child, scratch| self.make_child(origin, random, child, scratch)));
            }
        }
        next
    }

    /// The parents of the child at this place, and the random numbers that it is made with.
    fn choose_parents(&self, family: &Family, index: u32) -> (Origin, Stream) {
        let rates = &self.config.reproduction;
        let mut random = Stream::new(self.seed, self.population, self.generation, index, Purpose::Offspring);
        let parents = survivors(family, rates.survival_threshold);
        let first = parents[random.below(parents.len())];
        if !random.chance(rates.crossover_rate) {
            return (Origin { first, second: None }, random);
        }
        let others = if random.chance(rates.interspecies_rate) {
            let other = &self.families[random.below(self.families.len())];
            survivors(other, rates.survival_threshold)
        } else {
            parents
        };
        let second = others[random.below(others.len())];
        let (fitter, other) =
            if self.merit[second] > self.merit[first] { (second, first) } else { (first, second) };
        (Origin { first: fitter, second: Some(other) }, random)
    }

    fn make_child(
        &self,
        origin: Origin,
        mut random: Stream,
        child: &mut Genome,
        scratch: &mut MutationScratch,
    ) {
        let first = &self.genomes[origin.first];
        match origin.second {
            Some(second) => {
                let rates = &self.config.reproduction;
                crossover_into(child, first, &self.genomes[second], rates, &mut random);
            }
            None => child.clone_from(first),
        }
        mutate_with(scratch, child, &self.config.genome, self.rates, &mut random);
    }
}

/// The best of a family, at least one.
fn survivors(family: &Family, share: f64) -> &[usize] {
    let count = (family.members.len() as f64 * share).ceil() as usize;
    &family.members[..count.clamp(1, family.members.len())]
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn family(members: usize, mean: f64) -> Family {
        Family { species: 0, members: (0..members).collect(), best: mean, mean }
    }

    fn rates(minimum_species_size: usize) -> ReproductionConfig {
        ReproductionConfig { minimum_species_size, ..ReproductionConfig::default() }
    }

    proptest! {
        #[test]
        fn quotas_add_up_to_the_population(means in prop::collection::vec(-1e6f64..1e6, 1..40), size in 1usize..500) {
            let families: Vec<Family> = means.iter().map(|&mean| family(3, mean)).collect();
            prop_assert_eq!(quotas(&families, size, &rates(1)).iter().sum::<usize>(), size);
        }

        #[test]
        fn every_family_has_the_least_number_of_offspring_while_there_is_room(
            means in prop::collection::vec(-1e6f64..1e6, 1..20), least in 1usize..5,
        ) {
            let families: Vec<Family> = means.iter().map(|&mean| family(3, mean)).collect();
            prop_assert!(quotas(&families, 100, &rates(least)).iter().all(|&quota| quota >= least));
        }
    }

    #[test]
    fn the_family_of_the_best_member_always_has_a_place() {
        let poor = Family { best: 99.0, ..family(1, 0.0) };
        let rich: Vec<Family> = (0..9).map(|_| family(10, 5.0)).collect();
        let all: Vec<Family> = std::iter::once(poor).chain(rich).collect();
        let shared = quotas(&all, 10, &rates(0));
        assert_eq!((shared[0], shared.iter().sum::<usize>()), (1, 10), "{shared:?}");
    }

    #[test]
    fn a_fitter_family_has_more_offspring_and_equals_have_equal_shares() {
        let shared = quotas(&[family(3, 1.0), family(3, 3.0), family(3, 2.0)], 100, &rates(0));
        assert!(shared[1] > shared[2] && shared[2] > shared[0] && shared[0] > 0, "{shared:?}");
        assert_eq!(quotas(&[family(3, 2.0), family(9, 2.0)], 10, &rates(0)), [5, 5]);
    }

    #[test]
    fn families_are_sorted_best_first_with_ties_by_place() {
        let groups = families(&[0, 1, 0, 0], 3, &[1.0, 9.0, 2.0, 2.0]);
        assert_eq!(groups.len(), 2);
        assert_eq!(groups[0].members, [2, 3, 0]);
        assert_eq!((groups[0].best, groups[1].mean), (2.0, 9.0));
    }

    #[test]
    fn only_the_best_share_of_a_family_has_offspring_and_never_nobody() {
        assert_eq!(survivors(&family(10, 0.0), 0.2), [0, 1]);
        assert_eq!(survivors(&family(3, 0.0), 0.0), [0]);
        assert_eq!(survivors(&family(3, 0.0), 1.0), [0, 1, 2]);
    }
}

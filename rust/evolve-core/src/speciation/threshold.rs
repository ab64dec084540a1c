//! The NEAT paper's way, with the nearest representative instead of the first one that is near enough.
//!
//! With the first one, a threshold that rises a little empties every species into the oldest.

use super::representatives::Representatives;
use super::{Register, Species};
use crate::config::SpeciationConfig;
use crate::genome::{Genome, prefetch};
use std::sync::Arc;

/// The threshold never falls below this, however many species are wanted.
const LEAST_THRESHOLD: f64 = 0.1;

/// So many times the wanted number of species are too many to go on with.
const FAR_TOO_MANY: usize = 4;
/// How much wider the threshold is made then.
const WIDER: f64 = 1.25;

/// See [`super::assign`]. A genome that is near enough to nobody founds a species of its own.
///
/// How far first genomes lie apart depends on how many weights they have: with 40 of them the default
/// threshold made 117 species of 150 genomes, and 10,000 genomes took 166 ms a generation.
pub(super) fn assign(
    genomes: &[Arc<Genome>],
    species: &mut Vec<Species>,
    threshold: &mut f64,
    mut register: Register<'_>,
    config: &SpeciationConfig,
) -> Vec<usize> {
    let sorted = loop {
        match Sorted::try_sort(genomes, species, *threshold, config) {
            Some(sorted) => break sorted,
            None => *threshold *= WIDER,
        }
    };
    let mut place = 0;
    species.retain(|_| {
        place += 1;
        sorted.kept.binary_search(&(place - 1)).is_ok()
    });
    species.extend(sorted.founders.iter().map(|&founder| register.found(&genomes[founder])));
    sorted.places
}

/// Genomes sorted into species that stay and species that are new.
struct Sorted {
    /// Places of the species that stay.
    kept: Vec<usize>,
    /// Places of the genomes that found a species.
    founders: Vec<usize>,
    /// For each genome the place of its species: those that stay, then the new ones.
    places: Vec<usize>,
}

impl Sorted {
    /// None as soon as there are far too many species.
    fn try_sort(
        genomes: &[Arc<Genome>],
        species: &[Species],
        threshold: f64,
        config: &SpeciationConfig,
    ) -> Option<Self> {
        let most = if config.target_species == 0 { usize::MAX } else { config.target_species * FAR_TOO_MANY };
        let (kept, mut known) = join_neighbours(species, threshold, config);
        let (mut founders, mut places) = (Vec::new(), Vec::with_capacity(genomes.len()));
        for (member, genome) in genomes.iter().enumerate() {
            if known.len() > most {
                return None;
            }
            prefetch::compared_next(genomes, member);
            let near = known.nearest(genome).filter(|&(_, distance)| distance < threshold);
            places.push(near.map_or(known.len(), |(place, _)| place));
            if near.is_none() {
                founders.push(member);
                known.push(genome);
            }
        }
        (known.len() <= most).then_some(Self { kept, founders, places })
    }
}

/// Species that have come as near to an older one as its members are become part of it; which ones stay.
///
/// Without this a threshold that rises changes nothing, rises on until species die of other causes, and
/// is then far too wide: XOR's count went from 34 to 2 and back within 100 generations.
fn join_neighbours<'a>(
    species: &'a [Species],
    threshold: f64,
    config: &'a SpeciationConfig,
) -> (Vec<usize>, Representatives<'a>) {
    let (mut kept, mut known) = (Vec::new(), Representatives::new([], config));
    for (place, Species { representative, .. }) in species.iter().enumerate() {
        if known.nearest(representative).is_none_or(|(_, distance)| distance >= threshold) {
            kept.push(place);
            known.push(representative);
        }
    }
    (kept, known)
}

/// Move the threshold toward the wanted number of species: a whole step when there are twice as many or
/// none, less the nearer the number is. Whole steps for every surplus made the number swing.
pub fn adapt_threshold(threshold: f64, count: usize, config: &SpeciationConfig) -> f64 {
    let target = config.target_species;
    if target == 0 {
        return threshold;
    }
    let surplus = ((count as f64 - target as f64) / target as f64).clamp(-1.0, 1.0);
    (threshold + config.threshold_step * surplus).max(LEAST_THRESHOLD.min(threshold))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::GenomeConfig;
    use crate::genome::distance;
    use crate::random::{Purpose, Stream};

    /// Thirty first genomes fall into a handful of species.
    const NEAR: f64 = 1.8;

    fn genomes() -> Vec<Arc<Genome>> {
        let genome = |index| {
            let mut random = Stream::new(1, 0, 0, index, Purpose::User);
            Arc::new(Genome::initial(3, 2, &GenomeConfig::default(), &mut random))
        };
        (0..30).map(genome).collect()
    }

    #[test]
    fn everybody_is_near_the_representative_of_their_species_and_no_founder_is_near_another() {
        let (genomes, config) = (genomes(), SpeciationConfig::default());
        let (mut species, mut next_id) = (Vec::new(), 5);
        let register = Register { generation: 9, next_id: &mut next_id };
        let places = assign(&genomes, &mut species, &mut { NEAR }, register, &config);
        assert!(species.len() > 1 && species.len() < 30, "{} species", species.len());
        assert_eq!(next_id as usize, 5 + species.len());
        for (genome, &place) in genomes.iter().zip(&places) {
            assert!(distance(genome, &species[place].representative, &config) < NEAR);
        }
        for (place, founder) in species.iter().enumerate() {
            let far = |other: &Species| distance(&founder.representative, &other.representative, &config);
            assert!(species[..place].iter().all(|other| far(other) >= NEAR));
        }
    }

    #[test]
    fn a_genome_joins_the_nearest_species_and_not_the_oldest_that_will_do() {
        let (genomes, config) = (genomes(), SpeciationConfig::default());
        let (mut species, mut next_id) = (Vec::new(), 0);
        assign(
            &genomes,
            &mut species,
            &mut { NEAR },
            Register { generation: 0, next_id: &mut next_id },
            &config,
        );
        let before = species.clone();
        let register = Register { generation: 1, next_id: &mut next_id };
        let places = assign(&genomes, &mut species, &mut { NEAR }, register, &config);
        assert_eq!(species, before);
        let mut oldest_that_will_do = 0;
        for (genome, &place) in genomes.iter().zip(&places) {
            let far = |known: &Species| distance(genome, &known.representative, &config);
            assert!(species.iter().all(|other| far(other) >= far(&species[place])));
            oldest_that_will_do +=
                usize::from(species.iter().position(|known| far(known) < NEAR) == Some(place));
        }
        assert!(oldest_that_will_do < genomes.len());
    }

    #[test]
    fn species_that_a_wider_threshold_brings_together_become_one() {
        let (genomes, config) = (genomes(), SpeciationConfig::default());
        let (mut species, mut next_id) = (Vec::new(), 0);
        assign(
            &genomes,
            &mut species,
            &mut { NEAR },
            Register { generation: 0, next_id: &mut next_id },
            &config,
        );
        let oldest = species[0].id;
        assign(&genomes, &mut species, &mut 1e6, Register { generation: 1, next_id: &mut next_id }, &config);
        assert_eq!((species.len(), species[0].id), (1, oldest));
    }

    #[test]
    fn a_threshold_that_makes_far_too_many_species_is_widened_until_it_does_not() {
        let config = SpeciationConfig { target_species: 2, ..Default::default() };
        let (mut species, mut next_id, mut threshold) = (Vec::new(), 3, 0.01);
        let register = Register { generation: 0, next_id: &mut next_id };
        let places = assign(&genomes(), &mut species, &mut threshold, register, &config);
        assert!((1..=8).contains(&species.len()), "{} species", species.len());
        assert_eq!((next_id as usize, places.len()), (3 + species.len(), 30));
        // No wider than needed: one step narrower there are too many.
        assert!(Sorted::try_sort(&genomes(), &[], threshold / WIDER, &config).is_none());
        let free = SpeciationConfig { target_species: 0, ..config };
        let (mut many, mut narrow) = (Vec::new(), 0.01);
        let register = Register { generation: 0, next_id: &mut next_id };
        assign(&genomes(), &mut many, &mut narrow, register, &free);
        assert_eq!((many.len(), narrow.to_bits()), (30, 0.01f64.to_bits()));
    }

    #[test]
    fn a_wide_threshold_keeps_all_in_the_first_species() {
        let (mut species, mut next_id) = (Vec::new(), 0);
        let register = Register { generation: 0, next_id: &mut next_id };
        let places = assign(&genomes(), &mut species, &mut 1e6, register, &SpeciationConfig::default());
        assert!(places.iter().all(|&place| place == 0));
        assert_eq!(species.len(), 1);
    }

    #[test]
    fn the_threshold_moves_toward_the_target_and_never_to_zero() {
        let config = SpeciationConfig { target_species: 5, threshold_step: 0.5, ..Default::default() };
        assert_eq!(adapt_threshold(3.0, 99, &config), 3.5);
        assert_eq!(adapt_threshold(3.0, 10, &config), 3.5);
        assert_eq!(adapt_threshold(3.0, 6, &config), 3.1);
        assert_eq!(adapt_threshold(3.0, 0, &config), 2.5);
        assert_eq!(adapt_threshold(3.0, 5, &config), 3.0);
        assert_eq!(adapt_threshold(0.3, 1, &config), LEAST_THRESHOLD);
        assert_eq!(adapt_threshold(3.0, 9, &SpeciationConfig { target_species: 0, ..config }), 3.0);
    }
}

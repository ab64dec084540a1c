//! The NEAT paper's way: a genome joins the first species whose representative is near enough.

use super::Species;
use crate::config::SpeciationConfig;
use crate::genome::{Genome, distance};

/// The threshold never falls below this, however many species are wanted.
const LEAST_THRESHOLD: f64 = 0.1;

/// For each genome the place of its species. Genomes that fit nowhere found new species at the end of
/// the list, in the order of the genomes.
pub fn assign(
    genomes: &[Genome],
    species: &mut Vec<Species>,
    threshold: f64,
    generation: u32,
    next_id: &mut u32,
    config: &SpeciationConfig,
) -> Vec<usize> {
    let mut places = Vec::with_capacity(genomes.len());
    for genome in genomes {
        let near = |known: &Species| distance(genome, &known.representative, config) < threshold;
        let place = species.iter().position(near).unwrap_or_else(|| {
            species.push(Species {
                id: *next_id,
                representative: genome.clone(),
                created: generation,
                improved: generation,
                best: f64::NEG_INFINITY,
            });
            *next_id += 1;
            species.len() - 1
        });
        places.push(place);
    }
    places
}

/// Move the threshold toward the wanted number of species.
pub fn adapt_threshold(threshold: f64, count: usize, config: &SpeciationConfig) -> f64 {
    match config.target_species {
        0 => threshold,
        target if count > target => threshold + config.threshold_step,
        target if count < target => (threshold - config.threshold_step).max(LEAST_THRESHOLD.min(threshold)),
        _ => threshold,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::GenomeConfig;
    use crate::random::{Purpose, Stream};

    fn genomes() -> Vec<Genome> {
        let genome = |index| {
            let mut random = Stream::new(1, 0, 0, index, Purpose::User);
            Genome::initial(3, 2, &GenomeConfig::default(), &mut random)
        };
        (0..30).map(genome).collect()
    }

    #[test]
    fn everybody_is_near_the_representative_of_their_species() {
        let (genomes, config) = (genomes(), SpeciationConfig::default());
        let (mut species, mut next_id) = (Vec::new(), 5);
        let places = assign(&genomes, &mut species, 0.4, 9, &mut next_id, &config);
        assert!(species.len() > 1 && species.len() < 30, "{} species", species.len());
        assert_eq!(next_id as usize, 5 + species.len());
        for (genome, &place) in genomes.iter().zip(&places) {
            assert!(distance(genome, &species[place].representative, &config) < 0.4);
            let earlier = &species[..place];
            assert!(earlier.iter().all(|other| distance(genome, &other.representative, &config) >= 0.4));
        }
    }

    #[test]
    fn a_wide_threshold_keeps_all_in_the_first_species() {
        let (mut species, mut next_id) = (Vec::new(), 0);
        let places = assign(&genomes(), &mut species, 1e6, 0, &mut next_id, &SpeciationConfig::default());
        assert!(places.iter().all(|&place| place == 0));
        assert_eq!(species.len(), 1);
    }

    #[test]
    fn the_threshold_moves_toward_the_target_and_never_to_zero() {
        let config = SpeciationConfig { target_species: 5, threshold_step: 0.5, ..Default::default() };
        assert_eq!(adapt_threshold(3.0, 9, &config), 3.5);
        assert_eq!(adapt_threshold(3.0, 2, &config), 2.5);
        assert_eq!(adapt_threshold(3.0, 5, &config), 3.0);
        assert_eq!(adapt_threshold(0.3, 2, &config), LEAST_THRESHOLD);
        assert_eq!(adapt_threshold(3.0, 9, &SpeciationConfig { target_species: 0, ..config }), 3.0);
    }
}

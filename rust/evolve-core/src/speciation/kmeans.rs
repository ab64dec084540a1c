//! The other way: always the same number of species, each around the member in its middle.
//!
//! Lloyd's algorithm with medoids instead of means, because a mean of genomes of different structure is
//! no genome. Every choice between equals falls to the first, so one population has one answer.

use super::representatives::Representatives;
use super::{Register, Species};
use crate::config::SpeciationConfig;
use crate::genome::{Genome, distance};
use std::sync::Arc;

/// Rounds of moving the middles; most populations settle in three or four.
const ROUNDS: usize = 8;
/// A middle is sought by the distances to so many members at most, so that the work grows with the
/// size of the population and not with its square.
const SAMPLE: usize = 32;

/// See [`super::assign`]. There are fewer species than wanted only while fewer genomes differ.
pub(super) fn assign(
    genomes: &[Arc<Genome>],
    species: &mut Vec<Species>,
    mut register: Register<'_>,
    config: &SpeciationConfig,
) -> Vec<usize> {
    seed(genomes, species, &mut register, config);
    let mut places = nearest_of_all(genomes, species, config);
    for _ in 0..ROUNDS {
        for (place, known) in species.iter_mut().enumerate() {
            let members: Vec<usize> = (0..genomes.len()).filter(|&member| places[member] == place).collect();
            if let Some(middle) = medoid(genomes, &members, config) {
                known.representative = Arc::clone(&genomes[middle]);
            }
        }
        let moved = nearest_of_all(genomes, species, config);
        if moved == places {
            break;
        }
        places = moved;
    }
    places
}

/// New species begin with whoever is farthest from all that there are.
fn seed(
    genomes: &[Arc<Genome>],
    species: &mut Vec<Species>,
    register: &mut Register<'_>,
    config: &SpeciationConfig,
) {
    let mut known = of_all(species, config);
    let mut lonely: Vec<f64> = genomes
        .iter()
        .map(|genome| known.nearest(genome).map_or(f64::INFINITY, |(_, distance)| distance))
        .collect();
    while species.len() < config.target_species {
        let farthest = (0..genomes.len()).reduce(|a, b| if lonely[b] > lonely[a] { b } else { a });
        let Some(founder) = farthest.filter(|&founder| lonely[founder] > 0.0) else { return };
        for (genome, lonely) in genomes.iter().zip(&mut lonely) {
            *lonely = lonely.min(distance(genome, &genomes[founder], config));
        }
        species.push(register.found(&genomes[founder]));
    }
}

fn of_all<'a>(species: &'a [Species], config: &'a SpeciationConfig) -> Representatives<'a> {
    Representatives::new(species.iter().map(|known| &*known.representative), config)
}

fn nearest_of_all(genomes: &[Arc<Genome>], species: &[Species], config: &SpeciationConfig) -> Vec<usize> {
    let mut known = of_all(species, config);
    let mut place =
        |genome: &Arc<Genome>| known.nearest(genome).expect("there is a species for the first genome").0;
    genomes.iter().map(&mut place).collect()
}

/// The member with the smallest sum of distances to the others; the first of equals.
fn medoid(genomes: &[Arc<Genome>], members: &[usize], config: &SpeciationConfig) -> Option<usize> {
    let step = members.len().div_ceil(SAMPLE).max(1);
    let sum = |member: usize| -> f64 {
        members.iter().step_by(step).map(|&other| distance(&genomes[member], &genomes[other], config)).sum()
    };
    let sums = members.iter().map(|&member| (member, sum(member)));
    sums.reduce(|best, other| if other.1 < best.1 { other } else { best }).map(|(member, _)| member)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::{GenomeConfig, MutationConfig, SpeciationStrategy};
    use crate::genome::mutate;
    use crate::random::{Purpose, Stream};
    use proptest::prelude::*;

    fn config(target_species: usize) -> SpeciationConfig {
        SpeciationConfig { strategy: SpeciationStrategy::Kmeans, target_species, ..Default::default() }
    }

    fn genomes(seed: u64, count: u32) -> Vec<Arc<Genome>> {
        let rates = MutationConfig { add_node_rate: 0.5, ..MutationConfig::default() };
        let genome = |index| {
            let mut random = Stream::new(seed, 0, 0, index, Purpose::User);
            let mut genome = Genome::initial(3, 2, &GenomeConfig::default(), &mut random);
            (0..index % 7).for_each(|_| mutate(&mut genome, &GenomeConfig::default(), &rates, &mut random));
            Arc::new(genome)
        };
        (0..count).map(genome).collect()
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(24))]
        #[test]
        fn there_are_as_many_species_as_wanted_and_everybody_is_in_the_nearest(seed: u64, wanted in 1usize..12) {
            let (genomes, config) = (genomes(seed, 40), config(wanted));
            let (mut species, mut next_id) = (Vec::new(), 3);
            let places = assign(&genomes, &mut species, Register { generation: 2, next_id: &mut next_id }, &config);
            prop_assert_eq!((species.len(), next_id as usize), (wanted, wanted + 3));
            for (genome, &place) in genomes.iter().zip(&places) {
                let own = distance(genome, &species[place].representative, &config);
                prop_assert!(species.iter().all(|other| distance(genome, &other.representative, &config) >= own));
            }
        }
    }

    #[test]
    fn genomes_that_are_all_alike_are_one_species() {
        let genomes = vec![genomes(1, 1).remove(0); 9];
        let (mut species, mut next_id) = (Vec::new(), 0);
        let register = Register { generation: 0, next_id: &mut next_id };
        assert_eq!(assign(&genomes, &mut species, register, &config(5)), [0; 9]);
        assert_eq!(species.len(), 1);
    }
}

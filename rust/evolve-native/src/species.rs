//! `RustNeatSpecies`: genomes sorted into species, for loops that breed in scripts.

use crate::genome::RustNeatGenome;
use crate::population::{RustPopulation, copies};
use crate::settings::Settings;
use crate::{checked, made};
use evolve_core::config::{SpeciationConfig, SpeciationStrategy};
use evolve_core::genome::Genome;
use evolve_core::random::{Purpose, Stream};
use evolve_core::speciation::{Register, Species, adapt_threshold, assign};
use godot::builtin::AnyArray;
use godot::prelude::*;
use std::sync::Arc;

/// Groups of genomes that are alike, which live on from one generation to the next.
///
/// A generation goes like this: [method speciate] gives each genome the place of its species,
/// [method adjusted_fitness] shares fitness within them, [method renew] lets those die out that nobody
/// belongs to and chooses new representatives, [method adapt_threshold] moves toward the wanted number.
/// [code]genomes[/code] is a [RustPopulation] or an [Array] of [RustNeatGenome].
#[derive(GodotClass)]
#[class(no_init, base = RefCounted)]
pub struct RustNeatSpecies {
    config: SpeciationConfig,
    species: Vec<Species>,
    threshold: f64,
    next_id: u32,
    generation: u32,
}

#[godot_api]
impl RustNeatSpecies {
    /// No species yet. The settings are those of [RustNeatGenome]; null and an error when they make no sense.
    #[func]
    fn create(#[opt(default = Settings::default())] settings: Settings) -> Option<Gd<Self>> {
        let start = settings.read().map(|config| {
            let (config, threshold) = (config.speciation.clone(), config.speciation.threshold);
            Gd::from_object(Self { config, threshold, species: Vec::new(), next_id: 0, generation: 0 })
        });
        made("RustNeatSpecies.create", start)
    }

    /// For each genome the place of its species: the nearest one within the threshold. Species that have
    /// come as near to an older one as its members are become part of it first; genomes that fit nowhere
    /// found new ones at the end of the list, in their order. More than four times the wanted species are
    /// too many, and widen the threshold at once. Empty, with an error, when something else is given.
    #[func]
    fn speciate(&mut self, genomes: Variant) -> PackedInt32Array {
        let places = look(&genomes, |genomes| {
            let register = Register { generation: self.generation, next_id: &mut self.next_id };
            Ok(assign(genomes, &mut self.species, &mut self.threshold, register, &self.config))
        });
        checked("RustNeatSpecies.speciate", places.map(|places| numbers(&places)))
    }

    /// Fitness shared within species: each genome's fitness divided by the size of its species. Empty, with
    /// an error, unless there is one fitness for each genome.
    #[func]
    fn adjusted_fitness(&self, fitness: PackedFloat64Array, places: PackedInt32Array) -> PackedFloat64Array {
        let adjusted = self.members(places.as_slice()).and_then(|members| {
            let (given, expected) = (fitness.len(), places.len());
            if given != expected {
                return Err(format!(
                    "fitness has {given} numbers, but must have {expected}, one for each place"
                ));
            }
            let shares = fitness.as_slice().iter().zip(places.as_slice());
            Ok(shares.map(|(fitness, &place)| fitness / members[place as usize].len() as f64).collect())
        });
        checked("RustNeatSpecies.adjusted_fitness", adjusted)
    }

    /// Let species die out that nobody belongs to, and give each of the others a random member for the next
    /// generation's representative; with k-means the middle stays. [param places] is what
    /// [method speciate] gave for these genomes; afterwards places count the species that are left. False,
    /// with an error, when they don't fit.
    #[func]
    fn renew(&mut self, genomes: Variant, places: PackedInt32Array, seed: i64) -> bool {
        let renewed = look(&genomes, |genomes| {
            if genomes.len() != places.len() {
                let (given, expected) = (places.len(), genomes.len());
                return Err(format!(
                    "places has {given} numbers, but must have {expected}, one for each genome"
                ));
            }
            let members = self.members(places.as_slice())?;
            self.keep(&members, genomes, seed);
            Ok(())
        });
        made("RustNeatSpecies.renew", renewed).is_some()
    }

    /// Move the threshold toward the wanted number of species, given how many there are: a whole step when
    /// there are twice as many or none, less the nearer the number is.
    #[func]
    fn adapt_threshold(&mut self, count: i64) {
        let count = usize::try_from(count).unwrap_or(0);
        self.threshold = adapt_threshold(self.threshold, count, &self.config);
    }

    /// Genomes nearer than this to a representative belong to its species.
    #[func]
    fn threshold(&self) -> f64 {
        self.threshold
    }

    /// How many species there are.
    #[func]
    fn count(&self) -> i64 {
        self.species.len() as i64
    }

    /// The number of each species, from 0; none is ever given to another.
    #[func]
    fn ids(&self) -> PackedInt64Array {
        self.species.iter().map(|species| i64::from(species.id)).collect()
    }

    /// A copy of the genome that represents the species at a place; null and an error when there is none.
    #[func]
    fn representative(&self, place: i64) -> Option<Gd<RustNeatGenome>> {
        let found = usize::try_from(place).ok().and_then(|place| self.species.get(place));
        let count = self.species.len();
        let found = found.ok_or_else(|| format!("place is {place}, but there are {count} species"));
        // Whether it is recurrent is asked of the genes: a representative is looked at and compared.
        made("RustNeatSpecies.representative", found).map(|species| {
            let genome = Arc::clone(&species.representative);
            let recurrent = genome.has_cycle();
            RustNeatGenome::wrap(genome, recurrent)
        })
    }
}

impl RustNeatSpecies {
    /// The members of each species, or which place is none.
    fn members(&self, places: &[i32]) -> Result<Vec<Vec<usize>>, String> {
        let mut members: Vec<Vec<usize>> = vec![Vec::new(); self.species.len()];
        for (member, &place) in places.iter().enumerate() {
            let count = self.species.len();
            usize::try_from(place)
                .ok()
                .and_then(|place| members.get_mut(place))
                .ok_or_else(|| format!("places[{member}] is {place}, but there are {count} species"))?
                .push(member);
        }
        Ok(members)
    }

    fn keep(&mut self, members: &[Vec<usize>], genomes: &[Arc<Genome>], seed: i64) {
        let seed = seed.cast_unsigned();
        let species = std::mem::take(&mut self.species);
        let kept = species.into_iter().zip(members).filter(|(_, members)| !members.is_empty());
        let renewed = kept.map(|(mut species, members)| {
            if self.config.strategy == SpeciationStrategy::Threshold {
                let mut random = Stream::new(seed, 0, 0, species.id, Purpose::Representative);
                species.representative = Arc::clone(&genomes[members[random.below(members.len())]]);
            }
            species
        });
        self.species = renewed.collect();
        self.generation += 1;
    }
}

/// Look at the genomes of a population, or at copies of those of an array.
fn look<T>(genomes: &Variant, look: impl FnOnce(&[Arc<Genome>]) -> Result<T, String>) -> Result<T, String> {
    if let Ok(population) = genomes.try_to::<Gd<RustPopulation>>() {
        return look(population.bind().members.genomes());
    }
    match genomes.try_to::<AnyArray>() {
        Ok(array) => look(&copies(&array)?.0),
        Err(_) => {
            Err(format!("genomes is {genomes}, but must be a RustPopulation or an Array of RustNeatGenome"))
        }
    }
}

fn numbers(places: &[usize]) -> PackedInt32Array {
    places.iter().map(|&place| place as i32).collect()
}

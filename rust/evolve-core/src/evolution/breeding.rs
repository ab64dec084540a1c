//! From a scored generation to the next one.

use super::state::{Champion, EvolutionState, Population};
use crate::config::{Config, SpeciationStrategy};
use crate::random::{Purpose, Stream};
use crate::report::{GenerationReport, SpeciesReport};
use crate::reproduction::{Family, Nursery, drop_stagnant, families, quotas};
use crate::speciation::{Register, adapt_threshold, assign};

/// Where in a run a population is.
struct Moment {
    seed: u64,
    generation: u32,
    population: u32,
}

/// Breed every population, and say what the old generation was like.
pub(super) fn breed(state: &mut EvolutionState, fitness: &[Vec<f64>]) -> GenerationReport {
    let mut species = Vec::new();
    for (place, (population, fitness)) in state.populations.iter_mut().zip(fitness).enumerate() {
        let moment = Moment { seed: state.seed, generation: state.generation, population: place as u32 };
        population.breed(fitness, &state.config, &moment, &mut species);
    }
    let scores = &fitness[0];
    let champion = state.populations[0].champion.as_ref();
    let report = GenerationReport {
        generation: state.generation,
        best: scores.iter().copied().fold(f64::NEG_INFINITY, f64::max),
        mean: scores.iter().sum::<f64>() / scores.len() as f64,
        best_ever: champion.expect("a scored population has a champion").fitness,
        species,
        evaluations: state.evaluations,
        steps: 0,
    };
    state.generation += 1;
    report
}

impl Population {
    fn breed(&mut self, fitness: &[f64], config: &Config, moment: &Moment, reports: &mut Vec<SpeciesReport>) {
        self.crown(fitness, moment.generation);
        let places = assign(
            &self.genomes,
            &mut self.species,
            &mut self.threshold,
            Register { generation: moment.generation, next_id: &mut self.next_species },
            &config.speciation,
        );
        let families = families(&places, self.species.len(), fitness);
        self.note_progress(&families, moment.generation);
        reports.extend(families.iter().map(|family| self.report(family, config, moment)));
        self.threshold = adapt_threshold(self.threshold, families.len(), &config.speciation);
        let families = drop_stagnant(families, &self.species, moment.generation, config);
        self.phase.advance(&self.genomes, moment.generation, &config.complexity);
        let rates = self.phase.rates(&config.mutation, &config.complexity);
        let nursery = Nursery {
            config,
            rates: &rates,
            genomes: &self.genomes,
            fitness,
            families: &families,
            seed: moment.seed,
            population: moment.population,
            generation: moment.generation,
        };
        let next = nursery.breed(&quotas(&families, self.genomes.len(), &config.reproduction));
        self.keep_species(&families, config, moment);
        self.genomes = next;
    }

    /// A new champion must be better, not only as good: of equals the first one stays.
    fn crown(&mut self, fitness: &[f64], generation: u32) {
        let mut best = 0;
        for (member, score) in fitness.iter().enumerate() {
            if *score > fitness[best] {
                best = member;
            }
        }
        if self.champion.as_ref().is_none_or(|champion| fitness[best] > champion.fitness) {
            self.champion =
                Some(Champion { genome: self.genomes[best].clone(), fitness: fitness[best], generation });
        }
    }

    fn note_progress(&mut self, families: &[Family], generation: u32) {
        for family in families {
            let species = &mut self.species[family.species];
            if family.best > species.best {
                species.best = family.best;
                species.improved = generation;
            }
        }
    }

    fn report(&self, family: &Family, config: &Config, moment: &Moment) -> SpeciesReport {
        SpeciesReport {
            population: config.populations[moment.population as usize].name.clone(),
            id: self.species[family.species].id,
            size: family.members.len(),
            best: family.best,
            mean: family.mean,
        }
    }

    /// Species that have offspring live on. With a threshold each is represented by a random member of the
    /// old generation, as in the paper; groups around a middle keep the middle.
    fn keep_species(&mut self, families: &[Family], config: &Config, moment: &Moment) {
        let survivors = families.iter().map(|family| {
            let mut species = self.species[family.species].clone();
            if config.speciation.strategy == SpeciationStrategy::Threshold {
                let member = family.members[moment.representative(species.id, family.members.len())];
                species.representative.clone_from(&self.genomes[member]);
            }
            species
        });
        self.species = survivors.collect();
    }
}

impl Moment {
    /// Which of a species' members represents it in the next generation.
    fn representative(&self, species: u32, members: usize) -> usize {
        let purpose = Purpose::Representative;
        Stream::new(self.seed, self.population, self.generation, species, purpose).below(members)
    }
}

//! From a scored generation to the next one.

use super::births::{BirthRegister, first_births};
use super::scores::Scores;
use super::state::{Champion, EvolutionState, Population};
use super::strategy::{Brood, Judgement, illuminate, judge};
use super::travellers::{copies, travellers};
use crate::config::{Config, Direction, SelectionStrategy, SpeciationStrategy};
use crate::genome::GenomePool;
use crate::lineage::{Birth, Made, Origin, Parent};
use crate::random::{Purpose, Stream};
use crate::report::{GenerationReport, NewChampion, ObjectiveReport, PopulationReport, SpeciesReport};
use crate::reproduction::{Family, Nursery, drop_stagnant, families, quotas};
use crate::speciation::{Register, adapt_threshold, assign};
use std::sync::Arc;

/// Where in a run a population is.
struct Moment {
    seed: u64,
    generation: u32,
    population: u32,
}

/// Where genomes come from and reports go to.
struct Workshop<'a> {
    pool: &'a mut GenomePool,
    reports: &'a mut Vec<SpeciesReport>,
    births: &'a mut Vec<Birth>,
}

/// Breed every population, and say what the old generation was like.
pub(super) fn breed(
    state: &mut EvolutionState,
    scores: Vec<Scores>,
    pool: &mut GenomePool,
) -> GenerationReport {
    let (mut species, mut populations) = (Vec::new(), Vec::new());
    for (place, (population, scores)) in state.populations.iter_mut().zip(scores).enumerate() {
        let moment = Moment { seed: state.seed, generation: state.generation, population: place as u32 };
        let objectives = objectives(&state.config, &scores);
        let mut births = first_births(population, state.generation);
        let mut workshop = Workshop { pool, reports: &mut species, births: &mut births };
        let crowned = population.breed(scores, &state.config, &moment, &mut workshop);
        let name = state.config.populations[place].name.clone();
        let champion = population.champion.as_ref().expect("a scored population has a champion");
        let (best, mean, best_ever) = (objectives[0].best, objectives[0].mean, champion.fitness);
        let champion = crowned.map(|member| NewChampion { island: 0, member: member as u32 });
        populations.push(PopulationReport {
            name,
            best,
            mean,
            best_ever,
            objectives,
            metrics: Vec::new(),
            champion,
            births,
        });
    }
    let memory = &state.populations[0].memory;
    let report = GenerationReport {
        generation: state.generation,
        best: populations[0].best,
        mean: populations[0].mean,
        best_ever: populations[0].best_ever,
        objectives: populations[0].objectives.clone(),
        metrics: Vec::new(),
        populations,
        species,
        front: memory.front,
        archive: memory.archive.len() / state.config.evaluation.behaviour.len().max(1),
        elites: memory.elites.len(),
        evaluations: state.evaluations,
        steps: 0,
        islands: Vec::new(),
    };
    state.generation += 1;
    report
}

fn objectives(config: &Config, scores: &Scores) -> Vec<ObjectiveReport> {
    (0..config.evaluation.objectives.len()).map(|column| summary(config, scores, column)).collect()
}

fn summary(config: &Config, scores: &Scores, column: usize) -> ObjectiveReport {
    let objective = &config.evaluation.objectives[column];
    let values = || scores.column(column);
    let best = match objective.direction {
        Direction::Maximise => values().fold(f64::NEG_INFINITY, f64::max),
        Direction::Minimise => values().fold(f64::INFINITY, f64::min),
    };
    let mean = values().sum::<f64>() / scores.len() as f64;
    ObjectiveReport { name: objective.name.clone(), best, mean }
}

impl Population {
    /// The next generation; gives the place of a new champion in the old one.
    fn breed(
        &mut self,
        mut scores: Scores,
        config: &Config,
        moment: &Moment,
        workshop: &mut Workshop<'_>,
    ) -> Option<usize> {
        let crowned = self.crown(&scores, config, moment.generation);
        if config.selection.strategy == SelectionStrategy::MapElites {
            self.breed_elites(&scores, config, moment, workshop.births);
        } else {
            let judgement = judge(self, &mut scores, config);
            self.breed_species(&judgement, &scores, config, moment, workshop);
        }
        crowned
    }

    fn breed_elites(&mut self, scores: &Scores, config: &Config, moment: &Moment, births: &mut Vec<Birth>) {
        self.phase.advance(&self.genomes, moment.generation, &config.complexity);
        let rates = self.phase.rates(&config.mutation, &config.complexity);
        let &Moment { seed, generation, population } = moment;
        let fitness: Vec<f64> = scores.column(0).map(|score| config.evaluation.merit(score)).collect();
        let travellers = travellers(&fitness, config, generation);
        let leaving = copies(&self.genomes, &travellers);
        let brood = Brood { config, rates: &rates, seed, population, generation };
        let bred = scores.len() - travellers.len();
        illuminate(self, scores, bred, &brood, births);
        births.extend((bred as u32..).zip(travellers).map(|(place, member)| Birth {
            made: Made::Migrated,
            fitness: Some(scores.objectives(member)[0]),
            ..Birth::copy(Parent { generation, member: member as u32 }, place)
        }));
        self.genomes.extend(leaving);
    }

    fn breed_species(
        &mut self,
        judgement: &Judgement,
        scores: &Scores,
        config: &Config,
        moment: &Moment,
        workshop: &mut Workshop<'_>,
    ) {
        let places = assign(
            &self.genomes,
            &mut self.species,
            &mut self.threshold,
            Register { generation: moment.generation, next_id: &mut self.next_species },
            &config.speciation,
        );
        let families = families(&places, self.species.len(), &judgement.merit);
        self.note_progress(&families, judgement, moment.generation);
        workshop.reports.extend(families.iter().map(|family| self.report(family, scores, config, moment)));
        self.threshold = adapt_threshold(self.threshold, families.len(), &config.speciation);
        let families = drop_stagnant(families, &self.species, moment.generation, config);
        self.phase.advance(&self.genomes, moment.generation, &config.complexity);
        let rates = self.phase.rates(&config.mutation, &config.complexity);
        // With NSGA-II the parents themselves live on, beside all of their offspring.
        let parents_stay = config.selection.strategy == SelectionStrategy::Nsga2;
        let nursery = Nursery {
            config,
            rates: &rates,
            genomes: &self.genomes,
            merit: &judgement.merit,
            elitism: if parents_stay { 0 } else { config.reproduction.elitism },
            families: &families,
            seed: moment.seed,
            population: moment.population,
            generation: moment.generation,
        };
        let species = |candidate: usize| self.species[places[candidate]].id;
        let mut register = BirthRegister {
            births: workshop.births,
            generation: moment.generation,
            places: judgement.places.as_deref(),
            species: &species,
            scores,
            members: 0,
        };
        let size = self.genomes.len();
        if parents_stay {
            (0..size).for_each(|first| register.note(Made::Copied, Origin { first, second: None }));
        }
        let travellers = travellers(&judgement.merit, config, moment.generation);
        let leaving = copies(&self.genomes, &travellers);
        let quotas = quotas(&families, size - travellers.len(), &config.reproduction);
        let offspring = nursery.breed(&quotas, workshop.pool, |made, origin| register.note(made, origin));
        let leave = |first| register.note(Made::Migrated, Origin { first, second: None });
        travellers.into_iter().for_each(leave);
        self.keep_species(&families, config, moment);
        if !parents_stay {
            // Half as many again: elites and representatives are in use for longer than a generation.
            workshop.pool.take_back(self.genomes.drain(..), size + size / 2);
        }
        self.genomes.extend(offspring);
        self.genomes.extend(leaving);
    }

    /// A new champion must be better, not only as good: of equals the first one stays. Gives its place.
    fn crown(&mut self, scores: &Scores, config: &Config, generation: u32) -> Option<usize> {
        let merit = |fitness| config.evaluation.merit(fitness);
        let (mut best, mut fitness) = (0, scores.objectives(0)[0]);
        for (member, score) in scores.column(0).enumerate() {
            if merit(score) > merit(fitness) {
                (best, fitness) = (member, score);
            }
        }
        let better = self.champion.as_ref().is_none_or(|champion| merit(fitness) > merit(champion.fitness));
        better.then(|| {
            self.champion = Some(Champion { genome: self.genomes[best].clone(), fitness, generation });
            best
        })
    }

    fn note_progress(&mut self, families: &[Family], judgement: &Judgement, generation: u32) {
        for family in families {
            let species = &mut self.species[family.species];
            let better = family.best > species.best;
            let news = judgement.news.as_ref();
            if news.map_or(better, |news| family.members.iter().any(|&member| news[member])) {
                species.improved = generation;
            }
            species.best = species.best.max(family.best);
        }
    }

    fn report(&self, family: &Family, scores: &Scores, config: &Config, moment: &Moment) -> SpeciesReport {
        let fitness = || family.members.iter().map(|&member| scores.objectives(member)[0]);
        let better =
            |a: f64, b: f64| if config.evaluation.merit(b) > config.evaluation.merit(a) { b } else { a };
        SpeciesReport {
            population: config.populations[moment.population as usize].name.clone(),
            island: 0,
            id: self.species[family.species].id,
            size: family.members.len(),
            best: fitness().reduce(better).expect("a family has members"),
            mean: fitness().sum::<f64>() / family.members.len() as f64,
        }
    }

    /// Species that have offspring live on. With a threshold each is represented by a random member of the
    /// old generation, as in the paper; groups around a middle keep the middle.
    fn keep_species(&mut self, families: &[Family], config: &Config, moment: &Moment) {
        let survivors = families.iter().map(|family| {
            let mut species = self.species[family.species].clone();
            if config.speciation.strategy == SpeciationStrategy::Threshold {
                let member = family.members[moment.representative(species.id, family.members.len())];
                species.representative = Arc::clone(&self.genomes[member]);
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

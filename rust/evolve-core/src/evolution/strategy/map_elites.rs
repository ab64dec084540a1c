//! MAP-Elites over brains: cells of behaviour keep their fittest, and the next generation are children of
//! elites drawn evenly, without species.

use crate::config::{Config, MutationConfig};
use crate::evolution::memory::Elite;
use crate::evolution::scores::Scores;
use crate::evolution::state::Population;
use crate::genome::{Genome, crossover, mutate};
use crate::random::{Purpose, Stream};
use crate::selection::map_elites;
use std::sync::Arc;

/// Where in a run the children are made, and with which rates.
pub(in crate::evolution) struct Brood<'a> {
    pub config: &'a Config,
    pub rates: &'a MutationConfig,
    pub seed: u64,
    pub population: u32,
    pub generation: u32,
}

/// Show everybody to their cells, and make the next generation from those who hold one.
pub(in crate::evolution) fn illuminate(population: &mut Population, scores: &Scores, brood: &Brood<'_>) {
    let known = "behaviours of a checked width";
    let mut grid = population.memory.grid(brood.config).expect(known);
    for (member, genome) in population.genomes.drain(..).enumerate() {
        let (fitness, behaviour) = (scores.objectives(member)[0], scores.behaviour(member));
        let merit = brood.config.evaluation.merit(fitness);
        let elite = Elite { genome, fitness, behaviour: behaviour.to_vec(), generation: brood.generation };
        grid.place(behaviour, merit, elite).expect(known);
    }
    let elites = grid.into_elites();
    population.genomes = (0..scores.len() as u32).map(|index| brood.child(&elites, index)).collect();
    population.memory.elites = elites.into_iter().map(|holder| holder.member).collect();
}

impl Brood<'_> {
    fn child(&self, elites: &[map_elites::Elite<Elite>], index: u32) -> Arc<Genome> {
        let rates = &self.config.reproduction;
        let mut random = Stream::new(self.seed, self.population, self.generation, index, Purpose::Offspring);
        let first = &elites[random.below(elites.len())];
        let mut child = if random.chance(rates.crossover_rate) {
            let second = &elites[random.below(elites.len())];
            let (fitter, other) =
                if second.fitness > first.fitness { (second, first) } else { (first, second) };
            crossover(&fitter.member.genome, &other.member.genome, rates, &mut random)
        } else {
            Genome::clone(&first.member.genome)
        };
        mutate(&mut child, &self.config.genome, self.rates, &mut random);
        Arc::new(child)
    }
}

//! MAP-Elites over brains: cells of behaviour keep their fittest, and the next generation are children of
//! elites drawn evenly, without species.

use crate::config::{Config, MutationConfig};
use crate::evolution::memory::Elite;
use crate::evolution::scores::Scores;
use crate::evolution::state::Population;
use crate::genome::{Genome, crossover, mutate};
use crate::lineage::{Birth, Origin, Parent};
use crate::random::{Purpose, Stream};
use crate::selection::map_elites::{self, Placed};
use std::collections::HashMap;
use std::sync::Arc;

/// Who holds a cell, and which.
type Holder = map_elites::Elite<Elite>;

/// Where in a run the children are made, and with which rates.
pub(in crate::evolution) struct Brood<'a> {
    pub config: &'a Config,
    pub rates: &'a MutationConfig,
    pub seed: u64,
    pub population: u32,
    pub generation: u32,
}

/// Show everybody to their cells, and make so many children from those who hold one.
pub(in crate::evolution) fn illuminate(
    population: &mut Population,
    scores: &Scores,
    children: usize,
    brood: &Brood<'_>,
    births: &mut Vec<Birth>,
) {
    let known = "behaviours of a checked width";
    let mut grid = population.memory.grid(brood.config).expect(known);
    // Who took a cell last, by cell.
    let mut takers = HashMap::new();
    for (member, genome) in population.genomes.drain(..).enumerate() {
        let (fitness, behaviour) = (scores.objectives(member)[0], scores.behaviour(member));
        let merit = brood.config.evaluation.merit(fitness);
        let elite = Elite { genome, fitness, behaviour: behaviour.to_vec(), generation: brood.generation };
        if grid.place(behaviour, merit, elite).expect(known) != Placed::Dropped {
            takers.insert(grid.cell(behaviour).expect(known), member as u32);
        }
    }
    let (elites, size) = (grid.into_elites(), scores.len() as u32);
    let name = |(place, holder)| brood.name(holder, size + place as u32, takers.get(&holder.cell));
    let names: Vec<Parent> = elites.iter().enumerate().map(name).collect();
    let children = (0..children as u32).map(|index| {
        let (child, birth) = brood.child(&elites, &names, index);
        births.push(birth);
        child
    });
    population.genomes = children.collect();
    let taken = (size..).zip(elites.iter().zip(&names));
    let newly = taken.filter(|(_, (holder, _))| holder.member.generation == brood.generation);
    births.extend(newly.map(|(member, (holder, name))| keep(holder, *name, member)));
    population.memory.elites = elites.into_iter().map(|holder| holder.member).collect();
}

impl Brood<'_> {
    /// Whoever has just taken a cell still has its place in the scored generation; the others are named as the
    /// members that they became when they did.
    fn name(&self, holder: &Holder, member: u32, taker: Option<&u32>) -> Parent {
        match taker {
            Some(&member) => Parent { generation: self.generation, member },
            None => Parent { generation: holder.member.generation + 1, member },
        }
    }

    fn child(&self, elites: &[Holder], names: &[Parent], index: u32) -> (Arc<Genome>, Birth) {
        let rates = &self.config.reproduction;
        let mut random = Stream::new(self.seed, self.population, self.generation, index, Purpose::Offspring);
        let mut first = random.below(elites.len());
        let second = random.chance(rates.crossover_rate).then(|| {
            let mut second = random.below(elites.len());
            if elites[second].fitness > elites[first].fitness {
                std::mem::swap(&mut first, &mut second);
            }
            second
        });
        let mut child = match second {
            Some(second) => {
                let [first, second] = [first, second].map(|place| &*elites[place].member.genome);
                crossover(first, second, rates, &mut random)
            }
            None => Genome::clone(&elites[first].member.genome),
        };
        mutate(&mut child, &self.config.genome, self.rates, &mut random);
        let birth = Birth {
            generation: self.generation + 1,
            made: Origin { first, second }.made(),
            second: second.map(|second| names[second]),
            fitness: Some(elites[first].member.fitness),
            ..Birth::copy(names[first], index)
        };
        (Arc::new(child), birth)
    }
}

/// Whoever took a cell is a member of the next generation, beside the children.
fn keep(holder: &Holder, name: Parent, member: u32) -> Birth {
    Birth { fitness: Some(holder.member.fitness), ..Birth::copy(name, member) }
}

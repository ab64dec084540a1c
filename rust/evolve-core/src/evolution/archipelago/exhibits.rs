//! The brains of all islands that are worth keeping.

use super::Archipelago;
use crate::complexity::genes;
use crate::config::{Direction, SelectionStrategy};
use crate::evolution::memory::axes;
use crate::evolution::{Champion, Exhibit};
use crate::selection::Objectives;
use crate::selection::dominance::DominanceSorter;
use crate::selection::map_elites::EliteGrid;

impl Archipelago {
    /// The best member that a population ever had, on any island; of equals that of the first island.
    pub fn champion(&self, population: usize) -> Option<&Champion> {
        let merit = |champion: &Champion| self.config().evaluation.merit(champion.fitness);
        let champions =
            self.states().filter_map(|state| state.populations.get(population)?.champion.as_ref());
        champions.reduce(|best, other| if merit(other) > merit(best) { other } else { best })
    }

    /// As [`Evolution::gallery`](crate::evolution::Evolution::gallery), of all islands: with NSGA-II those whom
    /// nobody of any island dominates, with MAP-Elites the fittest of each cell, else the best champion.
    pub fn gallery(&self, population: usize) -> Vec<Exhibit<'_>> {
        if self.islands.len() == 1 {
            return self.islands[0].gallery(population);
        }
        let all = self.islands.iter().flat_map(|island| island.gallery(population)).collect();
        match self.config().selection.strategy {
            SelectionStrategy::Nsga2 => self.front(all),
            SelectionStrategy::MapElites => self.cells(all),
            SelectionStrategy::Fitness | SelectionStrategy::Novelty => {
                let best = self.champion(population);
                let shown =
                    |one: &Exhibit| best.is_some_and(|best| std::ptr::eq(one.genome, &raw const best.genome));
                all.into_iter().filter(shown).collect()
            }
        }
    }

    /// Novelty compares with an island's own archive, so it has no say among islands.
    fn front<'a>(&self, all: Vec<Exhibit<'a>>) -> Vec<Exhibit<'a>> {
        let config = self.config();
        let counts_genes = config.selection.complexity;
        let mut directions: Vec<Direction> =
            config.evaluation.objectives.iter().map(|objective| objective.direction).collect();
        directions.extend(counts_genes.then_some(Direction::Minimise));
        let row = |one: &Exhibit| {
            let genes = counts_genes.then(|| genes(one.genome) as f64);
            one.objectives.iter().copied().chain(genes).collect::<Vec<f64>>()
        };
        let values: Vec<f64> = all.iter().flat_map(row).collect();
        let objectives =
            Objectives::new(&values, directions.len(), &directions).expect("finite rows of a checked width");
        let mut ranks = Vec::new();
        DominanceSorter::new().ranks(&objectives, &mut ranks);
        all.into_iter().zip(ranks).filter(|&(_, rank)| rank == 0).map(|(one, _)| one).collect()
    }

    fn cells<'a>(&self, all: Vec<Exhibit<'a>>) -> Vec<Exhibit<'a>> {
        let config = self.config();
        let known = "behaviours of a checked width";
        let mut grid = EliteGrid::new(axes(config)).expect(known);
        for one in all {
            let merit = config.evaluation.merit(one.fitness);
            grid.place(&one.behaviour.clone(), merit, one).expect(known);
        }
        grid.into_elites().into_iter().map(|holder| holder.member).collect()
    }
}

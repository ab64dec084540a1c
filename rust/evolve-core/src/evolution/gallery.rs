//! The brains of a population that are worth keeping, whichever way it selects.

use super::{Champion, Elite, Evolution, Population};
use crate::config::SelectionStrategy;
use crate::genome::Genome;
use std::sync::Arc;

/// A brain worth keeping, and what it was scored.
#[derive(Clone, Debug, PartialEq)]
pub struct Exhibit<'a> {
    /// Its genome.
    pub genome: &'a Arc<Genome>,
    /// Its first objective.
    pub fitness: f64,
    /// The generation it was scored in.
    pub generation: u32,
    /// Everything it was scored on.
    pub objectives: Vec<f64>,
    /// How it behaved; empty where nobody asked, and for champions.
    pub behaviour: Vec<f64>,
}

impl Evolution {
    /// With NSGA-II those whom nobody dominates, the loneliest first; with MAP-Elites whoever holds a cell;
    /// else the champion. Empty before the first generation is scored, and where there is no such population.
    pub fn gallery(&self, population: usize) -> Vec<Exhibit<'_>> {
        let Some(members) = self.state.populations.get(population) else { return Vec::new() };
        match self.state.config.selection.strategy {
            SelectionStrategy::Nsga2 => self.front(members),
            SelectionStrategy::MapElites => elites(members),
            SelectionStrategy::Fitness | SelectionStrategy::Novelty => champion(members),
        }
    }

    fn front<'a>(&self, members: &'a Population) -> Vec<Exhibit<'a>> {
        let evaluation = &self.state.config.evaluation;
        let rows = members.memory.parents.chunks_exact(evaluation.width());
        let exhibit = |(genome, row): (&'a Arc<Genome>, &[f64])| {
            let (objectives, behaviour) = row.split_at(evaluation.objectives.len());
            Exhibit {
                genome,
                fitness: objectives[0],
                // Parents were scored in the generation before.
                generation: self.state.generation.saturating_sub(1),
                objectives: objectives.to_vec(),
                behaviour: behaviour.to_vec(),
            }
        };
        members.genomes.iter().zip(rows).take(members.memory.front).map(exhibit).collect()
    }
}

fn elites(members: &Population) -> Vec<Exhibit<'_>> {
    fn exhibit(elite: &Elite) -> Exhibit<'_> {
        Exhibit {
            genome: &elite.genome,
            fitness: elite.fitness,
            generation: elite.generation,
            objectives: vec![elite.fitness],
            behaviour: elite.behaviour.clone(),
        }
    }
    members.memory.elites.iter().map(exhibit).collect()
}

fn champion(members: &Population) -> Vec<Exhibit<'_>> {
    fn exhibit(champion: &Champion) -> Exhibit<'_> {
        Exhibit {
            genome: &champion.genome,
            fitness: champion.fitness,
            generation: champion.generation,
            objectives: vec![champion.fitness],
            behaviour: Vec::new(),
        }
    }
    members.champion.iter().map(exhibit).collect()
}

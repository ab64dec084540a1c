//! Who descended from whom: names that resolve to the right genomes, whichever way a run selects.

use super::strategies::{ALL, SIZE, judged, with};
use crate::config::{Config, MutationConfig, SelectionStrategy};
use crate::evolution::{Evolution, EvolutionState};
use crate::genome::Genome;
use crate::lineage::{Birth, Made, Parent};
use proptest::prelude::*;
use std::collections::HashMap;
use std::sync::Arc;

/// What a run was like from outside: the genome behind every name, its fitness, and all births.
#[derive(Default)]
struct Witness {
    genomes: HashMap<(u32, u32), Arc<Genome>>,
    fitness: HashMap<(u32, u32), f64>,
    births: HashMap<(u32, u32), Birth>,
    /// The name of the last champion.
    champion: (u32, u32),
}

impl Witness {
    fn watch(&mut self, evolution: &mut Evolution, generations: usize) {
        for _ in 0..generations {
            let number = evolution.state().generation;
            self.note_members(evolution.state());
            let batch = evolution.ask(usize::MAX).unwrap();
            let results = judged(&batch);
            for (entry, unit) in batch.genomes.iter().zip(&results.units) {
                self.fitness.insert((number, entry.index as u32), unit.scores[0]);
            }
            let report = evolution.tell(&results).unwrap().report.unwrap();
            let population = &report.populations[0];
            self.champion = population.champion.map_or(self.champion, |one| (number, one.member));
            for birth in &population.births {
                let before = self.births.insert((birth.generation, birth.member), *birth);
                assert_eq!(before, None, "a name is given once");
            }
            let species: Vec<u32> = report.species.iter().map(|species| species.id).collect();
            let known = |birth: &Birth| birth.species.is_none_or(|id| species.contains(&id));
            assert!(population.births.iter().all(known));
        }
        self.note_members(evolution.state());
    }

    /// Members by their places; behind them whoever took a cell in the generation before.
    fn note_members(&mut self, state: &EvolutionState) {
        let population = &state.populations[0];
        let newly = population.memory.elites.iter().enumerate();
        let newly = newly.filter(|(_, elite)| elite.generation + 1 == state.generation);
        let cells = newly.map(|(place, elite)| ((SIZE + place) as u32, &elite.genome));
        let members = population.genomes.iter().enumerate().map(|(place, genome)| (place as u32, genome));
        for (place, genome) in members.chain(cells) {
            self.genomes.insert((state.generation, place), Arc::clone(genome));
        }
    }

    fn genome(&self, parent: Parent) -> &Genome {
        &self.genomes[&(parent.generation, parent.member)]
    }
}

fn watched(config: Config, seed: u64, generations: usize) -> (Witness, Evolution) {
    let (mut witness, mut evolution) = (Witness::default(), Evolution::new(config, seed).unwrap());
    witness.watch(&mut evolution, generations);
    (witness, evolution)
}

fn without_mutation(state: &EvolutionState) -> Evolution {
    let none = MutationConfig {
        weight_rate: 0.0,
        bias_rate: 0.0,
        add_connection_rate: 0.0,
        add_node_rate: 0.0,
        delete_connection_rate: 0.0,
        delete_node_rate: 0.0,
        toggle_rate: 0.0,
        activation_rate: 0.0,
        aggregation_rate: 0.0,
        ..MutationConfig::default()
    };
    let mut state = state.clone();
    state.config.mutation = none;
    Evolution::from_state(state).unwrap()
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(6))]

    #[test]
    fn every_member_has_one_birth_and_every_parent_was_a_member(seed in 0u64..1_000) {
        for strategy in ALL {
            let (witness, _) = watched(with(strategy), seed, 7);
            prop_assert_eq!(witness.births.len(), witness.genomes.len());
            for (name, birth) in &witness.births {
                prop_assert!(witness.genomes.contains_key(name));
                prop_assert_eq!(birth.first.is_none(), birth.made == Made::Initial);
                prop_assert_eq!(birth.first.is_none(), birth.generation == 0);
                prop_assert_eq!(birth.second.is_some(), birth.made == Made::Crossed);
                for parent in birth.first.iter().chain(&birth.second) {
                    prop_assert!(parent.generation < birth.generation);
                    prop_assert!(witness.births.contains_key(&(parent.generation, parent.member)));
                }
            }
        }
    }

    #[test]
    fn whoever_lives_on_is_the_genome_that_its_parent_was(seed in 0u64..1_000) {
        for strategy in ALL {
            let (witness, evolution) = watched(with(strategy), seed, 7);
            let copies = witness.births.iter().filter(|(_, birth)| birth.made == Made::Copied);
            let mut count = 0;
            for (name, birth) in copies {
                prop_assert_eq!(&*witness.genomes[name], witness.genome(birth.first.unwrap()));
                count += 1;
            }
            prop_assert!(count >= 6, "{} copies with {:?}", count, strategy);
            let champion = evolution.state().populations[0].champion.as_ref().unwrap();
            prop_assert_eq!(&witness.genomes[&witness.champion], &champion.genome);
        }
    }

    #[test]
    fn the_first_parent_is_the_fitter_one_and_its_fitness_is_what_it_was_scored(seed in 0u64..1_000) {
        for strategy in [SelectionStrategy::Fitness, SelectionStrategy::Nsga2, SelectionStrategy::MapElites] {
            let (witness, _) = watched(with(strategy), seed, 7);
            // A member of a cell is not scored again: its parent is the one that was.
            let scored = |parent: Parent| {
                let name = (parent.generation, parent.member);
                witness.fitness.get(&name).copied().or_else(|| {
                    let taker = witness.births[&name].first?;
                    witness.fitness.get(&(taker.generation, taker.member)).copied()
                })
            };
            for birth in witness.births.values().filter(|birth| birth.generation > 0) {
                let first = scored(birth.first.unwrap()).unwrap();
                prop_assert_eq!(birth.fitness.unwrap().to_bits(), first.to_bits());
                let other = birth.second.and_then(scored);
                let ranked_by_fitness = strategy != SelectionStrategy::Nsga2;
                prop_assert!(!ranked_by_fitness || other.is_none_or(|other| other <= first));
            }
        }
    }

    #[test]
    fn without_mutation_a_clone_is_its_parent_and_a_crossover_has_genes_of_its_parents_alone(
        seed in 0u64..1_000,
    ) {
        for strategy in ALL {
            let (mut witness, grown) = watched(with(strategy), seed, 6);
            let mut evolution = without_mutation(grown.state());
            let from = evolution.state().generation + 1;
            witness.watch(&mut evolution, 2);
            for (name, birth) in witness.births.iter().filter(|(name, _)| name.0 >= from) {
                let (child, first) = (&witness.genomes[name], witness.genome(birth.first.unwrap()));
                // With one parent alone, mixing is no change.
                let second = birth.second.map_or(first, |second| witness.genome(second));
                prop_assert!(is_mixed(child, first, second));
                prop_assert!(birth.second.is_some() || &**child == first);
            }
        }
    }

    #[test]
    fn every_line_of_ancestors_ends_with_the_members_a_run_began_with(seed in 0u64..1_000) {
        for strategy in ALL {
            let (witness, _) = watched(with(strategy), seed, 7);
            for birth in witness.births.values() {
                let mut eldest = *birth;
                while let Some(parent) = eldest.first {
                    eldest = witness.births[&(parent.generation, parent.member)];
                }
                prop_assert!(eldest.made == Made::Initial && (eldest.member as usize) < SIZE);
            }
        }
    }

    #[test]
    fn a_resumed_run_names_the_same_parents(seed in 0u64..1_000, at in 0usize..7) {
        for strategy in ALL {
            let (whole, _) = watched(with(strategy), seed, 7);
            let (mut witness, stopped) = watched(with(strategy), seed, at);
            let mut resumed = Evolution::from_state(stopped.state().clone()).unwrap();
            witness.watch(&mut resumed, 7 - at);
            prop_assert_eq!(&whole.births, &witness.births);
        }
    }
}

/// The structure is the first one's, and each weight is of either.
fn is_mixed(child: &Genome, first: &Genome, second: &Genome) -> bool {
    let weight = |genome: &Genome, id| {
        let place = genome.connections.id.binary_search(&id).ok()?;
        Some(genome.connections.weight[place].to_bits())
    };
    let genes = &child.connections;
    let mut weights = genes.id.iter().zip(&genes.weight);
    genes.id == first.connections.id
        && child.nodes.id == first.nodes.id
        && weights
            .all(|(&id, value)| [weight(first, id), weight(second, id)].contains(&Some(value.to_bits())))
}

#[test]
fn every_population_has_births_objectives_and_a_champion_of_its_own() {
    let mut config = with(SelectionStrategy::Nsga2);
    config.populations.push(crate::config::PopulationConfig {
        name: "prey".into(),
        size: 10,
        ..config.populations[0].clone()
    });
    let mut evolution = Evolution::new(config, 3).unwrap();
    let report = super::strategies::generation(&mut evolution, 7);
    let counts: Vec<usize> = report.populations.iter().map(|one| one.births.len()).collect();
    // The first members, the chosen and their offspring.
    assert_eq!(counts, [3 * SIZE, 3 * 10]);
    assert_eq!(report.populations[0].objectives, report.objectives);
    for population in &report.populations {
        let names: Vec<&str> = population.objectives.iter().map(|one| one.name.as_str()).collect();
        assert_eq!(names, ["fitness", "cost"]);
        assert_eq!(
            (population.best, population.mean),
            (population.objectives[0].best, population.objectives[0].mean)
        );
        assert!(population.champion.is_some());
    }
}

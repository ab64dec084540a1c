//! Who descended from whom when members travel from island to island.

use super::strategies::{ALL, SIZE, judged, with};
use crate::config::{Config, IslandsConfig};
use crate::evolution::{Archipelago, EvolutionState};
use crate::genome::Genome;
use crate::lineage::{Birth, Made};
use std::collections::HashMap;
use std::sync::Arc;

type Name = (usize, u32, u32);

#[derive(Default)]
struct Witness {
    genomes: HashMap<Name, Arc<Genome>>,
    births: HashMap<Name, Birth>,
    champion: Option<Name>,
}

impl Witness {
    fn watch(&mut self, islands: &mut Archipelago, generations: usize) {
        for _ in 0..generations {
            self.note_members(islands);
            let report = loop {
                let batch = islands.ask(9).unwrap();
                if let Some(report) = islands.tell(&judged(&batch)).unwrap().report {
                    break report;
                }
            };
            let population = &report.populations[0];
            let found = population.champion.map(|one| (one.island, report.generation, one.member));
            self.champion = found.or(self.champion);
            for birth in &population.births {
                let name = (birth.island, birth.generation, birth.member);
                assert_eq!(self.births.insert(name, *birth), None, "a name is given once");
            }
        }
        self.note_members(islands);
    }

    fn note_members(&mut self, islands: &Archipelago) {
        for (island, state) in islands.states().enumerate() {
            for (place, genome) in members(state) {
                self.genomes.insert((island, state.generation, place), genome);
            }
        }
    }
}

/// Members by their places; behind them whoever took a cell in the generation before.
fn members(state: &EvolutionState) -> Vec<(u32, Arc<Genome>)> {
    let population = &state.populations[0];
    let all = population.genomes.iter().enumerate().map(|(place, genome)| (place as u32, Arc::clone(genome)));
    let elites = population.memory.elites.iter().enumerate();
    let newly = elites.filter(|(_, elite)| elite.generation + 1 == state.generation);
    all.chain(newly.map(|(place, elite)| ((SIZE + place) as u32, Arc::clone(&elite.genome)))).collect()
}

#[test]
fn migrants_name_the_parent_that_they_left_behind_and_all_others_one_of_their_island() {
    for strategy in ALL {
        let islands = IslandsConfig { count: 3, migrate_every: 2, migrants: 3 };
        let mut islands = Archipelago::new(Config { islands, ..with(strategy) }, 8).unwrap();
        let mut witness = Witness::default();
        witness.watch(&mut islands, 3);
        let mut resumed = Archipelago::from_states(islands.states().cloned().collect()).unwrap();
        witness.watch(&mut resumed, 4);
        assert_eq!(witness.births.len(), witness.genomes.len(), "{strategy:?}");
        for (name, birth) in &witness.births {
            let Some(first) = birth.first else { continue };
            let parent = &witness.genomes[&(birth.home, first.generation, first.member)];
            let travelled = birth.made == Made::Migrated;
            assert_eq!(birth.home, if travelled { (birth.island + 2) % 3 } else { birth.island });
            if travelled || birth.made == Made::Copied {
                assert_eq!(&witness.genomes[name], parent, "{strategy:?} {birth:?}");
            }
        }
        let travelled = witness.births.values().filter(|birth| birth.made == Made::Migrated);
        // After generations 1, 3 and 5, three from each island.
        assert_eq!(travelled.count(), 27, "{strategy:?}");
        let champion = resumed.champion(0).unwrap();
        assert_eq!(&witness.genomes[&witness.champion.unwrap()], &champion.genome);
    }
}

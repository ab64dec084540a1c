//! Several islands: an ordinary run each, but for migrants; and nothing depends on who answers first.

use super::strategies::{judged, with};
use super::*;
use crate::config::{IslandsConfig, SelectionStrategy};
use crate::evolution::Archipelago;
use std::sync::Arc;

const SIZE: usize = 24;

fn ring(strategy: SelectionStrategy, count: usize, migrate_every: u32) -> Config {
    Config { islands: IslandsConfig { count, migrate_every, migrants: 3 }, ..with(strategy) }
}

fn generation(archipelago: &mut Archipelago, at_a_time: usize) -> GenerationReport {
    loop {
        let batch = archipelago.ask(at_a_time).unwrap();
        if let Some(report) = archipelago.tell(&judged(&batch)).unwrap().report {
            return report;
        }
    }
}

fn states(archipelago: &Archipelago) -> Vec<EvolutionState> {
    archipelago.states().cloned().collect()
}

const STRATEGIES: [SelectionStrategy; 4] = [
    SelectionStrategy::Fitness,
    SelectionStrategy::Nsga2,
    SelectionStrategy::Novelty,
    SelectionStrategy::MapElites,
];

#[test]
fn a_single_island_is_an_ordinary_run() {
    let mut alone = Evolution::new(with(SelectionStrategy::Fitness), 5).unwrap();
    let mut island = Archipelago::new(with(SelectionStrategy::Fitness), 5).unwrap();
    for _ in 0..12 {
        let batch = alone.ask(1_000).unwrap();
        assert_eq!(island.ask(1_000), Some(batch.clone()));
        assert_eq!(alone.tell(&judged(&batch)), island.tell(&judged(&batch)));
    }
    assert_eq!(states(&island), [alone.state().clone()]);
}

#[test]
fn before_anybody_migrates_the_first_island_is_the_run_of_that_seed_and_the_others_are_others() {
    let mut islands = Archipelago::new(ring(SelectionStrategy::Fitness, 3, 100), 5).unwrap();
    let mut alone = Evolution::new(with(SelectionStrategy::Fitness), 5).unwrap();
    for _ in 0..4 {
        generation(&mut islands, 10);
        let batch = alone.ask(1_000).unwrap();
        alone.tell(&judged(&batch)).unwrap();
    }
    let states = states(&islands);
    assert_eq!(states[0].populations, alone.state().populations);
    assert_ne!(states[1].populations, states[0].populations);
    assert_ne!(states[2].populations, states[1].populations);
}

#[test]
fn the_best_of_an_island_are_found_on_the_next_one_after_a_migration() {
    let mut islands = Archipelago::new(ring(SelectionStrategy::Fitness, 3, 2), 8).unwrap();
    generation(&mut islands, 50);
    let mut told = Vec::new();
    let report = loop {
        let batch = islands.ask(7).unwrap();
        let results = judged(&batch);
        for (unit, result) in batch.units.iter().zip(&results.units) {
            let genome = Arc::clone(&batch.genomes[unit.genomes[0]].genome);
            told.push((unit.id.island(), unit.id.place(), result.scores[0], genome));
        }
        if let Some(report) = islands.tell(&results).unwrap().report {
            break report;
        }
    };
    assert_eq!(report.generation, 1);
    told.sort_by(|a, b| a.0.cmp(&b.0).then(b.2.total_cmp(&a.2)).then(a.1.cmp(&b.1)));
    for (from, to) in [(0, 1), (1, 2), (2, 0)] {
        let best = told.iter().filter(|one| one.0 == from).take(3).map(|one| &one.3);
        let arrived = &islands.islands()[to].state().populations[0].genomes[SIZE - 3..];
        assert!(best.eq(arrived.iter()), "from island {from} to {to}");
    }
}

#[test]
fn every_strategy_goes_on_from_its_states_as_if_nothing_had_happened() {
    for strategy in STRATEGIES {
        let mut whole = Archipelago::new(ring(strategy, 3, 3), 11).unwrap();
        (0..7).for_each(|_| drop(generation(&mut whole, 30)));
        let mut resumed = Archipelago::from_states(states(&whole)).unwrap();
        for _ in 0..6 {
            assert_eq!(generation(&mut whole, 30), generation(&mut resumed, 11));
        }
        assert_eq!(states(&whole), states(&resumed));
        whole.states().for_each(|state| assert_eq!(state.check(), Ok(())));
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(24))]
    #[test]
    fn neither_order_nor_grouping_changes_what_comes_of_islands(
        seed in 0u64..1_000, order in Just((0..3 * SIZE).collect::<Vec<_>>()).prop_shuffle(),
    ) {
        let mut plain = Archipelago::new(ring(SelectionStrategy::Fitness, 3, 1), seed).unwrap();
        let mut wild = plain.clone();
        let report = generation(&mut plain, 1_000);
        let mut results = Results { objectives: 1, descriptors: 2, units: Vec::new() };
        while let Some(batch) = wild.ask(5) {
            results.units.extend(judged(&batch).units);
        }
        let mut reports = Vec::new();
        for few in order.chunks(7) {
            let units = few.iter().map(|&place| results.units[place].clone()).collect();
            reports.extend(wild.tell(&results.clone().with(units)).unwrap().report);
        }
        prop_assert_eq!(reports, vec![report]);
        prop_assert_eq!(wild.tell(&results).unwrap().dropped, 3 * SIZE);
        prop_assert_eq!(states(&plain), states(&wild));
    }
}

#[test]
fn an_island_that_is_done_waits_for_the_others() {
    let mut islands = Archipelago::new(ring(SelectionStrategy::Fitness, 2, 5), 1).unwrap();
    let first = islands.ask(SIZE).unwrap();
    assert!(first.units.iter().all(|unit| unit.id.island() == 0));
    assert_eq!(islands.tell(&judged(&first)).unwrap().report, None);
    assert_eq!(
        (islands.generation(), islands.units_waiting(), islands.at_generation_boundary()),
        (0, SIZE, false)
    );
    let second = islands.ask(1_000).unwrap();
    assert!(second.units.iter().all(|unit| unit.id.island() == 1));
    assert_eq!(islands.ask(1), None);
    let ids: Vec<UnitId> = second.units.iter().map(|unit| unit.id).collect();
    assert_eq!(islands.release(&ids[..4]), 4);
    assert_eq!(islands.ask_again(&ids[4..6]).map(|batch| batch.units.len()), Some(2));
    let given_up = islands.fail(&ids[..1]).unwrap();
    assert_eq!((given_up.accepted, given_up.report), (1, None));
    let told = islands.tell(&judged(&second)).unwrap();
    assert_eq!((told.accepted, told.dropped), (SIZE - 1, 1));
    let report = told.report.unwrap();
    assert_eq!((report.evaluations, report.islands.len()), (2 * SIZE as u64 - 1, 2));
    assert_eq!((islands.generation(), islands.at_generation_boundary()), (1, true));
}

#[test]
fn a_report_has_the_best_of_all_islands_and_says_which_species_lives_where() {
    let mut islands = Archipelago::new(ring(SelectionStrategy::Fitness, 3, 5), 3).unwrap();
    for _ in 0..6 {
        let report = generation(&mut islands, 9);
        let bests = report.islands.iter().map(|populations| populations[0].best);
        assert_eq!(report.best, bests.fold(f64::NEG_INFINITY, f64::max));
        assert_eq!(report.best_ever, islands.champion(0).unwrap().fitness);
        let means: f64 = report.islands.iter().map(|populations| populations[0].mean).sum();
        assert_eq!(report.mean, means / 3.0);
        for island in 0..3 {
            let members = report.species.iter().filter(|species| species.island == island);
            assert_eq!(members.map(|species| species.size).sum::<usize>(), SIZE);
        }
    }
}

#[test]
fn a_gallery_shows_whoever_no_island_outdoes() {
    for strategy in STRATEGIES {
        let mut islands = Archipelago::new(ring(strategy, 3, 4), 3).unwrap();
        assert_eq!(islands.gallery(0), []);
        (0..5).for_each(|_| drop(generation(&mut islands, 100)));
        let all: Vec<_> = islands.islands().iter().flat_map(|island| island.gallery(0)).collect();
        let shown = islands.gallery(0);
        assert!(!shown.is_empty() && shown.len() <= all.len());
        let best = shown.iter().map(|one| one.fitness).fold(f64::NEG_INFINITY, f64::max);
        assert_eq!(best, all.iter().map(|one| one.fitness).fold(f64::NEG_INFINITY, f64::max));
        let outdone = |one: &Exhibit, other: &Exhibit| match strategy {
            SelectionStrategy::Nsga2 => {
                let (mine, theirs) = (&one.objectives, &other.objectives);
                theirs[0] >= mine[0] && theirs[1] <= mine[1] && theirs != mine
            }
            SelectionStrategy::MapElites => one.behaviour == other.behaviour && other.fitness > one.fitness,
            _ => other.fitness > one.fitness,
        };
        assert!(shown.iter().all(|one| !all.iter().any(|other| outdone(one, other))));
    }
}

#[test]
fn units_of_an_island_that_is_not_there_are_refused_and_none_of_the_results_is_taken() {
    let mut islands = Archipelago::new(ring(SelectionStrategy::Fitness, 2, 5), 1).unwrap();
    let batch = islands.ask(2).unwrap();
    let mut results = judged(&batch);
    results.units[1].id = UnitId::on_island(2, 0, 1);
    let expected = "unit 33554433 is no unit of generation 0";
    assert_eq!(islands.tell(&results).unwrap_err().to_string(), expected);
    assert_eq!(islands.fail(&[results.units[1].id]).unwrap_err().to_string(), expected);
    assert!(islands.at_generation_boundary());
}

#[test]
fn islands_that_make_no_sense_are_refused() {
    let refused = |islands: IslandsConfig| {
        let config = Config { islands, ..with(SelectionStrategy::Fitness) };
        Archipelago::new(config, 1).unwrap_err().to_string()
    };
    let sound = IslandsConfig { count: 2, migrate_every: 1, migrants: 1 };
    assert_eq!(
        refused(IslandsConfig { count: 257, ..sound.clone() }),
        "islands.count is 257, but must be from 1 to 256"
    );
    assert_eq!(
        refused(IslandsConfig { migrants: 13, ..sound.clone() }),
        "islands.migrants is 13, but must be from 0 to 12"
    );
    assert_eq!(
        refused(IslandsConfig { migrate_every: 0, ..sound }),
        "islands.migrate_every is 0, but must be from 1 to 1000000000"
    );
    let two = ring(SelectionStrategy::Fitness, 2, 5);
    assert_eq!(
        Evolution::new(two.clone(), 1).unwrap_err().to_string(),
        "islands.count is 2, but must be 1 here: only `evolve train` conducts several islands"
    );
    let states = states(&Archipelago::new(two, 1).unwrap());
    assert!(Evolution::from_state(states[0].clone()).is_err());
    let resumed = |states: Vec<EvolutionState>| Archipelago::from_states(states).unwrap_err().to_string();
    assert_eq!(resumed(states[..1].to_vec()), "the number of islands is 1, but must be 2");
    let twice = vec![states[0].clone(), states[0].clone()];
    assert!(resumed(twice).starts_with("the seed of an island is 1, but must be "));
    assert_eq!(resumed(Vec::new()), "the number of islands is 0, but must be 1");
}

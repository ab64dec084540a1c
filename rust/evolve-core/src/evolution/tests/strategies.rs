//! Every way of selecting behind the same ask and tell.

use super::{config, scored};
use crate::config::{
    BehaviourConfig, Config, Direction, ObjectiveConfig, SelectionConfig, SelectionStrategy,
};
use crate::evolution::{Evolution, EvolutionState};
use crate::network::Brains;
use crate::report::GenerationReport;
use crate::selection::Objectives;
use crate::selection::nsga2::Nsga2;
use crate::work::{Results, UnitResult, WorkBatch};
use proptest::prelude::*;

pub(super) const SIZE: usize = 24;

/// Two objectives that pull apart, and two numbers of behaviour, from what a brain answers.
pub(super) fn judged(batch: &WorkBatch) -> Results {
    let mut brains = Brains::new(batch);
    let mut actions = Vec::new();
    let mut unit = |(row, work): (usize, &crate::work::WorkUnit)| {
        let mut answer = |inputs| {
            brains.think(&[row as i32], inputs, &mut actions).unwrap();
            f64::from(actions[0])
        };
        let (low, high) = (answer(&[0.0, 1.0]), answer(&[1.0, -1.0]));
        // The episode's seed matters a little, as it would in a world.
        let luck = work.seed as f64 / i64::MAX as f64 * 1e-3;
        let scores = [low + luck, (low - 0.3) * (low - 0.3) + high][..batch.objectives.len()].to_vec();
        let behaviour = [low, high][..batch.behaviour.len()].to_vec();
        UnitResult { behaviour, ..UnitResult::scored(work.id, 2, scores) }
    };
    let units = batch.units.iter().enumerate().map(&mut unit).collect();
    Results::of(batch).with(units)
}

pub(super) fn generation(evolution: &mut Evolution, at_a_time: usize) -> GenerationReport {
    let mut report = None;
    while report.is_none() {
        let batch = evolution.ask(at_a_time).unwrap();
        report = evolution.tell(&judged(&batch)).unwrap().report;
    }
    report.unwrap()
}

pub(super) fn with(strategy: SelectionStrategy) -> Config {
    let mut config = config(SIZE);
    let column = |name: &str| BehaviourConfig { name: name.into(), bins: 4, ..Default::default() };
    config.evaluation.behaviour = vec![column("low"), column("high")];
    config.selection =
        SelectionConfig { strategy, archive_entries: 3, archive_capacity: 20, ..Default::default() };
    if strategy == SelectionStrategy::Nsga2 {
        config
            .evaluation
            .objectives
            .push(ObjectiveConfig { name: "cost".into(), direction: Direction::Minimise });
    }
    config
}

pub(super) const ALL: [SelectionStrategy; 4] = [
    SelectionStrategy::Fitness,
    SelectionStrategy::Nsga2,
    SelectionStrategy::Novelty,
    SelectionStrategy::MapElites,
];

fn after(config: &Config, generations: usize, at_a_time: usize) -> Evolution {
    let mut evolution = Evolution::new(config.clone(), 5).unwrap();
    (0..generations).for_each(|_| drop(generation(&mut evolution, at_a_time)));
    evolution
}

#[test]
fn every_strategy_gives_the_same_run_whatever_comes_together_and_after_a_resume() {
    for strategy in ALL {
        let config = with(strategy);
        let whole = after(&config, 8, 1_000);
        assert_eq!(whole.state().check(), Ok(()), "{strategy:?}");
        assert_eq!(whole.state(), after(&config, 8, 5).state(), "{strategy:?}");
        let mut resumed = Evolution::from_state(after(&config, 3, 7).state().clone()).unwrap();
        (0..5).for_each(|_| drop(generation(&mut resumed, 9)));
        assert_eq!(whole.state(), resumed.state(), "{strategy:?}");
    }
}

#[test]
fn parents_play_beside_their_offspring_unless_episodes_are_always_the_same() {
    for (fixed_seeds, later) in [(false, 2 * SIZE), (true, SIZE)] {
        let mut config = with(SelectionStrategy::Nsga2);
        config.evaluation.fixed_seeds = fixed_seeds;
        let mut evolution = Evolution::new(config, 5).unwrap();
        assert_eq!(evolution.units(), SIZE);
        generation(&mut evolution, 100);
        assert_eq!((evolution.units(), evolution.state().populations[0].genomes.len()), (later, 2 * SIZE));
    }
}

#[test]
fn whoever_nsga2_chooses_of_parents_and_offspring_are_the_next_parents() {
    let mut config = with(SelectionStrategy::Nsga2);
    config.evaluation.fixed_seeds = true;
    let mut evolution = after(&config, 4, 100);
    let before = evolution.state().populations[0].clone();
    let batch = evolution.ask(100).unwrap();
    let results = judged(&batch);
    evolution.tell(&results).unwrap();
    let mut pool: Vec<f64> = before.memory.parents.chunks(4).flat_map(|row| row[..2].to_vec()).collect();
    pool.extend(results.units.iter().flat_map(|unit| unit.scores.clone()));
    let directions = [Direction::Maximise, Direction::Minimise];
    let (mut nsga2, mut chosen) = (Nsga2::new(), Vec::new());
    nsga2.select(&Objectives::new(&pool, 2, &directions).unwrap(), SIZE, &mut chosen).unwrap();
    let population = &evolution.state().populations[0];
    for member in chosen {
        let genome = &before.genomes[member as usize];
        assert!(population.genomes[..SIZE].contains(genome));
    }
    let ranks = nsga2.ranks().iter().filter(|&&rank| rank == 0).count();
    assert_eq!(population.memory.front, ranks.min(SIZE));
}

#[test]
fn novelty_and_size_are_objectives_when_they_are_wanted() {
    let mut config = with(SelectionStrategy::Nsga2);
    config.evaluation.objectives.truncate(1);
    let alone = after(&config, 6, 100);
    assert_eq!(alone.state().populations[0].memory.archive.len(), 0);
    (config.selection.novelty, config.selection.complexity) = (true, true);
    let many = after(&config, 6, 100);
    assert_eq!(many.state().populations[0].memory.archive.len(), 6 * 3 * 2);
    assert!(many.state().populations[0].memory.front > 1);
    assert_eq!(many.state().check(), Ok(()));
}

#[test]
fn an_archive_of_behaviours_grows_to_its_capacity() {
    let mut evolution = Evolution::new(with(SelectionStrategy::Novelty), 5).unwrap();
    for number in 1..10 {
        let report = generation(&mut evolution, 100);
        assert_eq!(report.archive, (3 * number).min(20));
    }
}

#[test]
fn cells_keep_their_fittest_and_never_lose_it() {
    let mut evolution = Evolution::new(with(SelectionStrategy::MapElites), 5).unwrap();
    let mut held: Vec<(usize, f64)> = Vec::new();
    for _ in 0..12 {
        let report = generation(&mut evolution, 100);
        let elites = &evolution.state().populations[0].memory.elites;
        assert!(report.species.is_empty() && report.elites == elites.len());
        let cells: Vec<(usize, f64)> =
            elites.iter().map(|elite| (cell(&elite.behaviour), elite.fitness)).collect();
        for (old, new) in held.iter().zip(&cells) {
            assert!(old.0 == new.0 && new.1 >= old.1, "{old:?} {new:?}");
        }
        held = cells;
    }
    assert!(held.len() > 4, "{} cells", held.len());
}

fn cell(behaviour: &[f64]) -> usize {
    behaviour.iter().fold(0, |cell, value| cell * 4 + ((value * 4.0) as usize).min(3))
}

#[test]
fn a_minimised_fitness_has_the_least_as_its_champion() {
    let mut config = config(SIZE);
    config.evaluation.objectives[0].direction = Direction::Minimise;
    let mut evolution = Evolution::new(config, 5).unwrap();
    let mut least = f64::INFINITY;
    for _ in 0..15 {
        let batch = evolution.ask(100).unwrap();
        let results = scored(&batch);
        least = results.units.iter().map(|unit| unit.scores[0]).fold(least, f64::min);
        let report = evolution.tell(&results).unwrap().report.unwrap();
        assert!(report.best_ever.to_bits() == least.to_bits() && report.best <= report.mean);
        assert!(report.species.iter().all(|species| species.best <= species.mean));
    }
    let first =
        Evolution::new(evolution.state().config.clone(), 5).map(|mut first| scored(&first.ask(100).unwrap()));
    assert!(first.unwrap().units.iter().all(|unit| unit.scores[0] > least), "{least}");
}

#[test]
fn settings_that_contradict_each_other_are_refused() {
    let refused = |strategy, change: fn(&mut Config)| {
        let mut config = with(strategy);
        change(&mut config);
        config.check().unwrap_err().to_string()
    };
    assert_eq!(
        refused(SelectionStrategy::Novelty, |config| config.selection.complexity = true),
        "selection.complexity is true, but must be false unless selection.strategy is nsga2"
    );
    assert_eq!(
        refused(SelectionStrategy::Fitness, |c| c
            .evaluation
            .objectives
            .push(ObjectiveConfig { name: "cost".into(), ..Default::default() })),
        "the number of evaluation.objectives is 2, but must be 1 unless selection.strategy is nsga2"
    );
    assert_eq!(
        refused(SelectionStrategy::MapElites, |config| config.evaluation.behaviour.clear()),
        "evaluation.behaviour is an empty list, but must be a list with at least one entry, for novelty and map_elites"
    );
    assert_eq!(
        refused(SelectionStrategy::MapElites, |config| config.evaluation.behaviour[1].high = -1.0),
        "evaluation.behaviour[1].high is -1, but must be above low, 0"
    );
}

#[test]
fn states_whose_memory_does_not_fit_their_strategy_are_refused() {
    let spoil = |strategy, change: fn(&mut EvolutionState)| {
        let mut state = after(&with(strategy), 3, 100).state().clone();
        change(&mut state);
        state.check().unwrap_err().to_string()
    };
    assert_eq!(
        spoil(SelectionStrategy::Nsga2, |state| state.populations[0].memory.parents.truncate(4)),
        "the number of the parents' scores is 4, but must be 96"
    );
    assert_eq!(
        spoil(SelectionStrategy::Nsga2, |state| state.populations[0].memory.front = 0),
        "the size of the first front is 0, but must be from 1 to the population's size"
    );
    assert_eq!(
        spoil(SelectionStrategy::Novelty, |state| state.populations[0].memory.archive[0] = f64::NAN),
        "a number in the archive is NaN, but must be finite"
    );
    assert_eq!(
        spoil(SelectionStrategy::MapElites, |state| {
            let again = state.populations[0].memory.elites[0].clone();
            state.populations[0].memory.elites.push(again);
        })
        .split(" is ")
        .next(),
        Some("the number of cells held")
    );
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(12))]
    #[test]
    fn the_parents_of_nsga2_only_get_better_while_episodes_stay_the_same(seed in 0u64..1_000) {
        let mut config = with(SelectionStrategy::Nsga2);
        config.evaluation.fixed_seeds = true;
        let mut evolution = Evolution::new(config, seed).unwrap();
        let mut before: Vec<f64> = Vec::new();
        for _ in 0..6 {
            generation(&mut evolution, 50);
            let memory = &evolution.state().populations[0].memory;
            let front: Vec<&[f64]> = memory.parents.chunks(4).take(memory.front).collect();
            // Whoever was in the first front is still matched by somebody in the new one.
            for old in before.chunks(4) {
                let matched = front.iter().any(|new| new[0] >= old[0] && new[1] <= old[1]);
                prop_assert!(matched || memory.front == SIZE);
            }
            before = memory.parents[..memory.front * 4].to_vec();
        }
    }
}

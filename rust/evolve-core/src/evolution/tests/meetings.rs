//! Co-evolution: who meets whom, and that it makes no difference who hears of it first.

use super::config;
use crate::config::{Config, PopulationConfig};
use crate::evolution::Evolution;
use crate::work::{Results, UnitResult, WorkBatch};
use proptest::prelude::*;
use std::collections::HashMap;

/// Three hunters and one prey a unit, of populations of other sizes.
fn hunt(hunters: usize, prey: usize, repeats: usize) -> Config {
    let mut config = config(hunters);
    config.populations[0].group = 3;
    config.populations.push(PopulationConfig {
        name: "prey".into(),
        size: prey,
        ..config.populations[0].clone()
    });
    config.populations[1].group = 1;
    config.evaluation.together = true;
    config.evaluation.repeats = repeats;
    config
}

/// A score for each member that depends on all it met.
fn scored(batch: &WorkBatch) -> Results {
    let unit = |unit: &crate::work::WorkUnit| {
        let strength = |place: usize| f64::from(batch.genomes[place].genome.connections.weight[0]);
        let together: f64 = unit.genomes.iter().map(|&place| strength(place)).sum();
        UnitResult::scored(unit.id, 4, unit.genomes.iter().map(|&place| together + strength(place)).collect())
    };
    Results::of(batch).with(batch.units.iter().map(unit).collect())
}

fn whole_generation(evolution: &mut Evolution) -> WorkBatch {
    let batch = evolution.ask(usize::MAX).unwrap();
    evolution.tell(&scored(&batch)).unwrap();
    batch
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(32))]
    #[test]
    fn groups_of_every_population_meet_and_nobody_plays_less_than_the_repeats(
        hunters in 3usize..20, prey in 2usize..20, repeats in 1usize..4, seed in 0u64..1_000,
    ) {
        let mut evolution = Evolution::new(hunt(hunters, prey, repeats), seed).unwrap();
        let batch = evolution.ask(usize::MAX).unwrap();
        prop_assert_eq!(batch.units.len(), hunters.div_ceil(3).max(prey) * repeats);
        let mut plays: HashMap<(usize, usize), usize> = HashMap::new();
        for unit in &batch.units {
            let members: Vec<(usize, usize)> =
                unit.genomes.iter().map(|&place| (batch.genomes[place].population, batch.genomes[place].index)).collect();
            let populations: Vec<usize> = members.iter().map(|member| member.0).collect();
            prop_assert_eq!(populations, [0, 0, 0, 1]);
            prop_assert!(members[0] != members[1] && members[1] != members[2] && members[0] != members[2]);
            members.into_iter().for_each(|member| *plays.entry(member).or_default() += 1);
        }
        prop_assert_eq!(plays.len(), hunters + prey);
        prop_assert!(plays.values().all(|&count| count >= repeats));
    }
}

#[test]
fn a_score_is_the_mean_over_all_whom_a_member_met() {
    let mut evolution = Evolution::new(hunt(3, 4, 1), 2).unwrap();
    let first = evolution.state().populations[0].genomes.clone();
    let batch = whole_generation(&mut evolution);
    // All three hunters are in all four units: the best of them is the one with the largest weight.
    let strongest = first.iter().map(|genome| genome.connections.weight[0]).fold(f32::MIN, f32::max);
    let prey: f64 = (0..4)
        .map(|unit| f64::from(batch.genomes[batch.units[unit].genomes[3]].genome.connections.weight[0]))
        .sum();
    let hunters: f64 = first.iter().map(|genome| f64::from(genome.connections.weight[0])).sum();
    let champion = evolution.state().populations[0].champion.clone().unwrap();
    assert!((champion.fitness - (hunters + prey / 4.0 + f64::from(strongest))).abs() < 1e-9);
    assert_eq!(champion.genome.connections.weight[0].to_bits(), strongest.to_bits());
}

#[test]
fn opponents_change_with_the_generation_and_the_repeat() {
    let mut evolution = Evolution::new(hunt(9, 9, 2), 2).unwrap();
    let opponents = |batch: &WorkBatch, repeat: usize| -> Vec<(usize, usize)> {
        let units = batch.units.iter().skip(repeat).step_by(2);
        let index = |place: usize| batch.genomes[place].index;
        let mut pairs: Vec<_> = units.map(|unit| (index(unit.genomes[3]), index(unit.genomes[0]))).collect();
        pairs.sort_unstable();
        pairs
    };
    let first = whole_generation(&mut evolution);
    let second = whole_generation(&mut evolution);
    assert_ne!(opponents(&first, 0), opponents(&first, 1));
    assert_ne!(opponents(&first, 0), opponents(&second, 0));
}

#[test]
fn matches_told_one_by_one_and_after_a_resume_give_the_same_run() {
    let mut whole = Evolution::new(hunt(10, 7, 2), 3).unwrap();
    (0..6).for_each(|_| drop(whole_generation(&mut whole)));
    let mut parted = Evolution::new(hunt(10, 7, 2), 3).unwrap();
    for _ in 0..6 {
        let mut results: Vec<UnitResult> = Vec::new();
        while let Some(batch) = parted.ask(3) {
            results.extend(scored(&batch).units);
        }
        for result in results.into_iter().rev() {
            let one = Results { objectives: 1, descriptors: 0, units: vec![result] };
            parted.tell(&one).unwrap();
        }
        parted = Evolution::from_state(parted.state().clone()).unwrap();
    }
    assert_eq!(whole.state(), parted.state());
}

#[test]
fn groups_need_members_that_meet() {
    let mut config = hunt(10, 7, 2);
    config.evaluation.together = false;
    let alone = config.check().unwrap_err().to_string();
    assert_eq!(alone, "populations[0].group is 3, but must be 1 unless evaluation.together is true");
    config.populations[1].group = 8;
    let many = config.check().unwrap_err().to_string();
    assert_eq!(many, "populations[1].group is 8, but must be from 1 to 7");
}

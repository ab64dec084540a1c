//! Units that nobody can play: what their players are scored, and that the run goes on.

use super::{config, scored};
use crate::config::Direction;
use crate::evolution::{Evolution, ResultError, Told};
use crate::work::{Results, UnitId, UnitResult, WorkBatch};
use proptest::prelude::*;

const GUILTY: u32 = 4;

/// Scores that everybody can tell apart: the member's place, from 10 upward.
fn by_place(batch: &WorkBatch) -> Results {
    let score = |id: UnitId| UnitResult::scored(id, 1, vec![10.0 + f64::from(id.place())]);
    Results::of(batch).with(batch.units.iter().map(|unit| score(unit.id)).collect())
}

fn without(results: Results, place: u32) -> Results {
    let units = results.units.iter().filter(|unit| unit.id.place() != place).cloned().collect();
    results.with(units)
}

#[test]
fn a_player_whose_unit_failed_is_scored_a_hair_below_everybody_else() {
    for (direction, expected) in
        [(Direction::Maximise, 10.0_f64.next_down()), (Direction::Minimise, 18.0_f64.next_up())]
    {
        let mut settings = config(9);
        settings.evaluation.objectives[0].direction = direction;
        let mut evolution = Evolution::new(settings, 1).unwrap();
        let batch = evolution.ask(9).unwrap();
        evolution.tell(&without(by_place(&batch), GUILTY)).unwrap();
        let told = evolution.fail(&[UnitId::new(0, GUILTY)]).unwrap();
        assert_eq!((told.accepted, told.dropped), (1, 0));
        let report = told.report.unwrap();
        let others: f64 = (0..9).filter(|&place| place != GUILTY).map(|place| 10.0 + f64::from(place)).sum();
        assert!((report.mean - (others + expected) / 9.0).abs() < 1e-9, "{}", report.mean);
        assert_eq!(report.evaluations, 8);
        assert_eq!(evolution.state().check(), Ok(()));
    }
}

#[test]
fn who_fails_one_of_its_episodes_has_failed_whatever_the_others_brought() {
    let mut settings = config(6);
    settings.evaluation.repeats = 3;
    let mut evolution = Evolution::new(settings, 1).unwrap();
    let batch = evolution.ask(18).unwrap();
    let mut results = without(by_place(&batch), GUILTY);
    // The two other episodes of the guilty one are the best of all.
    for unit in results.units.iter_mut().filter(|unit| unit.id.place() / 3 == GUILTY / 3) {
        unit.scores[0] = 1e6;
    }
    let champion = evolution.state().populations[0].genomes[5].clone();
    evolution.tell(&results).unwrap();
    let report = evolution.fail(&[UnitId::new(0, GUILTY)]).unwrap().report.unwrap();
    assert_eq!(report.best, 26.0);
    assert_eq!(evolution.state().populations[0].champion.as_ref().unwrap().genome, champion);
}

#[test]
fn a_unit_can_fail_before_it_was_asked_for_while_it_is_out_and_after_it_came_back() {
    let mut evolution = Evolution::new(config(4), 1).unwrap();
    let unit = |place| UnitId::new(0, place);
    assert_eq!(evolution.fail(&[unit(0)]).unwrap().accepted, 1);
    let batch = evolution.ask(2).unwrap();
    assert_eq!(batch.units.iter().map(|unit| unit.id.place()).collect::<Vec<_>>(), [1, 2]);
    evolution.release(&[unit(2)]);
    assert_eq!(evolution.units_waiting(), 2);
    assert_eq!(evolution.fail(&[unit(1), unit(2), unit(1)]).unwrap(), {
        Told { accepted: 2, dropped: 1, report: None }
    });
    assert_eq!(evolution.units_waiting(), 1);
    // The answer of somebody who took longest to die comes too late.
    assert_eq!(evolution.tell(&without(by_place(&batch), 2)).unwrap().dropped, 1);
    let last = evolution.ask(9).unwrap();
    assert_eq!(last.units.len(), 1);
    assert!(evolution.tell(&by_place(&last)).unwrap().report.is_some());
    assert_eq!(evolution.fail(&[unit(3)]).unwrap().dropped, 1, "of a generation that is over");
    assert_eq!(
        evolution.fail(&[UnitId::new(1, 4)]),
        Err(ResultError::Unit { unit: UnitId::new(1, 4).0, generation: 1 })
    );
}

#[test]
fn units_that_are_out_can_be_handed_to_somebody_else_alone() {
    let mut evolution = Evolution::new(config(5), 1).unwrap();
    let all = evolution.ask(5).unwrap();
    let again = evolution.ask_again(&[UnitId::new(0, 3)]).unwrap();
    assert_eq!((&again.units[0].id, again.units[0].seed), (&all.units[3].id, all.units[3].seed));
    assert_eq!(again.genomes, [all.genomes[3].clone()]);
    evolution.tell(&by_place(&again)).unwrap();
    assert_eq!(evolution.ask_again(&[UnitId::new(0, 3)]), None, "it has a score");
    evolution.release(&[UnitId::new(0, 2)]);
    let gone = [UnitId::new(0, 2), UnitId::new(7, 1), UnitId::new(0, 5)];
    assert_eq!(evolution.ask_again(&gone), None, "one waits, two are none of this generation's");
}

#[test]
fn a_run_outlives_a_generation_that_nobody_could_play() {
    let mut evolution = Evolution::new(config(5), 1).unwrap();
    let units: Vec<UnitId> = (0..5).map(|place| UnitId::new(0, place)).collect();
    let report = evolution.fail(&units).unwrap().report.unwrap();
    assert_eq!((report.best, report.evaluations), (0.0, 0));
    let batch = evolution.ask(5).unwrap();
    assert_eq!(evolution.tell(&scored(&batch)).unwrap().report.unwrap().generation, 1);
}

proptest! {
    #[test]
    fn it_makes_no_difference_when_a_unit_is_given_up(
        guilty in prop::collection::btree_set(0..12_u32, 0..4),
        order in Just((0..12_u32).collect::<Vec<_>>()).prop_shuffle(),
    ) {
        let run = |order: &[u32]| {
            let mut evolution = Evolution::new(config(12), 3).unwrap();
            let batch = evolution.ask(12).unwrap();
            let results = scored(&batch);
            for &place in order {
                if guilty.contains(&place) {
                    evolution.fail(&[UnitId::new(0, place)]).unwrap();
                } else {
                    let one = results.units[place as usize].clone();
                    evolution.tell(&Results::of(&batch).with(vec![one])).unwrap();
                }
            }
            evolution
        };
        let straight = run(&(0..12).collect::<Vec<_>>());
        prop_assert_eq!(straight.state().generation, 1);
        let shuffled = run(&order);
        prop_assert_eq!(shuffled.state(), straight.state());
    }
}

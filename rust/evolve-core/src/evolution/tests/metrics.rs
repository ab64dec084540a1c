//! Metrics: counted with the result that they belong to, in the order of units, and by nobody's leave but theirs.

use super::strategies::{judged, with};
use super::*;
use crate::config::{IslandsConfig, SelectionStrategy};
use crate::metric::{MAX_NAMES, Metric, MetricError};
use crate::report::MetricReport;

fn metric(member: u32, name: &str, value: f64) -> Metric {
    Metric { member, name: name.into(), value }
}

/// Every member notes its score, in a sum whose last bits depend on the order; some note a crash.
fn noted(mut results: Results) -> Results {
    for unit in &mut results.units {
        let score = unit.scores[0] / 3.0;
        let crash = (unit.id.place() % 3 == 0).then(|| metric(0, "crashes", 1.0));
        unit.metrics = crash.into_iter().chain([metric(0, "third", score)]).collect();
    }
    results
}

fn generation_noted(archipelago: &mut Archipelago, at_a_time: usize, backwards: bool) -> GenerationReport {
    let mut batches = Vec::new();
    let mut report = None;
    while let Some(batch) = archipelago.ask(at_a_time) {
        batches.push(batch);
    }
    if backwards {
        batches.reverse();
    }
    for batch in batches {
        let mut results = noted(judged(&batch));
        if backwards {
            results.units.reverse();
        }
        report = report.or(archipelago.tell(&results).unwrap().report);
    }
    report.unwrap()
}

#[test]
fn the_report_is_the_same_in_any_order_of_arrival_and_with_metrics_nothing_else_changes() {
    let config = Config {
        islands: IslandsConfig { count: 3, migrate_every: 2, migrants: 2 },
        ..with(SelectionStrategy::Nsga2)
    };
    let run = || Archipelago::new(config.clone(), 5).unwrap();
    let (mut one, mut other, mut bare) = (run(), run(), run());
    for _ in 0..4 {
        let report = generation_noted(&mut one, 7, false);
        assert_eq!(report, generation_noted(&mut other, 1, true));
        let plain = loop {
            let batch = bare.ask(11).unwrap();
            if let Some(report) = bare.tell(&judged(&batch)).unwrap().report {
                break report;
            }
        };
        assert!(plain.metrics.is_empty() && !report.metrics.is_empty());
        assert_eq!(plain.populations[0].objectives, report.populations[0].objectives);
        assert!(bare.states().eq(one.states()));
    }
}

#[test]
fn figures_are_those_of_every_value_and_islands_add_theirs_up() {
    let config = Config {
        islands: IslandsConfig { count: 2, ..Default::default() },
        ..with(SelectionStrategy::Fitness)
    };
    let mut archipelago = Archipelago::new(config, 5).unwrap();
    let mut values: Vec<f64> = Vec::new();
    let report = loop {
        let results = noted(judged(&archipelago.ask(1_000).unwrap()));
        values.extend(results.units.iter().map(|unit| unit.scores[0] / 3.0));
        if let Some(report) = archipelago.tell(&results).unwrap().report {
            break report;
        }
    };
    let names: Vec<&str> = report.metrics.iter().map(|one| &*one.name).collect();
    assert_eq!(names, ["crashes", "third"]);
    let third = &report.metrics[1];
    assert_eq!(third.count, values.len() as u64);
    assert_eq!(third.least, values.iter().copied().fold(f64::INFINITY, f64::min));
    assert_eq!(third.most, values.iter().copied().fold(f64::NEG_INFINITY, f64::max));
    assert!((third.mean() - values.iter().sum::<f64>() / values.len() as f64).abs() < 1e-12);
    let islands = || report.islands.iter().map(|island| &island[0].metrics[1]);
    assert_eq!(third.sum, islands().map(|one| one.sum).sum::<f64>());
    assert_eq!(third.count, islands().map(|one| one.count).sum::<u64>());
    assert_eq!((report.metrics[0].count, report.metrics[0].mean()), (16, 1.0));
}

#[test]
fn members_of_a_unit_note_for_their_own_populations() {
    let mut settings = config(6);
    let prey = PopulationConfig { name: "prey".into(), group: 2, ..settings.populations[0].clone() };
    settings.populations.push(prey);
    settings.evaluation = EvaluationConfig { together: true, repeats: 2, ..Default::default() };
    let mut evolution = Evolution::new(settings, 1).unwrap();
    let batch = evolution.ask(1_000).unwrap();
    let units = batch.units.iter().map(|unit| UnitResult {
        metrics: vec![metric(1, "escapes", 1.0), metric(2, "escapes", 2.0)],
        ..UnitResult::scored(unit.id, 1, vec![0.0; 3])
    });
    let report = evolution.tell(&Results::of(&batch).with(units.collect())).unwrap().report.unwrap();
    assert!(report.metrics.is_empty());
    let [escapes] = &report.populations[1].metrics[..] else { panic!("{report:?}") };
    assert_eq!((escapes.count, escapes.mean()), (2 * batch.units.len() as u64, 1.5));
}

#[test]
fn what_is_told_twice_or_given_up_is_not_counted_again() {
    let mut evolution = Evolution::new(config(6), 1).unwrap();
    let batch = evolution.ask(1_000).unwrap();
    let results = noted(scored(&batch));
    evolution.fail(&[batch.units[0].id]).unwrap();
    evolution.tell(&results.clone().with(results.units[..3].to_vec())).unwrap();
    let report = evolution.tell(&results).unwrap().report.unwrap();
    assert_eq!(report.metrics[1].count, 5);
    let next = evolution.ask(1_000).unwrap();
    assert!(evolution.tell(&scored(&next)).unwrap().report.unwrap().metrics.is_empty());
}

#[test]
fn metrics_that_break_a_rule_are_refused_in_words_and_nothing_is_taken() {
    let mut evolution = Evolution::new(config(6), 1).unwrap();
    let batch = evolution.ask(1_000).unwrap();
    let mut refusal = |metrics: Vec<Metric>| {
        let mut results = scored(&batch);
        results.units[5].metrics = metrics;
        evolution.tell(&results).unwrap_err().to_string()
    };
    let long = "n".repeat(65);
    let name = |name: &str| {
        format!(
            "unit 5: the name of a metric is {name:?}, but must be 1 to 64 characters without control characters"
        )
    };
    for wrong in ["", "a\nb", &long] {
        assert_eq!(refusal(vec![metric(0, wrong, 1.0)]), name(wrong));
    }
    assert_eq!(
        refusal(vec![metric(0, "laps", f64::NAN)]),
        "unit 5: the metric laps of member 0 is NaN, but must be finite"
    );
    assert_eq!(
        refusal(vec![metric(1, "laps", 1.0)]),
        "unit 5: the metric laps is of member 1, but there are 1, counted from 0"
    );
    let twice = "unit 5: the metric laps of member 0 stands twice, or not in the order of members and names";
    assert_eq!(refusal(vec![metric(0, "laps", 1.0), metric(0, "laps", 1.0)]), twice);
    assert_eq!(refusal(vec![metric(0, "wins", 1.0), metric(0, "laps", 1.0)]), twice);
    let many = (0..=MAX_NAMES).map(|number| metric(0, &format!("{number:02}"), 0.0)).collect();
    assert_eq!(
        refusal(many),
        "unit 5: the metric 64 is one too many: a generation has at most 64 of different names"
    );
    assert!(evolution.at_generation_boundary());
}

#[test]
fn names_are_counted_over_all_islands_whoever_is_done() {
    let config = Config {
        islands: IslandsConfig { count: 2, ..Default::default() },
        ..with(SelectionStrategy::Fitness)
    };
    let mut archipelago = Archipelago::new(config, 5).unwrap();
    let mut told = |first: usize, count: usize| {
        let mut results = judged(&archipelago.ask(1_000).unwrap());
        results.units[0].metrics =
            (first..first + count).map(|number| metric(0, &format!("{number:03}"), 0.0)).collect();
        archipelago.tell(&results).map(|told| told.report)
    };
    assert_eq!(told(0, MAX_NAMES), Ok(None));
    let problem = MetricError::TooMany("999".into());
    assert_eq!(told(999, 1), Err(ResultError::Metric { unit: 1 << 24, problem }));
}

proptest! {
    #[test]
    fn a_mean_is_finite_and_between_the_least_and_the_greatest(
        values in prop::collection::vec(any::<f64>().prop_filter("finite", |value| value.is_finite()), 1..20),
    ) {
        let mut sum = MetricReport::of("laps", values[0]);
        values[1..].iter().for_each(|&value| sum.add(&MetricReport::of("laps", value)));
        prop_assert!(sum.least <= sum.mean() && sum.mean() <= sum.most);
        prop_assert_eq!(sum.count, values.len() as u64);
    }
}

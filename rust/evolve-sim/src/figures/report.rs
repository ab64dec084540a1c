//! Figures for people and for programs.

use super::Outcome;
use evolve_core::config::Config;
use evolve_format::config::config_text;
use evolve_worlds::WorldKind;
use serde_json::{Value, json as object};
use std::fmt::Write as _;

/// Mean, deviation and quantiles of one figure over the runs that solved the problem.
struct Distribution {
    mean: f64,
    deviation: f64,
    least: f64,
    median: f64,
    most: f64,
}

impl Distribution {
    fn of(mut values: Vec<f64>) -> Option<Self> {
        let count = values.len() as f64;
        values.sort_by(f64::total_cmp);
        let (&least, &most) = (values.first()?, values.last()?);
        let mean = values.iter().sum::<f64>() / count;
        let squares = values.iter().map(|value| (value - mean) * (value - mean)).sum::<f64>();
        let deviation = (squares / (count - 1.0).max(1.0)).sqrt();
        let median = f64::midpoint(values[(values.len() - 1) / 2], values[values.len() / 2]);
        Some(Self { mean, deviation, least, median, most })
    }
}

type Figure = (&'static str, fn(&Outcome) -> Option<f64>);

const FIGURES: [Figure; 5] = [
    ("generations", |run| Some(f64::from(run.generations))),
    ("evaluations", |run| Some(run.evaluations as f64)),
    ("hidden", |run| Some(run.hidden as f64)),
    ("connections", |run| Some(run.connections as f64)),
    ("generalisation", |run| run.generalisation.map(|passed| passed as f64)),
];

fn distributions(outcomes: &[Outcome]) -> Vec<(&'static str, Distribution)> {
    let of = |&(name, value): &Figure| {
        let values = outcomes.iter().filter(|run| run.solved).filter_map(value).collect();
        Distribution::of(values).map(|distribution| (name, distribution))
    };
    FIGURES.iter().filter_map(of).collect()
}

/// A table for people.
pub fn table(world: WorldKind, outcomes: &[Outcome]) -> String {
    let solved = outcomes.iter().filter(|run| run.solved).count();
    let mut text = format!("{}: {solved} of {} runs solved\n", world.name(), outcomes.len());
    writeln!(text, "{:<16}{:>10}{:>10}{:>10}{:>10}{:>10}", "", "mean", "SD", "least", "median", "most")
        .expect("a string takes everything");
    for (name, d) in distributions(outcomes) {
        writeln!(
            text,
            "{name:<16}{:>10.2}{:>10.2}{:>10}{:>10}{:>10}",
            d.mean, d.deviation, d.least, d.median, d.most
        )
        .expect("a string takes everything");
    }
    text
}

/// One line of JSON: the configuration, the distributions and every run.
pub fn json(world: WorldKind, config: &Config, outcomes: &[Outcome]) -> String {
    let runs: Vec<Value> = outcomes
        .iter()
        .map(|run| {
            object!({
                "seed": run.seed.to_string(),
                "solved": run.solved,
                "generations": run.generations,
                "evaluations": run.evaluations,
                "hidden": run.hidden,
                "connections": run.connections,
                "generalisation": run.generalisation,
            })
        })
        .collect();
    let figures: serde_json::Map<String, Value> = distributions(outcomes)
        .into_iter()
        .map(|(name, d)| {
            let value = object!({"mean": d.mean, "sd": d.deviation, "least": d.least, "median": d.median, "most": d.most});
            (name.to_owned(), value)
        })
        .collect();
    let config: Value = serde_json::from_str(&config_text(config)).expect("a configuration's text is JSON");
    let solved = outcomes.iter().filter(|run| run.solved).count();
    let whole = object!({
        "world": world.name(), "solved": solved, "seeds": outcomes.len(),
        "figures": figures, "config": config, "runs": runs,
    });
    format!("{whole}\n")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn run(seed: u64, solved: bool, evaluations: u64) -> Outcome {
        let (hidden, connections, generalisation) = (2, 7, None);
        Outcome { seed, solved, generations: 3, evaluations, hidden, connections, generalisation }
    }

    #[test]
    fn runs_that_failed_count_as_failed_and_in_no_mean() {
        let outcomes = [run(0, true, 100), run(1, false, 9_000), run(2, true, 300)];
        let text = table(WorldKind::Xor, &outcomes);
        assert!(text.starts_with("xor: 2 of 3 runs solved\n"), "{text}");
        let whole: Value =
            serde_json::from_str(&json(WorldKind::Xor, &WorldKind::Xor.config(), &outcomes)).unwrap();
        let evaluations = &whole["figures"]["evaluations"];
        assert_eq!((&evaluations["mean"], &evaluations["median"]), (&object!(200.0), &object!(200.0)));
        assert_eq!(whole["figures"].get("generalisation"), None);
        assert_eq!(whole["runs"][1]["solved"], false);
    }
}

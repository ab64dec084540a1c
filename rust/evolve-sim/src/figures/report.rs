//! Figures for people and for programs.

use super::settings::as_value;
use super::{Measured, Outcome};
use serde_json::{Value, json as object};
use std::fmt::Write as _;

/// How one figure is spread over the runs that solved the problem.
pub struct Distribution {
    pub name: &'static str,
    pub mean: f64,
    pub deviation: f64,
    sorted: Vec<f64>,
}

impl Distribution {
    fn of(name: &'static str, mut sorted: Vec<f64>) -> Option<Self> {
        if sorted.is_empty() {
            return None;
        }
        let count = sorted.len() as f64;
        sorted.sort_by(f64::total_cmp);
        let mean = sorted.iter().sum::<f64>() / count;
        let squares = sorted.iter().map(|value| (value - mean) * (value - mean)).sum::<f64>();
        let deviation = (squares / (count - 1.0).max(1.0)).sqrt();
        Some(Self { name, mean, deviation, sorted })
    }

    /// The value that this share of the runs does not exceed; between two of them, in proportion.
    pub fn quantile(&self, share: f64) -> f64 {
        let place = share * (self.sorted.len() - 1) as f64;
        let (below, above) = (self.sorted[place.floor() as usize], self.sorted[place.ceil() as usize]);
        below + (above - below) * place.fract()
    }
}

type Figure = (&'static str, fn(&Outcome) -> Option<f64>);

const FIGURES: [Figure; 5] = [
    ("evaluations", |run| Some(run.evaluations as f64)),
    ("generations", |run| Some(f64::from(run.generations))),
    ("hidden nodes", |run| Some(run.hidden as f64)),
    ("connections", |run| Some(run.connections as f64)),
    ("generalisation", |run| run.generalisation.map(|passed| passed as f64)),
];

/// One for each figure that the world has.
pub fn distributions(outcomes: &[Outcome]) -> Vec<Distribution> {
    let of = |&(name, value): &Figure| {
        let values = outcomes.iter().filter(|run| run.solved).filter_map(value).collect();
        Distribution::of(name, values)
    };
    FIGURES.iter().filter_map(of).collect()
}

pub fn solved(outcomes: &[Outcome]) -> usize {
    outcomes.iter().filter(|run| run.solved).count()
}

/// A table for people.
pub fn table(measured: &Measured) -> String {
    let (runs, name) = (&measured.outcomes, measured.world.name());
    let mut text = format!("{name}: {} of {} runs solved", solved(runs), runs.len());
    let failed: Vec<String> = runs.iter().filter(|run| !run.solved).map(|run| run.seed.to_string()).collect();
    if !failed.is_empty() {
        write!(text, " within {} evaluations; not solved: {}", measured.limit, failed.join(", "))
            .expect("a string takes everything");
    }
    let titles = ["", "mean", "SD", "least", "median", "most"];
    let [figure, titles @ ..] = titles.map(|title| format!("{title:>11}"));
    let mut lines = vec![format!("{figure:<16}{}", titles.concat())];
    for d in distributions(runs) {
        let values = [d.mean, d.deviation, d.quantile(0.0), d.quantile(0.5), d.quantile(1.0)];
        let values = values.map(|value| format!("{value:>11.2}"));
        lines.push(format!("{:<16}{}", d.name, values.concat()));
    }
    format!("{text}\n{}\n", lines.join("\n"))
}

/// One line of JSON: the configuration, the distributions and every run.
pub fn json(measured: &Measured) -> String {
    let run = |run: &Outcome| {
        object!({
            "seed": run.seed.to_string(),
            "solved": run.solved,
            "generations": run.generations,
            "evaluations": run.evaluations,
            "hidden": run.hidden,
            "connections": run.connections,
            "generalisation": run.generalisation,
        })
    };
    let runs: Vec<Value> = measured.outcomes.iter().map(run).collect();
    let figure = |d: Distribution| {
        let (least, median, most) = (d.quantile(0.0), d.quantile(0.5), d.quantile(1.0));
        let value =
            object!({"mean": d.mean, "sd": d.deviation, "least": least, "median": median, "most": most});
        (d.name.replace(' ', "_"), value)
    };
    let figures: serde_json::Map<String, Value> =
        distributions(&measured.outcomes).into_iter().map(figure).collect();
    let whole = object!({
        "world": measured.world.name(), "solved": solved(&measured.outcomes), "seeds": measured.outcomes.len(),
        "limit": measured.limit, "figures": figures, "config": as_value(&measured.config), "runs": runs,
    });
    format!("{whole}\n")
}

#[cfg(test)]
pub mod tests {
    use super::*;
    use evolve_worlds::WorldKind;

    fn run(seed: u64, solved: bool, evaluations: u64) -> Outcome {
        let (hidden, connections, generalisation) = (2, 7, None);
        Outcome { seed, solved, generations: 3, evaluations, hidden, connections, generalisation }
    }

    /// Two runs of three solved.
    pub fn measured() -> Measured {
        let (world, limit) = (WorldKind::Xor, 9_000);
        let outcomes = vec![run(0, true, 100), run(1, false, limit), run(2, true, 300)];
        Measured { world, config: world.config(), seeds: 0..3, limit, outcomes }
    }

    #[test]
    fn runs_that_failed_count_as_failed_and_in_no_mean() {
        let text = table(&measured());
        let first = "xor: 2 of 3 runs solved within 9000 evaluations; not solved: 1\n";
        assert!(text.starts_with(first), "{text}");
        let whole: Value = serde_json::from_str(&json(&measured())).unwrap();
        let evaluations = &whole["figures"]["evaluations"];
        assert_eq!((&evaluations["mean"], &evaluations["median"]), (&object!(200.0), &object!(200.0)));
        assert_eq!(whole["figures"].get("generalisation"), None);
        assert_eq!(whole["runs"][1]["solved"], false);
    }

    #[test]
    fn a_quantile_between_two_runs_lies_between_their_values() {
        let d = Distribution::of("any", vec![4.0, 1.0, 2.0]).unwrap();
        assert_eq!([0.0, 0.25, 0.5, 0.75, 1.0].map(|share| d.quantile(share)), [1.0, 1.5, 2.0, 3.0, 4.0]);
    }
}

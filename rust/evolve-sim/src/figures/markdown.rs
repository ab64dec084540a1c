//! The page of figures that stands in the documentation: it is written by nobody else.

use super::report::{Distribution, distributions, solved};
use super::settings::as_value;
use super::{Measured, Outcome};
use evolve_core::config::Config;
use evolve_worlds::WorldKind;
use serde_json::Value;
use std::collections::BTreeMap;
use std::fmt::Write as _;

const HEAD: &str = "# Figures of NEAT on the problems of its paper

Written by `evolve-sim figures --markdown`. What counts as solved, how the settings were found and what is missed
stands in [neat-results.md](neat-results.md). A run that is not solved is in no mean.
";

/// What Stanley and Miikkulainen report in 2002, on average.
fn paper(world: WorldKind, figure: &str) -> Option<f64> {
    match (world, figure) {
        (WorldKind::Xor, "evaluations") => Some(4_755.0),
        (WorldKind::Xor, "generations") => Some(32.0),
        (WorldKind::Xor, "hidden nodes") => Some(2.35),
        (WorldKind::Xor, "connections") => Some(7.48),
        (WorldKind::DoublePole, "evaluations") => Some(3_600.0),
        (WorldKind::DoublePoleHidden, "evaluations") => Some(33_184.0),
        (WorldKind::DoublePoleHidden, "generalisation") => Some(286.0),
        _ => None,
    }
}

/// The whole page.
pub fn page(all: &[Measured]) -> String {
    let mut text = HEAD.to_owned();
    all.iter().for_each(|measured| text += &section(measured));
    text += "\n## The defaults\n\n";
    for (group, settings) in groups(&flat(&Config::default())) {
        writeln!(text, "* **{group}**: {}", settings.join(", ")).expect("a string takes everything");
    }
    text
}

fn section(measured: &Measured) -> String {
    let (world, runs) = (measured.world, &measured.outcomes);
    let default = flat(&Config::default());
    let own = flat(&measured.config).into_iter().filter(|(key, value)| default.get(key) != Some(value));
    let settings: Vec<String> = own.map(|(key, value)| format!("`{key}` {value}")).collect();
    let mut text = format!("\n## {}\n\n", world.name());
    let (first, last) = (measured.seeds.start, measured.seeds.end - 1);
    let limit = grouped(measured.limit as f64, 0);
    writeln!(
        text,
        "Seeds {first} to {last}: **{} of {} runs solved** within {limit} evaluations. Population {}. Beside the \
         defaults: {}.\n",
        solved(runs),
        runs.len(),
        measured.config.populations[0].size,
        settings.join(", "),
    )
    .expect("a string takes everything");
    text += "| | mean | SD | paper | least | 10 % | 25 % | median | 75 % | 90 % | most |\n";
    text += "|---|---|---|---|---|---|---|---|---|---|---|\n";
    distributions(runs).iter().for_each(|figure| text += &row(world, figure));
    text += &every_run(runs);
    text
}

fn row(world: WorldKind, figure: &Distribution) -> String {
    // Counts of thousands need no fractions.
    let places = if figure.mean < 100.0 { 2 } else { 0 };
    let paper = paper(world, figure.name).map_or("–".to_owned(), |goal| grouped(goal, places));
    let shares = [0.0, 0.1, 0.25, 0.5, 0.75, 0.9, 1.0];
    let quantiles = shares.map(|share| figure.quantile(share)).map(|value| {
        // Half a generation is between two runs, half an evaluation is noise.
        grouped(value, usize::from(value < 100.0 && value.fract() != 0.0))
    });
    format!(
        "| {} | **{}** | {} | {paper} | {} |\n",
        figure.name,
        grouped(figure.mean, places),
        grouped(figure.deviation, places),
        quantiles.join(" | ")
    )
}

/// What every seed needed, in the order of the seeds.
fn every_run(runs: &[Outcome]) -> String {
    let word = |run: &Outcome, value: String| if run.solved { value } else { "not solved".to_owned() };
    let list = |value: &dyn Fn(&Outcome) -> String| {
        runs.iter().map(|run| word(run, value(run))).collect::<Vec<_>>().join("; ")
    };
    let mut text =
        format!("\nEvaluations, seed by seed: {}.\n", list(&|run| grouped(run.evaluations as f64, 0)));
    write!(text, "\nHidden nodes: {}.\n", list(&|run| run.hidden.to_string()))
        .expect("a string takes everything");
    if runs.iter().any(|run| run.generalisation.is_some()) {
        let passed = list(&|run| run.generalisation.unwrap_or(0).to_string());
        write!(text, "\nGeneralisation: {passed}.\n").expect("a string takes everything");
    }
    text
}

/// Every setting by its path; what the populations are stands elsewhere.
fn flat(config: &Config) -> BTreeMap<String, String> {
    let mut settings = BTreeMap::new();
    if let Value::Object(groups) = as_value(config) {
        groups.into_iter().for_each(|(group, value)| flatten(group, value, &mut settings));
    }
    settings
}

fn flatten(path: String, value: Value, settings: &mut BTreeMap<String, String>) {
    match value {
        Value::Object(entries) => {
            entries.into_iter().for_each(|(key, value)| flatten(format!("{path}.{key}"), value, settings));
        }
        _ if path == "populations" => {}
        Value::String(name) => drop(settings.insert(path, name)),
        other => drop(settings.insert(path, other.to_string())),
    }
}

/// Settings by their group, each with its value.
fn groups(settings: &BTreeMap<String, String>) -> BTreeMap<&str, Vec<String>> {
    let mut groups: BTreeMap<&str, Vec<String>> = BTreeMap::new();
    for (path, value) in settings {
        let (group, key) = path.split_once('.').unwrap_or(("", path));
        groups.entry(group).or_default().push(format!("{key} {value}"));
    }
    groups
}

/// With a comma between thousands.
fn grouped(value: f64, places: usize) -> String {
    let text = format!("{value:.places$}");
    let (whole, fraction) = text.split_once('.').map_or((text.as_str(), None), |(w, f)| (w, Some(f)));
    let mut digits = String::new();
    for (place, digit) in whole.chars().enumerate() {
        if place > 0 && (whole.len() - place) % 3 == 0 {
            digits.push(',');
        }
        digits.push(digit);
    }
    fraction.map_or(digits.clone(), |fraction| format!("{digits}.{fraction}"))
}

#[cfg(test)]
mod tests {
    use super::super::report::tests::measured;
    use super::*;

    #[test]
    fn the_page_has_every_run_the_papers_figures_and_the_whole_configuration() {
        let text = page(&[measured()]);
        assert!(
            text.contains("Seeds 0 to 2: **2 of 3 runs solved** within 9,000 evaluations. Population 150.")
        );
        assert!(text.contains("Evaluations, seed by seed: 100; not solved; 300.\n"), "{text}");
        assert!(
            text.contains(
                "| evaluations | **200** | 141 | 4,755 | 100 | 120 | 150 | 200 | 250 | 280 | 300 |"
            )
        );
        let rate = Config::default().mutation.add_node_rate;
        assert!(text.contains("* **mutation**: ") && text.contains(&format!("add_node_rate {rate},")));
    }

    #[test]
    fn only_what_differs_from_the_defaults_stands_beside_a_world() {
        let mut measured = measured();
        measured.config.mutation.add_node_rate = 0.125;
        let text = section(&measured);
        assert!(text.contains("`mutation.add_node_rate` 0.125"), "{text}");
        assert!(!text.contains("add_connection_rate") && !text.contains("populations"), "{text}");
    }

    #[test]
    fn thousands_are_grouped_and_small_numbers_keep_their_fractions() {
        let texts = [grouped(1_234_567.0, 0), grouped(999.0, 0), grouped(1.675, 2), grouped(0.0, 0)];
        assert_eq!(texts, ["1,234,567", "999", "1.68", "0"].map(str::to_owned));
    }
}

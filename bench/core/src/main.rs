//! Operators and generations of evolve-core and of genoxide, measured in turn in one process.
//!
//! Prints one JSON object a line: `name`, `unit`, and the medians of `ours` and of `genoxide` (null where
//! genoxide offers no such call). `tools/bench core` adds the other peers, the ratios and the goals.

mod generation;
mod ours;
mod speciation;
mod theirs;

use std::time::Instant;

/// Rounds of every measurement; ours and the peer's take turns, so that a slow moment hits both.
const ROUNDS: usize = 9;

fn main() {
    let (mine, peers) = (ours::Subject::new(), theirs::Subject::new());
    per_second("forward, one row", &mut || mine.forward(200_000), Some(&mut || peers.forward(100_000)));
    per_second("forward, 1024 rows a call", &mut || mine.forward_rows(5_000), None);
    per_second("decode a genome to a network", &mut || mine.compile(5_000), Some(&mut || peers.compile(5_000)));
    per_second("distance of two genomes", &mut || mine.distance(50_000), Some(&mut || peers.distance(50_000)));
    sort_genomes();
    per_second("mutate a genome", &mut || mine.mutate(20_000), None);
    per_second("crossover of two genomes", &mut || mine.crossover(20_000), None);
    for size in [150, 1_000, 10_000] {
        let (mine, theirs) = generation::milliseconds(size);
        let name = format!("one generation without evaluation, population {size}");
        row(&name, "ms", mine, Some(theirs));
    }
}

fn sort_genomes() {
    let (mine, theirs) = (speciation::Ours::new(), speciation::Theirs::new());
    let (ours, genoxide) = medians(&mut || mine.sort(), Some(&mut || theirs.sort()));
    row("distance within a generation, slots included", "operations/s", ours, genoxide);
    let milliseconds = |rate: f64| speciation::DISTANCES as f64 / rate * 1_000.0;
    row("10000 genomes to the nearest of 10", "ms", milliseconds(ours), genoxide.map(milliseconds));
}

/// A measurement does its work so many times, and returns how many times that was.
type Measure<'a> = &'a mut dyn FnMut() -> usize;

fn per_second(name: &str, mine: Measure, theirs: Option<Measure>) {
    let (ours, peers) = medians(mine, theirs);
    row(name, "operations/s", ours, peers);
}

fn medians(mine: Measure, mut theirs: Option<Measure>) -> (f64, Option<f64>) {
    let (mut ours, mut peers) = (Vec::new(), Vec::new());
    for _ in 0..ROUNDS {
        ours.push(rate(mine));
        peers.extend(theirs.as_mut().map(|theirs| rate(theirs)));
    }
    (median(ours), (!peers.is_empty()).then(|| median(peers)))
}

fn rate(measure: Measure) -> f64 {
    let begin = Instant::now();
    let count = measure();
    count as f64 / begin.elapsed().as_secs_f64()
}

/// The middle one.
pub fn median(mut values: Vec<f64>) -> f64 {
    values.sort_by(f64::total_cmp);
    values[values.len() / 2]
}

fn row(name: &str, unit: &str, ours: f64, genoxide: Option<f64>) {
    let genoxide = genoxide.map_or("null".to_owned(), |value| value.to_string());
    println!(r#"{{"name":"{name}","unit":"{unit}","ours":{ours},"genoxide":{genoxide}}}"#);
}

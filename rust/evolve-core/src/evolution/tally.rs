//! The metrics of the generation being scored. They are no part of the state: a checkpoint knows nothing of them.

use super::ResultError;
use crate::metric::{MAX_NAMES, Metric, MetricError};
use crate::report::MetricReport;
use crate::work::UnitResult;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

/// What was noted so far. Takes no memory as long as nobody notes anything.
#[derive(Clone, Debug, Default)]
pub(super) struct Tally {
    /// By the place of the unit: sums are taken in this order, whoever came first.
    units: BTreeMap<usize, Vec<Metric>>,
    names: BTreeSet<Arc<str>>,
}

impl Tally {
    pub fn record(&mut self, place: usize, metrics: &[Metric]) {
        if metrics.is_empty() {
            return;
        }
        for metric in metrics {
            if !self.names.contains(&metric.name) {
                self.names.insert(Arc::clone(&metric.name));
            }
        }
        self.units.insert(place, metrics.to_vec());
    }

    pub fn names(&self) -> impl Iterator<Item = &str> {
        self.names.iter().map(|name| &**name)
    }

    /// The figures of each population, where `players` has the population of each player of all units.
    pub fn reports(
        &self,
        populations: usize,
        players: &[(usize, usize)],
        group: usize,
    ) -> Vec<Vec<MetricReport>> {
        let mut all: Vec<BTreeMap<&str, MetricReport>> = vec![BTreeMap::new(); populations];
        for (&place, metrics) in &self.units {
            for metric in metrics {
                let (population, _) = players[place * group + metric.member as usize];
                let one = MetricReport::of(&metric.name, metric.value);
                all[population].entry(&*metric.name).and_modify(|sum| sum.add(&one)).or_insert(one);
            }
        }
        all.into_iter().map(|reports| reports.into_values().collect()).collect()
    }
}

/// Refuse results that bring the names of a generation above the limit, beside those that are known.
pub(super) fn check_names<'a>(
    known: impl Iterator<Item = &'a str>,
    generation: u32,
    units: &'a [UnitResult],
) -> Result<(), ResultError> {
    if units.iter().all(|unit| unit.metrics.is_empty()) {
        return Ok(());
    }
    let mut names: BTreeSet<&str> = known.collect();
    for unit in units.iter().filter(|unit| unit.id.generation() >= generation) {
        for metric in &unit.metrics {
            names.insert(&metric.name);
            if names.len() > MAX_NAMES {
                let problem = MetricError::TooMany(metric.name.to_string());
                return Err(ResultError::Metric { unit: unit.id.0, problem });
            }
        }
    }
    Ok(())
}

//! Metrics of units that are not scored yet.

use evolve_core::metric::{self, Metric};
use godot::prelude::GString;
use std::collections::BTreeMap;
use std::sync::Arc;

/// What members noted: by unit, then by member and name, which is the order that results have.
#[derive(Default)]
pub struct Noted {
    units: BTreeMap<i64, BTreeMap<(u32, Arc<str>), f64>>,
}

impl Noted {
    /// Note what a member of a unit with so many members has, a value for each name; all of it or nothing.
    pub fn note(
        &mut self,
        unit: i64,
        member: i64,
        members: usize,
        names: &[GString],
        values: &[f64],
    ) -> Result<(), String> {
        let (count, expected) = (values.len(), names.len());
        if count != expected {
            return Err(format!("{count} metrics were given for {expected} names"));
        }
        let member = u32::try_from(member).map_err(|_| format!("the place of a member is {member}"))?;
        let each = names.iter().zip(values);
        let metrics: Vec<Metric> =
            each.map(|(name, &value)| Metric { member, name: name.to_string().into(), value }).collect();
        for metric in &metrics {
            let alone = std::slice::from_ref(metric);
            metric::check(alone, members).map_err(|problem| problem.to_string())?;
        }
        let noted = metrics.into_iter().map(|one| ((one.member, one.name), one.value));
        self.units.entry(unit).or_default().extend(noted);
        Ok(())
    }

    /// What the members of a unit noted; it is forgotten here.
    pub fn take(&mut self, unit: i64) -> Vec<Metric> {
        let noted = self.units.remove(&unit).unwrap_or_default().into_iter();
        noted.map(|((member, name), value)| Metric { member, name, value }).collect()
    }
}

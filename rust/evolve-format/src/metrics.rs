//! The metrics of a `results` frame. A frame in which nobody noted anything has no trace of them.

use crate::columns::{Column, offsets};
use crate::envelope::{Fields, Metadata};
use crate::error::FormatError;
use crate::tensors::{Tensors, same_length};
use evolve_core::metric::{self, MAX_NAMES, Metric};
use evolve_core::work::UnitResult;
use serde_json::Value;
use std::collections::BTreeSet;
use std::sync::Arc;

/// The tensors.
pub(crate) const TENSORS: &[&str] = &[OFFSETS, MEMBER, NAME, VALUE];
const OFFSETS: &str = "metric.offsets";
const MEMBER: &str = "metric.member";
const NAME: &str = "metric.name";
const VALUE: &str = "metric.value";
/// The metadata key with the names.
const KEY: &str = "metrics";

/// Add the metrics of these units to a frame.
pub(crate) fn lay_out(units: &[UnitResult], columns: &mut Vec<Column<'_>>, metadata: &mut Metadata) {
    if units.iter().all(|unit| unit.metrics.is_empty()) {
        return;
    }
    let all = || units.iter().flat_map(|unit| &unit.metrics);
    let names: BTreeSet<&str> = all().map(|metric| &*metric.name).collect();
    let names: Vec<&str> = names.into_iter().collect();
    // Whoever makes more names than a byte can tell apart makes a frame that is refused for their number.
    let place = |metric: &Metric| names.binary_search(&&*metric.name).unwrap_or_default() as u8;
    columns.extend([
        Column::list(OFFSETS, offsets(units.iter().map(|unit| unit.metrics.len()))),
        Column::list(MEMBER, all().map(|metric| metric.member)),
        Column::list(NAME, all().map(place)),
        Column::list(VALUE, all().map(|metric| metric.value)),
    ]);
    metadata.insert(KEY.into(), Value::from(names));
}

/// The metrics of each unit, or an empty list where nobody noted any; `rows` are the CSR offsets of the units' members.
pub(crate) fn read(
    fields: &mut Fields,
    tensors: &Tensors<'_>,
    rows: &[usize],
) -> Result<Vec<Vec<Metric>>, FormatError> {
    let units = rows.len() - 1;
    if !fields.has(KEY) && !TENSORS.iter().any(|name| tensors.has(name)) {
        return Ok(Vec::new());
    }
    let names = names(fields)?;
    let values = tensors.f64(VALUE)?;
    let name = tensors.u8(NAME)?;
    let most = rows.windows(2).map(|pair| pair[1] - pair[0]).max().unwrap_or(0);
    let member = tensors.counts(MEMBER, most.saturating_sub(1))?;
    same_length(NAME, name.len(), values.len())?;
    same_length(MEMBER, member.len(), values.len())?;
    let offsets = tensors.offsets(OFFSETS, values.len(), most * MAX_NAMES)?;
    same_length(OFFSETS, offsets.len(), units + 1)?;
    let metric = |place: usize| {
        let name = names.get(usize::from(name[place])).ok_or_else(|| {
            let problem = format!("has the value {}, and 0 to {} are allowed", name[place], names.len() - 1);
            FormatError::tensor(NAME, problem)
        })?;
        Ok(Metric { member: member[place] as u32, name: Arc::clone(name), value: values[place] })
    };
    (0..units)
        .map(|unit| {
            let metrics: Vec<Metric> =
                (offsets[unit]..offsets[unit + 1]).map(metric).collect::<Result<_, FormatError>>()?;
            metric::check(&metrics, rows[unit + 1] - rows[unit])
                .map_err(|problem| FormatError::State(format!("unit {unit} of the frame: {problem}")))?;
            Ok(metrics)
        })
        .collect()
}

/// The names, which rise.
fn names(fields: &mut Fields) -> Result<Vec<Arc<str>>, FormatError> {
    let names = fields.texts(KEY)?;
    if !(1..=MAX_NAMES).contains(&names.len()) {
        let count = names.len();
        return Err(FormatError::metadata(format!(
            "it names {count} metrics, and 1 to {MAX_NAMES} are allowed"
        )));
    }
    names
        .iter()
        .try_for_each(|name| metric::check_name(name))
        .map_err(|error| FormatError::metadata(error.to_string()))?;
    match names.windows(2).find(|pair| pair[0] >= pair[1]) {
        Some(pair) => Err(FormatError::metadata(format!(
            "the metric {:?} stands before {:?}, and names rise",
            pair[0], pair[1]
        ))),
        None => Ok(names.into_iter().map(Arc::from).collect()),
    }
}

//! Metrics: named numbers of an episode that select nobody, and are recorded.

use std::sync::Arc;
use thiserror::Error;

/// Names that a generation may have, over all populations and islands. It is the generation that is limited, not
/// the run: a resume knows nothing of earlier ones, and has to refuse the same.
pub const MAX_NAMES: usize = 64;

/// Characters that a name may have.
const MAX_CHARACTERS: usize = 64;

/// What a member noted in an episode.
#[derive(Clone, Debug, PartialEq)]
pub struct Metric {
    /// The member's place in the unit, from 0.
    pub member: u32,
    /// What it is called.
    pub name: Arc<str>,
    /// How much it is; finite.
    pub value: f64,
}

/// Why metrics were refused.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum MetricError {
    /// A name that nobody could show.
    #[error("the name of a metric is {0:?}, but must be 1 to 64 characters without control characters")]
    Name(String),
    /// No number.
    #[error("the metric {name} of member {member} is {value}, but must be finite")]
    NotFinite {
        /// What it is called.
        name: String,
        /// Whose it is.
        member: u32,
        /// What it was.
        value: String,
    },
    /// Nobody's.
    #[error("the metric {name} is of member {member}, but there are {members}, counted from 0")]
    Member {
        /// What it is called.
        name: String,
        /// Whose it would be.
        member: u32,
        /// How many there are.
        members: usize,
    },
    /// Twice, or before one that it belongs behind.
    #[error("the metric {name} of member {member} stands twice, or not in the order of members and names")]
    Order {
        /// What it is called.
        name: String,
        /// Whose it is.
        member: u32,
    },
    /// More names than are allowed.
    #[error("the metric {0} is one too many: a generation has at most 64 of different names")]
    TooMany(String),
}

/// Whether this may be the name of a metric.
pub fn check_name(name: &str) -> Result<(), MetricError> {
    if (1..=MAX_CHARACTERS).contains(&name.chars().count()) && !name.chars().any(char::is_control) {
        return Ok(());
    }
    Err(MetricError::Name(name.into()))
}

/// Whether these are the metrics of a unit with so many members: in the order of members and names, each once.
pub fn check(metrics: &[Metric], members: usize) -> Result<(), MetricError> {
    let mut before: Option<&Metric> = None;
    for metric in metrics {
        check_name(&metric.name)?;
        let (name, member) = (|| metric.name.to_string(), metric.member);
        if !metric.value.is_finite() {
            return Err(MetricError::NotFinite { name: name(), member, value: metric.value.to_string() });
        }
        if member as usize >= members {
            return Err(MetricError::Member { name: name(), member, members });
        }
        if before.is_some_and(|before| (before.member, &before.name) >= (member, &metric.name)) {
            return Err(MetricError::Order { name: name(), member });
        }
        before = Some(metric);
    }
    Ok(())
}

//! Why bytes were refused.

use thiserror::Error;

/// The first thing found wrong with a file or frame.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum FormatError {
    /// The safetensors library refused it.
    #[error("this is no safetensors buffer: {0}")]
    Envelope(String),
    /// Larger than any file of ours may be.
    #[error("it has {size} bytes, and {limit} is the limit")]
    TooLarge {
        /// Its size.
        size: usize,
        /// The limit.
        limit: usize,
    },
    /// The metadata is missing, no JSON, or has other keys than it should.
    #[error("its metadata is wrong: {0}")]
    Metadata(String),
    /// A file of another kind.
    #[error("it holds {found}, where {expected} is expected")]
    Schema {
        /// What it says it is.
        found: String,
        /// What was asked for.
        expected: &'static str,
    },
    /// A file from a later version of Evolve.
    #[error("it has version {0}, and this library reads versions 1 and 2; a newer Evolve reads it")]
    Version(u64),
    /// A tensor is missing, unknown, or of the wrong type or shape.
    #[error("tensor {name} {problem}")]
    Tensor {
        /// Which one.
        name: String,
        /// What is wrong with it.
        problem: String,
    },
    /// A genome breaks a promise.
    #[error("genome {place} is unsound: {problem}")]
    Genome {
        /// Which one.
        place: usize,
        /// What is wrong with it.
        problem: String,
    },
    /// The parts don't make a whole.
    #[error("it contradicts itself: {0}")]
    State(String),
    /// The digest does not fit the bytes.
    #[error("it is damaged: its digest does not fit its bytes")]
    Digest,
}

impl FormatError {
    pub(crate) fn tensor(name: &str, problem: impl Into<String>) -> Self {
        Self::Tensor { name: name.into(), problem: problem.into() }
    }

    pub(crate) fn metadata(problem: impl Into<String>) -> Self {
        Self::Metadata(problem.into())
    }
}

//! Why a model could not be made or was refused.

use evolve_core::policy::PolicyError;
use thiserror::Error;

/// The first thing that stood in the way.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum OnnxError {
    /// A brain whose weights one file cannot hold.
    #[error(
        "the brain is too large for one ONNX file: its weights need more than {limit} MiB there; the .evo \
         file has no such limit"
    )]
    TooLarge {
        /// What fits, in MiB.
        limit: usize,
    },
    /// Bytes that are no ONNX model, or one that contradicts itself.
    #[error("this is no sound ONNX model: {0}")]
    Malformed(String),
    /// A model that does more than a policy can.
    #[error("{0} cannot be imported (docs/onnx.md lists what can)")]
    Unsupported(String),
    /// Layers that make no policy.
    #[error(transparent)]
    Policy(#[from] PolicyError),
}

impl OnnxError {
    pub(crate) fn malformed(problem: &str) -> Self {
        Self::Malformed(problem.to_owned())
    }

    pub(crate) fn unsupported(what: String) -> Self {
        Self::Unsupported(what)
    }
}

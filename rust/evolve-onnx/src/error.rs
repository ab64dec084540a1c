//! Why a model could not be made or was refused.

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
}

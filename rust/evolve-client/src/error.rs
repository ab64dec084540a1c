//! What can go wrong between a program and the service.

use thiserror::Error;

/// One sentence each: what, where, and the way out.
#[derive(Debug, Error)]
pub enum ClientError {
    /// The address is none.
    #[error("'{0}' is no address of a service: write ws://HOST:PORT/infer (this client has no TLS)")]
    Address(String),
    /// Nobody is there, or went away.
    #[error("there is no inference service at {url}: {problem}")]
    Unreachable {
        /// Where it should be.
        url: String,
        /// What the connection said.
        problem: String,
    },
    /// The service has answered, and the answer is no.
    #[error("the service refused it ({code}): {reason}")]
    Refused {
        /// HTTP's number for the reason.
        code: u32,
        /// The service's own sentence.
        reason: String,
    },
    /// What came is no answer.
    #[error("what answers is no inference service of this version: {0}")]
    Protocol(&'static str),
    /// The model has other tensors than this client knows.
    #[error("the model {0} has other tensors than one input and one output of float32")]
    Tensors(String),
    /// The rows are not whole, or there are none.
    #[error("{numbers} numbers are no rows of {width}")]
    Rows {
        /// How many were given.
        numbers: usize,
        /// How many a row has.
        width: usize,
    },
}

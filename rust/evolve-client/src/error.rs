//! What can go wrong between a program and a model.

use serde_json::Value;
use std::time::Duration;
use thiserror::Error;

/// The most of a service's sentence that is told.
const MOST_LETTERS: usize = 500;

/// One sentence each: what, where, and the way out.
#[derive(Clone, Debug, Error, PartialEq)]
pub enum ClientError {
    /// What should say where the model is, doesn't.
    #[error(
        "'{0}' is no model: write ws://HOST:PORT/infer#MODEL, http://HOST:PORT#MODEL (wss or https with TLS) or \
         FILE.onnx"
    )]
    Address(String),
    /// A key cannot be sent as it is.
    #[error("the key of the service has spaces or letters that none may have: is it copied whole?")]
    Token,
    /// The service is not who it should be, as far as this machine knows.
    #[error(
        "the certificate of {url} is not trusted: {problem}; --certificate FILE or EVOLVE_CERTIFICATE name the \
         one to trust, its own or that of its authority"
    )]
    Untrusted {
        /// Who shows it.
        url: String,
        /// What is wrong with it.
        problem: String,
    },
    /// Nobody is there, or went away.
    #[error("there is no inference service at {url}: {problem}")]
    Unreachable {
        /// Where it should be.
        url: String,
        /// What the connection said.
        problem: String,
    },
    /// onnxruntime has tried, and failed.
    #[error("{model} cannot compute it: {reason}")]
    Failed {
        /// The file.
        model: String,
        /// What it said.
        reason: String,
    },
    /// The service has answered, and the answer is no.
    #[error("the service refused it ({code}): {reason}")]
    Refused {
        /// HTTP's number for the reason.
        code: u32,
        /// The service's own sentence.
        reason: String,
    },
    /// The answer was not there in time.
    #[error("{model} has not answered within {} s", .timeout.as_secs_f64())]
    TimedOut {
        /// What was asked.
        model: String,
        /// How long one waits.
        timeout: Duration,
    },
    /// What came is no answer.
    #[error("what answers is no inference service of this version: {0}")]
    Protocol(&'static str),
    /// The model has other tensors than this client knows.
    #[error(
        "the model {0} has other tensors than float32 with a free number of rows, or other ones than it had"
    )]
    Tensors(String),
    /// There are not as many inputs as the model has.
    #[error("{given} inputs were given, but {model} takes {wanted}")]
    Inputs {
        /// Whose inputs they are.
        model: String,
        /// How many were given.
        given: usize,
        /// The names of those that it takes.
        wanted: String,
    },
    /// The rows are not whole, there are none, or other inputs have more or fewer of them.
    #[error("{name}: {numbers} numbers are not {rows} rows of {width}")]
    Rows {
        /// The input.
        name: String,
        /// How many were given.
        numbers: usize,
        /// How many rows there should be, in words.
        rows: String,
        /// How many numbers a row has.
        width: usize,
    },
    /// A number is none.
    #[error("{name}: number {place} of row {row} is {value}, but every number has to be finite")]
    NotFinite {
        /// The input.
        name: String,
        /// Which row, from 0.
        row: usize,
        /// Which number of it, from 0.
        place: usize,
        /// NaN or an infinity.
        value: f32,
    },
    /// More than a request may carry.
    #[error("{bytes} bytes in one request are too many: submit at most {most} at a time")]
    TooLarge {
        /// What was submitted.
        bytes: usize,
        /// What may be.
        most: usize,
    },
    /// More waits than the memory is meant for.
    #[error("{0} bytes of requests wait already: wait for some of their tickets first")]
    Full(usize),
    /// The client was dropped before there was an answer.
    #[error("the client was closed before it had an answer")]
    Closed,
    /// A file cannot be read.
    #[error("{path}: {problem}")]
    File {
        /// Which.
        path: String,
        /// What the system said.
        problem: String,
    },
    /// There is no onnxruntime, or none that fits.
    #[error(
        "{0}: 'pip install onnxruntime' brings the library; set EVOLVE_ONNXRUNTIME to its path \
         (…/onnxruntime/capi/libonnxruntime.so.1.…), or put it beside this program"
    )]
    Library(String),
    /// onnxruntime cannot make anything of the model.
    #[error("{path} is no model that onnxruntime can run: {problem}")]
    Model {
        /// The file.
        path: String,
        /// What it said.
        problem: String,
    },
}

impl ClientError {
    /// What the body of an answer says, as JSON with `error` or as plain text.
    pub(crate) fn refused(status: u16, body: &[u8]) -> Self {
        let said: Option<Value> = serde_json::from_slice(body).ok();
        let sentence = said.as_ref().and_then(|said| said["error"].as_str());
        let sentence = sentence.map_or_else(|| String::from_utf8_lossy(body), Into::into);
        // A terminal obeys what control characters say.
        let plain =
            sentence.trim().chars().filter(|letter| !letter.is_control()).take(MOST_LETTERS).collect();
        let reason = Some(plain).filter(|plain: &String| !plain.is_empty());
        Self::Refused { code: status.into(), reason: reason.unwrap_or_else(|| "no reason given".into()) }
    }
}

//! What a client has done so far.

use std::fmt;

/// Since the client was made; times in nanoseconds. What happens at the same time counts for each.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Counters {
    /// Submissions that were answered.
    pub infer_count: u64,
    /// Rows of them.
    pub rows: u64,
    /// Requests that their rows went out in: fewer, where those of several callers were put together.
    pub requests: u64,
    /// From submitting rows to having their answer, all submissions summed up.
    pub infer_time_ns: u64,
    /// From the last byte of a request sent to its answer read, all requests summed up: the service, and the way
    /// to it. 0 where the model is computed here.
    pub remote_infer_ns: u64,
    /// What was spent in HTTP: making connections (WebSocket begins as HTTP), and over HTTP also each
    /// request from its first byte to the last one of its answer. 0 where the model is computed here.
    pub http_time_ns: u64,
}

impl fmt::Display for Counters {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "INFER_COUNT {}", self.infer_count)?;
        writeln!(f, "INFER_TIME_NS {}", self.infer_time_ns)?;
        writeln!(f, "REMOTE_INFER_NS {}", self.remote_infer_ns)?;
        writeln!(f, "HTTP_TIME_NS {}", self.http_time_ns)
    }
}

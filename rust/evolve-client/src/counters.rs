//! What a client has done so far.

use std::fmt;

/// Since the client was made; times in nanoseconds.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Counters {
    /// Requests that were answered.
    pub infer_count: u64,
    /// Rows of them.
    pub rows: u64,
    /// From the first byte that was put together to the last one that was read, all requests summed up.
    pub infer_time_ns: u64,
    /// What of it was waiting for the service.
    pub remote_infer_ns: u64,
    /// What it took to connect: the HTTP handshake and the opening of the model.
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

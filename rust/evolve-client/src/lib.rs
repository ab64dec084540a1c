//! A client of the inference service, for programs in Rust: `evolve.infer.v1` of spec/INFERENCE.md over one
//! WebSocket that is kept. It blocks, has any number of requests under way, and counts what they took.
//!
//! It knows models with one input and one output of float32, which is what `evolve export` makes.

mod counters;
mod error;
mod frames;
mod opening;
mod websocket;

pub use counters::Counters;
pub use error::ClientError;
pub use websocket::{Client, Ticket};

//! Asks a model: one that a service computes (`evolve.infer.v1` of spec/INFERENCE.md over WebSocket, the Open
//! Inference Protocol over HTTP), or an ONNX file that onnxruntime computes in this process.
//!
//! A [`Client`] is used by any number of threads. What they submit while others are under way goes out
//! together in the next request; [`Client::submit`] never waits, and gives a [`Ticket`] that can be waited for,
//! looked at, awaited or dropped. It knows models whose tensors are float32 with a row for each caller's row,
//! and does not know what the rows mean.

mod address;
mod backend;
mod client;
mod counters;
mod error;
mod flights;
mod http;
mod local;
mod numbers;
mod queue;
mod shape;
mod ticket;
mod tls;
mod websocket;
mod wire;

pub use client::{Client, Options};
pub use counters::Counters;
pub use error::ClientError;
pub use shape::{Rows, Shape, Tensor};
pub use ticket::Ticket;

/// The examples of the page are compiled.
#[cfg(doctest)]
#[doc = include_str!("../../../docs/rust-client.md")]
struct Page;

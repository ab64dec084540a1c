//! ONNX models of what Evolve breeds, written and read without a library: the few messages of protobuf that
//! a model is made of are put together here.
//!
//! Writing is deterministic: the same brain gives the same bytes. Nothing here reads a file, and nothing
//! computes what a model means: that is for an ONNX runtime, and `docs/onnx.md` says how far the two agree.

mod aggregations;
mod builder;
mod champion;
mod error;
mod functions;
mod import;
mod policy;
pub mod population;
mod wire;

pub use champion::champion_model;
pub use error::OnnxError;
pub use import::import_policy;
pub use policy::policy_model;

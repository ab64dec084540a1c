//! Population files, champions, checkpoints and binary frames: one safetensors envelope, checked on the
//! way in and canonical on the way out. `spec/FORMAT.md` is the authority.
//!
//! Decoders never panic, never allocate more than the bytes they were given ask for, and refuse with one
//! sentence. Nothing here knows Godot, Python or sockets.

mod archipelago;
mod champion;
mod checkpoint;
mod columns;
pub mod config;
mod digest;
mod envelope;
mod error;
mod frames;
mod genomes;
mod metrics;
mod policy;
mod storage;
mod tensors;

pub use archipelago::{decode_run, encode_run};
pub use champion::{Brain, decode_champion, encode_champion};
pub use checkpoint::{decode_checkpoint, encode_checkpoint};
pub use columns::Layout;
pub use digest::file_digest;
pub use error::FormatError;
pub use frames::{
    decode_batch, decode_results, encode_batch, encode_results, lay_out_batch, lay_out_results,
};
pub use genomes::{decode_population, encode_population};
pub use policy::{NamedPolicy, decode_policy, encode_policy, is_policy, parse_layers};
pub use storage::{StorageError, read_file, write_file};

//! The `GDExtension`: thin Godot classes over the engine.
//!
//! Every call takes and gives packed arrays, once a tick or once a generation. Input that makes no sense
//! is answered with a Godot error that names the call, and with a harmless value; nothing panics into
//! the engine.

#![allow(
    clippy::doc_markdown,
    reason = "the comments of Godot classes are the editor's help, in its own markup"
)]

mod brain;
mod evolution;
mod genetic_ops;
mod genome;
mod network;
mod noted;
mod nsga2;
mod policy;
mod population;
mod report;
mod settings;
mod species;
mod work;

use evolve_format::write_file;
use godot::prelude::*;
use std::cell::RefCell;
use std::path::Path;

thread_local! {
    /// A harmless value has no room for a reason; it is left here for whoever wants to show it.
    static LAST_ERROR: RefCell<String> = const { RefCell::new(String::new()) };
}

struct EvolveExtension;

// SAFETY: the entry point is called once by Godot, and every class registered here upholds godot-rust's
// rules: no `Gd`, `Variant` or `Array` leaves the thread that calls.
#[gdextension]
unsafe impl ExtensionLibrary for EvolveExtension {
    /// Games on the web may have no threads, and some engines say so with an error that rayon takes for a
    /// passing one; so its pool is the one thread there is.
    #[cfg(feature = "nothreads")]
    fn on_stage_init(stage: InitStage) {
        if stage == InitStage::Scene {
            // It fails only when there is a pool already, which serves as well.
            drop(rayon::ThreadPoolBuilder::new().num_threads(1).use_current_thread().build_global());
        }
    }
}

/// The native engine of Evolve itself.
#[derive(GodotClass)]
#[class(init, base = RefCounted)]
struct RustEngine {}

#[godot_api]
impl RustEngine {
    /// The library's version, like `0.1.0`.
    #[func]
    fn version() -> GString {
        GString::from(env!("CARGO_PKG_VERSION"))
    }

    /// Why the last call that was refused was refused, in one sentence; empty when none ever was.
    #[func]
    fn last_error() -> GString {
        LAST_ERROR.with_borrow(|error| GString::from(error.as_str()))
    }

    /// Write a file that is there whole or not at all, whatever happens meanwhile; false, with an error,
    /// when it cannot be written. The path is one of the operating system's: use
    /// [method ProjectSettings.globalize_path] for `res://` and `user://`.
    #[func]
    fn write_file(path: GString, data: PackedByteArray) -> bool {
        write("RustEngine.write_file", &path, data.as_slice())
    }
}

/// Write a file durably; false after an error in Godot's log.
fn write(call: &str, path: &GString, bytes: &[u8]) -> bool {
    made(call, write_file(Path::new(&path.to_string()), bytes)).is_some()
}

/// Report what was wrong with a call, and go on.
fn refuse(call: &str, problem: impl std::fmt::Display) {
    let text = problem.to_string();
    godot_error!("{call}: {text}");
    LAST_ERROR.set(text);
}

/// The value, or the harmless one after an error in Godot's log.
fn checked<T: Default, E: std::fmt::Display>(call: &str, result: Result<T, E>) -> T {
    result.unwrap_or_else(|problem| {
        refuse(call, problem);
        T::default()
    })
}

/// The value, or nothing after an error in Godot's log.
fn made<T, E: std::fmt::Display>(call: &str, result: Result<T, E>) -> Option<T> {
    result.map_err(|problem| refuse(call, problem)).ok()
}

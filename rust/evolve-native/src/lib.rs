//! The `GDExtension`: thin Godot classes over the engine.
//!
//! Every call takes and gives packed arrays, once a tick or once a generation. Input that makes no sense
//! is answered with a Godot error that names the call, and with a harmless value; nothing panics into
//! the engine.

mod evolution;
mod genome;
mod report;
mod work;

use godot::prelude::*;

struct EvolveExtension;

// SAFETY: the entry point is called once by Godot, and every class registered here upholds godot-rust's
// rules: no `Gd`, `Variant` or `Array` leaves the thread that calls.
#[gdextension]
unsafe impl ExtensionLibrary for EvolveExtension {}

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
}

/// Report what was wrong with a call, and go on.
fn refuse(call: &str, problem: impl std::fmt::Display) {
    godot_error!("{call}: {problem}");
}

/// The value, or the harmless one after an error in Godot's log.
fn checked<T: Default, E: std::fmt::Display>(call: &str, result: Result<T, E>) -> T {
    result.unwrap_or_else(|problem| {
        refuse(call, problem);
        T::default()
    })
}

//! Where onnxruntime's library is: named by the environment, beside the program, or in a Python wheel.

use crate::ClientError;
use ort::environment::Environment;
use std::env;
use std::fs;
use std::path::{self, Path, PathBuf};
use std::process::{Command, Stdio};
use std::sync::{Mutex, PoisonError};

const VARIABLE: &str = "EVOLVE_ONNXRUNTIME";
/// Finds the package without importing it, and never in the folder that one happens to stand in.
const ASK: &str = "import sys; sys.path[:] = [p for p in sys.path if p]; import importlib.util as u; \
    s = u.find_spec('onnxruntime'); print(s.submodule_search_locations[0] if s else '')";
/// Where an environment of Python has its packages.
const PACKAGES: [&str; 2] = ["lib", "Lib"];
/// How far above the program a clone's `.venv` may lie: as far as from `rust/target/release`.
const LEVELS: usize = 5;
const PYTHONS: [&str; 2] = ["python3", "python"];

/// One process has one library.
static LOADED: Mutex<Option<Environment>> = Mutex::new(None);

/// The library, loaded when it isn't yet.
pub fn environment() -> Result<Environment, ClientError> {
    let mut loaded = LOADED.lock().unwrap_or_else(PoisonError::into_inner);
    if let Some(environment) = &*loaded {
        return Ok(environment.clone());
    }
    // A name alone would be looked for in the system.
    let path = find().map(|path| path::absolute(&path).unwrap_or(path))?;
    let failed = |error: &dyn std::fmt::Display| ClientError::Library(format!("{}: {error}", path.display()));
    let builder = ort::init_from(&path).map_err(|error| failed(&error))?;
    let environment = builder.with_telemetry(false).build().map_err(|error| failed(&error))?;
    Ok(loaded.insert(environment).clone())
}

fn find() -> Result<PathBuf, ClientError> {
    if let Some(named) = env::var_os(VARIABLE).filter(|named| !named.is_empty()) {
        let named = PathBuf::from(named);
        let found =
            if named.is_dir() { library_in(&named) } else { Some(named.clone()).filter(|at| at.is_file()) };
        let missing = || ClientError::Library(format!("{VARIABLE} names {}, where none is", named.display()));
        return found.ok_or_else(missing);
    }
    let program = env::current_exe().ok();
    let beside = program.as_deref().and_then(|program| library_in(program.parent()?));
    let above = || program.as_deref().and_then(in_clone_of);
    let found = beside.or_else(above).or_else(|| PYTHONS.iter().find_map(|python| in_wheel_of(python)));
    found.ok_or_else(|| ClientError::Library("there is no onnxruntime here".into()))
}

/// The wheel in the environment of the clone that the program lies in.
fn in_clone_of(program: &Path) -> Option<PathBuf> {
    program.ancestors().skip(1).take(LEVELS).find_map(|folder| {
        let environment = folder.join(".venv");
        PACKAGES.iter().find_map(|packages| in_packages(&environment.join(packages)))
    })
}

/// `site-packages` stands in the folder of a version, but not on Windows.
fn in_packages(folder: &Path) -> Option<PathBuf> {
    let versions = fs::read_dir(folder).ok()?.flatten().map(|entry| entry.path());
    let places = versions.chain([folder.to_owned()]);
    places.map(|place| place.join("site-packages/onnxruntime/capi")).find_map(|place| library_in(&place))
}

fn in_wheel_of(python: &str) -> Option<PathBuf> {
    let asked = Command::new(python).args(["-c", ASK]).stdin(Stdio::null()).stderr(Stdio::null()).output();
    let said = String::from_utf8(asked.ok()?.stdout).ok()?;
    let package = Path::new(said.trim_end_matches(['\r', '\n']));
    if package.as_os_str().is_empty() { None } else { library_in(&package.join("capi")) }
}

/// The library in a folder; the last one by name, when there are several.
fn library_in(folder: &Path) -> Option<PathBuf> {
    let files = fs::read_dir(folder).ok()?.flatten();
    files.map(|file| file.path()).filter(|path| is_library(path)).max()
}

fn is_library(path: &Path) -> bool {
    let Some(name) = path.file_name().and_then(|name| name.to_str()) else { return false };
    let versioned = |first: &str, last: &str| {
        name.strip_prefix(first).and_then(|rest| rest.strip_suffix(last)).is_some_and(is_version)
    };
    match env::consts::OS {
        "windows" => name == "onnxruntime.dll",
        "macos" => versioned("libonnxruntime", ".dylib"),
        _ => versioned("libonnxruntime.so", ""),
    }
}

/// Nothing, or `.1.31.1`.
fn is_version(text: &str) -> bool {
    text.is_empty() || text.starts_with('.') && text[1..].split('.').all(|part| part.parse::<u32>().is_ok())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_library_of_the_wheel_of_a_clone_is_found_from_its_programs() {
        let root = env::temp_dir().join(format!("evolve-client-clone-{}", std::process::id()));
        let folder = root.join(".venv/lib/python3.11/site-packages/onnxruntime/capi");
        fs::create_dir_all(&folder).unwrap();
        let name = match env::consts::OS {
            "windows" => "onnxruntime.dll",
            "macos" => "libonnxruntime.1.31.1.dylib",
            _ => "libonnxruntime.so.1.31.1",
        };
        for other in ["libonnxruntime_providers_shared.so", "libonnxruntime.so.old", name] {
            fs::write(folder.join(other), "").unwrap();
        }
        for program in ["tools/bin/evolve-sim", "rust/target/release/evolve-sim"] {
            assert_eq!(in_clone_of(&root.join(program)), Some(folder.join(name)), "{program}");
        }
        fs::remove_dir_all(root).unwrap();
    }
}

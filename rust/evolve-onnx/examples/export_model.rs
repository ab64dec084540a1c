//! Writes a champion as an ONNX model, without Python: `cargo run --example export_model -- champion.evo brain.onnx`

use evolve_format::{decode_champion, file_digest, read_file, write_file};
use evolve_onnx::champion_model;
use std::error::Error;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

fn main() -> ExitCode {
    let paths: Vec<PathBuf> = std::env::args_os().skip(1).map(PathBuf::from).collect();
    let done = match &paths[..] {
        [champion] => export(champion, &champion.with_extension("onnx")),
        [champion, model] => export(champion, model),
        _ => {
            Err("name a champion (.evo), and after it the model (.onnx) if it shall not stand beside it"
                .into())
        }
    };
    match done {
        Ok(()) => ExitCode::SUCCESS,
        Err(problem) => {
            #[allow(clippy::print_stderr, reason = "a program's last word to whoever started it")]
            {
                eprintln!("{problem}");
            }
            ExitCode::from(2)
        }
    }
}

fn export(source: &Path, target: &Path) -> Result<(), Box<dyn Error>> {
    let bytes = read_file(source)?;
    let named = |problem: &dyn Error| format!("{}: {problem}", source.display());
    let brain = decode_champion(&bytes).map_err(|problem| named(&problem))?;
    let sha256 = file_digest(&bytes).unwrap_or_default();
    let model = champion_model(&brain, &sha256).map_err(|problem| named(&problem))?;
    Ok(write_file(target, &model)?)
}

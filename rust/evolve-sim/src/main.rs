//! `evolve-sim`: a brain in a world, and the figures of the benchmark worlds, from the command line. It
//! writes no files and starts no servers.

mod arguments;
mod figures;
mod models;
mod run;

use std::io::Write as _;
use std::process::ExitCode;

fn main() -> ExitCode {
    let (text, code) = match arguments::parse(lexopt::Parser::from_env()) {
        Ok(arguments::Command::Help) => (arguments::HELP.to_owned(), 0),
        Ok(arguments::Command::Worlds) => (run::worlds(), 0),
        Ok(arguments::Command::Run(wanted)) => match run::run(&wanted) {
            Ok(text) => (text, 0),
            Err(problem) => (format!("evolve-sim: {problem}\n"), 1),
        },
        Ok(arguments::Command::Figures(wanted)) => match figures::figures(&wanted, &say) {
            Ok(text) => (text, 0),
            Err(problem) => (format!("evolve-sim: {problem}\n"), 1),
        },
        Err(problem) => (format!("evolve-sim: {problem}; `evolve-sim --help` shows how\n"), 2),
    };
    let written = if code == 0 {
        std::io::stdout().write_all(text.as_bytes())
    } else {
        std::io::stderr().write_all(text.as_bytes())
    };
    // A reader that closed the pipe has seen enough; there is nobody left to tell.
    ExitCode::from(if written.is_ok() { code } else { 1 })
}

/// Whoever closed the error stream does not want to know.
fn say(line: &str) {
    drop(writeln!(std::io::stderr(), "{line}"));
}

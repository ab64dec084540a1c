//! The command line, checked before anything is read.

use evolve_worlds::WorldKind;
use lexopt::prelude::*;
use std::path::PathBuf;

pub const HELP: &str = "\
evolve-sim runs a brain in a world and says how it did.

  evolve-sim worlds                              the worlds there are
  evolve-sim run --world NAME --brain FILE.evo   episodes of a champion in a world

Options of run:
  --episodes N   how many episodes (default 1)
  --seed S       seed of the first episode; the others follow it (default 1)
  --ticks T      the longest an episode lasts (default: the world's own)
  --json         one JSON object instead of words

Example: evolve-sim run --world double-pole --brain champion.evo --episodes 10
";

#[derive(Debug, PartialEq)]
pub enum Command {
    Help,
    Worlds,
    Run(Wanted),
}

#[derive(Debug, PartialEq)]
pub struct Wanted {
    pub world: WorldKind,
    pub brain: PathBuf,
    pub episodes: u64,
    pub seed: u64,
    pub ticks: u32,
    pub json: bool,
}

pub fn parse(mut parser: lexopt::Parser) -> Result<Command, lexopt::Error> {
    match parser.next()? {
        None | Some(Short('h') | Long("help")) => Ok(Command::Help),
        Some(Value(name)) if name == "worlds" => Ok(Command::Worlds),
        Some(Value(name)) if name == "run" => parse_run(parser),
        Some(Value(name)) => Err(format!("there is no command {:?}", name.to_string_lossy()).into()),
        Some(other) => Err(other.unexpected()),
    }
}

fn parse_run(mut parser: lexopt::Parser) -> Result<Command, lexopt::Error> {
    let (mut world, mut brain, mut ticks) = (None, None, None);
    let (mut episodes, mut seed, mut json) = (1u64, 1u64, false);
    while let Some(argument) = parser.next()? {
        match argument {
            Long("world") => world = Some(parser.value()?.parse_with(find_world)?),
            Long("brain") => brain = Some(PathBuf::from(parser.value()?)),
            Long("episodes") => episodes = parser.value()?.parse()?,
            Long("seed") => seed = parser.value()?.parse()?,
            Long("ticks") => ticks = Some(parser.value()?.parse()?),
            Long("json") => json = true,
            Short('h') | Long("help") => return Ok(Command::Help),
            other => return Err(other.unexpected()),
        }
    }
    let world: WorldKind = world.ok_or("--world is missing")?;
    let brain = brain.ok_or("--brain is missing")?;
    if episodes == 0 {
        return Err("--episodes is 0, but must be at least 1".into());
    }
    let ticks = ticks.unwrap_or(world.ticks());
    Ok(Command::Run(Wanted { world, brain, episodes, seed, ticks, json }))
}

fn find_world(name: &str) -> Result<WorldKind, String> {
    let names = || WorldKind::ALL.iter().map(|kind| kind.name()).collect::<Vec<_>>().join(", ");
    WorldKind::from_name(name).ok_or_else(|| format!("there is no such world; the worlds are {}", names()))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(words: &[&str]) -> Result<Command, String> {
        parse(lexopt::Parser::from_args(words)).map_err(|error| error.to_string())
    }

    #[test]
    fn a_run_needs_a_world_and_a_brain_and_has_defaults_for_the_rest() {
        let wanted = Wanted {
            world: WorldKind::Xor,
            brain: "a.evo".into(),
            episodes: 1,
            seed: 1,
            ticks: 4,
            json: false,
        };
        assert_eq!(of(&["run", "--world", "xor", "--brain", "a.evo"]), Ok(Command::Run(wanted)));
        assert_eq!(of(&["run", "--world", "xor"]), Err("--brain is missing".into()));
        assert_eq!(of(&["run"]), Err("--world is missing".into()));
    }

    #[test]
    fn mistakes_are_named() {
        assert_eq!(of(&["rum"]), Err("there is no command \"rum\"".into()));
        assert_eq!(of(&["run", "--wrld"]), Err("invalid option '--wrld'".into()));
        let message = of(&["run", "--world", "mars"]).unwrap_err();
        assert!(message.contains("\"mars\"") && message.contains("xor, double-pole"), "{message}");
        let none = of(&["run", "--world", "xor", "--brain", "a", "--episodes", "0"]);
        assert_eq!(none, Err("--episodes is 0, but must be at least 1".into()));
    }

    #[test]
    fn no_words_and_help_show_the_help() {
        assert_eq!((of(&[]), of(&["--help"])), (Ok(Command::Help), Ok(Command::Help)));
        assert_eq!(of(&["run", "--help"]), Ok(Command::Help));
    }
}

//! The command line, checked before anything is read.

use crate::figures::{self, Form, Settings};
use crate::models;
use evolve_worlds::WorldKind;
use lexopt::prelude::*;
use std::ops::Range;
use std::path::PathBuf;
use std::time::Duration;

/// More threads than any machine has cores only cost memory.
const MOST_THREADS: usize = 1_024;
const SHORTEST_TIMEOUT: f64 = 0.001;
const LONGEST_TIMEOUT: f64 = 86_400.0;

pub const HELP: &str = "\
evolve-sim runs a brain in a world and says how it did.

  evolve-sim worlds                              the worlds there are
  evolve-sim run --world NAME --brain FILE.evo   episodes of a champion in a world
  evolve-sim run --world NAME --brain MODEL      the same with a model, which is one of
      FILE.onnx                   a file, computed here by onnxruntime's library: the one that
                                  EVOLVE_ONNXRUNTIME names, beside this program, or in Python's wheel
      ws://HOST:PORT/infer#NAME   one of an inference service (evolve serve); its key stands in the
      http://HOST:PORT#NAME       environment variable EVOLVE_INFER_TOKEN; wss:// and https:// speak TLS
  evolve-sim figures [NAME]                      NEAT on a world, or on the three of its paper, once a seed

Options of run:
  --episodes N   how many episodes (default 1)
  --seed S       seed of the first episode; the others follow it (default 1)
  --ticks T      the longest an episode lasts (default: the world's own)
  --threads N    threads of onnxruntime, for FILE.onnx (default 1)
  --timeout S    how many seconds an answer of a model may take (default 10)
  --certificate FILE
                 the certificate to trust at a wss:// or https:// address, the service's own or that of its
                 authority (default: EVOLVE_CERTIFICATE, or those that the system trusts)
  --json         one JSON object instead of words
With a model, the last lines (and the object) have INFER_COUNT and INFER_TIME_NS, the requests and all that they
took; REMOTE_INFER_NS, what of it was waiting for the service; and HTTP_TIME_NS, what HTTP took.

Options of figures:
  --seeds A..B      from A to before B (default: 0..100, without velocities 0..20)
  --config FILE     JSON of settings that differ from the world's own
  --set KEY=VALUE   one such setting, like mutation.weight_power=0.5 or populations.0.size=300
  --limit N         a run that needs more evaluations has failed
  --json            a JSON object for each world, with every run and the configuration
  --markdown        the page docs/neat-figures.md
RAYON_NUM_THREADS says on how many threads; the figures are the same on any number.

Example: evolve-sim run --world double-pole --brain champion.evo --episodes 10
";

#[derive(Debug, PartialEq)]
pub enum Command {
    Help,
    Worlds,
    Run(Wanted),
    Figures(figures::Wanted),
}

#[derive(Debug, PartialEq)]
pub struct Wanted {
    pub world: WorldKind,
    pub brain: PathBuf,
    pub episodes: u64,
    pub seed: u64,
    pub ticks: u32,
    /// Of onnxruntime.
    pub threads: Option<usize>,
    /// How long an answer of a model may take.
    pub timeout: Option<Duration>,
    /// To trust.
    pub certificate: Option<PathBuf>,
    pub json: bool,
}

pub fn parse(mut parser: lexopt::Parser) -> Result<Command, lexopt::Error> {
    match parser.next()? {
        None | Some(Short('h') | Long("help")) => Ok(Command::Help),
        Some(Value(name)) if name == "worlds" => Ok(Command::Worlds),
        Some(Value(name)) if name == "run" => parse_run(parser),
        Some(Value(name)) if name == "figures" => parse_figures(parser),
        Some(Value(name)) => Err(format!("there is no command {:?}", name.to_string_lossy()).into()),
        Some(other) => Err(other.unexpected()),
    }
}

fn parse_run(mut parser: lexopt::Parser) -> Result<Command, lexopt::Error> {
    let (mut world, mut brain, mut ticks) = (None, None, None);
    let (mut threads, mut timeout, mut certificate) = (None, None, None);
    let (mut episodes, mut seed, mut json) = (1u64, 1u64, false);
    while let Some(argument) = parser.next()? {
        match argument {
            Long("world") => world = Some(parser.value()?.parse_with(find_world)?),
            Long("brain") => brain = Some(PathBuf::from(parser.value()?)),
            Long("episodes") => episodes = parser.value()?.parse()?,
            Long("seed") => seed = parser.value()?.parse()?,
            Long("ticks") => ticks = Some(parser.value()?.parse()?),
            Long("threads") => threads = Some(parser.value()?.parse_with(thread_count)?),
            Long("timeout") => timeout = Some(parser.value()?.parse_with(seconds)?),
            Long("certificate") => certificate = Some(PathBuf::from(parser.value()?)),
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
    if threads.is_some() && !brain.to_str().is_some_and(models::is_file) {
        return Err("--threads is for a model that is computed here: --brain FILE.onnx".into());
    }
    if timeout.is_some() && !brain.to_str().is_some_and(models::is_model) {
        return Err("--timeout is for a model: a champion answers at once".into());
    }
    if certificate.is_some() && !brain.to_str().is_some_and(models::is_secure) {
        return Err("--certificate is for a service that speaks TLS: --brain wss://… or https://…".into());
    }
    let ticks = ticks.unwrap_or(world.ticks());
    Ok(Command::Run(Wanted { world, brain, episodes, seed, ticks, threads, timeout, certificate, json }))
}

fn parse_figures(mut parser: lexopt::Parser) -> Result<Command, lexopt::Error> {
    let (mut world, mut seeds, mut limit, mut form) = (None, None, None, Form::Table);
    let mut settings = Settings::default();
    while let Some(argument) = parser.next()? {
        match argument {
            Value(name) if world.is_none() => world = Some(name.parse_with(find_world)?),
            Long("seeds") => seeds = Some(parser.value()?.parse_with(seed_range)?),
            Long("config") => settings.file = Some(PathBuf::from(parser.value()?)),
            Long("set") => settings.single.push(parser.value()?.parse_with(setting)?),
            Long("limit") => limit = Some(parser.value()?.parse()?),
            Long("json") => form = Form::Json,
            Long("markdown") => form = Form::Markdown,
            Short('h') | Long("help") => return Ok(Command::Help),
            other => return Err(other.unexpected()),
        }
    }
    let worlds = world.map_or_else(|| figures::OF_THE_PAPER.to_vec(), |world| vec![world]);
    Ok(Command::Figures(figures::Wanted { worlds, seeds, settings, limit, form }))
}

fn thread_count(text: &str) -> Result<usize, String> {
    let count = text.parse().ok().filter(|count| (1..=MOST_THREADS).contains(count));
    count.ok_or_else(|| format!("threads are a number from 1 to {MOST_THREADS}"))
}

fn seconds(text: &str) -> Result<Duration, String> {
    let seconds = text.parse().ok().filter(|seconds| (SHORTEST_TIMEOUT..=LONGEST_TIMEOUT).contains(seconds));
    seconds
        .map(Duration::from_secs_f64)
        .ok_or_else(|| format!("it is a number of seconds from {SHORTEST_TIMEOUT} to {LONGEST_TIMEOUT}"))
}

fn setting(text: &str) -> Result<(String, String), String> {
    let pair = text.split_once('=').filter(|(key, _)| !key.is_empty());
    pair.map(|(key, value)| (key.to_owned(), value.to_owned()))
        .ok_or_else(|| "settings are written as KEY=VALUE".into())
}

fn seed_range(text: &str) -> Result<Range<u64>, String> {
    let range = text.split_once("..").and_then(|(from, to)| Some(from.parse().ok()?..to.parse().ok()?));
    let range: Option<Range<u64>> = range.filter(|range: &Range<u64>| !range.is_empty());
    range.ok_or_else(|| "seeds are written as A..B, with A below B".into())
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
            threads: None,
            timeout: None,
            certificate: None,
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
        let threads = |brain: &str, count: &str| {
            of(&["run", "--world", "xor", "--brain", brain, "--threads", count]).map(|_| ())
        };
        assert_eq!(threads("a.onnx", "4"), Ok(()));
        assert!(threads("a.onnx", "0").unwrap_err().contains("threads are a number from 1 to"));
        assert!(threads("http://a#m", "4").unwrap_err().starts_with("--threads is for a model"));
        let with = |brain: &str, option: &str, value: &str| {
            of(&["run", "--world", "xor", "--brain", brain, option, value]).map(|_| ())
        };
        assert_eq!(with("wss://a/infer#m", "--certificate", "a.pem"), Ok(()));
        assert!(
            with("ws://a/infer#m", "--certificate", "a.pem").unwrap_err().starts_with("--certificate is for")
        );
        assert_eq!(with("a.onnx", "--timeout", "0.5"), Ok(()));
        assert!(with("a.evo", "--timeout", "5").unwrap_err().starts_with("--timeout is for a model"));
        for wrong in ["0", "-1", "NaN", "inf", "1e300", "soon"] {
            let said = with("a.onnx", "--timeout", wrong).unwrap_err();
            assert!(said.contains("a number of seconds from 0.001 to 86400"), "{said}");
        }
    }

    #[test]
    fn figures_are_of_one_world_or_of_the_papers_and_take_seeds_settings_and_a_limit() {
        let all = figures::Wanted {
            worlds: figures::OF_THE_PAPER.to_vec(),
            seeds: None,
            settings: Settings::default(),
            limit: None,
            form: Form::Table,
        };
        assert_eq!(of(&["figures"]), Ok(Command::Figures(all)));
        let pair = |key: &str, value: &str| (key.to_owned(), value.to_owned());
        let one = figures::Wanted {
            worlds: vec![WorldKind::Xor],
            seeds: Some(1000..1200),
            settings: Settings { file: None, single: vec![pair("a.b", "1"), pair("c", "d=e")] },
            limit: Some(900),
            form: Form::Markdown,
        };
        let words = "figures xor --seeds 1000..1200 --set a.b=1 --set c=d=e --limit 900 --markdown";
        let words: Vec<&str> = words.split(' ').collect();
        assert_eq!(of(&words), Ok(Command::Figures(one)));
        let refused = |words: &[&str]| of(words).unwrap_err();
        let message = refused(&["figures", "xor", "--seeds", "5..5"]);
        assert!(message.contains("seeds are written as A..B"), "{message}");
        assert!(refused(&["figures", "--set", "a.b"]).contains("written as KEY=VALUE"));
    }

    #[test]
    fn no_words_and_help_show_the_help() {
        assert_eq!((of(&[]), of(&["--help"])), (Ok(Command::Help), Ok(Command::Help)));
        assert_eq!(of(&["run", "--help"]), Ok(Command::Help));
    }
}

//! Episodes of one brain in one world.

use crate::arguments::Wanted;
use crate::models;
use evolve_client::{ClientError, Counters};
use evolve_format::{Brain, FormatError, StorageError, decode_champion, read_file};
use evolve_worlds::{WorldKind, play};
use std::fmt::Write as _;
use thiserror::Error;

#[derive(Debug, Error)]
pub enum RunError {
    #[error(transparent)]
    Storage(#[from] StorageError),
    #[error("{path}: {error}")]
    Format { path: String, error: FormatError },
    #[error("world {world} senses {senses} and takes {takes}; the brain senses {inputs} and gives {outputs}")]
    Shape { world: &'static str, senses: String, takes: String, inputs: String, outputs: String },
    #[error(transparent)]
    Client(#[from] ClientError),
    #[error(
        "{model} is no brain: it takes {inputs} and gives {outputs}, but a brain has one of each, or takes \
         observations, state and gives actions, next_state"
    )]
    NoBrain { model: String, inputs: String, outputs: String },
    #[error(
        "world {world} senses {senses} numbers and takes {does}; the model senses {inputs} and gives {outputs}"
    )]
    Widths { world: &'static str, senses: usize, does: usize, inputs: usize, outputs: usize },
}

/// Seed, score and ticks.
pub type Episode = (u64, f64, u64);

pub fn worlds() -> String {
    let line = |kind: &WorldKind| {
        format!(
            "{:<20} senses {}; does {}\n",
            kind.name(),
            kind.inputs().join(", "),
            kind.outputs().join(", ")
        )
    };
    WorldKind::ALL.iter().map(line).collect()
}

pub fn run(wanted: &Wanted) -> Result<String, RunError> {
    let (episodes, counters) = match wanted.brain.to_str().filter(|brain| models::is_model(brain)) {
        Some(model) => models::play(wanted, model).map(|(episodes, counters)| (episodes, Some(counters)))?,
        None => (play_here(wanted)?, None),
    };
    Ok(if wanted.json {
        json(wanted.world, &episodes, counters)
    } else {
        let counted = counters.map(|counters| counters.to_string()).unwrap_or_default();
        words(wanted.world, &episodes) + &counted
    })
}

fn play_here(wanted: &Wanted) -> Result<Vec<Episode>, RunError> {
    let bytes = read_file(&wanted.brain)?;
    let path = || wanted.brain.display().to_string();
    let brain = decode_champion(&bytes).map_err(|error| RunError::Format { path: path(), error })?;
    check(wanted.world, &brain)?;
    let mut world = wanted.world.build();
    Ok((0..wanted.episodes)
        .map(|number| {
            let seed = wanted.seed.wrapping_add(number);
            let (genome, recurrent) = (&brain.champion.genome, brain.shape.recurrent);
            let (score, ticks) = play(world.as_mut(), genome, recurrent, seed, wanted.ticks);
            (seed, score, ticks)
        })
        .collect())
}

fn check(world: WorldKind, brain: &Brain) -> Result<(), RunError> {
    if (world.inputs().len(), world.outputs().len()) == (brain.shape.inputs.len(), brain.shape.outputs.len())
    {
        return Ok(());
    }
    Err(RunError::Shape {
        world: world.name(),
        senses: world.inputs().join(", "),
        takes: world.outputs().join(", "),
        inputs: brain.shape.inputs.join(", "),
        outputs: brain.shape.outputs.join(", "),
    })
}

fn mean(episodes: &[Episode]) -> f64 {
    episodes.iter().map(|episode| episode.1).sum::<f64>() / episodes.len() as f64
}

fn words(world: WorldKind, episodes: &[Episode]) -> String {
    let mut text = String::new();
    for (seed, score, ticks) in episodes {
        writeln!(text, "seed {seed}  score {score:.4}  ticks {ticks}").expect("a string takes everything");
    }
    let (name, count) = (world.name(), episodes.len());
    writeln!(text, "{name}: mean score {:.4} over {count} episodes", mean(episodes))
        .expect("a string takes everything");
    text
}

fn json(world: WorldKind, episodes: &[Episode], counters: Option<Counters>) -> String {
    let entry = |(seed, score, ticks): &Episode| {
        // A seed is a text: JSON readers round large integers.
        format!(r#"{{"score":{score:?},"seed":"{seed}","ticks":{ticks}}}"#)
    };
    let list: Vec<String> = episodes.iter().map(entry).collect();
    let (list, mean, name) = (list.join(","), mean(episodes), world.name());
    let counted = counters.map(counted).unwrap_or_default();
    format!("{{{counted}\"episodes\":[{list}],\"mean_score\":{mean:?},\"world\":\"{name}\"}}\n")
}

fn counted(counters: Counters) -> String {
    format!(
        r#""HTTP_TIME_NS":{},"INFER_COUNT":{},"INFER_TIME_NS":{},"REMOTE_INFER_NS":{},"#,
        counters.http_time_ns, counters.infer_count, counters.infer_time_ns, counters.remote_infer_ns
    )
}

#[cfg(test)]
mod tests {
    use super::*;
    use evolve_core::evolution::Evolution;
    use evolve_format::encode_champion;
    use evolve_worlds::evaluate;
    use std::path::PathBuf;

    fn champion(kind: WorldKind) -> (PathBuf, f64) {
        let mut evolution = Evolution::new(kind.config(), 3).unwrap();
        let batch = evolution.ask(usize::MAX).unwrap();
        evolution.tell(&evaluate(kind, &batch, 1).unwrap()).unwrap();
        let brain = Brain::of(&evolution, 0).unwrap();
        let path =
            std::env::temp_dir().join(format!("evolve-sim-{}-{}.evo", kind.name(), std::process::id()));
        std::fs::write(&path, encode_champion(&brain)).unwrap();
        (path, brain.champion.fitness)
    }

    fn wanted(world: WorldKind, brain: PathBuf, json: bool) -> Wanted {
        Wanted {
            world,
            brain,
            episodes: 2,
            seed: 1,
            ticks: world.ticks(),
            threads: None,
            timeout: None,
            certificate: None,
            json,
        }
    }

    #[test]
    fn a_champion_scores_in_the_simulator_what_it_scored_in_training() {
        let (path, fitness) = champion(WorldKind::Xor);
        let text = run(&wanted(WorldKind::Xor, path.clone(), true)).unwrap();
        assert!(text.contains(&format!(r#""mean_score":{fitness:?},"world":"xor""#)), "{text}");
        std::fs::remove_file(path).unwrap();
    }

    #[test]
    fn a_brain_of_another_world_is_refused_with_both_shapes() {
        let (path, _) = champion(WorldKind::DoublePoleHidden);
        let message = run(&wanted(WorldKind::Xor, path.clone(), false)).unwrap_err().to_string();
        assert_eq!(
            message,
            "world xor senses a, b and takes xor; the brain senses position, long_angle, short_angle and gives push"
        );
        std::fs::remove_file(path).unwrap();
    }

    #[test]
    fn a_file_that_is_no_brain_is_named() {
        let path = std::env::temp_dir().join(format!("evolve-sim-no-brain-{}", std::process::id()));
        std::fs::write(&path, b"hello").unwrap();
        let message = run(&wanted(WorldKind::Xor, path.clone(), false)).unwrap_err().to_string();
        assert!(
            message.starts_with(&format!("{}: this is no safetensors buffer", path.display())),
            "{message}"
        );
        std::fs::remove_file(path).unwrap();
    }
}

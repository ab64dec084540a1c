//! Episodes whose brain is a model, of an inference service or in an ONNX file: those that are still alive share
//! one request a tick.

use crate::arguments::Wanted;
use crate::run::{Episode, RunError};
use evolve_client::{Client, ClientError, Counters, Options, Shape, Tensor};
use evolve_worlds::World;
use std::env;
use std::path::PathBuf;

const TOKEN_VARIABLE: &str = "EVOLVE_INFER_TOKEN";
const CERTIFICATE_VARIABLE: &str = "EVOLVE_CERTIFICATE";
/// Episodes that are played side by side: a row of a world is less than 100 bytes, and a service takes 16 MiB.
const AT_ONCE: usize = 4_096;

/// Whether a brain is a model rather than a champion.
pub fn is_model(brain: &str) -> bool {
    brain.contains("://") || is_file(brain)
}

/// Whether a brain is an ONNX file.
pub fn is_file(brain: &str) -> bool {
    !brain.contains("://") && brain.to_ascii_lowercase().ends_with(".onnx")
}

/// Whether a brain is a model of a service that speaks TLS.
pub fn is_secure(brain: &str) -> bool {
    brain.starts_with("wss://") || brain.starts_with("https://")
}

/// All episodes, and what the client has counted.
pub fn play(wanted: &Wanted, model: &str) -> Result<(Vec<Episode>, Counters), RunError> {
    let token = env::var(TOKEN_VARIABLE).ok().filter(|token| !token.is_empty());
    let named = env::var_os(CERTIFICATE_VARIABLE).filter(|path| !path.is_empty()).map(PathBuf::from);
    let certificate = wanted.certificate.clone().or(named);
    let mut options = Options { token, certificate, ..Options::default() };
    options.threads = wanted.threads.unwrap_or(options.threads);
    options.timeout = wanted.timeout.unwrap_or(options.timeout);
    let client = Client::open(model, &options)?;
    let mind = Mind::of(&client, model)?;
    check(wanted, &mind)?;
    let seeds: Vec<u64> = (0..wanted.episodes).map(|number| wanted.seed.wrapping_add(number)).collect();
    let mut episodes = Vec::with_capacity(seeds.len());
    for some in seeds.chunks(AT_ONCE) {
        episodes.extend(play_together(&mind, wanted, some)?);
    }
    Ok((episodes, client.counters()))
}

/// A model as a brain: what `evolve export` makes of a champion.
struct Mind<'a> {
    client: &'a Client,
    senses: usize,
    does: usize,
    memory: Option<Memory>,
}

/// The state of a recurrent brain: how many numbers an episode has of it, and where it and the others stand among
/// the model's tensors.
struct Memory {
    width: usize,
    state: usize,
    next_state: usize,
    actions: usize,
}

impl<'a> Mind<'a> {
    fn of(client: &'a Client, model: &str) -> Result<Self, RunError> {
        let shape = client.shape();
        if let ([senses], [does]) = (shape.inputs.as_slice(), shape.outputs.as_slice()) {
            return Ok(Self { client, senses: senses.width, does: does.width, memory: None });
        }
        Self::recurrent(client, shape).ok_or_else(|| RunError::NoBrain {
            model: model.to_owned(),
            inputs: names(&shape.inputs),
            outputs: names(&shape.outputs),
        })
    }

    fn recurrent(client: &'a Client, shape: &Shape) -> Option<Self> {
        if (shape.inputs.len(), shape.outputs.len()) != (2, 2) {
            return None;
        }
        let place = |tensors: &[Tensor], name: &str| tensors.iter().position(|tensor| tensor.name == name);
        let (observations, state) = (place(&shape.inputs, "observations")?, place(&shape.inputs, "state")?);
        let (actions, next_state) = (place(&shape.outputs, "actions")?, place(&shape.outputs, "next_state")?);
        let width = shape.inputs[state].width;
        (shape.outputs[next_state].width == width).then(|| Self {
            client,
            senses: shape.inputs[observations].width,
            does: shape.outputs[actions].width,
            memory: Some(Memory { width, state, next_state, actions }),
        })
    }

    /// What it does, and what it remembers of it.
    fn think(&self, rows: &[f32], states: &mut Vec<f32>) -> Result<Vec<f32>, ClientError> {
        let Some(memory) = &self.memory else {
            return Ok(self.client.infer(&[rows])?.swap_remove(0));
        };
        let mut inputs = [rows, states.as_slice()];
        if memory.state == 0 {
            inputs.reverse();
        }
        let mut outputs = self.client.infer(&inputs)?;
        *states = std::mem::take(&mut outputs[memory.next_state]);
        Ok(outputs.swap_remove(memory.actions))
    }
}

fn names(tensors: &[Tensor]) -> String {
    tensors.iter().map(|tensor| tensor.name.as_str()).collect::<Vec<_>>().join(", ")
}

fn check(wanted: &Wanted, mind: &Mind<'_>) -> Result<(), RunError> {
    let (senses, does) = (wanted.world.inputs().len(), wanted.world.outputs().len());
    if (mind.senses, mind.does) == (senses, does) {
        return Ok(());
    }
    let world = wanted.world.name();
    Err(RunError::Widths { world, senses, does, inputs: mind.senses, outputs: mind.does })
}

fn play_together(mind: &Mind<'_>, wanted: &Wanted, seeds: &[u64]) -> Result<Vec<Episode>, RunError> {
    let mut worlds: Vec<Box<dyn World>> = seeds.iter().map(|_| wanted.world.build()).collect();
    for (world, &seed) in worlds.iter_mut().zip(seeds) {
        world.reset(seed);
    }
    let mut lived = vec![u64::from(wanted.ticks); seeds.len()];
    let mut alive: Vec<usize> = (0..seeds.len()).collect();
    let width = mind.memory.as_ref().map_or(0, |memory| memory.width);
    let (mut rows, mut states) = (Vec::new(), vec![0.0; seeds.len() * width]);
    for tick in 1..=u64::from(wanted.ticks) {
        if alive.is_empty() {
            break;
        }
        rows.resize(alive.len() * mind.senses, 0.0);
        for (row, &place) in rows.chunks_exact_mut(mind.senses).zip(&alive) {
            worlds[place].observe(row);
        }
        let actions = mind.think(&rows, &mut states)?;
        let goes_on: Vec<bool> = alive
            .iter()
            .zip(actions.chunks_exact(mind.does))
            .map(|(&place, row)| !worlds[place].step(row))
            .collect();
        for (&place, _) in alive.iter().zip(&goes_on).filter(|(_, goes_on)| !**goes_on) {
            lived[place] = tick;
        }
        keep(&mut alive, 1, &goes_on);
        keep(&mut states, width, &goes_on);
    }
    let measured = seeds.iter().zip(worlds).zip(lived);
    Ok(measured.map(|((&seed, world), ticks)| (seed, world.measure(0), ticks)).collect())
}

/// Only the rows of those that go on, each of so many numbers.
fn keep<T: Copy>(rows: &mut Vec<T>, width: usize, goes_on: &[bool]) {
    let mut place = 0;
    rows.retain(|_| {
        place += 1;
        goes_on[(place - 1) / width]
    });
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn models_and_champions_are_told_apart() {
        for model in ["ws://a/infer#m", "http://a#m", "https://a#m", "brain.onnx", "a/B.ONNX"] {
            assert!(is_model(model), "{model}");
        }
        assert!(!is_model("champion.evo") && !is_file("http://a/b.onnx"));
    }

    #[test]
    fn the_rows_of_those_that_go_on_are_kept_in_their_order() {
        let mut rows = vec![1, 1, 2, 2, 3, 3];
        keep(&mut rows, 2, &[true, false, true]);
        assert_eq!(rows, [1, 1, 3, 3]);
        let mut none: Vec<f32> = Vec::new();
        keep(&mut none, 0, &[true, false]);
        assert!(none.is_empty());
    }
}

//! Episodes whose brain runs on an inference service: those that are still alive share one request a tick.

use crate::arguments::Wanted;
use crate::run::{Episode, RunError};
use evolve_client::{Client, Counters};
use evolve_worlds::World;
use std::time::Duration;

const TIMEOUT: Duration = Duration::from_secs(10);
const TOKEN_VARIABLE: &str = "EVOLVE_INFER_TOKEN";
/// What a request may carry: the service's credit is 16 MiB, and a row of a world is less than 100 bytes.
const AT_ONCE: usize = 4_096;

/// Whether a brain is an address rather than a file.
pub fn is_address(brain: &str) -> bool {
    brain.starts_with("ws://")
}

/// All episodes, and what the client has counted.
pub fn play(wanted: &Wanted, address: &str) -> Result<(Vec<Episode>, Counters), RunError> {
    let (url, model) = address.split_once('#').ok_or(RunError::NoModel)?;
    let token = std::env::var(TOKEN_VARIABLE).ok();
    let mut client = Client::connect(url, token.as_deref(), model, TIMEOUT)?;
    let (senses, does) = (wanted.world.inputs().len(), wanted.world.outputs().len());
    if (client.inputs(), client.outputs()) != (senses, does) {
        return Err(RunError::Widths {
            world: wanted.world.name(),
            senses,
            does,
            inputs: client.inputs(),
            outputs: client.outputs(),
        });
    }
    let seeds: Vec<u64> = (0..wanted.episodes).map(|number| wanted.seed.wrapping_add(number)).collect();
    let mut episodes = Vec::with_capacity(seeds.len());
    for some in seeds.chunks(AT_ONCE) {
        episodes.extend(play_together(&mut client, wanted, some)?);
    }
    Ok((episodes, client.counters()))
}

fn play_together(client: &mut Client, wanted: &Wanted, seeds: &[u64]) -> Result<Vec<Episode>, RunError> {
    let mut worlds: Vec<Box<dyn World>> = seeds.iter().map(|_| wanted.world.build()).collect();
    for (world, &seed) in worlds.iter_mut().zip(seeds) {
        world.reset(seed);
    }
    let mut lived = vec![u64::from(wanted.ticks); seeds.len()];
    let mut alive: Vec<usize> = (0..seeds.len()).collect();
    let (senses, does) = (client.inputs(), client.outputs());
    let mut rows = Vec::new();
    for tick in 1..=u64::from(wanted.ticks) {
        if alive.is_empty() {
            break;
        }
        rows.resize(alive.len() * senses, 0.0);
        for (row, &place) in rows.chunks_exact_mut(senses).zip(&alive) {
            worlds[place].observe(row);
        }
        let actions = client.infer(&rows)?;
        let mut row = actions.chunks_exact(does);
        alive.retain(|&place| {
            let is_over = row.next().is_some_and(|actions| worlds[place].step(actions));
            if is_over {
                lived[place] = tick;
            }
            !is_over
        });
    }
    Ok(seeds
        .iter()
        .zip(worlds)
        .zip(lived)
        .map(|((&seed, world), ticks)| (seed, world.measure(0), ticks))
        .collect())
}

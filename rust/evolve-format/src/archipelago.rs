//! The checkpoint of a run of any number of islands: that of the only one, or those of all in one file.

use crate::checkpoint::{decode_checkpoint, encode_checkpoint};
use crate::columns::{Column, offsets};
use crate::envelope::{self, Metadata};
use crate::error::FormatError;
use evolve_core::config::MAX_ISLANDS;
use evolve_core::evolution::{Archipelago, EvolutionState};

const SCHEMA: &str = "evolve.archipelago";
const NAMES: &[&str] = &["island.offsets", "island.checkpoint"];

/// The bytes of a run's checkpoint.
pub fn encode_run(archipelago: &Archipelago) -> Vec<u8> {
    let mut checkpoints: Vec<Vec<u8>> = archipelago.states().map(encode_checkpoint).collect();
    if checkpoints.len() == 1 {
        return checkpoints.remove(0);
    }
    let columns = vec![
        Column::list("island.offsets", offsets(checkpoints.iter().map(Vec::len))),
        Column::list("island.checkpoint", checkpoints.concat()),
    ];
    envelope::seal(SCHEMA, Metadata::new(), columns)
}

/// Read the checkpoint of a run of any number of islands.
pub fn decode_run(bytes: &[u8]) -> Result<Archipelago, FormatError> {
    let states = match decode_checkpoint(bytes) {
        Ok(state) => vec![state],
        Err(FormatError::Schema { found, .. }) if found == SCHEMA => read_islands(bytes)?,
        Err(error) => return Err(error),
    };
    Archipelago::from_states(states).map_err(|error| FormatError::State(error.to_string()))
}

fn read_islands(bytes: &[u8]) -> Result<Vec<EvolutionState>, FormatError> {
    let (fields, tensors) = envelope::open_file(bytes, SCHEMA)?;
    fields.end()?;
    tensors.only(&[NAMES])?;
    let all = tensors.u8("island.checkpoint")?;
    let offsets = tensors.offsets("island.offsets", all.len(), all.len())?;
    if offsets.len() - 1 > MAX_ISLANDS {
        let problem = format!("has {} islands, and {MAX_ISLANDS} are allowed", offsets.len() - 1);
        return Err(FormatError::tensor("island.offsets", problem));
    }
    offsets.windows(2).map(|pair| decode_checkpoint(&all[pair[0]..pair[1]])).collect()
}

//! The brains of a whole batch of agents: one call a tick, one packed array in, one out.

use super::Network;
use crate::work::WorkBatch;
use std::sync::Arc;
use thiserror::Error;

/// Why a call to [`Brains::think`] was refused.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum ThinkError {
    /// A row that is none.
    #[error("row {row} is no member of this batch, which has {count}")]
    Row {
        /// What was asked for.
        row: i64,
        /// How many there are.
        count: usize,
    },
    /// Too few or too many observations.
    #[error("{given} observations were given where the {agents} agents named sense {expected}")]
    Length {
        /// How many came.
        given: usize,
        /// How many the named rows sense together.
        expected: usize,
        /// How many rows were named.
        agents: usize,
    },
    /// An observation that is no number.
    #[error("observation {index} of row {row} is {value}, but observations must be finite")]
    NotFinite {
        /// Which agent.
        row: usize,
        /// Which of its observations.
        index: usize,
        /// What it was.
        value: String,
    },
}

/// A network and a state for every member row of a batch. Rows of one genome share the network.
#[derive(Clone, Debug)]
pub struct Brains {
    rows: Vec<Brain>,
    scratch: Vec<f32>,
}

#[derive(Clone, Debug)]
struct Brain {
    network: Arc<Network>,
    values: Vec<f32>,
}

impl Brains {
    /// Compile every genome of a batch.
    pub fn new(batch: &WorkBatch) -> Self {
        let compile = |entry: &crate::work::GenomeEntry| {
            let recurrent = batch.populations[entry.population].recurrent;
            Arc::new(Network::compile(&entry.genome, recurrent))
        };
        let networks: Vec<Arc<Network>> = batch.genomes.iter().map(compile).collect();
        let rows = batch.units.iter().flat_map(|unit| &unit.genomes).map(|&genome| {
            let network = Arc::clone(&networks[genome]);
            Brain { values: vec![0.0; network.slots()], network }
        });
        Self { rows: rows.collect(), scratch: Vec::new() }
    }

    /// How many rows there are.
    pub fn len(&self) -> usize {
        self.rows.len()
    }

    /// True without rows.
    pub fn is_empty(&self) -> bool {
        self.rows.is_empty()
    }

    /// The network of a row.
    pub fn network(&self, row: usize) -> Option<&Network> {
        self.rows.get(row).map(|brain| &*brain.network)
    }

    /// One step of the rows named. Observations stand one agent after the other, in the order of the
    /// rows; `actions` is filled the same way.
    pub fn think(
        &mut self,
        rows: &[i32],
        observations: &[f32],
        actions: &mut Vec<f32>,
    ) -> Result<(), ThinkError> {
        let expected = self.expected(rows)?;
        if expected != observations.len() {
            return Err(ThinkError::Length { given: observations.len(), expected, agents: rows.len() });
        }
        self.check_finite(rows, observations)?;
        actions.clear();
        let mut rest = observations;
        for &row in rows {
            let Brain { network, values } = &mut self.rows[row as usize];
            let (mine, others) = rest.split_at(network.inputs());
            rest = others;
            let begin = actions.len();
            actions.resize(begin + network.outputs(), 0.0);
            network.forward(mine, values, &mut self.scratch, &mut actions[begin..]);
        }
        Ok(())
    }

    fn expected(&self, rows: &[i32]) -> Result<usize, ThinkError> {
        let inputs = |&row: &i32| {
            let brain = usize::try_from(row).ok().and_then(|row| self.rows.get(row));
            let error = ThinkError::Row { row: i64::from(row), count: self.rows.len() };
            brain.map(|brain| brain.network.inputs()).ok_or(error)
        };
        rows.iter().map(inputs).sum()
    }

    fn check_finite(&self, rows: &[i32], observations: &[f32]) -> Result<(), ThinkError> {
        let Some(mut index) = observations.iter().position(|value| !value.is_finite()) else {
            return Ok(());
        };
        let value = observations[index].to_string();
        for &row in rows {
            let inputs = self.rows[row as usize].network.inputs();
            if index < inputs {
                return Err(ThinkError::NotFinite { row: row as usize, index, value });
            }
            index -= inputs;
        }
        unreachable!("the observations are as many as the rows sense")
    }
}

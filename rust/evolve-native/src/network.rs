//! `RustNetwork`: one brain for any number of agents.

use crate::brain::{Brain, check_observations, count_agents};
use crate::genome::RustNeatGenome;
use crate::{checked, made};
use evolve_core::genome::Genome;
use evolve_core::network::{Network, RowStates};
use evolve_format::decode_champion;
use godot::prelude::*;

/// A brain that thinks for one agent or for many in one call.
///
/// Make one from a genome with [method of_genome], or from the bytes of a champion's file with
/// [method of_champion]. Recurrent brains remember a state for each agent, until [method reset].
#[derive(GodotClass)]
#[class(no_init, base = RefCounted)]
pub struct RustNetwork {
    /// One agent by itself: a block of rows would be computed for it alone.
    brain: Brain,
    states: RowStates,
    actions: Vec<f32>,
    /// Of each node the place of its value among the brain's.
    slots: Vec<u32>,
}

impl RustNetwork {
    fn wrap(genome: &Genome, recurrent: bool) -> Gd<Self> {
        let (network, slots) = Network::compile_with_slots(genome, recurrent);
        let states = network.row_states(0);
        Gd::from_object(Self { brain: Brain::new(network), states, actions: Vec::new(), slots })
    }

    fn one(&mut self, observations: &[f32]) -> Result<PackedFloat32Array, String> {
        let network = &self.brain.network;
        check_observations(1, network.inputs(), observations)?;
        self.actions.resize(network.outputs(), 0.0);
        self.brain.think(observations, &mut self.actions);
        Ok(PackedFloat32Array::from(self.actions.as_slice()))
    }

    fn many(&mut self, agents: usize, observations: &[f32]) -> Result<PackedFloat32Array, String> {
        let network = &self.brain.network;
        check_observations(agents, network.inputs(), observations)?;
        if self.states.rows() != agents {
            self.states = network.row_states(agents);
        }
        self.actions.resize(agents * network.outputs(), 0.0);
        network.forward_rows(observations, &mut self.states, &mut self.actions);
        Ok(PackedFloat32Array::from(self.actions.as_slice()))
    }
}

#[godot_api]
impl RustNetwork {
    /// The brain that a genome describes; null and an error without one.
    #[func]
    fn of_genome(genome: Option<Gd<RustNeatGenome>>) -> Option<Gd<Self>> {
        let compile = |genome: Gd<RustNeatGenome>| {
            let genome = genome.bind();
            Self::wrap(&genome.genome, genome.recurrent)
        };
        let given = genome.ok_or("genome is null, but must be a RustNeatGenome");
        made("RustNetwork.of_genome", given.map(compile))
    }

    /// The brain in the bytes of a champion's file (`.evo`); null and an error when they are none.
    #[func]
    fn of_champion(data: PackedByteArray) -> Option<Gd<Self>> {
        let read = decode_champion(data.as_slice())
            .map(|brain| Self::wrap(&brain.champion.genome, brain.shape.recurrent));
        made("RustNetwork.of_champion", read.map_err(|problem| format!("data is no champion: {problem}")))
    }

    /// How many numbers an agent senses.
    #[func]
    fn inputs(&self) -> i64 {
        self.brain.network.inputs() as i64
    }

    /// How many numbers an agent is given back.
    #[func]
    fn outputs(&self) -> i64 {
        self.brain.network.outputs() as i64
    }

    /// One tick of one agent. Empty, with an error, unless there is one finite number for each input.
    #[func]
    fn think(&mut self, observations: PackedFloat32Array) -> PackedFloat32Array {
        let thought = self.one(observations.as_slice());
        checked("RustNetwork.think", thought)
    }

    /// One tick of many agents, which stand one after the other in the observations and in what comes
    /// back. Another number of agents than in the tick before makes recurrent brains forget. Empty, with
    /// an error, unless there is one finite number for each input of each agent.
    #[func]
    fn think_batch(&mut self, agents: i64, observations: PackedFloat32Array) -> PackedFloat32Array {
        let observations = observations.as_slice();
        let thought = count_agents(agents, observations).and_then(|agents| self.many(agents, observations));
        checked("RustNetwork.think_batch", thought)
    }

    /// What each node gave in the last tick of [method think], inputs first, in the order of the genome's
    /// nodes; zeros before the first. For pictures of a brain at work.
    #[func]
    fn activity(&self) -> PackedFloat32Array {
        let values = self.brain.values();
        self.slots.iter().map(|&slot| values[slot as usize]).collect()
    }

    /// Forget what recurrent brains remember.
    #[func]
    fn reset(&mut self) {
        self.brain.reset();
        self.states.reset();
    }
}

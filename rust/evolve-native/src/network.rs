//! `RustNetwork`: one brain for any number of agents.

use crate::genome::RustNeatGenome;
use crate::{checked, refuse};
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
    network: Network,
    /// The state of one agent by itself: a block of rows would be computed for it alone.
    values: Vec<f32>,
    scratch: Vec<f32>,
    states: RowStates,
    actions: Vec<f32>,
}

impl RustNetwork {
    fn wrap(network: Network) -> Gd<Self> {
        let (values, states) = (vec![0.0; network.slots()], network.row_states(0));
        Gd::from_object(Self { network, values, scratch: Vec::new(), states, actions: Vec::new() })
    }

    fn check(&self, agents: usize, observations: &[f32]) -> Result<(), String> {
        let (given, inputs) = (observations.len(), self.network.inputs());
        if given != agents * inputs {
            let expected = agents * inputs;
            return Err(format!(
                "observations has {given} numbers, but must have {expected}, {inputs} for each agent"
            ));
        }
        if let Some(place) = observations.iter().position(|value| !value.is_finite()) {
            return Err(format!("observations[{place}] is {}, but must be finite", observations[place]));
        }
        Ok(())
    }

    fn one(&mut self, observations: &[f32]) -> Result<PackedFloat32Array, String> {
        self.check(1, observations)?;
        self.actions.resize(self.network.outputs(), 0.0);
        self.network.forward(observations, &mut self.values, &mut self.scratch, &mut self.actions);
        Ok(PackedFloat32Array::from(self.actions.as_slice()))
    }

    fn many(&mut self, agents: usize, observations: &[f32]) -> Result<PackedFloat32Array, String> {
        self.check(agents, observations)?;
        if self.states.rows() != agents {
            self.states = self.network.row_states(agents);
        }
        self.actions.resize(agents * self.network.outputs(), 0.0);
        self.network.forward_rows(observations, &mut self.states, &mut self.actions);
        Ok(PackedFloat32Array::from(self.actions.as_slice()))
    }
}

#[godot_api]
impl RustNetwork {
    /// The brain that a genome describes.
    #[func]
    fn of_genome(genome: Gd<RustNeatGenome>) -> Gd<Self> {
        Self::wrap(Network::compile(&genome.bind().genome, false))
    }

    /// The brain in the bytes of a champion's file (`.evo`); null and an error when they are none.
    #[func]
    fn of_champion(data: PackedByteArray) -> Option<Gd<Self>> {
        match decode_champion(data.as_slice()) {
            Ok(brain) => Some(Self::wrap(Network::compile(&brain.champion.genome, brain.shape.recurrent))),
            Err(problem) => {
                refuse("RustNetwork.of_champion", format!("data is no champion: {problem}"));
                None
            }
        }
    }

    /// How many numbers an agent senses.
    #[func]
    fn inputs(&self) -> i64 {
        self.network.inputs() as i64
    }

    /// How many numbers an agent is given back.
    #[func]
    fn outputs(&self) -> i64 {
        self.network.outputs() as i64
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
        let call = "RustNetwork.think_batch";
        match usize::try_from(agents) {
            Ok(agents) if agents <= observations.len() => {
                checked(call, self.many(agents, observations.as_slice()))
            }
            _ => {
                let count = observations.len();
                refuse(call, format!("agents is {agents}, but observations has {count} numbers"));
                PackedFloat32Array::new()
            }
        }
    }

    /// Forget what recurrent brains remember.
    #[func]
    fn reset(&mut self) {
        self.values.fill(0.0);
        self.states.reset();
    }
}

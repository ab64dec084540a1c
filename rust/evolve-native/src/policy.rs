//! `RustPolicy`: layers with weights that were learned elsewhere, for any number of agents.

use crate::brain::{check_observations, count_agents};
use crate::{checked, made};
use evolve_core::policy::PolicyBuffers;
use evolve_format::{NamedPolicy, decode_policy, encode_policy};
use evolve_onnx::import_policy;
use godot::prelude::*;

/// A brain of fixed layers that thinks for one agent or for many in one call; it remembers nothing.
///
/// Make one from the bytes of a policy's file (`.evo`) with [method of_file]; [method file_of_onnx] makes these
/// from an ONNX model.
#[derive(GodotClass)]
#[class(no_init, base = RefCounted)]
pub struct RustPolicy {
    named: NamedPolicy,
    buffers: PolicyBuffers,
}

impl RustPolicy {
    fn rows(&mut self, agents: usize, observations: &[f32]) -> Result<PackedFloat32Array, String> {
        let policy = &self.named.policy;
        check_observations(agents, policy.inputs(), observations)?;
        let mut actions = vec![0.0; agents * policy.outputs()];
        policy.forward(observations, &mut self.buffers, &mut actions);
        Ok(PackedFloat32Array::from(actions))
    }
}

#[allow(clippy::unused_self, reason = "minds ask their network, which may be any class")]
#[godot_api]
impl RustPolicy {
    /// The policy in the bytes of a file (`.evo`); null and an error when they are none.
    #[func]
    fn of_file(data: PackedByteArray) -> Option<Gd<Self>> {
        let read = decode_policy(data.as_slice());
        let wrap = |named: NamedPolicy| Gd::from_object(Self { buffers: named.policy.buffers(), named });
        made("RustPolicy.of_file", read.map(wrap).map_err(|problem| format!("data is no policy: {problem}")))
    }

    /// The bytes of a policy's file (`.evo`) from those of an ONNX model: a chain of Gemm, MatMul, Add, Conv,
    /// Flatten, Reshape and activation functions. Empty, with an error that names what cannot be imported.
    #[func]
    fn file_of_onnx(data: PackedByteArray) -> PackedByteArray {
        let file = import_policy(data.as_slice()).map(|named| PackedByteArray::from(encode_policy(&named)));
        checked("RustPolicy.file_of_onnx", file)
    }

    /// How many numbers an agent senses.
    #[func]
    fn inputs(&self) -> i64 {
        self.named.policy.inputs() as i64
    }

    /// How many numbers an agent is given back.
    #[func]
    fn outputs(&self) -> i64 {
        self.named.policy.outputs() as i64
    }

    /// One tick of one agent. Empty, with an error, unless there is one finite number for each input.
    #[func]
    fn think(&mut self, observations: PackedFloat32Array) -> PackedFloat32Array {
        let thought = self.rows(1, observations.as_slice());
        checked("RustPolicy.think", thought)
    }

    /// One tick of many agents, which stand one after the other in the observations and in what comes back.
    /// Empty, with an error, unless there is one finite number for each input of each agent.
    #[func]
    fn think_batch(&mut self, agents: i64, observations: PackedFloat32Array) -> PackedFloat32Array {
        let observations = observations.as_slice();
        let thought = count_agents(agents, observations).and_then(|agents| self.rows(agents, observations));
        checked("RustPolicy.think_batch", thought)
    }

    /// Nothing: a policy has no nodes that could be shown.
    #[func]
    fn activity(&self) -> PackedFloat32Array {
        PackedFloat32Array::new()
    }

    /// Nothing to forget.
    #[func]
    fn reset(&mut self) {}
}

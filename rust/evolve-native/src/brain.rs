//! One compiled genome and the state of one agent, as every class that thinks holds them.

use evolve_core::genome::Genome;
use evolve_core::network::Network;

/// A network that remembers one agent.
pub struct Brain {
    pub network: Network,
    values: Vec<f32>,
    scratch: Vec<f32>,
}

impl Brain {
    pub fn new(network: Network) -> Self {
        Self { values: vec![0.0; network.slots()], scratch: Vec::new(), network }
    }

    /// Compile a checked genome.
    pub fn of(genome: &Genome, recurrent: bool) -> Self {
        Self::new(Network::compile(genome, recurrent))
    }

    /// One tick; the observations have been checked and the actions have the network's outputs.
    pub fn think(&mut self, observations: &[f32], actions: &mut [f32]) {
        self.network.forward(observations, &mut self.values, &mut self.scratch, actions);
    }

    /// What its nodes gave in the last tick, by their slots.
    pub fn values(&self) -> &[f32] {
        &self.values
    }

    /// Forget what a recurrent network remembers.
    pub fn reset(&mut self) {
        self.values.fill(0.0);
    }
}

/// How many agents a call is for; not more than there are numbers, so that nothing large is made for nobody.
pub fn count_agents(agents: i64, observations: &[f32]) -> Result<usize, String> {
    let given = observations.len();
    let count = usize::try_from(agents).ok().filter(|&count| count <= given);
    count.ok_or_else(|| format!("agents is {agents}, but observations has {given} numbers"))
}

/// Refuse observations unless there are so many, all finite, for each of the agents.
pub fn check_observations(agents: usize, inputs: usize, observations: &[f32]) -> Result<(), String> {
    let given = observations.len();
    if given != agents * inputs {
        let expected = agents * inputs;
        return Err(format!(
            "observations has {given} numbers, but must have {expected}, {inputs} for each agent"
        ));
    }
    match observations.iter().position(|value| !value.is_finite()) {
        Some(place) => Err(format!("observations[{place}] is {}, but must be finite", observations[place])),
        None => Ok(()),
    }
}

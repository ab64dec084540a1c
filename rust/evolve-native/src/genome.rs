//! `RustNeatGenome`: one genome, for people who own their loop.

use crate::brain::{Brain, check_observations};
use crate::population::population_shape;
use crate::settings::Settings;
use crate::{checked, made};
use evolve_core::genome::{Genome, MAX_TERMINALS, crossover, distance, mutate};
use evolve_core::random::{Purpose, Stream};
use evolve_core::work::GenomeEntry;
use evolve_format::{decode_population, encode_population, file_digest};
use godot::prelude::*;
use std::sync::Arc;

/// A NEAT genome: nodes and connections that mutate, mate and think.
///
/// [code]settings[/code] are sections of a run's configuration, like
/// [code]{"mutation": {"add_node_rate": 0.1}}[/code], with the same names, defaults and ranges. Recurrent
/// genomes ([code]{"genome": {"recurrent": true}}[/code]) remember a state, until [method reset].
#[derive(GodotClass)]
#[class(no_init, base = RefCounted)]
pub struct RustNeatGenome {
    pub genome: Arc<Genome>,
    /// Whether its connections may form cycles.
    pub recurrent: bool,
    /// Compiled at the first thought, forgotten at every change.
    brain: Option<Brain>,
    base: Base<RefCounted>,
}

impl RustNeatGenome {
    pub fn wrap(genome: Arc<Genome>, recurrent: bool) -> Gd<Self> {
        Gd::from_init_fn(|base| Self { genome, recurrent, brain: None, base })
    }

    fn encoded(&self) -> Vec<u8> {
        let shape = population_shape(&self.genome, self.recurrent);
        encode_population(
            &[shape],
            &[GenomeEntry { population: 0, index: 0, genome: Arc::clone(&self.genome) }],
        )
    }

    /// Look at another genome, which may be this one, borrowed already.
    fn with<T>(
        &self,
        call: &str,
        other: Option<Gd<Self>>,
        look: impl FnOnce(&Genome) -> Result<T, String>,
    ) -> Option<T> {
        let looked = match other {
            None => Err("other is null, but must be a RustNeatGenome".to_owned()),
            Some(other) if other.instance_id() == self.base().instance_id() => look(&self.genome),
            Some(other) => look(&other.bind().genome),
        };
        made(call, looked)
    }

    fn thought(&mut self, observations: &[f32]) -> Result<PackedFloat32Array, String> {
        let brain = self.brain.get_or_insert_with(|| Brain::of(&self.genome, self.recurrent));
        check_observations(1, brain.network.inputs(), observations)?;
        let mut actions = vec![0.0; brain.network.outputs()];
        brain.think(observations, &mut actions);
        Ok(PackedFloat32Array::from(actions))
    }
}

#[godot_api]
impl RustNeatGenome {
    /// A first genome: every input connected to every output, weights drawn from the seed. Null and an
    /// error unless there are 1 to 32,768 of each and the settings make sense.
    #[func]
    fn create(
        input_count: i64,
        output_count: i64,
        seed: i64,
        #[opt(default = Settings::default())] settings: Settings,
    ) -> Option<Gd<Self>> {
        let first = || -> Result<Gd<Self>, String> {
            let (inputs, outputs) = terminals(input_count, output_count)?;
            let genes = settings.read()?.genome;
            let genome = Genome::initial(inputs, outputs, &genes, &mut stream(seed, 0));
            Ok(Self::wrap(Arc::new(genome), genes.recurrent))
        };
        made("RustNeatGenome.create", first())
    }

    /// Read what [method to_bytes] gave; null and an error when it is no genome.
    #[func]
    fn from_bytes(data: PackedByteArray) -> Option<Gd<Self>> {
        let read = match decode_population(data.as_slice()) {
            Ok((shapes, mut genomes)) if genomes.len() == 1 => {
                let entry = genomes.swap_remove(0);
                Ok(Self::wrap(entry.genome, shapes[entry.population].recurrent))
            }
            Ok((_, genomes)) => Err(format!("data holds {} genomes, but must hold one", genomes.len())),
            Err(problem) => Err(format!("data is no genome: {problem}")),
        };
        made("RustNeatGenome.from_bytes", read)
    }

    /// The genome as a population file of one, to be stored or sent.
    #[func]
    fn to_bytes(&self) -> PackedByteArray {
        PackedByteArray::from(self.encoded())
    }

    /// 64 hexadecimal digits that two genomes share only when they are the same.
    #[func]
    fn digest(&self) -> GString {
        GString::from(file_digest(&self.encoded()).unwrap_or_default().as_str())
    }

    /// A genome of its own with the same genes.
    #[func]
    fn copy(&self) -> Gd<Self> {
        Self::wrap(self.genome.clone(), self.recurrent)
    }

    /// Whether its connections may form cycles; what they carry then arrives a tick later.
    #[func]
    fn is_recurrent(&self) -> bool {
        self.recurrent
    }

    /// Change the genome at random; the same seed makes the same change. False and an error, and nothing
    /// is changed, when the settings make no sense.
    #[func]
    fn mutate(&mut self, seed: i64, #[opt(default = Settings::default())] settings: Settings) -> bool {
        let read = made("RustNeatGenome.mutate", settings.read());
        if let Some(config) = &read {
            mutate(Arc::make_mut(&mut self.genome), &config.genome, &config.mutation, &mut stream(seed, 0));
            self.recurrent |= config.genome.recurrent;
            self.brain = None;
        }
        read.is_some()
    }

    /// A child with the structure of this genome, the fitter parent; genes that both have come from
    /// either at random. The same seed makes the same child. Null and an error without another genome or
    /// when the settings make no sense.
    #[func]
    fn crossover(
        &self,
        other: Option<Gd<RustNeatGenome>>,
        seed: i64,
        #[opt(default = Settings::default())] settings: Settings,
    ) -> Option<Gd<Self>> {
        self.with("RustNeatGenome.crossover", other, |second| {
            let rates = settings.read()?.reproduction;
            let child = crossover(&self.genome, second, &rates, &mut stream(seed, 0));
            Ok(Self::wrap(Arc::new(child), self.recurrent))
        })
    }

    /// How unlike another genome it is: genes that only one has, and the mean difference of weights. NAN
    /// and an error without another genome or when the settings make no sense.
    #[func]
    fn distance(
        &self,
        other: Option<Gd<RustNeatGenome>>,
        #[opt(default = Settings::default())] settings: Settings,
    ) -> f64 {
        let measured = self.with("RustNeatGenome.distance", other, |second| {
            Ok(distance(&self.genome, second, &settings.read()?.speciation))
        });
        measured.unwrap_or(f64::NAN)
    }

    /// How many nodes it has: inputs, outputs and hidden ones.
    #[func]
    fn node_count(&self) -> i64 {
        self.genome.nodes.len() as i64
    }

    /// How many connections it has, disabled ones too.
    #[func]
    fn connection_count(&self) -> i64 {
        self.genome.connections.len() as i64
    }

    /// Ids of the nodes, rising: inputs from 0, outputs from 32768, then hidden nodes.
    #[func]
    fn node_ids(&self) -> PackedInt64Array {
        self.genome.nodes.id.iter().map(|id| id.0).collect()
    }

    /// Biases of the nodes, in the order of [method node_ids].
    #[func]
    fn node_biases(&self) -> PackedFloat32Array {
        self.genome.nodes.bias.iter().copied().collect()
    }

    /// Codes of the nodes' activation functions, in the order of [method node_ids].
    #[func]
    fn node_activations(&self) -> PackedByteArray {
        self.genome.nodes.activation.iter().map(|activation| activation.code()).collect()
    }

    /// Codes of how the nodes put their inputs together, in the order of [method node_ids].
    #[func]
    fn node_aggregations(&self) -> PackedByteArray {
        self.genome.nodes.aggregation.iter().map(|aggregation| aggregation.code()).collect()
    }

    /// Ids of the connections, rising.
    #[func]
    fn connection_ids(&self) -> PackedInt64Array {
        self.genome.connections.id.iter().map(|id| id.0).collect()
    }

    /// Ids of the nodes that the connections come from, in the order of [method connection_ids].
    #[func]
    fn connection_sources(&self) -> PackedInt64Array {
        self.genome.connections.source.iter().map(|id| id.0).collect()
    }

    /// Ids of the nodes that the connections lead to, in the order of [method connection_ids].
    #[func]
    fn connection_targets(&self) -> PackedInt64Array {
        self.genome.connections.target.iter().map(|id| id.0).collect()
    }

    /// Weights of the connections, in the order of [method connection_ids].
    #[func]
    fn connection_weights(&self) -> PackedFloat32Array {
        self.genome.connections.weight.iter().copied().collect()
    }

    /// 1 for each connection that is enabled and 0 for the others, in the order of [method connection_ids].
    #[func]
    fn connections_enabled(&self) -> PackedByteArray {
        self.genome.connections.enabled.iter().map(|&enabled| u8::from(enabled)).collect()
    }

    /// One step of the network it describes. Empty, with an error, unless there is one finite number for
    /// each input.
    #[func]
    fn think(&mut self, observations: PackedFloat32Array) -> PackedFloat32Array {
        let thought = self.thought(observations.as_slice());
        checked("RustNeatGenome.think", thought)
    }

    /// Forget what a recurrent genome remembers.
    #[func]
    fn reset(&mut self) {
        self.brain.iter_mut().for_each(Brain::reset);
    }
}

/// The numbers of one genome of many, or of one by itself, which is the first.
pub fn stream(seed: i64, index: u32) -> Stream {
    Stream::new(seed.cast_unsigned(), 0, 0, index, Purpose::User)
}

/// How many inputs and outputs a genome is asked to have, or why it cannot.
pub fn terminals(input_count: i64, output_count: i64) -> Result<(usize, usize), String> {
    for (name, count) in [("input_count", input_count), ("output_count", output_count)] {
        if !(1..=MAX_TERMINALS as i64).contains(&count) {
            return Err(format!("{name} is {count}, but must be from 1 to {MAX_TERMINALS}"));
        }
    }
    Ok((input_count as usize, output_count as usize))
}

//! `RustNeatGenome`: one genome, for people who own their loop.

use crate::{checked, refuse};
use evolve_core::config::{GenomeConfig, MutationConfig, ReproductionConfig, SpeciationConfig};
use evolve_core::genome::{Genome, crossover, distance, mutate};
use evolve_core::network::Network;
use evolve_core::random::{Purpose, Stream};
use evolve_core::work::{GenomeEntry, PopulationShape};
use evolve_format::{decode_population, encode_population, file_digest};
use godot::prelude::*;

/// A NEAT genome: nodes and connections that mutate, mate and think.
#[derive(GodotClass)]
#[class(no_init, base = RefCounted)]
pub struct RustNeatGenome {
    pub genome: Genome,
    /// Compiled at the first thought, forgotten at every change.
    network: Option<Network>,
    base: Base<RefCounted>,
}

#[godot_api]
impl RustNeatGenome {
    /// A first genome: every input connected to every output, weights drawn from the seed. Null and an
    /// error unless there are 1 to 32,768 of each.
    #[func]
    fn create(input_count: i64, output_count: i64, seed: i64) -> Option<Gd<Self>> {
        let call = "RustNeatGenome.create";
        for (name, count) in [("input_count", input_count), ("output_count", output_count)] {
            if !(1..=evolve_core::genome::MAX_TERMINALS as i64).contains(&count) {
                refuse(call, format!("{name} is {count}, but must be from 1 to 32768"));
                return None;
            }
        }
        let config = GenomeConfig::default();
        let genome = Genome::initial(input_count as usize, output_count as usize, &config, &mut stream(seed));
        Some(Self::wrap(genome))
    }

    /// Read what [method to_bytes] gave; null and an error when it is no genome.
    #[func]
    fn from_bytes(data: PackedByteArray) -> Option<Gd<Self>> {
        let call = "RustNeatGenome.from_bytes";
        match decode_population(data.as_slice()) {
            Ok((_, mut genomes)) if genomes.len() == 1 => Some(Self::wrap(genomes.swap_remove(0).genome)),
            Ok((_, genomes)) => {
                refuse(call, format!("data holds {} genomes, but must hold one", genomes.len()));
                None
            }
            Err(problem) => {
                refuse(call, format!("data is no genome: {problem}"));
                None
            }
        }
    }

    fn wrap(genome: Genome) -> Gd<Self> {
        Gd::from_init_fn(|base| Self { genome, network: None, base })
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

    fn encoded(&self) -> Vec<u8> {
        let names = |kind: &str, count: usize| (0..count).map(|place| format!("{kind}_{place}")).collect();
        let shape = PopulationShape {
            name: "main".into(),
            inputs: names("input", self.genome.inputs()),
            outputs: names("output", self.genome.outputs()),
            recurrent: false,
        };
        encode_population(&[shape], &[GenomeEntry { population: 0, index: 0, genome: self.genome.clone() }])
    }

    /// Change the genome at random, with the default rates; the same seed makes the same change.
    #[func]
    fn mutate(&mut self, seed: i64) {
        mutate(&mut self.genome, &GenomeConfig::default(), &MutationConfig::default(), &mut stream(seed));
        self.network = None;
    }

    /// A child with the structure of this genome, the fitter parent; genes that both have come from
    /// either at random. The same seed makes the same child.
    #[func]
    fn crossover(&self, other: Gd<RustNeatGenome>, seed: i64) -> Gd<Self> {
        let rates = ReproductionConfig::default();
        // A genome may mate with itself, which is borrowed already.
        if other.instance_id() == self.base().instance_id() {
            return Self::wrap(crossover(&self.genome, &self.genome, &rates, &mut stream(seed)));
        }
        Self::wrap(crossover(&self.genome, &other.bind().genome, &rates, &mut stream(seed)))
    }

    /// How unlike another genome it is: genes that only one has, and the mean difference of weights.
    #[func]
    fn distance(&self, other: Gd<RustNeatGenome>) -> f64 {
        // A genome may be compared with itself, which is borrowed already.
        if other.instance_id() == self.base().instance_id() {
            return 0.0;
        }
        distance(&self.genome, &other.bind().genome, &SpeciationConfig::default())
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
        let genome = &self.genome;
        let network = self.network.get_or_insert_with(|| Network::compile(genome, false));
        let (given, expected) = (observations.len(), network.inputs());
        let sound = if given != expected {
            Err(format!("observations has {given} numbers, but must have {expected}, one for each input"))
        } else if observations.as_slice().iter().any(|value| !value.is_finite()) {
            Err("observations has a number that is not finite".to_owned())
        } else {
            Ok(true)
        };
        if !checked("RustNeatGenome.think", sound) {
            return PackedFloat32Array::new();
        }
        let mut actions = vec![0.0; network.outputs()];
        let mut values = vec![0.0; network.slots()];
        network.forward(observations.as_slice(), &mut values, &mut Vec::new(), &mut actions);
        PackedFloat32Array::from(actions)
    }
}

fn stream(seed: i64) -> Stream {
    Stream::new(seed as u64, 0, 0, 0, Purpose::User)
}

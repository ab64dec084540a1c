//! A champion as an ONNX model: level by level, a few operators for all neurons of the same kind.
//!
//! A feed-forward brain maps `observations` to `actions`. A recurrent one also takes `state`, what every neuron
//! gave in the tick before (zeros at first), and gives `next_state`.

use crate::aggregations::{aggregated, columns};
use crate::builder::{Attribute, Builder, Kind, Side};
use crate::error::OnnxError;
use crate::functions::{activated, limited};
use evolve_core::network::{Network, Neuron};
use evolve_format::Brain;
use serde_json::Value;

/// The bytes of the ONNX file of a champion; `sha256` is the digest that its `.evo` file states of itself.
pub fn champion_model(brain: &Brain, sha256: &str) -> Result<Vec<u8>, OnnxError> {
    champion_in(Builder::new(), brain, sha256)
}

fn champion_in(mut build: Builder, brain: &Brain, sha256: &str) -> Result<Vec<u8>, OnnxError> {
    let genome = &brain.champion.genome;
    let (network, slots) = Network::compile_with_slots(genome, brain.shape.recurrent);
    let batch = |columns| [Side::Free("batch"), Side::Fixed(columns)];
    build.input("observations", Kind::Float, &batch(network.inputs()));
    build.output("actions", Kind::Float, &batch(network.outputs()));
    if network.is_recurrent() {
        let nodes = &slots[network.inputs()..];
        build.input("state", Kind::Float, &batch(nodes.len()));
        build.output("next_state", Kind::Float, &batch(nodes.len()));
        recurrent(&mut build, &network, nodes)?;
    } else {
        feed_forward(&mut build, &network)?;
    }
    let champion = &brain.champion;
    let about =
        format!("Fitness {}, scored in generation {}.", champion.fitness, u64::from(champion.generation) + 1);
    Ok(build.model("champion", &about, &facts(brain, sha256)))
}

fn facts(brain: &Brain, sha256: &str) -> Vec<(&'static str, String)> {
    let (shape, champion) = (&brain.shape, &brain.champion);
    vec![
        ("inputs", Value::from(shape.inputs.as_slice()).to_string()),
        ("outputs", Value::from(shape.outputs.as_slice()).to_string()),
        ("recurrent", shape.recurrent.to_string()),
        ("population", shape.name.clone()),
        ("fitness", format!("{:?}", champion.fitness)),
        ("generation", champion.generation.to_string()),
        ("seed", brain.seed.to_string()),
        ("champion_sha256", sha256.to_owned()),
    ]
}

fn feed_forward(build: &mut Builder, network: &Network) -> Result<(), OnnxError> {
    let levels = network.levels();
    // Where a slot stands among the columns so far; inputs stand first.
    let mut places: Vec<usize> = (0..network.slots()).collect();
    let (mut values, mut width) = ("observations".to_owned(), network.inputs());
    let depth = levels.iter().flatten().max().map_or(0, |last| last + 1);
    let mut neurons: Vec<Vec<Neuron>> = vec![Vec::new(); depth];
    for (neuron, level) in network.neurons().zip(&levels) {
        if let Some(level) = level {
            neurons[*level].push(neuron);
        }
    }
    for level in &mut neurons {
        let parts = step(build, &values, level, &places)?;
        for neuron in level {
            places[neuron.slot] = width;
            width += 1;
        }
        values = joined(build, std::iter::once(values).chain(parts));
    }
    let outputs: Vec<usize> = network.output_slots().map(|slot| places[slot]).collect();
    give(build, &values, &outputs, "actions");
    Ok(())
}

/// One level: every neuron reads what the others gave in the tick before.
fn recurrent(build: &mut Builder, network: &Network, nodes: &[u32]) -> Result<(), OnnxError> {
    let mut places: Vec<usize> = (0..network.slots()).collect();
    for (place, &slot) in nodes.iter().enumerate() {
        places[slot as usize] = network.inputs() + place;
    }
    let values = joined(build, ["observations".to_owned(), "state".to_owned()]);
    let mut neurons: Vec<Neuron> = network.neurons().collect();
    let parts = step(build, &values, &mut neurons, &places)?;
    let fresh = joined(build, parts);
    neurons.iter().enumerate().for_each(|(place, neuron)| places[neuron.slot] = place);
    let state: Vec<usize> = nodes.iter().map(|&slot| places[slot as usize]).collect();
    give(build, &fresh, &state, "next_state");
    let outputs: Vec<usize> = network.output_slots().map(|slot| places[slot]).collect();
    give(build, &fresh, &outputs, "actions");
    Ok(())
}

/// What the neurons of a level give, in parts, one for each kind; leaves the neurons in their order.
fn step(
    build: &mut Builder,
    values: &str,
    level: &mut [Neuron],
    places: &[usize],
) -> Result<Vec<String>, OnnxError> {
    let kind = |neuron: &Neuron| (neuron.aggregation.code(), neuron.activation.code());
    level.sort_by_key(kind);
    let part = |group: &[Neuron]| {
        let incoming = |neuron: &Neuron| {
            neuron.incoming().map(|(slot, weight)| (places[slot], weight)).collect::<Vec<_>>()
        };
        let incoming: Vec<_> = group.iter().map(incoming).collect();
        let total = aggregated(build, group[0].aggregation, values, &incoming)?;
        let biases: Vec<f32> = group.iter().map(|neuron| neuron.bias).collect();
        let biases = build.floats(&[biases.len()], &biases);
        let total = build.add("Add", &[&total, &biases], &[]);
        let held = limited(build, &total);
        Ok(activated(build, group[0].activation, &held))
    };
    level.chunk_by(|a, b| kind(a) == kind(b)).map(part).collect()
}

/// The columns of several batches beside each other.
fn joined(build: &mut Builder, parts: impl IntoIterator<Item = String>) -> String {
    let parts: Vec<String> = parts.into_iter().collect();
    let parts: Vec<&str> = parts.iter().map(String::as_str).collect();
    build.add("Concat", &parts, &[("axis", Attribute::Int(1))])
}

fn give(build: &mut Builder, values: &str, places: &[usize], output: &str) {
    let chosen = columns(build, values, &[places.len()], places);
    build.put("Identity", &[&chosen], &[output], &[]);
}

#[cfg(test)]
mod tests {
    use super::*;
    use evolve_core::config::GenomeConfig;
    use evolve_core::evolution::Champion;
    use evolve_core::genome::Genome;
    use evolve_core::random::{Purpose, Stream};
    use evolve_core::work::PopulationShape;
    use std::sync::Arc;

    fn brain() -> Brain {
        let genome =
            Genome::initial(3, 2, &GenomeConfig::default(), &mut Stream::new(1, 0, 0, 0, Purpose::User));
        let names = |count: usize| (0..count).map(|place| format!("n{place}")).collect();
        let shape =
            PopulationShape { name: "main".into(), inputs: names(3), outputs: names(2), recurrent: false };
        Brain { shape, champion: Champion { genome: Arc::new(genome), fitness: 1.0, generation: 0 }, seed: 7 }
    }

    #[test]
    fn the_same_champion_gives_the_same_bytes() {
        let model = champion_model(&brain(), "0").unwrap();
        assert_eq!(model, champion_model(&brain(), "0").unwrap());
        assert!(model.starts_with(b"\x08\x07\x12\x06evolve"));
    }

    #[test]
    fn a_brain_that_one_file_cannot_hold_is_refused_before_it_takes_memory() {
        let refused = champion_in(Builder::with_room(20), &brain(), "0");
        assert_eq!(refused, Err(OnnxError::TooLarge { limit: 1024 }));
    }
}

//! onnxruntime in this process, beside our own networks. These tests want its library, which the Python wheel
//! brings; `tools/test` finds it, and by hand it is
//! `EVOLVE_ONNXRUNTIME=…/libonnxruntime.so.1.… cargo test -p evolve-client -- --include-ignored`.

#![allow(clippy::unwrap_used)]

use evolve_client::{Client, ClientError, Options};
use evolve_core::activation::Activation;
use evolve_core::config::{GenomeConfig, MutationConfig};
use evolve_core::evolution::Champion;
use evolve_core::genome::{Genome, mutate};
use evolve_core::network::Network;
use evolve_core::random::{Purpose, Stream};
use evolve_core::work::PopulationShape;
use evolve_format::Brain;
use evolve_onnx::champion_model;
use proptest::prelude::*;
use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::thread;

const ROWS: usize = 3;
const INPUTS: usize = 3;
const OUTPUTS: usize = 2;
static FILES: AtomicU64 = AtomicU64::new(0);

/// A file that is there for the length of a test.
struct File(PathBuf);

impl File {
    fn of(bytes: &[u8]) -> Self {
        let number = FILES.fetch_add(1, Ordering::Relaxed);
        let path = std::env::temp_dir().join(format!("evolve-client-{}-{number}.onnx", std::process::id()));
        std::fs::write(&path, bytes).unwrap();
        Self(path)
    }

    fn open(&self) -> Result<Client, ClientError> {
        Client::open(self.0.to_str().unwrap(), &Options::default())
    }
}

impl Drop for File {
    fn drop(&mut self) {
        drop(std::fs::remove_file(&self.0));
    }
}

/// A genome that has gone through some rounds of mutation.
fn genome(seed: u64, rounds: usize, recurrent: bool) -> Genome {
    use Activation::{Relu, Sigmoid, Sine, Tanh};
    // Steep functions and large weights would enlarge what rounding does.
    let genes = GenomeConfig {
        recurrent,
        initial_deviation: 0.7,
        weight_limit: 2.0,
        hidden_activation: Tanh,
        output_activation: Tanh,
        activations: vec![Tanh, Sigmoid, Relu, Sine],
        ..GenomeConfig::default()
    };
    let rates = MutationConfig {
        add_node_rate: 0.4,
        add_connection_rate: 0.5,
        activation_rate: 0.3,
        weight_power: 0.3,
        ..MutationConfig::default()
    };
    let mut random = Stream::new(seed, 0, 0, 0, Purpose::User);
    let mut genome = Genome::initial(INPUTS, OUTPUTS, &genes, &mut random);
    (0..rounds).for_each(|_| mutate(&mut genome, &genes, &rates, &mut random));
    genome
}

fn model(genome: &Genome, recurrent: bool) -> Vec<u8> {
    let names = |count| (0..count).map(|number| format!("n{number}")).collect();
    let shape =
        PopulationShape { name: "p".into(), inputs: names(INPUTS), outputs: names(OUTPUTS), recurrent };
    let champion = Champion { genome: Arc::new(genome.clone()), fitness: 1.0, generation: 0 };
    champion_model(&Brain { shape, champion, seed: 1 }, "").unwrap()
}

/// The difference that f32 rounding allows.
fn differs(ours: f32, theirs: f32) -> bool {
    (ours - theirs).abs() > 1e-5 * ours.abs().max(1.0)
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(40))]

    #[test]
    #[ignore = "wants onnxruntime's library: EVOLVE_ONNXRUNTIME names it"]
    fn a_model_gives_what_the_genome_gives(
        seed: u64, rounds in 0usize..25, recurrent: bool,
        ticks in prop::collection::vec(prop::collection::vec(-2f32..2.0, ROWS * INPUTS), 1..5),
    ) {
        let genome = genome(seed, rounds, recurrent);
        let network = Network::compile(&genome, recurrent);
        let client = File::of(&model(&genome, recurrent)).open().unwrap();
        let width = client.shape().inputs.get(1).map_or(0, |state| state.width);
        let (mut values, mut state) = (vec![vec![0.0; network.slots()]; ROWS], vec![0.0; ROWS * width]);
        for observations in ticks {
            let inputs: &[&[f32]] = if recurrent { &[&observations, &state] } else { &[&observations] };
            let mut given = client.infer(inputs).unwrap();
            for ((row, values), theirs) in
                observations.chunks(INPUTS).zip(&mut values).zip(given[0].chunks(OUTPUTS))
            {
                let mut ours = [0.0; OUTPUTS];
                network.forward(row, values, &mut Vec::new(), &mut ours);
                for (&ours, &theirs) in ours.iter().zip(theirs) {
                    prop_assert!(!differs(ours, theirs), "{ours} {theirs}");
                }
            }
            state = given.pop().unwrap();
        }
    }
}

#[test]
#[ignore = "wants onnxruntime's library: EVOLVE_ONNXRUNTIME names it"]
fn threads_share_a_model_and_its_requests() {
    let genome = genome(7, 10, false);
    let client = File::of(&model(&genome, false)).open().unwrap();
    let alone = |row: &[f32]| client.infer(&[row]).unwrap();
    let expected: Vec<_> = (0u8..8).map(|caller| alone(&[f32::from(caller), 1.0, -1.0])).collect();
    thread::scope(|scope| {
        for (caller, expected) in (0u8..8).zip(&expected) {
            let client = &client;
            scope.spawn(move || {
                for _ in 0..100 {
                    let given = client.infer(&[&[f32::from(caller), 1.0, -1.0]]).unwrap();
                    assert!(given[0].iter().zip(&expected[0]).all(|(&one, &other)| !differs(one, other)));
                }
            });
        }
    });
    let counters = client.counters();
    assert_eq!((counters.infer_count, counters.rows), (808, 808));
    assert!(counters.requests <= 808 && counters.infer_time_ns > 0);
    assert_eq!((counters.http_time_ns, counters.remote_infer_ns), (0, 0));
}

#[test]
#[ignore = "wants onnxruntime's library: EVOLVE_ONNXRUNTIME names it"]
fn no_change_of_a_file_makes_more_than_a_sentence() {
    let whole = model(&genome(3, 8, false), false);
    let mut random = Stream::new(5, 0, 0, 0, Purpose::User);
    for _ in 0..200 {
        let mut changed = whole.clone();
        let at = random.below(changed.len());
        if random.chance(0.3) {
            changed.truncate(at);
        } else {
            changed[at] = random.below(256) as u8;
        }
        match File::of(&changed).open() {
            Ok(client) => drop(client.infer(&[&[0.5; INPUTS]])),
            Err(error) => assert!(!error.to_string().contains('\n'), "{error}"),
        }
    }
}

#[test]
fn a_file_that_is_not_there_is_named() {
    let said = Client::open("/nowhere/brain.onnx", &Options::default()).err().unwrap().to_string();
    assert_eq!(said, "/nowhere/brain.onnx: No such file or directory (os error 2)");
}

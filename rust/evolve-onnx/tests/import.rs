//! Models of policies come back as the policies they were, and no bytes make the reader panic.

use evolve_core::activation::Activation;
use evolve_core::policy::{Layer, Policy};
use evolve_format::NamedPolicy;
use evolve_onnx::{import_policy, policy_model};
use proptest::prelude::*;

fn dense(inputs: usize, outputs: usize, activation: Activation) -> Layer {
    Layer::Dense { inputs, outputs, activation }
}

fn sliding() -> Layer {
    let (kernel, stride, padding) = ([3, 2], [2, 1], [1, 0]);
    let activation = Activation::Relu;
    Layer::Convolution { channels: 2, size: [5, 6], outputs: 3, kernel, stride, padding, activation }
}

fn named(layers: Vec<Layer>, names: &[&str]) -> NamedPolicy {
    let count: usize = layers.iter().map(|layer| layer.kernel_weights() + layer.biases()).sum();
    let weights = (0..count).map(|place| (place as f32 * 0.37).rem_euclid(2.0) - 1.0).collect();
    let names = names.iter().map(ToString::to_string).collect();
    NamedPolicy {
        inputs: names,
        outputs: vec!["x".into()],
        policy: Policy::new(layers, weights).expect("layers with as many weights as they have"),
    }
}

fn all() -> Vec<NamedPolicy> {
    let functions = [
        Activation::Identity,
        Activation::Sigmoid,
        Activation::Tanh,
        Activation::Relu,
        Activation::LeakyRelu,
        Activation::Elu,
        Activation::Abs,
        Activation::Clamped,
    ];
    let plain = |&function| named(vec![dense(2, 3, function), dense(3, 1, Activation::Tanh)], &["a", "b"]);
    let image =
        named(vec![sliding(), dense(45, 4, Activation::Tanh), dense(4, 1, Activation::Identity)], &[]);
    functions.iter().map(plain).chain([image]).collect()
}

#[test]
fn a_policys_model_is_the_policy() {
    for mut policy in all() {
        let model = policy_model(&policy).unwrap();
        let back = import_policy(&model).unwrap();
        if policy.inputs.is_empty() {
            // The model takes rows; what is an image is known further on.
            policy.inputs.clone_from(&back.inputs);
        }
        assert_eq!(back, policy);
    }
}

#[test]
fn what_is_no_model_is_refused_in_a_sentence() {
    let sentence = |bytes: &[u8]| import_policy(bytes).unwrap_err().to_string();
    assert_eq!(sentence(b""), "this is no sound ONNX model: it has no graph");
    assert_eq!(sentence(b"\x3a\x7f"), "this is no sound ONNX model: it ends in the middle of a field");
    let gaussian = named(vec![dense(1, 1, Activation::Gaussian)], &["a"]);
    let refused = sentence(&policy_model(&gaussian).unwrap());
    assert!(refused.ends_with("cannot be imported (docs/onnx.md lists what can)"), "{refused}");
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(3_000))]
    #[test]
    fn mutated_models_are_read_or_refused(
        which in 0usize..9,
        changes in proptest::collection::vec((any::<prop::sample::Index>(), any::<u8>(), 0u8..3), 1..6),
    ) {
        let mut bytes = policy_model(&all()[which]).unwrap();
        for (place, value, kind) in changes {
            let place = place.index(bytes.len());
            match kind {
                0 => bytes[place] = value,
                1 => bytes.insert(place, value),
                _ => bytes.truncate(place.max(1)),
            }
        }
        if let Ok(read) = import_policy(&bytes) {
            let mut actions = vec![0.0; read.policy.outputs()];
            read.policy.forward(&vec![1.0; read.policy.inputs()], &mut read.policy.buffers(), &mut actions);
            prop_assert!(actions.iter().all(|action| action.is_finite()));
        }
    }
}

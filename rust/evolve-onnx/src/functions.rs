//! What a neuron does, in operators of ONNX: the twin of `evolve_core::activation`.
//!
//! Only the rounding differs, see docs/onnx.md.

use crate::builder::{Attribute, Builder};
use evolve_core::activation::Activation;
use evolve_core::network::VALUE_LIMIT;

const SINE_LIMIT: f32 = 8_192.0;

/// Hold what reaches a neuron to its limits. A NaN becomes the lower one, which Clip does not promise.
pub(crate) fn limited(build: &mut Builder, x: &str) -> String {
    let (least, most) = (build.number(-VALUE_LIMIT), build.number(VALUE_LIMIT));
    let enough = build.add("GreaterOrEqual", &[x, &least], &[]);
    let x = build.add("Where", &[&enough, x, &least], &[]);
    build.add("Min", &[&x, &most], &[])
}

/// The function of every number of a tensor.
pub(crate) fn activated(build: &mut Builder, activation: Activation, x: &str) -> String {
    match activation {
        Activation::Identity => x.to_owned(),
        Activation::Sigmoid => build.add("Sigmoid", &[x], &[]),
        Activation::Tanh => build.add("Tanh", &[x], &[]),
        Activation::Relu => build.add("Relu", &[x], &[]),
        Activation::LeakyRelu => build.add("LeakyRelu", &[x], &[("alpha", Attribute::Float(0.01))]),
        Activation::Elu => build.add("Elu", &[x], &[("alpha", Attribute::Float(1.0))]),
        Activation::Gaussian => {
            let square = build.add("Mul", &[x, x], &[]);
            let negative = build.add("Neg", &[&square], &[]);
            build.add("Exp", &[&negative], &[])
        }
        Activation::Sine => {
            let held = clipped(build, x, SINE_LIMIT);
            build.add("Sin", &[&held], &[])
        }
        Activation::Abs => build.add("Abs", &[x], &[]),
        Activation::Step => {
            let zero = build.number(0.0);
            let truth = build.add("Greater", &[x, &zero], &[]);
            build.add("Cast", &[&truth], &[("to", Attribute::Int(1))])
        }
        Activation::Softplus => softplus(build, x),
        Activation::Clamped => clipped(build, x, 1.0),
        Activation::SteepSigmoid => {
            let steepness = build.number(4.9);
            let steep = build.add("Mul", &[x, &steepness], &[]);
            build.add("Sigmoid", &[&steep], &[])
        }
    }
}

/// Hold numbers to ± a limit.
pub(crate) fn clipped(build: &mut Builder, x: &str, limit: f32) -> String {
    let (least, most) = (build.number(-limit), build.number(limit));
    build.add("Clip", &[x, &least, &most], &[])
}

/// The operator Softplus is ln(e^x + 1), which overflows where it is taken at its word.
fn softplus(build: &mut Builder, x: &str) -> String {
    let (one, size) = (build.number(1.0), build.add("Abs", &[x], &[]));
    let negative = build.add("Neg", &[&size], &[]);
    let small = build.add("Exp", &[&negative], &[]);
    let sum = build.add("Add", &[&small, &one], &[]);
    let (rest, positive) = (build.add("Log", &[&sum], &[]), build.add("Relu", &[x], &[]));
    build.add("Add", &[&positive, &rest], &[])
}

//! A policy as an ONNX model: Conv and Gemm, each with its function.

use crate::builder::{Attribute, Builder, Kind, Side};
use crate::error::OnnxError;
use crate::functions::{activated, clipped};
use evolve_core::network::VALUE_LIMIT;
use evolve_core::policy::{Layer, Policy};
use evolve_format::NamedPolicy;
use serde_json::Value;

/// The bytes of the ONNX file of a policy: `observations` in, `actions` out, a row for each agent.
pub fn policy_model(named: &NamedPolicy) -> Result<Vec<u8>, OnnxError> {
    let policy = &named.policy;
    let mut build = Builder::new();
    build.make_room(4 * policy.weights().len())?;
    let batch = |columns| [Side::Free("batch"), Side::Fixed(columns)];
    build.input("observations", Kind::Float, &batch(policy.inputs()));
    build.output("actions", Kind::Float, &batch(policy.outputs()));
    let values = add_layers(&mut build, policy);
    let held = clipped(&mut build, &values, VALUE_LIMIT);
    build.put("Identity", &[&held], &["actions"], &[]);
    let listed = |names: &[String]| Value::from(names).to_string();
    let facts = [
        ("inputs", listed(&named.inputs)),
        ("outputs", listed(&named.outputs)),
        ("recurrent", "false".into()),
    ];
    Ok(build.model("policy", "A policy of Evolve.", &facts))
}

fn add_layers(build: &mut Builder, policy: &Policy) -> String {
    let (mut values, mut is_image) = ("observations".to_owned(), false);
    for (layer, weight, bias) in policy.parameters() {
        let bias = build.floats(&[bias.len()], bias);
        values = match layer {
            Layer::Dense { inputs, outputs, .. } => {
                if is_image {
                    values = build.add("Flatten", &[&values], &[("axis", Attribute::Int(1))]);
                }
                let weight = build.floats(&[*outputs, *inputs], weight);
                build.add("Gemm", &[&values, &weight, &bias], &[("transB", Attribute::Int(1))])
            }
            Layer::Convolution { channels, size, outputs, kernel, stride, padding, .. } => {
                let [height, width] = size.map(|side| side as i64);
                let sides = build.places(&[4], &[0, *channels as i64, height, width]);
                let image = build.add("Reshape", &[&values, &sides], &[]);
                let weight = build.floats(&[*outputs, *channels, kernel[0], kernel[1]], weight);
                let [kernel, stride, padding] =
                    [kernel, stride, padding].map(|sides| sides.map(|side| side as i64));
                let pads = [padding, padding].concat();
                let attributes = [
                    ("kernel_shape", Attribute::Ints(&kernel)),
                    ("strides", Attribute::Ints(&stride)),
                    ("pads", Attribute::Ints(&pads)),
                ];
                build.add("Conv", &[&image, &weight, &bias], &attributes)
            }
        };
        is_image = matches!(layer, Layer::Convolution { .. });
        values = activated(build, layer.activation(), &values);
    }
    if is_image { build.add("Flatten", &[&values], &[("axis", Attribute::Int(1))]) } else { values }
}

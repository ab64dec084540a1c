//! A policy as a file (`.evo`): its layers, its names, and one flat list of weights as torch has them.

use crate::columns::Column;
use crate::envelope::{self, Metadata};
use crate::error::FormatError;
use evolve_core::policy::{Layer, Policy};
use serde_json::Value;

const SCHEMA: &str = "evolve.policy";
const WEIGHTS: &str = "weights";
/// The longest name of an input or output.
const MAXIMUM_NAME: usize = 64;

/// A policy that stands by itself.
#[derive(Clone, Debug, PartialEq)]
pub struct NamedPolicy {
    /// Names of what it senses; none for an image.
    pub inputs: Vec<String>,
    /// Names of what it does; may be none.
    pub outputs: Vec<String>,
    /// The policy.
    pub policy: Policy,
}

/// The bytes of a policy's file.
pub fn encode_policy(named: &NamedPolicy) -> Vec<u8> {
    // A layer is plain data: there is nothing that could fail.
    let layers = serde_json::to_value(named.policy.layers()).unwrap_or_default();
    let metadata = Metadata::from_iter([
        ("inputs".to_owned(), Value::from(named.inputs.as_slice())),
        ("layers".to_owned(), layers),
        ("outputs".to_owned(), Value::from(named.outputs.as_slice())),
    ]);
    let weights = Column::list(WEIGHTS, named.policy.weights().iter().copied());
    envelope::seal(SCHEMA, metadata, vec![weights])
}

/// Read a policy's file.
pub fn decode_policy(bytes: &[u8]) -> Result<NamedPolicy, FormatError> {
    let (mut fields, tensors) = envelope::open_file(bytes, SCHEMA)?;
    let (inputs, outputs) = (fields.texts("inputs")?, fields.texts("outputs")?);
    let layers = layers_of(Value::Array(fields.list("layers")?))?;
    fields.end()?;
    tensors.only(&[&[WEIGHTS]])?;
    let weights = tensors.f32(WEIGHTS)?.iter().map(|&bytes| f32::from_le_bytes(bytes)).collect();
    let policy = Policy::new(layers, weights).map_err(|problem| FormatError::State(problem.to_string()))?;
    check_names("inputs", &inputs, policy.inputs())?;
    check_names("outputs", &outputs, policy.outputs())?;
    Ok(NamedPolicy { inputs, outputs, policy })
}

/// Whether the bytes say that they are a policy's; whether they are one is for [`decode_policy`] to say.
pub fn is_policy(bytes: &[u8]) -> bool {
    !matches!(envelope::open(bytes, SCHEMA), Err(FormatError::Schema { .. }))
}

/// Layers in JSON, as a file has them.
pub fn parse_layers(text: &str) -> Result<Vec<Layer>, FormatError> {
    let value = serde_json::from_str(text).map_err(|error| FormatError::metadata(error.to_string()))?;
    layers_of(value)
}

fn layers_of(value: Value) -> Result<Vec<Layer>, FormatError> {
    serde_path_to_error::deserialize(value)
        .map_err(|error| FormatError::metadata(format!("layers{}: {}", error.path(), error.inner())))
}

fn check_names(what: &str, names: &[String], count: usize) -> Result<(), FormatError> {
    if !names.is_empty() && names.len() != count {
        let given = names.len();
        return Err(FormatError::metadata(format!("{given} names of {what} are given for {count} numbers")));
    }
    match names.iter().find(|name| name.is_empty() || name.chars().count() > MAXIMUM_NAME) {
        Some(name) => {
            let problem =
                format!("{what} has the name {name:?}, and 1 to {MAXIMUM_NAME} characters are allowed");
            Err(FormatError::metadata(problem))
        }
        None => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use evolve_core::activation::Activation;

    fn named() -> NamedPolicy {
        let layer = Layer::Dense { inputs: 2, outputs: 1, activation: Activation::Tanh };
        let policy = Policy::new(vec![layer], vec![1.0, -2.0, 0.5]).unwrap();
        NamedPolicy { inputs: vec!["a".into(), "b".into()], outputs: Vec::new(), policy }
    }

    #[test]
    fn a_policy_comes_back_from_its_bytes_and_a_champion_is_none() {
        let bytes = encode_policy(&named());
        assert_eq!(decode_policy(&bytes), Ok(named()));
        assert!(is_policy(&bytes));
        let error = crate::decode_champion(&bytes).unwrap_err();
        assert_eq!(error.to_string(), "it holds evolve.policy, where evolve.champion is expected");
    }

    #[test]
    fn damage_and_nonsense_are_refused_in_a_sentence() {
        let mut bytes = encode_policy(&named());
        *bytes.last_mut().unwrap() ^= 1;
        assert_eq!(decode_policy(&bytes), Err(FormatError::Digest));
        let wrong = NamedPolicy { inputs: vec!["a".into()], ..named() };
        let error = decode_policy(&encode_policy(&wrong)).unwrap_err().to_string();
        assert_eq!(error, "its metadata is wrong: 1 names of inputs are given for 2 numbers");
        let error = parse_layers(r#"[{"kind": "dense", "inputs": 2, "outputs": 1, "activation": "tan"}]"#);
        assert!(error.unwrap_err().to_string().contains("unknown variant `tan`"));
    }
}

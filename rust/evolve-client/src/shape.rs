//! What a model takes and gives, and whether rows fit.

use crate::{ClientError, numbers};
use serde_json::Value;

/// The numbers of each tensor, in the model's order, row after row.
pub type Rows = Vec<Vec<f32>>;

const MOST_TENSORS: usize = 256;
const WIDEST: usize = 1 << 24;

/// One tensor of a model, of float32.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Tensor {
    /// Its name in the model.
    pub name: String,
    /// How many numbers a row of it has.
    pub width: usize,
    /// The sizes that a row is laid out in; their product is the width.
    pub sizes: Vec<usize>,
}

/// The tensors of a model, in its own order.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Shape {
    /// What it takes.
    pub inputs: Vec<Tensor>,
    /// What it gives.
    pub outputs: Vec<Tensor>,
}

impl Shape {
    /// From what a service says of a model.
    pub(crate) fn of_json(said: &Value) -> Option<Self> {
        let tensors = |key: &str| said[key].as_array()?.iter().map(tensor).collect::<Option<Vec<_>>>();
        Self { inputs: tensors("inputs")?, outputs: tensors("outputs")? }.checked()
    }

    /// Itself, when there is something to take and to give, and not too much of it.
    pub(crate) fn checked(self) -> Option<Self> {
        let is_fine = |tensors: &[Tensor]| (1..=MOST_TENSORS).contains(&tensors.len());
        (is_fine(&self.inputs) && is_fine(&self.outputs)).then_some(self)
    }

    /// How many bytes a row of all inputs has.
    pub(crate) fn input_bytes(&self) -> usize {
        self.inputs.iter().map(|tensor| tensor.width * size_of::<f32>()).sum()
    }

    /// How many bytes a row of all outputs has.
    pub(crate) fn output_bytes(&self) -> usize {
        self.outputs.iter().map(|tensor| tensor.width * size_of::<f32>()).sum()
    }

    /// The outputs of rows whose bytes stand one tensor after another; None when there are not as many.
    pub(crate) fn outputs_of(&self, rows: usize, mut bytes: &[u8]) -> Option<Rows> {
        let mut outputs = Rows::with_capacity(self.outputs.len());
        for tensor in &self.outputs {
            let size = rows.checked_mul(tensor.width)?.checked_mul(size_of::<f32>())?;
            let (own, rest) = bytes.split_at_checked(size)?;
            outputs.push(numbers::read(own));
            bytes = rest;
        }
        bytes.is_empty().then_some(outputs)
    }

    /// How many rows these are: as many in each input, one or more, and finite.
    pub(crate) fn rows_of(&self, model: &str, inputs: &[&[f32]]) -> Result<usize, ClientError> {
        if inputs.len() != self.inputs.len() {
            let names: Vec<_> = self.inputs.iter().map(|tensor| tensor.name.as_str()).collect();
            let (given, wanted) = (inputs.len(), names.join(", "));
            return Err(ClientError::Inputs { model: model.to_owned(), given, wanted });
        }
        let mut rows = None;
        for (tensor, numbers) in self.inputs.iter().zip(inputs) {
            rows = Some(tensor.rows_of(numbers, rows)?);
        }
        Ok(rows.unwrap_or_default())
    }
}

impl Tensor {
    /// None unless the first size is open, and stands for the rows.
    pub(crate) fn of(name: &str, sizes: &[i64]) -> Option<Self> {
        let ([-1], sizes) = sizes.split_at_checked(1)? else { return None };
        let sizes: Vec<usize> = sizes.iter().map(|&size| size.try_into().ok()).collect::<Option<_>>()?;
        let width = sizes.iter().try_fold(1usize, |product, &size| product.checked_mul(size))?;
        (1..=WIDEST).contains(&width).then(|| Self { name: name.to_owned(), width, sizes })
    }

    fn rows_of(&self, numbers: &[f32], wanted: Option<usize>) -> Result<usize, ClientError> {
        let (rows, is_whole) = (numbers.len() / self.width, numbers.len().is_multiple_of(self.width));
        if !is_whole || rows == 0 || wanted.is_some_and(|wanted| wanted != rows) {
            return Err(ClientError::Rows {
                name: self.name.clone(),
                numbers: numbers.len(),
                rows: wanted.map_or_else(|| "whole".to_owned(), |rows| rows.to_string()),
                width: self.width,
            });
        }
        match numbers.iter().position(|number| !number.is_finite()) {
            None => Ok(rows),
            Some(first) => Err(ClientError::NotFinite {
                name: self.name.clone(),
                row: first / self.width,
                place: first % self.width,
                value: numbers[first],
            }),
        }
    }
}

fn tensor(said: &Value) -> Option<Tensor> {
    let sizes: Option<Vec<i64>> = said["shape"].as_array()?.iter().map(Value::as_i64).collect();
    Tensor::of(said["name"].as_str()?, &sizes?).filter(|_| said["datatype"] == "FP32")
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use serde_json::json;

    fn shape() -> Shape {
        let tensor = |name: &str, width| Tensor::of(name, &[-1, width]).unwrap();
        Shape { inputs: vec![tensor("seen", 2), tensor("state", 3)], outputs: vec![tensor("done", 1)] }
    }

    #[test]
    fn rows_that_are_not_whole_alike_and_finite_are_refused_by_name() {
        let of = |inputs: &[&[f32]]| shape().rows_of("mind", inputs).map_err(|error| error.to_string());
        assert_eq!(of(&[&[1.0, 2.0], &[1.0, 2.0, 3.0]]), Ok(1));
        let refused = |inputs: &[&[f32]]| of(inputs).unwrap_err();
        assert_eq!(refused(&[&[1.0, 2.0]]), "1 inputs were given, but mind takes seen, state");
        assert_eq!(refused(&[&[1.0], &[1.0; 3]]), "seen: 1 numbers are not whole rows of 2");
        assert_eq!(refused(&[&[], &[]]), "seen: 0 numbers are not whole rows of 2");
        assert_eq!(refused(&[&[1.0; 4], &[1.0; 3]]), "state: 3 numbers are not 2 rows of 3");
        assert_eq!(
            refused(&[&[1.0, 1.0, 1.0, f32::NAN], &[1.0; 6]]),
            "seen: number 1 of row 1 is NaN, but every number has to be finite"
        );
    }

    #[test]
    fn only_float32_with_open_rows_is_a_tensor() {
        let of = |datatype: &str, sizes: Value| {
            tensor(&json!({"name": "x", "datatype": datatype, "shape": sizes})).map(|tensor| tensor.width)
        };
        assert_eq!(of("FP32", json!([-1, 3])), Some(3));
        assert_eq!(of("FP32", json!([-1, 1, 8, 8])), Some(64));
        assert_eq!(of("FP32", json!([-1])), Some(1));
        for (datatype, sizes) in [
            ("INT64", json!([-1, 3])),
            ("FP32", json!([4, 3])),
            ("FP32", json!([-1, -1])),
            ("FP32", json!([-1, 0])),
            ("FP32", json!([])),
            ("FP32", json!([-1, 1i64 << 40, 1i64 << 40])),
            ("FP32", json!(["-1", 3])),
        ] {
            assert_eq!(of(datatype, sizes.clone()), None, "{sizes}");
        }
    }

    proptest! {
        #[test]
        fn no_description_makes_the_reader_panic(at in 0usize..200, byte in any::<u8>()) {
            let mut said = br#"{"inputs":[{"name":"x","datatype":"FP32","shape":[-1,2]}],
                "outputs":[{"name":"y","datatype":"FP32","shape":[-1,2]}]}"#.to_vec();
            let at = at % said.len();
            said[at] = byte;
            if let Some(shape) = serde_json::from_slice(&said).ok().and_then(|said| Shape::of_json(&said)) {
                prop_assert!(shape.input_bytes() <= 99 * 4);
            }
        }

        #[test]
        fn a_width_is_the_product_of_the_sizes_behind_the_first(sizes in prop::collection::vec(1i64..9, 0..5)) {
            let all: Vec<i64> = [&[-1], sizes.as_slice()].concat();
            let width = Tensor::of("x", &all).map(|tensor| tensor.width);
            prop_assert_eq!(width, Some(sizes.iter().product::<i64>() as usize));
        }
    }
}

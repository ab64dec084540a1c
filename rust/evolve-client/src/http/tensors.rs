//! Requests and answers of the Open Inference Protocol with binary data.

use super::message::Message;
use crate::address::Place;
use crate::{ClientError, Rows, Shape, numbers};
use serde_json::{Value, json};
use std::io::Write as _;

/// What is the same in every request of a connection.
pub struct Asking {
    /// The lines of a head that every request has.
    common: String,
    path: String,
}

impl Asking {
    pub fn new(place: &Place, token: Option<&str>) -> Self {
        let key = token.map_or_else(String::new, |token| format!("Authorization: Bearer {token}\r\n"));
        let common = format!("Host: {}\r\n{key}", place.authority);
        Self { common, path: format!("{}/v2/models/{}", place.path, place.model) }
    }

    /// Ask what the model takes and gives.
    pub fn description(&self) -> Vec<u8> {
        format!("GET {} HTTP/1.1\r\n{}\r\n", self.path, self.common).into_bytes()
    }

    /// Ask for what the model gives for these rows. As many rows give the same description, which the service
    /// then knows already.
    pub fn inference(&self, shape: &Shape, rows: usize, inputs: &[Vec<f32>]) -> Vec<u8> {
        let described: Vec<Value> = shape
            .inputs
            .iter()
            .zip(inputs)
            .map(|(tensor, numbers)| {
                let sizes: Vec<usize> = [&[rows], tensor.sizes.as_slice()].concat();
                json!({"name": tensor.name, "datatype": "FP32", "shape": sizes,
                       "parameters": {"binary_data_size": size_of_val(numbers.as_slice())}})
            })
            .collect();
        let text = json!({"inputs": described, "parameters": {"binary_data_output": true}}).to_string();
        let size = text.len() + inputs.iter().map(|input| size_of_val(input.as_slice())).sum::<usize>();
        let mut message = Vec::with_capacity(size + 512);
        let (path, common, length) = (&self.path, &self.common, text.len());
        write!(
            message,
            "POST {path}/infer HTTP/1.1\r\n{common}Content-Type: application/octet-stream\r\n\
             Content-Length: {size}\r\nInference-Header-Content-Length: {length}\r\n\r\n{text}"
        )
        .expect("a vector takes everything");
        for input in inputs {
            numbers::append(&mut message, input);
        }
        message
    }
}

/// What the model takes and gives.
pub fn shape(message: &Message, model: &str) -> Result<Shape, ClientError> {
    let said = successful(message)?;
    let said: Value =
        serde_json::from_slice(said).map_err(|_| ClientError::Protocol("its description is no JSON"))?;
    Shape::of_json(&said).ok_or_else(|| ClientError::Tensors(model.to_owned()))
}

/// The outputs, when they are those of the model, and for as many rows.
pub fn outputs(message: &Message, shape: &Shape, rows: usize) -> Result<Rows, ClientError> {
    let body = successful(message)?;
    let text_bytes = message.text_bytes.ok_or(ClientError::Protocol("an answer has no binary data"))?;
    let parts = body.split_at_checked(text_bytes);
    let (text, binary) = parts.ok_or(ClientError::Protocol("the JSON of an answer is cut short"))?;
    let said: Value =
        serde_json::from_slice(text).map_err(|_| ClientError::Protocol("an answer's JSON is none"))?;
    let described = said["outputs"].as_array().map_or(&[][..], Vec::as_slice);
    let is_known = described.len() == shape.outputs.len()
        && described.iter().zip(&shape.outputs).all(|(one, tensor)| {
            let size = rows.saturating_mul(tensor.width).saturating_mul(size_of::<f32>());
            let said = &one["parameters"]["binary_data_size"];
            one["name"] == tensor.name && one["datatype"] == "FP32" && said.as_u64() == Some(size as u64)
        });
    let outputs = shape.outputs_of(rows, binary).filter(|_| is_known);
    outputs.ok_or(ClientError::Protocol("an answer has other tensors than its request asked for"))
}

/// The body of an answer that is no refusal.
fn successful(message: &Message) -> Result<&[u8], ClientError> {
    if message.status == 200 {
        return Ok(&message.body);
    }
    Err(ClientError::refused(message.status, &message.body))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Tensor;
    use crate::address::Address;
    use proptest::prelude::*;

    fn shape_of(widths: &[i64]) -> Shape {
        let tensor = |(place, &width): (usize, &i64)| Tensor::of(&format!("t{place}"), &[-1, width]).unwrap();
        let tensors: Vec<Tensor> = widths.iter().enumerate().map(tensor).collect();
        Shape { inputs: tensors.clone(), outputs: tensors }
    }

    fn answer(shape: &Shape, outputs: &[Vec<f32>]) -> Message {
        let described: Vec<Value> = shape
            .outputs
            .iter()
            .zip(outputs)
            .map(|(tensor, numbers)| {
                json!({"name": tensor.name, "datatype": "FP32", "shape": [numbers.len() / tensor.width, tensor.width],
                       "parameters": {"binary_data_size": numbers.len() * 4}})
            })
            .collect();
        let mut body = json!({"outputs": described}).to_string().into_bytes();
        let text_bytes = Some(body.len());
        body.extend(outputs.iter().flatten().flat_map(|number| number.to_le_bytes()));
        Message { status: 200, text_bytes, body, is_last: false }
    }

    #[test]
    fn a_request_is_what_the_protocol_says() {
        let Ok(Address::Service { place, .. }) = Address::parse("http://localhost:8000/base#m") else {
            panic!("an address")
        };
        let asked = Asking::new(&place, Some("key")).inference(&shape_of(&[2]), 1, &[vec![1.0, 2.0]]);
        let text = "{\"inputs\":[{\"datatype\":\"FP32\",\"name\":\"t0\",\"parameters\":{\"binary_data_size\":8},\
            \"shape\":[1,2]}],\"parameters\":{\"binary_data_output\":true}}";
        let (length, size) = (text.len(), text.len() + 8);
        let head = format!(
            "POST /base/v2/models/m/infer HTTP/1.1\r\nHost: localhost:8000\r\nAuthorization: Bearer key\r\n\
             Content-Type: application/octet-stream\r\nContent-Length: {size}\r\n\
             Inference-Header-Content-Length: {length}\r\n\r\n{text}"
        );
        assert_eq!(asked, [head.as_bytes(), &[0, 0, 128, 63, 0, 0, 0, 64]].concat());
    }

    #[test]
    fn a_refusal_has_the_sentence_of_the_service() {
        let of = |body: &[u8]| {
            let message = Message { status: 404, text_bytes: None, body: body.to_vec(), is_last: false };
            outputs(&message, &shape_of(&[1]), 1).unwrap_err().to_string()
        };
        assert_eq!(
            of(br#"{"error": "there is no model x"}"#),
            "the service refused it (404): there is no model x"
        );
        assert_eq!(of(b"<h1>Not\x1b[31m here</h1>\n"), "the service refused it (404): <h1>Not[31m here</h1>");
        assert_eq!(of(b""), "the service refused it (404): no reason given");
    }

    proptest! {
        #[test]
        fn what_was_given_is_read_again(
            widths in prop::collection::vec(1i64..5, 1..4), rows in 1usize..5, seed in any::<u32>(),
        ) {
            let shape = shape_of(&widths);
            let numbers = |width: &i64| (0..rows * *width as usize).map(|n| f32::from_bits(seed ^ n as u32)).collect();
            let given: Rows = widths.iter().map(numbers).collect();
            let read = outputs(&answer(&shape, &given), &shape, rows).unwrap();
            let bits = |rows: &Rows| rows.iter().flatten().map(|number| number.to_bits()).collect::<Vec<_>>();
            prop_assert_eq!(bits(&read), bits(&given));
            prop_assert!(outputs(&answer(&shape, &given), &shape, rows + 1).is_err());
        }

        #[test]
        fn a_changed_answer_is_read_or_refused_and_never_panics(
            at in 0usize..200, byte in any::<u8>(), text_bytes in prop::option::of(0usize..300),
        ) {
            let shape = shape_of(&[2, 3]);
            let mut message = answer(&shape, &[vec![1.0; 2], vec![2.0; 3]]);
            let at = at % message.body.len();
            message.body[at] = byte;
            message.text_bytes = text_bytes.or(message.text_bytes);
            if let Ok(read) = outputs(&message, &shape, 1) {
                prop_assert_eq!(read.iter().map(Vec::len).collect::<Vec<_>>(), [2, 3]);
            }
        }
    }
}

//! The frames of spec/INFERENCE.md: a header of 16 bytes, then float32 or a sentence.

use crate::numbers;

const HEADER: usize = 16;
const REQUEST: u16 = 1;
const ANSWER: u16 = 2;
const ERROR: u16 = 3;

/// One frame of the service.
#[derive(Debug, PartialEq)]
pub enum Answer<'a> {
    /// The bytes of the outputs, and how many rows they are.
    Outputs { request: u64, rows: usize, bytes: &'a [u8] },
    /// Why there are none.
    Refused { request: u64, code: u32, reason: String },
}

/// A request for stream 0.
pub fn request(number: u64, rows: u32, inputs: &[Vec<f32>]) -> Vec<u8> {
    let size: usize = inputs.iter().map(|input| size_of_val(input.as_slice())).sum();
    let mut frame = Vec::with_capacity(HEADER + size);
    frame.extend(REQUEST.to_le_bytes());
    frame.extend(0u16.to_le_bytes());
    frame.extend(rows.to_le_bytes());
    frame.extend(number.to_le_bytes());
    for input in inputs {
        numbers::append(&mut frame, input);
    }
    frame
}

/// The frame at the beginning of a message, and what follows it.
pub fn answer(message: &[u8], row_bytes: usize) -> Result<(Answer<'_>, &[u8]), &'static str> {
    let cut = "a frame is cut short";
    let (header, rest) = message.split_at_checked(HEADER).ok_or(cut)?;
    let (kind, second) = (u16_at(header, 0), u32_at(header, 4));
    let request = u64::from(u32_at(header, 8)) | u64::from(u32_at(header, 12)) << 32;
    match kind {
        ANSWER => {
            let rows = second as usize;
            let size = rows.checked_mul(row_bytes);
            let (bytes, rest) = size.and_then(|size| rest.split_at_checked(size)).ok_or(cut)?;
            Ok((Answer::Outputs { request, rows, bytes }, rest))
        }
        ERROR => {
            let (length, rest) = rest.split_at_checked(4).ok_or(cut)?;
            let (text, rest) = rest.split_at_checked(u32_at(length, 0) as usize).ok_or(cut)?;
            let reason = String::from_utf8_lossy(text).into_owned();
            Ok((Answer::Refused { request, code: second, reason }, rest))
        }
        _ => Err("a frame is neither an answer nor an error"),
    }
}

fn u16_at(bytes: &[u8], place: usize) -> u16 {
    u16::from_le_bytes([bytes[place], bytes[place + 1]])
}

fn u32_at(bytes: &[u8], place: usize) -> u32 {
    u32::from_le_bytes([bytes[place], bytes[place + 1], bytes[place + 2], bytes[place + 3]])
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn a_request_has_the_bytes_of_the_specification() {
        let frame = request(0x0102, 2, &[vec![1.0, -2.0]]);
        let expected = [1, 0, 0, 0, 2, 0, 0, 0, 2, 1, 0, 0, 0, 0, 0, 0, 0, 0, 128, 63, 0, 0, 0, 192];
        assert_eq!(frame, expected);
    }

    #[test]
    fn frames_follow_each_other_in_a_message() {
        let mut message = request(7, 1, &[vec![1.0]]);
        message[0] = 2;
        let mut refusal = request(8, 503, &[]);
        refusal[0] = 3;
        message.extend(refusal);
        message.extend([2, 0, 0, 0, b'n', b'o']);
        let (first, rest) = answer(&message, 4).unwrap();
        assert_eq!(first, Answer::Outputs { request: 7, rows: 1, bytes: &[0, 0, 128, 63] });
        let (second, rest) = answer(rest, 4).unwrap();
        assert_eq!(second, Answer::Refused { request: 8, code: 503, reason: "no".into() });
        assert!(rest.is_empty());
    }

    #[test]
    fn no_cut_of_a_frame_and_no_claim_of_its_length_is_taken_for_a_whole_one() {
        let mut whole = request(7, 2, &[vec![1.0, 2.0]]);
        whole[0] = 2;
        for length in 0..whole.len() {
            assert!(answer(&whole[..length], 4).is_err(), "{length}");
        }
        whole[4..8].fill(255);
        assert!(answer(&whole, usize::MAX).is_err());
        whole[0] = 3;
        whole[16..20].fill(255);
        assert!(answer(&whole, 4).is_err());
        whole[0] = 9;
        assert!(answer(&whole, 4).is_err());
    }

    proptest! {
        #[test]
        fn no_bytes_make_the_decoder_panic_or_give_more_than_there_is(
            message in prop::collection::vec(any::<u8>(), 0..80), row_bytes in 0usize..64, kind in 0u8..5,
        ) {
            let mut message = message;
            if let Some(first) = message.first_mut() {
                *first = kind;
            }
            let mut rest = message.as_slice();
            while !rest.is_empty() {
                let Ok((answer, after)) = answer(rest, row_bytes) else { break };
                prop_assert!(after.len() + HEADER <= rest.len());
                if let Answer::Outputs { rows, bytes, .. } = answer {
                    prop_assert_eq!(bytes.len(), rows * row_bytes);
                }
                rest = after;
            }
        }
    }
}

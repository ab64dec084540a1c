//! The frames of spec/INFERENCE.md: a header of 16 bytes, then float32 or a sentence.

use crate::ClientError;

const HEADER: usize = 16;
const REQUEST: u16 = 1;
const ANSWER: u16 = 2;
const ERROR: u16 = 3;

/// One frame of the service.
#[derive(Debug, PartialEq)]
pub enum Answer<'a> {
    /// The bytes of the output, and how many rows they are.
    Outputs { request: u64, rows: usize, bytes: &'a [u8] },
    /// Why there are none.
    Refused { request: u64, code: u32, reason: String },
}

/// A request for stream 0.
pub fn request(number: u64, rows: u32, numbers: &[f32]) -> Vec<u8> {
    let mut frame = Vec::with_capacity(HEADER + size_of_val(numbers));
    frame.extend(REQUEST.to_le_bytes());
    frame.extend(0u16.to_le_bytes());
    frame.extend(rows.to_le_bytes());
    frame.extend(number.to_le_bytes());
    for number in numbers {
        frame.extend(number.to_le_bytes());
    }
    frame
}

/// The frame at the beginning of a message, and what follows it.
pub fn answer(message: &[u8], row_bytes: usize) -> Result<(Answer<'_>, &[u8]), ClientError> {
    let cut = ClientError::Protocol("a frame is cut short");
    let Some((header, rest)) = message.split_at_checked(HEADER) else { return Err(cut) };
    let (kind, second) = (u16_at(header, 0), u32_at(header, 4));
    let request = u64::from(u32_at(header, 8)) | u64::from(u32_at(header, 12)) << 32;
    match kind {
        ANSWER => {
            let rows = second as usize;
            let size = rows.checked_mul(row_bytes);
            let (bytes, rest) = size.and_then(|size| rest.split_at_checked(size)).ok_or(cut)?;
            Ok((Answer::Outputs { request, rows, bytes }, rest))
        }
        ERROR if rest.len() >= 4 => {
            let length = u32_at(rest, 0) as usize;
            let (text, rest) = rest[4..].split_at_checked(length).ok_or(cut)?;
            let reason = String::from_utf8_lossy(text).into_owned();
            Ok((Answer::Refused { request, code: second, reason }, rest))
        }
        ERROR => Err(cut),
        _ => Err(ClientError::Protocol("a frame is neither an answer nor an error")),
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

    #[test]
    fn a_request_has_the_bytes_of_the_specification() {
        let frame = request(0x0102, 2, &[1.0, -2.0]);
        let expected = [1, 0, 0, 0, 2, 0, 0, 0, 2, 1, 0, 0, 0, 0, 0, 0, 0, 0, 128, 63, 0, 0, 0, 192];
        assert_eq!(frame, expected);
    }

    #[test]
    fn frames_follow_each_other_in_a_message() {
        let mut message = request(7, 1, &[1.0]);
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
        let mut whole = request(7, 2, &[1.0, 2.0]);
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
}

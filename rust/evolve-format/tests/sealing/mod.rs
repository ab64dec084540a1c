//! Digests for changed files, so that what is behind the digest is reached.

use sha2::{Digest, Sha256};
use std::fmt::Write as _;

/// Where the header ends, when the bytes have all of it.
pub fn header_end(bytes: &[u8]) -> Option<usize> {
    let length = usize::try_from(u64::from_le_bytes(*bytes.first_chunk::<8>()?)).ok()?;
    length.checked_add(8).filter(|&end| end <= bytes.len())
}

/// State the digest that the bytes have now, where they state one.
pub fn seal(bytes: &mut [u8]) {
    const LABEL: &[u8] = br#"\"sha256\":\""#;
    let Some(end) = header_end(bytes) else { return };
    let Some(label) = bytes[..end].windows(LABEL.len()).position(|window| window == LABEL) else { return };
    let place = label + LABEL.len()..label + LABEL.len() + 64;
    if place.end > end {
        return;
    }
    bytes[place.clone()].fill(b'0');
    let digest = Sha256::digest(&*bytes).iter().fold(String::new(), |mut text, byte| {
        write!(text, "{byte:02x}").expect("a string takes everything");
        text
    });
    bytes[place].copy_from_slice(digest.as_bytes());
}

//! The digest of a file: SHA-256 over all of its bytes, with the digest's own digits as zeros.
//!
//! The safetensors format has no checksum; half of all random corruptions go unnoticed without one.

use sha2::{Digest, Sha256};
use std::fmt::Write as _;

/// What stands in the digest's place while it is computed.
pub(crate) const NONE: &str = "0000000000000000000000000000000000000000000000000000000000000000";
/// Canonical JSON inside a JSON string, as the envelope's header holds it.
const LABEL: &[u8] = br#"\"sha256\":\""#;

/// Put the digest in its place.
pub(crate) fn stamp(bytes: &mut [u8]) {
    let place = find(bytes).expect("a file was written with a place for its digest");
    let digest = hex(&Sha256::digest(&*bytes));
    bytes[place..place + NONE.len()].copy_from_slice(digest.as_bytes());
}

/// True when the digest stated in the bytes is the one of the bytes.
pub(crate) fn fits(bytes: &[u8], stated: &str) -> bool {
    let Some(place) = find(bytes) else { return false };
    let mut hash = Sha256::new();
    hash.update(&bytes[..place]);
    hash.update(NONE);
    hash.update(&bytes[place + NONE.len()..]);
    hex(&hash.finalize()) == stated && &bytes[place..place + NONE.len()] == stated.as_bytes()
}

/// The digest that a file of ours states, if it is one.
pub fn file_digest(bytes: &[u8]) -> Option<String> {
    let place = find(bytes)?;
    let digits = bytes.get(place..place + NONE.len())?;
    let stated = std::str::from_utf8(digits).ok()?;
    fits(bytes, stated).then(|| stated.to_owned())
}

/// The digest stands in the header: whatever looks like it in the tensors' bytes is none.
fn find(bytes: &[u8]) -> Option<usize> {
    let header = u64::from_le_bytes(*bytes.first_chunk::<8>()?);
    let end = 8usize.checked_add(usize::try_from(header).ok()?)?;
    let header = bytes.get(..end)?;
    let label = header.windows(LABEL.len()).position(|window| window == LABEL)?;
    let place = label + LABEL.len();
    (place + NONE.len() <= end).then_some(place)
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().fold(String::new(), |mut text, byte| {
        write!(text, "{byte:02x}").expect("a string takes everything");
        text
    })
}

//! Numbers as the bytes that services speak: float32, little-endian.

/// Put them behind what is there. Whole slices at a time: number by number it took longer than sending them.
pub fn append(bytes: &mut Vec<u8>, numbers: &[f32]) {
    let first = bytes.len();
    bytes.resize(first + size_of_val(numbers), 0);
    let places = bytes[first..].as_chunks_mut::<4>().0;
    for (place, number) in places.iter_mut().zip(numbers) {
        *place = number.to_le_bytes();
    }
}

/// What the bytes say; what is left over of a number at the end is not read.
pub fn read(bytes: &[u8]) -> Vec<f32> {
    bytes.as_chunks::<4>().0.iter().map(|&four| f32::from_le_bytes(four)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn bytes_that_were_written_are_read_as_the_same_bits(bits in prop::collection::vec(any::<u32>(), 0..70)) {
            let numbers: Vec<f32> = bits.iter().map(|&bits| f32::from_bits(bits)).collect();
            let mut bytes = vec![7];
            append(&mut bytes, &numbers);
            prop_assert_eq!(bytes.len(), 1 + 4 * bits.len());
            let again: Vec<u32> = read(&bytes[1..]).into_iter().map(f32::to_bits).collect();
            prop_assert_eq!(again, bits);
        }
    }
}

//! The exponential and the logarithm of 64-bit numbers, in operations that IEEE 754 defines to the bit.
//!
//! Both are series of plain multiplies and adds in a fixed order, so every platform and the `GDScript`
//! fallback compute the same bits. They are within a few units of the last place, and operators that draw
//! at random need no more.

use std::f64::consts::{FRAC_1_SQRT_2, LOG2_E};

/// The first 32 bits of the logarithm of 2: a product with an exponent is exact.
const LN_2_HIGH: f64 = 2_977_044_471.0 / 4_294_967_296.0;
/// What the first bits lack.
const LN_2_LOW: f64 = 1.908_214_929_270_587_7e-10;
/// 1 / n! for n from 0 on: the first left out is below 2e-18 for what is left of an exponent.
const EXPONENTIAL: [f64; 15] = {
    let (mut series, mut factorial, mut n) = ([1.0; 15], 1.0, 1);
    while n < 15 {
        factorial *= n as f64;
        series[n] = 1.0 / factorial;
        n += 1;
    }
    series
};
/// 1 / (2 n + 1) for n from 0 on: likewise.
const LOGARITHM: [f64; 11] = {
    let (mut series, mut n) = ([1.0; 11], 1);
    while n < 11 {
        series[n] = 1.0 / (2 * n + 1) as f64;
        n += 1;
    }
    series
};
/// Added to a number below 2^51, it rounds it to a whole one.
const ROUNDER: f64 = 6_755_399_441_055_744.0;

/// e to the power of x; 0 below -708, infinite above 709.
pub(super) fn exponential(x: f64) -> f64 {
    if x < -708.0 {
        return 0.0;
    }
    if x > 709.0 {
        return f64::INFINITY;
    }
    let power = (x * LOG2_E + ROUNDER) - ROUNDER;
    let r = (x - power * LN_2_HIGH) - power * LN_2_LOW;
    let sum = EXPONENTIAL.iter().rev().fold(0.0, |sum, term| sum * r + term);
    // Two steps: 2^1024 is no number, though the product may be one.
    let half = (power as i64) / 2;
    sum * power_of_two(half) * power_of_two(power as i64 - half)
}

/// The natural logarithm of a positive number; minus infinity for 0.
pub(super) fn logarithm(x: f64) -> f64 {
    if x <= 0.0 {
        return f64::NEG_INFINITY;
    }
    // Numbers with fewer than 53 bits are moved to where they have all.
    let (x, moved) = if x < f64::MIN_POSITIVE { (x * power_of_two(54), 54) } else { (x, 0) };
    let bits = x.to_bits();
    let mut exponent = (bits >> 52) as i64 - 1022 - moved;
    let mut m = f64::from_bits(bits & 0x000f_ffff_ffff_ffff | 0x3fe0_0000_0000_0000);
    if m < FRAC_1_SQRT_2 {
        m *= 2.0;
        exponent -= 1;
    }
    // ln m = 2 (s + s³/3 + s⁵/5 + …), where s is at most 0.1716.
    let s = (m - 1.0) / (m + 1.0);
    let square = s * s;
    let sum = LOGARITHM.iter().rev().fold(0.0, |sum, term| sum * square + term);
    let exponent = exponent as f64;
    exponent * LN_2_HIGH + (2.0 * s * sum + exponent * LN_2_LOW)
}

fn power_of_two(exponent: i64) -> f64 {
    f64::from_bits(((exponent + 1023) as u64) << 52)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn near(ours: f64, theirs: f64) -> bool {
        ours == theirs || (ours - theirs).abs() <= 1e-15 * theirs.abs().max(1e-300)
    }

    proptest! {
        #[test]
        fn both_are_within_a_few_bits_of_libm(x in -700.0..700.0f64, y in 1e-300..1e300f64, z in 0.5..2.0f64) {
            prop_assert!((exponential(x) / libm::exp(x) - 1.0).abs() < 1e-15, "e^{x}");
            prop_assert!(near(logarithm(y), libm::log(y)), "ln {y}");
            prop_assert!((logarithm(z) - libm::log(z)).abs() < 4e-16, "ln {z}");
        }
    }

    #[test]
    fn the_ends_are_what_they_should_be() {
        assert_eq!((exponential(0.0), logarithm(1.0)), (1.0, 0.0));
        assert_eq!((exponential(-1e9), exponential(1e9)), (0.0, f64::INFINITY));
        assert_eq!(logarithm(0.0), f64::NEG_INFINITY);
        assert!(near(logarithm(5e-324), libm::log(5e-324)));
        assert!(near(exponential(708.9), libm::exp(708.9)));
        assert_eq!(LN_2_HIGH + LN_2_LOW, std::f64::consts::LN_2);
    }
}

//! The transcendental functions of the engine in plain f32 multiplies and adds.
//!
//! A platform's libm differs from the next one's in the last bit, and a fused multiply-add differs from
//! both; these give the same bits on every processor. Coefficients are Cephes' minimax polynomials for
//! single precision; the tests hold each function to a stated error against f64.
//!
//! They choose between values instead of branching, and are always inlined: so a compiler computes many
//! rows side by side, with the very same operations for each.

#![allow(clippy::inline_always, reason = "a call would keep rows from being computed side by side")]

/// 1.5 · 2^23: added to an f32, it leaves a whole number, rounded to nearest, in the low bits.
const ROUNDER: f32 = 12_582_912.0;
const LN2_HIGH: f32 = 0.693_359_4;
const LN2_LOW: f32 = -2.121_944_4e-4;

/// The nearest whole number, as a float and as an integer; for |x| below 2^22.
#[inline(always)]
fn rounded(x: f32) -> (f32, i32) {
    let shifted = x + ROUNDER;
    (shifted - ROUNDER, shifted.to_bits().wrapping_sub(ROUNDER.to_bits()) as i32)
}

/// A polynomial by Horner's rule, the highest power first.
#[inline(always)]
fn polynomial<const N: usize>(x: f32, coefficients: [f32; N]) -> f32 {
    let mut p = coefficients[0];
    for &c in &coefficients[1..] {
        p = p * x + c;
    }
    p
}

/// e to the power of x; 0 below -87.3, and never more than e^88.3.
#[inline(always)]
pub fn exp(x: f32) -> f32 {
    let held = held(x, -87.3, 88.3);
    let (power, whole) = rounded(held * core::f32::consts::LOG2_E);
    let r = (held - power * LN2_HIGH) - power * LN2_LOW;
    let p =
        polynomial(r, [1.987_569_1e-4, 1.398_199_9e-3, 8.333_452e-3, 4.166_579_6e-2, 1.666_666_5e-1, 5e-1]);
    let value = (p * (r * r) + r) + 1.0;
    // From 2^-126 to 2^127: the range above was chosen so that this is always a number.
    let scale = f32::from_bits(((whole + 127) as u32) << 23);
    if x < -87.3 { 0.0 } else { value * scale }
}

/// Like clamp, but a NaN becomes the lower end, which spares two instructions a number.
#[inline(always)]
#[allow(clippy::manual_clamp, reason = "clamp lets a NaN through")]
pub(crate) fn held(x: f32, least: f32, most: f32) -> f32 {
    x.max(least).min(most)
}

/// ln(1 + y) for y in [0, 1].
#[inline(always)]
fn ln_1p(y: f32) -> f32 {
    let m = 1.0 + y;
    let large = m > core::f32::consts::SQRT_2;
    let x = (if large { m * 0.5 } else { m }) - 1.0;
    let whole = if large { 1.0 } else { 0.0 };
    let p = polynomial(
        x,
        [
            7.037_683_6e-2,
            -1.151_461e-1,
            1.167_699_9e-1,
            -1.242_014_1e-1,
            1.424_932_3e-1,
            -1.666_805_8e-1,
            2.000_071_5e-1,
            -2.499_999_4e-1,
            3.333_333e-1,
        ],
    );
    let z = x * x;
    let tail = p * (z * x) + LN2_LOW * whole - 0.5 * z;
    (x + tail) + LN2_HIGH * whole
}

/// The logistic function.
#[inline(always)]
pub fn sigmoid(x: f32) -> f32 {
    1.0 / (1.0 + exp(-x))
}

/// The hyperbolic tangent.
#[inline(always)]
pub fn tanh(x: f32) -> f32 {
    let size = x.abs();
    let z = x * x;
    let p = polynomial(z, [-5.704_988_7e-3, 2.063_909e-2, -5.373_971_6e-2, 1.333_144_2e-1, -3.333_328e-1]);
    let near = p * z * x + x;
    let far = (1.0 - 2.0 / (exp(size + size) + 1.0)).copysign(x);
    if size < 0.625 { near } else { far }
}

/// ln(1 + e^x), without overflow.
#[inline(always)]
pub fn softplus(x: f32) -> f32 {
    let rest = ln_1p(exp(-x.abs()));
    if x > 0.0 { x + rest } else { rest }
}

/// The sine. Past ±8,192 a step of f32 is a good part of a period, so arguments are cut off there.
#[inline(always)]
pub fn sine(x: f32) -> f32 {
    const PI_HIGH: f32 = 3.140_625;
    const PI_MIDDLE: f32 = 9.670_257_6e-4;
    const PI_LOW: f32 = 6.277_114e-7;
    let x = held(x, -8_192.0, 8_192.0);
    let (turns, whole) = rounded(x * core::f32::consts::FRAC_1_PI);
    let r = ((x - turns * PI_HIGH) - turns * PI_MIDDLE) - turns * PI_LOW;
    let z = r * r;
    let p = polynomial(z, [2.608_316e-6, -1.981_074_4e-4, 8.333_075e-3, -1.666_665_5e-1]);
    let value = p * z * r + r;
    if whole & 1 == 0 { value } else { -value }
}

#[cfg(test)]
#[allow(clippy::disallowed_methods, reason = "f64's own functions are the yardstick here")]
mod tests {
    use super::*;

    /// The largest error over a sweep, relative to max(1, |expected|).
    fn worst(ours: fn(f32) -> f32, expected: fn(f64) -> f64, from: f32, to: f32) -> f64 {
        let steps = 200_000u32;
        (0..=steps)
            .map(|i| from + (to - from) * (i as f32 / steps as f32))
            .map(|x| {
                let right = expected(f64::from(x));
                (f64::from(ours(x)) - right).abs() / right.abs().max(1.0)
            })
            .fold(0.0, f64::max)
    }

    #[test]
    fn functions_stay_within_a_few_units_in_the_last_place() {
        assert!(worst(exp, f64::exp, -80.0, 80.0) < 3e-7);
        assert!(worst(tanh, f64::tanh, -12.0, 12.0) < 2e-7);
        assert!(worst(sigmoid, |x| 1.0 / (1.0 + (-x).exp()), -80.0, 80.0) < 2e-7);
        assert!(worst(softplus, |x| x.exp().ln_1p(), -50.0, 50.0) < 3e-7);
        assert!(worst(sine, f64::sin, -100.0, 100.0) < 2e-6);
    }

    #[test]
    fn extreme_arguments_give_finite_numbers() {
        for x in [f32::MAX, f32::MIN, 1e30, -1e30, 89.0, -89.0, 0.0, -0.0] {
            for f in [exp, sigmoid, tanh, softplus, sine] {
                assert!(f(x).is_finite(), "{x}");
            }
        }
        assert_eq!(exp(-1e9).to_bits(), 0);
        assert!(sigmoid(-200.0) < 1e-38 && (sigmoid(200.0) - 1.0).abs() < 1e-7);
    }

    #[test]
    fn the_bits_are_the_ones_published() {
        let xs = [-3.7f32, -0.3, 0.1, 0.9, 2.5];
        let digest = xs
            .iter()
            .flat_map(|&x| [exp(x), tanh(x), sigmoid(x), softplus(x), sine(x)])
            .fold(0u64, |h, y| crate::random::mix(h ^ u64::from(y.to_bits())));
        assert_eq!(digest, 8_032_467_273_572_762_786);
    }
}

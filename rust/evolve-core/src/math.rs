//! The transcendental functions of the engine in plain f32 multiplies and adds.
//!
//! A platform's libm differs from the next one's in the last bit, and a fused multiply-add differs from
//! both; these give the same bits on every processor. Coefficients are Cephes' minimax polynomials for
//! single precision; the tests hold each function to a stated error against f64.

/// e to the power of x; 0 below -87.3, and never more than `f32::MAX`.
pub fn exp(x: f32) -> f32 {
    const LOG2_E: f32 = 1.442_695_1;
    const LN2_HIGH: f32 = 0.693_359_4;
    const LN2_LOW: f32 = -2.121_944_4e-4;
    if x < -87.3 {
        return 0.0;
    }
    let x = if x > 88.3 { 88.3 } else { x };
    // Adding and subtracting 1.5 · 2^23 rounds to the nearest whole number in the default mode.
    let power = (x * LOG2_E + 12_582_912.0) - 12_582_912.0;
    let r = (x - power * LN2_HIGH) - power * LN2_LOW;
    let mut p = 1.987_569_1e-4;
    for c in [1.398_199_9e-3, 8.333_452e-3, 4.166_579_6e-2, 1.666_666_5e-1, 5e-1] {
        p = p * r + c;
    }
    let value = (p * (r * r) + r) + 1.0;
    // Scaled in two steps: 2^127 and 2^-126 are numbers, 2^128 is not.
    let half = power as i32 / 2;
    value * two_to(half) * two_to(power as i32 - half)
}

fn two_to(power: i32) -> f32 {
    f32::from_bits(((power + 127) as u32) << 23)
}

/// ln(1 + y) for y in [0, 1].
fn ln_1p(y: f32) -> f32 {
    let mut m = 1.0 + y;
    let mut whole = 0.0;
    if m > core::f32::consts::SQRT_2 {
        m *= 0.5;
        whole = 1.0;
    }
    let x = m - 1.0;
    let mut p = 7.037_683_6e-2;
    for c in [
        -1.151_461e-1,
        1.167_699_9e-1,
        -1.242_014_1e-1,
        1.424_932_3e-1,
        -1.666_805_8e-1,
        2.000_071_5e-1,
        -2.499_999_4e-1,
        3.333_333e-1,
    ] {
        p = p * x + c;
    }
    let z = x * x;
    let tail = p * (z * x) - 2.121_944_4e-4 * whole - 0.5 * z;
    (x + tail) + 0.693_359_4 * whole
}

/// The logistic function.
pub fn sigmoid(x: f32) -> f32 {
    1.0 / (1.0 + exp(-x))
}

/// The hyperbolic tangent.
pub fn tanh(x: f32) -> f32 {
    let size = x.abs();
    if size < 0.625 {
        let z = x * x;
        let mut p = -5.704_988_7e-3;
        for c in [2.063_909e-2, -5.373_971_6e-2, 1.333_144_2e-1, -3.333_328e-1] {
            p = p * z + c;
        }
        return p * z * x + x;
    }
    let value = 1.0 - 2.0 / (exp(size + size) + 1.0);
    if x < 0.0 { -value } else { value }
}

/// ln(1 + e^x), without overflow.
pub fn softplus(x: f32) -> f32 {
    let rest = ln_1p(exp(-x.abs()));
    if x > 0.0 { x + rest } else { rest }
}

/// The sine. Past ±8,192 a step of f32 is a good part of a period, so arguments are cut off there.
pub fn sine(x: f32) -> f32 {
    const PI_HIGH: f32 = 3.140_625;
    const PI_MIDDLE: f32 = 9.670_257_6e-4;
    const PI_LOW: f32 = 6.277_114e-7;
    let x = x.clamp(-8_192.0, 8_192.0);
    let turns = (x * core::f32::consts::FRAC_1_PI + 12_582_912.0) - 12_582_912.0;
    let r = ((x - turns * PI_HIGH) - turns * PI_MIDDLE) - turns * PI_LOW;
    let z = r * r;
    let mut p = 2.608_316e-6;
    for c in [-1.981_074_4e-4, 8.333_075e-3, -1.666_665_5e-1] {
        p = p * z + c;
    }
    let value = p * z * r + r;
    if turns as i32 & 1 == 0 { value } else { -value }
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

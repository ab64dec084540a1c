//! What a node does with what reaches it: activation functions and aggregations, by code and by name.

#![allow(clippy::inline_always, reason = "a call would keep rows from being computed side by side")]

use crate::math;
use serde::{Deserialize, Serialize};

macro_rules! coded_enum {
    ($(#[$doc:meta])* $name:ident { $($(#[$variant_doc:meta])* $variant:ident = $code:literal, $text:literal;)+ }) => {
        $(#[$doc])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
        #[serde(rename_all = "snake_case")]
        #[repr(u8)]
        pub enum $name { $($(#[$variant_doc])* $variant = $code),+ }

        impl $name {
            /// Every one there is, in the order of the codes.
            pub const ALL: &'static [Self] = &[$(Self::$variant),+];

            /// The one with this code in files and frames.
            pub fn from_code(code: u8) -> Option<Self> {
                Self::ALL.get(usize::from(code)).copied()
            }

            /// The code in files and frames.
            pub const fn code(self) -> u8 {
                self as u8
            }

            /// The name in configurations.
            pub const fn name(self) -> &'static str {
                match self { $(Self::$variant => $text),+ }
            }
        }
    };
}

coded_enum! {
    /// The function a node applies to its aggregated input.
    Activation {
        /// x
        Identity = 0, "identity";
        /// 1 / (1 + e^-x)
        Sigmoid = 1, "sigmoid";
        /// The hyperbolic tangent.
        Tanh = 2, "tanh";
        /// max(0, x)
        Relu = 3, "relu";
        /// x above 0, 0.01 x below
        LeakyRelu = 4, "leaky_relu";
        /// x above 0, e^x - 1 below
        Elu = 5, "elu";
        /// e^(-x²)
        Gaussian = 6, "gaussian";
        /// The sine.
        Sine = 7, "sine";
        /// |x|
        Abs = 8, "abs";
        /// 1 above 0, else 0
        Step = 9, "step";
        /// ln(1 + e^x)
        Softplus = 10, "softplus";
        /// x held to -1..1
        Clamped = 11, "clamped";
        /// The sigmoid of 4.9 x: the NEAT paper's.
        SteepSigmoid = 12, "steep_sigmoid";
    }
}

coded_enum! {
    /// How a node puts its weighted inputs together.
    Aggregation {
        /// Their sum.
        Sum = 0, "sum";
        /// Their product; 1 without inputs.
        Product = 1, "product";
        /// The largest; 0 without inputs.
        Max = 2, "max";
        /// Their mean; 0 without inputs.
        Mean = 3, "mean";
    }
}

impl Activation {
    /// The function's value.
    pub fn apply(self, x: f32) -> f32 {
        let mut one = [x];
        self.apply_each(&mut one);
        one[0]
    }

    /// Replace each number by its function's value: the same bits, however many stand side by side.
    #[inline(always)]
    pub(crate) fn apply_each<const N: usize>(self, values: &mut [f32; N]) {
        match self {
            Self::Identity => {}
            Self::Sigmoid => each(values, math::sigmoid),
            Self::Tanh => each(values, math::tanh),
            Self::Relu => each(values, |x| if x > 0.0 { x } else { 0.0 }),
            Self::LeakyRelu => each(values, |x| if x > 0.0 { x } else { 0.01 * x }),
            Self::Elu => each(values, |x| if x > 0.0 { x } else { math::exp(x) - 1.0 }),
            Self::Gaussian => each(values, |x| math::exp(-(x * x))),
            Self::Sine => each(values, math::sine),
            Self::Abs => each(values, f32::abs),
            Self::Step => each(values, |x| if x > 0.0 { 1.0 } else { 0.0 }),
            Self::Softplus => each(values, math::softplus),
            Self::Clamped => each(values, |x| x.clamp(-1.0, 1.0)),
            Self::SteepSigmoid => each(values, |x| math::sigmoid(4.9 * x)),
        }
    }
}

#[inline(always)]
fn each<const N: usize>(values: &mut [f32; N], function: impl Fn(f32) -> f32) {
    for value in values {
        *value = function(*value);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn codes_and_names_lead_back_to_their_function() {
        for (place, &activation) in Activation::ALL.iter().enumerate() {
            assert_eq!(usize::from(activation.code()), place);
            assert_eq!(Activation::from_code(activation.code()), Some(activation));
        }
        for (place, &aggregation) in Aggregation::ALL.iter().enumerate() {
            assert_eq!(Aggregation::from_code(place as u8), Some(aggregation));
        }
        assert_eq!(Activation::from_code(13), None);
        assert_eq!(Aggregation::from_code(4), None);
    }

    #[test]
    fn functions_have_their_textbook_values() {
        let at = |activation: Activation, x: f32| activation.apply(x);
        assert_eq!(at(Activation::Relu, -2.0), 0.0);
        assert_eq!(at(Activation::LeakyRelu, -2.0), -0.02);
        assert_eq!(at(Activation::Abs, -2.0), 2.0);
        assert_eq!(at(Activation::Step, 0.0), 0.0);
        assert_eq!(at(Activation::Clamped, 7.0), 1.0);
        assert_eq!(at(Activation::Gaussian, 0.0), 1.0);
        assert_eq!(at(Activation::SteepSigmoid, 0.0), 0.5);
        assert!((at(Activation::Elu, -1.0) + 0.632_120_55).abs() < 1e-6);
    }

    #[test]
    fn no_function_makes_a_nan_of_a_finite_number() {
        for &activation in Activation::ALL {
            for x in [f32::MAX, f32::MIN, -1.0, 0.0, 1e-30, 50.0] {
                assert!(!activation.apply(x).is_nan(), "{activation:?} of {x}");
            }
        }
    }
}

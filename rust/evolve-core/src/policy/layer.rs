//! One layer of a policy: its sizes, without its weights.

use super::{MAXIMUM_VALUES, MAXIMUM_WEIGHTS};
use crate::activation::Activation;
use serde::{Deserialize, Serialize};

/// The most that a kernel, a step or a margin may measure.
const MAXIMUM_KERNEL: usize = 1_024;

/// A layer, and the function of each number that it gives.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case", deny_unknown_fields)]
pub enum Layer {
    /// Every output reads every input: torch's `Linear`.
    Dense {
        /// Numbers that go in.
        inputs: usize,
        /// Numbers that come out.
        outputs: usize,
        /// The function.
        activation: Activation,
    },
    /// Kernels that slide over an image: torch's `Conv2d`. Numbers stand channel after channel, row after row.
    Convolution {
        /// Channels of the image that goes in.
        channels: usize,
        /// Its height and width.
        size: [usize; 2],
        /// Channels of the image that comes out.
        outputs: usize,
        /// Height and width of a kernel.
        kernel: [usize; 2],
        /// How far it moves, down and right.
        stride: [usize; 2],
        /// Rows and columns of zeros at each edge.
        padding: [usize; 2],
        /// The function.
        activation: Activation,
    },
}

impl Layer {
    /// How many numbers go in.
    pub fn inputs(&self) -> usize {
        match self {
            Self::Dense { inputs, .. } => *inputs,
            Self::Convolution { channels, size: [height, width], .. } => channels * height * width,
        }
    }

    /// How many numbers come out.
    pub fn outputs(&self) -> usize {
        match self {
            Self::Dense { outputs, .. } => *outputs,
            Self::Convolution { outputs, .. } => {
                let [height, width] = self.image();
                outputs * height * width
            }
        }
    }

    /// The function of each number that comes out.
    pub fn activation(&self) -> Activation {
        match self {
            Self::Dense { activation, .. } | Self::Convolution { activation, .. } => *activation,
        }
    }

    /// The same layer with another function.
    #[must_use]
    pub fn with(mut self, function: Activation) -> Self {
        match &mut self {
            Self::Dense { activation, .. } | Self::Convolution { activation, .. } => *activation = function,
        }
        self
    }

    /// How many weights it has, without its biases.
    pub fn kernel_weights(&self) -> usize {
        match self {
            Self::Dense { inputs, outputs, .. } => inputs * outputs,
            Self::Convolution { channels, outputs, kernel: [height, width], .. } => {
                outputs * channels * height * width
            }
        }
    }

    /// How many biases it has.
    pub fn biases(&self) -> usize {
        match self {
            Self::Dense { outputs, .. } | Self::Convolution { outputs, .. } => *outputs,
        }
    }

    /// Height and width of what a convolution gives; 1 by 1 for dense layers.
    pub fn image(&self) -> [usize; 2] {
        match self {
            Self::Dense { .. } => [1, 1],
            Self::Convolution { size, kernel, stride, padding, .. } => {
                std::array::from_fn(|axis| (size[axis] + 2 * padding[axis] - kernel[axis]) / stride[axis] + 1)
            }
        }
    }

    /// How many weights it has in all, or what is wrong with it.
    pub(super) fn check(&self) -> Result<usize, String> {
        match self {
            Self::Dense { inputs, outputs, .. } => {
                within("inputs", *inputs, 1, MAXIMUM_VALUES)?;
                within("outputs", *outputs, 1, MAXIMUM_VALUES)?;
            }
            Self::Convolution { channels, size, outputs, kernel, stride, padding, .. } => {
                within("channels", *channels, 1, MAXIMUM_VALUES)?;
                within("outputs", *outputs, 1, MAXIMUM_VALUES)?;
                for axis in 0..2 {
                    within("size", size[axis], 1, MAXIMUM_VALUES)?;
                    within("padding", padding[axis], 0, MAXIMUM_KERNEL)?;
                    within("kernel", kernel[axis], 1, MAXIMUM_KERNEL.min(size[axis] + 2 * padding[axis]))?;
                    within("stride", stride[axis], 1, MAXIMUM_KERNEL)?;
                }
            }
        }
        // Each factor is below 2^24 or so: in 128 bits none of these overflows.
        let product =
            |factors: &[usize]| factors.iter().fold(1u128, |product, &factor| product * factor as u128);
        let (values, weights) = match self {
            Self::Dense { inputs, outputs, .. } => (0, product(&[*inputs, *outputs]) + *outputs as u128),
            Self::Convolution { channels, size, outputs, kernel, .. } => {
                let [height, width] = self.image();
                let values = product(&[*channels, size[0], size[1]]).max(product(&[*outputs, height, width]));
                (values, product(&[*outputs, *channels, kernel[0], kernel[1]]) + *outputs as u128)
            }
        };
        if values > MAXIMUM_VALUES as u128 {
            return Err(format!("its images have {values} numbers, and {MAXIMUM_VALUES} is the limit"));
        }
        if weights > MAXIMUM_WEIGHTS as u128 {
            return Err(format!("it has {weights} weights, and {MAXIMUM_WEIGHTS} is the limit"));
        }
        Ok(weights as usize)
    }
}

fn within(what: &str, value: usize, least: usize, most: usize) -> Result<(), String> {
    if (least..=most).contains(&value) {
        return Ok(());
    }
    Err(format!("{what} is {value}, but must be from {least} to {most}"))
}

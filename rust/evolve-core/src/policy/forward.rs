//! How a policy thinks: plain multiplies and adds, one input after the other, outputs side by side. So the
//! bits are the same on every processor and for any number of rows.

use super::{Layer, Policy};
use crate::activation::Activation;

/// Numbers that a function is computed for side by side.
const SIDE_BY_SIDE: usize = 16;

/// What a policy computes with, kept to spare allocations; belongs to the policy that it was made for.
#[derive(Clone, Debug)]
pub struct PolicyBuffers {
    /// Of each dense layer the weights, input after input: outputs that lie side by side are summed together.
    turned: Vec<Vec<f32>>,
    values: Vec<f32>,
    next: Vec<f32>,
}

impl Policy {
    /// Room to think in.
    pub fn buffers(&self) -> PolicyBuffers {
        let turned = self.parameters().map(|(layer, weight, _)| match layer {
            Layer::Dense { inputs, .. } => {
                (0..*inputs).flat_map(|input| weight.iter().skip(input).step_by(*inputs).copied()).collect()
            }
            Layer::Convolution { .. } => Vec::new(),
        });
        PolicyBuffers { turned: turned.collect(), values: Vec::new(), next: Vec::new() }
    }

    /// Sense and act for every row. Observations stand one row after the other, actions too.
    ///
    /// # Panics
    /// Unless there are `inputs()` observations and `outputs()` actions for each row.
    pub fn forward(&self, observations: &[f32], buffers: &mut PolicyBuffers, actions: &mut [f32]) {
        let rows = observations.len() / self.inputs();
        assert_eq!(observations.len(), rows * self.inputs(), "observations of each row");
        assert_eq!(actions.len(), rows * self.outputs(), "actions of each row");
        let rows = observations.chunks_exact(self.inputs()).zip(actions.chunks_exact_mut(self.outputs()));
        for (given, taken) in rows {
            buffers.values.clear();
            buffers.values.extend_from_slice(given);
            for ((layer, weight, bias), turned) in self.parameters().zip(&buffers.turned) {
                buffers.next.clear();
                buffers.next.resize(layer.outputs(), 0.0);
                match layer {
                    Layer::Dense { .. } => dense(&buffers.values, turned, bias, &mut buffers.next),
                    Layer::Convolution { .. } => {
                        convolve(layer, &buffers.values, (weight, bias), &mut buffers.next);
                    }
                }
                activate(layer.activation(), &mut buffers.next);
                std::mem::swap(&mut buffers.values, &mut buffers.next);
            }
            for (action, value) in taken.iter_mut().zip(&buffers.values) {
                *action = Self::limited(*value);
            }
        }
    }
}

fn dense(values: &[f32], turned: &[f32], bias: &[f32], next: &mut [f32]) {
    next.copy_from_slice(bias);
    for (value, weights) in values.iter().zip(turned.chunks_exact(next.len())) {
        for (sum, weight) in next.iter_mut().zip(weights) {
            *sum += value * weight;
        }
    }
}

fn convolve(layer: &Layer, image: &[f32], (weight, bias): (&[f32], &[f32]), next: &mut [f32]) {
    let Layer::Convolution { channels, size, kernel, stride, padding, .. } = layer else { return };
    let [high, wide] = layer.image();
    let planes =
        next.chunks_exact_mut(high * wide).zip(weight.chunks_exact(channels * kernel[0] * kernel[1]));
    for ((plane, kernels), bias) in planes.zip(bias) {
        plane.fill(*bias);
        let sources = image.chunks_exact(size[0] * size[1]).zip(kernels.chunks_exact(kernel[0] * kernel[1]));
        for (source, kernel_plane) in sources {
            for (place, weight) in kernel_plane.iter().enumerate() {
                let (down, right) = (place / kernel[1], place % kernel[1]);
                for (row, line) in plane.chunks_exact_mut(wide).enumerate() {
                    let above = row * stride[0] + down;
                    let Some(from) = above.checked_sub(padding[0]).filter(|&from| from < size[0]) else {
                        continue;
                    };
                    let source = &source[from * size[1]..(from + 1) * size[1]];
                    for (column, sum) in line.iter_mut().enumerate() {
                        let left = (column * stride[1] + right).checked_sub(padding[1]);
                        if let Some(value) = left.and_then(|left| source.get(left)) {
                            *sum += value * weight;
                        }
                    }
                }
            }
        }
    }
}

fn activate(activation: Activation, values: &mut [f32]) {
    let (whole, rest) = values.as_chunks_mut::<SIDE_BY_SIDE>();
    whole.iter_mut().for_each(|some| activation.apply_each(some));
    rest.iter_mut().for_each(|value| *value = activation.apply(*value));
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn think(policy: &Policy, observations: &[f32]) -> Vec<f32> {
        let mut actions = vec![0.0; observations.len() / policy.inputs() * policy.outputs()];
        policy.forward(observations, &mut policy.buffers(), &mut actions);
        actions
    }

    #[test]
    fn a_dense_layer_reads_torchs_rows() {
        let layer = Layer::Dense { inputs: 2, outputs: 3, activation: Activation::Relu };
        let policy = Policy::new(vec![layer], vec![1.0, 2.0, 3.0, 4.0, -5.0, -6.0, 0.5, 0.25, 1.0]).unwrap();
        assert_eq!(think(&policy, &[1.0, 10.0, 0.0, 0.0]), [21.5, 43.25, 0.0, 0.5, 0.25, 1.0]);
    }

    #[test]
    fn outputs_are_finite_whatever_the_weights_are() {
        let layer = |inputs, outputs| Layer::Dense { inputs, outputs, activation: Activation::Identity };
        let policy =
            Policy::new(vec![layer(1, 2), layer(2, 1)], vec![f32::MAX, f32::MAX, 0.0, 0.0, 9.0, -9.0, 0.0]);
        assert_eq!(think(&policy.unwrap(), &[9.0]), [-crate::network::VALUE_LIMIT]);
    }

    proptest! {
        #[test]
        fn a_convolution_is_the_dense_layer_that_its_definition_spells_out(
            channels in 1usize..3, outputs in 1usize..4, size in [1usize..6, 1..6], kernel in [1usize..4, 1..4],
            stride in [1usize..3, 1..3], padding in [0usize..2, 0..2], seed: u64,
        ) {
            prop_assume!((0..2).all(|axis| kernel[axis] <= size[axis] + 2 * padding[axis]));
            let layer = Layer::Convolution {
                channels, size, outputs, kernel, stride, padding, activation: Activation::Identity,
            };
            let mut state = seed;
            let mut whole = || { state = crate::random::mix(state + 1); (state % 7) as f32 - 3.0 };
            let weights: Vec<f32> = (0..layer.kernel_weights() + outputs).map(|_| whole()).collect();
            let image: Vec<f32> = (0..layer.inputs()).map(|_| whole()).collect();
            let [high, wide] = layer.image();
            let mut expected = Vec::new();
            for (output, row, column) in (0..outputs * high * wide).map(|i| (i / (high * wide), i / wide % high, i % wide)) {
                let mut sum = weights[layer.kernel_weights() + output];
                for (channel, down, right) in (0..channels * kernel[0] * kernel[1])
                    .map(|i| (i / (kernel[0] * kernel[1]), i / kernel[1] % kernel[0], i % kernel[1]))
                {
                    let y = (row * stride[0] + down) as i64 - padding[0] as i64;
                    let x = (column * stride[1] + right) as i64 - padding[1] as i64;
                    if (0..size[0] as i64).contains(&y) && (0..size[1] as i64).contains(&x) {
                        let weight = ((output * channels + channel) * kernel[0] + down) * kernel[1] + right;
                        sum += weights[weight] * image[(channel * size[0] + y as usize) * size[1] + x as usize];
                    }
                }
                expected.push(sum);
            }
            let policy = Policy::new(vec![layer], weights).unwrap();
            // Small whole numbers: every order of the sum gives the same.
            prop_assert_eq!(think(&policy, &image), expected);
        }
    }
}

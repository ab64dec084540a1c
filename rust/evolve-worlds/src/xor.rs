//! Exclusive or: four ticks, one case each. Scores are sums and products of f64 in a fixed order, so that
//! this world, the Godot demo and the Python example agree to the last bit.

use crate::World;

const CASES: [([f32; 2], f64); 4] =
    [([0.0, 0.0], 0.0), ([0.0, 1.0], 1.0), ([1.0, 0.0], 1.0), ([1.0, 1.0], 0.0)];

/// The world; its score is 4 less the squared errors.
#[derive(Clone, Debug, Default)]
pub struct Xor {
    tick: usize,
    score: f64,
}

impl World for Xor {
    fn reset(&mut self, _seed: u64) {
        *self = Self::default();
    }

    fn observe(&self, observations: &mut [f32]) {
        observations.copy_from_slice(&CASES[self.tick].0);
    }

    fn step(&mut self, actions: &[f32]) -> bool {
        let miss = CASES[self.tick].1 - f64::from(actions[0]);
        self.score += 1.0 - miss * miss;
        self.tick += 1;
        self.tick == CASES.len()
    }

    fn measure(&self, _place: usize) -> f64 {
        self.score
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn score(answer: impl Fn(&[f32]) -> f32) -> f64 {
        let mut world = Xor::default();
        loop {
            let mut seen = [0.0; 2];
            world.observe(&mut seen);
            if world.step(&[answer(&seen)]) {
                return world.measure(0);
            }
        }
    }

    #[test]
    fn right_answers_score_four_and_a_shrug_scores_three() {
        assert_eq!(score(|seen| (seen[0] - seen[1]).abs()), 4.0);
        assert_eq!(score(|_| 0.5), 3.0);
        assert_eq!(score(|seen| 1.0 - (seen[0] - seen[1]).abs()), 0.0);
    }
}

//! How much room a population takes in a graph: genomes, and for each level its neurons by their function.

use evolve_core::activation::Activation;

/// How many activation functions there are.
pub(super) const FUNCTIONS: usize = Activation::ALL.len();
/// The least terms of a rounded level: less would save nothing.
const LEAST_TERMS: usize = 4;
/// Of each function in use a rounded level has at least so many neurons; of a larger population one for so
/// many genomes.
const LEAST_NEURONS: usize = 4;
const GENOMES_A_NEURON: usize = 32;
/// A graph is not used for a population that would do with a fourth of it.
const MAXIMUM_WASTE: usize = 4;

/// The sizes of a graph.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
pub struct Shape {
    /// How many genomes it has.
    pub genomes: usize,
    /// How many numbers each senses.
    pub inputs: usize,
    /// How many numbers each gives.
    pub outputs: usize,
    /// Its levels, the earliest first.
    pub levels: Vec<Level>,
}

/// The sizes of a level.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
pub struct Level {
    /// The most that reaches one neuron.
    pub terms: usize,
    /// How many neurons there are of each function, by its code.
    pub widths: [usize; FUNCTIONS],
}

impl Level {
    /// How many neurons it has.
    pub fn width(&self) -> usize {
        self.widths.iter().sum()
    }
}

impl Shape {
    /// How many numbers a row of the whole population has, inputs and all.
    pub fn slots(&self) -> usize {
        self.genomes * self.inputs + self.levels.iter().map(Level::width).sum::<usize>()
    }

    /// How many weights it has, those of nothing included: what a step costs.
    pub fn weights(&self) -> usize {
        self.levels.iter().map(|level| level.terms * level.width()).sum()
    }

    /// The bucket of this shape: each size rounded up to a power of two, with room for a fourth more neurons,
    /// and a little where there is nothing yet. A level has at least the terms of those before it, so that a neuron can wait.
    #[must_use]
    pub fn rounded(&self) -> Self {
        let genomes = self.genomes.next_power_of_two();
        let least = (genomes / GENOMES_A_NEURON).max(LEAST_NEURONS);
        let is_used = |code: usize| self.levels.iter().any(|level| level.widths[code] > 0);
        let used: [bool; FUNCTIONS] = std::array::from_fn(is_used);
        let nothing = Level::default();
        let mut terms = LEAST_TERMS;
        let level = |place: usize| {
            let level = self.levels.get(place).unwrap_or(&nothing);
            terms = round(level.terms, terms);
            let width = |code: usize| if used[code] { round(grown(level.widths[code]), least) } else { 0 };
            Level { terms, widths: std::array::from_fn(width) }
        };
        let depth = self.levels.len().next_power_of_two();
        Self { genomes, inputs: self.inputs, outputs: self.outputs, levels: (0..depth).map(level).collect() }
    }

    /// Whether a population that needs that much would be much better off with a graph of its own.
    pub fn is_wasteful_for(&self, need: &Self) -> bool {
        self.weights() > MAXIMUM_WASTE * need.rounded().weights().max(1)
    }
}

fn round(size: usize, least: usize) -> usize {
    size.max(least).next_power_of_two()
}

/// Populations grow: a bucket that is full the day it is made would serve one generation.
fn grown(width: usize) -> usize {
    width + width / 4
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn any_level() -> impl Strategy<Value = Level> {
        (0usize..40, proptest::array::uniform13(0usize..90))
            .prop_map(|(terms, widths)| Level { terms, widths })
    }

    proptest! {
        #[test]
        fn a_bucket_is_no_smaller_than_what_it_is_made_for(
            genomes in 1usize..2_000,
            levels in proptest::collection::vec(any_level(), 1..9),
        ) {
            let shape = Shape { genomes, inputs: 3, outputs: 2, levels };
            let bucket = shape.rounded();
            prop_assert!(bucket.genomes >= genomes && bucket.levels.len().is_power_of_two());
            for (level, least) in bucket.levels.iter().zip(&shape.levels) {
                prop_assert!(level.terms >= least.terms);
                prop_assert!(level.widths.iter().zip(&least.widths).all(|(width, least)| width >= least));
            }
            prop_assert!(!bucket.is_wasteful_for(&shape));
        }
    }

    #[test]
    fn a_graph_that_is_far_too_large_is_wasteful() {
        let with = |width| Shape {
            genomes: 8,
            inputs: 2,
            outputs: 1,
            levels: vec![Level {
                terms: 4,
                widths: std::array::from_fn(|code| if code == 2 { width } else { 0 }),
            }],
        };
        assert!(!with(32).is_wasteful_for(&with(8)));
        assert!(with(128).is_wasteful_for(&with(8)));
    }
}

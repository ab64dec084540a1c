//! `RustGeneticOps`: operators on batches of real vectors in packed arrays.

use crate::checked;
use crate::nsga2::indices;
use evolve_core::selection::real::{Blend, Bounds, Draw, Gaussian, Operator, Polynomial, Sbx, tournament};
use evolve_core::selection::{Direction, SelectionError};
use godot::prelude::*;

/// More tournaments than this in one call are refused.
const MOST_ROUNDS: i64 = 1 << 24;

/// Crossover, mutation and selection for vectors of real numbers, a whole population in one call.
///
/// A batch is one [PackedFloat64Array], a row after the other, each as long as [code]lower[/code] and
/// [code]upper[/code], the bounds of its variables. In a crossover rows 0 and 1 are a pair, 2 and 3 the
/// next one, and the children come back in their places. The same seed gives the same numbers on every
/// machine. What makes no sense gives an empty array and an error, whose sentence
/// [method RustEngine.last_error] repeats.
#[derive(GodotClass)]
#[class(init, base = RefCounted)]
pub struct RustGeneticOps {}

#[godot_api]
impl RustGeneticOps {
    /// Simulated binary crossover: children are spread around their parents, the closer the larger
    /// [param eta] is (15 is usual). Each pair is crossed with [param probability], and in it every
    /// variable with probability 0.5.
    #[func]
    fn sbx(
        rows: PackedFloat64Array,
        lower: PackedFloat64Array,
        upper: PackedFloat64Array,
        eta: f64,
        probability: f64,
        seed: i64,
    ) -> PackedFloat64Array {
        let operator = Sbx { eta, probability, ..Sbx::default() };
        changed("RustGeneticOps.sbx", rows, (&lower, &upper), &operator, seed)
    }

    /// Blend crossover (BLX): children are drawn evenly from their parents' interval, widened at both ends
    /// by [param alpha] of its length (0.5 is usual). Each pair is crossed with [param probability].
    #[func]
    fn blend(
        rows: PackedFloat64Array,
        lower: PackedFloat64Array,
        upper: PackedFloat64Array,
        alpha: f64,
        probability: f64,
        seed: i64,
    ) -> PackedFloat64Array {
        let operator = Blend { alpha, probability };
        changed("RustGeneticOps.blend", rows, (&lower, &upper), &operator, seed)
    }

    /// Polynomial mutation: small changes are likelier, the more so the larger [param eta] is (20 is
    /// usual). Every variable changes with [param probability].
    #[func]
    fn polynomial(
        rows: PackedFloat64Array,
        lower: PackedFloat64Array,
        upper: PackedFloat64Array,
        eta: f64,
        probability: f64,
        seed: i64,
    ) -> PackedFloat64Array {
        let operator = Polynomial { eta, probability: 1.0, variable_probability: Some(probability) };
        changed("RustGeneticOps.polynomial", rows, (&lower, &upper), &operator, seed)
    }

    /// Gaussian mutation: normal changes whose standard deviation is [param deviation] of the variable's
    /// range (0.1 is usual), cut at the bounds. Every variable changes with [param probability].
    #[func]
    fn gaussian(
        rows: PackedFloat64Array,
        lower: PackedFloat64Array,
        upper: PackedFloat64Array,
        deviation: f64,
        probability: f64,
        seed: i64,
    ) -> PackedFloat64Array {
        let operator = Gaussian { deviation, variable_probability: probability };
        changed("RustGeneticOps.gaussian", rows, (&lower, &upper), &operator, seed)
    }

    /// The indices of the winners of [param rounds] tournaments: [param size] individuals are drawn for
    /// each, and the largest fitness wins; of equals the lower index.
    #[func]
    fn tournament(fitness: PackedFloat64Array, size: i64, rounds: i64, seed: i64) -> PackedInt32Array {
        let mut winners = Vec::new();
        let held = self::rounds(rounds).and_then(|rounds| {
            let size = usize::try_from(size.min(1 << 16)).unwrap_or(0);
            let rule = Direction::Maximise;
            tournament(fitness.as_slice(), rule, (size, rounds), draw(seed), &mut winners)?;
            Ok(indices(&winners))
        });
        checked("RustGeneticOps.tournament", held)
    }
}

fn draw(seed: i64) -> Draw {
    Draw { seed: seed.cast_unsigned(), generation: 0 }
}

/// A number of tournaments, or why there can be none.
pub fn rounds(rounds: i64) -> Result<usize, SelectionError> {
    let range = "between 0 and 16,777,216";
    let good = (0..=MOST_ROUNDS).contains(&rounds);
    let refused = SelectionError::Setting { name: "rounds", value: rounds as f64, range };
    if good { Ok(rounds as usize) } else { Err(refused) }
}

fn changed(
    call: &str,
    mut rows: PackedFloat64Array,
    (lower, upper): (&PackedFloat64Array, &PackedFloat64Array),
    operator: &impl Operator,
    seed: i64,
) -> PackedFloat64Array {
    let result = Bounds::new(lower.as_slice(), upper.as_slice())
        .and_then(|bounds| operator.change(rows.as_mut_slice(), &bounds, draw(seed)));
    checked(call, result.map(|()| rows))
}

//! `RustNsga2`: multi-objective selection on packed arrays.

use crate::checked;
use evolve_core::selection::crowding::{CrowdingMeter, CrowdingScale};
use evolve_core::selection::dominance::DominanceSorter;
use evolve_core::selection::nsga2::Nsga2;
use evolve_core::selection::{Direction, Objectives, SelectionError};
use godot::prelude::*;

/// Non-dominated ranks, crowding distances and survivors of a population with several objectives.
///
/// Objectives come as one [PackedFloat64Array], [code]objective_count[/code] values for each individual,
/// one individual after the other. [code]maximise[/code] has a byte for each objective: 0 to minimise it,
/// anything else to maximise it; an empty array minimises all. What makes no sense gives an empty array
/// and an error, whose sentence [method RustEngine.last_error] repeats.
#[derive(GodotClass)]
#[class(init, base = RefCounted)]
pub struct RustNsga2 {
    sorter: DominanceSorter,
    meter: CrowdingMeter,
    nsga2: Nsga2,
    buffer: Vec<u32>,
    distances: Vec<f64>,
}

#[godot_api]
impl RustNsga2 {
    /// The rank of each individual: 0 for those whom nobody dominates, then those whom only rank 0 does.
    /// Equal individuals share a rank.
    #[func]
    fn ranks(
        &mut self,
        objectives: PackedFloat64Array,
        objective_count: i64,
        maximise: PackedByteArray,
    ) -> PackedInt32Array {
        let directions = directions(&maximise);
        let ranked = table(&objectives, objective_count, &directions).map(|objectives| {
            self.sorter.ranks(&objectives, &mut self.buffer);
            indices(&self.buffer)
        });
        checked("RustNsga2.ranks", ranked)
    }

    /// How lonely each individual is among those of its rank, as a sum over the objectives; the ends of a
    /// front are infinitely lonely. With [param divide_by_objectives] it is the mean instead, as pymoo and
    /// DEAP have it. [param ranks] is what [method ranks] gave.
    #[func]
    fn crowding(
        &mut self,
        objectives: PackedFloat64Array,
        objective_count: i64,
        ranks: PackedInt32Array,
        divide_by_objectives: bool,
    ) -> PackedFloat64Array {
        // A negative rank is a front of its own, like any other number.
        let ranks: Vec<u32> = ranks.as_slice().iter().map(|&rank| rank.cast_unsigned()).collect();
        let scale = if divide_by_objectives { CrowdingScale::Mean } else { CrowdingScale::Sum };
        let measured = table(&objectives, objective_count, &[]).and_then(|objectives| {
            self.meter.distances(&objectives, &ranks, scale, &mut self.distances)?;
            Ok(PackedFloat64Array::from(self.distances.as_slice()))
        });
        checked("RustNsga2.crowding", measured)
    }

    /// The indices of the [param count] individuals that survive: front after front, and of the front that
    /// does not fit whole the least crowded; of equals the lower index.
    #[func]
    fn select(
        &mut self,
        objectives: PackedFloat64Array,
        objective_count: i64,
        maximise: PackedByteArray,
        count: i64,
    ) -> PackedInt32Array {
        let directions = directions(&maximise);
        let selected = table(&objectives, objective_count, &directions).and_then(|objectives| {
            let count = usize::try_from(count).map_err(|_| SelectionError::Setting {
                name: "count",
                value: count as f64,
                range: "0 or more",
            })?;
            self.nsga2.select(&objectives, count, &mut self.buffer)?;
            Ok(indices(&self.buffer))
        });
        checked("RustNsga2.select", selected)
    }

    /// The winners of [param rounds] binary tournaments: the lower rank, then the larger crowding distance,
    /// then the lower index. The same seed draws the same pairs.
    #[func]
    fn tournament(
        &mut self,
        ranks: PackedInt32Array,
        crowding: PackedFloat64Array,
        rounds: i64,
        seed: i64,
    ) -> PackedInt32Array {
        let ranks: Vec<u32> = ranks.as_slice().iter().map(|&rank| rank.cast_unsigned()).collect();
        let key = (seed.cast_unsigned(), 0);
        let held = crate::genetic_ops::rounds(rounds).and_then(|rounds| {
            self.nsga2.tournament(&ranks, crowding.as_slice(), rounds, key, &mut self.buffer)?;
            Ok(indices(&self.buffer))
        });
        checked("RustNsga2.tournament", held)
    }
}

fn table<'a>(
    values: &'a PackedFloat64Array,
    width: i64,
    directions: &'a [Direction],
) -> Result<Objectives<'a>, SelectionError> {
    Objectives::new(values.as_slice(), usize::try_from(width).unwrap_or(0), directions)
}

fn directions(maximise: &PackedByteArray) -> Vec<Direction> {
    let direction = |&up: &u8| if up == 0 { Direction::Minimise } else { Direction::Maximise };
    maximise.as_slice().iter().map(direction).collect()
}

/// Godot has no packed array of unsigned numbers; no population has 2^31 members.
pub fn indices(numbers: &[u32]) -> PackedInt32Array {
    numbers.iter().map(|number| number.cast_signed()).collect()
}

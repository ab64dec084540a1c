//! `RustWorkBatch`: units to play, the brains that play them, and their scores.

use crate::noted::Noted;
use crate::refuse;
use evolve_core::network::Brains;
use evolve_core::trace::Tracer;
use evolve_core::work::{Results, UnitResult, WorkBatch, WorkUnit};
use evolve_format::{decode_batch, encode_results};
use godot::prelude::*;

/// Work units together with the brains that play them.
///
/// A unit is one episode with a seed, a tick limit and one or more members. Each member has a row; a
/// [method think] call moves any set of rows one tick, with one packed array in and one out. A batch may ask
/// for traces of some units, and then keeps them by itself: each call is one tick of every unit in it.
#[derive(GodotClass)]
#[class(no_init, base = RefCounted)]
pub struct RustWorkBatch {
    batch: WorkBatch,
    brains: Brains,
    /// Only where somebody wants a trace.
    tracer: Option<Tracer>,
    /// First row of each unit.
    first_rows: Vec<usize>,
    results: Results,
    noted: Noted,
    /// Kept between ticks, so that thinking allocates nothing.
    actions: Vec<f32>,
    base: Base<RefCounted>,
}

impl RustWorkBatch {
    pub fn wrap(batch: WorkBatch) -> Gd<Self> {
        let rows = batch.units.iter().scan(0, |next, unit| {
            let first = *next;
            *next += unit.genomes.len();
            Some(first)
        });
        let (first_rows, brains) = (rows.collect(), Brains::new(&batch));
        let (results, tracer) = (Results::of(&batch), Tracer::of(&batch));
        Gd::from_init_fn(|base| Self {
            batch,
            brains,
            tracer,
            first_rows,
            results,
            noted: Noted::default(),
            actions: Vec::new(),
            base,
        })
    }

    /// The scores since the last call.
    pub fn take_results(&mut self) -> Results {
        let units = std::mem::take(&mut self.results.units);
        Results::of(&self.batch).with(units)
    }

    fn unit(&self, call: &str, unit: i64) -> Option<&WorkUnit> {
        let found = usize::try_from(unit).ok().and_then(|unit| self.batch.units.get(unit));
        if found.is_none() {
            refuse(call, format!("unit is {unit}, but this batch has {}", self.batch.units.len()));
        }
        found
    }

    fn width(&self, call: &str, member: i64, of: fn(&evolve_core::network::Network) -> usize) -> i64 {
        let network = usize::try_from(member).ok().and_then(|row| self.brains.network(row));
        if network.is_none() {
            self.refuse_member(call, member);
        }
        network.map_or(0, of) as i64
    }

    fn refuse_member(&self, call: &str, member: i64) {
        refuse(call, format!("member is {member}, but this batch has {}", self.brains.len()));
    }
}

#[godot_api]
impl RustWorkBatch {
    /// Read a `genomes` frame of the orchestrator; null and an error when it is none.
    #[func]
    fn from_bytes(data: PackedByteArray) -> Option<Gd<Self>> {
        match decode_batch(data.as_slice()) {
            Ok(batch) => Some(Self::wrap(batch)),
            Err(problem) => {
                refuse("RustWorkBatch.from_bytes", problem);
                None
            }
        }
    }

    /// How many units there are.
    #[func]
    fn unit_count(&self) -> i64 {
        self.batch.units.len() as i64
    }

    /// The seed that decides all chance in the episode of a unit.
    #[func]
    fn unit_seed(&self, unit: i64) -> i64 {
        self.unit("RustWorkBatch.unit_seed", unit).map_or(0, |unit| unit.seed as i64)
    }

    /// The most ticks that the episode of a unit lasts.
    #[func]
    fn unit_ticks(&self, unit: i64) -> i64 {
        self.unit("RustWorkBatch.unit_ticks", unit).map_or(0, |unit| i64::from(unit.ticks))
    }

    /// The rows of the members of a unit.
    #[func]
    fn unit_members(&self, unit: i64) -> PackedInt32Array {
        let Some(work) = self.unit("RustWorkBatch.unit_members", unit) else {
            return PackedInt32Array::new();
        };
        let first = self.first_rows[unit as usize];
        (first..first + work.genomes.len()).map(|row| row as i32).collect()
    }

    /// Which population the member of a row belongs to, by its place among the run's populations.
    #[func]
    fn population(&self, member: i64) -> i64 {
        let found = usize::try_from(member).ok().and_then(|row| {
            let place = self.first_rows.partition_point(|&first| first <= row).checked_sub(1)?;
            let genome = *self.batch.units[place].genomes.get(row - self.first_rows[place])?;
            Some(self.batch.genomes[genome].population)
        });
        if found.is_none() {
            self.refuse_member("RustWorkBatch.population", member);
        }
        found.unwrap_or(0) as i64
    }

    /// How many rows there are.
    #[func]
    fn member_count(&self) -> i64 {
        self.brains.len() as i64
    }

    /// How many numbers the member of a row senses.
    #[func]
    fn inputs(&self, member: i64) -> i64 {
        self.width("RustWorkBatch.inputs", member, evolve_core::network::Network::inputs)
    }

    /// How many numbers the member of a row gives.
    #[func]
    fn outputs(&self, member: i64) -> i64 {
        self.width("RustWorkBatch.outputs", member, evolve_core::network::Network::outputs)
    }

    /// One tick of the rows named. The observations stand one member after the other, in the order of the
    /// rows; so do the actions that come back. Empty, with an error, when the numbers don't fit.
    #[func]
    fn think(&mut self, members: PackedInt32Array, observations: PackedFloat32Array) -> PackedFloat32Array {
        let (rows, observations) = (members.as_slice(), observations.as_slice());
        match self.brains.think(rows, observations, &mut self.actions) {
            Ok(()) => {
                if let Some(tracer) = &mut self.tracer {
                    tracer.note(&self.brains, rows, observations, &self.actions);
                }
                PackedFloat32Array::from(self.actions.as_slice())
            }
            Err(problem) => {
                refuse("RustWorkBatch.think", problem);
                PackedFloat32Array::new()
            }
        }
    }

    /// Names of what each member is scored on; the first is its fitness.
    #[func]
    fn objectives(&self) -> PackedStringArray {
        self.batch.objectives.iter().map(GString::from).collect()
    }

    /// Names of the numbers that describe how a member behaved; empty when nobody asks.
    #[func]
    fn behaviour(&self) -> PackedStringArray {
        self.batch.behaviour.iter().map(GString::from).collect()
    }

    /// Notes the metrics of a member of a unit, by its place there: named numbers that select nobody and are
    /// recorded. Call it before [method score]; a name that is noted again gets the new value. False, with an
    /// error, when they make no sense.
    #[func]
    fn note(&mut self, unit: i64, member: i64, names: PackedStringArray, values: PackedFloat64Array) -> bool {
        let call = "RustWorkBatch.note";
        let Some(work) = self.unit(call, unit) else { return false };
        let members = work.genomes.len();
        let taken = self.noted.note(unit, member, members, names.as_slice(), values.as_slice());
        let fits = taken.is_ok();
        if let Err(problem) = taken {
            refuse(call, format!("unit {unit}: {problem}"));
        }
        fits
    }

    /// The scores of a finished unit: for each member a number for each of [method objectives] and a number
    /// for each of [method behaviour]; and the agent-steps it took. False, with an error, when they don't fit.
    #[func]
    fn score(
        &mut self,
        unit: i64,
        scores: PackedFloat64Array,
        behaviour: PackedFloat64Array,
        steps: i64,
    ) -> bool {
        let call = "RustWorkBatch.score";
        let Some(work) = self.unit(call, unit) else { return false };
        let (id, members) = (work.id, work.genomes.len());
        let taken =
            numbers(unit, members, "scores", &scores, self.batch.objectives.len()).and_then(|scores| {
                let width = self.batch.behaviour.len();
                let behaviour = numbers(unit, members, "numbers of behaviour", &behaviour, width)?;
                let trace = self.tracer.as_mut().map_or_else(Vec::new, |tracer| tracer.take(unit as usize));
                let metrics = self.noted.take(unit);
                Ok(UnitResult { id, steps: steps.max(0) as u64, scores, behaviour, trace, metrics })
            });
        let fits = taken.is_ok();
        match taken {
            Ok(result) => self.results.units.push(result),
            Err(problem) => refuse(call, problem),
        }
        fits
    }

    /// The `results` frame of the units scored since the last call.
    #[func]
    fn results_to_bytes(&mut self) -> PackedByteArray {
        PackedByteArray::from(encode_results(&self.take_results()))
    }
}

/// So many finite numbers for each member.
fn numbers(
    unit: i64,
    members: usize,
    what: &str,
    given: &PackedFloat64Array,
    width: usize,
) -> Result<Vec<f64>, String> {
    let (count, expected) = (given.len(), members * width);
    if count != expected {
        return Err(format!(
            "unit {unit} has {members} members and wants {expected} {what}, but {count} were given"
        ));
    }
    match given.as_slice().iter().find(|number| !number.is_finite()) {
        Some(number) => Err(format!("unit {unit} has {number} among its {what}, but they must be finite")),
        None => Ok(given.to_vec()),
    }
}

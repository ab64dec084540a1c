//! Work units played in a world, on as many threads as wanted: scores depend on the unit alone.

use crate::{World, WorldKind};
use evolve_core::genome::Genome;
use evolve_core::network::Network;
use evolve_core::trace::Tick;
use evolve_core::work::{Results, UnitResult, WorkBatch, WorkUnit};
use rayon::prelude::*;
use thiserror::Error;

/// Why a batch cannot be played in a world.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum EvaluationError {
    /// A brain with other senses or actions than the world's.
    #[error(
        "world {world} has {expected_inputs} observations and {expected_outputs} actions, \
         but the brains of population {population} have {inputs} inputs and {outputs} outputs"
    )]
    Shape {
        /// Name of the world.
        world: &'static str,
        /// Name of the population.
        population: String,
        /// What the world gives.
        expected_inputs: usize,
        /// What the world takes.
        expected_outputs: usize,
        /// What the brains take.
        inputs: usize,
        /// What the brains give.
        outputs: usize,
    },
    /// A unit for several agents in a world for one.
    #[error("world {world} is for one agent, but unit {unit} has {members} members")]
    Members {
        /// Name of the world.
        world: &'static str,
        /// Which unit.
        unit: u64,
        /// How many members it has.
        members: usize,
    },
    /// An objective or a behaviour that the world does not measure.
    #[error("world {world} measures {measures}, but the {role} {name} was asked for")]
    Measure {
        /// Name of the world.
        world: &'static str,
        /// What it measures.
        measures: String,
        /// Objective or behaviour.
        role: &'static str,
        /// What was asked for.
        name: String,
    },
    /// No threads.
    #[error("cannot start {0} threads")]
    Threads(usize),
}

/// Play every unit of a batch; results come in the order of the units.
pub fn evaluate(kind: WorldKind, batch: &WorkBatch, threads: usize) -> Result<Results, EvaluationError> {
    check(kind, batch)?;
    let objectives = measures(kind, "objective", &batch.objectives)?;
    let behaviour = measures(kind, "behaviour", &batch.behaviour)?;
    let run = |unit: &WorkUnit| {
        let entry = &batch.genomes[unit.genomes[0]];
        let recurrent = batch.populations[entry.population].recurrent;
        let mut world = kind.build();
        let mut trace = Vec::new();
        let (_, steps) =
            watched(world.as_mut(), &entry.genome, recurrent, unit.seed, unit.ticks, |sensed, done| {
                if unit.traced {
                    let mut tick = Tick::new();
                    tick.enter(0, sensed, done);
                    tick.append_to(&mut trace);
                }
            });
        let read = |places: &[usize]| places.iter().map(|&place| world.measure(place)).collect();
        let scored = UnitResult::scored(unit.id, steps, read(&objectives));
        UnitResult { behaviour: read(&behaviour), trace, ..scored }
    };
    let units = if threads <= 1 {
        batch.units.iter().map(run).collect()
    } else {
        let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build();
        let pool = pool.map_err(|_| EvaluationError::Threads(threads))?;
        pool.install(|| batch.units.par_iter().map(run).collect())
    };
    Ok(Results::of(batch).with(units))
}

/// One episode: fitness and ticks lived.
pub fn play(world: &mut dyn World, genome: &Genome, recurrent: bool, seed: u64, ticks: u32) -> (f64, u64) {
    watched(world, genome, recurrent, seed, ticks, |_, _| ())
}

/// The same, and `watch` sees what is sensed and done in each tick.
fn watched(
    world: &mut dyn World,
    genome: &Genome,
    recurrent: bool,
    seed: u64,
    ticks: u32,
    mut watch: impl FnMut(&[f32], &[f32]),
) -> (f64, u64) {
    let network = Network::compile(genome, recurrent);
    let (mut observations, mut actions) = (vec![0.0; network.inputs()], vec![0.0; network.outputs()]);
    let (mut values, mut scratch) = (vec![0.0; network.slots()], Vec::new());
    world.reset(seed);
    for tick in 1..=u64::from(ticks) {
        world.observe(&mut observations);
        network.forward(&observations, &mut values, &mut scratch, &mut actions);
        watch(&observations, &actions);
        if world.step(&actions) {
            return (world.measure(0), tick);
        }
    }
    (world.measure(0), u64::from(ticks))
}

/// Places of what is asked for among what the world measures.
fn measures(kind: WorldKind, role: &'static str, names: &[String]) -> Result<Vec<usize>, EvaluationError> {
    let place = |name: &String| {
        let found = kind.measures().iter().position(|measure| measure == name);
        found.ok_or_else(|| EvaluationError::Measure {
            world: kind.name(),
            measures: kind.measures().join(", "),
            role,
            name: name.clone(),
        })
    };
    names.iter().map(place).collect()
}

fn check(kind: WorldKind, batch: &WorkBatch) -> Result<(), EvaluationError> {
    for shape in &batch.populations {
        let (inputs, outputs) = (shape.inputs.len(), shape.outputs.len());
        let (expected_inputs, expected_outputs) = (kind.inputs().len(), kind.outputs().len());
        if (inputs, outputs) != (expected_inputs, expected_outputs) {
            let (world, population) = (kind.name(), shape.name.clone());
            return Err(EvaluationError::Shape {
                world,
                population,
                expected_inputs,
                expected_outputs,
                inputs,
                outputs,
            });
        }
    }
    match batch.units.iter().find(|unit| unit.genomes.len() != 1) {
        Some(unit) => {
            Err(EvaluationError::Members { world: kind.name(), unit: unit.id.0, members: unit.genomes.len() })
        }
        None => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use evolve_core::evolution::Evolution;
    use evolve_format::encode_checkpoint;

    fn checkpoint(kind: WorldKind, seed: u64, generations: u32, at_a_time: usize, threads: usize) -> Vec<u8> {
        let mut config = kind.config();
        config.populations[0].size = 60;
        config.evaluation.episode_ticks = config.evaluation.episode_ticks.min(500);
        let mut evolution = Evolution::new(config, seed).unwrap();
        while evolution.state().generation < generations {
            let batch = evolution.ask(at_a_time).unwrap();
            evolution.tell(&evaluate(kind, &batch, threads).unwrap()).unwrap();
        }
        encode_checkpoint(evolution.state())
    }

    #[test]
    fn checkpoints_have_the_same_bytes_on_any_number_of_threads() {
        for &kind in WorldKind::ALL {
            let alone = checkpoint(kind, 5, 4, 60, 1);
            assert_eq!(alone, checkpoint(kind, 5, 4, 7, 2));
            assert_eq!(alone, checkpoint(kind, 5, 4, 60, 8));
            assert_ne!(alone, checkpoint(kind, 6, 4, 60, 1));
        }
    }

    #[test]
    fn a_trace_has_an_entry_a_tick_whoever_plays_and_leaves_the_scores_alone() {
        for &kind in WorldKind::ALL {
            let mut batch = Evolution::new(kind.config(), 3).unwrap().ask(9).unwrap();
            let untraced = evaluate(kind, &batch, 2).unwrap();
            batch.units.iter_mut().step_by(2).for_each(|unit| unit.traced = true);
            let traced = evaluate(kind, &batch, 2).unwrap();
            assert_eq!(traced, evaluate(kind, &batch, 1).unwrap());
            for (place, (unit, bare)) in traced.units.iter().zip(&untraced.units).enumerate() {
                assert_eq!(unit.trace.len() as u64, if place % 2 == 0 { unit.steps } else { 0 });
                assert_eq!((&unit.scores, unit.steps), (&bare.scores, bare.steps));
            }
        }
    }

    #[test]
    fn brains_that_do_not_fit_the_world_are_refused_in_words() {
        let mut evolution = Evolution::new(WorldKind::Xor.config(), 1).unwrap();
        let batch = evolution.ask(1).unwrap();
        let message = evaluate(WorldKind::DoublePole, &batch, 1).unwrap_err().to_string();
        assert_eq!(
            message,
            "world double-pole has 6 observations and 1 actions, but the brains of population main have 2 inputs \
             and 1 outputs"
        );
    }

    #[test]
    fn a_unit_with_two_members_is_refused_by_a_world_for_one() {
        let mut evolution = Evolution::new(WorldKind::Xor.config(), 1).unwrap();
        let mut batch = evolution.ask(1).unwrap();
        batch.units[0].genomes.push(0);
        let message = evaluate(WorldKind::Xor, &batch, 1).unwrap_err().to_string();
        assert_eq!(message, "world xor is for one agent, but unit 0 has 2 members");
    }

    #[test]
    fn what_a_world_does_not_measure_is_refused_in_words() {
        let mut config = WorldKind::Xor.config();
        config.evaluation.objectives[0].name = "beauty".into();
        let batch = Evolution::new(config, 1).unwrap().ask(1).unwrap();
        let message = evaluate(WorldKind::Xor, &batch, 1).unwrap_err().to_string();
        assert_eq!(message, "world xor measures fitness, but the objective beauty was asked for");
    }

    #[test]
    fn every_way_of_looking_for_something_new_finds_the_way_through_the_maze() {
        use evolve_core::config::SelectionStrategy::{MapElites, Novelty, Nsga2};
        for strategy in [Novelty, MapElites, Nsga2] {
            let mut config = WorldKind::Maze.config();
            config.selection.strategy = strategy;
            config.selection.novelty = strategy == Nsga2;
            let mut evolution = Evolution::new(config, 1).unwrap();
            let arrived = (0..80).any(|_| {
                let batch = evolution.ask(usize::MAX).unwrap();
                let told = evolution.tell(&evaluate(WorldKind::Maze, &batch, 2).unwrap()).unwrap();
                told.report.unwrap().best >= 1.0
            });
            assert!(arrived, "{strategy:?}");
        }
    }

    #[test]
    fn double_pole_with_velocities_is_learned() {
        let mut config = WorldKind::DoublePole.config();
        config.evaluation.episode_ticks = 5_000;
        let mut evolution = Evolution::new(config, 1).unwrap();
        let learned = (0..60).any(|_| {
            let batch = evolution.ask(usize::MAX).unwrap();
            let told = evolution.tell(&evaluate(WorldKind::DoublePole, &batch, 2).unwrap()).unwrap();
            told.report.unwrap().best >= 5_000.0
        });
        assert!(learned);
    }
}

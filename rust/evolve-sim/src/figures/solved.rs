//! When a problem counts as solved, as the NEAT paper has it (Stanley and Miikkulainen 2002).

use evolve_core::genome::Genome;
use evolve_core::network::Network;
use evolve_core::work::{Results, WorkBatch};
use evolve_worlds::{DoublePole, World, WorldKind, play};

const ALWAYS: u32 = 100_000;
/// Of the 625 starting states a solution without velocities masters at least so many.
const GENERALISES: usize = 200;

/// A run that needs more than this has failed.
pub fn most_evaluations(world: WorldKind) -> u64 {
    match world {
        WorldKind::Xor => 30_000,
        WorldKind::DoublePole | WorldKind::Maze => 60_000,
        WorldKind::DoublePoleHidden => 200_000,
    }
}

/// The genome that solves the world, if one does, and how well it generalises.
pub fn solution(
    world: WorldKind,
    batch: &WorkBatch,
    results: &Results,
    recurrent: bool,
) -> Option<(usize, Option<usize>)> {
    let scores: Vec<f64> = results.units.iter().map(|unit| unit.scores[0]).collect();
    // The first one of the best: the order of the units decides between equals.
    let best_of = |candidates: &mut dyn Iterator<Item = usize>| {
        candidates.reduce(|best, unit| if scores[unit] > scores[best] { unit } else { best })
    };
    let genome = |unit: usize| batch.units[unit].genomes[0];
    match world {
        WorldKind::Xor => {
            // Four answers on the right side miss by less than 0.5 each.
            let mut right = (0..scores.len()).filter(|&unit| {
                scores[unit] > 3.0 && answers_xor(&batch.genomes[genome(unit)].genome, recurrent)
            });
            best_of(&mut right).map(|unit| (genome(unit), None))
        }
        WorldKind::Maze => {
            let mut arrived = (0..scores.len()).filter(|&unit| scores[unit] >= 1.0);
            best_of(&mut arrived).map(|unit| (genome(unit), None))
        }
        WorldKind::DoublePole => {
            let mut lasting = (0..scores.len()).filter(|&unit| scores[unit] >= f64::from(ALWAYS));
            best_of(&mut lasting).map(|unit| (genome(unit), None))
        }
        WorldKind::DoublePoleHidden => {
            let champion = genome(best_of(&mut (0..scores.len()))?);
            let passed = generalisation(&batch.genomes[champion].genome, recurrent)?;
            (passed >= GENERALISES).then_some((champion, Some(passed)))
        }
    }
}

fn answers_xor(genome: &Genome, recurrent: bool) -> bool {
    let network = Network::compile(genome, recurrent);
    let (mut values, mut scratch, mut answer) = (vec![0.0; network.slots()], Vec::new(), [0.0]);
    [([0.0, 0.0], false), ([0.0, 1.0], true), ([1.0, 0.0], true), ([1.0, 1.0], false)].iter().all(
        |(observations, right)| {
            network.forward(observations, &mut values, &mut scratch, &mut answer);
            if *right { answer[0] > 0.5 } else { answer[0] < 0.5 }
        },
    )
}

/// None unless the poles stay up for 100,000 ticks; then in how many of 625 starting states they do for
/// 1,000 ticks.
fn generalisation(genome: &Genome, recurrent: bool) -> Option<usize> {
    let lasts = |world: &mut dyn World, ticks| play(world, genome, recurrent, 0, ticks).1 >= u64::from(ticks);
    if !lasts(&mut DoublePole::new(false), ALWAYS) {
        return None;
    }
    Some(
        DoublePole::test_starts()
            .filter(|&start| lasts(&mut DoublePole::starting(false, start), 1_000))
            .count(),
    )
}

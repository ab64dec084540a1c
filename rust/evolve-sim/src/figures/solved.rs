//! When a problem counts as solved, as the NEAT paper has it (Stanley and Miikkulainen 2002).

use evolve_core::genome::Genome;
use evolve_core::network::Network;
use evolve_core::work::{Results, WorkBatch};
use evolve_worlds::{DoublePole, World, WorldKind, play};
use std::ops::Range;

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

/// The seeds that are reported, and that nobody tunes on.
pub fn reported_seeds(world: WorldKind) -> Range<u64> {
    match world {
        WorldKind::Xor | WorldKind::DoublePole | WorldKind::Maze => 0..100,
        WorldKind::DoublePoleHidden => 0..20,
    }
}

/// A genome that solves its world.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Solution {
    /// Its place among the genomes of the batch.
    pub place: usize,
    /// Starting states of 625 that it masters; only without velocities.
    pub generalisation: Option<usize>,
}

/// Looks at one generation of a run after the other.
pub struct Judge {
    world: WorldKind,
    recurrent: bool,
    /// The champion that was tested last, and failed. Champions live on unchanged, and a test of one
    /// costs as much as a generation.
    failed: Option<Genome>,
}

impl Judge {
    pub fn new(world: WorldKind, recurrent: bool) -> Self {
        Self { world, recurrent, failed: None }
    }

    /// The genome of a generation that solves the world, if one does.
    pub fn solution(&mut self, batch: &WorkBatch, results: &Results) -> Option<Solution> {
        let scores: Vec<f64> = results.units.iter().map(|unit| unit.scores[0]).collect();
        let genome = |unit: usize| batch.units[unit].genomes[0];
        let solution = |unit: usize| Solution { place: genome(unit), generalisation: None };
        match self.world {
            WorldKind::Xor => {
                let right = |&unit: &usize| {
                    // Four answers on the right side miss by less than 0.5 each.
                    scores[unit] > 3.0 && answers_xor(&batch.genomes[genome(unit)].genome, self.recurrent)
                };
                best(&scores, right).map(solution)
            }
            WorldKind::Maze => best(&scores, |&unit| scores[unit] >= 1.0).map(solution),
            WorldKind::DoublePole => best(&scores, |&unit| scores[unit] >= f64::from(ALWAYS)).map(solution),
            WorldKind::DoublePoleHidden => {
                let place = genome(best(&scores, |_| true)?);
                let passed = self.generalisation(&batch.genomes[place].genome)?;
                Some(Solution { place, generalisation: Some(passed) })
            }
        }
    }

    /// How many starting states a champion masters, if they are enough.
    fn generalisation(&mut self, champion: &Genome) -> Option<usize> {
        if self.failed.as_ref() == Some(champion) {
            return None;
        }
        let passed = generalisation(champion, self.recurrent).filter(|&passed| passed >= GENERALISES);
        self.failed = passed.is_none().then(|| champion.clone());
        passed
    }
}

/// The best of the units that count; of equals the first one.
fn best(scores: &[f64], counts: impl Fn(&usize) -> bool) -> Option<usize> {
    (0..scores.len())
        .filter(counts)
        .reduce(|best, unit| if scores[unit] > scores[best] { unit } else { best })
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

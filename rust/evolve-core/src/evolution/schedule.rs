//! Which units a generation has, who has them, and what came of them.
//!
//! Today every member plays alone, once for each repeat; matches are other lists of members for the
//! same units.

use super::state::EvolutionState;
use crate::config::Config;
use crate::random::{Purpose, Stream};
use std::collections::VecDeque;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Unit {
    Waiting,
    Out,
    /// Handed out once, and back in the queue; its first holder may still answer.
    Returned,
    Done,
}

#[derive(Clone, Debug)]
pub(super) struct Schedule {
    /// (population, member) of each unit.
    players: Vec<(usize, usize)>,
    units: Vec<Unit>,
    queue: VecDeque<usize>,
    /// Units in the queue that still want a score: one that was returned may have been told since.
    waiting: usize,
    /// One score a unit, NaN until it is told.
    scores: Vec<f64>,
    steps: u64,
    done: usize,
}

impl Schedule {
    pub fn new(config: &Config) -> Self {
        let repeats = config.evaluation.repeats;
        let populations = config.populations.iter().enumerate();
        let players: Vec<(usize, usize)> = populations
            .flat_map(|(place, population)| (0..population.size).map(move |member| (place, member)))
            .flat_map(|player| std::iter::repeat_n(player, repeats))
            .collect();
        let count = players.len();
        Self {
            players,
            units: vec![Unit::Waiting; count],
            queue: (0..count).collect(),
            waiting: count,
            scores: vec![f64::NAN; count],
            steps: 0,
            done: 0,
        }
    }

    pub fn units(&self) -> usize {
        self.units.len()
    }

    pub fn waiting(&self) -> usize {
        self.waiting
    }

    pub fn nothing_told(&self) -> bool {
        self.done == 0
    }

    pub fn complete(&self) -> bool {
        self.done == self.units.len()
    }

    pub fn steps(&self) -> u64 {
        self.steps
    }

    pub fn members(&self, place: usize) -> impl Iterator<Item = (usize, usize)> + use<> {
        std::iter::once(self.players[place])
    }

    pub fn hand_out(&mut self, count: usize) -> Vec<usize> {
        let mut places = Vec::new();
        while places.len() < count
            && let Some(place) = self.queue.pop_front()
        {
            if self.units[place] != Unit::Done {
                self.units[place] = Unit::Out;
                self.waiting -= 1;
                places.push(place);
            }
        }
        places
    }

    /// Units come back to the front: somebody has waited for them longest.
    pub fn take_back(&mut self, place: usize) -> bool {
        let out = self.units.get(place) == Some(&Unit::Out);
        if out {
            self.units[place] = Unit::Returned;
            self.waiting += 1;
            self.queue.push_front(place);
        }
        out
    }

    pub fn was_asked(&self, place: usize) -> bool {
        self.units[place] != Unit::Waiting
    }

    /// False when the unit has been told before.
    pub fn record(&mut self, place: usize, scores: &[f64], steps: u64) -> bool {
        if self.units[place] == Unit::Done {
            return false;
        }
        self.waiting -= usize::from(self.units[place] == Unit::Returned);
        self.units[place] = Unit::Done;
        self.scores[place] = scores[0];
        self.steps = self.steps.saturating_add(steps);
        self.done += 1;
        true
    }

    /// Fitness of every member of every population: the mean of its units, added up in unit order.
    pub fn fitness(&self, config: &Config) -> Vec<Vec<f64>> {
        let repeats = config.evaluation.repeats;
        let mut sums: Vec<Vec<f64>> =
            config.populations.iter().map(|population| vec![0.0; population.size]).collect();
        for (&(population, member), score) in self.players.iter().zip(&self.scores) {
            sums[population][member] += score;
        }
        sums.iter_mut().flatten().for_each(|sum| *sum /= repeats as f64);
        sums
    }

    /// Every member meets the same episodes, so that luck is shared out evenly.
    pub fn episode_seed(state: &EvolutionState, place: usize) -> u64 {
        let evaluation = &state.config.evaluation;
        let repeat = place % evaluation.repeats;
        let generation = if evaluation.fixed_seeds { 0 } else { state.generation };
        Stream::new(state.seed, 0, generation, repeat as u32, Purpose::Episode).bits() >> 1
    }
}

//! Which units a generation has, who has them, and what came of them.
//!
//! Every member plays alone, once for each repeat. With NSGA-II parents play beside their offspring, unless
//! episodes are always the same: then they keep their scores.

use super::scores::Scores;
use super::state::EvolutionState;
use crate::random::{Purpose, Stream};
use crate::work::UnitResult;
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
    /// A row for each unit, of zeros until it is told.
    scores: Scores,
    repeats: usize,
    steps: u64,
    done: usize,
}

impl Schedule {
    pub fn new(state: &EvolutionState) -> Self {
        let evaluation = &state.config.evaluation;
        let populations = state.populations.iter().enumerate();
        let players: Vec<(usize, usize)> = populations
            .flat_map(|(place, population)| {
                let known = if evaluation.fixed_seeds { population.parents(&state.config) } else { 0 };
                (known..population.genomes.len()).map(move |member| (place, member))
            })
            .flat_map(|player| std::iter::repeat_n(player, evaluation.repeats))
            .collect();
        let count = players.len();
        Self {
            players,
            units: vec![Unit::Waiting; count],
            queue: (0..count).collect(),
            waiting: count,
            scores: Scores::zeros(count, evaluation),
            repeats: evaluation.repeats,
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
    pub fn record(&mut self, place: usize, result: &UnitResult) -> bool {
        if self.units[place] == Unit::Done {
            return false;
        }
        self.waiting -= usize::from(self.units[place] == Unit::Returned);
        self.units[place] = Unit::Done;
        self.scores.set(place, &result.scores, &result.behaviour);
        self.steps = self.steps.saturating_add(result.steps);
        self.done += 1;
        true
    }

    /// What every member of every population was scored: the mean of its units, added up in unit order.
    pub fn scores(&self, state: &EvolutionState) -> Vec<Scores> {
        let evaluation = &state.config.evaluation;
        let mut all: Vec<Scores> = (state.populations.iter())
            .map(|population| {
                let mut scores = Scores::zeros(population.genomes.len(), evaluation);
                if evaluation.fixed_seeds {
                    scores.set_first_rows(&population.memory.parents);
                }
                scores
            })
            .collect();
        for (place, &(population, member)) in self.players.iter().enumerate() {
            all[population].add(member, self.scores.row(place));
        }
        if self.repeats > 1 {
            for &(population, member) in self.players.iter().step_by(self.repeats) {
                all[population].divide(member, self.repeats as f64);
            }
        }
        all
    }

    /// Every member meets the same episodes, so that luck is shared out evenly.
    pub fn episode_seed(state: &EvolutionState, place: usize) -> u64 {
        let evaluation = &state.config.evaluation;
        let repeat = place % evaluation.repeats;
        let generation = if evaluation.fixed_seeds { 0 } else { state.generation };
        Stream::new(state.seed, 0, generation, repeat as u32, Purpose::Episode).bits() >> 1
    }
}

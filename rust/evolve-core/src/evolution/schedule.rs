//! Which units a generation has, who has them, and what came of them.
//!
//! A member plays alone, once for each repeat, or a group of every population meets. With NSGA-II parents play
//! beside their offspring, unless they play alone in episodes that are always the same: then they keep their
//! scores.

use super::scores::Scores;
use super::state::EvolutionState;
use super::tally::Tally;
use crate::config::EvaluationConfig;
use crate::random::{Purpose, Stream};
use crate::report::MetricReport;
use crate::work::UnitResult;
use std::collections::VecDeque;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Unit {
    Waiting,
    Out,
    /// Handed out once, and back in the queue; its first holder may still answer.
    Returned,
    Done,
    /// Nobody can play it: see [`Schedule::fail`].
    Failed,
}

impl Unit {
    fn is_over(self) -> bool {
        matches!(self, Self::Done | Self::Failed)
    }
}

#[derive(Clone, Debug)]
pub(super) struct Schedule {
    /// (population, member) of each player, one unit after the other.
    players: Vec<(usize, usize)>,
    /// Players of a unit.
    group: usize,
    units: Vec<Unit>,
    queue: VecDeque<usize>,
    /// Units in the queue that still want a score: one that was returned may have been told since.
    waiting: usize,
    /// A row for each player, of zeros until it is told.
    scores: Scores,
    metrics: Tally,
    steps: u64,
    told: usize,
    failed: usize,
}

impl Schedule {
    pub fn new(state: &EvolutionState) -> Self {
        let evaluation = &state.config.evaluation;
        let (players, group) = if evaluation.together { meetings(state) } else { (soloists(state), 1) };
        let count = players.len() / group;
        Self {
            scores: Scores::zeros(players.len(), evaluation),
            players,
            group,
            units: vec![Unit::Waiting; count],
            queue: (0..count).collect(),
            waiting: count,
            metrics: Tally::default(),
            steps: 0,
            told: 0,
            failed: 0,
        }
    }

    pub fn units(&self) -> usize {
        self.units.len()
    }

    pub fn waiting(&self) -> usize {
        self.waiting
    }

    pub fn nothing_told(&self) -> bool {
        self.told == 0
    }

    pub fn complete(&self) -> bool {
        self.told + self.failed == self.units.len()
    }

    pub fn steps(&self) -> u64 {
        self.steps
    }

    /// Names of what was noted so far.
    pub fn metric_names(&self) -> impl Iterator<Item = &str> {
        self.metrics.names()
    }

    /// What the episodes of each population noted.
    pub fn metrics(&self, populations: usize) -> Vec<Vec<MetricReport>> {
        self.metrics.reports(populations, &self.players, self.group)
    }

    pub fn members(&self, place: usize) -> &[(usize, usize)] {
        &self.players[place * self.group..][..self.group]
    }

    pub fn hand_out(&mut self, count: usize) -> Vec<usize> {
        let mut places = Vec::new();
        while places.len() < count
            && let Some(place) = self.queue.pop_front()
        {
            if !self.units[place].is_over() {
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

    /// Whether somebody has the unit now, who may be gone.
    pub fn is_out(&self, place: usize) -> bool {
        self.units.get(place) == Some(&Unit::Out)
    }

    /// The unit gets no score of its own. False when it has one, or has failed before.
    pub fn fail(&mut self, place: usize) -> bool {
        if self.units[place].is_over() {
            return false;
        }
        self.waiting -= usize::from(self.units[place] != Unit::Out);
        self.units[place] = Unit::Failed;
        self.failed += 1;
        true
    }

    pub fn was_asked(&self, place: usize) -> bool {
        self.units[place] != Unit::Waiting
    }

    /// False when the unit has been told before.
    pub fn record(&mut self, place: usize, result: &UnitResult) -> bool {
        if self.units[place].is_over() {
            return false;
        }
        self.waiting -= usize::from(self.units[place] == Unit::Returned);
        self.units[place] = Unit::Done;
        self.scores.set_rows(place * self.group, self.group, &result.scores, &result.behaviour);
        self.metrics.record(place, &result.metrics);
        self.steps = self.steps.saturating_add(result.steps);
        self.told += 1;
        true
    }

    /// What every member of every population was scored: the mean of its episodes, added up in their order.
    pub fn scores(&self, state: &EvolutionState) -> Vec<Scores> {
        let evaluation = &state.config.evaluation;
        let mut all: Vec<Scores> = (state.populations.iter())
            .map(|population| Scores::zeros(population.genomes.len(), evaluation))
            .collect();
        let mut episodes: Vec<Vec<u32>> = all.iter().map(|scores| vec![0; scores.len()]).collect();
        let failures: Vec<Vec<f64>> =
            (0..all.len()).map(|place| self.row_of_failure(place, evaluation)).collect();
        for (place, &(population, member)) in self.players.iter().enumerate() {
            let row = if self.has_failed(place) { &failures[population] } else { self.scores.row(place) };
            all[population].add(member, row);
            episodes[population][member] += 1;
        }
        for ((scores, episodes), population) in all.iter_mut().zip(&episodes).zip(&state.populations) {
            for (member, &count) in episodes.iter().enumerate().filter(|&(_, &count)| count > 1) {
                scores.divide(member, f64::from(count));
            }
            if keeps_scores(state) {
                scores.set_first_rows(&population.memory.parents);
            }
        }
        // Who plays alone is alone to blame, and its other episodes cannot make up for it.
        let failed = |&(place, _): &(usize, _)| self.group == 1 && self.has_failed(place);
        for (_, &(population, member)) in self.players.iter().enumerate().filter(failed) {
            all[population].set_row(member, &failures[population]);
        }
        all
    }

    fn has_failed(&self, player: usize) -> bool {
        self.units[player / self.group] == Unit::Failed
    }

    /// What a player of this population is scored whose unit has failed: on every objective a hair worse than
    /// the worst of the generation, and the behaviour of the one with the worst fitness, so that no cell and no
    /// archive hears of anything new.
    fn row_of_failure(&self, population: usize, evaluation: &EvaluationConfig) -> Vec<f64> {
        let told = (self.players.iter().enumerate()).filter(|&(place, player)| {
            player.0 == population && self.units[place / self.group] == Unit::Done
        });
        let rows: Vec<usize> = told.map(|(place, _)| place).collect();
        let fitness = |&place: &usize| evaluation.merit(self.scores.row(place)[0]);
        let Some(worst) = rows.iter().copied().min_by(|a, b| fitness(a).total_cmp(&fitness(b))) else {
            return vec![0.0; evaluation.width()];
        };
        let objectives = evaluation.objectives.iter().enumerate().map(|(column, objective)| {
            let scores = rows.iter().map(|&place| self.scores.row(place)[column]);
            objective.below(scores)
        });
        objectives.chain(self.scores.behaviour(worst).iter().copied()).collect()
    }

    /// Every member meets the same episodes, so that luck is shared out evenly. Units of one repeat share a seed.
    pub fn episode_seed(state: &EvolutionState, place: usize) -> u64 {
        let evaluation = &state.config.evaluation;
        let repeat = place % evaluation.repeats;
        let generation = if evaluation.fixed_seeds { 0 } else { state.generation };
        Stream::new(state.seed, 0, generation, repeat as u32, Purpose::Episode).bits() >> 1
    }
}

/// Parents that play the same episodes alone again would be scored the same again.
fn keeps_scores(state: &EvolutionState) -> bool {
    state.config.evaluation.fixed_seeds && !state.config.evaluation.together
}

/// Everybody who plays, alone: each as often as there are repeats, one repeat after the other.
fn soloists(state: &EvolutionState) -> Vec<(usize, usize)> {
    let populations = state.populations.iter().enumerate();
    let players = populations.flat_map(|(place, population)| {
        let known = if keeps_scores(state) { population.parents(&state.config) } else { 0 };
        (known..population.genomes.len()).map(move |member| (place, member))
    });
    players.flat_map(|player| std::iter::repeat_n(player, state.config.evaluation.repeats)).collect()
}

/// Groups of every population that meet, and how many players that are. In each repeat a population stands in
/// another random order, and goes round until the one with the most groups has been through.
fn meetings(state: &EvolutionState) -> (Vec<(usize, usize)>, usize) {
    let settings = &state.config.populations;
    let counts = state.populations.iter().zip(settings);
    let rounds = counts.map(|(population, settings)| population.genomes.len().div_ceil(settings.group)).max();
    let repeats = state.config.evaluation.repeats;
    let orders: Vec<Vec<Vec<usize>>> = (0..repeats as u32)
        .map(|repeat| (0..settings.len()).map(|place| order(state, place, repeat)).collect())
        .collect();
    let mut players = Vec::new();
    for round in 0..rounds.unwrap_or(0) {
        for orders in &orders {
            for (place, (order, settings)) in orders.iter().zip(settings).enumerate() {
                let group =
                    (0..settings.group).map(|seat| order[(round * settings.group + seat) % order.len()]);
                players.extend(group.map(|member| (place, member)));
            }
        }
    }
    (players, settings.iter().map(|settings| settings.group).sum())
}

/// The members of a population in the order in which they meet the others.
fn order(state: &EvolutionState, place: usize, repeat: u32) -> Vec<usize> {
    let mut random = Stream::new(state.seed, place as u32, state.generation, repeat, Purpose::Meeting);
    let mut order: Vec<usize> = (0..state.populations[place].genomes.len()).collect();
    for last in (1..order.len()).rev() {
        order.swap(last, random.below(last + 1));
    }
    order
}

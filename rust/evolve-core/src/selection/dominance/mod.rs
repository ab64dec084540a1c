//! Non-dominated ranks: 0 for those whom nobody dominates, then those whom only rank 0 dominates, …
//!
//! One dominates another by being no worse in any objective and better in at least one. Equal rows share
//! a rank. The way depends on the number of objectives: one is a plain sort; two are a sweep that keeps
//! one number for each front; three keep a staircase for each front; more compare with the members of a
//! front, the front found by binary search (ENS-BS, Zhang et al. 2015). All run over rows in
//! lexicographic order, where nobody is dominated by anybody later.

mod best_order;
mod staircase;
mod sweep;

use super::Objectives;
use super::presort::{Presort, compare_rows};

/// Ranks populations; keeps its scratch, so that a warm one allocates nothing.
#[derive(Clone, Debug, Default)]
pub struct DominanceSorter {
    values: Vec<f64>,
    presort: Presort,
    sweep: sweep::Sweep,
    staircases: staircase::Staircases,
    best_order: best_order::BestOrder,
}

impl DominanceSorter {
    /// A sorter that has not seen anything yet.
    pub fn new() -> Self {
        Self::default()
    }

    /// Write the rank of each individual and say how many fronts there are.
    pub fn ranks(&mut self, objectives: &Objectives, ranks: &mut Vec<u32>) -> usize {
        let (count, width) = (objectives.len(), objectives.width());
        ranks.clear();
        ranks.resize(count, 0);
        objectives.minimised(&mut self.values);
        let values = &self.values;
        let rest = |place: usize| &values[place * width + 1..(place + 1) * width];
        let ties = |a: usize, b: usize| compare_rows(rest(a), rest(b));
        let order = self.presort.places(count, |place| values[place * width], ties);
        match width {
            1 => rank_single(values, order, ranks),
            2 => self.sweep.ranks(values, order, ranks),
            3 => self.staircases.ranks(values, order, ranks),
            _ => self.best_order.ranks(values, width, order, ranks),
        }
    }
}

/// With one objective every distinct value is a front.
fn rank_single(values: &[f64], order: &[u64], ranks: &mut [u32]) -> usize {
    let mut rank = 0;
    for (at, &place) in order.iter().enumerate() {
        if at > 0 && values[place as usize] != values[order[at - 1] as usize] {
            rank += 1;
        }
        ranks[place as usize] = rank;
    }
    if order.is_empty() { 0 } else { rank as usize + 1 }
}

#[cfg(test)]
mod tests;

//! Four objectives and more: ENS-BS. Rows are laid out in their lexicographic order, each front is a list
//! of them, and the front of the next row is found by binary search, its newest members compared first.

use core::cmp::Ordering;

/// No row: the end of a front's list.
const NONE: u32 = u32::MAX;

/// Rows in order, and the fronts as linked lists, newest first, so that nothing is allocated for a front.
#[derive(Clone, Debug, Default)]
pub struct BestOrder {
    rows: Vec<f64>,
    newest: Vec<u32>,
    older: Vec<u32>,
}

impl BestOrder {
    /// Ranks for `values` in rows of `width`, visited in `order`.
    pub fn ranks(&mut self, values: &[f64], width: usize, order: &[u64], ranks: &mut [u32]) -> usize {
        // The first objective has done its work in the order, so rows are kept without it.
        let keep = width - 1;
        let row = |place: u64| &values[place as usize * width..(place as usize + 1) * width];
        self.rows.clear();
        order.iter().for_each(|&place| self.rows.extend_from_slice(&row(place)[1..]));
        self.older.clear();
        self.older.resize(order.len(), NONE);
        self.newest.clear();
        let mut rank = 0;
        for (at, &place) in order.iter().enumerate() {
            let twin = at > 0 && row(place) == row(order[at - 1]);
            if !twin {
                rank = self.front_of(at, keep);
                if rank == self.newest.len() {
                    self.newest.push(NONE);
                }
                self.older[at] = self.newest[rank];
                self.newest[rank] = at as u32;
            }
            ranks[place as usize] = rank as u32;
        }
        self.newest.len()
    }

    fn front_of(&self, at: usize, keep: usize) -> usize {
        let row = &self.rows[at * keep..(at + 1) * keep];
        let search = self.newest.binary_search_by(|&newest| {
            if self.dominated(newest, row, keep) { Ordering::Less } else { Ordering::Greater }
        });
        search.unwrap_or_else(|front| front)
    }

    fn dominated(&self, newest: u32, row: &[f64], keep: usize) -> bool {
        let mut member = newest;
        while member != NONE {
            let other = &self.rows[member as usize * keep..(member as usize + 1) * keep];
            if other.iter().zip(row).all(|(theirs, ours)| theirs <= ours) {
                return true;
            }
            member = self.older[member as usize];
        }
        false
    }
}

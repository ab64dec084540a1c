//! Two objectives: in lexicographic order an individual is dominated by a front exactly when the front's
//! least second objective is not above its own.

/// One number for each front.
#[derive(Clone, Debug, Default)]
pub struct Sweep {
    least: Vec<f64>,
}

impl Sweep {
    /// Ranks for `values` in rows of two, visited in `order`.
    pub fn ranks(&mut self, values: &[f64], order: &[u64], ranks: &mut [u32]) -> usize {
        self.least.clear();
        let (mut before, mut rank) = ([f64::NAN; 2], 0);
        for &place in order {
            let place = place as usize;
            let row = [values[place * 2], values[place * 2 + 1]];
            if row != before {
                // The numbers rise from front to front, for whom a front dominates all earlier ones do.
                rank = self.least.partition_point(|&least| least <= row[1]);
                match self.least.get_mut(rank) {
                    Some(least) => *least = row[1],
                    None => self.least.push(row[1]),
                }
                before = row;
            }
            ranks[place] = rank as u32;
        }
        self.least.len()
    }
}

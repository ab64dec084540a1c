//! Three objectives: in lexicographic order only the second and third objective matter, and of a front
//! only the members that no other dominates in those two: a staircase, falling as it goes right.

#[derive(Clone, Copy, Debug)]
struct Step {
    second: f64,
    third: f64,
}

/// A staircase for each front, kept for the next call.
#[derive(Clone, Debug, Default)]
pub struct Staircases {
    fronts: Vec<Vec<Step>>,
}

impl Staircases {
    /// Ranks for `values` in rows of three, visited in `order`.
    pub fn ranks(&mut self, values: &[f64], order: &[u64], ranks: &mut [u32]) -> usize {
        self.fronts.iter_mut().for_each(Vec::clear);
        let (mut before, mut rank, mut used) = ([f64::NAN; 3], 0, 0);
        for &place in order {
            let place = place as usize;
            let row = [values[place * 3], values[place * 3 + 1], values[place * 3 + 2]];
            if row != before {
                let step = Step { second: row[1], third: row[2] };
                rank = self.fronts[..used].partition_point(|stairs| covers(stairs, step));
                if rank == self.fronts.len() {
                    self.fronts.push(Vec::new());
                }
                used = used.max(rank + 1);
                climb(&mut self.fronts[rank], step);
                before = row;
            }
            ranks[place] = rank as u32;
        }
        used
    }
}

/// Whether some step is no worse in both; the last one that is not right of `step` is the lowest of them.
fn covers(stairs: &[Step], step: Step) -> bool {
    // Nothing is lower than the last step: this spares 3 % of a sort of 10,000.
    if stairs.last().is_some_and(|lowest| lowest.third > step.third) {
        return false;
    }
    let right = stairs.partition_point(|other| other.second <= step.second);
    right > 0 && stairs[right - 1].third <= step.third
}

/// Put in a step that nothing covers, and take out the ones it covers.
fn climb(stairs: &mut Vec<Step>, step: Step) {
    let at = stairs.partition_point(|other| other.second < step.second);
    let covered = stairs[at..].iter().take_while(|other| other.third >= step.third).count();
    if covered == 0 {
        stairs.insert(at, step);
    } else {
        stairs[at] = step;
        stairs.drain(at + 1..at + covered);
    }
}

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
    /// The third objective of each front's last step, which is its lowest: most fronts that don't cover
    /// somebody are found out by it, without a look at their steps.
    lowest: Vec<f64>,
}

impl Staircases {
    /// Ranks for `values` in rows of three, visited in `order`.
    pub fn ranks(&mut self, values: &[f64], order: &[u64], ranks: &mut [u32]) -> usize {
        self.fronts.iter_mut().for_each(Vec::clear);
        self.lowest.clear();
        let (mut before, mut rank) = ([f64::NAN; 3], 0);
        for &place in order {
            let place = place as usize;
            let row = [values[place * 3], values[place * 3 + 1], values[place * 3 + 2]];
            if row != before {
                let step = Step { second: row[1], third: row[2] };
                rank = self.front_of(step);
                if rank == self.fronts.len() {
                    self.fronts.push(Vec::new());
                }
                if rank == self.lowest.len() {
                    self.lowest.push(f64::INFINITY);
                }
                climb(&mut self.fronts[rank], step);
                self.lowest[rank] = self.lowest[rank].min(step.third);
                before = row;
            }
            ranks[place] = rank as u32;
        }
        self.lowest.len()
    }

    /// The first front that does not cover a step.
    fn front_of(&self, step: Step) -> usize {
        let (mut first, mut count) = (0, self.lowest.len());
        while count > 0 {
            let half = count / 2;
            let middle = first + half;
            if self.lowest[middle] <= step.third && covers(&self.fronts[middle], step) {
                first = middle + 1;
                count -= half + 1;
            } else {
                count = half;
            }
        }
        first
    }
}

/// Whether some step is no worse in both; the last one that is not right of `step` is the lowest of them.
fn covers(stairs: &[Step], step: Step) -> bool {
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

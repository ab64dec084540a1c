//! On which level of a graph each neuron of a population stands.
//!
//! A neuron may stand later than it could, as long as it stands before those that read it. So a level that is
//! full hands on who can wait, and a graph serves populations that have grown a little here and there.

use super::shape::{FUNCTIONS, Shape};
use evolve_core::network::Network;

/// The level of those that no output needs.
pub(super) const NOWHERE: usize = usize::MAX;

/// Who reads whom in a population: all neurons of all genomes, one genome after the other.
pub(super) struct Schedule {
    functions: Vec<u8>,
    terms: Vec<u32>,
    /// Neurons that have to stand before it.
    before: Vec<u32>,
    /// How many have to stand after it, one after the other.
    height: Vec<u32>,
    /// Those that read it; of each neuron they end where those of the next begin.
    readers: Vec<u32>,
    reader_ends: Vec<u32>,
    needed: Vec<bool>,
}

impl Schedule {
    /// Look at networks, with what [`Network::levels`] says of each.
    pub fn of(networks: &[(Network, Vec<Option<usize>>)]) -> Self {
        let count = networks.iter().map(|(_, levels)| levels.len()).sum();
        let mut schedule = Self {
            functions: Vec::with_capacity(count),
            terms: Vec::with_capacity(count),
            before: Vec::with_capacity(count),
            height: vec![0; count],
            readers: Vec::new(),
            reader_ends: vec![0; count],
            needed: Vec::with_capacity(count),
        };
        networks.iter().for_each(|(network, levels)| schedule.note(network, levels));
        schedule.connect(networks);
        schedule
    }

    /// What a genome's neurons are, and how many read each.
    fn note(&mut self, network: &Network, levels: &[Option<usize>]) {
        let first = self.functions.len();
        for (neuron, level) in network.neurons().zip(levels) {
            self.functions.push(neuron.activation.code());
            self.terms.push(neuron.incoming().len() as u32);
            self.needed.push(level.is_some());
            let hidden = neuron.incoming().filter_map(|(slot, _)| slot.checked_sub(network.inputs()));
            let sources = hidden.filter(|_| level.is_some());
            let before = sources.map(|source| self.reader_ends[first + source] += 1).count();
            self.before.push(before as u32);
        }
    }

    /// The readers of each neuron, and from them how many levels have to follow it.
    fn connect(&mut self, networks: &[(Network, Vec<Option<usize>>)]) {
        let mut total = 0;
        for end in &mut self.reader_ends {
            total += std::mem::replace(end, total);
        }
        self.readers = vec![0; total as usize];
        let mut first = 0;
        for (network, levels) in networks {
            for (place, neuron) in network.neurons().enumerate().filter(|(place, _)| levels[*place].is_some())
            {
                for slot in neuron.incoming().filter_map(|(slot, _)| slot.checked_sub(network.inputs())) {
                    let end = &mut self.reader_ends[first + slot];
                    self.readers[*end as usize] = (first + place) as u32;
                    *end += 1;
                }
            }
            first += levels.len();
        }
        // Whoever reads a neuron stands behind it.
        for neuron in (0..first).rev() {
            let readers = self.readers_of(neuron).iter();
            let height = readers.map(|&reader| self.height[reader as usize] + 1).max();
            self.height[neuron] = height.unwrap_or(0);
        }
    }

    fn readers_of(&self, neuron: usize) -> &[u32] {
        let begin = if neuron == 0 { 0 } else { self.reader_ends[neuron - 1] };
        &self.readers[begin as usize..self.reader_ends[neuron] as usize]
    }

    /// The level of each neuron, [`NOWHERE`] for those that no output needs; nothing where the shape has no
    /// room for everybody.
    pub fn levels(&self, shape: &Shape) -> Option<Vec<usize>> {
        let mut levels = vec![NOWHERE; self.functions.len()];
        let mut before = self.before.clone();
        let mut ready: [Vec<u32>; FUNCTIONS] = Default::default();
        let first = (0..before.len()).filter(|&neuron| self.needed[neuron] && before[neuron] == 0);
        first.for_each(|neuron| ready[usize::from(self.functions[neuron])].push(neuron as u32));
        for (place, level) in shape.levels.iter().enumerate() {
            let mut placed = Vec::new();
            for (waiting, &width) in ready.iter_mut().zip(&level.widths) {
                self.choose(waiting, width, level.terms, &mut placed);
            }
            for neuron in placed {
                levels[neuron as usize] = place;
                for &reader in self.readers_of(neuron as usize) {
                    before[reader as usize] -= 1;
                    if before[reader as usize] == 0 {
                        ready[usize::from(self.functions[reader as usize])].push(reader);
                    }
                }
            }
        }
        ready.iter().all(Vec::is_empty).then_some(levels).filter(|_| before.iter().all(|&left| left == 0))
    }

    /// Take those of a function that a level has room for: first those whom most have to follow.
    fn choose(&self, waiting: &mut Vec<u32>, width: usize, terms: usize, placed: &mut Vec<u32>) {
        let too_wide = |neuron: u32| self.terms[neuron as usize] as usize > terms;
        let urgency = |neuron: u32| std::cmp::Reverse(self.height[neuron as usize]);
        waiting.sort_unstable_by_key(|&neuron| (too_wide(neuron), urgency(neuron), neuron));
        let fitting = waiting.partition_point(|&neuron| !too_wide(neuron));
        placed.extend(waiting.drain(..fitting.min(width)));
    }
}

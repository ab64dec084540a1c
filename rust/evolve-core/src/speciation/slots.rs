//! Slots: each gene of the representatives has a place in dense rows, so that a distance is a few loops
//! over lanes instead of a merge of sorted lists.
//!
//! Slots are made anew for every generation and never stored. Genes that no representative has need none:
//! a distance only counts them, and the lengths of both genomes and what they share give that count.

#![allow(clippy::inline_always, reason = "the body must be compiled once for each instruction set")]

use crate::genome::{GeneId, Genome, Shared, in_steps};

/// Numbers that are compared side by side: one AVX-512 register, or two of AVX.
const LANES: usize = 16;
/// Rows get no longer than this.
pub(super) const MOST_SLOTS: usize = 4_096;

/// The genes of one kind at so many slots.
#[derive(Clone, Copy)]
struct Lanes {
    /// In steps; anything where the gene is absent.
    values: [i32; LANES],
    /// All bits where the gene is present, none where it is absent.
    present: [u32; LANES],
}

impl Lanes {
    const EMPTY: Self = Self { values: [0; LANES], present: [0; LANES] };
}

/// A genome's weights and biases, each at the slot of its gene.
#[derive(Clone, Default)]
pub(super) struct Row {
    connections: Vec<Lanes>,
    nodes: Vec<Lanes>,
}

impl Row {
    /// What two genomes share. Rows may differ in length: no slot beyond the shorter one is in both.
    #[inline(always)]
    pub fn shared(&self, other: &Self) -> Shared {
        let mut sum = Sum::default();
        sum.add::<0>(&self.connections, &other.connections);
        sum.add::<16>(&self.nodes, &other.nodes);
        let counts = sum.counts.iter().sum::<u32>();
        let whole = |lanes: &[u32; LANES]| u64::from(lanes.iter().sum::<u32>());
        Shared {
            connections: (counts & 0xffff) as usize,
            nodes: (counts >> 16) as usize,
            difference: whole(&sum.low) + (whole(&sum.high) << 16),
        }
    }
}

/// A sum of differences of up to 32 bits, their halves apart, and how many there are. With [`MOST_SLOTS`]
/// slots no part of it overflows: a half and a count have 16 bits, and a sum of that many 28.
#[derive(Default)]
struct Sum {
    low: [u32; LANES],
    high: [u32; LANES],
    counts: [u32; LANES],
}

impl Sum {
    /// Counts in the bits from `SHIFT` on.
    #[inline(always)]
    fn add<const SHIFT: u32>(&mut self, mine: &[Lanes], theirs: &[Lanes]) {
        for (mine, theirs) in mine.iter().zip(theirs) {
            for lane in 0..LANES {
                let both = mine.present[lane] & theirs.present[lane];
                let difference = mine.values[lane].abs_diff(theirs.values[lane]) & both;
                self.low[lane] += difference & 0xffff;
                self.high[lane] += difference >> 16;
                self.counts[lane] += both & 1 << SHIFT;
            }
        }
    }
}

/// Which gene has which slot.
#[derive(Default)]
pub(super) struct Slots {
    connections: Index,
    nodes: Index,
}

impl Slots {
    /// How many there are.
    pub fn len(&self) -> usize {
        self.connections.count + self.nodes.count
    }

    /// Give every gene of a genome a slot.
    pub fn add(&mut self, genome: &Genome) {
        genome.connections.id.iter().for_each(|&id| self.connections.add(id));
        genome.nodes.id[genome.inputs()..].iter().for_each(|&id| self.nodes.add(id));
    }

    /// The row of a genome, of those of its genes that have a slot.
    pub fn fill(&self, genome: &Genome, row: &mut Row) {
        let inputs = genome.inputs();
        self.connections.fill(&genome.connections.id, &genome.connections.weight, &mut row.connections);
        self.nodes.fill(&genome.nodes.id[inputs..], &genome.nodes.bias[inputs..], &mut row.nodes);
    }
}

/// A hash table from ids to slots, a quarter full at most. Ids are hashes already.
#[derive(Default)]
struct Index {
    /// An id and its slot; 0 is no id of an output, a hidden node or a connection.
    entries: Vec<(GeneId, u32)>,
    count: usize,
}

const FREE: GeneId = GeneId(0);

impl Index {
    fn add(&mut self, id: GeneId) {
        if self.entries.len() < 4 * (self.count + 1) {
            self.grow();
        }
        let place = self.place(id);
        if self.entries[place].0 == FREE {
            self.entries[place] = (id, self.count as u32);
            self.count += 1;
        }
    }

    fn grow(&mut self) {
        let larger = vec![(FREE, 0); (self.entries.len() * 2).max(64)];
        for entry in std::mem::replace(&mut self.entries, larger) {
            if entry.0 != FREE {
                let place = self.place(entry.0);
                self.entries[place] = entry;
            }
        }
    }

    /// Where an id is, or would be.
    #[inline]
    fn place(&self, id: GeneId) -> usize {
        let last = self.entries.len() - 1;
        let mut place = id.0 as usize & last;
        while self.entries[place].0 != id && self.entries[place].0 != FREE {
            place = (place + 1) & last;
        }
        place
    }

    fn fill(&self, ids: &[GeneId], values: &[f32], lanes: &mut Vec<Lanes>) {
        lanes.clear();
        lanes.resize(self.count.div_ceil(LANES), Lanes::EMPTY);
        if self.count == 0 {
            return;
        }
        for (&id, &value) in ids.iter().zip(values) {
            let (found, slot) = self.entries[self.place(id)];
            if found == id {
                let lanes = &mut lanes[slot as usize / LANES];
                lanes.values[slot as usize % LANES] = in_steps(value);
                lanes.present[slot as usize % LANES] = u32::MAX;
            }
        }
    }
}

//! Genomes of the dead, whose memory the next offspring take: a generation then allocates next to nothing.

use super::{Genome, MutationScratch, prefetch};
use std::sync::Arc;

/// Memory that offspring are made in. What it holds never changes what they are.
#[derive(Debug, Default)]
pub(crate) struct GenomePool {
    spare: Vec<Arc<Genome>>,
    /// For the mutations of the offspring.
    pub scratch: MutationScratch,
}

/// A copy has nothing to spare: two owners of one genome could neither of them write into it.
impl Clone for GenomePool {
    fn clone(&self) -> Self {
        Self::default()
    }
}

impl GenomePool {
    /// A genome with anything in it that `make` replaces.
    pub fn make(&mut self, make: impl FnOnce(&mut Genome, &mut MutationScratch)) -> Arc<Genome> {
        // Somebody may still hold one that died: a species it represents, or a batch of work.
        while let Some(mut spare) = self.spare.pop() {
            prefetch::written_next(&self.spare);
            if let Some(genome) = Arc::get_mut(&mut spare) {
                make(genome, &mut self.scratch);
                return spare;
            }
        }
        let mut genome = Genome::default();
        make(&mut genome, &mut self.scratch);
        Arc::new(genome)
    }

    /// Take genomes back. Of what there is then, only so many are kept, the latest.
    pub fn take_back(&mut self, genomes: impl IntoIterator<Item = Arc<Genome>>, most: usize) {
        self.spare.extend(genomes);
        self.spare.drain(..self.spare.len().saturating_sub(most));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn made(pool: &mut GenomePool) -> Arc<Genome> {
        pool.make(|genome, _| genome.nodes.bias.clear())
    }

    #[test]
    fn a_genome_that_nobody_holds_is_used_again_and_one_that_is_held_is_not() {
        let (mut pool, held) = (GenomePool::default(), Arc::new(Genome::default()));
        let free = Arc::new(Genome::default());
        let address = Arc::as_ptr(&free);
        pool.take_back([free, held.clone()], 9);
        assert_eq!(Arc::as_ptr(&made(&mut pool)), address);
        assert_eq!((pool.spare.len(), Arc::strong_count(&held)), (0, 1));
    }

    #[test]
    fn no_more_are_kept_than_allowed_and_a_copy_keeps_none() {
        let mut pool = GenomePool::default();
        let genomes: Vec<_> = (0..9).map(|_| Arc::new(Genome::default())).collect();
        pool.take_back(genomes.clone(), 4);
        assert!(pool.spare.iter().zip(&genomes[5..]).all(|(one, other)| Arc::ptr_eq(one, other)));
        assert_eq!((pool.spare.len(), pool.clone().spare.len()), (4, 0));
    }
}

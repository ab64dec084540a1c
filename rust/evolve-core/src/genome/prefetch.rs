//! Genomes on their way from memory into the cache before somebody reads or writes them.
//!
//! A population of 10,000 is larger than most caches, and each genome lies in nine pieces: waiting for them
//! took two thirds of the time of sorting genomes into species.

use super::Genome;
use std::sync::Arc;

/// How far ahead the arrays of a genome are asked for; what says where they lie, twice as far.
const AHEAD: usize = 4;

/// What a loop over genomes in this order calls at each place, when it is about to compare them.
pub(crate) fn compared_next(genomes: &[Arc<Genome>], place: usize) {
    if let Some(far) = genomes.get(place + 2 * AHEAD) {
        lines_of(std::slice::from_ref(&**far));
    }
    if let Some(near) = genomes.get(place + AHEAD) {
        lines_of(&near.connections.id);
        lines_of(&near.connections.weight);
        lines_of(&near.nodes.id);
        lines_of(&near.nodes.bias);
    }
}

/// What a loop that writes genomes from the last to the first calls, when the last is about to be written.
pub(crate) fn written_next(genomes: &[Arc<Genome>]) {
    let from_the_end = |count: usize| genomes.len().checked_sub(count).map(|place| &genomes[place]);
    if let Some(far) = from_the_end(2 * AHEAD) {
        lines_of(std::slice::from_ref(&**far));
    }
    if let Some(near) = from_the_end(AHEAD) {
        lines_of(&near.connections.id);
        lines_of(&near.connections.source);
        lines_of(&near.connections.target);
        lines_of(&near.connections.weight);
        lines_of(&near.connections.enabled);
        lines_of(&near.nodes.id);
        lines_of(&near.nodes.bias);
    }
}

/// Ask for every cache line of a slice.
#[inline]
fn lines_of<T>(slice: &[T]) {
    #[cfg(target_arch = "x86_64")]
    for offset in (0..size_of_val(slice)).step_by(64) {
        use std::arch::x86_64::{_MM_HINT_T0, _mm_prefetch};
        // SAFETY: every x86-64 processor has this, and it changes nothing but what is in the cache.
        unsafe { _mm_prefetch::<_MM_HINT_T0>(slice.as_ptr().cast::<i8>().wrapping_add(offset)) };
    }
    #[cfg(not(target_arch = "x86_64"))]
    let _ = slice;
}

//! How often a run asks for memory, counted by an allocator of our own; hence a test binary of its own.

use evolve_core::config::{Config, PopulationConfig};
use evolve_core::evolution::Evolution;
use evolve_core::work::{Results, UnitResult, WorkBatch};
use std::alloc::{GlobalAlloc, Layout, System};
use std::sync::atomic::{AtomicUsize, Ordering};

static COUNT: AtomicUsize = AtomicUsize::new(0);

struct Counting;

// SAFETY: every call is the system allocator's, with the same arguments.
unsafe impl GlobalAlloc for Counting {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        COUNT.fetch_add(1, Ordering::Relaxed);
        // SAFETY: the caller keeps the promises of `alloc`.
        unsafe { System.alloc(layout) }
    }

    unsafe fn dealloc(&self, place: *mut u8, layout: Layout) {
        // SAFETY: the caller keeps the promises of `dealloc`.
        unsafe { System.dealloc(place, layout) }
    }

    unsafe fn realloc(&self, place: *mut u8, layout: Layout, size: usize) -> *mut u8 {
        COUNT.fetch_add(1, Ordering::Relaxed);
        // SAFETY: the caller keeps the promises of `realloc`.
        unsafe { System.realloc(place, layout, size) }
    }
}

#[global_allocator]
static ALLOCATOR: Counting = Counting;

const SIZE: usize = 1_000;

fn evolution() -> Evolution {
    let names = |kind: &str, count: usize| (0..count).map(|place| format!("{kind}{place}")).collect();
    let population = PopulationConfig {
        size: SIZE,
        inputs: names("in", 10),
        outputs: names("out", 4),
        ..PopulationConfig::default()
    };
    Evolution::new(Config { populations: vec![population], ..Config::default() }, 7).expect("sound settings")
}

fn scored(batch: &WorkBatch, generation: usize) -> Results {
    let score = |member: usize| ((member * 7_919 + generation * 104_729) % 1_009) as f64;
    let units = batch.units.iter().enumerate();
    let units = units.map(|(member, unit)| UnitResult::scored(unit.id, 0, vec![score(member)]));
    Results::of(batch).with(units.collect())
}

/// Allocations of the making of one generation.
fn next_generation(evolution: &mut Evolution, generation: usize) -> usize {
    let batch = evolution.ask(usize::MAX).expect("a fresh generation");
    let results = scored(&batch, generation);
    let before = COUNT.load(Ordering::Relaxed);
    assert!(evolution.tell(&results).expect("a score for each unit").report.is_some());
    COUNT.load(Ordering::Relaxed) - before
}

#[test]
fn a_warm_generation_allocates_far_less_than_once_a_genome() {
    let mut evolution = evolution();
    // The third generation is the first that is made in the memory of one that died.
    let counts: Vec<usize> = (0..60).map(|generation| next_generation(&mut evolution, generation)).collect();
    let genes: usize = evolution.state().populations[0].genomes.iter().map(|g| g.connections.len()).sum();
    assert!(genes > 40 * SIZE, "{genes} connections");
    assert!(counts[0] > 9 * SIZE, "the first offspring have no memory to take: {counts:?}");
    let warm = &counts[20..];
    let mean = warm.iter().sum::<usize>() / warm.len();
    assert!(mean < SIZE / 4, "{mean} allocations a generation: {warm:?}");
}

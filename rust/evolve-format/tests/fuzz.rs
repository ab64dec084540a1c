//! Mutated files and frames: each is refused with a sentence or read, in memory that its own size pays for.
//!
//! `EVOLVE_FUZZ=1000000 cargo test --release -p evolve-format --test fuzz` tries a million inputs for each
//! decoder; a plain `cargo test` tries some thousands. `EVOLVE_FUZZ_SEED` chooses others. An input that fails is
//! kept, and the message says where.

mod common;
mod sealing;

use evolve_core::config::SelectionStrategy::{Fitness, MapElites, Novelty, Nsga2};
use evolve_core::random::{Purpose, Stream};
use evolve_format::*;
use sealing::{header_end, seal};
use std::alloc::{GlobalAlloc, Layout, System};
use std::cell::Cell;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::PathBuf;

/// What a decoder may have at a time, beside so many times its input.
const FREE_BYTES: usize = 1 << 20;
const TIMES_INPUT: usize = 64;
const INPUTS: usize = 3_000;

thread_local! {
    static NOW: Cell<usize> = const { Cell::new(0) };
    static PEAK: Cell<usize> = const { Cell::new(0) };
}

struct Weighing;

fn weigh(more: usize, less: usize) {
    // No memory is asked for in here, and a thread that is ending has nothing to weigh.
    let _ = NOW.try_with(|now| {
        now.set((now.get() + more).saturating_sub(less));
        let _ = PEAK.try_with(|peak| peak.set(peak.get().max(now.get())));
    });
}

// SAFETY: every call is the system allocator's, with the same arguments.
unsafe impl GlobalAlloc for Weighing {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        weigh(layout.size(), 0);
        // SAFETY: the caller keeps the promises of `alloc`.
        unsafe { System.alloc(layout) }
    }

    unsafe fn dealloc(&self, place: *mut u8, layout: Layout) {
        weigh(0, layout.size());
        // SAFETY: the caller keeps the promises of `dealloc`.
        unsafe { System.dealloc(place, layout) }
    }

    unsafe fn realloc(&self, place: *mut u8, layout: Layout, size: usize) -> *mut u8 {
        weigh(size, layout.size());
        // SAFETY: the caller keeps the promises of `realloc`.
        unsafe { System.realloc(place, layout, size) }
    }
}

#[global_allocator]
static ALLOCATOR: Weighing = Weighing;

fn number(name: &str, default: usize) -> usize {
    let given = std::env::var(name).ok().filter(|text| !text.is_empty());
    given.map_or(default, |text| text.parse().unwrap_or_else(|_| panic!("{name} is {text}, no whole number")))
}

/// Mutate `corpus` and give what comes of it to `decode`, which says whether it was read.
#[expect(clippy::print_stdout, reason = "a night's run says how much it tried")]
fn fuzz(target: &str, corpus: &[Vec<u8>], decode: fn(&[u8]) -> bool) {
    let (inputs, seed) = (number("EVOLVE_FUZZ", INPUTS), number("EVOLVE_FUZZ_SEED", 1) as u64);
    let mut read = 0;
    for index in 0..inputs {
        let mut random = Stream::new(seed, 0, 0, index as u32, Purpose::User);
        let bytes = mutated(corpus, &mut random);
        let before = NOW.get();
        PEAK.set(before);
        let outcome = catch_unwind(AssertUnwindSafe(|| decode(&bytes)));
        let peak = PEAK.get() - before;
        let cap = FREE_BYTES + TIMES_INPUT * bytes.len();
        if outcome.is_err() || peak > cap {
            let kept =
                PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join(format!("fuzz-{target}-{seed}-{index}"));
            std::fs::write(&kept, &bytes).expect("the input that failed is kept");
            let size = bytes.len();
            panic!("{target} panicked, or took {peak} bytes for {size}: {}", kept.display());
        }
        read += usize::from(outcome.unwrap_or(false));
    }
    // Mutations that nothing survives, or that change nothing, would test nothing.
    assert!(read > 0 && read < inputs, "{target} read {read} of {inputs} inputs");
    println!("{target}: {inputs} inputs, {read} read");
}

/// One to four changes to a member of the corpus; the digest of some is put right, so that what is behind it
/// is reached.
fn mutated(corpus: &[Vec<u8>], random: &mut Stream) -> Vec<u8> {
    let mut bytes = corpus[random.below(corpus.len())].clone();
    for _ in 0..=random.below(4).min(random.below(4)) {
        let place = somewhere(&bytes, random);
        match random.below(9) {
            0 => bytes[place] ^= 1 << random.below(8),
            1 => bytes[place] = random.bits() as u8,
            2 => overwrite(&mut bytes, place, &boundary(random)),
            3 => bytes.truncate(place.max(1)),
            4 => drop(bytes.drain(place..(place + 1 + random.below(16)).min(bytes.len()))),
            5 => {
                let part = bytes[place..(place + 1 + random.below(64)).min(bytes.len())].to_vec();
                let here = somewhere(&bytes, random);
                bytes.splice(here..here, part);
            }
            6 => {
                let other = &corpus[random.below(corpus.len())];
                let from = random.below(other.len());
                overwrite(&mut bytes, place, &other[from..(from + 1 + random.below(64)).min(other.len())]);
            }
            7 => change_a_digit(&mut bytes, random),
            _ => change_the_header_length(&mut bytes, random),
        }
        if bytes.is_empty() {
            bytes.push(0);
        }
    }
    if random.chance(0.7) {
        seal(&mut bytes);
    }
    bytes
}

/// The header is a small part of a file and most of what a decoder reads, so half of all changes go there.
fn somewhere(bytes: &[u8], random: &mut Stream) -> usize {
    let header = header_end(bytes).filter(|_| random.chance(0.5));
    random.below(header.unwrap_or(bytes.len()))
}

fn overwrite(bytes: &mut [u8], place: usize, part: &[u8]) {
    bytes[place..].iter_mut().zip(part).for_each(|(old, new)| *old = *new);
}

/// Numbers at which counts and sizes go wrong.
fn boundary(random: &mut Stream) -> [u8; 8] {
    let numbers = [0, 1, 0x7f, 0x80, 0xff, 1 << 31, (1 << 31) - 1, 1 << 32, 1 << 53, 1 << 62, 1 << 63];
    let close = [u64::MAX, u64::MAX - 7, f64::NAN.to_bits(), f64::INFINITY.to_bits(), (-0.0f64).to_bits()];
    let all = [&numbers[..], &close[..]].concat();
    all[random.below(all.len())].to_le_bytes()
}

/// Shapes, offsets and counts stand in the header as decimal digits.
fn change_a_digit(bytes: &mut [u8], random: &mut Stream) {
    let end = header_end(bytes).unwrap_or(bytes.len());
    let digits: Vec<usize> = (8.min(end)..end).filter(|&place| bytes[place].is_ascii_digit()).collect();
    if !digits.is_empty() {
        bytes[digits[random.below(digits.len())]] = b'0' + random.below(10) as u8;
    }
}

fn change_the_header_length(bytes: &mut [u8], random: &mut Stream) {
    let changed = if random.chance(0.5) {
        boundary(random)
    } else {
        let length = header_end(bytes).unwrap_or(8) as u64 - 8;
        (length + random.below(64) as u64).saturating_sub(32).to_le_bytes()
    };
    overwrite(bytes, 0, &changed);
}

/// What version 1 wrote, which is read for ever.
fn of_version_1(name: &str) -> Vec<u8> {
    let folder = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../spec/vectors/valid");
    std::fs::read(folder.join(format!("version_1_{name}"))).expect("a published vector")
}

fn checkpoints() -> Vec<Vec<u8>> {
    let strategies = [Fitness, Nsga2, Novelty, MapElites];
    let state = |strategy| encode_checkpoint(common::selecting(strategy, 7, 3, 4).state());
    let old = ["checkpoint.evolve", "checkpoint_nsga2.evolve", "checkpoint_map_elites.evolve"];
    strategies.into_iter().map(state).chain(old.map(of_version_1)).collect()
}

#[test]
fn checkpoints_are_read_or_refused() {
    fuzz("checkpoint", &checkpoints(), |bytes| {
        let Ok(state) = decode_checkpoint(bytes) else { return false };
        // What is accepted is written to something that is accepted, and can go on.
        let again = encode_checkpoint(&state);
        assert_eq!(encode_checkpoint(&decode_checkpoint(&again).expect("it was written by us")), again);
        evolve_core::evolution::Evolution::from_state(state).is_ok_and(|mut run| run.ask(1).is_some())
    });
}

#[test]
fn runs_of_islands_are_read_or_refused() {
    let run = |seed| encode_run(&common::archipelago(seed, 3, 4));
    fuzz(
        "archipelago",
        &[run(1), run(2), checkpoints().remove(0), of_version_1("archipelago.evolve")],
        |bytes| {
            let Ok(mut run) = decode_run(bytes) else { return false };
            assert!(decode_run(&encode_run(&run)).expect("it was written by us").states().eq(run.states()));
            run.ask(1).is_some()
        },
    );
}

#[test]
fn champions_are_read_or_refused() {
    let champion = |seed| encode_champion(&Brain::of(&common::evolution(seed, 4, 6), 0).expect("a champion"));
    fuzz("champion", &[champion(1), champion(2), champion(3), of_version_1("champion.evo")], |bytes| {
        let Ok(brain) = decode_champion(bytes) else { return false };
        assert_eq!(decode_champion(&encode_champion(&brain)).expect("it was written by us"), brain);
        true
    });
}

#[test]
fn population_files_are_read_or_refused() {
    let file = |seed| {
        let batch = common::evolution(seed, 3, 5).ask(usize::MAX).expect("a fresh generation");
        encode_population(&batch.populations, &batch.genomes)
    };
    fuzz("population", &[file(1), file(2), of_version_1("population.evolve")], |bytes| {
        let Ok((shapes, genomes)) = decode_population(bytes) else { return false };
        decode_population(&encode_population(&shapes, &genomes)).is_ok()
    });
}

#[test]
fn genomes_frames_are_read_and_played_or_refused() {
    let frame = |seed, traced| encode_batch(&common::batch(seed, 3, 5, traced));
    fuzz(
        "genomes",
        &[frame(1, false), frame(2, false), frame(3, true), of_version_1("genomes.frame")],
        |bytes| {
            let Ok(batch) = decode_batch(bytes) else { return false };
            evolve_core::network::Brains::new(&batch);
            evolve_core::trace::Tracer::of(&batch);
            true
        },
    );
}

#[test]
fn results_frames_are_read_and_told_or_refused() {
    let results = |seed, traced| encode_results(&common::results(&common::batch(seed, 3, 5, traced)));
    let noted = |seed| encode_results(&common::noted(common::results(&common::batch(seed, 3, 5, false))));
    fuzz(
        "results",
        &[results(1, false), noted(2), results(3, true), noted(1), of_version_1("results.frame")],
        |bytes| {
            let Ok(results) = decode_results(bytes) else { return false };
            let mut run = common::evolution(1, 3, 5);
            run.ask(7);
            run.tell(&results).is_ok()
        },
    );
}

//! What is written is read back the same, and equal content has equal bytes.

mod common;

use evolve_core::config::SelectionStrategy::{Fitness, MapElites, Novelty, Nsga2};
use evolve_core::work::WorkBatch;
use evolve_format::*;
use proptest::prelude::*;

proptest! {
    #![proptest_config(ProptestConfig::with_cases(32))]
    #[test]
    fn checkpoints_frames_and_champions_come_back_whole(
        seed in 0u64..1 << 62, generations in 0u32..6, size in 2usize..20, strategy in 0usize..4,
    ) {
        let strategy = [Fitness, Nsga2, Novelty, MapElites][strategy];
        let mut evolution = common::selecting(strategy, seed, generations, size);
        let bytes = encode_checkpoint(evolution.state());
        let state = decode_checkpoint(&bytes).unwrap();
        prop_assert_eq!(&state, evolution.state());
        prop_assert_eq!(encode_checkpoint(&state), bytes);

        if let Some(brain) = Brain::of(&evolution, 0) {
            prop_assert_eq!(decode_champion(&encode_champion(&brain)).unwrap(), brain);
        }
        let mut batch = evolution.ask(usize::MAX).unwrap();
        batch.units.iter_mut().for_each(|unit| unit.traced = unit.seed % 3 == seed % 3);
        prop_assert_eq!(&decode_batch(&encode_batch(&batch)).unwrap(), &batch);
        let results = common::results(&batch);
        let noted = common::noted(results.clone());
        for results in [results, noted] {
            let bytes = encode_results(&results);
            let again = decode_results(&bytes).unwrap();
            prop_assert_eq!(encode_results(&again), bytes);
            prop_assert_eq!(again, results);
        }
        let file = encode_population(&batch.populations, &batch.genomes);
        prop_assert_eq!(decode_population(&file).unwrap(), (batch.populations, batch.genomes));
    }
}

#[test]
fn the_digest_of_a_checkpoint_never_changes() {
    let digest = file_digest(&encode_checkpoint(common::evolution(7, 5, 20).state())).unwrap();
    assert_eq!(digest, "2a763318170fd36833d0afd0945c5e7907ebe2d1294f63694d2d3b329596b151");
}

#[test]
fn a_run_of_several_islands_comes_back_whole_and_one_of_one_island_is_a_checkpoint() {
    let archipelago = common::archipelago(7, 3, 6);
    let bytes = encode_run(&archipelago);
    let again = decode_run(&bytes).unwrap();
    assert!(again.states().eq(archipelago.states()));
    assert_eq!(encode_run(&again), bytes);
    let expected = "it holds evolve.archipelago, where evolve.checkpoint is expected";
    assert_eq!(decode_checkpoint(&bytes).unwrap_err().to_string(), expected);

    let alone = encode_checkpoint(common::evolution(7, 3, 6).state());
    let run = decode_run(&alone).unwrap();
    assert_eq!((run.islands().len(), encode_run(&run)), (1, alone));
    // One island of several is no run.
    let island = encode_checkpoint(archipelago.states().next().unwrap());
    let expected = "it contradicts itself: the number of islands is 1, but must be 3";
    assert_eq!(decode_run(&island).unwrap_err().to_string(), expected);
}

#[test]
fn frames_without_units_are_frames() {
    let batch = WorkBatch {
        populations: common::evolution(1, 0, 2).shapes(),
        objectives: vec!["fitness".into()],
        ..WorkBatch::default()
    };
    assert_eq!(decode_batch(&encode_batch(&batch)).unwrap(), batch);
}

#[test]
fn frames_in_which_nobody_wants_a_trace_do_not_mention_traces() {
    let batch = common::batch(1, 1, 5, false);
    for frame in [encode_batch(&batch), encode_results(&common::results(&batch))] {
        assert!(!String::from_utf8_lossy(&frame).contains("trace"));
    }
}

#[test]
fn frames_in_which_nobody_noted_anything_do_not_mention_metrics() {
    let results = common::results(&common::batch(1, 1, 5, false));
    let mentions = |results| String::from_utf8_lossy(&encode_results(&results)).contains("metric");
    assert!(!mentions(results.clone()));
    assert!(mentions(common::noted(results)));
}

#[test]
fn a_trace_with_more_entries_than_are_allowed_is_refused() {
    let mut results = common::results(&common::batch(1, 1, 5, true));
    results.units[0].trace = vec![7; evolve_core::trace::MAX_ENTRIES];
    assert!(decode_results(&encode_results(&results)).is_ok());
    results.units[0].trace.push(7);
    let refusal = decode_results(&encode_results(&results)).unwrap_err().to_string();
    assert_eq!(refusal, "tensor trace.offsets falls, or rises by more than 65536, after place 0");
}

#[test]
fn any_flipped_bit_of_a_file_is_noticed() {
    let bytes = encode_checkpoint(common::evolution(3, 2, 4).state());
    for place in 0..bytes.len() {
        let mut damaged = bytes.clone();
        damaged[place] ^= 1 << (place % 8);
        assert!(decode_checkpoint(&damaged).is_err(), "bit {} of byte {place} went unnoticed", place % 8);
    }
}

#[test]
fn any_shortened_file_or_frame_is_refused() {
    let mut evolution = common::evolution(3, 1, 3);
    let checkpoint = encode_checkpoint(evolution.state());
    let frame = encode_batch(&evolution.ask(2).unwrap());
    for end in 0..checkpoint.len() {
        assert!(decode_checkpoint(&checkpoint[..end]).is_err());
    }
    for end in 0..frame.len() {
        assert!(decode_batch(&frame[..end]).is_err());
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(4_000))]
    #[test]
    fn mutated_frames_are_refused_or_read_and_never_panic(
        changes in prop::collection::vec((0usize..4_096, any::<u8>()), 1..6), results: bool,
    ) {
        let mut evolution = common::evolution(3, 1, 3);
        let batch = evolution.ask(2).unwrap();
        let mut bytes = if results { encode_results(&common::results(&batch)) } else { encode_batch(&batch) };
        for (place, value) in changes {
            let length = bytes.len();
            bytes[place % length] = value;
        }
        if results {
            decode_results(&bytes).ok();
        } else if let Ok(batch) = decode_batch(&bytes) {
            // Whatever is accepted can be played.
            evolve_core::network::Brains::new(&batch);
        }
    }
}

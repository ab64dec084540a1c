//! The files of `spec/vectors`: valid ones are written to the same bytes and read; invalid ones are
//! refused for the reason that `index.json` gives. Python and Godot read the very same files.
//!
//! After a knowing change of the format, `EVOLVE_WRITE_VECTORS=1 cargo test --test vectors` writes them
//! anew; the differences belong into the same commit as `spec/FORMAT.md`.

mod common;

use evolve_core::config::SelectionStrategy::{MapElites, Nsga2};
use evolve_format::*;
use serde_json::{Value, json};
use std::path::PathBuf;

fn folder() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../spec/vectors")
}

/// Name, decoder, bytes.
fn valid() -> Vec<(&'static str, &'static str, Vec<u8>)> {
    let mut evolution = common::evolution(7, 3, 4);
    let brain = Brain::of(&evolution, 0).expect("three generations have a champion");
    let checkpoint = encode_checkpoint(evolution.state());
    let batch = evolution.ask(5).expect("a fresh generation");
    let traced = common::batch(7, 3, 4, true);
    let selecting = |strategy| encode_checkpoint(common::selecting(strategy, 7, 3, 4).state());
    vec![
        ("checkpoint.evolve", "checkpoint", checkpoint),
        ("checkpoint_nsga2.evolve", "checkpoint", selecting(Nsga2)),
        ("checkpoint_map_elites.evolve", "checkpoint", selecting(MapElites)),
        ("champion.evo", "champion", encode_champion(&brain)),
        ("population.evolve", "population", encode_population(&batch.populations, &batch.genomes)),
        ("genomes.frame", "genomes", encode_batch(&batch)),
        ("results.frame", "results", encode_results(&common::results(&batch))),
        ("genomes_traced.frame", "genomes", encode_batch(&traced)),
        ("results_traced.frame", "results", encode_results(&common::results(&traced))),
        ("archipelago.evolve", "archipelago", encode_run(&common::archipelago(7, 3, 4))),
    ]
}

fn decode(decoder: &str, bytes: &[u8]) -> Result<(), FormatError> {
    match decoder {
        "checkpoint" => decode_checkpoint(bytes).map(drop),
        "archipelago" => decode_run(bytes).map(drop),
        "champion" => decode_champion(bytes).map(drop),
        "population" => decode_population(bytes).map(drop),
        "genomes" => decode_batch(bytes).map(drop),
        "results" => decode_results(bytes).map(drop),
        other => panic!("the index names the decoder {other}, which there is none of"),
    }
}

fn read(name: &str) -> Vec<u8> {
    std::fs::read(folder().join(name)).unwrap_or_else(|error| panic!("spec/vectors/{name}: {error}"))
}

/// Change bytes of a tensor of a frame. Frames have no digest, so what is refused is what was changed.
fn changed(frame: &[u8], tensor: &str, change: impl Fn(&mut [u8])) -> Vec<u8> {
    let size = u64::from_le_bytes(*frame.first_chunk().expect("a frame has a header")) as usize;
    let header: Value = serde_json::from_slice(&frame[8..8 + size]).expect("a frame's header is JSON");
    let place =
        |end: usize| header[tensor]["data_offsets"][end].as_u64().expect("the tensor is there") as usize;
    let mut bytes = frame.to_vec();
    change(&mut bytes[8 + size + place(0)..8 + size + place(1)]);
    bytes
}

/// Replace text in the header, which may change its length.
fn reworded(frame: &[u8], from: &str, to: &str) -> Vec<u8> {
    let size = u64::from_le_bytes(*frame.first_chunk().expect("a frame has a header")) as usize;
    let header = std::str::from_utf8(&frame[8..8 + size]).expect("a frame's header is text");
    assert!(header.contains(from), "{from} is not in {header}");
    let header = header.replacen(from, to, 1);
    [&(header.len() as u64).to_le_bytes()[..], header.as_bytes(), &frame[8 + size..]].concat()
}

fn first_f32(value: f32) -> impl Fn(&mut [u8]) {
    move |data| data[..4].copy_from_slice(&value.to_le_bytes())
}

fn first_i64(value: i64) -> impl Fn(&mut [u8]) {
    move |data| data[..8].copy_from_slice(&value.to_le_bytes())
}

/// Name, decoder, why it is refused, bytes.
fn invalid() -> Vec<(&'static str, &'static str, &'static str, Vec<u8>)> {
    let all = valid();
    let (checkpoint, champion, genomes, results) = (&all[0].2, &all[3].2, &all[5].2, &all[6].2);
    let (wishes, traces) = (&all[7].2, &all[8].2);
    let last = |bytes: &[u8]| {
        let mut damaged = bytes.to_vec();
        *damaged.last_mut().expect("a file has bytes") ^= 1;
        damaged
    };
    vec![
        ("empty", "genomes", "nothing at all", Vec::new()),
        ("short", "genomes", "cut off in the middle of a tensor", genomes[..genomes.len() - 3].to_vec()),
        ("long", "genomes", "bytes that no tensor owns", [&genomes[..], &[0; 8]].concat()),
        ("huge_header", "genomes", "a header said to be 2 GiB long", {
            let mut bytes = genomes.clone();
            bytes[..8].copy_from_slice(&(1u64 << 31).to_le_bytes());
            bytes
        }),
        ("damaged_champion", "champion", "one flipped bit in a weight", last(champion)),
        ("damaged_checkpoint", "checkpoint", "one flipped bit in the last tensor", last(checkpoint)),
        ("wrong_schema", "checkpoint", "a champion where a checkpoint is expected", champion.clone()),
        ("wrong_kind", "results", "a genomes frame where results are expected", genomes.clone()),
        ("later_version", "genomes", "a version that is not known yet", {
            reworded(genomes, r#"\"version\":1"#, r#"\"version\":2"#)
        }),
        ("unknown_key", "results", "a metadata key that nobody knows", {
            reworded(results, r#"\"kind\""#, r#"\"host\":\"me\",\"kind\""#)
        }),
        (
            "unknown_tensor",
            "genomes",
            "a tensor that nobody knows",
            reworded(genomes, "unit.seed", "unit.sees"),
        ),
        ("wrong_dtype", "genomes", "integers where weights are expected", {
            reworded(genomes, r#""node.bias":{"dtype":"F32""#, r#""node.bias":{"dtype":"I32""#)
        }),
        ("nan_weight", "genomes", "a weight that is NaN", {
            changed(genomes, "connection.weight", first_f32(f32::NAN))
        }),
        (
            "infinite_bias",
            "genomes",
            "an infinite bias",
            changed(genomes, "node.bias", first_f32(f32::INFINITY)),
        ),
        ("falling_offsets", "genomes", "offsets that do not begin with 0", {
            changed(genomes, "node.offsets", first_i64(2))
        }),
        ("unknown_activation", "genomes", "the activation code 200", {
            changed(genomes, "node.activation", |data| data[0] = 200)
        }),
        ("forged_id", "genomes", "a connection id that is not the hash of its ends", {
            changed(genomes, "connection.id", |data| data[0] ^= 1)
        }),
        ("enabled_twice", "genomes", "an enabled flag that is neither 0 nor 1", {
            changed(genomes, "connection.enabled", |data| data[0] = 2)
        }),
        ("negative_seed", "genomes", "a seed below 0", changed(genomes, "unit.seed", first_i64(-1))),
        ("absent_genome", "genomes", "a member that is none of the frame's genomes", {
            changed(genomes, "member.genome", first_i64(999))
        }),
        ("nameless_objectives", "genomes", "a frame that says nothing of what is scored", {
            reworded(genomes, r#"\"objectives\":[\"fitness\"]"#, r#"\"objectives\":[]"#)
        }),
        ("traced_twice", "genomes", "a wish for a trace that is neither 0 nor 1", {
            changed(wishes, "unit.traced", |data| data[0] = 2)
        }),
        ("endless_trace", "results", "a trace that goes on behind the last entry", {
            changed(traces, "trace.offsets", |data| data[8..16].copy_from_slice(&99i64.to_le_bytes()))
        }),
        ("nan_score", "results", "a score that is NaN", {
            changed(results, "score", |data| data[..8].copy_from_slice(&f64::NAN.to_le_bytes()))
        }),
    ]
}

#[test]
fn the_published_vectors_are_what_this_code_writes() {
    let mut index = vec![];
    for (name, decoder, bytes) in valid() {
        index.push((format!("valid/{name}"), json!({"decoder": decoder}), bytes));
    }
    for (name, decoder, why, bytes) in invalid() {
        index.push((format!("invalid/{name}.bin"), json!({"decoder": decoder, "why": why}), bytes));
    }
    let listing: serde_json::Map<String, Value> =
        index.iter().map(|(name, entry, _)| (name.clone(), entry.clone())).collect();
    let listing = serde_json::to_string_pretty(&listing).expect("plain data") + "\n";
    if std::env::var_os("EVOLVE_WRITE_VECTORS").is_some() {
        for part in ["valid", "invalid"] {
            std::fs::create_dir_all(folder().join(part)).expect("a folder that can be written");
        }
        for (name, _, bytes) in &index {
            std::fs::write(folder().join(name), bytes).expect("a folder that can be written");
        }
        std::fs::write(folder().join("index.json"), &listing).expect("a folder that can be written");
    }
    assert_eq!(read("index.json"), listing.as_bytes(), "spec/vectors/index.json is another one");
    for (name, _, bytes) in &index {
        assert!(read(name) == *bytes, "spec/vectors/{name} differs from what this code writes");
    }
}

#[test]
fn valid_vectors_are_read_and_invalid_ones_refused() {
    let index: serde_json::Map<String, Value> =
        serde_json::from_slice(&read("index.json")).expect("an index in JSON");
    assert!(index.len() > 20);
    for (name, entry) in &index {
        let decoder = entry["decoder"].as_str().expect("every vector has a decoder");
        let outcome = decode(decoder, &read(name));
        assert_eq!(outcome.is_ok(), name.starts_with("valid/"), "{name}: {outcome:?}");
    }
}

#[test]
fn each_refusal_names_what_is_wrong() {
    let reason = |wanted: &str| {
        let (_, decoder, _, bytes) =
            invalid().into_iter().find(|vector| vector.0 == wanted).expect("a vector");
        decode(decoder, &bytes).expect_err("an invalid vector").to_string()
    };
    assert_eq!(reason("nan_weight"), "tensor connection.weight has a number that is not finite at 0");
    assert_eq!(reason("wrong_schema"), "it holds evolve.champion, where evolve.checkpoint is expected");
    assert_eq!(reason("damaged_champion"), "it is damaged: its digest does not fit its bytes");
    assert_eq!(
        reason("later_version"),
        "it has version 2, and this library reads version 1; a newer Evolve reads it"
    );
    assert_eq!(reason("unknown_key"), "its metadata is wrong: the key \"host\" is not known here");
    assert_eq!(reason("unknown_tensor"), "tensor unit.sees is not known here");
    assert_eq!(reason("absent_genome"), "tensor member.genome has the value 999, and 0 to 2 are allowed");
    assert_eq!(reason("negative_seed"), "tensor unit.seed has the value -1, and 0 is the least allowed");
    assert_eq!(reason("traced_twice"), "tensor unit.traced has the value 2, and 0 and 1 are allowed");
    assert_eq!(reason("endless_trace"), "tensor trace.offsets has the value 99, and 0 to 12 are allowed");
    assert_eq!(
        reason("forged_id"),
        "genome 0 is unsound: connection gene 0 has an id that is not the hash of its two ends"
    );
}

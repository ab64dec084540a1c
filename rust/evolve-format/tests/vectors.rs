//! The files of `spec/vectors`: valid ones are written to the same bytes and read; invalid ones are
//! refused for the reason that `index.json` gives. Python and Godot read the very same files.
//!
//! After a knowing change of the format, `EVOLVE_WRITE_VECTORS=1 cargo test --test vectors` writes them
//! anew; the differences belong into the same commit as `spec/FORMAT.md`. Those of version 1 were written by an
//! Evolve that is gone: they stay as they are, and hold the content of the others.

mod common;
mod invalid;
mod sealing;

use evolve_core::config::SelectionStrategy::{MapElites, Nsga2};
use evolve_format::*;
use invalid::{Invalid, Sound};
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
        ("results_noted.frame", "results", encode_results(&common::noted(common::results(&batch)))),
        ("archipelago.evolve", "archipelago", encode_run(&common::archipelago(7, 3, 4))),
    ]
}

/// What version 1 knew nothing of.
const SINCE_VERSION_2: &[&str] = &["results_noted.frame"];

/// What an earlier Evolve wrote of the same content.
fn of_version_1(name: &str) -> Vec<u8> {
    read(&format!("valid/version_1_{name}"))
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

fn invalid() -> Vec<Invalid> {
    let all = valid();
    let sound = |name| all.iter().find(|vector| vector.0 == name).expect("a valid vector").2.clone();
    invalid::all(&Sound {
        checkpoint: sound("checkpoint.evolve"),
        champion: sound("champion.evo"),
        genomes: sound("genomes.frame"),
        results: sound("results.frame"),
        wishes: sound("genomes_traced.frame"),
        traces: sound("results_traced.frame"),
        metrics: sound("results_noted.frame"),
        old_genomes: of_version_1("genomes.frame"),
    })
}

#[test]
fn the_published_vectors_are_what_this_code_writes() {
    let mut index = vec![];
    for (name, decoder, bytes) in valid() {
        index.push((format!("valid/{name}"), json!({"decoder": decoder}), bytes));
        if !SINCE_VERSION_2.contains(&name) {
            index.push((format!("valid/version_1_{name}"), json!({"decoder": decoder}), of_version_1(name)));
        }
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
fn what_version_1_wrote_is_read_to_the_same_content() {
    for (name, decoder, bytes) in valid().into_iter().filter(|one| !SINCE_VERSION_2.contains(&one.0)) {
        let old = of_version_1(name);
        let again = match decoder {
            "checkpoint" => encode_checkpoint(&decode_checkpoint(&old).expect("a checkpoint")),
            "archipelago" => encode_run(&decode_run(&old).expect("a run of islands")),
            "champion" => encode_champion(&decode_champion(&old).expect("a champion")),
            "genomes" => encode_batch(&decode_batch(&old).expect("a genomes frame")),
            "results" => encode_results(&decode_results(&old).expect("a results frame")),
            _ => {
                let (shapes, genomes) = decode_population(&old).expect("a population");
                encode_population(&shapes, &genomes)
            }
        };
        assert!(again == bytes, "{name} of version 1 is read to something else");
        assert!(old.len() > bytes.len(), "{name} of version 1 is the smaller one");
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
        "it has version 3, and this library reads versions 1 and 2; a newer Evolve reads it"
    );
    assert_eq!(reason("unknown_key"), "its metadata is wrong: the key \"host\" is not known here");
    assert_eq!(reason("unknown_tensor"), "tensor unit.sees is not known here");
    assert_eq!(reason("absent_genome"), "tensor member.genome has the value 999, and 0 to 2 are allowed");
    assert_eq!(reason("negative_seed"), "tensor unit.seed has the value -1, and 0 is the least allowed");
    assert_eq!(reason("traced_twice"), "tensor unit.traced has the value 2, and 0 and 1 are allowed");
    assert_eq!(reason("endless_trace"), "tensor trace.offsets has the value 99, and 0 to 12 are allowed");
    assert_eq!(reason("nan_metric"), "tensor metric.value has a number that is not finite at 0");
    assert_eq!(reason("nameless_metric"), "tensor metric.name has the value 2, and 0 to 1 are allowed");
    assert_eq!(reason("metric_of_nobody"), "tensor metric.member has the value 1, and 0 to 0 are allowed");
    assert_eq!(
        reason("metric_twice"),
        "it contradicts itself: unit 0 of the frame: the metric crashes of member 0 stands twice, or not in the \
         order of members and names"
    );
    assert_eq!(
        reason("unprintable_metric"),
        "its metadata is wrong: the name of a metric is \"la\\nps\", but must be 1 to 64 characters without \
         control characters"
    );
    assert_eq!(reason("unnamed_metrics"), "its metadata is wrong: the key \"metrics\" is missing");
    assert_eq!(
        reason("version_1_forged_id"),
        "genome 0 is unsound: connection gene 0 has an id that is not the hash of its two ends"
    );
    assert_eq!(
        reason("absent_node"),
        "genome 0 is unsound: connection gene 0 leads from or to a node that is not there"
    );
    assert_eq!(reason("into_an_input"), "genome 0 is unsound: connection gene 0 leads to an input");
    assert_eq!(
        reason("missing_terminals"),
        "genome 0 is unsound: it has 2 nodes, fewer than the 3 inputs and outputs of its population"
    );
    assert_eq!(reason("mixed_versions"), "tensor connection.id is not known here");
}

//! What is refused behind the digest: files that are whole and say something that cannot be.

mod common;
mod sealing;

use evolve_core::config::SelectionStrategy::Nsga2;
use evolve_core::metric::Metric;
use evolve_format::*;

/// A file with other words of the same length or not, and a digest that fits.
fn reworded(file: &[u8], from: &str, to: &str) -> Vec<u8> {
    let end = sealing::header_end(file).expect("a file has a header");
    let header = std::str::from_utf8(&file[8..end]).expect("a header is text");
    assert!(header.contains(from), "{from} is not in {header}");
    let mut header = header.replacen(from, to, 1);
    header.extend(std::iter::repeat_n(' ', header.len().next_multiple_of(8) - header.len()));
    let mut bytes = [&(header.len() as u64).to_le_bytes()[..], header.as_bytes(), &file[end..]].concat();
    sealing::seal(&mut bytes);
    bytes
}

fn checkpoint(from: &str, to: &str) -> String {
    let file = encode_checkpoint(common::evolution(7, 3, 4).state());
    decode_checkpoint(&reworded(&file, from, to)).expect_err("a checkpoint that cannot be").to_string()
}

fn champion(from: &str, to: &str) -> String {
    let file = encode_champion(&Brain::of(&common::evolution(7, 3, 4), 0).expect("a champion"));
    decode_champion(&reworded(&file, from, to)).expect_err("a champion that cannot be").to_string()
}

fn results(from: &str, to: &str) -> String {
    let batch = common::batch(7, 3, 4, false);
    let frame = encode_results(&common::results(&batch));
    decode_results(&reworded(&frame, from, to)).expect_err("results that cannot be").to_string()
}

#[test]
fn names_that_no_population_has_are_refused() {
    let long = "x".repeat(65);
    assert_eq!(champion(r#"[\"x\"]"#, r"[]"), "its metadata is wrong: a population has 0 outputs");
    assert_eq!(
        champion(r#"[\"x\"]"#, &format!(r#"[\"{long}\"]"#)),
        format!("its metadata is wrong: the name \"{long}\" does not have 1 to 64 characters")
    );
    assert_eq!(
        champion(r#"\"outputs\":[\"x\"]"#, r#"\"outputs\":\"x\""#),
        "its metadata is wrong: \"outputs\" must be a list"
    );
    assert_eq!(
        champion(r#"\"outputs\":[\"x\"]"#, r#"\"outputs\":[1]"#),
        "its metadata is wrong: \"outputs\" must be a list of texts"
    );
}

#[test]
fn words_of_another_kind_are_refused() {
    assert_eq!(champion(r#"\"seed\":\"7\""#, r#"\"seed\":\"07\""#), {
        "its metadata is wrong: \"seed\" must be decimal digits in a text"
    });
    assert_eq!(champion(r#"\"schema\":\"evolve.champion\""#, r#"\"schema\":7"#), {
        "its metadata is wrong: \"schema\" must be a text"
    });
    assert_eq!(champion(r#"\"populations\":[{"#, r#"\"populations\":[],\"others\":[{"#), {
        "its metadata is wrong: it names 0 populations"
    });
    assert_eq!(checkpoint(r#"\"champion\":{"#, r#"\"champion\":7,\"other\":{"#), {
        "its metadata is wrong: a champion must be a JSON object"
    });
}

#[test]
fn a_checkpoint_that_is_not_as_its_config_says_is_refused() {
    // In the populations the name stands between the lists of inputs and outputs, in the config it doesn't.
    let other = checkpoint(r#"\"name\":\"prey\",\"next_species\""#, r#"\"name\":\"pray\",\"next_species\""#);
    assert_eq!(other, "it contradicts itself: population pray is not as its config says");
}

#[test]
fn tables_of_another_width_are_refused() {
    let described = r#""behaviour":{"dtype":"F64","shape":["#;
    assert_eq!(
        results(&format!("{described}7,0]"), &format!("{described}0,300]")),
        "tensor behaviour has 300 columns; 0 to 256 are allowed"
    );
    let file = encode_checkpoint(common::selecting(Nsga2, 7, 3, 4).state());
    let scored = r#""parent.score":{"dtype":"F64","shape":["#;
    let narrow = reworded(&file, &format!("{scored}8,4]"), &format!("{scored}16,2]"));
    assert_eq!(
        decode_checkpoint(&narrow).expect_err("a table of another width").to_string(),
        "tensor parent.score has 2 columns, where 4 are expected"
    );
}

#[test]
fn islands_with_words_that_nobody_knows_are_refused() {
    let file = encode_run(&common::archipelago(7, 3, 4));
    let more = reworded(&file, r#"\"schema\":"#, r#"\"host\":7,\"schema\":"#);
    assert_eq!(
        decode_run(&more).expect_err("an unknown key").to_string(),
        "its metadata is wrong: the key \"host\" is not known here"
    );
}

#[test]
fn a_run_that_is_larger_than_any_file_is_refused_before_it_is_looked_at() {
    let huge = vec![0; (1 << 30) + 1];
    let refusal = decode_champion(&huge).expect_err("too large").to_string();
    assert_eq!(refusal, "it has 1073741825 bytes, and 1073741824 is the limit");
}

#[test]
fn a_layout_says_its_size_before_it_is_written() {
    let batch = common::batch(7, 3, 4, false);
    let (layout, results) = (lay_out_batch(&batch), common::results(&batch));
    assert_eq!((layout.size(), layout.to_bytes()), (encode_batch(&batch).len(), encode_batch(&batch)));
    let mut memory = vec![7; lay_out_results(&results).size()];
    lay_out_results(&results).write(&mut memory);
    assert_eq!(memory, encode_results(&results));
}

#[test]
fn more_names_of_metrics_than_are_allowed_are_refused() {
    let mut results = common::noted(common::results(&common::batch(1, 1, 5, false)));
    for (count, is_read) in [(64, true), (65, false), (300, false)] {
        let metric = |number| Metric { member: 0, name: format!("{number:03}").into(), value: 1.0 };
        results.units[0].metrics = (0..count).map(metric).collect();
        results.units[2].metrics.clear();
        results.units[4].metrics.clear();
        results.units[6].metrics.clear();
        let read = decode_results(&encode_results(&results)).map(drop);
        let expected = format!("its metadata is wrong: it names {count} metrics, and 1 to 64 are allowed");
        assert_eq!(read.map_err(|error| error.to_string()), if is_read { Ok(()) } else { Err(expected) });
    }
}

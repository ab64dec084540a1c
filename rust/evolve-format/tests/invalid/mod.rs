//! Files and frames that every reader refuses, each for a reason of its own.

use crate::sealing;
use evolve_core::genome::GeneId;
use serde_json::Value;

/// Name, decoder, why it is refused, bytes.
pub type Invalid = (&'static str, &'static str, &'static str, Vec<u8>);

/// What the valid ones are changed from.
pub struct Sound {
    pub checkpoint: Vec<u8>,
    pub champion: Vec<u8>,
    pub genomes: Vec<u8>,
    pub results: Vec<u8>,
    /// A genomes frame that asks for traces, and a results frame that has some.
    pub wishes: Vec<u8>,
    pub traces: Vec<u8>,
    /// A results frame with metrics.
    pub metrics: Vec<u8>,
    /// A genomes frame of version 1.
    pub old_genomes: Vec<u8>,
}

pub fn all(sound: &Sound) -> Vec<Invalid> {
    let Sound { checkpoint, champion, genomes, results, wishes, traces, metrics, old_genomes } = sound;
    let mut all = envelopes(genomes, results, champion);
    all.push((
        "damaged_checkpoint",
        "checkpoint",
        "one flipped bit in the last tensor",
        last_bit(checkpoint),
    ));
    all.extend(contents(genomes, results));
    all.extend(traced(wishes, traces));
    all.extend(noted(metrics));
    all.extend(genes(genomes));
    all.extend(champions(champion));
    all.extend(of_version_1(old_genomes));
    all
}

fn last_bit(bytes: &[u8]) -> Vec<u8> {
    let mut damaged = bytes.to_vec();
    *damaged.last_mut().expect("a file has bytes") ^= 1;
    damaged
}

/// What is no file or frame of ours.
fn envelopes(genomes: &[u8], results: &[u8], champion: &[u8]) -> Vec<Invalid> {
    vec![
        ("empty", "genomes", "nothing at all", Vec::new()),
        ("short", "genomes", "cut off in the middle of a tensor", genomes[..genomes.len() - 3].to_vec()),
        ("long", "genomes", "bytes that no tensor owns", [genomes, &[0; 8]].concat()),
        ("huge_header", "genomes", "a header said to be 2 GiB long", {
            let mut bytes = genomes.to_vec();
            bytes[..8].copy_from_slice(&(1u64 << 31).to_le_bytes());
            bytes
        }),
        ("damaged_champion", "champion", "one flipped bit in a weight", last_bit(champion)),
        ("wrong_schema", "checkpoint", "a champion where a checkpoint is expected", champion.to_vec()),
        ("wrong_kind", "results", "a genomes frame where results are expected", genomes.to_vec()),
        ("later_version", "genomes", "a version that is not known yet", {
            reworded(genomes, r#"\"version\":2"#, r#"\"version\":3"#)
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
    ]
}

/// Numbers that no frame has.
fn contents(genomes: &[u8], results: &[u8]) -> Vec<Invalid> {
    vec![
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
            changed(genomes, "node.offsets", first_u32(2))
        }),
        ("unknown_activation", "genomes", "the activation code 200", {
            changed(genomes, "node.activation", |data| data[0] = 200)
        }),
        ("enabled_twice", "genomes", "an enabled flag that is neither 0 nor 1", {
            changed(genomes, "connection.enabled", |data| data[0] = 2)
        }),
        ("negative_seed", "genomes", "a seed below 0", changed(genomes, "unit.seed", first_i64(-1))),
        ("absent_genome", "genomes", "a member that is none of the frame's genomes", {
            changed(genomes, "member.genome", first_u32(999))
        }),
        ("nameless_objectives", "genomes", "a frame that says nothing of what is scored", {
            reworded(genomes, r#"\"objectives\":[\"fitness\"]"#, r#"\"objectives\":[]"#)
        }),
        ("nan_score", "results", "a score that is NaN", {
            changed(results, "score", |data| data[..8].copy_from_slice(&f64::NAN.to_le_bytes()))
        }),
    ]
}

/// Traces that nobody can have asked for or made.
fn traced(wishes: &[u8], traces: &[u8]) -> Vec<Invalid> {
    vec![
        ("traced_twice", "genomes", "a wish for a trace that is neither 0 nor 1", {
            changed(wishes, "unit.traced", |data| data[0] = 2)
        }),
        ("endless_trace", "results", "a trace that goes on behind the last entry", {
            changed(traces, "trace.offsets", |data| data[4..8].copy_from_slice(&99u32.to_le_bytes()))
        }),
    ]
}

/// Metrics that nobody can have noted.
fn noted(metrics: &[u8]) -> Vec<Invalid> {
    vec![
        ("nan_metric", "results", "a metric that is NaN", {
            changed(metrics, "metric.value", |data| data[..8].copy_from_slice(&f64::NAN.to_le_bytes()))
        }),
        ("nameless_metric", "results", "a metric whose name the frame does not say", {
            changed(metrics, "metric.name", |data| data[0] = 2)
        }),
        ("metric_of_nobody", "results", "a metric of a member that the unit does not have", {
            changed(metrics, "metric.member", first_u32(1))
        }),
        ("metric_twice", "results", "a member with two values of one name", {
            changed(metrics, "metric.name", |data| data[1] = data[0])
        }),
        ("falling_metric_names", "results", "names of metrics that do not rise", {
            reworded(metrics, r#"\"crashes\",\"laps\""#, r#"\"laps\",\"crashes\""#)
        }),
        ("unprintable_metric", "results", "a metric's name with a control character", {
            reworded(metrics, r#"\"laps\""#, r#"\"la\\nps\""#)
        }),
        ("unnamed_metrics", "results", "metrics without the metadata's list of their names", {
            reworded(metrics, r#"\"metrics\":[\"crashes\",\"laps\"],"#, "")
        }),
    ]
}

/// Genes that make no genome.
fn genes(genomes: &[u8]) -> Vec<Invalid> {
    vec![
        ("absent_node", "genomes", "a connection from a place where no node is", {
            changed(genomes, "connection.source", first_u16(60_000))
        }),
        ("into_an_input", "genomes", "a connection into an input", {
            changed(genomes, "connection.target", first_u16(0))
        }),
        ("unordered_connections", "genomes", "connections whose ids do not rise", {
            let swap = |data: &mut [u8]| data[..4].rotate_left(2);
            changed(&changed(genomes, "connection.source", swap), "connection.target", swap)
        }),
        (
            "missing_terminals",
            "genomes",
            "a genome with fewer nodes than its population has inputs and outputs",
            { changed(genomes, "node.offsets", |data| data[4] = 2) },
        ),
        ("unordered_nodes", "genomes", "hidden nodes that another genome has", {
            changed(genomes, "node.offsets", |data| data[4] += 1)
        }),
        ("reserved_hidden_id", "genomes", "a hidden node with the id of an input", {
            changed(genomes, "hidden.id", first_i64(0))
        }),
    ]
}

/// The same in files, whose digests fit.
fn champions(champion: &[u8]) -> Vec<Invalid> {
    vec![
        ("champion_with_an_absent_node", "champion", "a connection from a place where no node is", {
            resealed(changed(champion, "connection.source", first_u16(60_000)))
        }),
        ("champion_with_a_cycle", "champion", "a connection from an output to itself", {
            let end = changed(champion, "connection.source", first_u16(2));
            resealed(changed(&end, "connection.target", first_u16(2)))
        }),
        ("champion_of_another_shape", "champion", "a hidden node for which there are no genes", {
            resealed(reworded(champion, r#"\"inputs\":[\"a\",\"b\"]"#, r#"\"inputs\":[\"abcd\"]"#))
        }),
        ("champion_of_version_3", "champion", "a version that is not known yet", {
            resealed(reworded(champion, r#"\"version\":2"#, r#"\"version\":3"#))
        }),
    ]
}

/// What version 1 states of its genes, and what does not hold.
fn of_version_1(genomes: &[u8]) -> Vec<Invalid> {
    vec![
        ("version_1_forged_id", "genomes", "a connection id that is not the hash of its ends", {
            changed(genomes, "connection.id", |data| data[0] ^= 1)
        }),
        ("version_1_absent_node", "genomes", "a connection from a node that is not there", {
            let source = GeneId(7);
            let bytes = changed(genomes, "connection.source", first_i64(source.0));
            let id = GeneId::connection(source, GeneId::output(0));
            let bytes = changed(&bytes, "connection.target", first_i64(GeneId::output(0).0));
            changed(&bytes, "connection.id", first_i64(id.0))
        }),
        ("version_1_too_large", "genomes", "an offset of 64 bits that no file has the genes for", {
            changed(genomes, "connection.offsets", |data| data[15] = 0x7f)
        }),
        ("mixed_versions", "genomes", "the tensors of version 1 in a frame that says 2", {
            reworded(genomes, r#"\"version\":1"#, r#"\"version\":2"#)
        }),
    ]
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

fn first_u16(value: u16) -> impl Fn(&mut [u8]) {
    move |data| data[..2].copy_from_slice(&value.to_le_bytes())
}

fn first_u32(value: u32) -> impl Fn(&mut [u8]) {
    move |data| data[..4].copy_from_slice(&value.to_le_bytes())
}

fn first_i64(value: i64) -> impl Fn(&mut [u8]) {
    move |data| data[..8].copy_from_slice(&value.to_le_bytes())
}

/// A changed file with a digest that fits again.
fn resealed(mut bytes: Vec<u8>) -> Vec<u8> {
    sealing::seal(&mut bytes);
    bytes
}

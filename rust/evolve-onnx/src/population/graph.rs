//! The model of a shape: for each level Gather → `MatMul` → Add → Split by function → Concat.
//!
//! No operator of control flow and no size that depends on a value, so that a GPU can replay it as one graph.
//! A row of the whole population is a column here: each operator works on [neurons, rows], and neighbours of
//! a row lie side by side.

use super::shape::{FUNCTIONS, Level, Shape};
use crate::builder::{Attribute, Builder, Kind, Side};
use crate::functions::{activated, clipped};
use evolve_core::activation::Activation;
use evolve_core::network::VALUE_LIMIT;

/// An input of the model that is bound once a generation.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Table {
    /// Its name.
    pub name: String,
    /// Whether it holds places (int32) or numbers (float32).
    pub holds_places: bool,
    /// Its sides.
    pub sides: Vec<usize>,
}

/// The tables of a model, in the order of its inputs: sources, weights and biases of each level, then the
/// slots of the outputs.
pub fn tables_of(shape: &Shape) -> Vec<Table> {
    let table =
        |name: String, holds_places, sides: &[usize]| Table { name, holds_places, sides: sides.to_vec() };
    let level = |(place, level): (usize, &Level)| {
        let (width, terms) = (level.width(), level.terms);
        [
            table(format!("sources_{place}"), true, &[width, terms]),
            table(format!("weights_{place}"), false, &[width, 1, terms]),
            table(format!("biases_{place}"), false, &[width, 1, 1]),
        ]
    };
    let outputs = table("outputs".into(), true, &[shape.genomes, shape.outputs]);
    shape.levels.iter().enumerate().flat_map(level).chain([outputs]).collect()
}

/// The bytes of the model that runs any population which the shape holds.
pub fn population_model(shape: &Shape) -> Vec<u8> {
    let mut build = Builder::new();
    let ends = |columns| [Side::Fixed(shape.genomes), Side::Free("rows"), Side::Fixed(columns)];
    build.input("observations", Kind::Float, &ends(shape.inputs));
    for table in tables_of(shape) {
        let sides: Vec<Side> = table.sides.iter().map(|&side| Side::Fixed(side)).collect();
        build.input(&table.name, if table.holds_places { Kind::Int32 } else { Kind::Float }, &sides);
    }
    build.output("actions", Kind::Float, &ends(shape.outputs));
    let turned = build.add("Transpose", &["observations"], &[("perm", Attribute::Ints(&[0, 2, 1]))]);
    let sides = build.places(&[2], &[(shape.genomes * shape.inputs) as i64, -1]);
    let mut values = build.add("Reshape", &[&turned, &sides], &[]);
    for (place, level) in shape.levels.iter().enumerate() {
        values = add_level(&mut build, &values, place, level);
    }
    let read = build.add("Gather", &[&values, "outputs"], &[("axis", Attribute::Int(0))]);
    build.put("Transpose", &[&read], &["actions"], &[("perm", Attribute::Ints(&[0, 2, 1]))]);
    let about = "A population of Evolve: topology and weights are inputs.";
    build.model("population", about, &[])
}

/// All values so far, and those of one more level below them.
fn add_level(build: &mut Builder, values: &str, place: usize, level: &Level) -> String {
    let named = |what: &str| format!("{what}_{place}");
    let read = build.add("Gather", &[values, &named("sources")], &[("axis", Attribute::Int(0))]);
    let sum = build.add("MatMul", &[&named("weights"), &read], &[]);
    let total = build.add("Add", &[&sum, &named("biases")], &[]);
    let sides = build.places(&[2], &[level.width() as i64, -1]);
    let total = build.add("Reshape", &[&total, &sides], &[]);
    // No NaN can come this far: weights and observations are held to what cannot overflow.
    let held = clipped(build, &total, VALUE_LIMIT);
    let mut parts = vec![values.to_owned()];
    parts.extend(split(build, &held, place, &level.widths));
    let parts: Vec<&str> = parts.iter().map(String::as_str).collect();
    build.add("Concat", &parts, &[("axis", Attribute::Int(0))])
}

/// What the neurons of a level give, those of one function after those of another.
fn split(build: &mut Builder, totals: &str, place: usize, widths: &[usize; FUNCTIONS]) -> Vec<String> {
    let used: Vec<(Activation, usize)> =
        Activation::ALL.iter().copied().zip(*widths).filter(|&(_, width)| width > 0).collect();
    if let [(activation, _)] = used[..] {
        return vec![activated(build, activation, totals)];
    }
    let sizes: Vec<i64> = used.iter().map(|&(_, width)| width as i64).collect();
    let sizes = build.places(&[sizes.len()], &sizes);
    let names: Vec<String> =
        used.iter().map(|(activation, _)| format!("{}_{place}", activation.name())).collect();
    let outputs: Vec<&str> = names.iter().map(String::as_str).collect();
    build.put("Split", &[totals, &sizes], &outputs, &[("axis", Attribute::Int(0))]);
    used.iter().zip(&names).map(|((activation, _), name)| activated(build, *activation, name)).collect()
}

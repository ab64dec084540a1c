//! Every refusal names the setting, its value and its range.

use super::*;
use crate::activation::Aggregation;

fn sound() -> Config {
    let population =
        PopulationConfig { inputs: vec!["a".into()], outputs: vec!["b".into()], ..Default::default() };
    Config { populations: vec![population], ..Config::default() }
}

fn refused(change: impl Fn(&mut Config)) -> String {
    let mut config = sound();
    change(&mut config);
    config.check().unwrap_err().to_string()
}

#[test]
fn the_defaults_make_sense() {
    assert_eq!(sound().check(), Ok(()));
}

#[test]
fn a_refusal_names_the_setting_its_value_and_its_range() {
    assert_eq!(
        refused(|c| c.mutation.weight_rate = 1.5),
        "mutation.weight_rate is 1.5, but must be from 0 to 1"
    );
    assert_eq!(
        refused(|c| c.mutation.add_node_rate = f64::NAN),
        "mutation.add_node_rate is NaN, but must be from 0 to 1"
    );
    assert_eq!(
        refused(|c| c.populations[0].size = 1),
        "populations[0].size is 1, but must be from 2 to 1000000"
    );
    assert_eq!(
        refused(|c| c.populations[0].inputs.clear()),
        "the number of populations[0].inputs is 0, but must be from 1 to 32768"
    );
    assert_eq!(
        refused(|c| c.populations[0].inputs.push("a".into())),
        "populations[0].inputs is a, but must be a list without repeated names"
    );
}

#[test]
fn lists_of_options_have_entries_and_none_twice() {
    assert_eq!(
        refused(|c| c.genome.activations.clear()),
        "genome.activations is an empty list, but must be a list with at least one entry"
    );
    assert_eq!(
        refused(|c| c.genome.aggregations.push(Aggregation::Sum)),
        "genome.aggregations is sum, but must be a list without repeated entries"
    );
}

#[test]
fn groups_around_middles_need_a_number_of_groups() {
    let without = refused(|c| {
        c.speciation = SpeciationConfig {
            strategy: SpeciationStrategy::Kmeans,
            target_species: 0,
            ..SpeciationConfig::default()
        };
    });
    assert_eq!(without, "speciation.target_species is 0, but must be from 1 to 10000");
}

#[test]
fn populations_need_names_of_their_own() {
    let twice = refused(|c| c.populations.push(c.populations[0].clone()));
    assert_eq!(twice, "populations[1].name is main, but must be a name that no other population has");
    let empty = refused(|c| c.populations[0].name.clear());
    assert!(empty.starts_with("populations[0].name is \"\", but must be 1 to 64 characters"), "{empty}");
}

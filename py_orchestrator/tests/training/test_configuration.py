"""How a configuration is put together: later layers win, key by key."""

from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as some

from evolve.errors import EvolveUserError
from evolve.training.configuration import flatten, merge, parse_value, read_overrides, read_toml

SCENE: dict[str, Any] = {
    "populations": [
        {"name": "hunter", "size": 100, "inputs": ["x"], "outputs": ["y"]},
        {"name": "prey", "size": 200, "inputs": ["x"], "outputs": ["y"]},
    ],
    "mutation": {"weight_rate": 0.8},
}

plain = some.recursive(
    some.integers() | some.booleans() | some.text(max_size=5),
    lambda inner: some.dictionaries(some.sampled_from("abc"), inner, max_size=3),
    max_leaves=8,
)
tables = some.dictionaries(some.sampled_from("abc"), plain, max_size=3)


def test_tables_merge_and_the_rest_is_replaced() -> None:
    merged = merge(SCENE, {"mutation": {"add_node_rate": 0.1}, "evaluation": {"repeats": 3}})
    assert merged["mutation"] == {"weight_rate": 0.8, "add_node_rate": 0.1}
    assert merged["evaluation"] == {"repeats": 3}


@given(tables, tables)
def test_nothing_that_was_handed_in_is_changed(base: dict[str, Any], layer: dict[str, Any]) -> None:
    before = repr((base, layer))
    merge(base, layer)
    assert repr((base, layer)) == before


@given(tables)
def test_an_empty_layer_changes_nothing(base: dict[str, Any]) -> None:
    assert merge(base, {}) == base
    assert merge({}, base) == base


@given(tables, tables)
def test_the_same_layer_twice_is_the_layer_once(base: dict[str, Any], layer: dict[str, Any]) -> None:
    once = merge(base, layer)
    assert merge(once, layer) == once


def test_a_population_is_reached_by_name_or_place() -> None:
    for key in ("populations.prey.size", "populations.1.size"):
        merged = read_overrides(settings=[(key, "50")]).over(SCENE)
        assert [one["size"] for one in merged["populations"]] == [100, 50]


def test_a_population_that_is_not_there_is_named() -> None:
    with pytest.raises(EvolveUserError) as refused:
        read_overrides(settings=[("populations.fox.size", "50")]).over(SCENE)
    assert str(refused.value) == "the configuration has no 'populations.fox': populations holds hunter, prey"


def test_a_list_of_named_populations_keeps_what_it_does_not_name() -> None:
    merged = merge(SCENE, {"populations": [{"name": "prey", "size": 7}]})
    assert merged["populations"] == [{"name": "prey", "size": 7, "inputs": ["x"], "outputs": ["y"]}]


def test_the_population_option_sizes_every_population() -> None:
    merged = read_overrides(population=33).over(SCENE)
    assert [one["size"] for one in merged["populations"]] == [33, 33]


def test_set_wins_over_the_file_and_the_last_set_wins(tmp_path: Path) -> None:
    (tmp_path / "a.toml").write_text("[mutation]\nweight_rate = 0.1\n")
    overrides = read_overrides(
        tmp_path / "a.toml", [("mutation.weight_rate", "0.2"), ("mutation.weight_rate", "0.3")]
    )
    assert overrides.over(SCENE)["mutation"]["weight_rate"] == 0.3


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("1", 1),
        ("0.5", 0.5),
        ("true", True),
        ('"1"', "1"),
        ("tanh", "tanh"),
        ("[1, 2]", [1, 2]),
        ("", ""),
        ("a b", "a b"),
    ],
)
def test_values_are_tomls_and_a_bare_word_is_a_string(text: str, value: object) -> None:
    parsed = parse_value(text)
    assert parsed == value
    assert type(parsed) is type(value)


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        (b"a = = 1", "is no valid TOML: Invalid value (at line 1, column 5)"),
        (b"\xff", "is no valid TOML: 'utf-8' codec can't decode byte 0xff in position 0: invalid start byte"),
        (
            b"a = 2030-01-01",
            "holds a value that no setting takes: Object of type date is not JSON serializable",
        ),
        (b"#" * (1024 * 1024 + 1), "is larger than 1048576 bytes, too large for a configuration"),
    ],
)
def test_a_bad_file_is_one_sentence(tmp_path: Path, content: bytes, sentence: str) -> None:
    path = tmp_path / "a.toml"
    path.write_bytes(content)
    with pytest.raises(EvolveUserError) as refused:
        read_toml(path)
    assert str(refused.value) == f"{path} {sentence}"


def test_a_folder_is_no_configuration_file(tmp_path: Path) -> None:
    with pytest.raises(EvolveUserError, match="cannot be read: Is a directory"):
        read_toml(tmp_path)


def test_flat_keys_are_those_that_set_takes() -> None:
    flat = flatten(SCENE | {"list": [1, 2], "empty": {}})
    assert flat["populations.prey.size"] == 200
    assert (flat["mutation.weight_rate"], flat["list"], flat["empty"]) == (0.8, [1, 2], {})
    assert (
        read_overrides(settings=[("populations.prey.size", "5")]).over(SCENE)["populations"][1]["size"] == 5
    )


def test_the_environment_wins_over_the_file_and_set_over_both(tmp_path: Path) -> None:
    (tmp_path / "a.toml").write_text("[mutation]\nweight_rate = 0.1\nbias_rate = 0.1\nadd_node_rate = 0.1\n")
    environment = {
        "EVOLVE_SET_MUTATION__WEIGHT_RATE": "0.2",
        "EVOLVE_SET_MUTATION__BIAS_RATE": "0.2",
        "EVOLVE_SEED": "5",
        "PATH": "/bin",
    }
    overrides = read_overrides(
        tmp_path / "a.toml", [("mutation.weight_rate", "0.3")], environment=environment
    )
    assert overrides.over({})["mutation"] == {"weight_rate": 0.3, "bias_rate": 0.2, "add_node_rate": 0.1}


def test_the_environment_reaches_populations_by_name_and_place() -> None:
    for name in ("EVOLVE_SET_POPULATIONS__PREY__SIZE", "EVOLVE_SET_POPULATIONS__1__SIZE"):
        merged = read_overrides(environment={name: "50"}).over(SCENE)
        assert [one["size"] for one in merged["populations"]] == [100, 50]


@pytest.mark.parametrize("name", ["EVOLVE_SET_", "EVOLVE_SET___A", "EVOLVE_SET_A____B"])
def test_a_name_in_the_environment_that_is_no_setting_is_one_sentence(name: str) -> None:
    with pytest.raises(EvolveUserError) as refused:
        read_overrides(environment={name: "1"})
    assert str(refused.value) == (
        f"{name} in the environment names no setting: write it like EVOLVE_SET_MUTATION__WEIGHT_RATE"
    )


def test_an_objective_keeps_the_direction_that_the_scene_gave_it() -> None:
    scene = {"evaluation": {"objectives": [{"name": "seconds", "direction": "minimise"}]}}
    merged = read_overrides(objectives=[{"name": "seconds"}]).over(scene)
    assert merged["evaluation"]["objectives"] == [{"name": "seconds", "direction": "minimise"}]
    assert "selection" not in merged


def test_several_objectives_are_a_matter_for_nsga2_whatever_was_set() -> None:
    objectives = [{"name": "fitness"}, {"name": "fuel", "direction": "minimise"}]
    overrides = read_overrides(settings=[("selection.strategy", "novelty")], objectives=objectives)
    merged = overrides.over(SCENE)
    assert merged["evaluation"]["objectives"] == objectives
    assert merged["selection"]["strategy"] == "nsga2"

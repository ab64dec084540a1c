"""onnxruntime computes what the engine computes, for every function, wiring and number of rows."""

import json
import math
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
import onnx
import onnxruntime
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray
from tests.champions import ACTIVATIONS, AGGREGATIONS, FIRST_OUTPUT, Genes, Node, hidden_id, random_genes
from tests.inference.definition import Definition

import evolve.onnx
from evolve import Champion, __version__

PUBLISHED = Path(__file__).parents[3] / "spec" / "vectors" / "valid" / "champion.evo"
Batch = NDArray[np.float32]


class Player:
    """A brain's ONNX model, played as docs/onnx.md says."""

    def __init__(self, path: Path) -> None:
        self.session = onnxruntime.InferenceSession(exported(path), providers=["CPUExecutionProvider"])
        self.columns = [tensor.shape[1] for tensor in self.session.get_inputs()][1:]
        self.state: Batch | None = None

    def think(self, observations: Batch) -> Batch:
        if not self.columns:
            return np.asarray(self.session.run(["actions"], {"observations": observations})[0])
        if self.state is None:
            self.state = np.zeros((len(observations), *self.columns), np.float32)
        actions, self.state = self.session.run(
            ["actions", "next_state"], {"observations": observations, "state": self.state}
        )
        return np.asarray(actions)


def exported(path: Path) -> bytes:
    data = evolve.onnx.model(path)
    onnx.checker.check_model(onnx.load_from_string(data), full_check=True)
    return data


def compare(genes: Genes, ticks: Sequence[Batch], path: Path) -> None:
    """Engine and model differ by no more than twice what f32 may be off by, in each row of each tick."""
    genes.write(path)
    player = Player(path)
    actions = [player.think(observations) for observations in ticks]
    champion = Champion.load(str(path))
    for row in range(len(ticks[0])):
        champion.reset()
        definition = Definition(genes)
        for tick, observations in enumerate(ticks):
            native = champion.think(observations[row].tolist())
            exact = definition.think(observations[row].tolist())
            for ours, theirs, (value, error) in zip(native, actions[tick][row], exact, strict=True):
                assert abs(ours - value) <= error
                assert abs(ours - theirs) <= 2 * error


def every_kind(recurrent: bool) -> Genes:
    """An output for each pair of functions, once with two inputs and once with none."""
    kinds = [(activation, aggregation) for activation in ACTIVATIONS for aggregation in AGGREGATIONS]
    nodes, edges = {}, []
    for place, (activation, aggregation) in enumerate([*kinds, *kinds]):
        output = FIRST_OUTPUT + place
        nodes[output] = Node(activation, aggregation, 0.25)
        if place < len(kinds):
            edges += [(0, output, 1.5, True), (1, output, -0.75, True), (2, output, 9.0, False)]
        if recurrent and place < len(kinds):
            edges.append((output, output, 0.5, True))
    return Genes(3, len(nodes), nodes, edges, recurrent)


@pytest.mark.parametrize("recurrent", [False, True])
def test_every_function_of_every_aggregation_is_the_engines(recurrent: bool, tmp_path: Path) -> None:
    random = np.random.default_rng(1)
    small = random.normal(size=(12, 3))
    rows = np.concatenate([small, small * 30.0, small * 1e5, small * 1e12, np.zeros((1, 3))])
    compare(every_kind(recurrent), [rows.astype(np.float32)] * 3, tmp_path / "brain.evo")


@settings(max_examples=60)
@given(random_genes(), st.integers(0, 2**32), st.sampled_from([1, 2, 9]))
def test_any_brain_does_the_same_for_any_number_of_rows(
    tmp_path_factory: pytest.TempPathFactory, genes: Genes, seed: int, rows: int
) -> None:
    ticks = np.random.default_rng(seed).normal(size=(4, rows, genes.inputs)).astype(np.float32)
    compare(genes, list(ticks), tmp_path_factory.getbasetemp() / "brain.evo")


def test_a_smooth_brain_differs_in_the_sixth_digit_at_most(tmp_path: Path) -> None:
    random = np.random.default_rng(2)
    hidden = [hidden_id(number) for number in range(20)]
    nodes = {neuron: Node("tanh") for neuron in [FIRST_OUTPUT, *hidden]}
    edges = [(place, neuron, random.normal(), True) for place in range(5) for neuron in hidden]
    edges += [(neuron, FIRST_OUTPUT, random.normal() / 4, True) for neuron in hidden]
    path = Genes(5, 1, nodes, edges).write(tmp_path / "brain.evo")
    rows = random.normal(size=(1_000, 5)).astype(np.float32)
    champion = Champion.load(str(path))
    native = np.array([champion.think(row.tolist()) for row in rows])
    assert np.abs(native - Player(path).think(rows)).max() < 1e-6


def test_what_reaches_a_neuron_is_held_to_its_limits_and_a_nan_is_the_lower_one(tmp_path: Path) -> None:
    nodes = {FIRST_OUTPUT: Node(), FIRST_OUTPUT + 1: Node(aggregation="product")}
    edges = [(place, output, 2.0, True) for place in range(2) for output in nodes]
    path = Genes(2, 2, nodes, edges).write(tmp_path / "brain.evo")
    rows = [[1e9, 1e9], [-1e9, -1e9], [math.inf, -math.inf], [math.nan, 1.0], [math.inf, 0.0]]
    champion = Champion.load(str(path))
    native = [champion.think(row) for row in rows]
    assert native == [[1e9, 1e9], [-1e9, 1e9], [-1e9, -1e9], [-1e9, -1e9], [1e9, -1e9]]
    assert Player(path).think(np.array(rows, np.float32)).tolist() == native


def test_a_step_at_exactly_zero_is_zero_and_sums_that_f32_holds_are_bit_equal(tmp_path: Path) -> None:
    nodes = {FIRST_OUTPUT: Node("step"), FIRST_OUTPUT + 1: Node("identity", "mean")}
    edges = [(place, output, weight, True) for place, weight in enumerate([0.5, -0.25]) for output in nodes]
    path = Genes(2, 2, nodes, edges).write(tmp_path / "brain.evo")
    rows = np.array([[1.0, 2.0], [1.0, 1.0], [-1.0, 1.0]], np.float32)
    assert Player(path).think(rows).tolist() == [[0.0, 0.0], [1.0, 0.125], [0.0, -0.375]]


def test_nodes_that_no_output_needs_stay_out_of_a_feed_forward_model(tmp_path: Path) -> None:
    idle, off = hidden_id(0), hidden_id(1)
    nodes = {FIRST_OUTPUT: Node(), idle: Node("sine"), off: Node("gaussian")}
    edges = [(0, FIRST_OUTPUT, 1.0, True), (0, idle, 1.0, True), (off, FIRST_OUTPUT, 1.0, False)]
    model = onnx.load_from_string(exported(Genes(1, 1, nodes, edges).write(tmp_path / "brain.evo")))
    assert not {"Sin", "Exp"} & {node.op_type for node in model.graph.node}


def test_the_same_champion_makes_the_same_bytes_and_says_where_it_comes_from() -> None:
    data = exported(PUBLISHED)
    assert data == exported(PUBLISHED)
    model = onnx.load_from_string(data)
    assert (model.ir_version, model.opset_import[0].version) == (7, 13)
    assert (model.producer_name, model.producer_version) == ("evolve", __version__)
    assert model.doc_string == "Fitness 2.036930561065674, scored in generation 3."
    facts: dict[str, Any] = {prop.key: prop.value for prop in model.metadata_props}
    assert (facts["fitness"], facts["generation"], facts["seed"]) == ("2.036930561065674", "2", "7")
    assert (json.loads(facts["inputs"]), json.loads(facts["outputs"])) == (["a", "b"], ["x"])
    assert facts["champion_sha256"].encode() in PUBLISHED.read_bytes()
    assert not any(tensor.external_data for tensor in model.graph.initializer)


def test_the_published_champion_thinks_alike() -> None:
    rows = np.random.default_rng(3).normal(size=(200, 2)).astype(np.float32)
    champion = Champion.load(str(PUBLISHED))
    native = np.array([champion.think(row.tolist()) for row in rows])
    assert np.abs(native - Player(PUBLISHED).think(rows)).max() < 1e-6


def test_a_program_exports_a_champion_or_its_file_whole_or_not_at_all(tmp_path: Path) -> None:
    written = evolve.onnx.export(Champion.load(str(PUBLISHED)), tmp_path / "brain.onnx")
    assert written.read_bytes() == evolve.onnx.model(str(PUBLISHED))
    with pytest.raises(ValueError, match=r"brain\.onnx: this is no safetensors buffer"):
        evolve.onnx.export(written, tmp_path / "again.onnx")
    assert [path.name for path in tmp_path.iterdir()] == ["brain.onnx"]

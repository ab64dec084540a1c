"""A whole population in onnxruntime does what the native engine does, and sessions last."""

from typing import Any

import numpy as np
import onnx
import onnxruntime
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray
from tests.populations import breed, next_generation, start

from evolve import WorkBatch
from evolve._native import PopulationPlan
from evolve.errors import EvolveUserError
from evolve.inference import population_session
from evolve.inference.population import PopulationGraph

Floats = NDArray[np.float32]
# What f32 may be off by in an observation, and more.
NUDGE = 3e-6


def natively(batch: WorkBatch, members: NDArray[np.int32], observations: Floats) -> Floats:
    thought = np.frombuffer(batch.think_rows(members, observations), np.float32)
    return thought.reshape(len(members), -1)


def difference(actions: Floats, expected: Floats) -> Floats:
    """For each agent the largest difference, in parts of the larger of 1 and what it is."""
    return np.asarray((np.abs(actions - expected) / np.maximum(1, np.abs(expected))).max(axis=1))


def steady(batch: WorkBatch, members: NDArray[np.int32], observations: Floats) -> NDArray[np.bool_]:
    """Agents that are away from the jumps of their networks: a nudge leaves them where they are."""
    expected = natively(batch, members, observations)
    found = np.ones(len(members), np.bool_)
    for nudge in (1 - NUDGE, 1 + NUDGE):
        nudged = natively(batch, members, (observations * nudge).astype(np.float32))
        found &= difference(nudged, expected) < 100 * NUDGE
    return found


def test_a_thousand_random_genomes_do_what_the_engine_does() -> None:
    batch = breed(1_000)
    graph = PopulationGraph()
    graph.load(batch)
    assert graph.counters.genomes_in_graph == 1_000
    shape = PopulationPlan(batch).need
    used = np.sum([widths for _, widths in shape.levels], axis=0)
    assert shape.depth > 4
    assert (used > 50).all(), "the genomes have every function"
    random = np.random.default_rng(1)
    for rows, size in [(1, 1.0), (4, 3.0), (2, 1e5)]:
        members = np.repeat(np.arange(1_000, dtype=np.int32), rows)
        observations = (random.normal(size=(len(members), 4)) * size).astype(np.float32)
        actions = graph.think(observations, members)
        calm = steady(batch, members, observations)
        assert calm.mean() > 0.9
        assert difference(actions, natively(batch, members, observations))[calm].max() < 1e-5


@settings(max_examples=25)
@given(
    st.integers(0, 2**31),
    st.integers(1, 40),
    st.integers(0, 12),
    st.lists(st.sampled_from(["sigmoid", "tanh", "relu", "softplus", "clamped"]), min_size=1, unique=True),
)
def test_any_population_with_any_agents_does_what_the_engine_does(
    seed: int, size: int, generations: int, activations: list[str]
) -> None:
    batch = breed(
        max(2, size),
        generations,
        seed=seed,
        activations=activations,
        aggregations=["sum", "product", "max", "mean"],
    )
    graph = PopulationGraph()
    graph.load(batch)
    random = np.random.default_rng(seed)
    for agents in (1, 7, 0, 50):
        members = random.integers(0, max(2, size), agents).astype(np.int32)
        observations = random.normal(size=(agents, 4)).astype(np.float32)
        actions = graph.think(observations, members)
        if agents:
            assert difference(actions, natively(batch, members, observations)).max() < 1e-5


def test_genomes_with_products_and_maxima_run_natively_to_the_bit_and_are_counted() -> None:
    batch = breed(60, aggregations=["sum", "product", "max"])
    graph = PopulationGraph()
    graph.load(batch)
    counters = graph.counters
    assert 0 < counters.members_native < 60
    assert counters.genomes_in_graph + counters.members_native == 60
    native = np.flatnonzero(np.frombuffer(PopulationPlan(batch).members(), np.int32) < 0).astype(np.int32)
    observations = np.random.default_rng(1).normal(size=(len(native), 4)).astype(np.float32)
    assert np.array_equal(graph.think(observations, native), natively(batch, native, observations))


def test_recurrent_genomes_run_natively_and_remember() -> None:
    batch = breed(6, recurrent=True)
    graph = PopulationGraph()
    graph.load(batch)
    assert (graph.counters.genomes_in_graph, graph.counters.members_native, graph.shape) == (0, 6, None)
    observations, members = np.ones((6, 4), np.float32), np.arange(6)
    first, second = (graph.think(observations, members) for _ in range(2))
    assert not np.array_equal(first, second)


def test_a_new_generation_seldom_needs_a_new_session() -> None:
    evolution = start(200, 5, 4, 2, ["tanh", "relu", "sigmoid"], ["sum", "mean"])
    graph = PopulationGraph()
    for _ in range(24):
        batch = next_generation(evolution)
        graph.load(batch)
        members = np.arange(200, dtype=np.int32)
        observations = np.random.default_rng(1).normal(size=(200, 4)).astype(np.float32)
        actions = graph.think(observations, members)
        assert difference(actions, natively(batch, members, observations)).max() < 1e-5
    assert graph.counters.generations == 24
    assert graph.counters.sessions_made <= 12


def test_the_same_session_serves_the_generation_before_again() -> None:
    small, large = breed(40, 2), breed(40, 25)
    graph = PopulationGraph()
    for batch in (small, large, small, large):
        graph.load(batch)
    assert graph.counters.sessions_made <= 2


def test_the_model_is_sound_has_no_control_flow_and_is_the_same_each_time() -> None:
    plan = PopulationPlan(breed(30))
    shape = plan.need.rounded()
    data = shape.model()
    assert data == plan.need.rounded().model()
    model = onnx.load_from_string(data)
    onnx.checker.check_model(model, full_check=True)
    assert not {node.op_type for node in model.graph.node} & {"If", "Loop", "Scan", "NonZero", "Shape"}
    named = {value.name for value in model.graph.input}
    assert named == {"observations", *(name for name, *_ in plan.tables(shape) or [])}


def test_agents_of_one_member_in_any_order_get_their_own_actions() -> None:
    batch = breed(5, activations=["tanh"])
    graph = PopulationGraph()
    graph.load(batch)
    members = np.array([3, 0, 3, 3, 4, 0], np.int32)
    observations = np.random.default_rng(2).normal(size=(6, 4)).astype(np.float32)
    mixed = graph.think(observations, members)
    alone = [
        graph.think(observations[agent : agent + 1], members[agent : agent + 1])[0] for agent in range(6)
    ]
    assert difference(mixed, np.array(alone)).max() < 1e-6


def two_populations() -> WorkBatch:
    others = {"name": "prey", "size": 3, "inputs": ["x"], "outputs": ["y"]}
    return breed(4, 3, populations=[others], activations=["tanh"])


def test_each_population_of_a_batch_has_a_graph_of_its_own() -> None:
    batch = two_populations()
    kinds = np.array([name for unit in batch.players() for name, _ in unit])
    graph = PopulationGraph(population=1)
    graph.load(batch)
    prey = np.flatnonzero(kinds == "prey").astype(np.int32)
    observations = np.ones((len(prey), 1), np.float32)
    assert difference(graph.think(observations, prey), natively(batch, prey, observations)).max() < 1e-6
    stranger = np.flatnonzero(kinds == "main")[:1]
    with pytest.raises(EvolveUserError, match="is of another population than 1: make a graph for each"):
        graph.think(np.ones((1, 1), np.float32), stranger)


def of_floats(*sides: int, dtype: Any = np.float32) -> NDArray[Any]:  # noqa: ANN401
    return np.zeros(sides, dtype)


@pytest.mark.parametrize(
    ("observations", "members", "sentence"),
    [
        (of_floats(1, 4), [9], "there is no member 9: the batch has 4"),
        (of_floats(1, 4), [-1], "there is no member -1: the batch has 4"),
        (of_floats(1, 4), [0.5], "members is float64 [1], but must be a list of whole numbers"),
        (of_floats(1, 3), [0], "observations is float32 [1, 3], but must be float32 [1, 4]"),
        (of_floats(2, 4), [0], "observations is float32 [2, 4], but must be float32 [1, 4]"),
        (of_floats(1, 4, dtype=np.float64), [0], "observations is float64 [1, 4], but must be"),
        (
            np.array([[0, 1, np.nan, 0]], np.float32),
            [0],
            "observation 2 of agent 0 is nan, but must be finite",
        ),
    ],
)
def test_what_makes_no_sense_is_one_sentence(observations: Floats, members: list[Any], sentence: str) -> None:
    graph = PopulationGraph()
    graph.load(breed(4, 1))
    with pytest.raises(EvolveUserError) as refused:
        graph.think(observations, np.array(members))
    assert str(refused.value).startswith(sentence)


def test_observations_that_could_overflow_are_answered_natively_to_the_bit() -> None:
    batch = breed(4, 3)
    graph = PopulationGraph()
    graph.load(batch)
    members = np.array([0, 3, 1], np.int32)
    observations = np.full((3, 4), 3e38, np.float32)
    assert np.array_equal(graph.think(observations, members), natively(batch, members, observations))
    assert graph.counters.steps_native == 1


def test_a_step_before_a_generation_and_a_provider_that_is_not_there_are_refused() -> None:
    with pytest.raises(EvolveUserError, match="nothing is loaded"):
        PopulationGraph().think(np.zeros((0, 1), np.float32), np.zeros(0, np.int32))
    with pytest.raises(EvolveUserError, match="onnxruntime has no NoneSuch here: name some of"):
        PopulationGraph(["NoneSuch"])
    with pytest.raises(ValueError, match="there is no population 7; this batch has 1"):
        PopulationGraph(population=7).load(breed(2, 0))


def test_where_the_device_has_a_memory_of_its_own_what_moves_is_copied(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """The way of a GPU, with another part of this memory in its place."""
    batch, later = breed(60), breed(60, 7)
    members = np.arange(60, dtype=np.int32)
    random = np.random.default_rng(2)
    steps = [random.normal(size=(60, 4)).astype(np.float32) for _ in range(3)]

    def play() -> list[Floats]:
        graph = PopulationGraph()
        found = []
        for generation in (batch, later):
            graph.load(generation)
            found += [graph.think(observations, members).copy() for observations in steps]
        return found

    expected = play()
    place = onnxruntime.OrtValue.ortvalue_from_numpy
    devices: list[str] = []

    def elsewhere(values: NDArray[Any], device: str, _number: int) -> Any:  # noqa: ANN401
        devices.append(device)
        return place(values.copy(), "cpu", 0)

    monkeypatch.setattr(onnxruntime.OrtValue, "ortvalue_from_numpy", staticmethod(elsewhere))
    monkeypatch.setitem(population_session._DEVICES, "CPUExecutionProvider", "cuda")
    for mine, theirs in zip(play(), expected, strict=True):
        np.testing.assert_array_equal(mine, theirs)
    assert set(devices) == {"cuda"}

"""A champion as an ONNX model: level by level, a few operators for all neurons of the same kind.

A feed-forward brain maps `observations` to `actions`. A recurrent one also takes `state`, what every neuron
gave in the tick before (zeros at first), and gives `next_state`. The same champion makes the same bytes.
"""

import json
from collections.abc import Mapping, Sequence
from itertools import groupby
from typing import TYPE_CHECKING, Final

import numpy as np
from onnx import ModelProto, TensorProto, ValueInfoProto, checker, helper

from evolve import __version__
from evolve.analysis.describe import FIRST_OUTPUT
from evolve.inference.onnx_builder import Builder
from evolve.inference.onnx_functions import ACTIVATIONS, AGGREGATIONS, limited
from evolve.inference.wiring import Neuron, levels, neurons
from evolve.storage.champion_file import Origin

if TYPE_CHECKING:
    from evolve._native import Champion

# The lowest that has every operator as we write it, so that older runtimes and other engines read it too.
OPSET: Final = 13
IR_VERSION: Final = 7
PRODUCER: Final = "evolve"


def onnx_bytes(champion: "Champion", origin: Origin) -> bytes:
    """The champion as the bytes of an ONNX file, checked."""
    model = onnx_model(champion, origin)
    checker.check_model(model, full_check=True)
    data: bytes = model.SerializeToString(deterministic=True)
    return data


def onnx_model(champion: "Champion", origin: Origin) -> ModelProto:
    recurrent = origin.population.recurrent
    everyone = neurons(champion)
    build = Builder()
    inputs = [_batch("observations", len(champion.inputs))]
    outputs = [_batch("actions", len(champion.outputs))]
    if recurrent:
        inputs.append(_batch("state", len(everyone)))
        outputs.append(_batch("next_state", len(everyone)))
        _recurrent(build, champion, everyone)
    else:
        _feed_forward(build, champion, everyone)
    graph = helper.make_graph(build.nodes, "champion", inputs, outputs, build.constants)
    model = helper.make_model(
        graph,
        ir_version=IR_VERSION,
        opset_imports=[helper.make_opsetid("", OPSET)],
        producer_name=PRODUCER,
        producer_version=__version__,
        doc_string=f"Fitness {origin.fitness:.6g}, scored in generation {origin.generation + 1}.",
    )
    helper.set_model_props(model, _facts(champion, origin))
    return model


def _facts(champion: "Champion", origin: Origin) -> dict[str, str]:
    return {
        "inputs": json.dumps(champion.inputs, ensure_ascii=False),
        "outputs": json.dumps(champion.outputs, ensure_ascii=False),
        "recurrent": json.dumps(origin.population.recurrent),
        "population": origin.population.name,
        "fitness": repr(origin.fitness),
        "generation": str(origin.generation),
        "seed": origin.seed,
        "champion_sha256": origin.sha256,
    }


def _batch(name: str, columns: int) -> ValueInfoProto:
    return helper.make_tensor_value_info(name, TensorProto.FLOAT, ["batch", columns])


def _feed_forward(build: Builder, champion: "Champion", everyone: Sequence[Neuron]) -> None:
    columns = _input_columns(champion)
    values = "observations"
    for level in levels(everyone, len(champion.outputs)):
        parts, order = _step(build, values, columns, level)
        columns |= {neuron.id: len(columns) + place for place, neuron in enumerate(order)}
        values = build.joined([values, *parts])
    _give(build, values, [columns[identifier] for identifier in _output_ids(champion)], "actions")


def _recurrent(build: Builder, champion: "Champion", everyone: Sequence[Neuron]) -> None:
    """One level: every neuron reads what the others gave in the tick before."""
    columns = _input_columns(champion)
    columns |= {neuron.id: len(columns) + place for place, neuron in enumerate(everyone)}
    parts, order = _step(build, build.joined(["observations", "state"]), columns, everyone)
    fresh = build.joined(parts)
    places = {neuron.id: place for place, neuron in enumerate(order)}
    _give(build, fresh, [places[neuron.id] for neuron in everyone], "next_state")
    _give(build, fresh, [places[identifier] for identifier in _output_ids(champion)], "actions")


def _step(
    build: Builder, values: str, columns: Mapping[int, int], level: Sequence[Neuron]
) -> tuple[list[str], list[Neuron]]:
    """What the neurons of a level give: the parts, one for each kind, and the neurons in their order."""
    parts: list[str] = []
    order = sorted(level, key=_kind)
    for (aggregation, activation), kin in groupby(order, key=_kind):
        group = list(kin)
        incoming = [[(columns[source], weight) for source, weight in neuron.incoming] for neuron in group]
        total = AGGREGATIONS[aggregation](build, values, incoming)
        biases = build.constant(np.array([neuron.bias for neuron in group], np.float32))
        parts.append(ACTIVATIONS[activation](build, limited(build, build.add("Add", total, biases))))
    return parts, order


def _kind(neuron: Neuron) -> tuple[str, str]:
    return neuron.aggregation, neuron.activation


def _input_columns(champion: "Champion") -> dict[int, int]:
    return {place: place for place in range(len(champion.inputs))}


def _output_ids(champion: "Champion") -> list[int]:
    return [FIRST_OUTPUT + place for place in range(len(champion.outputs))]


def _give(build: Builder, values: str, places: list[int], output: str) -> None:
    build.columns(values, np.array(places, np.int64), output)

"""The same genomes as JSON, in the two ways in which people write them: arrays as lists, and a record for each gene."""

import importlib
import importlib.util
import itertools
import json
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import msgspec
import numpy as np
from evolve import Evolution, WorkBatch, complete_config, world_config
from evolve.arrays import Arrays, open_frame

ACTIVATIONS = (
    *("identity", "sigmoid", "tanh", "relu", "leaky_relu", "elu", "gaussian"),
    *("sine", "abs", "step", "softplus", "clamped", "steep_sigmoid"),
)
AGGREGATIONS = ("sum", "product", "max", "mean")


class Node(msgspec.Struct):
    """A node, by its place in the genome."""

    bias: float
    activation: str
    aggregation: str


class Connection(msgspec.Struct):
    """A connection between two places."""

    source: int
    target: int
    weight: float
    enabled: bool


class Genome(msgspec.Struct):
    """A genome, gene by gene."""

    population: int
    index: int
    nodes: list[Node]
    connections: list[Connection]


class Unit(msgspec.Struct):
    """An episode and who plays in it."""

    id: int
    seed: int
    ticks: int
    members: list[int]


class Batch(msgspec.Struct):
    """What a worker is sent."""

    genomes: list[Genome]
    units: list[Unit]


@dataclass(frozen=True)
class Peer:
    """A library that writes and reads the same content."""

    write: Callable[[], bytes | str]
    read: Callable[[], object]
    size: int


def batch_of(size: int) -> WorkBatch:
    """A first generation of genomes with 50 connections."""
    config = json.loads(world_config("xor"))
    names = [f"in{place}" for place in range(10)], [f"out{place}" for place in range(5)]
    config["populations"][0] |= {"size": size, "inputs": names[0], "outputs": names[1]}
    batch = Evolution(complete_config(json.dumps(config)), 1).ask(size)
    assert batch is not None
    return batch


def lists(frame: bytes) -> dict[str, list[Any]]:
    """The tensors of a frame, as JSON has them."""
    return {name: array.tolist() for name, array in open_frame(frame).items()}


def records(frame: bytes) -> Batch:
    """The same, a record for each gene."""
    arrays = open_frame(frame)
    owners, indices = (
        arrays["genome.population"].tolist(),
        arrays["genome.index"].tolist(),
    )
    nodes, genes = _nodes(arrays), _connections(arrays)
    genomes = [
        Genome(owner, index, own_nodes, own_genes)
        for owner, index, own_nodes, own_genes in zip(
            owners,
            indices,
            _parts(nodes, arrays["node.offsets"]),
            _parts(genes, arrays["connection.offsets"]),
            strict=True,
        )
    ]
    members = _parts(arrays["member.genome"].tolist(), arrays["unit.offsets"])
    columns = (arrays[f"unit.{name}"].tolist() for name in ("id", "seed", "ticks"))
    return Batch(genomes, [Unit(*unit) for unit in zip(*columns, members, strict=True)])


def peers_of_lists(frame: bytes) -> dict[str, Peer]:
    """Who writes and reads the lists."""
    return _peers(lists(frame), msgspec.json.Decoder().decode)


def peers_of_records(frame: bytes) -> dict[str, Peer]:
    """Who writes and reads the records: msgspec as typed objects, the others as dictionaries."""
    batch = records(frame)
    plain = msgspec.to_builtins(batch)
    return _peers(plain, msgspec.json.Decoder(Batch).decode, batch)


def _peers(
    plain: object, decode: Callable[[bytes], object], typed: object = None
) -> dict[str, Peer]:
    written = msgspec.json.encode(typed or plain)
    found = {
        "json": Peer(
            lambda: json.dumps(plain), lambda: json.loads(written), len(written)
        ),
        "msgspec": Peer(
            lambda: msgspec.json.encode(typed or plain),
            lambda: decode(written),
            len(written),
        ),
    }
    if importlib.util.find_spec("orjson"):
        orjson = importlib.import_module("orjson")
        found["orjson"] = Peer(
            lambda: orjson.dumps(plain), lambda: orjson.loads(written), len(written)
        )
    return found


def _nodes(arrays: Arrays) -> list[Node]:
    columns = (
        arrays[f"node.{name}"].tolist()
        for name in ("bias", "activation", "aggregation")
    )
    return [
        Node(bias, ACTIVATIONS[activation], AGGREGATIONS[aggregation])
        for bias, activation, aggregation in zip(*columns, strict=True)
    ]


def _connections(arrays: Arrays) -> list[Connection]:
    columns = (
        arrays[f"connection.{name}"].tolist()
        for name in ("source", "target", "weight", "enabled")
    )
    return [
        Connection(source, target, weight, bool(enabled))
        for source, target, weight, enabled in zip(*columns, strict=True)
    ]


def _parts(values: list[Any], offsets: np.ndarray[Any, Any]) -> list[list[Any]]:
    ends = offsets.tolist()
    return [values[begin:end] for begin, end in itertools.pairwise(ends)]

"""Types of the engine's Python door, `evolve._native` (rust/evolve-py)."""

from collections.abc import Sequence
from typing import TypedDict, final, type_check_only

import numpy as np
from numpy.typing import NDArray

__all__ = [
    "Champion",
    "ConfigError",
    "Evolution",
    "EvolveError",
    "FormatError",
    "GraphShape",
    "Lineage",
    "Nsga2Run",
    "Policy",
    "PopulationPlan",
    "ResultError",
    "Results",
    "TooManyMetricsError",
    "WorkBatch",
    "__version__",
    "complete_config",
    "crowding_distance",
    "exhibition",
    "non_dominated_ranks",
    "nsga2_select",
    "world_config",
    "worlds",
]

__version__: str

class EvolveError(ValueError):
    """Something that was handed in makes no sense; the message is one sentence for a person."""

class ConfigError(EvolveError):
    """A configuration with an unknown key, a wrong type, or a value out of its range."""

class FormatError(EvolveError):
    """Bytes that are no valid file or frame."""

class ResultError(EvolveError):
    """Scores that do not fit the unit they are told for."""

class TooManyMetricsError(ResultError):
    """Metrics of more names than a generation may have; which unit brought one too many is chance."""

@type_check_only
class SpeciesReport(TypedDict):
    """One species as it stood when its generation was scored; an id is its own on its island."""

    population: str
    island: int
    id: int
    size: int
    best: float
    mean: float

@type_check_only
class ObjectiveReport(TypedDict):
    """What a population was scored on one objective; `best` is the least when it is minimised."""

    name: str
    best: float
    mean: float

@type_check_only
class MetricReport(TypedDict):
    """What the episodes of a population noted under one name: how many values, and what they are like."""

    name: str
    count: int
    mean: float
    least: float
    most: float

@type_check_only
class PopulationReport(TypedDict):
    """How one population did; `champion` says on which island and at which place its new champion is, when
    this generation had one."""

    name: str
    best: float
    mean: float
    best_ever: float
    objectives: list[ObjectiveReport]
    metrics: list[MetricReport]
    champion: tuple[int, int] | None

@type_check_only
class GenerationReport(TypedDict):
    """What a finished generation was like.

    `evaluations` counts from the run's start, `steps` in this generation alone. `front` counts those whom
    nobody dominates (NSGA-II), `archive` the behaviours that novelty knows, `elites` the cells that
    MAP-Elites has filled. With several islands the figures are the best and the mean of all of them, and
    `islands` has the populations of each; with one it is empty. `metrics` are those of the first population,
    as `objectives` are. `lineage` says for each population how the
    members of the next generation came to be; the first report also has those that the run began with.
    """

    generation: int
    best: float
    mean: float
    best_ever: float
    objectives: list[ObjectiveReport]
    metrics: list[MetricReport]
    populations: list[PopulationReport]
    species: list[SpeciesReport]
    lineage: list[Lineage]
    front: int
    archive: int
    elites: int
    evaluations: int
    steps: int
    islands: list[list[PopulationReport]]

@type_check_only
class Told(TypedDict):
    """What became of a batch of results; `report` is set when they completed a generation."""

    accepted: int
    dropped: int
    report: GenerationReport | None

@type_check_only
class Exhibit(TypedDict):
    """A brain worth keeping, and what it was scored."""

    fitness: float
    generation: int
    objectives: list[float]
    behaviour: list[float]

@type_check_only
class Episode(TypedDict):
    """What came of one unit.

    Where it was asked for, `trace` has 64 bits for each tick, in the machine's byte order: the upper half is
    over what the members sensed, the lower half over what they did. `metrics` are the member's place in the
    unit, the name and the value of what each noted.
    """

    steps: int
    scores: list[float]
    behaviour: list[float]
    trace: bytes
    metrics: list[tuple[int, str, float]]

@final
class Evolution:
    """The ask/tell machine: asks for scores, breeds the next generation, never does I/O by itself."""

    def __new__(cls, config: str, seed: int) -> Evolution:
        """Start a run from a configuration in JSON (see `complete_config`) and a seed of 0 to 2^63 - 1."""
    @staticmethod
    def load(path: str) -> Evolution:
        """Go on from a checkpoint; OSError when it cannot be read, FormatError when it is none."""
    @property
    def generation(self) -> int:
        """The generation being scored, from 0."""
    @property
    def seed(self) -> int: ...
    @property
    def config(self) -> str:
        """The whole configuration, canonical JSON."""
    @property
    def evaluations(self) -> int:
        """Units scored since the run began."""
    @property
    def units(self) -> int:
        """Work units of the present generation."""
    @property
    def units_waiting(self) -> int:
        """Units not handed out yet."""
    def ask(self, count: int) -> WorkBatch | None:
        """Hand out up to `count` units; None while every unit of the generation is out."""
    def tell(self, results: Results) -> Told:
        """Take scores, all or none; when the generation's last one is in, breed the next generation."""
    def release(self, units: Sequence[int]) -> int:
        """Take units back from a worker that is gone; says how many wait again."""
    def ask_again(self, units: Sequence[int]) -> WorkBatch | None:
        """Hand units that are out to somebody else as well, those of them that still want a score."""
    def fail(self, units: Sequence[int]) -> Told:
        """Give up on units that nobody can play; their players are scored below everybody else."""
    @property
    def populations(self) -> list[str]:
        """What the populations are called, in their order."""
    def best_fitness(self, population: int = 0) -> float | None:
        """The score of a population's champion, None before the first generation is scored."""
    def reaches(self, fitness: float) -> bool:
        """Whether the champion is at least as good as that, whichever way fitness gets better."""
    def gallery(self) -> list[Exhibit]:
        """The brains worth keeping: with NSGA-II those whom nobody dominates, with MAP-Elites whoever
        holds a cell, else the champion."""
    def save(self, path: str) -> str:
        """Write a checkpoint durably, or raise OSError; returns its digest."""
    def save_champion(self, path: str, population: int = 0) -> str:
        """Write a population's champion (.evo) durably, or raise OSError; returns its digest."""
    def save_exhibit(self, place: int, path: str) -> str:
        """Write a brain of the gallery (.evo) durably, or raise OSError; returns its digest."""

_Birth = tuple[int, str, int, str, int | None, int | None, int | None, int | None, int | None, float | None]

@final
class Lineage:
    """How members of one population came to be; costs next to nothing until somebody asks."""

    @property
    def population(self) -> str:
        """What the population is called."""
    def __len__(self) -> int: ...
    def rows(self) -> list[_Birth]:
        """A row for each member, with the columns of the view `lineage` in history.sqlite (docs/runs.md):
        generation, population, island, member; how it was made; island, generation and place of its
        parent, the fitter one of two; generation and place of the second; species and fitness of the
        first."""
    def packed(self) -> list[tuple[int, str, int, str, str]]:
        """The same as rows of the table `births`: generation, population, island; members and parents in
        JSON."""

@final
class WorkBatch:
    """Work units together with the genomes they name."""

    @staticmethod
    def from_bytes(data: bytes) -> WorkBatch: ...
    def to_bytes(self) -> bytes:
        """The `genomes` frame."""
    @property
    def units(self) -> list[int]: ...
    @property
    def seeds(self) -> list[int]: ...
    @property
    def ticks(self) -> list[int]: ...
    @property
    def objectives(self) -> list[str]:
        """What each member is scored on; the first is its fitness."""
    @property
    def behaviour(self) -> list[str]:
        """What describes how a member behaved; empty when nobody asks."""
    def members(self, unit: int) -> list[int]:
        """The batch-wide rows of the members of the unit at this place in the batch."""
    def ask_for_traces(self, units: Sequence[int]) -> None:
        """Have whoever plays these units trace them; those that are not in this batch are passed over."""
    def players(self) -> list[list[tuple[str, int]]]:
        """For each unit its members: the name of the population, and the place there."""
    def save_brain(self, member: int, path: str, seed: int, fitness: float) -> str:
        """Write the brain of a member (.evo) durably, or raise OSError; returns its digest. `member` is a
        batch-wide row, `seed` that of the run, `fitness` what it was scored."""
    def think(self, member: int, observations: Sequence[float]) -> list[float]:
        """One step of the network of one member."""
    def think_rows(self, members: NDArray[np.int32], observations: NDArray[np.float32]) -> bytearray:
        """One step of the networks of many members, whose observations stand one after the other; the bytes
        of their actions, float32."""
    def evaluate(self, world: str, threads: int = 1) -> Results:
        """Play every unit in a world of evolve-worlds."""

@final
class Results:
    """Scores of work units, as told to an Evolution or sent as a `results` frame."""

    def __new__(cls) -> Results: ...
    @staticmethod
    def from_bytes(data: bytes) -> Results: ...
    def to_bytes(self) -> bytes: ...
    @property
    def units(self) -> list[int]: ...
    def episode(self, unit: int) -> Episode | None:
        """What came of a unit; None when it is not among these."""
    def add(
        self,
        unit: int,
        scores: Sequence[Sequence[float]],
        steps: int,
        behaviour: Sequence[Sequence[float]] | None = None,
        metrics: Sequence[dict[str, float]] | None = None,
    ) -> None:
        """Scores of one unit: a row of objectives for each member, and a row that describes its behaviour
        where the batch asks for that. `metrics` are named numbers of each member that select nobody."""

@final
class Champion:
    """A brain read from a .evo file."""

    @staticmethod
    def load(path: str) -> Champion: ...
    @property
    def inputs(self) -> list[str]: ...
    @property
    def outputs(self) -> list[str]: ...
    @property
    def fitness(self) -> float: ...
    @property
    def generation(self) -> int: ...
    @property
    def nodes(self) -> list[tuple[int, float, str, str]]:
        """Id, bias, activation, aggregation of each node."""
    @property
    def connections(self) -> list[tuple[int, int, float, bool]]:
        """Source, target, weight, enabled of each connection."""
    @property
    def recurrent(self) -> bool:
        """Whether it remembers its last tick."""
    def to_onnx(self) -> bytes:
        """The bytes of the champion's ONNX model (docs/onnx.md)."""
    def reset(self) -> None:
        """Forget the state of a recurrent network."""
    def think(self, observations: Sequence[float]) -> list[float]: ...

@final
class Policy:
    """A brain of fixed layers, dense or convolutional, whose weights stand as torch has them."""

    def __new__(
        cls,
        layers: str,
        weights: NDArray[np.float32],
        inputs: Sequence[str] = ...,
        outputs: Sequence[str] = ...,
    ) -> Policy:
        """Layers in JSON (spec/FORMAT.md), their weights in torch's order, and names; none for an image."""
    @staticmethod
    def load(path: str) -> Policy:
        """The policy in a .evo file; OSError when it cannot be read, FormatError when it is none."""
    @staticmethod
    def from_onnx(model: bytes) -> Policy:
        """The policy that an ONNX model describes; FormatError when it is none (docs/onnx.md)."""
    def save(self, path: str) -> None:
        """Write it (.evo) durably, or raise OSError."""
    @property
    def inputs(self) -> list[str]: ...
    @property
    def outputs(self) -> list[str]: ...
    @property
    def sizes(self) -> tuple[int, int]:
        """How many numbers it senses, and how many it gives."""
    def to_onnx(self) -> bytes:
        """The bytes of its ONNX model (docs/onnx.md)."""
    def think(self, observations: NDArray[np.float32]) -> bytearray:
        """The bytes of a row of actions, float32, for each row of observations."""

@final
class GraphShape:
    """How large the graph of a whole population is; a session made for one serves whoever fits in."""

    @property
    def genomes(self) -> int: ...
    @property
    def inputs(self) -> int: ...
    @property
    def outputs(self) -> int: ...
    @property
    def depth(self) -> int:
        """How many levels it has."""
    @property
    def slots(self) -> int:
        """How many numbers a row of the whole population has, inputs and all."""
    @property
    def weights(self) -> int:
        """How many weights it has, those of nothing included."""
    @property
    def levels(self) -> list[tuple[int, list[int]]]:
        """Of each level the terms of a neuron, and how many neurons there are by function."""
    def rounded(self) -> GraphShape:
        """The bucket of this shape: every size rounded up to a power of two."""
    def is_wasteful_for(self, need: GraphShape) -> bool:
        """Whether a population that needs that much would be much better off with a graph of its own."""
    def model(self) -> bytes:
        """The ONNX model that runs every population which fits in."""

@final
class PopulationPlan:
    """One population of a batch, compiled for a graph."""

    def __new__(cls, batch: WorkBatch, population: int = 0) -> PopulationPlan: ...
    @property
    def need(self) -> GraphShape:
        """How much room its genomes take."""
    def members(self) -> bytearray:
        """For each member of the batch the place of its genome in the graph, -1 where it runs natively and
        -2 where it is of another population, as the bytes of int32."""
    def tables(self, shape: GraphShape) -> list[tuple[str, bool, list[int], bytearray]] | None:
        """What a session of that shape is given: name, whether it is int32 (else float32), sides, bytes; None
        where the population does not fit in."""

def exhibition(
    champions: Sequence[Champion], config: str, seeds: Sequence[int], units: Sequence[int]
) -> WorkBatch:
    """A unit for each seed in which champions play, one of each population, as many of its kind as meet."""

def complete_config(config: str) -> str:
    """Check a configuration in JSON and fill in every default; canonical JSON."""

def worlds() -> list[str]:
    """Names of the worlds that `WorkBatch.evaluate` knows."""

def world_config(world: str) -> str:
    """The configuration that a world suggests, in JSON."""

def non_dominated_ranks(objectives: NDArray[np.float64], maximise: Sequence[bool] | None = None) -> bytearray:
    """The rank of each row of a table, 0 for the best, as the bytes of int64."""

def crowding_distance(
    objectives: NDArray[np.float64],
    ranks: NDArray[np.int64] | None = None,
    divide_by_objectives: bool = False,
) -> bytearray:
    """The crowding distance of each row within its front, as the bytes of float64."""

def nsga2_select(
    objectives: NDArray[np.float64], count: int, maximise: Sequence[bool] | None = None
) -> bytearray:
    """The indices of the survivors, as the bytes of int64."""

@final
class Nsga2Run:
    """NSGA-II on real vectors, minimising: asks for objectives of rows, and breeds when it is told."""

    def __new__(
        cls, lower: Sequence[float], upper: Sequence[float], population: int, seed: int
    ) -> Nsga2Run: ...
    @property
    def generation(self) -> int:
        """How many generations have been told."""
    @property
    def objectives(self) -> int:
        """How many objectives a row has; 0 before the first was told."""
    def ask(self) -> bytearray:
        """The rows that wait for their objectives, as the bytes of float64."""
    def tell(self, objectives: NDArray[np.float64]) -> None:
        """A row of objectives for each row asked for; keeps the fittest and breeds the next rows."""
    def survivors(self) -> bytearray:
        """The rows that survived last, as the bytes of float64."""
    def scores(self) -> bytearray:
        """The objectives of those who survived last, as the bytes of float64."""

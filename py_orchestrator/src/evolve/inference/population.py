"""A whole population in one call of onnxruntime: worth it on a GPU, or with many rows a genome.

    graph = PopulationGraph()
    graph.load(batch)                                # once a generation
    actions = graph.think(observations, members)     # a row for each agent, as often as you like

Without a GPU the native engine (`WorkBatch.think_rows`) is as quick or quicker; docs/population-graph.md has
the figures.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from evolve._native import GraphShape, PopulationPlan, WorkBatch
from evolve.errors import EvolveUserError
from evolve.inference.population_seats import Seats
from evolve.inference.population_session import PopulationSession, check_providers

__all__ = ["GraphCounters", "PopulationGraph"]

# Sessions that are kept; the one that was used the longest ago goes.
MAXIMUM_SESSIONS: Final = 4
# Larger ones could overflow in a graph, where the engine has an answer.
MAXIMUM_OBSERVATION: Final = 1e9
_FOREIGN: Final = -2


@dataclass
class GraphCounters:
    """What a graph has done so far.

    `genomes_in_graph` and `members_native` are of the generation that is loaded; `steps_native` are steps
    with an observation beyond 1e9.
    """

    generations: int = 0
    sessions_made: int = 0
    genomes_in_graph: int = 0
    members_native: int = 0
    steps: int = 0
    steps_native: int = 0


class PopulationGraph:
    """Runs one population of a batch: sums and means in a graph, whoever else natively."""

    def __init__(
        self, providers: Sequence[str] = ("CPUExecutionProvider",), *, population: int = 0, threads: int = 1
    ) -> None:
        """`population` is a place in the batch; `threads` are those of the runtime on the CPU."""
        check_providers(providers)
        self.counters = GraphCounters()
        self._providers, self._population, self._threads = tuple(providers), population, threads
        self._sessions: list[PopulationSession] = []
        self._session: PopulationSession | None = None
        self._batch: WorkBatch | None = None
        self._genomes = np.zeros(0, np.int32)
        self._need: GraphShape | None = None
        self._seats: Seats | None = None

    @property
    def shape(self) -> GraphShape | None:
        """The shape of the graph in use; None when everybody runs natively."""
        return self._session.shape if self._session else None

    @property
    def generation_bytes(self) -> int:
        """How many bytes were bound when the generation was loaded."""
        return self._session.generation_bytes if self._session else 0

    def load(self, batch: WorkBatch) -> None:
        """Take a generation; makes a session only when none that is kept serves."""
        plan = PopulationPlan(batch, self._population)
        self._genomes = np.frombuffer(plan.members(), np.int32)
        self._batch, self._need, self._seats = batch, plan.need, None
        self._session = self._session_for(plan) if plan.need.genomes else None
        self.counters.generations += 1
        self.counters.genomes_in_graph = plan.need.genomes
        self.counters.members_native = int((self._genomes == -1).sum())

    def think(self, observations: NDArray[np.float32], members: NDArray[np.integer]) -> NDArray[np.float32]:
        """One step: a row of `observations` and a member of the batch for each agent; a row of actions each.

        Agents may share a member, in any order. The recurrent ones among them share what it remembers.
        """
        batch, need = self._loaded()
        seats = self._seat(members)
        peak = _check(observations, len(seats.members), need.inputs)
        self.counters.steps += 1
        if peak > MAXIMUM_OBSERVATION:
            self.counters.steps_native += 1
            return _natively(batch, seats.members, observations, need.outputs)
        actions = np.empty((len(observations), need.outputs), np.float32)
        if len(seats.seated) and self._session:
            self._run(self._session, seats, observations, actions)
        if len(seats.native):
            members, rows = seats.members[seats.native], observations[seats.native]
            actions[seats.native] = _natively(batch, members, rows, need.outputs)
        return actions

    def _run(
        self,
        session: PopulationSession,
        seats: Seats,
        observations: NDArray[np.float32],
        actions: NDArray[np.float32],
    ) -> None:
        given, taken = session.buffers(seats.rows)
        given, taken = given.reshape(-1, given.shape[2]), taken.reshape(-1, taken.shape[2])
        if seats.in_order:
            given[: len(observations)] = observations
        else:
            given[seats.places] = observations[seats.seated]
        session.run(seats.rows)
        if seats.in_order:
            actions[...] = taken[: len(actions)]
        else:
            actions[seats.seated] = taken[seats.places]

    def _session_for(self, plan: PopulationPlan) -> PopulationSession:
        """The smallest one with room, with the generation in it; a new one where none has."""
        for session in sorted(self._sessions, key=lambda session: session.shape.weights):
            wasteful = session.shape.is_wasteful_for(plan.need)
            tables = None if wasteful else plan.tables(session.shape)
            if tables is not None:
                break
        else:
            session = PopulationSession(plan.need.rounded(), self._providers, self._threads)
            tables = plan.tables(session.shape) or []
            self.counters.sessions_made += 1
        others = [kept for kept in self._sessions if kept is not session]
        self._sessions = [*others[1 - MAXIMUM_SESSIONS :], session]
        session.load(tables)
        return session

    def _seat(self, members: NDArray[np.integer]) -> Seats:
        if self._seats is not None and np.array_equal(self._seats.members, members):
            return self._seats
        given = np.asarray(members)
        if given.ndim != 1 or given.dtype.kind not in "iu":
            raise EvolveUserError(
                f"members is {given.dtype} {list(given.shape)}, but must be a list of whole numbers"
            )
        wrong = given[(given < 0) | (given >= len(self._genomes))]
        if len(wrong):
            raise EvolveUserError(f"there is no member {wrong[0]}: the batch has {len(self._genomes)}")
        genomes = self._genomes[given]
        if (genomes == _FOREIGN).any():
            stranger = given[genomes == _FOREIGN][0]
            raise EvolveUserError(
                f"member {stranger} is of another population than {self._population}: make a graph for each"
            )
        self._seats = Seats.of(given.astype(np.int32), genomes)
        return self._seats

    def _loaded(self) -> tuple[WorkBatch, GraphShape]:
        if self._batch is None or self._need is None:
            raise EvolveUserError("nothing is loaded: hand a batch to load() before the first step")
        return self._batch, self._need


def _natively(
    batch: WorkBatch, members: NDArray[np.int32], observations: NDArray[np.float32], outputs: int
) -> NDArray[np.float32]:
    return np.frombuffer(batch.think_rows(members, observations), np.float32).reshape(-1, outputs)


def _check(observations: NDArray[np.float32], agents: int, inputs: int) -> float:
    """Refuse what is no row of finite numbers for each agent; gives the size of the largest."""
    given = np.asarray(observations)
    if given.dtype != np.float32 or given.shape != (agents, inputs):
        raise EvolveUserError(
            f"observations is {given.dtype} {list(given.shape)}, but must be float32 [{agents}, {inputs}]: "
            f"a row for each of the members"
        )
    # A NaN is the largest of all.
    peak = float(max(given.max(initial=0), -given.min(initial=0)))
    if math.isfinite(peak):
        return peak
    agent, place = np.argwhere(~np.isfinite(given))[0]
    raise EvolveUserError(
        f"observation {place} of agent {agent} is {given[agent, place]}, but must be finite"
    )

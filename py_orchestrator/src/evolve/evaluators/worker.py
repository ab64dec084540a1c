"""Joins a run that goes on elsewhere and plays episodes for it until it is over.

The evaluator runs in the thread that calls `work`; beside it, the connection is read by a thread of its own.
"""

import os
import platform
import time
from functools import cached_property
from typing import TYPE_CHECKING, Final

from evolve.errors import EvaluatorFailed, EvolveUserError
from evolve.evaluators.line import Line, Over
from evolve.evaluators.loading import Evaluator, evaluator_of, load_evaluator
from evolve.evaluators.playing import Play, each_played, own_generators
from evolve.protocol.messages import ErrorMessage, HelloMessage, PullMessage, Stop, WelcomeMessage

if TYPE_CHECKING:
    from evolve._native import Results, WorkBatch

# Units that wait here while others are played; the run hands out less when there is less.
CAPACITY: Final = 256
# Results of slow episodes go out in the meantime, so that the run knows that somebody is at work.
_SECONDS_BETWEEN_RESULTS: Final = 0.1
_LONGEST_SENTENCE: Final = 4_000
_SECONDS_FOR_LAST_WORDS: Final = 2.0


class Worker:
    """Plays episodes for a run of another process, on this machine.

        evolve.Worker("my_game.py:play", server="ws://127.0.0.1:40000/worker", token="…").work()

    `evolve train my_game.py:play --guests` says both; without them, the environment's EVOLVE_SERVER and
    EVOLVE_TOKEN count. The evaluator must be the one that the run trains, to the letter: other sources are
    refused. A worker may leave whenever it likes, and others play what it held. It changes no score.
    """

    def __init__(self, evaluator: str | Play, *, server: str | None = None, token: str | None = None) -> None:
        self._evaluator = evaluator
        self._server = _given(server, "EVOLVE_SERVER", "server")
        self._token = _given(token, "EVOLVE_TOKEN", "token")
        # Episodes played, and when the one under way began.
        self.episodes = 0
        self.busy_since: float | None = None

    def work(self) -> int:
        """Work until the run is over; returns how many episodes were played."""
        try:
            evaluator = self.evaluator
        except EvolveUserError as error:
            self._complain(error)
            raise
        line = Line.open(self._server, self._token, self.hung_up)
        try:
            self._converse(line, evaluator)
        except Over:
            pass
        except EvaluatorFailed as error:
            self.failed(error)
            _say_fault(line, error)
            raise
        except MemoryError as error:
            line.drop()  # what it held is judged as that of a worker that was killed for its hunger
            raise EvaluatorFailed(f"{evaluator.title} ran out of memory in an episode") from error
        finally:
            self.busy_since = None
            line.close()
        return self.episodes

    @cached_property
    def evaluator(self) -> Evaluator:
        """What it plays with."""
        one = self._evaluator
        return load_evaluator(one) if isinstance(one, str) else evaluator_of(one)

    def failed(self, error: EvolveUserError) -> None:
        """The evaluator is at fault; called before the run hears of it and ends."""

    def hung_up(self) -> None:
        """Nothing more will come; called by another thread. An episode under way is played to its end."""

    def _complain(self, error: EvolveUserError) -> None:
        """An evaluator that cannot even be loaded ends the run with that sentence."""
        self.failed(error)
        line = Line.open(self._server, self._token, self.hung_up)
        try:
            _say_fault(line, error)
        finally:
            line.close()

    def _converse(self, line: Line, evaluator: Evaluator) -> None:
        from evolve._native import WorkBatch

        line.say(hello(evaluator))
        if not isinstance(line.receive(), WelcomeMessage):
            raise EvolveUserError("the run sent work before it welcomed this worker")
        for _ in range(2):
            line.say(PullMessage(units=CAPACITY))
        with own_generators():
            while True:
                frame = line.receive()
                if isinstance(frame, bytes):
                    self._play(line, WorkBatch.from_bytes(frame), evaluator)

    def _play(self, line: Line, batch: "WorkBatch", evaluator: Evaluator) -> None:
        from evolve._native import Results

        results, count = Results(), 0
        sent = self.busy_since = time.monotonic()
        for played in each_played(batch, evaluator.function):
            results.add(*played)
            count += 1
            self.busy_since = time.monotonic()
            if self.busy_since - sent > _SECONDS_BETWEEN_RESULTS:
                self._answer(line, results, count)
                results, count, sent = Results(), 0, self.busy_since
        self.busy_since = None
        self._answer(line, results, count)

    def _answer(self, line: Line, results: "Results", count: int) -> None:
        if count:
            self.episodes += count
            line.send(results.to_bytes())
            line.say(PullMessage(units=count))


def hello(evaluator: Evaluator) -> HelloMessage:
    """How a worker introduces itself: everything that two workers must have in common."""
    from evolve import _native

    declaration = evaluator.declaration
    return HelloMessage(
        scene=evaluator.title,
        scene_digest=evaluator.digest or "0" * 64,
        engine=f"Python {platform.python_version()}",
        library=_native.__version__,
        capacity=CAPACITY,
        config=declaration.config,
        stop=Stop(generations=declaration.generations, fitness=declaration.fitness),
    )


def _say_fault(line: Line, error: EvolveUserError) -> None:
    try:
        line.say(ErrorMessage(reason=str(error)[:_LONGEST_SENTENCE]))
    except (Over, EvolveUserError):
        return
    line.wait_for_end(_SECONDS_FOR_LAST_WORDS)


def _given(value: str | None, variable: str, what: str) -> str:
    found = value or os.environ.get(variable)
    if not found:
        raise EvolveUserError(
            f"a worker needs the {what} of a run, which 'evolve train … --guests' says: "
            f"give {what}=, or put it into the environment's {variable}"
        )
    return found

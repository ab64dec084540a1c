"""Requests of many callers, computed together.

Whatever arrives within one turn of the event loop is one batch: the first request asks the loop to come back
when the turn is over. No timer is needed, and nobody who is alone waits. A delay may be configured for models
that gain more from large batches than callers lose.
"""

import asyncio
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np

from evolve.serving.errors import ModelFailed, NotReady, Overloaded, ServingError, TooSlow
from evolve.serving.model import Lane, Model
from evolve.serving.statistics import Statistics
from evolve.serving.tensors import Array

if TYPE_CHECKING:
    from onnxruntime import RunOptions

# Called with the outputs in the model's order, or with what went wrong.
Done = Callable[[list[Array] | None, ServingError | None], None]


@dataclass(frozen=True)
class BatchSettings:
    """How requests are put together."""

    maximum_rows: int = 4_096
    # Seconds to wait for company; 0 computes what one turn of the loop has brought.
    delay: float = 0.0
    # Rows that may wait or be under way before callers are turned away.
    queue_rows: int = 65_536
    # Seconds after which a model is told to give up.
    deadline: float = 30.0


@dataclass(slots=True)
class _Request:
    feeds: Sequence[Array]
    rows: int
    done: Done
    arrived: float
    # More than one when a door has put requests together already.
    requests: int = 1
    is_cancelled: bool = False


@dataclass(slots=True)
class Ticket:
    """A request that was taken; cancelling frees its place."""

    _request: _Request

    def cancel(self) -> None:
        self._request.is_cancelled = True


@dataclass
class Batcher:
    """The queue of one version of a model."""

    model: Model
    settings: BatchSettings
    clock: Callable[[], float] = time.perf_counter
    statistics: Statistics = field(default_factory=Statistics)

    def __post_init__(self) -> None:
        self._loop = asyncio.get_running_loop()
        self._queue: list[_Request] = []
        self._rows = 0
        self._is_flush_due = False
        self._is_closed = False
        self._names = [spec.name for spec in self.model.outputs]
        self._feeds = [spec.name for spec in self.model.inputs]
        self._tasks: set[asyncio.Task[None]] = set()
        self._idle = asyncio.Event()
        self._idle.set()

    def submit(self, feeds: Sequence[Array], rows: int, done: Done, requests: int = 1) -> Ticket:
        """Take inputs in the model's order, checked; `done` is called once, from the event loop.

        The rows may be of several requests that the caller keeps apart.

        Raises Overloaded or NotReady, and then `done` is never called.
        """
        if self._is_closed:
            raise NotReady(f"version {self.model.version} of {self.model.name} is being unloaded")
        if self._rows + rows > self.settings.queue_rows and self._rows:
            self.statistics.refused += requests
            raise Overloaded(
                f"{self._rows} rows wait for {self.model.name} already: come again a little later"
            )
        request = _Request(feeds, rows, done, self.clock(), requests)
        self._queue.append(request)
        self._rows += rows
        self._idle.clear()
        if not self._is_flush_due:
            self._is_flush_due = True
            if self.settings.delay:
                self._loop.call_later(self.settings.delay, self._flush)
            else:
                self._loop.call_soon(self._flush)
        return Ticket(request)

    async def infer(self, feeds: Sequence[Array], rows: int) -> list[Array]:
        """The same for whoever can wait."""
        future: asyncio.Future[list[Array]] = self._loop.create_future()

        def done(outputs: list[Array] | None, error: ServingError | None) -> None:
            if not future.done():
                if error is not None:
                    future.set_exception(error)
                elif outputs is not None:
                    future.set_result(outputs)

        ticket = self.submit(feeds, rows, done)
        try:
            return await future
        except asyncio.CancelledError:
            ticket.cancel()
            raise

    async def drain(self) -> None:
        """Take nothing more, and wait until everything that was taken is answered."""
        self._is_closed = True
        await self._idle.wait()

    def abort(self) -> None:
        """Stop what is being computed; whoever waits for it is told."""
        for task in self._tasks:
            task.cancel()

    def _flush(self) -> None:
        self._is_flush_due = False
        queue, self._queue = self._queue, []
        for batch in _batches(self._alive(queue), self.settings.maximum_rows, self.model.batches):
            lane = self.model.least_loaded()
            lane.rows += sum(request.rows for request in batch)
            if lane.is_inline:
                self._compute(lane, batch)
            else:
                task = self._loop.create_task(self._compute_aside(lane, batch))
                self._tasks.add(task)
                task.add_done_callback(self._tasks.discard)

    def _alive(self, queue: Sequence[_Request]) -> list[_Request]:
        alive = []
        for request in queue:
            if request.is_cancelled:
                self._forget(request.rows)
            else:
                alive.append(request)
        return alive

    def _compute(self, lane: Lane, batch: list[_Request]) -> None:
        started = self.clock()
        try:
            outputs = lane.run(self._names, self._gather(batch))
        except ServingError as error:
            self._answer(lane, batch, None, error, started)
        else:
            self._answer(lane, batch, outputs, None, started)

    async def _compute_aside(self, lane: Lane, batch: list[_Request]) -> None:
        import onnxruntime

        started = self.clock()
        options: RunOptions = onnxruntime.RunOptions()
        deadline = self._loop.call_later(self.settings.deadline, setattr, options, "terminate", True)
        try:
            outputs = await lane.run_aside(self._names, self._gather(batch), options)
        except ServingError as error:
            late = self.clock() - started >= self.settings.deadline
            sentence = f"{self.model.name} was not done within {self.settings.deadline:g} s"
            self._answer(lane, batch, None, TooSlow(sentence) if late else error, started)
        except BaseException:
            # Nobody waits for it any more, and a thread that computes would outlive the program.
            options.terminate = True
            self._answer(lane, batch, None, ModelFailed(f"{self.model.name} was stopped"), started)
            raise
        else:
            self._answer(lane, batch, outputs, None, started)
        finally:
            deadline.cancel()

    def _gather(self, batch: Sequence[_Request]) -> dict[str, Array]:
        if len(batch) == 1:
            return dict(zip(self._feeds, batch[0].feeds, strict=True))
        columns = zip(*(request.feeds for request in batch), strict=True)
        return {name: np.concatenate(column) for name, column in zip(self._feeds, columns, strict=True)}

    def _answer(
        self,
        lane: Lane,
        batch: Sequence[_Request],
        outputs: list[Array] | None,
        error: ServingError | None,
        started: float,
    ) -> None:
        rows = sum(request.rows for request in batch)
        ended = self.clock()
        lane.rows -= rows
        self._count(batch, rows, error, started, ended)
        first = 0
        for request in batch:
            last = first + request.rows
            mine = outputs if outputs is None or len(batch) == 1 else [one[first:last] for one in outputs]
            first = last
            self._forget(request.rows)
            if not request.is_cancelled:
                request.done(mine, error)

    def _count(
        self, batch: Sequence[_Request], rows: int, error: ServingError | None, started: float, ended: float
    ) -> None:
        statistics = self.statistics
        requests = sum(request.requests for request in batch)
        statistics.requests += requests
        statistics.rows += rows
        statistics.batches += 1
        statistics.failures += requests if error is not None else 0
        statistics.last_request = time.time()
        statistics.compute.note(ended - started)
        statistics.batch.note(rows)
        for request in batch:
            statistics.queue.note(started - request.arrived, request.requests)

    def _forget(self, rows: int) -> None:
        self._rows -= rows
        if not self._rows:
            self._idle.set()


def _batches(queue: Sequence[_Request], maximum_rows: int, together: bool) -> list[list[_Request]]:
    """Requests in their order, cut where a batch would have too many rows."""
    if not together:
        return [[request] for request in queue]
    batches: list[list[_Request]] = []
    rows = 0
    for request in queue:
        if not batches or rows + request.rows > maximum_rows or not _alike(batches[-1][0], request):
            batches.append([])
            rows = 0
        batches[-1].append(request)
        rows += request.rows
    return batches


def _alike(one: _Request, other: _Request) -> bool:
    """Whether all dimensions but the rows agree: some models leave more of them open."""
    return all(
        mine.shape[1:] == theirs.shape[1:] for mine, theirs in zip(one.feeds, other.feeds, strict=True)
    )

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


@dataclass(slots=True, eq=False)
class Ticket:
    """A request that was taken; cancelling frees its place."""

    feeds: Sequence[Array]
    rows: int
    done: Done
    arrived: float
    # More than one when a door has put requests together already.
    requests: int = 1
    is_cancelled: bool = False

    def cancel(self) -> None:
        self.is_cancelled = True


@dataclass(slots=True, eq=False)
class _Batch:
    """Requests that are computed together."""

    tickets: list[Ticket]
    rows: int = 0


@dataclass
class Batcher:
    """The queue of one version of a model."""

    model: Model
    settings: BatchSettings
    clock: Callable[[], float] = time.perf_counter
    statistics: Statistics = field(default_factory=Statistics)

    def __post_init__(self) -> None:
        self._loop = asyncio.get_running_loop()
        self._queue: list[Ticket] = []
        self._rows = 0
        self._is_flush_due = False
        self._is_closed = False
        self._names = [spec.name for spec in self.model.outputs]
        self._feeds = [spec.name for spec in self.model.inputs]
        # Some models leave more dimensions open than that of the rows.
        self._are_alike = all(-1 not in spec.shape[1:] for spec in self.model.inputs)
        self._tasks: set[asyncio.Task[None]] = set()
        self._idle = asyncio.Event()
        self._idle.set()

    @property
    def rows(self) -> int:
        """Rows that wait or are being computed."""
        return self._rows

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
        ticket = Ticket(feeds, rows, done, self.clock(), requests)
        self._queue.append(ticket)
        self._rows += rows
        if not self._is_flush_due:
            self._plan_flush()
        return ticket

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

    def _plan_flush(self) -> None:
        self._is_flush_due = True
        self._idle.clear()
        if self.settings.delay:
            self._loop.call_later(self.settings.delay, self._flush)
        else:
            self._loop.call_soon(self._flush)

    def _flush(self) -> None:
        self._is_flush_due = False
        queue, self._queue = self._queue, []
        for batch in self._batches(queue):
            lane = self.model.least_loaded()
            lane.rows += batch.rows
            if lane.is_inline:
                self._compute(lane, batch)
            else:
                task = self._loop.create_task(self._compute_aside(lane, batch))
                self._tasks.add(task)
                task.add_done_callback(self._tasks.discard)

    def _batches(self, queue: Sequence[Ticket]) -> list[_Batch]:
        """Requests in their order, cut where a batch would have too many rows."""
        batches: list[_Batch] = []
        rows_left = -1
        for ticket in queue:
            if ticket.is_cancelled:
                self._forget(ticket.rows)
                continue
            rows_left -= ticket.rows
            if rows_left < 0 or not (self._are_alike or _alike(batches[-1].tickets[0], ticket)):
                batches.append(_Batch([]))
                rows_left = (self.settings.maximum_rows if self.model.batches else 0) - ticket.rows
            batches[-1].tickets.append(ticket)
            batches[-1].rows += ticket.rows
        return batches

    def _compute(self, lane: Lane, batch: _Batch) -> None:
        started = self.clock()
        try:
            outputs = lane.run(self._names, self._gather(batch))
        except ServingError as error:
            self._answer(lane, batch, None, error, started)
        else:
            self._answer(lane, batch, outputs, None, started)

    async def _compute_aside(self, lane: Lane, batch: _Batch) -> None:
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

    def _gather(self, batch: _Batch) -> dict[str, Array]:
        if len(batch.tickets) == 1:
            return dict(zip(self._feeds, batch.tickets[0].feeds, strict=True))
        columns = zip(*[ticket.feeds for ticket in batch.tickets], strict=True)
        return {name: np.concatenate(column) for name, column in zip(self._feeds, columns, strict=True)}

    def _answer(
        self,
        lane: Lane,
        batch: _Batch,
        outputs: list[Array] | None,
        error: ServingError | None,
        started: float,
    ) -> None:
        lane.rows -= batch.rows
        self._count(batch, error, started, self.clock())
        self._forget(batch.rows)
        is_shared = outputs is not None and len(batch.tickets) > 1
        first = 0
        for ticket in batch.tickets:
            last = first + ticket.rows
            if not ticket.is_cancelled:
                mine = [one[first:last] for one in outputs] if outputs and is_shared else outputs
                ticket.done(mine, error)
            first = last

    def _count(self, batch: _Batch, error: ServingError | None, started: float, ended: float) -> None:
        statistics = self.statistics
        requests = [ticket.requests for ticket in batch.tickets]
        asked = sum(requests)
        statistics.requests += asked
        statistics.rows += batch.rows
        statistics.batches += 1
        statistics.failures += asked if error is not None else 0
        statistics.last_request = time.time()
        statistics.compute.note(ended - started)
        statistics.batch.note(batch.rows)
        statistics.queue.note_all([started - ticket.arrived for ticket in batch.tickets], requests)

    def _forget(self, rows: int) -> None:
        self._rows -= rows
        if not self._rows:
            self._idle.set()


def _alike(one: Ticket, other: Ticket) -> bool:
    """Whether all dimensions but the rows agree."""
    return all(
        mine.shape[1:] == theirs.shape[1:] for mine, theirs in zip(one.feeds, other.feeds, strict=True)
    )

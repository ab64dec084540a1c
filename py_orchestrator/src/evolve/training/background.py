"""A job in a thread of its own, for whoever wants to look on: reports can be taken in the meantime.

Also for callers whose own thread has an event loop that runs already, as a notebook's has.
"""

import atexit
import queue
import threading
from collections.abc import Iterator
from typing import TYPE_CHECKING, Final, Self, TypeAlias

from evolve.training.job import Job, Outcome

if TYPE_CHECKING:
    from evolve._native import GenerationReport

# What the job's display puts in; None is the end.
Reports: TypeAlias = "queue.SimpleQueue[GenerationReport | None]"
# Ctrl-C is heard between two looks, also where waiting for a queue cannot be interrupted (Windows).
_SECONDS_BETWEEN_LOOKS: Final = 0.2


class Background:
    """Trains between `with` and its end; leaving early asks the job to end, and waits until it has."""

    def __init__(self, job: Job, reports: Reports) -> None:
        self._job = job
        self._reports = reports
        self._outcome: Outcome | None = None
        self._error: BaseException | None = None
        # A daemon, or a program that failed in the middle of its loop would train to the end before it ends.
        self._thread = threading.Thread(target=self._train, name="evolve-run", daemon=True)

    def __enter__(self) -> Self:
        atexit.register(self._end)
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._end()
        atexit.unregister(self._end)

    def __iter__(self) -> Iterator["GenerationReport"]:
        """Each report once it is there, until the job is over."""
        while True:
            try:
                report = self._reports.get(timeout=_SECONDS_BETWEEN_LOOKS)
            except queue.Empty:
                continue
            if report is None:
                return
            yield report

    def outcome(self) -> Outcome:
        """Wait for what came of the job; raises what it raised."""
        while self._thread.is_alive():
            self._thread.join(_SECONDS_BETWEEN_LOOKS)
        if self._error is not None:
            raise self._error
        if self._outcome is None:
            raise RuntimeError("the job ended without an outcome")
        return self._outcome

    def _train(self) -> None:
        try:
            self._outcome = self._job.train()
        except BaseException as error:  # it is raised again where somebody hears it
            self._error = error
        finally:
            self._reports.put(None)

    def _end(self) -> None:
        if self._thread.is_alive():
            self._job.stop()
            self._thread.join()

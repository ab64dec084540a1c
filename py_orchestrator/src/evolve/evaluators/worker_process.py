"""A worker that is a process of its own: it leaves the moment the run is over, and does not hang for ever."""

import os
import sys
import threading
import time
import traceback
from collections.abc import Callable
from typing import Final

from evolve.errors import EvolveUserError
from evolve.evaluators.worker import Worker

_SECONDS_BETWEEN_LOOKS: Final = 0.5


class ProcessWorker(Worker):
    """Ends its process from another thread when there is nobody to play for, or no end to an episode.

    `farewell` is told how many episodes were played, however it ends, unless it ends in a fault.
    """

    def __init__(self, evaluator: str, *, server: str | None, farewell: Callable[[int], None]) -> None:
        super().__init__(evaluator, server=server)
        self._farewell = farewell

    def hung_up(self) -> None:
        if self.busy_since is not None:
            self._farewell(self.episodes)
            _leave(0)

    def work(self) -> int:
        threading.Thread(target=self._watch, name="evolve-watch", daemon=True).start()
        episodes = super().work()
        self._farewell(episodes)
        return episodes

    def failed(self, error: EvolveUserError) -> None:
        if error.__cause__ is not None:
            traceback.print_exception(error.__cause__)

    def _watch(self) -> None:
        playing = threading.main_thread().ident
        while True:
            time.sleep(_SECONDS_BETWEEN_LOOKS)
            since = self.busy_since
            if since is None or time.monotonic() - since <= (patience := self.evaluator.declaration.patience):
                continue
            # The sentence comes last: the end of the log is what a person is shown.
            for number, frame in sys._current_frames().items():
                if number == playing:
                    traceback.print_stack(frame)
            sys.stderr.write(
                f"An episode is under way for more than {patience:g} s, here. It counts as hung: "
                "patience= of the evaluator sets another limit.\n"
            )
            _leave(1)


def _leave(code: int) -> None:
    """End now: the thread that computes can be waited for no longer."""
    sys.stdout.flush()
    sys.stderr.flush()
    os._exit(code)

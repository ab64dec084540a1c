"""Shows how a run is going, on stderr: live in a terminal, plain lines anywhere else."""

import time
from collections.abc import Callable
from typing import Final, Protocol

from rich.console import Console
from rich.live import Live
from rich.progress_bar import ProgressBar
from rich.table import Table
from rich.text import Text

from evolve.training.run import Progress, Watcher

_LIVE_SECONDS: Final = 0.1
_LINE_SECONDS: Final = 1.0


class Display(Watcher, Protocol):
    """A watcher that has an end."""

    def close(self) -> None: ...


def make_display(quiet: bool = False) -> Display:
    """Pick the display that suits where stderr goes."""
    console = Console(stderr=True)
    if quiet:
        return QuietDisplay(console)
    return LiveDisplay(console) if console.is_terminal else PlainDisplay(console)


class QuietDisplay:
    """Says sentences, and nothing about generations."""

    def __init__(self, console: Console) -> None:
        self._console = console

    def generation(self, progress: Progress) -> None:
        pass

    def note(self, sentence: str) -> None:
        say(self._console, sentence)

    def close(self) -> None:
        pass


class PlainDisplay(QuietDisplay):
    """A line now and then: the first generation, at most one a second, and the last."""

    def __init__(self, console: Console, clock: Callable[[], float] = time.monotonic) -> None:
        super().__init__(console)
        self._clock = clock
        self._next = clock()
        self._held: Progress | None = None

    def generation(self, progress: Progress) -> None:
        self._held = progress
        if self._clock() >= self._next:
            self._next = self._clock() + _LINE_SECONDS
            self._print()

    def close(self) -> None:
        self._print()

    def _print(self) -> None:
        progress, self._held = self._held, None
        if progress is not None:
            say(self._console, f"{headline(progress)}: {', '.join(figures(progress))}")


class LiveDisplay(QuietDisplay):
    """A bar and the figures, redrawn in place; on a narrow terminal the figures take more lines."""

    def __init__(self, console: Console, clock: Callable[[], float] = time.monotonic) -> None:
        super().__init__(console)
        self._clock = clock
        self._next = clock()
        # No refresh thread: drawn when there is news, and a run starts processes, which threads complicate.
        self._live = Live(console=console, auto_refresh=False)
        self._held: Progress | None = None

    def generation(self, progress: Progress) -> None:
        self._held = progress
        if self._clock() >= self._next:
            self._next = self._clock() + _LIVE_SECONDS
            self._draw()

    def close(self) -> None:
        self._draw()
        self._live.stop()

    def _draw(self) -> None:
        progress, self._held = self._held, None
        if progress is not None:
            if not self._live.is_started:
                self._live.start()
            self._live.update(picture(progress), refresh=True)


def picture(progress: Progress) -> Table:
    """Draw a run as a headline, a bar and its figures."""
    done = progress.report["generation"] + 1
    table = Table.grid(expand=True)  # a bar outside of a table does not end its line
    table.add_row(Text(headline(progress), style="bold", overflow="fold"))
    table.add_row(ProgressBar(total=progress.goal.generations, completed=done))
    table.add_row(Text("   ".join(figures(progress)), overflow="fold"))
    return table


def headline(progress: Progress) -> str:
    return f"generation {progress.report['generation'] + 1} of {progress.goal.generations}"


def figures(progress: Progress) -> list[str]:
    """Say the figures that a person watches."""
    report = progress.report
    species = len(report["species"])
    return [
        f"best {report['best_ever']:.6g}",
        f"mean {report['mean']:.6g}",
        f"{species} species",
        f"{progress.steps_per_second:,.0f} steps/s",
        f"{duration(progress.seconds_left)} left",
    ]


def duration(seconds: float) -> str:
    """Say a time the way a clock does: 0:07, 12:30, 1:02:03."""
    minutes, rest = divmod(round(seconds), 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours}:{minutes:02d}:{rest:02d}" if hours else f"{minutes}:{rest:02d}"


def say(console: Console, sentence: str) -> None:
    # soft_wrap: a line stays one line in a file, whatever width rich assumes for it.
    console.print(sentence, markup=False, highlight=False, soft_wrap=True)

"""What a model has done so far: counted once, told by every door and by the metrics."""

from bisect import bisect_left
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Final

# Upper bounds of the histograms, in seconds and in rows.
SECONDS: Final = (0.0001, 0.00025, 0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5)
ROWS: Final = (1, 2, 4, 8, 16, 32, 64, 128, 256, 512, 1024, 4096)


@dataclass
class Histogram:
    """Observations counted by upper bound."""

    bounds: tuple[float, ...]
    counts: list[int] = field(default_factory=list)
    sum: float = 0.0
    count: int = 0

    def __post_init__(self) -> None:
        self.counts = [0] * (len(self.bounds) + 1)

    def note(self, value: float, times: int = 1) -> None:
        self.counts[bisect_left(self.bounds, value)] += times
        self.sum += value * times
        self.count += times

    def note_all(self, values: Sequence[float], times: Sequence[int]) -> None:
        """Many at once, in a third of the time."""
        bounds, counts = self.bounds, self.counts
        for value, often in zip(values, times, strict=True):
            counts[bisect_left(bounds, value)] += often
            self.sum += value * often
        self.count += sum(times)


@dataclass
class Statistics:
    """Of one version of a model, since it was loaded."""

    requests: int = 0
    failures: int = 0
    refused: int = 0
    rows: int = 0
    batches: int = 0
    last_request: float = 0.0
    queue: Histogram = field(default_factory=lambda: Histogram(SECONDS))
    compute: Histogram = field(default_factory=lambda: Histogram(SECONDS))
    batch: Histogram = field(default_factory=lambda: Histogram(ROWS))

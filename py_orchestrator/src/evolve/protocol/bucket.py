"""A token bucket: so much at once, so much a second after that. It is told what time it is."""

from collections.abc import Callable


class Bucket:
    """Full at the beginning; fills up again by itself, and whoever deserves it fills it sooner."""

    def __init__(self, at_once: float, per_second: float, clock: Callable[[], float]) -> None:
        self._at_once = at_once
        self.per_second = per_second
        self._clock = clock
        self._level = at_once
        self._seen = clock()

    def take(self) -> bool:
        """Take one out; False when there is none."""
        return self.take_many(1) == 1

    def take_many(self, count: int) -> int:
        """Take so many out, or as many as there are; gives how many that was."""
        now = self._clock()
        self.give((now - self._seen) * self.per_second)
        self._seen = now
        taken = min(count, int(self._level))
        self._level -= taken
        return taken

    def give(self, amount: float) -> None:
        """Put some in, as far as it holds them."""
        self._level = min(self._at_once, self._level + amount)

    def seconds_to_wait(self) -> float:
        """How long it takes until there is one to take."""
        return max(0.0, (1 - self._level) / self.per_second)

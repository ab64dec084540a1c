"""How much of their time workers had units to play: below some 95 % a run waits for itself."""

from dataclasses import dataclass


@dataclass
class Occupation:
    """Sums over the workers of a run, guests and spectators left out."""

    busy_seconds: float = 0.0
    present_seconds: float = 0.0

    def add(self, busy_seconds: float, present_seconds: float) -> None:
        """Somebody has left."""
        self.busy_seconds += min(busy_seconds, present_seconds)
        self.present_seconds += present_seconds

    @property
    def share(self) -> float | None:
        """From 0 to 1; None when nobody was there."""
        return self.busy_seconds / self.present_seconds if self.present_seconds > 0 else None

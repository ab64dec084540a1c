"""A visitor whom the doors of tests let in, or not."""

from dataclasses import dataclass

from evolve.serving.doors import Refusal


@dataclass
class Visiting:
    """Asks as often as he likes."""

    refusal: Refusal | None = None

    def look(self) -> Refusal | None:
        return self.refusal

    def take(self, count: int) -> int:
        return count

    def too_fast(self) -> Refusal:
        raise AssertionError("nobody was too fast")

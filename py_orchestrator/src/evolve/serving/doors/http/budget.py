"""What the connections of the HTTP door share: memory for bodies, and the heads that came before."""

from dataclasses import dataclass, field, replace

from evolve.serving.doors.http import limits
from evolve.serving.doors.http.messages import Head


@dataclass
class Budget:
    """Shared by all connections: memory for bodies, and the heads that came before.

    A caller sends the same head again and again. What it says follows from its bytes alone, so it is parsed
    once: 4 headers take 10 µs.
    """

    free: int = limits.MAXIMUM_HELD
    heads: dict[bytes, Head] = field(default_factory=dict)

    def remember(self, data: bytes, head: Head, length: int) -> None:
        if len(self.heads) >= limits.MAXIMUM_HEADS:
            self.heads.clear()
        self.heads[data] = replace(head, length=length, is_known=True)

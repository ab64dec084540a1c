"""What a client has done so far."""

from dataclasses import dataclass


@dataclass
class Counters:
    """Since the client was made."""

    requests: int = 0
    rows: int = 0
    # Refused, timed out or unreachable.
    failures: int = 0
    # Connections made after the first one.
    reconnections: int = 0
    # From asking to having the answer, summed over requests: those under way at the same time count each.
    seconds: float = 0.0

"""How much a caller may ask of us for nothing. Callers who do so by mistake never come near it.

Calls that are opened and taken back at once, pings, settings, windows and empty frames cost the caller a few
bytes and us a little work: what brings data, or waits for an answer, makes up for some of them.
"""

from evolve.serving.http2 import limits
from evolve.serving.http2.frames import ConnectionFault, Problem


class Patience:
    """Of one connection."""

    def __init__(self) -> None:
        self._resets = 0
        self._trifles = 0

    def reset(self) -> None:
        """A call ended before its answer, by the caller or by a mistake of his."""
        self._resets += 1
        if self._resets > limits.MAXIMUM_RESETS:
            raise ConnectionFault(Problem.ENHANCE_YOUR_CALM, "too many calls were begun and taken back")

    def trifle(self) -> None:
        """A frame brought nothing."""
        self._trifles += 1
        if self._trifles > limits.MAXIMUM_TRIFLES:
            raise ConnectionFault(Problem.ENHANCE_YOUR_CALM, "too many frames brought nothing")

    def moved(self) -> None:
        """A frame brought data, or took some."""
        if self._trifles:
            self._trifles = max(0, self._trifles - limits.FORGIVEN_A_FRAME)

    def answered(self) -> None:
        """A call has its answer."""
        if self._resets:
            self._resets -= 1

    def rest(self) -> None:
        """A second has gone by."""
        self._resets = max(0, self._resets - limits.FORGIVEN_A_SECOND)
        self._trifles = max(0, self._trifles - limits.FORGIVEN_A_SECOND)

"""What the other side can get wrong so badly that the connection closes."""

from evolve.serving.frames import limits


class ProtocolError(Exception):
    """One sentence, and the WebSocket close code that goes with it."""

    def __init__(self, sentence: str, code: int = limits.CLOSE_RULE_BROKEN) -> None:
        super().__init__(sentence)
        self.code = code


class Undecodable(ProtocolError):  # noqa: N818 - named for what it is
    """Bytes that are no frame, or text that is no message."""

    def __init__(self, sentence: str) -> None:
        super().__init__(sentence, limits.CLOSE_UNDECODABLE)

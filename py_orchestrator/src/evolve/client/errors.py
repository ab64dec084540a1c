"""What can go wrong between a program and the service."""


class ClientError(Exception):
    """One sentence that says what, where, and the way out."""


class Refused(ClientError):  # noqa: N818 - named for what it is, as all of these
    """The service has answered, and the answer is no; `code` is HTTP's number for the reason."""

    def __init__(self, code: int, sentence: str) -> None:
        super().__init__(sentence)
        self.code = code


class Unreachable(ClientError):  # noqa: N818
    """There is no service at the address, or it went away."""


class TimedOut(ClientError, TimeoutError):  # noqa: N818
    """The answer was not there in time."""

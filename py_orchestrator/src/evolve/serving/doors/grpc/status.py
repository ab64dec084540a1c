"""How the gRPC door says no: statuses from the service's errors, and the guard before everything."""

from collections.abc import Mapping
from enum import IntEnum
from typing import Any, Final

from google.protobuf.message import DecodeError  # type: ignore[import-untyped]

from evolve.serving.doors import Guard, Refusal
from evolve.serving.errors import BadInput, Overloaded, ServingError


class Code(IntEnum):
    """Statuses of gRPC, by its own numbers."""

    OK = 0
    CANCELLED = 1
    INVALID_ARGUMENT = 3
    DEADLINE_EXCEEDED = 4
    NOT_FOUND = 5
    PERMISSION_DENIED = 7
    RESOURCE_EXHAUSTED = 8
    UNIMPLEMENTED = 12
    INTERNAL = 13
    UNAVAILABLE = 14
    UNAUTHENTICATED = 16


_CODES: Final = {
    400: Code.INVALID_ARGUMENT,
    401: Code.UNAUTHENTICATED,
    403: Code.PERMISSION_DENIED,
    404: Code.NOT_FOUND,
    413: Code.RESOURCE_EXHAUSTED,
    429: Code.RESOURCE_EXHAUSTED,
    501: Code.UNIMPLEMENTED,
    503: Code.UNAVAILABLE,
    504: Code.DEADLINE_EXCEEDED,
}


class Refused(ServingError):  # noqa: N818 - it says what happened, as its siblings do
    """The guard has turned somebody away."""

    def __init__(self, refusal: Refusal) -> None:
        super().__init__(refusal.sentence)
        self.status = refusal.status
        self.retry_after_seconds = refusal.retry_after


class Foreign(ServingError):  # noqa: N818
    """A web page calls, and gRPC is for programs."""

    status = 403


class Unknown(ServingError):  # noqa: N818
    """There is no such method, or it is called in a way that it has not."""

    status = 501


class Late(ServingError):  # noqa: N818
    """The caller's own deadline is over, or it took too long to ask."""

    status = 504


def code_of(error: ServingError) -> Code:
    """The status of gRPC for an error."""
    if isinstance(error, Overloaded):
        return Code.RESOURCE_EXHAUSTED
    return _CODES.get(error.status, Code.INTERNAL)


def parse(message_class: Any, data: bytes) -> Any:  # noqa: ANN401 - protobuf has no types
    """Read a message, or BadInput."""
    try:
        return message_class.FromString(data)
    except DecodeError as error:
        raise BadInput("message", f"is no {message_class.DESCRIPTOR.full_name}") from error


class Entry:
    """What a call shows of itself; each request of it asks the guard."""

    __slots__ = ("_authorization", "_guard", "_peer", "_scope")

    def __init__(self, fields: Mapping[str, str], guard: Guard | None, scope: str, peer: str) -> None:
        self._authorization = fields.get("authorization")
        self._guard = guard
        self._scope = scope
        self._peer = peer

    def admit(self) -> None:
        """Refused unless one more request may be done."""
        if self._guard is not None:
            refusal = self._guard.admit(self._authorization, self._scope, self._peer)
            if refusal is not None:
                raise Refused(refusal)

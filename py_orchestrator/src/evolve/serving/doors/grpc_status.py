"""How the gRPC door says no: statuses from the service's errors, and the guard before everything."""

import logging
from typing import Any, Final

import grpc
from google.protobuf.message import DecodeError  # type: ignore[import-untyped]

from evolve.serving.doors import Guard, Refusal
from evolve.serving.errors import BadInput, Overloaded, ServingError

_LOG: Final = logging.getLogger("evolve.serving")

_CODES: Final = {
    400: grpc.StatusCode.INVALID_ARGUMENT,
    401: grpc.StatusCode.UNAUTHENTICATED,
    403: grpc.StatusCode.PERMISSION_DENIED,
    404: grpc.StatusCode.NOT_FOUND,
    429: grpc.StatusCode.RESOURCE_EXHAUSTED,
    503: grpc.StatusCode.UNAVAILABLE,
    504: grpc.StatusCode.DEADLINE_EXCEEDED,
}

# grpc.aio's context, which has no types.
Context = Any


class Refused(ServingError):  # noqa: N818 - it says what happened, as its siblings do
    """The guard has turned somebody away."""

    def __init__(self, refusal: Refusal) -> None:
        super().__init__(refusal.sentence)
        self.status = refusal.status
        self.retry_after_seconds = refusal.retry_after


def code_of(error: ServingError) -> Any:  # noqa: ANN401 - grpc has no types
    """GRPC's word for an error."""
    if isinstance(error, Overloaded):
        return grpc.StatusCode.RESOURCE_EXHAUSTED
    return _CODES.get(error.status, grpc.StatusCode.INTERNAL)


async def refuse(context: Context, error: ServingError) -> None:
    """End a call; when to come again stands in `retry-after`, in seconds, as HTTP has it."""
    seconds = getattr(error, "retry_after_seconds", None)
    trailing = () if seconds is None else (("retry-after", f"{seconds:g}"),)
    await context.abort(code_of(error), str(error), trailing)


async def fail(context: Context, error: Exception) -> None:
    """A fault of our own: the log knows it, the caller is told no more than that."""
    _LOG.error("a gRPC call failed", exc_info=error)
    await context.abort(grpc.StatusCode.INTERNAL, "the service failed: its log tells more")


def parse(message_class: Any, data: bytes) -> Any:  # noqa: ANN401 - protobuf has no types
    """Read a message, or BadInput."""
    try:
        return message_class.FromString(data)
    except DecodeError as error:
        raise BadInput("message", f"is no {message_class.DESCRIPTOR.full_name}") from error


class Entry:
    """What a call shows of itself, read once; each request of it asks the guard."""

    def __init__(self, context: Context, guard: Guard | None, scope: str) -> None:
        metadata = dict(context.invocation_metadata())
        if "origin" in metadata:
            # Programs send none; a page of somebody else's that got here does.
            raise Foreign("origin: web pages may not call this interface")
        self._authorization = metadata.get("authorization")
        self._guard = guard
        self._scope = scope
        # ipv4:127.0.0.1:50000
        self._peer = context.peer().rpartition(":")[0]

    def admit(self) -> None:
        """Refused unless one more request may be done."""
        if self._guard is not None:
            refusal = self._guard.admit(self._authorization, self._scope, self._peer)
            if refusal is not None:
                raise Refused(refusal)


class Foreign(ServingError):  # noqa: N818
    """A web page calls, and gRPC is for programs."""

    status = 403

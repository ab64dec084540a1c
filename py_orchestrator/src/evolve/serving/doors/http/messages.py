"""HTTP's requests and answers as the door handles them, and how an answer becomes bytes."""

from dataclasses import dataclass, field
from http import HTTPStatus
from typing import Final, Protocol

import orjson

from evolve.serving.doors.http.route import Route, route
from evolve.serving.errors import BadInput, ServingError
from evolve.serving.logs import LOG

JSON: Final = b"application/json"
BINARY: Final = b"application/octet-stream"

_LINES: Final = {one.value: b"%d %b" % (one.value, one.phrase.encode()) for one in HTTPStatus}


@dataclass(slots=True)
class Answer:
    """A whole answer; `headers` are further lines, each with its end."""

    status: int
    body: bytes
    kind: bytes = JSON
    headers: bytes = b""

    def encoded(self, date: bytes, is_last: bool, without_body: bool) -> bytes:
        """The bytes of it; HEAD wants all but the body."""
        return b"HTTP/1.1 %b\r\nContent-Type: %b\r\nContent-Length: %d\r\nDate: %b\r\n%b%b\r\n%b" % (
            _LINES.get(self.status) or b"%d Other" % self.status,
            self.kind,
            len(self.body),
            date,
            self.headers,
            b"Connection: close\r\n" if is_last else b"",
            b"" if without_body else self.body,
        )


class Sink(Protocol):
    """Where a body goes that is not kept in memory."""

    maximum_bytes: int

    def write(self, piece: bytes) -> None:
        """Take a part of the body, or raise a ServingError."""

    def discard(self) -> None:
        """Forget all of it; what was done with it meanwhile stays. Called more than once."""


@dataclass(slots=True, eq=False)
class Head:
    """What stands before a body, and what follows from it alone: the same bytes always say the same."""

    method: bytes = b""
    target: bytes = b""
    # In lower case; only those that mean something to the door.
    headers: dict[bytes, bytes] = field(default_factory=dict)
    # Of the body behind it, where it is remembered: then a request with it was found to be in order.
    length: int = 0
    is_known: bool = False
    route: Route = field(init=False)
    host: bytes | None = field(init=False)
    authorization: str | None = field(init=False)

    def __post_init__(self) -> None:
        self.route = route(self.target)
        self.host = self.headers.get(b"host")
        shown = self.headers.get(b"authorization")
        self.authorization = None if shown is None else shown.decode("latin-1")


# Of a request that was refused before its head was there.
_NO_HEAD: Final = Head()


@dataclass(slots=True)
class Request:
    """A request that was received whole, or as far as the refusal that is its answer."""

    head: Head = _NO_HEAD
    body: bytes | bytearray = b""
    # What of the memory for bodies it has.
    held: int = 0
    refusal: Answer | None = None
    is_last: bool = False
    # Set by whoever examines the request; without one the body is kept here.
    sink: Sink | None = None


def refusal(status: int, sentence: str, **more: object) -> Answer:
    """An error as the Open Inference Protocol has it: JSON with a sentence."""
    headers = b""
    if (seconds := more.pop("retry_after", None)) is not None:
        headers += b"Retry-After: %d\r\n" % max(1, -int(-float(str(seconds)) // 1))
    if (allowed := more.pop("allow", None)) is not None:
        headers += b"Allow: %b\r\n" % str(allowed).encode()
    if status == HTTPStatus.UNAUTHORIZED:
        headers += b"WWW-Authenticate: Bearer\r\n"
    return Answer(status, orjson.dumps({"error": sentence, **more}), headers=headers)


def refusal_of(error: ServingError) -> Answer:
    """The answer to what a caller got wrong, or the service lacks."""
    if isinstance(error, BadInput):
        return refusal(error.status, _clean(str(error)), field=_clean(error.field))
    return refusal(error.status, _clean(str(error)), retry_after=getattr(error, "retry_after_seconds", None))


def fault() -> Answer:
    """The answer when an exception that nobody foresaw is being handled."""
    LOG.exception("a fault of the service itself")
    sentence = "a fault of the service itself: its log says more"
    return refusal(HTTPStatus.INTERNAL_SERVER_ERROR, sentence)


def _clean(text: str) -> str:
    """Without what has no UTF-8."""
    return text.encode("utf-8", "replace").decode()

"""HTTP's requests and answers as the door handles them, and how an answer becomes bytes."""

from dataclasses import dataclass, field
from http import HTTPStatus
from typing import Final

import orjson

from evolve.serving.errors import BadInput, ServingError

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

    def encoded(self, date: bytes, *, closing: bool, without_body: bool = False) -> bytes:
        """The bytes of it; HEAD wants all but the body."""
        return b"HTTP/1.1 %b\r\nContent-Type: %b\r\nContent-Length: %d\r\nDate: %b\r\n%b%b\r\n%b" % (
            _LINES.get(self.status) or b"%d Other" % self.status,
            self.kind,
            len(self.body),
            date,
            self.headers,
            b"Connection: close\r\n" if closing else b"",
            b"" if without_body else self.body,
        )


@dataclass(slots=True)
class Request:
    """A request that was received whole, or as far as the refusal that is its answer."""

    method: bytes = b""
    target: bytes = b""
    # In lower case; only those that mean something to the door.
    headers: dict[bytes, bytes] = field(default_factory=dict)
    body: bytes | bytearray = b""
    is_last: bool = False
    refusal: Answer | None = None
    # What of the memory for bodies it has.
    held: int = 0


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


def _clean(text: str) -> str:
    """Without what has no UTF-8."""
    return text.encode("utf-8", "replace").decode()

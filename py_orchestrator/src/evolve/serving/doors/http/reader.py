"""Bytes of a connection become requests. Knows no sockets and no clock; bounded in everything it keeps.

The grammar is httptools' (llhttp, strict). What is kept of a request is decided as soon as its headers are
there, before a byte of its body is stored.
"""

from collections.abc import Callable
from http import HTTPStatus
from typing import Final

import httptools

from evolve.serving.doors.http import limits
from evolve.serving.doors.http.budget import Budget
from evolve.serving.doors.http.messages import Answer, Head, Request, refusal, refusal_of
from evolve.serving.errors import ServingError

# Twice, or in two meanings, they would be read one way here and another way elsewhere.
_KEPT: Final = frozenset(
    (
        b"host",
        b"origin",
        b"authorization",
        b"content-type",
        b"content-length",
        b"content-encoding",
        b"transfer-encoding",
        b"expect",
        b"inference-header-content-length",
    )
)


class Reader:
    """Of one connection. `examine` sees the head of a request, and may refuse it."""

    def __init__(self, budget: Budget, examine: Callable[[Request], Answer | None]) -> None:
        self._budget = budget
        self._examine = examine
        self._parser = httptools.HttpRequestParser(self)
        self._done: list[Request] = []
        self._request = Request()
        self._began_now = False
        self._framing = 0
        self._start(began=False)
        # No more is read: the caller said so, or a mistake made the rest unreadable.
        self.is_over = False
        # Whether the caller waits to be told to send the body.
        self.owes_continue = False

    def feed(self, data: bytes) -> list[Request]:
        """The requests that are whole now, in order; the last one's refusal may be what ends it all."""
        if self.is_over:
            return []
        is_new = not self.is_midway
        if is_new and (known := self._recall(data)):
            data = data[known:]
            if not data:
                done, self._done = self._done, []
                return done
        recalled = len(self._done)
        self._began_now = False
        before = self.body_bytes
        try:
            self._parser.feed_data(data)
        except (httptools.HttpParserError, httptools.HttpParserUpgrade):
            self._fail(HTTPStatus.BAD_REQUEST, "these bytes are no HTTP/1.1 request")
        if self.is_midway and not self._began_now:
            self._framing += len(data) - (self.body_bytes - before)
            if self._framing > limits.MAXIMUM_FRAMING:
                self._fail(HTTPStatus.REQUEST_HEADER_FIELDS_TOO_LARGE, "there is too much around the body")
        done, self._done = self._done, []
        if is_new and len(done) == recalled + 1:
            self._remember(data, done[-1])
        return done

    def give_up(self, status: int, sentence: str) -> list[Request]:
        """End the request that is on its way, if there is one."""
        self._fail(status, sentence)
        done, self._done = self._done, []
        return done

    def release(self) -> None:
        """Nothing more comes: give back what a request on its way has taken."""
        self._budget.free += self._request.held
        self._request.held = 0
        if self._request.sink is not None:
            self._request.sink.discard()
        self.is_over = True

    def on_message_begin(self) -> None:
        if not self.is_over:
            self._start(began=True)

    def on_url(self, piece: bytes) -> None:
        if self.is_over:
            return
        self._target += piece
        if len(self._target) > limits.MAXIMUM_TARGET:
            sentence = f"the address has more than {limits.MAXIMUM_TARGET} bytes"
            self._fail(HTTPStatus.REQUEST_URI_TOO_LONG, sentence)

    def on_header(self, name: bytes, value: bytes) -> None:
        if self.is_over or self._are_headers_done:  # what follows a body says nothing
            return
        self._headers += 1
        self._header_bytes += len(name) + len(value)
        if self._headers > limits.MAXIMUM_HEADERS or self._header_bytes > limits.MAXIMUM_HEADER_BYTES:
            sentence = f"the headers are more than {limits.MAXIMUM_HEADERS}, or have more than "
            sentence += f"{limits.MAXIMUM_HEADER_BYTES} bytes"
            self._fail(HTTPStatus.REQUEST_HEADER_FIELDS_TOO_LARGE, sentence)
            return
        name = name.lower()
        if name in _KEPT:
            if name in self._kept:
                self._fail(HTTPStatus.BAD_REQUEST, f"the header {name.decode()} stands there twice")
                return
            self._kept[name] = value

    def on_headers_complete(self) -> None:
        if self.is_over:
            return
        self._are_headers_done = True
        request = self._request
        head = request.head = Head(self._parser.get_method(), self._target, self._kept)
        if self._parser.get_http_version() not in ("1.0", "1.1"):
            self._fail(HTTPStatus.HTTP_VERSION_NOT_SUPPORTED, "this door speaks HTTP/1.1 alone")
            return
        if self._parser.should_upgrade():
            self._fail(HTTPStatus.BAD_REQUEST, "this door speaks HTTP/1.1 alone: ask for no upgrade")
            return
        headers = head.headers
        encoding = headers.get(b"transfer-encoding")
        if encoding is not None and encoding.lower() != b"chunked":
            self._fail(HTTPStatus.BAD_REQUEST, "Transfer-Encoding: only chunked is understood")
            return
        request.refusal = self._examine(request)
        if int(headers.get(b"content-length", 0)) > _most_bytes(request):
            self._fail_as(request.refusal or _too_large(request))
        elif b"expect" in headers and headers[b"expect"].lower() != b"100-continue":
            self._fail(HTTPStatus.EXPECTATION_FAILED, "Expect: only 100-continue is understood")
        elif b"expect" in headers and request.refusal is not None:
            # It would wait for a word before the body, and send it all the same after another one.
            self._fail_as(request.refusal)
        else:
            self.owes_continue = b"expect" in headers

    def on_chunk_header(self) -> None:
        self._chunks += 1
        if self._chunks > limits.MAXIMUM_CHUNKS and not self.is_over:
            sentence = f"the body has more than {limits.MAXIMUM_CHUNKS} chunks: send it with a Content-Length"
            self._fail(HTTPStatus.REQUEST_ENTITY_TOO_LARGE, sentence)

    def on_body(self, piece: bytes) -> None:
        if self.is_over:
            return
        self.owes_continue = False
        self.body_bytes += len(piece)
        if self.body_bytes > _most_bytes(self._request):
            self._fail_as(_too_large(self._request))
        elif self._request.refusal is None:
            self._keep(piece)

    def on_message_complete(self) -> None:
        if self.is_over:
            return
        request = self._request
        self.is_midway = False
        self.owes_continue = False
        # What speaks HTTP/1.0 may not know that a connection can stay.
        if not self._parser.should_keep_alive() or self._parser.get_http_version() == "1.0":
            request.is_last = True
            self.is_over = True
        self._done.append(request)
        self._request = Request()

    def _start(self, *, began: bool) -> None:
        self._request = Request()
        self._target = b""
        self._kept: dict[bytes, bytes] = {}
        self._headers = self._header_bytes = self._chunks = self._framing = 0
        self._are_headers_done = False
        self._began_now = self.is_midway = began
        self.body_bytes = 0

    def _recall(self, data: bytes) -> int:
        """Take what is whole and has a head that was here before; gives how many bytes that is."""
        budget = self._budget
        first, size = 0, len(data)
        while first < size:
            body = data.find(b"\r\n\r\n", first) + 4
            head = budget.heads.get(data[first:body])
            # What does not fit into the memory is refused by who reads it piece by piece.
            if head is None or body + head.length > size or head.length > budget.free:
                break
            first = body + head.length
            request = Request(head)
            self._done.append(request)
            request.refusal = self._examine(request)
            if request.refusal is None:
                request.body, request.held = data[body:first], head.length
                budget.free -= head.length
        return first

    def _remember(self, data: bytes, request: Request) -> None:
        """Keep the head of a plain request: one that came whole and alone, with a length and no surprises."""
        end = data.find(b"\r\n\r\n") + 4
        headers = request.head.headers
        is_whole = end + len(request.body) == len(data) and end <= limits.MAXIMUM_HEAD and not request.sink
        has_length = b"content-length" in headers and b"expect" not in headers
        if is_whole and has_length and not request.is_last and request.refusal is None and not self.is_midway:
            self._budget.remember(data[:end], request.head, len(request.body))

    def _keep(self, piece: bytes) -> None:
        request = self._request
        if request.sink is not None:
            try:
                request.sink.write(piece)
            except ServingError as error:
                self._fail_as(refusal_of(error))
            return
        if self._budget.free < len(piece):
            self._fail_as(refusal(503, "the bodies of other requests fill the memory", retry_after=1))
            return
        self._budget.free -= len(piece)
        request.held += len(piece)
        if not request.body:
            request.body = piece
        elif isinstance(request.body, bytearray):
            request.body += piece
        else:
            request.body = bytearray(request.body) + piece

    def _fail(self, status: int, sentence: str) -> None:
        self._fail_as(refusal(status, sentence))

    def _fail_as(self, answer: Answer) -> None:
        """Refuse the request on its way, and whatever would come after it."""
        if self.is_over:
            return
        request = self._request
        self.release()
        self.is_midway = False
        self.owes_continue = False
        request.body = b""
        request.refusal = answer
        request.is_last = True
        self._done.append(request)


def _most_bytes(request: Request) -> int:
    return limits.MAXIMUM_BODY if request.sink is None else request.sink.maximum_bytes


def _too_large(request: Request) -> Answer:
    sentence = f"the body has more than {_most_bytes(request)} bytes"
    return refusal(HTTPStatus.REQUEST_ENTITY_TOO_LARGE, sentence)

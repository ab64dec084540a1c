"""The handshake of a connection, sans I/O: websockets reads it, our rules say who comes in."""

import logging
from collections.abc import Callable
from http import HTTPStatus
from typing import Final, NamedTuple, cast

from websockets.http11 import Request
from websockets.server import ServerProtocol
from websockets.typing import Subprotocol

from evolve.serving.frames import limits

LOG: Final = logging.getLogger("evolve.serving.websocket")
LOG.addHandler(logging.NullHandler())

_END: Final = b"\r\n\r\n"
# Why somebody is turned away, if he is.
Examine = Callable[[Request], tuple[HTTPStatus, str] | None]


class Step(NamedTuple):
    """What is to be sent, whether the caller is inside or turned away now, and what came behind it all."""

    answer: bytes = b""
    is_inside: bool = False
    is_over: bool = False
    rest: bytes = b""


class Handshake:
    """Of one connection. Lines and headers are limited by websockets, to 8 KiB each and 128."""

    def __init__(self, examine: Examine) -> None:
        self._examine = examine
        self._protocol = ServerProtocol(subprotocols=[Subprotocol(limits.SUBPROTOCOL)], logger=LOG)
        self._tail = b""

    def feed(self, data: bytes) -> Step:
        """Read on. Nothing behind the head is given to websockets, which would take it for frames."""
        seen = self._tail + data
        end = seen.find(_END) + len(_END)
        if end < len(_END):
            head, rest, self._tail = data, b"", seen[1 - len(_END) :]
        else:
            head, rest = data[: end - len(self._tail)], data[end - len(self._tail) :]
        protocol = self._protocol
        protocol.receive_data(head)
        is_inside = False
        for request in protocol.events_received():
            refusal = self._examine(cast("Request", request))
            if refusal is None:
                response = protocol.accept(cast("Request", request))
            else:
                response = protocol.reject(refusal[0], f"{refusal[1]}\n")
            is_inside = response.status_code == HTTPStatus.SWITCHING_PROTOCOLS
            protocol.send_response(response)
        writes = protocol.data_to_send()
        # An empty one stands for the end of all that is said.
        return Step(b"".join(writes), is_inside, b"" in writes, rest)

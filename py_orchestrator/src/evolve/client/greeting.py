"""The handshake of a client, sans I/O: written and judged by websockets."""

from typing import Final

from websockets.client import ClientProtocol
from websockets.exceptions import InvalidMessage
from websockets.protocol import State
from websockets.typing import Subprotocol
from websockets.uri import WebSocketURI

from evolve.serving.frames import limits

_END: Final = b"\r\n\r\n"


class Greeting:
    """Of one connection."""

    def __init__(self, uri: WebSocketURI, token: str | None) -> None:
        self._protocol = ClientProtocol(uri, subprotocols=[Subprotocol(limits.SUBPROTOCOL)])
        self._token = token
        self._tail = b""
        self._is_body = False

    def request(self) -> bytes:
        """What a client begins with."""
        request = self._protocol.connect()
        if self._token is not None:
            request.headers["Authorization"] = f"Bearer {self._token}"
        self._protocol.send_request(request)
        return b"".join(self._protocol.data_to_send())

    def feed(self, data: bytes) -> bytes | None:
        """What came behind the handshake when it is done, else None; raises when it was refused."""
        seen = self._tail + data
        end = seen.find(_END) + len(_END) - len(self._tail)
        if self._is_body or seen.find(_END) < 0:
            self._tail = seen[1 - len(_END) :]
            self._read(data)
            return None
        self._read(data[:end])
        if self._protocol.state is State.OPEN:
            return data[end:]
        # A refusal, with a sentence behind its head.
        self._is_body = True
        self._read(data[end:])
        return None

    def end(self) -> Exception:
        """Nothing more comes: what that means."""
        self._protocol.receive_eof()
        return self._protocol.handshake_exc or InvalidMessage("the connection was lost")

    def _read(self, data: bytes) -> None:
        self._protocol.receive_data(data)
        if self._protocol.handshake_exc is not None:
            raise self._protocol.handshake_exc

"""A worker's end of its connection.

It is read in a thread of its own, so that heartbeats are answered, and the end of the run is heard, while the
evaluator computes.
"""

import socket
import ssl
import threading
from collections.abc import Callable
from contextlib import suppress
from queue import SimpleQueue
from typing import Self

from websockets.exceptions import (
    ConnectionClosed,
    InvalidHandshake,
    InvalidStatus,
    InvalidURI,
)
from websockets.sync.client import ClientConnection, connect
from websockets.typing import Subprotocol

from evolve.errors import EvolveUserError
from evolve.protocol import limits
from evolve.protocol.messages import (
    MessageError,
    OrchestratorMessage,
    RefuseMessage,
    StopMessage,
    WelcomeMessage,
    WorkerMessage,
    decode_orchestrator,
    encode,
)
from evolve.workers.trust import VARIABLE, trust_for


class Over(Exception):  # noqa: N818 - it is no error
    """The conversation has come to its end, as it should."""


class Line:
    """What arrives waits in a queue; the credit bounds it."""

    def __init__(self, connection: ClientConnection, hung_up: Callable[[], None]) -> None:
        self._connection = connection
        self._hung_up = hung_up
        self._inbox: SimpleQueue[bytes | WelcomeMessage | None] = SimpleQueue()
        self._fault: str | None = None
        self._is_over = False
        self._thread = threading.Thread(target=self._listen, name="evolve-line", daemon=True)
        self._thread.start()

    @classmethod
    def open(cls, server: str, token: str, hung_up: Callable[[], None]) -> Self:
        """Connect; `hung_up` is called, by another thread, once nothing more will come."""
        try:
            connection = connect(
                server,
                ssl=trust_for(server),
                subprotocols=[Subprotocol(limits.SUBPROTOCOL)],
                additional_headers={"Authorization": f"Bearer {token}"},
                compression=None,
                proxy=None,
                max_size=limits.MAXIMUM_BINARY_BYTES,
                max_queue=None,
                ping_interval=None,
                close_timeout=2.0,
            )
        except InvalidURI as error:
            raise EvolveUserError(
                f"{server} is no address: one looks like ws://127.0.0.1:40000/worker"
            ) from error
        except InvalidStatus as error:
            said = error.response.body.decode(errors="replace").strip() if error.response.body else ""
            raise EvolveUserError(
                f"{server} turned the worker away ({error.response.status_code}"
                f"{f': {said}' if said else ''}): check the address and the token"
            ) from error
        except ssl.SSLCertVerificationError as error:
            raise EvolveUserError(
                f"the certificate of {server} is not trusted here ({error.verify_message}): {VARIABLE} names "
                "one that is"
            ) from error
        except (InvalidHandshake, OSError, EOFError) as error:
            raise EvolveUserError(
                f"nobody trains at {server}: check the address, or start the run"
            ) from error
        return cls(connection, hung_up)

    def say(self, message: WorkerMessage) -> None:
        self._send(encode(message))

    def send(self, frame: bytes) -> None:
        self._send(frame)

    def receive(self) -> bytes | WelcomeMessage:
        """What comes next; Over at the end of the run, EvolveUserError when it came otherwise."""
        item = self._inbox.get()
        if item is not None and not self._is_over:
            return item
        if self._fault is not None:
            raise EvolveUserError(self._fault)
        raise Over

    def wait_for_end(self, seconds: float) -> None:
        """Wait until the other side has heard enough."""
        self._thread.join(seconds)

    def drop(self) -> None:
        """Go without a word, as a process that dies does."""
        with suppress(OSError):
            self._connection.socket.shutdown(socket.SHUT_RDWR)

    def close(self) -> None:
        self._connection.close()
        self._thread.join()

    def _send(self, data: str | bytes) -> None:
        try:
            self._connection.send(data)
        except ConnectionClosed:
            self._thread.join()
            if self._fault is not None:
                raise EvolveUserError(self._fault) from None
            raise Over from None

    def _listen(self) -> None:
        try:
            for message in self._connection:
                if not self._take(message):
                    break
            else:
                self._judge_close()
        except ConnectionClosed:
            self._judge_close()
        except MessageError as error:
            self._fault = f"the run sent what no worker understands: {error}"
        finally:
            self._is_over = True
            self._inbox.put(None)
            self._hung_up()

    def _take(self, message: str | bytes) -> bool:
        """Queue a message; False when it is the last one."""
        item: bytes | OrchestratorMessage = (
            message if isinstance(message, bytes) else decode_orchestrator(message)
        )
        if isinstance(item, StopMessage):
            return False
        if isinstance(item, RefuseMessage):
            self._fault = f"the run refused this worker: {item.reason}"
            return False
        self._inbox.put(item)
        return True

    def _judge_close(self) -> None:
        """The close codes mean `stop` and `refuse` by themselves."""
        code, reason = self._connection.close_code, self._connection.close_reason
        if code == limits.CLOSE_REFUSED:
            self._fault = f"the run refused this worker: {reason}"
        elif code != limits.CLOSE_DONE:
            why = f" ({code}: {reason})" if reason else ""
            self._fault = f"the connection to the run was lost{why}"

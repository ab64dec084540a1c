"""A listening socket that hangs up on whoever calls too often, before a byte is read or answered.

So strangers can neither fill the memory with handshakes nor take all file descriptors: no more handshakes are
under way than came at once, and a second's worth for each second that one may take. On Windows asyncio
accepts connections past it, and only the time limits hold.
"""

import os
import socket
import time
from typing import Any, Final

from evolve.protocol import limits
from evolve.protocol.bucket import Bucket
from evolve.workers.entrance import Entrance

_BACKLOG: Final = 128


class Gate(socket.socket):
    """Accepts so many connections at once, so many a second after that."""

    calls: Bucket

    @classmethod
    def at(cls, entrance: Entrance) -> "Gate":
        """Listen at an entrance; OSError where that is not possible."""
        family = socket.AF_INET6 if ":" in entrance.address else socket.AF_INET
        gate = cls(family, socket.SOCK_STREAM)
        gate.calls = Bucket(entrance.handshakes_at_once, limits.HANDSHAKES_A_SECOND, time.monotonic)
        try:
            if os.name == "posix":  # elsewhere it would take over a port in use
                gate.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            if family == socket.AF_INET6:
                gate.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_V6ONLY, 1)
            gate.bind((entrance.address, entrance.port))
            gate.listen(_BACKLOG)
        except OSError:
            gate.close()
            raise
        return gate

    def accept(self) -> tuple[socket.socket, Any]:
        connection, address = super().accept()
        if self.calls.take():
            return connection, address
        connection.close()
        # What asyncio takes for a caller who hung up.
        raise ConnectionAbortedError

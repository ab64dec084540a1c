"""Clients of `evolve serve`, for programs in Python.

`Client` blocks, `AsyncClient` is for asyncio; both do the same by the same names:

    with Client("ws://127.0.0.1:8002/infer", token) as client:
        actions = client.infer("champion", {"observations": array})["actions"]
"""

from evolve.client.asynchronous import AsyncClient
from evolve.client.counters import Counters
from evolve.client.errors import ClientError, Refused, TimedOut, Unreachable
from evolve.client.synchronous import Client

__all__ = ["AsyncClient", "Client", "ClientError", "Counters", "Refused", "TimedOut", "Unreachable"]

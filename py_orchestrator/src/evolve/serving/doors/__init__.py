"""What each door of the service is given, and what it gives back.

A door is `async with door(service, settings) as addresses`: inside, it takes callers at the addresses. When
the service ends, `Service.end` drains it first, while the doors still answer (readiness is off, and whoever
comes is told so); then the block is left, and the door writes out what was answered and hangs up.
"""

from collections.abc import Callable, Mapping
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass, field
from typing import Protocol

from evolve.serving.service import Service
from evolve.workers.certificate import Certificate
from evolve.workers.entrance import Entrance


class Refusal(Protocol):
    """Why somebody may not come in; `status` is HTTP's number, the other doors translate it."""

    @property
    def status(self) -> int: ...
    @property
    def sentence(self) -> str: ...
    @property
    def retry_after(self) -> float | None: ...


class Visit(Protocol):
    """Somebody who stays, and asks many things."""

    def look(self) -> Refusal | None:
        """Whether he may be here, which changes: a key may be revoked."""
        ...

    def take(self, count: int) -> int:
        """How many of so many requests may be done now."""
        ...

    def too_fast(self) -> Refusal:
        """What the others are answered."""
        ...


class Guard(Protocol):
    """Asked before anything else of a request is looked at; the scope is `infer` or `admin`."""

    def admit(self, authorization: str | None, scope: str, peer: str) -> Refusal | None: ...

    def visit(self, authorization: str | None, scope: str, peer: str) -> Visit: ...


@dataclass(frozen=True)
class DoorSettings:
    """Where a door listens (port 0 is a free one), under which names, and who may come in."""

    entrance: Entrance = field(default_factory=Entrance)
    # Nobody is asked for a key without one.
    guard: Guard | None = None
    # What the entrance's security was made from, for a door that offers another protocol over TLS (gRPC).
    certificate: Certificate | None = None


# The addresses by kind of interface, as a caller writes them: {"http": "http://127.0.0.1:8000"}.
Addresses = Mapping[str, str]
Door = Callable[[Service, DoorSettings], AbstractAsyncContextManager[Addresses]]

"""Whom the service lets in: one object that every door asks. It knows no sockets and no HTTP.

Without keys and without tokens everybody may infer, which only a service on loopback does, and nobody may
administer.
"""

import time
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass
from typing import Final, Protocol

from evolve.protocol.bucket import Bucket
from evolve.serving.security.keys import LONGEST_KEY, KeyRing, Scope

# Callers whose rate is remembered; the one that was silent longest is forgotten first.
_MAXIMUM_CALLERS: Final = 10_000
# A JSON Web Token is longer than a key, but no door takes larger headers than this.
_LONGEST_HEADER: Final = 8_192


@dataclass(frozen=True, slots=True)
class Refusal:
    """Why somebody is turned away: 401 who are you, 403 not you, 429 not so fast. Never who else is known."""

    status: int
    sentence: str
    # Seconds after which it is worth to come again, where there are such.
    retry_after: float | None = None


@dataclass(frozen=True, slots=True)
class Rate:
    """Requests a second, and how many at once; 0 a second is no limit."""

    per_second: float = 0.0
    at_once: float = 0.0


@dataclass(frozen=True, slots=True)
class Caller:
    """Somebody who has proved who he is."""

    name: str
    scopes: frozenset[str]
    rate: Rate = Rate()
    # When that ends, by time.time.
    until: float = float("inf")


class Keys(Protocol):
    """Where keys come from: a file that is looked at again, or a ring in memory."""

    def ring(self) -> KeyRing: ...


class Tokens(Protocol):
    """Who checks bearer tokens of an identity provider."""

    def verify(self, token: str) -> Caller | Refusal: ...


_WHO: Final = Refusal(401, "show a key: 'Authorization: Bearer NAME.SECRET'")
_UNKNOWN: Final = Refusal(401, "the key is not valid: 'evolve keys add' makes one")
_CLOSED: Final = Refusal(403, "nobody may administer a service without keys: start it with --keys FILE")


class Guard:
    """Asked before anything is read or done."""

    def __init__(
        self,
        keys: Keys | None = None,
        tokens: Tokens | None = None,
        rate: Rate = Rate(),
        clock: Callable[[], float] = time.monotonic,
        now: Callable[[], float] = time.time,
    ) -> None:
        self._keys = keys
        self._tokens = tokens
        self._rate = rate
        self._clock = clock
        self._now = now
        self._buckets: OrderedDict[str, Bucket] = OrderedDict()

    @property
    def is_open(self) -> bool:
        """Whether callers need nothing to infer."""
        return self._keys is None and self._tokens is None

    def admit(self, authorization: str | None, scope: Scope, peer: str) -> Refusal | None:
        """Whether one request may be done; `peer` is an address without a port."""
        caller = self._caller(authorization, scope, peer)
        return caller if isinstance(caller, Refusal) else self._spend(caller)

    def visit(self, authorization: str | None, scope: Scope, peer: str) -> "Visit | Refusal":
        """The same for a connection with many requests: the visit is asked for each of them."""
        caller = self._caller(authorization, scope, peer)
        return caller if isinstance(caller, Refusal) else Visit(self, authorization, scope, caller)

    def _caller(self, authorization: str | None, scope: Scope, peer: str) -> Caller | Refusal:
        if self.is_open:
            return _CLOSED if scope == "admin" else Caller(f"peer {peer}", frozenset(("infer",)), self._rate)
        caller = self._identify(authorization)
        if isinstance(caller, Caller) and scope not in caller.scopes:
            return Refusal(403, f"this key is not for '{scope}': it needs that scope")
        return caller

    def _identify(self, authorization: str | None) -> Caller | Refusal:
        if not authorization:
            return _WHO
        scheme, _, secret = authorization.partition(" ")
        if scheme.lower() != "bearer" or not secret or len(secret) > _LONGEST_HEADER:
            return _WHO
        # A key has one dot, a JSON Web Token two.
        if self._tokens is not None and secret.count(".") == 2:  # noqa: PLR2004
            return self._tokens.verify(secret)
        key = None
        if self._keys is not None and len(secret) <= LONGEST_KEY:
            key = self._keys.ring().find(secret)
        if key is None:
            return _UNKNOWN
        rate = Rate(key.per_second, key.at_once) if key.per_second else self._rate
        return Caller(f"key {key.name}", frozenset(key.scopes), rate)

    def _spend(self, caller: Caller) -> Refusal | None:
        rate = caller.rate
        if not rate.per_second:
            return None
        bucket = self._buckets.get(caller.name)
        if bucket is None or bucket.per_second != rate.per_second:
            bucket = self._buckets[caller.name] = Bucket(max(rate.at_once, 1.0), rate.per_second, self._clock)
            if len(self._buckets) > _MAXIMUM_CALLERS:
                self._buckets.popitem(last=False)
        else:
            self._buckets.move_to_end(caller.name)
        if bucket.take():
            return None
        sentence = f"more than {rate.per_second:g} requests a second: come again a little later"
        return Refusal(429, sentence, bucket.seconds_to_wait())


@dataclass(slots=True)
class Visit:
    """A connection that was let in. A key that is revoked meanwhile ends it with the next request."""

    _guard: Guard
    _authorization: str | None
    _scope: Scope
    caller: Caller
    _seen: float = 0.0

    def __post_init__(self) -> None:
        self._seen = self._guard._clock()

    def spend(self) -> Refusal | None:
        """Whether one more request may be done."""
        guard = self._guard
        if not guard.is_open and guard._clock() - self._seen >= 1.0:
            self._seen = guard._clock()
            caller = guard._caller(self._authorization, self._scope, "")
            if isinstance(caller, Refusal):
                return caller
            self.caller = caller
        if self.caller.until <= guard._now():
            return Refusal(401, "the token has expired: get a new one")
        return guard._spend(self.caller)

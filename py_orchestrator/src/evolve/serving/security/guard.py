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
from evolve.serving.security.keys import LONGEST_KEY, Key, KeyRing

# Callers whose rate is remembered; the one that was silent longest is forgotten first.
_MAXIMUM_CALLERS: Final = 10_000
# A JSON Web Token is longer than a key, but no door takes larger headers than this.
_LONGEST_HEADER: Final = 8_192
_INFER: Final = frozenset(("infer",))


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
    rate: Rate


class Keys(Protocol):
    """Where keys come from: a file that is looked at again, or a ring in memory."""

    def ring(self) -> KeyRing: ...


class Tokens(Protocol):
    """Who checks bearer tokens of an identity provider."""

    def verify(self, token: str) -> Caller | Refusal: ...


_WHO: Final = Refusal(401, "show a key: 'Authorization: Bearer NAME.SECRET'")
_UNKNOWN: Final = Refusal(401, "the key is not valid: 'evolve keys add' makes one")
_CLOSED: Final = Refusal(403, "nobody may administer a service without keys: start it with --keys FILE")


@dataclass(slots=True)
class _Account:
    """A caller and what is left of his rate; `key` is what it was made from."""

    caller: Caller
    bucket: Bucket | None
    key: Key | None = None


class Visit:
    """Somebody who comes in once, which is no request, and asks many things: looked at before, and again."""

    def __init__(self, find: Callable[[], _Account | Refusal]) -> None:
        self._find = find
        self._bucket: Bucket | None = None

    def look(self) -> Refusal | None:
        """Whether he may be here: his key may have been revoked meanwhile, or his rate changed."""
        account = self._find()
        if isinstance(account, Refusal):
            return account
        self._bucket = account.bucket
        return None

    def take(self, count: int) -> int:
        """How many of so many requests may be done now."""
        return count if self._bucket is None else self._bucket.take_many(count)

    def too_fast(self) -> Refusal:
        """What the others are answered; it says when to come again."""
        return Refusal(429, "not so fast") if self._bucket is None else _too_fast(self._bucket)


class Guard:
    """Asked before each request is read or done: a key that is revoked opens nothing more."""

    def __init__(
        self,
        keys: Keys | None = None,
        tokens: Tokens | None = None,
        rate: Rate = Rate(),
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._keys = keys
        self._tokens = tokens
        self._rate = rate
        self._clock = clock
        # Then there is nothing to be asked, and callers come a hundred thousand times.
        self._is_without_rules = self.is_open and not rate.per_second
        self._by_key: dict[str, _Account] = {}
        self._others: OrderedDict[str, _Account] = OrderedDict()

    @property
    def is_open(self) -> bool:
        """Whether callers need nothing to infer."""
        return self._keys is None and self._tokens is None

    def admit(self, authorization: str | None, scope: str, peer: str) -> Refusal | None:
        """Whether one request may be done; `peer` is an address without a port."""
        if self._is_without_rules and scope == "infer":
            return None
        account = self._account(authorization, scope, peer)
        if isinstance(account, Refusal):
            return account
        bucket = account.bucket
        return None if bucket is None or bucket.take() else _too_fast(bucket)

    def visit(self, authorization: str | None, scope: str, peer: str) -> Visit:
        """Somebody who stays."""
        return Visit(lambda: self._account(authorization, scope, peer))

    def _account(self, authorization: str | None, scope: str, peer: str) -> _Account | Refusal:
        account = self._stranger(scope, peer) if self.is_open else self._identify(authorization)
        if isinstance(account, _Account) and scope not in account.caller.scopes:
            return Refusal(403, f"this key is not for '{scope}': it needs that scope")
        return account

    def _stranger(self, scope: str, peer: str) -> _Account | Refusal:
        return _CLOSED if scope == "admin" else self._other(Caller(peer, _INFER, self._rate))

    def _identify(self, authorization: str | None) -> _Account | Refusal:
        if not authorization:
            return _WHO
        scheme, _, secret = authorization.partition(" ")
        if scheme.lower() != "bearer" or not secret or len(secret) > _LONGEST_HEADER:
            return _WHO
        # A key has one dot, a JSON Web Token two.
        if self._tokens is not None and secret.count(".") == 2:  # noqa: PLR2004
            caller = self._tokens.verify(secret)
            return caller if isinstance(caller, Refusal) else self._other(caller)
        if self._keys is None or len(secret) > LONGEST_KEY:
            return _UNKNOWN
        key = self._keys.ring().find(secret)
        return _UNKNOWN if key is None else self._holder(key)

    def _holder(self, key: Key) -> _Account:
        account = self._by_key.get(key.name)
        if account is None or account.key is not key:
            rate = Rate(key.per_second, key.at_once) if key.per_second else self._rate
            # A file that is read anew gives nobody a full bucket.
            same = account is not None and account.caller.rate == rate
            bucket = account.bucket if account is not None and same else self._bucket(rate)
            caller = Caller(key.name, frozenset(key.scopes), rate)
            account = self._by_key[key.name] = _Account(caller, bucket, key)
        return account

    def _other(self, caller: Caller) -> _Account:
        """Somebody without a key of ours; only a rate needs to remember him."""
        if not caller.rate.per_second:
            return _Account(caller, None)
        known = self._others.pop(caller.name, None)
        bucket = known.bucket if known is not None else self._bucket(caller.rate)
        account = self._others[caller.name] = _Account(caller, bucket)
        if len(self._others) > _MAXIMUM_CALLERS:
            self._others.popitem(last=False)
        return account

    def _bucket(self, rate: Rate) -> Bucket | None:
        if not rate.per_second:
            return None
        return Bucket(max(rate.at_once, 1.0), rate.per_second, self._clock)


def _too_fast(bucket: Bucket) -> Refusal:
    seconds = bucket.seconds_to_wait()
    sentence = f"more than {bucket.per_second:g} requests a second: come again in {seconds:.3f} s"
    return Refusal(429, sentence, seconds)

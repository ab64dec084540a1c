"""API keys: who has one, what it opens, and a file that holds only their digests.

A key is `NAME.SECRET`. The secret is 32 random bytes, so that one SHA-256 hides it as well as scrypt would:
there is no dictionary of such secrets, and a slow digest would only cost each request 50 ms.
"""

import hashlib
import hmac
import re
import secrets
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final, Literal

import msgspec

from evolve.errors import EvolveUserError

Scope = Literal["infer", "admin"]
SCOPES: Final[tuple[Scope, ...]] = ("infer", "admin")

_NAME: Final = re.compile(r"[A-Za-z0-9_-]{1,64}")
_DIGEST: Final = re.compile(r"[0-9a-f]{64}")
_SECRET_BYTES: Final = 32
# No key is longer; what is, is not even hashed.
LONGEST_KEY: Final = 128
MAXIMUM_KEYS: Final = 10_000


class Key(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A key as its file has it: nothing here opens anything."""

    name: str
    sha256: str
    scopes: tuple[Scope, ...]
    # Requests a second, and how many at once; 0 is the service's own limit.
    per_second: float = 0.0
    at_once: float = 0.0

    def __post_init__(self) -> None:
        if not _NAME.fullmatch(self.name):
            raise ValueError(
                f"'{self.name[:80]}' is no name for a key: letters, digits, '_' and '-', 64 at most"
            )
        if not _DIGEST.fullmatch(self.sha256):
            raise ValueError(f"the digest of {self.name} is not 64 hexadecimal digits")
        if not self.scopes:
            raise ValueError(f"the key {self.name} opens nothing: give it a scope, infer or admin")
        if not (0 <= self.per_second < float("inf") and 0 <= self.at_once < float("inf")):
            raise ValueError(f"the rate of {self.name} is no number of 0 or more")


class _File(msgspec.Struct, forbid_unknown_fields=True):
    keys: list[Key]


@dataclass(frozen=True)
class KeyRing:
    """The keys that are valid now."""

    keys: dict[str, Key]

    def find(self, secret: str) -> Key | None:
        """The key that somebody shows; the comparison takes as long for a wrong one as for a right one."""
        name = secret.partition(".")[0]
        key = self.keys.get(name)
        shown = digest(secret)
        if hmac.compare_digest(shown, _NOBODY if key is None else key.sha256):
            return key
        return None


_NOBODY: Final = "0" * 64


def digest(secret: str) -> str:
    """What stands in the file for a key."""
    return hashlib.sha256(secret.encode("utf-8", "surrogateescape")).hexdigest()


def new_key(
    name: str, scopes: Iterable[Scope], per_second: float = 0.0, at_once: float = 0.0
) -> tuple[str, Key]:
    """A fresh secret, which nobody will see again, and what is kept of it."""
    secret = f"{name}.{secrets.token_urlsafe(_SECRET_BYTES)}"
    try:
        return secret, Key(name, digest(secret), tuple(dict.fromkeys(scopes)), per_second, at_once)
    except ValueError as error:
        raise EvolveUserError(str(error)) from error


def read_keys(data: bytes, where: str) -> KeyRing:
    """Keys from a file's bytes; EvolveUserError names what is wrong in it."""
    try:
        keys = msgspec.json.decode(data, type=_File).keys
    except (msgspec.MsgspecError, ValueError, RecursionError) as error:
        raise EvolveUserError(f"{where} is no file of keys: {error}; 'evolve keys add' writes one") from error
    if len(keys) > MAXIMUM_KEYS:
        raise EvolveUserError(f"{where} has {len(keys)} keys, more than {MAXIMUM_KEYS}")
    ring = {key.name: key for key in keys}
    if len(ring) < len(keys):
        raise EvolveUserError(f"{where} has two keys of one name: remove one of them")
    return KeyRing(ring)


def write_keys(ring: KeyRing) -> bytes:
    """The same back, in the order of the names."""
    keys = [ring.keys[name] for name in sorted(ring.keys)]
    return msgspec.json.format(msgspec.json.encode(_File(keys)), indent=2) + b"\n"

"""Bearer tokens of an identity provider: JSON Web Tokens, checked against public keys from a file.

Nothing is fetched: whoever runs the service puts the provider's key set beside it. The algorithm is that of
the key that the token names, never the token's own idea.
"""

import hashlib
import time
from collections import OrderedDict
from collections.abc import Callable
from pathlib import Path
from typing import Any, Final

import msgspec

from evolve.errors import EvolveUserError
from evolve.serving.security.guard import Caller, Rate, Refusal
from evolve.serving.security.keys import SCOPES
from evolve.serving.security.watched_file import WatchedFile, read_small

# What a provider may sign with; HS256 shares its secret with the provider, so it must be asked for.
ALGORITHMS: Final = ("RS256", "PS256", "ES256", "EdDSA", "HS256")
_MAXIMUM_BYTES: Final = 1024 * 1024
_MAXIMUM_TOKENS: Final = 10_000
# Clocks differ a little.
_LEEWAY_SECONDS: Final = 30
_REQUIRED: Final = ("exp", "iss", "aud", "sub")
_INVALID: Final = Refusal(401, "the token is not valid here: get a new one from the identity provider")


class OAuthSettings(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The file of --oauth."""

    issuer: str
    audience: str
    # A file with the provider's public keys, as it publishes them; relative to this one.
    jwks: str
    algorithms: tuple[str, ...] = ("RS256", "ES256")

    def __post_init__(self) -> None:
        if not self.issuer or not self.audience:
            raise ValueError("issuer and audience may not be empty")
        if strange := [one for one in self.algorithms if one not in ALGORITHMS]:
            raise ValueError(f"the algorithm {strange[0][:40]} is none of {', '.join(ALGORITHMS)}")
        if not self.algorithms:
            raise ValueError("algorithms names none")


def read_settings(path: Path) -> OAuthSettings:
    """Read the file of --oauth, or say in a sentence why not."""
    data = read_small(path, _MAXIMUM_BYTES, "the file of --oauth")
    try:
        return msgspec.json.decode(data, type=OAuthSettings)
    except (msgspec.MsgspecError, ValueError, RecursionError) as error:
        raise EvolveUserError(f"{path} does not say how tokens are checked: {error}") from error


class JsonWebTokens:
    """Checks tokens; one that was valid a moment ago is known until it expires."""

    def __init__(
        self,
        path: Path,
        rate: Rate,
        clock: Callable[[], float] = time.monotonic,
        now: Callable[[], float] = time.time,
    ) -> None:
        self._settings = read_settings(path)
        self._rate = rate
        self._now = now
        self._keys = WatchedFile(path.parent / self._settings.jwks, self._read_keys, clock)
        self._known: OrderedDict[bytes, tuple[Caller, float]] = OrderedDict()
        self._seen: dict[str, Any] = {}

    def verify(self, token: str) -> Caller | Refusal:
        """Who shows the token, or why it is none."""
        keys = self._keys.content()
        if keys is not self._seen:
            # A key that was taken away takes its tokens along.
            self._seen = keys
            self._known.clear()
        digest = hashlib.sha256(token.encode("utf-8", "surrogateescape")).digest()
        known = self._known.get(digest)
        if known is not None and known[1] > self._now():
            return known[0]
        claims = self._claims(token, keys)
        if claims is None or not claims["exp"] + _LEEWAY_SECONDS > self._now():
            return _INVALID
        scopes = str(claims.get("scope", "")).split()
        caller = Caller(
            f"token {claims['sub']}", frozenset(one for one in SCOPES if one in scopes), self._rate
        )
        self._known[digest] = (caller, float(claims["exp"]))
        if len(self._known) > _MAXIMUM_TOKENS:
            self._known.popitem(last=False)
        return caller

    def _claims(self, token: str, keys: dict[str, Any]) -> dict[str, Any] | None:
        import jwt

        try:
            name = jwt.get_unverified_header(token).get("kid", "")
            key = keys.get(name) if name or len(keys) != 1 else next(iter(keys.values()))
            if key is None:
                return None
            claims: dict[str, Any] = jwt.decode(
                token,
                key.key,
                algorithms=[key.algorithm_name],
                audience=self._settings.audience,
                issuer=self._settings.issuer,
                leeway=_LEEWAY_SECONDS,
                options={"require": list(_REQUIRED)},
            )
        except (jwt.PyJWTError, ValueError, TypeError, OverflowError, RecursionError):
            return None
        return claims if isinstance(claims["sub"], str) else None

    def _read_keys(self, path: Path) -> dict[str, Any]:
        import jwt

        data = read_small(path, _MAXIMUM_BYTES, "the provider's key set")
        try:
            keys = [jwt.PyJWK(one) for one in msgspec.json.decode(data)["keys"]]
        except (
            jwt.PyJWTError,
            msgspec.MsgspecError,
            ValueError,
            TypeError,
            KeyError,
            RecursionError,
        ) as error:
            raise EvolveUserError(f"{path} is no key set that can be used: {error}") from error
        usable = {
            str(key.key_id or ""): key for key in keys if key.algorithm_name in self._settings.algorithms
        }
        if not usable:
            raise EvolveUserError(f"{path} has no key for {', '.join(self._settings.algorithms)}")
        return usable

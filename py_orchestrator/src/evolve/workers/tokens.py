"""Tokens: who may connect.

Each start of a worker gets a token of its own, so that a connection tells which process it comes from, and
the token of a process that was given up opens nothing any more. Tokens travel by environment, never on a
command line, and stand in no file.
"""

import hmac
import secrets
from typing import Final, Generic, TypeVar

_TOKEN_BYTES: Final = 32
_MAXIMUM_HEADER: Final = 256


Holder = TypeVar("Holder")


class Tokens(Generic[Holder]):
    """The tokens that are good now, and whose they are."""

    def __init__(self) -> None:
        self._holders: dict[str, Holder] = {}

    def issue(self, holder: Holder) -> str:
        token = secrets.token_urlsafe(_TOKEN_BYTES)
        self.pass_on(token, holder)
        return token

    def pass_on(self, token: str, holder: Holder) -> None:
        """From now on the token is somebody else's."""
        self._holders[token] = holder

    def revoke(self, token: str) -> None:
        self._holders.pop(token, None)

    def holder(self, authorization: str | None) -> Holder | None:
        """Who presents this Authorization header; None when nobody we know.

        Every token is compared, each in constant time, so that the answer's delay tells nothing.
        """
        if authorization is None or len(authorization) > _MAXIMUM_HEADER:
            return None
        scheme, _, presented = authorization.partition(" ")
        found = None
        for token, holder in self._holders.items():
            if hmac.compare_digest(token.encode(), presented.strip().encode(errors="replace")):
                found = holder
        return found if scheme.lower() == "bearer" else None

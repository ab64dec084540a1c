"""Where workers come in: an address, whether it is locked by TLS, and by which names it may be called.

Our own workers come in on loopback. Guests of other machines come in where `--listen` says.
"""

import errno
import ipaddress
import ssl
from dataclasses import dataclass
from typing import Final

from evolve.errors import EvolveUserError
from evolve.protocol import limits

LOOPBACK: Final = "127.0.0.1"


@dataclass(frozen=True)
class Entrance:
    """A place to listen at; port 0 is a free one. Without `security` everything goes in the clear."""

    address: str = LOOPBACK
    port: int = 0
    security: ssl.SSLContext | None = None
    # What may stand in a caller's Host beside loopback and the address it came to; "*.lan" is a name too.
    names: tuple[str, ...] = ()
    # How guests are told to call it.
    name: str = LOOPBACK
    way_to_a_free_port: str = "leave out --port"

    @property
    def is_public(self) -> bool:
        """Whether other machines can reach it."""
        return not ipaddress.ip_address(self.address).is_loopback

    @property
    def handshakes_at_once(self) -> int:
        """As many as may ever be connected: they may all come in the same moment."""
        return limits.MAXIMUM_GUESTS if self.is_public else limits.MAXIMUM_CONNECTIONS

    def url(self, port: int) -> str:
        """The address that a worker is given."""
        scheme = "ws" if self.security is None else "wss"
        return f"{scheme}://{bracketed(self.name)}:{port}{limits.PATH}"

    def is_called(self, host: str | None, arrived_at: str) -> bool:
        """Whether a Host is one of ours.

        A name that somebody rebound to our address is none. An address is none if it isn't the one that the
        caller reached.
        """
        name = _without_port(host or "").lower().rstrip(".")
        try:
            address = ipaddress.ip_address(name.removeprefix("[").removesuffix("]"))
        except ValueError:
            return name == "localhost" or any(fits(name, one) for one in self.names)
        return address.is_loopback or str(address) in (arrived_at, *self.names)


def fits(name: str, pattern: str) -> bool:
    """Whether a name is meant; "*.lan" means each with one label before it."""
    head, dot, rest = name.partition(".")
    wanted = pattern.lower()
    return bool(head) and (name == wanted or (wanted.startswith("*.") and f"*{dot}{rest}" == wanted))


def bracketed(name: str) -> str:
    """A name or an address as it stands in a URL."""
    return f"[{name}]" if ":" in name else name


def cannot_listen(error: OSError, entrance: Entrance) -> EvolveUserError:
    """Say in one sentence why nobody can listen there, and the way out."""
    where, way_out = f"port {entrance.port}", entrance.way_to_a_free_port
    if error.errno == errno.EADDRINUSE:
        return EvolveUserError(
            f"{where} is in use by another program: {way_out} to take a free one, or name another"
        )
    if error.errno == errno.EACCES:
        return EvolveUserError(f"{where} may not be opened by this user: name one above 1023, or {way_out}")
    if error.errno == errno.EADDRNOTAVAIL:
        return EvolveUserError(
            f"{entrance.address} is no address of this machine: --listen 0.0.0.0 listens at all it has"
        )
    return EvolveUserError(f"no port can be opened at {entrance.address}: {error.strerror or error}")


def _without_port(host: str) -> str:
    name, colon, port = host.rpartition(":")
    return name if colon and port.isdecimal() else host

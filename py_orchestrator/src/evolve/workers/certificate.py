"""A server's certificate and key from PEM files, looked at as a guest would before anything starts."""

import ipaddress
import re
import ssl
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from evolve.errors import EvolveUserError

# What ssl calls the names of machines.
_KINDS: Final = ("DNS", "IP Address")
# What OpenSSL calls a key of somebody else, of the same kind and of others.
_STRANGERS: Final = ("KEY_VALUES_MISMATCH", "KEY_TYPE_MISMATCH", "NO_CERTIFICATE_ASSIGNED")
# OpenSSL's numbers.
_EXPIRED: Final = 10
_NOT_YET_VALID: Final = 9


@dataclass(frozen=True)
class Certificate:
    """What a server shows, and the machines that it names."""

    path: Path
    key: Path
    security: ssl.SSLContext
    names: tuple[str, ...]


def load_certificate(certificate: Path, key: Path) -> Certificate:
    """Read both; a sentence says what a guest would refuse."""
    if "-----BEGIN CERTIFICATE-----" not in _read(certificate, "--certificate"):
        raise EvolveUserError(f"{certificate} holds no certificate in PEM: look at what --certificate names")
    locked = _read(key, "--key")
    if not re.search(r"-----BEGIN [A-Z ]*PRIVATE KEY-----", locked):
        raise EvolveUserError(f"{key} holds no private key in PEM: look at what --key names")
    if "ENCRYPTED" in locked:
        raise EvolveUserError(
            f"the key in {key} is locked with a password, which a server cannot be asked for: "
            f"'openssl pkey -in {key} -out open.pem' writes one without"
        )
    security = _server_side(certificate, key)
    shown = _as_guests_see_it(certificate, security)
    names = tuple(_plain(kind, value) for kind, value in shown.get("subjectAltName", ()) if kind in _KINDS)
    if not names:
        raise EvolveUserError(
            f"the certificate in {certificate} names no machine: make one with a subjectAltName, as "
            "docs/remote-workers.md shows"
        )
    return Certificate(certificate, key, security, names)


def _plain(kind: str, name: str) -> str:
    """A name as Entrance compares them: lower case, addresses in their short form."""
    return str(ipaddress.ip_address(name.strip())) if kind == "IP Address" else name.lower()


def _read(path: Path, option: str) -> str:
    try:
        return path.read_text(encoding="ascii", errors="replace")
    except OSError as error:
        raise EvolveUserError(f"{option} {path} cannot be read: {error.strerror or error}") from error


def _server_side(certificate: Path, key: Path) -> ssl.SSLContext:
    security = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    security.minimum_version = ssl.TLSVersion.TLSv1_2
    try:
        security.load_cert_chain(certificate, key)
    except ssl.SSLError as error:
        if error.reason in _STRANGERS:
            raise EvolveUserError(
                f"the key in {key} does not belong to the certificate in {certificate}: name the pair that "
                "was made together"
            ) from error
        raise EvolveUserError(f"{certificate} or {key} is damaged: make both anew") from error
    return security


# What ssl's own types call a peer's certificate.
_Shown = dict[str, tuple[tuple[str, str], ...]]


def _as_guests_see_it(certificate: Path, security: ssl.SSLContext) -> _Shown:
    """A handshake in memory, with a guest that trusts just this certificate."""
    guest = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    guest.check_hostname = False
    guest.verify_flags |= ssl.VERIFY_X509_PARTIAL_CHAIN
    guest.load_verify_locations(cafile=certificate)
    to_guest, to_server = ssl.MemoryBIO(), ssl.MemoryBIO()
    ours = security.wrap_bio(to_server, to_guest, server_side=True)
    theirs = guest.wrap_bio(to_guest, to_server)
    try:
        waiting = [theirs, ours]
        while waiting:
            waiting = [side for side in waiting if not _has_shaken_hands(side)]
    except ssl.SSLCertVerificationError as error:
        raise EvolveUserError(_flaw(certificate, error)) from error
    return theirs.getpeercert() or {}  # type: ignore[return-value]


def _has_shaken_hands(side: ssl.SSLObject) -> bool:
    try:
        side.do_handshake()
    except ssl.SSLWantReadError:
        return False
    return True


def _flaw(certificate: Path, error: ssl.SSLCertVerificationError) -> str:
    if error.verify_code == _EXPIRED:
        return f"the certificate in {certificate} has expired, and guests would refuse it: make a new one"
    if error.verify_code == _NOT_YET_VALID:
        return f"the certificate in {certificate} is not valid yet: wait, or put this machine's clock right"
    return f"guests would refuse the certificate in {certificate}: {error.verify_message}"

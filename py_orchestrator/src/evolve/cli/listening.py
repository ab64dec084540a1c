"""Where guests come in: from the words on the command line to an entrance, or a sentence."""

import argparse
import ipaddress
import socket
from pathlib import Path
from typing import Final

from evolve.errors import EvolveUserError
from evolve.workers.certificate import Certificate, load_certificate
from evolve.workers.entrance import Entrance, fits

# An address of no machine (RFC 5737): which of ours would be used to reach others. Nothing is sent.
_SOMEWHERE: Final = ("192.0.2.1", 9)


def entrance_of(arguments: argparse.Namespace) -> Entrance | None:
    """The entrance that was asked for; None for loopback, where guests come in by the workers' own."""
    if arguments.listen is None:
        _refuse_without_listen(arguments)
        return None
    if not arguments.guests:
        raise EvolveUserError("--listen is for guests: add --guests, or leave out --listen")
    address, port = arguments.listen
    certificate = _certificate(arguments)
    if certificate is None and not arguments.insecure and not ipaddress.ip_address(address).is_loopback:
        raise EvolveUserError(
            f"--listen {address} lets other machines in: give it a --certificate FILE and a --key FILE, or "
            "say with --insecure that whoever is on the way may read the token and the genomes"
        )
    name = _name(address, arguments.hosts, certificate)
    return Entrance(
        address,
        port,
        security=certificate.security if certificate else None,
        names=(*arguments.hosts, *(certificate.names if certificate else (name,))),
        name=name,
        way_to_a_free_port="leave the port out of --listen",
    )


def _refuse_without_listen(arguments: argparse.Namespace) -> None:
    for option, value in {
        "--certificate": arguments.certificate,
        "--key": arguments.key,
        "--insecure": arguments.insecure,
        "--host": arguments.hosts,
    }.items():
        if value:
            raise EvolveUserError(
                f"{option} goes with --listen ADDRESS: without it, only this machine gets in"
            )


def _certificate(arguments: argparse.Namespace) -> Certificate | None:
    given = {"--certificate": arguments.certificate, "--key": arguments.key}
    if not any(given.values()):
        return None
    for option, value in given.items():
        if not value:
            raise EvolveUserError(f"{option} FILE is missing: a certificate and its key go together")
    if arguments.insecure:
        raise EvolveUserError("--insecure does not go with --certificate: leave out one of them")
    certificate = load_certificate(Path(arguments.certificate), Path(arguments.key))
    for host in arguments.hosts:
        if not _is_for(certificate, host):
            raise EvolveUserError(
                f"the certificate in {certificate.path} is for {', '.join(certificate.names)} and not for "
                f"{host}: guests that call this machine so would refuse it"
            )
    return certificate


def _name(address: str, hosts: list[str], certificate: Certificate | None) -> str:
    """What guests are told to call this machine: the first that a certificate, if there is one, is for."""
    is_all = ipaddress.ip_address(address).is_unspecified
    known = [*hosts, *([] if is_all else [address])]
    if certificate is None:
        return known[0] if known else own_address(address)
    # Its own names come before loopback ones, with which only guests of this machine would find the way.
    own = sorted(certificate.names, key=lambda name: name in ("localhost", "127.0.0.1", "::1"))
    for name in [*known, *own]:
        if not name.startswith("*") and _is_for(certificate, name):
            return name
    raise EvolveUserError(
        f"the certificate in {certificate.path} is for {', '.join(certificate.names)}: say with --host which "
        "name of those this machine has"
    )


def _is_for(certificate: Certificate, name: str) -> bool:
    return any(fits(name, one) for one in certificate.names)


def own_address(address: str) -> str:
    """The address by which this machine reaches others, or its name where there is no way to any."""
    family, somewhere = socket.AF_INET, _SOMEWHERE
    if ":" in address:
        family, somewhere = socket.AF_INET6, ("2001:db8::1", 9)
    try:
        with socket.socket(family, socket.SOCK_DGRAM) as probe:
            probe.connect(somewhere)
            return str(probe.getsockname()[0])
    except OSError:
        return socket.gethostname()

"""Where `evolve serve` listens: from the words on the command line to an entrance, or a sentence."""

import argparse
import ipaddress
from pathlib import Path

from evolve.cli.listening import own_address
from evolve.errors import EvolveUserError
from evolve.workers.certificate import Certificate, load_certificate
from evolve.workers.entrance import Entrance


def entrance_of(arguments: argparse.Namespace) -> Entrance:
    """The entrance that was asked for."""
    certificate = certificate_of(arguments)
    address = ipaddress.ip_address(arguments.host)
    names = (*arguments.names, *(certificate.names if certificate else ()))
    return Entrance(
        arguments.host,
        arguments.port,
        security=certificate.security if certificate else None,
        names=names,
        name=names[0] if names else own_address(arguments.host) if address.is_unspecified else arguments.host,
        way_to_a_free_port="write --port 0",
    )


def certificate_of(arguments: argparse.Namespace) -> Certificate | None:
    """The certificate that was named, if one was."""
    if not arguments.certificate and not arguments.key:
        return None
    for option, value in {"--certificate": arguments.certificate, "--key": arguments.key}.items():
        if not value:
            raise EvolveUserError(f"{option} FILE is missing: a certificate and its key go together")
    return load_certificate(Path(arguments.certificate), Path(arguments.key))

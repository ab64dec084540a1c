"""The words that say who may join a run, and from where."""

from __future__ import annotations

import argparse
import ipaddress
import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from evolve.cli.arguments.parser import Parser

MAXIMUM_PORT = 65_535
# What a name of the internet may have (RFC 1035).
_LONGEST_NAME = 253


def add_listening(command: Parser) -> None:
    guests = command.add_argument_group("guests")
    guests.add_argument(
        "--guests",
        action="store_true",
        help="let workers join that were started elsewhere, like the editor's Play: says address and token",
    )
    guests.add_argument(
        "--listen",
        type=listen_address,
        metavar="ADDRESS[:PORT]",
        help="let them join from other machines; 0.0.0.0: by every address of this one (default: loopback)",
    )
    guests.add_argument("--certificate", metavar="FILE", help="TLS for --listen: the certificate, PEM")
    guests.add_argument("--key", metavar="FILE", help="and its key")
    guests.add_argument(
        "--insecure",
        action="store_true",
        help="no TLS for --listen: token and genomes can be read on the way",
    )
    guests.add_argument(
        "--host",
        type=host_name,
        action="append",
        default=[],
        metavar="NAME",
        dest="hosts",
        help="a name or address that guests call this machine by; the certificate's are known",
    )


def listen_address(text: str) -> tuple[str, int]:
    """Read 0.0.0.0, 192.168.1.5:40000, :: or [::]:40000; without a port it is a free one."""
    parts = re.fullmatch(r"(?:\[([^\[\]]*)\]|([^\[\]]*?))(?::(\d{1,5}))?", _in_brackets(text))
    address, port = (parts[1] or parts[2], int(parts[3] or 0)) if parts else ("", 0)
    try:
        return str(ipaddress.ip_address(address if port <= MAXIMUM_PORT else "")), port
    except ValueError:
        raise argparse.ArgumentTypeError(
            f"expected an address of this machine like 0.0.0.0, 192.168.1.5:40000 or [::]:40000, not '{text}'"
        ) from None


def _in_brackets(text: str) -> str:
    """An IPv6 address without a port needs none."""
    is_bare = text.count(":") > 1 and "[" not in text and "]" not in text
    return f"[{text}]" if is_bare else text


def host_name(text: str) -> str:
    try:
        return str(ipaddress.ip_address(text.removeprefix("[").removesuffix("]")))
    except ValueError:
        pass
    if not re.fullmatch(r"[A-Za-z0-9_-]+(\.[A-Za-z0-9_-]+)*\.?", text) or len(text) > _LONGEST_NAME:
        raise argparse.ArgumentTypeError(f"expected a name like trainer.lan, without a port, not '{text}'")
    return text.lower().rstrip(".")

"""Certificates and keys, made by the openssl command when a test wants them."""

import shutil
import subprocess
from pathlib import Path
from typing import Final

import pytest

OPENSSL: Final = shutil.which("openssl")
needs_openssl = pytest.mark.skipif(OPENSSL is None, reason="there is no openssl here to make a certificate")

_AUTHORITY: Final = """\
[ca]
default_ca = own
[own]
database = index.txt
serial = serial
new_certs_dir = .
default_md = sha256
policy = any
x509_extensions = named
[any]
commonName = supplied
[named]
subjectAltName = {names}
"""


def make_pair(folder: Path, names: str = "DNS:localhost,IP:127.0.0.1", *extensions: str) -> tuple[Path, Path]:
    """A self-signed certificate and its key, as docs/remote-workers.md makes them."""
    certificate, key = folder / "certificate.pem", make_key(folder / "key.pem")
    named = ["-addext", f"subjectAltName={names}"] if names else []
    more = [word for extension in extensions for word in ("-addext", extension)]
    words = ["req", "-x509", "-key", key.name, "-nodes", "-days", "30", "-subj", "/CN=trainer"]
    openssl(folder, *words, "-out", certificate.name, *named, *more)
    return certificate, key


def make_dated_pair(folder: Path, begin: str, end: str) -> tuple[Path, Path]:
    """The same for other days, like 20200101000000Z."""
    certificate, key = folder / "certificate.pem", make_key(folder / "key.pem")
    (folder / "index.txt").touch()
    (folder / "serial").write_text("01\n")
    (folder / "authority.cnf").write_text(_AUTHORITY.format(names="DNS:localhost"))
    openssl(folder, "req", "-new", "-key", key.name, "-subj", "/CN=trainer", "-out", "request.pem")
    dates = ["-startdate", begin, "-enddate", end]
    own = ["-config", "authority.cnf", "-selfsign", "-batch", "-notext", "-keyfile", key.name]
    openssl(folder, "ca", *own, *dates, "-in", "request.pem", "-out", certificate.name)
    return certificate, key


def make_key(path: Path) -> Path:
    openssl(
        path.parent, "genpkey", "-algorithm", "EC", "-pkeyopt", "ec_paramgen_curve:P-256", "-out", path.name
    )
    return path


def openssl(folder: Path, *words: str) -> None:
    subprocess.run([OPENSSL or "openssl", *words], cwd=folder, capture_output=True, check=True, timeout=30)

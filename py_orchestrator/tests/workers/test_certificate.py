"""A certificate is looked at as a guest would, before anything starts; what it would refuse is a sentence."""

from collections.abc import Callable
from pathlib import Path

import pytest
from tests.certificates import make_dated_pair, make_key, make_pair, needs_openssl, openssl

from evolve.errors import EvolveUserError
from evolve.workers.certificate import load_certificate

pytestmark = needs_openssl


def test_the_names_of_machines_are_read_and_no_others(tmp_path: Path) -> None:
    names = "DNS:Trainer.LAN,DNS:*.example.org,IP:127.0.0.1,IP:::1,email:a@b.c,URI:https://d.e"
    assert load_certificate(*make_pair(tmp_path, names)).names == (
        "trainer.lan",
        "*.example.org",
        "127.0.0.1",
        "::1",
    )


def refusal(certificate: Path, key: Path) -> str:
    with pytest.raises(EvolveUserError) as refused:
        load_certificate(certificate, key)
    return str(refused.value).replace(f"{certificate.parent}/", "")


def lock(folder: Path) -> None:
    openssl(folder, "pkey", "-in", "key.pem", "-aes256", "-passout", "pass:word", "-out", "locked.pem")
    (folder / "locked.pem").replace(folder / "key.pem")


def damage(folder: Path) -> None:
    text = (folder / "certificate.pem").read_text()
    (folder / "certificate.pem").write_text(text.replace("MII", "!!!", 1))


SPOILERS: list[tuple[Callable[[Path], object], str]] = [
    (
        lambda folder: (folder / "certificate.pem").unlink(),
        "--certificate certificate.pem cannot be read: No such file or directory",
    ),
    (
        lambda folder: (folder / "key.pem").unlink(),
        "--key key.pem cannot be read: No such file or directory",
    ),
    (
        lambda folder: (folder / "certificate.pem").write_bytes(b"\xff\x00"),
        "certificate.pem holds no certificate in PEM: look at what --certificate names",
    ),
    (
        lambda folder: (folder / "key.pem").write_text("-----BEGIN CERTIFICATE-----"),
        "key.pem holds no private key in PEM: look at what --key names",
    ),
    (
        lambda folder: make_key(folder / "key.pem"),
        "the key in key.pem does not belong to the certificate in certificate.pem: name the pair that was "
        "made together",
    ),
    (
        lambda folder: openssl(folder, "genpkey", "-algorithm", "ED25519", "-out", "key.pem"),
        "the key in key.pem does not belong to the certificate in certificate.pem: name the pair that was "
        "made together",
    ),
    (
        lock,
        "the key in key.pem is locked with a password, which a server cannot be asked for: "
        "'openssl pkey -in key.pem -out open.pem' writes one without",
    ),
    (damage, "certificate.pem or key.pem is damaged: make both anew"),
]


@pytest.mark.parametrize(("spoil", "sentence"), SPOILERS)
def test_what_no_server_can_use_is_a_sentence(
    tmp_path: Path, spoil: Callable[[Path], object], sentence: str
) -> None:
    pair = make_pair(tmp_path)
    spoil(tmp_path)
    assert refusal(*pair) == sentence


def test_what_a_guest_would_refuse_is_a_sentence(tmp_path: Path) -> None:
    assert refusal(*make_dated_pair(tmp_path, "20200101000000Z", "20200102000000Z")) == (
        "the certificate in certificate.pem has expired, and guests would refuse it: make a new one"
    )
    assert refusal(*make_pair(tmp_path, "DNS:localhost", "extendedKeyUsage=clientAuth")) == (
        "guests would refuse the certificate in certificate.pem: unsuitable certificate purpose"
    )
    assert refusal(*make_pair(tmp_path, "")) == (
        "the certificate in certificate.pem names no machine: make one with a subjectAltName, as "
        "docs/remote-workers.md shows"
    )


def test_a_certificate_of_the_future_is_a_sentence(tmp_path: Path) -> None:
    assert refusal(*make_dated_pair(tmp_path, "20990101000000Z", "20990201000000Z")) == (
        "the certificate in certificate.pem is not valid yet: wait, or put this machine's clock right"
    )

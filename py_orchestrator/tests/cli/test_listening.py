"""Where guests come in: what the options of `evolve train` make of it, or the sentence that refuses them."""

from pathlib import Path

import pytest
from tests.certificates import make_pair, needs_openssl

from evolve.cli.arguments import build_parser
from evolve.cli.listening import entrance_of
from evolve.errors import EvolveUserError
from evolve.workers.entrance import Entrance

EVERYWHERE = "0.0.0.0"  # noqa: S104 - what these options are about
Captured = pytest.CaptureFixture[str]


def entrance(*words: str) -> Entrance | None:
    return entrance_of(build_parser().parse_args(["train", "track.tscn", *words]))


def asked(*words: str) -> Entrance:
    made = entrance("--guests", *words)
    assert made is not None
    return made


def refusal(*words: str) -> str:
    with pytest.raises(EvolveUserError) as refused:
        entrance(*words)
    return str(refused.value)


def test_without_listen_guests_come_in_where_workers_do() -> None:
    assert entrance() is None
    assert entrance("--guests") is None


@pytest.mark.parametrize(
    ("word", "address", "port"),
    [
        (EVERYWHERE, EVERYWHERE, 0),
        ("192.168.1.5:40000", "192.168.1.5", 40_000),
        ("::", "::", 0),
        ("[::]:40000", "::", 40_000),
        ("[fe80::1]", "fe80::1", 0),
        ("127.0.0.1:0", "127.0.0.1", 0),
    ],
)
def test_an_address_may_have_a_port(word: str, address: str, port: int) -> None:
    made = asked("--insecure", "--listen", word)
    assert (made.address, made.port, made.security) == (address, port, None)


@pytest.mark.parametrize(
    "word", ["", "trainer.lan", "0.0.0.0:", "0.0.0.0:70000", "1.2.3", "[::", "::]:1", "a:b:c"]
)
def test_what_is_no_address_is_one_sentence(word: str, capsys: Captured) -> None:
    with pytest.raises(SystemExit):
        entrance("--guests", f"--listen={word}")
    assert capsys.readouterr().err == (
        "evolve train: --listen: expected an address of this machine like 0.0.0.0, 192.168.1.5:40000 or "
        f"[::]:40000, not '{word}' ('evolve train --help' explains)\n"
    )


@pytest.mark.parametrize("word", ["", "trainer.lan:40000", "https://trainer.lan", "*.lan", "a b"])
def test_what_is_no_name_is_one_sentence(word: str, capsys: Captured) -> None:
    with pytest.raises(SystemExit):
        entrance("--guests", "--listen", EVERYWHERE, f"--host={word}")
    assert capsys.readouterr().err == (
        f"evolve train: --host: expected a name like trainer.lan, without a port, not '{word}' "
        "('evolve train --help' explains)\n"
    )


def test_other_machines_get_in_by_tls_or_by_an_explicit_word_only() -> None:
    assert refusal("--guests", "--listen", EVERYWHERE) == (
        "--listen 0.0.0.0 lets other machines in: give it a --certificate FILE and a --key FILE, or say with "
        "--insecure that whoever is on the way may read the token and the genomes"
    )
    assert asked("--listen", "127.0.0.1:4000").url(4_000) == "ws://127.0.0.1:4000/worker"


def test_options_that_make_no_sense_together_are_refused() -> None:
    assert refusal("--listen", EVERYWHERE, "--insecure") == (
        "--listen is for guests: add --guests, or leave out --listen"
    )
    for words in (["--certificate", "a"], ["--key", "a"], ["--insecure"], ["--host", "a"]):
        assert refusal("--guests", *words) == (
            f"{words[0]} goes with --listen ADDRESS: without it, only this machine gets in"
        )
    listen = ("--guests", "--listen", EVERYWHERE)
    assert refusal(*listen, "--certificate", "a") == (
        "--key FILE is missing: a certificate and its key go together"
    )
    assert refusal(*listen, "--key", "a") == (
        "--certificate FILE is missing: a certificate and its key go together"
    )
    assert refusal(*listen, "--insecure", "--certificate", "a", "--key", "b") == (
        "--insecure does not go with --certificate: leave out one of them"
    )


def test_in_the_clear_guests_are_told_the_name_that_was_given_or_an_address() -> None:
    assert asked("--insecure", "--listen", EVERYWHERE, "--host", "Trainer.LAN").name == "trainer.lan"
    assert asked("--insecure", "--listen", "10.1.1.1").name == "10.1.1.1"
    anywhere = asked("--insecure", "--listen", EVERYWHERE)
    assert anywhere.name not in (EVERYWHERE, "")
    assert anywhere.is_called(anywhere.name, anywhere.name)


@needs_openssl
@pytest.mark.parametrize(
    ("names", "words", "told"),
    [
        ("DNS:localhost,DNS:trainer.lan", ("--listen", EVERYWHERE), "trainer.lan"),
        ("DNS:localhost,DNS:trainer.lan", ("--listen", EVERYWHERE, "--host", "localhost"), "localhost"),
        ("DNS:trainer.lan,IP:10.1.1.1", ("--listen", "10.1.1.1"), "10.1.1.1"),
        ("DNS:trainer.lan", ("--listen", "10.1.1.1"), "trainer.lan"),
        ("DNS:*.lan", ("--listen", EVERYWHERE, "--host", "gpu.lan"), "gpu.lan"),
    ],
)
def test_with_tls_guests_are_told_a_name_that_the_certificate_is_for(
    tmp_path: Path, names: str, words: tuple[str, ...], told: str
) -> None:
    certificate, key = make_pair(tmp_path, names)
    made = asked(*words, "--certificate", str(certificate), "--key", str(key))
    assert made.url(4_000) == f"wss://{told}:4000/worker"
    assert made.is_called(told, "10.9.9.9")


@needs_openssl
def test_a_certificate_for_other_names_is_refused(tmp_path: Path) -> None:
    certificate, key = make_pair(tmp_path, "DNS:*.lan,DNS:*.example.org")
    words = ("--guests", "--listen", EVERYWHERE, "--certificate", str(certificate), "--key", str(key))
    assert refusal(*words, "--host", "trainer") == (
        f"the certificate in {certificate} is for *.lan, *.example.org and not for trainer: guests that "
        "call this machine so would refuse it"
    )
    assert refusal(*words) == (
        f"the certificate in {certificate} is for *.lan, *.example.org: say with --host which name of "
        "those this machine has"
    )

"""Guests that come in by TLS, as from another machine, while our own workers stay on loopback."""

import json
import os
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from tests.certificates import make_pair, needs_openssl
from tests.system.processes import STANDIN, Shop, wait_for

pytestmark = [
    pytest.mark.skipif(os.name == "nt", reason="counts processes through /proc"),
    needs_openssl,
]

EVERYWHERE = "0.0.0.0"  # noqa: S104 - what these options are about
SCENE = ("game/xor.tscn", "--seed", "7", "--generations", "12", "--workers", "1")


@pytest.fixture
def shop(tmp_path: Path) -> Shop:
    shop = Shop(tmp_path)
    make_pair(tmp_path)
    return shop


LISTEN = ("--guests", "--listen", EVERYWHERE, "--certificate", "certificate.pem", "--key", "key.pem")


def invitation(host: "subprocess.Popen[str]") -> dict[str, str]:
    """Address and token of the line that is printed for guests."""
    assert host.stderr is not None
    for line in host.stderr:
        words = line.split()
        if "address" in words and "token" in words:
            return {
                "EVOLVE_SERVER": words[words.index("address") + 1],
                "EVOLVE_TOKEN": words[words.index("token") + 1],
            }
    raise AssertionError("nobody was invited")


@contextmanager
def guest(shop: Shop, **environment: str) -> "Iterator[subprocess.Popen[str]]":
    with subprocess.Popen(
        [sys.executable, str(STANDIN)],
        env=shop.environment | environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    ) as process:
        yield process


def test_a_guest_behind_tls_changes_no_bit_and_workers_stay_on_loopback(shop: Shop) -> None:
    alone = shop.train(*SCENE, "--out", "alone")["digest"]
    out = shop.folder / "hosting"
    with shop.start("train", *SCENE, *LISTEN, "--out", "hosting", "--json", STANDIN_DELAY="0.01") as host:
        invited = invitation(host)
        assert invited["EVOLVE_SERVER"].startswith("wss://localhost:")
        trusted = {"EVOLVE_CERTIFICATE": str(shop.folder / "certificate.pem")}
        with guest(shop, **invited, **trusted) as joined:
            output, errors = host.communicate(timeout=90)
            said, _ = joined.communicate(timeout=20)
    assert (host.returncode, joined.returncode) == (0, 0), errors + said
    assert json.loads(output)["digest"] == alone
    assert (out / "logs/worker-1.log").exists()
    assert shop.workers() == []


def test_a_guest_that_does_not_trust_the_certificate_stays_outside(shop: Shop) -> None:
    with shop.start("train", *SCENE, *LISTEN, STANDIN_DELAY="0.05") as host:
        with guest(shop, **invitation(host)) as stranger:
            said, _ = stranger.communicate(timeout=20)
        assert stranger.returncode == 1
        assert "certificate verify failed: self-signed certificate" in said
        host.terminate()
        host.communicate(timeout=20)
    wait_for(lambda: not shop.workers())


def test_a_port_that_is_taken_leaves_no_run_behind(shop: Shop) -> None:
    with socket.create_server((EVERYWHERE, 0)) as taken:
        port = taken.getsockname()[1]
        listen = (*LISTEN[:2], f"{EVERYWHERE}:{port}", *LISTEN[3:])
        answer = shop.run("train", *SCENE, *listen)
    assert answer.returncode == 1
    assert answer.stderr.splitlines()[-1] == (
        f"evolve: port {port} is in use by another program: leave the port out of --listen to take a free "
        "one, or name another"
    )
    assert not (shop.folder / "runs/xor-7-001").exists()


def test_a_certificate_that_is_no_use_is_one_sentence_before_anything_starts(shop: Shop) -> None:
    (shop.folder / "key.pem").unlink()
    answer = shop.run("train", *SCENE, *LISTEN)
    assert answer.returncode == 1
    assert answer.stderr == "evolve: --key key.pem cannot be read: No such file or directory\n"
    assert not (shop.folder / "runs").exists()


GAME = """
import time, evolve

@evolve.evaluator(inputs=["x"], outputs=["y"], generations=4, ticks=2)
def play(episode):
    time.sleep(0.02)
    return episode.brain.think([1.0])[0] + episode.random.random()
"""


def test_a_python_worker_comes_in_by_tls_where_it_trusts_the_certificate(shop: Shop) -> None:
    (shop.folder / "game.py").write_text(GAME)
    words = ("train", "game.py:play", "--population", "60", "--workers", "1", *LISTEN, "--out", "mine")
    with shop.start(*words) as host:
        invited = invitation(host)
        stranger = shop.run("worker", "game.py:play", **invited)
        assert (stranger.returncode, stranger.stderr) == (
            1,
            f"evolve: the certificate of {invited['EVOLVE_SERVER']} is not trusted here (self-signed "
            "certificate): EVOLVE_CERTIFICATE names one that is\n",
        )
        lost = shop.run("worker", "game.py:play", **invited, EVOLVE_CERTIFICATE="no.pem")
        assert lost.stderr == (
            "evolve: EVOLVE_CERTIFICATE names no.pem, which cannot be read: No such file or directory\n"
        )
        guest = shop.run("worker", "game.py:play", **invited, EVOLVE_CERTIFICATE="certificate.pem")
        _, errors = host.communicate(timeout=60)
    assert (guest.returncode, host.returncode) == (0, 0), guest.stderr + errors
    assert guest.stdout.startswith("The run is over: ")


def test_a_slow_guest_costs_a_run_next_to_nothing(shop: Shop) -> None:
    # The guest takes an hour for a frame: a run that waited for one would not end.
    digest = shop.train(*SCENE, "--out", "alone")["digest"]
    with shop.start("train", *SCENE, "--guests", "--out", "hosting", "--json", STANDIN_DELAY="0.02") as host:
        invited = invitation(host)
        with guest(shop, **invited, STANDIN_DELAY="3600") as slow:
            output, errors = host.communicate(timeout=60)
            slow.kill()
    assert host.returncode == 0, errors
    assert json.loads(output)["digest"] == digest

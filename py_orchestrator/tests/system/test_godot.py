"""The real engine: one seed, one digest, through every door and with any number of workers."""

import json
import os
import sqlite3
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest
from tests.certificates import make_pair, needs_openssl
from tests.system.processes import ROOT, Shop, wait_for

CHECKOUT = ROOT.parent
PROJECT = CHECKOUT / "godot_project"

pytestmark = [
    pytest.mark.system,
    pytest.mark.skipif(
        not os.environ.get("GODOT") or not (PROJECT / ".godot").is_dir(),
        reason="GODOT names no engine, or the demo project was never imported: tools/test sees to both",
    ),
]

RUN = ("--seed", "7", "--generations", "5")
ENGINE = (os.environ.get("GODOT", ""), "--headless", "--fixed-fps", "60", "--path", str(PROJECT))


@pytest.fixture
def shop(tmp_path: Path) -> Iterator[Shop]:
    shop = Shop(tmp_path, {"GODOT": os.environ.get("GODOT", "")})
    yield shop
    assert shop.workers() == []


@pytest.fixture
def native(shop: Shop) -> dict[str, object]:
    return shop.train("xor", *RUN, "--out", "native")


@pytest.mark.parametrize("workers", ["1", "2", "3"])
def test_godot_workers_breed_what_the_native_world_breeds(
    shop: Shop, native: dict[str, object], workers: str
) -> None:
    content = shop.train(*RUN, "--workers", workers, "--out", "farm")
    assert content["digest"] == native["digest"]
    for name in ("champion.evo", "checkpoints/generation-000005.evolve"):
        assert (shop.folder / "farm" / name).read_bytes() == (shop.folder / "native" / name).read_bytes()


def test_the_engine_by_itself_breeds_the_same(shop: Shop, native: dict[str, object]) -> None:
    out = shop.folder / "engine"
    options = ["--evolve-generations", "5", "--evolve-seed", "7", "--evolve-out", str(out)]
    answer = subprocess.run(
        [*ENGINE, "res://demos/xor/xor.tscn", "--", *options],
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )
    assert answer.returncode == 0, answer.stdout + answer.stderr
    assert "SCRIPT ERROR" not in answer.stdout + answer.stderr
    assert native["generations"] == 5
    for name in ("champion.evo", "checkpoints/generation-000005.evolve"):
        assert (out / name).read_bytes() == (shop.folder / "native" / name).read_bytes()


@pytest.mark.parametrize("dimensions", ["2d", "3d"])
def test_a_scene_with_physics_gives_the_same_bytes_through_every_door(shop: Shop, dimensions: str) -> None:
    scene = f"tests/fixtures/physics/bouncer_trainer_{dimensions}.tscn"
    files = ("champion.evo", "checkpoints/generation-000003.evolve")
    out = shop.folder / "engine"
    options = ["--evolve-seed", "7", "--evolve-out", str(out)]
    alone = subprocess.run(
        [*ENGINE, f"res://{scene}", "--", *options], capture_output=True, text=True, check=False, timeout=60
    )
    assert alone.returncode == 0, alone.stdout + alone.stderr
    metrics = []
    for workers in ("1", "3"):
        shop.train(str(PROJECT / scene), "--seed", "7", "--workers", workers, "--out", workers)
        for name in files:
            assert (shop.folder / workers / name).read_bytes() == (out / name).read_bytes()
        with sqlite3.connect(shop.folder / workers / "history.sqlite") as connection:
            metrics.append(connection.execute("SELECT * FROM metric").fetchall())
        connection.close()
    assert metrics[0] == metrics[1]
    assert {row[2] for row in metrics[0]} == ({"way", "spin"} if dimensions == "2d" else set())


def test_an_orchestrator_that_is_killed_leaves_no_engine_behind_and_its_run_goes_on(shop: Shop) -> None:
    whole = shop.train("xor", "--seed", "7", "--generations", "60", "--out", "native")
    with shop.start("train", "--seed", "7", "--generations", "60", "--out", "mine") as orchestrator:
        wait_for((shop.folder / "mine/checkpoints/generation-000004.evolve").exists)
        orchestrator.kill()
        orchestrator.communicate()
    wait_for(lambda: not shop.workers())
    assert shop.train("--resume", "mine")["digest"] == whole["digest"]


def test_the_log_of_a_worker_has_no_error_in_it(shop: Shop) -> None:
    shop.train(*RUN, "--out", "mine")
    for log in (shop.folder / "mine/logs").glob("worker-*.log"):
        assert "ERROR" not in log.read_text()
    assert json.loads((shop.folder / "mine/run.json").read_text())["versions"].keys() == {
        "evolve",
        "library",
        "engine",
    }


def test_an_engine_that_joins_as_a_guest_changes_nothing_of_what_comes_out(shop: Shop) -> None:
    # Long enough for the guest's engine to start meanwhile.
    long_run = ("--seed", "7", "--generations", "150")
    alone = shop.train("xor", *long_run, "--out", "alone")
    with shop.start("train", *long_run, "--workers", "1", "--out", "hosting", "--guests", "--json") as host:
        assert host.stderr is not None
        words = next(line for line in host.stderr if line.startswith("Guests may join:")).split()
        guest = subprocess.run(
            [*ENGINE, "res://demos/xor/xor.tscn", "--", "--evolve-worker"],
            env={**os.environ, "EVOLVE_SERVER": words[4], "EVOLVE_TOKEN": words[6]},
            capture_output=True,
            text=True,
            check=False,
            timeout=60,
        )
        out, err = host.communicate(timeout=60)
    assert guest.returncode == 0, guest.stdout + guest.stderr
    assert json.loads(out)["digest"] == alone["digest"], err


@needs_openssl
def test_an_engine_joins_by_tls_whoever_it_trusts_and_nobody_else(shop: Shop) -> None:
    certificate, key = make_pair(shop.folder, "DNS:localhost,IP:127.0.0.1")
    listen = ("--guests", "--listen", "127.0.0.1", "--certificate", str(certificate), "--key", str(key))
    run = ("--seed", "7", "--generations", "150", "--workers", "1")
    alone = shop.train("xor", *run[:4], "--out", "alone")
    with shop.start("train", *run, *listen, "--out", "hosting", "--json") as host:
        assert host.stderr is not None
        words = next(line for line in host.stderr if line.startswith("Guests may join:")).split()
        assert words[4].startswith("wss://127.0.0.1:")
        invited = {**os.environ, "EVOLVE_SERVER": words[4], "EVOLVE_TOKEN": words[6]}
        trusting, stranger = (
            subprocess.Popen(
                [*ENGINE, "res://demos/xor/xor.tscn", "--", "--evolve-worker"],
                env=environment,
                stdout=subprocess.PIPE,
                stderr=subprocess.STDOUT,
                text=True,
            )
            for environment in (invited | {"EVOLVE_CERTIFICATE": str(certificate)}, invited)
        )
        heard, refused = (engine.communicate(timeout=60)[0] for engine in (trusting, stranger))
        out, err = host.communicate(timeout=60)
    assert trusting.returncode == 0, heard
    assert stranger.returncode == 3, refused
    assert "or its certificate is none that is trusted here (EVOLVE_CERTIFICATE names one)" in refused
    assert json.loads(out)["digest"] == alone["digest"], err

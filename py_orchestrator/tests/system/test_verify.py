"""`evolve train --verify`: a scene that is not the same every time is caught, a sound one is left alone."""

import json
import os
from collections.abc import Iterator
from pathlib import Path

import pytest
from tests.system.processes import ROOT, Shop

from evolve import Champion

PROJECT = ROOT.parent / "godot_project"
FICKLE = str(PROJECT / "tests/fixtures/fickle_trainer.tscn")
SCENE = ("game/xor.tscn", "--seed", "7", "--generations", "4")

needs_engine = pytest.mark.skipif(
    not os.environ.get("GODOT") or not (PROJECT / ".godot").is_dir(),
    reason="GODOT names no engine, or the demo project was never imported: tools/test sees to both",
)


@pytest.fixture
def shop(tmp_path: Path) -> Iterator[Shop]:
    shop = Shop(tmp_path)
    yield shop
    assert shop.workers() == []


@pytest.fixture(scope="module")
def plain(tmp_path_factory: pytest.TempPathFactory) -> dict[str, object]:
    """The same run in one process, of which nothing is verified."""
    return Shop(tmp_path_factory.mktemp("plain")).train("xor", *SCENE[1:])


@pytest.fixture
def engine(tmp_path: Path) -> Iterator[Shop]:
    shop = Shop(tmp_path, {"GODOT": os.environ.get("GODOT", "")})
    yield shop
    assert shop.workers() == []


@pytest.mark.parametrize("workers", ["1", "2", "3"])
def test_a_run_comes_to_the_same_bytes_with_and_without_verification(
    shop: Shop, plain: dict[str, object], workers: str
) -> None:
    assert "verified" not in plain
    content = shop.train(*SCENE, "--workers", workers, "--verify", "5", "--out", "mine")
    assert content["digest"] == plain["digest"]
    assert content["evaluations"] == plain["evaluations"]
    elsewhere = 0 if workers == "1" else 20
    assert content["verified"] == {"equal": 20, "elsewhere": elsewhere, "abandoned": 0}
    record = json.loads((shop.folder / "mine/run.json").read_text())
    assert record["result"]["verified"] == content["verified"]


def test_a_worker_that_dies_in_a_check_moves_it_on_and_changes_no_bit(
    shop: Shop, plain: dict[str, object]
) -> None:
    faults = {"STANDIN_FAULT": "die-in-check", "STANDIN_TIMES": "2"}
    content = shop.train(*SCENE, "--verify", "5", "--out", "mine", **faults)
    assert len(list((shop.folder / "marks").glob("fault-*"))) == 2
    assert content["digest"] == plain["digest"]
    assert content["verified"] == {"equal": 20, "elsewhere": 20, "abandoned": 0}


def test_a_run_that_goes_on_is_verified_from_there(shop: Shop) -> None:
    shop.train(*SCENE, "--out", "mine")
    content = shop.train("--resume", "mine", "--generations", "6", "--verify", "5")
    assert content["verified"]["equal"] == 10


@pytest.mark.system
@needs_engine
@pytest.mark.parametrize(
    ("manner", "what"),
    [
        ("global chance", "tick 17 is the first in which its agents sensed something else"),
        ("scored by chance", "its agents sensed and did the same in every tick, and were scored differently"),
    ],
)
def test_a_scene_that_is_not_the_same_every_time_ends_the_run_with_the_first_tick(
    engine: Shop, manner: str, what: str
) -> None:
    words = ("train", FICKLE, "--seed", "7", "--verify", "3", "--out", "mine", "--quiet")
    answer = engine.run(*words, EVOLVE_TEST_MANNER=manner)
    assert (answer.returncode, answer.stdout) == (1, "")
    said = answer.stderr.splitlines()
    assert said[1].endswith(f"was not the same when it was played again: {what}")
    assert said[1].startswith("evolve: unit ")
    assert {said[3].split()[0], said[4].split()[0]} == {"worker-1", "worker-2"}
    assert "randf" in said[5]
    brains = list((engine.folder / "mine/differing").glob("*.evo"))
    assert len(brains) == 1
    assert Champion.load(str(brains[0])).inputs == ["tick", "chance"]
    assert str(brains[0].relative_to(engine.folder)) in said[9]
    assert json.loads((engine.folder / "mine/run.json").read_text())["status"] == "failed"


@pytest.mark.system
@needs_engine
def test_one_worker_alone_notices_it_as_well(engine: Shop) -> None:
    words = ("train", FICKLE, "--verify", "3", "--workers", "1", "--quiet")
    answer = engine.run(*words, EVOLVE_TEST_MANNER="global chance")
    assert answer.returncode == 1
    assert "tick 17 is the first in which its agents sensed something else" in answer.stderr
    assert "  worker-1, later fitness " in answer.stderr


@pytest.mark.system
@needs_engine
@pytest.mark.parametrize("scene", ["demos/cars/cars.tscn", "tests/fixtures/physics/bouncer_trainer_2d.tscn"])
def test_a_sound_scene_passes(engine: Shop, scene: str) -> None:
    words = ("train", str(PROJECT / scene), "--generations", "2", "--verify", "4")
    answer = engine.run(*words)
    assert answer.returncode == 0, answer.stderr
    assert "\nVerified 8 units on another worker: all equal.\n" in answer.stdout

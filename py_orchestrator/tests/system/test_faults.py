"""Whole runs with processes that are killed, at either end: the last checkpoint is the same, bit for bit."""

import json
import os
import signal
from pathlib import Path

import pytest
from tests.system.processes import Shop, wait_for

pytestmark = pytest.mark.skipif(os.name == "nt", reason="counts processes through /proc")

SCENE = ("game/xor.tscn", "--seed", "7", "--generations", "12")


@pytest.fixture
def shop(tmp_path: Path) -> Shop:
    return Shop(tmp_path)


@pytest.fixture(scope="module")
def undisturbed(tmp_path_factory: pytest.TempPathFactory) -> str:
    """The digest of the same run in one process."""
    shop = Shop(tmp_path_factory.mktemp("undisturbed"))
    return str(shop.train("xor", "--seed", "7", "--generations", "12", "--out", "undisturbed")["digest"])


@pytest.mark.parametrize("workers", ["1", "2", "3"])
def test_workers_over_the_wire_give_the_digest_of_the_native_world(
    shop: Shop, undisturbed: str, workers: str
) -> None:
    content = shop.train(*SCENE, "--workers", workers)
    assert content["digest"] == undisturbed
    assert 0.0 < content["workers_busy"] <= 1.0
    assert shop.workers() == []


@pytest.mark.parametrize("fault", ["die", "mid-frame", "twice", "garbage-frame", "memory", "slow"])
def test_a_worker_that_misbehaves_changes_no_bit(shop: Shop, undisturbed: str, fault: str) -> None:
    content = shop.train(*SCENE, STANDIN_FAULT=fault, STANDIN_TIMES="4")
    assert content["digest"] == undisturbed
    assert content["evaluations"] == 12 * 150
    assert shop.workers() == []


def test_an_orchestrator_that_is_killed_takes_its_workers_along_and_its_run_goes_on(
    shop: Shop, undisturbed: str
) -> None:
    with shop.start("train", *SCENE, "--out", "mine", STANDIN_DELAY="0.02") as orchestrator:
        wait_for((shop.folder / "mine/checkpoints/generation-000004.evolve").exists)
        orchestrator.kill()
        orchestrator.communicate()
    wait_for(lambda: not shop.workers())
    assert json.loads((shop.folder / "mine/run.json").read_text())["status"] == "running"
    assert shop.train("--resume", "mine")["digest"] == undisturbed


@pytest.mark.parametrize(
    ("number", "code"), [(signal.SIGINT, 130), (signal.SIGTERM, 130), (signal.SIGHUP, 130)]
)
def test_a_request_to_end_ends_workers_and_says_how_to_go_on(
    shop: Shop, undisturbed: str, number: signal.Signals, code: int
) -> None:
    with shop.start("train", *SCENE, "--out", "mine", "--quiet", STANDIN_DELAY="0.02") as orchestrator:
        wait_for((shop.folder / "mine/checkpoints/generation-000004.evolve").exists)
        orchestrator.send_signal(number)
        out, err = orchestrator.communicate(timeout=60)
    assert (orchestrator.returncode, out) == (code, "")
    assert err.splitlines()[-1].startswith("evolve: stopped; ")
    assert err.splitlines()[-1].endswith("are on disk: 'evolve train --resume mine' goes on from there")
    assert "Traceback" not in err
    assert shop.workers() == []
    assert shop.train("--resume", "mine")["digest"] == undisturbed


JUMPING_CLOCK = """
import random, time

_true_time = time.time
time.time = lambda: _true_time() + random.uniform(-86_400.0, 86_400.0)
"""


def test_a_wall_clock_that_jumps_by_days_changes_nothing(shop: Shop, undisturbed: str) -> None:
    # Python imports a module of this name, of its own accord, in the orchestrator and in its workers.
    site = shop.folder / "site"
    site.mkdir()
    (site / "sitecustomize.py").write_text(JUMPING_CLOCK)
    path = os.pathsep.join([str(site), shop.environment["PYTHONPATH"]])
    assert shop.train(*SCENE, PYTHONPATH=path, STANDIN_DELAY="0.01")["digest"] == undisturbed


def deaths(shop: Shop) -> int:
    return len(list((shop.folder / "marks").glob("poisoned-*")))


def test_a_genome_that_kills_its_workers_is_given_up_the_same_way_by_any_number_of_them(shop: Shop) -> None:
    digests = set()
    for workers in ("1", "2", "3"):
        before = deaths(shop)
        answer = shop.run("train", *SCENE, "--workers", workers, "--json", STANDIN_POISON="3:41,5:0")
        assert answer.returncode == 0, answer.stderr
        assert "Unit 41 of generation 3 ended three workers that played it alone (worker-" in answer.stderr
        content = json.loads(answer.stdout)
        assert content["evaluations"] == 12 * 150 - 2
        verdicts = json.loads((Path(content["run"]) / "verdicts.json").read_text())
        assert [(one["generation"], one["place"]) for one in verdicts] == [(3, 41), (5, 0)]
        # Twice among others, three times alone; and whoever got it as well, because it was late.
        assert 2 * 5 <= deaths(shop) - before <= 2 * (5 + int(workers) - 1)
        digests.add(content["digest"])
    assert len(digests) == 1
    assert shop.workers() == []


def test_a_verdict_outlives_the_orchestrator_and_costs_no_second_worker(shop: Shop) -> None:
    poison = {"STANDIN_POISON": "3:41"}
    whole = shop.train(*SCENE, "--out", "whole", **poison)["digest"]
    died = deaths(shop)
    with shop.start("train", *SCENE, "--out", "mine", STANDIN_DELAY="0.02", **poison) as orchestrator:
        wait_for((shop.folder / "mine/verdicts.json").exists)
        orchestrator.kill()
        orchestrator.communicate()
    wait_for(lambda: not shop.workers())
    assert deaths(shop) == 2 * died
    # From before the generation that it was in: its checkpoint is the newest, or one of those before it.
    for checkpoint in (shop.folder / "mine/checkpoints").iterdir():
        if checkpoint.name > "generation-000002.evolve":
            checkpoint.unlink()
    assert shop.train("--resume", "mine", **poison)["digest"] == whole
    assert deaths(shop) == 2 * died


def test_a_scene_that_kills_whoever_plays_it_ends_the_run_with_one_sentence(shop: Shop) -> None:
    units = ",".join(f"2:{place}" for place in range(16))
    answer = shop.run("train", *SCENE, "--workers", "3", STANDIN_POISON=units)
    assert answer.returncode == 1
    said = answer.stderr.splitlines()
    assert said[-2].startswith(
        "evolve: 7 of 150 units of generation 2 ended every worker that played them alone"
    )
    assert "it is rather the scene than the genomes" in said[-2]
    assert said[-1].endswith("goes on after 2 generations.")
    assert shop.workers() == []


def test_two_orchestrators_never_share_a_run(shop: Shop) -> None:
    with shop.start("train", *SCENE, "--out", "mine", STANDIN_DELAY="0.05") as first:
        wait_for((shop.folder / "mine/checkpoints/generation-000001.evolve").exists)
        second = shop.run("train", "--resume", "mine")
        assert second.returncode == 1
        assert second.stderr == (
            f"evolve: another evolve (process {first.pid}) is training in mine: wait for it, stop it, "
            "or name another folder with --out FOLDER\n"
        )
        first.kill()
        first.communicate()
    wait_for(lambda: not shop.workers())


def test_a_crashing_engine_ends_the_run_with_its_last_words(shop: Shop) -> None:
    answer = shop.run("train", *SCENE, "--workers", "1", STANDIN_FAULT="crash")
    assert answer.returncode == 1
    assert answer.stdout == ""
    assert (
        "evolve: worker-1 was started 6 times and never finished a unit (it ended with exit code 3)"
        in answer.stderr
    )
    assert answer.stderr.endswith("    ERROR: the driver is missing\n")
    assert json.loads((shop.folder / "runs/xor-7-001/run.json").read_text())["status"] == "failed"
    assert shop.workers() == []


def test_an_engine_that_is_too_old_leaves_no_run_behind(shop: Shop) -> None:
    answer = shop.run("train", *SCENE, STANDIN_VERSION="4.3.stable")
    assert answer.returncode == 1
    assert "is Godot 4.3.stable, too old for Evolve" in answer.stderr
    assert not (shop.folder / "runs").exists()


def test_a_scene_says_when_it_is_good_enough_unless_a_person_said_how_long(shop: Shop) -> None:
    stop = json.dumps({"generations": 50, "fitness": 2.9})
    early = shop.train("game/xor.tscn", "--seed", "7", STANDIN_STOP=stop)
    assert early["generations"] < 50
    assert early["best_fitness"] >= 2.9
    told = shop.train("game/xor.tscn", "--seed", "7", "--generations", "9", STANDIN_STOP=stop)
    assert told["generations"] == 9


def test_a_wrong_setting_for_a_scene_ends_with_its_name(shop: Shop) -> None:
    answer = shop.run("train", *SCENE, "--set", "evaluation.repeats=0")
    assert answer.returncode == 1
    assert answer.stderr.splitlines()[-1] == "evolve: evaluation.repeats is 0, but must be from 1 to 10000"
    assert shop.workers() == []

"""A Python function played by worker processes: the same bytes whatever happens to them, or one sentence."""

import json
import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest
from tests.evaluators import games
from tests.system.processes import ROOT, Shop, wait_for

import evolve

pytestmark = pytest.mark.skipif(os.name == "nt", reason="counts processes through /proc")

GAMES = ROOT / "tests" / "evaluators" / "games.py"
XOR = (f"{GAMES}:xor", "--seed", "7", "--generations", "6")

TROUBLE = """
import os, signal, time, evolve

declare = evolve.evaluator(inputs=["x"], outputs=["y"], generations=3, patience=0.2, ticks=2)

def place(episode):
    return episode.unit >> 32, episode.unit & 0xFFFFFFFF

@declare
def slow(episode):
    time.sleep(0.01)
    return episode.brain.think([1.0])[0] + episode.random.random()

@declare
def hangs_once(episode):
    if place(episode) == (1, 3):
        while True:
            pass
    return slow(episode)

@declare
def hangs(episode):
    time.sleep(1000)

@declare
def dies_once(episode):
    try:
        os.close(os.open("died", os.O_CREAT | os.O_EXCL))
    except FileExistsError:
        return episode.brain.think([1.0])[0] + episode.random.random()
    os.kill(os.getpid(), signal.SIGKILL)

@declare
def raises_later(episode):
    if place(episode) == (2, 5):
        return {}["speed"]
    return slow(episode)

@declare
def hungry(episode):
    if place(episode) == (1, 3):
        raise MemoryError
    return slow(episode)

@declare
def text(episode):
    return "good"
"""


@pytest.fixture
def shop(tmp_path: Path) -> Shop:
    (tmp_path / "trouble.py").write_text(TROUBLE)
    return Shop(tmp_path)


@pytest.fixture(scope="module")
def native(tmp_path_factory: pytest.TempPathFactory) -> str:
    """The digest of the same run in the engine's own world."""
    shop = Shop(tmp_path_factory.mktemp("native"))
    return str(shop.train("xor", "--seed", "7", "--generations", "6", "--out", "native")["digest"])


@pytest.mark.parametrize("workers", ["1", "2", "3"])
def test_python_workers_give_the_digest_of_the_native_world(shop: Shop, native: str, workers: str) -> None:
    content = shop.train(*XOR, "--workers", workers)
    assert content["digest"] == native
    assert Path(content["run"]).name == "games-7-001"
    assert shop.workers() == []


def test_a_module_s_name_gives_the_same_run(shop: Shop, native: str) -> None:
    assert shop.train("tests.evaluators.games:xor", *XOR[1:])["digest"] == native


def test_a_worker_that_is_killed_changes_no_bit(shop: Shop) -> None:
    killed = shop.train("trouble.py:dies_once", "--population", "20")
    assert (shop.folder / "died").exists()
    whole = shop.train("trouble.py:dies_once", "--population", "20", "--workers", "3")
    assert killed["digest"] == whole["digest"]
    assert shop.workers() == []


def test_an_episode_that_never_ends_is_given_up_and_the_others_are_scored(shop: Shop) -> None:
    answer = shop.run("train", "trouble.py:hangs_once", "--population", "20", "--json")
    assert "Unit 3 of generation 1 ended three workers that played it alone" in answer.stderr
    content = json.loads(answer.stdout)
    assert (content["generations"], content["evaluations"]) == (3, 59)
    logs = "".join(log.read_text() for log in Path(content["run"]).glob("logs/worker-*.log"))
    assert "An episode is under way for more than 0.2 s, here. It counts as hung" in logs
    assert "in hangs_once" in logs


def test_an_episode_that_takes_too_much_memory_is_given_up_like_one_that_kills(shop: Shop) -> None:
    answer = shop.run("train", "trouble.py:hungry", "--population", "20", "--json")
    assert "Unit 3 of generation 1 ended three workers that played it alone" in answer.stderr
    content = json.loads(answer.stdout)
    logs = "".join(log.read_text() for log in Path(content["run"]).glob("logs/worker-*.log"))
    assert logs.splitlines()[-1] == "evolve: trouble.py:hungry ran out of memory in an episode"


def test_an_exception_is_one_sentence_its_log_has_the_traceback_and_the_run_goes_on(shop: Shop) -> None:
    answer = shop.run("train", "trouble.py:raises_later", "--population", "20", "--out", "mine", "--quiet")
    assert (answer.returncode, answer.stdout) == (1, "")
    sentence, kept = answer.stderr.splitlines()[-2:]
    line = TROUBLE.splitlines().index('        return {}["speed"]') + 1
    assert sentence.startswith(
        f"evolve: trouble.py, line {line}, in raises_later: KeyError: 'speed' (in the episode with the seed "
    )
    log = shop.folder / sentence.rpartition("; ")[2].removesuffix(" has the traceback")
    assert log.read_text().startswith("Traceback (most recent call last):\n")
    assert kept == (
        "Nothing that was finished is lost: 'evolve train --resume mine' goes on after 2 generations."
    )
    (shop.folder / "trouble.py").write_text(TROUBLE.replace('{}["speed"]', "1.0"))
    answer = shop.run("train", "--resume", "mine", "--json")
    assert answer.returncode == 0
    assert "The evaluator has changed since this run began" in answer.stderr


def test_a_score_that_is_none_leaves_no_run_behind(shop: Shop) -> None:
    answer = shop.run("train", "trouble.py:text")
    assert answer.stderr.splitlines()[-1].startswith(
        "evolve: text returned 'good' in the episode with the seed "
    )
    assert answer.stderr.endswith(": expected a number for fitness\n")
    assert list((shop.folder / "runs").iterdir()) == []


def test_ctrl_c_ends_busy_workers_at_once_and_the_run_goes_on_to_the_same_bytes(shop: Shop) -> None:
    words = ("trouble.py:slow", "--population", "20", "--generations", "6")
    whole = shop.train(*words, "--out", "whole")["digest"]
    with shop.start("train", *words, "--out", "mine", "--quiet") as orchestrator:
        wait_for((shop.folder / "mine/checkpoints/generation-000002.evolve").exists)
        orchestrator.send_signal(signal.SIGINT)
        out, err = orchestrator.communicate(timeout=60)
    assert (orchestrator.returncode, out) == (130, "")
    assert err.splitlines()[-1].startswith("evolve: stopped; ")
    assert "Traceback" not in err
    assert shop.workers() == []
    assert shop.train("--resume", "mine")["digest"] == whole


def test_an_orchestrator_that_is_killed_takes_its_python_workers_along(shop: Shop) -> None:
    with shop.start("train", "trouble.py:hangs", "--out", "mine") as orchestrator:
        wait_for(lambda: len(shop.workers()) == 2)
        orchestrator.kill()
        orchestrator.communicate()
    wait_for(lambda: not shop.workers())


def test_a_guest_plays_along_and_changes_no_bit_and_one_with_another_function_is_refused(shop: Shop) -> None:
    words = ("trouble.py:slow", "--population", "40", "--generations", "4")
    alone = shop.train(*words, "--workers", "1")["digest"]
    with shop.start(
        "train", *words, "--workers", "1", "--guests", "--quiet", "--out", "mine"
    ) as orchestrator:
        assert orchestrator.stderr is not None
        said = ""
        while "token" not in said:
            said = orchestrator.stderr.readline()
        address, token = said.split()[4], said.split()[6]
        wrong = shop.run("worker", "trouble.py:text", "--server", address, EVOLVE_TOKEN=token)
        assert wrong.returncode == 1
        assert wrong.stderr.startswith("evolve: the run refused this worker: the scene differs: ")
        guest = shop.run("worker", "trouble.py:slow", "--server", address, EVOLVE_TOKEN=token)
        orchestrator.communicate(timeout=60)
    assert guest.returncode == 0, guest.stderr
    assert guest.stdout.startswith("The run is over: ")
    assert json.loads((shop.folder / "mine/run.json").read_text())["result"]["digest"] == alone


@pytest.mark.parametrize(
    ("server", "sentence"),
    [
        (
            "",
            "a worker needs the server of a run, which 'evolve train … --guests' says: give server=, or put "
            "it into the environment's EVOLVE_SERVER",
        ),
        ("track", "track is no address: one looks like ws://127.0.0.1:40000/worker"),
        (
            "ws://127.0.0.1:9/worker",
            "nobody trains at ws://127.0.0.1:9/worker: check the address, or start the run",
        ),
    ],
)
def test_a_worker_without_a_run_says_so(server: str, sentence: str) -> None:
    with pytest.raises(evolve.EvolveUserError) as refused:
        evolve.Worker(games.xor, server=server, token="t").work()
    assert str(refused.value) == sentence


def test_a_program_that_trains_while_it_is_imported_starts_no_endless_row_of_programs(shop: Shop) -> None:
    (shop.folder / "program.py").write_text(
        "import evolve\n"
        '@evolve.evaluator(inputs=["x"], outputs=["y"])\n'
        "def play(episode):\n    return 1.0\n"
        "evolve.Run(play, workers=1).train()\n"
    )
    answer = subprocess.run(
        [sys.executable, "program.py"],
        cwd=shop.folder,
        env=shop.environment,
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )
    assert answer.returncode == 1
    assert "it trains while it is imported, and every worker imports it" in answer.stderr
    assert shop.workers() == []

"""Watching champions: `evolve play`, and spectators of a run. What they play is no score of anybody's."""

import json
import os
import subprocess
import sys

import pytest
from tests.system.processes import STANDIN, Shop, wait_for

pytestmark = pytest.mark.skipif(os.name == "nt", reason="counts processes through /proc")

SCENE = ("game/xor.tscn", "--seed", "7", "--generations", "12")


@pytest.fixture(scope="module")
def shop(tmp_path_factory: pytest.TempPathFactory) -> Shop:
    """A shop with a run that is finished."""
    shop = Shop(tmp_path_factory.mktemp("play"))
    shop.train(*SCENE, "--out", "mine")
    return shop


def test_a_champion_plays_episode_after_episode_and_scores_what_eval_says(shop: Shop) -> None:
    played = shop.run("play", "mine", "--seed", "5", "--episodes", "3")
    assert played.returncode == 0, played.stderr
    said = json.loads(shop.run("eval", "mine", "--seed", "5", "--seeds", "3", "--json").stdout)
    scores = said["scores"]["fitness"]
    assert played.stdout.splitlines() == [
        f"seed {5 + place}: fitness {score:.6g} in 4 steps" for place, score in enumerate(scores)
    ]
    assert shop.workers() == []


def test_a_brain_in_a_file_needs_a_scene(shop: Shop) -> None:
    played = shop.run("play", "mine/champion.evo", "--scene", "game/xor.tscn", "--episodes", "1")
    assert played.stdout.startswith("seed 1: fitness ")
    lost = shop.run("play", "mine/champion.evo")
    assert lost.stderr == (
        "evolve: mine/champion.evo does not say what it was trained in: name it with --scene, or name a run\n"
    )


def test_a_window_that_is_closed_is_no_fault(shop: Shop) -> None:
    for end in ("leave", "die"):
        (shop.folder / end).mkdir()
        played = shop.run("play", "mine", STANDIN_FAULT=end, STANDIN_MARKS=str(shop.folder / end))
        assert (played.returncode, played.stderr) == (0, "")


def test_an_engine_that_cannot_open_a_window_says_why(shop: Shop) -> None:
    played = shop.run("play", "mine", STANDIN_FAULT="no-display")
    assert played.returncode == 1
    assert played.stderr == (
        "evolve: Godot could not show the scene: it ended with exit code 1 before it played anything; "
        "it said:\n    ERROR: X11 Display is not available\n"
    )


def test_a_world_has_nothing_to_be_seen(shop: Shop) -> None:
    shop.train("xor", "--generations", "2", "--out", "world")
    played = shop.run("play", "world")
    assert played.stderr == (
        "evolve: xor is no scene, there is nothing to be seen of it: 'evolve eval' plays its champion\n"
    )


def test_a_spectator_sees_champions_and_changes_no_bit(shop: Shop) -> None:
    undisturbed = json.loads((shop.folder / "mine/run.json").read_text())["result"]["digest"]
    words = ("train", *SCENE, "--out", "watched", "--guests", "--json")
    with shop.start(*words, STANDIN_DELAY="0.01") as orchestrator:
        assert orchestrator.stderr is not None
        invitation = next(line for line in orchestrator.stderr if " token " in line).split()
        server = invitation[invitation.index("address") + 1]
        token = invitation[invitation.index("token") + 1]
        seen = shop.folder / "seen"
        seen.mkdir()
        with subprocess.Popen(
            [sys.executable, str(STANDIN)],
            env=shop.environment
            | {"EVOLVE_SERVER": server, "EVOLVE_TOKEN": token, "EVOLVE_ROLE": "spectator"}
            | {"STANDIN_SEEN": str(seen)},
        ) as spectator:
            out, _ = orchestrator.communicate(timeout=100)
            assert spectator.wait(timeout=20) == 0
    assert json.loads(out)["digest"] == undisturbed
    assert json.loads(out)["evaluations"] == 12 * 150
    frames = sorted(seen.iterdir())
    assert frames
    assert {int(frame.suffix[1:]) for frame in frames} == {1}
    wait_for(lambda: not shop.workers())

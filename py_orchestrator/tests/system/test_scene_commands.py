"""Commands that ask a Godot scene something without training in it; no engine stays behind."""

import json
import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from tests.system.processes import ROOT, Shop

PROJECT = ROOT.parent / "godot_project"
BOUNCER = str(PROJECT / "tests/fixtures/physics/bouncer_trainer_2d.tscn")

pytestmark = [
    pytest.mark.system,
    pytest.mark.skipif(
        not os.environ.get("GODOT") or not (PROJECT / ".godot").is_dir(),
        reason="GODOT names no engine, or the demo project was never imported: tools/test sees to both",
    ),
]


@pytest.fixture
def shop(tmp_path: Path) -> Iterator[Shop]:
    shop = Shop(tmp_path, {"GODOT": os.environ.get("GODOT", "")})
    yield shop
    assert shop.workers() == []


def ask(shop: Shop, *words: str) -> dict[str, Any]:
    answer = shop.run(*words, "--json")
    assert (answer.returncode, answer.stderr) == (0, "")
    content = json.loads(answer.stdout)
    assert isinstance(content, dict)
    return content


def test_a_scene_is_shown_with_the_configuration_that_a_run_of_it_has(shop: Shop) -> None:
    words = (BOUNCER, "--set", "mutation.weight_rate=0.5")
    shown = ask(shop, "config", "show", *words)
    assert shown["settings"]["mutation.weight_rate"]["from"] == "--set"
    assert "scene bouncer_trainer_2d" in {one["from"] for one in shown["settings"].values()}
    shop.train(*words, "--generations", "1", "--out", "mine")
    from evolve import Evolution

    checkpoint = shop.folder / "mine/checkpoints/generation-000001.evolve"
    assert json.loads(Evolution.load(str(checkpoint)).config) == shown["config"]


def test_a_champion_plays_a_scene_with_physics_to_the_same_scores_on_any_number_of_workers(
    shop: Shop,
) -> None:
    shop.train(BOUNCER, "--seed", "7", "--generations", "2", "--out", "mine")
    one = ask(shop, "eval", "mine", "--seeds", "12", "--workers", "1")
    assert ask(shop, "eval", "mine", "--seeds", "12", "--workers", "3") == one
    assert one["episodes"] == len(one["scores"]["fitness"]) == 12
    file = ("eval", "mine/champion.evo", "--world", BOUNCER, "--seeds", "12")
    assert ask(shop, *file)["scores"] == one["scores"]

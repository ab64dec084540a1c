"""Islands in whole runs: workers know nothing of them, and change nothing."""

import json
import os
import sqlite3
from pathlib import Path

import pytest
from tests.system.processes import Shop, wait_for

pytestmark = pytest.mark.skipif(os.name == "nt", reason="counts processes through /proc")

ISLANDS = ("--set", "islands.count=3", "--set", "islands.migrate_every=4", "--population", "40")
WORLD = ("xor", "--seed", "7", "--generations", "12", *ISLANDS)
SCENE = ("game/xor.tscn", *WORLD[1:])


@pytest.fixture
def shop(tmp_path: Path) -> Shop:
    return Shop(tmp_path)


def test_islands_come_to_the_same_digest_on_any_number_of_workers_threads_and_deaths(shop: Shop) -> None:
    alone = shop.train(*WORLD, "--out", "alone")
    assert alone["evaluations"] == 12 * 40 * 3
    assert shop.train(*WORLD, "--workers", "4", "--out", "threads")["digest"] == alone["digest"]
    assert shop.train(*SCENE, "--workers", "1", "--out", "one")["digest"] == alone["digest"]
    dying = shop.train(*SCENE, "--workers", "3", "--out", "three", STANDIN_FAULT="die", STANDIN_TIMES="4")
    assert dying["digest"] == alone["digest"]
    champions = {name: (shop.folder / name / "champion.evo").read_bytes() for name in ("alone", "three")}
    assert champions["alone"] == champions["three"]


def test_islands_go_on_where_a_killed_orchestrator_left_them(shop: Shop) -> None:
    whole = shop.train(*WORLD, "--out", "whole")
    with shop.start("train", *SCENE, "--out", "mine", STANDIN_DELAY="0.02") as orchestrator:
        wait_for((shop.folder / "mine/checkpoints/generation-000005.evolve").exists)
        orchestrator.kill()
        orchestrator.communicate()
    wait_for(lambda: not shop.workers())
    assert shop.train("--resume", "mine")["digest"] == whole["digest"]


def test_migrants_make_a_difference(shop: Shop) -> None:
    with_migrants = shop.train(*WORLD, "--out", "with")
    without = shop.train(*WORLD, "--set", "islands.migrants=0", "--out", "without")
    assert with_migrants["digest"] != without["digest"]


def test_the_history_tells_islands_apart(shop: Shop) -> None:
    shop.train(*WORLD, "--out", "mine")
    with sqlite3.connect(shop.folder / "mine/history.sqlite") as history:
        members = history.execute(
            "SELECT generation, island, SUM(size) FROM species GROUP BY generation, island"
        ).fetchall()
        assert members == [(generation, island, 40) for generation in range(12) for island in range(3)]
        wrong = history.execute(
            "SELECT COUNT(*) FROM score WHERE best <> "
            "(SELECT MAX(best) FROM island WHERE island.generation = score.generation)"
        ).fetchone()
        assert wrong == (0,)
        islands = history.execute("SELECT COUNT(*) FROM island").fetchone()
        assert islands == (12 * 3,)
    shown = json.loads(shop.run("show", "mine", "--json").stdout)
    assert [one["island"] for one in shown["history"]["islands"]] == [0, 1, 2]

"""`evolve train` with the engine's own worlds: what it prints, what it leaves, how it goes on."""

import json
import re
from pathlib import Path
from typing import Any

import pytest

from evolve import Champion, Evolution
from evolve.cli import main
from evolve.storage.champion_file import read_origin
from evolve.storage.history_reader import read_history
from evolve.storage.metrics import read_rows

Captured = pytest.CaptureFixture[str]


def train(*words: str) -> int:
    return main.run(["train", *words])


def result(captured: Captured) -> dict[str, Any]:
    content = json.loads(captured.readouterr().out)
    assert isinstance(content, dict)
    return content


@pytest.mark.usefixtures("here")
def test_json_is_one_object_with_what_scripts_need(capsys: Captured) -> None:
    assert train("xor", "--seed", "7", "--generations", "3", "--json") == 0
    content = result(capsys)
    assert list(content) == [
        "run",
        "champion",
        "checkpoint",
        "plot",
        "digest",
        "generations",
        "best_fitness",
        "evaluations",
        "steps_per_second",
    ]
    assert content["generations"] == 3
    assert content["evaluations"] == 450
    assert re.fullmatch("[0-9a-f]{64}", content["digest"])
    assert Evolution.load(content["checkpoint"]).generation == 3
    assert Champion.load(content["champion"]).fitness == content["best_fitness"]
    assert Path(content["plot"]).read_bytes().startswith(b"\x89PNG")


@pytest.mark.usefixtures("here")
def test_the_end_says_where_everything_is(capsys: Captured) -> None:
    assert train("xor", "--generations", "2") == 0
    said = capsys.readouterr()
    assert re.sub(r"[\d,.]+(?= steps/s| in)", "N", said.out) == (
        "Done: 2 generations, as asked.\n"
        "Best fitness N in 300 evaluations, N steps/s.\n"
        "\n"
        "  champion    runs/xor-1-001/champion.evo\n"
        "  checkpoint  runs/xor-1-001/checkpoints/generation-000002.evolve\n"
        "  plot        runs/xor-1-001/fitness.png\n"
        "\n"
        "'evolve show runs/xor-1-001' says what the champion is.\n"
    )
    assert said.err.splitlines()[0] == (
        "Training xor with seed 1 (the default: --seed S takes another) in runs/xor-1-001"
    )
    assert said.err.splitlines()[-1].startswith("generation 2 of 2: best ")


@pytest.mark.usefixtures("here")
def test_quiet_says_no_generations(capsys: Captured) -> None:
    assert train("xor", "--generations", "2", "--quiet") == 0
    assert "generation 1" not in capsys.readouterr().err


@pytest.mark.usefixtures("here")
@pytest.mark.parametrize("threads", ["1", "2", "3"])
def test_the_number_of_threads_changes_no_bit(threads: str, capsys: Captured) -> None:
    train("xor", "--seed", "7", "--generations", "5", "--json", "--workers", threads)
    first = result(capsys)["digest"]
    train("xor", "--seed", "7", "--generations", "5", "--json", "--workers", "1")
    assert result(capsys)["digest"] == first


@pytest.mark.usefixtures("here")
def test_a_resumed_run_ends_where_an_undisturbed_one_does(capsys: Captured) -> None:
    train("xor", "--seed", "7", "--generations", "9", "--json")
    undisturbed = result(capsys)
    train("xor", "--seed", "7", "--generations", "4", "--json", "--out", "cut")
    result(capsys)
    assert train("--resume", "cut", "--generations", "9", "--json") == 0
    resumed = result(capsys)
    for key in ("digest", "generations", "best_fitness", "evaluations"):
        assert resumed[key] == undisturbed[key]
    for name in ("champion.evo", "checkpoints/generation-000009.evolve"):
        assert Path("cut", name).read_bytes() == Path(undisturbed["run"], name).read_bytes()
    rows = Path("cut/metrics.csv").read_text().splitlines()
    assert [row.split(",")[0] for row in rows[1:]] == [str(number) for number in range(9)]
    assert tables(Path("cut")) == tables(Path(undisturbed["run"]))


@pytest.mark.usefixtures("here")
@pytest.mark.parametrize(("strategy", "islands"), [("nsga2", 3), ("novelty", 1), ("map_elites", 2)])
def test_a_resumed_run_names_the_same_ancestors_whichever_way_it_selects(
    strategy: str, islands: int, capsys: Captured
) -> None:
    settings = (f"selection.strategy={strategy}", f"islands.count={islands}", "islands.migrate_every=2")
    words = ["maze", "--seed", "7", "--population", "20", "--quiet"]
    words += [word for setting in settings for word in ("--set", setting)]
    train(*words, "--generations", "6", "--out", "whole")
    train(*words, "--generations", "3", "--out", "cut")
    assert train("--resume", "cut", "--generations", "6", "--quiet") == 0
    capsys.readouterr()
    born = tables(Path("whole"))["lineage"]
    assert max(row[0] for row in born) == 6
    named = {(row[6], row[1], row[5], row[7]) for row in born if row[7] is not None}
    assert {row[:4] for row in born} >= named
    assert tables(Path("cut")) == tables(Path("whole"))


def tables(run: Path) -> dict[str, list[Any]]:
    """The history's tables without clock times."""
    with read_history(run) as history:
        assert history is not None
        found = {table: history.table(table) for table in ("score", "species", "champion", "lineage")}
        found["generation"] = [row[:3] + row[5:] for row in history.table("generation")]
    return found


@pytest.mark.usefixtures("here")
def test_the_history_of_a_run_agrees_with_its_other_files(capsys: Captured) -> None:
    train("xor", "--seed", "7", "--generations", "5", "--out", "mine", "--json")
    end = result(capsys)
    found = tables(Path("mine"))
    rows = read_rows(Path("mine/metrics.csv"))
    assert [row[:3] for row in found["generation"]] == [
        (row.generation, row.evaluations, row.steps) for row in rows
    ]
    assert [row[3:] for row in found["score"]] == [(row.best, row.mean, row.best_ever) for row in rows]
    assert [sum(row[0] == number for row in found["species"]) for number in range(5)] == [
        row.species for row in rows
    ]
    last = found["champion"][-1]
    assert last[2:4] == (end["best_fitness"], read_origin(Path("mine/champion.evo")).sha256)
    with read_history(Path("mine")) as history:
        assert history is not None
        assert history.facts() == {"seed": "7", "config": Evolution.load(end["checkpoint"]).config}


@pytest.mark.usefixtures("here")
def test_a_folder_without_a_history_gets_one_with_what_its_table_knows(capsys: Captured) -> None:
    train("xor", "--generations", "3", "--out", "mine", "--quiet")
    whole = tables(Path("mine"))
    Path("mine/history.sqlite").unlink()
    assert train("--resume", "mine", "--generations", "4", "--quiet") == 0
    assert "history" not in capsys.readouterr().err
    found = tables(Path("mine"))
    assert found["score"][:3] == whole["score"]
    assert {row[0] for row in found["species"]} == {3}


@pytest.mark.usefixtures("here")
def test_a_damaged_history_is_said_and_the_run_goes_on_to_the_same_bytes(capsys: Captured) -> None:
    train("xor", "--seed", "7", "--generations", "4", "--json")
    whole = result(capsys)["digest"]
    train("xor", "--seed", "7", "--generations", "2", "--out", "mine", "--quiet")
    Path("mine/history.sqlite").write_bytes(b"nonsense" * 1000)
    capsys.readouterr()
    assert train("--resume", "mine", "--generations", "4", "--json") == 0
    said = capsys.readouterr()
    assert (
        "mine/history.sqlite cannot be used (file is not a database): it is history.sqlite.damaged"
        in said.err
    )
    assert json.loads(said.out)["digest"] == whole


@pytest.mark.usefixtures("here")
def test_a_finished_run_says_that_nothing_is_left(capsys: Captured) -> None:
    train("xor", "--generations", "2", "--out", "mine")
    capsys.readouterr()
    assert train("--resume", "mine") == 0
    said = capsys.readouterr().out
    assert said.startswith("Nothing is left to do: 2 generations, as asked. --generations N goes on to N.\n")


@pytest.mark.usefixtures("here")
def test_a_damaged_checkpoint_is_said_and_the_one_before_it_serves(capsys: Captured) -> None:
    train("xor", "--seed", "7", "--generations", "4", "--json", "--out", "mine")
    whole = result(capsys)
    newest = Path(whole["checkpoint"])
    data = bytearray(newest.read_bytes())
    data[-3] ^= 1
    newest.write_bytes(data)
    assert train("--resume", "mine", "--json") == 0
    said = capsys.readouterr()
    assert "generation-000004.evolve is damaged (" in said.err
    assert "): going on from the checkpoint before it." in said.err
    assert "Going on with mine after 3 generations" in said.err
    assert json.loads(said.out)["digest"] == whole["digest"]
    assert Path("mine/checkpoints/generation-000004.evolve.damaged").exists()


@pytest.mark.usefixtures("here")
def test_only_the_last_five_checkpoints_are_kept() -> None:
    train("xor", "--generations", "7", "--out", "mine", "--quiet")
    names = sorted(path.name for path in Path("mine/checkpoints").iterdir())
    assert names == [f"generation-00000{number}.evolve" for number in range(3, 8)]


@pytest.mark.usefixtures("here")
def test_settings_reach_the_engine_and_later_ones_win(capsys: Captured) -> None:
    Path("fast.toml").write_text("[mutation]\nadd_node_rate = 0.5\nadd_connection_rate = 0.5\n")
    words = ("--config", "fast.toml", "--set", "mutation.add_node_rate=0.25", "--population", "40")
    assert train("xor", "--generations", "1", "--json", *words) == 0
    config = json.loads(Evolution.load(result(capsys)["checkpoint"]).config)
    assert config["mutation"]["add_node_rate"] == 0.25
    assert config["mutation"]["add_connection_rate"] == 0.5
    assert config["populations"][0]["size"] == 40

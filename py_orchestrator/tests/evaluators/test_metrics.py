"""Metrics of a Python function: noted beside the score, reported, and refused in a sentence."""

import json
import math
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as some
from tests.evaluators import games

import evolve
from evolve._native import TooManyMetricsError
from evolve.cli import main
from evolve.evaluators.playing import each_played
from evolve.storage.history_reader import read_history

GAMES = str(Path(games.__file__))
FLOATS = some.floats(allow_nan=False, allow_infinity=False)


@given(
    some.lists(
        some.dictionaries(some.sampled_from(["laps", "crashes", "Übermut"]), FLOATS), min_size=2, max_size=9
    )
)
def test_the_report_has_the_figures_of_all_episodes_in_any_order(metrics: list[dict[str, float]]) -> None:
    config = {"populations": {"main": {"size": len(metrics)}}}
    reports = []
    for backwards in (False, True):
        text = evolve.configuration(inputs=["a"], outputs=["b"], config=config)
        evolution = evolve.Evolution(text, 1)
        batch = evolution.ask(99)
        assert batch is not None
        units = list(zip(batch.units, metrics, strict=True))
        for unit, noted in reversed(units) if backwards else units:
            results = evolve.Results()
            results.add(unit, [[0.0]], 1, None, [noted])
            report = evolution.tell(evolve.Results.from_bytes(results.to_bytes()))["report"]
        assert report is not None
        reports.append(report["metrics"])
        assert report["populations"][0]["metrics"] == report["metrics"]
    assert reports[0] == reports[1]
    for one in reports[0]:
        values = [noted[one["name"]] for noted in metrics if one["name"] in noted]
        assert (one["count"], one["least"], one["most"]) == (len(values), min(values), max(values))
        assert min(values) <= one["mean"] <= max(values)
    names = {name for noted in metrics for name in noted}
    assert [one["name"] for one in reports[0]] == sorted(names)


def test_noting_changes_no_score_and_without_it_no_byte() -> None:
    batch = games.batch_of(games.noting, units=20)
    frame = evolve.play(batch, games.noting).to_bytes()
    assert b"metric" in frame
    assert b"metric" not in evolve.play(batch, games.xor).to_bytes()
    played = next(each_played(batch, games.noting))
    assert played.metrics is not None
    right = played.metrics[0]["right"]
    assert right == int(right) <= 4


@pytest.mark.parametrize(
    ("game", "sentence"),
    [
        (games.misnaming, r"a metric is called 'two\\nlines': its name has 1 to 64 characters"),
        (games.immeasurable, r"in immeasurable: .*the metric laps is nan: it is a finite number"),
        (
            games.verbose,
            "verbose noted metrics of 80 different names until it was done in the episode with the seed",
        ),
    ],
)
def test_what_breaks_a_rule_ends_the_run_with_a_sentence(game: object, sentence: str) -> None:
    with pytest.raises(evolve.EvolveUserError, match=sentence):
        evolve.play(games.batch_of(game), game)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("metrics", "sentence"),
    [
        ([{"laps": math.inf}], "unit 5: the metric laps of member 0 is inf, but must be finite"),
        ([{"": 1.0}], 'unit 5: the name of a metric is "", but must be 1 to 64 characters'),
        ([{}, {}], "unit 5 has metrics of 2 members, but 1 of them"),
    ],
)
def test_results_that_break_a_rule_are_refused_and_take_nothing(
    metrics: list[dict[str, float]], sentence: str
) -> None:
    results = evolve.Results()
    with pytest.raises(evolve.EvolveError) as refused:
        results.add(5, [[0.0]], 1, None, metrics)
    assert str(refused.value).startswith(sentence)
    assert results.units == []


def test_names_are_counted_over_all_frames_of_a_generation() -> None:
    evolution = evolve.Evolution(evolve.configuration(inputs=["a"], outputs=["b"]), 1)
    batch = evolution.ask(3)
    assert batch is not None
    first, second, third = (evolve.Results() for _ in range(3))
    first.add(batch.units[0], [[0.0]], 1, None, [{f"{number:02}": 1.0 for number in range(64)}])
    second.add(batch.units[1], [[0.0]], 1, None, [{"07": 2.0}])
    third.add(batch.units[2], [[0.0]], 1, None, [{"64": 2.0}])
    assert evolution.tell(first)["accepted"] == evolution.tell(second)["accepted"] == 1
    with pytest.raises(TooManyMetricsError, match="unit 2: the metric 64 is one too many: a generation has"):
        evolution.tell(third)


def test_workers_that_together_note_too_many_names_end_the_run_and_condemn_nobody(
    here: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main.run(["train", f"{GAMES}:sprawling", "--workers", "2", "--quiet", "--out", "run"]) == 1
    said = capsys.readouterr().err
    # Whoever sees it first says it: a worker with a large batch, or the run.
    assert "different names" in said
    assert "ended three workers" not in said
    assert not (here / "run" / "verdicts.json").exists()


def metrics_of(run: Path) -> list[tuple[int, str, str, int, float, float, float]]:
    with read_history(run) as history:
        assert history is not None
        return history.table("metric")


def test_a_run_keeps_metrics_and_shows_exports_and_evaluates_them(
    here: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    words = ["train", f"{GAMES}:noting", "--generations", "3", "--seed", "7", "--quiet"]
    kept = []
    for workers in ("1", "2"):
        assert main.run([*words, "--workers", workers, "--out", f"run-{workers}"]) == 0
        kept.append(metrics_of(here / f"run-{workers}"))
    assert kept[0] == kept[1]
    assert main.run([*words[:2], "--generations", "1", "--seed", "7", "--quiet", "--out", "resumed"]) == 0
    assert main.run(["train", "--resume", "resumed", "--generations", "3", "--quiet"]) == 0
    assert metrics_of(here / "resumed") == kept[0]
    assert [row[:3] for row in kept[0] if row[2] == "right"] == [(n, "main", "right") for n in range(3)]
    assert all(row[3] == 150 for row in kept[0] if row[2] == "right")
    capsys.readouterr()
    assert main.run(["compare", "run-1", "resumed"]) == 0
    table = capsys.readouterr().out.split("\n\n")[2].splitlines()
    assert table[0].split()[:3] == ["mean", "in", "generation"]
    right = f"{kept[0][-1][4]:.6g}"
    assert table[2].split() == ["right", right, right]
    assert main.run(["show", "run-1"]) == 0
    shown = capsys.readouterr().out.splitlines()
    place = shown.index("metrics      of the last generation")
    assert shown[place + 2].startswith("  right  mean ")
    assert shown[place + 2].endswith(" in 150 episodes")
    assert main.run(["export", "run-1", "metric.csv", "--table", "metric"]) == 0
    rows = (here / "metric.csv").read_text().splitlines()
    assert rows[0] == "generation,population,name,count,mean,least,most"
    assert len(rows) == len(kept[0]) + 1
    capsys.readouterr()
    assert main.run(["eval", "run-1", "--seeds", "5", "--json"]) == 0
    right = json.loads(capsys.readouterr().out)["metrics"]["right"]
    assert right["episodes"] == 5
    assert right["least"] == right["mean"] == right["most"]
    assert main.run(["eval", "run-1", "--seeds", "5"]) == 0
    headers = [line.split() for line in capsys.readouterr().out.splitlines()]
    assert ["metric", "mean", "least", "most", "episodes"] in headers

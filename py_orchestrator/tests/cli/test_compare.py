"""`evolve compare`: the same generation, the same fitness, the settings that differ."""

import json
from pathlib import Path
from typing import Any

import pytest

from evolve.cli import main
from evolve.storage.metrics import read_rows

Captured = pytest.CaptureFixture[str]


@pytest.fixture(scope="module")
def trained(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("compared")
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(folder)
        main.run(["train", "xor", "--seed", "1", "--generations", "3", "--quiet"])
        words = ["--set", "mutation.weight_rate=0.5", "--population", "40"]
        main.run(["train", "xor", "--seed", "2", "--generations", "5", "--quiet", *words])
        main.run(["train", "maze", "--generations", "1", "--quiet"])
    return folder


@pytest.fixture(autouse=True)
def inside(trained: Path, monkeypatch: pytest.MonkeyPatch, capsys: Captured) -> None:
    monkeypatch.chdir(trained)
    capsys.readouterr()


def compared(capsys: Captured, *words: str) -> dict[str, Any]:
    assert main.run(["compare", "xor-1-001", "xor-2-001", *words, "--json"]) == 0
    content = json.loads(capsys.readouterr().out)
    assert isinstance(content, dict)
    return content


def refused(capsys: Captured, *words: str) -> str:
    assert main.run(["compare", *words]) == 1
    captured = capsys.readouterr()
    assert captured.out == ""
    return captured.err.removeprefix("evolve: ").rstrip("\n")


def test_runs_are_held_to_the_same_generation_and_the_fitness_that_all_reached(capsys: Captured) -> None:
    facts = compared(capsys)
    rows = [read_rows(Path("runs", name, "metrics.csv")) for name in ("xor-1-001", "xor-2-001")]
    assert facts["generations"] == 3
    assert facts["fitness"] == min(one[-1].best_ever for one in rows)
    for run, of_run in zip(facts["runs"], rows, strict=True):
        assert run["best_at_common"] == of_run[2].best_ever
        reached = next(row for row in of_run if row.best_ever >= facts["fitness"])
        assert run["generations_to_fitness"] == reached.generation + 1
        assert run["evaluations_to_fitness"] == reached.evaluations
    assert [run["evaluations"] for run in facts["runs"]] == [450, 200]


def test_settings_that_differ_are_named_and_no_others(capsys: Captured) -> None:
    assert compared(capsys)["differences"] == {
        "mutation.weight_rate": [0.8, 0.5],
        "populations.main.size": [150, 40],
    }


def test_a_person_reads_three_tables(capsys: Captured) -> None:
    assert main.run(["compare", "xor-1-001", "xor-2-001", "--fitness", "99"]) == 0
    first, second, third = capsys.readouterr().out.split("\n\n")
    assert first.splitlines()[0].endswith("generations to 99  evaluations to 99  evaluations  steps/s")
    assert first.splitlines()[1].split()[4:6] == ["never", "never"]
    assert [line[:13].rstrip() for line in second.splitlines()] == [
        "best after",
        "1 generation",
        "2 generations",
        "3 generations",
    ]
    assert third.splitlines() == [
        "they differ in         xor-1-001  xor-2-001",
        "mutation.weight_rate   0.8        0.5",
        "populations.main.size  150        40",
    ]


def test_a_run_is_like_itself(capsys: Captured) -> None:
    assert main.run(["compare", "xor-1-001", "runs/xor-1-001"]) == 0
    assert capsys.readouterr().out.endswith("\nTheir configurations are the same.\n")


def test_another_world_is_the_first_difference(capsys: Captured) -> None:
    assert main.run(["compare", "xor-1-001", "maze-1-001", "--json"]) == 0
    found = json.loads(capsys.readouterr().out)["differences"]
    assert next(iter(found.items())) == ("source", ["xor", "maze"])
    assert found["evaluation.episode_ticks"] == [4, 400]


def test_without_a_history_the_checkpoint_tells_the_configuration(capsys: Captured) -> None:
    history = Path("runs/xor-2-001/history.sqlite")
    history.rename("kept")
    try:
        assert compared(capsys)["differences"]["mutation.weight_rate"] == [0.8, 0.5]
    finally:
        Path("kept").rename(history)


def test_a_run_without_history_and_checkpoint_says_so(capsys: Captured) -> None:
    Path("runs/xor-2-001").rename("runs/bare")
    try:
        Path("runs/bare/history.sqlite").rename("kept")
        Path("runs/bare/checkpoints").rename("kept_too")
        assert main.run(["compare", "xor-1-001", "bare"]) == 0
        assert "The configuration of bare is not known: it has no checkpoint." in capsys.readouterr().out
    finally:
        Path("kept").rename("runs/bare/history.sqlite")
        Path("kept_too").rename("runs/bare/checkpoints")
        Path("runs/bare").rename("runs/xor-2-001")


def test_the_plot_is_drawn_anew_but_never_over_another_picture(capsys: Captured) -> None:
    for _ in range(2):
        assert compared(capsys, "--plot", "both.png")["plot"] == "both.png"
    assert Path("both.png").read_bytes().startswith(b"\x89PNG")
    Path("photo.png").write_bytes(b"\x89PNG of a cat")
    words = ("xor-1-001", "xor-2-001", "--plot")
    assert refused(capsys, *words, "photo.png") == (
        "photo.png is there and was not drawn by Evolve: name another file, or replace it with --force"
    )
    assert Path("photo.png").read_bytes() == b"\x89PNG of a cat"
    compared(capsys, "--plot", "photo.png", "--force")
    assert Path("photo.png").stat().st_size > 1000
    assert refused(capsys, *words, "photo.jpg") == "photo.jpg is no name for a picture: end it with .png"
    assert refused(capsys, *words, "gone/a.png").startswith("gone/a.png cannot be used: ")


def test_mistakes_are_one_sentence(capsys: Captured) -> None:
    assert refused(capsys, "xor-1-001") == (
        "one run has nothing to be compared with: name another, or see 'evolve show'"
    )
    assert refused(capsys, "xor-1-001", "no").startswith("there is no run 'no': runs/ holds ")

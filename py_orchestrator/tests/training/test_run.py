"""The run: what a finished generation leaves behind, and when it is over."""

import json
from pathlib import Path

import pytest
from tests.doubles import FakeEvolution, as_evolution, fake_play

from evolve import Champion, Evolution, Results, complete_config, world_config
from evolve.errors import EvolveUserError
from evolve.storage.metrics import read_rows
from evolve.storage.run_folder import RunFolder
from evolve.training.run import Goal, Progress, RunUnderWay


class Notes:
    def __init__(self) -> None:
        self.seen: list[Progress] = []
        self.said: list[str] = []

    def note(self, sentence: str) -> None:
        self.said.append(sentence)

    def generation(self, progress: Progress) -> None:
        self.seen.append(progress)


class Clock:
    def __init__(self) -> None:
        self.now = 0.0

    def __call__(self) -> float:
        self.now += 0.5
        return self.now


@pytest.fixture
def folder(tmp_path: Path) -> RunFolder:
    folder = RunFolder.create("x", 1, tmp_path / "run")
    folder.close()
    return folder


def play(run: RunUnderWay) -> None:
    while not run.over:
        batch = run.ask(7)
        assert batch is not None
        run.tell(fake_play(batch))
        run.settle()
    run.close()


def test_every_generation_leaves_a_checkpoint_a_row_and_a_word(folder: RunFolder) -> None:
    notes = Notes()
    run = RunUnderWay(as_evolution(FakeEvolution()), folder, Goal(3), notes, Clock())
    play(run)
    assert [row.generation for row in read_rows(folder.metrics)] == [0, 1, 2]
    assert [generation for generation, _ in folder.checkpoints_newest_first()] == [3, 2, 1, 0]
    assert [progress.report["generation"] for progress in notes.seen] == [0, 1, 2]
    assert folder.champion.exists()
    assert run.over == "3 generations, as asked"


def test_steps_per_second_and_the_time_left_come_from_what_was_done(folder: RunFolder) -> None:
    notes = Notes()
    play(RunUnderWay(as_evolution(FakeEvolution(units=20)), folder, Goal(4), notes, Clock()))
    first = notes.seen[0]
    assert first.steps == 80
    assert first.seconds == 0.5
    assert first.steps_per_second == 160.0
    assert first.seconds_left == 1.5


def test_a_champion_that_is_good_enough_ends_the_run(folder: RunFolder) -> None:
    run = RunUnderWay(as_evolution(FakeEvolution()), folder, Goal(100, 200.0), Notes())
    play(run)
    assert run.over == "the champion reached the fitness of 200 that was asked for"
    assert run.evolution.generation < 100


def test_no_units_wait_once_the_run_is_over(folder: RunFolder) -> None:
    evolution = FakeEvolution()
    run = RunUnderWay(as_evolution(evolution), folder, Goal(1), Notes())
    assert run.waiting() == 20
    play(run)
    assert evolution.units_waiting == 20
    assert run.waiting() == 0


def test_units_of_the_next_generation_can_be_handed_out_before_the_last_one_is_on_disk(
    folder: RunFolder,
) -> None:
    evolution = FakeEvolution()
    run = RunUnderWay(as_evolution(evolution), folder, Goal(2), Notes())
    batch = run.ask(20)
    assert batch is not None
    run.tell(fake_play(batch))
    assert run.ask(20) is not None
    assert not folder.checkpoint(1).exists()
    run.settle()
    assert folder.checkpoint(1).exists()
    run.close()


def test_a_checkpoint_that_cannot_be_written_is_one_sentence(folder: RunFolder) -> None:
    evolution = FakeEvolution()
    run = RunUnderWay(as_evolution(evolution), folder, Goal(1), Notes())
    batch = run.ask(20)
    assert batch is not None
    run.tell(fake_play(batch))
    for path in folder.checkpoints.iterdir():
        path.unlink()
    folder.checkpoints.rmdir()
    folder.checkpoints.touch()
    with pytest.raises(EvolveUserError, match=r"generation-000001.evolve "):
        run.settle()
    run.close()


def test_every_population_has_a_champion_on_the_disk(folder: RunFolder) -> None:
    config = json.loads(world_config("xor"))
    main = config["populations"][0]
    names = ["main", "prey: small"]
    config["populations"] = [{**main, "name": name, "size": 8} for name in names]
    evolution = Evolution(complete_config(json.dumps(config)), 3)
    run = RunUnderWay(evolution, folder, Goal(3), Notes())
    while not run.over:
        batch = run.ask(64)
        assert batch is not None
        results = Results()
        for unit in batch.units:
            # Everybody plays alone, the first population first.
            results.add(unit, [[float(unit & 0xFFFFFFFF)]], 1)
        run.tell(results)
        run.settle()
    run.close()
    files = [folder.champion, folder.path / "champion-prey_ small.evo"]
    assert [Champion.load(str(path)).fitness for path in files] == [7.0, 15.0]
    with pytest.raises(ValueError, match="population is 2, but there are 2, counted from 0"):
        evolution.save_champion(str(files[0]), 2)

"""`evolve.Run`: whole runs from a program, in its own process, in threads and inside an event loop."""

import asyncio
import json
import threading
from collections.abc import Callable
from pathlib import Path

import pytest
from tests.evaluators import games

import evolve
from evolve.cli import main
from evolve.evaluators.playing import Play

pytestmark = pytest.mark.usefixtures("here")


def digest_of_native(generations: int, seed: int = 7) -> str:
    return evolve.Run("xor", seed=seed, workers=1, generations=generations, out="native").train().digest


def test_a_function_in_this_process_gives_the_digest_of_the_native_world() -> None:
    outcome = evolve.Run(games.xor, seed=7, generations=4).train()
    assert outcome.digest == digest_of_native(4)
    assert (outcome.generations, outcome.evaluations) == (4, 600)
    assert outcome.reason == "4 generations, as asked"
    assert outcome.folder == Path("runs/games-7-001").absolute()
    assert outcome.champion.fitness == outcome.best_fitness
    assert outcome.champion_file.is_file()
    assert outcome.checkpoint.is_file()
    assert outcome.plot.is_file()


def test_a_run_is_that_of_the_command_line(capsys: pytest.CaptureFixture[str]) -> None:
    config = {"mutation": {"weight_rate": 0.9}}
    mine = evolve.Run("xor", seed=3, generations=3, population=50, config=config).train()
    words = ["--seed", "3", "--generations", "3", "--population", "50", "--set", "mutation.weight_rate=0.9"]
    assert main.run(["train", "xor", *words, "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["digest"] == mine.digest


def test_a_careless_function_is_as_repeatable_as_any() -> None:
    digests = {evolve.Run(games.careless, seed=2, generations=3).train().digest for _ in range(2)}
    assert len(digests) == 1


def test_a_loop_gives_each_generation_once_and_the_same_run() -> None:
    run = evolve.Run(games.xor, seed=7)
    assert (run.status, run.champion, run.metrics) == ("new", None, [])
    run = evolve.Run(games.xor, seed=7, generations=4)
    reports = list(run)
    assert [report["generation"] for report in reports] == [0, 1, 2, 3]
    assert run.outcome is not None
    assert run.outcome.digest == digest_of_native(4)
    assert [row.best for row in run.metrics] == [report["best"] for report in reports]


@pytest.mark.parametrize(("source", "workers"), [(games.xor, 0), (games.xor, 1), ("xor", 1)])
def test_leaving_a_loop_ends_the_training_and_train_goes_on_to_the_same_bytes(
    source: str | Play, workers: int
) -> None:
    before = set(threading.enumerate())
    run = evolve.Run(source, seed=7, workers=workers, generations=8, out="mine")
    for report in run:
        if report["generation"] == 1:
            break
    assert set(threading.enumerate()) <= before
    # A quick machine may have finished all of it by then.
    assert run.status == ("interrupted" if len(run.metrics) < 8 else "finished")
    assert run.train().digest == digest_of_native(8)
    assert run.status == "finished"


def test_training_again_goes_on_to_more_generations() -> None:
    run = evolve.Run(games.xor, seed=7, generations=2)
    run.train()
    assert run.train(5).digest == digest_of_native(5)
    assert run.train(5).reason == "5 generations, as asked"
    assert len(run.metrics) == 5


def test_a_run_is_read_and_resumed_by_its_name_in_another_program() -> None:
    evolve.Run("xor", seed=7, generations=3, workers=1).train()
    run = evolve.Run.resume("xor-7-001", generations=5)
    assert (run.seed, run.status, len(run.metrics)) == (7, "finished", 3)
    assert run.champion is not None
    assert run.champion.inputs == ["a", "b"]
    assert run.train().digest == digest_of_native(5)


def test_a_function_of_no_file_is_given_again_to_go_on() -> None:
    def inner() -> evolve.Run:
        @evolve.evaluator(config=games.XOR)
        def play(episode: evolve.Episode) -> float:
            return games.xor(episode)

        return (
            evolve.Run.resume("mine", play, generations=4)
            if Path("mine").exists()
            else evolve.Run(play, seed=7, generations=2, out="mine")
        )

    inner().train()
    with pytest.raises(evolve.EvolveUserError, match=r"evolve\.Run\.resume\(folder, play\) goes on with it"):
        evolve.Run.resume("mine").train()
    run = inner()
    assert run.train().digest == digest_of_native(4)
    assert run.notes == []


def test_an_event_loop_that_runs_already_is_no_hindrance() -> None:
    async def as_in_a_notebook() -> str:
        return evolve.Run(games.xor, seed=7, workers=1, generations=2).train().digest

    assert asyncio.run(as_in_a_notebook()) == digest_of_native(2)


def test_a_function_that_fails_leaves_no_run_and_its_exception_is_the_cause() -> None:
    run = evolve.Run(games.raising)
    with pytest.raises(evolve.EvaluatorFailed, match="ZeroDivisionError: division by zero") as failed:
        run.train()
    assert isinstance(failed.value.__cause__, ZeroDivisionError)
    assert list(Path("runs").iterdir()) == []
    assert run.status == "new"
    with pytest.raises(evolve.EvaluatorFailed):
        list(run)


def test_ctrl_c_in_a_function_is_ctrl_c_in_the_program_and_the_run_goes_on() -> None:
    left = [200]

    @evolve.evaluator(config=games.XOR)
    def play(episode: evolve.Episode) -> float:
        left[0] -= 1
        if left[0] == 0:
            raise KeyboardInterrupt
        return games.xor(episode)

    run = evolve.Run(play, seed=7, generations=3)
    with pytest.raises(KeyboardInterrupt):
        run.train()
    assert (run.status, len(run.metrics)) == ("interrupted", 1)
    assert run.train().digest == digest_of_native(3)


# It has no name that a worker could import it by, as a notebook's function.
nameless = evolve.evaluator(inputs=["x"], outputs=["y"])(lambda _episode: 0.0)


@pytest.mark.parametrize(
    ("make", "sentence"),
    [
        (
            lambda: evolve.Run("xorr"),
            "'xorr' is no world and no scene: worlds are xor, double-pole, double-pole-hidden, maze, a scene "
            "is a path that ends with .tscn, and a Python function is written FILE.py:FUNCTION",
        ),
        (
            lambda: evolve.Run(games.undeclared),
            "undeclared does not say what its brains sense and do: "
            "put @evolve.evaluator(inputs=[…], outputs=[…]) above it",
        ),
        (
            lambda: evolve.Run(nameless, workers=2),
            "the function <lambda> stands in no file that worker processes could import: put it into one and "
            "name it FILE.py:FUNCTION, or leave workers out to play in this process",
        ),
        (
            lambda: evolve.Run("xor", workers=0),
            "workers is 0, but only a Python function plays in this process: name 1 at least",
        ),
        (lambda: evolve.Run("xor", workers=-1), "workers is -1, but must be from 0 to 256"),
        (lambda: evolve.Run("xor", generations=0), "generations is 0, but must be 1 at least"),
        (
            lambda: evolve.Run("xor", config={"evaluation": {"repeats": 0}}),
            "evaluation.repeats is 0, but must be from 1 to 10000",
        ),
        (
            lambda: evolve.Run("xor", config={"evaluation": object()}),
            "config holds a value that no setting takes: Object of type object is not JSON serializable",
        ),
        (
            lambda: evolve.Run("xor", config="no.toml"),
            "there is no configuration file no.toml: check the name after --config",
        ),
        (lambda: evolve.Run.resume("nothing"), "there is no run 'nothing': runs/ holds none here"),
        (lambda: evolve.Run("xor").folder, "the run has no folder yet: train it first"),
    ],
)
def test_what_makes_no_sense_is_one_sentence_before_anything_is_made(
    make: Callable[[], object], sentence: str
) -> None:
    with pytest.raises((evolve.EvolveUserError, evolve.EvolveError)) as refused:
        make()
    assert str(refused.value) == sentence
    assert list(Path.cwd().iterdir()) == []


def test_help_teaches() -> None:
    text = evolve.Run.__doc__ or ""
    assert "run.train()" in text
    assert all(f"    {word} " in text for word in ("seed", "workers", "generations", "config", "out"))

"""The farm with real workers that misbehave: the run ends with the same scores, or with a sentence."""

import os
import sys
from pathlib import Path

import pytest
from tests.doubles import FakeEvolution, as_evolution, decode_results, fake_play
from tests.process_table import processes_with

from evolve.errors import EvolveUserError
from evolve.protocol.messages import HelloMessage
from evolve.storage.run_folder import RunFolder
from evolve.training.run import Goal, Progress, RunUnderWay
from evolve.workers.farm import Farm
from evolve.workers.process import WorkerCommand
from evolve.workers.slot import Patience

ROOT = Path(__file__).parents[2]
WORKER = ROOT / "tests" / "standins" / "worker.py"
HURRIED = Patience(first_delay=0.01, longest_delay=0.02, start_seconds=20.0, leave_seconds=1.0)


class Nobody:
    def note(self, sentence: str) -> None:
        pass

    def generation(self, progress: Progress) -> None:
        pass


class Bench:
    """A farm of stand-ins around a double, in a folder of its own."""

    def __init__(self, folder: Path) -> None:
        self.folder = RunFolder.create("standin", 1, folder / "run")
        self.marks = folder / "marks"
        self.marks.mkdir()
        self.evolution = FakeEvolution(units=60)
        self.pids: list[int] = []
        self.hellos = 0
        self.run: RunUnderWay | None = None

    def train(
        self,
        fault: str = "",
        workers: int = 2,
        times: int = 1,
        patience: Patience = HURRIED,
        silence: float = 20.0,
        program: str = sys.executable,
        **more: str,
    ) -> list[list[float]]:
        environment = {
            "PYTHONPATH": os.pathsep.join([str(ROOT), str(ROOT / "src")]),
            "STANDIN_FAULT": fault,
            "STANDIN_TIMES": str(times),
            "STANDIN_MARKS": str(self.marks),
            **more,
        }

        def command(server: str, token: str) -> WorkerCommand:
            return WorkerCommand(
                [program, str(WORKER)], environment | {"EVOLVE_SERVER": server, "EVOLVE_TOKEN": token}
            )

        farm = Farm(
            command, workers, self.folder.logs, patience=patience, ping_seconds=0.2, silence_seconds=silence
        )
        try:
            farm.work(self._begin, decode_results)
        finally:
            self.close()
        return self.evolution.history

    def close(self) -> None:
        self.folder.close()
        if self.run is not None:
            self.run.close()

    def _begin(self, hello: HelloMessage) -> RunUnderWay:
        self.hellos += 1
        self.run = RunUnderWay(
            as_evolution(self.evolution), self.folder, Goal(hello.stop.generations), Nobody()
        )
        return self.run


def undisturbed() -> list[list[float]]:
    evolution = FakeEvolution(units=60)
    while evolution.generation < 5:
        batch = evolution.ask(60)
        assert batch is not None
        evolution.tell(fake_play(batch))  # type: ignore[arg-type]
    return evolution.history


@pytest.fixture
def bench(tmp_path: Path) -> Bench:
    return Bench(tmp_path)


def no_standin_is_left(marks: Path) -> bool:
    return not processes_with(f"STANDIN_MARKS={marks}")


@pytest.mark.parametrize("workers", [1, 2, 3])
def test_any_number_of_workers_gives_the_same_scores(bench: Bench, workers: int) -> None:
    assert bench.train(workers=workers) == undisturbed()
    assert bench.hellos == 1
    assert no_standin_is_left(bench.marks)


@pytest.mark.parametrize(
    "fault", ["die", "leave", "mid-frame", "twice", "garbage-frame", "garbage-text", "unasked", "greedy"]
)
def test_a_worker_that_misbehaves_changes_no_score(bench: Bench, fault: str) -> None:
    assert bench.train(fault, times=3) == undisturbed()
    assert len(list(bench.marks.iterdir())) == 3
    assert no_standin_is_left(bench.marks)


def test_a_worker_that_hangs_loses_its_units_to_another(bench: Bench) -> None:
    assert bench.train("hang", silence=0.5) == undisturbed()
    assert no_standin_is_left(bench.marks)


def test_units_of_a_worker_that_forgets_them_go_to_another(bench: Bench) -> None:
    # Long before anybody would call it silent.
    patience = Patience(first_delay=0.01, leave_seconds=0.5, stall_seconds=3600.0)
    assert bench.train("forget", patience=patience) == undisturbed()
    assert bench.evolution.released == 0


def test_a_worker_that_always_crashes_ends_the_run_with_its_last_words(bench: Bench) -> None:
    with pytest.raises(EvolveUserError) as ended:
        bench.train("crash", workers=1)
    log = bench.folder.logs / "worker-1.log"
    assert str(ended.value) == (
        "worker-1 was started 6 times and never finished a unit (it ended with exit code 3); "
        f"the end of {log}:\n" + "\n".join(["    ERROR: the driver is missing"] * 6)
    )
    assert no_standin_is_left(bench.marks)


def test_a_worker_that_never_connects_ends_the_run(bench: Bench) -> None:
    patience = Patience(
        first_delay=0.01, longest_delay=0.01, restarts=1, start_seconds=0.3, leave_seconds=0.1
    )
    with pytest.raises(EvolveUserError, match=r"started 2 times .* \(it did not connect within 0.3 s\)"):
        bench.train("never-connect", patience=patience)
    assert no_standin_is_left(bench.marks)


def test_a_worker_that_dies_however_well_it_works_is_given_up_at_last(bench: Bench) -> None:
    patience = Patience(first_delay=0.01, longest_delay=0.01, restarts=99, lifetime_restarts=2)
    with pytest.raises(EvolveUserError, match=r"worker-1 was started 3 times in this run \(it ended with"):
        bench.train("crash", workers=1, patience=patience)
    assert no_standin_is_left(bench.marks)


def test_a_wrong_scene_ends_the_run_with_its_sentence(bench: Bench) -> None:
    with pytest.raises(EvolveUserError) as ended:
        bench.train("error")
    assert str(ended.value) == "the agent has no function evolve_think"
    assert no_standin_is_left(bench.marks)


def test_a_worker_with_another_scene_is_refused_and_the_rest_go_on(bench: Bench) -> None:
    assert bench.train("other-digest", workers=3, STANDIN_DELAY="0.1") == undisturbed()
    words = "".join(log.read_text() for log in bench.folder.logs.glob("worker-*.log"))
    assert "the scene differs: the run began with" in words
    assert "5" * 64 in words
    assert "6" * 64 in words


def test_a_program_that_is_not_there_is_one_sentence(bench: Bench) -> None:
    complaint = (
        r"(?s)worker-1 was started 6 times .*/nowhere/godot cannot be started: No such file or directory"
    )
    with pytest.raises(EvolveUserError, match=complaint):
        bench.train(program="/nowhere/godot", workers=1)

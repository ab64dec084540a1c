"""Suite chaos: workers and orchestrators of a run are killed at random, and the run is resumed each time.

The same run is trained undisturbed first. What counts is no time: both last checkpoints have to be the same
bytes, and nothing may be left running. Everything is killed with SIGKILL, at moments that no process chooses.
"""

from __future__ import annotations

import json
import os
import random
import signal
import subprocess
import tempfile
import time
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path

from benches.report import Row
from provision.console import Console, SetupError
from provision.paths import Cache, Checkout
from provision.ready import Ready, ensure_ready

KILLS = 50
# Of the kills, those that hit the orchestrator; the others hit one of its workers.
ORCHESTRATORS = 15
SCENE = "godot_project/demos/cartpole/cartpole.tscn"
TRAIN = ("--seed", "7", "--workers", "2", "--quiet", "--json")
# Long enough that a run is still going at its last kill.
GENERATIONS = 40
# Seconds from one kill to the next: some hit a worker that is starting, some a generation nearly done.
SHORTEST, LONGEST = 0.3, 4.0
LIMIT_SECONDS = 1_500.0
POLL_SECONDS = 0.05
# Every process of a disturbed run has it in its environment.
MARK = "EVOLVE_CHAOS"


@dataclass
class Disturber:
    """Kills what belongs to one run, by a plan that its seed decides."""

    mark: str
    # Its seed is fixed, so that two nights are alike as far as processes allow.
    random: random.Random = field(default_factory=lambda: random.Random(7))  # noqa: S311 - no secret
    workers: int = 0
    orchestrators: int = 0

    @property
    def kills(self) -> int:
        return self.workers + self.orchestrators

    def pause(self) -> float:
        return self.random.uniform(SHORTEST, LONGEST)

    def strike(self, orchestrator: int) -> bool:
        """Kill somebody; whether it was the orchestrator."""
        workers = [identifier for identifier in marked(self.mark) if is_worker(identifier)]
        left = KILLS - self.kills
        wanted = self.random.random() < (ORCHESTRATORS - self.orchestrators) / max(1, left)
        if wanted or not workers:
            kill(orchestrator)
            self.orchestrators += 1
            return True
        kill(self.random.choice(workers))
        self.workers += 1
        return False


def measure(checkout: Checkout, cache: Cache, console: Console) -> list[Row]:
    if os.name != "posix" or not Path("/proc/self/environ").exists():
        raise SetupError("The chaos suite finds what it kills through /proc: it needs Linux.")
    ready = ensure_ready(False, checkout, cache, console)
    with tempfile.TemporaryDirectory(prefix="evolve-chaos-") as folder:
        with console.step("Training undisturbed", "The undisturbed run is over"):
            calm = Training(checkout, ready, Path(folder) / "calm")
            calm.begin()
            expected = calm.end()
        with console.step(f"Training with {KILLS} kills", "The disturbed run is over"):
            disturber = Disturber(str(Path(folder) / "stormy"))
            stormy = Training(checkout, ready, Path(folder) / "stormy")
            found = disturb(stormy, disturber)
        time.sleep(1.0)
        orphans = len(marked(disturber.mark))
    return rows_of(expected, found, disturber, orphans)


@dataclass
class Training:
    """`evolve train` as a process, begun or resumed."""

    checkout: Checkout
    ready: Ready
    out: Path
    process: subprocess.Popen[bytes] | None = None

    def begin(self) -> int:
        """Start, or go on where the last one was killed; the process that does it."""
        began = (self.out / "run.json").exists()
        fresh = [str(self.checkout.root / SCENE), "--generations", str(GENERATIONS), "--out", str(self.out)]
        words = ["--resume", str(self.out), *TRAIN[2:]] if began else [*fresh, *TRAIN]
        environment = {**os.environ, "GODOT": str(self.ready.godot), MARK: str(self.out)}
        self.process = subprocess.Popen(
            [str(self.ready.python), "-m", "evolve", "train", *words],
            cwd=self.out.parent,
            env=environment,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
        )
        return self.process.pid

    def is_over(self, seconds: float) -> bool:
        """Wait so long for its end."""
        assert self.process is not None
        try:
            self.process.wait(seconds)
        except subprocess.TimeoutExpired:
            return False
        return True

    def end(self) -> dict[str, object]:
        """What a run that ended by itself came to."""
        assert self.process is not None
        try:
            out, errors = self.process.communicate(timeout=LIMIT_SECONDS)
        except subprocess.TimeoutExpired:
            kill(self.process.pid)
            raise SetupError(f"A run is not over after {LIMIT_SECONDS:g} s: {self.out}") from None
        if self.process.returncode != 0:
            said = errors.decode(errors="replace").strip()[-600:]
            raise SetupError(f"A run ended with exit code {self.process.returncode}: {said}")
        content: dict[str, object] = json.loads(out)
        return content

    def forget(self) -> None:
        """Read what a killed process left in its pipes, and close them."""
        assert self.process is not None
        self.process.communicate()


def disturb(training: Training, disturber: Disturber) -> dict[str, object]:
    """Train to the end, with every kill of the plan on the way."""
    orchestrator = training.begin()
    while disturber.kills < KILLS:
        if training.is_over(disturber.pause()):
            training.end()
            raise SetupError(
                f"The run was over after {disturber.kills} of {KILLS} kills: give it more generations."
            )
        if disturber.strike(orchestrator):
            training.forget()
            wait_until_gone(disturber.mark)
            orchestrator = training.begin()
    return training.end()


def wait_until_gone(mark: str, seconds: float = 20.0) -> None:
    """Workers die with their orchestrator, whatever it died of; one that does not is an orphan."""
    end = time.monotonic() + seconds
    while marked(mark):
        if time.monotonic() > end:
            raise SetupError(f"A worker outlived its orchestrator by {seconds:g} s: {marked(mark)}")
        time.sleep(POLL_SECONDS)


def marked(mark: str) -> list[int]:
    """Processes that still run and belong to the run with this mark."""
    entry = f"{MARK}={mark}".encode()
    return [identifier for identifier in _processes() if entry in _words(identifier, "environ")]


def is_worker(identifier: int) -> bool:
    return b"--headless" in _words(identifier, "cmdline")


def kill(identifier: int) -> None:
    with suppress(ProcessLookupError):
        os.kill(identifier, signal.SIGKILL)


def _processes() -> list[int]:
    return [int(entry.name) for entry in Path("/proc").glob("[0-9]*")]


def _words(identifier: int, name: str) -> list[bytes]:
    try:
        return (Path("/proc") / str(identifier) / name).read_bytes().split(b"\0")
    except OSError:
        return []


def rows_of(
    expected: dict[str, object], found: dict[str, object], disturber: Disturber, orphans: int
) -> list[Row]:
    same = float(expected["digest"] == found["digest"])
    kills = f"{disturber.workers} workers and {disturber.orchestrators} orchestrators killed"
    return [
        Row(f"the last checkpoint's bytes, {kills}", "same", same, None, None, "1", None, same == 1.0),
        Row("processes left behind", "count", float(orphans), None, None, "0", None, orphans == 0),
        Row(
            "units scored in the end",
            "count",
            float(str(found["evaluations"])),
            float(str(expected["evaluations"])),
            "undisturbed",
            "the same",
            None,
            found["evaluations"] == expected["evaluations"],
        ),
    ]

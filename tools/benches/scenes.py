"""Suite scenes: whole demos in a headless engine, beside their physics alone and Godot RL Agents.

A scene is trained for a while; then one of its generations is played again and again in three ways, in turn:
as training plays it, by the plainest loop that senses and acts (bare), and by one that only acts (physics).
All three take the same path, to the last bit, which is checked. Goals come from the issue that ordered this.
"""

from __future__ import annotations

import json
import os
import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from statistics import median

from benches.godot_rl_agents import GodotRlAgents, find_plugin
from benches.report import Row, compare
from checks.godot_tests import troubles
from provision import processes
from provision.console import Console, SetupError
from provision.paths import Cache, Checkout
from provision.ready import ensure_ready

SCENES = {"cart-pole": "res://demos/cartpole/cartpole.tscn", "cars": "res://demos/cars/cars.tscn"}
# The demo whose ticks on one core have a goal.
ON_ONE_CORE = "cars"
AGENTS = 200
WARM_UP = 10
ROUNDS = 3
LAPS = 4
ACTION_REPEATS = (1, 4)
SECONDS = 540.0

CEILING_GOAL = 0.8
SHARE_GOAL = 5.0
# What the editor's panel may take of the running game, in per cent.
PANEL_GOAL = 1.0
TICKS_GOAL = 600.0
PEER_GOAL = 5.0
PEER = "Godot RL Agents"


@dataclass(frozen=True)
class Lap:
    """One generation, played in one of the ways. Times are microseconds."""

    way: str
    ticks: int
    agent_steps: int
    episodes: int
    # What the trainer, or the loop that stands in for it, took; the rest is the engine's.
    inside: float
    total: float

    @property
    def agent_steps_per_second(self) -> float:
        return self.agent_steps / self.total * 1e6


@dataclass(frozen=True)
class Bench:
    """Plays scenes: ours in the project as it is, the peer's in a project of its own."""

    checkout: Checkout
    godot: Path
    peer: GodotRlAgents | None
    console: Console

    def rows(self, name: str, scene: str) -> list[Row]:
        laps: list[Lap] = []
        theirs: dict[int, list[float]] = {repeat: [] for repeat in ACTION_REPEATS}
        for turn in range(1, ROUNDS + 1):
            with self.console.step(f"Playing {name}, round {turn} of {ROUNDS}", f"{name} is played"):
                laps += self.laps(scene)
                for repeat in ACTION_REPEATS if self.peer is not None else ():
                    assert self.peer is not None
                    theirs[repeat].append(self.peer.agent_steps_per_second(scene, AGENTS, repeat))
        rows = rows_of(name, laps)
        rows += [peer_row(name, repeat, laps, speeds) for repeat, speeds in theirs.items() if speeds]
        return rows

    def laps(self, scene: str) -> list[Lap]:
        printed = self._printed(scene, "bench.gd", [])
        return [Lap(**json.loads(line)) for line in printed if line.startswith("{")]

    def panel_row(self, name: str, scene: str) -> Row:
        """Training as Play does it, with a debugger's connection that somebody reads and nobody answers."""
        with editor_stand_in() as port:
            printed = self._printed(scene, "panel.gd", ["--remote-debug", f"tcp://127.0.0.1:{port}"])
        return panel_row(name, next(line for line in printed if line.startswith("{")))

    def _printed(self, scene: str, script: str, engine_options: list[str]) -> list[str]:
        # --fixed-fps as two arguments: as one string the engine ignores it.
        command: list[str | Path] = [self.godot, "--headless", "--fixed-fps", "60", *engine_options]
        command += ["--path", self.checkout.project]
        command += ["--script", self.checkout.root / "bench" / "scenes" / script, "--", "--scene", scene]
        command += ["--agents", str(AGENTS), "--warm-up", str(WARM_UP), "--laps", str(LAPS)]
        lines: list[str] = []
        outcome = processes.run(command, seconds=SECONDS, on_line=lines.append)
        problems = troubles(lines)
        # Scripts that fail may still end with code 0; only the closing line says that all were measured.
        if not outcome.ok or problems or "done" not in lines:
            said = problems[0] if problems else outcome.tail.strip()[-600:]
            raise SetupError(f"{scene} could not be measured (exit code {outcome.code}): {said}")
        return lines


def measure(checkout: Checkout, cache: Cache, console: Console) -> list[Row]:
    godot = ensure_ready(False, checkout, cache, console).godot
    plugin = find_plugin(console)
    rows: list[Row] = []
    with GodotRlAgents.prepared(checkout, cache, godot, plugin, console) as peer:
        bench = Bench(checkout, godot, peer, console)
        for name, scene in SCENES.items():
            rows += bench.rows(name, scene)
            with console.step(f"Watching {name}", f"{name} was watched by a panel"):
                rows.append(bench.panel_row(name, scene))
    with (
        console.step(f"Playing {ON_ONE_CORE} on one core", f"{ON_ONE_CORE} is played on one core"),
        one_core(),
    ):
        rows.append(ticks_row(ON_ONE_CORE, bench.laps(SCENES[ON_ONE_CORE])))
    return rows


def rows_of(name: str, laps: list[Lap]) -> list[Row]:
    """Medians of pairs: each lap of training is compared with the laps of the other ways next to it."""
    training, bare, physics = (_of(laps, way) for way in ("training", "bare", "physics"))
    part = median(
        one.agent_steps_per_second / other.agent_steps_per_second
        for one, other in zip(training, physics, strict=True)
    )
    share = median(
        100 * (one.inside - other.inside) / one.total for one, other in zip(training, bare, strict=True)
    )
    return [
        Row(
            f"{name}, {AGENTS} agents",
            "agent-steps/s",
            speed_of(laps, "training"),
            speed_of(laps, "physics"),
            "its physics alone",
            f"at least {CEILING_GOAL:g}x",
            part,
            part >= CEILING_GOAL,
        ),
        compare(
            f"{name}, the add-on's share of a tick", "%", share, {}, goal=SHARE_GOAL, higher_is_better=False
        ),
    ]


def ticks_row(name: str, laps: list[Lap]) -> Row:
    """Ticks with everybody alive: agents that are out cost nothing, so the steps of all are shared out."""
    ticks = speed_of(laps, "training") / AGENTS
    row_name = f"{name}, {AGENTS} agents on one core"
    return compare(row_name, "ticks/s", ticks, {}, goal=TICKS_GOAL, higher_is_better=True)


def peer_row(name: str, action_repeat: int, laps: list[Lap], theirs: list[float]) -> Row:
    """Ours thinks in every tick, also beside a peer that repeats its actions."""
    ours, peer = speed_of(laps, "training"), median(theirs)
    ratio = ours / peer
    row_name = f"{name}, {AGENTS} agents, the peer's action repeat {action_repeat}"
    goal = f"at least {PEER_GOAL:g}x"
    return Row(row_name, "agent-steps/s", ours, peer, PEER, goal, ratio, ratio >= PEER_GOAL)


def panel_row(name: str, printed: str) -> Row:
    """What the link to the panel takes, of all the time that a headless training takes: in Play ticks are
    fewer, so it is less."""
    times = json.loads(printed)
    share = 100 * times["inside"] / times["total"]
    row_name = f"{name}, {AGENTS} agents, the panel's share of a tick"
    return compare(row_name, "%", share, {}, goal=PANEL_GOAL, higher_is_better=False)


@contextmanager
def editor_stand_in() -> Iterator[int]:
    """Accepts one debugger's connection and reads what comes; gives the port."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        threading.Thread(target=_read_all, args=(server,), daemon=True).start()
        yield server.getsockname()[1]


def _read_all(server: socket.socket) -> None:
    connection, _ = server.accept()
    with connection:
        while connection.recv(65_536):
            pass


@contextmanager
def one_core() -> Iterator[None]:
    """What is started meanwhile has one core, where the system lets us choose."""
    if not hasattr(os, "sched_setaffinity"):
        raise SetupError("The bench on one core needs a system that ties processes to cores: Linux.")
    before = os.sched_getaffinity(0)
    os.sched_setaffinity(0, {min(before)})
    try:
        yield
    finally:
        os.sched_setaffinity(0, before)


def _of(laps: list[Lap], way: str) -> list[Lap]:
    return [lap for lap in laps if lap.way == way]


def speed_of(laps: list[Lap], way: str) -> float:
    """Agent-steps a second of the laps that were played this way."""
    return median(lap.agent_steps_per_second for lap in _of(laps, way))

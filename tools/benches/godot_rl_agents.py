"""The peer of suite scenes: Godot RL Agents drives the very arenas of our demos.

Its Python side comes from the package index; its Godot side is in none and is never kept by us: whoever
measures clones it. Both sides have the flags that serve them best: no rendering, a fixed frame rate that the
engine heeds, several physics ticks a frame.
"""

from __future__ import annotations

import hashlib
import json
import os
import re
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from benches.peers import PeerEnvironment
from provision import processes
from provision.console import Console, SetupError
from provision.paths import Cache, Checkout

VARIABLE = "GODOT_RL_AGENTS_PLUGIN"
REPOSITORY = "https://github.com/edbeeching/godot_rl_agents_plugin"
COMMIT = "bf5d6a2d7374c65ecb23cd8cdc425cac25399ec4"
ADDON = Path("addons") / "godot_rl_agents"
# What takes part in the measurement, as it is in that commit.
DIGESTS = {
    "sync.gd": "8a0a3f3b4486d7f7d95508aec727e5554fc442f19db3c79386c62633b9ff20a2",
    "controller/ai_controller_2d.gd": "62e6575310a2c2c9a65e0cdef349e13b277dd88b367c2ff10fc2ac8030dba94c",
}
# Physics ticks a frame: 8 spares it the work of 7 frames.
SPEEDUP = 8
SECONDS = 120.0
IMPORT_SECONDS = 300.0
# Settings of our project that have no place in one with a plugin written without types.
LEFT_OUT = ("[debug]", "[editor_plugins]")


def find_plugin(console: Console) -> Path | None:
    """The peer's add-on; None, with a sentence of how to get it, when nobody says where it is."""
    said = os.environ.get(VARIABLE, "")
    if not said:
        console.say(
            f"The rows beside Godot RL Agents are left out: clone {REPOSITORY}, check out {COMMIT[:12]}, "
            f"and name the folder in {VARIABLE}."
        )
        return None
    addon = Path(said) / ADDON
    for name, expected in DIGESTS.items():
        file = addon / name
        found = hashlib.sha256(file.read_bytes()).hexdigest() if file.is_file() else "missing"
        if found != expected:
            raise SetupError(
                f"{file} is {'missing' if found == 'missing' else 'another version'}: "
                f"{VARIABLE} has to name a clone of {REPOSITORY} at {COMMIT[:12]}."
            )
    return addon


@dataclass(frozen=True)
class GodotRlAgents:
    """The peer, with everything it needs in place."""

    python: Path
    client: Path
    godot: Path
    project: Path

    @classmethod
    @contextmanager
    def prepared(
        cls, checkout: Checkout, cache: Cache, godot: Path, plugin: Path | None, console: Console
    ) -> Iterator[GodotRlAgents | None]:
        """Makes a project that holds both plugins, for as long as the peer is measured."""
        if plugin is None:
            yield None
            return
        python = PeerEnvironment(checkout, cache, "scenes").ensure(console)
        with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as folder:
            project = Path(folder)
            with console.step("Importing the peer's project", "The peer's project is imported"):
                fill(project, checkout, plugin)
                _import(godot, project)
            client = checkout.root / "bench" / "scenes" / "godot_rl_agents" / "client.py"
            yield cls(python, client, godot, project)

    def agent_steps_per_second(self, scene: str, agents: int, action_repeat: int) -> float:
        """One run: physics ticks that its agents lived through, in a second."""
        command: list[str | Path] = [self.python, self.client, "--engine", self.godot]
        command += ["--project", self.project, "--scene", scene, "--agents", str(agents)]
        command += ["--action-repeat", str(action_repeat), "--speedup", str(SPEEDUP)]
        lines: list[str] = []
        outcome = processes.run(command, seconds=SECONDS, on_line=lines.append)
        return speed_in(lines, outcome)


def speed_in(lines: list[str], outcome: processes.Outcome) -> float:
    """What a run printed; SetupError when it went wrong, script errors in the engine included."""
    found = [json.loads(line) for line in lines if line.startswith('{"agent_steps_per_second"')]
    errors = [line for line in lines if line.startswith("SCRIPT ERROR")]
    if not outcome.ok or errors or len(found) != 1:
        said = errors[0] if errors else outcome.tail.strip()[-600:]
        raise SetupError(f"Godot RL Agents could not be measured (exit code {outcome.code}): {said}")
    return float(found[0]["agent_steps_per_second"])


def fill(project: Path, checkout: Checkout, plugin: Path) -> None:
    """Copies, so that the import writes into none of the sources."""
    shutil.copytree(checkout.addons / "evolve", project / "addons" / "evolve")
    shutil.copytree(plugin, project / ADDON)
    shutil.copytree(checkout.project / "demos", project / "demos")
    shutil.copytree(checkout.root / "bench" / "scenes", project / "bench")
    settings = (checkout.project / "project.godot").read_text(encoding="utf-8")
    (project / "project.godot").write_text(plain_settings(settings), encoding="utf-8")
    # A first import with an extension aborts unless the extension is already listed.
    (project / ".godot").mkdir()
    listed = project / ".godot" / "extension_list.cfg"
    listed.write_text("res://addons/evolve/evolve.gdextension\n", encoding="utf-8")


def plain_settings(settings: str) -> str:
    """A project.godot without the sections that would refuse the peer's scripts."""
    sections = re.split(r"(?m)^(?=\[)", settings)
    return "".join(section for section in sections if not section.startswith(LEFT_OUT))


def _import(godot: Path, project: Path) -> None:
    command: list[str | Path] = [godot, "--headless", "--path", project, "--import"]
    outcome = processes.run(command, seconds=IMPORT_SECONDS)
    if not outcome.ok:
        said = outcome.tail.strip()[-600:]
        raise SetupError(f"The peer's project could not be imported (exit code {outcome.code}): {said}")

"""Finds the Godot engine and a scene's project, and knows the command of a headless worker."""

import os
import re
import shutil
import subprocess
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from evolve.errors import EvolveUserError
from evolve.workers.process import WorkerCommand

OLDEST: Final = (4, 4)
_VERSION_SECONDS: Final = 30.0
_TICKS_A_SECOND: Final = "60"


@dataclass(frozen=True)
class Engine:
    """A Godot program that was asked for its version."""

    program: str
    version: str


@dataclass(frozen=True)
class Scene:
    """A scene inside its project."""

    project: Path
    resource_path: str

    @property
    def name(self) -> str:
        return Path(self.resource_path).stem


def find_engine() -> Engine:
    """The program in GODOT, else godot4 or godot on the PATH; Godot 4.4 or later."""
    program = os.environ.get("GODOT") or shutil.which("godot4") or shutil.which("godot")
    if not program:
        raise EvolveUserError(
            "no Godot engine was found: install Godot 4.4 or later, put its path into the environment "
            "variable GODOT, or use tools/evolve, which fetches one"
        )
    version = _ask_version(program)
    numbers = re.match(r"(\d+)\.(\d+)", version)
    if not numbers:
        raise EvolveUserError(
            f"{program} does not say which Godot it is (it says '{version[:80]}'): check GODOT"
        )
    if (int(numbers[1]), int(numbers[2])) < OLDEST:
        raise EvolveUserError(
            f"{program} is Godot {version}, too old for Evolve: install 4.4 or later, or name one in GODOT"
        )
    return Engine(program, version)


def _ask_version(program: str) -> str:
    try:
        answer = subprocess.run(
            [program, "--version"],
            capture_output=True,
            timeout=_VERSION_SECONDS,
            check=False,
            stdin=subprocess.DEVNULL,
        )
    except FileNotFoundError:
        raise EvolveUserError(
            f"there is no program {program}: put the path of Godot 4.4 or later into GODOT"
        ) from None
    except (OSError, subprocess.TimeoutExpired) as error:
        raise EvolveUserError(f"{program} cannot be started as a Godot engine: {_why(error)}") from error
    lines = answer.stdout.decode(errors="replace").split()
    return lines[-1] if lines else ""


def _why(error: Exception) -> str:
    return (error.strerror or str(error)) if isinstance(error, OSError) else "it did not answer --version"


def find_scene(name: str) -> Scene:
    """The scene of a path, or of a res:// path below a project that we stand in."""
    if name.startswith("res://"):
        project = _project_above(Path.cwd())
        if project is None:
            raise EvolveUserError(f"{name} needs a project: no folder above {Path.cwd()} has a project.godot")
        path = project / name.removeprefix("res://")
    else:
        path = Path(name).absolute()
        project = _project_above(path.parent)
    if not path.is_file():
        raise EvolveUserError(
            f"there is no scene {path}: check the path, or leave it out to train the XOR demo"
        )
    if project is None:
        raise EvolveUserError(f"{path} lies in no Godot project: no folder above it has a project.godot")
    if not (project / ".godot").is_dir():
        raise EvolveUserError(
            f"the project {project} was never imported: open it once in the Godot editor, or run "
            f"'godot --headless --import --path {project}'"
        )
    return Scene(project, "res://" + path.relative_to(project).as_posix())


def _project_above(folder: Path) -> Path | None:
    return next((one for one in (folder, *folder.parents) if (one / "project.godot").is_file()), None)


def demo_scene() -> Path:
    """The XOR demo of this checkout."""
    relative = Path("godot_project/demos/xor/xor.tscn")
    named = os.environ.get("EVOLVE_CHECKOUT")
    roots = [Path(named)] if named else list(Path(__file__).resolve().parents)
    for root in roots:
        if (root / relative).is_file():
            return root / relative
    raise EvolveUserError(
        "the XOR demo is not here: name a scene or a world ('evolve worlds' lists them), "
        "or run from a checkout of Evolve"
    )


def window_command(engine: Engine, scene: Scene, server: str, token: str) -> WorkerCommand:
    """How a worker is started that somebody wants to look at: in a window, at the speed of the game."""
    return WorkerCommand(
        [engine.program, "--path", str(scene.project), scene.resource_path, "--", "--evolve-worker"],
        {"EVOLVE_SERVER": server, "EVOLVE_TOKEN": token, "EVOLVE_ROLE": "spectator"},
    )


def worker_command(engine: Engine, scene: Scene, server: str, token: str) -> WorkerCommand:
    """How a headless worker is started. --fixed-fps and its number are two arguments: Godot ignores one."""
    return WorkerCommand(
        [
            engine.program,
            "--headless",
            "--fixed-fps",
            _TICKS_A_SECOND,
            "--path",
            str(scene.project),
            scene.resource_path,
            "--",
            "--evolve-worker",
        ],
        {"EVOLVE_SERVER": server, "EVOLVE_TOKEN": token},
    )

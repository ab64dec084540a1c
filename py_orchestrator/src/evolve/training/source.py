"""What is trained: a scene, a Python function or a built-in world, found by the word a person gave."""

import json
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Final

from evolve.errors import EvolveUserError
from evolve.storage.record import Kind
from evolve.training.backend import Backend
from evolve.training.configuration import Overrides
from evolve.training.native_backend import NativeBackend
from evolve.workers.checks import Checks
from evolve.workers.godot import Engine, Scene, demo_scene, find_engine, find_scene
from evolve.workers.guests import GuestDoor

if TYPE_CHECKING:
    from evolve.evaluators.loading import Evaluator

DEFAULT_WORKERS: Final = 2


@dataclass(frozen=True)
class Source:
    """A scene, a Python function or a world."""

    kind: Kind
    name: str
    where: str
    scene: Scene | None = None
    engine: Engine | None = None
    evaluator: "Evaluator | None" = None

    @property
    def takes_guests(self) -> bool:
        """Whether workers of another process could play it."""
        return self.kind != "world"

    def backend(
        self,
        workers: int,
        logs: Path,
        port: int,
        guests: GuestDoor | None = None,
        checks: Checks | None = None,
    ) -> Backend:
        """Make what scores a run of this source; it plays the units of `checks` twice.

        No workers at all mean this very thread.
        """
        if self.evaluator is not None:
            from evolve.training.python_backend import PythonBackend, PythonFarm

            if workers == 0:
                return PythonBackend(self.evaluator)
            return PythonFarm(self.evaluator, workers, logs, port, guests)
        if self.scene is None:
            return NativeBackend(self.name, workers, checks)
        from evolve.training.godot_backend import GodotBackend

        return GodotBackend(self.engine or find_engine(), self.scene, workers, logs, port, guests, checks)

    def check_workers(self, workers: int) -> None:
        """Refuse a number of workers that nobody could be."""
        if workers == 0 and self.evaluator is None:
            raise EvolveUserError(
                "workers is 0, but only a Python function plays in this process: name 1 at least"
            )
        if workers > 0 and self.evaluator is not None and not self.evaluator.is_importable:
            raise EvolveUserError(
                f"the function {self.name} stands in no file that worker processes could import: "
                "put it into one and name it FILE.py:FUNCTION, or leave workers out to play in this process"
            )

    def check(self, overrides: Overrides) -> None:
        """Refuse settings that make no sense before anything is made; a scene says its own when it is up."""
        from evolve import _native

        if self.evaluator is not None:
            _native.complete_config(json.dumps(overrides.over(self.evaluator.declaration.config)))
        elif self.scene is None:
            config = json.loads(_native.world_config(self.name))
            _native.complete_config(json.dumps(overrides.over(config)))


def find_source(word: str | None) -> Source:
    """A path or res:// path is a scene, FILE.py:FUNCTION or MODULE:FUNCTION a function, all else a world.

    Nothing at all is the XOR demo.
    """
    if word is None:
        return _scene_source(str(demo_scene()))
    if _is_scene(word):
        return _scene_source(word)
    from evolve.evaluators.loading import is_evaluator, load_evaluator

    if is_evaluator(word):
        return python_source(load_evaluator(word))
    if "/" in word or "\\" in word:
        return _scene_source(word)
    from evolve import _native

    if word in _native.worlds():
        return Source("world", word, word)
    known = ", ".join(_native.worlds())
    raise EvolveUserError(
        f"'{word}' is no world and no scene: worlds are {known}, a scene is a path that ends with .tscn, "
        "and a Python function is written FILE.py:FUNCTION"
    )


def python_source(evaluator: "Evaluator") -> Source:
    return Source("python", evaluator.name, evaluator.where, evaluator=evaluator)


def _is_scene(word: str) -> bool:
    return word.endswith((".tscn", ".scn")) or word.startswith("res://")


def _scene_source(word: str) -> Source:
    scene = find_scene(word)
    path = scene.project / scene.resource_path.removeprefix("res://")
    return Source("scene", scene.name, str(path), scene, find_engine())

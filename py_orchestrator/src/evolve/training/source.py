"""What is trained: a Godot scene or a built-in world, found by the word a person gave."""

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from evolve.errors import EvolveUserError
from evolve.training.backend import Backend
from evolve.training.configuration import Overrides
from evolve.training.native_backend import NativeBackend
from evolve.workers.checks import Checks
from evolve.workers.godot import Engine, Scene, demo_scene, find_engine, find_scene
from evolve.workers.guests import Announce

DEFAULT_WORKERS = 2


@dataclass(frozen=True)
class Source:
    """A scene or a world."""

    kind: Literal["scene", "world"]
    name: str
    where: str
    scene: Scene | None = None
    engine: Engine | None = None

    def backend(
        self,
        workers: int,
        logs: Path,
        port: int,
        guests: Announce | None = None,
        checks: Checks | None = None,
    ) -> Backend:
        """Make what scores a run of this source; it plays the units of `checks` twice."""
        if self.scene is None:
            return NativeBackend(self.name, workers, checks)
        from evolve.training.godot_backend import GodotBackend

        return GodotBackend(self.engine or find_engine(), self.scene, workers, logs, port, guests, checks)

    def check(self, overrides: Overrides) -> None:
        """Refuse settings that make no sense before anything is made; a scene says its own when it is up."""
        if self.scene is None:
            from evolve import _native

            config = json.loads(_native.world_config(self.name))
            _native.complete_config(json.dumps(overrides.over(config)))


def find_source(word: str | None) -> Source:
    """A path or res:// path is a scene, anything else a world; nothing at all is the XOR demo."""
    if word is None:
        return _scene_source(str(demo_scene()))
    if word.endswith((".tscn", ".scn")) or word.startswith("res://") or "/" in word or "\\" in word:
        return _scene_source(word)
    from evolve import _native

    if word in _native.worlds():
        return Source("world", word, word)
    known = ", ".join(_native.worlds())
    raise EvolveUserError(
        f"'{word}' is no world and no scene: worlds are {known}, and a scene is a path that ends with .tscn"
    )


def _scene_source(word: str) -> Source:
    scene = find_scene(word)
    path = scene.project / scene.resource_path.removeprefix("res://")
    return Source("scene", scene.name, str(path), scene, find_engine())

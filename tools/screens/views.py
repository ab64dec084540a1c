"""What there is to take pictures of: the demos as they are found, the network view and the editor.

A new demo needs nothing here, unless its best moment comes at another time than most.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

TRAINER = "evolve_trainer.gd"
NETWORK_VIEW = re.compile(r"^class_name EvolveNetworkView$", re.MULTILINE)


@dataclass(frozen=True)
class Moment:
    """When a scene is at its best: so many generations, then so many physics ticks."""

    generations: int = 10
    ticks: int = 60


@dataclass(frozen=True)
class SceneView:
    """A scene in a window of its own."""

    name: str
    scene: str
    moment: Moment
    # A class of the add-on that is shown in place of the scene, with the champion of its run.
    shown_class: str = ""


@dataclass(frozen=True)
class EditorView:
    """The editor while a scene plays; every tab of the Evolve panel becomes a picture."""

    name: str
    scene: str
    seconds: float


View = SceneView | EditorView

# Parts that several demos show; nothing to play.
SHARED = "shared"
# The scene that stands for its demo, where it is not called like it.
MAIN = {"xor_by_hand": "neat_nsga2"}
# By the name of the picture, without "demo-".
MOMENTS = {
    "cars": Moment(ticks=150),
    "lander": Moment(ticks=150),
    "swimmer": Moment(ticks=450),
    "swimmer-swimmer_by_fitness": Moment(ticks=450),
    "xor": Moment(generations=100, ticks=4),
    "xor_by_hand": Moment(ticks=2000),
    "xor_by_hand-neat": Moment(ticks=2000),
}
# Whose runs fill the panel, and whose champions are worth a look; the first that is there.
RICH_DEMOS = ("cars", "cartpole", "xor")


def all_views(project: Path) -> list[View]:
    demos = list(demo_views(project))
    scenes = {view.name: view.scene for view in demos}
    shown = [scenes[f"demo-{name}"] for name in RICH_DEMOS if f"demo-{name}" in scenes]
    if not shown:
        return [*demos]
    return [*demos, *_network_view(project, shown[0]), EditorView("panel", shown[0], 40.0)]


def demo_views(project: Path) -> Iterator[SceneView]:
    """The scenes of a demo that train; in a demo without a trainer, those that no other file uses."""
    for folder in sorted((project / "demos").iterdir()):
        if folder.is_dir() and folder.name != SHARED:
            for scene in _playable(folder):
                main = MAIN.get(folder.name, folder.name)
                name = folder.name if scene.stem == main else f"{folder.name}-{scene.stem}"
                path = f"res://{scene.relative_to(project).as_posix()}"
                yield SceneView(f"demo-{name}", path, MOMENTS.get(name, Moment()))


def _playable(folder: Path) -> list[Path]:
    scenes = {scene: scene.read_text(encoding="utf-8") for scene in sorted(folder.glob("*.tscn"))}
    training = [scene for scene, text in scenes.items() if TRAINER in text]
    scripts = [script.read_text(encoding="utf-8") for script in folder.glob("*.gd")]
    texts = "\n".join([*scenes.values(), *scripts])
    return training or [scene for scene in scenes if f"/{scene.name}" not in texts]


def _network_view(project: Path, scene: str) -> Iterator[SceneView]:
    sources = (project / "addons" / "evolve").rglob("*network_view.gd")
    if any(NETWORK_VIEW.search(source.read_text(encoding="utf-8")) for source in sources):
        yield SceneView("network", scene, Moment(generations=30, ticks=10), "EvolveNetworkView")

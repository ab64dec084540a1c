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

MOMENTS = {
    "xor": Moment(generations=100, ticks=4),
    "xor_by_hand": Moment(generations=0, ticks=240),
}


def all_views(project: Path) -> list[View]:
    views: list[View] = [*demo_views(project), *_network_view(project)]
    return [*views, EditorView("panel", "res://demos/xor/xor.tscn", 12.0)]


def demo_views(project: Path) -> Iterator[SceneView]:
    """The scenes of a demo that train; in a demo without a trainer, the scene of its name."""
    for folder in sorted((project / "demos").iterdir()):
        scenes = sorted(folder.glob("*.tscn")) if folder.is_dir() else []
        training = [scene for scene in scenes if TRAINER in scene.read_text(encoding="utf-8")]
        for scene in training or [scene for scene in scenes if scene.stem == folder.name]:
            moment = MOMENTS.get(scene.stem, Moment())
            path = f"res://{scene.relative_to(project).as_posix()}"
            yield SceneView(f"demo-{scene.stem}", path, moment)


def _network_view(project: Path) -> Iterator[SceneView]:
    sources = (project / "addons" / "evolve").rglob("*network_view.gd")
    if any(NETWORK_VIEW.search(source.read_text(encoding="utf-8")) for source in sources):
        moment = Moment(generations=100, ticks=10)
        yield SceneView("network", "res://demos/xor/xor.tscn", moment, "EvolveNetworkView")

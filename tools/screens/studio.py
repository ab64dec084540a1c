"""Takes one view's pictures: starts the engine on a display, waits for it, judges what came out.

Never touches the project: the editor, which rewrites what it opens, gets a copy.
"""

from __future__ import annotations

import json
import re
import shutil
import subprocess
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from checks.godot_tests import troubles
from provision import processes
from provision.console import SetupError
from provision.display import DisplayServer
from provision.paths import Checkout
from provision.ready import Ready
from screens.views import EditorView, SceneView, View
from screens.virtual_display import virtual_display

HERE = Path(__file__).resolve().parent
SCENE_SIZE = (960, 540)
EDITOR_SIZE = (1280, 720)
SECONDS = 400.0
# A window in which nothing was drawn has one colour, or two with the engine's splash.
FEWEST_COLOURS = 8
LARGEST_BYTES = 200_000
PLUGIN = '[plugin]\n\nname="Photographer"\ndescription=""\nauthor=""\nversion="1"\nscript="plugin.gd"\n'
# What Play would complain of on a virtual display: no vertical blank, no sound card. And it need not wait
# for the clock, nor be drawn: a picture of the panel wants many generations.
QUIET_PLAY = (
    '[audio]\n\ndriver/driver="Dummy"\n\n[editor]\n\n'
    'run/main_run_args="--fixed-fps 60 --disable-render-loop"\n\n[display]\n\nwindow/vsync/vsync_mode=0'
)
# The game gets a window of its own: embedding wants a window manager, which a virtual display lacks.
EDITOR_SETTINGS = (
    '[gd_resource type="EditorSettings" format=3]\n\n[resource]\n'
    'interface/editor/localization/editor_language = "en"\n'
    "interface/editor/display/single_window_mode = true\n"
    "run/window_placement/game_embed_mode = -1\n"
    "network/connection/network_mode = 0\n"
)


@dataclass(frozen=True)
class Studio:
    """Where pictures are taken, and with what."""

    checkout: Checkout
    ready: Ready
    server: DisplayServer

    def take(self, view: View, folder: Path) -> list[Path]:
        """The pictures of a view, small, checked, and in `folder`; a SetupError says what went wrong."""
        folder.mkdir(parents=True, exist_ok=True)
        if isinstance(view, EditorView):
            self._take_editor(view, folder)
        else:
            self._take_scene(view, folder)
        pictures = sorted(folder.glob("*.png"))
        if not pictures:
            raise SetupError(f"The view {view.name} ended without a picture.")
        self.finish(pictures)
        return pictures

    def _take_scene(self, view: SceneView, folder: Path) -> None:
        options = [f"scene={view.scene}", f"picture={folder / view.name}.png", f"class={view.shown_class}"]
        options += [f"generations={view.moment.generations}", f"ticks={view.moment.ticks}"]
        script: list[str | Path] = ["--script", HERE / "scene_photographer.gd", "--", *options]
        # At a fixed rate a picture shows the same tick wherever it is taken.
        size = f"{SCENE_SIZE[0]}x{SCENE_SIZE[1]}"
        command = ["--fixed-fps", "60", "--disable-vsync", "--resolution", size, "--path"]
        self._run(view, [*command, self.checkout.project, *script], SCENE_SIZE, folder, {})

    def _take_editor(self, view: EditorView, folder: Path) -> None:
        project = copy_project(self.checkout, folder / "project")
        told = {
            "EVOLVE_PICTURE_SCENE": view.scene,
            "EVOLVE_PICTURE_SECONDS": str(view.seconds),
            "EVOLVE_PICTURE_FOLDER": str(folder),
        }
        size = f"{EDITOR_SIZE[0]}x{EDITOR_SIZE[1]}"
        command: list[str | Path] = ["--editor", "--disable-vsync", "--resolution", size, "--path", project]
        self._run(view, command, EDITOR_SIZE, folder, told)
        shutil.rmtree(project)

    def _run(
        self,
        view: View,
        arguments: list[str | Path],
        size: tuple[int, int],
        folder: Path,
        told: Mapping[str, str],
    ) -> None:
        home = make_home(folder / "home")
        drawing: list[str | Path] = ["--rendering-driver", "opengl3", "--audio-driver", "Dummy"]
        with virtual_display(self.server, *size) as environment:
            outcome = processes.run(
                [self.ready.godot, *drawing, *arguments],
                environment={**environment, **home, **told},
                seconds=SECONDS,
                tail_lines=400,
            )
        shutil.rmtree(folder / "home")
        judge(view, outcome)

    def finish(self, pictures: list[Path]) -> None:
        command = [self.ready.python, HERE / "pictures.py", *pictures]
        said = subprocess.run(command, capture_output=True, text=True, check=False)
        if said.returncode != 0:
            raise SetupError(f"The pictures could not be made small: {said.stderr.strip()[-300:]}")
        for picture, facts in zip(pictures, json.loads(said.stdout), strict=True):
            if facts["colours"] < FEWEST_COLOURS:
                raise SetupError(f"The picture {picture.name} is blank: it has {facts['colours']} colours.")
            if facts["bytes"] > LARGEST_BYTES:
                size = f"{facts['bytes']} bytes, and {LARGEST_BYTES} are the limit"
                raise SetupError(f"The picture {picture.name} is too large: {size}.")


def make_home(folder: Path) -> dict[str, str]:
    """Folders of its own for the engine: settings as they come, and no champion among the user's."""
    settings = folder / "config" / "godot"
    settings.mkdir(parents=True)
    for version in ("4.4", "4.5", "4.6"):
        (settings / f"editor_settings-{version}.tres").write_text(EDITOR_SETTINGS, encoding="utf-8")
    places = {"XDG_CONFIG_HOME": "config", "XDG_DATA_HOME": "data", "XDG_CACHE_HOME": "cache"}
    return {name: str(folder / place) for name, place in places.items()}


def copy_project(checkout: Checkout, folder: Path) -> Path:
    """The project with its add-on, as files of their own, and with our plugin that takes pictures."""
    shutil.copytree(checkout.project, folder)
    # What somebody had open in the editor is no part of the picture.
    for kept in ("editor_layout.cfg", "script_editor_cache.cfg"):
        (folder / ".godot" / "editor" / kept).unlink(missing_ok=True)
    helper = folder / "addons" / "photographer"
    helper.mkdir()
    (helper / "plugin.cfg").write_text(PLUGIN, encoding="utf-8")
    shutil.copy(HERE / "editor_photographer.gd", helper / "plugin.gd")
    settings = folder / "project.godot"
    ours = '"res://addons/photographer/plugin.cfg"'
    text, count = re.subn(
        r"^enabled=PackedStringArray\((.*)\)$",
        rf"enabled=PackedStringArray(\1, {ours})",
        settings.read_text(encoding="utf-8"),
        flags=re.MULTILINE,
    )
    if count != 1:
        raise SetupError(f"{settings} enables no plugin, where the picture's own would be added.")
    settings.write_text(text.replace("[display]\n", QUIET_PLAY), encoding="utf-8")
    return folder


def judge(view: View, outcome: processes.Outcome) -> None:
    lines = outcome.tail.splitlines()
    said = [line.removeprefix("picture: ") for line in lines if line.startswith("picture: ")]
    if outcome.timed_out:
        raise SetupError(f"The view {view.name} took longer than {SECONDS:.0f} s and was ended.")
    if outcome.code != 0 or said:
        words = " ".join(said) or "\n".join(lines[-20:])
        raise SetupError(f"The view {view.name} gave no picture (exit code {outcome.code}): {words}")
    found = troubles(lines)
    if found:
        raise SetupError(f"The engine complained in the view {view.name}: {found[0]}")

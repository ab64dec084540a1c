"""`evolve play`: Godot in a window, with a champion that plays."""

import argparse
import itertools
import json
import sys
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING, Any

from evolve.analysis.run_figures import configuration_of
from evolve.cli.export_brain import champion_in
from evolve.cli.show import load_champion
from evolve.errors import EvolveUserError
from evolve.protocol.messages import HelloMessage
from evolve.storage.run_folder import champion_file_of, find_run, latest_run, read_record
from evolve.training.show import Scene, Show
from evolve.training.source import Source, find_source
from evolve.workers.godot import find_engine, window_command
from evolve.workers.window import Window

if TYPE_CHECKING:
    from evolve._native import Champion


def run(arguments: argparse.Namespace) -> int:
    from evolve._native import Results

    folder, path, source = _what(arguments)
    scene = source.scene
    if scene is None:
        raise EvolveUserError(
            f"{source.name} is no scene, there is nothing to be seen of it: 'evolve eval' plays its champion"
        )
    config = None if folder is None or arguments.scene is not None else configuration_of(folder)
    last = None if arguments.episodes is None else arguments.seed + arguments.episodes
    seeds = itertools.count(arguments.seed) if last is None else iter(range(arguments.seed, last))

    def begin(hello: HelloMessage) -> Show:
        found = _complete(config or hello.config)
        champions = _champions(path, found)
        return Show(lambda: champions, found, seeds, _say)

    engine = source.engine or find_engine()
    with tempfile.TemporaryDirectory() as logs:
        window = Window(
            lambda server, token: window_command(engine, scene, server, token), Path(logs) / "window.log"
        )
        window.play(begin, Results.from_bytes)
    return 0


def _what(arguments: argparse.Namespace) -> tuple[Path | None, Path, Source]:
    """The run if there is one, the champion's file, and where it plays."""
    if arguments.target is not None and arguments.target.endswith(".evo"):
        if arguments.scene is None:
            raise EvolveUserError(
                f"{arguments.target} does not say what it was trained in: name it with --scene, or name a run"
            )
        return None, Path(arguments.target), find_source(arguments.scene)
    folder = latest_run() if arguments.target is None else find_run(arguments.target)
    return folder, champion_in(folder), find_source(arguments.scene or read_record(folder).source)


def _complete(config: dict[str, Any]) -> dict[str, Any]:
    from evolve._native import complete_config

    return dict(json.loads(complete_config(json.dumps(config))))


def _champions(first: Path, config: dict[str, Any]) -> list["Champion"]:
    """The first population's champion, and those of the others, which lie beside it."""
    others = [champion_file_of(first.parent, one["name"]) for one in config["populations"][1:]]
    return [load_champion(path) for path in (first, *others)]


def _say(scene: Scene) -> None:
    members = [", ".join(f"{name} {score:.6g}" for name, score in one.items()) for one in scene.scores]
    sys.stdout.write(f"seed {scene.seed}: {'; '.join(members)} in {scene.steps:,} steps\n")
    sys.stdout.flush()

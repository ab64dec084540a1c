"""`evolve export`: a champion as an ONNX model, for programs that know nothing of Evolve."""

import argparse
import hashlib
import json
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from evolve.cli.show import load_champion
from evolve.errors import EvolveUserError
from evolve.storage.champion_file import Origin, read_origin
from evolve.storage.durable import write_durably
from evolve.storage.run_folder import find_run, latest_run

if TYPE_CHECKING:
    from evolve._native import Champion

# A model of ours begins with its version and its producer, in fewer bytes than that.
_BEGINNING: Final = 16


def run(arguments: argparse.Namespace) -> int:
    source = find_champion(arguments.target)
    target = _target(arguments.out, source)
    champion, origin = load_with_origin(source)
    data = _translated(champion, origin, source)
    _refuse_foreign(target, arguments.force)
    try:
        write_durably(target, data)
    except OSError as error:
        raise EvolveUserError(
            f"{target} cannot be written: {error.strerror or error}; name another place as the last word"
        ) from error
    facts = _facts(champion, origin, source, target, data)
    sys.stdout.write(json.dumps(facts) + "\n" if arguments.json else _words(facts))
    return 0


def find_champion(target: str | None) -> Path:
    """The champion that a person means: a file, that of a run, or that of the latest run."""
    if target is not None and target.endswith(".evo"):
        return Path(target)
    folder = latest_run() if target is None else find_run(target)
    if not (folder / "champion.evo").is_file():
        raise EvolveUserError(f"{folder} has no champion yet: its first generation is not finished")
    return folder / "champion.evo"


def load_with_origin(path: Path) -> tuple["Champion", Origin]:
    champion = load_champion(path)
    try:
        origin = read_origin(path)
    except (OSError, ValueError) as error:
        raise EvolveUserError(f"{path} cannot be read: {error}") from error
    # A run that goes on replaces its champion; what was read are then two of them.
    if (origin.fitness, origin.generation) != (champion.fitness, champion.generation):
        raise EvolveUserError(f"{path} was replaced while it was read: run this again")
    return champion, origin


def _target(out: str | None, source: Path) -> Path:
    if out is None:
        return source.with_suffix(".onnx")
    if not out.endswith(".onnx"):
        raise EvolveUserError(f"{out} is no name for a model: end it with .onnx")
    return Path(out)


def _translated(champion: "Champion", origin: Origin, source: Path) -> bytes:
    try:
        from evolve.inference.onnx_graph import onnx_bytes
    except ModuleNotFoundError as error:
        if error.name != "onnx":
            raise
        raise EvolveUserError(
            "the Python package onnx is missing: 'tools/evolve setup' installs it in a clone, "
            "'pip install onnx' elsewhere"
        ) from error
    try:
        return onnx_bytes(champion, origin)
    except EvolveUserError as error:
        raise EvolveUserError(f"{source} cannot be exported: {error}") from error


def _refuse_foreign(target: Path, force: bool) -> None:
    """Exports replace each other, as they are made anew in a moment; anything else may be somebody's work."""
    if force or not target.exists():
        return
    try:
        with target.open("rb") as file:
            ours = b"\x12\x06evolve" in file.read(_BEGINNING)
    except OSError:
        return  # a folder, or not ours to read: writing says it
    if not ours:
        raise EvolveUserError(
            f"{target} is there and was not exported by Evolve: name another file, or replace it with --force"
        )


def _facts(champion: "Champion", origin: Origin, source: Path, target: Path, data: bytes) -> dict[str, Any]:
    return {
        "onnx": str(target),
        "champion": str(source),
        "inputs": champion.inputs,
        "outputs": champion.outputs,
        "recurrent": origin.population.recurrent,
        "fitness": origin.fitness,
        "generation": origin.generation,
        "bytes": len(data),
        "sha256": hashlib.sha256(data).hexdigest(),
    }


def _words(facts: dict[str, Any]) -> str:
    lines = [
        f"{facts['champion']} → {facts['onnx']}",
        f"observations  {', '.join(facts['inputs'])}",
        f"actions       {', '.join(facts['outputs'])}",
    ]
    if facts["recurrent"]:
        lines.append("state         zeros at the beginning of an episode, then each tick's next_state")
    return "\n".join(lines) + "\n"

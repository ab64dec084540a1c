"""`evolve export`: a champion as an ONNX model or as a brain, and a run's history as tables."""

import argparse
import hashlib
import json
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from evolve.cli.arguments.champions import FORMATS
from evolve.cli.export_brain import champion_in, export_brain
from evolve.cli.export_files import refuse_foreign, write
from evolve.cli.export_tables import export_tables
from evolve.cli.show import load_champion
from evolve.errors import EvolveUserError
from evolve.storage.brain_file import is_policy
from evolve.storage.champion_file import Origin, read_origin
from evolve.storage.run_folder import find_run, latest_run

if TYPE_CHECKING:
    from evolve._native import Champion, Policy

# A model of ours begins with its version and its producer, in fewer bytes than that.
_BEGINNING: Final = 16
_ENDINGS: Final = {".evo": "brain"} | {f".{kind}": kind for kind in FORMATS if kind != "brain"}


def run(arguments: argparse.Namespace) -> int:
    kind = _format(arguments)
    if kind == "onnx":
        facts, lines = _export_onnx(arguments)
    elif kind == "brain":
        facts, lines = export_brain(arguments)
    else:
        facts, lines = export_tables(arguments, kind)
    sys.stdout.write(json.dumps(facts) + "\n" if arguments.json else "\n".join(lines) + "\n")
    return 0


def _format(arguments: argparse.Namespace) -> str:
    """What was asked for: by name, by the ending of the file, by --table; else a model."""
    ending = Path(arguments.out).suffix if arguments.out else ""
    guess = "csv" if arguments.table else "brain" if arguments.population else "onnx"
    kind: str = arguments.format or _ENDINGS.get(ending, guess)
    if arguments.table and kind in ("onnx", "brain"):
        raise EvolveUserError(
            f"--table goes with csv, json and parquet, not with {kind}: leave one of them out"
        )
    if arguments.population and kind != "brain":
        raise EvolveUserError(
            f"--population goes with --format brain, not with {kind}: leave one of them out"
        )
    return kind


def _export_onnx(arguments: argparse.Namespace) -> tuple[dict[str, Any], list[str]]:
    source = find_champion(arguments.target)
    target = _target(arguments.out, source)
    brain, about = _loaded(source)
    data = _translated(brain, source)
    refuse_foreign(target, arguments.force, _is_ours(target))
    write(target, data)
    facts = {"onnx": str(target), "champion": str(source), **about}
    facts |= {"bytes": len(data), "sha256": hashlib.sha256(data).hexdigest()}
    return facts, _words(facts)


def find_champion(target: str | None) -> Path:
    """The champion that a person means: a file, that of a run, or that of the latest run."""
    if target is not None and target.endswith(".evo"):
        return Path(target)
    return champion_in(latest_run() if target is None else find_run(target))


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


def champion_model(path: Path) -> bytes:
    """A champion or an imported brain as an ONNX model, without a file of it."""
    brain, _ = _loaded(path)
    return _translated(brain, path)


def _loaded(path: Path) -> tuple["Champion | Policy", dict[str, Any]]:
    """A brain, and what its model will be like."""
    from evolve._native import EvolveError, Policy

    if not is_policy(path):
        champion, origin = load_with_origin(path)
        return champion, {
            "inputs": champion.inputs,
            "outputs": champion.outputs,
            "recurrent": origin.population.recurrent,
            "fitness": origin.fitness,
            "generation": origin.generation,
        }
    try:
        policy = Policy.load(str(path))
    except EvolveError as error:
        raise EvolveUserError(f"{path} is no brain: {error}") from error
    return policy, {"inputs": policy.inputs, "outputs": policy.outputs, "recurrent": False}


def _target(out: str | None, source: Path) -> Path:
    if out is None:
        return source.with_suffix(".onnx")
    if not out.endswith(".onnx"):
        raise EvolveUserError(f"{out} is no name for a model: end it with .onnx")
    return Path(out)


def _translated(brain: "Champion | Policy", source: Path) -> bytes:
    from evolve._native import EvolveError

    try:
        return brain.to_onnx()
    except EvolveError as error:
        raise EvolveUserError(f"{source} cannot be exported: {error}") from error


def _is_ours(target: Path) -> bool:
    try:
        with target.open("rb") as file:
            return b"\x12\x06evolve" in file.read(_BEGINNING)
    except OSError:
        return True  # a folder, or not ours to read: writing says it


def _words(facts: dict[str, Any]) -> list[str]:
    lines = [
        f"{facts['champion']} → {facts['onnx']}",
        f"observations  {', '.join(facts['inputs']) or 'an image'}",
        f"actions       {', '.join(facts['outputs'])}",
    ]
    if facts["recurrent"]:
        lines.append("state         zeros at the beginning of an episode, then each tick's next_state")
    return lines

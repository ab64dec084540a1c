"""`evolve import`: an ONNX model from elsewhere as the .evo file that games play."""

import argparse
import hashlib
import json
import sys
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from evolve._native import FormatError, Policy
from evolve.cli.arguments.import_model import FUNCTIONS, LAYERS, SHAPES
from evolve.cli.export_brain import refuse_another
from evolve.cli.export_files import write
from evolve.errors import EvolveUserError, storage_error
from evolve.inference.comparison import Comparison, compare

# How the engine ends a sentence about what it doesn't take.
_POINTER = " (docs/onnx.md lists what can)"


def run(arguments: argparse.Namespace) -> int:
    source = Path(arguments.model)
    data = _read(source)
    target = _target(arguments.out, source)
    policy = _policy(data, source)
    compared = compare(policy, data)
    brain = _bytes_of(policy)
    refuse_another(target, brain, arguments.force)
    write(target, brain)
    facts = _facts(policy, compared, source, target, data)
    sys.stdout.write(
        json.dumps(facts) + "\n" if arguments.json else "\n".join(_words(facts, compared)) + "\n"
    )
    return 0


def _target(out: str | None, source: Path) -> Path:
    target = source.with_suffix(".evo") if out is None else Path(out)
    if target.suffix != ".evo":
        raise EvolveUserError(f"{target} is no name for a brain: end it with .evo")
    if target.resolve() == source.resolve():
        raise EvolveUserError(f"{target} is the model itself: name another file for the brain")
    return target


def _read(source: Path) -> bytes:
    try:
        return source.read_bytes()
    except FileNotFoundError as error:
        raise EvolveUserError(f"there is no model {source}: check the path") from error
    except OSError as error:
        raise storage_error(error, source) from error


def _policy(data: bytes, source: Path) -> Policy:
    try:
        return Policy.from_onnx(data)
    except FormatError as error:
        operators = ", ".join(LAYERS + FUNCTIONS + SHAPES)
        listed = f"; what can is a chain of {operators} ('evolve import --help' says more)"
        raise EvolveUserError(f"{source}: {str(error).replace(_POINTER, listed)}") from error


def _bytes_of(policy: Policy) -> bytes:
    with TemporaryDirectory() as folder:
        path = Path(folder) / "brain.evo"
        policy.save(str(path))
        return path.read_bytes()


def _facts(policy: Policy, compared: Comparison, source: Path, target: Path, data: bytes) -> dict[str, Any]:
    senses, does = policy.sizes
    return {
        "model": str(source),
        "model_sha256": hashlib.sha256(data).hexdigest(),
        "brain": str(target),
        "inputs": policy.inputs or senses,
        "outputs": policy.outputs or does,
        "difference": compared.difference,
        "rows_compared": compared.rows,
    }


def _words(facts: dict[str, Any], compared: Comparison) -> list[str]:
    return [
        f"{facts['model']} → {facts['brain']}",
        f"observations  {_listed(facts['inputs'])}",
        f"actions       {_listed(facts['outputs'])}",
        f"compared      {compared.sentence}",
    ]


def _listed(names: list[str] | int) -> str:
    """All names of a few, and how many there are of many."""
    if isinstance(names, int):
        return f"{names} numbers"
    few = 8
    return ", ".join(names) if len(names) <= few else f"{', '.join(names[:few])}, … ({len(names)})"

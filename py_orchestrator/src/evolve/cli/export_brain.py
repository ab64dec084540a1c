"""`evolve export --format brain`: a champion as the .evo file that games play."""

import argparse
import re
from pathlib import Path
from typing import Any

from evolve.cli.export_files import write
from evolve.cli.show import load_champion
from evolve.errors import EvolveUserError, storage_error
from evolve.storage.champion_file import read_origin
from evolve.storage.run_folder import find_run, latest_run


def export_brain(arguments: argparse.Namespace) -> tuple[dict[str, Any], list[str]]:
    """Copy a champion, once it is known to be whole; gives the facts, and lines for a person."""
    source, name = _source(arguments.target, arguments.population)
    target = Path(arguments.out) if arguments.out else Path(f"{name}.evo")
    if target.suffix != ".evo":
        raise EvolveUserError(f"{target} is no name for a brain: end it with .evo")
    if target.exists() and target.resolve() == source.resolve():
        raise EvolveUserError(f"{target} is the champion itself: name another place for the copy")
    champion = load_champion(source)
    try:
        data = source.read_bytes()
    except OSError as error:
        raise storage_error(error, source) from error
    refuse_another(target, data, arguments.force)
    write(target, data)
    facts = {
        "format": "brain",
        "champion": str(source),
        "brain": str(target),
        "population": _population(source),
        "fitness": champion.fitness,
        "generation": champion.generation,
    }
    return facts, [f"{source} → {target}", f"fitness  {champion.fitness:.6g}"]


def _source(target: str | None, population: str | None) -> tuple[Path, str]:
    """The champion that a person means, and what a copy of it is called."""
    if target is not None and target.endswith(".evo"):
        if population is not None:
            raise EvolveUserError(f"{target} holds one brain: leave out --population, or name a run")
        return Path(target), f"{Path(target).stem}-copy"
    folder = latest_run() if target is None else find_run(target)
    name = folder.resolve().name
    if population is None:
        return champion_in(folder), name
    return _champion_of(folder, population), f"{name}-{_file_name(population)}"


def champion_in(folder: Path) -> Path:
    """The first population's champion."""
    if not (folder / "champion.evo").is_file():
        raise EvolveUserError(f"{folder} has no champion yet: its first generation is not finished")
    return folder / "champion.evo"


def _champion_of(folder: Path, population: str) -> Path:
    found: dict[str, Path] = {}
    for path in [champion_in(folder), *sorted(folder.glob("champion-*.evo"))]:
        found.setdefault(_population(path), path)
    if population not in found:
        raise EvolveUserError(
            f"{folder} has no champion of a population '{population}': there are those of {', '.join(found)}"
        )
    return found[population]


def _population(path: Path) -> str:
    try:
        return read_origin(path).population.name
    except (OSError, ValueError) as error:
        raise EvolveUserError(f"{path} cannot be read: {error}") from error


def _file_name(population: str) -> str:
    return re.sub(r'[:/\\?*"|%<>]', "_", population)


def refuse_another(target: Path, data: bytes, force: bool) -> None:
    """A brain may be the last of its run: only the same one is written over."""
    if force or not target.is_file():
        return
    try:
        same = target.read_bytes() == data
    except OSError as error:
        raise storage_error(error, target) from error
    if not same:
        raise EvolveUserError(
            f"{target} is there and is another brain: name another file, or replace it with --force"
        )

"""`evolve train`: from the words on the command line to a run, and its end in words or JSON."""

import argparse
import json
import os
import sys
from pathlib import Path

from evolve import EvolveError
from evolve.cli.arguments.train import DEFAULT_SEED
from evolve.cli.listening import entrance_of
from evolve.cli.main import program
from evolve.errors import EvolveUserError, Interrupted
from evolve.storage.record import RunRecord
from evolve.storage.run_folder import RunFolder, find_run
from evolve.training.configuration import Overrides, read_overrides
from evolve.training.job import Job, Outcome, Wish, load_newest
from evolve.training.progress import Display, make_display
from evolve.training.source import DEFAULT_WORKERS, Source, find_source


def run(arguments: argparse.Namespace) -> int:
    display = make_display(arguments.quiet)
    job = _resumed(arguments, display) if arguments.resume else _started(arguments, display)
    try:
        outcome = job.train()
    except KeyboardInterrupt:
        raise Interrupted(_stopped(job), 130) from None
    except (EvolveUserError, EvolveError) as error:
        kept = _safe(job)
        job.give_up(error)
        raise EvolveUserError(f"{error}{kept}") from error
    finally:
        job.folder.close()
    if arguments.json:
        sys.stdout.write(json.dumps(outcome.result) + "\n")
    else:
        sys.stdout.write(_farewell(outcome))
    return 0


def _started(arguments: argparse.Namespace, display: Display) -> Job:
    source = find_source(arguments.scene)
    wish = _wish(arguments, source, DEFAULT_SEED if arguments.seed is None else arguments.seed)
    source.check(wish.overrides)
    if wish.guests and not source.takes_guests:
        raise EvolveUserError(
            f"--guests needs a scene or a Python function: nobody else plays the world {source.name}"
        )
    folder = RunFolder.create(source.name, wish.seed, Path(arguments.out) if arguments.out else None)
    chosen = "" if arguments.seed is not None else " (the default: --seed S takes another)"
    display.note(f"Training {source.name} with seed {wish.seed}{chosen} in {folder.path}")
    return Job(wish, folder, display)


def _resumed(arguments: argparse.Namespace, display: Display) -> Job:
    _refuse_with_resume(arguments)
    folder = RunFolder.open(find_run(arguments.resume))
    try:
        record = folder.read_record()
        source = _source_of(record, arguments)
        wish = _wish(arguments, source, int(record.seed))
        evolution = load_newest(folder, display.note)
    except BaseException:
        folder.close()
        raise
    for name in [layer.source for layer in wish.overrides.layers]:
        display.note(f"{name} is left out: a run keeps what it was started with.")
    display.note(f"Going on with {folder.path} after {_count(evolution.generation)}")
    return Job(wish, folder, display, evolution)


def _wish(arguments: argparse.Namespace, source: Source, seed: int) -> Wish:
    if arguments.verify and source.kind == "python":
        raise EvolveUserError(
            "--verify needs a scene or a world: what brains sense in a Python function is not traced"
        )
    return Wish(
        source,
        seed,
        arguments.workers or DEFAULT_WORKERS,
        arguments.generations,
        overrides_of(arguments),
        arguments.port,
        arguments.guests,
        arguments.verify or 0,
        entrance_of(arguments),
    )


def overrides_of(arguments: argparse.Namespace) -> Overrides:
    """What a person asked for in a file, in the environment and on the command line."""
    config = Path(arguments.config) if arguments.config else None
    return read_overrides(config, arguments.settings, arguments.population, os.environ, arguments.objectives)


def _refuse_with_resume(arguments: argparse.Namespace) -> None:
    """What makes a run what it is cannot change in the middle of it."""
    fixed = {
        "--config": arguments.config,
        "--set": arguments.settings,
        "--objective": arguments.objectives,
        "--population": arguments.population,
        "--out": arguments.out,
    }
    for option, value in fixed.items():
        if value:
            raise EvolveUserError(f"{option} does not go with --resume: a run keeps what it was started with")


def _source_of(record: RunRecord, arguments: argparse.Namespace) -> Source:
    source = find_source(record.source)
    if arguments.scene is not None and find_source(arguments.scene).where != source.where:
        raise EvolveUserError(
            f"the run {arguments.resume} trains {record.source}, not {arguments.scene}: leave it out"
        )
    if arguments.seed is not None and arguments.seed != int(record.seed):
        raise EvolveUserError(f"the run {arguments.resume} has the seed {record.seed}: leave out --seed")
    return source


def _farewell(outcome: Outcome) -> str:
    result = outcome.result
    idle = outcome.steps == 0
    busy = result.get("workers_busy")
    speed = "" if idle else f", {result['steps_per_second']:,.0f} steps/s"
    lines = [
        f"Nothing is left to do: {outcome.reason}. --generations N goes on to N."
        if idle
        else f"Done: {outcome.reason}.",
        f"Best fitness {result['best_fitness']:.6g} in {result['evaluations']:,} evaluations{speed}.",
        *([f"Workers had units to play {busy:.1%} of the time."] if busy is not None else []),
        *([outcome.verified] if outcome.verified else []),
        "",
        f"  champion    {_near(result['champion'])}",
        f"  checkpoint  {_near(result['checkpoint'])}",
        f"  plot        {_near(result['plot'])}",
        "",
        f"'{program()} show {_near(result['run'])}' says what the champion is.",
    ]
    return "\n".join(lines) + "\n"


def _stopped(job: Job) -> str:
    if job.run is None:
        return "stopped before the first generation began: nothing is lost, start again"
    done = job.folder.generations_saved()
    verb = "is" if done == 1 else "are"
    return f"stopped; {_count(done)} {verb} on disk: '{_resume(job)}' goes on from there"


def _safe(job: Job) -> str:
    """What a run that failed in the middle still has."""
    if not job.folder.generations_saved():
        return ""
    done = _count(job.folder.generations_saved())
    return f"\nNothing that was finished is lost: '{_resume(job)}' goes on after {done}."


def _resume(job: Job) -> str:
    return f"{program()} train --resume {_near(str(job.folder.path))}"


def _count(generations: int) -> str:
    return "1 generation" if generations == 1 else f"{generations} generations"


def _near(path: str) -> str:
    """The path as seen from here, when it lies below."""
    try:
        return str(Path(path).absolute().relative_to(Path.cwd()))
    except ValueError:
        return path

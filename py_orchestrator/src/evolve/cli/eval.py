"""`evolve eval`: a champion over many episodes, each with a seed of its own."""

import argparse
import dataclasses
import json
import sys
import tempfile
from pathlib import Path
from typing import Any

from evolve.analysis.run_figures import configuration_of
from evolve.cli.export_brain import champion_in
from evolve.cli.show import load_champion
from evolve.cli.tables import table, terminal_width
from evolve.errors import EvolveUserError
from evolve.storage.run_folder import find_run, latest_run, read_record
from evolve.training.backend import Announcement
from evolve.training.evaluation import Evaluation, refuse_misfit
from evolve.training.source import DEFAULT_WORKERS, Source, find_source


def run(arguments: argparse.Namespace) -> int:
    path, source, config = _what(arguments)
    champion = load_champion(path)
    seeds = range(arguments.seed, arguments.seed + arguments.seeds)
    begun: list[Evaluation] = []

    def begin(announcement: Announcement) -> Evaluation:
        found = _complete(config or announcement.config)
        refuse_misfit(path, champion.inputs, champion.outputs, found)
        begun.append(Evaluation(champion, seeds, found))
        return begun[0]

    with tempfile.TemporaryDirectory() as logs:
        workers = min(arguments.workers or DEFAULT_WORKERS, arguments.seeds)
        source.backend(workers, Path(logs), 0).train(begin)
    facts = _facts(begun[0], path, source, seeds) | {"trained_fitness": champion.fitness}
    sys.stdout.write(json.dumps(facts) + "\n" if arguments.json else "\n".join(_words(facts)) + "\n")
    return 0


def _what(arguments: argparse.Namespace) -> tuple[Path, Source, dict[str, Any] | None]:
    """The champion, where it plays, and the configuration if a run tells it."""
    if arguments.target is not None and arguments.target.endswith(".evo"):
        if arguments.world is None:
            raise EvolveUserError(
                f"{arguments.target} does not say what it was trained in: name it with --world, or name a run"
            )
        return Path(arguments.target), find_source(arguments.world), None
    folder = latest_run() if arguments.target is None else find_run(arguments.target)
    source = find_source(arguments.world or read_record(folder).source)
    # Elsewhere the run's settings, such as how long an episode is, say nothing.
    config = configuration_of(folder) if arguments.world is None else None
    return champion_in(folder), source, config


def _complete(config: dict[str, Any]) -> dict[str, Any]:
    from evolve._native import complete_config

    return dict(json.loads(complete_config(json.dumps(config))))


def _facts(evaluation: Evaluation, path: Path, source: Source, seeds: range) -> dict[str, Any]:
    objectives = range(len(evaluation.objectives))
    return {
        "champion": str(path),
        "kind": source.kind,
        "source": source.where,
        "episodes": len(seeds),
        "first_seed": seeds.start,
        "objectives": {
            evaluation.objectives[place]: dataclasses.asdict(evaluation.figures(place))
            for place in objectives
        },
        "scores": {evaluation.objectives[place]: evaluation.scores_of(place) for place in objectives},
        "metrics": {name: dataclasses.asdict(one) for name, one in evaluation.metrics().items()},
        "steps": evaluation.steps,
    }


def _words(facts: dict[str, Any]) -> list[str]:
    first, count = facts["first_seed"], facts["episodes"]
    episodes = f"{count:,} episodes, seeds {first} to {first + count - 1}" if count > 1 else f"seed {first}"
    headers = ("objective", "mean", "median", "deviation", "worst", "its seed", "best", "its seed")
    rows = [
        (
            name,
            *(f"{one[key]:.6g}" for key in ("mean", "median", "deviation", "worst")),
            str(one["worst_seed"]),
            f"{one['best']:.6g}",
            str(one["best_seed"]),
        )
        for name, one in facts["objectives"].items()
    ]
    lines = [
        f"{facts['champion']} in {Path(facts['source']).name}: {episodes}",
        "",
        *table(headers, rows, headers[1:], terminal_width()),
        "",
        *_metric_words(facts["metrics"]),
        f"In training it was scored {facts['trained_fitness']:.6g}.",
    ]
    if count > 1 and all(len(set(scores)) == 1 for scores in facts["scores"].values()):
        lines.append("Every episode gave the same: nothing in it is drawn from the seed.")
    return lines


def _metric_words(metrics: dict[str, dict[str, Any]]) -> list[str]:
    if not metrics:
        return []
    headers = ("metric", "mean", "least", "most", "episodes")
    rows = [
        (name, *(f"{one[key]:.6g}" for key in ("mean", "least", "most")), f"{one['episodes']:,}")
        for name, one in metrics.items()
    ]
    return [*table(headers, rows, headers[1:], terminal_width()), ""]

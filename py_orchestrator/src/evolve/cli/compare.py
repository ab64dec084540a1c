"""`evolve compare`: runs side by side, in tables, as JSON, as a picture."""

import argparse
import json
import sys
from pathlib import Path
from typing import Any

from evolve.analysis.comparison import Comparison, compare, metric_means
from evolve.analysis.plot import is_plot_of_ours, plot_comparison
from evolve.analysis.run_figures import RunFigures, read_figures
from evolve.cli.main import program
from evolve.cli.tables import table, terminal_width
from evolve.errors import EvolveUserError
from evolve.storage.run_folder import find_run


def run(arguments: argparse.Namespace) -> int:
    if len(arguments.targets) == 1:
        raise EvolveUserError(
            f"one run has nothing to be compared with: name another, or see '{program()} show'"
        )
    plot = _plot_target(arguments.plot, arguments.force)
    comparison = compare([read_figures(find_run(name)) for name in arguments.targets], arguments.fitness)
    if plot is not None:
        plot_comparison([(one.name, one.rows) for one in comparison.runs], plot)
    if arguments.json:
        sys.stdout.write(json.dumps(_facts(comparison, plot)) + "\n")
    else:
        sys.stdout.write("\n".join(_words(comparison, plot)) + "\n")
    return 0


def _plot_target(name: str | None, force: bool) -> Path | None:
    if name is None:
        return None
    if not name.endswith(".png"):
        raise EvolveUserError(f"{name} is no name for a picture: end it with .png")
    path = Path(name)
    if path.exists() and not force and not is_plot_of_ours(path):
        raise EvolveUserError(
            f"{path} is there and was not drawn by Evolve: name another file, or replace it with --force"
        )
    return path


def _facts(comparison: Comparison, plot: Path | None) -> dict[str, Any]:
    return {
        "generations": comparison.common,
        "fitness": comparison.fitness,
        "minimise": comparison.minimise,
        "runs": [_run_facts(run, comparison) for run in comparison.runs],
        "differences": {one.key: list(one.values) for one in comparison.differences},
        "configuration_unknown": list(comparison.untold),
        "plot": None if plot is None else str(plot),
    }


def _run_facts(run: RunFigures, comparison: Comparison) -> dict[str, Any]:
    fitness, common = comparison.fitness, comparison.common
    reached = None if fitness is None else run.reaches(fitness, minimise=comparison.minimise)
    return {
        "run": str(run.path),
        "seed": run.record.seed,
        "status": run.status,
        "generations": len(run.rows),
        "best": run.best,
        "best_at_common": run.rows[common - 1].best_ever if common else None,
        "mean_at_common": run.rows[common - 1].mean if common else None,
        "metrics_at_common": metric_means(run, common - 1) if common else {},
        "generations_to_fitness": None if reached is None else reached.generation + 1,
        "evaluations_to_fitness": None if reached is None else reached.evaluations,
        "evaluations": run.evaluations,
        "steps_per_second": run.steps_per_second,
    }


def _words(comparison: Comparison, plot: Path | None) -> list[str]:
    width = terminal_width()
    lines = _figures(comparison, width)
    if comparison.common:
        lines += ["", *_by_generation(comparison, width)]
        lines += _metrics(comparison, width)
    lines += ["", *_settings(comparison, width)]
    if plot is not None:
        lines += ["", f"plot  {plot}"]
    return lines


def _figures(comparison: Comparison, width: int | None) -> list[str]:
    goal = "" if comparison.fitness is None else f" to {comparison.fitness:.6g}"
    headers = (
        "run",
        "seed",
        "generations",
        "best",
        f"generations{goal}",
        f"evaluations{goal}",
        "evaluations",
    )
    rows = []
    for run in comparison.runs:
        facts = _run_facts(run, comparison)
        rows.append(
            (
                run.name,
                run.record.seed,
                str(len(run.rows)),
                _figure(run.best),
                _count(facts["generations_to_fitness"]),
                _count(facts["evaluations_to_fitness"]),
                _count(run.evaluations),
                f"{run.steps_per_second:,.0f}",
            )
        )
    headers_with_speed = (*headers, "steps/s")
    return table(headers_with_speed, rows, headers_with_speed[1:], width)


def _by_generation(comparison: Comparison, width: int | None) -> list[str]:
    names = [run.name for run in comparison.runs]
    headers = ("best after", *names)
    rows = []
    for count in comparison.generations():
        bests = (_figure(run.rows[count - 1].best_ever) for run in comparison.runs)
        rows.append((f"{count} generation{'s' if count > 1 else ''}", *bests))
    return table(headers, rows, names, width)


def _metrics(comparison: Comparison, width: int | None) -> list[str]:
    means = [metric_means(run, comparison.common - 1) for run in comparison.runs]
    noted = sorted({name for one in means for name in one})
    if not noted:
        return []
    names = [run.name for run in comparison.runs]
    headers = (f"mean in generation {comparison.common}", *names)
    rows = [(name, *(_figure(one.get(name)) for one in means)) for name in noted]
    return ["", *table(headers, rows, names, width)]


def _settings(comparison: Comparison, width: int | None) -> list[str]:
    lines = [f"The configuration of {name} is not known: it has no checkpoint." for name in comparison.untold]
    if not comparison.differences:
        return lines or ["Their configurations are the same."]
    names = [run.name for run in comparison.runs]
    rows = [(one.key, *(_value(value) for value in one.values)) for one in comparison.differences]
    return [*lines, *table(("they differ in", *names), rows, (), width)]


def _figure(value: float | None) -> str:
    return "" if value is None else f"{value:.6g}"


def _count(value: int | None) -> str:
    return "never" if value is None else f"{value:,}"


def _value(value: Any) -> str:  # noqa: ANN401 - a setting is of any JSON type
    if value is None:
        return "-"
    return value if isinstance(value, str) else json.dumps(value)

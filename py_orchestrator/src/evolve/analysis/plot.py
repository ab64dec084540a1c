"""The picture of a run: best and mean fitness, and the number of species below. And of several runs."""

import io
import logging
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Final

from evolve.errors import storage_error
from evolve.storage.durable import write_durably
from evolve.storage.metrics import MetricsRow

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

_BEST: Final = "#1f6feb"
_MEAN: Final = "#8b949e"
_SPECIES: Final = "#2da44e"
_FEW: Final = 30
# How a picture of ours says so, and within how many bytes.
_SIGNATURE: Final = b"Software\0Evolve"
_BEGINNING: Final = 256


def plot_fitness(rows: Sequence[MetricsRow], path: Path, title: str) -> None:
    """Write the PNG; a run of one generation is two dots."""
    figure = _new_figure()
    fitness, species = figure.subplots(2, 1, sharex=True, height_ratios=[3, 1])
    _draw_fitness(fitness, rows)
    fitness.set_title(title, loc="left", fontsize=12, fontweight="bold")
    generations = [row.generation + 1 for row in rows]
    species.step(generations, [row.species for row in rows], where="mid", color=_SPECIES)
    species.set_ylabel("species")
    species.set_xlabel("generation")
    species.set_ylim(bottom=0)
    for axes in (fitness, species):
        _tidy(axes)
    _write(figure, path)


def plot_comparison(runs: Sequence[tuple[str, Sequence[MetricsRow]]], path: Path) -> None:
    """Write a PNG with the best fitness so far of several runs, a line each."""
    figure = _new_figure()
    axes = figure.subplots()
    for name, rows in runs:
        generations = [row.generation + 1 for row in rows]
        marker = "o" if len(rows) <= _FEW else ""
        axes.plot(
            generations,
            [row.best_ever for row in rows],
            linewidth=2,
            marker=marker,
            markersize=4,
            label=name.lstrip("_"),  # matplotlib hides labels that begin so
        )
    axes.set_title("best fitness so far", loc="left", fontsize=12, fontweight="bold")
    axes.set_xlabel("generation")
    axes.set_ylabel("fitness")
    axes.legend(frameon=False)
    _tidy(axes)
    _write(figure, path)


def is_plot_of_ours(path: Path) -> bool:
    """Whether Evolve drew a picture, so that it can be drawn anew."""
    try:
        with path.open("rb") as file:
            return _SIGNATURE in file.read(_BEGINNING)
    except OSError:
        return False


def _new_figure() -> "Figure":
    # On first use matplotlib reports that it builds its font cache: no news for a person who trains.
    logging.getLogger("matplotlib").setLevel(logging.ERROR)
    from matplotlib.backends.backend_agg import FigureCanvasAgg
    from matplotlib.figure import Figure

    figure = Figure(figsize=(8, 5), dpi=120, layout="constrained")
    FigureCanvasAgg(figure)
    return figure


def _write(figure: "Figure", path: Path) -> None:
    buffer = io.BytesIO()
    figure.savefig(buffer, format="png", metadata={"Software": "Evolve"})
    try:
        write_durably(path, buffer.getvalue())
    except OSError as error:
        raise storage_error(error, path) from error


def _draw_fitness(axes: "Axes", rows: Sequence[MetricsRow]) -> None:
    generations = [row.generation + 1 for row in rows]
    marker = "o" if len(rows) <= _FEW else ""
    best, mean = [row.best for row in rows], [row.mean for row in rows]
    axes.fill_between(generations, mean, best, color=_BEST, alpha=0.08, linewidth=0)
    axes.plot(generations, best, color=_BEST, linewidth=2, marker=marker, markersize=4, label="best")
    axes.plot(generations, mean, color=_MEAN, linewidth=1.5, marker=marker, markersize=3, label="mean")
    axes.set_ylabel("fitness")
    axes.legend(frameon=False, loc="lower right", bbox_to_anchor=(1.0, 1.0), ncols=2)  # clear of the lines


def _tidy(axes: "Axes") -> None:
    from matplotlib.ticker import MaxNLocator

    axes.xaxis.set_major_locator(MaxNLocator(integer=True))
    axes.spines[["top", "right"]].set_visible(False)
    axes.grid(axis="y", alpha=0.25)

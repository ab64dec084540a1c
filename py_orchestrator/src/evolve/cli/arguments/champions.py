"""The words of the commands about champions: `evolve export`, `evolve eval`."""

from __future__ import annotations

from typing import Any

from evolve.cli.arguments.parser import whole_number
from evolve.cli.arguments.train import MAXIMUM_SEED, MAXIMUM_WORKERS

MAXIMUM_EPISODES = 1_000_000
DEFAULT_EPISODES = 100
FORMATS = ("onnx", "brain", "csv", "json", "parquet")
HISTORY_TABLES = ("generation", "score", "species", "champion", "island", "metric", "lineage")

_EXPORT_ABOUT = """\
Write what came out of a run for other programs.

  onnx     the champion as a model, which onnxruntime and many others run without Evolve
  brain    the champion as the .evo file that Godot games play
  csv, json, parquet
           the run's history: what every generation, objective, metric, species and champion was like, and
           who descended from whom

The model takes 'observations' and gives 'actions', float32, a row for each agent. A recurrent brain also
takes 'state', zeros at the beginning of an episode, and gives the 'next_state' to hand back a tick later.
The same champion gives the same file.
"""

_EXPORT_EXAMPLES = """\
examples:
  {program} export                               the latest champion as a model, beside it
  {program} export champion.evo brain.onnx       a file, and the name of the model
  {program} export xor-1-001 game/enemy.evo      a run's champion into your game
  {program} export xor-1-001 --format csv        the tables, into the run's folder tables/
  {program} export xor-1-001 species.csv --table species
"""


def add_export(commands: Any, program: str) -> None:  # noqa: ANN401 - argparse hides the type
    export = commands.add_parser(
        "export",
        help="write a champion as a model or a brain, or a history as tables",
        description=_EXPORT_ABOUT,
        epilog=_EXPORT_EXAMPLES.format(program=program),
    )
    export.add_argument(
        "target", nargs="?", metavar="RUN|FILE.evo", help="default: the latest run under runs/"
    )
    export.add_argument(
        "out",
        nargs="?",
        metavar="OUT",
        help="the file, or a folder for tables (default: a model beside the champion, tables in the run's "
        "folder, a brain here)",
    )
    export.add_argument(
        "--format", choices=FORMATS, metavar="FORMAT", help="default: what OUT ends with, else onnx"
    )
    export.add_argument(
        "--table", choices=HISTORY_TABLES, metavar="TABLE", help=f"one table: {', '.join(HISTORY_TABLES)}"
    )
    export.add_argument(
        "--population", metavar="NAME", help="whose champion, where there are several (with brain)"
    )
    export.add_argument(
        "--force", action="store_true", help="replace what is there and is not Evolve's export"
    )
    export.add_argument("--json", action="store_true", help="one JSON object instead of words")


_EVAL_ABOUT = """\
Play a champion in many episodes, each with a seed of its own, and say how good it is in the mean, in the
median, at its worst and at its best. The seeds of the worst and the best are named: an EvolveAgent with that
replay_seed shows the episode. The same seeds give the same scores, on any number of workers.
"""

_EVAL_EXAMPLES = """\
examples:
  {program} eval                                    the latest champion, 100 episodes
  {program} eval maze-1-001 --seeds 1000            that of a run
  {program} eval champion.evo --world double-pole   a file, in a world
  {program} eval champion.evo --world track.tscn    a file, in a scene
"""


def add_eval(commands: Any, program: str) -> None:  # noqa: ANN401
    evaluate = commands.add_parser(
        "eval",
        help="play a champion over many seeds",
        description=_EVAL_ABOUT,
        epilog=_EVAL_EXAMPLES.format(program=program),
    )
    evaluate.add_argument(
        "target", nargs="?", metavar="RUN|FILE.evo", help="default: the latest run under runs/"
    )
    evaluate.add_argument(
        "--seeds",
        type=whole_number(1, MAXIMUM_EPISODES),
        default=DEFAULT_EPISODES,
        metavar="N",
        help=f"how many episodes (default: {DEFAULT_EPISODES})",
    )
    evaluate.add_argument(
        "--seed",
        type=whole_number(0, MAXIMUM_SEED - MAXIMUM_EPISODES),
        default=1,
        metavar="S",
        help="the first one's seed; the others follow it (default: 1)",
    )
    evaluate.add_argument(
        "--world",
        metavar="SCENE|WORLD|FILE.py:FUNCTION",
        help="where it plays (default: where the run trained it)",
    )
    evaluate.add_argument(
        "--workers",
        type=whole_number(1, MAXIMUM_WORKERS),
        metavar="N",
        help="processes, or threads for a world (default: 2)",
    )
    evaluate.add_argument("--json", action="store_true", help="one JSON object instead of words")

"""The words of the commands about runs: `evolve runs`, `evolve show`, `evolve compare`."""

from __future__ import annotations

from typing import Any

from evolve.cli.arguments.parser import number

_RUNS_ABOUT = """\
List the runs in a folder, the latest first.

A run that was killed is shown as stopped: 'train --resume' goes on with it. Of runs that Godot keeps itself
nobody can say from outside whether they go on; they are shown as unknown until they end.
"""

_RUNS_EXAMPLES = """\
examples:
  {program} runs                  those under runs/
  {program} runs experiments      those in a folder of yours
  {program} runs --json           for scripts
"""

_SHOW_EXAMPLES = """\
examples:
  {program} show                        the latest run
  {program} show xor-1-001
  {program} show champion.evo
  {program} show xor-1-001 --lineage    whom its champion descended from
"""

_COMPARE_ABOUT = """\
Put runs side by side: how good they were after the same number of generations, how many generations and
evaluations they took to a fitness, how quick they were, and in which settings they differ.
"""

_COMPARE_EXAMPLES = """\
examples:
  {program} compare xor-1-001 xor-2-001
  {program} compare runs/maze-* --fitness 0.9          generations and evaluations to 0.9
  {program} compare xor-1-001 xor-2-001 --plot both.png
"""


def add_runs(commands: Any, program: str) -> None:  # noqa: ANN401 - argparse hides the type
    runs = commands.add_parser(
        "runs",
        help="list the runs that are there",
        description=_RUNS_ABOUT,
        epilog=_RUNS_EXAMPLES.format(program=program),
    )
    runs.add_argument("folder", nargs="?", metavar="FOLDER", help="where to look (default: runs)")
    runs.add_argument("--json", action="store_true", help="a JSON list instead of a table")


def add_show(commands: Any, program: str) -> None:  # noqa: ANN401
    show = commands.add_parser(
        "show",
        help="say in words what a run or a champion is",
        description="Say in words what a run or a champion is.",
        epilog=_SHOW_EXAMPLES.format(program=program),
    )
    show.add_argument("target", nargs="?", metavar="RUN|FILE.evo", help="default: the latest run under runs/")
    show.add_argument(
        "--lineage", action="store_true", help="the champion's ancestors, from the first genome to itself"
    )
    show.add_argument(
        "--population", metavar="NAME", help="whose champion, where there are several (with --lineage)"
    )
    show.add_argument("--json", action="store_true", help="one JSON object instead of words")


def add_compare(commands: Any, program: str) -> None:  # noqa: ANN401
    compare = commands.add_parser(
        "compare",
        help="put runs side by side",
        description=_COMPARE_ABOUT,
        epilog=_COMPARE_EXAMPLES.format(program=program),
    )
    compare.add_argument("targets", nargs="+", metavar="RUN", help="folders, or names under runs/")
    compare.add_argument(
        "--fitness",
        type=number,
        metavar="F",
        help="the fitness to be reached (default: the best that all of them reached)",
    )
    compare.add_argument("--plot", metavar="FILE.png", help="draw the best fitness of all of them")
    compare.add_argument(
        "--force", action="store_true", help="replace FILE.png even if Evolve did not draw it"
    )
    compare.add_argument("--json", action="store_true", help="one JSON object instead of tables")

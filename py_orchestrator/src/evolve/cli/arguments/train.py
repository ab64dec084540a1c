"""The words of `evolve train`."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from evolve.cli.arguments.listening import MAXIMUM_PORT, add_listening
from evolve.cli.arguments.parser import objective, setting, whole_number

if TYPE_CHECKING:
    from evolve.cli.arguments.parser import Parser

MAXIMUM_SEED = 2**63 - 1
MAXIMUM_WORKERS = 256
MAXIMUM_VERIFIED = 1_000
DEFAULT_SEED = 1

_ABOUT = """\
Train a Godot scene with headless workers, a Python function of your own, or a built-in world.

The same seed gives the same champion, bit for bit, on any number of workers. Every finished generation is
on disk: a run that was stopped goes on with --resume.
"""

_EXAMPLES = """\
examples:
  {program} train                                  the XOR demo, seed 1, two workers
  {program} train track.tscn --generations 50      a scene, 50 generations
  {program} train my_game.py:play --workers 4      a Python function (see docs/python.md)
  {program} train double-pole --population 500     a world (see '{program} worlds')
  {program} train --config fast.toml --set mutation.weight_rate=0.9
  {program} train maze --objective fitness --objective travelled:minimise
  {program} train maze --set islands.count=4       four islands that exchange their best
  {program} train track.tscn --verify 5            is the scene the same wherever it is played?
  {program} train --resume xor-1-001 --generations 200
  {program} train track.tscn --guests --listen 0.0.0.0:40000 --certificate trainer.pem --key key.pem

settings, later ones win: defaults, what the scene or the function asks for, --config, the environment (like
EVOLVE_SET_MUTATION__WEIGHT_RATE=0.9), --set, --objective and --population;
'{program} config show' says who won
"""


def add_train(commands: Any, program: str) -> None:  # noqa: ANN401 - argparse hides the type
    train = commands.add_parser(
        "train",
        help="train a Godot scene, a Python function or a world",
        description=_ABOUT,
        epilog=_EXAMPLES.format(program=program),
    )
    add_scene(train)
    what = train.add_argument_group("the run")
    what.add_argument(
        "--generations",
        type=whole_number(1),
        metavar="G",
        help="stop after so many (default: what the scene asks for)",
    )
    what.add_argument(
        "--seed",
        type=whole_number(0, MAXIMUM_SEED),
        metavar="S",
        help=f"the same seed gives the same run (default: {DEFAULT_SEED})",
    )
    what.add_argument(
        "--workers",
        type=whole_number(1, MAXIMUM_WORKERS),
        metavar="N",
        help="processes, or threads for a world (default: 2)",
    )
    what.add_argument(
        "--verify",
        type=whole_number(1, MAXIMUM_VERIFIED),
        metavar="N",
        help="play N units of each generation once more, on another worker, and compare them tick by tick",
    )
    what.add_argument("--out", metavar="FOLDER", help="where the run is kept (default: runs/NAME-SEED-NNN)")
    what.add_argument("--resume", metavar="RUN", help="go on with a run: its folder, or its name under runs/")
    add_settings(train)
    other = train.add_argument_group("output and connection")
    other.add_argument(
        "--port",
        type=whole_number(0, MAXIMUM_PORT),
        default=0,
        metavar="P",
        help="port the workers connect to (default: a free one)",
    )
    other.add_argument("--json", action="store_true", help="print one JSON object at the end, for scripts")
    other.add_argument("--quiet", action="store_true", help="no progress, only the end")
    add_listening(train)


def add_scene(command: Parser) -> None:
    command.add_argument(
        "scene",
        nargs="?",
        metavar="SCENE|WORLD|FILE.py:FUNCTION",
        help="a .tscn file, a world's name or a function (default: the XOR demo)",
    )


def add_settings(command: Parser) -> None:
    how = command.add_argument_group("settings")
    how.add_argument("--config", metavar="FILE", help="a TOML file")
    how.add_argument(
        "--set",
        type=setting,
        action="append",
        default=[],
        metavar="KEY=VALUE",
        dest="settings",
        help="one setting; dots reach inside: group.key=0.5",
    )
    how.add_argument(
        "--objective",
        type=objective,
        action="append",
        default=[],
        metavar="NAME[:minimise]",
        dest="objectives",
        help="what members are scored on, the first is their fitness; several: NSGA-II",
    )
    how.add_argument(
        "--population", type=whole_number(2, 1_000_000), metavar="N", help="members of each population"
    )

"""The words that `evolve` understands, and the help that teaches them; a file for what belongs together.

Standard library only: tools/evolve reads the arguments with the system's Python before anything is set
up. Nothing here looks at a file or starts anything.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from evolve.cli.arguments.champions import add_eval, add_export
from evolve.cli.arguments.completion import add_completion
from evolve.cli.arguments.config import add_config
from evolve.cli.arguments.import_model import add_import
from evolve.cli.arguments.keys import add_keys
from evolve.cli.arguments.parser import Parser
from evolve.cli.arguments.play import add_play
from evolve.cli.arguments.runs import add_compare, add_runs, add_show
from evolve.cli.arguments.serve import add_serve
from evolve.cli.arguments.train import add_train
from evolve.cli.arguments.worker import add_worker
from evolve.cli.arguments.worlds import add_worlds

if TYPE_CHECKING:
    from collections.abc import Sequence

_COMMANDS = (
    add_train,
    add_runs,
    add_show,
    add_compare,
    add_eval,
    add_play,
    add_export,
    add_import,
    add_serve,
    add_keys,
    add_config,
    add_worlds,
    add_worker,
    add_completion,
)

_ABOUT = "Evolve breeds the brains of game agents."

_EXAMPLES = """\
examples:
  {program} train                                 train the XOR demo with two Godot workers
  {program} train my_game/track.tscn --workers 4  train a scene of your own
  {program} train my_game.py:play                 train with a Python function of your own
  {program} train double-pole --seed 7            train a world that is built in, no Godot needed
  {program} train --resume runs/xor-1-001         go on with a run that was stopped
  {program} runs                                  the runs that are there
  {program} show                                  what came out of the latest one
  {program} compare xor-1-001 xor-2-001           two of them side by side
  {program} eval                                  the latest champion in 100 episodes
  {program} play                                  watch it in a window
  {program} export                                the same as an ONNX model
  {program} serve                                 let other programs ask it, over HTTP, gRPC and WebSocket
"""


def build_parser(program: str = "evolve", extra: Sequence[tuple[str, str]] = ()) -> Parser:
    """Make the parser; `extra` are commands (name, help) that the caller handles itself.

    After parsing, `command` is the command's name or None, and `rest` the words after an extra command.
    """
    from evolve import __version__

    parser = Parser(prog=program, description=_ABOUT, epilog=_EXAMPLES.format(program=program))
    parser.add_argument("--version", action="version", version=f"evolve {__version__}")
    commands = parser.add_subparsers(dest="command", metavar="COMMAND", title="commands", parser_class=Parser)
    parser.commands = commands.choices
    for add in _COMMANDS:
        add(commands, program)
    for name, explanation in extra:
        commands.add_parser(name, help=explanation, add_help=False)
        parser.elsewhere.add(name)
    return parser

"""The words of `evolve config`."""

from __future__ import annotations

from typing import Any

from evolve.cli.arguments.parser import Parser
from evolve.cli.arguments.train import add_scene, add_settings

_ABOUT = "Say how a run would be configured."

_SHOW_ABOUT = """\
Show the configuration that a run of this scene or world would have, and where each value comes from.

Later ones win: the engine's defaults, what the scene or world asks for, the file of --config, the
environment, --set and --population. In the environment a setting is EVOLVE_SET_ and its key in capitals, with
two underscores for a dot: EVOLVE_SET_MUTATION__WEIGHT_RATE=0.9. 'evolve train' reads the same places.
A scene is opened in Godot for a moment to be asked.
"""

_SHOW_EXAMPLES = """\
examples:
  {program} config show double-pole
  {program} config show track.tscn --config fast.toml --set populations.main.size=50
  {program} config show xor --all               also what has its default
  {program} config show xor --json              for scripts
"""


def add_config(commands: Any, program: str) -> None:  # noqa: ANN401 - argparse hides the type
    config = commands.add_parser(
        "config",
        help="say how a run would be configured",
        description=_ABOUT,
        epilog=f"examples:\n  {program} config show double-pole\n",
    )
    actions = config.add_subparsers(dest="action", metavar="ACTION", title="actions", parser_class=Parser)
    config.commands = actions.choices
    show = actions.add_parser(
        "show",
        help="every setting, and where it comes from",
        description=_SHOW_ABOUT,
        epilog=_SHOW_EXAMPLES.format(program=program),
    )
    add_scene(show)
    add_settings(show)
    other = show.add_argument_group("output")
    other.add_argument("--all", action="store_true", help="also the settings that have their defaults")
    other.add_argument("--json", action="store_true", help="one JSON object instead of a table")

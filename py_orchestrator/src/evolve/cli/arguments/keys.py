"""The words of `evolve keys`."""

from __future__ import annotations

from typing import Any

from evolve.cli.arguments.parser import Parser, number

_ABOUT = """\
Make and revoke the keys that 'evolve serve --keys FILE' asks for.

The file holds no key, only what is needed to know one again; so a key is shown once, when it is made. A
service that runs reads the file anew within a second.
"""

_EXAMPLES = """\
examples:
  {program} keys add robot                      a key that may infer
  {program} keys add operator --scope admin     one that may load and unload models
  {program} keys list
  {program} keys remove robot
"""


def add_keys(commands: Any, program: str) -> None:  # noqa: ANN401 - argparse hides the type
    keys = commands.add_parser(
        "keys",
        help="make and revoke keys for the inference service",
        description=_ABOUT,
        epilog=_EXAMPLES.format(program=program),
    )
    actions = keys.add_subparsers(dest="action", metavar="ACTION", title="actions", parser_class=Parser)
    keys.commands = actions.choices
    add = actions.add_parser(
        "add", help="make a key and show it", description="Make a key and show it, once."
    )
    add.add_argument("name", metavar="NAME", help="whose it is: letters, digits, '_' and '-'")
    add.add_argument(
        "--scope",
        choices=("infer", "admin"),
        action="append",
        default=[],
        dest="scopes",
        help="what it opens; may be given twice (default: infer)",
    )
    add.add_argument(
        "--rate", type=number, default=0.0, metavar="N", help="requests a second (default: the service's)"
    )
    remove = actions.add_parser("remove", help="revoke a key", description="Revoke a key.")
    remove.add_argument("name", metavar="NAME", help="whose it is")
    listing = actions.add_parser("list", help="whose keys are valid", description="Say whose keys are valid.")
    listing.add_argument("--json", action="store_true", help="as one JSON object")
    for action in (add, remove, listing):
        action.add_argument(
            "--keys", default="keys.json", metavar="FILE", help="the file (default: keys.json)"
        )

"""The words that `evolve` understands, and the help that teaches them.

Standard library only: tools/evolve reads the arguments with the system's Python before anything is set
up. Nothing here looks at a file or starts anything.
"""

from __future__ import annotations

import argparse
import difflib
import re
import sys
from typing import TYPE_CHECKING, Any, NoReturn

if TYPE_CHECKING:
    from collections.abc import Sequence

MAXIMUM_SEED = 2**63 - 1
MAXIMUM_WORKERS = 256
DEFAULT_SEED = 1

_ABOUT = "Evolve breeds the brains of game agents."

_EXAMPLES = """\
examples:
  {program} train                                 train the XOR demo with two Godot workers
  {program} train my_game/track.tscn --workers 4  train a scene of your own
  {program} train double-pole --seed 7            train a world that is built in, no Godot needed
  {program} train --resume runs/xor-1-001         go on with a run that was stopped
  {program} show                                  what came out of the latest run
  {program} export                                its champion as an ONNX model
"""

_TRAIN_ABOUT = """\
Train a Godot scene with headless workers, or a built-in world.

The same seed gives the same champion, bit for bit, on any number of workers. Every finished generation is
on disk: a run that was stopped goes on with --resume.
"""

_TRAIN_EXAMPLES = """\
examples:
  {program} train                                  the XOR demo, seed 1, two workers
  {program} train track.tscn --generations 50      a scene, 50 generations
  {program} train double-pole --population 500     a world (see '{program} worlds')
  {program} train --config fast.toml --set mutation.weight_rate=0.9
  {program} train --resume xor-1-001 --generations 200

settings, later ones win: defaults, what the scene asks for, --config, --set and --population
"""

_EXPORT_ABOUT = """\
Write a champion as an ONNX model, which onnxruntime and many others run without Evolve.

The model takes 'observations' and gives 'actions', float32, a row for each agent. A recurrent brain also
takes 'state', zeros at the beginning of an episode, and gives the 'next_state' to hand back a tick later.
The same champion gives the same file. Games need none of this: in Godot a .evo file runs as it is.
"""

_EXPORT_EXAMPLES = """\
examples:
  {program} export                             the champion of the latest run, beside it
  {program} export xor-1-001                   that of a run, into its folder
  {program} export champion.evo brain.onnx     a file, and the name of the model
"""


class Parser(argparse.ArgumentParser):
    """An argument parser whose complaints are one sentence with a suggestion."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:  # noqa: ANN401 - argparse's own signature
        kwargs.setdefault("formatter_class", argparse.RawDescriptionHelpFormatter)
        kwargs.setdefault("allow_abbrev", False)
        super().__init__(*args, **kwargs)
        self.commands: dict[str, Parser] = {}
        self.elsewhere: set[str] = set()

    def parse_args(self, args: Sequence[str] | None = None, namespace: Any = None) -> Any:  # type: ignore[override]  # noqa: ANN401
        """Parse the arguments; unknown ones end the program with a suggestion."""
        parsed, rest = self.parse_known_args(args, namespace)
        command = getattr(parsed, "command", None)
        if self.commands and command is None and not rest:
            self.print_help(sys.stderr)
            sys.exit(2)
        if rest and command not in self.elsewhere:
            (self.commands.get(command or "") or self).refuse_unknown(rest[0])
        parsed.rest = rest
        return parsed

    def refuse_unknown(self, word: str) -> NoReturn:
        if not word.startswith("-"):
            self.error(f"unexpected argument '{word}'")
        option = word.partition("=")[0]
        options = [known for action in self._actions for known in action.option_strings]
        self.error(f"unknown option '{option}'" + _suggestion(option, options))

    def error(self, message: str) -> NoReturn:
        choice = re.search(r"argument COMMAND: invalid choice: '([^']*)'", message)
        if choice:
            message = f"unknown command '{choice[1]}'" + _suggestion(choice[1], list(self.commands))
        message = re.sub(r"^argument (\S+?)(/\S+)?: ", r"\1: ", message)
        sys.stderr.write(f"{self.prog}: {message} ('{self.prog} --help' explains)\n")
        sys.exit(2)


def _suggestion(word: str, known: list[str]) -> str:
    close = difflib.get_close_matches(word, known, n=1, cutoff=0.5)
    return f": did you mean '{close[0]}'?" if close else ""


def _whole_number(minimum: int, maximum: int | None = None) -> Any:  # noqa: ANN401 - argparse takes any callable
    def convert(text: str) -> int:
        limit = f"from {minimum} to {maximum}" if maximum is not None else f"of at least {minimum}"
        if not re.fullmatch(r"\d{1,19}", text):
            raise argparse.ArgumentTypeError(f"expected a whole number {limit}, not '{text}'")
        number = int(text)
        if number < minimum or (maximum is not None and number > maximum):
            raise argparse.ArgumentTypeError(f"expected a whole number {limit}, not {number}")
        return number

    return convert


def _setting(text: str) -> tuple[str, str]:
    key, equals, value = text.partition("=")
    if not equals or not re.fullmatch(r"[A-Za-z0-9_-]+(\.[A-Za-z0-9_-]+)*", key.strip()):
        raise argparse.ArgumentTypeError(f"expected key=value, not '{text}'")
    return key.strip(), value.strip()


def build_parser(program: str = "evolve", extra: Sequence[tuple[str, str]] = ()) -> Parser:
    """Make the parser; `extra` are commands (name, help) that the caller handles itself.

    After parsing, `command` is the command's name or None, and `rest` the words after an extra command.
    """
    from evolve import __version__

    parser = Parser(prog=program, description=_ABOUT, epilog=_EXAMPLES.format(program=program))
    parser.add_argument("--version", action="version", version=f"evolve {__version__}")
    commands = parser.add_subparsers(dest="command", metavar="COMMAND", title="commands", parser_class=Parser)
    parser.commands = commands.choices
    _add_train(commands, program)
    _add_show(commands, program)
    _add_export(commands, program)
    _add_worlds(commands)
    for name, explanation in extra:
        commands.add_parser(name, help=explanation, add_help=False)
        parser.elsewhere.add(name)
    return parser


def _add_train(commands: Any, program: str) -> None:  # noqa: ANN401 - argparse hides the type
    train = commands.add_parser(
        "train",
        help="train a Godot scene or a world",
        description=_TRAIN_ABOUT,
        epilog=_TRAIN_EXAMPLES.format(program=program),
    )
    train.add_argument(
        "scene",
        nargs="?",
        metavar="SCENE|WORLD",
        help="a .tscn file or a world's name (default: the XOR demo)",
    )
    what = train.add_argument_group("the run")
    what.add_argument(
        "--generations",
        type=_whole_number(1),
        metavar="G",
        help="stop after so many (default: what the scene asks for)",
    )
    what.add_argument(
        "--seed",
        type=_whole_number(0, MAXIMUM_SEED),
        metavar="S",
        help=f"the same seed gives the same run (default: {DEFAULT_SEED})",
    )
    what.add_argument(
        "--workers",
        type=_whole_number(1, MAXIMUM_WORKERS),
        metavar="N",
        help="Godot processes, or threads for a world (default: 2)",
    )
    what.add_argument("--out", metavar="FOLDER", help="where the run is kept (default: runs/NAME-SEED-NNN)")
    what.add_argument("--resume", metavar="RUN", help="go on with a run: its folder, or its name under runs/")
    how = train.add_argument_group("settings")
    how.add_argument("--config", metavar="FILE", help="a TOML file")
    how.add_argument(
        "--set",
        type=_setting,
        action="append",
        default=[],
        metavar="KEY=VALUE",
        dest="settings",
        help="one setting; dots reach inside: group.key=0.5",
    )
    how.add_argument(
        "--population", type=_whole_number(2, 1_000_000), metavar="N", help="members of each population"
    )
    other = train.add_argument_group("output and connection")
    other.add_argument(
        "--port",
        type=_whole_number(0, 65535),
        default=0,
        metavar="P",
        help="port the workers connect to (default: a free one)",
    )
    other.add_argument(
        "--guests",
        action="store_true",
        help="let workers join that were started elsewhere, like the editor's Play: says address and token",
    )
    other.add_argument("--json", action="store_true", help="print one JSON object at the end, for scripts")
    other.add_argument("--quiet", action="store_true", help="no progress, only the end")


def _add_show(commands: Any, program: str) -> None:  # noqa: ANN401
    show = commands.add_parser(
        "show",
        help="say in words what a run or a champion is",
        description="Say in words what a run or a champion is.",
        epilog=f"examples:\n  {program} show\n  {program} show xor-1-001\n  {program} show champion.evo\n",
    )
    show.add_argument("target", nargs="?", metavar="RUN|FILE.evo", help="default: the latest run under runs/")
    show.add_argument("--json", action="store_true", help="one JSON object instead of words")


def _add_export(commands: Any, program: str) -> None:  # noqa: ANN401
    export = commands.add_parser(
        "export",
        help="write a champion as an ONNX model",
        description=_EXPORT_ABOUT,
        epilog=_EXPORT_EXAMPLES.format(program=program),
    )
    export.add_argument(
        "target", nargs="?", metavar="RUN|FILE.evo", help="default: the latest run under runs/"
    )
    export.add_argument("out", nargs="?", metavar="OUT.onnx", help="default: beside the champion")
    export.add_argument(
        "--force", action="store_true", help="replace OUT.onnx even if Evolve did not write it"
    )
    export.add_argument("--json", action="store_true", help="one JSON object instead of words")


def _add_worlds(commands: Any) -> None:  # noqa: ANN401
    worlds = commands.add_parser(
        "worlds", help="list the built-in worlds", description="List the worlds that need no Godot."
    )
    worlds.add_argument("--json", action="store_true", help="a JSON list instead of lines")

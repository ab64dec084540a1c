"""An argument parser whose complaints are one sentence, and the kinds of words that options take.

Standard library only, as everything in this folder.
"""

from __future__ import annotations

import argparse
import difflib
import math
import re
import sys
from typing import TYPE_CHECKING, Any, NoReturn

if TYPE_CHECKING:
    from collections.abc import Sequence


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
        command = self._named(parsed)
        if command.commands and not rest and getattr(parsed, "command", None) not in self.elsewhere:
            command.print_help(sys.stderr)
            sys.exit(2)
        if rest and getattr(parsed, "command", None) not in self.elsewhere:
            command.refuse_unknown(rest[0])
        parsed.rest = rest
        return parsed

    def _named(self, parsed: Any) -> Parser:  # noqa: ANN401 - a namespace
        """The parser of the command that was named, or of the command inside it."""
        parser = self
        for level in ("command", "action"):
            parser = parser.commands.get(getattr(parsed, level, None) or "", parser)
        return parser

    def refuse_unknown(self, word: str) -> NoReturn:
        if not word.startswith("-"):
            self.error(f"unexpected argument '{word}'")
        option = word.partition("=")[0]
        options = [known for action in self._actions for known in action.option_strings]
        self.error(f"unknown option '{option}'" + suggestion(option, options))

    def error(self, message: str) -> NoReturn:
        choice = re.search(r"argument (COMMAND|ACTION): invalid choice: '([^']*)'", message)
        if choice:
            message = f"unknown {choice[1].lower()} '{choice[2]}'" + suggestion(
                choice[2], list(self.commands)
            )
        message = re.sub(r"invalid choice: ('.*?') \(choose from (.*)\)", _none_of, message)
        message = re.sub(r"^argument (\S+?)(/\S+)?: ", r"\1: ", message)
        sys.stderr.write(f"{self.prog}: {message} ('{self.prog} --help' explains)\n")
        sys.exit(2)


def _none_of(choice: re.Match[str]) -> str:
    """Say which choices there are; some versions of argparse quote them and some do not."""
    return f"{choice[1]} is none of {choice[2].replace(chr(39), '')}"


def suggestion(word: str, known: list[str]) -> str:
    close = difflib.get_close_matches(word, known, n=1, cutoff=0.5)
    return f": did you mean '{close[0]}'?" if close else ""


def whole_number(minimum: int, maximum: int | None = None) -> Any:  # noqa: ANN401 - argparse takes any callable
    def convert(text: str) -> int:
        limit = f"from {minimum} to {maximum}" if maximum is not None else f"of at least {minimum}"
        if not re.fullmatch(r"\d{1,19}", text):
            raise argparse.ArgumentTypeError(f"expected a whole number {limit}, not '{text}'")
        number = int(text)
        if number < minimum or (maximum is not None and number > maximum):
            raise argparse.ArgumentTypeError(f"expected a whole number {limit}, not {number}")
        return number

    return convert


def setting(text: str) -> tuple[str, str]:
    key, equals, value = text.partition("=")
    if not equals or not re.fullmatch(r"[A-Za-z0-9_-]+(\.[A-Za-z0-9_-]+)*", key.strip()):
        raise argparse.ArgumentTypeError(f"expected key=value, not '{text}'")
    return key.strip(), value.strip()


def objective(text: str) -> dict[str, str]:
    """Read NAME or NAME:DIRECTION; without a direction the scene's own stays."""
    name, colon, direction = (part.strip() for part in text.partition(":"))
    if not name or (colon and direction not in ("minimise", "maximise")):
        raise argparse.ArgumentTypeError(f"expected a name, NAME:minimise or NAME:maximise, not '{text}'")
    return {"name": name, "direction": direction} if colon else {"name": name}


def number(text: str) -> float:
    try:
        value = float(text)
    except ValueError:
        value = math.nan
    if not math.isfinite(value):
        raise argparse.ArgumentTypeError(f"expected a number, not '{text}'")
    return value

"""The script for fish, which shows the help of every word beside it."""

from collections.abc import Sequence
from typing import Final

from evolve.cli.shells.words import Command, Option

_BEGIN: Final = """\
# Completion of evolve for fish. 'evolve completion fish' makes it.

function __evolve_runs
    for record in runs/*/run.json
        path basename (path dirname $record)
    end
end

# Whether the command that was typed is this one, whatever follows; no option with a value stands before it.
function __evolve_at
    set -l words (string match -v -- '-*' (commandline -opc))[2..]
    test (count $words) -ge (count $argv); or return 1
    test (count $argv) -eq 0; or test "$words[1..$(count $argv)]" = "$argv"
end

# The same, and nothing follows yet.
function __evolve_ends_at
    set -l words (string match -v -- '-*' (commandline -opc))[2..]
    __evolve_at $argv; and test (count $words) -eq (count $argv)
end

complete -c evolve -f
"""


def fish_script(commands: Sequence[Command], worlds: Sequence[str], settings: Sequence[str]) -> str:
    lines = [_BEGIN.rstrip()]
    for command in commands:
        condition = _condition(command)
        ends = [f"-a {name} -d {_quoted(explanation)}" for name, explanation in command.commands]
        ends += [_option(option, worlds, settings) for option in command.options]
        offer = " ".join(_offer(kind, worlds, settings) for kind in command.kinds)
        if offer:
            ends.append(f'-a "{offer}"')
        lines += [f"complete -c evolve {condition} {end}" for end in ends]
    return "\n".join(lines) + "\n"


def _condition(command: Command) -> str:
    place = "__evolve_ends_at" if command.commands else "__evolve_at"
    return f'-n "{place} {command.path}"' if command.path else f'-n "{place}"'


def _option(option: Option, worlds: Sequence[str], settings: Sequence[str]) -> str:
    names = " ".join(f"-l {name[2:]}" if name.startswith("--") else f"-s {name[1:]}" for name in option.names)
    words = f"{names} -d {_quoted(option.help)}"
    if option.kinds is None:
        return words
    offer = " ".join(_offer(kind, worlds, settings) for kind in option.kinds)
    return f'{words} -x -a "{offer}"' if offer else f"{words} -x"


def _offer(kind: str, worlds: Sequence[str], settings: Sequence[str]) -> str:
    first, _, rest = kind.partition(" ")
    return {
        "runs": "(__evolve_runs)",
        "worlds": " ".join(worlds),
        "settings": " ".join(f"{key}=" for key in settings),
        "folders": "(__fish_complete_directories)",
        "files": f"(__fish_complete_suffix {rest or '.'})",
        "words": rest,
    }[first]


def _quoted(text: str) -> str:
    return "'" + text.replace("\\", "\\\\").replace("'", "\\'") + "'"

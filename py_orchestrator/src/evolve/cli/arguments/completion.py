"""The words of `evolve completion`."""

from __future__ import annotations

from typing import Any

SHELLS = ("bash", "zsh", "fish")

_ABOUT = """\
Print a script that makes your shell complete the words of this command: commands, options, the names of
runs, worlds and settings, and files of the right kind.
"""

_EXAMPLES = """\
put it where your shell looks:
  bash  {program} completion bash > ~/.local/share/bash-completion/completions/evolve
  zsh   echo 'source <({program} completion zsh)' >> ~/.zshrc
  fish  {program} completion fish > ~/.config/fish/completions/evolve.fish
"""


def add_completion(commands: Any, program: str) -> None:  # noqa: ANN401 - argparse hides the type
    completion = commands.add_parser(
        "completion",
        help="make your shell complete these words",
        description=_ABOUT,
        epilog=_EXAMPLES.format(program=program),
    )
    completion.add_argument("shell", choices=SHELLS, metavar="SHELL", help=", ".join(SHELLS))

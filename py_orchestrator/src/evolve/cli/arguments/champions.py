"""The words of the commands about champions: `evolve export`."""

from __future__ import annotations

from typing import Any

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


def add_export(commands: Any, program: str) -> None:  # noqa: ANN401 - argparse hides the type
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

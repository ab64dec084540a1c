"""The words of `evolve import`."""

from __future__ import annotations

from typing import Any

# What docs/onnx.md lists and the engine reads: a test holds the three together.
LAYERS = ("Gemm", "MatMul", "Add", "Conv")
FUNCTIONS = ("Relu", "Sigmoid", "Tanh", "Softplus", "Sin", "Abs", "LeakyRelu", "Elu", "Clip")
SHAPES = ("Flatten", "Reshape", "Identity", "Dropout")

_ABOUT = f"""\
Make a brain that Godot plays from an ONNX model that learned elsewhere. The game then needs neither ONNX nor
Python; it needs Evolve's native library.

The model is a chain, in which each operator takes what the one before gave:

  in and out   one tensor each, float32: [batch, numbers] or [batch, channels, height, width] in,
               [batch, numbers] out
  layers       {", ".join(LAYERS)} (two dimensions, equal pads; no groups, no dilations)
  functions    after a layer: {", ".join(FUNCTIONS)}
               (LeakyRelu with alpha 0.01, Elu with alpha 1, Clip to -1 and 1)
  shapes       {", ".join(SHAPES)}

Recurrent models, and those that 'evolve export' made of a champion, are not taken: a champion is a brain
already. Where onnxruntime is installed, both are asked the same and the largest difference is said.
"""

_EXAMPLES = """\
examples:
  {program} import walker.onnx                    walker.evo, beside it
  {program} import walker.onnx game/walker.evo    into your game
"""


def add_import(commands: Any, program: str) -> None:  # noqa: ANN401 - argparse hides the type
    importing = commands.add_parser(
        "import",
        help="make a brain for games from an ONNX model",
        description=_ABOUT,
        epilog=_EXAMPLES.format(program=program),
    )
    importing.add_argument("model", metavar="MODEL.onnx", help="what learned elsewhere")
    importing.add_argument(
        "out", nargs="?", metavar="BRAIN.evo", help="the brain's file (default: beside the model)"
    )
    importing.add_argument("--force", action="store_true", help="replace another brain that is there")
    importing.add_argument("--json", action="store_true", help="one JSON object instead of words")

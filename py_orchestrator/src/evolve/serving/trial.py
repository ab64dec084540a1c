"""The process that a model from outside is tried in: model on its input, verdict as JSON on its output.

    python -m evolve.serving.trial MEMORY SECONDS < model.onnx

It limits itself before it reads a byte, and never ends with a traceback that a caller would see.
"""

import json
import os
import sys
from typing import Any

from evolve.serving.errors import ModelRefused, ServingError
from evolve.serving.inspection import Limits, inspect
from evolve.serving.tensors import MAXIMUM_RANK


def main(memory: int, seconds: float) -> None:
    _limit(memory, seconds)
    try:
        verdict: dict[str, Any] = {"facts": _try(sys.stdin.buffer.read())}
    except ServingError as error:
        verdict = {"refused": str(error)}
    except ModuleNotFoundError as error:
        sentence = (
            f"no model can be tried here: 'pip install evolve[cpu]' brings {error.name}, which is missing"
        )
        verdict = {"refused": sentence}
    except MemoryError:
        verdict = {"refused": f"the model needs more than {memory // 2**20} MB"}
    sys.stdout.write(json.dumps(verdict))
    sys.stdout.flush()


def _try(data: bytes) -> dict[str, Any]:
    """Look at it, then load it and run it once, as the service would."""
    facts = inspect(data, Limits())
    from evolve.serving.model import load
    from evolve.serving.providers import CPU, Device

    model = load("model", "1", data, [Device(CPU)], 1, allow_cpu=True)
    for spec in (*model.inputs, *model.outputs):
        if len(spec.shape) > MAXIMUM_RANK:
            raise ModelRefused(f"{spec.name} has {len(spec.shape)} dimensions, more than {MAXIMUM_RANK}")
    facts["inputs"] = {spec.name: list(spec.shape) for spec in model.inputs}
    facts["outputs"] = {spec.name: list(spec.shape) for spec in model.outputs}
    return facts


def _limit(memory: int, seconds: float) -> None:
    try:
        import resource
    except ModuleNotFoundError:  # on Windows
        return
    resource.setrlimit(resource.RLIMIT_AS, (memory, memory))
    resource.setrlimit(resource.RLIMIT_CPU, (int(seconds) + 1, int(seconds) + 1))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    # Whoever calls the models that are served comes first, but not so that the time runs out.
    os.nice(5)
    # It writes its verdict to a pipe, and no file.
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))


if __name__ == "__main__":
    main(int(sys.argv[1]), float(sys.argv[2]))

"""Brains as ONNX models: `evolve export` for programs and notebooks.

    import evolve.onnx

    evolve.onnx.export("runs/xor-7-001/champion.evo", "brain.onnx")
    session = onnxruntime.InferenceSession(evolve.onnx.model("brain.evo"))

The engine writes the models: neither the package onnx nor onnxruntime is needed. docs/onnx.md says what is
in one.
"""

from os import PathLike
from pathlib import Path

from evolve._native import Champion, FormatError, Policy
from evolve.storage.brain_file import is_policy
from evolve.storage.durable import write_durably

__all__ = ["export", "model", "read"]

Brain = Champion | Policy | str | PathLike[str]


def model(brain: Brain) -> bytes:
    """The bytes of the ONNX model of a brain, or of the one in a `.evo` file."""
    return _loaded(brain).to_onnx()


def export(brain: Brain, path: str | PathLike[str]) -> Path:
    """Write a brain's ONNX model, whole or not at all; gives the path."""
    target = Path(path)
    write_durably(target, model(brain))
    return target


def _loaded(brain: Brain) -> Champion | Policy:
    if isinstance(brain, Champion | Policy):
        return brain
    try:
        return Champion.load(str(brain))
    except FormatError:
        if not is_policy(Path(brain)):
            raise
        return Policy.load(str(brain))


def read(path: str | PathLike[str]) -> Policy:
    """The policy that an ONNX file describes; FormatError when it is none that the engine runs."""
    data = Path(path).read_bytes()
    try:
        return Policy.from_onnx(data)
    except FormatError as error:
        raise FormatError(f"{path}: {error}") from error

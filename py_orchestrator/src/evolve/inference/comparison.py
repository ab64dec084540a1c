"""Whether a policy gives what onnxruntime gives for the model that it was made from."""

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

import numpy as np
from numpy.typing import NDArray

from evolve._native import Policy

if TYPE_CHECKING:
    from onnxruntime import InferenceSession

_ROWS: Final = 64
# Ordinary observations, and such as an agent sees that has come off the track.
_SCALES: Final = (1.0, 10.0)
# What comes out of a policy is held to it; a runtime knows no such limit.
_LIMIT: Final = 1e9
# The order of a sum explains less, but for steep functions of large numbers.
_MUCH: Final = 1e-3


@dataclass(frozen=True)
class Comparison:
    """The largest difference, as a part of what was given where that is more than 1; None without one."""

    difference: float | None
    rows: int
    sentence: str


def compare(policy: Policy, model: bytes) -> Comparison:
    """Ask both the same rows; where there is no onnxruntime, or it doesn't take the model, say so."""
    try:
        import onnxruntime
    except ModuleNotFoundError:
        return Comparison(None, 0, "with nothing: onnxruntime is not installed ('pip install onnxruntime')")
    options = onnxruntime.SessionOptions()
    options.log_severity_level = 4
    try:
        session = onnxruntime.InferenceSession(model, options, providers=["CPUExecutionProvider"])
        rows = _rows(policy, session)
        theirs = _asked(session, rows)
    except Exception as error:  # the runtime has a class of its own for each thing that may be wrong
        reason = (str(error).strip().splitlines() or [type(error).__name__])[0][:200]
        return Comparison(None, 0, f"with nothing: onnxruntime does not run the model ({reason})")
    ours = np.frombuffer(policy.think(rows), np.float32).reshape(len(rows), -1)
    difference = _difference(ours, theirs)
    sentence = f"with onnxruntime on {len(theirs)} rows: they differ by {difference:.1e} at most"
    if not difference <= _MUCH:
        sentence += ", which is much: see how it plays before you rely on it"
    return Comparison(difference, len(theirs), sentence)


def _rows(policy: Policy, session: "InferenceSession") -> NDArray[np.float32]:
    random = np.random.default_rng(0)
    numbers = random.standard_normal((_ROWS * len(_SCALES), policy.sizes[0])).astype(np.float32)
    numbers *= np.repeat(np.asarray(_SCALES, np.float32), _ROWS)[:, None]
    sides = [size if isinstance(size, int) else -1 for size in session.get_inputs()[0].shape[1:]]
    return numbers.reshape(len(numbers), *sides)


def _asked(session: "InferenceSession", rows: NDArray[np.float32]) -> NDArray[np.float32]:
    """All rows at once, or one by one where a model takes no more."""
    given = session.get_inputs()[0]
    step = given.shape[0] if isinstance(given.shape[0], int) else len(rows)
    pieces: list[NDArray[Any]] = [
        session.run(None, {given.name: rows[place : place + step]})[0]
        for place in range(0, len(rows) // step * step, step)
    ]
    return np.concatenate(pieces).reshape(len(rows) // step * step, -1)


def _difference(ours: NDArray[np.float32], theirs: NDArray[np.float32]) -> float:
    limited = np.clip(theirs.astype(np.float64), -_LIMIT, _LIMIT)
    ours = ours[: len(limited)]
    return float((np.abs(ours - limited) / np.maximum(1.0, np.abs(limited))).max(initial=0.0))

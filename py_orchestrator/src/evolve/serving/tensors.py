"""Tensors as callers name them: the Open Inference Protocol's data types, shapes, and their checks.

Everything is checked before anything is allocated: a shape and a size that don't belong together never reach
numpy.
"""

import struct
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import chain
from math import isfinite, prod
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from evolve.serving.errors import BadInput

Array = NDArray[np.generic]

# As in the Open Inference Protocol; what has no fixed width (BYTES) no model of ours takes.
DATATYPES: Final[dict[str, np.dtype[np.generic]]] = {
    "BOOL": np.dtype(np.bool_),
    "UINT8": np.dtype(np.uint8),
    "UINT16": np.dtype(np.uint16),
    "UINT32": np.dtype(np.uint32),
    "UINT64": np.dtype(np.uint64),
    "INT8": np.dtype(np.int8),
    "INT16": np.dtype(np.int16),
    "INT32": np.dtype(np.int32),
    "INT64": np.dtype(np.int64),
    "FP16": np.dtype(np.float16),
    "FP32": np.dtype(np.float32),
    "FP64": np.dtype(np.float64),
}
NAMES: Final = {dtype: name for name, dtype in DATATYPES.items()}

# How `struct` calls what numpy takes without a copy.
_CODES: Final = {"FP32": "f", "FP64": "d"}

# Triton's limit on an input; also that of our WebSocket frames.
MAXIMUM_BYTES: Final = 64 * 1024 * 1024
MAXIMUM_RANK: Final = 8

# Up to here a product is computed in one thread, and quicker than numbers are looked at.
_MAXIMUM_PRODUCT: Final = 4_096


@dataclass(frozen=True)
class Spec:
    """A tensor of a model: its name, its data type, and its shape with -1 for what may vary."""

    name: str
    datatype: str
    shape: tuple[int, ...]

    @cached_property
    def dtype(self) -> np.dtype[np.generic]:
        return DATATYPES[self.datatype]

    @property
    def rows_vary(self) -> bool:
        """Whether the first dimension counts rows that have nothing to do with each other."""
        return bool(self.shape) and self.shape[0] == -1

    def check_datatype(self, datatype: str) -> None:
        if datatype != self.datatype:
            raise BadInput(
                f"inputs.{self.name}.datatype", f"is {datatype}, but the model takes {self.datatype}"
            )

    def check_shape(self, shape: Sequence[int]) -> None:
        """Refuse a shape that the model does not take, or that is too large to be true."""
        if len(shape) != len(self.shape):
            raise self._bad_shape(shape)
        # Python's integers don't overflow: the product is what it is.
        size = self.dtype.itemsize
        for wanted, length in zip(self.shape, shape, strict=True):
            if length < 0 or wanted not in (-1, length):
                raise self._bad_shape(shape)
            size *= length
        if size > MAXIMUM_BYTES:
            raise BadInput(f"inputs.{self.name}.shape", f"is {list(shape)}, more than {MAXIMUM_BYTES} bytes")

    def _bad_shape(self, shape: Sequence[int]) -> BadInput:
        field = f"inputs.{self.name}.shape"
        if len(shape) > MAXIMUM_RANK or any(size < 0 for size in shape):
            return BadInput(field, f"is {list(shape)}, but sizes are 0 or more, and {MAXIMUM_RANK} at most")
        return BadInput(field, f"is {list(shape)}, but the model takes {list(self.shape)}")

    def from_bytes(self, data: bytes | bytearray | memoryview, shape: Sequence[int]) -> Array:
        """A view of little-endian bytes; nothing is copied."""
        self.check_shape(shape)
        expected = prod(shape) * self.dtype.itemsize
        if len(data) != expected:
            raise BadInput(
                f"inputs.{self.name}",
                f"has {len(data)} bytes, but the shape {list(shape)} of {self.datatype} has {expected}",
            )
        return np.frombuffer(data, self.dtype.newbyteorder("<")).reshape(shape)

    def from_numbers(self, numbers: object, shape: Sequence[int] | None = None) -> Array:
        """Numbers as JSON has them, nested or flat; without a shape they say it by their nesting."""
        if (read := self._quickly(numbers, shape)) is not None:
            return read
        field = f"inputs.{self.name}"
        try:
            numbered = np.asarray(numbers)
        except (ValueError, OverflowError) as error:
            raise BadInput(f"{field}.data", "has rows of different lengths") from error
        if numbered.dtype.kind not in "biuf":
            raise BadInput(f"{field}.data", "holds something that is no number")
        wanted = numbered.shape if shape is None else tuple(shape)
        self.check_shape(wanted)
        if numbered.size != prod(wanted):
            raise BadInput(
                f"{field}.data",
                f"has {numbered.size} numbers, but the shape {list(wanted)} has {prod(wanted)}",
            )
        return self._fitting(numbered, f"{field}.data").reshape(wanted)

    def _quickly(self, numbers: object, shape: Sequence[int] | None) -> Array | None:
        """Floats, flat or in rows, in half of numpy's time; None for what numpy knows better."""
        code = _CODES.get(self.datatype)
        if code is None or not isinstance(numbers, list) or not numbers:
            return None
        flat: Iterable[object] = numbers
        wanted = (len(numbers),) if shape is None else tuple(shape)
        try:
            if shape is None and isinstance(numbers[0], list):
                wanted = (len(numbers), len(numbers[0]))
                if set(map(len, numbers)) != {wanted[1]}:
                    return None
                flat = chain.from_iterable(numbers)
            read = struct.pack(f"{prod(wanted)}{code}", *flat)
        except (TypeError, OverflowError, struct.error):
            return None
        self.check_shape(wanted)
        typed: Array = np.ndarray(wanted, self.dtype, read)
        return typed if _are_finite(typed) else None

    def _fitting(self, numbers: Array, field: str) -> Array:
        if self.dtype.kind in "iu" and numbers.dtype.kind == "f":
            raise BadInput(field, f"holds fractions, but {self.datatype} takes whole numbers")
        with np.errstate(over="ignore"):
            typed = numbers.astype(self.dtype)
        if self.dtype.kind == "f":
            if not np.isfinite(typed).all():
                raise BadInput(field, f"holds a number that is not finite as {self.datatype}")
        elif not np.array_equal(typed, numbers):
            raise BadInput(field, f"holds a number that {self.datatype} cannot")
        return typed


def check_values(spec: Spec, array: Array) -> None:
    """NaN and what is no BOOL are refused at the door: a batch is shared, and inside nobody could be told."""
    kind = array.dtype.kind
    if kind == "f" and not _are_finite(array):
        raise BadInput(f"inputs.{spec.name}", "holds a number that is not finite")
    if kind == "b" and (array.view(np.uint8) > 1).any():
        raise BadInput(f"inputs.{spec.name}", "holds a byte that is no BOOL: 0 or 1")


def _are_finite(array: NDArray[Any]) -> bool:
    """A sum of squares is finite only where all numbers are, and needs a third of the time."""
    if array.size <= _MAXIMUM_PRODUCT and isfinite(np.vdot(array, array)):
        return True
    return bool(np.isfinite(array).all())

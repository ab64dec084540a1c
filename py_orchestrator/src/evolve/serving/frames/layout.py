"""Requests and answers of a stream as numpy sees them: headers and tensors in one structured array.

A message with a hundred requests of the same size is one array of a hundred records: read with one call, its
tensors are views, and checking and answering it costs hardly more than one request would.
"""

import struct
from collections.abc import Sequence
from dataclasses import dataclass, field
from math import prod
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from evolve.serving.frames.errors import Undecodable
from evolve.serving.tensors import Array, Spec

REQUEST: Final = 1
ANSWER: Final = 2
ERROR: Final = 3
HEADER: Final = struct.Struct("<QQ")
HEADER_BYTES: Final = HEADER.size

# Sizes are the other side's choice: this many arrangements are remembered, others are made again.
_REMEMBERED: Final = 64
_MAXIMUM_ROWS: Final = (1 << 32) - 1

Ids = NDArray[np.uint64]


def head(kind: int, stream: int, rows: int) -> int:
    """The first eight bytes of a header, as one number."""
    return kind | stream << 16 | rows << 32


@dataclass
class Layout:
    """The tensors of one direction of a stream, each with a first size for rows and all others fixed."""

    tensors: Sequence[Spec]
    row_bytes: int = 0
    _records: dict[int, np.dtype[Any]] = field(default_factory=dict)
    # Of each tensor: how it is laid out, its sizes but the rows, and the bytes of a row.
    _forms: list[tuple[np.dtype[np.generic], tuple[int, ...], int]] = field(default_factory=list)

    def __post_init__(self) -> None:
        for spec in self.tensors:
            sizes = spec.shape[1:]
            self._forms.append((spec.dtype.newbyteorder("<"), sizes, prod(sizes) * spec.dtype.itemsize))
        self.row_bytes = sum(row_bytes for _, _, row_bytes in self._forms)

    def frame_bytes(self, rows: int) -> int:
        return HEADER_BYTES + rows * self.row_bytes

    def decode(self, records: memoryview, count: int, rows: int) -> tuple[Ids, list[Array]]:
        """The request numbers and the tensors of so many frames alike; a single frame's are views."""
        array = np.frombuffer(records, self._record(rows), count)
        tensors = []
        for place, spec in enumerate(self.tensors):
            tensor = array[f"t{place}"].reshape(count * rows, *spec.shape[1:])
            tensors.append(tensor if tensor.flags.aligned else tensor.copy())
        return array["request"], tensors

    def decode_one(self, frame: memoryview, rows: int) -> list[Array]:
        """The tensors of one frame: views, in a quarter of the time that `decode` needs for many."""
        tensors: list[Array] = []
        place = HEADER_BYTES
        for dtype, sizes, row_bytes in self._forms:
            tensor: Array = np.ndarray((rows, *sizes), dtype, frame, place)
            tensors.append(tensor if tensor.flags.aligned else tensor.copy())
            place += rows * row_bytes
        return tensors

    def encode_one(self, kind: int, stream: int, request: int, tensors: Sequence[Array]) -> bytes:
        """One frame with all rows of the tensors."""
        first = head(kind, stream, len(tensors[0]))
        parts = [
            (tensor if tensor.dtype == dtype else tensor.astype(dtype)).tobytes()
            for tensor, (dtype, _, _) in zip(tensors, self._forms, strict=True)
        ]
        return b"".join((HEADER.pack(first, request), *parts))

    def encode(
        self, kind: int, stream: int, ids: Sequence[int] | Ids, tensors: Sequence[Array]
    ) -> memoryview:
        """Frames of tensors whose rows are shared out evenly among the requests."""
        count = len(ids)
        rows = len(tensors[0]) // count
        array = np.empty(count, self._record(rows))
        array["head"] = head(kind, stream, rows)
        array["request"] = ids
        for place, tensor in enumerate(tensors):
            part = array[f"t{place}"]
            part[...] = tensor.reshape(part.shape)
        return array.view(np.uint8).data

    def count_alike(self, rest: memoryview, first: int, rows: int, at_most: int) -> int:
        """How many frames with this beginning follow each other; Undecodable when not even one is whole."""
        count = min(len(rest) // self.frame_bytes(rows), at_most)
        if count == 0:
            raise Undecodable(
                f"a frame of {rows} rows has {self.frame_bytes(rows)} bytes, but {len(rest)} are left"
            )
        if count == 1:
            return 1
        differs = np.frombuffer(rest, self._record(rows), count)["head"] != first
        return int(differs.argmax()) if differs.any() else count

    def _record(self, rows: int) -> np.dtype[Any]:
        record = self._records.get(rows)
        if record is None:
            fields: list[Any] = [("head", "<u8"), ("request", "<u8")]
            for place, (dtype, sizes, _) in enumerate(self._forms):
                fields.append((f"t{place}", dtype, (rows, *sizes)))
            record = np.dtype(fields)
            if len(self._records) < _REMEMBERED:
                self._records[rows] = record
        return record


def is_streamable(tensors: Sequence[Spec]) -> bool:
    """Whether rows are all that varies."""
    return all(spec.rows_vary and -1 not in spec.shape[1:] for spec in tensors)

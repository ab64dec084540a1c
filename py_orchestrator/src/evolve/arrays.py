"""Files and frames as numpy arrays that lie where the bytes lie: nothing is copied.

    file = open_file("runs/xor-7-001/checkpoints/generation-000042.evolve")
    print(file.schema, file.config["populations"][0]["size"], file["connection.weight"].max())

What the arrays mean stands in spec/FORMAT.md. They are read-only, and hold the file open as long as they are
there. Whether genes are sound is for the engine to say (`Evolution.load`, `Champion.load`): here a buffer is
whole or refused, with a FormatError of one sentence.
"""

import mmap
from collections.abc import Iterator, Mapping
from os import PathLike
from pathlib import Path
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from evolve._native import FormatError
from evolve.storage.tensor_header import Header, HeaderError, digest_fits, read_header

__all__ = ["Arrays", "open_file", "open_frame"]

_DTYPES: Final = {"I64": "<i8", "F64": "<f8", "F32": "<f4", "U32": "<u4", "U16": "<u2", "U8": "u1"}


class Arrays(Mapping[str, NDArray[Any]]):
    """The tensors of a file or frame by their names, each a read-only view of its bytes."""

    def __init__(self, data: memoryview, header: Header, name: str) -> None:
        self._data = data
        self._header = header
        self._name = name

    @property
    def schema(self) -> str:
        """What it is: `evolve.checkpoint`, `evolve.champion`, `evolve.population`, `evolve.frame`, ..."""
        return self._header.schema

    @property
    def version(self) -> int:
        """The version of the format that it was written in."""
        return self._header.version

    @property
    def metadata(self) -> dict[str, Any]:
        """Everything it says of itself."""
        return self._header.metadata

    @property
    def config(self) -> dict[str, Any] | None:
        """The run's configuration; None when it holds none, as champions and frames do."""
        return self._header.metadata.get("config")

    def verify(self) -> None:
        """Compute the digest over all of a file; FormatError when the file states another one."""
        if "sha256" not in self._header.metadata:
            raise FormatError(f"{self._name} is a frame, and frames state no digest")
        if not digest_fits(self._data, self._header):
            raise FormatError(f"{self._name} is damaged: its digest does not fit its bytes")

    def __getitem__(self, name: str) -> NDArray[Any]:
        tensor = self._header.tensors[name]
        begin, end = (self._header.body + offset for offset in tensor.data_offsets)
        return np.frombuffer(self._data[begin:end], _DTYPES[tensor.dtype]).reshape(tensor.shape)

    def __iter__(self) -> Iterator[str]:
        return iter(self._header.tensors)

    def __len__(self) -> int:
        return len(self._header.tensors)


def open_file(path: str | PathLike[str], *, verify: bool = True) -> Arrays:
    """The arrays of a checkpoint, champion or population file, mapped into memory.

    With `verify` the whole file is read once for its digest; without it nothing but the header is, and
    `Arrays.verify` does the rest whenever you like. OSError when there is no such file.
    """
    data, name = _mapped(Path(path)), str(path)
    arrays = Arrays(data, _header(data, name), name)
    if "sha256" not in arrays.metadata:
        raise FormatError(f"{name} is a frame, and no file: read its bytes and give them to open_frame")
    if verify:
        arrays.verify()
    return arrays


def open_frame(data: bytes | bytearray | memoryview) -> Arrays:
    """The arrays of a frame that was received, or of a file that is in memory, over these very bytes."""
    view = memoryview(data).toreadonly().cast("B")
    return Arrays(view, _header(view, "the frame"), "the frame")


def _mapped(path: Path) -> memoryview:
    with path.open("rb") as file:
        # Nothing can be mapped of an empty file.
        if file.seek(0, 2) == 0:
            return memoryview(b"")
        return memoryview(mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ))


def _header(data: memoryview, name: str) -> Header:
    try:
        return read_header(data)
    except HeaderError as error:
        raise FormatError(f"{name}: {error}") from error

"""metrics.csv: one row for each finished generation, for plots and spreadsheets.

A row is on disk before its checkpoint is, so that a resume finds no gap; rows that the checkpoint does not
know are deleted then, and come again with the same figures.
"""

import csv
import io
import os
from collections.abc import Iterator
from pathlib import Path
from typing import Final, NamedTuple, Self

from evolve.errors import EvolveUserError, storage_error
from evolve.storage.durable import write_durably


class MetricsRow(NamedTuple):
    """One finished generation. Only `seconds` depends on the machine."""

    generation: int
    best: float
    mean: float
    best_ever: float
    species: int
    evaluations: int
    steps: int
    seconds: float


_HEADER: Final = ",".join(MetricsRow._fields)


class MetricsFile:
    """Rows are appended and synchronised one by one."""

    def __init__(self, path: Path) -> None:
        self._path = path
        try:
            self._file = path.open("a", encoding="utf-8", newline="")
        except OSError as error:
            raise storage_error(error, path) from error

    @classmethod
    def begin(cls, path: Path, generations: int = 0) -> Self:
        """Start the file, or go on with it after so many finished generations."""
        kept = [row for row in read_rows(path) if row.generation < generations]
        try:
            write_durably(path, _format([_HEADER, *map(_line, kept)]))
        except OSError as error:
            raise storage_error(error, path) from error
        return cls(path)

    def append(self, row: MetricsRow) -> None:
        try:
            self._file.write(_format([_line(row)]).decode())
            self._file.flush()
            os.fsync(self._file.fileno())
        except OSError as error:
            raise storage_error(error, self._path) from error

    def close(self) -> None:
        try:
            self._file.close()
        except OSError as error:
            raise storage_error(error, self._path) from error


def read_rows(path: Path) -> list[MetricsRow]:
    """The rows that are there; a last line that was torn by a crash is none."""
    try:
        text = path.read_text(encoding="utf-8", errors="replace")
    except FileNotFoundError:
        return []
    except OSError as error:
        raise storage_error(error, path) from error
    return list(_parse(text, path))


def _parse(text: str, path: Path) -> Iterator[MetricsRow]:
    whole, _, _torn = text.rpartition("\n")
    lines = csv.reader(io.StringIO(whole))
    header = next(lines, None)
    if header is not None and header != list(MetricsRow._fields):
        raise EvolveUserError(f"{path} has other columns than this evolve writes: move it away and try again")
    for fields in lines:
        try:
            yield _row(fields)
        except ValueError as error:
            raise EvolveUserError(f"{path}, line {lines.line_num}, is damaged: {error}") from error


def _row(fields: list[str]) -> MetricsRow:
    generation, best, mean, best_ever, species, evaluations, steps, seconds = fields
    return MetricsRow(
        int(generation),
        float(best),
        float(mean),
        float(best_ever),
        int(species),
        int(evaluations),
        int(steps),
        float(seconds),
    )


def _line(row: MetricsRow) -> str:
    # repr gives the shortest digits that read back as the same f64.
    return ",".join(repr(value) for value in row[:-1]) + f",{row.seconds:.6f}"


def _format(lines: list[str]) -> bytes:
    return "".join(f"{line}\n" for line in lines).encode()

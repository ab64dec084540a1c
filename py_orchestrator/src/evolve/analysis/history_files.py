"""The tables of a history as files that other programs read: CSV, JSON, Parquet."""

import csv
import io
import json
from collections.abc import Sequence
from importlib import import_module
from pathlib import Path
from typing import Any, Final

from evolve.errors import EvolveUserError
from evolve.storage.history_schema import EXPORTED

Rows = Sequence[Sequence[Any]]

_TEXTS: Final = ("finished_at", "population", "objective", "name", "sha256", "made")
_FLOATS: Final = ("seconds", "best", "mean", "best_ever", "least", "most", "fitness", "parent_fitness")
_BEGINNING: Final = 4096


def encode_table(name: str, rows: Rows, kind: str) -> bytes:
    """One table as a file of a kind: csv, json or parquet."""
    if kind == "parquet":
        return _parquet(name, rows)
    if kind == "json":
        return _json_bytes(_records(name, rows))
    text = io.StringIO(newline="")
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(EXPORTED[name])
    writer.writerows(rows)
    return text.getvalue().encode()


def encode_tables(tables: dict[str, Rows]) -> bytes:
    """All tables in one JSON object."""
    return _json_bytes({name: _records(name, rows) for name, rows in tables.items()})


def is_ours(path: Path, kind: str) -> bool:
    """Whether a file looks like one that was exported here, so that it can be made anew."""
    try:
        with path.open("rb") as file:
            beginning = file.read(_BEGINNING)
    except OSError:
        return True  # a folder, or not ours to read: writing says it
    if kind == "csv":
        return beginning.partition(b"\n")[0] in {",".join(columns).encode() for columns in EXPORTED.values()}
    if kind == "json":
        return beginning == b"[]\n" or beginning.startswith((b'[{"generation": ', b'{"generation": ['))
    return b"evolve" in (_library("pyarrow.parquet").read_schema(path).metadata or {})


def _records(name: str, rows: Rows) -> list[dict[str, Any]]:
    return [dict(zip(EXPORTED[name], row, strict=True)) for row in rows]


def _json_bytes(value: Any) -> bytes:  # noqa: ANN401 - whatever is to be written
    return json.dumps(value).encode() + b"\n"


def _parquet(name: str, rows: Rows) -> bytes:
    arrow, parquet = _library("pyarrow"), _library("pyarrow.parquet")
    kinds = {**dict.fromkeys(_TEXTS, arrow.string()), **dict.fromkeys(_FLOATS, arrow.float64())}
    fields = [(column, kinds.get(column, arrow.int64())) for column in EXPORTED[name]]
    columns = list(zip(*rows, strict=True)) or [()] * len(fields)
    arrays = [arrow.array(column, type=kind) for column, (_, kind) in zip(columns, fields, strict=True)]
    schema = arrow.schema(fields, metadata={"evolve": name})
    buffer = io.BytesIO()
    parquet.write_table(arrow.Table.from_arrays(arrays, schema=schema), buffer)
    return buffer.getvalue()


def _library(name: str) -> Any:  # noqa: ANN401 - a library without types
    try:
        return import_module(name)
    except ModuleNotFoundError as error:
        if error.name != "pyarrow":
            raise
        raise EvolveUserError(
            "Parquet needs the Python package pyarrow: 'pip install pyarrow' where Evolve is installed "
            "(.venv/bin/pip in a clone), or take --format csv"
        ) from error

"""run.json: what a run is and how it stands. The one file that may name clocks, commands and workers."""

from typing import Any, Literal

import msgspec

Status = Literal["starting", "running", "finished", "interrupted", "failed"]
Kind = Literal["scene", "python", "world"]


class StopRecord(msgspec.Struct, frozen=True):
    """When the run is over; `explicit` when a person gave the number of generations."""

    generations: int
    fitness: float | None
    explicit: bool


class RunRecord(msgspec.Struct, omit_defaults=False):
    """The contents of run.json. The seed is a string: JSON readers lose the last bits of large numbers."""

    version: int
    source: str
    kind: Kind
    seed: str
    started: str
    status: Status
    command: list[str]
    workers: int
    versions: dict[str, str]
    scene_digest: str | None = None
    stop: StopRecord | None = None
    reason: str | None = None
    result: dict[str, Any] | None = None


VERSION = 1

_DECODER = msgspec.json.Decoder(RunRecord)


def encode_record(record: RunRecord) -> bytes:
    """Write run.json the way a person can read it."""
    return msgspec.json.format(msgspec.json.encode(record), indent=2) + b"\n"


def decode_record(data: bytes) -> RunRecord:
    """Read run.json; ValueError when it is none of ours."""
    record = _DECODER.decode(data)
    if record.version > VERSION:
        raise ValueError(f"it is of version {record.version}, this evolve reads up to {VERSION}")
    return record

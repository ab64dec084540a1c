"""The folder of one run: its record, checkpoints, champion, metrics, history, verdicts, plot and logs.

Whoever holds a RunFolder is the only one writing there. It decides names and what is kept; it never looks
into a checkpoint.
"""

import re
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Final, Self

from evolve.errors import EvolveUserError, storage_error
from evolve.storage.durable import write_durably
from evolve.storage.history_reader import NAME as HISTORY
from evolve.storage.lock import FolderLock
from evolve.storage.record import RunRecord, decode_record, encode_record

RUNS: Final = Path("runs")
CHECKPOINTS_KEPT: Final = 5
_MAXIMUM_RECORD_BYTES: Final = 16 * 1024 * 1024
# What Godot's String.validate_filename replaces.
_NOT_IN_FILE_NAMES: Final = re.compile(r'[:/\\?*"|%<>]')
_CHECKPOINT: Final = re.compile(r"generation-(\d{6,})\.evolve")


class RunFolder:
    """An open run folder, locked until `close`."""

    def __init__(self, path: Path, lock: FolderLock, *, ours: bool = False) -> None:
        self.path = path
        self._lock = lock
        # Whether this object made the folder, so that nothing of anybody else's can be in it.
        self._ours = ours

    @classmethod
    def create(cls, name: str, seed: int, out: Path | None = None) -> Self:
        """Make a new folder: `out`, or runs/NAME-SEED-NNN with the first number that is free."""
        path = out if out is not None else RUNS / f"{name}-{seed}"
        try:
            ours = out is None or not path.exists()
            path = _make(path) if out is not None else _make_numbered(path)
            folder = cls(path, FolderLock(path), ours=ours)
            folder.checkpoints.mkdir(exist_ok=True)
            folder.logs.mkdir(exist_ok=True)
        except OSError as error:
            raise storage_error(error, path) from error
        return folder

    @classmethod
    def open(cls, path: Path) -> Self:
        """Open the folder of a run that exists, to go on with it."""
        try:
            folder = cls(path, FolderLock(path))
            folder.checkpoints.mkdir(exist_ok=True)
            folder.logs.mkdir(exist_ok=True)
        except OSError as error:
            raise storage_error(error, path) from error
        return folder

    def close(self) -> None:
        self._lock.release()

    def discard(self) -> None:
        """Leave nothing of a run that came to nothing; a folder that was there before stays."""
        self.close()
        if self._ours:
            shutil.rmtree(self.path, ignore_errors=True)

    @property
    def checkpoints(self) -> Path:
        return self.path / "checkpoints"

    @property
    def logs(self) -> Path:
        return self.path / "logs"

    @property
    def champion(self) -> Path:
        return self.path / "champion.evo"

    def champion_of(self, population: str) -> Path:
        """The champion of a population other than the first, where Godot's runs have it too."""
        return champion_file_of(self.path, population)

    @property
    def metrics(self) -> Path:
        return self.path / "metrics.csv"

    @property
    def verdicts(self) -> Path:
        return self.path / "verdicts.json"

    @property
    def history(self) -> Path:
        return self.path / HISTORY

    @property
    def plot(self) -> Path:
        return self.path / "fitness.png"

    def checkpoint(self, generation: int) -> Path:
        """Where the checkpoint with so many finished generations stands."""
        return self.checkpoints / f"generation-{generation:06d}.evolve"

    def checkpoints_newest_first(self) -> Iterator[tuple[int, Path]]:
        """Checkpoints that are there, with their numbers of finished generations."""
        yield from checkpoints_in(self.checkpoints)

    def generations_saved(self) -> int:
        """How many finished generations the newest checkpoint holds, 0 without one."""
        return next((number for number, _ in self.checkpoints_newest_first()), 0)

    def drop_old_checkpoints(self) -> None:
        """Keep the last few."""
        for _, path in list(self.checkpoints_newest_first())[CHECKPOINTS_KEPT:]:
            path.unlink(missing_ok=True)

    def write_record(self, record: RunRecord) -> None:
        path = self.path / "run.json"
        try:
            write_durably(path, encode_record(record))
        except OSError as error:
            raise storage_error(error, path) from error

    def read_record(self) -> RunRecord:
        return read_record(self.path)


def checkpoints_in(folder: Path) -> list[tuple[int, Path]]:
    """Checkpoints that are there, newest first, with their numbers of finished generations."""
    if not folder.is_dir():
        return []
    names = ((_CHECKPOINT.fullmatch(path.name), path) for path in folder.iterdir())
    return sorted(((int(match[1]), path) for match, path in names if match), reverse=True)


def read_record(path: Path) -> RunRecord:
    """Read a run's record without opening the run."""
    file = path / "run.json"
    try:
        with file.open("rb") as stream:
            return decode_record(stream.read(_MAXIMUM_RECORD_BYTES))
    except FileNotFoundError:
        raise EvolveUserError(f"{path} is no run folder: it has no run.json") from None
    except OSError as error:
        raise storage_error(error, file) from error
    except ValueError as error:
        raise EvolveUserError(f"{file} cannot be read: {error}") from error


def find_run(name: str) -> Path:
    """Find a run by its folder, or by its name under runs/."""
    for path in (Path(name), RUNS / name):
        if (path / "run.json").is_file():
            return path
    known = [path.name for path in runs_in(RUNS)]
    hint = f"runs/ holds {', '.join(known[:8])}" if known else "runs/ holds none here"
    raise EvolveUserError(f"there is no run '{name}': {hint}")


def latest_run() -> Path:
    """The run under runs/ that was started last."""
    for path in runs_in(RUNS):
        return path
    raise EvolveUserError("there is no run under runs/ here: 'evolve train' makes one")


def runs_in(folder: Path) -> list[Path]:
    """The folders of the runs in a folder, the one that was written to last first."""
    runs = [(path.stat().st_mtime_ns, path.parent.name, path.parent) for path in folder.glob("*/run.json")]
    return [path for _, _, path in sorted(runs, reverse=True)]


def _make(path: Path) -> Path:
    path.mkdir(parents=True, exist_ok=True)
    if (path / "run.json").exists():
        raise EvolveUserError(
            f"{path} already holds a run: go on with it with --resume {path}, or name another folder"
        )
    return path


def _make_numbered(stem: Path) -> Path:
    stem.parent.mkdir(parents=True, exist_ok=True)
    number = 1
    while True:
        path = stem.with_name(f"{stem.name}-{number:03d}")
        try:
            path.mkdir()
        except FileExistsError:
            number += 1
        else:
            return path


def champion_file_of(folder: Path, population: str) -> Path:
    """The file of the champion of a population other than the first."""
    return folder / f"champion-{_NOT_IN_FILE_NAMES.sub('_', population)}.evo"

"""The run folder: names, the lock, what is kept, and what cannot be used."""

import errno
import subprocess
import sys
from pathlib import Path

import pytest

from evolve.errors import EvolveUserError, storage_error
from evolve.storage.record import RunRecord, StopRecord
from evolve.storage.run_folder import RunFolder, find_run, latest_run

SOURCES = Path(__file__).parents[2] / "src"


def record(seed: str = "1") -> RunRecord:
    return RunRecord(
        1, "xor", "world", seed, "2030-01-01T00:00:00+00:00", "running", ["train"], 2, {"evolve": "0"}
    )


@pytest.mark.usefixtures("here")
def test_runs_are_numbered_and_none_is_taken_twice() -> None:
    for number in (1, 2, 3):
        folder = RunFolder.create("xor", 7)
        assert str(folder.path) == f"runs/xor-7-00{number}"
        folder.close()


@pytest.mark.usefixtures("here")
def test_a_named_folder_may_be_there_already_as_long_as_it_holds_no_run() -> None:
    Path("mine").mkdir()
    folder = RunFolder.create("xor", 7, Path("mine"))
    folder.write_record(record())
    folder.close()
    with pytest.raises(EvolveUserError, match="mine already holds a run"):
        RunFolder.create("xor", 7, Path("mine"))


def test_a_second_orchestrator_is_kept_out_until_the_first_is_gone(tmp_path: Path) -> None:
    program = (
        "import sys; from pathlib import Path; from evolve.storage.run_folder import RunFolder\n"
        "folder = RunFolder.create('x', 1, Path(sys.argv[1])); print('held', flush=True); sys.stdin.read()"
    )
    with subprocess.Popen(
        [sys.executable, "-c", program, str(tmp_path)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        env={"PYTHONPATH": str(SOURCES)},
    ) as holder:
        assert holder.stdout is not None
        assert holder.stdout.readline() == b"held\n"
        with pytest.raises(EvolveUserError) as refused:
            RunFolder.open(tmp_path)
        assert str(refused.value) == (
            f"another evolve (process {holder.pid}) is training in {tmp_path}: "
            "wait for it, stop it, or name another folder with --out FOLDER"
        )
        holder.kill()
    RunFolder.open(tmp_path).close()


def test_the_record_is_read_back_as_it_was_written(tmp_path: Path) -> None:
    folder = RunFolder.create("xor", 1, tmp_path)
    written = record(seed=str(2**63 - 1))
    written.stop = StopRecord(100, 3.9, False)
    folder.write_record(written)
    assert folder.read_record() == written
    folder.close()


@pytest.mark.parametrize("content", [b"", b"{}", b'{"version": 1'])
def test_a_damaged_record_is_one_sentence(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "run.json").write_bytes(content)
    folder = RunFolder.open(tmp_path)
    with pytest.raises(EvolveUserError, match=r"run.json cannot be read: "):
        folder.read_record()
    folder.close()


def test_a_record_of_a_later_version_is_refused(tmp_path: Path) -> None:
    folder = RunFolder.create("xor", 1, tmp_path)
    later = record()
    later.version = 2
    folder.write_record(later)
    with pytest.raises(EvolveUserError, match="it is of version 2, this evolve reads up to 1"):
        folder.read_record()
    folder.close()


def test_checkpoints_are_found_newest_first_and_five_are_kept(tmp_path: Path) -> None:
    folder = RunFolder.create("xor", 1, tmp_path)
    for generation in (9, 10, 11, 99, 100, 1_000_000, 1_000_001):
        folder.checkpoint(generation).touch()
    (folder.checkpoints / "generation-000012.evolve.damaged").touch()
    folder.drop_old_checkpoints()
    found = [generation for generation, _ in folder.checkpoints_newest_first()]
    assert found == [1_000_001, 1_000_000, 100, 99, 11]
    assert (folder.checkpoints / "generation-000012.evolve.damaged").exists()
    folder.close()


@pytest.mark.usefixtures("here")
def test_the_latest_run_is_the_one_whose_record_changed_last() -> None:
    with pytest.raises(EvolveUserError, match="there is no run under runs/ here"):
        latest_run()
    for _ in range(2):
        folder = RunFolder.create("xor", 1)
        folder.write_record(record())
        folder.close()
    assert latest_run() == Path("runs/xor-1-002")
    assert find_run("xor-1-001") == Path("runs/xor-1-001")


@pytest.mark.parametrize(
    ("error", "sentence"),
    [
        (
            OSError(errno.ENOSPC, "No space left on device"),
            "no space is left for runs/a: free some, or put the run elsewhere with --out FOLDER",
        ),
        (
            PermissionError(errno.EACCES, "Permission denied"),
            "runs/a cannot be written: allow it, or put the run elsewhere with --out FOLDER",
        ),
        (
            OSError(errno.EROFS, "Read-only file system"),
            "runs/a cannot be written: allow it, or put the run elsewhere with --out FOLDER",
        ),
        (OSError(errno.EIO, "Input/output error"), "runs/a cannot be used: Input/output error"),
    ],
)
def test_a_storage_error_says_the_way_out(error: OSError, sentence: str) -> None:
    assert str(storage_error(error, Path("runs/a"))) == sentence

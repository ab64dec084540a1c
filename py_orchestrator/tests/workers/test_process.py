"""Worker processes: what they say is kept, and none outlives us."""

import asyncio
import signal
import subprocess
import sys
from pathlib import Path

import pytest
from tests.process_table import processes_with

from evolve.errors import EvolveUserError
from evolve.workers.process import WorkerCommand, WorkerProcess, log_tail

LEASH = Path(__file__).parents[2] / "src" / "evolve" / "workers" / "leash.py"


def python(program: str) -> WorkerCommand:
    return WorkerCommand([sys.executable, "-c", program], {"STANDIN": "yes"})


async def until_gone(process: int) -> None:
    """Wait until a process is gone, or is only waiting to be counted."""
    while Path(f"/proc/{process}").exists():
        if Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()[0] == "Z":
            return
        await asyncio.sleep(0.01)


async def test_what_a_worker_says_goes_to_its_log(tmp_path: Path) -> None:
    program = "import os, sys; print(os.environ['STANDIN'], flush=True); sys.exit('and a complaint')"
    worker = await WorkerProcess.start(python(program), tmp_path / "log")
    assert await worker.wait() == 1
    assert log_tail(tmp_path / "log") == "    yes\n    and a complaint"


async def test_a_worker_that_does_not_leave_is_killed_with_its_children(tmp_path: Path) -> None:
    program = (
        "import subprocess, sys, time\n"
        "child = subprocess.Popen([sys.executable, '-c', 'import time; time.sleep(600)'])\n"
        "print(child.pid, flush=True); time.sleep(600)"
    )
    worker = await WorkerProcess.start(python(program), tmp_path / "log")
    while not (child := (tmp_path / "log").read_text()).endswith("\n"):
        await asyncio.sleep(0.01)
    await worker.end(0.05)
    assert worker.exit_code == -signal.SIGKILL
    await until_gone(int(child))


async def test_a_worker_that_leaves_by_itself_keeps_its_exit_code(tmp_path: Path) -> None:
    worker = await WorkerProcess.start(python("raise SystemExit(5)"), tmp_path / "log")
    await worker.end(30)
    assert worker.exit_code == 5


async def test_a_start_that_is_cancelled_leaves_nothing_behind(tmp_path: Path) -> None:
    for _ in range(20):
        command = WorkerCommand(
            [sys.executable, "-c", "import time; time.sleep(600)"], {"STANDIN": str(tmp_path)}
        )
        start = asyncio.create_task(WorkerProcess.start(command, tmp_path / "log"))
        await asyncio.sleep(0)
        start.cancel()
        with pytest.raises(asyncio.CancelledError):
            await start
    assert processes_with(f"STANDIN={tmp_path}") == []


async def test_a_log_that_cannot_be_written_is_one_sentence(tmp_path: Path) -> None:
    with pytest.raises(EvolveUserError, match="cannot be used: Is a directory"):
        await WorkerProcess.start(python(""), tmp_path)


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux kills a process with its parent")
async def test_a_worker_dies_with_an_orchestrator_that_is_killed() -> None:
    program = (
        "import os, subprocess, sys, time\n"
        f"worker = subprocess.Popen([sys.executable, {str(LEASH)!r}, str(os.getpid()), sys.executable, '-c',"
        " 'import os, time; print(os.getpid(), flush=True); time.sleep(600)'], start_new_session=True)\n"
        "time.sleep(600)"
    )
    with subprocess.Popen([sys.executable, "-c", program], stdout=subprocess.PIPE) as orchestrator:
        assert orchestrator.stdout is not None
        worker = int(orchestrator.stdout.readline())
        orchestrator.kill()
        await until_gone(worker)


async def test_a_worker_whose_parent_is_gone_already_never_starts() -> None:
    answer = subprocess.run(
        [sys.executable, str(LEASH), "1", sys.executable, "-c", "print('started')"],
        capture_output=True,
        check=False,
        timeout=60,
    )
    assert (answer.returncode, answer.stdout) == (1, b"")


def test_the_tail_of_a_long_log_is_its_last_lines(tmp_path: Path) -> None:
    (tmp_path / "log").write_text("".join(f"line {number}\n\n" for number in range(10_000)))
    assert log_tail(tmp_path / "log", 2) == "    line 9998\n    line 9999"
    assert log_tail(tmp_path / "none") == ""

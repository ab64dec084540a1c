"""grpcurl, with which the tests try what docs/grpc.md tells its readers to type.

Built by Go where the machine has it, once a cache. Never a condition of the set-up: without it those tests
say why they are skipped.
"""

from __future__ import annotations

import shutil
from pathlib import Path

from provision import processes
from provision.console import Console, SetupError
from provision.paths import PROGRAM_SUFFIX, Cache, cache_lock, make_folder

MODULE = "github.com/fullstorydev/grpcurl/cmd/grpcurl@v1.9.3"
BUILD_SECONDS = 300.0


def ensure(cache: Cache, console: Console) -> Path | None:
    """The machine's own, or the one in the cache, made if it can be; None when there is none."""
    on_path = shutil.which("grpcurl")
    if on_path is not None:
        return Path(on_path)
    program = cache.programs / f"grpcurl{PROGRAM_SUFFIX}"
    if program.is_file():
        return program
    if shutil.which("go") is None:
        return None
    with cache_lock(cache, lambda: console.say("Waiting for another set-up that is at work ...")):
        if not program.is_file():
            try:
                _build(program, console)
            except SetupError as error:
                console.say(str(error))
                return None
    return program


def _build(program: Path, console: Console) -> None:
    with console.step("Building grpcurl with Go", "grpcurl was built"):
        folder = make_folder(program.parent / "grpcurl.part")
        outcome = processes.run(
            ["go", "install", MODULE], environment={"GOBIN": str(folder)}, seconds=BUILD_SECONDS
        )
        if not outcome.ok:
            raise SetupError(f"grpcurl could not be built: {outcome.tail.strip()[-300:]}")
        (folder / program.name).replace(program)
        folder.rmdir()

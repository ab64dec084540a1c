"""An environment of their own for the peers we measure against, in the cache.

Never touches the users' environment: a peer is no dependency of the product.
"""

from __future__ import annotations

import sys
from dataclasses import dataclass
from pathlib import Path

from provision import processes
from provision.console import Console, SetupError
from provision.paths import OPERATING_SYSTEM, Cache, Checkout, make_folder
from provision.stamps import Stamps, digest_of, digest_of_files


@dataclass(frozen=True)
class PeerEnvironment:
    """One virtual environment for one suite, made from `bench/SUITE/peers.txt`."""

    checkout: Checkout
    cache: Cache
    suite: str

    @property
    def requirements(self) -> Path:
        return self.checkout.root / "bench" / self.suite / "peers.txt"

    @property
    def folder(self) -> Path:
        return self.cache.root / "peers" / self.suite

    @property
    def python(self) -> Path:
        if OPERATING_SYSTEM == "windows":
            return self.folder / "Scripts" / "python.exe"
        return self.folder / "bin" / "python"

    def ensure(self, console: Console) -> Path:
        """The interpreter that imports the peers; they are installed when they are not there yet."""
        stamps = Stamps(self.folder / "stamps")
        digest = digest_of(digest_of_files(self.requirements.parent, [self.requirements]), sys.version)
        if not stamps.matches("peers", digest):
            with console.step(f"Installing the peers of suite {self.suite}", "The peers are installed"):
                make_folder(self.folder)
                self._run([sys.executable, "-m", "venv", self.folder])
                pip: list[str | Path] = [
                    self.python,
                    "-m",
                    "pip",
                    "--no-input",
                    "--disable-pip-version-check",
                    "install",
                ]
                # The file names all that is needed, and for some peers less than they ask for.
                self._run([*pip, "--require-hashes", "--no-deps", "--quiet", "-r", self.requirements])
            stamps.write("peers", digest)
        return self.python

    def _run(self, command: list[str | Path]) -> None:
        outcome = processes.run(command)
        if not outcome.ok:
            last = outcome.tail.strip()[-400:]
            raise SetupError(f"The peers of suite {self.suite} could not be installed: {last}")

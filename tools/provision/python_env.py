"""Makes the checkout's `.venv` from pinned and hashed requirements.

Knows no package index: pip takes it from the machine's own settings. Never touches another
environment, and builds a broken one anew.
"""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

from provision import processes
from provision.console import Console, SetupError, explain
from provision.paths import Checkout
from provision.stamps import Stamps, digest_of, digest_of_files

INSTALL_SECONDS = 1800.0


@dataclass(frozen=True)
class PythonStep:
    checkout: Checkout
    development: bool

    def is_done(self) -> bool:
        # The development environment holds the runtime one, so it serves both.
        names = ["development"] if self.development else ["runtime", "development"]
        return self.checkout.python.exists() and any(
            self._stamps.matches(name, self.digest(name)) for name in names
        )

    def digest(self, name: str) -> str:
        files = [self.checkout.requirements / f"{part}.txt" for part in ("runtime", name)]
        try:
            content = digest_of_files(self.checkout.requirements, set(files))
        except FileNotFoundError as error:
            raise SetupError(
                f"{error.filename} is missing: this clone is incomplete, restore it with git."
            ) from error
        # The path is part of it: an environment cannot be moved.
        return digest_of(content, sys.version, self.checkout.root)

    def run(self, console: Console) -> None:
        name = "development" if self.development else "runtime"
        digest = self.digest(name)
        with console.step("Making the Python environment", "The Python environment is ready"):
            if not self._works():
                self._create()
            self._install(name, console)
            self._link_sources()
        self._stamps.write(name, digest)

    @property
    def _stamps(self) -> Stamps:
        # Inside the environment, so that deleting it deletes what we know about it.
        return Stamps(self.checkout.environment / "stamps")

    def _works(self) -> bool:
        if not self.checkout.python.exists():
            return False
        question = "import sys, pip; print('%d.%d' % sys.version_info[:2], sys.prefix)"
        try:
            asked = subprocess.run(
                [self.checkout.python, "-c", question],
                capture_output=True,
                text=True,
                timeout=60,
                check=False,
            )
        except (OSError, subprocess.TimeoutExpired):
            return False
        version, _, prefix = asked.stdout.strip().partition(" ")
        ours = f"{sys.version_info[0]}.{sys.version_info[1]}"
        return version == ours and Path(prefix) == self.checkout.environment

    def _create(self) -> None:
        try:
            if self.checkout.environment.is_symlink():
                self.checkout.environment.unlink()
            elif self.checkout.environment.exists():
                shutil.rmtree(self.checkout.environment)
        except OSError as error:
            raise SetupError(explain(error)) from error
        outcome = processes.run([sys.executable, "-m", "venv", self.checkout.environment])
        if outcome.ok:
            return
        if re.search(r"ensurepip|No module named venv", outcome.tail):
            package = f"python{sys.version_info[0]}.{sys.version_info[1]}-venv"
            raise SetupError(
                f"This Python ({sys.executable}) cannot make environments: install the package {package} "
                f"(Debian and Ubuntu keep it apart), or put another Python 3.11 or newer first on the PATH."
            )
        raise SetupError(f"The Python environment could not be made: {outcome.tail.strip()[-300:]}")

    def _install(self, name: str, console: Console) -> None:
        requirements = self.checkout.requirements / f"{name}.txt"
        total = len(re.findall(r"^[a-zA-Z0-9_.-]+==", requirements.read_text(encoding="utf-8"), re.MULTILINE))
        seen = 0

        def follow(line: str) -> None:
            nonlocal seen
            if line.startswith("Collecting "):
                seen += 1
                console.progress(f"{line.split()[1]} (package {seen} of at most {total})")
            elif line.startswith("Installing"):
                console.progress("installing what was downloaded")

        pip: list[str | Path] = [
            self.checkout.python,
            "-m",
            "pip",
            "--no-input",
            "--disable-pip-version-check",
        ]
        outcome = processes.run(
            [*pip, "install", "--progress-bar", "off", "--require-hashes", "-r", requirements],
            on_line=follow,
            seconds=INSTALL_SECONDS,
        )
        if not outcome.ok:
            raise SetupError(_pip_reason(outcome))

    def _link_sources(self) -> None:
        """Make `import evolve` find the checkout's own sources, as an editable install would."""
        asked = subprocess.run(
            [self.checkout.python, "-c", "import sysconfig; print(sysconfig.get_path('purelib'))"],
            capture_output=True,
            text=True,
            check=True,
        )
        (Path(asked.stdout.strip()) / "evolve.pth").write_text(
            f"{self.checkout.python_source}\n", encoding="utf-8"
        )


def _pip_reason(outcome: processes.Outcome) -> str:
    if outcome.timed_out:
        return f"pip took longer than {INSTALL_SECONDS / 60:.0f} min: check the network, then run this again."
    if "No space left on device" in outcome.tail:
        return "The disk is full: free some space (the environment takes about 430 MB), then run this again."
    if "HASHES" in outcome.tail:
        return (
            "A Python package does not have its pinned hash and was not installed: "
            f"the index may be tampered with or the download damaged. pip says: {_errors(outcome.tail)}"
        )
    return (
        "pip could not install the Python packages: check that the package index "
        f"of this machine's pip settings is reachable. pip says: {_errors(outcome.tail)}"
    )


def _errors(tail: str) -> str:
    found = [line.removeprefix("ERROR: ") for line in tail.splitlines() if line.startswith("ERROR: ")]
    return " ".join(found[:2])[:400] or tail.strip()[-300:]

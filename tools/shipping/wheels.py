"""Builds the Python wheel of the orchestrator with maturin, in an environment of its own.

Never touches the checkout's environment: maturin is no dependency of running Evolve.
"""

from __future__ import annotations

import sys
import zipfile
from dataclasses import dataclass
from pathlib import Path

from provision import processes, toolchain
from provision.console import Console, SetupError
from provision.paths import OPERATING_SYSTEM, Cache, Checkout, make_folder
from provision.rust import cargo_environment
from provision.stamps import Stamps, digest_of, digest_of_files

STAMP = "wheels"


@dataclass(frozen=True)
class WheelMaker:
    checkout: Checkout
    cache: Cache

    @property
    def folder(self) -> Path:
        return self.cache.root / "wheels"

    def build(self, out: Path, console: Console) -> Path:
        """The wheel for this platform, in `out`; its tag says which glibc or macOS it needs."""
        toolchain.require_cargo()
        toolchain.require_c_compiler()
        python = self._environment(console)
        made = make_folder(out.absolute() / "wheel.part")
        with console.step("Building the Python wheel", "The Python wheel is built"):
            # Cargo looks for its settings where it starts, and maturin for pyproject.toml.
            settings = self.checkout.rust / ".cargo" / "config.toml"
            options: list[str | Path] = ["--release", "--locked", "--config", settings, "--out", made]
            outcome = processes.run(
                [python, "-m", "maturin", "build", *options],
                on_line=console.progress,
                cwd=self.checkout.root / "py_orchestrator",
                environment=cargo_environment(self.cache),
            )
        wheels = sorted(made.glob("*.whl"))
        if not outcome.ok or len(wheels) != 1:
            console.say(outcome.tail)
            raise SetupError(f"maturin failed with exit code {outcome.code}; its last messages stand above.")
        wheel = wheels[0].replace(out / wheels[0].name)
        made.rmdir()
        check(wheel)
        return wheel

    def _environment(self, console: Console) -> Path:
        requirements = self.checkout.requirements / "wheels.txt"
        stamps = Stamps(self.folder / "stamps")
        digest = digest_of(digest_of_files(requirements.parent, [requirements]), sys.version)
        programs = "Scripts/python.exe" if OPERATING_SYSTEM == "windows" else "bin/python"
        python = self.folder / programs
        if not stamps.matches(STAMP, digest):
            with console.step("Installing maturin", "maturin is installed"):
                make_folder(self.folder)
                _run([sys.executable, "-m", "venv", self.folder])
                pip: list[str | Path] = [
                    python,
                    "-m",
                    "pip",
                    "--no-input",
                    "--disable-pip-version-check",
                    "install",
                    "--quiet",
                ]
                _run([*pip, "--require-hashes", "-r", requirements])
            stamps.write(STAMP, digest)
        return python


def check(wheel: Path) -> None:
    """The wheel holds the package, its native module and its type marks."""
    with zipfile.ZipFile(wheel) as bundle:
        names = bundle.namelist()
    for needed in ("evolve/__init__.py", "evolve/py.typed", "evolve/_native.pyi"):
        if needed not in names:
            raise SetupError(f"The wheel {wheel.name} lacks {needed}.")
    if not any(name.startswith("evolve/_native.") and name.endswith((".so", ".pyd")) for name in names):
        raise SetupError(f"The wheel {wheel.name} lacks its native module.")


def _run(command: list[str | Path]) -> None:
    outcome = processes.run(command)
    if not outcome.ok:
        raise SetupError(f"maturin could not be installed: {outcome.tail.strip()[-400:]}")

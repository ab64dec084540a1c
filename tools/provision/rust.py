"""Builds the Rust workspace in release and puts its three products where they are used.

The compiled crates lie in the cache, shared by all clones; the products lie in the checkout.
Never builds when neither the sources nor the compiler changed.
"""

from __future__ import annotations

import contextlib
import json
import re
import tomllib
from dataclasses import dataclass
from pathlib import Path

from provision import processes, toolchain
from provision.console import Console, SetupError
from provision.paths import (
    LIBRARY_PREFIX,
    LIBRARY_SUFFIX,
    PROGRAM_SUFFIX,
    Cache,
    Checkout,
    make_folder,
)
from provision.stamps import Stamps, digest_of, digest_of_files, files_under, replace_file

STAMP = "rust"
FULL_DISK = re.compile(r"No space left on device|os error 28|os error 112", re.IGNORECASE)


@dataclass(frozen=True)
class RustStep:
    checkout: Checkout
    cache: Cache

    def digest(self) -> str:
        sources = digest_of_files(self.checkout.rust, files_under(self.checkout.rust))
        return digest_of(sources, toolchain.compiler_version())

    def is_done(self) -> bool:
        outputs = [destination for _, destination in self.products()]
        return all(path.is_file() for path in outputs) and Stamps(self.checkout.stamps).matches(
            STAMP, self.digest()
        )

    def products(self) -> list[tuple[str, Path]]:
        """What cargo calls each product, and where it is used."""
        return [
            (f"{LIBRARY_PREFIX}evolve_native.{LIBRARY_SUFFIX}", self.checkout.native_library),
            (f"{LIBRARY_PREFIX}_native.{LIBRARY_SUFFIX}", self.checkout.python_extension),
            (f"evolve-sim{PROGRAM_SUFFIX}", self.checkout.simulator),
        ]

    def run(self, console: Console) -> None:
        toolchain.require_cargo()
        toolchain.require_c_compiler()
        digest = self.digest()
        with console.step("Building the engine in Rust", "The Rust engine is built"):
            make_folder(self.cache.cargo_target)
            self._claim_target(console)
            self._build(console)
            for name, destination in self.products():
                replace_file(self.cache.cargo_target / "release" / name, destination)
        # Taken before the build: an edit during it must lead to another build.
        Stamps(self.checkout.stamps).write(STAMP, digest)

    def _claim_target(self, console: Console) -> None:
        """Clones share one target folder, where the libraries of path crates carry no hash in their
        names: without this, a clone whose build is fresh could be handed another clone's library."""
        owner = self.cache.cargo_target / "owner.json"
        mine = json.dumps({"checkout": str(self.checkout.root)})
        with contextlib.suppress(OSError):
            if owner.read_text(encoding="utf-8") == mine:
                return
        console.progress("another clone built last: its own crates are cleaned, the shared ones kept")
        # Before the cleaning: interrupted in between, the next clone must not trust what is there.
        owner.unlink(missing_ok=True)
        packages = [part for name in self._workspace_packages() for part in ("--package", name)]
        self._cargo("clean", ["--release", *packages], console)
        owner.write_text(mine, encoding="utf-8")

    def _workspace_packages(self) -> list[str]:
        names = []
        for manifest in sorted(self.checkout.rust.glob("*/Cargo.toml")):
            names.append(str(tomllib.loads(manifest.read_text(encoding="utf-8"))["package"]["name"]))
        return names

    def _build(self, console: Console) -> None:
        total = self._locked_packages()
        compiled = 0

        def follow(line: str) -> None:
            nonlocal compiled
            if line.lstrip().startswith("Compiling"):
                compiled += 1
                crate = line.split(" (", maxsplit=1)[0].strip()
                console.progress(f"{crate} (crate {compiled} of at most {total})")
            elif line.lstrip().startswith(("Downloaded", "Downloading", "Blocking")):
                console.progress(line.strip())

        self._cargo("build", ["--release", "--locked", "--workspace"], console, follow)

    def _locked_packages(self) -> int:
        try:
            return (self.checkout.rust / "Cargo.lock").read_text(encoding="utf-8").count("[[package]]")
        except FileNotFoundError:
            raise SetupError(
                f"{self.checkout.rust / 'Cargo.lock'} is missing: "
                "this clone is incomplete, restore it with git."
            ) from None

    def _cargo(
        self, action: str, arguments: list[str], console: Console, follow: processes.Follow | None = None
    ) -> None:
        outcome = processes.run(
            ["cargo", action, *arguments],
            on_line=follow,
            cwd=self.checkout.rust,
            environment=cargo_environment(self.cache),
        )
        if outcome.ok:
            return
        if FULL_DISK.search(outcome.tail):
            raise SetupError(
                f"The disk that holds {self.cache.root} is full: free some space (a build takes about 1 GB), "
                "or name a folder on another disk in EVOLVE_CACHE."
            )
        console.say(outcome.tail)
        raise SetupError(
            f"cargo {action} failed with exit code {outcome.code}; its last messages stand above."
        )


def cargo_environment(cache: Cache) -> dict[str, str]:
    """For every cargo call of ours, which also starts in `rust/`, where the rest of cargo's settings
    lie: with others, a good part would be compiled again."""
    return {"CARGO_TARGET_DIR": str(cache.cargo_target), "CARGO_TERM_COLOR": "never"}

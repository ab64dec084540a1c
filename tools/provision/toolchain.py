"""Checks that the compilers a build needs are there, and says what to do when they are not.

Never installs a compiler: that is the user's decision.
"""

from __future__ import annotations

import re
import shutil
import subprocess

from provision.console import SetupError
from provision.paths import OPERATING_SYSTEM

OLDEST_CARGO = (1, 94)
GET_RUST = "install Rust from https://rustup.rs"


def compiler_version() -> str:
    """What rustc says of itself; 20 ms, so even a run with nothing to do can afford it."""
    return _answer("rustc", "--version")


def require_cargo() -> str:
    """The version of cargo, or a sentence about what is wrong with it."""
    if shutil.which("cargo") is None:
        raise SetupError(
            f"cargo is missing, and Evolve's engine is built with it: {GET_RUST}, then run this again."
        )
    said = _answer("cargo", "--version")
    match = re.match(r"cargo (\d+)\.(\d+)\S*", said)
    if match is None:
        raise SetupError(f'cargo does not work ("{said[:200]}"): run "rustup default stable", or {GET_RUST}.')
    if (int(match[1]), int(match[2])) < OLDEST_CARGO:
        raise SetupError(
            f"This is {match[0]}, and Evolve needs {OLDEST_CARGO[0]}.{OLDEST_CARGO[1]} or newer: "
            f'run "rustup update stable", or {GET_RUST}.'
        )
    return match[0].split()[1]


def require_c_compiler() -> str:
    """Where the C compiler is, which Rust links with; on Windows rustc finds its own linker."""
    if OPERATING_SYSTEM == "windows":
        return "found by rustc"
    path = shutil.which("cc") or shutil.which("gcc") or shutil.which("clang")
    if path is None:
        advice = {"macos": 'run "xcode-select --install"'}.get(
            OPERATING_SYSTEM, "install gcc (on Debian: build-essential)"
        )
        raise SetupError(
            f"A C compiler (cc) is missing, which Rust needs to link with: {advice}, then run this again."
        )
    return path


def _answer(program: str, argument: str) -> str:
    try:
        asked = subprocess.run([program, argument], capture_output=True, text=True, timeout=60, check=False)
    except (OSError, subprocess.TimeoutExpired) as error:
        return f"{program}: {error}"
    return (
        (asked.stdout.strip() or asked.stderr.strip()).splitlines()[0] if asked.stdout or asked.stderr else ""
    )

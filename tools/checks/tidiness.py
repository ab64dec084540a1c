"""Rules no formatter knows: stray blobs, long files, words and addresses that must not stay.

Only reads. What counts as this machine's address or path is asked of the machine each time and is
written nowhere.
"""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import tomllib
import urllib.parse
from collections.abc import Callable, Iterator
from pathlib import Path

from provision.paths import OPERATING_SYSTEM, Checkout, user_cache
from provision.stamps import files_under

LARGEST_BYTES = 500_000
LONGEST_LINES = 600
SOURCES = frozenset({".py", ".rs", ".gd", ".pyi", ".sh"})
# Split, so that this file does not break its own rule.
LEFTOVER = re.compile(r"\b(TO" + r"DO|FIX" + r"ME)\b")
HOME_PATH = re.compile(r"(?<![\w.$}])/(?:home|Users)/[a-z]\w*/")
PUBLIC_HOSTS = frozenset({"github.com", "localhost", "127.0.0.1", "::1", ""})
GENERATED_FOLDERS = frozenset(
    {".git", ".venv", ".setup", ".godot", "target", "__pycache__", "bin", ".pytest_cache"}
)


def files_of(checkout: Checkout) -> list[Path]:
    """What git tracks or would track; in an export without git, everything not generated."""
    listing = subprocess.run(
        ["git", "-C", str(checkout.root), "ls-files", "-z", "--cached", "--others", "--exclude-standard"],
        capture_output=True,
        text=True,
        check=False,
    )
    if listing.returncode != 0:
        files = set(files_under(checkout.root, GENERATED_FOLDERS))
    else:
        files = {checkout.root / name for name in listing.stdout.split("\0") if name}
    return sorted(file for file in files if _counts(file, checkout))


def _counts(file: Path, checkout: Checkout) -> bool:
    if file == checkout.python_extension or GENERATED_FOLDERS.intersection(
        file.relative_to(checkout.root).parts
    ):
        return False
    return file.is_file() and not file.is_symlink()


def texts_of(checkout: Checkout) -> Iterator[tuple[str, str]]:
    for file in files_of(checkout):
        content = file.read_bytes()
        if b"\0" not in content[:8192]:
            yield file.relative_to(checkout.root).as_posix(), content.decode("utf-8", "replace")


def large_files(checkout: Checkout) -> list[str]:
    sizes = {file: file.stat().st_size for file in files_of(checkout)}
    return [
        f"{file.relative_to(checkout.root)}: {size} bytes; the limit is {LARGEST_BYTES}"
        for file, size in sizes.items()
        if size > LARGEST_BYTES
    ]


def long_sources(checkout: Checkout) -> list[str]:
    return [
        f"{name}: {lines} lines; the limit is {LONGEST_LINES}"
        for name, text in texts_of(checkout)
        if Path(name).suffix in SOURCES and (lines := text.count("\n")) > LONGEST_LINES
    ]


def leftovers(checkout: Checkout) -> list[str]:
    return [
        f"{name}:{number}: {match[1]}"
        for name, text in texts_of(checkout)
        for number, line in enumerate(text.splitlines(), start=1)
        if (match := LEFTOVER.search(line))
    ]


def machine_traces(checkout: Checkout) -> list[str]:
    """Paths and registry hosts of the machine at hand: they work for nobody else."""
    hosts, paths = registry_hosts(), machine_paths(checkout)
    found = []
    for name, text in texts_of(checkout):
        for number, line in enumerate(text.splitlines(), start=1):
            if any(host in line for host in hosts):
                found.append(f"{name}:{number}: an address from this machine's package settings")
            elif HOME_PATH.search(line) or any(path in line for path in paths):
                found.append(f"{name}:{number}: a path of this machine")
    return found


def machine_paths(checkout: Checkout) -> list[str]:
    places = [checkout.root, Path.home(), user_cache().root]
    # A short path ("/", "/app") would be found in innocent text.
    return [f"{place}{os.sep}" for place in places if len(place.parts) > 2]


def registry_hosts() -> set[str]:
    words = [
        os.environ.get(name, "")
        for name in ("PIP_INDEX_URL", "PIP_EXTRA_INDEX_URL", "UV_INDEX_URL", "UV_DEFAULT_INDEX")
    ]
    words += [_said(["python3", "-m", "pip", "config", "list"])]
    if shutil.which("apt-get"):
        words.append(_said(["apt-get", "indextargets", "--format", "$(SITE)"]))
    for name in ("config.toml", "config"):
        settings = Path(os.environ.get("CARGO_HOME") or Path.home() / ".cargo") / name
        if settings.is_file():
            words.append(settings.read_text(encoding="utf-8", errors="replace"))
    addresses = re.findall(r"https?://[^\s'\"]+", " ".join(words))
    return {urllib.parse.urlsplit(address).hostname or "" for address in addresses} - PUBLIC_HOSTS


def _said(command: list[str]) -> str:
    try:
        return subprocess.run(command, capture_output=True, text=True, timeout=60, check=False).stdout
    except (OSError, subprocess.TimeoutExpired):
        return ""


def missing_uids(checkout: Checkout) -> list[str]:
    """Godot refers to scripts by the `.uid` beside them; without it a move breaks scenes elsewhere."""
    return [
        f"{file.relative_to(checkout.root)}: its .uid is not beside it; open or import the project once"
        for folder in (checkout.addons, checkout.project)
        if folder.is_dir()
        for file in sorted(files_under(folder))
        if file.suffix == ".gd" and not file.with_name(file.name + ".uid").is_file()
    ]


def stale_bench_locks(checkout: Checkout) -> list[str]:
    """Benches build our crates by path, `--locked`: a new dependency must reach their lock files too."""
    findings = []
    for lock in sorted((checkout.root / "bench").glob("*/Cargo.lock")):
        for package in tomllib.loads(lock.read_text(encoding="utf-8")).get("package", []):
            manifest = checkout.rust / package["name"] / "Cargo.toml"
            if not manifest.is_file():
                continue
            needs = tomllib.loads(manifest.read_text(encoding="utf-8")).get("dependencies", {})
            if {need.split()[0] for need in package.get("dependencies", [])} != set(needs):
                name = lock.relative_to(checkout.root).as_posix()
                findings.append(f"{name}: {package['name']} needs others by now; run cargo update -w there")
    return findings


def execute_bits(checkout: Checkout) -> list[str]:
    if OPERATING_SYSTEM == "windows":
        return []
    found = []
    for file in files_of(checkout):
        with file.open("rb") as handle:
            has_shebang = handle.read(3) == b"#!/"
        if has_shebang != os.access(file, os.X_OK):
            reason = "it has a first line for a shell, but not the execute bit"
            found.append(
                f"{file.relative_to(checkout.root)}: {reason if has_shebang else 'it need not be executable'}"
            )
    return found


RULES: dict[str, Callable[[Checkout], list[str]]] = {
    "no large files": large_files,
    "no long sources": long_sources,
    "nothing left to do": leftovers,
    "no traces of a machine": machine_traces,
    "scripts have their uid": missing_uids,
    "execute bits": execute_bits,
    "bench lock files": stale_bench_locks,
}

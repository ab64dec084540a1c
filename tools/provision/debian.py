"""Programs from Debian's own archive, in a private folder: no root, nothing installed.

Debian's testing suite carries Godot 4.6.3. Its libraries are newer than those of Debian 12, so a
program runs with the loader and the libraries it was built for, unpacked beside it. The engine is
123 packages, 178 MB to download, 600 MB unpacked; 20 s in all on 2 cores with a near mirror.

Never writes outside the folder it is given, and never reads apt's own state.
"""

from __future__ import annotations

import re
import shutil
import subprocess
from dataclasses import dataclass
from pathlib import Path

from provision import apt_sources, private_root, processes
from provision.apt_sources import Source
from provision.console import Console, SetupError
from provision.paths import make_folder

# Which suite of which distribution's archive carries an engine that is new enough.
SUITES = {"debian": ("testing", "main"), "ubuntu": ("devel", "main universe")}
UPDATE_SECONDS = 300.0
DOWNLOAD_SECONDS = 1800.0


@dataclass(frozen=True)
class Bundle:
    """What is fetched together: the packages, and the programs in them that are to run."""

    name: str
    packages: tuple[str, ...]
    programs: tuple[str, ...]


# With the program that exported games run on, so that tests can export one.
TEMPLATE = "godot-template-release"
ENGINE = Bundle("the engine", ("godot", TEMPLATE), ("godot", TEMPLATE))


def is_usable() -> str:
    """An empty string when this machine has apt, else the reason why this way is closed."""
    missing = [name for name in ("apt-get", "apt-config", "dpkg", "dpkg-deb") if shutil.which(name) is None]
    return f"this machine has no {missing[0]}" if missing else ""


def provision(folder: Path, console: Console, bundle: Bundle = ENGINE) -> Path:
    """Make a private root under `folder`, continuing where an earlier attempt stopped."""
    work = make_folder(folder / "apt")
    configuration = write_configuration(work)
    _apt(configuration, ["update"], "reading the list of packages", console, UPDATE_SECONDS)
    install = ["install", "--yes", "--download-only", "--no-install-recommends", "patchelf"]
    doing = f"downloading the packages of {bundle.name}"
    _apt(configuration, [*install, *bundle.packages], doing, console, DOWNLOAD_SECONDS)
    archives = sorted((work / "cache" / "archives").glob("*.deb"))
    root = private_root.build(archives, folder / "debian", bundle.programs, console)
    # It is complete: the packages (of the engine 178 MB) and package lists (30 MB) have served.
    shutil.rmtree(work, ignore_errors=True)
    return root


def write_configuration(work: Path) -> Path:
    """An apt configuration whose every folder is ours; proxies and the like stay the machine's."""
    for name in ("lists/partial", "cache/archives/partial"):
        make_folder(work / name)
    (work / "status").write_text("", encoding="utf-8")
    (work / "sources.list").write_text(_source_lines(work), encoding="utf-8")
    architecture = subprocess.run(
        ["dpkg", "--print-architecture"], capture_output=True, text=True, check=True
    )
    configuration = work / "apt.conf"
    configuration.write_text(_configuration(work, architecture.stdout.strip()), encoding="utf-8")
    return configuration


def _configuration(work: Path, architecture: str) -> str:
    # The machine's hooks are cleared: images made for containers delete the system's package cache in one.
    return f"""#clear APT::Update;
#clear DPkg;
#clear APT::Architectures;
#clear APT::Default-Release;
Dir::State "{work}";
Dir::State::lists "{work}/lists";
Dir::State::status "{work}/status";
Dir::Cache "{work}/cache";
Dir::Etc::sourcelist "{work}/sources.list";
Dir::Etc::sourceparts "/dev/null";
Dir::Etc::preferences "/dev/null";
Dir::Etc::preferencesparts "/dev/null";
APT::Architecture "{architecture}";
APT::Architectures "{architecture}";
APT::Sandbox::User "";
APT::Keep-Downloaded-Packages "true";
Debug::NoLocking "true";
Acquire::Languages "none";
Acquire::PDiffs "false";
Acquire::IndexTargets::deb::DEP-11::DefaultEnabled "false";
Acquire::http::Timeout "20";
Acquire::https::Timeout "20";
Acquire::Retries "3";
"""


def _source_lines(work: Path) -> str:
    suite, components = SUITES[distribution(Path("/etc/os-release").read_text(encoding="utf-8"))]
    sources = [source for source in machine_sources() if source.is_archive]
    if not sources:
        raise SetupError("the machine's apt settings name no package archive")
    unique = {source.uri: source for source in reversed(sources)}
    return "".join(
        f"deb {_options(source, work / f'key{number}.asc')}{source.uri} {suite} {components}\n"
        for number, source in enumerate(reversed(unique.values()))
    )


def _options(source: Source, key: Path) -> str:
    signed_by = source.signed_by
    if signed_by.startswith("-----BEGIN"):
        key.write_text(signed_by + "\n", encoding="utf-8")
        signed_by = str(key)
    return f"[signed-by={','.join(signed_by.split())}] " if signed_by else ""


def distribution(os_release: str) -> str:
    """The known distribution that this system is, or descends from."""
    fields = dict(re.findall(r'^(ID|ID_LIKE)="?([^"\n]*)"?$', os_release, re.MULTILINE))
    for name in (fields.get("ID", "") + " " + fields.get("ID_LIKE", "")).split():
        if name in SUITES:
            return str(name)
    raise SetupError(
        f"the distribution {fields.get('ID') or 'of this machine'} has no known suite with Godot"
    )


def machine_sources() -> list[Source]:
    settings = subprocess.run(
        ["apt-config", "shell", "LIST", "Dir::Etc::sourcelist/f", "PARTS", "Dir::Etc::sourceparts/d"],
        capture_output=True,
        text=True,
        check=True,
    )
    places = dict(re.findall(r"^(\w+)='(.*)'$", settings.stdout, re.MULTILINE))
    files = [Path(places.get("LIST", "/etc/apt/sources.list"))]
    parts = Path(places.get("PARTS", "/etc/apt/sources.list.d"))
    files += sorted(parts.glob("*.list")) + sorted(parts.glob("*.sources"))
    found: list[Source] = []
    for file in files:
        if file.is_file():
            text = file.read_text(encoding="utf-8", errors="replace")
            found += apt_sources.parse(text, deb822=file.suffix == ".sources")
    return found


def _apt(configuration: Path, command: list[str], doing: str, console: Console, seconds: float) -> None:
    def follow(line: str) -> None:
        match = re.match(r"dlstatus:\d+:([\d.]+):(.*)", line)
        if match:
            console.progress(f"{doing}: {float(match[1]):.0f} % {match[2]}")

    outcome = processes.run(
        ["apt-get", "-c", configuration, "-qq", "-o", "APT::Status-Fd=1", *command],
        on_line=follow,
        environment={"LC_ALL": "C", "DEBIAN_FRONTEND": "noninteractive"},
        seconds=seconds,
    )
    if outcome.timed_out:
        raise SetupError(f"{doing} took longer than {seconds:.0f} s")
    if not outcome.ok:
        errors = [line[3:] for line in outcome.tail.splitlines() if line.startswith("E: ")]
        raise SetupError(f"{doing} failed: {' '.join(errors[:2]) or outcome.tail[-300:]}")

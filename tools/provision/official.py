"""The engine's official release, downloaded and checked against its published digest.

Never unpacks a file whose digest differs, and never leaves half a file under a final name.
"""

from __future__ import annotations

import contextlib
import hashlib
import http.client
import os
import shutil
import socket
import stat
import urllib.error
import urllib.parse
import urllib.request
import zipfile
from dataclasses import dataclass
from pathlib import Path
from typing import IO

from provision.console import Console, SetupError, megabytes
from provision.paths import ARCHITECTURE, OPERATING_SYSTEM, make_folder

VERSION = "4.6.3-stable"
BASE = f"https://github.com/godotengine/godot-builds/releases/download/{VERSION}"
CONNECT_SECONDS = 4.0
READ_SECONDS = 30.0
BLOCK = 1 << 18


@dataclass(frozen=True)
class Release:
    """A file of the release; its SHA-512 is the one published in godotengine/godot-builds."""

    file: str
    sha512: str
    program: str


RELEASES = {
    ("linux", "x86_64"): Release(
        "Godot_v4.6.3-stable_linux.x86_64.zip",
        "a035258da32b77f966a5376f9fa29c30a6adde826a85ba918e1605bd1fc9823e"
        "ba7d85f1dd5e748956bd2ba72827c0025ffa11bb82aec91128c407a2e723c99c",
        "Godot_v4.6.3-stable_linux.x86_64",
    ),
    ("linux", "arm64"): Release(
        "Godot_v4.6.3-stable_linux.arm64.zip",
        "447381de9ccc68aa02f37e279322289f7ddf88ce9b839ed88a97c73e01cdcda4"
        "6e026897e5d88722e08491f71b3d74f72dfeb22ec7e3add6fd3e9bfbbdad6751",
        "Godot_v4.6.3-stable_linux.arm64",
    ),
    ("macos", "universal"): Release(
        "Godot_v4.6.3-stable_macos.universal.zip",
        "0155bbc8dcf179edab4ef08e3dbbd4480d7434ab1990cb3fb25517d453b1b657"
        "87c7fe6dfc8824b15ff25e1fdcec59e8584f765054106894fee00311868c3964",
        "Godot.app/Contents/MacOS/Godot",
    ),
    # The program with "console" in its name passes its output on to the terminal that started it.
    ("windows", "x86_64"): Release(
        "Godot_v4.6.3-stable_win64.exe.zip",
        "d44ea7ef5bab754cacd49d581b6062836b2eea12a82e1d183aebfad9cd8c7db2"
        "bd82513337bd657d6d2d5c04d46239c0570b029faf1343e81e8a2fa7b85dd83b",
        "Godot_v4.6.3-stable_win64_console.exe",
    ),
    ("windows", "arm64"): Release(
        "Godot_v4.6.3-stable_windows_arm64.exe.zip",
        "927f182b0a722e6fa80f70262c89862adedcd539c9700a5526749a30a6bcec0b"
        "979d0d9faa0fed9d8b4362dc8b4ee0e3b0ddc708995906705ea004062bc7d294",
        "Godot_v4.6.3-stable_windows_arm64_console.exe",
    ),
}


def this_release() -> Release:
    return RELEASES[(OPERATING_SYSTEM, "universal" if OPERATING_SYSTEM == "macos" else ARCHITECTURE)]


def program(folder: Path, release: Release | None = None) -> Path:
    return folder / "official" / (release or this_release()).program


def provision(folder: Path, console: Console, release: Release | None = None) -> Path:
    """Download, check and unpack under `folder`; a download that broke off is continued."""
    release = release or this_release()
    archive = make_folder(folder) / release.file
    if not archive.exists():
        base = os.environ.get("EVOLVE_GODOT_MIRROR") or BASE
        _fetch(f"{base.rstrip('/')}/{release.file}", archive, release.sha512, console)
    _unpack(archive, folder / "official", program(folder, release))
    archive.unlink()
    return program(folder, release)


def _fetch(address: str, archive: Path, sha512: str, console: Console) -> None:
    part = archive.with_name(archive.name + ".part")
    continued = part.exists()
    _download(address, part, console)
    if _digest(part) != sha512 and continued:
        # What was left of an earlier attempt was bad: one fresh try before blaming the server.
        part.unlink()
        _download(address, part, console)
    if _digest(part) != sha512:
        part.unlink()
        raise SetupError(
            f"the download of {archive.name} does not have its published SHA-512 and was thrown away"
        )
    os.replace(part, archive)


def _download(address: str, part: Path, console: Console) -> None:
    have = part.stat().st_size if part.exists() else 0
    request = urllib.request.Request(address, headers={"Range": f"bytes={have}-"} if have else {})
    try:
        with _open(request) as answer:
            if have and answer.status != http.client.PARTIAL_CONTENT:
                have = 0
            total = have + int(answer.headers.get("Content-Length") or 0)
            with part.open("ab" if have else "wb") as file:
                _copy(answer, file, have, total, console)
    except urllib.error.HTTPError as error:
        if error.code == http.client.REQUESTED_RANGE_NOT_SATISFIABLE:
            return  # Everything was already there; the digest decides.
        raise SetupError(f"the server answered {error.code} {error.reason}") from error
    except urllib.error.URLError as error:
        raise SetupError(_connection_reason(error.reason)) from error
    except (OSError, http.client.HTTPException) as error:
        if part.exists() and shutil.disk_usage(part.parent).free < BLOCK:
            raise
        raise SetupError(f"the download broke off ({error}); the next run continues it") from error


def _open(request: urllib.request.Request) -> http.client.HTTPResponse:
    scheme = urllib.parse.urlsplit(request.full_url).scheme
    if scheme not in ("http", "https"):
        raise SetupError(
            f"the address in EVOLVE_GODOT_MIRROR begins with {scheme or 'nothing'}:, not with http or https"
        )
    answer: http.client.HTTPResponse = urllib.request.urlopen(request, timeout=CONNECT_SECONDS)
    # The short limit is for finding out that nobody answers; a slow line may take its time.
    with contextlib.suppress(AttributeError):
        answer.fp.raw._sock.settimeout(READ_SECONDS)  # type: ignore[attr-defined]
    return answer


def _copy(answer: IO[bytes], file: IO[bytes], have: int, total: int, console: Console) -> None:
    while block := answer.read(BLOCK):
        file.write(block)
        have += len(block)
        console.progress(f"downloading the engine: {megabytes(have)} of {megabytes(total)}")
    if have < total:
        raise SetupError(
            f"the download broke off after {megabytes(have)} of {megabytes(total)}; the next run continues it"
        )


def _connection_reason(reason: object) -> str:
    if isinstance(reason, TimeoutError):
        return f"the server did not answer within {CONNECT_SECONDS:.0f} s"
    if isinstance(reason, socket.gaierror):
        return "its server's name cannot be resolved from this machine"
    if isinstance(reason, ConnectionRefusedError):
        return "the server refused the connection"
    return f"the server cannot be reached: {reason}"


def _digest(file: Path) -> str:
    with file.open("rb") as handle:
        return hashlib.file_digest(handle, "sha512").hexdigest()


def _unpack(archive: Path, folder: Path, program_path: Path) -> None:
    building = folder.with_name(folder.name + ".part")
    shutil.rmtree(building, ignore_errors=True)
    with zipfile.ZipFile(archive) as bundle:
        for member in bundle.infolist():
            path = Path(bundle.extract(member, building))
            # zipfile drops the execute bit, which the program and the bundle of macOS need.
            if member.external_attr >> 16 & stat.S_IXUSR and path.is_file():
                path.chmod(0o755)
    inside = building / program_path.relative_to(folder)
    if not inside.is_file():
        raise SetupError(f"the release {archive.name} does not hold {program_path.name}")
    inside.chmod(0o755)
    shutil.rmtree(folder, ignore_errors=True)
    os.replace(building, folder)

"""Looks at everything training needs and says what is missing and what to do about it.

Never installs, builds or changes anything.
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import shutil
import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from provision import godot, project, toolchain
from provision.console import SetupError, megabytes
from provision.paths import Cache, Checkout, this_checkout, user_cache

SET_UP = 'run "tools/evolve setup"'
PROBE_SECONDS = 60.0


@dataclass(frozen=True)
class Finding:
    """One line of the report; `required` ones decide whether training can run."""

    name: str
    ok: bool
    detail: str
    advice: str = ""
    required: bool = True


@dataclass(frozen=True)
class Patient:
    checkout: Checkout
    cache: Cache


def main(arguments: list[str]) -> int:
    parser = argparse.ArgumentParser(
        prog="tools/evolve doctor", description="Say what is there and what is missing. Installs nothing."
    )
    parser.add_argument("--json", action="store_true", help="print one JSON object instead of lines")
    options = parser.parse_args(arguments)
    findings = examine(Patient(this_checkout(), user_cache()))
    ready = all(finding.ok for finding in findings if finding.required)
    print(as_json(findings, ready) if options.json else as_lines(findings, ready))
    return 0 if ready else 1


def examine(patient: Patient) -> list[Finding]:
    checks: list[Callable[[Patient], Finding]] = [
        _python,
        _cargo,
        _c_compiler,
        _engine,
        _native_library,
        _library_loads,
        _environment,
        _python_extension,
        _gpu,
        _cores,
        _disk,
        _writable,
    ]
    return [check(patient) for check in checks]


def as_lines(findings: list[Finding], ready: bool) -> str:
    width = max(len(finding.name) for finding in findings)
    lines = []
    for finding in findings:
        mark = "ok     " if finding.ok else "MISSING" if finding.required else "none   "
        advice = f": {finding.advice}" if finding.advice and not finding.ok else ""
        lines.append(f"{mark}  {finding.name:<{width}}  {finding.detail}{advice}")
    lines.append("Training can run." if ready else "Training cannot run yet: see the lines marked MISSING.")
    return "\n".join(lines)


def as_json(findings: list[Finding], ready: bool) -> str:
    checks = {
        finding.name: {
            "ok": finding.ok,
            "detail": finding.detail,
            "advice": "" if finding.ok else finding.advice,
            "required": finding.required,
        }
        for finding in findings
    }
    return json.dumps({"ready": ready, "checks": checks}, indent=2)


def _python(_patient: Patient) -> Finding:
    return Finding("python", True, f"{platform.python_version()} ({sys.executable})")


def _cargo(_patient: Patient) -> Finding:
    try:
        return Finding("cargo", True, toolchain.require_cargo())
    except SetupError as error:
        return Finding("cargo", False, str(error))


def _c_compiler(_patient: Patient) -> Finding:
    try:
        return Finding("C compiler", True, toolchain.require_c_compiler())
    except SetupError as error:
        return Finding("C compiler", False, str(error))


def _engine(patient: Patient) -> Finding:
    attempts: list[godot.Attempt] = []
    try:
        engine = godot.find(patient.cache, attempts)
    except SetupError as error:
        return Finding("engine", False, str(error))
    if engine is not None:
        return Finding("engine", True, f"Godot {engine.version} from {engine.source} ({engine.path})")
    seen = "; ".join(f"{attempt.way}: {attempt.reason}" for attempt in attempts)
    return Finding("engine", False, f"no Godot 4.4 or newer ({seen})", f"{SET_UP}, which fetches one")


def _native_library(patient: Patient) -> Finding:
    library = patient.checkout.native_library
    if library.is_file():
        return Finding("native library", True, f"{library} ({megabytes(library.stat().st_size)})")
    return Finding("native library", False, f"{library} is not built", SET_UP)


def _library_loads(patient: Patient) -> Finding:
    name = "library in engine"
    try:
        engine = godot.find(patient.cache)
    except SetupError:
        engine = None
    listed = patient.checkout.project / ".godot" / "extension_list.cfg"
    if engine is None or not patient.checkout.native_library.is_file() or not listed.is_file():
        return Finding(name, False, "not tried: the engine, the library or the import is missing", SET_UP)
    script = Path(__file__).with_name("extension_probe.gd")
    said = _ask([engine.path, "--headless", "--path", patient.checkout.project, "--script", script])
    if "extension loaded: true" in said:
        return Finding(name, True, f"{project.EXTENSION} is loaded")
    wrong = [line for line in said.splitlines() if "ERROR" in line or "error" in line]
    return Finding(
        name, False, f"it does not load: {(wrong or ['the engine said nothing'])[0][:200]}", SET_UP
    )


def _environment(patient: Patient) -> Finding:
    said = _ask([patient.checkout.python, "-c", "import numpy, msgspec; print('works', numpy.__version__)"])
    if said.startswith("works"):
        return Finding(
            "python environment", True, f"{patient.checkout.environment} (numpy {said.split()[1]})"
        )
    return Finding(
        "python environment", False, f"{patient.checkout.environment} is missing or broken", SET_UP
    )


def _python_extension(patient: Patient) -> Finding:
    question = "import evolve._native as n; print('works', getattr(n, '__version__', 'without a version'))"
    said = _ask([patient.checkout.python, "-c", question])
    if said.startswith("works"):
        return Finding("evolve._native", True, said.strip().partition(" ")[2])
    reason = said.strip().splitlines()[-1] if said.strip() else "Python gave no answer"
    return Finding("evolve._native", False, f"it cannot be imported ({reason[:160]})", SET_UP)


def _gpu(patient: Patient) -> Finding:
    found = [
        line.split(" (UUID")[0] for line in _ask(["nvidia-smi", "-L"]).splitlines() if line.startswith("GPU ")
    ]
    providers = _ask(
        [
            patient.checkout.python,
            "-c",
            "import onnxruntime as o; print('works', *o.get_available_providers())",
        ]
    )
    if providers.startswith("works"):
        found.append(f"onnxruntime: {' '.join(providers.split()[1:])}")
    return Finding(
        "GPU", bool(found), "; ".join(found) or "none found; training does not need one", required=False
    )


def _cores(_patient: Patient) -> Finding:
    usable = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
    return Finding("cores", True, f"{usable} usable")


def _disk(patient: Patient) -> Finding:
    free = min(
        shutil.disk_usage(_existing(path)).free for path in (patient.checkout.root, patient.cache.root)
    )
    enough = free > 200_000_000
    return Finding(
        "disk", enough, f"{megabytes(free)} free", "free some space, or name another disk in EVOLVE_CACHE"
    )


def _writable(patient: Patient) -> Finding:
    places = {"checkout": patient.checkout.root, "cache": patient.cache.root}
    closed = [f"{name} {place}" for name, place in places.items() if not os.access(_existing(place), os.W_OK)]
    detail = f"not writable: {', '.join(closed)}" if closed else f"{places['checkout']} and {places['cache']}"
    return Finding("folders", not closed, detail, "make them writable, or name another cache in EVOLVE_CACHE")


def _existing(path: Path) -> Path:
    """The nearest folder above that exists: the one in which the rest would be made."""
    return next(parent for parent in (path, *path.parents) if parent.exists())


def _ask(command: list[str | Path]) -> str:
    """What a program prints, or nothing when it cannot run; the caller judges."""
    try:
        asked = subprocess.run(
            [str(part) for part in command],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            errors="replace",
            timeout=PROBE_SECONDS,
            check=False,
        )
    except (OSError, subprocess.TimeoutExpired):
        return ""
    return asked.stdout

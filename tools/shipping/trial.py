"""Tries the zip as a user would: into an empty project, plugin on, opened once, used once.

Any error or warning of the engine counts, whoever is to blame. Never touches the checkout.
"""

from __future__ import annotations

import re
import zipfile
from pathlib import Path

from checks.counting import COLOURS
from provision import processes
from provision.console import SetupError

SECONDS = 300.0
PROJECT = (
    'config_version=5\n\n[application]\n\nconfig/name="A game"\n'
    'config/features=PackedStringArray("4.4")\n\n'
    '[editor_plugins]\n\nenabled=PackedStringArray("res://addons/evolve/plugin.cfg")\n'
)
TROUBLE = re.compile(r"^\s*(?:USER |SCRIPT )*(?:ERROR|WARNING):")
# The engine's own note on a machine without these, which no project can help.
MACHINE = re.compile(r"udev|ALSA|PulseAudio|Fontconfig", re.IGNORECASE)
PROBE = Path(__file__).with_name("trial_probe.gd")
DONE = "trial passed"


def run(archive: Path, engine: Path, folder: Path) -> None:
    """A SetupError quotes what the engine complained of."""
    folder.mkdir(parents=True)
    (folder / "project.godot").write_text(PROJECT, encoding="utf-8")
    with zipfile.ZipFile(archive) as bundle:
        bundle.extractall(folder)
    # A headless first import that meets an extension it does not know aborts; the editor's does not.
    (folder / ".godot").mkdir()
    listed = folder / ".godot" / "extension_list.cfg"
    listed.write_text("res://addons/evolve/evolve.gdextension\n", encoding="utf-8")
    start: list[str | Path] = [engine, "--headless", "--path", folder]
    _judge("import", _run([*start, "--import"]))
    outcome = _run([*start, "--fixed-fps", "60", "--script", PROBE])
    _judge("use", outcome)
    if DONE not in outcome.tail:
        raise SetupError(f"The add-on does not work in an empty project: {outcome.tail[-400:]}")


def _run(command: list[str | Path]) -> processes.Outcome:
    return processes.run(command, seconds=SECONDS, tail_lines=400)


def _judge(doing: str, outcome: processes.Outcome) -> None:
    lines = COLOURS.sub("", outcome.tail).splitlines()
    found = complaints(lines)
    if found:
        raise SetupError(f"The add-on in an empty project, at its first {doing}: {found[0]}")
    if not outcome.ok:
        raise SetupError(
            f"The add-on in an empty project, at its first {doing}: the engine ended with "
            f"exit code {outcome.code}: {' | '.join(lines[-5:])}"
        )


def complaints(lines: list[str]) -> list[str]:
    """Each error or warning with the lines that the engine indents below it."""
    found = []
    for index, line in enumerate(lines):
        if TROUBLE.match(line):
            below = [text.strip() for text in lines[index + 1 : index + 3] if text.startswith("  ")]
            text = " | ".join([line.strip(), *below])
            if not MACHINE.search(text):
                found.append(text)
    return found

"""Lets the engine parse every script with untyped declarations as errors, the add-on included.

Works on a copy of the scripts, so that the project's own settings stay what they are. The engine
exempts `res://addons` by default (4.6: directory_rules; before: exclude_addons); here it does not.
"""

from __future__ import annotations

import re
import shutil
import tempfile
from pathlib import Path

from provision import processes
from provision.paths import Checkout
from provision.stamps import files_under

SECONDS = 120.0
COPIED = frozenset(
    {".gd", ".uid", ".tscn", ".tres", ".gdextension", ".cfg", ".godot", ".gdshader", ".import"}
)
SETTINGS = """
[debug]

gdscript/warnings/enable=true
gdscript/warnings/exclude_addons=false
gdscript/warnings/directory_rules={}
gdscript/warnings/untyped_declaration=2
"""
ERROR = re.compile(r"^SCRIPT ERROR: (?:Parse Error|Compile Error): (.*)$")
PLACE = re.compile(r"^\s*at: .*\((res://[^)]*)\)")


def check(checkout: Checkout, engine: Path) -> list[str]:
    """Every parse error and untyped declaration, as `place: message`."""
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as folder:
        project = Path(folder)
        scripts = _copy(checkout, project)
        probe = Path(__file__).with_name("typed_probe.gd")
        outcome = processes.run(
            [engine, "--headless", "--path", project, "--script", probe], seconds=SECONDS, tail_lines=5000
        )
    found = findings(outcome.tail)
    if f"checked {len(scripts)} scripts" not in outcome.tail:
        found.append(f"the engine ended early (exit code {outcome.code}): {outcome.tail[-500:]}")
    return found


def _copy(checkout: Checkout, project: Path) -> list[str]:
    scripts = []
    for source, place in ((checkout.project, project), (checkout.addons, project / "addons")):
        for file in files_under(source):
            if file.suffix not in COPIED:
                continue
            copy = place / file.relative_to(source)
            copy.parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(file, copy)
            if file.suffix == ".gd":
                scripts.append("res://" + copy.relative_to(project).as_posix())
    _copy_library(checkout, project)
    settings = project / "project.godot"
    # A second [debug] section: the engine reads on, and what comes later counts.
    with settings.open("a", encoding="utf-8") as appended:
        appended.write(SETTINGS)
    (project / "scripts.txt").write_text("\n".join(scripts), encoding="utf-8")
    return scripts


def _copy_library(checkout: Checkout, project: Path) -> None:
    """What the import left behind: which classes scripts name, and the native library's."""
    made = checkout.project / ".godot"
    for name in ("extension_list.cfg", "global_script_class_cache.cfg", "uid_cache.bin"):
        if (made / name).is_file():
            (project / ".godot").mkdir(exist_ok=True)
            shutil.copyfile(made / name, project / ".godot" / name)
    library = checkout.native_library
    if library.is_file():
        place = project / "addons" / library.relative_to(checkout.addons)
        place.parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(library, place)


def findings(output: str) -> list[str]:
    lines = output.splitlines()
    found = []
    for index, line in enumerate(lines):
        if match := ERROR.match(line):
            place = next(
                (at[1] for near in lines[index + 1 : index + 3] if (at := PLACE.match(near))), "somewhere"
            )
            found.append(f"{place}: {match[1]}")
        elif line.startswith("unloadable: "):
            found.append(f"{line.removeprefix('unloadable: ')}: it cannot be loaded")
    return sorted(set(found))

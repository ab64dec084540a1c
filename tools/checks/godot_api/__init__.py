"""Whether scripts and scenes name only what Godot 4.4, the lowest version that we promise, has.

The engine itself cannot tell: it knows the one version that it is. Here scripts are parsed, the types
in them followed, and each class, member, function, annotation and overridden method is looked up in
the extension API of 4.4. Names in texts, such as `ClassDB.class_exists(&"Logger")`, are no concern.
"""

from __future__ import annotations

import re
from pathlib import Path

from checks.godot_api.inspector import Inspector
from checks.godot_api.reference import (
    Reference,
    ReferenceMissing,
    folder_of_descriptions,
    load,
    versions_in,
)
from checks.godot_api.scripts import Scripts
from provision.paths import Checkout
from provision.stamps import files_under

LOWEST = "4.4"
SCENES = frozenset({".tscn", ".tres"})
RESOURCE = re.compile(r'^\[(?:node|sub_resource|gd_resource)\b[^\]]*?\btype="(\w+)"')
AUTOLOAD = re.compile(r'^(\w+)="\*', re.MULTILINE)


def check(checkout: Checkout) -> list[str]:
    """What is newer, or exists nowhere, as `place: what`."""
    try:
        folder = folder_of_descriptions(checkout.rust)
        lowest, newest = load(folder, LOWEST), load(folder, versions_in(folder)[-1])
    except ReferenceMissing as missing:
        return [f"Godot's extension API cannot be read: {missing}"]
    return check_files(sources_of(checkout), lowest, newest)


def sources_of(checkout: Checkout) -> dict[str, str]:
    """Scripts and scenes by their path in the project, in which the add-on is linked."""
    found: dict[str, str] = {}
    for folder, prefix in ((checkout.addons, "res://addons/"), (checkout.project, "res://")):
        for file in sorted(files_under(folder)):
            if file.suffix == ".gd" or file.suffix in SCENES:
                name = prefix + file.relative_to(folder).as_posix()
                found[name] = file.read_text(encoding="utf-8")
    return found


def check_files(sources: dict[str, str], lowest: Reference, newest: Reference) -> list[str]:
    scripts = Scripts({path: text for path, text in sources.items() if path.endswith(".gd")})
    inspector = Inspector(lowest, newest, scripts)
    for script in scripts.by_key.values():
        inspector.inspect(script)
    found = {(path, problem.line, f"cannot be read: {problem.what}") for path, problem in scripts.problems}
    found |= inspector.findings
    for path, text in sources.items():
        if Path(path).suffix in SCENES:
            found |= _unknown_classes(path, text, lowest)
    return [f"{path}:{line}: {what}" for path, line, what in sorted(found)]


def _unknown_classes(path: str, text: str, lowest: Reference) -> set[tuple[str, int, str]]:
    return {
        (path, number, f"{match[1]} is not in Godot {lowest.version}")
        for number, line in enumerate(text.splitlines(), start=1)
        if (match := RESOURCE.match(line)) and match[1] not in lowest.classes
    }

"""What one version of Godot offers to scripts, read from its extension API.

The descriptions are part of the crate `gdextension-api`, which our native library is built with, so
cargo knows where they lie. Enumerations count as whole numbers, as in GDScript.
"""

from __future__ import annotations

import json
import subprocess
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any

CRATE = "gdextension-api"
FILE = "extension_api.json"
MANY = 1_000_000


class ReferenceMissing(Exception):
    """The descriptions cannot be found."""


@dataclass(frozen=True)
class Method:
    returns: str
    # How many arguments it takes.
    least: int
    most: int
    is_virtual: bool = False


@dataclass
class ApiClass:
    """A class of the engine, or a built-in type such as Vector2."""

    name: str
    inherits: str = ""
    methods: dict[str, Method] = field(default_factory=dict)
    # Properties, signals and constants, with their types.
    values: dict[str, str] = field(default_factory=dict)
    enums: dict[str, frozenset[str]] = field(default_factory=dict)
    # Of built-in types: what an index gives, and what operators give with something on their right.
    element: str = ""
    operators: dict[tuple[str, str], str] = field(default_factory=dict)


@dataclass
class Reference:
    version: str
    classes: dict[str, ApiClass]
    builtins: frozenset[str]
    functions: dict[str, Method]
    enums: dict[str, frozenset[str]]
    singletons: frozenset[str]
    constants: frozenset[str]
    # Every name of a member, whoever's it is.
    members: frozenset[str]

    def chain(self, name: str) -> list[ApiClass]:
        """The class and its parents, the nearest first."""
        found = []
        while name in self.classes:
            found.append(self.classes[name])
            name = self.classes[name].inherits
        return found

    def has_member(self, class_name: str, name: str) -> bool:
        return any(
            name in parent.methods or name in parent.values or name in parent.enums
            for parent in self.chain(class_name)
        )


def folder_of_descriptions(rust: Path) -> Path:
    """Where cargo keeps them: a folder for each version, such as 4.4."""
    host = _said(["rustc", "-vV"], rust).split("host: ")[-1].split()[0]
    # Without the platform cargo would fetch what only other platforms need.
    command = ["cargo", "metadata", "--format-version", "1", "--locked", "--filter-platform", host]
    for package in json.loads(_said(command, rust))["packages"]:
        if package["name"] == CRATE:
            return Path(package["manifest_path"]).parent / "src"
    raise ReferenceMissing(f"no crate {CRATE} among those that {rust / 'Cargo.toml'} needs")


def versions_in(folder: Path) -> list[str]:
    found = [file.parent.name for file in folder.glob(f"*/{FILE}")]
    return sorted(found, key=lambda version: [int(part) for part in version.split(".")])


@cache
def load(folder: Path, version: str) -> Reference:
    file = folder / version / FILE
    if not file.is_file():
        raise ReferenceMissing(f"{file} is not there; {CRATE} has {', '.join(versions_in(folder))}")
    return reference_of(version, json.loads(file.read_bytes()))


def reference_of(version: str, api: dict[str, Any]) -> Reference:
    builtins = [_class_of(described) for described in api["builtin_classes"]]
    classes = {made.name: made for made in [*builtins, *map(_class_of, api["classes"])]}
    enums = {described["name"]: _values_of(described) for described in api["global_enums"]}
    parts = [
        name for made in classes.values() for kind in (made.methods, made.values, made.enums) for name in kind
    ]
    return Reference(
        version,
        classes,
        frozenset(made.name for made in builtins),
        {described["name"]: _method_of(described) for described in api["utility_functions"]},
        enums,
        frozenset(described["name"] for described in api["singletons"]),
        frozenset(name for values in enums.values() for name in values),
        frozenset(parts),
    )


def _class_of(described: dict[str, Any]) -> ApiClass:
    values = {constant["name"]: constant.get("type", "int") for constant in described.get("constants", [])}
    values |= {signal["name"]: "Signal" for signal in described.get("signals", [])}
    methods = {method["name"]: _method_of(method) for method in described.get("methods", [])}
    for each in [*described.get("properties", []), *described.get("members", [])]:
        # What the getter returns says more: SceneTree.root is a Node, but get_root gives a Window.
        getter = methods.get(each.get("getter", ""))
        values[each["name"]] = getter.returns if getter else plain_type(each["type"])
    enums = {each["name"]: _values_of(each) for each in described.get("enums", [])}
    values |= {name: "int" for names in enums.values() for name in names}
    return ApiClass(
        described["name"],
        described.get("inherits", ""),
        methods,
        values,
        enums,
        described.get("indexing_return_type", ""),
        {
            (each["name"], each.get("right_type", "")): each["return_type"]
            for each in described.get("operators", [])
        },
    )


def _method_of(described: dict[str, Any]) -> Method:
    arguments = described.get("arguments", [])
    returns = described.get("return_type") or described.get("return_value", {}).get("type", "void")
    return Method(
        plain_type(returns),
        sum("default_value" not in argument for argument in arguments),
        MANY if described.get("is_vararg") else len(arguments),
        bool(described.get("is_virtual")),
    )


def _values_of(described: dict[str, Any]) -> frozenset[str]:
    return frozenset(value["name"] for value in described["values"])


def plain_type(written: str) -> str:
    """`enum::Error` is an int; of `BaseMaterial3D,ShaderMaterial` no one class is known."""
    if written.startswith(("enum::", "bitfield::")):
        return "int"
    if written.startswith("typedarray::"):
        # The engine writes "27/0:Vector2i" for some.
        return f"Array[{plain_type(written.removeprefix('typedarray::').split(':')[-1])}]"
    return "Variant" if "," in written or "*" in written else written


def _said(command: list[str], folder: Path) -> str:
    try:
        answer = subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False)
    except FileNotFoundError as error:
        raise ReferenceMissing(f"{command[0]} is missing") from error
    if answer.returncode != 0:
        raise ReferenceMissing(f"{' '.join(command[:2])} failed: {answer.stderr.strip()}")
    return answer.stdout

"""Our own scripts: which there are, what they extend, and which names they declare."""

from __future__ import annotations

import posixpath
from dataclasses import dataclass, field

from checks.godot_api.parser import parse
from checks.godot_api.syntax import Enumeration, Function, ScriptClass, Signal, Statement, Variable
from checks.godot_api.tokens import ParseProblem

Member = Variable | Function | Signal | Enumeration | ScriptClass


@dataclass(eq=False)
class Script:
    """A script or a class inside of one; its key is its path, `::` before the name of an inner class."""

    key: str
    tree: ScriptClass
    outer: Script | None = None
    members: dict[str, Member] = field(default_factory=dict)

    @property
    def path(self) -> str:
        return self.key.split("::")[0]


class Scripts:
    def __init__(self, sources: dict[str, str]) -> None:
        """Sources by their path, `res://` in front."""
        self.by_key: dict[str, Script] = {}
        self.by_class_name: dict[str, Script] = {}
        self.problems: list[tuple[str, ParseProblem]] = []
        for path, source in sources.items():
            try:
                tree = parse(source)
            except ParseProblem as problem:
                self.problems.append((path, problem))
            else:
                self._add(path, tree, None)
        self.member_names = frozenset(name for script in self.by_key.values() for name in script.members)

    def at(self, path: str, asking: Script) -> Script | None:
        """The script at a path as another one writes it."""
        if "://" not in path:
            path = "res://" + posixpath.normpath(
                posixpath.join(posixpath.dirname(asking.path.removeprefix("res://")), path)
            )
        return self.by_key.get(path)

    def _add(self, key: str, tree: ScriptClass, outer: Script | None) -> None:
        script = Script(key, tree, outer)
        self.by_key[key] = script
        if outer is None and tree.name:
            self.by_class_name[tree.name] = script
        for statement in tree.body:
            for name in _names_of(statement):
                assert isinstance(statement, Member)
                script.members[name] = statement
            if isinstance(statement, ScriptClass):
                self._add(f"{key}::{statement.name}", statement, script)


def _names_of(statement: Statement) -> tuple[str, ...]:
    if isinstance(statement, Enumeration) and not statement.name:
        return statement.values
    return (statement.name,) if isinstance(statement, Member) else ()

"""Finds what a name stands for: in a type, or anywhere that a script can see.

Only looks things up; that something is missing is said by the inspector.
"""

from __future__ import annotations

from collections.abc import Callable

from checks.godot_api import language
from checks.godot_api.reference import Method, Reference
from checks.godot_api.scripts import Member, Script, Scripts
from checks.godot_api.syntax import Enumeration, Function, ScriptClass, Signal, TypeName, Variable
from checks.godot_api.types import CALLABLE, INT, SIGNAL, UNKNOWN, Type, described, enumeration

# Finds the type of a variable that says it only by its value.
Infer = Callable[[Script, Variable], Type]


class Lookup:
    def __init__(self, reference: Reference, scripts: Scripts, infer: Infer) -> None:
        self.reference = reference
        self.scripts = scripts
        self._infer = infer
        self._types: dict[tuple[str, str], Type] = {}

    def parent_of(self, script: Script) -> Type:
        extends = script.tree.extends
        if isinstance(extends, str):
            parent = self.scripts.at(extends, script)
            return Type(parent.key) if parent else UNKNOWN
        if extends is None:
            return Type("RefCounted")
        # A class may not be sought in itself.
        found = self.type_named(extends, script.outer) or UNKNOWN
        return Type(found.name)

    def scripts_of(self, type_: Type) -> list[Script]:
        """The script that the type is and those that it extends, the nearest first."""
        found: list[Script] = []
        while (script := self.scripts.by_key.get(type_.name)) and script not in found:
            found.append(script)
            type_ = self.parent_of(script)
        return found

    def engine_class_of(self, type_: Type) -> str:
        """The engine's class or the built-in type below all scripts; empty when it is not known."""
        found = self.scripts_of(type_)
        name = self.parent_of(found[-1]).name if found else type_.name
        return name if name in self.reference.classes else ""

    def member(self, type_: Type, name: str) -> Type | None:
        """What stands behind the point, not called."""
        for script in self.scripts_of(type_):
            if name in script.members:
                return self.declared(script, name)
        if name in type_.values:
            return INT
        return self._engine_member(self.engine_class_of(type_), name)

    def method(self, type_: Type, name: str) -> Method | Type | None:
        """What a call gives: the engine's method, or what a function of ours returns."""
        for script in self.scripts_of(type_):
            member = script.members.get(name)
            if isinstance(member, Function):
                returns = member.returns and self.type_named(member.returns, script)
                return returns or UNKNOWN
        return self._engine_method(self.engine_class_of(type_), name)

    def declared(self, script: Script, name: str) -> Type:
        """The type of a member of this very script."""
        key = (script.key, name)
        if key not in self._types:
            # Two members that are made from each other have no type.
            self._types[key] = UNKNOWN
            self._types[key] = self._type_of(script, script.members[name])
        return self._types[key]

    def type_named(self, written: TypeName, script: Script | None) -> Type | None:
        """The type that is written somewhere in a script; None when there is none of that name."""
        first, rest = written.path[0], written.path[1:]
        if first in language.LOOSE_TYPES and not rest:
            return UNKNOWN
        # The engine has an enumeration that is called Variant.Type.
        if ".".join(written.path) in self.reference.enums:
            return INT
        found = self._first_part(first, script)
        for part in rest:
            if found is not None:
                found = self.member(found, part)
        if found is None:
            return None
        if found.values:
            return INT
        of = tuple(self.type_named(argument, script) or UNKNOWN for argument in written.arguments)
        return Type(found.name, of)

    def anywhere(self, name: str) -> bool:
        """Whether anything at all has a member of that name."""
        return (
            name in self.reference.members
            or name in self.scripts.member_names
            or name in language.OBJECT_METHODS
            or name in language.OBJECT_VALUES
        )

    def visible(self, name: str, script: Script | None) -> Type | None:
        """What a name means in a script that does not declare it in a function."""
        inside = script
        while inside is not None:
            found = self.member(Type(inside.key), name)
            if found is not None:
                return found
            inside = inside.outer
        return self.everywhere(name)

    def everywhere(self, name: str) -> Type | None:
        """What a name means in every script."""
        reference = self.reference
        if name in self.scripts.by_class_name:
            return Type(self.scripts.by_class_name[name].key, is_class=True)
        if name in reference.classes:
            return Type(name, is_class=name not in reference.singletons)
        if name in reference.enums:
            return enumeration(reference.enums[name])
        if name in reference.constants:
            return INT
        if name in reference.functions or name in language.FUNCTIONS:
            return CALLABLE
        return UNKNOWN if name == "Variant" else None

    def _first_part(self, name: str, script: Script | None) -> Type | None:
        while script is not None:
            if script.tree.name == name:
                return Type(script.key, is_class=True)
            for holder in self.scripts_of(Type(script.key)):
                if isinstance(holder.members.get(name), ScriptClass | Enumeration | Variable):
                    return self.declared(holder, name)
            engine_class = self.engine_class_of(Type(script.key))
            found = self._engine_member(engine_class, name)
            if found is not None and found.values:
                return found
            script = script.outer
        return self.everywhere(name)

    def _type_of(self, script: Script, member: Member) -> Type:
        if isinstance(member, Function):
            return CALLABLE
        if isinstance(member, Signal):
            return SIGNAL
        if isinstance(member, ScriptClass):
            return Type(f"{script.key}::{member.name}", is_class=True)
        if isinstance(member, Enumeration):
            return enumeration(frozenset(member.values)) if member.name else INT
        if member.type is not None:
            return self.type_named(member.type, script) or UNKNOWN
        return self._infer(script, member) if member.is_inferred else UNKNOWN

    def _engine_member(self, class_name: str, name: str) -> Type | None:
        for holder in self.reference.chain(class_name):
            if name in holder.methods:
                return CALLABLE
            if name in holder.values:
                return described(holder.values[name])
            if name in holder.enums:
                return enumeration(holder.enums[name])
        if class_name and class_name not in self.reference.builtins:
            if name in language.OBJECT_METHODS:
                return CALLABLE
            if name in language.OBJECT_VALUES:
                return described(language.OBJECT_VALUES[name])
        return None

    def _engine_method(self, class_name: str, name: str) -> Method | None:
        for holder in self.reference.chain(class_name):
            if name in holder.methods:
                return holder.methods[name]
        is_object = class_name and class_name not in self.reference.builtins
        return language.OBJECT_METHODS.get(name) if is_object else None

"""Finds out what expressions are, and which of the names in them Godot 4.4 does not know.

Where a type cannot be told, a name only has to exist somewhere, so nothing that is right is refused.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable, MutableMapping
from typing import Any

from checks.godot_api import language
from checks.godot_api.lookup import Lookup
from checks.godot_api.reference import Method, Reference
from checks.godot_api.scripts import Script, Scripts
from checks.godot_api.syntax import (
    Attribute,
    Call,
    Cast,
    Expression,
    Function,
    Index,
    Items,
    Lambda,
    Literal,
    Name,
    Operation,
    Ternary,
    TypeName,
    Variable,
)
from checks.godot_api.types import BOOL, CALLABLE, INT, STRING, UNKNOWN, Type, described

Locals = MutableMapping[str, Type]
Finding = tuple[str, int, str]
TRUTHS = frozenset({"==", "!=", "<", ">", "<=", ">=", "and", "or", "&&", "||", "not", "!", "in"})


class ExpressionInspector(ABC):
    def __init__(self, reference: Reference, newest: Reference, scripts: Scripts) -> None:
        self.findings: set[Finding] = set()
        self._newest = newest
        self._scripts = scripts
        self._lookup = Lookup(reference, scripts, self._infer_member)
        self._reference = reference
        self._readers: dict[type[Expression], Callable[[Script, Any, Locals], Type]] = {
            Literal: self._literal,
            Items: self._items,
            Name: self._name,
            Attribute: self._attribute,
            Call: self._call,
            Index: self._index,
            Lambda: self._lambda,
            Cast: self._cast,
            Ternary: self._ternary,
            Operation: self._operation,
        }

    @abstractmethod
    def _function(self, script: Script, function: Function, known: Locals, given: Type = UNKNOWN) -> None:
        """The body of a lambda; who walks through statements knows how."""

    def _variable(self, script: Script, variable: Variable, known: Locals) -> Type:
        value = UNKNOWN if variable.value is None else self._type(script, variable.value, known)
        if variable.type is not None:
            return self._written(script, variable.type)
        return value if variable.is_inferred else UNKNOWN

    def _infer_member(self, script: Script, variable: Variable) -> Type:
        return self._variable(script, variable, {})

    def _written(self, script: Script, written: TypeName) -> Type:
        for argument in written.arguments:
            self._written(script, argument)
        found = self._lookup.type_named(written, script)
        if found is None:
            self._miss(script, written.line, ".".join(written.path))
        return found or UNKNOWN

    def _type(self, script: Script, expression: Expression, known: Locals) -> Type:
        return self._readers[type(expression)](script, expression, known)

    def _literal(self, _script: Script, literal: Literal, _known: Locals) -> Type:
        return described(literal.type)

    def _items(self, script: Script, items: Items, known: Locals) -> Type:
        for item in items.items:
            self._type(script, item, known)
        return Type(items.type)

    def _index(self, script: Script, index: Index, known: Locals) -> Type:
        self._type(script, index.index, known)
        return self._element(self._type(script, index.base, known))

    def _lambda(self, script: Script, lambda_: Lambda, known: Locals) -> Type:
        self._function(script, lambda_.function, known)
        return CALLABLE

    def _cast(self, script: Script, cast: Cast, known: Locals) -> Type:
        self._type(script, cast.value, known)
        written = self._written(script, cast.type)
        return BOOL if cast.is_test else written

    def _ternary(self, script: Script, ternary: Ternary, known: Locals) -> Type:
        self._type(script, ternary.condition, known)
        then = self._type(script, ternary.then, known)
        return then if then == self._type(script, ternary.otherwise, known) else UNKNOWN

    def _operation(self, script: Script, operation: Operation, known: Locals) -> Type:
        types = [self._type(script, operand, known) for operand in operation.operands]
        operator, left = operation.operator, types[0]
        if operator in TRUTHS:
            return BOOL
        if operator == "await" and left.name == "Signal":
            return UNKNOWN
        if len(types) == 1:
            return left
        holder = self._reference.classes.get(left.name)
        given = holder.operators.get((operator, types[1].name), "") if holder else ""
        if operator == "%" and left.name == "String":
            return STRING
        return described(given)

    def _name(self, script: Script, expression: Name, known: Locals) -> Type:
        name = expression.name
        if name in known:
            return known[name]
        if name == "self":
            return Type(script.key)
        if name == "super":
            return self._lookup.parent_of(script)
        found = self._lookup.visible(name, script)
        if found is None:
            self._miss(script, expression.line, name)
        return found or UNKNOWN

    def _attribute(self, script: Script, expression: Attribute, known: Locals) -> Type:
        base = self._type(script, expression.base, known)
        found = self._lookup.member(base, expression.name)
        if found is None and base.is_class and base.name in self._scripts.by_key:
            # A script is itself an object with properties.
            found = self._lookup.member(Type("GDScript"), expression.name)
        if found is None:
            # A Dictionary's point is an index.
            if base.name != "Dictionary" or base.values:
                self._check_loose(script, expression, base)
            return UNKNOWN
        return found

    def _call(self, script: Script, call: Call, known: Locals) -> Type:
        arguments = [self._type(script, argument, known) for argument in call.arguments]
        callee = call.callee
        if isinstance(callee, Name):
            return self._call_of_name(script, call, callee.name, known)
        if not isinstance(callee, Attribute):
            self._type(script, callee, known)
            return UNKNOWN
        base = self._type(script, callee.base, known)
        if base.is_class and callee.name == "new":
            return Type(base.name)
        method = self._lookup.method(base, callee.name)
        if method is None and base.is_class and base.name in self._scripts.by_key:
            method = self._lookup.method(Type("GDScript"), callee.name)
        if method is None:
            self._check_loose(script, callee, base)
            return UNKNOWN
        title = f"{self._title(base)}.{callee.name}"
        return self._result(script, call, title, method, len(arguments))

    def _call_of_name(self, script: Script, call: Call, name: str, known: Locals) -> Type:
        if name == "preload":
            return self._preloaded(script, call)
        if name in ("super", "self") or name in known:
            return UNKNOWN
        inside: Script | None = script
        while inside is not None:
            method = self._lookup.method(Type(inside.key), name)
            if method is not None:
                return self._result(script, call, name, method, len(call.arguments))
            inside = inside.outer
        function = self._reference.functions.get(name) or language.FUNCTIONS.get(name)
        if function is not None:
            return self._result(script, call, name, function, len(call.arguments))
        if name in self._reference.builtins:
            return Type(name)
        if self._lookup.visible(name, script) is None:
            self._miss(script, call.line, name)
        return UNKNOWN

    def _preloaded(self, script: Script, call: Call) -> Type:
        path = call.arguments[0].text if isinstance(call.arguments[0], Literal) else ""
        loaded = self._scripts.at(path, script)
        if loaded is not None:
            return Type(loaded.key, is_class=True)
        return Type("PackedScene" if path.endswith((".tscn", ".scn")) else "")

    def _result(self, script: Script, call: Call, title: str, method: Method | Type, count: int) -> Type:
        if isinstance(method, Type):
            return method
        if not method.least <= count <= method.most:
            expected = (
                f"{method.least}" if method.least == method.most else f"{method.least} to {method.most}"
            )
            given = "1 argument" if count == 1 else f"{count} arguments"
            self._say(script, call.line, f"{title} takes {expected}, not {given}, in Godot 4.4")
        return described(method.returns)

    def _element(self, whole: Type, *, is_loop: bool = False) -> Type:
        if whole.name == "Dictionary" and whole.of:
            return whole.of[0 if is_loop else -1]
        if whole.of:
            return whole.of[0]
        if is_loop and whole.name in ("int", "float"):
            return INT
        holder = self._reference.classes.get(whole.name)
        return described(holder.element) if holder else UNKNOWN

    def _check_loose(self, script: Script, expression: Attribute, base: Type) -> None:
        """What is missing in a type that is known, or everywhere."""
        is_known = bool(self._lookup.engine_class_of(base)) or bool(base.values)
        if is_known or not self._lookup.anywhere(expression.name):
            title = self._title(base)
            name = f"{title}.{expression.name}" if title else expression.name
            self._miss(script, expression.line, name)

    def _title(self, base: Type) -> str:
        script = self._scripts.by_key.get(base.name)
        if script is None:
            return base.name
        return script.tree.name or script.key.rsplit("/", 1)[-1]

    def _miss(self, script: Script, line: int, name: str) -> None:
        last = name.rsplit(".", 1)[-1]
        newest = self._newest
        is_newer = any(last in names for names in (newest.members, newest.classes, newest.functions))
        came = f", though Godot {newest.version} knows the name" if is_newer else ""
        self._say(script, line, f"{name} is neither ours nor in Godot 4.4{came}")

    def _say(self, script: Script, line: int, what: str) -> None:
        self.findings.add((script.path, line, what))

"""Walks through the statements of scripts and tells what Godot 4.4 lacks.

Never changes a script. What expressions come to is found by the class that this one extends.
"""

from __future__ import annotations

from collections import ChainMap

from checks.godot_api import language
from checks.godot_api.expression_inspector import ExpressionInspector, Locals
from checks.godot_api.reference import Method
from checks.godot_api.scripts import Script
from checks.godot_api.syntax import (
    Annotation,
    Branch,
    Enumeration,
    For,
    Function,
    Match,
    Plain,
    Signal,
    Statement,
    TypeName,
    Variable,
)
from checks.godot_api.types import UNKNOWN, Type


class Inspector(ExpressionInspector):
    """What it finds stands in `findings`."""

    def inspect(self, script: Script) -> None:
        extends = script.tree.extends
        if isinstance(extends, TypeName) and self._lookup.type_named(extends, script.outer) is None:
            self._miss(script, extends.line, ".".join(extends.path))
        for statement in script.tree.body:
            if isinstance(statement, Annotation):
                self._check_annotation(script, statement)
            elif isinstance(statement, Function):
                self._check_override(script, statement)
                self._function(script, statement, {})
            else:
                self._statement(script, statement, {})

    def _statement(self, script: Script, statement: Statement, known: Locals) -> None:
        match statement:
            case Variable():
                self._declaration(script, statement, known)
            case Plain():
                self._plain(script, statement, known)
            case For():
                self._for(script, statement, known)
            case Match():
                self._type(script, statement.subject, known)
                for branch in statement.branches:
                    self._branch(script, branch, known)
            case Enumeration():
                for number in statement.numbers:
                    self._type(script, number, known)
            case Signal():
                for parameter in statement.parameters:
                    self._variable(script, parameter, known)
            case Annotation():
                self._check_annotation(script, statement)

    def _declaration(self, script: Script, variable: Variable, known: Locals) -> None:
        known[variable.name] = self._variable(script, variable, known)
        for accessor in variable.accessors:
            self._function(script, accessor, known, known[variable.name])

    def _plain(self, script: Script, statement: Plain, known: Locals) -> None:
        for expression in statement.expressions:
            self._type(script, expression, known)
        for block in statement.blocks:
            self._block(script, block, known)

    def _block(self, script: Script, block: tuple[Statement, ...], known: Locals) -> None:
        inner = ChainMap({}, known)
        for statement in block:
            self._statement(script, statement, inner)

    def _for(self, script: Script, statement: For, known: Locals) -> None:
        whole = self._type(script, statement.iterable, known)
        each = self._element(whole, is_loop=True)
        if statement.type is not None:
            each = self._written(script, statement.type)
        self._block(script, statement.body, ChainMap({statement.variable: each}, known))

    def _branch(self, script: Script, branch: Branch, known: Locals) -> None:
        inner = ChainMap(dict.fromkeys(branch.names, UNKNOWN), known)
        for pattern in branch.patterns:
            self._type(script, pattern, inner)
        self._block(script, branch.body, inner)

    def _function(self, script: Script, function: Function, known: Locals, given: Type = UNKNOWN) -> None:
        inner: Locals = ChainMap({}, known)
        for parameter in function.parameters:
            inner[parameter.name] = self._variable(script, parameter, inner)
            if parameter.type is None and parameter.value is None:
                inner[parameter.name] = given
        if function.returns is not None:
            self._written(script, function.returns)
        self._block(script, function.body, inner)

    def _check_annotation(self, script: Script, annotation: Annotation) -> None:
        if annotation.name not in language.ANNOTATIONS:
            self._say(script, annotation.line, f"{annotation.name} is not in Godot 4.4")

    def _check_override(self, script: Script, function: Function) -> None:
        """A function that the engine calls in a newer version, but not in 4.4, or calls otherwise."""
        base = self._lookup.parent_of(script)
        if any(function.name in parent.members for parent in self._lookup.scripts_of(base)):
            return
        engine_class = self._lookup.engine_class_of(base)
        method = self._lookup.method(Type(engine_class), function.name)
        newer = [holder.methods.get(function.name) for holder in self._newest.chain(engine_class)]
        title = f"{engine_class}.{function.name}"
        if method is None and any(found is not None and found.is_virtual for found in newer):
            self._say(script, function.line, f"{title}, which this overrides, is not in Godot 4.4")
        elif isinstance(method, Method) and method.is_virtual:
            # Parameters of ours that have defaults may be too many.
            most = len(function.parameters)
            least = sum(parameter.value is None for parameter in function.parameters)
            if method.least == method.most and not least <= method.most <= most:
                self._say(script, function.line, f"{title} has {method.most} parameters in Godot 4.4")

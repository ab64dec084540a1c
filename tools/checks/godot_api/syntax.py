"""The parts of a script that the check looks at, as the parser leaves them."""

from __future__ import annotations

from dataclasses import dataclass, field


@dataclass(frozen=True)
class TypeName:
    """A type as it is written: `Array[Foo.Bar]` has the path ("Array",) and one argument."""

    path: tuple[str, ...]
    line: int
    arguments: tuple[TypeName, ...] = ()


@dataclass(frozen=True)
class Expression:
    line: int


@dataclass(frozen=True)
class Literal(Expression):
    """Anything whose type is plain to see: a number, a text, `true`, `$Node`."""

    type: str
    text: str = ""


@dataclass(frozen=True)
class Name(Expression):
    name: str


@dataclass(frozen=True)
class Attribute(Expression):
    base: Expression
    name: str


@dataclass(frozen=True)
class Call(Expression):
    callee: Expression
    arguments: tuple[Expression, ...]


@dataclass(frozen=True)
class Index(Expression):
    base: Expression
    index: Expression


@dataclass(frozen=True)
class Operation(Expression):
    """Unary operators have one operand."""

    operator: str
    operands: tuple[Expression, ...]


@dataclass(frozen=True)
class Ternary(Expression):
    then: Expression
    condition: Expression
    otherwise: Expression


@dataclass(frozen=True)
class Cast(Expression):
    """`value as Type`, and `value is Type` when `is_test`."""

    value: Expression
    type: TypeName
    is_test: bool


@dataclass(frozen=True)
class Items(Expression):
    """The parts of an Array, or keys and values of a Dictionary one after the other."""

    type: str
    items: tuple[Expression, ...]


@dataclass(frozen=True)
class Lambda(Expression):
    function: Function


@dataclass(frozen=True)
class Statement:
    line: int


@dataclass(frozen=True)
class Variable(Statement):
    """A variable, constant or parameter; `is_inferred` after `:=`, and for every constant."""

    name: str
    type: TypeName | None = None
    value: Expression | None = None
    is_inferred: bool = False
    accessors: tuple[Function, ...] = ()


@dataclass(frozen=True)
class Function(Statement):
    name: str
    parameters: tuple[Variable, ...]
    returns: TypeName | None
    body: tuple[Statement, ...]


@dataclass(frozen=True)
class Signal(Statement):
    name: str
    parameters: tuple[Variable, ...]


@dataclass(frozen=True)
class Enumeration(Statement):
    """`name` is empty for the values that stand in the class itself."""

    name: str
    values: tuple[str, ...]
    numbers: tuple[Expression, ...]


@dataclass(frozen=True)
class Annotation(Statement):
    name: str


@dataclass(frozen=True)
class Plain(Statement):
    """Expressions without a new name: calls, assignments, returns, conditions with their blocks."""

    expressions: tuple[Expression, ...]
    blocks: tuple[tuple[Statement, ...], ...] = ()


@dataclass(frozen=True)
class For(Statement):
    variable: str
    type: TypeName | None
    iterable: Expression
    body: tuple[Statement, ...]


@dataclass(frozen=True)
class Branch(Statement):
    """One branch of a `match`, with the names that its pattern binds."""

    patterns: tuple[Expression, ...]
    names: tuple[str, ...]
    body: tuple[Statement, ...]


@dataclass(frozen=True)
class Match(Statement):
    subject: Expression
    branches: tuple[Branch, ...]


@dataclass(frozen=True)
class ScriptClass(Statement):
    """A script, or a class inside of one."""

    name: str
    # A type's name, or the path of a script in quotes; None means RefCounted.
    extends: TypeName | str | None
    body: tuple[Statement, ...] = field(default=())

"""Parses a script: its classes, their members, and the statements in functions."""

from __future__ import annotations

from collections.abc import Callable

from checks.godot_api.expressions import ExpressionParser
from checks.godot_api.syntax import (
    Annotation,
    Branch,
    Enumeration,
    Expression,
    For,
    Function,
    Literal,
    Match,
    Plain,
    ScriptClass,
    Signal,
    Statement,
    TypeName,
    Variable,
)
from checks.godot_api.tokens import Token, tokens_of

ASSIGNMENTS = frozenset({"=", "+=", "-=", "*=", "/=", "%=", "**=", "<<=", ">>=", "&=", "|=", "^="})
LONE_WORDS = frozenset({"pass", "break", "continue", "breakpoint"})


def parse(source: str) -> ScriptClass:
    """The script as a class without a name, unless it has a `class_name`."""
    return StatementParser(tokens_of(source)).script()


class StatementParser(ExpressionParser):
    """Blocks are told by the indentation of their first token."""

    def __init__(self, tokens: list[Token]) -> None:
        super().__init__(tokens)
        # What the class that is being read extends, and what it is called.
        self._extends: TypeName | str | None = None
        self._class_name = ""
        # By the word that they begin with; each is called behind it.
        self._readers: dict[str, Callable[[Token], Statement]] = {
            "return": self._return,
            **dict.fromkeys(("if", "elif", "while"), self._conditional),
            "else": self._otherwise,
            "for": self._for,
            "match": self._match,
            "var": self._var,
            "const": self._const,
            "static": self._static,
            "func": self._func,
            "signal": self._signal,
            "enum": self._enum,
            "class_name": self._class_title,
            "extends": self._parent,
            "class": self._inner_class,
        }

    def script(self) -> ScriptClass:
        body = self._statements(0)
        if self._next_token().kind != "end":
            raise self.problem("expected a statement")
        return ScriptClass(1, self._class_name, self._extends, body)

    def function(self, name: str, line: int) -> Function:
        depth = self._depth
        parameters = self._parameters()
        returns = self.type_name() if self.accept("->") else None
        self.expect(":")
        # The line of the lambda decides how far its body is indented, not the brackets around it.
        self._depth = 0
        body = self._block(self._tokens[self._at - 1].indent)
        self._depth = depth
        return Function(line, name, parameters, returns, body)

    def _parameters(self) -> tuple[Variable, ...]:
        self.expect("(")
        self._depth += 1
        parameters: list[Variable] = []
        while self.peek() != ")":
            if self.peek() == "...":
                raise self.problem("parameters that take the rest came with Godot 4.5")
            parameters.append(self._variable(self._next_token().line))
            if not self.accept(","):
                break
        self.expect(")")
        self._depth -= 1
        return tuple(parameters)

    def _variable(self, line: int) -> Variable:
        """From the name on: a member, a local, a constant, a parameter."""
        name = self.take_name()
        written, value, is_inferred = None, None, False
        if self.accept(":="):
            value, is_inferred = self.expression(), True
        else:
            # What follows the colon on the same line is a type; else accessors do.
            if self.peek() == ":" and not self._tokens[self._at + 1].first:
                self.expect(":")
                written = self.type_name()
            if self.accept("="):
                value = self.expression()
        return Variable(line, name, written, value, is_inferred)

    def _block(self, outer: int) -> tuple[Statement, ...]:
        """Behind a colon: statements on the same line, or indented ones below."""
        token = self._next_token()
        if token.first:
            return self._statements(token.indent) if token.indent > outer else ()
        found = [self._statement(token)]
        while self.accept(";"):
            found.append(self._statement(self._next_token()))
        return tuple(found)

    def _statements(self, indent: int) -> tuple[Statement, ...]:
        found: list[Statement] = []
        while True:
            token = self._next_token()
            if token.kind == "end" or not token.first or token.indent != indent:
                return tuple(found)
            found.append(self._first_statement(token))
            # Annotations stand before what they are about, often on the same line.
            while self.accept(";") or (isinstance(found[-1], Annotation) and self.peek()):
                found.append(self._statement(self._next_token()))

    def _first_statement(self, token: Token) -> Statement:
        """The first token of a line is where peek sees an end."""
        self._tokens[self._at] = Token(token.kind, token.text, token.line, token.indent, first=False)
        return self._statement(self._next_token())

    def _statement(self, token: Token) -> Statement:
        if token.kind == "annotation":
            return self._annotation(token)
        if token.kind != "name":
            return self._plain(token)
        reader = self._readers.get(token.text)
        if reader is None:
            return self._plain(token)
        self._at += 1
        return reader(token)

    def _annotation(self, token: Token) -> Statement:
        self._at += 1
        if self.accept("("):
            self.list_until(")")
        return Annotation(token.line, token.text)

    def _plain(self, token: Token) -> Statement:
        if token.text in LONE_WORDS:
            self._at += 1
            return Plain(token.line, ())
        expressions = [self.expression()]
        if self.peek() in ASSIGNMENTS:
            self._at += 1
            expressions.append(self.expression())
        return Plain(token.line, tuple(expressions))

    def _return(self, token: Token) -> Statement:
        ends = self.peek() in ("", ";", ")", ",", "]", "}")
        return Plain(token.line, () if ends else (self.expression(),))

    def _conditional(self, token: Token) -> Statement:
        condition = self.expression()
        self.expect(":")
        return Plain(token.line, (condition,), (self._block(token.indent),))

    def _otherwise(self, token: Token) -> Statement:
        self.expect(":")
        return Plain(token.line, (), (self._block(token.indent),))

    def _for(self, token: Token) -> Statement:
        variable = self.take_name()
        written = self.type_name() if self.accept(":") else None
        self.expect("in")
        iterable = self.expression()
        self.expect(":")
        return For(token.line, variable, written, iterable, self._block(token.indent))

    def _match(self, token: Token) -> Statement:
        subject = self.expression()
        self.expect(":")
        indent = self._next_token().indent
        branches: list[Branch] = []
        while self._next_token().first and self._next_token().indent == indent > token.indent:
            branches.append(self._branch())
        return Match(token.line, subject, tuple(branches))

    def _branch(self) -> Branch:
        token = self._next_token()
        self._tokens[self._at] = Token(token.kind, token.text, token.line, token.indent, first=False)
        patterns: list[Expression] = []
        names: list[str] = []
        while True:
            self._pattern(patterns, names)
            if not self.accept(","):
                break
        if self.accept("when"):
            patterns.append(self.expression())
        self.expect(":")
        return Branch(token.line, tuple(patterns), tuple(names), self._block(token.indent))

    def _pattern(self, patterns: list[Expression], names: list[str]) -> None:
        if self.accept("var"):
            names.append(self.take_name())
        elif self.peek() in ("[", "{"):
            self._pattern_list(patterns, names)
        elif not (self.accept("..") or self.accept("_")):
            patterns.append(self.expression())

    def _pattern_list(self, patterns: list[Expression], names: list[str]) -> None:
        closing = {"[": "]", "{": "}"}[self.peek()]
        self._at += 1
        self._depth += 1
        while self.peek() != closing:
            self._pattern(patterns, names)
            if self.accept(":"):
                self._pattern(patterns, names)
            if not self.accept(","):
                break
        self.expect(closing)
        self._depth -= 1

    def _var(self, token: Token) -> Statement:
        variable = self._variable(token.line)
        accessors: tuple[Function, ...] = ()
        if self.accept(":"):
            accessors = self._accessors(token.indent)
        return Variable(
            token.line, variable.name, variable.type, variable.value, variable.is_inferred, accessors
        )

    def _accessors(self, outer: int) -> tuple[Function, ...]:
        found: list[Function] = []
        first = self._next_token()
        # `set = _set_it` names a function of ours, which is looked at where it stands.
        while self._next_token().indent == first.indent > outer:
            token = self._next_token()
            self._tokens[self._at] = Token(token.kind, token.text, token.line, token.indent, first=False)
            self.take_name()
            if self.accept("="):
                self.take_name()
            else:
                found.append(self._accessor(token))
            self.accept(",")
        return tuple(found)

    def _accessor(self, token: Token) -> Function:
        parameters: tuple[Variable, ...] = ()
        if self.accept("("):
            parameters = () if self.peek() == ")" else (Variable(token.line, self.take_name()),)
            self.expect(")")
        self.expect(":")
        return Function(token.line, token.text, parameters, None, self._block(token.indent))

    def _const(self, token: Token) -> Statement:
        constant = self._variable(token.line)
        return Variable(token.line, constant.name, constant.type, constant.value, is_inferred=True)

    def _static(self, _token: Token) -> Statement:
        return self._statement(self._next_token())

    def _func(self, token: Token) -> Statement:
        return self.function(self.take_name(), token.line)

    def _signal(self, token: Token) -> Statement:
        name = self.take_name()
        return Signal(token.line, name, self._parameters() if self.peek() == "(" else ())

    def _enum(self, token: Token) -> Statement:
        name = "" if self.peek() == "{" else self.take_name()
        self.expect("{")
        self._depth += 1
        values: list[str] = []
        numbers: list[Expression] = []
        while self.peek() != "}":
            values.append(self.take_name())
            numbers.append(self.expression() if self.accept("=") else Literal(token.line, "int"))
            if not self.accept(","):
                break
        self.expect("}")
        self._depth -= 1
        return Enumeration(token.line, name, tuple(values), tuple(numbers))

    def _class_title(self, token: Token) -> Statement:
        self._class_name = self.take_name()
        if self.accept("extends"):
            self._parent(token)
        return Plain(token.line, ())

    def _parent(self, token: Token) -> Statement:
        if self._next_token().kind == "string":
            self._extends = self._next_token().text.strip("'\"")
            self._at += 1
        else:
            self._extends = self.type_name()
        return Plain(token.line, ())

    def _inner_class(self, token: Token) -> Statement:
        outer = self._extends, self._class_name
        self._extends, name = None, self.take_name()
        if self.accept("extends"):
            self._parent(token)
        self.expect(":")
        body = self._block(token.indent)
        extends = self._extends
        self._extends, self._class_name = outer
        return ScriptClass(token.line, name, extends, body)

"""Parses GDScript's expressions, by the binding powers of the engine's own parser."""

from __future__ import annotations

from abc import ABC, abstractmethod

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
)
from checks.godot_api.tokens import ParseProblem, Token

CAST, TERNARY, OR, AND, NOT, CONTAINS, COMPARISON = range(1, 8)
BIT_OR, BIT_XOR, BIT_AND, SHIFT, SUM, PRODUCT, SIGN, BIT_NOT, POWER, IS, AWAIT, POSTFIX = range(8, 20)
BINARY = {
    **dict.fromkeys(("or", "||"), OR),
    **dict.fromkeys(("and", "&&"), AND),
    "in": CONTAINS,
    **dict.fromkeys(("==", "!=", "<", ">", "<=", ">="), COMPARISON),
    "|": BIT_OR,
    "^": BIT_XOR,
    "&": BIT_AND,
    **dict.fromkeys(("<<", ">>"), SHIFT),
    **dict.fromkeys(("+", "-"), SUM),
    **dict.fromkeys(("*", "/", "%"), PRODUCT),
    "**": POWER,
}
PREFIX = {"not": NOT, "!": NOT, "-": SIGN, "+": SIGN, "~": BIT_NOT, "await": AWAIT}
WORDS = {"true": "bool", "false": "bool", "null": "Nil", "PI": "float", "TAU": "float"}
WORDS |= {"INF": "float", "NAN": "float"}
STRINGS = {"&": "StringName", "^": "NodePath"}


class ExpressionParser(ABC):
    """Walks over tokens. Inside brackets the ends of lines mean nothing."""

    def __init__(self, tokens: list[Token]) -> None:
        self._tokens = tokens
        self._at = 0
        self._depth = 0

    def expression(self, power: int = CAST) -> Expression:
        left = self._prefix()
        while True:
            step = self._continued(left, power)
            if step is None:
                return left
            left = step

    def type_name(self) -> TypeName:
        line = self._next_token().line
        path = [self.take_name()]
        while self.accept("."):
            path.append(self.take_name())
        arguments: list[TypeName] = []
        if self.accept("["):
            self._depth += 1
            arguments = self._types_inside()
        return TypeName(tuple(path), line, tuple(arguments))

    @abstractmethod
    def function(self, name: str, line: int) -> Function:
        """The rest of a function, from its parameters on; the statements' parser knows how."""

    def peek(self) -> str:
        """The next token's text; empty where the line, and with it the statement, ends."""
        token = self._next_token()
        return "" if token.kind == "end" or (token.first and self._depth == 0) else token.text

    def accept(self, text: str) -> bool:
        if self.peek() != text or self._next_token().kind == "string":
            return False
        self._at += 1
        return True

    def expect(self, text: str) -> None:
        if not self.accept(text):
            raise self.problem(f"expected {text!r}")

    def take_name(self) -> str:
        token = self._next_token()
        if token.kind != "name" or not self.peek():
            raise self.problem("expected a name")
        self._at += 1
        return token.text

    def problem(self, what: str) -> ParseProblem:
        token = self._next_token()
        return ParseProblem(token.line, f"{what}, got {token.text!r}")

    def list_until(self, closing: str) -> list[Expression]:
        """What stands between brackets, the closing one included; the opening one is taken."""
        self._depth += 1
        items: list[Expression] = []
        while self.peek() != closing:
            items.append(self.expression())
            if closing == "}":
                self.expect(":" if self.peek() == ":" else "=")
                items.append(self.expression())
            if not self.accept(","):
                break
        self.expect(closing)
        self._depth -= 1
        return items

    def _next_token(self) -> Token:
        return self._tokens[self._at]

    def _types_inside(self) -> list[TypeName]:
        types = [self.type_name()]
        while self.accept(","):
            types.append(self.type_name())
        self.expect("]")
        self._depth -= 1
        return types

    def _prefix(self) -> Expression:
        token, text = self._next_token(), self.peek()
        if not text:
            raise self.problem("expected an expression")
        self._at += 1
        if token.kind == "number":
            is_float = not text[:2].lower().startswith(("0x", "0b")) and any(c in text for c in ".eE")
            return Literal(token.line, "float" if is_float else "int")
        if token.kind == "string":
            return Literal(token.line, STRINGS.get(text[0], "String"), text.lstrip("r&^").strip("'\""))
        if token.kind == "node":
            return Literal(token.line, "Node")
        if text == "%":
            self._at += 1
            return Literal(token.line, "Node")
        if text in PREFIX:
            operand = self.expression(PREFIX[text])
            return Operation(token.line, text, (operand,))
        return self._bracket(token, text)

    def _bracket(self, token: Token, text: str) -> Expression:
        if text == "(":
            self._depth += 1
            inner = self.expression()
            self.expect(")")
            self._depth -= 1
            return inner
        if text == "[":
            return Items(token.line, "Array", tuple(self.list_until("]")))
        if text == "{":
            return Items(token.line, "Dictionary", tuple(self.list_until("}")))
        if text == "func":
            name = self.take_name() if self._next_token().kind == "name" else ""
            return Lambda(token.line, self.function(name, token.line))
        if text in WORDS:
            return Literal(token.line, WORDS[text])
        if token.kind == "name":
            return Name(token.line, text)
        raise ParseProblem(token.line, f"unexpected {text!r}")

    def _continued(self, left: Expression, power: int) -> Expression | None:
        text, line = self.peek(), self._next_token().line
        if text in (".", "(", "["):
            return self._postfix(left, text, line)
        if self._next_token().kind == "string":
            return None
        if text in ("is", "as"):
            return self._typed(left, text, line) if (IS if text == "is" else CAST) >= power else None
        if text == "if" and power <= TERNARY:
            return self._ternary(left, line)
        is_not_in = text == "not" and self._tokens[self._at + 1].text == "in"
        operator = "in" if is_not_in else text
        if operator not in BINARY or BINARY[operator] < power:
            return None
        self._at += 2 if is_not_in else 1
        return Operation(line, operator, (left, self.expression(BINARY[operator] + 1)))

    def _postfix(self, left: Expression, text: str, line: int) -> Expression:
        self._at += 1
        if text == ".":
            return Attribute(line, left, self.take_name())
        if text == "(":
            return Call(line, left, tuple(self.list_until(")")))
        items = self.list_until("]")
        return Index(line, left, items[0])

    def _typed(self, left: Expression, text: str, line: int) -> Expression:
        self._at += 1
        if text == "is":
            self.accept("not")
        return Cast(line, left, self.type_name(), text == "is")

    def _ternary(self, left: Expression, line: int) -> Expression:
        self._at += 1
        condition = self.expression(OR)
        self.expect("else")
        return Ternary(line, left, condition, self.expression(TERNARY))

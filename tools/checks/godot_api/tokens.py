"""Cuts GDScript into tokens.

Lines end nothing here: each token knows its line, how far that line is indented and whether it stands
first on it, and the parser decides. That way the body of a lambda inside parentheses needs no rule of
its own. Comments are dropped.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

PATTERN = re.compile(
    r"""
    (?P<blank>[ \t\r]+|\#[^\n]*|\\\r?\n)
  | (?P<newline>\n)
  | (?P<string>[r&^]?(?:\"\"\"(?:\\.|[^\\])*?\"\"\"|'''(?:\\.|[^\\])*?'''
                    |"(?:\\.|[^"\\])*"|'(?:\\.|[^'\\])*'))
  | (?P<node>\$(?:"[^"]*"|(?:\.\./)*%?\w+(?:/(?:%?\w+|\.\.))*))
  | (?P<annotation>@\w+)
  | (?P<number>0[xX][\da-fA-F_]+|0[bB][01_]+|(?:\d[\d_]*(?:\.(?!\.)[\d_]*)?|\.\d[\d_]*)(?:[eE][+-]?\d+)?)
  | (?P<name>[^\W\d]\w*)
  | (?P<symbol>\*\*=|<<=|>>=|\.\.\.|:=|->|\.\.|\*\*|<<|>>|<=|>=|==|!=|&&|\|\||[-+*/%&|^]=
             |[-+*/%&|^~!<>=.,:;()\[\]{}])
    """,
    re.VERBOSE | re.DOTALL,
)


@dataclass(frozen=True)
class Token:
    kind: str
    text: str
    line: int
    indent: int
    first: bool


class ParseProblem(Exception):
    """What this parser does not understand; the engine may."""

    def __init__(self, line: int, what: str) -> None:
        super().__init__(f"line {line}: {what}")
        self.line = line
        self.what = what


def tokens_of(source: str) -> list[Token]:
    """All tokens, and one of the kind `end` behind them."""
    found: list[Token] = []
    at, line, indent, first = 0, 1, _indent(source, 0), True
    while at < len(source):
        match = PATTERN.match(source, at)
        if match is None:
            raise ParseProblem(line, f"unexpected {source[at]!r}")
        kind, text = str(match.lastgroup), match[0]
        at = match.end()
        if kind == "newline":
            first, indent = True, _indent(source, at)
        elif kind != "blank":
            found.append(Token(kind, text, line, indent, first))
            first = False
        line += text.count("\n")
    found.append(Token("end", "", line, -1, True))
    return found


def _indent(source: str, at: int) -> int:
    end = at
    while end < len(source) and source[end] in "\t ":
        end += 1
    return end - at

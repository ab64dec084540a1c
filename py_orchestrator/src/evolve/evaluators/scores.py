"""Reads what an evaluator returned: numbers by place or by name, one row for each brain."""

import math
from collections.abc import Iterable, Mapping
from typing import Any

Row = list[float]


class WrongScoreError(Exception):
    """What was returned, and what was expected instead."""

    def __init__(self, returned: str, expected: str) -> None:
        super().__init__(f"{returned}: {expected}")
        self.returned = returned
        self.expected = expected


def read_scores(
    returned: Any,  # noqa: ANN401 - whatever a person's function gives
    members: int,
    objectives: list[str],
    behaviour: list[str],
) -> tuple[list[Row], list[Row]]:
    """Objectives and behaviour of each member; WrongScoreError says what was expected instead."""
    if (
        type(returned) is float
        and math.isfinite(returned)
        and members == len(objectives) == 1
        and not behaviour
    ):
        return [[returned]], [[]]  # what nearly everybody returns
    names = [*objectives, *behaviour]
    if members == 1:
        rows = [_row(returned, names)]
    else:
        each = _listed(returned, members, f"a score for each of the {members} brains, in their order")
        rows = [_row(one, names) for one in each]
    width = len(objectives)
    return [row[:width] for row in rows], [row[width:] for row in rows]


def _row(value: Any, names: list[str]) -> Row:  # noqa: ANN401
    if isinstance(value, Mapping):
        return (
            [_number(value[name], name) for name in names]
            if set(value) == set(names)
            else _misnamed(value, names)
        )
    if len(names) == 1 and not _is_listed(value):
        return [_number(value, names[0])]
    wanted = f"a number for each of {', '.join(names)}" if len(names) > 1 else f"a number for {names[0]}"
    return [_number(one, name) for one, name in zip(_listed(value, len(names), wanted), names, strict=True)]


def _misnamed(value: Mapping[Any, Any], names: list[str]) -> Row:
    found = ", ".join(map(str, value)) or "none"
    raise WrongScoreError(f"the names {found}", f"it is scored on {', '.join(names)}")


def _is_listed(value: Any) -> bool:  # noqa: ANN401
    """Whether it has an order and a length: a list, a tuple, an array of one dimension or more."""
    sized = isinstance(value, Iterable) and hasattr(value, "__len__")
    return sized and not isinstance(value, str | bytes | Mapping) and getattr(value, "ndim", 1) > 0


def _listed(value: Any, count: int, wanted: str) -> list[Any]:  # noqa: ANN401
    if not _is_listed(value):
        raise WrongScoreError(_shown(value), f"expected {wanted}")
    found = list(value)
    if len(found) != count:
        raise WrongScoreError(f"{len(found)} values", f"expected {wanted}")
    return found


def _number(value: Any, name: str) -> float:  # noqa: ANN401
    if isinstance(value, str | bytes) or not hasattr(value, "__float__"):
        raise WrongScoreError(_shown(value), f"expected a number for {name}")
    try:
        number = float(value)
    except (TypeError, ValueError, OverflowError):
        raise WrongScoreError(_shown(value), f"expected a number for {name}") from None
    if not math.isfinite(number):
        raise WrongScoreError(f"{number} for {name}", "a score is a finite number")
    return number


def _shown(value: Any) -> str:  # noqa: ANN401
    """A value as it is worth showing in a sentence."""
    if value is None:
        return "nothing"
    text = repr(value)
    return text if len(text) <= 60 else f"{text[:60]}…"  # noqa: PLR2004 - it is to fit into a line

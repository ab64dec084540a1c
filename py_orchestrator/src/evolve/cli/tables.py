"""Tables of text: aligned where there is room, a block for each row where a terminal is too narrow.

What goes into a file or a pipe is never cut nor broken.
"""

import shutil
import sys
from collections.abc import Sequence

_GAP = "  "


def terminal_width() -> int | None:
    """How many characters fit into a line; None when stdout is no terminal."""
    return shutil.get_terminal_size().columns if sys.stdout.isatty() else None


def table(
    headers: Sequence[str],
    rows: Sequence[Sequence[str]],
    numbers: Sequence[str] = (),
    width: int | None = None,
) -> list[str]:
    """The lines of a table; the columns that `numbers` names are aligned to the right."""
    columns = list(zip(headers, *rows, strict=True))
    widths = [max(len(cell) for cell in column) for column in columns]
    if width is not None and sum(widths) + len(_GAP) * (len(widths) - 1) > width:
        return _blocks(headers, rows)
    right = [header in numbers for header in headers]

    def line(cells: Sequence[str]) -> str:
        padded = (
            f"{cell:>{size}}" if to_right else f"{cell:<{size}}"
            for cell, size, to_right in zip(cells, widths, right, strict=True)
        )
        return _GAP.join(padded).rstrip()

    return [line(headers), *(line(row) for row in rows)]


def _blocks(headers: Sequence[str], rows: Sequence[Sequence[str]]) -> list[str]:
    size = max(len(header) for header in headers)
    lines: list[str] = []
    for row in rows:
        if lines:
            lines.append("")
        lines += [f"{header:<{size}}{_GAP}{cell}".rstrip() for header, cell in zip(headers, row, strict=True)]
    return lines

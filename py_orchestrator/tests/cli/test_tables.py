"""Tables: aligned where there is room, blocks on a narrow terminal, never cut."""

from evolve.cli.tables import table, terminal_width

HEADERS = ("run", "best")
ROWS = [("xor-1-001", "3.5"), ("a", "")]


def test_numbers_stand_to_the_right_and_no_line_ends_in_blanks() -> None:
    assert table(HEADERS, ROWS, ["best"]) == ["run        best", "xor-1-001   3.5", "a"]


def test_a_terminal_that_is_too_narrow_gets_a_block_for_each_row() -> None:
    assert table(HEADERS, ROWS, ["best"], width=14) == [
        "run   xor-1-001",
        "best  3.5",
        "",
        "run   a",
        "best",
    ]
    assert table(HEADERS, ROWS, ["best"], width=15)[0] == "run        best"


def test_a_pipe_has_no_width() -> None:
    assert terminal_width() is None

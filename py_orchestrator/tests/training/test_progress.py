"""What a person sees while a run goes on, in a terminal of any width and in none."""

import io

import pytest
from rich.console import Console

from evolve.training.progress import LiveDisplay, PlainDisplay, duration, make_display, picture
from evolve.training.run import Goal, Progress


def progress(generation: int = 11) -> Progress:
    report = {
        "generation": generation,
        "best": 3.5,
        "mean": 2.25,
        "best_ever": 3.9,
        "species": [
            {"population": "main", "id": number, "size": 10, "best": 1.0, "mean": 1.0} for number in range(9)
        ],
        "evaluations": 1800,
        "steps": 600,
    }
    return Progress(report, Goal(100), 2_469_134, 2.0, 12)  # type: ignore[arg-type]


def drawn(width: int) -> str:
    console = Console(file=io.StringIO(), width=width, force_terminal=False, legacy_windows=False)
    console.print(picture(progress()))
    text = console.file
    assert isinstance(text, io.StringIO)
    return text.getvalue()


def test_a_wide_terminal_shows_headline_bar_and_figures() -> None:
    lines = [line.rstrip() for line in drawn(80).splitlines()]
    assert lines[0] == "generation 12 of 100"
    assert lines[1] == "━" * 9 + "╸"
    assert lines[2] == "best 3.9   mean 2.25   9 species   1,234,567 steps/s   0:15 left"


@pytest.mark.parametrize("width", [5, 12, 20, 40])
def test_a_narrow_terminal_shows_every_figure_on_more_lines(width: int) -> None:
    lines = drawn(width).splitlines()
    assert all(len(line) <= width for line in lines)
    together = "".join("".join(line.split()) for line in lines)
    for figure in ("3.9", "2.25", "1,234,567", "0:15left"):
        assert figure in together


class Clock:
    now = 0.0

    def __call__(self) -> float:
        return self.now


def test_without_a_terminal_lines_come_at_most_once_a_second_and_the_last_one_always() -> None:
    clock, file = Clock(), io.StringIO()
    display = PlainDisplay(Console(file=file, width=20), clock)
    for generation in range(10):
        clock.now = generation * 0.3
        display.generation(progress(generation))
    display.close()
    lines = file.getvalue().splitlines()
    assert [line.split(":")[0] for line in lines] == [
        f"generation {number} of 100" for number in (1, 5, 9, 10)
    ]
    assert lines[-1] == "generation 10 of 100: best 3.9, mean 2.25, 9 species, 1,234,567 steps/s, 0:15 left"


def test_a_terminal_is_redrawn_and_left_with_the_last_generation() -> None:
    clock, file = Clock(), io.StringIO()
    display = LiveDisplay(Console(file=file, width=60, force_terminal=True, legacy_windows=False), clock)
    for generation in range(3):
        display.generation(progress(generation))
    display.note("A sentence in between [with brackets].")
    display.close()
    text = file.getvalue()
    assert "A sentence in between [with brackets]." in text
    assert "generation 1 of 100" in text
    assert "generation 2 of 100" not in text
    assert text.rindex("generation 3 of 100") > text.index("A sentence")


def test_a_display_that_saw_no_generation_writes_nothing() -> None:
    file = io.StringIO()
    LiveDisplay(Console(file=file, force_terminal=True)).close()
    PlainDisplay(Console(file=file)).close()
    assert file.getvalue() == ""


def test_outside_a_terminal_the_plain_display_is_picked(capsys: pytest.CaptureFixture[str]) -> None:
    display = make_display()
    assert isinstance(display, PlainDisplay)
    display.note("one line, however long it is: " + "x" * 200)
    assert capsys.readouterr().err.count("\n") == 1


@pytest.mark.parametrize(
    ("seconds", "said"), [(0, "0:00"), (7.4, "0:07"), (59.6, "1:00"), (750, "12:30"), (3723, "1:02:03")]
)
def test_a_duration_is_said_the_way_a_clock_does(seconds: float, said: str) -> None:
    assert duration(seconds) == said

"""One display for many runs: a bar with what goes on where there is a terminal, a line a run that is over elsewhere."""

from __future__ import annotations

from io import StringIO

from pipeline.execution.progress import ProgressOfMany


class Terminal(StringIO):
    def isatty(self) -> bool:
        return True


def shown(stream: StringIO) -> str:
    progress = ProgressOfMany(3, stream)
    for name, step in (("2023H1", ""), ("2023H2", "pdf"), ("2023H1", "cleaning")):
        progress.at(name, step)
    progress.over("2023H2", "made in 4.0 s")
    progress.say("A sentence.")
    progress.over("2023H1", "failed after 1.0 s")
    progress.close()
    return stream.getvalue()


def test_elsewhere_there_is_a_line_for_each_run_that_is_over_and_no_other() -> None:
    assert shown(StringIO()) == "[1/3] 2023H2 … made in 4.0 s\nA sentence.\n[2/3] 2023H1 … failed after 1.0 s\n"


def test_a_terminal_shows_one_bar_with_what_goes_on_and_the_same_lines() -> None:
    said = shown(Terminal())
    assert "0 of 3 reports" in said
    assert "2023H1 cleaning; 2023H2 pdf" in said
    assert "2 of 3 reports" in said
    for line in ("[1/3] 2023H2 … made in 4.0 s\n", "A sentence.\n", "[2/3] 2023H1 … failed after 1.0 s\n"):
        assert line in said

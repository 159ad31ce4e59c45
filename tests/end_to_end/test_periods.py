"""Other periods, other days: each says what it can say, and nothing is made for what is not a period."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from reports import call, headlines, html_text

HOSTILE = (
    "2024E1",
    "",
    "2024H1; touch pwned",
    "$(shell touch pwned)",
    "$(touch pwned)",
    "`touch pwned`",
    "../../etc",
    "2024H1\n",
    "2024H1/../../x",
    "-x",
    "\u0662\u0660\u0662\u0664",
)


def counts(folder: Path, *names: str, area: str = "public") -> tuple[int, ...]:
    rows = headlines(folder, area)
    return tuple(int(float(rows[name]["value"])) for name in names)


@pytest.mark.notebooks
@pytest.mark.parametrize(("period", "expected"), [("2024Q1", (8, 6, 2)), ("2024Q2", (8, 1, 7))])
def test_quarters_split_the_half_year(period: str, expected: tuple[int, int, int], tmp_path: Path) -> None:
    outcome = call("metrics", f"--period={period}", outputs=tmp_path / "outputs")
    assert outcome.code == 0, outcome.stderr
    assert counts(outcome.set(period), "received", "unrelated", "eligible", area="internal") == expected


@pytest.mark.notebooks
def test_a_period_with_nothing_received_says_what_could_not_be_placed(made: Callable) -> None:
    outcome = made("--period=2024-02")
    assert outcome.code == 0, outcome.stderr
    folder = outcome.set("2024-02")
    assert counts(folder, "received", "unplaced") == (0, 6)
    assert headlines(folder)["resolution_rate"]["display"] == "not applicable"
    text = html_text(folder)
    assert "no grievance is known to have been received" in text
    assert "6 grievances could not be placed" in text


@pytest.mark.notebooks
def test_a_period_that_ends_after_the_register_is_provisional(made: Callable) -> None:
    outcome = made("--period=2024")
    assert outcome.code == 0, outcome.stderr
    assert counts(outcome.set("2024"), "received") == (16,)
    assert "Provisional" in html_text(outcome.set("2024"))
    assert "provisional" in outcome.stdout


@pytest.mark.notebooks
@pytest.mark.parametrize(
    ("as_of", "names", "expected"),
    [
        ("2024-06-13", ("eligible", "resolved", "in_progress"), (9, 8, 1)),
        ("2024-05-10", ("received", "unplaced"), (12, 1)),
    ],
)
def test_figures_are_as_of_the_day_asked_for(as_of: str, names: tuple, expected: tuple, made: Callable) -> None:
    outcome = made("--period=2024H1", f"--as-of={as_of}")
    assert outcome.code == 0, outcome.stderr
    assert counts(outcome.set(f"2024H1@{as_of}"), *names) == expected
    assert "a report as of an earlier day is not released" in outcome.stdout
    assert "make release" not in outcome.stdout


@pytest.mark.parametrize(
    ("option", "value"),
    [
        (option, value)
        for option in ("--period", "--project", "--as-of", "--force")
        for value in HOSTILE
        if value or option in ("--period", "--project")
    ],
)
def test_what_is_not_allowed_is_refused_and_makes_nothing(option: str, value: str, tmp_path: Path) -> None:
    arguments = {"--period": "2024H1", option: value}
    outcome = call("report", *(f"{name}={text}" for name, text in arguments.items()), outputs=tmp_path / "outputs")
    assert outcome.code == 2
    assert "llowed" in outcome.stderr or "2024-06-30" in outcome.stderr
    assert "Traceback" not in outcome.stderr
    assert not (tmp_path / "outputs").exists()
    assert not any(path.name == "pwned" for path in tmp_path.rglob("*"))


def test_outputs_that_are_a_file_are_refused_in_a_sentence(tmp_path: Path) -> None:
    (tmp_path / "outputs").write_text("mine", encoding="utf-8")
    outcome = call("report", "--period=2024H1", outputs=tmp_path / "outputs")
    assert outcome.code == 2
    assert "is a file where the folder of the outputs should be" in outcome.stderr
    assert (tmp_path / "outputs").read_text(encoding="utf-8") == "mine"


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (("--period=2024H2",), "complete through 2024-06-30"),
        (("--period=2023H1",), "before the mechanism began on 2024-01-15"),
        (("--period=2024H1", "--as-of=2024-01-01"), "must lie between 2024-01-15"),
        (("--period=2024H1", "--as-of=2025-01-01"), "and 2024-06-30"),
        (("--period=2024H1", "--project=none-such"), "smart-government-ii"),
    ],
)
def test_what_cannot_be_reported_is_refused_in_a_sentence(arguments: tuple, sentence: str, tmp_path: Path) -> None:
    outcome = call("report", *arguments, outputs=tmp_path / "outputs")
    assert outcome.code == 2
    assert sentence in outcome.stderr
    assert not (tmp_path / "outputs").exists()

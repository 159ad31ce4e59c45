"""The demonstration's report: it is made, says on its cover that it is invented, and shows every part."""

from __future__ import annotations

import csv
from pathlib import Path

import pytest
from reports import call, headlines, html_text

pytestmark = pytest.mark.notebooks


@pytest.fixture(scope="module")
def demo(tmp_path_factory: pytest.TempPathFactory) -> Path:
    outcome = call(
        "report", "--project=demo", "--period=2024H2", outputs=tmp_path_factory.mktemp("demonstration") / "outputs"
    )
    assert outcome.code == 0, outcome.stderr
    return outcome.set("2024H2", "demo")


def test_the_report_says_that_it_is_synthetic(demo: Path) -> None:
    text = html_text(demo)
    assert "Rural Services Demonstration Project (synthetic data)" in text
    assert "All grievances, names and places in it are invented" in text


def test_the_report_shows_open_and_explained_errors(demo: Path) -> None:
    text = html_text(demo)
    assert "4 errors in the register are not settled" in text
    assert "Explained: The day of the appeal cannot be made out on the paper form" in text


def test_every_figure_of_the_period_is_given(demo: Path) -> None:
    """The last half-year ends with the register, so that satisfaction can be told, too."""
    untold = {"not collected", "no standard set", "not available", "not applicable"}
    assert [name for name, row in headlines(demo).items() if row["display"] in untold] == []


def test_nobody_of_the_register_stands_in_what_is_public(demo: Path) -> None:
    with (Path(__file__).parents[2] / "data/demo/register.csv").open(encoding="utf-8", newline="") as handle:
        rows = list(csv.DictReader(handle))
    public = "".join((demo / "public" / name).read_text(encoding="utf-8") for name in ("cases.csv", "report.html"))
    for column in ("complainant", "complainant_contact", "responsible"):
        assert [row[column] for row in rows if row[column] and row[column] in public] == []

"""The empty register of `make template`, filled in with the sample's grievances, makes the sample's report."""

from __future__ import annotations

import datetime
from pathlib import Path

import openpyxl
import pytest
from forms import DATES, Rows, read_rows
from making import ROOT, SAMPLE, Maker, clean

from pipeline.cli import main
from pipeline.project import load_project
from pipeline.register.columns import dictionary

SEED = ROOT / "data" / SAMPLE / "register.csv"


def fill(template: Path, rows: Rows, target: Path) -> None:
    """Fill in the sheet as its instructions say: columns that the office does not keep are deleted."""
    book = openpyxl.load_workbook(template)
    sheet = book["Register"]
    titles = [cell.value for cell in sheet[1]]
    kept = [dictionary()[name].title for name in rows[0]]
    for place in range(len(titles), 0, -1):
        if titles[place - 1] not in kept:
            sheet.delete_cols(place)
    at = {cell.value: cell.column for cell in sheet[1]}
    for number, row in enumerate(rows, start=2):
        for name, text in row.items():
            value = datetime.date.fromisoformat(text) if name in DATES and text else text or None
            sheet.cell(number, at[dictionary()[name].title], value)
    book.save(target)


def filled(make: Maker, rows: Rows) -> None:
    project = make.project(SEED.read_text(encoding="utf-8"), {"register": "{file: register.xlsx, sheet: Register}"})
    assert main(["template", "--project", SAMPLE]) == 0
    fill(make.folder.parent / "outputs" / SAMPLE / "register-template.xlsx", rows, project.folder / "register.xlsx")


def test_a_filled_template_is_read_back_without_a_finding(make: Maker) -> None:
    rows = [
        {
            "registration_no": f"{number}/2024",
            "date_received": "2024-03-05",
            "channel": "E-mail",
            "type": "Question",
            "relation": "Related",
            "summary": f"Question number {number}",
            "status": "Resolved",
            "date_resolved": "2024-03-06",
        }
        for number in range(1, 41)
    ]
    filled(make, rows)
    cleaned = clean(load_project(SAMPLE))
    assert cleaned.findings.empty
    assert len(cleaned.cases) == 40
    assert cleaned.cases["source_sheet"].unique().tolist() == ["Register"]


@pytest.mark.notebooks
def test_a_template_filled_with_the_sample_makes_the_sample_s_report(make: Maker) -> None:
    public = make.folder.parent / "outputs" / SAMPLE / "2024H1" / "public"
    make.project(SEED.read_text(encoding="utf-8"))
    assert main(["report", "--period", "2024H1"]) == 0
    expected = {path.name: path.read_bytes() for path in public.iterdir()}
    filled(make, read_rows(SEED))
    assert main(["report", "--period", "2024H1"]) == 0
    made = {path.name: path.read_bytes() for path in public.iterdir()}
    assert sorted(made) == ["cases.csv", "indicators.csv", "report.html", "report.pdf", "results_framework.csv"]
    assert [name for name in made if made[name] != expected[name]] == []

"""A register of several files or sheets is one register, whatever each of them calls its columns."""

from __future__ import annotations

import gzip

import openpyxl
import pytest
from making import SAMPLE, Maker, clean

from pipeline.errors import InputError
from pipeline.project import Project, load_project
from pipeline.register.mapping import map_columns
from pipeline.register.reading import read_register

JANUARY = "registration_no,date received,channel,status\n1/2024,2024-03-01,email,Resolving\n"
FEBRUARY = "Case no.,Received on,Mode of receipt,Current status\n2/2024,2024-03-02,email,Resolving\n"


def folder(make: Maker, files: dict[str, str], changes: dict[str, str] | None = None) -> Project:
    project = make.project("", {"register": "registers", **(changes or {})})
    (project.folder / "registers").mkdir()
    for name, text in files.items():
        (project.folder / "registers" / name).write_text(text, encoding="utf-8")
    return load_project(SAMPLE)


def sheets(make: Maker, texts: dict[str, str], hidden: str = "") -> Project:
    project = make.project("", {"register": "register.xlsx"})
    book = openpyxl.Workbook()
    book.remove(book.active)
    for name, text in texts.items():
        sheet = book.create_sheet(name)
        for line in text.splitlines():
            sheet.append(line.split(","))
        if name == hidden:
            sheet.sheet_state = "hidden"
    book.save(project.folder / "register.xlsx")
    return load_project(SAMPLE)


def test_files_that_call_a_column_differently_are_one_column(make: Maker) -> None:
    cleaned = clean(folder(make, {"1.csv": JANUARY, "2.csv": FEBRUARY}))
    assert cleaned.cases["registration_no"].tolist() == ["1/2024", "2/2024"]
    assert cleaned.cases["date_received"].dt.day.tolist() == [1, 2]
    assert cleaned.cases["channel"].tolist() == ["email", "email"]
    assert cleaned.rules() == []
    assert cleaned.cases["source_file"].tolist() == ["registers/1.csv", "registers/2.csv"]


def test_an_alias_in_one_file_is_not_beaten_by_a_title_in_another(make: Maker) -> None:
    for names in (("1.csv", "2.csv"), ("2.csv", "1.csv")):
        cleaned = clean(folder(make, dict(zip(names, (JANUARY, FEBRUARY), strict=True))))
        assert not cleaned.cases["channel"].isna().any()


def test_project_yml_may_name_the_heading_of_each_file(make: Maker) -> None:
    files = {"1.csv": JANUARY.replace("date received", "Arrived"), "2.csv": FEBRUARY.replace("Received on", "Came in")}
    project = folder(make, files, {"columns": "{Arrived: date_received, Came in: date_received}"})
    assert clean(project).cases["date_received"].dt.day.tolist() == [1, 2]


def test_rows_of_two_sheets_with_one_number_are_told_apart(make: Maker) -> None:
    project = sheets(make, {"March": JANUARY, "April": FEBRUARY.replace("Resolving", "Pendng")})
    found = clean(project).findings
    (message,) = found.loc[found["rule"] == "unknown_status", "message"]
    assert message.startswith("register.xlsx, sheet April, row 2, column status: the status 'Pendng'")


def test_a_hidden_sheet_is_counted_and_told(make: Maker) -> None:
    cleaned = clean(sheets(make, {"March": JANUARY, "April": FEBRUARY}, hidden="April"))
    assert len(cleaned.cases) == 2
    (message,) = cleaned.findings.loc[cleaned.findings["rule"] == "sheet_hidden", "message"]
    assert message.startswith("register.xlsx, sheet April: the sheet is hidden")


def test_a_correction_can_name_the_sheet_of_its_row(make: Maker) -> None:
    project = sheets(make, {"March": JANUARY, "April": FEBRUARY.replace("2/2024", "1/2024")})
    entry = (
        "- match: {{registration_no: 1/2024, sheet: {sheet}}}\n  column: status\n  from: Resolving\n  to: Unrelated\n"
        "  reason: told so\n  who: M&E\n  date: 2024-07-01\n"
    )
    path = project.folder / "corrections.yml"
    path.write_text(entry.format(sheet="April"), encoding="utf-8")
    assert clean(project).cases["status"].tolist() == ["in_progress", "unrelated"]
    path.write_text(entry.format(sheet="May"), encoding="utf-8")
    with pytest.raises(InputError, match="no row of the register match"):
        clean(project)


def test_a_pattern_does_not_take_other_files_of_the_project_for_the_register(make: Maker) -> None:
    project = make.project(JANUARY, {"register": "'*.csv'"})
    (project.folder / "explanations.csv").write_text("number,rule,reason,who,date\n", encoding="utf-8")
    cleaned = clean(project)
    assert len(cleaned.cases) == 1
    assert cleaned.rules() == []


def test_a_finding_of_a_row_names_its_registration_number_and_no_other_cell(make: Maker) -> None:
    text = "complainant,registration_no,date_received,channel,status\nBold,1/2024,2024-03-01,email,Resolving,x\n"
    register = map_columns(read_register(make.project(text)), load_project(SAMPLE))
    (finding,) = register.found.to_dict("records")
    assert (finding["rule"], finding["registration_no"]) == ("cells_beyond_headings", "1/2024")


def test_a_column_that_is_said_not_to_be_there_and_is_there_is_refused(make: Maker) -> None:
    with pytest.raises(InputError, match=r"key not_collected\.channel: the register has the column, under the heading"):
        clean(make.project(JANUARY, {"not_collected": "{channel: never asked}"}))


@pytest.mark.parametrize("cell", ["?", "unknown", "n/a", "perhaps"])
def test_a_doubt_whether_a_grievance_is_sensitive_counts_as_yes(make: Maker, cell: str) -> None:
    cleaned = clean(
        make.project(JANUARY.replace("status\n", "status,is_sensitive\n").replace("ing\n", f"ing,{cell}\n"))
    )
    assert len(cleaned.sensitive) == 1
    assert cleaned.rules() == ["sensitive_in_doubt"]


def test_json_that_is_packed_is_read_as_json(make: Maker) -> None:
    project = make.project("", {"register": "register.jsonl.gz"})
    records = (
        '{"registration_no": "1/2024", "date_received": "2024-03-01", "channel": "email", "status": "Resolving"}\n'
    )
    (project.folder / "register.jsonl.gz").write_bytes(gzip.compress(records.encode()))
    assert clean(project).cases["registration_no"].tolist() == ["1/2024"]

"""internal/findings.xlsx: the register as it was, coloured and commented where something was noticed."""

from __future__ import annotations

import stat
import time
import zipfile
from pathlib import Path

import openpyxl
import pandas as pd
import pytest

from pipeline.register.workbook import MOST_COMMENTS, SheetCopy, findings_workbook, write_findings_workbook
from pipeline.workbooks import LONGEST_TEXT, fitted, row_height, sheet_name, workbook_bytes

COLUMNS = ["source_file", "source_sheet", "source_row", "column", "severity", "message", "action"]
RED, AMBER, BLUE, GREEN = "FFF4B6B6", "FFFFE08A", "FFCFE2F3", "FFD9EAD3"

REGISTER = SheetCopy(
    file="register.xlsx",
    sheet="Register",
    rows=[
        ["Grievances of 2024", "", "", ""],
        ["No.", "Received", "Status", "Summary"],
        ["1/2024", "2024-02-30", "Closed", "=1+1"],
        ["2/2024", "", "", "+97699112233"],
        ["3/2024", "2024-03-01", "Resolved"],
    ],
    columns={"registration_no": 0, "date_received": 1, "status": 2, "summary": 3},
    heading_rows=2,
)


def found(*rows: tuple[object, ...]) -> pd.DataFrame:
    table = pd.DataFrame(list(rows), columns=COLUMNS)
    return table.assign(source_row=pd.array(list(table["source_row"]), dtype="Int64"))


def finding(row: int | None, column: str, severity: str, message: str, sheet: str = "Register") -> tuple[object, ...]:
    return "register.xlsx", sheet, row, column, severity, message, "Mend it."


FOUND = found(
    finding(3, "date_received", "error", "The date cannot be read."),
    finding(3, "status", "warning", "The status is odd."),
    finding(3, "status", "error", "The status is not known."),
    finding(4, "date_received", "note", "No date of receipt."),
    finding(4, "", "warning", "The row is odd."),
    finding(5, "summary", "explained", "There is no summary. Explained: it was lost."),
    finding(None, "", "note", "The column 'x' is not known."),
)


def opened(path: Path, sheets: list[SheetCopy], noticed: pd.DataFrame) -> openpyxl.Workbook:
    write_findings_workbook(sheets, noticed, path)
    return openpyxl.load_workbook(path)


def comment(sheet: object, address: str) -> str | None:
    note = sheet[address].comment  # type: ignore[index]
    return note.text if note else None


def colour(sheet: object, address: str) -> str:
    return str(sheet[address].fill.fgColor.rgb)  # type: ignore[index]


def listed(workbook: openpyxl.Workbook) -> list[tuple[object, ...]]:
    rows = list(workbook["Findings"].values)
    return rows[rows.index(next(row for row in rows if row[0] == "severity")) + 1 :]


@pytest.fixture
def workbook(tmp_path: Path) -> openpyxl.Workbook:
    return opened(tmp_path / "findings.xlsx", [REGISTER], FOUND)


def test_the_register_stands_there_as_it_was_with_every_row_in_its_place(workbook: openpyxl.Workbook) -> None:
    rows = [[cell or "" for cell in row] for row in workbook["Register"].values]
    assert [row[: len(own)] for row, own in zip(rows, REGISTER.rows, strict=True)] == list(REGISTER.rows)


def test_each_cell_has_its_comment_and_the_colour_of_the_gravest(workbook: openpyxl.Workbook) -> None:
    sheet = workbook["Register"]
    assert {cell.coordinate: cell.comment.text for row in sheet for cell in row if cell.comment} == {
        "B3": "Error: The date cannot be read. → Mend it.",
        "C3": "Warning: The status is odd. → Mend it.\nError: The status is not known. → Mend it.",
        "B4": "Note: No date of receipt. → Mend it.",
        "A4": "Warning: The row is odd. → Mend it.",
        "D5": "Explained: There is no summary. Explained: it was lost. → Mend it.",
    }
    colours = {"B3": RED, "C3": RED, "B4": BLUE, "A4": AMBER, "D5": GREEN, "A3": "00000000"}
    assert {address: colour(sheet, address) for address in colours} == colours


def test_the_first_sheet_lists_every_finding_with_its_place_and_a_link(workbook: openpyxl.Workbook) -> None:
    assert workbook.sheetnames == ["Findings", "Register"]
    told = workbook["Findings"]["A1"].value
    assert told == "What was noticed in the register: 2 errors, 2 warnings, 2 notes, 1 explained."
    rows = listed(workbook)
    assert rows[0] == (
        *("error", "register.xlsx", "Register", 3, "date_received", "B3", "The date cannot be read.", "Mend it."),
    )
    assert [row[5] for row in rows] == ["B3", "C3", "C3", "B4", "A4", "D5", None]
    assert rows[-1][3:7] == (None, None, None, "The column 'x' is not known.")
    links = [cell.hyperlink.location for row in workbook["Findings"] for cell in row if cell.hyperlink]
    assert links == [f"'Register'!{address}" for address in ("B3", "C3", "C3", "B4", "A4", "D5")]


def test_nothing_in_the_workbook_is_a_formula(workbook: openpyxl.Workbook, tmp_path: Path) -> None:
    assert {cell.data_type for sheet in workbook for row in sheet for cell in row if cell.value} == {"s", "n"}
    assert workbook["Register"]["D3"].value == "=1+1"
    with zipfile.ZipFile(tmp_path / "findings.xlsx") as archive:
        assert not any(b"<f>" in archive.read(name) for name in archive.namelist())


def test_the_workbook_is_its_owners_alone_and_the_same_each_time(tmp_path: Path) -> None:
    path = tmp_path / "findings.xlsx"
    path.write_text("a former one")
    path.chmod(0o644)
    write_findings_workbook([REGISTER], FOUND, path)
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    first = path.read_bytes()
    # The time in an archive has a resolution of two seconds.
    time.sleep(2.1)
    assert findings_workbook([REGISTER], FOUND) == first


def test_without_findings_the_first_sheet_says_so(tmp_path: Path) -> None:
    workbook = opened(tmp_path / "findings.xlsx", [REGISTER], found())
    assert workbook["Findings"]["A1"].value == "Nothing was noticed in the register."
    assert listed(workbook) == []


def test_a_register_without_rows_is_written_too(tmp_path: Path) -> None:
    empty = SheetCopy("register.csv", "", [], {})
    workbook = opened(tmp_path / "findings.xlsx", [empty], found())
    assert workbook.sheetnames == ["Findings", "register"]
    assert opened(tmp_path / "findings.xlsx", [], found()).sheetnames == ["Findings"]


def test_a_finding_whose_place_is_not_in_the_copy_is_listed_without_a_link(tmp_path: Path) -> None:
    noticed = found(finding(99, "", "error", "Far away."), finding(1, "", "error", "Elsewhere.", sheet="Other"))
    workbook = opened(tmp_path / "findings.xlsx", [REGISTER], noticed)
    assert [(row[3], row[5], row[6]) for row in listed(workbook)] == [(99, None, "Far away."), (1, None, "Elsewhere.")]


def test_of_a_long_sheet_the_headings_and_the_rows_with_findings_are_copied(tmp_path: Path) -> None:
    body = [[f"{number}/2024", "2024-03-01", "Resolved", "text"] for number in range(1, 30_001)]
    register = SheetCopy("register.xlsx", "Register", [*REGISTER.rows[:2], *body], REGISTER.columns, heading_rows=2)
    noticed = found(finding(29_000, "status", "error", "Odd."), finding(5, "", "note", "Odd too."))
    workbook = opened(tmp_path / "findings.xlsx", [register], noticed)
    sheet = workbook["Register"]
    rows = list(sheet.values)
    assert str(rows[0][0]).startswith("Copied in part: of 30,002 rows")
    assert [row[:2] for row in rows[1:]] == [
        (1, "Grievances of 2024"),
        (2, "No."),
        (5, "3/2024"),
        (29_000, "28998/2024"),
    ]
    assert (colour(sheet, "D5"), comment(sheet, "D5")) == (RED, "Error: Odd. → Mend it.")
    assert (colour(sheet, "B4"), comment(sheet, "B4")) == (BLUE, "Note: Odd too. → Mend it.")
    assert [row[5] for row in listed(workbook)] == ["D5", "B4"]


def test_beyond_some_thousand_comments_cells_are_coloured_only_and_the_first_sheet_says_so(tmp_path: Path) -> None:
    rows = [["No."], *([str(number)] for number in range(MOST_COMMENTS + 10))]
    register = SheetCopy("register.xlsx", "Register", rows, {"registration_no": 0})
    noticed = found(*(finding(row, "registration_no", "error", "Odd.") for row in range(2, len(rows) + 1)))
    workbook = opened(tmp_path / "findings.xlsx", [register], noticed)
    sheet = workbook["Register"]
    assert sum(cell.comment is not None for (cell,) in sheet) == MOST_COMMENTS
    assert (comment(sheet, "A5011"), colour(sheet, "A5011")) == (None, RED)
    told = [str(row[0]) for row in workbook["Findings"].values]
    assert "Only the first 5,000 of 5,010 cells have a comment; the others are coloured, and listed below." in told


def test_sheets_get_names_that_excel_allows_and_links_that_find_them(tmp_path: Path) -> None:
    names = ["Findings", "history", "a/b:c*[d]?", "it's 2024", "x" * 40, "X" * 40, ""]
    sheets = [SheetCopy("register.xlsx", name, [["No."], ["1"]], {"registration_no": 0}) for name in names]
    noticed = found(*(finding(2, "registration_no", "note", "Odd.", sheet=name) for name in names))
    workbook = opened(tmp_path / "findings.xlsx", sheets, noticed)
    assert workbook.sheetnames == [
        *("Findings", "Findings (2)", "history (2)", "a_b_c__d__", "it's 2024", "x" * 30 + "…"),
        *("X" * 26 + "… (2)", "register"),
    ]
    links = [cell.hyperlink.location for row in workbook["Findings"] for cell in row if cell.hyperlink]
    assert links[3] == "'it''s 2024'!A2"
    assert len(links) == len(names)


def test_cells_that_excel_cannot_hold_are_cut_or_cleaned(tmp_path: Path) -> None:
    odd = ["a" * 40_000, "\U0001f600" * 20_000, "bell\x07 and half a letter \ud83d", "_x0041_", "two\nlines", "<b>&"]
    register = SheetCopy("register.xlsx", "Register", [["No."], odd], {"registration_no": 0})
    noticed = found(finding(2, "registration_no", "error", "bell\x07 " + "b" * 40_000))
    sheet = opened(tmp_path / "findings.xlsx", [register], noticed)["Register"]
    cells = [cell.value for cell in sheet[2]]
    assert cells[0] == "a" * 32_766 + "…"
    assert cells[1] == "\U0001f600" * 16_383 + "…"
    assert cells[2:] == ["bell\ufffd and half a letter \ufffd", "_x0041_", "two\nlines", "<b>&"]
    assert str(comment(sheet, "A2")).startswith("Error: bell\ufffd bbb")


def test_a_text_that_fits_stays_as_it_is() -> None:
    assert fitted("a" * LONGEST_TEXT) == "a" * LONGEST_TEXT
    assert fitted("a\U0001f600b", 3) == "a…"
    assert fitted("\U0001f600" * 4, 8) == "\U0001f600" * 4


def test_a_name_that_is_taken_in_other_letters_gets_a_number() -> None:
    assert sheet_name("register", {"REGISTER", "register (2)"}) == "register (3)"
    assert sheet_name("'", set()) == "Sheet"


def test_a_workbook_that_is_filled_wrongly_is_an_error() -> None:
    with pytest.raises(ZeroDivisionError):
        workbook_bytes(lambda _: 1 / 0)


def test_a_row_is_as_high_as_its_longest_text_needs() -> None:
    assert row_height([]) == row_height([("", 10), ("short", 10)]) == 15
    assert row_height([("x" * 170, 20), ("short", 10)]) == 150
    assert row_height([("one\ntwo\n\nfour", 20)]) == 60
    assert row_height([("x" * 100_000, 10)]) <= 409

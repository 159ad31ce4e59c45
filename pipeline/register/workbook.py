"""internal/findings.xlsx: the register as it was read, its cells coloured where something was noticed.

It holds the register with its names, so only its owner can read it.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pandas as pd

from pipeline.files import write_bytes, write_csv
from pipeline.register.findings import COLUMNS, SEVERITIES, in_order, joined
from pipeline.register.reading import Register
from pipeline.stage import Stage
from pipeline.workbooks import MOST_COLUMNS, MOST_ROWS, fitted, row_height, sheet_name, workbook_bytes

WORKBOOK = "findings.xlsx"
OVERVIEW = "Findings"
"""The first sheet: every finding with its place."""
MOST_COPIED_ROWS = 20_000
"""A sheet with more rows is copied in part: headings, and the rows in which something was noticed, as many at most."""
MOST_COMMENTS = 5_000
"""Beyond so many comments a workbook opens slowly; the cells that follow are coloured only."""
MOST_LINKS = 50_000
"""Excel follows at most 65,530 links on a sheet."""
MOST_LISTED = 50_000
"""What a person can look through, and a spreadsheet opens quickly: the gravest findings."""

_COLOURS = {"error": "#F4B6B6", "warning": "#FFE08A", "note": "#CFE2F3", "explained": "#D9EAD3"}
_MEANINGS = {
    "error": "keeps the report from being released until it is settled",
    "warning": "may be right; look at it",
    "note": "for your information",
    "explained": "an error that somebody has explained in explanations.csv",
}
_HEADINGS = ("severity", "file", "sheet", "row", "column", "cell", "message", "what to do")
_WIDTHS = (10, 18, 18, 8, 22, 8, 90, 60)
_ROWS_AT_A_TIME = 5_000
_PLACE = ("sheet_number", "place_row", "place_column")
_LONGEST_COMMENT = 4_000
_AUTHOR = "GRM register"


@dataclass(frozen=True)
class SheetCopy:
    """A sheet of the register as it stood.

    `rows[i]` is row i + 1 of the file, banner and headings too; `columns` maps a known column to its place from 0;
    `heading_rows` says how many rows at the top are no grievances. `sheet` is empty for a text file.
    """

    file: str
    sheet: str
    rows: Sequence[Sequence[str]]
    columns: Mapping[str, int]
    heading_rows: int = 1


@dataclass(frozen=True)
class _Written:
    """A sheet of the workbook: its name, the row it has for each row of the register, and how far cells moved right."""

    name: str
    row_of: Mapping[int, int]
    shift: int


def save_findings(whole: Register, every: pd.DataFrame, found: pd.DataFrame, gaps: pd.DataFrame, stage: Stage) -> None:
    """Write the findings for the analyst and, with their places, for later stages.

    findings.xlsx, which is restricted, shows `every` finding in the whole register. findings.csv has those `found`
    without the sensitive grievances; findings.parquet has the `gaps` in the numbers as well.
    """
    write_findings_workbook(copies(whole), placed_in_copies(whole, every), stage.path("internal", WORKBOOK))
    stage.save(found[list(COLUMNS)], "findings.csv")
    stage.save(in_order(joined(found, gaps)), "findings.parquet")


def write_findings(register: Register, found: pd.DataFrame, folder: Path) -> None:
    """Write findings.csv and findings.xlsx, the copy of the register, which only its owner can read.

    `found` is in order and holds no name.
    """
    write_csv(found[list(COLUMNS)], folder / "findings.csv")
    write_findings_workbook(copies(register), placed_in_copies(register, found), folder / WORKBOOK)


def copies(register: Register) -> list[SheetCopy]:
    """Return the sheets that the register was read from, each with the places of its known columns."""
    by_sheet: dict[tuple[str, str], SheetCopy] = {}
    for table in register.tables:
        sheet = table.sheet
        columns = {
            register.headings[register.spelt[heading]]: column
            for heading, column in zip(table.headings, table.columns, strict=True)
        }
        before = by_sheet.get((sheet.file, sheet.name))
        by_sheet[sheet.file, sheet.name] = SheetCopy(
            sheet.file,
            sheet.name,
            _Rows(sheet.cells),
            before.columns if before else columns,
            before.heading_rows if before else max(table.heading_rows) + 1,
        )
    return list(by_sheet.values())


def placed_in_copies(register: Register, found: pd.DataFrame) -> pd.DataFrame:
    """Name the rows of the findings as the copies have them: a record of JSON stands below the row of its headings."""
    first = {(table.sheet.file, table.sheet.name): table.sheet.first_row for table in register.tables}
    moved = [1 - first.get(place, 1) for place in zip(found["source_file"], found["source_sheet"], strict=True)]
    return found.assign(source_row=found["row"] + pd.array(moved, dtype="Int64"))


class _Rows(Sequence[list[str]]):
    """The rows of a sheet as lists of texts, some thousand at a time: a copy takes only some of a long sheet."""

    def __init__(self, cells: pd.DataFrame) -> None:
        self.cells = cells
        self.block, self.rows = -1, list[list[str]]()

    def __len__(self) -> int:
        return len(self.cells)

    def __getitem__(self, row: Any) -> Any:
        if isinstance(row, slice):
            return [self[place] for place in range(*row.indices(len(self)))]
        if not -len(self) <= row < len(self):
            raise IndexError(row)
        block, place = divmod(row % len(self), _ROWS_AT_A_TIME)
        if block != self.block:
            part = self.cells.iloc[block * _ROWS_AT_A_TIME : (block + 1) * _ROWS_AT_A_TIME]
            columns = [part[name].fillna("").tolist() for name in part.columns]
            self.block, self.rows = block, [list(cells) for cells in zip(*columns, strict=True)]
        return self.rows[place]


def write_findings_workbook(sheets: Sequence[SheetCopy], found: pd.DataFrame, path: Path) -> None:
    """Write the register with what was noticed in it, readable by its owner alone.

    Parameters
    ----------
    sheets
        The register's sheets, in order.
    found
        Findings, the gravest first, with `source_file`, `source_sheet`, `source_row` (Int64, missing where a finding
        is about the whole file), `column` (a known column, or empty for the whole row), `severity`, `message` and
        `action`. One whose place is not among `sheets` is listed on the first sheet only.
    path
        Where the workbook goes.
    """
    write_bytes(findings_workbook(sheets, found), path, restricted=True)


def findings_workbook(sheets: Sequence[SheetCopy], found: pd.DataFrame) -> bytes:
    """Return the workbook as bytes: the same for the same register and findings."""
    return workbook_bytes(lambda workbook: _fill(workbook, sheets, _placed(sheets, found)))


def _fill(workbook: Any, sheets: Sequence[SheetCopy], placed: pd.DataFrame) -> None:
    formats = {severity: workbook.add_format({"bg_color": colour}) for severity, colour in _COLOURS.items()}
    formats["bold"] = workbook.add_format({"bold": True, "valign": "top"})
    formats["wrapped"] = workbook.add_format({"text_wrap": True, "valign": "top"})
    formats["link"] = workbook.add_format({"font_color": "#0563C1", "underline": 1, "valign": "top"})
    overview = workbook.add_worksheet(OVERVIEW)
    left = MOST_COMMENTS
    written: list[_Written] = []
    for number, copy in enumerate(sheets):
        marks = _marks(_in_the_gravest_rows(placed[placed["sheet_number"] == number], copy))
        name = sheet_name(copy.sheet or Path(copy.file).stem, {OVERVIEW, *(one.name for one in written)})
        one = _write_copy(workbook.add_worksheet(name), name, copy, marks, formats)
        _write_comments(workbook.get_worksheet_by_name(name), one, marks, left)
        left = max(0, left - len(marks))
        written.append(one)
    _write_overview(overview, placed, written, formats)


def _placed(sheets: Sequence[SheetCopy], found: pd.DataFrame) -> pd.DataFrame:
    """Add to the findings `sheet_number`, `place_row` and `place_column`, each from 0, or -1 where it is unknown."""
    found = found.reset_index(drop=True)
    number_of = {(copy.file, copy.sheet): number for number, copy in reversed(list(enumerate(sheets)))}
    texts = {
        name: found[name].astype("object").where(found[name].notna(), "").map(str)
        for name in ("source_file", "source_sheet", "column", "severity", "message", "action")
    }
    places = []
    for file, sheet, row, column in zip(
        texts["source_file"], texts["source_sheet"], found["source_row"], texts["column"], strict=True
    ):
        number = number_of.get((file, sheet), -1)
        if number < 0 or pd.isna(row) or not 1 <= int(row) <= len(sheets[number].rows):
            places.append((-1, -1, -1))
        else:
            places.append((number, int(row) - 1, sheets[number].columns.get(column, 0)))
    place = pd.DataFrame(
        places, columns=["sheet_number", "place_row", "place_column"], index=found.index, dtype="int64"
    )
    return found.assign(**texts).join(place)


def _in_the_gravest_rows(placed: pd.DataFrame, copy: SheetCopy) -> pd.DataFrame:
    """Keep the findings of the rows that a copy in part has: those of the gravest, with what else was noticed there."""
    if len(copy.rows) <= MOST_COPIED_ROWS:
        return placed
    rows = placed["place_row"].drop_duplicates().head(MOST_COPIED_ROWS)
    return placed[placed["place_row"].isin(rows)]


def _marks(placed: pd.DataFrame) -> dict[tuple[int, int], tuple[str, str]]:
    """Return for each cell, row and column from 0, its gravest severity and everything that was noticed in it."""
    lines: dict[tuple[int, int], list[tuple[int, str]]] = {}
    told_of = [placed[name] for name in ("place_row", "place_column", "severity", "message", "action")]
    for row, column, severity, message, action in zip(*told_of, strict=True):
        told = f"{severity.capitalize()}: {message} → {action}"
        lines.setdefault((int(row), int(column)), []).append((SEVERITIES.index(severity), told))
    return {
        cell: (SEVERITIES[min(rank for rank, _ in noticed)], "\n".join(dict.fromkeys(told for _, told in noticed)))
        for cell, noticed in sorted(lines.items())
    }


def _write_copy(
    sheet: Any, name: str, copy: SheetCopy, marks: Mapping[tuple[int, int], tuple[str, str]], formats: dict[str, Any]
) -> _Written:
    is_whole = len(copy.rows) <= MOST_COPIED_ROWS
    shown = range(len(copy.rows)) if is_whole else sorted({*range(copy.heading_rows), *(row for row, _ in marks)})
    # A copy in part begins with a line that says so, and with the register's own numbers of the rows.
    down, right = (0, 0) if is_whole else (1, 1)
    row_of = {row: place + down for place, row in enumerate(shown) if place + down < MOST_ROWS}
    if not is_whole:
        told = (
            f"Copied in part: of {len(copy.rows):,} rows only the headings and those in which something was noticed"
            f"{_at_most(marks)}. The first column is the row in the register."
        )
        sheet.write_string(0, 0, told, formats["bold"])
    for row, place in row_of.items():
        if not is_whole:
            sheet.write_number(place, 0, row + 1)
        is_heading = row < copy.heading_rows
        for column, text in enumerate(copy.rows[row][: MOST_COLUMNS - right]):
            severity, _ = marks.get((row, column), ("", ""))
            shape = formats[severity] if severity else formats["bold"] if is_heading else None
            if text:
                sheet.write_string(place, column + right, fitted(text), shape)
    for (row, column), (severity, _) in marks.items():
        # A blank cell, or one beyond the end of its row, is coloured all the same.
        if row in row_of and not _text_at(copy, row, column):
            sheet.write_blank(row_of[row], column + right, None, formats[severity])
    width = max((len(copy.rows[row]) for row in shown[: MOST_ROWS - down]), default=0)
    if width:
        sheet.set_column(right, min(width + right, MOST_COLUMNS) - 1, 18)
    if copy.heading_rows and copy.rows:
        sheet.freeze_panes(copy.heading_rows + down, right)
    return _Written(name, row_of, right)


def _at_most(marks: Mapping[tuple[int, int], tuple[str, str]]) -> str:
    rows = len({row for row, _ in marks})
    return f", the {rows:,} with the gravest findings at most" if rows >= MOST_COPIED_ROWS else ""


def _text_at(copy: SheetCopy, row: int, column: int) -> str:
    cells = copy.rows[row]
    return cells[column] if column < len(cells) else ""


def _write_comments(sheet: Any, written: _Written, marks: Mapping[tuple[int, int], tuple[str, str]], most: int) -> None:
    for (row, column), (_, text) in list(marks.items())[:most]:
        if row in written.row_of:
            lines = sum(1 + len(line) // 45 for line in text.splitlines()) + 1
            size = {"author": _AUTHOR, "width": 300, "height": min(400, 18 * lines), "font_size": 9}
            sheet.write_comment(written.row_of[row], column + written.shift, fitted(text, _LONGEST_COMMENT), size)


def _write_overview(sheet: Any, placed: pd.DataFrame, written: Sequence[_Written], formats: dict[str, Any]) -> None:
    for column, width in enumerate(_WIDTHS):
        sheet.set_column(column, column, width)
    top = 0
    for line in _introduction(placed):
        sheet.write_string(top, 0, line, formats["bold"] if top == 0 else None)
        top += 1
    for severity in SEVERITIES:
        sheet.write_string(top, 0, severity, formats[severity])
        sheet.write_string(top, 1, _MEANINGS[severity])
        top += 1
    top += 1
    for column, heading in enumerate(_HEADINGS):
        sheet.write_string(top, column, heading, formats["bold"])
    listed = placed.head(MOST_LISTED)
    for place, finding in enumerate(listed.itertuples(index=False), start=top + 1):
        address, link = _whereabouts(finding, written)
        _write_finding(sheet, place, finding, address, link if place - top <= MOST_LINKS else "", formats)
    sheet.autofilter(top, 0, top + max(1, len(listed)), len(_HEADINGS) - 1)
    sheet.freeze_panes(top + 1, 0)
    sheet.set_landscape()
    sheet.set_paper(9)
    sheet.fit_to_pages(1, 0)
    sheet.activate()


def _introduction(placed: pd.DataFrame) -> Iterator[str]:
    """Say what the workbook shows and what it leaves out."""
    if placed.empty:
        yield "Nothing was noticed in the register."
    else:
        counts = placed["severity"].value_counts()
        told = ", ".join(_counted(counts[severity], severity) for severity in SEVERITIES if severity in counts)
        yield f"What was noticed in the register: {told}."
    yield (
        "The sheets that follow are a copy of the register as it was read. Mend the register itself: this file is made "
        "anew with each run."
    )
    yield "It holds names of people. Keep it where only those who handle grievances can open it."
    cells = len(
        placed.loc[placed["sheet_number"] >= 0, ["sheet_number", "place_row", "place_column"]].drop_duplicates()
    )
    if cells > MOST_COMMENTS:
        yield (
            f"Only the first {MOST_COMMENTS:,} of {cells:,} cells have a comment; the others are coloured, and listed "
            "below."
        )
    if len(placed) > MOST_LISTED:
        yield f"Only the first {MOST_LISTED:,} of {len(placed):,} findings are listed; findings.csv has all of them."


def _counted(count: int, severity: str) -> str:
    is_plural = count != 1 and severity != "explained"
    return f"{count:,} {severity}{'s' if is_plural else ''}"


def _write_finding(sheet: Any, place: int, finding: Any, address: str, link: str, formats: dict[str, Any]) -> None:
    texts = (
        (1, finding.source_file),
        (2, finding.source_sheet),
        (4, finding.column),
        (5, "" if link else address),
        (6, finding.message),
        (7, finding.action),
    )
    sheet.write_string(place, 0, finding.severity, formats[finding.severity])
    for column, text in texts:
        if text:
            sheet.write_string(place, column, fitted(text), formats["wrapped"])
    if not pd.isna(finding.source_row):
        sheet.write_number(place, 3, int(finding.source_row), formats["wrapped"])
    if link:
        sheet.write_url(place, 5, link, formats["link"], address)
    sheet.set_row(place, row_height((text, _WIDTHS[column]) for column, text in texts))


def _whereabouts(finding: Any, written: Sequence[_Written]) -> tuple[str, str]:
    """Return the address of a finding's cell in the copy and the link to it; both are empty where there is none."""
    if finding.sheet_number < 0 or finding.place_row not in written[finding.sheet_number].row_of:
        return "", ""
    one = written[finding.sheet_number]
    address = _address(one.row_of[finding.place_row], finding.place_column + one.shift)
    quoted = one.name.replace("'", "''")
    return address, f"internal:'{quoted}'!{address}"


def _address(row: int, column: int) -> str:
    """Return an address as a spreadsheet writes it: 'A1' for row 0 and column 0."""
    letters, column = "", column + 1
    while column:
        column, rest = divmod(column - 1, 26)
        letters = chr(ord("A") + rest) + letters
    return f"{letters}{row + 1}"

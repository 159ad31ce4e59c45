"""Any text, table or workbook of the office without what tells who somebody is: what `make redact` writes.

A workbook is made anew from what was read of the old one, so that nothing can hide in it: cells, comments, headers,
footers, names of sheets and the title are redacted and taken over; formulas stay as what they showed; everything else
(pictures, charts, macros, links, who wrote it) is left behind.
"""

from __future__ import annotations

import csv
import io
import re
import unicodedata
from collections import Counter
from dataclasses import dataclass, field, replace
from functools import cache
from pathlib import Path
from typing import Any

from pipeline.confidentiality.hits import Hit, Kind
from pipeline.confidentiality.keeping import Kept
from pipeline.confidentiality.pattern_words import one_of, pattern_words
from pipeline.confidentiality.patterns import find_patterns, without_overlaps
from pipeline.confidentiality.redacting import find, replaced
from pipeline.confidentiality.redaction import KnownNames
from pipeline.errors import InputError
from pipeline.files import inert_cell
from pipeline.register.columns import alias_headings, dictionary, exact_headings, heading_key
from pipeline.register.formats.contained import read_contained
from pipeline.register.formats.files import OTHERS
from pipeline.register.formats.notes import AT, COMMENT, HEADER, KIND, PROPERTY, SHEET, TEXT
from pipeline.register.formats.sheet import Sheet
from pipeline.register.formats.text import decode, delimiter_of, records
from pipeline.workbooks import MOST_ROWS, fitted, sheet_name, workbook_bytes

MARK = "redacted"
"""Stands in the name of the new file, before its ending."""
TABLES = (".csv", ".tsv")
_FEWEST = 5
"""Digits below which a number is nobody's."""
_BY_FORM_ALONE = ("phone_national", "card_luhn")
"""Rules by which a sum may look like a number of somebody."""
_LONGEST_HEADING = 60
_LONGEST_MARGIN = 255
"""Letters that Excel allows in a header or a footer."""
_MOST_BYTES = 256 * 1024**2
_NUMBER = re.compile(r"-?(?:0|[1-9]\d{0,14})(?:\.\d{1,12})?")
"""A cell that is a number, and stays one; one with a nought before it may be that of a telephone."""
_CODES = re.compile(r'(&(?:"[^"]*"|K[0-9A-Fa-f+-]{6}|\d+|[A-Za-z&]))')
"""What in a header is no text: its place, its font, the page's number."""
_LEFT = (
    "Cells, comments, headers, footers and the title were taken over, formulas as what they showed; pictures, charts, "
    "macros, links, formats and who wrote the workbook were not."
)
_OLD_WORKBOOK = b"\xd0\xcf\x11\xe0"
_OTHERS = {**OTHERS, b"PAR1": "a parquet file", b"\x1f\x8b": "packed (gzip)"}


@dataclass(frozen=True)
class RedactedFile:
    """A redacted file: its bytes, its ending, how many hits of each kind were replaced, how many of them suspects.

    `left_out` says what of a workbook was not taken over.
    """

    content: bytes
    ending: str
    counts: Counter[str]
    suspects: Counter[str]
    left_out: str = ""


@dataclass
class Redactor:
    """Redacts texts by the names and the country of a project, and counts what it replaced by kind."""

    known: KnownNames
    keep: tuple[str, ...]
    locale: str
    places: tuple[str, ...] = ()
    counts: Counter[str] = field(default_factory=Counter)
    suspects: Counter[str] = field(default_factory=Counter)
    _done: dict[tuple[str, str], tuple[str, list[Hit]]] = field(default_factory=dict)

    def text(self, text: str) -> str:
        """Redact a text."""
        return self.cell(text, "")

    def cell(self, text: str, heading: str) -> str:
        """Redact a cell; its heading says what stands in it: 'Phone' before digits, 'Complainant' before a name."""
        if len(text) < _FEWEST and text.isdecimal():
            return text
        key = (text, heading)
        if key not in self._done:
            composed = unicodedata.normalize("NFC", text)
            hits = self._hits(composed, heading)
            self._done[key] = (replaced(composed, hits), hits)
        redacted, hits = self._done[key]
        self.counts.update(hit.kind for hit in hits)
        self.suspects.update(hit.kind for hit in hits if hit.is_suspect)
        return redacted

    def name(self, name: str) -> str:
        """Redact the name of a file, without brackets; names and patterns alone, which are not counted."""
        hits = find(
            unicodedata.normalize("NFC", name), self.known, keep=self.keep, locale=self.locale, with_suspects=False
        )
        return re.sub(r"[\[\]]", "", replaced(unicodedata.normalize("NFC", name), hits))

    def _hits(self, text: str, heading: str) -> list[Hit]:
        found = find(text, self.known, keep=self.keep, locale=self.locale, places=self.places)
        if not heading:
            return found
        kept = Kept.of((*sorted(self.known.kept), *self.keep))
        column = _column_of(heading)
        if column and text.strip() and dictionary()[column].identifies:
            kind: Kind = "contact" if column == "complainant_contact" else "person"
            whole = kept.without(text, [Hit(kind, 0, len(text), "column_of_a_person")])
            return whole or found
        if _of_quantities().search(heading):
            return [hit for hit in found if hit.rule not in _BY_FORM_ALONE]
        context = f"{heading}: "
        before = len(context)
        of_heading = [
            replace(hit, start=hit.start - before, end=hit.end - before)
            for hit in find_patterns(context + text, self.locale)
            if hit.start >= before
        ]
        return without_overlaps([*found, *kept.without(text, of_heading)], text)


def redact_file(path: Path, shown_as: str, redactor: Redactor) -> RedactedFile:
    """Redact a text, a table (.csv, .tsv) or a workbook.

    Raises
    ------
    InputError
        Where the file is missing, empty, too large, of another kind, or cannot be read.
    """
    kind = kind_of(path, shown_as)
    if kind == "workbook":
        content, ending = _workbook(path, shown_as, redactor), ".xlsx"
    else:
        text, _ = decode(path.read_bytes(), shown_as)
        if not text.strip():
            raise InputError(f"{shown_as} is empty: there is nothing to redact.")
        ending = path.suffix or ".txt"
        if path.suffix.lower() in TABLES:
            content = _table(text, shown_as, redactor).encode("utf-8-sig", "replace")
        else:
            content = redactor.text(text.replace("\r\n", "\n")).encode("utf-8", "replace")
    return RedactedFile(content, ending, redactor.counts, redactor.suspects, _LEFT if kind == "workbook" else "")


def kind_of(path: Path, shown_as: str) -> str:
    """Say by its content what a file is: 'workbook' or 'text'; one that cannot be redacted is an `InputError`."""
    if path.is_dir():
        raise InputError(f"{shown_as} is a folder. Name one file in it: a text, a table (.csv) or a workbook (.xlsx).")
    try:
        size = path.stat().st_size
        with path.open("rb") as handle:
            head = handle.read(4096)
    except FileNotFoundError:
        raise InputError(f"{shown_as} is not there. Check the path and the spelling of the file's name.") from None
    except OSError as error:
        raise InputError(
            f"{shown_as} cannot be read: {error.strerror}. Close it in other programs, and check its permissions."
        ) from None
    if not head.strip():
        raise InputError(f"{shown_as} is empty: there is nothing to redact.")
    if size > _MOST_BYTES:
        raise InputError(f"{shown_as} is larger than {_MOST_BYTES // 1024**2} MiB. Part it into several files.")
    other = next((what for mark, what in _OTHERS.items() if head.startswith(mark)), "")
    if head.startswith((b"PK\x03\x04", _OLD_WORKBOOK)):
        if path.suffix.lower() in (".docx", ".doc", ".odt", ".pptx", ".ppt", ".zip", ".msg"):
            other = "a document, a presentation or an archive"
        else:
            return "workbook"
    if other:
        raise InputError(
            f"{shown_as} is {other}. Only texts, tables (.csv) and workbooks (.xlsx, .xls, .ods) can be redacted. Save "
            "its text in one of these from the program that it comes from."
        )
    return "text"


def _table(text: str, shown_as: str, redactor: Redactor) -> str:
    """Redact the cells of a delimited text; cells that a spreadsheet would run get an apostrophe before them."""
    out = io.StringIO()
    writer = csv.writer(out, delimiter=delimiter_of(text), lineterminator="\n")
    headings: list[str] = []
    for row in records(text, shown_as):
        cells = _row(row, headings, redactor)
        if not headings and sum(bool(cell.strip()) for cell in row) > 1:
            headings = row
        writer.writerow([_inert(cell) for cell in cells])
    return out.getvalue()


def _row(row: list[str], headings: list[str], redactor: Redactor) -> list[str]:
    return [redactor.cell(cell, _heading(headings, place)) if cell.strip() else cell for place, cell in enumerate(row)]


def _heading(headings: list[str], place: int) -> str:
    heading = headings[place].strip() if place < len(headings) else ""
    return "" if len(heading) > _LONGEST_HEADING else heading


@cache
def _of_quantities() -> re.Pattern[str]:
    return re.compile(one_of(pattern_words().quantity_headings), re.IGNORECASE)


def _column_of(heading: str) -> str:
    key = heading_key(heading)
    return exact_headings().get(key) or alias_headings().get(key, ("", 0))[0]


def _inert(cell: str) -> str:
    return cell if _NUMBER.fullmatch(cell) else inert_cell(cell)


def _workbook(path: Path, shown_as: str, redactor: Redactor) -> bytes:
    sheets = read_contained("workbook", path, path.name, shown_as)
    if all(sheet.cells.empty for sheet in sheets):
        raise InputError(f"{shown_as} holds no cell with a text or a number: there is nothing to redact.")
    long = next((sheet for sheet in sheets if len(sheet.cells) >= MOST_ROWS), None)
    if long is not None:
        raise InputError(
            f"{shown_as} has a sheet with more rows than a workbook can hold. Part it, or save it as .csv."
        )
    (about,) = read_contained("notes", path, path.name, shown_as)
    # Rows that lack their last cells are short of them.
    rows = [[*row, *[""] * (TEXT + 1 - len(row))] for row in about.cells.fillna("").to_numpy(dtype=object).tolist()]
    visible = [sheet.is_visible for sheet in sheets]

    def fill(workbook: Any) -> None:
        taken: set[str] = set()
        for sheet in sheets:
            name = sheet_name(redactor.text(sheet.name), taken)
            taken.add(name)
            page = workbook.add_worksheet(name)
            _write(page, sheet, [row for row in rows if row[SHEET] == sheet.name], redactor)
            if any(visible) and not sheet.is_visible:
                page.hide()
            elif not any(visible[: len(taken) - 1]):
                page.set_first_sheet()
                page.activate()
        _set_properties(workbook, rows, redactor)

    return workbook_bytes(fill)


def _write(page: Any, sheet: Sheet, notes: list[list[str]], redactor: Redactor) -> None:
    headings: list[str] = []
    first = sheet.first_row - 1
    columns = [sheet.cells[place].fillna("").to_numpy(dtype=object) for place in sheet.cells.columns]
    for at, row in enumerate(zip(*columns, strict=True)):
        texts = [str(cell) for cell in row]
        cells = _row(texts, headings, redactor)
        if not headings and sum(bool(cell) for cell in texts) > 1:
            headings = texts
        for place, cell in enumerate(cells):
            if _NUMBER.fullmatch(cell):
                page.write_number(first + at, place, float(cell))
            elif cell:
                page.write_string(first + at, place, fitted(cell))
    for number in sheet.hidden_rows:
        page.set_row(number - 1, None, None, {"hidden": True})
    for note in notes:
        if note[KIND] == COMMENT and re.fullmatch(r"[A-Z]{1,3}[0-9]{1,7}", note[AT]):
            page.write_comment(note[AT], fitted(redactor.text(note[TEXT])))
        elif note[KIND] != COMMENT:
            margin = "".join(
                piece if place % 2 else redactor.text(piece) for place, piece in enumerate(_CODES.split(note[TEXT]))
            )
            (page.set_header if note[KIND] == HEADER else page.set_footer)(margin[:_LONGEST_MARGIN])


def _set_properties(workbook: Any, notes: list[list[str]], redactor: Redactor) -> None:
    found = {note[AT]: redactor.text(note[TEXT]) for note in notes if note[KIND] == PROPERTY}
    named = {"comments" if name == "description" else name: text for name, text in found.items()}
    workbook.set_properties({**named, "created": workbook.doc_properties["created"]})

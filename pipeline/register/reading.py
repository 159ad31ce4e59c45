"""Reading the register as it is kept: every cell as text, every row with its place in the file."""

from __future__ import annotations

import csv
import io
from dataclasses import dataclass, replace
from pathlib import Path

import pandas as pd

from pipeline.errors import InputError
from pipeline.project import Project
from pipeline.register import findings

PLACE = ("source_file", "source_row")
"""Where a row stands: the file, and the row as a spreadsheet numbers it (the headings are row 1)."""
_DELIMITERS = ",;\t|"
_INVISIBLE = "".join(
    chr(c)
    for c in (0xAD, 0x61C, 0x180E, *range(0x200B, 0x2010), *range(0x202A, 0x202F), *range(0x2060, 0x206A), 0xFEFF)
)
"""Letters without width and marks of direction: they hide in a cell and can turn what stands there about."""
_WITHOUT_INVISIBLE = str.maketrans("", "", _INVISIBLE)


@dataclass(frozen=True)
class Register:
    """A register on its way through cleaning.

    `table` has one row a grievance; `found` is every finding so far; `headings` maps each heading of the file to the
    column it became; `file` names the register as errors do.
    """

    table: pd.DataFrame
    file: str
    headings: dict[str, str]
    found: pd.DataFrame

    def with_table(self, table: pd.DataFrame, *noticed: pd.DataFrame) -> Register:
        """Return the register with another table and more findings; no row may get lost on the way."""
        if len(table) != len(self.table):
            raise AssertionError(f"{len(self.table)} rows went in and {len(table)} came out")
        return replace(self, table=table, found=findings.collect(self.found, *noticed))


def register_files(project: Project) -> list[Path]:
    """Return the files that make up the register; a missing one is an `InputError`."""
    path = project.folder / project.settings.register_
    shown_as = f"{project.shown_folder}/{project.settings.register_}"
    if not path.resolve().is_relative_to(project.folder.resolve()):
        raise InputError(
            f"{project.shown_folder}/project.yml, key register: the register must lie in the project's folder."
        )
    if path.suffix.lower() not in (".csv", ".tsv", ".txt"):
        raise InputError(
            f"{shown_as}: the register is read from a text file, .csv or .tsv. In Excel choose File, Save As, "
            "'CSV UTF-8', put the file beside project.yml and name it under the key register."
        )
    if not path.is_file():
        raise InputError(
            f"{shown_as} is missing. Put the register there, or name it under the key register in project.yml."
        )
    return [path]


def read_register(project: Project) -> Register:
    """Read the register without changing it.

    Returns
    -------
    Register
        Its table holds one text column a heading, blanks as missing, and the columns of `PLACE`. Cells beyond the
        headings are set aside with a finding; rows that are blank throughout are no grievances.

    Raises
    ------
    InputError
        When the file is no text, has no heading row or has a heading twice.
    """
    (path,) = register_files(project)
    shown_as = f"{project.shown_folder}/{path.name}"
    records = _records(_text_of(path, shown_as), shown_as)
    first = next((number for number, cells in enumerate(records) if any(cells)), None)
    if first is None:
        raise InputError(f"{shown_as} is empty. It needs a row of headings and one row a grievance.")
    headings = _headings(records[first], shown_as, first + 1)
    width = len(headings)
    rows: list[list[str]] = []
    places: list[int] = []
    beyond: dict[int, int] = {}
    for number, cells in enumerate(records[first + 1 :], start=first + 2):
        if not any(cells):
            continue
        extra = [cell for cell in cells[width:] if cell]
        if extra:
            beyond[len(rows)] = len(extra)
        rows.append(cells[:width] + [""] * (width - len(cells)))
        places.append(number)
    table = pd.DataFrame(rows, columns=headings, dtype="str")
    table = table.mask(table == "").assign(source_file=path.name, source_row=pd.Series(places, dtype="int64"))
    register = Register(table, path.name, {heading: heading for heading in headings}, findings.none())
    if not beyond:
        return register
    counts = pd.Series(beyond)
    at = table.loc[counts.index].assign(registration_no=table.loc[counts.index].iloc[:, 0])
    return register.with_table(table, findings.found("cells_beyond_headings", at, values=counts))


def _text_of(path: Path, shown_as: str) -> str:
    try:
        data = path.read_bytes()
    except OSError as error:
        raise InputError(
            f"{shown_as} cannot be read: {error.strerror}. Close it in other programs and try again."
        ) from None
    if data[:4] == b"PK\x03\x04" or data[:4] == b"\xd0\xcf\x11\xe0" or b"\0" in data:
        raise InputError(
            f"{shown_as} is not a text file; a spreadsheet with the ending changed is still a spreadsheet. In Excel "
            "choose File, Save As, 'CSV UTF-8'."
        )
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        row = data[: error.start].count(b"\n") + 1
        raise InputError(
            f"{shown_as}, line {row}: a character is not UTF-8. In Excel save the register as 'CSV UTF-8 (Comma "
            "delimited)', not as plain 'CSV'."
        ) from None


def _records(text: str, shown_as: str) -> list[list[str]]:
    records: list[list[str]] = []
    previous_limit = csv.field_size_limit(len(text) + 1)
    try:
        delimiter = max(_DELIMITERS, key=lambda mark: len(_first_record(text, mark)))
        for cells in csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True):
            records.append([_clean(cell) for cell in cells])
    except csv.Error as error:
        raise InputError(
            f"{shown_as}, row {len(records) + 1}: the row cannot be read ({error}). Look for a quotation mark that is "
            "not closed, in this row or the one before."
        ) from None
    finally:
        csv.field_size_limit(previous_limit)
    return records


def _first_record(text: str, delimiter: str) -> list[str]:
    """Return the headings as one delimiter parts them: a quoted heading may hold line breaks and other delimiters."""
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter)
    return next((cells for cells in reader if any(_clean(cell).strip(_DELIMITERS) for cell in cells)), [])


def _clean(cell: str) -> str:
    return cell.translate(_WITHOUT_INVISIBLE).replace("\u00a0", " ").replace("\u202f", " ").strip()


def _headings(cells: list[str], shown_as: str, row: int) -> list[str]:
    cells = [" ".join(cell.split()) for cell in cells]
    while cells and not cells[-1]:
        cells = cells[:-1]
    for place, heading in enumerate(cells, start=1):
        if not heading:
            raise InputError(f"{shown_as}, row {row}, column {place}: the heading is blank. Give the column a heading.")
        if cells.index(heading) + 1 != place:
            raise InputError(
                f"{shown_as}, row {row}: the heading '{heading}' stands there twice. Rename one of the two."
            )
        if heading in PLACE:
            raise InputError(
                f"{shown_as}, row {row}: the heading '{heading}' is a word that the program needs. Rename the column."
            )
    return cells

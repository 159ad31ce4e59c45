"""How errors speak of headings: in words that the program or project.yml knows, of any other by its column alone.

Before the columns are known the names of the register are not known either. What was taken for a heading may then be
somebody's name or story, and an error stands in terminals and logs.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Sequence

from xlsxwriter.utility import xl_col_to_name

from pipeline.project import Project
from pipeline.register.columns import dictionary, heading_key, known_headings
from pipeline.register.placement import number_pattern
from pipeline.register.reading import Register
from pipeline.register.tables import Table, looks_like_data

_MOST_COLUMNS, _MOST_TABLES = 40, 3
_ROWS_COMPARED = 10_000
_DAY_IN_WORDS = re.compile(r"\d{1,2}[-./ ]+[^\W\d_]{3,}\.?,?[-./ ]+\d{2,4}")


def is_known(heading: str, project: Project) -> bool:
    """Say whether a heading is in words that the data dictionary or project.yml has."""
    key = heading_key(heading)
    return key in known_headings() or key in {heading_key(one) for one in project.settings.columns}


def told(heading: str, register: Register, project: Project) -> str:
    """Name a heading: in its own words where they are known, by its column otherwise."""
    return f"'{heading}'" if is_known(heading, project) else f"the one in {column_of(heading, register)}"


def column_of(heading: str, register: Register) -> str:
    """Say in which column a heading stands, in the first table that has it."""
    return next((_columns(table, places) for table, places in _standing(register, {heading}) if places), "a column")


def shown(register: Register, project: Project) -> dict[tuple[str, str], dict[str, str]]:
    """Say by file and sheet in which column of a spreadsheet a known column stands and what its heading is.

    As "(C, 'Complaint type')"; a heading is told in words that are known, of another one the letter stands alone. What
    is headed by the name of the column is found by it and left out, and so is what stands in several places of a sheet.
    """
    places: dict[tuple[str, str], dict[str, set[str]]] = {}
    for table in register.tables:
        of_sheet = places.setdefault((table.sheet.file, table.sheet.name), {})
        for own, place in zip(table.headings, table.columns, strict=True):
            name = register.headings[register.spelt.get(own, own)]
            if name in dictionary():
                of_sheet.setdefault(name, set()).add(_shown(own, name, place, table, project))
    return {
        sheet: {name: text for name, texts in of_sheet.items() if len(texts) == 1 for text in texts if text}
        for sheet, of_sheet in places.items()
    }


def _shown(heading: str, name: str, place: int, table: Table, project: Project) -> str:
    if heading_key(heading) == heading_key(name):
        return ""
    letter = [xl_col_to_name(place)] if table.sheet.first_row else []
    words = [f"'{heading}'"] if is_known(heading, project) else []
    return f"({', '.join([*letter, *words])})" if letter or words else ""


def places_of(headings: Collection[str], register: Register) -> str:
    """Say where headings stand: the file where there are several, the row, the columns."""
    found = [(table, places) for table, places in _standing(register, set(headings)) if places]
    first = [f"{_in_file(table, register)}{_columns(table, places)}" for table, places in found[:_MOST_TABLES]]
    return "; ".join([*first, *(["and more"] if len(found) > _MOST_TABLES else [])]) or "none"


def rows_of_headings(register: Register) -> str:
    """Say in which rows the headings were found, for a sentence."""
    rows = [_row(table) for table in register.tables]
    return rows[0] if len(set(rows)) == 1 else "the rows that were taken for headings"


def is_in_doubt(register: Register) -> bool:
    """Say whether no heading is known by a word that no grievance has in a cell."""
    return all(table.hits == 0 for table in register.tables)


def like_a_grievance(register: Register, project: Project) -> str:
    """Name the row that was taken for headings and is like a grievance: in which file or sheet; '' where none is.

    It holds no word that only a heading is, and a number, a day or a value that stands in its column once more.
    """
    for table in register.tables:
        if table.hits == 0 and table.sheet.first_row and _is_like_grievance(table, project):
            return f"{table.sheet.shown}, {_row(table)}"
    return ""


def _is_like_grievance(table: Table, project: Project) -> bool:
    numbering = project.settings.numbering
    number = re.compile(number_pattern(numbering)) if numbering else None
    for heading, column in zip(table.headings, table.columns, strict=True):
        if looks_like_data(heading) or _DAY_IN_WORDS.fullmatch(heading) or (number and number.fullmatch(heading)):
            return True
        cells = table.sheet.cells[column].iloc[table.rows[:_ROWS_COMPARED]]
        if cells.str.casefold().eq(heading.casefold()).any():
            return True
    return False


def _standing(register: Register, headings: set[str]) -> list[tuple[Table, list[int]]]:
    """Find headings of the joined tables in each table, as positions of its columns."""
    return [
        (
            table,
            [
                column
                for own, column in zip(table.headings, table.columns, strict=True)
                if register.spelt.get(own, own) in headings
            ],
        )
        for table in register.tables
    ]


def _in_file(table: Table, register: Register) -> str:
    file = f"{table.sheet.file}, " if len({one.sheet.file for one in register.tables}) > 1 else ""
    return f"{file}{_row(table)}, " if table.sheet.first_row else file


def _row(table: Table) -> str:
    if not table.sheet.first_row:
        return "the names of the fields"
    return _listed("row", [str(table.sheet.row_number(row)) for row in table.heading_rows])


def _columns(table: Table, places: Sequence[int]) -> str:
    if not table.sheet.first_row:
        return _listed("field", [str(place + 1) for place in places])
    return _listed("column", [xl_col_to_name(place) for place in places])


def _listed(what: str, names: Sequence[str]) -> str:
    if len(names) == 1:
        return f"{what} {names[0]}"
    *first, last = [*names[:_MOST_COLUMNS], "more"] if len(names) > _MOST_COLUMNS else names
    return f"{what}s {', '.join(first)} and {last}"

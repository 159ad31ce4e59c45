"""Which heading is which column: project.yml says so, or the heading is a known column's name or title."""

from __future__ import annotations

from difflib import get_close_matches

import pandas as pd

from pipeline.errors import InputError
from pipeline.project import Project, fold
from pipeline.register import findings
from pipeline.register.columns import dictionary, names
from pipeline.register.reading import PLACE, Register

OTHER = "other: "
"""What the name of a column begins with that the data dictionary does not know."""


def map_columns(register: Register, project: Project) -> Register:
    """Name the columns as the data dictionary does.

    `columns:` in project.yml wins; then a heading that is a known name or title, whatever its case. The rest keeps its
    heading behind `OTHER` and gets a note. Two headings for one column, a heading in project.yml that the register
    does not have, and a missing required column are an `InputError`.
    """
    project_file = f"{project.shown_folder}/project.yml"
    headings = list(register.headings)
    known = {
        fold(spelling): name
        for name, column in dictionary().items()
        for spelling in (name, column.title, name.replace("_", " "))
    }
    chosen = {
        fold(heading): _target(column, heading, project_file) for heading, column in project.settings.columns.items()
    }
    absent = [heading for heading in project.settings.columns if fold(heading) not in {fold(h) for h in headings}]
    if absent:
        raise InputError(
            f"{project_file}, key columns: the register has no heading '{absent[0]}'. Its headings are: "
            f"{', '.join(headings)}."
        )
    mapped = {heading: chosen.get(fold(heading)) or known.get(fold(heading)) or OTHER + heading for heading in headings}
    _refuse_twice(mapped, project_file)
    _refuse_missing(mapped, register.file, project_file)
    table = register.table.rename(columns=mapped)
    for name in dictionary():
        if name not in table:
            table[name] = pd.Series(pd.NA, index=table.index, dtype="str")
    order = [*PLACE, *dictionary(), *(name for name in mapped.values() if name.startswith(OTHER))]
    unknown = [heading for heading, name in mapped.items() if name.startswith(OTHER)]
    noticed = [_unknown_column(register.file, heading) for heading in unknown]
    result = register.with_table(table[order], *noticed)
    return Register(result.table, result.file, mapped, result.found)


def collected(register: Register) -> list[str]:
    """List the known columns that the register has."""
    return [name for name in dictionary() if name in register.headings.values()]


def _target(column: str, heading: str, project_file: str) -> str:
    if column not in dictionary():
        nearest = get_close_matches(column, dictionary(), n=1)
        hint = f" Did you mean {nearest[0]}?" if nearest else ""
        raise InputError(f"{project_file}, key columns.{heading}: '{column}' is not a known column.{hint}")
    return column


def _refuse_twice(mapped: dict[str, str], project_file: str) -> None:
    seen: dict[str, str] = {}
    for heading, name in mapped.items():
        if name in seen:
            raise InputError(
                f"{project_file}, key columns: the headings '{seen[name]}' and '{heading}' are both the column {name}. "
                "Map the one that is meant, and the other to nothing by renaming it in the register."
            )
        seen[name] = heading


def _refuse_missing(mapped: dict[str, str], file: str, project_file: str) -> None:
    missing = [name for name in names(required=True) if name not in mapped.values()]
    if missing:
        others = [heading for heading, name in mapped.items() if name.startswith(OTHER)]
        raise InputError(
            f"{file}: the register has no column for {', '.join(missing)}. Say which heading it is in {project_file}, "
            f"for instance columns: {{'{others[0] if others else 'My heading'}': {missing[0]}}}. "
            f"Headings that are not used yet: {', '.join(others) or 'none'}."
        )


def _unknown_column(file: str, heading: str) -> pd.DataFrame:
    row = pd.DataFrame({"source_file": [file], "source_row": pd.array([pd.NA], dtype="Int64"), "registration_no": [""]})
    return findings.found("column_not_known", row, values=pd.Series([heading]))

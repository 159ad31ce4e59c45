"""Known errors of the register, corrected on its way through and never in the file itself.

corrections.yml holds each with a reason and a guard: the value that is expected there (`from`). A correction whose
guard no longer matches is refused, since the register was mended or changed meanwhile.
"""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from datetime import date
from typing import Annotated, Any

import pandas as pd
from pydantic import BeforeValidator, Field

from pipeline.errors import InputError
from pipeline.project import Project
from pipeline.register import findings
from pipeline.register.columns import dictionary, further
from pipeline.register.reading import Register
from pipeline.yaml_files import Strict, check_model, read_yaml


def _as_cell(value: Any) -> Any:
    """Let a date or number stand without quotes: the register's cells are text."""
    return str(value) if isinstance(value, date | int | float) and not isinstance(value, bool) else value


def _as_cell_or_blank(value: Any) -> Any:
    """Take a text without anything in it for a blank cell, as a key without a value is one."""
    cell = _as_cell(value)
    return None if isinstance(cell, str) and not cell.strip() else cell


Cell = Annotated[str, BeforeValidator(_as_cell)]
CellOrBlank = Annotated[str | None, BeforeValidator(_as_cell_or_blank)]


class Match(Strict):
    """Which row is meant: by more than its number where that is used twice."""

    registration_no: Cell
    row: int | None = None
    sheet: str | None = None
    file: str | None = None


class Correction(Strict):
    """One correction."""

    match: Match
    column: str
    from_: Annotated[CellOrBlank, Field(alias="from")]
    to: CellOrBlank
    reason: Annotated[str, Field(min_length=1)]
    who: Annotated[str, Field(min_length=1)]
    date: date


class _Corrections(Strict):
    corrections: tuple[Correction, ...]


def read_corrections(project: Project) -> tuple[Correction, ...]:
    """Read corrections.yml; none where the project has no such file."""
    path = project.folder / "corrections.yml"
    if not path.is_file():
        return ()
    shown_as = f"{project.shown_folder}/corrections.yml"
    return check_model({"corrections": read_yaml(path, shown_as) or []}, _Corrections, shown_as).corrections


def apply_corrections(register: Register, project: Project) -> Register:
    """Apply the project's corrections to the text of the cells.

    Each becomes a note among the findings. What stood in a cell that identifies a person goes to a further column,
    since a name that was taken out or mended may stand in the texts as before. A correction that matches no row,
    several rows, or a cell that does not hold what `from` says is an `InputError`.
    """
    corrected, matches = apply_in_part(register, project)
    require_one_row(matches, project)
    return corrected


def apply_in_part(register: Register, project: Project) -> tuple[Register, tuple[int, ...]]:
    """Apply the corrections that match one row of a part of the register; returns how many rows each matches there."""
    table, noticed, counts = register.table, [], []
    for place, correction in enumerate(read_corrections(project), start=1):
        rows = _matching_rows(table, correction)
        counts.append(len(rows))
        if len(rows) == 1:
            table, note = _corrected(table, int(rows[0]), correction, _where(place, correction, project))
            noticed.append(note)
    return register.with_table(table, *noticed), tuple(counts)


def require_one_row(matches: Sequence[int], project: Project) -> None:
    """Refuse corrections that match no row of the whole register, or several; `matches` counts the rows of each."""
    for place, (correction, count) in enumerate(zip(read_corrections(project), matches, strict=True), start=1):
        where = _where(place, correction, project)
        if count != 1:
            raise InputError(
                f"{where}: {'no row' if count == 0 else f'{count} rows'} of the register match. Correct `match`; add "
                "`row:`, and `sheet:` or `file:`, where a number is used twice."
            )


def _where(place: int, correction: Correction, project: Project) -> str:
    return f"{project.shown_folder}/corrections.yml, entry {place} ({correction.match.registration_no})"


def _matching_rows(table: pd.DataFrame, correction: Correction) -> pd.Index:
    matches = table["registration_no"] == correction.match.registration_no
    if correction.match.row is not None:
        matches &= table["source_row"] == correction.match.row
    for place in ("sheet", "file"):
        if getattr(correction.match, place) is not None:
            matches &= table[f"source_{place}"] == getattr(correction.match, place)
    return table.index[matches]


def _corrected(table: pd.DataFrame, row: int, correction: Correction, where: str) -> tuple[pd.DataFrame, pd.DataFrame]:
    if correction.column not in dictionary():
        raise InputError(f"{where}: '{correction.column}' is not a known column.")
    cell = table.at[row, correction.column]
    there = None if pd.isna(cell) else str(cell)
    if there != correction.from_:
        raise InputError(
            f"{where}, column {correction.column}: the cell no longer holds what `from` says, so the correction is not "
            "applied. If the register has been mended, remove the entry; else bring `from` up to date "
            '(`from: ""` for a blank cell).'
        )
    names_somebody = dictionary()[correction.column].identifies and there is not None
    changed = _with_former(table, row, correction.column) if names_somebody else table.copy()
    changed.at[row, correction.column] = pd.NA if correction.to is None else correction.to
    hidden = dictionary()[correction.column].public != "yes"
    what = "" if hidden else f"'{correction.from_ or ''}' became '{correction.to or ''}'. "
    told = f"{what}{correction.reason} ({correction.who}, {correction.date})"
    values = pd.Series("" if hidden else correction.to, index=[row])
    return changed, findings.found(
        "correction_applied", changed.loc[[row]], correction.column, values=values, known=told
    )


def _with_former(table: pd.DataFrame, row: int, column: str) -> pd.DataFrame:
    """Return a copy that also holds a cell in a further column of its kind, in the first one with no cell there."""
    places = (further(column, f"before correction {number}") for number in itertools.count(1))
    free = next(name for name in places if name not in table or pd.isna(table.at[row, name]))
    former = table[free] if free in table else pd.Series(pd.NA, index=table.index, dtype="str")
    former = former.copy()
    former.at[row] = table.at[row, column]
    return table.assign(**{free: former})

"""Which heading is which column: project.yml says so, or the heading is known; the rest is suggested, never assumed."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

import pandas as pd
from rapidfuzz import fuzz, process

from pipeline.errors import InputError
from pipeline.project import Project
from pipeline.register import findings
from pipeline.register.columns import alias_headings, dictionary, exact_headings, heading_key, names
from pipeline.register.reading import PLACE, Register

OTHER = "other: "
"""What the name of a column begins with that the data dictionary does not know."""
_ALIKE = 80
"""From which likeness on, of 100, a heading is suggested."""


def map_columns(register: Register, project: Project) -> Register:
    """Name the columns as the data dictionary does.

    `columns:` in project.yml wins, then a heading that is a column's name or title, then one of its aliases, the first
    in the list before the others; a heading of two levels is also known by its lower one where that stands once. The
    rest keeps its heading behind `OTHER` and gets a note, with the column it is most like. A heading in project.yml
    that the register does not have, two for one column, and a missing required column are an `InputError`.
    """
    project_file = f"{project.shown_folder}/project.yml"
    headings = list(register.headings)
    chosen = _chosen(project, headings, project_file)
    mapped, doubtful = _known(headings, chosen, project_file)
    absent = project.settings.not_collected
    _refuse_missing(mapped, register.file, project, project_file)
    table = register.table.rename(columns=mapped)
    for name in dictionary():
        if name not in table:
            table[name] = pd.Series(pd.NA, index=table.index, dtype="str")
    order = [*PLACE, *dictionary(), *(name for name in mapped.values() if name.startswith(OTHER))]
    free = [name for name in dictionary() if name not in mapped.values()]
    noticed = [
        *(_noticed(register.file, "column_in_doubt", *doubt) for doubt in doubtful),
        *(
            _noticed(register.file, "column_not_known", heading, nearest=_suggestion(heading, free))
            for heading, name in mapped.items()
            if name.startswith(OTHER) and heading not in {doubt[0] for doubt in doubtful}
        ),
        *(
            _noticed(register.file, "column_not_collected", column, known=reason)
            for column, reason in absent.items()
            if column not in mapped.values()
        ),
    ]
    return replace(register.with_table(table[order], *noticed), headings=mapped)


def present(register: Register) -> list[str]:
    """List the known columns that the register has."""
    return [name for name in dictionary() if name in register.headings.values()]


def collected(register: Register) -> list[str]:
    """List the known columns that the register has, and the required ones that it is known not to have.

    A grievance without a channel is counted as 'not stated' whether its cell is blank or the column is not there.
    """
    there = {*present(register), *names(required=True)}
    return [name for name in dictionary() if name in there]


def suggestions(headings: Iterable[str], free: Iterable[str]) -> dict[str, str]:
    """Suggest a column for each heading that is like the name, title or an alias of one that is still free."""
    free = set(free)
    spellings = {key: name for key, name in exact_headings().items() if name in free}
    spellings |= {key: name for key, (name, _) in alias_headings().items() if name in free}
    found = {}
    for heading in headings:
        key = heading_key(heading)
        best = (
            process.extractOne(key, list(spellings), scorer=fuzz.WRatio, score_cutoff=_ALIKE) if len(key) > 2 else None
        )
        if best is not None:
            found[heading] = spellings[best[0]]
    return found


def _suggestion(heading: str, free: list[str]) -> str:
    column = suggestions([heading], free).get(heading)
    return f" If it is {column}, write under columns in project.yml: {_quoted(heading)}: {column}" if column else ""


def _quoted(heading: str) -> str:
    return '"' + heading.replace("\\", "\\\\").replace('"', '\\"') + '"'


def _chosen(project: Project, headings: list[str], project_file: str) -> dict[str, str]:
    """Return what project.yml says, by the key of the heading."""
    there = {heading_key(heading) for heading in headings}
    chosen = {}
    for heading, column in project.settings.columns.items():
        if column not in dictionary():
            nearest = process.extractOne(column, list(dictionary()), scorer=fuzz.ratio, score_cutoff=60)
            hint = f" Did you mean {nearest[0]}?" if nearest else ""
            raise InputError(f"{project_file}, key columns.{heading}: '{column}' is not a known column.{hint}")
        if heading_key(heading) not in there:
            raise InputError(
                f"{project_file}, key columns: the register has no heading '{heading}'. Its headings are: "
                f"{', '.join(headings)}."
            )
        chosen[heading_key(heading)] = column
    return chosen


def _known(
    headings: list[str], chosen: dict[str, str], project_file: str
) -> tuple[dict[str, str], list[tuple[str, str, str]]]:
    """Map each heading; also return the headings that fit a column another one was taken for, with both."""
    lower = [heading_key(heading.rpartition(" / ")[2]) for heading in headings]
    candidates: dict[str, list[tuple[int, int, str]]] = {}
    for place, heading in enumerate(headings):
        keys = [heading_key(heading)]
        if lower.count(lower[place]) == 1 and lower[place] != keys[0]:
            keys.append(lower[place])
        for rank, key in enumerate(keys):
            if (found := _rank(key, chosen)) is not None:
                column, kind, position = found
                candidates.setdefault(column, []).append((kind * 1000 + rank * 500 + position, place, heading))
                break
    mapped = {heading: OTHER + heading for heading in headings}
    doubtful = []
    for column, fits in candidates.items():
        best, *others = sorted(fits)
        mapped[best[2]] = column
        for other in others:
            kinds = best[0] // 1000, other[0] // 1000
            if kinds in ((0, 0), (1, 1)):
                raise InputError(
                    f"{project_file}, key columns: the headings '{best[2]}' and '{other[2]}' of the register are both "
                    f"the column {column}. Rename the one that is not meant in the register."
                )
            if kinds == (2, 2):
                doubtful.append((other[2], best[2], column))
    return mapped, doubtful


def _rank(key: str, chosen: dict[str, str]) -> tuple[str, int, int] | None:
    """Return a heading's column, how it is known (0 project.yml, 1 name or title, 2 alias), and its place there."""
    if key in chosen:
        return chosen[key], 0, 0
    if key in exact_headings():
        return exact_headings()[key], 1, 0
    if key in alias_headings():
        column, place = alias_headings()[key]
        return column, 2, place
    return None


def _refuse_missing(mapped: dict[str, str], file: str, project: Project, project_file: str) -> None:
    declared = project.settings.not_collected
    missing = [name for name in names(required=True) if name not in mapped.values() and name not in declared]
    if not missing:
        return
    others = [heading for heading, name in mapped.items() if name.startswith(OTHER)]
    alike = suggestions(others, missing)
    lines = [f"  {_quoted(heading)}: {column}" for heading, column in alike.items()] or [
        f"  {_quoted(others[0] if others else 'My heading')}: {missing[0]}"
    ]
    may_lack = [name for name in missing if name in ("channel", "status")]
    absent = (
        f" If the register does not have {may_lack[0]} at all, say so with the reason: not_collected: "
        f"{{{may_lack[0]}: …}}."
        if may_lack
        else ""
    )
    raise InputError(
        f"{file}: the register has no column for {', '.join(missing)}. Say which heading it is in {project_file}, "
        f"{'which may be' if alike else 'for instance'}:\ncolumns:\n" + "\n".join(lines) + f"\nHeadings that are not "
        f"used yet: {', '.join(others) or 'none'}.{absent}"
    )


def _noticed(file: str, rule: str, heading: str, known: str = "", what: str = "", nearest: str = "") -> pd.DataFrame:
    row = pd.DataFrame(
        {
            "source_file": [file],
            "source_sheet": [""],
            "source_row": pd.array([pd.NA], dtype="Int64"),
            "registration_no": [""],
        }
    )
    return findings.found(rule, row, values=pd.Series([heading]), known=known, what=what, nearest=nearest)

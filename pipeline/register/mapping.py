"""Which heading is which column: project.yml says so, or the heading is known; the rest is suggested, never assumed."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from typing import Any

import pandas as pd
from rapidfuzz import fuzz, process

from pipeline.errors import InputError
from pipeline.project import Project
from pipeline.register import findings
from pipeline.register.columns import alias_headings, dictionary, exact_headings, heading_key, names
from pipeline.register.headings import Fit, fit
from pipeline.register.reading import PLACE, Register

OTHER = "other: "
"""What the name of a column begins with that the data dictionary does not know."""
_MOST_SHOWN, _LONGEST_SHOWN = 40, 60
_ALIKE = 80
"""From which likeness on, of 100, a heading is suggested."""


def map_columns(register: Register, project: Project) -> Register:
    """Name the columns as the data dictionary does.

    `headings.fit` says which heading is which column. The rest keeps its heading behind `OTHER` and gets a note, with
    the column it is most like. A heading in project.yml that the register does not have, two for one column, and a
    missing required column are an `InputError`.
    """
    project_file = f"{project.shown_folder}/project.yml"
    headings = list(register.headings)
    found = fit(headings, _chosen(project, register, project_file))
    mapped = {heading: found.columns.get(heading, OTHER + heading) for heading in headings}
    _refuse_clashes(found, mapped, project, project_file)
    _refuse_missing(mapped, register.file, project, project_file)
    table = register.table.rename(columns=mapped)
    for name in dictionary():
        if name not in table:
            table[name] = pd.Series(pd.NA, index=table.index, dtype="str")
    order = [*PLACE, *dictionary(), *(name for name in mapped.values() if name.startswith(OTHER))]
    free = [name for name in dictionary() if name not in mapped.values()]
    told = {other for _, other, _ in found.doubts}
    unknown = [heading for heading, name in mapped.items() if name.startswith(OTHER) and heading not in told]
    noticed = [
        _in_doubt(register.file, found),
        _unknown(register.file, unknown, free),
        _not_collected(register.file, project.settings.not_collected),
    ]
    result = register.with_table(table[order], *noticed)
    return replace(result, headings=mapped, found=_with_numbers(result.found, table))


def _with_numbers(found: pd.DataFrame, table: pd.DataFrame) -> pd.DataFrame:
    """Give findings that were made before the columns had names the registration number of their row."""
    numbers = table.set_index([*PLACE])["registration_no"].reindex(findings.keys_of_places(found))
    return found.assign(registration_no=numbers.fillna("").to_numpy()) if len(found) else found


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


def _unknown(file: str, headings: list[str], free: list[str]) -> pd.DataFrame:
    """Note each heading that is no known column, with the one it is like."""
    alike = suggestions(headings, free)
    nearest = {
        heading: f" If it is {column}, write under columns in project.yml: {_quoted(heading)}: {column}"
        for heading, column in alike.items()
    }
    return findings.found(
        "column_not_known",
        findings.about_files([file] * len(headings)),
        values=pd.Series(headings, dtype="str"),
        nearest=pd.Series([nearest.get(heading, "") for heading in headings], dtype="str"),
    )


def _in_doubt(file: str, found: Fit) -> pd.DataFrame:
    doubts = pd.DataFrame(list(found.doubts), columns=["taken", "other", "column"], dtype="str")
    rows = findings.about_files([file] * len(doubts))
    return findings.found("column_in_doubt", rows, values=doubts["other"], known=doubts["taken"], what=doubts["column"])


def _not_collected(file: str, reasons: Mapping[Any, str]) -> pd.DataFrame:
    rows = findings.about_files([file] * len(reasons))
    columns, told = (pd.Series(list(one), dtype="str") for one in (reasons.keys(), reasons.values()))
    return findings.found("column_not_collected", rows, values=columns, known=told)


def _cut(heading: str) -> str:
    return heading if len(heading) <= _LONGEST_SHOWN else heading[:_LONGEST_SHOWN] + "…"


def _quoted(heading: str) -> str:
    return '"' + heading.replace("\\", "\\\\").replace('"', '\\"') + '"'


def _chosen(project: Project, register: Register, project_file: str) -> dict[str, str]:
    """Return what project.yml says, by the key of the heading as the joined tables spell it."""
    spelt = {heading_key(own): heading_key(joined) for own, joined in register.spelt.items()}
    chosen = {}
    for heading, column in project.settings.columns.items():
        if column not in dictionary():
            nearest = process.extractOne(column, list(dictionary()), scorer=fuzz.ratio, score_cutoff=60)
            hint = f" Did you mean {nearest[0]}?" if nearest else ""
            raise InputError(f"{project_file}, key columns.{heading}: '{column}' is not a known column.{hint}")
        if heading_key(heading) not in spelt:
            raise InputError(
                f"{project_file}, key columns: the register has no heading '{heading}'. Its headings are: "
                f"{', '.join(register.headings)}."
            )
        chosen[spelt[heading_key(heading)]] = column
    return chosen


def _refuse_clashes(found: Fit, mapped: dict[str, str], project: Project, project_file: str) -> None:
    for taken, other, column in found.clashes:
        raise InputError(
            f"{project_file}, key columns: the headings '{taken}' and '{other}' of the register are both the column "
            f"{column}. Rename the one that is not meant in the register."
        )
    for heading, column in mapped.items():
        if column in project.settings.not_collected:
            raise InputError(
                f"{project_file}, key not_collected.{column}: the register has the column, under the heading "
                f"'{heading}'. Take {column} out of not_collected."
            )


def _refuse_missing(mapped: dict[str, str], file: str, project: Project, project_file: str) -> None:
    declared = project.settings.not_collected
    missing = [name for name in names(required=True) if name not in mapped.values() and name not in declared]
    if not missing:
        return
    others = [heading for heading, name in mapped.items() if name.startswith(OTHER)]
    alike = suggestions(others, missing)
    if len(others) == len(mapped) and not alike:
        # Without one heading that is known it may be a grievance that was taken for the headings: it is not shown.
        raise InputError(
            f"{file}: the register has no column for {', '.join(missing)}: none of the {len(others)} headings that "
            "were found is known, so it is doubtful whether they are headings at all. Give the register a row of "
            f"headings with these columns, or say under columns in {project_file} which heading is which column."
        )
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
        f"used yet: {', '.join(map(_cut, others[:_MOST_SHOWN])) or 'none'}.{absent}"
    )

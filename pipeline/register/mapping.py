"""Which heading is which column: project.yml says so, or the heading is known; the rest is suggested, never assumed."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import replace
from typing import Any

import pandas as pd
from rapidfuzz import fuzz, process

from pipeline.errors import InputError
from pipeline.project import Project
from pipeline.register import findings, heading_places
from pipeline.register.columns import alias_headings, dictionary, exact_headings, further, heading_key, names
from pipeline.register.headings import Fit, fit
from pipeline.register.reading import PLACE, Register
from pipeline.yaml_files import fault_sentence, read_yaml

OTHER = "other: "
"""What the name of a column begins with that the data dictionary does not know."""
_ALIKE = 80
"""From which likeness on, of 100, a heading is suggested."""


def map_columns(register: Register, project: Project) -> Register:
    """Name the columns as the data dictionary does.

    `headings.fit` says which heading is which column. One that fits a column which identifies a person, and that
    another heading became, is a further column of that kind. The rest keeps its heading behind `OTHER` and gets a
    note, with the column it is most like. A heading in project.yml that the register does not have, two for one column
    that identifies nobody, and a missing required column are an `InputError`.
    """
    project_file = f"{project.shown_folder}/project.yml"
    headings = list(register.headings)
    found = fit(headings, _chosen(project, register))
    more = {heading: further(column, heading) for heading, column in found.further.items()}
    mapped = {heading: found.columns.get(heading) or more.get(heading, OTHER + heading) for heading in headings}
    _refuse_clashes(found, mapped, register, project, project_file)
    _refuse_missing(mapped, register, project, project_file)
    table = register.table.rename(columns=mapped)
    for name in dictionary():
        if name not in table:
            table[name] = pd.Series(pd.NA, index=table.index, dtype="str")
    order = [*PLACE, *dictionary(), *(name for name in mapped.values() if name not in dictionary())]
    free = [name for name in dictionary() if name not in mapped.values()]
    told = {other for _, other, _ in found.doubts}
    unknown = [heading for heading, name in mapped.items() if name.startswith(OTHER) and heading not in told]
    noticed = [
        _in_doubt(register.file, found.doubts, found.further),
        _unknown(register.file, unknown, free),
        _not_collected(register.file, project.settings.not_collected),
    ]
    result = register.with_table(table[order], *noticed)
    result = replace(result, headings=mapped, found=_with_numbers(result.found, table))
    return replace(result, shown=heading_places.shown(result, project))


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


def suggestions(headings: Iterable[str], free: Iterable[str], taken: Iterable[str] = ()) -> dict[str, str]:
    """Suggest a column for each heading that is like the name, title or an alias of one that is still free.

    One that is more like a column that is `taken` by another heading is none of those that are left.
    """
    free = set(free)
    looked_at = {*free, *taken}
    spellings = {key: name for key, name in exact_headings().items() if name in looked_at}
    # What is as short as 'no' or 'n°' is a part of nearly every heading.
    spellings |= {key: name for key, (name, _) in alias_headings().items() if name in looked_at and len(key) > 2}
    found = {}
    for heading in headings:
        key = heading_key(heading)
        best = (
            process.extractOne(key, list(spellings), scorer=fuzz.WRatio, score_cutoff=_ALIKE) if len(key) > 2 else None
        )
        if best is not None and spellings[best[0]] in free:
            found[heading] = spellings[best[0]]
    return found


def _unknown(file: str, headings: list[str], free: list[str]) -> pd.DataFrame:
    """Note each heading that is no known column, with the one it is like."""
    alike = suggestions(headings, free, set(dictionary()) - set(free))
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


def _in_doubt(file: str, doubts: Sequence[tuple[str, str, str]], further: Collection[str]) -> pd.DataFrame:
    told = []
    for rule, is_further in (("column_in_doubt", False), ("column_further", True)):
        of_rule = [doubt for doubt in doubts if (doubt[1] in further) == is_further]
        every = pd.DataFrame(of_rule, columns=["taken", "other", "column"], dtype="str")
        rows = findings.about_files([file] * len(every))
        told.append(findings.found(rule, rows, values=every["other"], known=every["taken"], what=every["column"]))
    return findings.joined(*told)


def _not_collected(file: str, reasons: Mapping[Any, str]) -> pd.DataFrame:
    rows = findings.about_files([file] * len(reasons))
    columns, told = (pd.Series(list(one), dtype="str") for one in (reasons.keys(), reasons.values()))
    return findings.found("column_not_collected", rows, values=columns, known=told)


def _quoted(heading: str) -> str:
    return '"' + heading.replace("\\", "\\\\").replace('"', '\\"') + '"'


def _chosen(project: Project, register: Register) -> dict[str, str]:
    """Return what project.yml says, by the key of the heading as the joined tables spell it."""
    spelt = {heading_key(own): heading_key(joined) for own, joined in register.spelt.items()}
    chosen = {}
    for heading, column in project.settings.columns.items():
        if column not in dictionary():
            nearest = process.extractOne(column, list(dictionary()), scorer=fuzz.ratio, score_cutoff=60)
            hint = f" Did you mean {nearest[0]}?" if nearest else ""
            raise InputError(_of_heading(heading, f"no column is called as this line says.{hint}", project))
        if heading_key(heading) not in spelt:
            what = f"the register has no heading as this line has it.{_most_like(heading, register, project)}"
            raise InputError(_of_heading(heading, what, project))
        chosen[spelt[heading_key(heading)]] = column
    return chosen


def _of_heading(heading: str, what: str, project: Project) -> str:
    """Say what is wrong with a heading under columns, by its line: it can be a cell with a name, and none is known."""
    shown_as = f"{project.shown_folder}/project.yml"
    data = read_yaml(project.folder / "project.yml", shown_as)
    return fault_sentence(("columns", heading), what, data, shown_as, ("columns",))


def _most_like(heading: str, register: Register, project: Project) -> str:
    row = heading_places.like_a_grievance(register, project)
    if row:
        return f" {_no_headings(row)}"
    alike = process.extractOne(
        heading, list(register.headings), scorer=fuzz.WRatio, processor=heading_key, score_cutoff=_ALIKE
    )
    hint = f" Is the one in {heading_places.column_of(alike[0], register)} meant?" if alike else ""
    return f" Write it as it stands in {heading_places.rows_of_headings(register)} of the register.{hint}"


def _no_headings(row: str) -> str:
    return (
        f"{row}: this was taken for the headings, and it seems to be a grievance, so the headings seem to be missing. "
        "Put a row of headings above the first grievance."
    )


def _refuse_clashes(found: Fit, mapped: dict[str, str], register: Register, project: Project, file: str) -> None:
    for *headings, column in found.clashes:
        taken, other = (heading_places.told(heading, register, project) for heading in headings)
        raise InputError(
            f"{file}, key columns: the headings {taken} and {other} of the register are both the column {column}. "
            "Rename the one that is not meant in the register."
        )
    for heading, column in mapped.items():
        if column in project.settings.not_collected:
            raise InputError(
                f"{file}, key not_collected.{column}: the register has the column: its heading is "
                f"{heading_places.told(heading, register, project)}. Take {column} out of not_collected."
            )


def _refuse_missing(mapped: dict[str, str], register: Register, project: Project, project_file: str) -> None:
    """Refuse a register without a required column; of headings that are not known only the columns are told."""
    declared = project.settings.not_collected
    missing = [name for name in names(required=True) if name not in mapped.values() and name not in declared]
    if not missing:
        return
    lacking = f"{register.file}: the register has no column for {', '.join(missing)}."
    row = heading_places.like_a_grievance(register, project)
    if row:
        raise InputError(f"{lacking} {_no_headings(row)}")
    if heading_places.is_in_doubt(register):
        lacking += (
            f" No heading that is surely one was found in {heading_places.rows_of_headings(register)}: it is doubtful "
            "whether they are headings at all. If not, put a row of headings above the first grievance."
        )
    others = [heading for heading, name in mapped.items() if name.startswith(OTHER)]
    # One that is more like a column that may be missing is none of the required ones.
    alike = suggestions(others, missing, set(dictionary()) - set(missing))
    lines = [
        f'  "[the heading in {heading_places.column_of(heading, register)}]": {column}'
        for heading, column in alike.items()
    ] or [f'  "[the heading]": {missing[0]}']
    raise InputError(
        f"{lacking} Say in {project_file} which heading it is, for instance as below, each in its own words in place "
        "of the brackets:\ncolumns:\n" + "\n".join(lines) + "\nHeadings that are not used yet: "
        f"{heading_places.places_of(others, register)}.{_way_without(missing)}{_encoding_taken(register)}"
    )


def _encoding_taken(register: Register) -> str:
    """Name the encoding of a text file that nothing but its letters speaks for: read in another, headings are known."""
    taken = {table.sheet.encoding: table.sheet.file for table in register.tables}
    guessed = next((name for name in taken if name and not name.upper().startswith("UTF")), "")
    if not guessed:
        return ""
    return (
        f" The letters of {taken[guessed]} were read as {guessed}. If the headings look wrong in 'make check' or in "
        "Excel, save the file anew as 'CSV UTF-8', or name its encoding in project.yml: register: {file: "
        f"{taken[guessed]}, encoding: …}}, for instance mac_roman or koi8-r."
    )


def _way_without(missing: list[str]) -> str:
    """Say how to do without a column, where one of those that are missing may be lacking."""
    may_lack = next((name for name in missing if name in ("channel", "status")), None)
    if may_lack is None:
        return ""
    return (
        f" If the register does not have {may_lack} at all, say so with the reason: not_collected: {{{may_lack}: …}}."
    )

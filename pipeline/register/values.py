"""What the cells say: dates, yes and no, and the words of the project's vocabulary."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import ftfy
import pandas as pd
import pyarrow.compute as pc
from ftfy.badness import is_bad
from rapidfuzz import fuzz, process

from pipeline.pieces import as_arrow
from pipeline.project import Project, Term, fold
from pipeline.register import findings
from pipeline.register.columns import dictionary, is_further, names
from pipeline.register.dates import Reading, deciding_texts, parse_dates
from pipeline.register.members import IN_DOUBT, without_texts
from pipeline.register.reading import Register
from pipeline.register.words import (
    SATISFACTION,
    known_words,
    nothing_words,
    satisfaction_words,
    word_key,
    yes_no_words,
)
from pipeline.working_days import FIRST_YEAR, LAST_YEAR

FREE_TEXTS = ("summary", "action_taken", "note")
"""Columns in which a word for 'nothing' is an answer and stays."""
NOT_UNDERSTOOD = (
    "unreadable_date",
    "date_order_unclear",
    "unknown_status",
    "unknown_channel",
    "unknown_type",
    "unknown_relation",
    "unknown_value",
    IN_DOUBT,
)
"""The rules of cells that are filled and become blank because nobody can tell what they say."""
_FAR = {True: f": its year lies outside {FIRST_YEAR} to {LAST_YEAR}", False: ""}
_ALIKE = 60
"""From which likeness on, of 100, a known word is named beside an unknown one."""


def read_values(
    register: Register, project: Project, elsewhere: Mapping[str, tuple[str, ...]] | None = None
) -> Register:
    """Read the typed columns.

    Texts that a wrong encoding had garbled are mended. Dates become timestamps without zone (with their time of day
    where it is given), vocabulary columns codes, yes/no columns booleans; a word for 'nothing' is a blank. A cell that
    cannot be read becomes missing, with a finding that holds its text; so does a sex, group or location that is none
    (`members`), with a finding that does not. For a part of a register `elsewhere` has what
    `deciding_dates` found in the other parts.
    """
    table, noticed = _mended(register.table)
    as_written, in_doubt = without_texts(register, _without_nothing(table), project)
    noticed.append(in_doubt)
    table = as_written.copy()
    reading = replace(_reading(project), elsewhere=elsewhere or {})
    from_1904 = _from_1904(register)

    def row_of(index: Any) -> str:
        return str(findings.places(as_written.loc[[index]]).iloc[0])

    for name in names(type="date"):
        table[name], bad, doubts = parse_dates(table[name], reading, name, row_of, from_1904)
        unclear = bad & as_written[name].isin(doubts.unclear)
        unread = as_written[bad & ~unclear]
        by_one = as_written[as_written[name].isin(doubts.by_one)]
        noticed += [
            findings.found("unreadable_date", unread, name, why=unread[name].isin(doubts.far).map(_FAR)),
            findings.found("date_order_unclear", as_written[unclear], name, known=as_written[name].map(doubts.unclear)),
            findings.found("date_order_by_one_cell", by_one, name, known=by_one[name].map(doubts.by_one)),
        ]
    for kind, (group, terms) in _vocabularies(project).items():
        known = known_words(group, terms)
        for name in names(type=kind):
            table[name], unknown = _match(table[name], known)
            at = as_written[unknown]
            nearest = at[name].map({text: _nearest(text, known, terms) for text in at[name].unique()})
            noticed.append(findings.found(f"unknown_{kind}", at, name, nearest=nearest))
    for name, allowed in _closed_lists(project).items():
        table[name], unknown = _match(table[name], allowed)
        noticed.append(findings.found("unknown_value", as_written[unknown], name, known=_listed(allowed)))
    for name in names(type="yes_no"):
        table[name], unknown = _match(table[name], yes_no_words(), dtype="boolean")
        rule = "sensitive_in_doubt" if name == "is_sensitive" else "unknown_value"
        noticed.append(findings.found(rule, as_written[unknown], name, known="yes, no"))
    table["is_sensitive"] = _flags(as_written)
    return register.with_table(table, *noticed)


def flagged(table: pd.DataFrame) -> pd.DataFrame:
    """Mend the texts of a mapped table and read its flag of sensitive grievances alone, both as `read_values` does."""
    as_written = _without_nothing(_mended(table)[0])
    return as_written.assign(is_sensitive=_flags(as_written))


def deciding_dates(table: pd.DataFrame, project: Project) -> dict[str, tuple[str, ...]]:
    """Return by column the texts that decide on day and month; `table` is one of `flagged`."""
    if project.settings.date_order:
        return {}
    return {name: deciding_texts(table[name], _reading(project)) for name in names(type="date")}


def _flags(as_written: pd.DataFrame) -> pd.Series:
    """Read which grievances are flagged; doubt counts as sensitive until the cell is mended."""
    flags, unknown = _match(as_written["is_sensitive"], yes_no_words(), dtype="boolean")
    return flags.mask(unknown, True)


def _mended(table: pd.DataFrame) -> tuple[pd.DataFrame, list[pd.DataFrame]]:
    """Mend letters that were read in one encoding and saved in another: RÃ©solu is Résolu."""
    table = table.copy()
    noticed = []
    for name in (*dictionary(), *filter(is_further, table)):
        garbled = [text for text in _beyond_ascii(table[name]) if is_bad(text)]
        mended = {text: good for text in garbled if (good := ftfy.fix_encoding(text)) != text}
        if mended:
            at = table[name].isin(mended)
            table[name] = table[name].replace(mended)
            noticed.append(findings.found("text_mended", table[at], name, values=pd.Series("", index=table.index[at])))
    return table, noticed


def _beyond_ascii(cells: pd.Series) -> list[str]:
    """Return the different texts of a column that have other letters than ASCII."""
    texts = as_arrow(cells)
    found = pc.unique(texts.filter(pc.invert(pc.string_is_ascii(texts)), null_selection_behavior="drop"))
    return [str(text) for text in found.to_pylist()]


def _without_nothing(table: pd.DataFrame) -> pd.DataFrame:
    nothing = nothing_words()
    answers = nothing - set(yes_no_words())
    cleaned = {}
    for name, column in dictionary().items():
        # Whether a grievance is sensitive must be said: a question mark there is a doubt, and doubt counts as yes.
        if name in (*FREE_TEXTS, "is_sensitive"):
            continue
        blanks = answers if column.type == "yes_no" else nothing
        empty = [text for text in table[name].dropna().unique() if word_key(text) in blanks]
        if empty:
            cleaned[name] = table[name].mask(table[name].isin(empty))
    return table.assign(**cleaned)


def _reading(project: Project) -> Reading:
    settings = project.settings
    return Reading(
        settings.date_formats,
        settings.date_order,
        settings.date_system,
        settings.timezone,
        f"{project.shown_folder}/project.yml",
    )


def _from_1904(register: Register) -> pd.Series | None:
    """Say which rows come from a workbook that counts its days from 1904."""
    files = {table.sheet.file for table in register.tables if table.sheet.days_from_1904}
    return register.table["source_file"].isin(files) if files else None


def _vocabularies(project: Project) -> dict[str, tuple[str, Mapping[str, Term]]]:
    settings = project.settings
    return {
        "status": ("statuses", {str(code): term for code, term in settings.statuses.items()}),
        "channel": ("channels", settings.channels),
        "type": ("types", settings.types),
        "relation": ("relations", {str(code): term for code, term in settings.relations.items()}),
    }


def _closed_lists(project: Project) -> dict[str, dict[str, str]]:
    severities = {fold(word): word for word in project.settings.severities}
    lists = {"satisfaction": satisfaction_words()}
    return {**lists, "severity": severities} if severities else lists


def _listed(allowed: Mapping[str, str]) -> str:
    codes = dict.fromkeys(allowed.values())
    return ", ".join(code for code in SATISFACTION if code in codes) or ", ".join(codes)


def _match(cells: pd.Series, known: Mapping[str, object], dtype: str = "str") -> tuple[pd.Series, pd.Series]:
    codes = {text: known.get(word_key(text)) for text in cells.dropna().unique()}
    matched = cells.map(codes).astype(dtype)
    return matched, cells.notna() & matched.isna()


def _nearest(text: str, known: Mapping[str, str], terms: Mapping[str, Term]) -> str:
    close = process.extract(word_key(text), list(known), scorer=fuzz.ratio, limit=3, score_cutoff=_ALIKE)
    labels = list(dict.fromkeys(terms[known[word]].label for word, _, _ in close))
    return f" Nearest: {', '.join(labels)}." if labels else f" Known: {', '.join(t.label for t in terms.values())}."

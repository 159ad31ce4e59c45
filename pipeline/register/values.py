"""What the cells say: dates, yes and no, and the words of the project's vocabulary."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from difflib import get_close_matches

import pandas as pd

from pipeline.project import Project, Term, fold, spellings
from pipeline.register import findings
from pipeline.register.columns import names
from pipeline.register.reading import Register
from pipeline.working_days import FIRST_YEAR, LAST_YEAR

DATE_FORMATS = (
    "%Y-%m-%d",
    "%Y-%m-%d %H:%M:%S",
    "%Y-%m-%d %H:%M",
    "%Y-%m-%dT%H:%M:%S",
    "%Y-%m-%dT%H:%M",
    "%Y.%m.%d",
    "%Y/%m/%d",
    "%B %d, %Y",
    "%b %d, %Y",
    "%d %B %Y",
    "%d %b %Y",
)
"""Forms of a date that can be read in one way only; project.yml's `date_formats` come before them."""

SATISFACTION = ("satisfied", "dissatisfied", "no_answer", "not_asked")
_YES_NO = {"yes": True, "y": True, "true": True, "1": True, "no": False, "n": False, "false": False, "0": False}


def read_values(register: Register, project: Project) -> Register:
    """Read the typed columns.

    Dates become timestamps without zone (with their time of day where it is given), vocabulary columns codes, yes/no
    columns booleans. A cell that cannot be read becomes missing, with a finding that holds its text.
    """
    settings = project.settings
    table = register.table.copy()
    noticed = []
    for name in names(type="date"):
        table[name], bad = parse_dates(table[name], (*settings.date_formats, *DATE_FORMATS))
        noticed.append(findings.found("unreadable_date", register.table[bad], name))
    for kind, terms in _vocabularies(project).items():
        for name in names(type=kind):
            table[name], unknown = _match(table[name], spellings(terms))
            rows = register.table[unknown]
            nearest = rows[name].map({text: _nearest(text, terms) for text in rows[name].unique()})
            noticed.append(findings.found(f"unknown_{kind}", rows, name, nearest=nearest))
    for name, allowed in _closed_lists(project).items():
        table[name], unknown = _match(table[name], allowed)
        noticed.append(findings.found("unknown_value", register.table[unknown], name, known=_listed(allowed)))
    for name in names(type="yes_no"):
        table[name], unknown = _match(table[name], _YES_NO, dtype="boolean")
        rule = "sensitive_in_doubt" if name == "is_sensitive" else "unknown_value"
        noticed.append(findings.found(rule, register.table[unknown], name, known="yes, no"))
    # Doubt counts as sensitive until the cell is mended.
    table["is_sensitive"] = table["is_sensitive"].mask(
        register.table["is_sensitive"].notna() & table["is_sensitive"].isna(), True
    )
    return register.with_table(table, *noticed)


def parse_dates(cells: pd.Series, formats: Iterable[str]) -> tuple[pd.Series, pd.Series]:
    """Read texts as dates by the first format that fits.

    Returns
    -------
    dates, unreadable
        Timestamps (microseconds, no zone) and a mask of the filled cells that no format fits or whose year is none.
    """
    filled = pd.Series(cells.dropna().unique(), dtype="str")
    # A text without a digit is no date: pandas would read 'today' and 'now' as the day of the run.
    unique = filled[filled.str.contains("[0-9]")]
    parsed = pd.Series(pd.NaT, index=unique.index, dtype="datetime64[us]")
    for form in formats:
        left = parsed.isna()
        if not left.any():
            break
        parsed[left] = pd.to_datetime(unique[left], format=form, errors="coerce").astype("datetime64[us]")
    parsed = parsed.where(parsed.dt.year.between(FIRST_YEAR, LAST_YEAR))
    dates = cells.map(dict(zip(unique, parsed, strict=True))).astype("datetime64[us]")
    return dates, cells.notna() & dates.isna()


def _vocabularies(project: Project) -> dict[str, Mapping[str, Term]]:
    settings = project.settings
    return {
        "status": {str(code): term for code, term in settings.statuses.items()},
        "channel": settings.channels,
        "type": settings.types,
        "relation": {str(code): term for code, term in settings.relations.items()},
    }


def _closed_lists(project: Project) -> dict[str, dict[str, str]]:
    severities = {fold(word): word for word in project.settings.severities}
    satisfaction = {spelling: word for word in SATISFACTION for spelling in (word, word.replace("_", " "))}
    lists = {"satisfaction": satisfaction}
    return {**lists, "severity": severities} if severities else lists


def _listed(allowed: Mapping[str, str]) -> str:
    return ", ".join(dict.fromkeys(allowed.values()))


def _match(cells: pd.Series, known: Mapping[str, object], dtype: str = "str") -> tuple[pd.Series, pd.Series]:
    codes = {text: known.get(fold(text)) for text in cells.dropna().unique()}
    matched = cells.map(codes).astype(dtype)
    return matched, cells.notna() & matched.isna()


def _nearest(text: str, terms: Mapping[str, Term]) -> str:
    known = spellings(terms)
    close = get_close_matches(fold(text), known, n=3, cutoff=0.5)
    labels = list(dict.fromkeys(terms[known[word]].label for word in close))
    return f" Nearest: {', '.join(labels)}." if labels else f" Known: {', '.join(t.label for t in terms.values())}."

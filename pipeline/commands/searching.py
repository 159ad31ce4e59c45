"""What a project's outputs are searched for before others may read them, and which contacts of its own may stay."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pandas as pd

from pipeline.confidentiality.redaction import KnownNames
from pipeline.confidentiality.search import OwnWords, Search
from pipeline.errors import DisclosureError, InputError, PipelineError
from pipeline.project import Project, load_project
from pipeline.put_away import give_back

_NOT_PRINTED = frozenset({"confidential", "register_", "columns", "aliases", "phrases", "covers", "not_collected"})
"""Keys of project.yml that no report prints."""

_FIGURES = ("value", "numerator", "denominator")
_LONG = re.compile(r"(?<![\d.])\d{6,}")
"""A whole number of as many digits as a telephone number has at least."""


def search_for(project: Project, identities: pd.DataFrame, words: OwnWords | None = None) -> Search:
    """Say what the project's outputs are searched for; `words` are those of the register that tell of nobody.

    Raises DisclosureError where a text of project.yml that reports print holds the whole name of a person whom the
    register names; such a text would otherwise count as the report's own.
    """
    from pipeline.register.identities import known_names

    words = words or OwnWords()
    known = known_names(project, identities, words.places)
    last = _last[0] if _last and _last[0].is_for(project, known) else None
    if last is None:
        _refuse_named(project, known)
        search = _search(project, known, words)
    elif last.search.words == words and last.search.texts_seen <= _MOST_SEEN:
        return last.search
    else:
        search = Search(last.search.known, project.locale, last.search.contacts, words)
    _last[:] = [_Last(project, known, search)]
    return search


@dataclass(frozen=True)
class _Last:
    project: Project
    known: KnownNames
    search: Search

    def is_for(self, project: Project, known: KnownNames) -> bool:
        return self.project == project and self.known == known


_last: list[_Last] = []
"""The last search of this process: the reports of a register, and the page that lists them, name the same persons."""
_MOST_SEEN = 100_000
"""Texts from which on a search is begun anew, with the same names, so that it does not grow from report to report."""


def own_words(folder: Path) -> OwnWords:
    """Gather the words of the register of a set that have the form of a number or an address and tell of nobody."""
    internal = folder / "internal"
    cases = pd.read_parquet(internal / "cases.parquet", engine="pyarrow", columns=["registration_no", "location"])
    headings = internal / "columns.csv"
    told = pd.read_csv(headings, encoding="utf-8-sig", dtype="str") if headings.is_file() else pd.DataFrame()
    figures = internal / "indicators.csv"
    counted = pd.read_csv(figures, encoding="utf-8-sig", dtype="str") if figures.is_file() else pd.DataFrame()
    return OwnWords(
        frozenset(cases["registration_no"].dropna().astype("str")) | long_figures(counted),
        tuple(told["heading"].dropna()) if "heading" in told else (),
        tuple(cases["location"].dropna().astype("str").unique()),
    )


def long_figures(indicators: pd.DataFrame) -> frozenset[str]:
    """Return the figures of an indicator table that are as long as a telephone number: of a million grievances.

    A shorter one stays, since it could be a part of somebody's number.
    """
    cells = (str(cell) for name in _FIGURES if name in indicators for cell in indicators[name].dropna())
    return frozenset(digits for cell in cells for digits in _LONG.findall(cell))


def _search(project: Project, known: KnownNames, words: OwnWords | None = None) -> Search:
    from pipeline.reporting.catalogue import own_texts

    known = known.without_those_in(own_texts(project))
    give_back()  # of many names, what it took to make the search
    return Search(known, project.locale, own_contacts(project), words or OwnWords())


def names_nobody(project: Project, folder: Path, notebook: Path) -> bool:
    """Whether a failed notebook of a set holds no name of the register and no contact.

    Where the first notebook failed before it set the names apart, the register is read for them. Raises whatever
    hinders that.
    """
    from pipeline.confidentiality.readable.files import texts_of
    from pipeline.register.identities import known_names

    apart = folder / "internal" / "identities.parquet"
    identities = pd.read_parquet(apart, engine="pyarrow") if apart.is_file() else _identities_of_register(project)
    return not _search(project, known_names(project, identities)).finds(texts_of(notebook))


def _identities_of_register(project: Project, *, is_strict: bool = True) -> pd.DataFrame:
    """Read the identifying columns, as they stand and as they are corrected, before anything is checked.

    Where it need not be strict, corrections that cannot be applied are left out.
    """
    from pipeline.register.columns import identifying
    from pipeline.register.corrections import apply_in_part
    from pipeline.register.mapping import map_columns
    from pipeline.register.reading import read_register

    register = map_columns(read_register(project), project)
    try:
        register, _ = apply_in_part(register, project)
    except InputError:
        if is_strict:
            raise
    return register.table[identifying(register.table)].astype("str")


def discreet(text: str, code: str) -> str:
    """Replace names and contacts in what a command is about to say of an error.

    The names are those of the register of the project `code`, if it can be read; an error that is about a register
    that cannot be read quotes none of its cells.
    """
    from pipeline.register import columns
    from pipeline.register.identities import known_names

    try:
        project = load_project(code)
        try:
            # What is wrong with a correction may be what is to be told.
            identities = _identities_of_register(project, is_strict=False)
        except PipelineError:
            identities = pd.DataFrame(columns=columns.names(identifies=True), dtype="str")
        search = _search(project, known_names(project, identities))
    except PipelineError:  # what is said is about project.yml, or the call
        return text
    return search.replaced(text)


def own_contacts(project: Project) -> tuple[str, ...]:
    """Return the texts of project.yml whose contacts are the project's own, or those of bodies to turn to."""
    settings = project.settings
    reach = (channel.reach for channel in settings.channels.values() if channel.reach)
    bodies = (text for body in settings.texts.escalation for text in (body.name, body.text))
    return (*settings.confidential.keep, *reach, *bodies)


def _refuse_named(project: Project, known: KnownNames) -> None:
    keys = [key for key, text in _printed("", project.settings.model_dump()) if _names_a_person(text, known)]
    if keys:
        raise DisclosureError(
            "Nothing was made, because somebody could be found out through it.\n"
            + "\n".join(f"project.yml, key {key}, holds the name of a known person (rule known_name)." for key in keys)
            + "\nTake the name out. If it is no person's, add it to confidential.keep in project.yml."
        )


def _names_a_person(text: str, known: KnownNames) -> bool:
    """Whether a person's name of two words or more stands there; single words are often others', such as May."""
    return any(hit.kind == "person" and " " in text[hit.start : hit.end].strip() for hit in known.find(text))


def _printed(key: str, value: Any) -> Iterator[tuple[str, str]]:
    if isinstance(value, str):
        yield key, value
    elif isinstance(value, dict):
        for name, item in value.items():
            if name not in _NOT_PRINTED:
                yield from _printed(f"{key}.{name}".lstrip("."), item)
    elif isinstance(value, list | tuple):
        for item in value:
            yield from _printed(key, item)

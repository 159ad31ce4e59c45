"""Cells of sex, vulnerable group and location that name no member of these: they are counted as 'not stated'.

The public tables print the names of members as the register has them. In a row that is shifted by a cell, a text of the
grievance or the name of a person would be one. The rule that an auditor is told: a cell that holds a sentence, that
names a person, or that stands in a row of a text file with more cells than headings is no member. It is an error
finding, told by its row and column without its words, and the grievance is counted as 'not stated' in that table. What
project.yml itself names as a member is one, whatever it holds.

Source of the rule: docs/disclosure-control.md, 'What is no name of a member'.
"""

from __future__ import annotations

import re
from collections.abc import Collection

import pandas as pd

from pipeline.confidentiality.redaction import KnownNames
from pipeline.confidentiality.scripts import UNSPACED
from pipeline.project import Project, fold
from pipeline.register import findings
from pipeline.register.columns import dictionary
from pipeline.register.reading import PLACE, Register

MEMBERS = {"complainant_sex": "sex", "vulnerable_group": "vulnerable_group", "location": "location"}
"""The columns whose cells become members of a published table, with the dimension of each."""
IN_DOUBT = "member_in_doubt"
"""The rule of a cell that names no member."""
_SENTENCE, _PERSON, _SHIFTED = "holds a sentence", "names a person", "stands in a row with more cells than headings"

_WORD = re.compile(rf"[{UNSPACED}]{{1,3}}|[^\W\d_]+(?:['’\-‐][^\W\d_]+)*")
"""A word; in scripts without blanks three characters count as one."""
_PARTED = re.compile(r"[,;:/|()\[\]\n•·、，；：（）]|\s[-–—]\s")
"""What parts the parts of a name such as 'Sector 4, upper village, behind the old mill'."""
_ENDS = re.compile(r"[.!?…。！？।॥။៕។՞؟۔።][\s\"'”’»)]*\Z")
_MOST_WORDS = 25
_MOST_WORDS_OF_A_PART = 10
"""Words without a capital: streets and towns have many with one."""
_MOST_WORDS_BEFORE_A_STOP = 5
_LEAST_WORDS_WITH_A_VERB = 4
_VERBS = frozenset(
    " ".join(
        (
            "is are was were been has have did does do must cannot says said asks asked wants wanted told",
            "complains complained requests requested reports reported",
            "sont était étaient ont avait avaient demande demandent",
            "está están fue fueron había pide piden solicita",
            "был была было были просит просят требует сообщил сообщила сказал сказала",
            "байна байсан байгаа болсон болно хүсэж гэсэн гэж өгсөн ирсэн",
        )
    ).split()
)
"""Words in small letters that a sentence has and the name of a place does not; groups are named with some of them."""
_TITLES = re.compile(
    r"(?<!\w)(?:mr|mrs|(?-i:[Mm]s)|mister|mme|mlle|г-н|г-жа|господин|госпожа|ноён|хатагтай)"
    r"(?:\.\s?|\s)(?=[^\W\d_])|(?<=\w)\s(?:гуай|гуайн|гуайнх|гуайнхан)(?!\w)",
    re.IGNORECASE,
)
"""Forms of address, before or behind a name; those that places are called by (Señora, Don, Dr, Hon) are left out."""


def is_sentence(text: str, column: str = "location") -> bool:
    """Say whether a cell holds a sentence and no name of a place or a group.

    It does if it has more than 25 words; more than ten without a capital between two commas or the like; more than five
    after the last of these and a full stop, question or exclamation mark at the end; or, as a location, four words or
    more with a verb such as 'was' or 'asks' among them.
    """
    words = _WORD.findall(text)
    if len(words) < _LEAST_WORDS_WITH_A_VERB:
        return False
    # Capitals throughout say nothing.
    parts = [_WORD.findall(part) for part in _PARTED.split(text.lower() if text.isupper() else text)]
    return (
        len(words) > _MOST_WORDS
        or max(sum(not word[0].isupper() for word in part) for part in parts) > _MOST_WORDS_OF_A_PART
        or (len(parts[-1]) > _MOST_WORDS_BEFORE_A_STOP and _ENDS.search(text) is not None)
        or (column == "location" and not _VERBS.isdisjoint(words))
    )


def without_texts(register: Register, as_written: pd.DataFrame, project: Project) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Return the table without the cells that each row tells to be no members, and the finding for each.

    `as_written` is the register's table with its cells as texts, a word for 'nothing' as missing.
    """
    named, shifted = _named_by(project), _shifted(register, as_written)
    table, noticed = as_written, []
    for column in MEMBERS:
        cells = as_written[column]
        why = {text: _why(text, column) for text in cells.dropna().unique() if fold(text) not in named[column]}
        reasons = cells.map(why).astype("object").mask(shifted & cells.notna(), _SHIFTED)
        table, found = _without(table, column, reasons)
        noticed.append(found)
    return table, findings.joined(*noticed)


def without_known_names(
    register: Register, read: Register, known: KnownNames, project: Project
) -> tuple[Register, Register]:
    """Take the cells that hold the whole name of a known person, of two words or more, from a register and from itself.

    `register` has its cells as texts, `read` is the same one with its values read. A single word of a name can be that
    of a place, too; the guard looks for it.
    """
    named, names = _named_by(project), known.without_guesses()
    for column in MEMBERS:
        cells = read.table[column]
        texts = (text for text in cells.dropna().unique() if fold(text) not in named[column])
        reasons = cells.map({text: _PERSON for text in texts if _has_whole_name(text, names)}).astype("object")
        if reasons.notna().any():
            register, read = (one.with_table(*_without(one.table, column, reasons)) for one in (register, read))
    return register, read


def _why(text: str, column: str) -> str | None:
    if is_sentence(text, column):
        return _SENTENCE
    return _PERSON if _TITLES.search(text) else None


def _has_whole_name(text: str, known: KnownNames) -> bool:
    return any(hit.kind == "person" and " " in text[hit.start : hit.end].strip() for hit in known.find(text))


def _without(table: pd.DataFrame, column: str, reasons: pd.Series) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Make the cells of a column blank for which there is a reason, and find them."""
    at = reasons.notna()
    if not at.any():
        return table, findings.none()
    rows = table[at]
    blank = pd.Series("", index=rows.index)
    found = findings.found(
        IN_DOUBT, rows, column, values=blank, known=reasons[at], what=dictionary()[column].title.lower()
    )
    return table.assign(**{column: table[column].mask(at)}), found


def _named_by(project: Project) -> dict[str, frozenset[str]]:
    """Return by column the members that project.yml names, folded."""
    settings = project.settings
    given = settings.beneficiaries.by_dimension() if settings.beneficiaries else {}
    merged: dict[str, Collection[str]] = {
        dimension: [word for name, members in of_dimension.items() for word in (name, *members)]
        for dimension, of_dimension in settings.disclosure.merge.items()
    }
    return {
        column: frozenset(fold(name) for name in (*given.get(dimension, ()), *merged.get(dimension, ())))
        for column, dimension in MEMBERS.items()
    }


def _shifted(register: Register, table: pd.DataFrame) -> pd.Series:
    """Say which rows of a text file have more cells than headings: a separator too many moves each cell behind it."""
    texts = {table.sheet.file for table in register.tables if table.sheet.encoding}
    longer = register.found[
        (register.found["rule"] == "cells_beyond_headings") & register.found["source_file"].isin(texts)
    ]
    shifted = pd.Series(False, index=table.index)
    if longer.empty:
        return shifted
    near = table[table["source_row"].isin(longer["row"])]
    at = pd.MultiIndex.from_frame(near[[*PLACE]]).isin(findings.keys_of_places(longer))
    shifted[near.index[at]] = True
    return shifted

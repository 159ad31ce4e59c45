"""Which rows of a table are totals: they count the grievances above them and are none themselves.

A row is a total where its first filled cell is a word for a total, alone or with a few words that say of what, and the
rest of it counts: it holds numbers, and at the end of the table also numbers with a word ('12 grievances'). A row that
a grievance alone can have is none: with a day under a date, or with words under channel, status or complainant.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from functools import cache

import numpy as np
import pandas as pd

from pipeline.pieces import slices
from pipeline.register.columns import names

NOWHERE, AT_THE_END, ANYWHERE = range(3)
"""Where in a table a row is a total."""
_WORDS = (
    r"(?:(?:grand|overall|general|sub)[ -]?)?totals?",
    r"(?:nombre |sous-?)?tot(?:al|aux)",
    r"(?:n[uú]mero |sub-?)?total(?:es)?",
    "sum(?= of |[ :.=\\d]*$)",
    "sommes?",
    "suma",
    "(?:общий )?итого?",
    "всего",
    "общее количество",
    "(?:нийт|нийлбэр) дүн",
    "нийт",
    "бүгд",
    "дүн",
    "барлығы",
    "бардыгы",
    "жами",
    "jami",
    "jumlah?",
    "toplam",
)
"""Words for a total in the languages of registers."""
_LABEL = re.compile(rf"(?:{'|'.join(_WORDS)})(?![^\W\d_])", re.IGNORECASE)
_BEGINS = "sub|grand|overall|gen|tot|nom|sous|n[uú]m|sum|som|общ|итог|всег|ний|бүг|дүн|бар|жам|jam|jum|top"
"""How these words begin: most rows are passed over by that."""
_ALONE = re.compile(r"[ :.]*")
_WORD = re.compile(r"[^\W\d_]+(?:['’-][^\W\d_]+)*")
_NUMBER = re.compile(r"[-+]?\d[\d.,\s]*%?")
_NUMBER_OR_DATE = re.compile(r"[-+]?[\d.,:/% -]*\d[\d.,:/% -]*")
_THOUSANDS = re.compile(r"(?<=\d)[ .,\u00a0](?=\d{3}(?!\d))")
_SERIAL_DAY = re.compile(r"[2-7]\d{4}")
_MOST_WORDS = 5
"""Words that may follow the one for a total: 'number of grievances received until June'."""
_WORDS_A_NUMBER = 3
"""Words that may stand with each number of another cell: '12 grievances', 'by phone 4'. A sentence has more."""
_CONTACT_DIGITS = 6
_ROWS_AT_A_TIME = 5_000


def find_totals(table: pd.DataFrame, headed: Sequence[str | None]) -> np.ndarray:
    """Say of each row where in the table it is a total: nowhere, at its end, or anywhere.

    `headed` has for each cell its known column, '' where that is not known, None without a heading.
    """
    width = sum(column is not None for column in headed)
    found = np.full(len(table), NOWHERE)
    begins = _leading(table).str.match(f"(?i:{_BEGINS})").fillna(False).to_numpy(dtype=bool)
    places = np.flatnonzero(begins)
    for part in slices(len(places), _ROWS_AT_A_TIME):
        rows = table.iloc[places[part]].astype("object").to_numpy(dtype=object)
        for place, row in zip(places[part], rows, strict=True):
            cells = [(column or "", text) for column, text in zip(headed, row, strict=True) if isinstance(text, str)]
            found[place] = _kind(cells, width)
    return found


def _leading(table: pd.DataFrame) -> pd.Series:
    leading = pd.Series(pd.NA, index=table.index, dtype="str")
    for column in table.columns:
        leading = leading.fillna(table[column])
    return leading


def _kind(cells: list[tuple[str, str]], width: int) -> int:
    first, *others = cells
    label = _LABEL.match(first[1])
    if label is None:
        return NOWHERE
    rest = first[1][label.end() :]
    texts = [text for _, text in others]
    if _ALONE.fullmatch(rest) and len(cells) < max(2, 0.6 * width) and all(map(_NUMBER_OR_DATE.fullmatch, texts)):
        return ANYWHERE
    has_number = any(re.search(r"\d", text) for text in (rest, *texts))
    if not has_number or len(_WORD.findall(rest)) > _MOST_WORDS or any(_marks_of_a_grievance(others)):
        return NOWHERE
    if all(map(_NUMBER.fullmatch, texts)):
        return ANYWHERE
    return AT_THE_END if all(map(_counts, texts)) else NOWHERE


def _counts(text: str) -> bool:
    numbers = len(re.findall(r"\d+", _THOUSANDS.sub("", text)))
    return len(_WORD.findall(text)) <= _WORDS_A_NUMBER * max(1, numbers)


def _marks_of_a_grievance(cells: list[tuple[str, str]]) -> Iterator[bool]:
    """Say of each cell whether no total has it: a day, a word for channel or status, a person or a contact."""
    for column, text in cells:
        if column in _days():
            is_serial = bool(_SERIAL_DAY.fullmatch(text))
            yield is_serial or len(re.findall(r"\d+", _THOUSANDS.sub("", text))) > 1
        elif column == "complainant_contact":
            yield "@" in text or len(re.findall(r"\d", text)) >= _CONTACT_DIGITS
        else:
            yield column in ("channel", "status", "complainant") and not re.search(r"\d", text)


@cache
def _days() -> frozenset[str]:
    return frozenset(names(type="date"))

"""What looks like a number of a person and is a date, a sum, a quantity: it stays in every text."""

from __future__ import annotations

import re
from functools import cache

from pipeline.confidentiality.pattern_words import one_of, pattern_words

_YEAR = r"(?:19|20)\d\d"
_DATE = re.compile(
    rf"(?<!\d)(?:{_YEAR}[ ]?[-./ ][ ]?(?:0?[1-9]|1[0-2])[ ]?[-./ ][ ]?(?:0?[1-9]|[12]\d|3[01])"
    rf"|(?:0?[1-9]|[12]\d|3[01])[ ]?[-./ ][ ]?(?:0?[1-9]|[12]\d|3[01])[ ]?[-./ ][ ]?{_YEAR}"
    r"|(?:0?[1-9]|[12]\d|3[01])([./-])(?:0?[1-9]|[12]\d|3[01])\1\d\d"
    rf"|{_YEAR}(?:0[1-9]|1[0-2])(?:0[1-9]|[12]\d|3[01])(?:[0-2]\d[0-5]\d(?:[0-5]\d)?)?"
    rf"|{_YEAR}[ ]?[-./ ][ ]?{_YEAR})(?!\d)"
)
_OTHER_YEAR = re.compile(
    r"(?<!\d)(?:(?:[12]\d{3}|9999)-(?:0[1-9]|1[0-2])-(?:0[1-9]|[12]\d|3[01])"
    r"|(?:0[1-9]|[12]\d|3[01])([./-])(?:0[1-9]|[12]\d|3[01])\1[9]{4})(?!\d)"
)
"""A day of a year that was mistyped, or of the one that databases write for the end of what has not ended."""
_THOUSANDS = re.compile(r"\d{1,3}(?:([ .,'])\d{3})(?:\1\d{3})*(?:[.,]\d{1,2})?")
_NEAR = 16
"""Characters before and after a number in which a unit or a sign of money is looked for."""


def is_date(found: str) -> bool:
    """Say whether a piece of text is a date, a time stamp or two years."""
    return _DATE.fullmatch(found.strip()) is not None


def is_day_of_another_year(found: str) -> bool:
    """Say whether a piece of text is a day as 2204-05-12, 9999-12-31 or 31.12.9999; somebody's number may be, too."""
    return _OTHER_YEAR.fullmatch(found) is not None


def has_year(found: str) -> bool:
    """Say whether a date has a year of four digits, so that it is one also beside other numbers."""
    return re.search(_YEAR, found) is not None


def is_quantity(text: str, start: int, end: int) -> bool:
    """Say whether a number in a text is a date, or has a unit or a sign of money beside it."""
    before, after = text[max(0, start - _NEAR) : start], text[end : end + _NEAR]
    return (
        is_date(text[start:end]) or _unit_after().match(after) is not None or _money_before().search(before) is not None
    )


def is_round_sum(found: str) -> bool:
    """Say whether a number is written as sums are: in thousands, the last three digits nought."""
    return _THOUSANDS.fullmatch(found) is not None and found.endswith("000")


def is_in_thousands(found: str) -> bool:
    """Say whether a number is parted into thousands."""
    return _THOUSANDS.fullmatch(found) is not None


@cache
def _unit_after() -> re.Pattern[str]:
    return re.compile(rf"(?:[.,]\d{{1,2}})?[ ]{{0,2}}-?{one_of(pattern_words().units)}", re.IGNORECASE)


@cache
def _money_before() -> re.Pattern[str]:
    return re.compile(rf"{one_of(pattern_words().money_before)}[ .:]{{0,2}}$", re.IGNORECASE)

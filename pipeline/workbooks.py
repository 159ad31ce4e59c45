"""Excel workbooks that are the same bytes each time and in which nothing runs.

Every text is written with `write_string`, so that one which begins with = + - @ stays a text.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from datetime import datetime
from io import BytesIO
from typing import Any

import xlsxwriter

LONGEST_TEXT = 32_767
"""What a cell or a comment can hold, in the units of two bytes in which Excel counts."""
MOST_ROWS = 1_048_576
MOST_COLUMNS = 16_384
LONGEST_SHEET_NAME = 31

_LINE = 15
_MOST_LINES = 27
"""Excel holds no row of more than 409 points."""

_OPTIONS = {
    "in_memory": True,
    "strings_to_formulas": False,
    "strings_to_urls": False,
    "strings_to_numbers": False,
}
# In memory XlsxWriter gives each part of the file one fixed time; only this stamp would be the clock's.
_CREATED = datetime(2000, 1, 1)
_NOT_XML = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")
_NOT_IN_A_SHEET_NAME = re.compile(r"[\[\]:*?/\\\x00-\x1f]")
_RESERVED_SHEET_NAMES = ("history",)


def workbook_bytes(fill: Callable[[Any], None]) -> bytes:
    """Return the workbook that `fill` fills, as the bytes of an .xlsx file."""
    buffer = BytesIO()
    workbook = xlsxwriter.Workbook(buffer, _OPTIONS)
    workbook.set_properties({"created": _CREATED})
    fill(workbook)
    workbook.close()
    return buffer.getvalue()


def fitted(text: str, longest: int = LONGEST_TEXT) -> str:
    """Return a text that Excel can hold: cut at `longest` units, characters that XML does not know replaced."""
    text = _NOT_XML.sub("\ufffd", text)
    if len(text) * 2 <= longest or _units(text) <= longest:
        return text
    cut = text[: longest - 1]
    while _units(cut) > longest - 1:
        # Each character too many may be one or two units long.
        cut = cut[: -max(1, (_units(cut) - longest + 1) // 2)]
    return f"{cut}…"


def row_height(texts: Iterable[tuple[str, float]]) -> int:
    """Return the height in points of a row of wrapped texts, each with the width of its column in characters.

    Excel fits the height of a row to its texts by itself; other programs show one line and print the rest over the
    next rows.
    """
    return _LINE * min(max((_lines_of(fitted(text), int(width) - 3) for text, width in texts), default=1), _MOST_LINES)


def _lines_of(text: str, letters: int) -> int:
    return sum(max(1, -(-len(line) // max(1, letters))) for line in text.split("\n"))


def sheet_name(wanted: str, taken: set[str]) -> str:
    """Return a name that Excel allows for a sheet and that is not among `taken`, whatever their case."""
    used = {name.casefold() for name in taken} | set(_RESERVED_SHEET_NAMES)
    plain = fitted(_NOT_IN_A_SHEET_NAME.sub("_", wanted), LONGEST_SHEET_NAME).strip("' ") or "Sheet"
    name, number = plain, 1
    while name.casefold() in used:
        number += 1
        tail = f" ({number})"
        name = fitted(plain, LONGEST_SHEET_NAME - len(tail)) + tail
    return name


def _units(text: str) -> int:
    return len(text) + sum(character > "\uffff" for character in text)

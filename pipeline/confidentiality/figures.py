"""Figures of a report that have the form of a telephone number, of an address or of coordinates, and are none.

In a text that is to be redacted a doubt speaks for replacing. Reports consist of figures, and one that is taken for a
telephone number would stop every run. So a number without a country code is taken for figures here where its digits
stand as no telephone number is written.
"""

from __future__ import annotations

import re
from itertools import pairwise

from pipeline.confidentiality.hits import Hit

_GROUP = re.compile(r"\d+")
_DECIMAL = re.compile(r"-?\d{1,3}[.,]\d{4,}")
_YEAR = re.compile(r"(?:19|20)\d\d")
_BEFORE = re.compile(r"(?<![\d.,%])[\d.,%][\d.,% ]*\Z")
_AFTER = re.compile(r"[\d.,% ]{0,200}")
_CELLS = re.compile(r"(?:[ ]+(?:[-–—]|\[[a-z]\]|[-–−+]?\d[\d.,]{0,20}[ ]?%?)(?!\S))+[ ]*(?=\n|\Z)")
"""The rest of a row: figures, and what stands where one is not given, such as [c] or a stroke."""
_DAY_BEFORE = re.compile(r"(?:[^\W\d_]{3,}\.? \d{1,2},|\b\d{1,2}\.? [^\W\d_]{3,}\.?)\s\Z")
"""The day and the month that a year belongs to, in either order: 'September 13, ', '13 September '."""
_RANGE = re.compile(r"(\d{1,7})–(\d{1,7})")
_NUMBER_BEFORE = re.compile(r"(?<!\d)(\d{1,7}),\s\Z")
_NUMBER_AFTER = re.compile(r",\s(\d{1,7})(?!\d)")
_LONGEST_NUMBER = 10
_MOST_GROUPS = 5
"""Numbers in a row from which they are a row of a table."""
_REACH = 200
"""Characters around a number in which its row is looked for."""


def are_figures(text: str, hit: Hit, *, is_laid_out: bool) -> bool:
    """Whether what was found are figures of the report; in a text that `is_laid_out` more of them stand in a line."""
    found = text[hit.start : hit.end]
    if hit.kind == "coordinates":
        return is_laid_out and not re.search(r"[,;/°′'NSEW]", found)
    if hit.kind == "address":
        return is_laid_out and (_heads_a_row(text, hit) or _ends_a_day(text, hit))
    if hit.kind != "phone" or "+" in found or text[max(0, hit.start - 2) : hit.start].endswith(("+", "00")):
        return False
    if re.search(r"\d[.,]\Z", text[max(0, hit.start - 2) : hit.start]) or _DECIMAL.fullmatch(found.strip()):
        return True  # what stands behind the point of a decimal
    if found.count("(") != found.count(")"):
        return True
    if _is_of_a_list(text, hit):
        return True
    groups = _GROUP.findall(found)
    if len(groups) > 1 and _YEAR.fullmatch(groups[0]) and (is_laid_out or len(groups[1]) <= 2):
        return True  # a period before its figures
    return is_laid_out and (_in_a_row(text, hit, len(groups)) or (len(groups) > 1 and max(map(len, groups)) < 4))


def _is_of_a_list(text: str, hit: Hit) -> bool:
    """Whether what was found is a range in a list of numbers that rise: '(67–71, 107–111, 117)'."""
    is_range = _RANGE.fullmatch(text, hit.start, hit.end)
    if is_range is None:
        return False
    before = _NUMBER_BEFORE.search(text, max(0, hit.start - _LONGEST_NUMBER), hit.start)
    after = _NUMBER_AFTER.match(text, hit.end)
    beside = [before[1] if before else "", is_range[1], is_range[2], after[1] if after else ""]
    numbers = [int(number) for number in beside if number]
    return len(numbers) > 2 and all(one < other for one, other in pairwise(numbers))


def _heads_a_row(text: str, hit: Hit) -> bool:
    """Whether a place with its first figure heads a row of a table: 'Quarry Road 12 11 47', 'Quarry Road 5 [c] 65%'."""
    after = text[hit.end : hit.end + _REACH]
    return re.match(r" \d+(?!\S)", after) is not None or _CELLS.match(after) is not None


def _ends_a_day(text: str, hit: Hit) -> bool:
    """Whether the number of what was found is the year of a day in the cell before: 'May 13, 2024 Request The road'."""
    found, before = text[hit.start : hit.end], text[max(0, hit.start - _REACH) : hit.start]
    numbers = _GROUP.findall(found)
    is_year = len(numbers) == 1 and _YEAR.match(found) is not None and _YEAR.fullmatch(numbers[0]) is not None
    return is_year and _DAY_BEFORE.search(before) is not None


def _in_a_row(text: str, hit: Hit, groups: int) -> bool:
    """Whether the numbers around what was found, on its line, make it part of a row of a table."""
    before, after = _BEFORE.search(text[max(0, hit.start - _REACH) : hit.start]), _AFTER.match(text, hit.end)
    start = hit.start - len(before[0] if before else "")
    row = text[start : after.end() if after else hit.end].split()
    return groups > 1 and len(row) >= _MOST_GROUPS

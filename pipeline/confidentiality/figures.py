"""Figures of a report that have the form of a telephone number, of an address or of coordinates, and are none.

In a text that is to be redacted a doubt speaks for replacing. Reports consist of figures, and one that is taken for a
telephone number would stop every run. So a number without a country code is taken for figures here where its digits
stand as no telephone number is written.
"""

from __future__ import annotations

import re

from pipeline.confidentiality.hits import Hit

_GROUP = re.compile(r"\d+")
_DECIMAL = re.compile(r"-?\d{1,3}[.,]\d{4,}")
_YEAR = re.compile(r"(?:19|20)\d\d")
_BEFORE = re.compile(r"(?<![\d.,%])[\d.,%][\d.,% ]*\Z")
_AFTER = re.compile(r"[\d.,% ]{0,200}")
_MOST_GROUPS = 5
"""Numbers in a row from which they are a row of a table."""
_REACH = 200
"""Characters around a number in which its row is looked for."""


def are_figures(text: str, hit: Hit, *, is_laid_out: bool) -> bool:
    """Whether what was found are figures of the report; in a text that `is_laid_out` more of them stand in a line."""
    found = text[hit.start : hit.end]
    if hit.kind == "coordinates":
        return is_laid_out and not re.search(r"[,;/°′'NSEW]", found)
    if hit.kind == "address":  # a place at the head of a row: 'Quarry Road 12 11 47'
        return is_laid_out and re.match(r" \d+(?!\S)", text[hit.end : hit.end + _REACH]) is not None
    if hit.kind != "phone" or "+" in found or text[max(0, hit.start - 2) : hit.start].endswith(("+", "00")):
        return False
    if re.search(r"\d[.,]\Z", text[max(0, hit.start - 2) : hit.start]) or _DECIMAL.fullmatch(found.strip()):
        return True  # what stands behind the point of a decimal
    if found.count("(") != found.count(")"):
        return True
    groups = _GROUP.findall(found)
    if len(groups) > 1 and _YEAR.fullmatch(groups[0]) and (is_laid_out or len(groups[1]) <= 2):
        return True  # a period before its figures
    return is_laid_out and (_in_a_row(text, hit, len(groups)) or (len(groups) > 1 and max(map(len, groups)) < 4))


def _in_a_row(text: str, hit: Hit, groups: int) -> bool:
    """Whether the numbers around what was found, on its line, make it part of a row of a table."""
    before, after = _BEFORE.search(text[max(0, hit.start - _REACH) : hit.start]), _AFTER.match(text, hit.end)
    start = hit.start - len(before[0] if before else "")
    row = text[start : after.end() if after else hit.end].split()
    return groups > 1 and len(row) >= _MOST_GROUPS

"""The phone numbers of contacts in texts, however their digits are grouped, with a country's code and without.

A line of text may break a number once: words stand before it in the line, and nothing but blanks, brackets and dashes
at the break. Otherwise figures on several lines are numerals of a list, pages or cells of a table.
"""

from __future__ import annotations

import re
from array import array
from collections.abc import Iterable, Iterator

from pipeline.confidentiality.hashes import Hashes

_FEWEST_DIGITS = 6
_FEWEST_WITHOUT_CODE = 7
_MOST_DIGITS = 18
_NUMBER = re.compile(r"\+?\d[\d\s().\-/]*\d")
_GROUP = re.compile(r"\d+")
_BETWEEN = re.compile(r"[\s().\-/\u00b7\u2010-\u2015]{1,3}")
_AT_A_BREAK = re.compile(r"[\s()\-\u2010-\u2015]{1,3}")
_BREAK = re.compile(r"[\n\r\v\f\x85\u2028\u2029]")
_LONGEST_LINE = 400
"""Characters of a line that are looked at; a printed one has less."""
_LETTER = re.compile(r"[^\W\d_]")
_CODE_DIGITS = (1, 2, 3)


def numbers_in(cell: str) -> set[str]:
    """Return the digits of the phone numbers in a contact cell, without zeros in front, with and without a code."""
    found = set()
    for number in _NUMBER.findall(cell):
        digits = re.sub(r"\D", "", number)
        found |= _forms(digits, has_code=number.startswith("+") or digits.startswith("00"))
    return found


def _forms(digits: str, *, has_code: bool) -> set[str]:
    bare = digits.lstrip("0")
    if not _FEWEST_DIGITS <= len(bare) <= _MOST_DIGITS:
        return set()
    forms = {bare}
    if has_code or len(bare) >= 11:
        forms |= {rest for cut in _CODE_DIGITS if len(rest := bare[cut:].lstrip("0")) >= _FEWEST_WITHOUT_CODE}
    return forms


class Phones:
    """Numbers to look for."""

    def __init__(self, numbers: Iterable[str]) -> None:
        # Without zeros in front the digits are a number, and a number takes eight bytes.
        self._numbers = Hashes(array("q", map(int, numbers)))

    def search(self, text: str) -> Iterator[tuple[str, int, int]]:
        """Yield each number that stands in a text, with its place; of two that overlap the first and longest."""
        if not len(self._numbers):
            return
        groups = list(_GROUP.finditer(text))
        place = 0
        while place < len(groups):
            number, used = self._at(text, groups, place)
            if number:
                start, end = groups[place].start(), groups[place + used - 1].end()
                yield number, start - len(_opening(text[max(0, start - 2) : start], text[start:end])), end
            place += used or 1

    def _at(self, text: str, groups: list[re.Match[str]], place: int) -> tuple[str, int]:
        """Return the longest number that begins with a group of digits, and how many groups it takes."""
        digits, found, is_broken = "", ("", 0), False
        for used, group in enumerate(groups[place : place + _MOST_DIGITS], start=1):
            between = (groups[place + used - 2].end(), group.start()) if used > 1 else None
            if between and not _BETWEEN.fullmatch(text, *between):
                break
            if between and _BREAK.search(text, *between):
                if is_broken or not _may_wrap(text, groups[place].start(), between):
                    break
                is_broken = True
            digits += group[0]
            if len(digits) > _MOST_DIGITS:
                break
            known = self._known(digits)
            if known:
                found = (known, used)
        return found

    def _known(self, digits: str) -> str:
        """Return the number that some digits are, with or without a country's code; empty if none."""
        bare = digits.lstrip("0")
        for cut in (0, *_CODE_DIGITS):
            rest = bare[cut:].lstrip("0")
            if len(rest) < (_FEWEST_WITHOUT_CODE if cut else _FEWEST_DIGITS):
                break
            if int(rest) in self._numbers:
                return rest
        return ""


def _may_wrap(text: str, start: int, between: tuple[int, int]) -> bool:
    """Say whether a line of text may break the number from `start` on between two groups of its digits."""
    if not _AT_A_BREAK.fullmatch(text, *between):
        return False
    line = max(0, start - _LONGEST_LINE)
    before = _BREAK.split(text[line:start])[-1]
    return bool(_LETTER.search(before))


def _opening(before: str, number: str) -> str:
    """Return what of the two characters before a number is a part of it: a plus, and a bracket that closes within."""
    opening = before if before == "(+" else before[-1:]
    if "(" in opening and ")" not in number:
        opening = opening.replace("(", "")
    return opening if set(opening) <= set("(+") else ""

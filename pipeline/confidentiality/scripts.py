"""Scripts that write words together: without blanks between them, or with endings and small words put to a name.

The marks of these scripts (vowels, tones, signs that a vowel is silent) are a part of the letter before them. Elsewhere
a mark is an accent, which may be left out.
"""

from __future__ import annotations

import re
import unicodedata
from functools import cache
from itertools import pairwise
from typing import NamedTuple

_LARGE = 0x1000
"""Code points from which a range is taken as it is: all of them are letters."""


class Script(NamedTuple):
    """A script by its code points, and how a name is found in it.

    `is_spaced` is False where no blanks stand between words: there a name is found within a longer run of letters.
    Else a word is a name with an ending if it begins with it and goes on with up to `longest_ending` characters (None:
    any number); `prefixes` may stand before it. `shortest` is from how many characters on a part of a name is looked
    for by itself, `begins_from` from how many with an ending. Before an ending the last character may be lost if it is
    one of `may_lose`.
    """

    ranges: tuple[tuple[int, int], ...]
    shortest: int = 3
    begins_from: int = 3
    is_spaced: bool = True
    longest_ending: int | None = None
    may_lose: str = ""
    prefixes: tuple[str, ...] = ()
    has_own_marks: bool = True


SCRIPTS = {
    "Thai": Script(((0x0E00, 0x0E7F),), is_spaced=False),
    "Lao": Script(((0x0E80, 0x0EFF),), is_spaced=False),
    "Khmer": Script(((0x1780, 0x17FF),), is_spaced=False),
    "Myanmar": Script(((0x1000, 0x109F), (0xAA60, 0xAA7F)), is_spaced=False),
    "Chinese": Script(
        ((0x3005, 0x3007), (0x3400, 0x4DBF), (0x4E00, 0x9FFF), (0xF900, 0xFAFF), (0x20000, 0x323AF)),
        shortest=2,
        is_spaced=False,
    ),
    "Japanese": Script(((0x3041, 0x3096), (0x309D, 0x309F), (0x30A1, 0x30FA), (0x30FC, 0x30FF)), is_spaced=False),
    # A syllable is seen as its two or three letters, so that two syllables have four at least.
    "Korean": Script(((0x1100, 0x11FF), (0xAC00, 0xD7A3)), shortest=4, is_spaced=False),
    "Hindi, Marathi, Nepali": Script(((0x0900, 0x097F),), may_lose="\u094d"),
    "Bengali": Script(((0x0980, 0x09FF),), may_lose="\u09cd"),
    "Punjabi": Script(((0x0A00, 0x0A7F),), may_lose="\u0a4d"),
    "Gujarati": Script(((0x0A80, 0x0AFF),), may_lose="\u0acd"),
    "Odia": Script(((0x0B00, 0x0B7F),), may_lose="\u0b4d"),
    "Tamil": Script(((0x0B80, 0x0BFF),), may_lose="\u0bcd"),
    "Telugu": Script(((0x0C00, 0x0C7F),), may_lose="\u0c4d\u0c41"),
    "Kannada": Script(((0x0C80, 0x0CFF),), may_lose="\u0ccd\u0cc1"),
    "Malayalam": Script(((0x0D00, 0x0D7F),), may_lose="\u0d4d\u0d7a\u0d7b\u0d7c\u0d7d\u0d7e\u0d7f"),
    "Sinhala": Script(((0x0D80, 0x0DFF),), may_lose="\u0dca"),
    "Georgian": Script(((0x10D0, 0x10FF), (0x1C90, 0x1CBF)), begins_from=4, longest_ending=4, may_lose="აეიოუ"),
    "Armenian": Script(((0x0531, 0x0587),), begins_from=4, longest_ending=4),
    "Amharic": Script(
        ((0x1200, 0x137F),),
        longest_ending=2,
        prefixes=("የ", "ለ", "በ", "ከ", "እነ", "ስለ", "እንደ", "ወደ"),
        has_own_marks=False,
    ),
    "Hebrew": Script(
        ((0x05D0, 0x05EA),),
        longest_ending=0,
        prefixes=("ו", "ה", "ב", "ל", "מ", "ש", "כ", "וה", "וב", "ול", "ומ", "וש", "שב", "של", "שמ", "כש"),
        has_own_marks=False,
    ),
    "Arabic": Script(
        ((0x0620, 0x06FF),),
        longest_ending=0,
        prefixes=("و", "ف", "ب", "ل", "ك", "وب", "ول", "وك", "فب", "فل", "يا"),
        has_own_marks=False,
    ),
}
"""The scripts by the languages that a reader knows them by."""


def _class_of(points: list[int]) -> str:
    """Write code points, in order, as what stands within the brackets of an expression."""
    firsts = points[:1] + [after for before, after in pairwise(points) if after != before + 1]
    lasts = [before for before, after in pairwise(points) if after != before + 1] + points[-1:]
    return "".join(f"{chr(first)}-{chr(last)}" for first, last in zip(firsts, lasts, strict=True))


def _points(*, is_mark: bool, scripts: list[Script]) -> list[int]:
    small = (one for script in scripts for one in script.ranges if one[1] - one[0] < _LARGE)
    kinds = "M" if is_mark else "LMN"
    every = (point for first, last in small for point in range(first, last + 1))
    return sorted(point for point in every if unicodedata.category(chr(point))[0] in kinds)


_UNSPACED = [script for script in SCRIPTS.values() if not script.is_spaced]
MARKS = _class_of(_points(is_mark=True, scripts=[script for script in SCRIPTS.values() if script.has_own_marks]))
"""The marks that are a part of a letter, as they stand within the brackets of an expression."""
UNSPACED = _class_of(_points(is_mark=False, scripts=_UNSPACED)) + "".join(
    f"{chr(first)}-{chr(last)}" for script in _UNSPACED for first, last in script.ranges if last - first >= _LARGE
)
"""The letters, marks and digits of the scripts without blanks, in the same way."""
_MARK = re.compile(f"[{MARKS}]")
_NUKTA = 7
"""The class of signs below a letter that many leave out, as an accent."""


@cache
def is_own_mark(letter: str) -> bool:
    """Say whether a mark is a part of the letter before it, and no accent."""
    return _MARK.match(letter) is not None and unicodedata.combining(letter) != _NUKTA


@cache
def script_of(letter: str) -> Script | None:
    """Return the script of a letter if words are written together in it."""
    point = ord(letter)
    return next(
        (script for script in SCRIPTS.values() if any(first <= point <= last for first, last in script.ranges)), None
    )

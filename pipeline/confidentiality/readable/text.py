"""One piece of what a file says, and the forms in which it can be read.

What is not seen parts nothing: colours of a terminal, control characters. What stands for other characters is read as
those: percent-encoding, entities, escapes of a program's strings.
"""

from __future__ import annotations

import html
import re
import unicodedata
from collections.abc import Iterator
from typing import NamedTuple
from urllib.parse import unquote

_COLOURS = re.compile(r"\x1b(?:\[[0-?]*[ -/]*[@-~]|\][^\x07\x1b]*(?:\x07|\x1b\\)|[@-Z\\-_])")
_CONTROLS = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f]")
_PERCENT = re.compile(r"%[0-9A-Fa-f]{2}")
_ENTITY = re.compile(r"&#?\w{1,31};")
_ESCAPE = re.compile(r"\\(?:u([0-9A-Fa-f]{4})|U([0-9A-Fa-f]{8})|x([0-9A-Fa-f]{2}))")
_BROKEN_WORD = re.compile(r"(?<=\S)[ \t]*\r?\n[ \t]*(?=\S)")
_DIGEST = re.compile(
    r"(?<![0-9A-Za-z])(?:[0-9a-fA-F]{32,}|[0-9a-fA-F]{8}(?:-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12})(?![0-9A-Za-z])"
)
"""Hashes in hexadecimal digits, 32 and more, and UUIDs."""
_BASE64 = re.compile(r"(?<![0-9A-Za-z+/_-])[0-9A-Za-z+/_-]{40,}={0,2}")
"""What may be a hash in base64: 40 letters and more, with digits, small and large letters among them."""
_SHAPE = re.compile(
    r"""\b(?:d|points|viewBox)=\\?["'](?:[-\d\s.,+]|\\n|[MLHVCSQTAZmlhvcsqtaz])*+|"""
    r"""\b(?:x|y|x1|y1|x2|y2|cx|cy|r|rx|ry|width|height)=\\?["'][-\d.]++|"""
    r"""\b(?:matrix|translate|scale|rotate)\([-\d\s.,+e]*+\)"""
)
"""A shape of a drawing whose source stands in a text."""
_DATE = re.compile(r"(?:(?<![\d.-])|(?<=%[0-9A-Fa-f]{2}))(?:19|20)\d\d-(?:0[1-9]|1[0-2])(?:-[0-3]\d)?(?![\d-])")
"""A day or a month as the program writes it, also right behind an escaped letter: 2024H1%402024-06-13."""
_COLUMNS = re.compile(r"[^\S\n]{2,}|\t")
_NO_TEXT = "·"


class Seen(NamedTuple):
    """A piece of what a file says.

    In `is_code` (style sheets, names of classes) names are looked for, and no patterns. In `is_laid_out` (pages of a
    PDF, printed tables) figures of several columns stand in a line.
    """

    text: str
    is_code: bool = False
    is_laid_out: bool = False


def forms(text: str) -> Iterator[str]:
    """Yield a text as it is seen, and as it reads where parts of it stand for other characters."""
    seen = _CONTROLS.sub("", _COLOURS.sub("", text))
    yield unicodedata.normalize("NFC", seen)
    for coded, decode in ((_PERCENT, unquote), (_ENTITY, html.unescape), (_ESCAPE, _unescape)):
        if coded.search(seen):
            yield unicodedata.normalize("NFC", decode(seen))


def lines_as_one(text: str) -> str:
    """Put lines together with nothing between them, for words that are broken at their ends."""
    return _BROKEN_WORD.sub("", text)


def usual(text: str, *, is_laid_out: bool = False) -> str:
    """Return a text for the search for patterns: with the usual forms of letters, without what is not seen.

    Digests, shapes and dates are left out, and columns that two or more blanks part are parted by a stroke.
    """
    if not text.isascii():
        letters = (f" {c} " if unicodedata.category(c) == "No" else c for c in text)
        text = "".join(c for c in unicodedata.normalize("NFKC", "".join(letters)) if unicodedata.category(c) != "Cf")
    for no_text in (_SHAPE, _DIGEST, _DATE):
        text = no_text.sub(_NO_TEXT, text)
    text = _BASE64.sub(lambda match: _NO_TEXT if _is_mixed(match[0]) else match[0], text)
    return _COLUMNS.sub(" | ", text) if is_laid_out else text


def _is_mixed(text: str) -> bool:
    return all(any(map(test, text)) for test in (str.isdigit, str.islower, str.isupper))


def without_dates(text: str) -> str:
    """Mask days and months; the text keeps its length."""
    return _DATE.sub(lambda match: _NO_TEXT * len(match[0]), text)


def _unescape(text: str) -> str:
    def letter(match: re.Match[str]) -> str:
        code = int(match[1] or match[2] or match[3], 16)
        return chr(code) if code < 0x110000 and not 0xD800 <= code < 0xE000 else match[0]

    return _ESCAPE.sub(letter, text)

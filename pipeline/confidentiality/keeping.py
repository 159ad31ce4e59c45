"""Words that stay whatever the rules say: public bodies, and the project's own contacts and pages."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import lru_cache

from pipeline.confidentiality.hits import Hit

_FEWEST_DIGITS = 7
"""Digits from which a kept entry can be a telephone number."""
_PAGE = re.compile(r"^(?:https?://)?(?:www\.|m\.)?", re.IGNORECASE)


@dataclass(frozen=True)
class Kept:
    """The words that stay; a hit within one of them is dropped, and so is one that is another form of it."""

    words: tuple[str, ...]
    expression: re.Pattern[str] | None
    forms: frozenset[tuple[str, str]]

    @staticmethod
    def of(words: Iterable[str]) -> Kept:
        """Prepare the words; the same ones are prepared once."""
        return _prepared(tuple(dict.fromkeys(word.strip() for word in words if word.strip())))

    def without(self, text: str, hits: Iterable[Hit]) -> list[Hit]:
        """Leave out the hits that stay."""
        hits = list(hits)
        if self.expression is None or not hits:
            return hits
        places = [match.span() for match in self.expression.finditer(text)]
        return [hit for hit in hits if not _is_within(hit, places) and not self._is_a_form(text, hit)]

    def _is_a_form(self, text: str, hit: Hit) -> bool:
        """Say whether a link leads to a kept page or below it, or a number is a kept one written in another way."""
        found = text[hit.start : hit.end]
        if hit.kind == "link":
            return any(("page", page) in self.forms for page in _pages(found))
        return hit.kind == "phone" and ("phone", _digits(found)) in self.forms


def _is_within(hit: Hit, places: list[tuple[int, int]]) -> bool:
    """Say whether a hit lies within one of the places, which are in order and apart."""
    place = bisect_right(places, hit.start, key=lambda one: one[0]) - 1
    return place >= 0 and hit.end <= places[place][1]


@lru_cache(maxsize=64)
def _prepared(words: tuple[str, ...]) -> Kept:
    if not words:
        return Kept((), None, frozenset())
    by_length = sorted(words, key=lambda word: (-len(word), word))
    expression = re.compile("|".join(map(_whole, by_length)), re.IGNORECASE)
    forms = {("page", page) for word in words for page in list(_pages(word))[:1] if "/" in page}
    forms |= {("phone", _digits(word)) for word in words if len(_digits(word)) >= _FEWEST_DIGITS}
    return Kept(words, expression, frozenset(forms))


def _whole(word: str) -> str:
    """Return an expression for a word as a whole; what goes on as an address does is another address.

    info@example.org stands neither in info@example.org.uk nor in the.info@example.org.
    """
    inside = r"\s+".join(re.escape(part) for part in word.split())
    if re.search(r"[@/]|\w\.\w", word):
        return rf"(?<![\w@])(?<![\w][.+-]){inside}(?![\w@]|[.-]\w)"
    return rf"(?<!\w){inside}(?!\w)"


def _pages(link: str) -> Iterator[str]:
    """Yield a page's address without what every page has, and those of the pages above it."""
    page = _PAGE.sub("", link.casefold()).partition("#")[0].rstrip("/")
    while page:
        yield page
        page = re.split(r"[?/][^?/]*$", page)[0] if re.search(r"[?/]", page) else ""


def _digits(text: str) -> str:
    return "".join(letter for letter in text if letter.isdigit())[-8:]

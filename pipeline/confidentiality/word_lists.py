"""The lists of words behind the suspects: common words, given names, places. Read once, looked up in any form.

A list is a text file in words/: words in small letters between blanks, a line that begins with # is a comment.
"""

from __future__ import annotations

from functools import cache, lru_cache
from pathlib import Path

from babel import Locale

from pipeline.confidentiality.word_forms import cases, folded, forms

_FOLDER = Path(__file__).with_name("words")
_LANGUAGES = ("en", "mn", "ru", "fr", "es")
_SHORTEST_OF_BABEL = 4
"""Letters of a word in a country's name from which it is taken by itself: 'Costa' of Costa Rica, not 'and'."""


def read_words(*names: str) -> frozenset[str]:
    """Read lists of words/ by their names, as one set of folded words."""
    found: set[str] = set()
    for name in names:
        lines = (_FOLDER / f"{name}.txt").read_text(encoding="utf-8").splitlines()
        found.update(folded(word) for line in lines if not line.startswith("#") for word in line.split())
    return frozenset(found)


@cache
def _common(language: str) -> frozenset[str]:
    """Gather the common words of a language, and with it those of English, Mongolian and Russian.

    French and Spanish ones are left out elsewhere: 'Ella' and 'Luis' are names in an English text.
    """
    languages = dict.fromkeys(("en", "mn", "ru", language))
    lists = [f"common_{one}" for one in languages if one in _LANGUAGES]
    return read_words(*lists, "counted_en", "counted_mn").union(*(_calendar(one) for one in languages))


def _calendar(language: str) -> set[str]:
    """Return the names of months and weekdays, and their short forms."""
    if language not in _LANGUAGES:
        return set()
    return {
        word
        for names in (Locale(language).months, Locale(language).days)
        for context in names.values()
        for width in context.values()
        for name in width.values()
        for word in folded(name).replace(".", " ").split()
        if len(word) > 1
    }


@cache
def _given_names() -> frozenset[str]:
    return read_words("given_names", "given_names_cyrillic", "given_names_mn", "surnames")


@cache
def _places() -> frozenset[str]:
    named = {
        word
        for language in _LANGUAGES
        for name in (*Locale(language).territories.values(), *Locale(language).languages.values())
        for word in folded(name).replace("(", " ").replace(")", " ").replace(",", " ").split()
        if len(word) >= _SHORTEST_OF_BABEL
    }
    return read_words("places", "places_mn") | named


@lru_cache(maxsize=200_000)
def is_common(word: str, language: str) -> bool:
    """Tell whether a folded word, or what it is a form of, is a common word of a language, such as 'en'.

    A given name is none for being like a form of one, as Casey is of case. Of what hyphens join, each part must be one.
    """
    common = _common(language)
    if any(form in common for form in (cases(word) if is_given_name(word) else forms(word))):
        return True
    parts = word.split("-")
    return len(parts) > 1 and all(not part or is_common(part, language) for part in parts)


@lru_cache(maxsize=200_000)
def is_given_name(word: str) -> bool:
    """Tell whether a folded word, or what it is a case of, is a given name; of one joined by hyphens, any part.

    Where a place is nearer, it is none: 'Иранд' is in Iran, and no form of Ира.
    """
    for case in cases(word):
        if case in _given_names():
            return True
        if case in _places():
            return False
    return "-" in word and any(part in _given_names() for part in word.split("-"))


@lru_cache(maxsize=200_000)
def is_place(word: str) -> bool:
    """Tell whether a folded word, or what it is a case of, is a place or a people."""
    return any(case in _places() for case in cases(word))

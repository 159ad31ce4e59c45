"""The words of a text as the rules for suspects look at them: how each is written, and where it stands."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import Literal, NamedTuple

from pipeline.confidentiality.hits import PLACEHOLDER
from pipeline.confidentiality.suspect_marks import WORD, marks
from pipeline.confidentiality.word_forms import cases, folded
from pipeline.confidentiality.word_lists import is_common, is_given_name, is_place

Shape = Literal["small", "capital", "capitals", "initial"]
_PARTS = re.compile("[-'’]")
_GENITIVE = re.compile(r"(?<=\w)['’]s$", re.IGNORECASE)
_STRETCH = re.compile(r"\S+")
_LINK_SIGNS = ("@", "://", "www.")
_BEGINS = re.compile(r"(?:[.!?…:;•|>]|\n)[\s\"“”„«»'‘’()\[\]*#_–—-]*$")
"""What stands before the first word of a sentence, a line or a quotation."""
_LETTERWORDS = frozenset("AIОИВСУКЯАYЕ")
"""Single letters that are words; without a full stop they are no initials."""
_MOSTLY_CAPITALS = 0.6
_LONGEST_GAP = 20
_MOST_REMEMBERED = 200_000
_LONGEST_WORD = 60
"""Letters of a word beyond which it is no name."""


class _Listed(NamedTuple):
    """A word as the lists know it; `is_unknown`: no list holds it."""

    folded: str
    is_common: bool
    is_given_name: bool
    is_place: bool
    is_unknown: bool


class Word(NamedTuple):
    """A word of a text (characters, end excluded); `gap` is what stands between the former word and it.

    `begins`: it is the first of a sentence. `is_free`: it is no part of a link, a placeholder or a name that is kept.
    The rest is what the lists know of it; `is_unknown`: none holds it.
    """

    text: str
    start: int
    end: int
    gap: str
    shape: Shape
    begins: bool
    is_free: bool
    language: str
    folded: str
    is_common: bool
    is_given_name: bool
    is_place: bool
    is_unknown: bool

    @property
    def name_end(self) -> int:
        """Where it ends without the 's of a genitive."""
        return self.end - len(self.text) + len(_GENITIVE.sub("", self.text))

    @property
    def stem(self) -> str:
        """What stands before its first hyphen or apostrophe."""
        return _PARTS.split(self.text, maxsplit=1)[0]

    def is_one_of(self, listed: frozenset[str]) -> bool:
        """Tell whether a list holds it, or what it is a case of."""
        return any(case in listed for case in cases(self.folded))


def words_of(text: str, language: str, kept: frozenset[str] = frozenset()) -> list[Word]:
    """Part a text into its words. Where it is written in capitals throughout, they say nothing: all words are small."""
    found = list(WORD.finditer(text))
    letters = sum(len(word[0]) for word in found)
    capitals = sum(len(word[0]) for word in found if len(word[0]) > 1 and word[0].isupper())
    is_shouted = len(found) > 2 and capitals > _MOSTLY_CAPITALS * letters
    listed = [_listed(word[0], language) for word in found]
    taken = _taken(text, found, [one.folded for one in listed], kept)
    words: list[Word] = []
    last = 0
    for place, one in enumerate(found):
        gap = text[last : one.start()]
        shape = _shape(one[0], text[one.end() : one.end() + 1]) if not is_shouted else "small"
        after_initial = bool(words) and gap.startswith(".") and _is_abbreviated(words[-1])
        begins = not after_initial and (not words or (gap != " " and _BEGINS.search(gap[-_LONGEST_GAP:]) is not None))
        start, last_letter = one.span()
        words.append(Word(one[0], start, last_letter, gap, shape, begins, place not in taken, language, *listed[place]))
        last = one.end()
    return words


@lru_cache(maxsize=200_000)
def _listed(text: str, language: str) -> _Listed:
    word = folded(text)
    common, place, given = is_common(word, language), is_place(word), len(text) > 1 and is_given_name(word)
    return _Listed(word, common, given, place, len(text) > 1 and not (common or place or given))


@lru_cache(maxsize=200_000)
def _shape(word: str, after: str) -> Shape:
    stem = _PARTS.split(word, maxsplit=1)[0]
    if len(word) == 1:
        return "initial" if word.isupper() and (after == "." or word not in _LETTERWORDS) else "small"
    if not word[0].isupper():
        return "small"
    return "capitals" if len(stem) > 1 and stem.isupper() else "capital"


def _is_abbreviated(word: Word) -> bool:
    """Tell whether the full stop behind a word ends no sentence: an initial, or a short word such as Mr or Prof."""
    return word.shape == "initial" or word.folded in marks().abbreviations


def _taken(text: str, found: list[re.Match[str]], listed: list[str], kept: frozenset[str]) -> set[int]:
    """Return the places of the words that belong to a link, a placeholder or a name that is kept, or are too long."""
    spans = []
    if any(sign in text for sign in _LINK_SIGNS):
        spans = [match.span() for match in _STRETCH.finditer(text) if any(sign in match[0] for sign in _LINK_SIGNS)]
    if "[" in text:
        spans = sorted([*spans, *(match.span() for match in PLACEHOLDER.finditer(text))])
    taken = {place for place, word in enumerate(found) if word.end() - word.start() > _LONGEST_WORD}
    next_span = 0
    for place, word in enumerate(found) if spans else ():
        while next_span < len(spans) and spans[next_span][1] <= word.start():
            next_span += 1
        if next_span < len(spans) and spans[next_span][0] <= word.start():
            taken.add(place)
    index = _index(kept)
    if index.phrases:
        words = [word if place not in taken else "" for place, word in enumerate(listed)] if taken else listed
        for place, one in enumerate(words):
            for phrase in index.beginning_with(one):
                if _stands(phrase, words[place : place + len(phrase)]):
                    taken.update(range(place, place + len(phrase)))
    return taken


def _stands(phrase: tuple[str, ...], words: list[str]) -> bool:
    return len(words) == len(phrase) and all(part in cases(word) for part, word in zip(phrase, words, strict=True))


@lru_cache(maxsize=16)
def _index(kept: frozenset[str]) -> _Phrases:
    return _Phrases(kept)


class _Phrases:
    """Names that are kept, by their first word and what may be a case of it."""

    def __init__(self, kept: frozenset[str]) -> None:
        self.phrases: dict[str, list[tuple[str, ...]]] = {}
        for name in sorted(kept):
            words = tuple(folded(word) for word in WORD.findall(name))
            if words:
                self.phrases.setdefault(words[0], []).append(words)
        self._remembered: dict[str, list[tuple[str, ...]]] = {}

    def beginning_with(self, word: str) -> list[tuple[str, ...]]:
        """Return the names that may begin with a folded word."""
        if word not in self._remembered:
            if len(self._remembered) >= _MOST_REMEMBERED:
                self._remembered.clear()
            self._remembered[word] = [phrase for case in cases(word) for phrase in self.phrases.get(case, ())]
        return self._remembered[word]

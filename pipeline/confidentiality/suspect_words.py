"""The words of a text as the rules for suspects look at them: how each is written, and where it stands."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache
from typing import Literal

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
_LONGEST_WORD = 60
"""Letters of a word beyond which it is no name."""


@dataclass(frozen=True)
class Word:
    """A word of a text (characters, end excluded); `gap` is what stands between the former word and it.

    `begins`: it is the first of a sentence. `is_free`: it is no part of a link, a placeholder or a name that is kept.
    """

    text: str
    start: int
    end: int
    gap: str
    shape: Shape
    begins: bool
    is_free: bool
    language: str

    @property
    def folded(self) -> str:
        return folded(self.text)

    @property
    def is_common(self) -> bool:
        return is_common(self.folded, self.language)

    @property
    def is_given_name(self) -> bool:
        return len(self.text) > 1 and is_given_name(self.folded)

    @property
    def is_place(self) -> bool:
        return is_place(self.folded)

    @property
    def is_unknown(self) -> bool:
        """No list holds it."""
        return len(self.text) > 1 and not (self.is_common or self.is_place or self.is_given_name)

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
    taken = _taken(text, found, kept)
    words: list[Word] = []
    last = 0
    for place, one in enumerate(found):
        gap = text[last : one.start()]
        shape = _shape(one[0], text[one.end() : one.end() + 1]) if not is_shouted else "small"
        after_initial = bool(words) and gap.startswith(".") and _is_abbreviated(words[-1])
        begins = not after_initial and (not words or _BEGINS.search(gap[-_LONGEST_GAP:]) is not None)
        words.append(Word(one[0], one.start(), one.end(), gap, shape, begins, place not in taken, language))
        last = one.end()
    return words


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


def _taken(text: str, found: list[re.Match[str]], kept: frozenset[str]) -> set[int]:
    """Return the places of the words that belong to a link, a placeholder or a name that is kept, or are too long."""
    spans = [match.span() for match in _STRETCH.finditer(text) if any(sign in match[0] for sign in _LINK_SIGNS)]
    spans = sorted([*spans, *(match.span() for match in PLACEHOLDER.finditer(text))])
    taken = {place for place, word in enumerate(found) if len(word[0]) > _LONGEST_WORD}
    next_span = 0
    for place, word in enumerate(found):
        while next_span < len(spans) and spans[next_span][1] <= word.start():
            next_span += 1
        if next_span < len(spans) and spans[next_span][0] <= word.start():
            taken.add(place)
    index = _index(kept)
    if index:
        words = [folded(word[0]) if place not in taken else "" for place, word in enumerate(found)]
        for place, one in enumerate(words):
            for phrase in _by_case(one, index):
                if _stands(phrase, words[place : place + len(phrase)]):
                    taken.update(range(place, place + len(phrase)))
    return taken


def _by_case(word: str, index: dict[str, list[tuple[str, ...]]]) -> list[tuple[str, ...]]:
    return [phrase for case in cases(word) for phrase in index.get(case, ())]


def _stands(phrase: tuple[str, ...], words: list[str]) -> bool:
    return len(words) == len(phrase) and all(part in cases(word) for part, word in zip(phrase, words, strict=True))


@lru_cache(maxsize=16)
def _index(kept: frozenset[str]) -> dict[str, list[tuple[str, ...]]]:
    """Names that are kept, by their first word."""
    index: dict[str, list[tuple[str, ...]]] = {}
    for name in sorted(kept):
        words = tuple(folded(word) for word in WORD.findall(name))
        if words:
            index.setdefault(words[0], []).append(words)
    return index

"""Words that a typing error made of a known one: one edit from five letters on, two from nine on.

A letter too many, too few or another one is an edit, and so are two neighbours that changed places. The digits of a
known word are no letters: of Person12, Person13 is no typing error, but somebody else. Each known word is kept under
what is left of its beginning without up to two letters, together with its digits. Two words that are so near share such
a rest, so a word is compared with few, however many are known.
"""

from __future__ import annotations

from array import array
from collections.abc import Iterable, Sequence
from functools import cached_property
from itertools import repeat
from zlib import crc32

import numpy as np
from rapidfuzz.distance import OSA

ONE_EDIT_FROM = 5
TWO_EDITS_FROM = 9
_BEGINNING = 7
"""Letters of the beginning that are looked at; more would make the lists longer and not the search better."""


def edits_allowed(word: str) -> int:
    """Return how many typing errors a known word may hold and still be told from others."""
    return 2 if len(word) >= TWO_EDITS_FROM else 1 if len(word) >= ONE_EDIT_FROM else 0


class NearWords:
    """The known words that a word may stand for."""

    def __init__(self, words: Iterable[str]) -> None:
        self.words = sorted(word for word in set(words) if edits_allowed(word) and not word.isdigit())

    def prepare(self) -> None:
        """Make the tables that are otherwise made when they are needed first."""
        _ = self._tables

    def near(self, word: str) -> list[tuple[str, int]]:
        """Return the known words within the edits that each allows, but for the word itself, with their number."""
        if len(word) < ONE_EDIT_FROM - 1:
            return []
        near = []
        for place in sorted({place for table in self._tables for place in table.sharing_a_rest_with(word)}):
            known = self.words[place]
            allowed = edits_allowed(known)
            distance = OSA.distance(word, known, score_cutoff=allowed)
            if 0 < distance <= allowed and _digits(known) in ("", _digits(word)):
                near.append((known, int(distance)))
        return near

    @cached_property
    def _tables(self) -> list[_Rests]:
        numbered = [place for place, word in enumerate(self.words) if _digits(word)]
        others = [place for place, word in enumerate(self.words) if not _digits(word)]
        tables = ((others, False), (numbered, True))
        return [_Rests(self.words, places, with_digits=with_digits) for places, with_digits in tables if places]


def _digits(word: str) -> str:
    return "".join(filter(str.isdigit, word))


class _Rests:
    """Known words, by what is left of their beginning without up to two letters."""

    def __init__(self, words: Sequence[str], places: Iterable[int], *, with_digits: bool) -> None:
        """Take the words at some places; `with_digits` parts those of one rest by the digits of the whole word."""
        self._with_digits = with_digits
        # Millions of numbers: as such, and not as an object each.
        values, owners = array("I"), array("i")
        for place in places:
            rests = self._of(words[place], edits_allowed(words[place]))
            values.extend(rests)
            owners.extend(repeat(place, len(rests)))
        hashes = np.frombuffer(values, np.uint32)
        order = np.argsort(hashes, kind="stable")
        self._hashes, self._owners = hashes[order], np.frombuffer(owners, np.int32)[order]

    def sharing_a_rest_with(self, word: str) -> set[int]:
        """Return the places of the known words that could be near a word."""
        wanted = np.array(self._of(word, 1 if len(word) < TWO_EDITS_FROM - 2 else 2), np.uint32)
        first, last = (np.searchsorted(self._hashes, wanted, side=side) for side in ("left", "right"))
        return {int(owner) for one, end in zip(first, last, strict=True) for owner in self._owners[one:end]}

    def _of(self, word: str, edits: int) -> list[int]:
        rests = {word[:_BEGINNING]}
        for _ in range(edits):
            rests |= {one[:place] + one[place + 1 :] for one in rests for place in range(len(one))}
        digits = _digits(word) if self._with_digits else ""
        return [crc32((rest + digits).encode()) for rest in rests]

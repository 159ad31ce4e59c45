"""Words that a typing error made of a known one: one edit from five letters on, two from nine on.

A letter too many, too few or another one is an edit, and so are two neighbours that changed places. Each known word is
kept under what is left of its beginning without up to two letters. Two words that are so near share such a rest, so a
word is compared with few, however many are known. Of names such as Person1, Person2, …, which many share the beginning
of, more of the word is looked at.
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
_CROWDED = 100
"""Known words with one beginning from which on more of them is looked at."""
_LONGER_BEGINNING = 16


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
            if 0 < distance <= allowed:
                near.append((known, int(distance)))
        return near

    @cached_property
    def _tables(self) -> list[_Rests]:
        places_by_beginning: dict[str, list[int]] = {}
        for place, word in enumerate(self.words):
            places_by_beginning.setdefault(word[:_BEGINNING], []).append(place)
        few: list[int] = []
        many: list[int] = []
        for places in places_by_beginning.values():
            (few if len(places) < _CROWDED else many).extend(places)
        tables = ((few, _BEGINNING), (many, _LONGER_BEGINNING))
        return [_Rests(self.words, places, letters) for places, letters in tables if places]


class _Rests:
    """Known words, by what is left of their beginning without up to two letters."""

    def __init__(self, words: Sequence[str], places: Iterable[int], letters: int) -> None:
        """Take the words at some places, of each the beginning of so many letters."""
        self._letters = letters
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
        rests = {word[: self._letters]}
        for _ in range(edits):
            rests |= {one[:place] + one[place + 1 :] for one in rests for place in range(len(one))}
        return [crc32(rest.encode()) for rest in rests]

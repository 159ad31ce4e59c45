"""Words that a typing error made of a known one: one edit from five letters on, two from nine on.

A letter too many, too few or another one is an edit, and so are two neighbours that changed places. Each known word is
kept under what is left of its beginning without up to two letters. Two words that are so near share such a rest, so a
word is compared with few, however many are known.
"""

from __future__ import annotations

from array import array
from collections.abc import Iterable
from functools import cached_property
from itertools import repeat
from zlib import crc32

import numpy as np
import numpy.typing as npt
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
        """Make the table that is otherwise made when it is needed first."""
        _ = self._table

    def near(self, word: str) -> list[tuple[str, int]]:
        """Return the known words within the edits that each allows, but for the word itself, with their number."""
        hashes, owners = self._table
        if not len(hashes) or len(word) < ONE_EDIT_FROM - 1:
            return []
        edits = 1 if len(word) < TWO_EDITS_FROM - 2 else 2
        wanted = np.fromiter((crc32(rest.encode()) for rest in _rests(word, edits)), np.uint32)
        first, last = np.searchsorted(hashes, wanted), np.searchsorted(hashes, wanted, side="right")
        places = {int(owner) for one, end in zip(first, last, strict=True) for owner in owners[one:end]}
        near = []
        for known in sorted(self.words[place] for place in places):
            allowed = edits_allowed(known)
            distance = OSA.distance(word, known, score_cutoff=allowed)
            if 0 < distance <= allowed:
                near.append((known, int(distance)))
        return near

    @cached_property
    def _table(self) -> tuple[npt.NDArray[np.uint32], npt.NDArray[np.int32]]:
        # Millions of numbers: as such, and not as an object each.
        values, places = array("I"), array("i")
        for place, word in enumerate(self.words):
            rests = [crc32(rest.encode()) for rest in _rests(word, edits_allowed(word))]
            values.extend(rests)
            places.extend(repeat(place, len(rests)))
        hashes, owners = np.frombuffer(values, np.uint32), np.frombuffer(places, np.int32)
        order = np.argsort(hashes, kind="stable")
        return hashes[order], owners[order]


def _rests(word: str, edits: int) -> set[str]:
    rests = {word[:_BEGINNING]}
    for _ in range(edits):
        rests |= {one[:place] + one[place + 1 :] for one in rests for place in range(len(one))}
    return rests

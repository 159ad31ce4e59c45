"""What a word of a text may stand for among the words of known names: itself, with an ending, in the other script, …"""

from __future__ import annotations

import re
from collections.abc import Collection, Container, Iterable, Iterator, Sequence
from enum import IntEnum
from functools import cached_property
from itertools import chain
from typing import Any, NamedTuple

from pipeline.confidentiality.endings import fits, shortened, stems_of
from pipeline.confidentiality.letters import LONGEST_WORD, disguised, fold, is_cyrillic, may_stand_for, sounds_of
from pipeline.confidentiality.name_words import name_words
from pipeline.confidentiality.run_on import RunOnNames
from pipeline.confidentiality.spellings import as_initials
from pipeline.confidentiality.typing_errors import ONE_EDIT_FROM, TWO_EDITS_FROM, NearWords

_MOST_REMEMBERED = 500_000
_SHORTEST_SIGNS = 4
"""Signs from which a word of the other script is compared across typing errors."""


_GLUED = re.compile(r"(?=.*\d)\d*([^\W\d_]{5,})\d*")
"""A name of five letters or more with digits before or behind it, as in an account: kovandrel2024."""


class Likeness(IntEnum):
    """How sure it is that a word of a text stands for a word of a name, the surest first."""

    SAME = 0
    ENDING = 1
    OTHER_SCRIPT = 2
    OTHER_SPELLING = 3
    TYPING_ERROR = 4

    @property
    def is_sure(self) -> bool:
        """Whether it holds whatever else stands in the text."""
        return self <= Likeness.OTHER_SCRIPT


class Reading(NamedTuple):
    """A word of a name (folded) that a word of a text may stand for, and the part of the latter without an ending."""

    word: str
    likeness: Likeness
    stem: str


class Readings:
    """Looks up words of texts among the words of names; every word once."""

    def __init__(self, words: Container[str], varied: Collection[str], joined: Iterable[str] = ()) -> None:
        """Take the words of names, those of them that are looked for in other forms, and those without their blanks."""
        self._words = words
        self.run_on = RunOnNames(chain(joined, varied))
        self._letters = sorted(word for word in varied if word.isalnum() and not word.isdigit())
        self._folded: dict[str, str] = {}
        self._sure: dict[str, tuple[Reading, ...]] = {}
        self._unsure: dict[str, tuple[Reading, ...]] = {}

    def prepare(self) -> None:
        """Make the tables that words are looked up in, which are otherwise made when they are needed first."""
        _ = self._scripts
        for near in (self._near, self._near_sounds):
            near.prepare()

    def sure(self, word: str) -> tuple[Reading, ...]:
        """Return what a word stands for beyond doubt, in either script and with any ending; the surest first."""
        if word not in self._sure:
            _make_room(self._sure)
            self._sure[word] = _best(self._sure_readings(word))
        return self._sure[word]

    def unsure(self, word: str) -> tuple[Reading, ...]:
        """Return what a word may stand for besides, by another spelling or by typing errors."""
        if word not in self._unsure:
            _make_room(self._unsure)
            sure = {reading.word for reading in self.sure(word)}
            found = _best(self._unsure_readings(word))
            self._unsure[word] = tuple(reading for reading in found if reading.word not in sure)
        return self._unsure[word]

    def sure_of_each(self, words: Sequence[str]) -> list[tuple[Reading, ...]]:
        """Return what each of some words stands for beyond doubt."""
        try:
            return [self._sure[word] for word in words]
        except KeyError:
            return [self.sure(word) for word in words]

    def parted_in(self, words: Sequence[str], is_blank: Sequence[bool]) -> list[tuple[Reading, ...]]:
        """Return for each word that of a name that it is with the next one, once the blank between them is gone.

        A blank within a name is a typing error. `is_blank` says of each word but the first whether one is before it.
        """
        found: list[tuple[Reading, ...]] = [()] * len(words)
        try:
            folded = [self._folded[word] for word in words]
        except KeyError:
            _make_room(self._folded)
            self._folded.update({word: fold(word) for word in words})
            folded = [self._folded[word] for word in words]
        known = self._words
        for place, parted in enumerate(is_blank):
            if parted:
                joined = folded[place] + folded[place + 1]
                if TWO_EDITS_FROM - 2 <= len(joined) <= LONGEST_WORD and joined in known:
                    found[place] = (Reading(joined, Likeness.TYPING_ERROR, words[place] + words[place + 1]),)
        return found

    def _sure_readings(self, word: str) -> Iterator[Reading]:
        folded = fold(word)
        if folded in self._words:
            yield Reading(folded, Likeness.SAME, word)
        for known, seen in self.run_on.words_in(word):
            yield Reading(known, Likeness.ENDING, seen)
        if len(folded) > LONGEST_WORD:
            return
        for initial in as_initials(word):
            if initial in self._words:
                yield Reading(initial, Likeness.SAME, word)
        whole = name_words().short_for.get(folded)
        if whole in self._words:
            yield Reading(str(whole), Likeness.SAME, word)
        if folded.isdigit():
            return
        if glued := _GLUED.fullmatch(word):
            yield from self.sure(glued[1])
            return
        yield from self._in_one_script(word, folded, Likeness.SAME, is_crossed=False)
        for face in disguised(folded):
            if face in self._words:
                yield Reading(face, Likeness.OTHER_SCRIPT, word)
            yield from self._in_one_script(word, face, Likeness.OTHER_SCRIPT, is_crossed=not _is_mixed(folded))

    def _in_one_script(self, word: str, folded: str, least: Likeness, *, is_crossed: bool) -> Iterator[Reading]:
        """Yield the words that a word stands for with an ending, or in the other script with or without one.

        A word `is_crossed` if it is of one script and looks like the given one of the other. It goes back by no other
        way: 'type' looks like 'туре', which is how Touré is written in Cyrillic letters, and is no name.
        """
        if not is_crossed:
            yield from self._across_scripts(folded, "", word, least)
        is_capitalised = word[0].isupper()
        for stem, ending in stems_of(folded):
            seen = word[: len(stem)]
            for known, is_shortened in self._with_shortened.get(stem, ()):
                if fits(stem, ending, is_shortened=is_shortened, is_capitalised=is_capitalised):
                    yield Reading(known, max(least, Likeness.ENDING), seen)
            if not is_crossed:
                yield from self._across_scripts(stem, ending, seen, least)

    def _across_scripts(self, stem: str, ending: str, seen: str, least: Likeness) -> Iterator[Reading]:
        for signs in sounds_of(stem):
            for form, known, is_shortened in self._by_sounds.get(signs, ()):
                if is_cyrillic(form) == is_cyrillic(stem) or (is_shortened and not ending):
                    continue
                if ending and not fits(stem, ending, is_shortened=is_shortened, is_capitalised=seen[0].isupper()):
                    continue
                if may_stand_for(*((stem, form) if is_cyrillic(stem) else (form, stem))):
                    yield Reading(known, max(least, Likeness.OTHER_SCRIPT), seen)

    def _unsure_readings(self, word: str) -> Iterator[Reading]:
        folded = fold(word)
        if not ONE_EDIT_FROM - 1 <= len(folded) <= LONGEST_WORD or not any(map(str.isalpha, folded)):
            return
        for face in (folded, *(disguised(folded) if _is_mixed(folded) else ())):
            yield from self._otherwise_spelt(word, face)
            yield from self._mistyped(word, face, face)
            # A typing error before an ending; a short ending is taken for one more error.
            for stem, ending in stems_of(face):
                if len(ending) > 1 and len(stem) >= ONE_EDIT_FROM - 1:
                    yield from self._mistyped(word[: len(stem)], stem, face)

    def _otherwise_spelt(self, word: str, folded: str) -> Iterator[Reading]:
        """Yield the words of the same script that sound the same: Munkhbat, Monhbat."""
        if len(folded) >= ONE_EDIT_FROM:
            for signs in sounds_of(folded):
                for form, known, is_shortened in self._by_sounds.get(signs, ()):
                    if not is_shortened and len(signs) >= _SHORTEST_SIGNS and len(form) >= ONE_EDIT_FROM:
                        yield Reading(known, Likeness.OTHER_SPELLING, word)

    def _mistyped(self, seen: str, stem: str, whole: str) -> Iterator[Reading]:
        for known, edits in self._near.near(stem):
            # With an ending cut off, what is left must be nearer than the whole word was.
            if stem == whole or edits == 1:
                yield Reading(known, Likeness.TYPING_ERROR, seen)
        if is_cyrillic(stem) not in self._scripts or len(self._scripts) > 1:
            for signs in sounds_of(stem)[:1]:
                for near, _ in self._near_sounds.near(signs):
                    for form, known, is_shortened in self._by_sounds[near]:
                        if not is_shortened and is_cyrillic(form) != is_cyrillic(stem):
                            yield Reading(known, Likeness.TYPING_ERROR, seen)

    @cached_property
    def _scripts(self) -> frozenset[bool]:
        """Whether words of the names are Cyrillic, and whether some are not."""
        return frozenset(map(is_cyrillic, self._letters))

    @cached_property
    def _with_shortened(self) -> dict[str, list[tuple[str, bool]]]:
        """The words by what stands before an ending, and whether it is shortened there."""
        found: dict[str, list[tuple[str, bool]]] = {word: [(word, False)] for word in self._letters}
        for word in self._letters:
            for stem in shortened(word):
                found.setdefault(stem, []).append((word, True))
        return found

    @cached_property
    def _by_sounds(self) -> dict[str, list[tuple[str, str, bool]]]:
        """By signs of sounds: what stands before an ending, the word it is of, and whether it is shortened."""
        found: dict[str, list[tuple[str, str, bool]]] = {}
        for stem, words in self._with_shortened.items():
            for signs in sounds_of(stem):
                found.setdefault(signs, []).extend((stem, word, is_shortened) for word, is_shortened in words)
        return found

    @cached_property
    def _near(self) -> NearWords:
        return NearWords(self._letters)

    @cached_property
    def _near_sounds(self) -> NearWords:
        return NearWords(signs for signs in self._by_sounds if len(signs) >= _SHORTEST_SIGNS)


def _is_mixed(folded: str) -> bool:
    """Say whether a word holds letters of both scripts: it is a word of one of them in disguise."""
    return is_cyrillic(folded) and any("a" <= letter <= "z" for letter in folded)


def _best(readings: Iterable[Reading]) -> tuple[Reading, ...]:
    """Keep each word's surest reading, the surest first."""
    best: dict[str, Reading] = {}
    for reading in sorted(readings, key=lambda one: (one.likeness, -len(one.stem), one.word)):
        best.setdefault(reading.word, reading)
    return tuple(best.values())


def _make_room(remembered: dict[str, Any]) -> None:
    """Forget all once there is too much, so that memory does not grow with the texts."""
    if len(remembered) >= _MOST_REMEMBERED:
        remembered.clear()

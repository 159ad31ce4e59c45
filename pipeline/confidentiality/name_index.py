"""The search for names in a text: from each word of the text on, as long as its words are or begin a spelling.

So the time is set by the length of the text, however many names there are.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import NamedTuple

from pipeline.confidentiality.hits import Kind
from pipeline.confidentiality.letters import as_seen, fold
from pipeline.confidentiality.name_readings import Likeness, Reading, Readings
from pipeline.confidentiality.name_table import ROOT, Entry, Node, SpellingTable, Words
from pipeline.confidentiality.name_words import NAMES_TOO, WORD, name_words
from pipeline.confidentiality.scripts import MARKS
from pipeline.confidentiality.spellings import APOSTROPHES, CASE_MATTERS_UP_TO, INITIAL, Spelling
from pipeline.confidentiality.suspect_marks import marks

_WIDEST_GAP = 3
"""Characters that may part two words of a name: a full stop, a line break and a stretch of blanks."""
_BREAK = re.compile(r"(?:(?<=[^\W\d_])-?[ \t]*\r?\n[ \t]*(?=[^\W_])|(?<=\d)-?[ \t]*\r?\n[ \t]*(?=[^\W\d_]))")
"""A line break between two letters, or a letter and a figure, with the hyphen before it.

Figures on two lines are a number only where known_phones.py says so: they may be numerals of a list, or pages.
"""
_SPACED = re.compile(rf"(?<=(?<![\w{MARKS}])[^\W_])[ .\u00b7-](?=[^\W_](?![\w{MARKS}]))")
"""What parts single letters that are spaced out."""
_APOSTROPHES = frozenset(APOSTROPHES)
_MOST_PIECES = 4
"""Words that apostrophes part up to which they are joined: Ng'ang'a has three."""
_ENDS_A_CLAUSE = re.compile(r"[;:!?]|\.\s")
_BEGINS = re.compile(r"[.!?…:;•\n\"“«(]")
_BEHIND_AN = frozenset("aeiouhAEIOUH0123456789")
_OWN_MARKS = re.compile(f"[{MARKS}]*")
_BLANKS = re.compile(r"[^\S\n]+")
_RULES = {
    Likeness.ENDING: "known_name_ending",
    Likeness.OTHER_SCRIPT: "known_name_other_script",
    Likeness.OTHER_SPELLING: "known_name_other_spelling",
    Likeness.TYPING_ERROR: "known_name_typing_error",
}


@dataclass(frozen=True)
class Match:
    """Where a spelling stands (characters of the text); `entry` is None for one that stays."""

    words: Words
    entry: Entry | None
    start: int
    end: int
    likeness: Likeness

    @property
    def rule(self) -> str:
        """The rule that found it: what is furthest from the register's spelling tells it."""
        assert self.entry is not None
        return self.entry.rule if self.entry.rule == "known_contact" else _RULES.get(self.likeness, self.entry.rule)


@dataclass(frozen=True)
class Terms:
    """On what terms is searched.

    `gone` are spellings that are not looked for, `unkept` some that do not stay although they are kept. Words of
    `ordinary` (folded) are nobody's mistyped name; without `is_unsure_too` typing errors are not looked for at all.
    """

    gone: frozenset[Words] = frozenset()
    unkept: frozenset[Words] = frozenset()
    ordinary: frozenset[str] = frozenset()
    is_unsure_too: bool = True


class NameIndex:
    """Every spelling of every name, to be searched for."""

    def __init__(self) -> None:
        self._table = SpellingTable()

    def add(self, spellings: Iterable[Spelling], kind: Kind, owner: str) -> None:
        """Add the spellings of a name."""
        self._table.add(spellings, kind, owner)

    def keep(self, spelling: Spelling) -> None:
        """Add a spelling of what stays."""
        self._table.keep(spelling)

    @cached_property
    def readings(self) -> Readings:
        """What words of texts stand for; asked for once everything is added."""
        return Readings(self._table.words, self._table.varied, self._table.joined)

    def prepare(self) -> None:
        """Make what every search needs, once everything is added."""
        self._table.at(())
        self.readings.prepare()

    def search(self, text: str, terms: Terms) -> list[Match]:
        """Find every spelling in a text, from left to right, without overlaps; the longest at a place wins.

        A name is found as a reader sees it: letters that are not seen, other forms of a letter, and breaks or blanks
        within the word part nothing. Names of up to four letters are not looked for across breaks.
        """
        found = [match for view in _views(text) for match in self._in_view(view, terms)]
        kept: list[Match] = []
        for match in sorted(found, key=lambda match: (match.start, -match.end)):
            if not kept or match.start >= kept[-1].end:
                kept.append(replace(match, end=_with_own_marks(text, match.end)))
        return kept

    def _in_view(self, view: View, terms: Terms) -> list[Match]:
        if view.is_joined:
            terms = replace(terms, is_unsure_too=False)
        found, places = _Walk(self._table, self.readings, view.text, terms).matches(), view.places
        if view.is_joined:
            found = [one for one in found if sum(map(len, one.words)) > CASE_MATTERS_UP_TO]
        if places is None:
            return found
        return [replace(one, start=places[one.start], end=places[one.end - 1] + 1) for one in found]


class _Joined(NamedTuple):
    """What some words of a text, parted by a hyphen, an apostrophe or a blank, stand for together."""

    reading: Reading
    taken: int


class _Step(NamedTuple):
    """How far a walk has come: its words and what they are, the next word of the text, what its words stand for."""

    words: Words
    node: Node
    place: int
    path: tuple[Reading, ...]
    is_timid: bool
    """Whether a word in small letters was taken for a mistyped one, which only neighbours can bear out."""


@dataclass
class _Walk:
    """One text, word by word."""

    table: SpellingTable
    readings: Readings
    text: str
    terms: Terms
    words: list[re.Match[str]] = field(init=False)
    written: list[str] = field(init=False)
    options: list[tuple[Reading, ...]] = field(init=False)
    joined: list[tuple[_Joined, ...]] = field(init=False)

    def __post_init__(self) -> None:
        self.words = self.readings.run_on.pieces(self.text, list(WORD.finditer(self.text)))
        self.written = [word[0] for word in self.words]
        sure = self.readings.sure_of_each(self.written)
        self.options = self._readings_of_each(sure)
        self.joined = self._readings_of_several()

    def matches(self) -> list[Match]:
        """Return what is found, what stays taken out."""
        if not any(self.options) and not any(self.joined):
            return []
        every = [self._best_at(place) for place in range(len(self.words))]
        stays = [False] * len(self.words)
        for place, options in enumerate(every):
            for last, match in options:
                if match.entry is None:
                    stays[place : last + 1] = [True] * (last + 1 - place)
        found: list[Match] = []
        place = 0
        while place < len(self.words):
            taken = 1
            for last, match in every[place]:
                # What stays is not taken for a mistyped name.
                if match.entry is None or match.likeness.is_sure or not any(stays[place : last + 1]):
                    taken = last + 1 - place
                    if match.entry is not None:
                        found.append(self._with_company_forms(match, place, last))
                    break
            place += taken
        return found

    def _best_at(self, place: int) -> list[tuple[int, Match]]:
        """Return what begins at a word, with its last word: the longest first, what stays before what goes."""
        if not self.options[place] and not self.joined[place]:
            return []
        found = list(self._from(place))
        return sorted(found, key=lambda one: (-one[0], one[1].likeness, one[1].entry is not None, one[1].words))

    def _from(self, begin: int) -> Iterator[tuple[int, Match]]:
        steps = [_Step((), ROOT, begin, (), False)]
        while steps:
            step = steps.pop()
            yield from self._ends(step, begin)
            if (
                step.node.goes_on
                and step.place < len(self.words)
                and (step.place == begin or self._follows(step.place))
            ):
                steps.extend(self._next(step))

    def _next(self, step: _Step) -> Iterator[_Step]:
        for reading in self.options[step.place]:
            words = (*step.words, reading.word)
            following = self.table.at(words)
            if following is not None and not self._begins_a_sentence(step, reading):
                is_timid = not reading.likeness.is_sure and not self.written[step.place][0].isupper()
                yield _Step(words, following, step.place + 1, (*step.path, reading), step.is_timid or is_timid)
        for reading, taken in self.joined[step.place]:
            words = (*step.words, reading.word)
            following = self.table.at(words)
            if following is not None:
                yield _Step(words, following, step.place + taken, (*step.path, reading), step.is_timid)

    def _ends(self, step: _Step, begin: int) -> Iterator[tuple[int, Match]]:
        node, path, words = step.node, step.path, step.words
        if not path or (node.entry is None and not node.is_kept):
            return
        likeness = max(reading.likeness for reading in path)
        if step.is_timid and not any(reading.likeness.is_sure for reading in path):
            return
        if len(words) == 1 and self.readings.run_on.is_short(words[0]) and self._is_cut(begin):
            return
        if len(words) == 1 and self._is_article(begin):
            return
        last = step.place - 1
        start, end = self.words[begin].start(), self.words[last].end()
        if node.is_kept and likeness.is_sure and words not in self.terms.unkept:
            yield last, Match(words, None, start, end, likeness)
        elif node.entry is not None and words not in self.terms.gone and node.entry.fits(path):
            yield last, Match(words, node.entry, start, end, likeness)

    def _is_article(self, place: int) -> bool:
        """Say whether an 'An' is no name: at the beginning of a sentence or in capitals, before a vowel or an NGO."""
        if self.written[place] not in NAMES_TOO or place + 1 == len(self.words):
            return False
        behind, before = self.written[place + 1], fold(self.written[place - 1]) if place else ""
        begins = not place or (_BEGINS.search(self._gap(place)) and before not in marks().titles)
        return bool(begins or self.written[place].isupper()) and (behind[0] in _BEHIND_AN or behind.isupper())

    def _is_cut(self, place: int) -> bool:
        """Say whether a word is a piece of a longer one that is written without blanks."""
        around = (one for one in (place, place + 1) if 0 < one < len(self.words))
        return any(not self._gap(one) for one in around)

    def _readings_of_each(self, sure: list[tuple[Reading, ...]]) -> list[tuple[Reading, ...]]:
        """Return what each word stands for; typing errors are looked for with a capital or beside a known word only."""
        if not self.terms.is_unsure_too:
            return sure
        ordinary, unsure = self.terms.ordinary, self.readings.unsure
        last = len(sure) - 1
        return [
            (*surely, *unsure(word))
            if (word[0].isupper() or (place and sure[place - 1]) or (place < last and sure[place + 1]))
            and word.lower() not in ordinary
            else surely
            for place, (word, surely) in enumerate(zip(self.written, sure, strict=True))
        ]

    def _readings_of_several(self) -> list[tuple[_Joined, ...]]:
        """Return what each word stands for with the next: Bat-Erdene is Baterdene, too, and so may be Bater dene."""
        guesses, gaps = self.terms.is_unsure_too, [self._gap(place) for place in range(1, len(self.words))]
        found: list[tuple[_Joined, ...]] = [()] * len(self.words)
        if guesses:
            parted = self.readings.parted_in(self.written, [gap == " " for gap in gaps])
            found = [tuple(_Joined(reading, 2) for reading in readings) for readings in parted]
        for place, gap in enumerate(gaps):
            if gap == "-":
                joined = self.written[place] + self.written[place + 1].lower()
                is_guessed = guesses and joined[0].isupper()
                unsure = self.readings.unsure(joined) if is_guessed else ()
                found[place] = tuple(_Joined(reading, 2) for reading in (*self.readings.sure(joined), *unsure))
            elif gap in _APOSTROPHES:
                found[place] = tuple(self._across_apostrophes(place, gaps))
        return found

    def _across_apostrophes(self, place: int, gaps: list[str]) -> Iterator[_Joined]:
        """Yield what a word stands for with those behind its apostrophes, as a whole: Ng'ang'a is Nganga."""
        joined, taken = self.written[place], 1
        while taken < _MOST_PIECES and place + taken <= len(gaps) and gaps[place + taken - 1] in _APOSTROPHES:
            joined += self.written[place + taken].lower()
            taken += 1
            if len(joined) > CASE_MATTERS_UP_TO:
                yield from (_Joined(one, taken) for one in self.readings.sure(joined) if one.stem == joined)

    def _follows(self, place: int) -> bool:
        gap = _BLANKS.sub(" ", self._gap(place))
        return len(gap) <= _WIDEST_GAP and not (")" in gap and "(" in gap)

    def _begins_a_sentence(self, step: _Step, reading: Reading) -> bool:
        """Say whether an initial belongs to what follows it: 'asked Dorj. B. Bold said'."""
        is_behind = step.path and not step.path[-1].word.endswith(INITIAL) and reading.word.endswith(INITIAL)
        return bool(is_behind and _ENDS_A_CLAUSE.search(self._gap(step.place)))

    def _gap(self, place: int) -> str:
        return self.text[self.words[place - 1].end() : self.words[place].start()]

    def _with_company_forms(self, match: Match, first: int, last: int) -> Match:
        """Take along the company forms around an organisation's name: its own, dropped or exchanged ones."""
        if match.entry is None or match.entry.kind != "organisation":
            return match
        while last + 1 < len(self.words) and self._is_form(last + 1) and self._follows(last + 1):
            last += 1
        while first > 0 and self._is_form(first - 1) and self._follows(first):
            first -= 1
        return replace(match, start=self.words[first].start(), end=max(match.end, self.words[last].end()))

    def _is_form(self, place: int) -> bool:
        word = self.written[place]
        lists = name_words()
        return word[0].isupper() and (fold(word) in lists.forms or fold(word) in lists.sole_traders)


@dataclass(frozen=True)
class View:
    """A text as a reader sees it; `places` holds where each character stands in the source, None where it is there."""

    text: str
    places: list[int] | None
    is_joined: bool


def _with_own_marks(text: str, end: int) -> int:
    """Return where the last letter before a place ends: with signs below it that are left out of a comparison."""
    marks = _OWN_MARKS.match(text, end)
    return marks.end() if marks else end


def _views(text: str) -> Iterator[View]:
    """Yield the text as it is seen, and with the words joined that a line break or blanks between letters part."""
    seen, places = as_seen(text)
    yield View(seen, places, is_joined=False)
    for inside in (_BREAK, _SPACED):
        if inside.search(seen):
            gone = {place for match in inside.finditer(seen) for place in range(match.start(), match.end())}
            kept = [place for place in range(len(seen)) if place not in gone]
            sources = kept if places is None else [places[place] for place in kept]
            yield View("".join(seen[place] for place in kept), sources, is_joined=True)

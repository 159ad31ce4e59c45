"""The spellings of all names, each as a number: a register of a million names is searched within a few hundred MiB.

A spelling is kept as the hash of its words (64 bits, made anew by each process), with what is known of it in columns.
Whether words are one, or begin one, is looked up among the sorted hashes. That two of ten million spellings share a
hash happens in one run of many thousands; then a word too many is replaced.
"""

from __future__ import annotations

from array import array
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any, NamedTuple, get_args

import numpy as np
import numpy.typing as npt

from pipeline.confidentiality.hashes import Hashes
from pipeline.confidentiality.hits import Kind
from pipeline.confidentiality.name_readings import Likeness, Reading
from pipeline.confidentiality.scripts import script_of
from pipeline.confidentiality.spellings import CASES, INITIAL, Case, Spelling

Words = tuple[str, ...]
_KINDS: tuple[Kind, ...] = get_args(Kind)
_NUMBER_OF_KIND = {kind: number for number, kind in enumerate(_KINDS)}
_NUMBER_OF_CASE = {case: number for number, case in enumerate(CASES)}
_AS_WRITTEN = ("known_contact", "known_name_piece")
"""Rules by which a spelling is looked for in no other form, although its words may be words of names besides."""
_UNTIDIED = 1_000_000
"""Hashes that come again and again are put together when there are twice as many of them, and so many more."""
_MOST_REMEMBERED = 50_000


class Owners:
    """The names that a spelling is of; a first name may be that of thousands, so that they stay numbers in a column."""

    def __init__(self, numbers: npt.NDArray[np.int32], keys: Sequence[str]) -> None:
        """Take the numbers of the names, some perhaps twice; `keys` has the key of each name by its number."""
        self._numbers, self._keys = numbers, keys
        self.only: int | None = int(numbers[0]) if (numbers == numbers[0]).all() else None
        """The number of the name where it is of one alone."""

    def key(self, number: int) -> str:
        """Return the key of a name."""
        return self._keys[number]

    def among(self, names: Iterable[int]) -> list[int]:
        """Return those of some names that it is of."""
        return [name for name in names if (self._numbers == name).any()]


@dataclass(frozen=True)
class Entry:
    """What a spelling is of: the names, and how it must be written."""

    kind: Kind
    rule: str
    case: Case
    written: frozenset[Words]
    owners: Owners

    def fits(self, readings: Sequence[Reading]) -> bool:
        """Say whether the words of a text may stand for this spelling, by their case and likeness."""
        if self.rule in _AS_WRITTEN and max(one.likeness for one in readings) > Likeness.SAME:
            return False
        if self.case == "any":
            return True
        stems = tuple(one.stem for one in readings)
        if stems in self.written:
            return True
        if self.case == "capital":
            return all(_is_capitalised(stem) for stem in stems)
        # In the other script nobody has written it yet.
        return all(one.likeness == Likeness.OTHER_SCRIPT for one in readings) and all(map(str.isupper, stems))


class Node(NamedTuple):
    """What some words are: a name's (`entry`), one's that stays, the beginning of a longer one's (`goes_on`)."""

    entry: Entry | None
    is_kept: bool
    goes_on: bool


ROOT = Node(None, is_kept=False, goes_on=True)


class HashedWords:
    """A set of words: those of names, and many more that stand only for themselves, such as numbers, by their hash."""

    def __init__(self, words: set[str], hashed: array[int]) -> None:
        self._words = words
        self._hashed = Hashes(hashed)

    def __contains__(self, word: object) -> bool:
        return word in self._words or hash(word) in self._hashed


@dataclass
class _Added:
    """The spellings as they are added: of each its hash, its look (kind, rule and case, as a number) and its name."""

    keys: array[int] = field(default_factory=lambda: array("q"))
    looks: array[int] = field(default_factory=lambda: array("B"))
    owners: array[int] = field(default_factory=lambda: array("i"))
    begun: array[int] = field(default_factory=lambda: array("q"))
    written_folded: array[int] = field(default_factory=lambda: array("q"))
    number_of_look: dict[tuple[Kind, str, Case], int] = field(default_factory=dict)
    number_of_owner: dict[str, int] = field(default_factory=dict)


class SpellingTable:
    """Every spelling of every name; nothing is added once it was looked at."""

    def __init__(self) -> None:
        self.varied: set[str] = set()
        self.joined: set[str] = set()
        """Literal words in scripts that write words together: names without their blanks."""
        self._literal: array[int] = array("q")
        self._added = _Added()
        self._tidied = _UNTIDIED
        self._written: dict[int, tuple[Words, ...]] = {}
        self._kept: set[Words] = set()
        self._kept_begun: set[Words] = set()
        self._remembered: dict[Words, Node | None] = {}

    def add(self, spellings: Iterable[Spelling], kind: Kind, owner: str) -> None:
        """Add the spellings of a name; where two names share one, the first says of what kind it is."""
        added = self._added
        owner_number = added.number_of_owner.setdefault(owner, len(added.number_of_owner))
        keys, looks, owners, begun = added.keys, added.looks, added.owners, added.begun
        for spelling in spellings:
            words = spelling.words
            if not words:
                continue
            self._know(spelling)
            keys.append(hash(words))
            look = (kind, spelling.rule, spelling.case)
            looks.append(added.number_of_look.setdefault(look, len(added.number_of_look)))
            owners.append(owner_number)
            begun.extend([hash(words[:end]) for end in range(1, len(words))])
            if spelling.case != "any":
                self._write_down(keys[-1], spelling)
        if len(begun) > self._tidied:
            self._tidy()

    def _write_down(self, key: int, spelling: Spelling) -> None:
        """Note how a spelling is written; most numbers and addresses are written as they are folded."""
        if spelling.written == spelling.words:
            self._added.written_folded.append(key)
        elif spelling.written not in (before := self._written.get(key, ())):
            self._written[key] = (*before, spelling.written)

    def keep(self, spelling: Spelling) -> None:
        """Add a spelling of what stays."""
        if spelling.words:
            self._know(spelling)
            self._kept.add(spelling.words)
            self._kept_begun.update(spelling.words[:end] for end in range(1, len(spelling.words)))

    def _tidy(self) -> None:
        self._added.begun, self._literal = _once(self._added.begun), _once(self._literal)
        # The more there are, the longer it takes and the less often it is done: so time grows with the names alone.
        self._tidied = 2 * len(self._added.begun) + _UNTIDIED

    def _know(self, spelling: Spelling) -> None:
        if spelling.is_literal:
            self._literal.extend(map(hash, spelling.words))
            if spelling.rule != "known_contact":
                self.joined.update(word for word in spelling.words if not word.isascii() and script_of(word[0]))
        else:
            self.varied.update(spelling.words)

    @property
    def words(self) -> HashedWords:
        """Every word of a spelling."""
        return HashedWords(self.varied, self._literal)

    def at(self, words: Words) -> Node | None:
        """Return what some words are; None if no spelling is or begins with them."""
        if words not in self._remembered:
            if len(self._remembered) >= _MOST_REMEMBERED:
                self._remembered.clear()
            self._remembered[words] = self._looked_up(words)
        return self._remembered[words]

    def _looked_up(self, words: Words) -> Node | None:
        table, key = self._table, hash(words)
        place = table.keys.place(key)
        entry = self._entry(place, key, words) if place >= 0 else None
        is_kept, goes_on = words in self._kept, key in table.begun or words in self._kept_begun
        return Node(entry, is_kept, goes_on) if entry is not None or is_kept or goes_on else None

    def _entry(self, place: int, key: int, words: Words) -> Entry:
        table = self._table
        written = self._written.get(key, ())
        if key in table.written_folded:
            written = (*written, words)
        return Entry(
            _KINDS[table.kinds[place]],
            table.rules[table.rule_of[place]],
            CASES[table.cases[place]],
            frozenset(written),
            Owners(table.owners[table.starts[place] : table.starts[place + 1]], table.names),
        )

    @cached_property
    def _table(self) -> _Columns:
        """Put the rows of one spelling together; afterwards only the columns are kept."""
        added, self._added = self._added, _Added()
        return _Columns(added)


class _Columns:
    """The spellings in the order of their hashes; the owners of spelling i are those from `starts[i]` on.

    The first name that has a spelling gives the kind. The whole name tells more than its initials or a part, which come
    after it in the alphabet, so the first rule of that kind counts; and of the ways to write it the freest.
    """

    def __init__(self, added: _Added) -> None:
        """Take what was added, and each of its columns away: they take as much memory as what is made of them."""
        keys = np.frombuffer(added.keys, dtype=np.int64)
        order = np.argsort(keys, kind="stable")
        keys, added.keys = keys[order], array("q")
        first = np.flatnonzero(np.concatenate([[True], keys[1:] != keys[:-1]])) if len(keys) else np.array([], int)
        self.starts = np.concatenate([first, [len(keys)]]).astype(np.int64)
        self.keys = Hashes(keys[first])
        del keys
        self.begun, added.begun = Hashes(added.begun), array("q")
        self.written_folded, added.written_folded = Hashes(added.written_folded), array("q")
        self.owners, added.owners = np.frombuffer(added.owners, dtype=np.int32)[order], array("i")
        looks = np.frombuffer(added.looks, dtype=np.uint8)[order]
        del order
        self.rules = sorted({rule for _, rule, _ in added.number_of_look})
        kinds, ranks, cases = (
            np.array(
                [
                    (_NUMBER_OF_KIND[kind], self.rules.index(rule), _NUMBER_OF_CASE[case])
                    for kind, rule, case in added.number_of_look
                ],
                dtype=np.uint8,
            )
            .reshape(-1, 3)
            .T
        )
        self.kinds = kinds[looks[first]]
        is_first_kind = kinds[looks] == np.repeat(self.kinds, np.diff(self.starts))
        self.rule_of = _least(np.where(is_first_kind, ranks[looks], 255), first)
        self.cases = _least(cases[looks], first)
        self.names = list(added.number_of_owner)


def _once(values: array[int]) -> array[int]:
    return array("q", np.unique(np.asarray(values, dtype=np.int64)).tobytes())


def _least(values: Any, first: Any) -> Any:
    return np.minimum.reduceat(values, first) if len(first) else values


def _is_capitalised(word: str) -> bool:
    return (word[0].isupper() and (word.isupper() or word[1:].islower() or len(word) == 1)) or word.endswith(INITIAL)

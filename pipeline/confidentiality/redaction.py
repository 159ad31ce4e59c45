"""Known names in texts: whom the register names as complainant, contact or responsible, and whom project.yml lists.

Only whole words are found, save in scripts that write words together. A name of up to four letters is matched with its
case, so that MED is not found in 'informed' nor in 'med'; that of a person also in capitals and with a capital.
docs/known-names.md has the rules.
"""

from __future__ import annotations

import unicodedata
from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property

from pipeline.confidentiality.hits import Hit, Kind
from pipeline.confidentiality.known_phones import Phones, numbers_in
from pipeline.confidentiality.letters import as_seen, fold
from pipeline.confidentiality.name_index import Match, NameIndex, Terms
from pipeline.confidentiality.name_table import Words
from pipeline.confidentiality.name_words import (
    WORD,
    folded_words,
    has_organisation_word,
    is_organisation,
    may_be_a_person,
    names_nobody,
)
from pipeline.confidentiality.persons_in_cells import persons_in_contact
from pipeline.confidentiality.several_names import names_within
from pipeline.confidentiality.spellings import (
    Spelling,
    contact_spellings,
    core_of,
    key_of,
    organisation_spellings,
    person_spellings,
    tidy,
)

_ORDINARY_FROM = 3
"""Texts from which a word in small letters is one of the language and not a mistyped name."""
_SPELLINGS = {"organisation": organisation_spellings, "person": person_spellings, "contact": contact_spellings}


@dataclass(frozen=True)
class KnownNames:
    """The names to be replaced, each with its kind, those that stay, and on what terms they are looked for."""

    kinds: dict[str, Kind]
    kept: frozenset[str] = frozenset()
    terms: Terms = field(default_factory=Terms)
    gone_numbers: frozenset[str] = frozenset()
    _shared: _Made | None = field(default=None, repr=False, compare=False)

    @classmethod
    def gather(
        cls,
        *,
        complainants: Iterable[str] = (),
        contacts: Iterable[str] = (),
        persons: Iterable[str] = (),
        organisations: Iterable[str] = (),
        keep: Iterable[str] = (),
        places: Iterable[str] = (),
    ) -> KnownNames:
        """Gather the names, each as the register or project.yml writes it; a cell that names nobody is left out.

        A complainant is an organisation by its company form, a word such as 'department', or because it is written in
        capitals throughout; else a person, of whom every part of three letters or more is replaced by itself too.
        What else a cell names, as 'Wendari Traders LLC (Charity Gift)' does, is a name of its own besides, and so is
        a person named in a contact; but not where it is one of `places`, those that reports print.
        """
        complainants = [name for name in complainants if not names_nobody(name)]
        persons = [name for name in persons if not names_nobody(name)]
        organisations, contacts = tuple(organisations), [name for name in contacts if not names_nobody(name)]
        printed = {words for place in places for words in (folded_words(place), *zip(folded_words(place)))}

        def within(cells: Iterable[str]) -> list[str]:
            return [one for cell in cells for one in names_within(cell) if folded_words(one) not in printed]

        complainants += within(complainants)
        others = within((*persons, *organisations))
        persons += [name for name in others if not has_organisation_word(name)]
        persons += [one for cell in contacts for one in persons_in_contact(cell) if folded_words(one) not in printed]
        persons += [name.title() for name in complainants if may_be_a_person(name)]
        kinds: dict[str, Kind] = {}
        for name in (*organisations, *filter(has_organisation_word, others), *filter(is_organisation, complainants)):
            kinds.setdefault(_composed(name), "organisation")
        for name in (*persons, *(name for name in complainants if not is_organisation(name))):
            kinds.setdefault(_composed(name), "person")
        for name in contacts:
            kinds.setdefault(_composed(name), "contact")
        return cls({name: kind for name, kind in kinds.items() if name}, frozenset(_composed(name) for name in keep))

    def without_those_in(self, own: Iterable[str]) -> KnownNames:
        """Leave out the spellings that stand in the report's own texts, such as May, e-mail or the unit's own name.

        Where they stand in a report, nobody can tell them from its words. Longer spellings that hold one stay. What is
        left is looked for without guesses.
        """
        terms, numbers = self.without_guesses().terms, self.gone_numbers
        texts = [unicodedata.normalize("NFC", text) for text in own]
        # Without a long spelling the shorter ones within it come to light, in the texts where it stood.
        while hits := [(text, found) for text in texts if (found := self._search.matches(text, terms))]:
            texts = [text for text, _ in hits]
            terms = replace(terms, gone=terms.gone | {match.words for _, found in hits for match in found})
        numbers |= {number for text in texts for number, _, _ in self._search.numbers(text)}
        return replace(self, terms=terms, gone_numbers=numbers, _shared=self._made)

    def without_guesses(self) -> KnownNames:
        """Look for no typing errors: a word of a report that merely resembles a name must not stop a run."""
        return replace(self, terms=replace(self.terms, is_unsure_too=False), _shared=self._made)

    def with_words_of(self, texts: Iterable[str], places: Iterable[str] = ()) -> KnownNames:
        """Take the words of a register's texts into account: what many write in small letters is no mistyped name.

        Nor is a word of `places`, or of other cells that name no person.
        """
        return self.with_counted_words(words_in(texts), places)

    def with_counted_words(self, every: Mapping[str, int], places: Iterable[str] = ()) -> KnownNames:
        """Do what `with_words_of` does by what `words_in` counted in the texts."""
        small = {word: count for word, count in every.items() if word.islower()}
        large: Counter[str] = Counter()
        for word, count in every.items():
            if not word.islower():
                large[word.lower()] += count
        ordinary = {word for word, count in small.items() if count >= max(_ORDINARY_FROM, large[word])}
        ordinary |= {word.lower() for text in places for word in WORD.findall(as_seen(text)[0])}
        return replace(self, terms=replace(self.terms, ordinary=self.terms.ordinary | ordinary), _shared=self._made)

    def for_row(self, own: Iterable[str]) -> KnownNames:
        """Return the names for a row of the register: its own complainants are replaced although they are kept."""
        own = [name for cell in own for name in (cell, *names_within(cell)) if self._search.may_be_kept(name)]
        unkept = {spelling.words for name in own for spelling in _spellings_of(name, _kind_of(name))}
        if not unkept & self._search.kept:
            return self
        return replace(self, terms=replace(self.terms, unkept=frozenset(unkept)), _shared=self._made)

    def prepare(self) -> None:
        """Make what every search needs, which is otherwise made when it is needed first.

        What many copies of this process search by is in memory once then.
        """
        self._search.prepare()

    def find(self, text: str) -> list[Hit]:
        """Find every name in a text, from left to right, without overlaps; the longest at a place wins.

        Each hit says by which rule it was found, and of whom it is as far as the text tells: 'Bold' is of Bat Bold
        where he stands in the text as well, or if there is no other Bold.
        """
        matches = self._search.matches(text, self.terms)
        names = {only for match in matches if match.entry and (only := match.entry.owners.only) is not None}
        hits = [_hit(match, names) for match in matches]
        for number, start, end in self._search.numbers(text):
            if number not in self.gone_numbers:
                hits.append(Hit("contact", start, end, "known_contact", of=number))
        apart: list[Hit] = []
        for hit in sorted(hits, key=lambda hit: (hit.start, -hit.end)):
            if not apart or hit.start >= apart[-1].end:
                apart.append(hit)
        return apart

    @cached_property
    def _made(self) -> _Made:
        return self._shared or _Made(self.kinds, self.kept)

    @property
    def _search(self) -> _Search:
        return self._made.search


def words_in(texts: Iterable[str]) -> Counter[str]:
    """Count in how many of some texts each word stands, as it is written."""
    every: Counter[str] = Counter()
    for text in texts:
        every.update(set(WORD.findall(as_seen(text)[0])))
    return every


@dataclass(frozen=True)
class _Made:
    """The search for some names, made when a text is searched first: it takes many times their memory to make it."""

    kinds: dict[str, Kind]
    kept: frozenset[str]

    @cached_property
    def search(self) -> _Search:
        return _Search(self.kinds, self.kept)


class _Search:
    """What is made of the names once, for all terms on which they are looked for."""

    def __init__(self, kinds: dict[str, Kind], kept: Iterable[str]) -> None:
        self._index = NameIndex()
        kept = list(kept)
        without_form = {spelling for name in kept if (spelling := _without_company_form(name))}
        looked_for = {spelling.words for spelling in without_form}
        of_persons: set[Words] = set()
        for wanted in _SPELLINGS:
            for name, kind in kinds.items():
                if kind == wanted:
                    spellings = _spellings_of(name, kind)
                    if without_form and kind != "organisation":
                        spellings = _noted(spellings, looked_for, of_persons)
                    self._index.add(spellings, kind, key_of(name))
        staying = {next(organisation_spellings(name)) for name in kept}
        # 'Sunshine Ltd' stays without its form as well, unless Sunshine is somebody.
        staying |= {spelling for spelling in without_form if spelling.words not in of_persons}
        self.kept = {spelling.words for spelling in staying}
        self._letters_of_kept = [set("".join(words)) for words in self.kept]
        for spelling in staying:
            self._index.keep(spelling)
        own = {number for name in kept for number in numbers_in(name)}
        cells = (name for name, kind in kinds.items() if kind == "contact")
        self._phones = Phones(number for cell in cells for number in numbers_in(cell) if number not in own)

    def may_be_kept(self, name: str) -> bool:
        """Say whether a name that stays has no letter but those of a name: else it is none of its spellings."""
        letters = set(fold(as_seen(name)[0]))
        return any(kept <= letters for kept in self._letters_of_kept)

    def prepare(self) -> None:
        self._index.prepare()

    def matches(self, text: str, terms: Terms) -> list[Match]:
        return self._index.search(text, terms)

    def numbers(self, text: str) -> Iterator[tuple[str, int, int]]:
        seen, places = as_seen(text)
        for number, start, end in self._phones.search(seen):
            yield (number, start, end) if places is None else (number, places[start], places[end - 1] + 1)


def _hit(match: Match, names: Collection[int]) -> Hit:
    assert match.entry is not None
    owners = match.entry.owners
    mentioned = [owners.only] if owners.only is not None else owners.among(names)
    of = owners.key(mentioned[0]) if len(mentioned) == 1 else " ".join(match.words)
    return Hit(match.entry.kind, match.start, match.end, match.rule, of=of)


def _spellings_of(name: str, kind: Kind) -> Iterator[Spelling]:
    return _SPELLINGS[kind](name)


def _without_company_form(name: str) -> Spelling | None:
    """Return how a firm that stays is written without its company form."""
    core = " ".join(core_of(name))
    return next(organisation_spellings(core)) if core else None


def _noted(spellings: Iterable[Spelling], looked_for: set[Words], found: set[Words]) -> Iterator[Spelling]:
    """Yield spellings, and note those that are looked for."""
    for spelling in spellings:
        if spelling.words in looked_for:
            found.add(spelling.words)
        yield spelling


def _kind_of(name: str) -> Kind:
    return "organisation" if is_organisation(name) else "person"


def _composed(name: str) -> str:
    return tidy(unicodedata.normalize("NFC", name))

"""Known names in texts: whom the register names as complainant, contact or responsible, and whom project.yml lists.

Only whole words are found. A name of up to four letters is matched with its case, so that MED is not found in
'informed' nor in 'med'; that of a person also in capitals and with a capital.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cache, cached_property
from pathlib import Path

from pipeline.confidentiality.hits import Hit, Kind
from pipeline.yaml_files import Strict, read_yaml

CASE_MATTERS_UP_TO = 4
"""Letters up to which a name is matched with its case."""
_SHORTEST_PART = 3
_WIDEST_GAP = 3
"""Characters that may part two words of a name: a full stop, a line break and a stretch of blanks."""
_WORD = re.compile(r"[^\W_]+")
"""Letters and digits; an underscore parts words, so that a name set off as _name_ is found."""
_BREAK = re.compile(r"(?<=[^\W_])-?[ \t]*\r?\n[ \t]*(?=[^\W_])")
"""A line break between two letters, with the hyphen before it."""
_SPACED = re.compile(r"(?<=\b[^\W_])[ .\u00b7-](?=[^\W_]\b)")
"""What parts single letters that are spaced out."""
_BLANKS = re.compile(r"[^\S\n]+")
_FILE = Path(__file__).with_name("organisation_words.yml")


class _OrganisationWords(Strict):
    forms: tuple[str, ...]
    words: tuple[str, ...]
    not_names: tuple[str, ...]


@cache
def _organisation_words() -> dict[str, frozenset[str]]:
    read = _OrganisationWords.model_validate(read_yaml(_FILE, "pipeline/confidentiality/organisation_words.yml"))
    return {key: frozenset(word.casefold() for word in words) for key, words in read}


@dataclass(frozen=True)
class KnownNames:
    """The names to be replaced, spelling → kind, and those that stay, with every name that is a part of them."""

    kinds: dict[str, Kind]
    kept: frozenset[str] = frozenset()

    @classmethod
    def gather(
        cls,
        *,
        complainants: Iterable[str] = (),
        contacts: Iterable[str] = (),
        persons: Iterable[str] = (),
        organisations: Iterable[str] = (),
        keep: Iterable[str] = (),
    ) -> KnownNames:
        """Work out the spellings under which each name may stand in a text.

        A complainant is an organisation by its company form, a word such as 'department', or because it is written in
        capitals throughout; else a person, of whom every part of three letters or more is replaced by itself too.
        """
        kinds: dict[str, Kind] = {}
        no_names = _organisation_words()["not_names"]
        complainants = [name for name in complainants if _tidy(name).casefold() not in no_names]
        for name in contacts:
            kinds.setdefault(_tidy(name), "contact")
        for name in (*organisations, *(c for c in complainants if _is_organisation(c))):
            for spelling in _organisation_spellings(name):
                kinds.setdefault(spelling, "organisation")
        for name in (*persons, *(c for c in complainants if not _is_organisation(c))):
            for spelling in _person_spellings(name):
                kinds.setdefault(spelling, "person")
        kept = frozenset(_tidy(name) for name in keep)
        never = {name.casefold() for name in (*kept, *no_names)}
        return cls({name: kind for name, kind in kinds.items() if name and name.casefold() not in never}, kept)

    def without_those_in(self, own: Iterable[str]) -> KnownNames:
        """Leave out the spellings that stand in the report's own texts, such as May, e-mail or the unit's own name.

        Where they stand in a report, nobody can tell them from its words. Longer spellings that hold one stay.
        """
        index = dict(self._by_first_word)
        texts = [unicodedata.normalize("NFC", text) for text in own]
        gone: set[tuple[str, ...]] = set()
        # Without a long spelling the shorter ones within it come to light, in the texts where it stood.
        while hits := [(text, places) for text in texts if (places := _search(text, index))]:
            texts = [text for text, _ in hits]
            found = {place.spelling.folded for _, places in hits for place in places}
            gone |= found
            for first in {words[0] for words in found}:
                index[first] = [one for one in index[first] if one.kind is None or one.folded not in found]
        return KnownNames({name: kind for name, kind in self.kinds.items() if _words_of(name) not in gone}, self.kept)

    @cached_property
    def _by_first_word(self) -> _Index:
        """The spellings by their first word, the longest first: a text is searched in time that its length sets."""
        index: _Index = {}
        for name, kind in {**dict.fromkeys(self.kept), **self.kinds}.items():
            words = tuple(_WORD.findall(_as_seen(name)[0]))
            if words:
                folded = tuple(word.casefold() for word in words)
                exact = words if _letters(name) <= CASE_MATTERS_UP_TO else None
                index.setdefault(folded[0], []).append(_Spelling(folded, exact, kind))
        for spellings in index.values():
            spellings.sort(key=lambda spelling: -len(spelling.folded))
        return index

    def find(self, text: str) -> list[Hit]:
        """Find every name in a text, from left to right, without overlaps; the longest at a place wins.

        A name is found as a reader sees it: letters that are not seen, other forms of a letter, and breaks or blanks
        within the word part nothing. Names of up to four letters are not looked for across breaks.
        """
        found = _search(text, self._by_first_word)
        return [Hit(place.spelling.kind, place.start, place.end) for place in found if place.spelling.kind]


def _search(text: str, index: _Index) -> list[_Found]:
    """Find the spellings of an index in a text, but for those that stay; see `KnownNames.find`."""
    found = [place for view in _views(text) for place in view.search(index)]
    kept: list[_Found] = []
    for place in sorted(found, key=lambda place: (place.start, -place.end)):
        if not kept or place.start >= kept[-1].end:
            kept.append(place)
    return kept


@dataclass(frozen=True)
class _Found:
    """A spelling, and where it stands (characters)."""

    spelling: _Spelling
    start: int
    end: int


@dataclass(frozen=True)
class _View:
    """A text as a reader sees it; `places` holds where each character stands in the source, None where it is there."""

    text: str
    places: list[int] | None
    is_joined: bool

    def search(self, index: _Index) -> list[_Found]:
        """Find spellings, by their places in the source; short ones only where nothing was joined."""
        found, places = _search_words(self.text, index), self.places
        if self.is_joined:
            found = [one for one in found if sum(map(len, one.spelling.folded)) > CASE_MATTERS_UP_TO]
        if places is None:
            return found
        return [_Found(one.spelling, places[one.start], places[one.end - 1] + 1) for one in found]


def _search_words(text: str, index: _Index) -> list[_Found]:
    words = list(_WORD.finditer(text))
    folded = [word[0].casefold() for word in words]
    found: list[_Found] = []
    place = 0
    while place < len(words):
        hit_words = 0
        for spelling in index.get(folded[place], ()):
            if spelling.stands_at(text, words, folded, place):
                hit_words = len(spelling.folded)
                if spelling.kind:
                    found.append(_Found(spelling, words[place].start(), words[place + hit_words - 1].end()))
                break
        place += hit_words or 1
    return found


def _views(text: str) -> Iterator[_View]:
    """Yield the text as it is seen, and with the words joined that a line break or blanks between letters part."""
    seen, places = _as_seen(text)
    yield _View(seen, places, is_joined=False)
    for inside in (_BREAK, _SPACED):
        if inside.search(seen):
            gone = {place for match in inside.finditer(seen) for place in range(match.start(), match.end())}
            kept = [place for place in range(len(seen)) if place not in gone]
            sources = kept if places is None else [places[place] for place in kept]
            yield _View("".join(seen[place] for place in kept), sources, is_joined=True)


def _as_seen(text: str) -> tuple[str, list[int] | None]:
    """Leave out what is not seen (soft hyphens, marks of direction) and the accents, and unify forms of a letter."""
    if text.isascii():
        return text, None
    forms = [
        (form, place)
        for place, letter in enumerate(text)
        for form in unicodedata.normalize("NFKD", letter)
        if unicodedata.category(form) not in ("Cf", "Mn")
    ]
    return "".join(form for form, _ in forms), [place for _, place in forms]


@dataclass(frozen=True)
class _Spelling:
    """A name as its words; `exact` holds them with their case where that matters, `kind` is None for one that stays."""

    folded: tuple[str, ...]
    exact: tuple[str, ...] | None
    kind: Kind | None

    def stands_at(self, text: str, words: list[re.Match[str]], folded: list[str], place: int) -> bool:
        end = place + len(self.folded)
        if tuple(folded[place:end]) != self.folded:
            return False
        if self.exact is not None and tuple(word[0] for word in words[place:end]) != self.exact:
            return False
        gaps = zip(words[place:end], words[place + 1 : end], strict=False)
        return all(len(_BLANKS.sub(" ", text[before.end() : after.start()])) <= _WIDEST_GAP for before, after in gaps)


_Index = dict[str, list[_Spelling]]


def _words_of(name: str) -> tuple[str, ...]:
    return tuple(word.casefold() for word in _WORD.findall(_as_seen(name)[0]))


def _tidy(name: str) -> str:
    return " ".join(unicodedata.normalize("NFC", name).split()).strip(" .,;:")


def _letters(name: str) -> int:
    return sum(character.isalpha() for character in name)


def _bare(word: str) -> str:
    return word.strip(".,;:()\"'«»“”").casefold()


def _is_organisation(name: str) -> bool:
    forms, words = _organisation_words()["forms"], _organisation_words()["words"]
    parts = [_bare(part) for part in name.split()]
    capitals = name.isupper() and len(parts) == 1
    return capitals or any(part in forms or part in words for part in parts)


def _organisation_spellings(name: str) -> list[str]:
    forms = _organisation_words()["forms"]
    parts = _tidy(name).split()
    core = list(parts)
    while len(core) > 1 and _bare(core[-1]) in forms:
        core.pop()
    while len(core) > 1 and _bare(core[0]) in forms:
        core.pop(0)
    return [" ".join(parts), _tidy(" ".join(core)).strip("\"'«»“”")]


def _person_spellings(name: str) -> list[str]:
    parts = [part.strip(".,;:") for part in _tidy(name).split()]
    known = [_tidy(name), *(part for part in parts if _letters(part) >= _SHORTEST_PART)]
    # Where the case matters, BOLD of a register in capitals is Bold in a text, and the reverse.
    short = [part for part in known if _letters(part) <= CASE_MATTERS_UP_TO]
    return [*known, *(spelling for part in short for spelling in (part.upper(), part.title()))]

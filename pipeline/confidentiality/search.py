"""What texts are searched for before others may read them: known names, and patterns but for what tells of nobody."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from functools import cached_property
from hashlib import blake2b

from pipeline.confidentiality.figures import are_figures
from pipeline.confidentiality.hits import Hit, Kind
from pipeline.confidentiality.patterns import find_patterns
from pipeline.confidentiality.readable.text import Seen, forms, lines_as_one, usual, without_dates
from pipeline.confidentiality.redacting import replaced
from pipeline.confidentiality.redaction import KnownNames

_A_KIND = {
    "email": "an e-mail address",
    "phone": "a telephone number",
    "iban": "an account number (IBAN)",
    "card": "a number of a bank card",
    "passport": "a passport number",
    "national_id": "a national identity number",
    "plate": "a number plate",
    "coordinates": "coordinates of a place",
    "address": "a street address",
    "ip": "an address of a computer (IP)",
    "handle": "a handle of a person",
    "link": "a link to a person's page",
}
_OF_WORDS: tuple[Kind, ...] = ("email", "handle", "link")
"""What is looked for across the end of a line without a blank; figures would run together."""
_MAY_HOLD = re.compile(r"[\d@＠/№]|: |\bat\b", re.IGNORECASE)
"""What a text has that holds a pattern; it saves half the time to look for that first."""
_OF_PLACES: tuple[Kind, ...] = ("address", "coordinates")
"""What a heading or a place of the register can be taken for."""
_SHORTEST = 6
"""Characters of the shortest pattern."""
_GONE = "\n·\n\n·\n"
"""What parts the texts around a place that was taken out."""
_TOKEN = re.compile(r"[\w/-]{4,}")
_FIGURE = re.compile(r"\d")
_WITH_YEAR = re.compile(r"(?:\d{1,3}\s*\n\s*)?(?P<number>\d+[/-](?:19|20)\d\d|(?:19|20)\d\d[/-]\d+)")
"""Number and year of a grievance; a figure at the end of the line before can look like a country's code."""
_LEAST_DIGITS = 6
"""Digits from which two telephone numbers are one although one of them has a prefix."""


@dataclass(frozen=True)
class Find:
    """What was found, as it may be told: its kind and its rule."""

    what: str
    rule: str

    def __str__(self) -> str:
        return f"{self.what} (rule {self.rule})"


@dataclass(frozen=True)
class OwnWords:
    """Words of the register that have the form of a number or an address and tell of nobody.

    `numbers` are registration numbers; `headings` those of its columns (Street 1), which are no addresses anywhere;
    `places` the places that grievances are counted by, which are none inside the house, and are in public.
    """

    numbers: frozenset[str] = frozenset()
    headings: tuple[str, ...] = ()
    places: tuple[str, ...] = ()

    @cached_property
    def known_headings(self) -> str:
        """The headings in one text."""
        return "\n".join(self.headings).casefold()

    @cached_property
    def known_places(self) -> str:
        """The places in one text."""
        return "\n".join(self.places).casefold()

    def without_numbers(self, text: str) -> str:
        """Leave out the registration numbers."""
        if not self.numbers:
            return text
        return _TOKEN.sub(lambda match: "·" if self._is_number(match) else match[0], text)

    def is_number_of_a_year(self, hit: Hit, text: str) -> bool:
        """Whether what was found is number and year of a registration number; a telephone number may have its digits.

        Among a million grievances there are a 55538/2023 and somebody whose telephone number is 555 382 023. A number
        that fills one side of the stroke, as in 99112233/2024, could be dialled and is not passed over.
        """
        dated = _WITH_YEAR.fullmatch(text, hit.start, hit.end) if hit.kind == "contact" else None
        if dated is None:
            return False
        start, end = dated.span("number")
        around = (match for match in _TOKEN.finditer(text) if match.start() <= start and end <= match.end())
        return any(self._is_number(match) for match in around)

    def _is_number(self, match: re.Match[str]) -> bool:
        """Whether a word is a registration number, or the one with the figures of a number of several words."""
        if match[0] in self.numbers:
            return True
        around = self._around.get(match[0], ())
        return any(
            before == match.string[max(0, match.start() - len(before)) : match.start()]
            and match.string.startswith(after, match.end())
            for before, after in around
        )

    @cached_property
    def _around(self) -> dict[str, set[tuple[str, str]]]:
        """What stands around the word with the figures in numbers of several words: before 687-2018 a 'No '.

        A number with figures in two words is none of these; it could be somebody's telephone number.
        """
        around: dict[str, set[tuple[str, str]]] = {}
        for number in self.numbers:
            usual_form = unicodedata.normalize("NFKC", number)
            if _TOKEN.fullmatch(usual_form) or "+" in usual_form:
                continue
            words = [match for match in _TOKEN.finditer(usual_form) if _FIGURE.search(match[0])]
            if len(words) == 1:
                before, after = usual_form[: words[0].start()], usual_form[words[0].end() :]
                if (before or after) and not _FIGURE.search(before + after):
                    around.setdefault(words[0][0], set()).add((before, after))
        return around

    def is_heading(self, hit: Hit, text: str) -> bool:
        """Whether what was found is a heading, or a part of one."""
        return hit.kind in _OF_PLACES and text[hit.start : hit.end].casefold() in self.known_headings

    def is_place(self, hit: Hit, text: str) -> bool:
        """Whether what was found is a place that grievances are counted by, or a part of one."""
        return hit.kind in _OF_PLACES and text[hit.start : hit.end].casefold() in self.known_places


@dataclass(frozen=True)
class Search:
    """What texts are searched for: known names, and patterns but for those among the project's own contacts.

    `locale` is the language and the country of the project, such as mn-MN; `contacts` are texts with its own contacts.
    """

    known: KnownNames
    locale: str
    contacts: tuple[str, ...] = ()
    words: OwnWords = OwnWords()
    _own: list[tuple[Kind, str]] = field(default_factory=list, compare=False)
    _holding: dict[Seen, tuple[frozenset[Find], frozenset[Find]]] = field(default_factory=dict, compare=False)
    _harmless: set[bytes] = field(default_factory=set, compare=False)
    """Digests of the texts in which there is nothing: a large register has millions, and each stands in many files."""

    def __post_init__(self) -> None:
        for text in self.contacts:
            self._own.extend((hit.kind, _bare(text[hit.start : hit.end])) for hit in find_patterns(text, self.locale))

    @cached_property
    def _names(self) -> KnownNames:
        """The names without guesses at typing errors, which would take words of the report for names."""
        return self.known.without_guesses()

    @property
    def texts_seen(self) -> int:
        """How many different texts were searched; what each holds is kept."""
        return len(self._harmless) + len(self._holding)

    def finds(self, texts: Iterable[Seen], *, is_public: bool = True) -> list[Find]:
        """Return what the texts hold, each kind and rule once, sorted."""
        found: set[Find] = set()
        for text in texts:
            in_public, inside = self._looked_at(text)
            found |= in_public if is_public else inside
        return sorted(found, key=str)

    def _looked_at(self, seen: Seen) -> tuple[frozenset[Find], frozenset[Find]]:
        """Return what a text holds, as `_found_in` does; one that came before is not looked at again."""
        key = _digest(seen)
        if key in self._harmless:
            return _NOTHING
        if seen not in self._holding:
            found = self._found_in(seen)
            if found == _NOTHING:
                self._harmless.add(key)
                return _NOTHING
            self._holding[seen] = found
        return self._holding[seen]

    def replaced(self, text: str) -> str:
        """Put placeholders in the place of names and patterns in a sentence, for a terminal."""
        text = unicodedata.normalize("NFC", text)
        named = self.known.find(text)
        seen = without_dates(text)
        rest = [hit for hit in find_patterns(seen, self.locale) if self._is_meant(seen, hit, is_laid_out=False)]
        rest = [hit for hit in rest if not any(_overlap(hit, name) for name in named)]
        return replaced(text, sorted((*named, *rest), key=lambda hit: hit.start), numbered=False)

    def _found_in(self, seen: Seen) -> tuple[frozenset[Find], frozenset[Find]]:
        """Return what a text holds where it is public, and where it stays inside: there places are none."""
        in_public, inside = set[Find](), set[Find]()
        for form in forms(seen.text):
            known = (hit for hit in self._names.find(form) if not self.words.is_number_of_a_year(hit, form))
            names = {Find(f"the name of a known {hit.kind}", hit.rule) for hit in known}
            in_public |= names
            inside |= names
            if not seen.is_code and len(form) >= _SHORTEST:
                for hit, is_place in self._patterns(form, seen):
                    find = Find(_A_KIND.get(hit.kind, hit.kind), hit.rule)
                    in_public.add(find)
                    if not is_place:
                        inside.add(find)
        return frozenset(in_public), frozenset(inside)

    def _patterns(self, text: str, seen: Seen) -> Iterator[tuple[Hit, bool]]:
        """Find patterns, each with whether it is a place; words also across lines, where no line has one for itself."""
        whole = self._without_own(self.words.without_numbers(usual(text, is_laid_out=seen.is_laid_out)))
        if not _MAY_HOLD.search(whole):
            return
        hits = find_patterns(whole, self.locale)
        meant = (hit for hit in hits if self._is_meant(whole, hit, is_laid_out=seen.is_laid_out))
        yield from ((hit, self.words.is_place(hit, whole)) for hit in meant if not self.words.is_heading(hit, whole))
        if "\n" in whole:
            rest = lines_as_one(_without(whole, hits))
            yield from ((hit, False) for hit in find_patterns(rest, self.locale) if hit.kind in _OF_WORDS)

    def _is_meant(self, text: str, hit: Hit, *, is_laid_out: bool) -> bool:
        is_own = self._is_own(hit.kind, text[hit.start : hit.end])
        return not is_own and not are_figures(text, hit, is_laid_out=is_laid_out)

    def _without_own(self, text: str) -> str:
        return self._own_words.sub(_GONE, text) if self._own_words else text

    @cached_property
    def _own_words(self) -> re.Pattern[str] | None:
        """The project's own e-mail addresses and links, as they stand, also where a line breaks them."""
        words = sorted((text for kind, text in self._own if kind in _OF_WORDS), key=lambda text: -len(text))
        spelt = "|".join(r"(?:[ \t]*\n[ \t]*)?".join(map(re.escape, word)) for word in words)
        return re.compile(rf"(?<![\w.+-])(?:{spelt})(?![\w@-]|\.\w)", re.IGNORECASE) if spelt else None

    def _is_own(self, kind: Kind, text: str) -> bool:
        bare = _bare(text)
        if kind == "phone":
            return any(_is_same_number(bare, own) for other, own in self._own if other == kind)
        return (kind, bare) in self._own


_NOTHING: tuple[frozenset[Find], frozenset[Find]] = (frozenset(), frozenset())


def _digest(seen: Seen) -> bytes:
    """Return what stands for a text, in 16 bytes however long it is."""
    signs = bytes((seen.is_code, seen.is_laid_out))
    return blake2b(signs + seen.text.encode("utf-8", "surrogatepass"), digest_size=16).digest()


def _without(text: str, hits: Iterable[Hit]) -> str:
    for hit in sorted(hits, key=lambda hit: -hit.start):
        text = text[: hit.start] + _GONE + text[hit.end :]
    return text


def _overlap(one: Hit, other: Hit) -> bool:
    return one.start < other.end and other.start < one.end


def _bare(text: str) -> str:
    """Return a contact without what its writing adds: blanks, signs between digits, the beginning of an address."""
    text = text.casefold()
    if "@" in text or re.search(r"[^\W\d_]{2}", text):
        return re.sub(r"^(?:mailto:|https?://)?(?:www\.)?", "", text).strip(" .,;:/")
    return re.sub(r"\D", "", text)


def _is_same_number(one: str, other: str) -> bool:
    short, long = sorted((one, other), key=len)
    return one == other or (len(short) >= _LEAST_DIGITS and long.endswith(short))

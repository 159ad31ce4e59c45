"""Phrases that people write, found in texts word by word.

A phrase is written as words parted by blanks:

| written | found |
| --- | --- |
| `tender` | the word itself, in capitals or not, and with 's |
| `tender*` | every word that begins so |
| `*гүй` | every word that ends so |
| `тендер~` | the word with the endings of the rule's language in languages.yml |
| `asks/asked` | either word |
| `...` | up to four words of the same sentence; in the evidence they are left out |
| `^` | first: the phrase begins a sentence |
| `?` | a question mark |

Words of a phrase stand next to each other within one sentence. There are no regular expressions in the rules and no
searching back and forth: each word of a text is looked up once, and a phrase is tried only where its first word stands,
over a bounded number of words, so that the time grows with the length of a text and no faster.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from functools import cache
from itertools import pairwise, product
from pathlib import Path

from pipeline.register.columns import LOOKALIKES
from pipeline.yaml_files import Strict, read_yaml

WIDEST_GAP = 4
"""Words that `...` may stand for."""
LONGEST_WORD = 60
"""Letters; what is longer is no word and matches nothing."""
ANY_LANGUAGE = "any"
"""The language of phrases that project.yml holds: `~` stands for the endings of every language."""
_MOST_GAPS = 2
_MEMORY = 200_000
"""Different words that are remembered at a time."""
_TOKEN = re.compile(r"[^\W_]+(?:'[^\W_]+)*|[?!;\n]|[.](?=\s|$)")
_MARKS = frozenset("?!;\n.")
_HYPHENATED = re.compile(r"[^\W_]+(-[^\W_]+)+[*~]?")
_HIDDEN = re.compile("[\u00ad\u0300-\u036f\u200b-\u200f\u202a-\u202e\u2060-\u2064\ufe00-\ufe0f\ufeff]")
_SURROGATE = re.compile("[\ud800-\udfff]")
# One letter for one, so that a place in the folded text is the same place in the text.
_ALIKE = {**LOOKALIKES, **str.maketrans("ё’‘ʼ`…？！", "е'''`.?!")}
_TO_CYRILLIC = str.maketrans("aceopxykmthb", "асеорхукмтнв")
_TO_LATIN = str.maketrans("асеорхук", "aceopxyk")
_FILE = Path(__file__).with_name("languages.yml")


class Language(Strict):
    """What the rules need to know of a language; see languages.yml."""

    endings: tuple[tuple[str, ...], ...] = ()
    negators_before: tuple[str, ...] = ()
    negators_after: tuple[str, ...] = ()
    negation_window: int = 3
    common_words: tuple[str, ...] = ()


class _Languages(Strict):
    languages: dict[str, Language]


@cache
def languages() -> dict[str, Language]:
    """Return the languages of the rules by their code."""
    return _Languages.model_validate(read_yaml(_FILE, "pipeline/classification/languages.yml")).languages


@cache
def _endings(language: str) -> frozenset[str]:
    """Put the endings together: at most one of each group, in the order of the groups."""
    if language == ANY_LANGUAGE:
        return frozenset().union(*(_endings(one) for one in languages()))
    groups = [("", *map(fold, group)) for group in languages()[language].endings]
    return frozenset("".join(one) for one in product(*groups))


def ending_of(word: str, shortest_stem: int) -> str:
    """Return the longest ending of a folded word, of whatever language, that leaves a stem of so many letters."""
    rests = (word[length:] for length in range(shortest_stem, len(word) + 1))
    return next((rest for rest in rests if rest in _endings(ANY_LANGUAGE)), "")


def words_in(text: str) -> list[str]:
    """Return the words of a text, folded, without the marks between them."""
    return [word for word in tokens(fold(clean(text))) if word not in _MARKS]


def clean(text: str) -> str:
    """Leave out what is not seen (zero-width marks, soft hyphens, accents set apart); й stays the letter that it is."""
    if text.isascii():
        return text
    for apart, whole in (("и\u0306", "й"), ("И\u0306", "Й")):
        text = text.replace(apart, whole)
    return _SURROGATE.sub("\ufffd", _HIDDEN.sub("", text))


def fold(text: str) -> str:
    """Make texts comparable, letter for letter: small letters, ё as е, and the letters that stand for ү and ө."""
    small = text.lower()
    if len(small) != len(text):
        small = "".join(letter.lower() if len(letter.lower()) == 1 else letter for letter in text)
    return small if small.isascii() else small.translate(_ALIKE)


def tokens(folded: str) -> list[str]:
    """Return the words of a folded text and the marks that end a sentence, in order."""
    return _TOKEN.findall(folded)


@dataclass(frozen=True)
class Phrase:
    """A parsed phrase: each slot is the choice of words that may stand there, with the words that may lie before it."""

    slots: tuple[tuple[tuple[str, ...], int], ...]
    begins_sentence: bool


def parse(written: str) -> Phrase:
    """Read a phrase; a faulty one is a `ValueError` that says what is wrong."""
    parts = written.split()
    begins = parts[:1] == ["^"]
    slots: list[tuple[tuple[str, ...], int]] = []
    gap = 0
    for part in parts[begins:]:
        if part == "...":
            if gap or not slots:
                raise ValueError(f"'{written}': '...' stands between two words")
            gap = WIDEST_GAP
            continue
        for number, choice in enumerate(_choices(part, written)):
            slots.append((choice, 0 if number else gap))
        gap = 0
    if gap or not slots:
        raise ValueError(f"'{written}': a phrase begins and ends with a word")
    if sum(before > 0 for _, before in slots) > _MOST_GAPS:
        raise ValueError(f"'{written}': at most {_MOST_GAPS} times '...' in one phrase")
    return Phrase(tuple(slots), begins)


def _choices(part: str, written: str) -> list[tuple[str, ...]]:
    """Take a part asunder as a text is: anti-corruption is two words. Only a plain word may be hyphenated."""
    words = [fold(clean(word)) for word in part.split("/")]
    if len(words) == 1 and _HYPHENATED.fullmatch(words[0]):
        return [(word,) for word in words[0].split("-")]
    for word in words:
        bare = word[1:] if word.startswith("*") else word[:-1] if word.endswith(("*", "~")) else word
        if tokens(bare) != [bare] or (bare in _MARKS and bare != "?"):
            raise ValueError(f"'{written}': '{word}' is not a word; see patterns.py for what can be written")
    return [tuple(words)]


class Vocabulary:
    """Every word that the phrases name, numbered; says of a token which of them it is."""

    def __init__(self) -> None:
        """Begin without words."""
        self._numbers: dict[tuple[str, str], int] = {}
        self._exact: dict[str, list[int]] = {}
        self._begins: dict[str, list[int]] = {}
        self._stems: dict[str, list[tuple[int, str]]] = {}
        self._ends: list[tuple[str, int]] = []
        self._longest = 1
        self._memory: dict[str, frozenset[int]] = {}

    def number(self, word: str, language: str) -> int:
        """Return the number of a word of a phrase; the language matters for `~` only."""
        key = (word, language if word.endswith("~") else "")
        if key not in self._numbers:
            number = self._numbers[key] = len(self._numbers)
            bare = word.strip("*~")
            self._longest = max(self._longest, len(bare))
            if word.startswith("*"):
                self._ends.append((bare, number))
            elif word.endswith("*"):
                self._begins.setdefault(bare, []).append(number)
            elif word.endswith("~"):
                self._stems.setdefault(bare, []).append((number, language))
            else:
                self._exact.setdefault(word, []).append(number)
        return self._numbers[key]

    def words_of(self, token: str) -> frozenset[int]:
        """Return the numbers of the words that a token is; none for what is no word."""
        known = self._memory.get(token)
        if known is None:
            if len(token) > LONGEST_WORD:
                return frozenset()
            if len(self._memory) >= _MEMORY:
                self._memory.clear()
            known = self._memory[token] = self._look_up(token)
        return known

    def _look_up(self, token: str) -> frozenset[int]:
        forms = {token, _one_script(token)}
        forms |= {form[:-2] for form in forms if form.endswith("'s")}
        return frozenset(number for form in forms for number in self._numbers_of(form))

    def _numbers_of(self, form: str) -> Iterable[int]:
        yield from self._exact.get(form, ())
        for length in range(1, min(len(form), self._longest) + 1):
            beginning, rest = form[:length], form[length:]
            yield from self._begins.get(beginning, ())
            for number, language in self._stems.get(beginning, ()):
                if rest in _endings(language):
                    yield number
        for ending, number in self._ends:
            if form.endswith(ending):
                yield number


def _one_script(token: str) -> str:
    """Write a word in one script that was typed in two, such as a Latin o among Cyrillic letters."""
    if token.isascii():
        return token
    cyrillic = sum("\u0400" <= letter <= "\u04ff" for letter in token)
    latin = sum("a" <= letter <= "z" for letter in token)
    if not (cyrillic and latin):
        return token
    return token.translate(_TO_CYRILLIC if cyrillic >= latin else _TO_LATIN)


@dataclass(frozen=True)
class Hit:
    """Where a rule was found: the places of its words among the tokens, and whether a negation stands beside it."""

    rule: int
    places: tuple[int, ...]
    is_negated: bool


@dataclass(frozen=True)
class _Compiled:
    rule: int
    slots: tuple[tuple[frozenset[int], int], ...]
    begins_sentence: bool


@dataclass
class Matcher:
    """Finds the phrases of many rules in a text at once."""

    _vocabulary: Vocabulary = field(default_factory=Vocabulary)
    _by_first: dict[int, list[_Compiled]] = field(default_factory=dict)
    _exceptions: dict[int, list[_Compiled]] = field(default_factory=dict)
    _negators: dict[str, tuple[frozenset[int], frozenset[int], int]] = field(default_factory=dict)
    _languages: list[str] = field(default_factory=list)
    _starts: dict[frozenset[int], tuple[_Compiled, ...]] = field(default_factory=dict)

    def add(self, phrases: Sequence[Phrase], exceptions: Sequence[Phrase], language: str) -> int:
        """Add a rule with what it is found by, and what it is not found in; return its number."""
        rule = len(self._languages)
        self._languages.append(language)
        for phrase in phrases:
            compiled = self._compile(rule, phrase, language)
            for first in compiled.slots[0][0]:
                self._by_first.setdefault(first, []).append(compiled)
        self._exceptions[rule] = [self._compile(rule, phrase, language) for phrase in exceptions]
        if language not in self._negators:
            said = languages().get(language, Language())
            before, after = (
                frozenset(self._vocabulary.number(fold(word), language) for word in words)
                for words in (said.negators_before, said.negators_after)
            )
            self._negators[language] = (before, after, said.negation_window)
        return rule

    def _compile(self, rule: int, phrase: Phrase, language: str) -> _Compiled:
        slots = tuple(
            (frozenset(self._vocabulary.number(word, language) for word in choice), gap) for choice, gap in phrase.slots
        )
        return _Compiled(rule, slots, phrase.begins_sentence)

    def find(self, words: Sequence[str]) -> list[Hit]:
        """Find each rule once in the tokens of a text: a place without a negation goes before one with it."""
        known = [self._vocabulary.words_of(word) for word in words]
        found: dict[int, Hit] = {}
        for place, numbers in enumerate(known):
            if not numbers:
                continue
            for phrase in self._starting_with(numbers):
                before = found.get(phrase.rule)
                if before is not None and not before.is_negated:
                    continue
                places = _places(phrase, words, known, place)
                if places is None or self._is_excepted(phrase.rule, words, known, places):
                    continue
                is_negated = self._is_negated(phrase.rule, words, known, places)
                if before is None or not is_negated:
                    found[phrase.rule] = Hit(phrase.rule, places, is_negated)
        return list(found.values())

    def _starting_with(self, numbers: frozenset[int]) -> tuple[_Compiled, ...]:
        phrases = self._starts.get(numbers)
        if phrases is None:
            phrases = tuple(phrase for number in sorted(numbers) for phrase in self._by_first.get(number, ()))
            self._starts[numbers] = phrases
        return phrases

    def _is_excepted(
        self, rule: int, words: Sequence[str], known: Sequence[frozenset[int]], places: tuple[int, ...]
    ) -> bool:
        first, last = places[0], places[-1]
        for phrase in self._exceptions[rule]:
            reach = sum(1 + gap for _, gap in phrase.slots)
            for place in range(max(0, first - reach + 1), last + 1):
                if known[place].isdisjoint(phrase.slots[0][0]):
                    continue
                lying = _places(phrase, words, known, place)
                if lying and not set(lying).isdisjoint(places):
                    return True
        return False

    def _is_negated(
        self, rule: int, words: Sequence[str], known: Sequence[frozenset[int]], places: tuple[int, ...]
    ) -> bool:
        before, after, window = self._negators[self._languages[rule]]
        ways = (
            (range(places[0] - 1, max(-1, places[0] - 1 - window), -1), before),
            (range(places[-1] + 1, min(len(words), places[-1] + 1 + window)), after),
        )
        for way, negators in ways:
            for place in way:
                if words[place] in _MARKS:
                    break
                if not known[place].isdisjoint(negators):
                    return True
        return False


def _places(
    phrase: _Compiled, words: Sequence[str], known: Sequence[frozenset[int]], place: int
) -> tuple[int, ...] | None:
    """Return the places of a phrase's words, the first of which stands at `place`; None where it does not stand."""
    if phrase.begins_sentence and place and words[place - 1] not in _MARKS:
        return None
    return _rest(phrase.slots, 1, words, known, (place,))


def _rest(
    slots: tuple[tuple[frozenset[int], int], ...],
    slot: int,
    words: Sequence[str],
    known: Sequence[frozenset[int]],
    places: tuple[int, ...],
) -> tuple[int, ...] | None:
    if slot == len(slots):
        return places
    choice, gap = slots[slot]
    start = places[-1] + 1
    for place in range(start, min(len(words), start + gap + 1)):
        if not known[place].isdisjoint(choice):
            whole = _rest(slots, slot + 1, words, known, (*places, place))
            if whole is not None:
                return whole
        if words[place] in _MARKS:
            return None
    return None


def spans_of(folded: str) -> list[tuple[int, int]]:
    """Return where each token begins and ends, in letters."""
    return [match.span() for match in _TOKEN.finditer(folded)]


def shown_words(text: str, spans: Sequence[tuple[int, int]], places: Sequence[int]) -> str:
    """Return the words at these places as they stand in the text, with … where words between them are left out.

    What lies between two words that touch is shown only where it is a hyphen or an apostrophe, so that nothing but the
    words of the phrase themselves is ever shown.
    """
    shown = text[slice(*spans[places[0]])]
    for one, other in pairwise(places):
        between = text[spans[one][1] : spans[other][0]]
        joint = " … " if other > one + 1 else between if between in ("", "-", "‑", "'", "’") else " "
        shown += joint + text[slice(*spans[other])]
    return shown

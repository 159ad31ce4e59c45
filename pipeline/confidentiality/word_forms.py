"""Words as they stand in the lists: in small letters, without accents, without the endings that a text gives them."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from functools import lru_cache

from pipeline.confidentiality.letters import is_cyrillic

_LETTERS = str.maketrans(
    {"ø": "o", "ł": "l", "đ": "d", "ð": "d", "þ": "th", "æ": "ae", "œ": "oe", "ı": "i", "ё": "е", "’": "'"}
)
"""Letters that have no accent that could be taken off, as the lists write them."""
_SHORTEST_STEM = 3
_ENGLISH = ("s", "es", "ed", "d", "ing", "ly", "er", "ers", "r", "rs", "ment", "ness", "able", "y", "ies", "ied", "in")
_CONTRACTED = frozenset(("", "s", "t", "ll", "re", "ve", "d", "m", "em", "all", "am", "clock"))
"""What English puts behind an apostrophe: don't, we'll."""
_ELIDED = frozenset(("l", "d", "j", "c", "m", "n", "s", "t", "qu"))
"""What French puts before one, where the rest is a word: l'eau. O'Neill and N'Diaye are names."""
_DRAWN_OUT = re.compile(r"(\w)\1{2,}")
"""A letter three times or more: 'sooo' is so."""
_POSSESSIVE = re.compile("(?:'s|')$")
_MONGOLIAN = re.compile(
    "(?:ынхаа|ийнхээ|ынхан|ийнхэн|г?аасаа|г?ээсээ|г?оосоо|г?өөсөө|г?аараа|г?ээрээ|г?оороо|г?өөрөө|тайгаа|тэйгээ|тойгоо"
    "|[нг]?аас|[нг]?ээс|[нг]?оос|[нг]?өөс|г?аар|г?ээр|г?оор|г?өөр|г?ийнх|ынх|н?ууд|н?үүд|чууд|чүүд|г?ийг|г?ийн|йн|йг|ыг|ын"
    "|[нд]аа|[нд]ээ|[нд]оо|[нд]өө|[тгр]аа|[тгр]ээ|[тгр]оо|[тгр]өө|тай|тэй|той|руу|рүү|луу|лүү|аа|ээ|оо|өө"
    "|ны|ний|нд|нт|г|д|т|н|ч)$"
)
_RUSSIAN = re.compile(
    "(?:ыми|ими|ого|его|ому|ему|ами|ями|ах|ях|ам|ям|ов|ев|ой|ей|ом|ем|ым|им|ую|юю|ые|ие|[аяуюеыиоьй])$"
)
_RUSSIAN_BASES = ("", "а", "я", "й", "ь", "о", "е", "ия", "ый", "ий", "ая")


@lru_cache(maxsize=200_000)
def folded(word: str) -> str:
    """Write a word as the lists do: small letters, one apostrophe; Latin ones without accents."""
    word = word.casefold().translate(_LETTERS)
    if word.isascii() or is_cyrillic(word):
        return word
    return "".join(letter for letter in unicodedata.normalize("NFKD", word) if unicodedata.category(letter) != "Mn")


def cases(word: str) -> Iterator[str]:
    """Yield a folded word and what it may be a case of: the endings of Mongolian and Russian, and 's."""
    yield word
    if not is_cyrillic(word):
        bare = _POSSESSIVE.sub("", word)
        if bare != word:
            yield bare
        return
    once = _MONGOLIAN.sub("", word)
    # 'Сүх-Очир-ын', 'УИХ-ын': a hyphen may stand before the ending.
    for stem in dict.fromkeys((once.rstrip("-"), _MONGOLIAN.sub("", once).rstrip("-"))):
        if _SHORTEST_STEM <= len(stem) < len(word) - (len(stem) == _SHORTEST_STEM):
            yield stem
    stem = _RUSSIAN.sub("", word)
    if len(stem) >= _SHORTEST_STEM:
        yield from (stem + base for base in _RUSSIAN_BASES)


def forms(word: str) -> Iterator[str]:
    """Yield a folded word and what it may be a form of: its cases, and in English plurals, tenses and the like."""
    yield from cases(word)
    if is_cyrillic(word):
        return
    before, apostrophe, behind = word.partition("'")
    if apostrophe and behind in _CONTRACTED:
        yield before
    elif before in _ELIDED:
        yield behind
    if _DRAWN_OUT.search(word):
        yield from (_DRAWN_OUT.sub(r"\1", word), _DRAWN_OUT.sub(r"\1\1", word))
    word = _POSSESSIVE.sub("", word)
    for ending in _ENGLISH:
        stem = word.removesuffix(ending)
        if stem != word and len(stem) >= _SHORTEST_STEM:
            yield from (stem, stem + "e", stem + "y")
            if stem[-1] == stem[-2]:
                yield stem[:-1]

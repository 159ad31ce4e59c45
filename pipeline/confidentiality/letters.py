"""The letters of a name: as a reader sees them, in the other script, and what may stand for what.

A word is compared folded: in small letters, without accents, and with й and ё as и and е, which many leave out.
"""

from __future__ import annotations

import re
import unicodedata
from functools import cache, lru_cache

from pipeline.confidentiality.name_forms import name_forms
from pipeline.confidentiality.scripts import is_own_mark
from pipeline.confidentiality.seen import mapped

LONGEST_WORD = 40
"""Letters up to which a word is compared otherwise than letter by letter; no name has more."""
_OWN_LETTERS = frozenset("йЙёЁ")
"""Letters of their own, and not a letter with an accent."""
_APOSTROPHES = frozenset("\u02b9\u02bb\u02bc\u02bd\u02be\u02bf")
"""Apostrophes that count as letters, as in Oʻgʻiloy: many leave them out."""
_CYRILLIC = re.compile(r"[\u0400-\u052f]")
_LATIN = re.compile(r"[a-z]")
_I_BEFORE_VOWEL = re.compile(r"i+(?=[aeo])")
_DOUBLED = re.compile(r"(.)\1+")
_READ_IN_TWO_WAYS = {"ё": ("yo",), "ь": ("и",), "x": ("kh", "ks"), "j": ("y",), "c": ("k",)}
"""Letters that are heard in another way besides: x is х or кс, j is ж or й, c is ц, ч or к."""
_VOWELS = frozenset("аэоуөүиыяеюіaeiouy")


def as_seen(text: str) -> tuple[str, list[int] | None]:
    """Leave out what is not seen (soft hyphens, marks of direction) and the accents, and unify forms of a letter.

    Marks that are a part of their letter, such as the vowels of Thai and Hindi, stay.

    Returns
    -------
    text, places
        Where each character stands in the text that was given; None where nothing has moved.
    """
    return mapped(text, _form)


def _form(letter: str) -> str:
    if letter in _OWN_LETTERS:
        return letter
    if letter in _APOSTROPHES:
        return ""
    forms = unicodedata.normalize("NFKD", letter)
    return "".join(form for form in forms if unicodedata.category(form) not in ("Cf", "Mn") or is_own_mark(form))


def has_accents(text: str) -> bool:
    """Say whether a letter of a text has an accent; й and ё are letters of their own, and so are vowels of Thai."""
    if text.isascii():
        return False
    letters = (letter for letter in unicodedata.normalize("NFC", text) if letter not in _OWN_LETTERS)
    forms = (form for letter in letters for form in unicodedata.normalize("NFKD", letter))
    return any(unicodedata.category(form) == "Mn" and not is_own_mark(form) for form in forms)


def fold(word: str) -> str:
    """Fold a word that `as_seen` gave, so that words can be compared."""
    folded = word.casefold()
    return folded if folded.isascii() else folded.translate(_folding())


@cache
def _folding() -> dict[int, str]:
    return str.maketrans({**name_forms().strokes, "й": "и", "ё": "е"})


def is_cyrillic(folded: str) -> bool:
    """Say whether a word holds a Cyrillic letter."""
    return _CYRILLIC.search(folded) is not None


def is_vowel(letter: str) -> bool:
    """Say whether a folded letter is a vowel, in either script."""
    return letter in _VOWELS


def disguised(folded: str) -> list[str]:
    """Return the words of one script that a word looks like, if its letters are not all what they seem.

    That is a word of both scripts, or one of which every letter has its like in the other.
    """
    if folded.isascii() and not _LATIN.search(folded):
        return []
    to_cyrillic, to_latin = _looks()
    found = []
    as_cyrillic, as_latin = folded.translate(to_cyrillic), folded.translate(to_latin)
    if as_cyrillic != folded and not _LATIN.search(as_cyrillic):
        found.append(as_cyrillic)
    if as_latin != folded and not _CYRILLIC.search(as_latin):
        found.append(as_latin)
    return found


@cache
def _looks() -> tuple[dict[int, str], dict[int, str]]:
    pairs = name_forms().look_alikes
    return str.maketrans(pairs), str.maketrans({cyrillic: latin for latin, cyrillic in pairs.items()})


@lru_cache(maxsize=200_000)
def sounds_of(word: str) -> tuple[str, ...]:
    """Return the signs by which a word is looked for in the other script, the usual ones first.

    Words that may stand for each other share one; that they do is seen by `may_stand_for` alone. It takes a word before
    й and ё are folded as well.
    """
    readings = [word.casefold()]
    for letter, others in _READ_IN_TWO_WAYS.items():
        spellings = (spelling for one in readings for spelling in (*(one.replace(letter, o) for o in others), one))
        readings = list(dict.fromkeys(spellings))  # each once: most words hold none of the letters
    return tuple(dict.fromkeys(_signs(one) for one in readings))


def romanised(word: str) -> str:
    """Write a word in Latin letters by the usual spelling of each; small letters throughout."""
    folded = word.casefold()
    return folded if folded.isascii() else folded.translate(_folding()).translate(_usual_letters())


def _signs(word: str) -> str:
    word = romanised(word)
    pattern, sign_of = _sounds()
    signs = pattern.sub(lambda match: sign_of[match[0]], word)
    return _DOUBLED.sub(lambda match: match[1], _I_BEFORE_VOWEL.sub("", signs))


@cache
def _usual_letters() -> dict[int, str]:
    return str.maketrans({letter: spellings[0] for letter, spellings in name_forms().romanisation.items()})


@cache
def _sounds() -> tuple[re.Pattern[str], dict[str, str]]:
    sign_of = {spelling: sign for sign, spellings in name_forms().sounds.items() for spelling in spellings}
    return re.compile("|".join(sorted(sign_of, key=lambda spelling: (-len(spelling), spelling)))), sign_of


@lru_cache(maxsize=200_000)
def may_stand_for(cyrillic: str, latin: str) -> bool:
    """Say whether a Latin word is a usual spelling of a Cyrillic one; both folded, up to `LONGEST_WORD` letters.

    A long vowel may be written short. The places that may be reached are walked letter by letter, so that no word takes
    longer than its letters times its places.
    """
    ends = {0}
    for place, letter in enumerate(cyrillic):
        before = ends
        spellings = _spellings_of(letter)
        ends = {end + len(one) for end in before for one in spellings if latin.startswith(one, end)}
        if place and letter == cyrillic[place - 1] and is_vowel(letter):
            ends |= before
        if not ends:
            return False
    return len(latin) in ends


@cache
def _spellings_of(letter: str) -> tuple[str, ...]:
    table = name_forms().romanisation
    # Folded, й and ё are и and е, so these have the spellings of both.
    also = {"и": "й", "е": "ё"}.get(letter, letter)
    return tuple(dict.fromkeys((*table.get(letter, (letter,)), *table.get(also, ()))))

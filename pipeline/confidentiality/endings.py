"""The endings that a name takes in a sentence: Mongolian, in both scripts, and Russian."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache

from pipeline.confidentiality.letters import fold, is_cyrillic, is_vowel
from pipeline.confidentiality.name_forms import name_forms

SHORTEST_STEM = 3
_SHORTEST_THAT_LOSES_A_VOWEL = 5


def stems_of(folded: str) -> Iterator[tuple[str, str]]:
    """Yield what is left of a folded word without an ending, each with the ending, the longest stem first."""
    endings, longest = _endings()
    own = (
        ()
        if folded.isascii()
        else [those for letters, those in _endings_by_letters() if not letters.isdisjoint(folded)]
    )
    for length in range(1, min(longest, len(folded) - SHORTEST_STEM) + 1):
        ending = folded[-length:]
        if ending in endings or any(ending in those for those in own):
            yield folded[:-length], ending


@cache
def _endings() -> tuple[frozenset[str], int]:
    """Return the endings that count in any word, and the length of the longest of all."""
    every = {fold(ending) for one in name_forms().endings if not one.letters for ending in one.combined()}
    return frozenset(every), max(
        len(ending) for those in (every, *dict(_endings_by_letters()).values()) for ending in those
    )


@cache
def _endings_by_letters() -> tuple[tuple[frozenset[str], frozenset[str]], ...]:
    """Return endings that count only in a word with one of some letters, each with these."""
    return tuple(
        (frozenset(one.letters), frozenset(map(fold, one.combined()))) for one in name_forms().endings if one.letters
    )


def shortened(folded: str) -> list[str]:
    """Return what a word becomes before an ending that begins with a vowel, where it changes.

    A last vowel goes (Анна, Анны), or й and ь do (Игорь, Игоря), the ending of an adjective (Петровский, Петровского),
    or the short vowel before the last letter (Баатар, Баатрын).
    """
    if len(folded) <= SHORTEST_STEM:
        return []
    last = folded[-1]
    found = []
    if is_vowel(last) or last == "ь":
        found.append(folded[:-1])
        if is_cyrillic(folded) and len(folded) > _SHORTEST_THAT_LOSES_A_VOWEL and is_vowel(folded[-2]):
            found.append(folded[:-2])
    elif len(folded) >= _SHORTEST_THAT_LOSES_A_VOWEL and is_vowel(folded[-2]) and not is_vowel(folded[-3]):
        found.append(folded[:-2] + last)
    return [one for one in found if len(one) >= SHORTEST_STEM]


def fits(stem: str, ending: str, *, is_shortened: bool, is_capitalised: bool) -> bool:
    """Say whether an ending may be one at this stem: a short one at a short stem only in a word with a capital."""
    if is_cyrillic(stem) != is_cyrillic(ending):
        return False
    if is_shortened and not is_vowel(ending[0]):
        return False
    if is_cyrillic(ending):
        return is_capitalised or len(ending) > 1 or len(stem) >= 6
    return is_capitalised or len(ending) > 2

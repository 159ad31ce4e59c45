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
    for length in range(1, min(longest, len(folded) - SHORTEST_STEM) + 1):
        ending = folded[-length:]
        if ending in endings:
            yield folded[:-length], ending


@cache
def _endings() -> tuple[frozenset[str], int]:
    every = {fold(ending) for one in name_forms().endings for ending in one.combined()}
    return frozenset(every), max(map(len, every))


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

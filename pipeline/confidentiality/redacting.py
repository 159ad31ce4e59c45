"""Texts without what tells who somebody is: a hit becomes a typed placeholder, such as `[person]` or `[phone 2]`."""

from __future__ import annotations

import unicodedata
from bisect import bisect_left, bisect_right
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import replace
from functools import lru_cache

import pandas as pd

from pipeline.confidentiality.hits import PLACEHOLDER, Hit
from pipeline.confidentiality.keeping import Kept
from pipeline.confidentiality.patterns import find_patterns, masked, without_overlaps
from pipeline.confidentiality.redaction import KnownNames
from pipeline.confidentiality.suspects import find_suspects

_WHOLE_PHONE = 8
"""Last digits by which two spellings of a telephone number are the same: with and without the country's code."""
_MOST_ROUNDS = 12


def redact(
    text: str, known: KnownNames, keep: Iterable[str] = (), locale: str = "", *, with_suspects: bool = True
) -> tuple[str, list[Hit]]:
    """Replace whatever `find` finds in a text by placeholders; a redacted text comes out as it went in.

    Returns
    -------
    text, hits
        The redacted text; the places of the hits refer to the given one in Unicode's composed form (NFC).
    """
    text = unicodedata.normalize("NFC", text)
    hits = find(text, known, keep=keep, locale=locale, with_suspects=with_suspects)
    return replaced(text, hits), hits


def find(
    text: str,
    known: KnownNames,
    *,
    keep: Iterable[str] = (),
    locale: str = "",
    with_suspects: bool = True,
    places: Iterable[str] = (),
) -> list[Hit]:
    """Find what is to be replaced in a text (NFC), by all rules together, from left to right, without overlaps.

    A known name wins over a pattern, and a pattern over a suspect; but where a pattern holds a known name and more, as
    an e-mail address does, it is one hit of the pattern. What stands in a placeholder is left alone.

    Parameters
    ----------
    keep
        Words that stay, besides those of `known`: public bodies, the project's own contacts.
    locale
        The project's language and country, such as 'mn-MN'.
    with_suspects
        Whether what only looks like a name is found as well.
    places
        Names of places and bodies that are no suspects; they keep neither a known name nor a pattern.
    """
    further_kept = tuple(word for word in keep if word not in known.kept)
    # What the names keep themselves they leave out themselves, save a complainant's own name in the complainant's row.
    of_names, of_the_rest = Kept.of(further_kept), Kept.of((*sorted(known.kept), *further_kept))

    not_suspected = _together(of_the_rest.words, tuple(places))

    def suspected(some: str) -> list[Hit]:
        return of_the_rest.without(some, find_suspects(some, locale, not_suspected))

    def found_in(some: str) -> list[Hit]:
        return _found(some, known, of_names, of_the_rest, locale, suspected if with_suspects else None)

    hits = found_in(text)
    # Without a name between them two pieces of a text can be what neither was: 'Bat@home' becomes '[person]@home'.
    for _ in range(_MOST_ROUNDS):
        further = list(_further(text, hits, found_in)) if hits else []
        if not further:
            break
        hits = sorted([*hits, *further], key=lambda hit: hit.start)
    return hits


def replaced(text: str, hits: Iterable[Hit], *, numbered: bool = True) -> str:
    """Put its placeholder in the place of each hit of a text; the hits come in order and do not overlap.

    Without numbers a text stays the same when one more of its names becomes known, save at that name.
    """
    hits = list(hits)
    shown = placeholders(text, hits) if numbered else [hit.placeholder for hit in hits]
    parts, last = [], 0
    for hit, placeholder in zip(hits, shown, strict=True):
        parts += [text[last : hit.start], placeholder]
        last = hit.end
    return "".join([*parts, text[last:]])


def placeholders(text: str, hits: Sequence[Hit]) -> list[str]:
    """Name what stands in the place of each hit: the same for the same person, address or number within a text.

    With several of a kind they are numbered in the order in which they appear, after those that the text holds already.
    """
    before: dict[str, int] = {}
    for match in PLACEHOLDER.finditer(text):
        kind, _, number = match[0][1:-1].rpartition(" ")
        if not number.isdigit():
            kind, number = match[0][1:-1], "1"
        before[kind] = max(before.get(kind, 0), int(number))
    numbers: dict[str, dict[str, int]] = {}
    for hit in hits:
        of_kind = numbers.setdefault(hit.kind, {})
        of_kind.setdefault(_identity(text, hit), len(of_kind) + 1 + before.get(hit.kind.replace("_", " "), 0))
    return [
        hit.placeholder
        if numbers[hit.kind][_identity(text, hit)] == 1 == len(numbers[hit.kind])
        else f"{hit.placeholder[:-1]} {numbers[hit.kind][_identity(text, hit)]}]"
        for hit in hits
    ]


def redact_column(
    texts: pd.Series, known: KnownNames, keep: Iterable[str] = (), locale: str = "", *, with_suspects: bool = True
) -> tuple[pd.Series, pd.Series]:
    """Redact a column; returns the texts (missing stays missing) and the number of replacements in each."""
    kept = tuple(keep)
    done = {text: redact(text, known, kept, locale, with_suspects=with_suspects) for text in texts.dropna().unique()}
    redacted = texts.map({text: result[0] for text, result in done.items()}).astype("str")
    counts = texts.map({text: len(result[1]) for text, result in done.items()}).fillna(0).astype("int64")
    return redacted, counts


def replace_names(texts: pd.Series, known: KnownNames) -> pd.Series:
    """Replace known names alone in a column, such as one of numbers that may look like those of a telephone."""
    named = {text: replaced(text, known.find(text)) for text in texts.dropna().unique()}
    return texts.map(named).astype("str")


def _identity(text: str, hit: Hit) -> str:
    """Return what two hits of a kind have in common if they mean the same."""
    if hit.of:
        return f"of {hit.of}"
    seen = text[hit.start : hit.end].casefold()
    if hit.kind == "phone":
        return "".join(letter for letter in seen if letter.isdigit())[-_WHOLE_PHONE:]
    return "".join(letter for letter in seen if letter.isalnum() or letter in "@._")


@lru_cache(maxsize=16)
def _together(words: tuple[str, ...], places: tuple[str, ...]) -> frozenset[str]:
    """Put together what is no suspect; one set for all texts."""
    return frozenset((*words, *places))


def _found(
    text: str,
    known: KnownNames,
    of_names: Kept,
    kept: Kept,
    locale: str,
    suspected: Callable[[str], list[Hit]] | None,
) -> list[Hit]:
    """Look at a text once, by all rules; `of_names` is what stays of known names, `kept` what stays of the rest."""
    seen = masked(text)
    patterns = kept.without(text, find_patterns(text, locale))
    names = of_names.without(text, known.find(seen))
    within = {name for name in names if _is_in_a_longer(name, patterns)}
    suspects = suspected(seen) if suspected else []
    suspects = [_of_the_name_within(suspect, names) for suspect in suspects]
    return without_overlaps([*(name for name in names if name not in within), *patterns, *suspects], seen)


def _is_in_a_longer(name: Hit, patterns: Sequence[Hit]) -> bool:
    """Say whether a pattern holds a name and more; the patterns are in order and apart."""
    place = bisect_right(patterns, name.start, key=lambda pattern: pattern.start) - 1
    if place < 0 or patterns[place].end < name.end:
        return False
    return patterns[place].end - patterns[place].start > name.end - name.start


def _of_the_name_within(suspect: Hit, names: Sequence[Hit]) -> Hit:
    """Take a suspect in which a known name stands for more of that name: 'Bolormaa Ganzorig' of a known Bolormaa."""
    first = bisect_left(names, suspect.start, key=lambda name: name.start)
    last = bisect_left(names, suspect.end, key=lambda name: name.start)
    within = {name.of for name in names[first:last] if name.kind == suspect.kind}
    return replace(suspect, of=within.pop()) if len(within) == 1 else suspect


def _further(text: str, hits: Sequence[Hit], found_in: Callable[[str], list[Hit]]) -> Iterator[Hit]:
    """Yield what is found once the hits are replaced, at its place in the text."""
    redacted = replaced(text, hits)
    pieces, last, shown = [], 0, 0
    for hit, placeholder in zip(hits, placeholders(text, hits), strict=True):
        pieces.append((shown, last))
        shown += hit.start - last + len(placeholder)
        last = hit.end
    pieces.append((shown, last))
    place = 0
    for hit in found_in(redacted):
        while place + 1 < len(pieces) and pieces[place + 1][0] <= hit.start:
            place += 1
        move = pieces[place][1] - pieces[place][0]
        yield replace(hit, start=hit.start + move, end=hit.end + move)

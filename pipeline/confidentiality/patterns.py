"""What tells who somebody is by its form: addresses, numbers and accounts, each found by a rule of its own.

The rules are told in patterns.yml, which also holds their words. Each looks at a text once; no rule takes more time
than the length of the text sets. Dates, sums, quantities, tender numbers and registration numbers stay.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import replace

from pipeline.confidentiality.hits import PLACEHOLDER, Hit
from pipeline.confidentiality.identity_numbers import cards, ibans, national_ids, passports, plates
from pipeline.confidentiality.networks import computers, emails, handles, links
from pipeline.confidentiality.phones import phones
from pipeline.confidentiality.places import addresses, coordinates
from pipeline.confidentiality.seen import as_seen

_Finder = Callable[[str, str], Iterator[Hit]]
_FINDERS: tuple[_Finder, ...] = (
    emails,
    links,
    ibans,
    coordinates,
    computers,
    cards,
    national_ids,
    passports,
    plates,
    phones,
    addresses,
    handles,
)
"""Where two find the same place, the former says what it is."""
_WITHOUT_DIGITS: tuple[_Finder, ...] = (emails, links, handles)
"""Those that can find something in a text without a digit."""
_DIGIT = re.compile(r"[0-9]")
_PARTING = " ,.;:\n\t-/"
MASK = "\ufffc"
"""Stands where a placeholder stands: neither a letter nor a digit nor a blank."""


def find_patterns(text: str, locale: str = "") -> list[Hit]:
    """Find everything that a rule of patterns.yml knows, from left to right, without overlaps.

    Parameters
    ----------
    locale
        Language and country, such as 'mn-MN': the country tells which telephone numbers are national ones. Without a
        country those are found that have a country code, a label or a word such as 'call' before them.

    Returns
    -------
    hits
        Whatever any rule found is covered by one of them. Nothing is found in a placeholder, such as [phone].
    """
    seen, places = as_seen(masked(text))
    country = locale.rpartition("-")[2].upper() if "-" in locale else ""
    finders = _FINDERS if _DIGIT.search(seen) else _WITHOUT_DIGITS
    found = (hit for finder in finders for hit in finder(seen, country))
    hits = without_overlaps(found, seen)
    if places is None:
        return hits
    return [replace(hit, start=places[hit.start], end=places[hit.end - 1] + 1) for hit in hits]


def masked(text: str) -> str:
    """Return a text of the same length in which the placeholders are masked, so that no rule sees their letters."""
    return PLACEHOLDER.sub(lambda match: MASK * len(match[0]), text)


def without_overlaps(hits: Iterable[Hit], text: str) -> list[Hit]:
    """Join hits of a kind that overlap, then cut: the former stays whole, of a later one what is left of it.

    What is left without a letter or a digit is dropped. So every letter and digit that was found stays covered, but for
    those of placeholders, which are masked in the text.
    """
    kept: list[Hit] = []
    hits = _joined(hits)
    if not hits:
        return []
    taken = bytearray(len(text))
    for mask in re.finditer(f"{MASK}+", text):
        taken[mask.start() : mask.end()] = b"\1" * (mask.end() - mask.start())
    for hit in hits:
        for start, end in _free(taken, hit.start, hit.end):
            if (start, end) != (hit.start, hit.end):
                # What parted the rest from the place that was cut out is no part of it.
                start += len(text[start:end]) - len(text[start:end].lstrip(_PARTING))
                end -= len(text[start:end]) - len(text[start:end].rstrip(_PARTING))
            if any(letter.isalnum() for letter in text[start:end]):
                kept.append(replace(hit, start=start, end=end))
        taken[hit.start : hit.end] = b"\1" * (hit.end - hit.start)
    return sorted(kept, key=lambda hit: hit.start)


def _joined(hits: Iterable[Hit]) -> list[Hit]:
    """Join overlapping hits of the same kind, at the place in the order that the first of the kind has.

    The longest of them gives the rule.
    """
    by_kind: dict[tuple[str, bool], list[Hit]] = {}
    for hit in hits:
        by_kind.setdefault((hit.kind, hit.is_suspect), []).append(hit)
    joined: list[Hit] = []
    for of_kind in by_kind.values():
        rows: list[Hit] = []
        for hit in sorted(of_kind, key=lambda hit: (hit.start, -hit.end)):
            if rows and hit.start < rows[-1].end:
                longer = max(rows[-1], hit, key=lambda one: one.end - one.start)
                rows[-1] = replace(longer, start=rows[-1].start, end=max(rows[-1].end, hit.end))
            else:
                rows.append(hit)
        joined += rows
    return joined


def _free(taken: bytearray, start: int, end: int) -> Iterator[tuple[int, int]]:
    """Yield the stretches of a place that nothing has taken."""
    while start < end:
        begin = taken.find(0, start, end)
        if begin < 0:
            return
        stop = taken.find(1, begin, end)
        start = end if stop < 0 else stop
        yield begin, start

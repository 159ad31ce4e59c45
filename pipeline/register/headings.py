"""Which heading is which column: project.yml says so, or the heading is known."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from pipeline.register.columns import alias_headings, exact_headings, heading_key, names

FROM_PROJECT, BY_NAME, BY_ALIAS, AGAIN = range(4)
"""How a heading is known: project.yml names it, it is a column's name or title, or one of its aliases; or it repeats
one that stands before it."""
_AGAIN = re.compile(r" \(\d+\)$")


@dataclass(frozen=True)
class Fit:
    """The headings of a table and the columns that they are.

    `columns` maps each heading that is a column to it; `clashes` are two headings that say with one right that they
    are a column; `further` maps each other heading that fits a column which identifies a person to that. `doubts` are
    headings that fit a column as one does that was taken, only by an alias or for a person: each with both headings,
    the one that was taken first, and the column.
    """

    columns: dict[str, str]
    further: dict[str, str]
    clashes: tuple[tuple[str, str, str], ...]
    doubts: tuple[tuple[str, str, str], ...]


def fit(headings: Sequence[str], chosen: Mapping[str, str]) -> Fit:
    """Find the column of each heading.

    `chosen` gives the column for the key of each heading that project.yml names; it wins. Then comes a column's name or
    title, then one of its aliases, the first in the list before the others, as in `chosen`. A heading of two levels is
    also known by its lower one where that stands once.
    """
    lower = [heading_key(heading.rpartition(" / ")[2]) for heading in headings]
    candidates: dict[str, list[tuple[tuple[int, int, int], int, str]]] = {}
    for place, heading in enumerate(headings):
        own = heading_key(heading)
        is_again = heading != first_of(heading) and own not in chosen
        keys = [heading_key(first_of(heading)) if is_again else own]
        if lower.count(lower[place]) == 1 and lower[place] != keys[0]:
            keys.append(lower[place])
        for level, key in enumerate(keys):
            found = _found(key, chosen)
            if found is not None:
                column, kind, position = found
                # A heading that stands there once more: the first one is taken, and that is told.
                kind = AGAIN if is_again else kind
                candidates.setdefault(column, []).append(((kind, level, position), place, heading))
                break
    columns: dict[str, str] = {}
    further: dict[str, str] = {}
    clashes: list[tuple[str, str, str]] = []
    doubts: list[tuple[str, str, str]] = []
    for column, fits in candidates.items():
        best, *others = sorted(fits)
        columns[best[2]] = column
        for other in others:
            both = (best[2], other[2], column)
            if column in names(identifies=True):
                further[other[2]] = column
                # Whoever names both in project.yml says that both are right.
                doubts += [both] if other[0][0] != FROM_PROJECT else []
            elif other[0][0] == AGAIN or best[0][0] == other[0][0] == BY_ALIAS:
                doubts.append(both)
            elif best[0][0] == other[0][0]:
                clashes.append(both)
    return Fit(columns, further, tuple(clashes), tuple(doubts))


def first_of(heading: str) -> str:
    """Return the heading that one repeats which stands there once more: Status for Status (2)."""
    return _AGAIN.sub("", heading)


def _found(key: str, chosen: Mapping[str, str]) -> tuple[str, int, int] | None:
    if key in chosen:
        return chosen[key], FROM_PROJECT, list(chosen).index(key)
    if key in exact_headings():
        return exact_headings()[key], BY_NAME, 0
    if key in alias_headings():
        column, place = alias_headings()[key]
        return column, BY_ALIAS, place
    return None

"""The numbers of a register with their days of receipt, in some nine bytes a grievance, and what lies between them.

`placement.neighbours` finds the dated neighbours of each grievance in one table. Here the same is found for a register
that no table holds: each part hands over its numbers as arrays, and of those one series is looked at after the other.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

NO_DAY = int(np.iinfo(np.int32).min)
"""In the place of a day that is not known."""


@dataclass(frozen=True)
class Numbered:
    """The numbers of one series in a part, in the order of its rows.

    `number` is what stands for {number} in the form, `length` how many characters the whole has: of one series these
    two tell which text it is, since a number can only differ from its like by zeros before it. `day` counts from 1970
    on, `NO_DAY` where there is none; `undated` has for each of those its place among all undated rows of the part.
    """

    number: np.ndarray
    length: np.ndarray
    day: np.ndarray
    undated: np.ndarray


@dataclass(frozen=True)
class Bounds:
    """The days of the nearest dated lower and higher number of each undated row of a part, `NO_DAY` for none."""

    lower: np.ndarray
    upper: np.ndarray


def numbered(table: pd.DataFrame) -> dict[str, Numbered]:
    """Take from a part what the others have to know; by series.

    `table` has `registration_no`, `number_series`, `number_in_series` and `date_received`; see
    `placement.with_numbers`.
    """
    received = table["date_received"]
    days = received.to_numpy().astype("datetime64[D]").astype("int64")
    days = np.where(received.isna(), NO_DAY, days).astype(np.int32)
    place = np.cumsum(days == NO_DAY, dtype=np.int32) - 1
    length = table["registration_no"].str.len().fillna(0).to_numpy(dtype=np.int16)
    number = table["number_in_series"].fillna(0).to_numpy(dtype=np.int32)
    codes, series = table["number_series"].factorize()
    found = {}
    for code, name in enumerate(series):
        rows = np.flatnonzero(codes == code)
        day = days[rows]
        found[str(name)] = Numbered(number[rows], length[rows], day, place[rows][day == NO_DAY])
    return found


def bounds(parts: Sequence[Mapping[str, Numbered]], undated: Sequence[int]) -> list[Bounds]:
    """Find the bounds of the undated rows of each part; `undated` says how many it has. See `placement.neighbours`."""
    found = [Bounds(*(np.full(count, NO_DAY, dtype=np.int32) for _ in range(2))) for count in undated]
    for series in dict.fromkeys(name for part in parts for name in part):
        there = [(place, part[series]) for place, part in enumerate(parts) if series in part]
        if not any(len(one.undated) for _, one in there):
            continue
        number, length, day = (
            np.concatenate([getattr(one, name) for _, one in there]) for name in ("number", "length", "day")
        )
        lower, upper = _between(number, length, day)
        ends = np.cumsum([len(one.undated) for _, one in there])
        for (place, one), low, high in zip(there, np.split(lower, ends), np.split(upper, ends), strict=False):
            found[place].lower[one.undated], found[place].upper[one.undated] = low, high
    return found


def _between(number: np.ndarray, length: np.ndarray, day: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Return the days before and after each undated number of a series, in the order in which they stand there.

    A number that is used twice bounds nothing and is not bounded; nor is any of a series whose dated numbers are not in
    the order of their days.
    """
    lower, upper = (np.full(len(number), NO_DAY, dtype=np.int32) for _ in range(2))
    once = np.flatnonzero(~_is_twice(number, length))
    order = once[np.argsort(number[once], kind="stable")]
    days = day[order]
    dated = np.flatnonzero(days != NO_DAY)
    if len(dated) and bool((np.diff(days[dated]) >= 0).all()):
        # How many dated ones stand up to each place: the last of them is below it, the next one above.
        up_to = np.searchsorted(dated, np.arange(len(days)), side="right")
        has_lower, has_upper = up_to > 0, up_to < len(dated)
        lower[order[has_lower]] = days[dated[up_to[has_lower] - 1]]
        upper[order[has_upper]] = days[dated[up_to[has_upper]]]
    is_undated = day == NO_DAY
    return lower[is_undated], upper[is_undated]


def _is_twice(number: np.ndarray, length: np.ndarray) -> np.ndarray:
    text = number.astype(np.int64) * (int(length.max(initial=0)) + 1) + length
    order = np.sort(text)
    return np.isin(text, order[1:][order[1:] == order[:-1]])

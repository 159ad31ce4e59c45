"""The numbers of a register with their days of receipt, in some eight bytes a grievance, and what lies between them.

`placement.neighbours` finds the dated neighbours of each grievance in one table. Here the same is found for a register
that no table holds: each part hands over its numbers as arrays, and of those one series is looked at after the other.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

import numpy as np
import pandas as pd

NO_DAY = int(np.iinfo(np.int32).min)
"""In the place of a day that is not known."""


@dataclass(frozen=True)
class Numbered:
    """The numbers of one series in a part, in the order of its rows.

    `number` is what stands for {number} in the form. `day` counts from 1970 on, `NO_DAY` where there is none; `undated`
    has for each of those its place among all undated rows of the part.
    """

    number: np.ndarray
    day: np.ndarray
    undated: np.ndarray


@dataclass(frozen=True)
class Bounds:
    """The days between which the dated numbers put each undated row of a part, `NO_DAY` for none."""

    lower: np.ndarray
    upper: np.ndarray


def numbered(table: pd.DataFrame) -> dict[str, Numbered]:
    """Take from a part what the others have to know; by series.

    `table` has `number_series`, `number_in_series` and `date_received`; see `placement.with_numbers`.
    """
    received = table["date_received"]
    days = received.to_numpy().astype("datetime64[D]").astype("int64")
    days = np.where(received.isna(), NO_DAY, days).astype(np.int32)
    place = np.cumsum(days == NO_DAY, dtype=np.int32) - 1
    number = table["number_in_series"].fillna(0).to_numpy(dtype=np.int32)
    codes, series = table["number_series"].factorize()
    found = {}
    for code, name in enumerate(series):
        rows = np.flatnonzero(codes == code)
        day = days[rows]
        found[str(name)] = Numbered(number[rows], day, place[rows][day == NO_DAY])
    return found


def bounds(parts: Sequence[Mapping[str, Numbered]], undated: Sequence[int], start: date) -> list[Bounds]:
    """Find the bounds of the undated rows of each part; see `placement.neighbours`.

    `undated` says how many each has; the mechanism began on `start`.
    """
    first = int(np.datetime64(start, "D").astype("int64"))
    found = [Bounds(*(np.full(count, NO_DAY, dtype=np.int32) for _ in range(2))) for count in undated]
    for series in dict.fromkeys(name for part in parts for name in part):
        there = [(place, part[series]) for place, part in enumerate(parts) if series in part]
        if not any(len(one.undated) for _, one in there):
            continue
        number, day = (np.concatenate([getattr(one, name) for _, one in there]) for name in ("number", "day"))
        lower, upper = _between(number, day, first)
        ends = np.cumsum([len(one.undated) for _, one in there])
        for (place, one), low, high in zip(there, np.split(lower, ends), np.split(upper, ends), strict=False):
            found[place].lower[one.undated], found[place].upper[one.undated] = low, high
    return found


def _between(number: np.ndarray, day: np.ndarray, start: int) -> tuple[np.ndarray, np.ndarray]:
    """Return the days between which each undated number of a series lies, in the order in which they stand there.

    A number that is used twice bounds nothing and is not bounded; nor is any of a series whose dated numbers are not in
    the order of their days.
    """
    lower, upper = (np.full(len(number), NO_DAY, dtype=np.int32) for _ in range(2))
    once = np.flatnonzero(~_is_twice(number))
    order = once[np.argsort(number[once], kind="stable")]
    days = day[order]
    dated = np.flatnonzero(days != NO_DAY)
    if len(dated) and bool((np.diff(days[dated]) >= 0).all()):
        # How many dated ones stand up to each place: the last of them is below it, the next one above.
        up_to = np.searchsorted(dated, np.arange(len(days)), side="right")
        has_lower, has_upper = up_to > 0, up_to < len(dated)
        lower[order[has_lower]] = days[dated[up_to[has_lower] - 1]]
        upper[order[has_upper]] = days[dated[up_to[has_upper]]]
        # Below the first dated number, if that was received before the start: see `placement.Neighbours`.
        in_doubt = order[~has_lower & (days[dated[0]] < start)]
        since = days[dated][days[dated] >= start]
        lower[in_doubt], upper[in_doubt] = days[dated[0]], since[0] if len(since) else NO_DAY
    is_undated = day == NO_DAY
    return lower[is_undated], upper[is_undated]


def _is_twice(number: np.ndarray) -> np.ndarray:
    order = np.sort(number)
    return np.isin(number, order[1:][order[1:] == order[:-1]])

"""Counts and histograms of days that add up: those of a register are the sum of those of its parts, exactly.

Nothing here is a float before all parts are added, so the figures do not depend on how a register was split. A mean is
one division, a median and a percentile are read off the histogram.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import reduce

import numpy as np
import pandas as pd


@dataclass(frozen=True)
class Counts:
    """What the facts of one scope add up to.

    `totals` has each count by its name. `members` has for each dimension one row a member and one column a count;
    `days` for each duration how often each number of days came, indexed by it in rising order. All are whole numbers.
    """

    totals: Mapping[str, int]
    members: Mapping[str, pd.DataFrame]
    days: Mapping[str, pd.Series]

    def __add__(self, other: Counts) -> Counts:
        """Add those of another part of the register, of the same scope."""
        return Counts(
            {name: count + other.totals[name] for name, count in self.totals.items()},
            {name: added(table, other.members[name]) for name, table in self.members.items()},
            {name: added(table, other.days[name]) for name, table in self.days.items()},
        )


@dataclass(frozen=True)
class Partial:
    """What a part of a register contributes to its figures: the counts of each scope, the columns that it collects."""

    scopes: Mapping[str, Counts]
    collected: frozenset[str]

    def __add__(self, other: Partial) -> Partial:
        """Add another part of the register."""
        scopes = {scope: counts + other.scopes[scope] for scope, counts in self.scopes.items()}
        return Partial(scopes, self.collected | other.collected)


def total(parts: Iterable[Partial]) -> Partial:
    """Add up the parts of a register, of which there is at least one."""
    return reduce(Partial.__add__, parts)


def added(one: pd.DataFrame, other: pd.DataFrame) -> pd.DataFrame:
    """Add two tables, or series, of whole numbers by their index; what one of them lacks is 0 there."""
    index = one.index.union(other.index)
    return one.reindex(index, fill_value=0) + other.reindex(index, fill_value=0)


def by_member(counts: pd.DataFrame, members: pd.Series) -> pd.DataFrame:
    """Add up what each grievance adds to each count, by the member that it belongs to."""
    return counts.groupby(members.astype("object"), sort=True).sum().astype("int64")


def histogram(days: pd.Series) -> pd.Series:
    """Count how often each number of days comes; `days` are whole numbers, none missing."""
    values, counts = np.unique(days.to_numpy(dtype="int64"), return_counts=True)
    return pd.Series(counts, index=pd.Index(values, dtype="int64"), dtype="int64")


def statistics(days: pd.Series) -> dict[str, float]:
    """Return n, mean, median, 90th percentile (linear) and maximum of what a histogram counts; n alone where n is 0."""
    n = int(days.sum())
    if n == 0:
        return {"n": 0.0}
    return {
        "n": float(n),
        "mean": sum(int(day) * int(count) for day, count in days.items()) / n,
        "median": quantile(days, 0.5),
        "p90": quantile(days, 0.9),
        "max": float(days.index[-1]),
    }


def quantile(days: pd.Series, q: float) -> float:
    """Interpolate linearly between the two values around the place q (n − 1), as numpy and pandas do."""
    up_to = days.cumsum().to_numpy()
    place = (int(up_to[-1]) - 1) * q
    first = int(place)
    lower, upper = (float(days.index[np.searchsorted(up_to, at, side="right")]) for at in (first, _next(first, up_to)))
    share = place - first
    # Counted from the nearer end, which rounds as numpy's own interpolation does.
    return upper - (upper - lower) * (1 - share) if share >= 0.5 else lower + (upper - lower) * share


def _next(place: int, up_to: np.ndarray) -> int:
    return min(place + 1, int(up_to[-1]) - 1)

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

_MOST_KINDS = 2**48
"""Combinations of counts that are told apart by a number of 64 bits, before those that occur are numbered anew."""


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


def by_member(counts: Mapping[str, pd.Series], members: pd.DataFrame) -> dict[str, pd.DataFrame]:
    """Add up what each grievance adds to each count, by the member that it belongs to in each dimension.

    Parameters
    ----------
    counts
        Whole numbers from 0 on, one a grievance.
    members
        One column a dimension, as texts or categories, none missing.

    Returns
    -------
    dict
        For each dimension one row a member that occurs, in alphabetical order, and one column a count.
    """
    # Most grievances are of a few kinds that add the same to all counts: so each is looked at once a dimension.
    kind, kinds = _kinds(counts)
    return {str(name): _of_kinds(kind, kinds, members[name]) for name in members}


def _kinds(counts: Mapping[str, pd.Series]) -> tuple[np.ndarray, pd.DataFrame]:
    """Return the kind of each grievance as a number, and what a grievance of each kind adds to each count."""
    columns = {name: column.to_numpy(dtype="int64") for name, column in counts.items()}
    kind, known = np.zeros(len(next(iter(columns.values()))), dtype="int64"), 1
    for column in columns.values():
        values = int(column.max(initial=0)) + 1
        if known * values > _MOST_KINDS:
            kind, found = pd.factorize(kind)
            known = len(found)
        kind = kind * values + column
        known *= values
    kind, found = pd.factorize(kind)
    first = np.zeros(len(found), dtype="int64")
    first[kind[::-1]] = np.arange(len(kind))[::-1]
    return kind, pd.DataFrame({name: column[first] for name, column in columns.items()})


def _of_kinds(kind: np.ndarray, kinds: pd.DataFrame, members: pd.Series) -> pd.DataFrame:
    codes, names = pd.factorize(members)
    pairs, which = np.unique(codes * max(1, len(kinds)) + kind, return_counts=True)
    of_member, of_kind = np.divmod(pairs, max(1, len(kinds)))
    added_up = kinds.take(of_kind).mul(which, axis=0).groupby(of_member).sum()
    index = pd.Index(np.asarray(names, dtype=object), name=members.name)
    return added_up.set_axis(index[added_up.index], axis=0).sort_index().astype("int64")


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

"""What the checks count in the facts themselves, beside the table; the tallies of parts of a register add up."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import reduce

import pandas as pd

from pipeline.indicators.computation import COUNTS, DIMENSIONS
from pipeline.indicators.partials import added, by_member


@dataclass(frozen=True)
class Tallies:
    """Counts for the checks.

    `misplaced` counts for each scope the grievances that are not in just one place; `members` has for each scope and
    dimension one row a member and one column a count of `COUNTS`. `in_annex` are those that the annex is to list;
    `received_before` and `received_across` those received since the start, before the period and across its first day.
    """

    misplaced: Mapping[str, int]
    members: Mapping[str, Mapping[str, pd.DataFrame]]
    in_annex: int
    received_before: int
    received_across: int

    def __add__(self, other: Tallies) -> Tallies:
        """Add those of another part of the register."""
        return Tallies(
            {scope: count + other.misplaced[scope] for scope, count in self.misplaced.items()},
            {
                scope: {dimension: added(table, other.members[scope][dimension]) for dimension, table in tables.items()}
                for scope, tables in self.members.items()
            },
            self.in_annex + other.in_annex,
            self.received_before + other.received_before,
            self.received_across + other.received_across,
        )


def tally(by_scope: Mapping[str, pd.DataFrame]) -> Tallies:
    """Count in the facts of each scope what the checks need."""
    period, since = by_scope["period"], by_scope["cumulative"]
    return Tallies(
        {scope: int((places(f) != 1).sum()) for scope, f in by_scope.items()},
        {scope: _by_dimension(f) for scope, f in by_scope.items()},
        int(in_annex(period).sum()),
        int((since["is_received"] & period["is_before"]).sum()),
        int((since["is_received"] & period["is_unplaced"]).sum()),
    )


def total_tally(parts: Iterable[Tallies]) -> Tallies:
    """Add up those of the parts of a register, of which there is at least one."""
    return reduce(Tallies.__add__, parts)


def places(f: pd.DataFrame) -> pd.Series:
    """Count the places that each grievance has: before the window, in it, after it or not placed."""
    first, *rest = (f[name].astype("int64") for name in ("is_before", "is_received", "is_unplaced", "is_after"))
    return sum(rest, first)


def in_annex(f: pd.DataFrame) -> pd.Series:
    """Say which grievances the annex lists: admissible, and received or resolved in the period."""
    return f["is_eligible"] | (f["resolutions"] > 0)


def _by_dimension(f: pd.DataFrame) -> dict[str, pd.DataFrame]:
    return by_member({name: of(f) for name, of in COUNTS.items()}, f[list(DIMENSIONS)])

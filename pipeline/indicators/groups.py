"""How many grievances each place, sex and vulnerable group has, and each pair of them; those of parts add up."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import reduce

import pandas as pd

from pipeline.indicators.computation import COUNTS
from pipeline.indicators.partials import added

COUNTED = ("received", "eligible")
SCOPES = ("period", "cumulative")


@dataclass(frozen=True)
class Groups:
    """Counts by the protected dimensions, as the register spells their members.

    `tables` has for each scope and table one row a member, or a pair of them, and one column a count of `COUNTED`;
    `totals` each count of a scope.
    """

    tables: Mapping[str, Mapping[str, pd.DataFrame]]
    totals: Mapping[str, Mapping[str, int]]

    def __add__(self, other: Groups) -> Groups:
        """Add those of another part of the register."""
        return Groups(
            {
                scope: {name: added(table, other.tables[scope][name]) for name, table in tables.items()}
                for scope, tables in self.tables.items()
            },
            {
                scope: {name: count + other.totals[scope][name] for name, count in totals.items()}
                for scope, totals in self.totals.items()
            },
        )


def groups_in(facts: Mapping[str, pd.DataFrame], names: Mapping[str, Sequence[str]]) -> Groups:
    """Count in the facts of each scope; `names` gives the dimensions of each table, one or two."""
    counts = {scope: pd.DataFrame({name: COUNTS[name](facts[scope]) for name in COUNTED}) for scope in SCOPES}
    return Groups(
        {
            scope: {name: _by(counts[scope], [facts[scope][part] for part in parts]) for name, parts in names.items()}
            for scope in SCOPES
        },
        {scope: {name: int(count.sum()) for name, count in counts[scope].items()} for scope in SCOPES},
    )


def total_groups(parts: Iterable[Groups]) -> Groups:
    """Add up those of the parts of a register, of which there is at least one."""
    return reduce(Groups.__add__, parts)


def _by(counts: pd.DataFrame, members: Sequence[pd.Series]) -> pd.DataFrame:
    """Add up by members; one that no grievance counts for has no row."""
    found = counts.groupby(list(members), observed=True).sum().astype("int64")
    found = found[found.any(axis=1)]
    # Texts, since the parts of a register need not have the same categories.
    names = list(found.index.names)
    return found.reset_index().astype(dict.fromkeys(names, "object")).set_index(names)

"""Which grievances stand behind each figure: one row a grievance and scope, one column a figure.

A figure is the rows whose column is above 0; its breakdown by a dimension those of them that have the member in the
dimension's column. So the table holds every figure of `computation.py` and grows with the rows alone.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property, lru_cache
from pathlib import Path

import pandas as pd
import pyarrow.parquet as pq

from pipeline.indicators.computation import (
    AGES,
    DIMENSIONS,
    DURATIONS,
    RATES,
    WORKING_DAY_ENDS,
    Measured,
    class_members,
    class_of,
    days_behind,
)
from pipeline.indicators.contributions import PARTS, contributions, is_in_a_figure
from pipeline.indicators.definitions import base_of

TRACE_COLUMNS = ("scope", "case", "registration_no", "row", "annex_no")
"""The columns of internal/traces.parquet that say which grievance; after them the dimensions, then the figures."""
DAYS = (*DURATIONS, *AGES)
"""Figures over days: their columns hold the days of each grievance, and are missing where it is not in the figure."""
_MOST_KEPT = 12
"""Columns of a file that are kept in memory."""
_CLASSES = {"working_days": "resolution_working_days", "age": "pending_age"}


def traces(measured: Measured, annex: pd.DataFrame, pending_age_days: Sequence[int]) -> pd.DataFrame:
    """Put what every figure is counted from into one table.

    Parameters
    ----------
    annex
        The annex, with the index of the cases; `annex_no` is its `no`, missing for grievances that it does not list.
    pending_age_days
        The upper ends of the classes of `pending_age`, in calendar days.

    Returns
    -------
    pd.DataFrame
        `TRACE_COLUMNS`; a column a dimension; what the grievance adds to each count and part of a rate, as
        `contributions` names them; of a figure over days its days. Rows that are in no figure of a scope are left out.
    """
    ends = {"working_days": WORKING_DAY_ENDS, "age": tuple(pending_age_days)}
    known = {
        **{name: {one for facts in measured.facts.values() for one in facts[name].unique()} for name in DIMENSIONS},
        **{name: class_members(ends[name]) for name in _CLASSES},
        "scope": list(measured.facts),
    }
    types = {name: pd.CategoricalDtype(sorted(members)) for name, members in known.items()}
    return pd.concat(
        [_of_scope(facts, scope, annex["no"], ends, types) for scope, facts in measured.facts.items()],
        ignore_index=True,
    )


def _of_scope(
    facts: pd.DataFrame,
    scope: str,
    numbers: pd.Series,
    ends: Mapping[str, Sequence[int]],
    types: Mapping[str, pd.CategoricalDtype],
) -> pd.DataFrame:
    facts = facts[is_in_a_figure(facts)]
    added = contributions(facts, "int16")
    days = {name: days_behind(facts, name).reindex(facts.index).astype("Int64") for name in DAYS}
    classes = {name: class_of(days[column], ends[name]).astype(types[name]) for name, column in _CLASSES.items()}
    whose = {
        "scope": pd.Series(scope, index=facts.index, dtype=types["scope"]),
        "case": facts.index,
        "registration_no": facts["registration_no"],
        "row": facts["source_row"],
        "annex_no": numbers.reindex(facts.index).astype("Int64"),
    }
    members = {name: facts[name].astype(types[name]) for name in DIMENSIONS}
    table = pd.DataFrame({**whose, **members, **classes}, index=facts.index)
    figures = added.drop(columns=[*AGES, *(f"{name}_n" for name in DURATIONS)])
    return pd.concat([table, figures, pd.DataFrame(days)], axis=1)


@dataclass(frozen=True)
class Traces:
    """Finds the rows behind a figure in the table of `traces`, or in its file, of which it reads what it is asked for.

    The rows that it returns have `TRACE_COLUMNS`, the dimension that was asked for, and the figure's own column.
    """

    source: pd.DataFrame | Path

    def has(self, indicator: str) -> bool:
        """Say whether the table holds the rows of a figure."""
        return self.column_of(indicator) in self._names

    def behind(
        self, indicator: str, scope: str, dimension: str = "", members: Collection[str] = ()
    ) -> dict[str, pd.DataFrame]:
        """Return the rows of a figure, or of a rate's numerator, by the dimension's member; without one under ''.

        In the order of the register; of a dimension only those of the `members`.
        """
        name = self.column_of(indicator)
        column = self._read(name)
        is_in = self._is_of(scope) & (column.notna() if name in DAYS else column > 0)
        if not dimension:
            return {"": self._rows(is_in).assign(**{name: column[is_in]})}
        member = self._read(dimension)
        is_in &= member.isin(list(members))
        chosen = self._rows(is_in).assign(**{name: column[is_in], dimension: member[is_in]})
        return {str(one): rows for one, rows in chosen.groupby(dimension, sort=False, observed=True)}

    def rest(self, indicator: str, scope: str) -> pd.DataFrame:
        """Return the rows of a rate's denominator that its numerator does not hold, or not in full."""
        if indicator not in RATES:
            return self._rows(slice(0))
        numerator, denominator = (self._read(f"{indicator}.{part}") for part in PARTS)
        return self._rows(self._is_of(scope) & (denominator > numerator))

    @cached_property
    def _names(self) -> frozenset[str]:
        if isinstance(self.source, pd.DataFrame):
            return frozenset(self.source.columns)
        return frozenset(pq.read_schema(self.source).names)

    @cached_property
    def _whose(self) -> pd.DataFrame:
        names = list(TRACE_COLUMNS)
        return (
            self.source[names] if isinstance(self.source, pd.DataFrame) else pd.read_parquet(self.source, columns=names)
        )

    @cached_property
    def _read(self) -> Callable[[str], pd.Series]:
        """Read one column; those asked for last are kept, since one after the other asks for the same ones."""
        source = self.source

        @lru_cache(_MOST_KEPT)
        def read(name: str) -> pd.Series:
            return source[name] if isinstance(source, pd.DataFrame) else pd.read_parquet(source, columns=[name])[name]

        return read

    def _is_of(self, scope: str) -> pd.Series:
        return self._whose["scope"] == scope

    def _rows(self, chosen: pd.Series | slice) -> pd.DataFrame:
        return self._whose[chosen]

    @staticmethod
    def column_of(indicator: str) -> str:
        """Name the column of a figure, of a rate that of its numerator: how often each grievance counts in it."""
        if indicator in RATES:
            return f"{indicator}.numerator"
        return base_of(indicator)

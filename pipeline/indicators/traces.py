"""Which grievances stand behind each figure: one row a grievance and scope, one column a figure.

A figure is the rows whose column is above 0; its breakdown by a dimension those of them that have the member in the
dimension's column. So the table holds every figure of `computation.py` and grows with the rows alone.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

import pandas as pd

from pipeline.indicators.computation import (
    AGES,
    DIMENSIONS,
    DURATIONS,
    RATES,
    WORKING_DAY_ENDS,
    Measured,
    class_of,
    days_behind,
)
from pipeline.indicators.contributions import contributions
from pipeline.indicators.definitions import base_of

TRACE_COLUMNS = ("scope", "case", "registration_no", "row", "annex_no")
"""The columns of internal/traces.parquet that say which grievance; after them the dimensions, then the figures."""
DAYS = (*DURATIONS, *AGES)
"""Figures over days: their columns hold the days of each grievance, and are missing where it is not in the figure."""
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
    return pd.concat(
        [_of_scope(facts, scope, annex["no"], ends) for scope, facts in measured.facts.items()], ignore_index=True
    )


def _of_scope(facts: pd.DataFrame, scope: str, numbers: pd.Series, ends: Mapping[str, Sequence[int]]) -> pd.DataFrame:
    added = contributions(facts)
    days = {name: days_behind(facts, name).reindex(facts.index).astype("Int64") for name in DAYS}
    classes = {name: class_of(days[column], ends[name]) for name, column in _CLASSES.items()}
    whose = {
        "scope": scope,
        "case": facts.index,
        "registration_no": facts["registration_no"],
        "row": facts["source_row"],
        "annex_no": numbers.reindex(facts.index).astype("Int64"),
    }
    figures = added.drop(columns=[*AGES, *(f"{name}_n" for name in DURATIONS)]).astype("int16")
    table = pd.DataFrame({**whose, **{name: facts[name] for name in DIMENSIONS}, **classes}, index=facts.index)
    return pd.concat([table, figures, pd.DataFrame(days)], axis=1)[(added > 0).any(axis=1)]


@dataclass(frozen=True)
class Traces:
    """Finds the rows behind a figure in the table of `traces`."""

    table: pd.DataFrame

    @cached_property
    def _scopes(self) -> dict[str, pd.DataFrame]:
        return {str(scope): rows for scope, rows in self.table.groupby("scope", sort=False)}

    def has(self, indicator: str) -> bool:
        """Say whether the table holds the rows of a figure."""
        return self._column(indicator) in self.table

    def behind(
        self, indicator: str, scope: str, dimension: str = "", members: Collection[str] = ()
    ) -> dict[str, pd.DataFrame]:
        """Return the rows of a figure, or of a rate's numerator, by the dimension's member; without one under ''.

        In the order of the register; of a dimension only those of the `members`.
        """
        table, column = self._of(scope), self._column(indicator)
        chosen = table[table[column].notna()] if column in DAYS else table[table[column] > 0]
        if not dimension:
            return {"": chosen}
        chosen = chosen[chosen[dimension].isin(members)]
        return {str(member): rows for member, rows in chosen.groupby(dimension, sort=False)}

    def rest(self, indicator: str, scope: str) -> pd.DataFrame:
        """Return the rows of a rate's denominator that its numerator does not hold, or not in full."""
        table = self._of(scope)
        if indicator not in RATES:
            return table.iloc[:0]
        return table[table[f"{indicator}.denominator"] > table[f"{indicator}.numerator"]]

    def _of(self, scope: str) -> pd.DataFrame:
        return self._scopes.get(scope, self.table.iloc[:0])

    @staticmethod
    def _column(indicator: str) -> str:
        if indicator in RATES:
            return f"{indicator}.numerator"
        return base_of(indicator)

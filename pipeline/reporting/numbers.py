"""Numbers for sentences and tables: looked up in the indicators, never computed here, and written by one rule."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import Any

import pandas as pd

from pipeline.indicators.definitions import decimals_of
from pipeline.reporting.words import Words

PUBLIC_COLUMNS = ("indicator", "scope", "dimension", "member", "value", "numerator", "denominator", "unit", "display")
"""The columns of public/indicators.csv, in order."""
WITHHELD_DIMENSIONS = ("topic", "location", "sex", "vulnerable_group")
"""Dimensions whose small cells could point to a person: counted inside, given outside only as 'not collected'."""
Key = tuple[str, str, str, str]


@dataclass(frozen=True)
class Numbers:
    """The indicators of a report, by indicator, scope, dimension and member."""

    table: pd.DataFrame
    words: Words

    @cached_property
    def _rows(self) -> dict[Key, dict[str, Any]]:
        table = self.table.fillna({"dimension": "", "member": ""})
        keys = zip(table["indicator"], table["scope"], table["dimension"], table["member"], strict=True)
        return dict(zip(keys, table.to_dict("records"), strict=True))

    def row(self, indicator: str, scope: str = "period", dimension: str = "", member: str = "") -> dict[str, Any]:
        """Return one row of the table; a KeyError names what is not in it."""
        return self._rows[(indicator, scope, dimension, member)]

    def has(self, indicator: str, scope: str = "period", dimension: str = "", member: str = "") -> bool:
        """Say whether the table has such a row."""
        return (indicator, scope, dimension, member) in self._rows

    def count(self, indicator: str, scope: str = "period", dimension: str = "", member: str = "") -> int:
        """Return a count; one that is not given is a KeyError, never 0."""
        value = self.row(indicator, scope, dimension, member)["value"]
        if pd.isna(value):
            raise KeyError(f"{indicator} ({scope}) is not given")
        return int(value)

    def value(self, indicator: str, scope: str = "period") -> float | None:
        """Return a value as it is, or None where it is not given."""
        value = self.row(indicator, scope)["value"]
        return None if pd.isna(value) else float(value)

    def parts(self, indicator: str, scope: str = "period") -> tuple[int, int] | None:
        """Return a rate's numerator and denominator, or None where it is not given."""
        row = self.row(indicator, scope)
        return None if pd.isna(row["denominator"]) else (int(row["numerator"]), int(row["denominator"]))

    def display(self, indicator: str, scope: str = "period", dimension: str = "", member: str = "") -> str:
        """Write an indicator as the report shows it."""
        return display(self.row(indicator, scope, dimension, member), self.words)

    def members(self, indicator: str, dimension: str, scope: str = "period") -> dict[str, int]:
        """Return the counts of a dimension by member, in the table's order."""
        return {
            key[3]: int(row["value"])
            for key, row in self._rows.items()
            if key[:3] == (indicator, scope, dimension) and key[3]
        }

    def public(self) -> pd.DataFrame:
        """Return the table of public/indicators.csv: tidy, values unrounded, whole numbers without decimals."""
        table = self.table.fillna({"dimension": "", "member": ""})
        table = table[~(table["dimension"].isin(WITHHELD_DIMENSIONS) & (table["member"] != ""))]
        shown = [display(row, self.words) for row in table.to_dict("records")]
        value = table["value"].map(lambda v: "" if pd.isna(v) else str(int(v)) if v == int(v) else repr(float(v)))
        parts = {name: table[name].astype("Int64") for name in ("numerator", "denominator")}
        return table.assign(value=value, display=shown, **parts)[list(PUBLIC_COLUMNS)]


def display(row: dict[str, Any], words: Words) -> str:
    """Write one indicator: '9 of 16 (56 %)', '9 of 9', '0.2', 'not collected'.

    A rate shows its n of N always, the percentage only from `minimum_n` on; an empty denominator reads 'not
    applicable', never 0 %.
    """
    state = row["state"]
    empty = {
        "not_applicable": words.text("not applicable"),
        "not_collected": words.text("not collected"),
        "not_collected_in_period": words.text("not collected in this period"),
        "no_standard": words.text("no standard set"),
        "not_available": words.text("not available"),
    }
    if state in empty:
        return empty[str(state)]
    if pd.isna(row["denominator"]):
        return words.number(float(row["value"]), decimals_of(row["indicator"]))
    n_of_n = words.text("%(n)s of %(total)s", n=int(row["numerator"]), total=int(row["denominator"]))
    if state == "below_minimum":
        return n_of_n
    if row["unit"] == "per_1000":
        return words.text("%(rate)s (%(n_of_n)s)", rate=_per_1000(float(row["value"]), words), n_of_n=n_of_n)
    return f"{n_of_n} ({_percent(row, words)})"


def _per_1000(value: float, words: Words) -> str:
    """Write a number for every thousand, so that rounding makes nothing of something."""
    if 0 < value < 0.005:
        return words.text("under %(number)s", number=words.number(0.01, 2))
    return words.number(value, 2)


def _percent(row: dict[str, Any], words: Words) -> str:
    """Write a percentage so that rounding makes neither a whole of a part nor nothing of something."""
    value = float(row["value"])
    if 99.5 <= value < 100:
        return words.text("over %(percent)s", percent=words.percent(99))
    if 0 < value < 0.5:
        return words.text("under %(percent)s", percent=words.percent(1))
    return words.percent(value)

"""Numbers for sentences and tables: looked up in the indicators, never computed here, and written by one rule."""

from __future__ import annotations

import re
from collections.abc import Collection
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import pandas as pd
from markupsafe import Markup

from pipeline.indicators.definitions import decimals_of
from pipeline.reporting.words import Figure, Words

PUBLIC_COLUMNS = ("indicator", "scope", "dimension", "member", "value", "numerator", "denominator", "unit", "display")
"""The columns of public/indicators.csv, in order."""
WITHHELD_DIMENSIONS = ("topic", "location", "sex", "vulnerable_group")
"""Dimensions whose small cells could point to a person: nothing of them leaves the house as it was counted.

What is told of a place, sex or vulnerable group comes from `indicators/protected.py`, which leaves small numbers out.
"""
Key = tuple[str, str, str, str]
_UNFIT = re.compile(r"[^A-Za-z0-9_+-]")


@dataclass(frozen=True)
class Numbers:
    """The indicators of a report, by indicator, scope, dimension and member."""

    table: pd.DataFrame
    words: Words
    provisional_types: frozenset[str] = frozenset()
    has_provisional_relations: bool = False
    disclosed: pd.DataFrame | None = None
    """What may be shown by the protected dimensions, beside `table`; it has no figure that is left out."""

    @cached_property
    def _rows(self) -> dict[Key, dict[str, Any]]:
        table = self.table.fillna({"dimension": "", "member": ""})
        keys = zip(table["indicator"], table["scope"], table["dimension"], table["member"], strict=True)
        return dict(zip(keys, table.to_dict("records"), strict=True))

    @cached_property
    def _breakdowns(self) -> dict[tuple[str, str, str], list[dict[str, Any]]]:
        """The rows by indicator, scope and dimension, in the table's order."""
        found: dict[tuple[str, str, str], list[dict[str, Any]]] = {}
        for key, row in self._rows.items():
            found.setdefault(key[:3], []).append(row)
        return found

    @cached_property
    def _of_indicators(self) -> dict[str, list[tuple[int, dict[str, Any]]]]:
        """The rows by indicator, each with its place in the table."""
        found: dict[str, list[tuple[int, dict[str, Any]]]] = {}
        for place, row in enumerate(self._rows.values()):
            found.setdefault(row["indicator"], []).append((place, row))
        return found

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

    def linked(self, indicator: str, scope: str = "period", dimension: str = "", member: str = "") -> Markup:
        """Write an indicator as the report shows it, as a link to its definition and the rows behind it."""
        return self.link(self.display(indicator, scope, dimension, member), indicator, scope, dimension, member)

    def with_unit(self, indicator: str, scope: str = "period", dimension: str = "", member: str = "") -> Markup:
        """Write an indicator as `linked` does, a number of days with its unit."""
        row, shown = self.row(indicator, scope, dimension, member), self.display(indicator, scope, dimension, member)
        if row["state"] == "stated" and row["unit"] in ("working_days", "calendar_days"):
            n, count = shown, 1 if row["value"] == 1 else 2
            shown = (
                self.words.plural("%(days)s working day", "%(days)s working days", count, days=n)
                if row["unit"] == "working_days"
                else self.words.plural("%(days)s calendar day", "%(days)s calendar days", count, days=n)
            )
        return self.link(shown, indicator, scope, dimension, member)

    @staticmethod
    def link(shown: str, *key: str) -> Markup:
        """Write a text as the link of a figure: indicator, scope, and dimension and member for one of a breakdown."""
        return Markup('<a class="figure" href="#{}">{}</a>').format(figure_id(*key), shown)

    def figure(self, indicator: str, scope: str = "period", dimension: str = "", member: str = "") -> Figure:
        """Return a count with its link; one that is not given is a KeyError, never 0."""
        return Figure(self.count(indicator, scope, dimension, member), self.linked(indicator, scope, dimension, member))

    def is_collected(self, indicator: str, dimension: str = "", scope: str = "period") -> bool:
        """Say whether the register has what an indicator, or its breakdown by a dimension, needs."""
        row = self._rows.get((indicator, scope, dimension, ""))
        return row is None or row["state"] != "not_collected"

    def figures(self, indicators: Collection[str], *, public: bool) -> list[dict[str, Any]]:
        """Return the rows of some indicators in the table's order, for the public without the withheld dimensions."""
        placed = sorted(
            (one for name in set(indicators) for one in self._of_indicators.get(name, ())), key=lambda one: one[0]
        )
        return [row for _, row in placed if not public or not is_withheld(row["dimension"], row["member"])]

    def members(self, indicator: str, dimension: str, scope: str = "period") -> dict[str, int]:
        """Return the counts of a dimension by member, in the table's order; none where it is not collected."""
        rows = self._breakdowns.get((indicator, scope, dimension), ())
        return {row["member"]: int(row["value"]) for row in rows if row["member"]}

    def _is_provisional(self, row: dict[str, Any]) -> bool:
        """Say whether a count holds labels that a rule or the model proposed."""
        by_type = row["dimension"] == "type" and row["member"] in self.provisional_types
        return by_type or (self.has_provisional_relations and row["indicator"] in ("unrelated", "eligible"))

    def public(self) -> pd.DataFrame:
        """Return the table of public/indicators.csv: tidy, values unrounded, whole numbers without decimals.

        What holds provisional labels is marked by * in `display`.
        """
        table = self.table.fillna({"dimension": "", "member": ""})
        withheld = [is_withheld(*key) for key in zip(table["dimension"], table["member"], strict=True)]
        table = table[~pd.Series(withheld, index=table.index, dtype=bool)]
        if self.disclosed is not None and len(self.disclosed):
            table = pd.concat([table, self.disclosed[list(table.columns)]], ignore_index=True)
        shown = [
            display(row, self.words) + (" *" if self._is_provisional(row) else "") for row in table.to_dict("records")
        ]
        value = table["value"].map(lambda v: "" if pd.isna(v) else str(int(v)) if v == int(v) else repr(float(v)))
        parts = {name: table[name].astype("Int64") for name in ("numerator", "denominator")}
        return table.assign(value=value, display=shown, **parts)[list(PUBLIC_COLUMNS)]


def is_withheld(dimension: str, member: str) -> bool:
    """Say whether a figure may not leave the house; that a dimension is not collected may be told."""
    return dimension in WITHHELD_DIMENSIONS and member != ""


def figure_id(indicator: str, scope: str = "period", dimension: str = "", member: str = "") -> str:
    """Return the id of the place that stands for a figure in a report: f-received-period-channel-email.

    Letters that an id cannot hold are written as their code between points, so that no two figures share one.
    """
    parts = [indicator, scope, *([dimension, member] if dimension else [])]
    return "f-" + "-".join(_UNFIT.sub(lambda match: f".{ord(match[0]):x}.", part) for part in parts)


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
        "suppressed": words.text("suppressed"),
        "withheld": words.text("too few to be shown"),
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

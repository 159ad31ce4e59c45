"""The rows of the project's results framework: looked up in the indicators, ready to be copied."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any

import pandas as pd
from markupsafe import Markup

from pipeline.indicators.definitions import base_of, definitions
from pipeline.indicators.framework import Row, is_reached, results_framework
from pipeline.project import Project
from pipeline.reporting.labels import title_of
from pipeline.reporting.numbers import Numbers, display
from pipeline.reporting.tables import Table, simple
from pipeline.reporting.words import Words

FRAMEWORK_COLUMNS = (
    "indicator",
    "name",
    "unit",
    "baseline",
    "baseline_date",
    "target",
    "target_date",
    "period_value",
    "period_n",
    "period_of",
    "cumulative_value",
    "cumulative_n",
    "cumulative_of",
    "note",
)
"""The columns of public/results_framework.csv, in order."""
_SCOPES = ("period", "cumulative")
_DECIMALS = {"count": 0, "percent": 1}


@dataclass(frozen=True)
class Framework:
    """The results framework of a report; `as_of` is the day as of which its figures are taken."""

    numbers: Numbers
    words: Words
    project: Project
    as_of: date

    @property
    def rows(self) -> list[Row]:
        """The rows, checked against the indicators."""
        return results_framework(self.project)

    def table(self) -> Table:
        """Return the table to be copied: one row an indicator, numbers alone in their cells, the name with a link."""
        text = self.words.text
        headers = [
            text("Indicator"),
            text("Unit"),
            text("Baseline"),
            text("Target"),
            text("This period"),
            text("Total since the start"),
            text("Note"),
        ]
        rows = [
            [
                self._linked(row),
                self._unit(row),
                self._stated(row.baseline, row.baseline_date),
                self._stated(row.target, row.target_date),
                *(self._value(row, scope) for scope in _SCOPES),
                self.note(row),
            ]
            for row in self.rows
        ]
        widths = (19, 11, 11, 11, 10, 10, 28)
        return simple(text("Results framework"), headers, rows, numeric=[4, 5], kind="results", widths=widths)

    def public(self) -> pd.DataFrame:
        """Return public/results_framework.csv: values unrounded, empty where none is given."""
        lines = []
        for row in self.rows:
            line: dict[str, Any] = {
                "indicator": row.indicator,
                "name": self._title(row),
                "unit": self._unit(row),
                **{name: _exact(getattr(row, name)) for name in ("baseline", "target")},
                **{name: getattr(row, name) or "" for name in ("baseline_date", "target_date")},
                "note": self.note(row),
            }
            for scope in _SCOPES:
                figure = self._figure(row, scope) or {"value": None, "numerator": None, "denominator": None}
                line[f"{scope}_value"] = _exact(figure["value"])
                line[f"{scope}_n"], line[f"{scope}_of"] = (_exact(figure[k]) for k in ("numerator", "denominator"))
            lines.append(line)
        return pd.DataFrame(lines, columns=list(FRAMEWORK_COLUMNS), dtype="object")

    def _figure(self, row: Row, scope: str) -> dict[str, Any] | None:
        return self.numbers.row(row.indicator, scope) if self.numbers.has(row.indicator, scope) else None

    def _title(self, row: Row) -> str:
        if row.is_named:
            return row.title
        return title_of(row.indicator, self.words)

    def _linked(self, row: Row) -> Markup:
        scope = "period" if self._figure(row, "period") else "cumulative"
        return self.numbers.link(self._title(row), row.indicator, scope)

    def _unit(self, row: Row) -> str:
        text = self.words.text
        units = {
            "count": text("Number"),
            "percent": text("Per cent"),
            "working_days": text("Working days"),
            "calendar_days": text("Calendar days"),
            "per_1000": text("Per 1,000"),
        }
        unit = "count" if row.indicator.endswith("_n") else definitions()[base_of(row.indicator)].unit
        return row.unit or units[unit]

    def _stated(self, amount: float | None, day: date | None) -> str:
        if amount is None:
            return self.words.text("not stated")
        number = self.words.number(amount, 2)
        return number if day is None else self.words.text("%(amount)s (%(day)s)", amount=number, day=day)

    def _value(self, row: Row, scope: str) -> str:
        figure = self._figure(row, scope)
        if figure is None:
            return "–"
        return str(display(figure, self.words)) if pd.isna(figure["value"]) else self._number(figure)

    def _number(self, figure: dict[str, Any]) -> str:
        """Write a value alone; rounding makes neither a whole of a part nor nothing of something."""
        value, words = float(figure["value"]), self.words
        if figure["unit"] == "percent" and 99.95 <= value < 100:
            return words.text("over %(number)s", number=words.number(99.9, 1))
        if figure["unit"] in ("percent", "per_1000") and 0 < value < 0.05:
            return words.text("under %(number)s", number=words.number(0.1, 1))
        return words.number(value, _DECIMALS.get(figure["unit"], 2))

    def note(self, row: Row) -> str:
        """Say what stands behind the values, which of them the target is about, and whether it was met."""
        text = self.words.text
        parts = []
        title = text(definitions()[base_of(row.indicator)].title)
        if row.is_named and row.title != title:
            parts.append(text("Measured as: %(title)s.", title=title))
        parts += [*self._behind(row), *self._lacking(row)]
        if row.target is not None:
            parts += self._verdict(row)
        return " ".join([*parts, *([row.note] if row.note else [])])

    def _behind(self, row: Row) -> list[str]:
        names = {"period": self.words.text("This period"), "cumulative": self.words.text("Total since the start")}
        told = []
        for scope in _SCOPES:
            figure = self._figure(row, scope)
            if figure is None or figure["state"] != "stated":
                continue
            if not pd.isna(figure["denominator"]):
                n_of_n = self.words.text(
                    "%(n)s of %(total)s", n=int(figure["numerator"]), total=int(figure["denominator"])
                )
                told.append(f"{names[scope]}: {n_of_n}.")
            elif (timed := self._timed(row, scope)) is not None:
                over = self.words.plural("%(n)s resolution", "%(n)s resolutions", timed)
                told.append(f"{names[scope]}: {over}.")
        return told

    def _lacking(self, row: Row) -> list[str]:
        if row.scopes == ("cumulative",):
            return [self.words.text("Given as the total since the start only.")]
        return []

    def _timed(self, row: Row, scope: str) -> int | None:
        base = base_of(row.indicator)
        return None if base == row.indicator else self.numbers.count(f"{base}_n", scope)

    def _verdict(self, row: Row) -> list[str]:
        """Say whether the target was met: never below minimum_n, and only where more or less is better."""
        text, figure = self.words.text, self._figure(row, row.scope)
        about = []
        if len(row.scopes) > 1:
            about = [
                text("The target is about the period.")
                if row.scope == "period"
                else text("The target is about the total since the start.")
            ]
        timed = self._timed(row, row.scope) if figure and figure["state"] == "stated" else None
        is_small = timed is not None and timed < self.project.settings.minimum_n
        if figure is None or figure["state"] != "stated" or is_small:
            return about
        reached = is_reached(row, float(figure["value"]))
        if reached is None:
            return about
        is_due = row.target_date is None or row.target_date <= self.as_of
        if reached:
            word = text("Target met.") if is_due else text("Target reached before its date.")
        else:
            word = text("Target not met.") if is_due else text("Target not reached yet.")
        shown = self.words.number(float(figure["value"]), _DECIMALS.get(figure["unit"], 2))
        if not reached and row.target is not None and shown == self.words.number(row.target, 2):
            word += " " + text("Before rounding the value falls short of the target.")
        return [*about, word]


def _exact(value: Any) -> str:
    if value is None or pd.isna(value):
        return ""
    return str(int(value)) if float(value) == int(value) else repr(float(value))

"""The rows behind each figure, as the section 'How the figures are defined' shows them.

Every figure of the report links to a place in that section. In the public edition the rows of the annex stand there for
the figures of which the annex itself shows that a grievance belongs to them; in the internal edition the registration
numbers behind every figure.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from itertools import groupby
from typing import Any

import numpy as np
import pandas as pd
from markupsafe import Markup, escape

from pipeline.indicators.computation import COLUMN_OF
from pipeline.indicators.definitions import base_of
from pipeline.indicators.traces import DAYS, Traces
from pipeline.project import NOT_STATED, Project
from pipeline.register.columns import dictionary
from pipeline.reporting.annex import case_id
from pipeline.reporting.labels import labels
from pipeline.reporting.numbers import Numbers, figure_id
from pipeline.reporting.words import Words

SHOWN_BY_THE_ANNEX = frozenset(
    {
        "received",
        "unrelated",
        "duplicate",
        "eligible",
        "in_progress",
        "resolved",
        "rejected",
        "withdrawn",
        "status_not_stated",
        "opening_stock",
        "closing_stock",
        "resolutions",
        "resolution_rate",
        "resolution_rate_all",
        "clearance_ratio",
        "same_day",
        "resolution_working_days",
    }
)
"""Figures whose rows the annex names: it shows when a grievance was received and resolved, and with what status.

Who was anonymous, severe, satisfied or told, who escalated or appealed, and what concerned benefits, it does not show.
"""
SHOWN_DIMENSIONS = frozenset({"", "channel", "type", "status", "month", "working_days"})
"""Dimensions that the annex or cases.csv shows of each grievance."""
MOST_STRETCHES = 40
"""Stretches of annex numbers (3, 7–9) that stand behind one public figure; the rest is counted."""
MOST_NUMBERS = 200
"""Registration numbers that stand behind one figure of the internal edition; traces.parquet holds all."""
MOST_MEMBERS = 100
"""Members of a breakdown that the internal edition names: places may be as many as grievances."""
_STATED = ("stated", "below_minimum")


@dataclass(frozen=True)
class Entry:
    """A figure with the rows behind it; of a headline that is one with its line there is no label."""

    id: str
    label: str
    figure: str
    rows: Markup


@dataclass(frozen=True)
class Line:
    """Figures of one indicator that belong together, its headline or one of its breakdowns; `more` are only counted."""

    title: str
    entries: Sequence[Entry]
    more: int = 0


@dataclass(frozen=True)
class Block:
    """What stands behind one indicator: the places that are only linked to, and the figures with their rows."""

    places: Sequence[str]
    lines: Sequence[Line]


@dataclass(frozen=True)
class Traced:
    """Tells of each indicator the figures with the rows behind them, for one edition."""

    numbers: Numbers
    words: Words
    project: Project
    traces: Traces
    is_internal: bool = False

    def block(self, indicator: str) -> Block:
        """Return what stands behind an indicator; each figure that may be published has a place there, and only one."""
        ids = self._ids(indicator)
        lines = list(self._lines(self.numbers.figures(ids, public=not self.is_internal)))
        shown = {entry.id for line in lines for entry in line.entries}
        places = [figure_id(*_key(row)) for row in self.numbers.figures(ids, public=True)]
        return Block([place for place in places if place not in shown], lines)

    def is_known(self, indicator: str) -> bool:
        """Say whether the indicators hold any figure of a definition."""
        return bool(self._ids(indicator))

    def _ids(self, indicator: str) -> set[str]:
        return self._by_base.get(indicator, set())

    @cached_property
    def _by_base(self) -> dict[str, set[str]]:
        found: dict[str, set[str]] = {}
        for name in self.numbers.table["indicator"].unique():
            found.setdefault(base_of(name), set()).add(name)
        return found

    def _lines(self, rows: Iterable[dict[str, Any]]) -> Iterator[Line]:
        for (scope, dimension), group in groupby(rows, key=lambda row: (row["scope"], row["dimension"])):
            told = [row for row in group if self._is_told(row)]
            if not told:
                continue
            first, name = told[:MOST_MEMBERS], told[0]["indicator"]
            behind = self.traces.behind(name, scope, dimension, [row["member"] for row in first])
            is_listed = any(rows["annex_no"].notna().any() for rows in behind.values())
            if dimension and not self.is_internal and not is_listed:
                continue
            rest = pd.DataFrame() if dimension else self.traces.rest(name, scope)
            entries = [self._entry(row, behind.get(row["member"]), rest) for row in first]
            yield Line(self._title(scope, dimension), entries, len(told) - len(first))

    def _is_told(self, row: dict[str, Any]) -> bool:
        """Say whether the rows of a figure are told: one that is given, is not zero and may be traced."""
        numerator = row["numerator"] if pd.notna(row["denominator"]) else row["value"]
        if row["state"] not in _STATED or not self._is_first(row["indicator"]) or not self.traces.has(row["indicator"]):
            return False
        denominator = row["denominator"] if pd.notna(row["denominator"]) else 0
        if not (numerator or denominator):
            return False
        if self.is_internal:
            return True
        name = base_of(row["indicator"])
        return name in SHOWN_BY_THE_ANNEX and row["dimension"] in SHOWN_DIMENSIONS and row["scope"] == "period"

    @staticmethod
    def _is_first(indicator: str) -> bool:
        """Say whether a figure stands for its rows: of the statistics of a duration that is their number."""
        return indicator == base_of(indicator) or indicator.endswith("_n")

    def _entry(self, row: dict[str, Any], behind: pd.DataFrame | None, rest: pd.DataFrame) -> Entry:
        label = self._member(row["dimension"], row["member"]) if row["dimension"] else ""
        found = pd.DataFrame() if behind is None else behind
        name = base_of(row["indicator"])
        if name == "register_completeness":
            # Nearly every grievance has some of its cells filled; those that lack one are what one looks for.
            told = self.words.text("with a cell that is not filled: %(rows)s", rows=self._numbers(rest, name))
            return Entry(figure_id(*_key(row)), label, self.numbers.display(*_key(row)), Markup(escape(told)))
        told = self._numbers(found, name) if self.is_internal else self._annex_numbers(found) + self._twice(found, name)
        if len(rest):
            others = self._numbers(rest, name) if self.is_internal else self._annex_numbers(rest)
            told = self.words.text("%(rows)s; the rest of the denominator: %(others)s", rows=told, others=others)
        return Entry(figure_id(*_key(row)), label, self.numbers.display(*_key(row)), Markup(escape(told)))

    def _annex_numbers(self, rows: pd.DataFrame) -> Markup:
        """Write the numbers of the annex as links to its rows, neighbours as a stretch, and count what it lacks."""
        listed = (
            np.sort(rows["annex_no"].dropna().to_numpy(dtype="int64")) if len(rows) else np.array([], dtype="int64")
        )
        missing, text = len(rows) - len(listed), self.words.text
        begins = np.flatnonzero(np.diff(listed, prepend=-1) != 1)
        ends = np.append(begins[1:], len(listed))[: len(begins)]
        parts = [
            Markup("–").join(self._case(int(no)) for no in dict.fromkeys((listed[begin], listed[end - 1])))
            for begin, end in zip(begins[:MOST_STRETCHES], ends[:MOST_STRETCHES], strict=True)
        ]
        told = [Markup(", ").join(parts)] if parts else []
        more = int(len(listed) - ends[MOST_STRETCHES - 1]) if len(ends) > MOST_STRETCHES else 0
        if more:
            told.append(Markup(escape(text("and %(n)s more in the annex", n=more))))
        if missing:
            told.append(Markup(escape(text("not in the annex: %(n)s", n=missing))))
        return Markup("; ").join(told) if told else Markup(escape(text("none")))

    def _twice(self, rows: pd.DataFrame, name: str) -> Markup:
        """Say how many of the rows count twice, so that they add up to the figure; the annex tells not which."""
        column = Traces.column_of(name)
        twice = int((rows[column] > 1).sum()) if column in rows and name not in DAYS else 0
        if not twice:
            return Markup()
        told = self.words.plural("; %(n)s of them counts twice", "; %(n)s of them count twice", twice)
        return Markup(escape(told))

    def _case(self, no: int) -> Markup:
        """Link to a row of the annex, where the report has it: the rest stands in cases.csv alone."""
        shown = self.words.number(no)
        if no > self.project.settings.annex_rows:
            return escape(shown)
        return Markup('<a class="figure" href="#{}">{}</a>').format(case_id(no), shown)

    def _numbers(self, rows: pd.DataFrame, name: str) -> Markup:
        """Write registration numbers: those of a figure over days with their days, 7/2024 (3).

        A grievance that counts twice, since it was resolved again after it was reopened, is marked: 53/2024 (twice).
        """
        if not len(rows):
            return Markup(escape(self.words.text("none")))
        numbers = rows["registration_no"].array[:MOST_NUMBERS]
        if name in DAYS:
            days = rows[name].array[:MOST_NUMBERS]
            numbers = [f"{number} ({day})" for number, day in zip(numbers, days, strict=True)]
        elif (column := Traces.column_of(name)) in rows:
            often = rows[column].array[:MOST_NUMBERS] > 1
            numbers = [
                self.words.text("%(number)s (twice)", number=number) if is_twice else number
                for number, is_twice in zip(numbers, often, strict=True)
            ]
        told = escape(", ".join(numbers))
        if len(rows) > MOST_NUMBERS:
            more = self.words.text("and %(n)s more, in traces.parquet", n=len(rows) - MOST_NUMBERS)
            return Markup("{} {}").format(told, more)
        return told

    def _title(self, scope: str, dimension: str) -> str:
        text = self.words.text
        scopes = {
            "period": text("This period"),
            "previous": text("Previous period"),
            "cumulative": text("Total since the start"),
        }
        if not dimension:
            return scopes[scope] if self.is_internal else text("Rows of the annex")
        titles = {
            "channel": text("Channel"),
            "type": text("Type"),
            "status": text("Status"),
            "month": text("Month"),
            "working_days": text("Working days"),
            "age": text("Age in calendar days"),
        }
        title = titles.get(dimension) or text(dictionary()[COLUMN_OF[dimension]].title)
        return f"{scopes[scope]}: {title}" if self.is_internal else title

    def _member(self, dimension: str, member: str) -> str:
        if dimension in ("channel", "type", "status"):
            return labels(self.project, self.words, dimension).get(member, member)
        if member == NOT_STATED:
            return self.words.text("Not known") if dimension == "month" else self.words.text("Not stated")
        if dimension == "month":
            return self.words.short_month(date.fromisoformat(f"{member}-01"))
        return member.replace("-", "–") if dimension in ("age", "working_days") else member


def _key(row: dict[str, Any]) -> tuple[str, str, str, str]:
    return row["indicator"], row["scope"], row["dimension"], row["member"]

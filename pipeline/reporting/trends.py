"""The figures of a comparison: small multiples, the open grievances over time and the days to resolve."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

import pandas as pd

from pipeline.period import Scopes
from pipeline.project import Project
from pipeline.reporting.changes import interval_of
from pipeline.reporting.charts import Chart
from pipeline.reporting.figures import Panel, ranges, small_multiples, timeline
from pipeline.reporting.labels import title_of
from pipeline.reporting.numbers import Numbers
from pipeline.reporting.tables import Table, simple
from pipeline.reporting.words import Words

COUNTED = ("received", "eligible", "resolutions", "closing_stock", "resolution_working_days_median")
SHARES = ("resolution_rate", "within_service_standard", "acknowledged_on_time", "overdue")
_STATISTICS = ("n", "mean", "median", "p90", "max")
_MOST_TICKS = 9


@dataclass(frozen=True)
class Trends:
    """Draws the figures of one comparison; `joined` says which neighbours among the periods adjoin."""

    project: Project
    words: Words
    periods: Sequence[Scopes]
    numbers: Sequence[Numbers]
    joined: Sequence[bool]

    def _caption(self, no: int, what: str) -> str:
        return self.words.text("Figure %(no)s. %(what)s", no=no, what=what)

    def _names(self) -> list[str]:
        return [self.words.period(scopes.period) for scopes in self.periods]

    def _short(self) -> list[str]:
        """Name the periods for an axis: their codes, a range on two lines."""
        return [scopes.period.label.replace("..", "\n– ") for scopes in self.periods]

    # -- figure by figure over the periods ----------------------------------------------------------------------------

    def small_multiples(self, no: int) -> Chart:
        """Draw counts, shares and days over the periods; a share below `minimum_n` is a gap."""
        text = self.words.text
        caption = self._caption(no, text("The main figures over the periods"))
        counted = [name for name in COUNTED if self._is_given(name)]
        shares = [name for name in SHARES if self._is_given(name)]
        panels = [self._panel(name) for name in (*counted[:-1], *shares, *counted[-1:])]
        told = [
            f"{panel.title}: {self._told(name)}"
            for name, panel in zip((*counted[:-1], *shares, *counted[-1:]), panels, strict=True)
        ]
        picture = small_multiples(
            panels,
            self._short(),
            self.joined,
            caption=caption,
            alternative=f"{text('Small line charts, one a figure')}. {' '.join(told)}",
        )
        tables = [
            self._table(names, table_caption)
            for names, table_caption in (
                (counted, text("Numbers of figure %(no)s, counts and days", no=no)),
                (shares, text("Numbers of figure %(no)s, shares", no=no)),
            )
            if names
        ]
        return Chart(caption, picture, tables)

    def _is_given(self, name: str) -> bool:
        return any(str(one.row(name)["state"]) not in ("not_collected", "no_standard") for one in self.numbers)

    def _panel(self, name: str) -> Panel:
        values = [one.value(name) for one in self.numbers]
        is_share = name in SHARES
        short = [
            "" if value is None else self.words.percent(value) if is_share else self.words.number(value, 1)
            for value in values
        ]
        intervals = [interval_of(one.row(name), self.project) for one in self.numbers] if is_share else []
        return Panel(title_of(name, self.words), values, short, intervals, 100.0 if is_share else None)

    def _told(self, name: str) -> str:
        shown = [f"{period} {one.display(name)}" for period, one in zip(self._names(), self.numbers, strict=True)]
        return "; ".join(shown) + "."

    def _table(self, names: Sequence[str], caption: str) -> Table:
        headers = [self.words.text("Period"), *(title_of(name, self.words) for name in names)]
        rows = [
            [period, *(one.display(name) for name in names)]
            for period, one in zip(self._names(), self.numbers, strict=True)
        ]
        return simple(caption, headers, rows, numeric=range(1, len(headers)), kind="numbers")

    # -- the stock over time ------------------------------------------------------------------------------------------

    def stock(self, no: int, backlog: pd.DataFrame) -> Chart:
        """Draw how many grievances were open at the end of each month, from before the first period to the last."""
        text, words = self.words.text, self.words
        days = [date.fromisoformat(str(day)) for day in backlog["day"]]
        counts = [int(count) for count in backlog["open"]]
        caption = self._caption(no, text("Open grievances at the end of each month"))
        starts = [(scopes.current.start, short) for scopes, short in zip(self.periods, self._short(), strict=True)]
        is_crowded = len(self.periods) > 8
        months = [day for day in days if _ends_a_month(day)]
        step = -(-len(months) // _MOST_TICKS)
        picture = timeline(
            days,
            counts,
            [(day, "" if is_crowded else name) for day, name in starts],
            [(day, words.short_month(day)) for day in months[::step]],
            axis=text("Open grievances"),
            caption=caption,
            alternative=f"{text('Line chart')}. {caption}: "
            + "; ".join(f"{words.day(day)} {words.number(count)}" for day, count in zip(days, counts, strict=True))
            + ".",
        )
        return Chart(caption, picture, self._stock_tables(no, days, counts))

    def _stock_tables(self, no: int, days: Sequence[date], counts: Sequence[int]) -> list[Table]:
        text, words = self.words.text, self.words
        on = dict(zip(days, counts, strict=True))
        years = sorted({day.year for day in days if _ends_a_month(day)})
        ends = {year: [_month_end(year, month) for month in range(1, 13)] for year in years}
        names = [words.month_name(month) for month in range(1, 13)]
        rows = [[f"{year}", *(words.number(on[day]) if day in on else "" for day in ends[year])] for year in years]
        tables = [
            simple(
                text("Numbers of figure %(no)s, by the end of the month", no=no),
                [text("Year"), *names],
                rows,
                numeric=range(1, 13),
                kind="numbers months",
            )
        ]
        others = [[words.day(day), words.number(on[day])] for day in days if not _ends_a_month(day)]
        if others:
            headers = [text("Day"), text("Open grievances")]
            other_days = text("Numbers of figure %(no)s, other days", no=no)
            tables.append(simple(other_days, headers, others, numeric=[1], kind="numbers"))
        return [table for table in tables if table.groups[0]]

    # -- how long it took ---------------------------------------------------------------------------------------------

    def days(self, no: int) -> Chart:
        """Draw median and 90th percentile of the working days to resolve, period by period."""
        text = self.words.text
        caption = self._caption(no, text("Working days to resolve: median to 90th percentile"))
        spreads = [self._spread(one) for one in self.numbers]
        labels = [self._spread_label(one) for one in self.numbers]
        picture = ranges(
            self._short(),
            spreads,
            labels,
            legend=(text("Median"), text("90th percentile")),
            axis=text("Working days"),
            caption=caption,
            alternative=f"{text('Range chart')}. {caption}. "
            + " ".join(f"{period}: {label}." for period, label in zip(self._names(), labels, strict=True)),
        )
        headers = [
            text("Period"),
            text("Resolutions"),
            text("Mean"),
            text("Median"),
            text("90th percentile"),
            text("Maximum"),
        ]
        rows = [
            [period, *(one.display(f"resolution_working_days_{statistic}") for statistic in _STATISTICS)]
            for period, one in zip(self._names(), self.numbers, strict=True)
        ]
        table = simple(
            text("Numbers of figure %(no)s", no=no), headers, rows, numeric=range(1, len(headers)), kind="numbers"
        )
        return Chart(caption, picture if any(spreads) else None, [table])

    def _spread(self, numbers: Numbers) -> tuple[float, float] | None:
        low, high = (numbers.value(f"resolution_working_days_{name}") for name in ("median", "p90"))
        return None if low is None or high is None else (low, high)

    def _spread_label(self, numbers: Numbers) -> str:
        spread: Any = self._spread(numbers)
        if spread is None:
            return self.words.text("no resolution")
        low, high = (self.words.number(value, 1) for value in spread)
        count = numbers.count("resolution_working_days_n")
        return self.words.plural(
            "%(low)s to %(high)s, %(n)s resolution", "%(low)s to %(high)s, %(n)s resolutions", count, low=low, high=high
        )


def _month_end(year: int, month: int) -> date:
    return date(year + month // 12, month % 12 + 1, 1) - timedelta(days=1)


def _ends_a_month(day: date) -> bool:
    return (day + timedelta(days=1)).day == 1

"""The three figures of a report, each with its numbers in tables."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date

from pipeline.project import NOT_STATED, Project
from pipeline.reporting.figures import Picture, Series, bars, columns, largest
from pipeline.reporting.labels import labels
from pipeline.reporting.numbers import Numbers
from pipeline.reporting.tables import Cell, Table, simple
from pipeline.reporting.words import Words

_FEWEST_CLASSES = 6
"""Classes of working days that are shown at least, so that what lies near zero is seen as such."""


@dataclass(frozen=True)
class Chart:
    """A figure with its numbers; where every count is zero, or nothing is collected, there is no picture."""

    caption: str
    picture: Picture | None
    tables: list[Table]
    is_collected: bool = True


@dataclass(frozen=True)
class Charts:
    """Draws the figures of one report."""

    numbers: Numbers
    words: Words
    project: Project

    def all(self) -> list[Chart]:
        """Draw the figures in their order."""
        return [self.by_month(1), self.by_channel_and_type(2), self.by_days(3)]

    def by_month(self, no: int) -> Chart:
        """Draw what was received, month by month; those whose month is not known have a column of their own."""
        text, words = self.words.text, self.words
        months = self._members("month")
        first_days = [None if month == NOT_STATED else date.fromisoformat(f"{month}-01") for month in months]
        names = [words.month(day) if day else text("Month not known") for day in first_days]
        short = [words.short_month(day) if day else text("Not known") for day in first_days]
        series, totals = self._counted("month", months)
        caption = self._caption(no, text("Grievances received by month"))
        picture = columns(
            short,
            series,
            axis=text("Grievances"),
            caption=caption,
            alternative=f"{text('Column chart')}. {caption}: {self._told(names, totals)}",
        )
        table = self._table(text("Numbers of figure %(no)s", no=no), text("Month"), "month", months, names)
        return Chart(caption, picture if any(totals) else None, [table])

    def by_channel_and_type(self, no: int) -> Chart:
        """Draw what was received by channel and by type."""
        text = self.words.text
        panels, tables, told, received = [], [], [], 0
        for dimension, title, table_caption in (
            ("channel", text("Channel"), text("Numbers of figure %(no)s, by channel", no=no)),
            ("type", text("Type"), text("Numbers of figure %(no)s, by type", no=no)),
        ):
            if not self.numbers.is_collected("received", dimension):
                told.append(f"{title}: {text('not collected')}.")
                tables.append(simple(table_caption, [title], [[text("not collected")]], kind="numbers"))
                continue
            known, members = labels(self.project, self.words, dimension), self._members(dimension)
            names = [known[code] for code in members]
            series, totals = self._counted(dimension, members)
            received += sum(totals)
            panels.append((title, *self._folded(names, series, totals)))
            told.append(f"{title}: {self._told(names, totals)}")
            tables.append(self._table(table_caption, title, dimension, members, names))
        caption = self._caption(no, text("Grievances received by channel and by type"))
        if not received:
            return Chart(caption, None, tables, is_collected=bool(panels))
        picture = bars(
            panels,
            axis=text("Grievances"),
            caption=caption,
            alternative=f"{text('Bar chart')}. {caption}. {' '.join(told)}",
        )
        return Chart(caption, picture, tables)

    def by_days(self, no: int) -> Chart:
        """Draw in how many working days the grievances were resolved."""
        text = self.words.text
        counted = self.numbers.members("resolution_working_days_n", "working_days")
        last = max((place for place, count in enumerate(counted.values()) if count), default=0)
        shown = list(counted.items())[: max(last + 1, _FEWEST_CLASSES)]
        names, counts = [member.replace("-", "–") for member, _ in shown], [count for _, count in shown]
        caption = self._caption(no, text("Working days from receipt to resolution"))
        picture = columns(
            names,
            [Series(text("Resolutions"), counts)],
            axis=text("Resolutions"),
            caption=caption,
            alternative=f"{text('Column chart')}. {caption}: {self._told(names, counts)}",
        )
        rows = [
            [name, self.numbers.linked("resolution_working_days_n", "period", "working_days", member)]
            for name, (member, _) in zip(names, shown, strict=True)
        ]
        headers = [text("Working days"), text("Resolutions")]
        table = simple(text("Numbers of figure %(no)s", no=no), headers, rows, numeric=[1], kind="numbers")
        return Chart(caption, picture if any(counts) else None, [table, self._spread(no)])

    def _spread(self, no: int) -> Table:
        text = self.words.text
        statistics = [
            (text("Mean"), "mean"),
            (text("Median"), "median"),
            (text("90th percentile"), "p90"),
            (text("Maximum"), "max"),
        ]
        rows = [[label, self.numbers.linked(f"resolution_working_days_{name}")] for label, name in statistics]
        headers = [text("Statistic"), text("Working days")]
        return simple(text("Numbers of figure %(no)s, their spread", no=no), headers, rows, numeric=[1], kind="numbers")

    def _caption(self, no: int, what: str) -> str:
        return self.words.text("Figure %(no)s. %(what)s", no=no, what=what)

    def _members(self, dimension: str) -> list[str]:
        """Give the members in the table's order; what is not stated only where there is such a grievance."""
        received = self.numbers.members("received", dimension)
        return [member for member, count in received.items() if member != NOT_STATED or count]

    def _folded(
        self, names: Sequence[str], series: Sequence[Series], totals: Sequence[int]
    ) -> tuple[list[str], list[Series]]:
        """Put the smallest of very many bars together in one, for the figure alone; its table has each of them."""
        shown = largest(totals)
        rest = [place for place in range(len(names)) if place not in set(shown)]
        if not rest:
            return list(names), list(series)
        others = self.words.plural("%(n)s other", "%(n)s others", len(rest))
        counted = [
            Series(one.name, [*(one.counts[place] for place in shown), sum(one.counts[place] for place in rest)])
            for one in series
        ]
        return [*(names[place] for place in shown), others], counted

    def _kinds(self) -> list[tuple[str, str]]:
        """Give the kinds of grievance that are told apart, with their labels: those that the register can tell."""
        text = self.words.text
        kinds = [("eligible", text("Eligible"))]
        if self.numbers.is_collected("unrelated"):
            kinds.append(("unrelated", text("Unrelated")))
        if self.numbers.count("duplicate"):
            kinds.append(("duplicate", text("Duplicate")))
        return kinds

    def _counted(self, dimension: str, members: Sequence[str]) -> tuple[list[Series], list[int]]:
        """Count the members by kind of grievance, and all that were received of each."""

        def counts(indicator: str) -> list[int]:
            counted = self.numbers.members(indicator, dimension)
            return [counted[member] for member in members]

        return [Series(label, counts(indicator)) for indicator, label in self._kinds()], counts("received")

    def _told(self, names: Iterable[str], counts: Iterable[int]) -> str:
        return "; ".join(f"{name} {self.words.number(count)}" for name, count in zip(names, counts, strict=True)) + "."

    def _table(self, caption: str, first: str, dimension: str, members: Sequence[str], names: Sequence[str]) -> Table:
        shown = [*self._kinds(), ("received", self.words.text("Received"))]
        head = [Cell(first, "col"), *(Cell(label, "col", numeric=True) for _, label in shown)]
        rows = [
            [
                Cell(name, "row"),
                *(Cell(self.numbers.linked(kind, "period", dimension, member), numeric=True) for kind, _ in shown),
            ]
            for member, name in zip(members, names, strict=True)
        ]
        return Table(caption, [head], [rows], "numbers")

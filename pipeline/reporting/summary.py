"""The summary table: this period, the previous one and the total, by status, channel and type."""

from __future__ import annotations

from dataclasses import dataclass, replace

from pipeline.period import Scopes
from pipeline.project import NOT_STATED, Project
from pipeline.reporting import narrative
from pipeline.reporting.labels import labels
from pipeline.reporting.numbers import Numbers
from pipeline.reporting.tables import Cell, Table
from pipeline.reporting.words import Words

MOST_COLUMNS_UPRIGHT = 14
"""Columns that an upright page holds; a table with more is printed on a page that lies."""
_SCOPES = ("period", "previous", "cumulative")


@dataclass(frozen=True)
class Summary:
    """Makes the summary table of one report."""

    numbers: Numbers
    words: Words
    project: Project
    scopes: Scopes

    @property
    def is_wide(self) -> bool:
        """Whether the table needs a page that lies."""
        return 2 + sum(len(codes) for _, codes in self._columns().values()) > MOST_COLUMNS_UPRIGHT

    def table(self) -> Table:
        """Make the table; every channel and type has its column, and a scope that does not exist says why."""
        text, columns = self.words.text, self._columns()
        head = [
            [
                Cell(text("Status"), "col", rowspan=2),
                Cell(text("Total"), "col", rowspan=2, numeric=True),
                *(Cell(title, "colgroup", colspan=len(codes)) for title, codes in columns.values() if codes),
            ],
            [Cell(label, "col", numeric=True) for _, codes in columns.values() for label in codes.values()],
        ]
        if not columns:
            head = [[replace(cell, rowspan=1) for cell in head[0]]]
        groups = [self._group(scope, columns) for scope in _SCOPES]
        return Table(text("Grievances by status, channel and type"), head, groups, "summary")

    def not_collected(self) -> list[str]:
        """Name the dimensions by which the table cannot be broken down, since the register lacks them."""
        return [title for dimension, title in self._titles() if not self.numbers.is_collected("received", dimension)]

    def _titles(self) -> list[tuple[str, str]]:
        return [("channel", self.words.text("Channel")), ("type", self.words.text("Type"))]

    def _there(self) -> list[str]:
        return [scope for scope in _SCOPES if self.numbers.has("received", scope)]

    def _columns(self) -> dict[str, tuple[str, dict[str, str]]]:
        """Give each dimension's heading and the labels of its columns by code."""
        found = {}
        for dimension, title in self._titles():
            if not self.numbers.is_collected("received", dimension):
                continue
            codes = labels(self.project, self.words, dimension)
            if not any(self.numbers.count("received", scope, dimension, NOT_STATED) for scope in self._there()):
                del codes[NOT_STATED]
            found[dimension] = (title, codes)
        return found

    def _group(self, scope: str, columns: dict[str, tuple[str, dict[str, str]]]) -> list[list[Cell]]:
        width = 2 + sum(len(codes) for _, codes in columns.values())
        heading = [Cell(self._heading(scope), "rowgroup", colspan=width)]
        if scope not in self._there():
            return [heading, [Cell(narrative.before_this(self.numbers, self.words, self.scopes), colspan=width)]]
        rows = [heading]
        for name, label in self._statuses():
            total = Cell(self.numbers.linked(name, scope), numeric=True)
            if not self.numbers.is_collected(name, scope=scope):
                rows.append([Cell(label, "row"), Cell(total.text, colspan=width - 1)])
                continue
            counts = [
                Cell(self.numbers.linked(name, scope, dimension, code), numeric=True)
                for dimension, (_, codes) in columns.items()
                for code in codes
            ]
            rows.append([Cell(label, "row"), total, *counts])
        return rows

    def _statuses(self) -> list[tuple[str, str]]:
        known, text = labels(self.project, self.words, "status"), self.words.text
        always = ("unrelated", "in_progress", "resolved")
        others = ("duplicate", "rejected", "withdrawn", "status_not_stated")
        there = [name for name in others if any(self.numbers.count(name, scope) for scope in self._there())]
        return [(name, known.get(name, text("Status not stated"))) for name in (*always, *there)] + [
            ("received", text("All received"))
        ]

    def _heading(self, scope: str) -> str:
        text, scopes = self.words.text, self.scopes
        if scope == "period":
            return f"{text('This period')} ({self.words.span(scopes.current.start, scopes.current.counted_to)})"
        if scope == "previous":
            if scopes.previous is None:
                return text("Previous period")
            return f"{text('Previous period')} ({self.words.span(scopes.previous.start, scopes.previous.end)})"
        since = self.words.span(scopes.cumulative.start, scopes.cumulative.counted_to)
        return f"{text('Total since the start')} ({since})"

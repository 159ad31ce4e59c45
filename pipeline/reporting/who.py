"""Who came: the tables by sex, place and vulnerable group, with a mark in the place of what is left out.

The rule is explained in docs/disclosure-control.md; nothing here knows a figure that is not shown.
"""

from __future__ import annotations

from dataclasses import dataclass

import pandas as pd
from markupsafe import Markup

from pipeline.indicators.groups import COUNTED, SCOPES
from pipeline.indicators.protected import BESIDE, SUPPRESSED, WITHHELD, dimension_names
from pipeline.indicators.published import DISCLOSED, figures_of
from pipeline.project import NOT_STATED, Project
from pipeline.reporting.labels import dimension_title
from pipeline.reporting.numbers import Numbers
from pipeline.reporting.tables import Table, simple
from pipeline.reporting.words import Words
from pipeline.stage import Stage

MARK = "[c]"
"""What stands in the place of a figure that is left out: 'confidential', as statistical offices write it."""


def disclosed(stage: Stage) -> pd.DataFrame:
    """Read what may be shown by the protected dimensions; the columns of the internal indicators.csv."""
    stage.load(DISCLOSED)  # for the error that says which stage is missing
    return figures_of(stage.path("internal", DISCLOSED).read_bytes())


@dataclass(frozen=True)
class Who:
    """Looks up the tables; `shown` is that of `disclosed`."""

    shown: pd.DataFrame
    numbers: Numbers
    words: Words
    project: Project

    @property
    def dimensions(self) -> list[str]:
        """The tables of which there is anything to tell, in the order of project.yml."""
        there = set(self.shown["dimension"])
        return [name for name in dimension_names(self.project.settings.disclosure) if name in there]

    @property
    def has_marks(self) -> bool:
        """Whether a mark stands in any of the tables."""
        return bool(self.shown["state"].isin((SUPPRESSED, WITHHELD)).any())

    def parts(self) -> list[tuple[str, Table | None]]:
        """Return each table with its title; None where none of its figures can be shown."""
        return [(self._title(name), self._table(name)) for name in self.dimensions]

    def _title(self, name: str) -> str:
        titles = [dimension_title(part, self.words) for part in self._parts(name)]
        if len(titles) == 1:
            return self.words.text("By %(dimension)s", dimension=titles[0])
        return self.words.text("By %(dimension)s and %(other)s", dimension=titles[0], other=titles[1])

    def _parts(self, name: str) -> tuple[str, ...]:
        return dimension_names(self.project.settings.disclosure)[name]

    def _table(self, name: str) -> Table | None:
        text, mine = self.words.text, self.shown[self.shown["dimension"] == name]
        if (mine["state"] == WITHHELD).all():
            return None
        columns = [(indicator, scope) for scope in SCOPES for indicator in COUNTED]
        figures = {
            (row["indicator"], row["scope"], row["member"]): MARK if row["state"] == SUPPRESSED else int(row["value"])
            for row in mine.to_dict("records")
            if row["member"]
        }
        parts = self._parts(name)
        rows = []
        for member in dict.fromkeys(mine.loc[mine["member"] != "", "member"]):
            cells = [figures.get((*column, member), MARK) for column in columns]
            if any(cells) or not member.endswith(NOT_STATED):
                names = member.split(BESIDE, 1) if len(parts) > 1 else [member]
                rows.append([*map(self._named, names), *(self._cell(cell) for cell in cells)])
        total: list[str | Markup] = [text("Total"), *[""] * (len(parts) - 1)]
        rows.append([*total, *(self.numbers.linked(*column) for column in columns)])
        headings = {
            ("received", "period"): text("Received"),
            ("eligible", "period"): text("Eligible"),
            ("received", "cumulative"): text("Received since the start"),
            ("eligible", "cumulative"): text("Eligible since the start"),
        }
        headers = [self._heading(part) for part in parts] + [headings[column] for column in columns]
        numeric = list(range(len(parts), len(headers)))
        return simple(self._title(name), headers, rows, numeric=numeric, kind="counts")

    def _cell(self, cell: str | int) -> str:
        return cell if isinstance(cell, str) else self.words.number(cell)

    def _named(self, member: str) -> str:
        return self.words.text("Not stated") if member == NOT_STATED else member

    def _heading(self, part: str) -> str:
        text = self.words.text
        return {
            "sex": text("Sex"),
            "location": text("Location"),
            "vulnerable_group": text("Vulnerable group"),
        }[part]

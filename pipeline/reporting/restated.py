"""Figures that were published and would be said otherwise today, as the report tells them."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import pandas as pd
from markupsafe import Markup

from pipeline.indicators.definitions import base_of
from pipeline.indicators.published import Published, changed_rules, of_previous, rules_in_force
from pipeline.indicators.restatement import UNLISTED
from pipeline.period import Scopes
from pipeline.project import Project
from pipeline.reporting.labels import labels, rule_names, title_of
from pipeline.reporting.numbers import display
from pipeline.reporting.tables import Cell, Table
from pipeline.reporting.words import Words

PUBLIC_COLUMNS = (
    "published_period",
    "scope",
    "indicator",
    "dimension",
    "member",
    "published",
    "now",
    "difference",
    "why",
)
"""The columns of public/restatement.csv: a row a figure; `difference` is in the figure's unit, points for a share."""
_OF = {"percent": 100, "per_1000": 1000}
"""Of how many a rate tells, by its unit."""
_KEYS = ["published_period", "scope", "indicator", "dimension", "member"]
_IN_THE_REPORT = ("", "channel", "type")
_MOST_NUMBERS = 20


@dataclass(frozen=True)
class Told:
    """What the section says of one record: sentences before and after a table, which may be missing."""

    before: str
    table: Table | None
    after: str


@dataclass(frozen=True)
class Restated:
    """Tells of one report's records; `table` has the columns of `restatement.COLUMNS`."""

    records: Sequence[Published]
    table: pd.DataFrame
    collected: Sequence[str]
    words: Words
    project: Project
    scopes: Scopes
    prints_numbers: bool = False
    """Whether the registration numbers of the grievances that moved a figure are printed."""

    def told(self) -> list[Told]:
        """Tell of each record, that of the period itself first."""
        return [self._told(record) for record in self.records]

    def public(self) -> pd.DataFrame:
        """Return public/restatement.csv: every figure that differs, of all scopes."""
        rows = [
            {
                **{name: figure[0][name] for name in _KEYS},
                "published": self._display(figure[0], "published"),
                "now": self._display(figure[0], "now"),
                "difference": self._difference(figure[0]),
                "why": self._why(figure),
            }
            for figure in self._figures
        ]
        table = pd.DataFrame(rows, columns=list(PUBLIC_COLUMNS))
        return table.assign(difference=table["difference"].astype("Float64"))

    @cached_property
    def _figures(self) -> list[list[dict[str, Any]]]:
        """The rows of each figure that differs, in the table's order."""
        table = self.table.fillna({"dimension": "", "member": "", "rows": ""})
        table = table.astype({name: "str" for name in ("published_period", "dimension", "member", "rows")})
        found: dict[tuple[Any, ...], list[dict[str, Any]]] = {}
        for row in table.to_dict("records"):
            found.setdefault(tuple(row[name] for name in _KEYS), []).append({str(k): v for k, v in row.items()})
        return list(found.values())

    def _told(self, record: Published) -> Told:
        text, plural = self.words.text, self.words.plural
        mine = [figure for figure in self._figures if figure[0]["published_period"] == record.label]
        shown = [
            figure for figure in mine if figure[0]["scope"] == "period" and figure[0]["dimension"] in _IN_THE_REPORT
        ]
        before = [self._opening(record)]
        if not mine:
            before.append(text("Computed anew as of the same day, none of them differs."))
        else:
            before.append(text("What changed since: %(what)s.", what=self.words.listed(self._behind(mine))))
        if shown:
            before.append(text("Computed anew as of the same day, these figures differ:"))
        after = []
        if len(mine) > len(shown):
            after.append(
                plural(
                    "%(n)s more figure that differs, of a finer breakdown or another span of time, is in the file "
                    "restatement.csv.",
                    "%(n)s more figures that differ, of a finer breakdown or another span of time, are in the file "
                    "restatement.csv.",
                    len(mine) - len(shown),
                )
            )
        if any(row["reason"] == "rule_changed" for figure in mine for row in figure):
            after.append(text("Rules that have changed since: %(rules)s.", rules=self._rules(record)))
        return Told(" ".join(before), self._table(record, shown) if shown else None, " ".join(after))

    def _behind(self, figures: list[list[dict[str, Any]]]) -> list[str]:
        """Say how many grievances stand behind the figures that differ, by reason, each counted once a reason."""
        numbers: dict[str, set[str]] = {}
        most: dict[str, int] = {}
        for row in (row for figure in figures for row in figure):
            listed = numbers.setdefault(row["reason"], set())
            listed |= {re.sub(r" \([^()]*\)$", "", one) for one in row["rows"].split("; ") if one}
            counted = 0 if pd.isna(row["grievances"]) else int(row["grievances"])
            most[row["reason"]] = max(most.get(row["reason"], 0), counted)
        return [self._reason(reason, len(listed) or most[reason]) for reason, listed in numbers.items()]

    @property
    def previous_differs(self) -> bool:
        """Whether the previous period is given as published, and differs from what is counted now."""
        former = of_previous(self.scopes, self.records)
        return former is not None and any(figure[0]["published_period"] == former.label for figure in self._figures)

    def _opening(self, record: Published) -> str:
        text = self.words.text
        span = self.words.span(record.current.start, record.current.end)
        if record.label == self.scopes.period.label:
            return text("The figures of this period (%(span)s) were published before.", span=span)
        if record.current == self.scopes.previous:
            return text(
                "The figures of the previous period (%(span)s) are given in this report as they were published.",
                span=span,
            )
        return text(
            "The figures of the previous period were published for %(span)s. Its window is another one now, so this "
            "report gives them as computed anew.",
            span=span,
        )

    def _rules(self, record: Published) -> str:
        names = rule_names(self.words)
        changed = changed_rules(record.rules, rules_in_force(self.project, self.collected))
        return self.words.listed([names[name] for name in changed] or [self.words.text("the program")])

    def _table(self, record: Published, figures: list[list[dict[str, Any]]]) -> Table:
        text = self.words.text
        headers = [text("Figure"), text("Published"), text("Now"), text("Difference"), text("Why")]
        numeric = (1, 2, 3)
        head = [[Cell(header, "col", numeric=place in numeric) for place, header in enumerate(headers)]]
        body = []
        for figure in figures:
            cells = (
                self._display(figure[0], "published"),
                self._display(figure[0], "now"),
                self._signed(figure[0]),
            )
            body.append(
                [
                    Cell(self._name(figure[0]), "row"),
                    *(Cell(cell, numeric=True) for cell in cells),
                    Cell(self._why(figure)),
                ]
            )
        caption = text("Restated figures: %(period)s", period=self.words.span(record.current.start, record.current.end))
        return Table(caption, head, [body], widths=(26, 14, 14, 10, 36))

    def _name(self, row: dict[str, Any]) -> Markup:
        """Name a figure, as a link to its definition."""
        name = title_of(row["indicator"], self.words)
        if row["dimension"]:
            known = labels(self.project, self.words, row["dimension"])
            name = f"{name}: {known.get(row['member'], row['member'])}"
        return Markup('<a class="figure" href="#{}">{}</a>').format(base_of(row["indicator"]), name)

    def _display(self, row: dict[str, Any], side: str) -> str:
        value, of = row[side], row[f"{side}_of"]
        is_rate = row["unit"] in _OF
        figure = {
            "indicator": row["indicator"],
            "state": row[f"{side}_state"],
            "value": _rate(row, side) if is_rate else value,
            "numerator": value,
            "denominator": of if is_rate else None,
            "unit": row["unit"],
        }
        return display(figure, self.words)

    def _difference(self, row: dict[str, Any]) -> float | None:
        """Return the difference in the figure's unit; None where one side gives no value."""
        if row["published_state"] != "stated" or row["now_state"] != "stated":
            return None
        if row["unit"] not in _OF:
            return float(row["now"]) - float(row["published"])
        return _rate(row, "now") - _rate(row, "published")

    def _signed(self, row: dict[str, Any]) -> str:
        difference = self._difference(row)
        if difference is None:
            return "–"
        is_rate = row["unit"] == "percent"
        number = self.words.number(abs(difference), {"percent": 1, "count": 0}.get(str(row["unit"]), 2))
        signed = f"{'−' if difference < 0 else '+'}{number}"
        return self.words.text("%(number)s points", number=signed) if is_rate else signed

    def _why(self, figure: list[dict[str, Any]]) -> str:
        parts = []
        for row in figure:
            told = self._reason(row["reason"], 0 if pd.isna(row["grievances"]) else int(row["grievances"]))
            listed = self._numbers(row)
            parts.append(f"{told} ({listed})" if listed else told)
        return "; ".join(parts)

    def _reason(self, reason: str, n: int) -> str:
        text, plural = self.words.text, self.words.plural
        if reason == "rule_changed":
            return text("a rule changed")
        if reason == "unexplained":
            return text("not explained by single grievances")
        messages = {
            "registered_since": plural("%(n)s registered since", "%(n)s registered since", n),
            "no_longer_counted": plural("%(n)s no longer counted", "%(n)s no longer counted", n),
            "receipt_changed": plural("%(n)s date of receipt changed", "%(n)s dates of receipt changed", n),
            "relation_changed": plural("%(n)s relation changed", "%(n)s relations changed", n),
            "reopened": plural("%(n)s reopened", "%(n)s reopened", n),
            "status_changed": plural("%(n)s status changed", "%(n)s statuses changed", n),
            "dates_changed": plural("%(n)s with other dates changed", "%(n)s with other dates changed", n),
            "retyped": plural("%(n)s retyped", "%(n)s retyped", n),
            "channel_changed": plural("%(n)s channel changed", "%(n)s channels changed", n),
            "details_changed": plural("%(n)s with other entries changed", "%(n)s with other entries changed", n),
        }
        return messages[reason]

    def _numbers(self, row: dict[str, Any]) -> str:
        if not self.prints_numbers or row["reason"] in UNLISTED or not row["rows"]:
            return ""
        numbers = [re.sub(r" \([^()]*\)$", "", one) for one in row["rows"].split("; ")]
        more = len(numbers) - _MOST_NUMBERS
        listed = ", ".join(numbers[:_MOST_NUMBERS])
        return self.words.text("%(numbers)s and %(n)s more", numbers=listed, n=more) if more > 0 else listed


def _rate(row: dict[str, Any], side: str) -> float:
    denominator = row[f"{side}_of"]
    return _OF[row["unit"]] * float(row[side]) / float(denominator) if denominator else float("nan")

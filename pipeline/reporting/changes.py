"""The main figures of periods side by side, with what changed by the rule of change."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import pandas as pd
from markupsafe import Markup, escape

from pipeline.indicators.change import COMPARED, changes, wilson
from pipeline.indicators.definitions import definitions
from pipeline.period import Scopes, Window
from pipeline.project import Change as NamedChange
from pipeline.project import Project
from pipeline.reporting.labels import title_of
from pipeline.reporting.numbers import Numbers, display
from pipeline.reporting.tables import Cell, Table
from pipeline.reporting.words import Words, half_up

COUNTS = ("received", "unrelated", "eligible", "resolutions", "closing_stock")
RATES = (
    "resolution_rate",
    "resolution_rate_all",
    "within_service_standard",
    "severe_within_service_standard",
    "acknowledged_on_time",
    "same_day",
    "outcome_communicated",
    "satisfied",
    "unrelated_referred",
    "anonymous",
    "overdue",
    "clearance_ratio",
)
"""All rates that the rule of change is for, so that what is said of them can be read in the table, and two more."""
DURATIONS = ("resolution_working_days_median", "resolution_working_days_p90")
MAIN = (*COUNTS, *RATES, *DURATIONS)
"""The figures that are set side by side; those that no period can give are left out."""
_GIVEN = ("stated", "below_minimum", "not_applicable")


@dataclass(frozen=True)
class Side:
    """A period in a table of several: its heading and its headline rows, one an indicator; `link` leads to a figure."""

    heading: str
    rows: pd.DataFrame
    link: Callable[[str], Markup] | None = None

    @classmethod
    def of(
        cls, heading: str, table: pd.DataFrame, scope: str = "period", link: Callable[[str], Markup] | None = None
    ) -> Side:
        """Take the headlines of a scope from the tidy table."""
        chosen = table[(table["scope"] == scope) & (table["dimension"].fillna("") == "")]
        return cls(heading, chosen.reset_index(drop=True), link)

    def row(self, indicator: str) -> dict[str, Any]:
        """Return the row of an indicator."""
        return dict(self.rows[self.rows["indicator"] == indicator].iloc[0])

    def shown(self, indicator: str, words: Words) -> Markup:
        """Write an indicator, with its link where there is one."""
        return self.link(indicator) if self.link else escape(display(self.row(indicator), words))


@dataclass(frozen=True)
class Change:
    """What the rule says of the later of two periods against the former one; `table` is that of `changes`."""

    heading: str
    table: pd.DataFrame
    is_told: bool = True

    def row(self, indicator: str) -> dict[str, Any] | None:
        """Return the row of an indicator, or None where one of the two periods does not have it."""
        found = self.table[self.table["indicator"] == indicator]
        return dict(found.iloc[0]) if len(found) else None


def change_between(former: Side, later: Side, project: Project, *, heading: str, is_independent: bool = True) -> Change:
    """Apply the rule of change to the headlines of two periods."""
    table = changes(former.rows, later.rows, project.settings.minimum_n, is_independent=is_independent)
    return Change(heading, table, is_independent)


def shown_indicators(sides: Sequence[Side]) -> list[str]:
    """Return which of `MAIN` at least one period can give."""
    return [name for name in MAIN if any(side.row(name)["state"] in _GIVEN for side in sides)]


def side_by_side(sides: Sequence[Side], change: Change | None, words: Words, project: Project, caption: str) -> Table:
    """Make the table: one row an indicator, one column a period, the change as the last column."""
    text = words.text
    headings = [side.heading for side in sides] + ([change.heading] if change else [])
    head = [[Cell(text("Figure"), "col"), *(Cell(heading, "col", numeric=True) for heading in headings)]]
    groups = []
    for family in (COUNTS, RATES, DURATIONS):
        rows = []
        for name in [one for one in shown_indicators(sides) if one in family]:
            cells: list[str | Markup] = [figure_cell(side, name, words, project) for side in sides]
            if change:
                cells.append(change_cell(change.row(name), change.is_told, words))
            rows.append([Cell(title_of(name, words), "row"), *(Cell(cell, numeric=True) for cell in cells)])
        groups.append(rows)
    return Table(caption, head, [rows for rows in groups if rows], "compared")


def figure_cell(side: Side, indicator: str, words: Words, project: Project) -> Markup:
    """Write a figure with, below a rate that the rule is for, its 95 % interval."""
    shown = side.shown(indicator, words)
    interval = interval_of(side.row(indicator), project)
    if interval is None:
        return shown
    low, high = (words.number(limit) for limit in interval)
    return shown + _below(words.text("95 %%: %(low)s to %(high)s %%", low=low, high=high))


def interval_of(row: dict[str, Any], project: Project) -> tuple[float, float] | None:
    """Return the Wilson interval of a rate (0-100), or None below `minimum_n` and for what the rule is not for."""
    if row["indicator"] not in COMPARED or row["state"] != "stated":
        return None
    low, high = wilson(row["numerator"], row["denominator"])
    return float(low), float(high)


def change_cell(row: dict[str, Any] | None, is_told: bool, words: Words) -> str | Markup:
    """Write a change: the difference, the word of the rule and the interval that the word rests on."""
    text = words.text
    if row is None or (not is_told and row["indicator"] in COMPARED):
        return text("not compared")
    verdicts = verdict_words(words)
    if row["verdict"] == "too_few":
        return verdicts["too_few"]
    if pd.isna(row["difference"]):
        return text("not compared")
    shown = difference(row["difference"], row["unit"], words)
    if not row["verdict"]:
        return shown
    low, high = signed(row["low"], 1, words), signed(row["high"], 1, words)
    word = Markup('<strong class="{}">{}</strong>').format(row["verdict"], verdicts[row["verdict"]])
    return word + _below(text("%(difference)s (%(low)s to %(high)s)", difference=shown, low=low, high=high))


def verdict_words(words: Words) -> dict[str, str]:
    """Return what the rule says, in words."""
    text = words.text
    return {
        "improved": text("improved"),
        "worsened": text("worsened"),
        "rose": text("rose"),
        "fell": text("fell"),
        "no_clear_change": text("no clear change"),
        "too_few": text("too few to compare"),
    }


def difference(value: float, unit: str, words: Words) -> str:
    """Write a difference with its sign, that of rates in percentage points."""
    if unit == "percent":
        return words.text("%(difference)s points", difference=signed(value, 1, words))
    return signed(value, 0 if unit == "count" else 2, words)


def signed(value: float, decimals: int, words: Words) -> str:
    """Write a number with its sign; nothing has none."""
    rounded = half_up(value, decimals)
    written = words.number(abs(value), decimals)
    return written if rounded == 0 else f"+{written}" if rounded > 0 else f"−{written}"


def summary_of(change: Change, words: Words) -> str:
    """Say in a sentence or two which rates changed by the rule, in the order of the table."""
    judged = change.table[change.table["verdict"].ne("") & change.table["indicator"].isin(RATES)]
    judged = judged.set_index("indicator").reindex([name for name in RATES if name in set(judged["indicator"])])
    verdicts = verdict_words(words)
    clear = judged[~judged["verdict"].isin(("no_clear_change", "too_few"))]
    told = [f"{title_of(name, words)} ({verdicts[row['verdict']]})" for name, row in clear.iterrows()]
    if told:
        sentences = [words.text("Changed by the rule of change: %(what)s.", what=words.listed(told))]
    elif (judged["verdict"] == "no_clear_change").any():
        sentences = [words.text("None of the rates that the rule of change is for changed clearly.")]
    else:
        sentences = [words.text("No rate has enough grievances in both periods to be compared.")]
    few = [title_of(name, words) for name, row in judged.iterrows() if row["verdict"] == "too_few"]
    if few and len(few) < len(judged):
        sentences.append(words.text("Too few to compare: %(what)s.", what=words.listed(few)))
    return " ".join(sentences)


@dataclass(frozen=True)
class Compared:
    """What the report's section on the previous period shows; without a previous period a sentence alone."""

    sentence: str
    remarks: list[str]
    table: Table | None


def beside_previous(numbers: Numbers, words: Words, project: Project, scopes: Scopes) -> Compared:
    """Set the period beside the previous one."""
    text = words.text
    if scopes.previous is None or scopes.previous_period is None:
        return Compared(text("There is no previous period: the mechanism did not exist yet."), [], None)
    periods = (scopes.previous_period, scopes.period)
    former_name, later_name = (words.period(one.since(project.settings.grm_start)) for one in periods)
    former = Side.of(former_name, numbers.table, "previous", lambda name: numbers.linked(name, "previous"))
    later = Side.of(later_name, numbers.table, link=numbers.linked)
    change = change_between(former, later, project, heading=text("Change"))
    table = side_by_side([former, later], change, words, project, text("The main figures of the two periods"))
    return Compared(summary_of(change, words), _remarks(scopes, scopes.previous, words, project), table)


def _remarks(scopes: Scopes, previous: Window, words: Words, project: Project) -> list[str]:
    """Say what makes the two windows unlike: one cut at the start of the mechanism, or counted before its end."""
    text, found = words.text, []
    if scopes.previous_period and previous.start > scopes.previous_period.start:
        found.append(
            text(
                "The previous period is shorter, since the mechanism began on %(start)s: counts are not of equally "
                "long periods.",
                start=project.settings.grm_start,
            )
        )
    if scopes.current.is_provisional:
        found.append(
            text(
                "This period is counted only up to %(day)s, so that its grievances had less time to be resolved than "
                "those of the previous one.",
                day=scopes.current.counted_to,
            )
        )
    return [*found, *on_named_changes(words, project, [previous, scopes.current])]


def on_named_changes(words: Words, project: Project, windows: Sequence[Window]) -> list[str]:
    """Say which of the changes that the project has named came between the first and the last day of two windows.

    A change of standard is told in any case where a window began before it, since earlier figures are then judged by a
    standard that was not theirs.
    """
    first, last = min(one.start for one in windows), max(one.counted_to for one in windows)
    kinds = kinds_of_change(words)
    told = [
        words.text(
            "A change that the project has named, from %(day)s on (%(kind)s): %(what)s.",
            day=change.date,
            kind=kinds[change.what],
            what=change.text.rstrip("."),
        )
        for change in named_changes(project)
        if first < change.date <= last
    ]
    return told + on_standards(words, project, windows)


def on_standards(words: Words, project: Project, windows: Sequence[Window]) -> list[str]:
    """Say of each named change of standard after the begin of a window how the figures before it are to be read."""
    return [
        words.text(
            "The standard changed on %(day)s: '%(title)s' of earlier periods says how they would have done by today's "
            "standard, not whether the standard of their time was met.",
            day=change.date,
            title=words.text(definitions()["within_service_standard"].title),
        )
        for change in named_changes(project)
        if change.what == "standard" and any(one.start < change.date for one in windows)
    ]


def named_changes(project: Project) -> list[NamedChange]:
    """Return the changes that the project has named, in the order of their days."""
    return sorted(project.settings.changes, key=lambda change: (change.date, change.what, change.text))


def kinds_of_change(words: Words) -> dict[str, str]:
    """Return what the kinds of changes are called that project.yml can name."""
    text = words.text
    return {
        "definition": text("Definition"),
        "calendar": text("Calendar"),
        "standard": text("Service standard"),
        "vocabulary": text("Vocabulary"),
        "channel": text("Channel"),
        "procedure": text("Procedure"),
    }


def days_in(window: Window) -> int:
    """Count the days of a window that are counted."""
    return (window.counted_to - window.start + timedelta(days=1)).days


def _below(shown: str | Markup) -> Markup:
    # A notebook has no style sheet of ours: there the break alone parts the two.
    return Markup('<br><span class="of">{}</span>').format(shown)

"""The internal action page, as HTML and as a workbook: what is to be done next, by whom, and how late it is."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

import pandas as pd

from pipeline.indicators.actions import GROUPS, action_counts, open_actions
from pipeline.indicators.cases import load_cases
from pipeline.indicators.facts import OPEN
from pipeline.project import Project
from pipeline.register.reading import PLACE
from pipeline.reporting.labels import labels
from pipeline.reporting.pages import write_page, write_restricted
from pipeline.reporting.tables import Table, simple
from pipeline.reporting.words import Words, words_for
from pipeline.stage import Stage
from pipeline.workbooks import fitted, row_height, workbook_bytes

PAGE, WORKBOOK, WHOLE = "actions.html", "actions.xlsx", "actions.csv"
MOST_SHOWN = 1_000
"""Rows of a group on the page; the workbook has more."""
MOST_LISTED = 20_000
"""Rows of the workbook, the most pressing ones; where there are more the table beside it has all."""
_LIGHT = {"notify_bank": "#F4B6B6", "decide_overdue": "#F4B6B6", "look_again": "#FFE08A", "acknowledge": "#FFE08A"}


def write_actions(stage: Stage) -> None:
    """Write internal/actions.html and internal/actions.xlsx, both readable by their owner alone.

    A list that is longer than the workbook is stands whole in internal/actions.csv, with codes in place of words.
    """
    words = words_for(stage.project.settings.language)
    collected = frozenset(stage.load("columns.csv")["column"])
    listed = open_actions(load_cases(stage, also=["summary_redacted"]), stage.project, stage.scopes, collected)
    listed = with_responsible(listed, stage.load("identities.parquet", [*PLACE, "responsible"]))
    actions = Actions(listed, stage.project, words, stage.scopes.current.as_of, collected)
    counts = action_counts(listed, stage.scopes)
    write_page(
        stage,
        PAGE,
        "actions_page",
        words,
        cards=actions.cards(counts),
        remarks=actions.remarks(counts),
        groups=actions.groups(),
        whole=actions.whole_in,
    )
    write_restricted(stage, WORKBOOK, actions.workbook())
    if actions.whole_in == WHOLE:
        stage.save(listed, WHOLE)


def with_responsible(actions: pd.DataFrame, identities: pd.DataFrame) -> pd.DataFrame:
    """Add who is responsible for each grievance, missing where nobody is on record; found by the place of its row."""
    return actions.merge(identities[[*PLACE, "responsible"]], on=list(PLACE), how="left", validate="one_to_one")


@dataclass(frozen=True)
class Actions:
    """What is to be done, in words."""

    table: pd.DataFrame
    project: Project
    words: Words
    as_of: date
    collected: frozenset[str]

    @property
    def whole_in(self) -> str:
        """The file below internal/ that has all of them."""
        return WORKBOOK if len(self.table) <= MOST_LISTED else WHOLE

    def cards(self, counts: dict[str, int]) -> list[tuple[int, str, bool]]:
        """Return the counts on top: each with its label, and whether it is pressing where it is not 0."""
        text, settings = self.words.text, self.project.settings
        cards = [
            (counts["open"], text("open"), False),
            (counts["overdue"], text("of them overdue"), True),
            (counts["due_soon"], text("of them due within seven days"), False),
            (counts["no_due_date"], text("of them without a due date"), False),
        ]
        if settings.bank_notification is not None:
            cards = [
                (counts["severe_not_notified"], text("severe, the bank not notified"), True),
                (counts["severe_late"], text("of them past the limit"), True),
                *cards,
            ]
        if "date_acknowledged" in self.collected:
            cards.append((counts["acknowledge"], text("to be acknowledged next"), False))
        if "date_outcome_communicated" in self.collected:
            cards.append((counts["outcome_not_communicated"], text("resolved, the outcome not communicated"), False))
        return cards

    def remarks(self, counts: dict[str, int]) -> list[str]:
        """Say what the list rests on and what it cannot show."""
        text, settings = self.words.text, self.project.settings
        told = []
        if settings.bank_notification is None:
            told.append(text("project.yml sets no limit for notifying the bank (bank_notification)."))
        elif "date_bank_notified" not in self.collected:
            told.append(
                text(
                    "The register has no column for the day on which the bank was notified: each severe one is listed."
                )
            )
        if "date_acknowledged" not in self.collected:
            told.append(text("The register does not say which grievances were acknowledged."))
        if "date_outcome_communicated" not in self.collected:
            told.append(text("The register does not say which outcomes were communicated."))
        if counts["no_due_date"] and settings.service_standards.resolution is None:
            told.append(text("project.yml sets no standard for resolving, so that only the register gives due dates."))
        return told

    def groups(self) -> list[tuple[str, str, Table, int]]:
        """Return the groups that are not empty: title, explanation, table, and how many rows it leaves out."""
        text = self.words.text
        titles = {
            "severe_not_notified": (
                text("First: severe grievances of which the bank was not notified"),
                text("Open ones, the earliest limit first."),
            ),
            "open": (
                text("Open grievances"),
                text("The longest overdue first, then by due date, those without one at the end."),
            ),
            "ended_not_notified": (
                text("Severe grievances that have ended, and of which the bank was never notified"),
                text("The earliest limit first; the duty comes with the event and does not end with it."),
            ),
            "outcome_not_communicated": (
                text("Resolved, the outcome not yet communicated"),
                text("To people who can be contacted; the earliest resolution first."),
            ),
        }
        made = []
        for group in GROUPS:
            rows = self.table[self.table["group"] == group]
            if not rows.empty:
                shown = self._table(group, titles[group][0], rows.head(MOST_SHOWN))
                made.append((*titles[group], shown, len(rows) - min(len(rows), MOST_SHOWN)))
        return made

    def _table(self, group: str, caption: str, rows: pd.DataFrame) -> Table:
        text = self.words.text
        columns: list[tuple[str, int, Callable[[Any], str]]] = [
            (text("No."), 8, self._number),
            (text("Received"), 8, lambda row: self._day(row.date_received)),
            (
                text("Type and channel"),
                10,
                lambda row: f"{self._label('type', row.type)}, {self._label('channel', row.channel)}",
            ),
            (text("Severity"), 7, lambda row: _or(row.severity, "–")),
            (text("Summary"), 21, lambda row: _or(row.summary_redacted, "–")),
        ]
        if group in ("severe_not_notified", "ended_not_notified"):
            columns += [
                (text("Status"), 8, lambda row: self._label("status", row.status)),
                (text("Bank to be notified by"), 8, lambda row: self._day(row.date_notify_by)),
                (
                    text("Days late"),
                    8,
                    lambda row: self._late(row.notify_late_calendar_days, row.notify_late_working_days),
                ),
            ]
        elif group == "open":
            columns += [
                (text("Acknowledged"), 9, self._acknowledged),
                (text("Due"), 8, lambda row: self._day(row.date_due)),
                (text("Days overdue"), 8, lambda row: self._late(row.overdue_calendar_days, row.overdue_working_days)),
            ]
        else:
            columns.append((text("Resolved"), 8, lambda row: self._day(row.date_resolved)))
        columns += [
            (text("Responsible"), 9, lambda row: _or(row.responsible, text("not stated"))),
            (text("Next step"), 13, self.step),
        ]
        cells = [[write(row) for _, _, write in columns] for row in rows.itertuples(index=False)]
        headers, widths = [name for name, _, _ in columns], [width for _, width, _ in columns]
        return simple(caption, headers, cells, kind="actions", widths=widths, labelled=True)

    def step(self, row: Any) -> str:
        """Write the next step in words."""
        text, due = self.words.text, self._day(row.date_due)
        by = row.date_acknowledge_by
        if row.next_step == "acknowledge" and not pd.isna(by):
            return (
                text("Acknowledge; was due on %(day)s", day=self._day(by))
                if by.date() < self.as_of
                else text("Acknowledge by %(day)s", day=self._day(by))
            )
        steps = {
            "notify_bank": self._notify_bank(row, due),
            "look_again": text("Look again: it was reopened"),
            "decide_overdue": text("Decide and resolve: overdue since %(day)s", day=due),
            "acknowledge": text("Acknowledge"),
            "resolve_by": text("Resolve by %(day)s", day=due),
            "resolve": text("Resolve; no due date is set"),
            "communicate_outcome": text("Communicate the outcome"),
        }
        return steps[row.next_step]

    def _notify_bank(self, row: Any, due: str) -> str:
        """Write the step with what comes after it, so that it is not forgotten over the bank."""
        text = self.words.text
        if row.status in OPEN:
            if pd.isna(row.date_due):
                return text("Notify the bank; then resolve")
            return text("Notify the bank; then resolve, due on %(day)s", day=due)
        if row.is_outcome_untold:
            return text("Notify the bank; then communicate the outcome")
        return text("Notify the bank")

    def _number(self, row: Any) -> str:
        return _or(row.registration_no, self.words.text("row %(row)s", row=str(row.source_row)))

    def _label(self, dimension: str, code: str) -> str:
        return labels(self.project, self.words, dimension).get(code, code)

    def _day(self, day: Any) -> str:
        return "–" if pd.isna(day) else f"{day:%Y-%m-%d}"

    def _acknowledged(self, row: Any) -> str:
        if "date_acknowledged" not in self.collected:
            return "–"
        return self.words.text("yes") if row.is_acknowledged else self.words.text("no")

    def _late(self, calendar: Any, working: Any) -> str:
        if pd.isna(calendar):
            return "–"
        return self.words.plural(
            "%(days)s (%(n)s working day)", "%(days)s (%(n)s working days)", int(working), days=int(calendar)
        )

    # -- the workbook -------------------------------------------------------------------------------------------------

    def workbook(self) -> bytes:
        """Return the list as a workbook to be sorted and filtered: the same bytes for the same list, no formula."""
        return workbook_bytes(self._fill)

    def _columns(self) -> list[tuple[str, int, Callable[[Any], Any]]]:
        text = self.words.text
        return [
            (text("No."), 11, self._number),
            (text("Next step"), 30, self.step),
            (text("Responsible"), 20, lambda row: _or(row.responsible, text("not stated"))),
            (text("Due"), 11, lambda row: row.date_due),
            (text("Calendar days overdue"), 10, lambda row: row.overdue_calendar_days),
            (text("Working days overdue"), 10, lambda row: row.overdue_working_days),
            (text("Severity"), 10, lambda row: _or(row.severity, "")),
            (text("Bank to be notified by"), 11, lambda row: row.date_notify_by),
            (text("Calendar days late"), 10, lambda row: row.notify_late_calendar_days),
            (text("Working days late"), 10, lambda row: row.notify_late_working_days),
            (text("Received"), 11, lambda row: row.date_received),
            (text("Type"), 13, lambda row: self._label("type", row.type)),
            (text("Channel"), 16, lambda row: self._label("channel", row.channel)),
            (text("Status"), 12, lambda row: self._label("status", row.status)),
            (text("Acknowledged"), 13, self._acknowledged),
            (text("Resolved"), 11, lambda row: row.date_resolved),
            (text("Summary"), 70, lambda row: _or(row.summary_redacted, "")),
        ]

    def _fill(self, workbook: Any) -> None:
        text, columns = self.words.text, self._columns()
        top = {"valign": "top", "text_wrap": True}
        heading = workbook.add_format({"bold": True, "bg_color": "#DCE6F1", "bottom": 1, **top})
        plain, day = workbook.add_format(top), workbook.add_format({**top, "num_format": "yyyy-mm-dd"})
        lights = {step: workbook.add_format({**top, "bg_color": colour}) for step, colour in _LIGHT.items()}
        sheet = workbook.add_worksheet(fitted(text("Actions"), 31))
        bold = workbook.add_format({"bold": True, "font_size": 13})
        sheet.write_string(0, 0, text("What is to be done, as of %(day)s", day=self.as_of), bold)
        told = text(
            "Internal, restricted: do not pass on. Sensitive grievances are handled apart and are not on this list."
        )
        sheet.write_string(1, 0, told)
        if self.whole_in == WHOLE:
            left = text(
                "The first %(n)s of %(total)s, the most pressing ones; the file actions.csv holds all of them.",
                n=MOST_LISTED,
                total=len(self.table),
            )
            sheet.write_string(2, 0, left)
        if self.table.empty:
            sheet.write_string(
                2, 0, text("Nothing is to be done: no grievance is open, and nothing else is outstanding.")
            )
        first = 3
        for place, (name, width, _) in enumerate(columns):
            sheet.write_string(first, place, fitted(name), heading)
            sheet.set_column(place, place, width)
        sheet.set_row(first, 45)
        rows = self.table.head(MOST_LISTED)
        for number, row in enumerate(rows.itertuples(index=False), start=first + 1):
            for place, (_, _, read) in enumerate(columns):
                light = lights.get(row.next_step, plain) if place == 1 else plain
                _write(sheet, number, place, read(row), light, day)
            texts = ((self.step(row), columns[1][1]), (_or(row.summary_redacted, ""), columns[-1][1]))
            sheet.set_row(number, row_height(texts))
        sheet.autofilter(first, 0, first + max(1, len(rows)), len(columns) - 1)
        sheet.freeze_panes(first + 1, 1)
        _set_print(sheet, first)


def _write(sheet: Any, row: int, place: int, value: Any, plain: Any, day: Any) -> None:
    """Write a cell by what it holds; a text stays a text, a blank stays blank."""
    if isinstance(value, str):
        if value:
            sheet.write_string(row, place, fitted(value), plain)
    elif not pd.isna(value):
        if isinstance(value, datetime):
            sheet.write_datetime(row, place, value, day)
        else:
            sheet.write_number(row, place, int(value), plain)


def _set_print(sheet: Any, first: int) -> None:
    sheet.set_landscape()
    sheet.set_paper(9)
    sheet.fit_to_pages(1, 0)
    sheet.repeat_rows(first)
    sheet.set_margins(left=0.4, right=0.4, top=0.5, bottom=0.5)
    sheet.set_footer("&C&P / &N")


def _or(value: Any, other: str) -> str:
    return other if pd.isna(value) or value == "" else str(value)

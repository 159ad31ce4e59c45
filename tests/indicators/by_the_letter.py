"""The indicators counted the slow way: one grievance, one day and one rule at a time, after docs/indicators.md."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

import holidays

from pipeline.period import Window

START, COMPLETE = date(2024, 1, 15), date(2024, 6, 30)
"""When the sample's mechanism began, and the day through which its register is complete."""
ACKNOWLEDGE_WITHIN, RESOLVE_WITHIN = 2, 5
"""The service standards, in working days."""
STATUSES = {
    "Resolved": "resolved",
    "Resolving": "in_progress",
    "Unrelated": "unrelated",
    "Rejected": "rejected",
    "Withdrawn": "withdrawn",
    "Duplicate": "duplicate",
}
ANSWER_BY_THEMSELVES = ("email", "phone", "in person")
HOLIDAYS = holidays.country_holidays("MN", years=range(2023, 2026))
ONE_DAY = timedelta(days=1)


def day(text: str) -> date | None:
    """Read a cell; what is no day is a blank."""
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None


def is_working(when: date) -> bool:
    return when.weekday() < 5 and when not in HOLIDAYS


def next_working_day(when: date) -> date:
    return when if is_working(when) else next_working_day(when + ONE_DAY)


def working_days(received: date, resolved: date) -> int:
    first = next_working_day(received)
    return sum(is_working(first + n * ONE_DAY) for n in range(1, (resolved - first).days + 1))


def due(received: date, within: int) -> date:
    when = next_working_day(received)
    for _ in range(within):
        when = next_working_day(when + ONE_DAY)
    return when


@dataclass(frozen=True, eq=False)
class Grievance:
    """A row of the register, and the days between which it was received."""

    cells: Mapping[str, str]
    earliest: date
    latest: date

    def date(self, name: str) -> date | None:
        return day(self.cells.get(f"date_{name}", ""))

    @property
    def status(self) -> str:
        return STATUSES.get(self.cells.get("status", ""), "not_stated")

    @property
    def is_unrelated(self) -> bool:
        return (self.cells.get("relation") or self.cells.get("status")) == "Unrelated"

    @property
    def is_admissible(self) -> bool:
        return not self.is_unrelated and self.status != "duplicate"

    @property
    def is_contactable(self) -> bool:
        return self.cells["channel"] in ANSWER_BY_THEMSELVES or bool(self.cells.get("complainant_contact"))

    def events(self) -> Iterator[tuple[date, str]]:
        """Tell what counts of its life, in order: an end counts where status and dates agree, not before receipt."""
        first, reopened, again, closed = (self.date(n) for n in ("resolved", "reopened", "resolved_again", "closed"))
        first = first if first and first >= self.latest else None
        reopened = reopened if first and reopened and reopened >= first else None
        closed = closed if closed and closed >= self.latest else None
        if self.status == "resolved" and first:
            yield first, "resolved"
            if reopened and again and again >= reopened:
                yield reopened, "in_progress"
                yield again, "resolved"
        if self.status == "in_progress" and first and reopened and not again:
            yield first, "resolved"
            yield reopened, "in_progress"
        if self.status in ("rejected", "withdrawn") and closed:
            if first and reopened and closed >= reopened:
                yield first, "resolved"
                yield reopened, "in_progress"
            yield closed, self.status

    @property
    def is_ended_undated(self) -> bool:
        return self.status in ("resolved", "rejected", "withdrawn") and not list(self.events())

    def status_at(self, when: date) -> str:
        """Return its status at the end of a day."""
        if self.is_ended_undated:
            return self.status
        if self.status in ("not_stated", "unrelated"):
            return "not_stated"
        return [("in_progress"), *(status for happened, status in self.events() if happened <= when)][-1]

    def is_open(self, when: date) -> bool:
        return self.is_admissible and self.latest <= when and self.status_at(when) in ("in_progress", "not_stated")

    def due_on(self, received: date) -> date:
        """Return the day by which it is to be resolved, were it received on a day."""
        return self.date("due") or due(received, RESOLVE_WITHIN)

    @property
    def possible_receipts(self) -> list[date]:
        return [self.earliest + n * ONE_DAY for n in range((self.latest - self.earliest).days + 1)]

    def is_past_due(self, when: date) -> bool:
        """Say whether it is past due on a day, whichever possible day it was received on."""
        return all(self.due_on(received) < when for received in self.possible_receipts)

    def is_in_time(self) -> bool:
        """Say whether it was resolved in time, whichever possible day it was received on."""
        resolved = self.date("resolved")
        return not self.is_ended_undated and all(resolved <= self.due_on(day) for day in self.possible_receipts)

    def is_acknowledged_in_time(self) -> bool:
        """Say so of its acknowledgement."""
        told = self.date("acknowledged")
        return all(told <= due(received, ACKNOWLEDGE_WITHIN) for received in self.possible_receipts)

    def is_past_acknowledging(self, when: date) -> bool:
        return all(due(received, ACKNOWLEDGE_WITHIN) < when for received in self.possible_receipts)


def grievances(series: Sequence[Sequence[Mapping[str, str]]]) -> list[Grievance]:
    """Bound the receipts: each series is a list of rows by rising number."""
    found = []
    for rows in series:
        received = [day(row["date_received"]) for row in rows]
        dated = [when for when in received if when]
        in_order = dated == sorted(dated)
        for place, row in enumerate(rows):
            before = [when for when in received[:place] if when and in_order]
            after = [when for when in received[place + 1 :] if when and in_order]
            own = [w for name, text in row.items() if name.startswith("date_") and (w := day(text))]
            found.append(Grievance(row, *_bounds(received[place], before, after, own)))
    return found


def _bounds(received: date | None, before: list[date], after: list[date], own: list[date]) -> tuple[date, date]:
    if received:
        return received, received
    first = before[-1] if before else START
    if not before and after and after[0] < START:
        # A date before the start may be mistyped: it is the earliest, and the next one that is not bounds it.
        first = min(after[0], *own)
        after = [when for when in after if when >= START]
    # The end of the register bounds nothing that follows a number received after it.
    end = [COMPLETE] if first <= COMPLETE else []
    last = min([*after[:1], *own, *end], default=first)
    if first > last:
        first = min(START, last)
    return first, last


def count(register: Sequence[Grievance], window: Window) -> dict[str, int | None]:
    """Count what the definitions name, one grievance after the other."""
    s, c, a = window.start, window.counted_to, window.as_of
    received = [g for g in register if s <= g.earliest and g.latest <= c]
    eligible = [g for g in received if g.is_admissible]
    admissible = [g for g in register if g.is_admissible]
    happened = [(g, what, place) for g in admissible for place, (when, what) in enumerate(g.events()) if s <= when <= c]
    timed = [g for g, what, place in happened if what == "resolved" and place == 0 and g.date("received")]
    resolved = [g for g in eligible if g.status_at(a) == "resolved"]
    in_time = [g for g in resolved if g.is_in_time()]
    past_due = [g for g in eligible if g.is_open(a) and g.is_past_due(a)]
    open_after = [g for g in register if g.is_open(c)]
    ages = [(c - g.latest).days for g in open_after]
    answered = [g for g in eligible if g.is_contactable]
    known = [g for g in answered if (g.date("acknowledged") or date.max) <= a]
    days = [working_days(g.date("received"), next(g.events())[0]) for g in timed]
    return {
        "received": len(received),
        "unplaced": sum(
            g not in received and g.latest >= s and g.earliest <= c for g in register if not g.date("received")
        ),
        "unrelated": sum(g.is_unrelated for g in received),
        "duplicate": sum(not g.is_admissible and not g.is_unrelated for g in received),
        "eligible": len(eligible),
        **{
            name: sum(g.status_at(a) == name for g in eligible)
            for name in ("in_progress", "resolved", "rejected", "withdrawn")
        },
        "status_not_stated": sum(g.status_at(a) == "not_stated" for g in eligible),
        "opening_stock": sum(g.is_open(s - ONE_DAY) for g in register),
        "entered_unplaced": sum(s <= g.latest <= c and g not in eligible for g in admissible),
        "reopenings": sum(what == "in_progress" for _, what, _ in happened),
        "resolutions": sum(what == "resolved" for _, what, _ in happened),
        "closed_otherwise": sum(what in ("rejected", "withdrawn") for _, what, _ in happened),
        "ended_undated": sum(s <= g.latest <= c and g.is_ended_undated for g in admissible),
        "closing_stock": len(open_after),
        "same_day": sum(next(g.events())[0] == g.date("received") for g in timed),
        "resolution_working_days_n": len(days),
        "resolution_working_days_max": max(days, default=None),
        "within_service_standard": len(in_time),
        "judged_by_standard": len(resolved) + len(past_due),
        "overdue": sum(g.is_past_due(c) for g in open_after),
        "acknowledged_on_time": sum(g.is_acknowledged_in_time() for g in known),
        "judged_by_acknowledgement": len(known) + sum(g not in known and g.is_past_acknowledging(a) for g in answered),
        "0-7": sum(age <= 7 for age in ages),
        "8-14": sum(7 < age <= 14 for age in ages),
        "15-30": sum(14 < age <= 30 for age in ages),
        "31-60": sum(30 < age <= 60 for age in ages),
        "61+": sum(age > 60 for age in ages),
    }

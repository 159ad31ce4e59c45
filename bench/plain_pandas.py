"""The figures of the metrics stage by a straightforward pandas script, written by hand after docs/indicators.md.

    python -m bench.plain_pandas SET PROJECT_FILE PERIOD TARGET

SET is the folder of a set whose second stage is done: its labelled cases are read, and which columns the register has.
Nothing of the program is used but its list of the indicators' needs. The table has a row a figure: `indicator, scope,
dimension, member, value, numerator, denominator`. It knows half-years, quarters, years and months; no published
figures, no disclosure control, no checks, no grievances behind the figures.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import holidays
import numpy as np
import pandas as pd
from ruamel.yaml import YAML

DEFINITIONS = Path(__file__).resolve().parents[1] / "pipeline/indicators/definitions.yml"
COLUMNS = ["indicator", "scope", "dimension", "member", "value", "numerator", "denominator"]
UNKNOWN = "not_stated"
STATUSES = ["unrelated", "in_progress", "resolved", "rejected", "withdrawn", "duplicate"]
REQUIRED = ["registration_no", "date_received", "channel", "status"]
CLASSES_OF_WORKING_DAYS = [0, 1, 2, 3, 4, 5, 10, 15, 20, 30, 60]
GROUPS = {"location": "location", "sex": "complainant_sex", "vulnerable_group": "vulnerable_group"}
READ = [
    *("registration_no", "date_received", "channel", "status", "type_counted", "type_basis", "relation_counted"),
    *("relation_basis", "topic_counted", "topic_basis", "complainant_sex", "vulnerable_group", "location"),
    *("is_anonymous", "date_acknowledged", "date_due", "date_resolved", "date_outcome_communicated", "severity"),
    *("is_benefit_related", "date_escalated", "date_appealed", "referred_to", "satisfaction"),
    *("date_received_earliest", "date_received_latest", "date_resolved_counted", "date_reopened_counted"),
    *("date_resolved_again_counted", "date_closed_counted", "is_ended_undated", "has_contact", "is_admissible"),
]
"""The columns of the labelled cases that figures are made of."""


def figures(cases: pd.DataFrame, has: set[str], settings: dict[str, Any], period: str) -> pd.DataFrame:
    """Return every figure of a period, of the one before and since the start.

    `cases` has the columns of `READ`; `has` are the columns that the register itself has; `settings` is project.yml.
    """
    calendar = Calendar.of(settings)
    known = collected(cases, has, settings)
    cases = with_days(cases, settings, calendar)
    rows: list[dict[str, Any]] = []
    for scope, window in windows(period, settings).items():
        rows += Figures(cases, scope, window, settings, known).rows()
    table = pd.DataFrame(rows, columns=COLUMNS)
    return table.assign(value=table["value"].astype("float64"))


@dataclass(frozen=True)
class Window:
    """The first and last counted day, and the day that statuses are taken as of."""

    first: pd.Timestamp
    last: pd.Timestamp
    as_of: pd.Timestamp


def windows(period: str, settings: dict[str, Any]) -> dict[str, Window]:
    """Return the windows of a report by their scopes."""
    start, through = pd.Timestamp(settings["grm_start"]), pd.Timestamp(settings["complete_through"])
    text, months = period, 1
    if "H" in period:
        text, months = f"{period[:4]}-{'01' if period.endswith('1') else '07'}", 6
    elif "Q" in period:
        text, months = f"{period[:4]}-{3 * int(period[-1]) - 2:02}", 3
    elif len(period) == 4:
        text, months = f"{period}-01", 12
    begin = pd.Timestamp(f"{text}-01")
    end = begin + pd.DateOffset(months=months) - pd.Timedelta(days=1)
    as_of = min(end, through)
    found = {"period": Window(max(begin, start), as_of, as_of), "cumulative": Window(start, as_of, as_of)}
    before, before_end = begin - pd.DateOffset(months=months), begin - pd.Timedelta(days=1)
    if before_end >= start:
        found["previous"] = Window(max(before, start), before_end, before_end)
    return found


@dataclass(frozen=True)
class Calendar:
    """Every working day of some years, in order."""

    days: np.ndarray[Any, np.dtype[np.datetime64]]

    @classmethod
    def of(cls, settings: dict[str, Any]) -> Calendar:
        own = settings.get("calendar") or {}
        off = {pd.Timestamp(one["date"]) for one in own.get("extra_days_off", [])}
        worked = {pd.Timestamp(one["date"]) for one in own.get("extra_working_days", [])}
        every = pd.date_range("1990-01-01", "2060-12-31")
        public = holidays.country_holidays(settings["country"], years=range(1990, 2061))
        names, numbers = own.get("weekend"), list(public.weekend)
        is_weekend = every.day_of_week.isin(numbers) if names is None else every.day_name().str.lower().isin(names)
        exchanged = every.isin(pd.to_datetime(list(public.weekend_workdays)))
        is_holiday = every.isin(pd.to_datetime(list(public)))
        is_off = (is_weekend & ~exchanged) | (is_holiday & ~is_weekend) | every.isin(list(off))
        return cls(every[~is_off | every.isin(list(worked))].to_numpy().astype("datetime64[us]"))

    def between(self, received: pd.Series, resolved: pd.Series) -> pd.Series:
        """Count working days after the receipt, or after the first working day that follows it, to the resolution."""
        first = self.days.searchsorted(received.dt.normalize().to_numpy().astype("datetime64[us]"))
        last = self.days.searchsorted(resolved.dt.normalize().to_numpy().astype("datetime64[us]"), side="right") - 1
        counted = pd.Series(np.maximum(last - first, 0), index=received.index).astype("float64")
        return counted.where(received.notna() & resolved.notna() & (resolved.dt.normalize() >= received.dt.normalize()))

    def after(self, received: pd.Series, count: pd.Series) -> pd.Series:
        """Return the day on which so many working days have passed."""
        first = self.days.searchsorted(received.dt.normalize().to_numpy().astype("datetime64[us]"))
        place = np.minimum(first + count.to_numpy(), len(self.days) - 1)
        return pd.Series(self.days[place], index=received.index).where(received.notna())


def collected(cases: pd.DataFrame, has: set[str], settings: dict[str, Any]) -> set[str]:
    """Say on which columns figures can rest: the register's own, and labels that somebody gave without a column."""
    found = has - set(settings.get("not_collected") or {})
    if "status" in found and ("unrelated" in settings["statuses"] or (cases["status"] == "unrelated").any()):
        found.add("relation")
    for label in ("type", "relation", "topic"):
        if (~cases[f"{label}_basis"].isin([UNKNOWN, "status"])).any():
            found.add(label)
    return found


def with_days(cases: pd.DataFrame, settings: dict[str, Any], calendar: Calendar) -> pd.DataFrame:
    """Add the deadlines and the days to resolve."""
    standards = settings.get("service_standards") or {}
    never = pd.Series(pd.NaT, index=cases.index, dtype=cases["date_due"].dtype)
    deadlines: dict[str, pd.Series] = {}
    for which in ("earliest", "latest"):
        received = cases["date_received"].fillna(cases[f"date_received_{which}"])
        due, acknowledge = cases["date_due"], never
        if standards.get("resolution"):
            rule = standards["resolution"]
            count = cases["type_counted"].map(rule.get("by_type", {})).fillna(rule["days"]).astype("int64")
            due = due.fillna(_deadline(received, count, rule["unit"], calendar))
        if standards.get("acknowledgement"):
            rule = standards["acknowledgement"]
            count = pd.Series(rule["days"], index=cases.index)
            acknowledge = _deadline(received, count, rule["unit"], calendar)
        deadlines |= {f"{which}_due": due, f"{which}_acknowledge_by": acknowledge}
    return cases.assign(
        **deadlines,
        working_days=calendar.between(cases["date_received"], cases["date_resolved_counted"]),
        filled=cases[REQUIRED].notna().sum(axis=1),
    )


def _deadline(received: pd.Series, count: pd.Series, unit: str, calendar: Calendar) -> pd.Series:
    if unit == "calendar_days":
        return received.dt.normalize() + pd.to_timedelta(count, unit="D")
    return calendar.after(received, count)


def later(event: pd.Series, deadline: pd.Series) -> pd.Series:
    """Say what came after its deadline: by the clock where both have a time of day, else by the day."""
    day, last = event.dt.normalize(), deadline.dt.normalize()
    return ((event != day) & (deadline != last) & (event > deadline)) | (
        ((event == day) | (deadline == last)) & (day > last)
    )


class Figures:
    """The figures of one window."""

    def __init__(
        self, cases: pd.DataFrame, scope: str, window: Window, settings: dict[str, Any], known: set[str]
    ) -> None:
        self.cases, self.scope, self.window, self.settings, self.known = cases, scope, window, settings, known
        self.needs = {
            name: one.get("needs", [])
            for name, one in YAML(typ="safe").load(DEFINITIONS).items()  # the whole list
        }
        earliest, latest = cases["date_received_earliest"], cases["date_received_latest"]
        s, c = window.first, window.last
        self.admissible = cases["is_admissible"]
        self.received = (earliest >= s) & (latest <= c)
        self.eligible = self.received & self.admissible
        self.unrelated = self.received & (cases["relation_counted"] == "unrelated")
        self.status = self.status_at(window.as_of)
        self.open = self.admissible & (latest <= c) & self.status_at(c).isin(["in_progress", UNKNOWN])
        self.first = self.admissible & self.inside(cases["date_resolved_counted"])
        self.again = self.admissible & self.inside(cases["date_resolved_again_counted"])
        self.timed = self.first & cases["date_received"].notna()
        self.resolved = self.eligible & (self.status == "resolved")
        channels = [name for name, one in settings["channels"].items() if one.get("answers_by_itself")]
        self.contactable = cases["has_contact"] | cases["channel"].isin(channels)

    def inside(self, dates: pd.Series) -> pd.Series:
        day = dates.dt.normalize()
        return (day >= self.window.first) & (day <= self.window.last)

    def status_at(self, day: pd.Timestamp) -> pd.Series:
        cases = self.cases
        now = cases["status"].fillna(UNKNOWN)
        now = now.mask(self.admissible & (now == "unrelated"), UNKNOWN)
        now = now.mask(cases["relation_counted"] == "unrelated", "unrelated")
        resolved = (cases["date_resolved_counted"] <= day) & ~(
            (cases["date_reopened_counted"] <= day) & ~(cases["date_resolved_again_counted"] <= day)
        )
        then = pd.Series("in_progress", index=cases.index).mask(resolved, "resolved")
        then = then.mask(cases["date_closed_counted"] <= day, now)
        moves = now.isin(["in_progress", "resolved", "rejected", "withdrawn"]) & ~cases["is_ended_undated"]
        return now.mask(moves, then)

    def rows(self) -> Iterator[dict[str, Any]]:
        masks = self.counts()
        for name, mask in masks.items():
            yield self.row(name, None if self.lacks(name) else int(mask.sum()))
        for name, parts in self.rates(masks).items():
            if name != "benefit_grievances_addressed" or self.scope == "cumulative":
                yield self.rate(name, *parts)
        yield from self.for_every_thousand()
        yield from self.durations()
        yield from self.broken_down(masks)

    def row(self, name: str, value: float | None, **rest: Any) -> dict[str, Any]:
        return {"indicator": name, "scope": self.scope, "dimension": "", "member": "", "value": value, **rest}

    def lacks(self, name: str) -> bool:
        """Say whether an indicator cannot be given: the register or the project does not have what it needs."""
        settings = self.settings
        standards = settings.get("service_standards") or {}
        needs = {*self.needs[name], *({"relation"} if name.startswith("unrelated") else ())}
        without_standard = not standards.get("resolution")
        return (
            not needs <= self.known
            or (name in ("within_service_standard", "severe_within_service_standard", "overdue") and without_standard)
            or (name == "acknowledged_on_time" and not standards.get("acknowledgement"))
            or (name.startswith("severe") and not settings.get("severe_from"))
            or (name.startswith("satis") and self.window.as_of < pd.Timestamp(settings["complete_through"]))
        )

    def counts(self) -> dict[str, pd.Series]:
        cases, s, c = self.cases, self.window.first, self.window.last
        earliest, latest = cases["date_received_earliest"], cases["date_received_latest"]
        entered = self.admissible & self.inside(latest)
        before = s - pd.Timedelta(days=1)
        answered = cases["satisfaction"]
        return {
            "received": self.received,
            "unplaced": cases["date_received"].isna() & ~self.received & (latest >= s) & (earliest <= c),
            "unrelated": self.unrelated,
            "duplicate": self.received & ~self.admissible & ~self.unrelated,
            "eligible": self.eligible,
            **{
                one: self.eligible & (self.status == one)
                for one in ("in_progress", "resolved", "rejected", "withdrawn")
            },
            "status_not_stated": self.eligible & (self.status == UNKNOWN),
            "opening_stock": self.admissible
            & (latest <= before)
            & self.status_at(before).isin(["in_progress", UNKNOWN]),
            "entered_unplaced": entered & ~self.eligible,
            "reopenings": self.admissible & self.inside(cases["date_reopened_counted"]),
            "resolutions": self.first.astype("int64") + self.again.astype("int64"),
            "closed_otherwise": self.admissible & self.inside(cases["date_closed_counted"]),
            "ended_undated": entered & cases["is_ended_undated"],
            "closing_stock": self.open,
            "satisfaction_no_answer": self.eligible & answered.eq("no_answer"),
            "satisfaction_not_asked": self.eligible & answered.eq("not_asked"),
            "severe": self.severe(),
        }

    def severe(self) -> pd.Series:
        order, first = list(self.settings.get("severities") or []), self.settings.get("severe_from")
        return self.eligible & self.cases["severity"].isin(order[order.index(first) :] if first else [])

    def rates(self, counted: dict[str, pd.Series]) -> dict[str, tuple[int, int]]:
        cases, a, c = self.cases, self.window.as_of, self.window.last
        n = {name: int(mask.sum()) for name, mask in counted.items()}
        due, by = cases["latest_due"], cases["latest_acknowledge_by"]
        surely, by_surely = cases["earliest_due"], cases["earliest_acknowledge_by"]
        still = self.eligible & self.status.isin(["in_progress", UNKNOWN])
        in_time = (
            self.resolved
            & surely.notna()
            & cases["date_resolved_counted"].notna()
            & ~later(cases["date_resolved"], surely)
        )
        judged = due.notna() & (self.resolved | (still & (due.dt.normalize() < a)))
        asked = self.eligible & self.contactable & by.notna()
        told = cases["date_acknowledged"].dt.normalize() <= a
        satisfied, not_satisfied = (self.eligible & cases["satisfaction"].eq(w) for w in ("satisfied", "dissatisfied"))
        outcome = self.resolved & self.contactable
        communicated = outcome & (cases["date_outcome_communicated"].dt.normalize() <= a)
        benefit = self.admissible & cases["is_benefit_related"].fillna(False).astype(bool)
        benefit &= cases["date_received_latest"] <= a
        severe = counted["severe"]
        cells = self.received | counted["unplaced"]
        same = self.first & (cases["date_received"].dt.normalize() == cases["date_resolved_counted"])
        anonymous = self.received & cases["is_anonymous"].fillna(False).astype(bool)
        sums = {
            "same_day": (same, self.timed),
            "acknowledged_on_time": (
                asked & told & ~later(cases["date_acknowledged"], by_surely),
                asked & (told | (by.dt.normalize() < a)),
            ),
            "within_service_standard": (in_time, judged),
            "severe_within_service_standard": (severe & in_time, severe & judged),
            "overdue": (self.open & (due.dt.normalize() < c), self.open),
            "escalated": (self.admissible & self.inside(cases["date_escalated"]), self.eligible),
            "appealed": (self.admissible & self.inside(cases["date_appealed"]), counted["resolutions"]),
            "satisfied": (satisfied, satisfied | not_satisfied),
            "outcome_communicated": (communicated, outcome),
            "unrelated_referred": (self.unrelated & cases["referred_to"].notna(), self.unrelated),
            "anonymous": (anonymous, self.received),
            "benefit_grievances_addressed": (benefit & (self.status == "resolved"), benefit),
            "register_completeness": (cases["filled"].where(cells, 0), cells.astype("int64") * len(REQUIRED)),
        }
        return {
            "resolution_rate": (n["resolved"], n["eligible"] - n["withdrawn"]),
            "resolution_rate_all": (n["resolved"], n["received"]),
            "clearance_ratio": (n["resolutions"], n["eligible"]),
            **{name: (int(part.sum()), int(whole.sum())) for name, (part, whole) in sums.items()},
        }

    def rate(self, name: str, part: int, whole: int) -> dict[str, Any]:
        if self.lacks(name):
            return self.row(name, None)
        value = 100 * part / whole if whole >= self.settings.get("minimum_n", 10) and whole else None
        return self.row(name, value, numerator=part, denominator=whole)

    def for_every_thousand(self) -> Iterator[dict[str, Any]]:
        name, given = "received_per_1000_beneficiaries", self.settings.get("beneficiaries")
        if not given:
            yield self.row(name, None)
            return
        numbers: list[tuple[str, str, int, int]] = [("", "", int(self.received.sum()), given["total"])]
        for dimension, column in GROUPS.items():
            by = self.received.groupby(self.group(column, given.get(f"by_{dimension}"))).sum()
            if column in self.known:
                members = (given.get(f"by_{dimension}") or {}).items()
                numbers += [(dimension, member, int(by.get(member, 0)), number) for member, number in members]
        for dimension, member, count, number in numbers:
            value = 1000 * count / number if number >= self.settings.get("minimum_n", 10) else None
            yield self.row(name, value, dimension=dimension, member=member, numerator=count, denominator=number)

    def group(self, column: str, expected: dict[str, int] | None) -> pd.Series:
        """Return the members of a group, in the spelling of project.yml where it has one."""
        spelt = {" ".join(name.split()).casefold(): name for name in expected or {}}
        texts = self.cases[column]
        own = {text: spelt.get(" ".join(text.split()).casefold(), text) for text in texts.dropna().unique()}
        return texts.map(own).astype("str").fillna(UNKNOWN)

    def durations(self) -> Iterator[dict[str, Any]]:
        cases = self.cases
        calendar_days = (cases["date_resolved_counted"] - cases["date_received"].dt.normalize()).dt.days
        ages = (self.window.last - cases.loc[self.open, "date_received_latest"]).dt.days
        for name, every in (
            ("resolution_working_days", cases["working_days"]),
            ("resolution_calendar_days", calendar_days),
        ):
            days = every[self.timed].dropna().astype("float64")
            yield self.row(f"{name}_n", len(days))
            yield self.row(f"{name}_mean", days.mean())
            yield self.row(f"{name}_median", days.median())
            yield self.row(f"{name}_p90", days.quantile(0.9))
            yield self.row(f"{name}_max", days.max())
        yield self.row("pending_age", len(ages))
        ends = self.settings.get("pending_age_days", [7, 14, 30, 60])
        yield from self.classes("pending_age", "age", ages, ends)
        days = cases.loc[self.timed, "working_days"].dropna()
        yield from self.classes("resolution_working_days_n", "working_days", days, CLASSES_OF_WORKING_DAYS)

    def classes(self, name: str, dimension: str, days: pd.Series, ends: list[int]) -> Iterator[dict[str, Any]]:
        first = 0
        for end in ends:
            label = f"{first}-{end}" if first < end else f"{end}"
            count = int(((days >= first) & (days <= end)).sum())
            yield self.row(name, count, dimension=dimension, member=label)
            first = end + 1
        yield self.row(name, int((days >= first).sum()), dimension=dimension, member=f"{first}+")

    def broken_down(self, counted: dict[str, pd.Series]) -> Iterator[dict[str, Any]]:
        by_status = ["in_progress", "resolved", "rejected", "withdrawn", "status_not_stated"]
        all_four = ["received", "unrelated", "duplicate", "eligible"]
        settings, cases, both = self.settings, self.cases, ["received", "eligible"]
        given = settings.get("beneficiaries") or {}
        earliest, latest = (cases[f"date_received_{which}"].dt.to_period("M") for which in ("earliest", "latest"))
        month = earliest.astype("str").where(earliest == latest, UNKNOWN)
        months = pd.period_range(self.window.first, self.window.last, freq="M").astype("str")
        dimensions: list[tuple[str, str, pd.Series, list[str] | None, list[str]]] = [
            ("channel", "channel", cases["channel"].fillna(UNKNOWN), [*settings["channels"]], [*all_four, *by_status]),
            ("type", "type", cases["type_counted"], [*settings["types"]], [*all_four, *by_status]),
            ("status", "status", self.status, STATUSES, both),
            ("month", "", month, [*months], all_four),
            ("topic", "topic", cases["topic_counted"], None, both),
        ]
        for name, column in GROUPS.items():
            dimensions.append((name, column, self.group(column, given.get(f"by_{name}")), None, both))
        for dimension, column, members, vocabulary, names in dimensions:
            listed = vocabulary
            if listed is None:
                listed = sorted({*members[self.received], *(given.get(f"by_{dimension}") or {})} - {UNKNOWN})
            for name in names:
                if (column and column not in self.known) or self.lacks(name):
                    yield self.row(name, None, dimension=dimension)
                    continue
                summed = counted[name].astype("int64").groupby(members).sum()
                for member in [*listed, UNKNOWN]:
                    yield self.row(name, int(summed.get(member, 0)), dimension=dimension, member=member)


def main(set_folder: str, project_file: str, period: str, target: str) -> None:
    """Read, count and write."""
    internal = Path(set_folder) / "internal"
    cases = pd.read_parquet(internal / "labelled.parquet", columns=READ)
    has = set(pd.read_csv(internal / "columns.csv", encoding="utf-8-sig")["column"])
    settings = YAML(typ="safe").load(Path(project_file))
    figures(cases, has, settings, period).to_csv(target, index=False)


if __name__ == "__main__":
    main(*sys.argv[1:])

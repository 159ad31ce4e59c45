"""What is true of each grievance in one window as of one day: the columns that every indicator is counted from.

Source of the rules: docs/indicators.md. s and c are the window's first and last counted day, A the as-of day.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Literal

import numpy as np
import pandas as pd

from pipeline.period import Window
from pipeline.project import CLOSED, NOT_STATED, Project, fold
from pipeline.register import columns
from pipeline.working_days import WorkingCalendar, is_later

Bound = Literal["earliest", "latest"]
"""Which possible day of an unknown receipt."""
OPEN = ("in_progress", NOT_STATED)
"""The statuses of a grievance that has not ended; one that nobody can read has not."""
GROUP_COLUMNS = {"location": "location", "sex": "complainant_sex", "vulnerable_group": "vulnerable_group"}
"""The groups of people by which uptake is told, and their columns in the register."""
_ONE_DAY = pd.Timedelta(days=1)


def prepare(cases: pd.DataFrame, project: Project) -> pd.DataFrame:
    """Add to the labelled cases what does not depend on a window.

    Adds `date_due_counted`, `date_acknowledge_by` (timestamps), `resolution_working_days` (from receipt to the first
    resolution, Int64), and what `facts` takes for each of its windows: see `_without_window`. Without a date of receipt
    the two deadlines are those of its latest possible day: what is past them is past due for certain.
    """
    dated = cases.assign(
        date_due_counted=due_dates(cases, project),
        date_acknowledge_by=acknowledgement_deadlines(cases, project),
        resolution_working_days=project.calendar.working_days(cases["date_received"], cases["date_resolved_counted"]),
    )
    return dated.assign(**_members(cases, project), **_without_window(dated, project))


def _members(cases: pd.DataFrame, project: Project) -> dict[str, pd.Series]:
    """Return the members that each grievance belongs to, as categories, by the dimension with `member_` before it.

    Those by location, sex and vulnerable group are in the spelling of project.yml where it has them.
    """
    given = project.settings.beneficiaries
    expected = given.by_dimension() if given else {}
    spelt = {dimension: {fold(name): name for name in expected.get(dimension, {})} for dimension in GROUP_COLUMNS}
    return {
        "member_status": _status_now(cases),
        "member_channel": _as_members(cases["channel"]),
        "member_type": _as_members(cases["type_counted"]),
        "member_month": _months(cases["date_received_earliest"], cases["date_received_latest"]),
        "member_topic": _as_members(cases["topic_counted"]),
        **{f"member_{name}": _as_members(cases[column], spelt[name]) for name, column in GROUP_COLUMNS.items()},
    }


def _as_members(column: pd.Series, spelt: Mapping[str, str] | None = None, also: Iterable[str] = ()) -> pd.Series:
    """Turn texts into categories in alphabetical order, none missing; a category takes a byte, its text stands once.

    `spelt` has the text that counts for another one, by the folded text; `also` are categories whether they occur or
    not.
    """
    own = spelt or {}
    codes, texts = pd.factorize(column)
    names = [own.get(fold(text), text) if own else text for text in texts] + [NOT_STATED]
    categories = sorted({*names, *also})
    place = {name: number for number, name in enumerate(categories)}
    # A missing text has the code -1, which is the last of the names.
    of_code = np.array([place[name] for name in names])[codes]
    return pd.Series(pd.Categorical.from_codes(of_code, categories), index=column.index)


def _without_window(cases: pd.DataFrame, project: Project) -> dict[str, pd.Series | int]:
    """Work out what is the same in all windows, so that it is worked out once.

    `number_or_row` names the grievance; `has_…` and `was_…` are booleans, false where a date is missing.
    """
    required = columns.names(required=True)
    day_received, resolved = cases["date_received"].dt.normalize(), cases["date_resolved_counted"]
    due, acknowledge_by = _surely_before(cases, project)
    contactable = is_contactable(cases, project)
    return {
        "number_or_row": cases["registration_no"].fillna("row " + cases["source_row"].astype("str")),
        "was_resolved_on_receipt": day_received == resolved,
        # Resolved on an unknown day is not known to be in time.
        "was_resolved_in_time": due.notna() & resolved.notna() & ~is_later(cases["date_resolved"], due),
        "was_acknowledged_in_time": ~is_later(cases["date_acknowledged"], acknowledge_by),
        "resolution_calendar_days": (resolved - day_received).dt.days.astype("Int64"),
        "has_way_to_answer": contactable,
        "has_acknowledgement_due": contactable & cases["date_acknowledge_by"].notna(),
        "has_severity": is_severe(cases, project),
        "has_benefit": cases["is_benefit_related"].fillna(False).astype(bool),
        "has_no_name": cases["is_anonymous"].fillna(False).astype(bool),
        "required_cells": len(required),
        "required_cells_filled": cases[required].notna().sum(axis=1),
    }


def _surely_before(cases: pd.DataFrame, project: Project) -> tuple[pd.Series, pd.Series]:
    """Return the days by which a resolution and an acknowledgement are in time for certain.

    They are the deadlines; without a date of receipt those of its earliest possible day.
    """
    undated = cases[cases["date_received"].isna()]
    due, acknowledge_by = cases["date_due_counted"].copy(), cases["date_acknowledge_by"].copy()
    due[undated.index] = due_dates(undated, project, "earliest")
    acknowledge_by[undated.index] = acknowledgement_deadlines(undated, project, "earliest")
    return due, acknowledge_by


def due_dates(cases: pd.DataFrame, project: Project, bound: Bound = "latest") -> pd.Series:
    """Return each grievance's due date: the register's, else the receipt plus the service standard for its type.

    Timestamps; missing where neither is known. Without a date of receipt the standard runs from its `bound`. A due date
    without a time of day lasts until the end of that day.
    """
    due = cases["date_due"]
    standard = project.settings.service_standards.resolution
    if standard is None:
        return due
    received, by_standard = _receipts(cases, bound), pd.Series(pd.NaT, index=cases.index, dtype=due.dtype)
    for kind in cases["type_counted"].unique():
        days = standard.by_type.get(kind, standard.days)
        of_kind = cases["type_counted"] == kind
        by_standard[of_kind] = end_of_standard(received[of_kind], days, standard.unit, project.calendar)
    return due.fillna(by_standard)


def acknowledgement_deadlines(cases: pd.DataFrame, project: Project, bound: Bound = "latest") -> pd.Series:
    """Return the day by which each grievance was to be acknowledged; missing without a standard.

    Without a date of receipt the standard runs from its `bound`.
    """
    standard = project.settings.service_standards.acknowledgement
    if standard is None:
        return pd.Series(pd.NaT, index=cases.index, dtype=cases["date_received"].dtype)
    return end_of_standard(_receipts(cases, bound), standard.days, standard.unit, project.calendar)


def _receipts(cases: pd.DataFrame, bound: Bound) -> pd.Series:
    return cases["date_received"].fillna(cases[f"date_received_{bound}"])


def end_of_standard(received: pd.Series, days: int, unit: str, calendar: WorkingCalendar) -> pd.Series:
    """Return the day on which a standard of so many days ends for each receipt; none of `received` may be missing."""
    day = received.dt.normalize()
    if unit == "calendar_days":
        return day + pd.Timedelta(days=days)
    moved = calendar.add_working_days(day.to_numpy().astype("datetime64[D]"), days)
    return pd.Series(moved.astype("datetime64[us]"), index=received.index)


def is_received(cases: pd.DataFrame, window: Window) -> pd.Series:
    """Say which grievances were received in a window: those whose bounds of receipt lie inside its counted days."""
    s, c = pd.Timestamp(window.start), pd.Timestamp(window.counted_to)
    return (cases["date_received_earliest"] >= s) & (cases["date_received_latest"] <= c)


def is_open(cases: pd.DataFrame, day: pd.Timestamp) -> pd.Series:
    """Say which grievances were received, admissible and not ended at the end of `day`."""
    return _is_open(cases, day, status_at(cases, day))


def _is_open(cases: pd.DataFrame, day: pd.Timestamp, status: pd.Series) -> pd.Series:
    return cases["is_admissible"] & (cases["date_received_latest"] <= day) & status.isin(OPEN)


def status_at(cases: pd.DataFrame, day: pd.Timestamp) -> pd.Series:
    """Return the status of each grievance at the end of `day`, as categories.

    'unrelated' and 'duplicate' carry no day and stay. `cases` may be prepared or not.
    """
    now = cases["member_status"] if "member_status" in cases else _status_now(cases)
    in_progress, resolved = (now.cat.categories.get_loc(name) for name in ("in_progress", "resolved"))
    first, reopened = cases["date_resolved_counted"] <= day, cases["date_reopened_counted"] <= day
    again, closed = cases["date_resolved_again_counted"] <= day, cases["date_closed_counted"] <= day
    moves = now.isin(("in_progress", "resolved", *CLOSED)) & ~cases["is_ended_undated"] & ~closed
    then = np.where(first & ~(reopened & ~again), resolved, in_progress)
    codes = np.where(moves, then, now.cat.codes)
    return pd.Series(pd.Categorical.from_codes(codes, dtype=now.dtype), index=cases.index)


def _status_now(cases: pd.DataFrame) -> pd.Series:
    """Return the status that counts: 'unrelated' for all that are, whatever became of them.

    A grievance that is admissible while its status says 'unrelated' has one that says nothing of its progress.
    """
    status = _as_members(cases["status"], also=("in_progress", "resolved", "unrelated"))
    status = status.mask(cases["is_admissible"] & (status == "unrelated"), NOT_STATED)
    return status.mask(cases["relation_counted"] == "unrelated", "unrelated")


def resolved_as_of(cases: pd.DataFrame, facts: pd.DataFrame, window: Window) -> pd.Series:
    """Return the day of the first resolution of those that are resolved as of A; missing for all others."""
    day = cases["date_resolved_counted"]
    return day.where((day <= pd.Timestamp(window.as_of)) & (facts["status"] == "resolved"))


def facts(cases: pd.DataFrame, window: Window, project: Project) -> pd.DataFrame:
    """Work out the facts of one window.

    Parameters
    ----------
    cases
        One row a grievance, labelled and prepared; see docs/architecture.md for its columns, and `prepare`.

    Returns
    -------
    pd.DataFrame
        One row a grievance, in the order of `cases`: booleans `is_…`, day counts `…_days`; as categories the status as
        of A and the members of every other dimension; for tracing `registration_no`, which is 'row 7' where there is
        none.
    """
    s, c, a = (pd.Timestamp(day) for day in (window.start, window.counted_to, window.as_of))
    earliest, latest = cases["date_received_earliest"], cases["date_received_latest"]
    received = is_received(cases, window)
    admissible = cases["is_admissible"]
    status = status_at(cases, a)
    frame = pd.DataFrame(
        {
            "registration_no": cases["number_or_row"],
            "source_row": cases["source_row"],
            "is_received": received,
            "is_unplaced": cases["date_received"].isna() & ~received & (latest >= s) & (earliest <= c),
            "is_before": latest < s,
            "is_after": earliest > c,
            "is_unrelated": received & (cases["relation_counted"] == "unrelated"),
            "is_eligible": received & admissible,
            "status": status,
            "is_open_before": is_open(cases, s - _ONE_DAY),
            "is_open_after": _is_open(cases, c, status) if c == a else is_open(cases, c),
            **{name: cases[f"member_{name}"] for name in ("channel", "type", "month", "topic", *GROUP_COLUMNS)},
        }
    )
    frame["is_duplicate"] = received & ~admissible & ~frame["is_unrelated"]
    return frame.assign(**_events(cases, frame, s, c), **_deadlines(cases, frame, c, a), **_answers(cases, frame, a))


def _months(earliest: pd.Series, latest: pd.Series) -> pd.Series:
    """Return the month of the receipt, as categories; missing where its bounds lie in two of them."""
    first, last = (dates.to_numpy().astype("datetime64[M]") for dates in (earliest, latest))
    is_known = first == last
    codes, months = pd.factorize(first[is_known].astype("int64"), sort=True)
    names = np.datetime_as_string(months.astype("datetime64[M]")).tolist()
    of_each = np.full(len(first), len(names))
    of_each[is_known] = codes
    return pd.Series(pd.Categorical.from_codes(of_each, [*names, NOT_STATED]), index=earliest.index)


def _within(dates: pd.Series, s: pd.Timestamp, c: pd.Timestamp) -> pd.Series:
    return (dates >= s) & _until(dates, c)


def _until(dates: pd.Series, day: pd.Timestamp) -> pd.Series:
    """Say what came by the end of a day, at whatever time."""
    return dates < day + _ONE_DAY


def _events(cases: pd.DataFrame, frame: pd.DataFrame, s: pd.Timestamp, c: pd.Timestamp) -> dict[str, pd.Series]:
    admissible = cases["is_admissible"]
    first = admissible & _within(cases["date_resolved_counted"], s, c)
    again = admissible & _within(cases["date_resolved_again_counted"], s, c)
    latest_inside = _within(cases["date_received_latest"], s, c)
    return {
        "resolutions": first.astype("int64") + again.astype("int64"),
        "is_reopened": admissible & _within(cases["date_reopened_counted"], s, c),
        "is_closed_otherwise": admissible & _within(cases["date_closed_counted"], s, c),
        "is_entered_unplaced": admissible & latest_inside & ~frame["is_eligible"],
        "is_ended_undated": admissible & latest_inside & cases["is_ended_undated"],
        "is_timed": first & cases["date_received"].notna(),
        "is_same_day": first & cases["was_resolved_on_receipt"],
        "resolution_calendar_days": cases["resolution_calendar_days"],
        "resolution_working_days": cases["resolution_working_days"],
        "is_escalated": admissible & _within(cases["date_escalated"], s, c),
        "is_appealed": admissible & _within(cases["date_appealed"], s, c),
    }


def _deadlines(cases: pd.DataFrame, frame: pd.DataFrame, c: pd.Timestamp, a: pd.Timestamp) -> dict[str, pd.Series]:
    due, acknowledge_by = cases["date_due_counted"], cases["date_acknowledge_by"]
    resolved = frame["is_eligible"] & (frame["status"] == "resolved")
    still_open = frame["is_eligible"] & frame["status"].isin(OPEN)
    acknowledged = _until(cases["date_acknowledged"], a)
    in_question = frame["is_eligible"] & cases["has_acknowledgement_due"]
    open_since = cases["date_received_latest"].where(frame["is_open_after"])
    return {
        "is_within_standard": resolved & cases["was_resolved_in_time"],
        # A due day that is not over leaves time; the days that are compared with begin at midnight.
        "is_judged_by_standard": due.notna() & (resolved | (still_open & (due < a))),
        "is_overdue": frame["is_open_after"] & (due < c),
        "is_acknowledged_on_time": in_question & acknowledged & cases["was_acknowledged_in_time"],
        "is_acknowledgement_judged": in_question & (acknowledged | (acknowledge_by < a)),
        "pending_days": (c - open_since).dt.days.astype("Int64"),
    }


def is_severe(cases: pd.DataFrame, project: Project) -> pd.Series:
    """Say which grievances have the severity that project.yml names in `severe_from`, or one above it."""
    settings = project.settings
    first = settings.severities.index(settings.severe_from) if settings.severe_from else len(settings.severities)
    return cases["severity"].isin(settings.severities[first:])


def is_contactable(cases: pd.DataFrame, project: Project) -> pd.Series:
    """Say which complainants can be answered: a contact is on record, or the channel answers by itself."""
    answers = {code for code, channel in project.settings.channels.items() if channel.answers_by_itself}
    return cases["has_contact"] | cases["channel"].isin(answers)


def _answers(cases: pd.DataFrame, frame: pd.DataFrame, a: pd.Timestamp) -> dict[str, pd.Series]:
    eligible = frame["is_eligible"]
    outcome_due = eligible & (frame["status"] == "resolved") & cases["has_way_to_answer"]
    benefit = cases["is_admissible"] & cases["has_benefit"] & (cases["date_received_latest"] <= a)
    has_cells = frame["is_received"] | frame["is_unplaced"]
    return {
        "is_satisfied": eligible & cases["satisfaction"].eq("satisfied"),
        "is_dissatisfied": eligible & cases["satisfaction"].eq("dissatisfied"),
        "is_no_answer": eligible & cases["satisfaction"].eq("no_answer"),
        "is_not_asked": eligible & cases["satisfaction"].eq("not_asked"),
        "is_outcome_due": outcome_due,
        "is_outcome_communicated": outcome_due & _until(cases["date_outcome_communicated"], a),
        "is_referred": frame["is_unrelated"] & cases["referred_to"].notna(),
        "is_anonymous": frame["is_received"] & cases["has_no_name"],
        "is_severe": eligible & cases["has_severity"],
        "is_benefit_related": benefit,
        "is_benefit_addressed": benefit & (frame["status"] == "resolved"),
        "required_cells": cases["required_cells"].where(has_cells, 0),
        "required_cells_filled": cases["required_cells_filled"].where(has_cells, 0),
    }

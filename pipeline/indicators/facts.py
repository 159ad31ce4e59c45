"""What is true of each grievance in one window as of one day: the columns that every indicator is counted from.

Source of the rules: docs/indicators.md. s and c are the window's first and last counted day, A the as-of day.
"""

from __future__ import annotations

import numpy as np
import pandas as pd

from pipeline.period import Window
from pipeline.project import CLOSED, NOT_STATED, Project, fold
from pipeline.register import columns
from pipeline.working_days import WorkingCalendar, is_later

OPEN = ("in_progress", NOT_STATED)
"""The statuses of a grievance that has not ended; one that nobody can read has not."""
GROUP_COLUMNS = {"location": "location", "sex": "complainant_sex", "vulnerable_group": "vulnerable_group"}
"""The groups of people by which uptake is told, and their columns in the register."""


def prepare(cases: pd.DataFrame, project: Project) -> pd.DataFrame:
    """Add to the labelled cases what does not depend on a window.

    Adds `date_due_counted`, `date_acknowledge_by` (timestamps), `resolution_working_days` (from receipt to the first
    resolution, Int64), `required_cells` and `required_cells_filled` (counts).
    """
    required = columns.names(required=True)
    return cases.assign(
        date_due_counted=due_dates(cases, project),
        date_acknowledge_by=acknowledgement_deadlines(cases, project),
        resolution_working_days=project.calendar.working_days(cases["date_received"], cases["date_resolved_counted"]),
        required_cells=len(required),
        required_cells_filled=cases[required].notna().sum(axis=1),
    )


def due_dates(cases: pd.DataFrame, project: Project) -> pd.Series:
    """Return each grievance's due date: the register's, else the receipt plus the service standard for its type.

    Timestamps; missing where neither is known. A due date without a time of day lasts until the end of that day.
    """
    due = cases["date_due"]
    standard = project.settings.service_standards.resolution
    if standard is None:
        return due
    by_standard = pd.Series(pd.NaT, index=cases.index, dtype=due.dtype)
    for kind in cases["type_counted"].unique():
        days = standard.by_type.get(kind, standard.days)
        of_kind = (cases["type_counted"] == kind) & cases["date_received"].notna()
        by_standard[of_kind] = end_of_standard(
            cases.loc[of_kind, "date_received"], days, standard.unit, project.calendar
        )
    return due.fillna(by_standard)


def acknowledgement_deadlines(cases: pd.DataFrame, project: Project) -> pd.Series:
    """Return the day by which each grievance was to be acknowledged; missing without a standard or a receipt."""
    standard = project.settings.service_standards.acknowledgement
    deadline = pd.Series(pd.NaT, index=cases.index, dtype=cases["date_received"].dtype)
    if standard is None:
        return deadline
    dated = cases["date_received"].notna()
    deadline[dated] = end_of_standard(cases.loc[dated, "date_received"], standard.days, standard.unit, project.calendar)
    return deadline


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
    received = cases["date_received_latest"] <= day
    return cases["is_admissible"] & received & status_at(cases, day).isin(OPEN)


def status_at(cases: pd.DataFrame, day: pd.Timestamp) -> pd.Series:
    """Return the status of each grievance at the end of `day`; 'unrelated' and 'duplicate' carry no day and stay."""
    status = cases["status"].fillna(NOT_STATED)
    # An unrelated grievance that was ruled to concern the project has a status that says nothing of its progress.
    status = status.mask(cases["is_admissible"] & (status == "unrelated"), NOT_STATED)
    first, reopened = cases["date_resolved_counted"] <= day, cases["date_reopened_counted"] <= day
    again, closed = cases["date_resolved_again_counted"] <= day, cases["date_closed_counted"] <= day
    known = status.isin(("in_progress", "resolved", *CLOSED)) & ~cases["is_ended_undated"]
    then = pd.Series("in_progress", index=cases.index)
    then = then.mask(first & ~(reopened & ~again), "resolved").mask(closed, status)
    return status.mask(known, then)


def resolved_as_of(cases: pd.DataFrame, facts: pd.DataFrame, window: Window) -> pd.Series:
    """Return the day of the first resolution of those that are resolved as of A; missing for all others."""
    day = cases["date_resolved_counted"]
    return day.where((day <= pd.Timestamp(window.as_of)) & (facts["status"] == "resolved"))


def facts(cases: pd.DataFrame, window: Window, project: Project) -> pd.DataFrame:
    """Work out the facts of one window.

    Parameters
    ----------
    cases
        One row a grievance, labelled; see docs/architecture.md for its columns.

    Returns
    -------
    pd.DataFrame
        One row a grievance, in the order of `cases`: booleans `is_…`, day counts `…_days`, the status as of A, the
        members `channel`, `type`, `month`, and for tracing `registration_no`, which is 'row 7' where there is none.
    """
    s, c, a = (pd.Timestamp(day) for day in (window.start, window.counted_to, window.as_of))
    earliest, latest = cases["date_received_earliest"], cases["date_received_latest"]
    received = is_received(cases, window)
    admissible = cases["is_admissible"]
    frame = pd.DataFrame(
        {
            "registration_no": cases["registration_no"].fillna("row " + cases["source_row"].astype("str")),
            "source_row": cases["source_row"],
            "is_received": received,
            "is_unplaced": cases["date_received"].isna() & ~received & (latest >= s) & (earliest <= c),
            "is_before": latest < s,
            "is_after": earliest > c,
            "is_unrelated": received & (cases["relation_counted"] == "unrelated"),
            "is_eligible": received & admissible,
            "status": status_at(cases, a),
            "is_open_before": is_open(cases, s - pd.Timedelta(days=1)),
            "is_open_after": is_open(cases, c),
            "channel": cases["channel"].fillna(NOT_STATED),
            "type": cases["type_counted"],
            "month": _months(earliest, latest),
            "topic": cases["topic_counted"],
            **_groups(cases, project),
        }
    )
    frame["is_duplicate"] = received & ~admissible & ~frame["is_unrelated"]
    return frame.assign(
        **_events(cases, frame, s, c), **_deadlines(cases, frame, project, c, a), **_answers(cases, frame, project, a)
    )


def _groups(cases: pd.DataFrame, project: Project) -> dict[str, pd.Series]:
    """Return the members by location, sex and vulnerable group, in the spelling of project.yml where it has them."""
    given = project.settings.beneficiaries
    expected = given.by_dimension() if given else {}
    members = {}
    for dimension, column in GROUP_COLUMNS.items():
        own = {fold(name): name for name in expected.get(dimension, {})}
        spelt = {text: own.get(fold(text), text) for text in cases[column].dropna().unique()} if own else {}
        members[dimension] = (cases[column].map(spelt) if spelt else cases[column]).fillna(NOT_STATED)
    return members


def _months(earliest: pd.Series, latest: pd.Series) -> pd.Series:
    first, last = (dates.to_numpy().astype("datetime64[M]") for dates in (earliest, latest))
    month = pd.Series(first.astype("datetime64[s]"), index=earliest.index).where(first == last)
    # Each month is written once, however many grievances were received in it.
    return month.map({one: f"{one:%Y-%m}" for one in month.dropna().unique()}).astype("str").fillna(NOT_STATED)


def _within(dates: pd.Series, s: pd.Timestamp, c: pd.Timestamp) -> pd.Series:
    day = dates.dt.normalize()
    return (day >= s) & (day <= c)


def _events(cases: pd.DataFrame, frame: pd.DataFrame, s: pd.Timestamp, c: pd.Timestamp) -> dict[str, pd.Series]:
    admissible = cases["is_admissible"]
    first = admissible & _within(cases["date_resolved_counted"], s, c)
    again = admissible & _within(cases["date_resolved_again_counted"], s, c)
    latest_inside = _within(cases["date_received_latest"], s, c)
    received = cases["date_received"].dt.normalize()
    return {
        "resolutions": first.astype("int64") + again.astype("int64"),
        "is_reopened": admissible & _within(cases["date_reopened_counted"], s, c),
        "is_closed_otherwise": admissible & _within(cases["date_closed_counted"], s, c),
        "is_entered_unplaced": admissible & latest_inside & ~frame["is_eligible"],
        "is_ended_undated": admissible & latest_inside & cases["is_ended_undated"],
        "is_timed": first & received.notna(),
        "is_same_day": first & (received == cases["date_resolved_counted"]),
        "resolution_calendar_days": (cases["date_resolved_counted"] - received).dt.days.astype("Int64"),
        "resolution_working_days": cases["resolution_working_days"],
        "is_escalated": admissible & _within(cases["date_escalated"], s, c),
        "is_appealed": admissible & _within(cases["date_appealed"], s, c),
    }


def _deadlines(
    cases: pd.DataFrame, frame: pd.DataFrame, project: Project, c: pd.Timestamp, a: pd.Timestamp
) -> dict[str, pd.Series]:
    due, acknowledge_by = cases["date_due_counted"], cases["date_acknowledge_by"]
    resolved = frame["is_eligible"] & (frame["status"] == "resolved")
    still_open = frame["is_eligible"] & frame["status"].isin(OPEN)
    # Resolved on an unknown day is not known to be in time.
    on_time = resolved & due.notna() & cases["date_resolved_counted"].notna() & ~is_later(cases["date_resolved"], due)
    judged = due.notna() & (resolved | (still_open & (due.dt.normalize() < a)))
    acknowledged = cases["date_acknowledged"].dt.normalize() <= a
    in_question = frame["is_eligible"] & is_contactable(cases, project) & acknowledge_by.notna()
    age = (c - cases["date_received_latest"]).dt.days.astype("Int64")
    return {
        "is_within_standard": on_time,
        "is_judged_by_standard": judged,
        "is_overdue": frame["is_open_after"] & (due.dt.normalize() < c),
        "is_acknowledged_on_time": in_question & acknowledged & ~is_later(cases["date_acknowledged"], acknowledge_by),
        "is_acknowledgement_judged": in_question & (acknowledged | (acknowledge_by.dt.normalize() < a)),
        "pending_days": age.where(frame["is_open_after"]),
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


def _answers(cases: pd.DataFrame, frame: pd.DataFrame, project: Project, a: pd.Timestamp) -> dict[str, pd.Series]:
    eligible = frame["is_eligible"]
    resolved = eligible & (frame["status"] == "resolved")
    told = cases["date_outcome_communicated"].dt.normalize() <= a
    benefit = (
        cases["is_admissible"]
        & cases["is_benefit_related"].fillna(False).astype(bool)
        & (cases["date_received_latest"] <= a)
    )
    return {
        "is_satisfied": eligible & cases["satisfaction"].eq("satisfied"),
        "is_dissatisfied": eligible & cases["satisfaction"].eq("dissatisfied"),
        "is_no_answer": eligible & cases["satisfaction"].eq("no_answer"),
        "is_not_asked": eligible & cases["satisfaction"].eq("not_asked"),
        "is_outcome_due": resolved & is_contactable(cases, project),
        "is_outcome_communicated": resolved & is_contactable(cases, project) & told,
        "is_referred": frame["is_unrelated"] & cases["referred_to"].notna(),
        "is_anonymous": frame["is_received"] & cases["is_anonymous"].fillna(False).astype(bool),
        "is_severe": eligible & is_severe(cases, project),
        "is_benefit_related": benefit,
        "is_benefit_addressed": benefit & (frame["status"] == "resolved"),
        "required_cells": np.where(frame["is_received"] | frame["is_unplaced"], cases["required_cells"], 0),
        "required_cells_filled": np.where(
            frame["is_received"] | frame["is_unplaced"], cases["required_cells_filled"], 0
        ),
    }

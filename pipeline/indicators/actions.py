"""What is to be done next about each grievance, as of the as-of day: the list to work with inside the house.

On the list stand, sensitive grievances apart:

1. open severe grievances of which the bank was not notified, where project.yml sets a limit;
2. all others that are open, whenever received, the longest overdue first;
3. severe ones that have ended and of which the bank was never notified;
4. resolved ones whose outcome was not told to somebody who can be contacted.

A date after the as-of day has not happened. Source of what is open, due and contactable: docs/indicators.md.
"""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np
import pandas as pd

from pipeline.indicators.facts import OPEN, end_of_standard, is_contactable, is_severe, prepare, status_at
from pipeline.period import Scopes
from pipeline.project import NOT_STATED, Project
from pipeline.register.reading import PLACE

STEPS = (
    "notify_bank",
    "look_again",
    "decide_overdue",
    "acknowledge",
    "resolve_by",
    "resolve",
    "communicate_outcome",
)
"""The next steps, in the order in which the first that fits is taken.

`look_again`: reopened and not resolved again; `decide_overdue`: past its due date; `resolve`: without a due date.
"""
COLUMNS = (
    *PLACE,
    "registration_no",
    "group",
    "next_step",
    "date_received",
    "type",
    "channel",
    "severity",
    "is_severe",
    "summary_redacted",
    "status",
    "date_due",
    "overdue_calendar_days",
    "overdue_working_days",
    "date_notify_by",
    "notify_late_calendar_days",
    "notify_late_working_days",
    "is_acknowledged",
    "date_acknowledge_by",
    "date_resolved",
    "is_outcome_untold",
)
"""The columns of `open_actions`."""
GROUPS = ("severe_not_notified", "open", "ended_not_notified", "outcome_not_communicated")
_NOT_NOTIFIED = ("severe_not_notified", "ended_not_notified")


def open_actions(labelled: pd.DataFrame, project: Project, scopes: Scopes, collected: Iterable[str]) -> pd.DataFrame:
    """List what is to be done, the most pressing first.

    Parameters
    ----------
    labelled
        The labelled cases, one row a grievance, without the sensitive ones.
    collected
        The register's own columns. Nobody is asked to acknowledge or to tell the outcome where the register does not
        say when that was done.

    Returns
    -------
    pd.DataFrame
        The columns of `COLUMNS`, one row a grievance. Days overdue are Int64, counted from the due day to the as-of
        day, missing where it is not past; on the due day itself there is still time. `group` is one of `GROUPS`, in
        that order; where the bank was not notified the earliest limit comes first, of the open ones the earliest due
        date, of the resolved ones the earliest resolution. `is_outcome_untold` says of any group that the grievance is
        resolved and its outcome was not told: in the third that is what comes after notifying the bank.
    """
    a, known = pd.Timestamp(scopes.current.as_of), frozenset(collected)
    cases = prepare(labelled, project)
    status = status_at(cases, a)
    here = cases["is_admissible"] & (cases["date_received_latest"] <= a)
    is_open = here & status.isin(OPEN)
    severe = here & is_severe(cases, project)
    unnotified = severe & ~_happened(cases["date_bank_notified"], a)
    unnotified &= project.settings.bank_notification is not None
    contactable = is_contactable(cases, project)
    untold = here & (status == "resolved") & contactable & ~_happened(cases["date_outcome_communicated"], a)
    untold &= "date_outcome_communicated" in known
    acknowledged = _happened(cases["date_acknowledged"], a)
    unacknowledged = is_open & contactable & ~acknowledged & ("date_acknowledged" in known)
    due = cases["date_due_counted"].where(is_open)
    notify_by = _notify_by(cases, project).where(unnotified)
    reopened = is_open & (cases["date_reopened_counted"] <= a)
    steps = (unnotified, reopened, _is_past(due, a), unacknowledged, due.notna(), is_open)
    table = pd.DataFrame(
        {
            **{name: cases[name] for name in (*PLACE, "registration_no")},
            "group": np.select([unnotified & is_open, is_open, unnotified], GROUPS[:3], GROUPS[3]),
            "next_step": np.select(steps, STEPS[:-1], STEPS[-1]),
            "date_received": cases["date_received"].dt.normalize(),
            "type": cases["type_counted"],
            "channel": cases["channel"].fillna(NOT_STATED),
            "severity": cases["severity"],
            "is_severe": severe,
            "summary_redacted": cases["summary_redacted"],
            "status": status.astype("str"),
            "date_due": due.dt.normalize(),
            **_late("overdue", due, a, project),
            "date_notify_by": notify_by,
            **_late("notify_late", notify_by, a, project),
            "is_acknowledged": acknowledged,
            "date_acknowledge_by": cases["date_acknowledge_by"],
            "date_resolved": cases["date_resolved_counted"].where(status == "resolved"),
            "is_outcome_untold": untold,
        }
    )
    return _in_order(table[unnotified | is_open | untold], cases["date_received_latest"])


def _in_order(table: pd.DataFrame, latest: pd.Series) -> pd.DataFrame:
    group = table["group"].map({name: place for place, name in enumerate(GROUPS)})
    by = [table["group"].isin(_NOT_NOTIFIED), table["group"] == "open"]
    pressing = table["date_notify_by"].where(by[0], table["date_due"]).where(by[0] | by[1], table["date_resolved"])
    keys = pd.DataFrame(
        {
            "group": group,
            "pressing": pressing,
            "is_mild": ~table["is_severe"],
            "due": table["date_due"],
            "received": table["date_received"].fillna(latest),
        }
    )
    order = keys.sort_values(list(keys), kind="stable", na_position="last").index
    return table.loc[order, list(COLUMNS)].reset_index(drop=True)


def _happened(dates: pd.Series, a: pd.Timestamp) -> pd.Series:
    return dates.dt.normalize() <= a


def _is_past(deadlines: pd.Series, a: pd.Timestamp) -> pd.Series:
    return deadlines.dt.normalize() < a


def _notify_by(cases: pd.DataFrame, project: Project) -> pd.Series:
    standard, received = project.settings.bank_notification, cases["date_received"]
    limit = pd.Series(pd.NaT, index=cases.index, dtype=received.dtype)
    if standard is not None:
        dated = received.notna()
        limit[dated] = end_of_standard(received[dated], standard.days, standard.unit, project.calendar)
    return limit


def _late(name: str, deadlines: pd.Series, a: pd.Timestamp, project: Project) -> dict[str, pd.Series]:
    """Count the days from each deadline to the as-of day, in both units; missing where it is not past."""
    past = _is_past(deadlines, a)
    day = deadlines.dt.normalize().where(past)
    now = pd.Series(a, index=deadlines.index, dtype=deadlines.dtype)
    return {
        f"{name}_calendar_days": (a - day).dt.days.astype("Int64"),
        f"{name}_working_days": project.calendar.working_days(day, now),
    }


def action_counts(actions: pd.DataFrame, scopes: Scopes) -> dict[str, int]:
    """Count what is on the list: by group, and among the open ones by how they stand to their due date.

    `open` counts all that are open, those of which the bank was not notified among them, so that it is the stock of
    open grievances; `overdue`, `due_soon` (within seven days), `due_later` and `no_due_date` add up to it.
    """
    a = pd.Timestamp(scopes.current.as_of)
    unnotified = actions["group"].isin(_NOT_NOTIFIED)
    is_open = actions["status"].isin(OPEN)
    due = actions["date_due"].where(is_open)
    soon = (due >= a) & (due <= a + pd.Timedelta(days=7))
    counted = {
        "severe_not_notified": unnotified,
        "severe_late": unnotified & actions["notify_late_calendar_days"].notna(),
        "open": is_open,
        "overdue": is_open & (due < a),
        "due_soon": soon,
        "due_later": is_open & due.notna() & ~(due < a) & ~soon,
        "no_due_date": is_open & due.isna(),
        "acknowledge": actions["next_step"] == "acknowledge",
        "outcome_not_communicated": actions["is_outcome_untold"],
    }
    return {name: int(rows.sum()) for name, rows in counted.items()}

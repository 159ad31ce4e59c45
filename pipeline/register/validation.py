"""Whether the cells of a row agree with each other, and which of its dates may be counted.

The rule that an auditor is told: the date of an end counts only where the status says that the grievance ended, and
not before the receipt; any other such date is left out, with a finding.
"""

from __future__ import annotations

import pandas as pd

from pipeline.project import Project
from pipeline.register import findings
from pipeline.register.columns import names
from pipeline.register.mapping import collected
from pipeline.register.reading import Register

CLOSED = ("rejected", "withdrawn")
ENDED = ("resolved", *CLOSED)
EVENTS = ("date_resolved", "date_reopened", "date_resolved_again", "date_closed")
"""Events that change what is open; `<event>_counted` holds the day that the figures use."""

_ORDER = (
    ("date_received", "date_acknowledged"),
    ("date_resolved", "date_outcome_communicated"),
    ("date_resolved", "date_appealed"),
    ("date_received", "date_escalated"),
    ("date_received", "date_closed"),
    ("date_resolved", "date_reopened"),
    ("date_reopened", "date_resolved_again"),
)


def check(register: Register, project: Project) -> Register:
    """Check the rows and add the days that count.

    Adds `date_resolved_counted`, `date_reopened_counted`, `date_resolved_again_counted`, `date_closed_counted` (days)
    and `is_ended_undated`: ended by its status, but without a usable date.
    """
    table = _with_counted_dates(register.table)
    noticed = [
        *_blank_cells(table, register),
        *_outside_the_register(table, project),
        *_order_of_dates(table),
        *_status_against_dates(table, project),
        *_conflicts(table, project),
    ]
    return register.with_table(table, *noticed)


def _with_counted_dates(table: pd.DataFrame) -> pd.DataFrame:
    day = {name: table[name].dt.normalize() for name in EVENTS}
    status, receipt = table["status"], table["date_received_latest"]
    first = day["date_resolved"].where(day["date_resolved"] >= receipt)
    reopened = day["date_reopened"].where(day["date_reopened"] >= first)
    again = day["date_resolved_again"].where(day["date_resolved_again"] >= reopened)
    closed = day["date_closed"].where(day["date_closed"] >= receipt)

    is_resolved, is_open, is_closed = status.eq("resolved"), status.eq("in_progress"), status.isin(CLOSED)
    # A reopening counts where what followed it agrees with the status: resolved again, still open, or closed since.
    use_reopened = reopened.notna() & (
        (is_resolved & again.notna())
        | (is_open & day["date_resolved_again"].isna())
        | (is_closed & (closed >= reopened))
    )
    # A grievance that is open or closed now can have been resolved only if it was reopened since.
    use_first = first.notna() & (is_resolved | use_reopened)
    return table.assign(
        date_resolved_counted=first.where(use_first),
        date_reopened_counted=reopened.where(use_reopened),
        date_resolved_again_counted=again.where(use_reopened & is_resolved),
        date_closed_counted=closed.where(is_closed),
        is_ended_undated=((is_resolved & first.isna()) | (is_closed & closed.isna())).fillna(False).astype(bool),
    )


def _blank_cells(table: pd.DataFrame, register: Register) -> list[pd.DataFrame]:
    def unseen(column: str) -> pd.DataFrame:
        # A cell that held something unknown has its own finding already.
        told = set(register.found.loc[register.found["column"] == column, "row"].dropna())
        return table[table[column].isna() & ~table["source_row"].isin(told)]

    noticed = [findings.found(f"{name}_missing", unseen(name), name) for name in ("status", "channel")]
    if "type" in collected(register):
        noticed.append(findings.found("type_missing", unseen("type"), "type"))
    return noticed


def _outside_the_register(table: pd.DataFrame, project: Project) -> list[pd.DataFrame]:
    settings = project.settings
    start, complete = pd.Timestamp(settings.grm_start), pd.Timestamp(settings.complete_through)
    early = table[table["date_received"] < start]
    noticed = [findings.found("received_before_start", early, "date_received", known=settings.grm_start)]
    for name in names(type="date"):
        if name != "date_due":
            late = table[table[name].dt.normalize() > complete]
            noticed.append(findings.found("after_complete_through", late, name, known=settings.complete_through))
    return noticed


def _is_before(table: pd.DataFrame, later: str, earlier: str) -> pd.Series:
    """Say where `later` lies before `earlier`: by time of day where both cells give one, else by day."""
    a, b = table[earlier], table[later]
    timed = (a != a.dt.normalize()) & (b != b.dt.normalize())
    return (b < a).where(timed, b.dt.normalize() < a.dt.normalize()).fillna(False).astype(bool)


def _order_of_dates(table: pd.DataFrame) -> list[pd.DataFrame]:
    wrong = table[_is_before(table, "date_resolved", "date_received")]
    noticed = [findings.found("resolved_before_received", wrong, "date_resolved", known=wrong["date_received"])]
    for earlier, later in _ORDER:
        wrong = table[_is_before(table, later, earlier)]
        noticed.append(findings.found("dates_out_of_order", wrong, later, known=wrong[earlier], other=earlier))
    return noticed


def _status_against_dates(table: pd.DataFrame, project: Project) -> list[pd.DataFrame]:
    labels = {code: term.label for code, term in project.settings.statuses.items()}
    status = table["status"].map(labels)
    undated = table[table["is_ended_undated"]]
    noticed = [
        findings.found(
            "ended_undated", undated, "status", values=status[undated.index], last=undated["date_received_latest"]
        )
    ]
    placed = table["status"].isin(("in_progress", *ENDED)) & ~table["is_ended_undated"]
    for name in EVENTS:
        left_out = table[placed & table[name].notna() & table[f"{name}_counted"].isna() & ~_too_early(table, name)]
        noticed.append(
            findings.found(
                "status_against_dates",
                left_out,
                "status",
                values=status[left_out.index],
                other=name,
                known=left_out[name],
            )
        )
    return noticed


def _too_early(table: pd.DataFrame, name: str) -> pd.Series:
    """A date before the receipt is left out for that reason and has a finding of its own."""
    return (table[name].dt.normalize() < table["date_received_latest"]).fillna(False)


def _conflicts(table: pd.DataFrame, project: Project) -> list[pd.DataFrame]:
    settings = project.settings
    both = table["relation"].notna() & table["status"].notna()
    by_status = table["status"].eq("unrelated")
    conflict = table[
        both & (table["relation"].eq("unrelated") != by_status) & ~table["status"].isin((*CLOSED, "duplicate"))
    ]
    shown_relation = conflict["relation"].map({code: term.label for code, term in settings.relations.items()})
    shown_status = conflict["status"].map({code: term.label for code, term in settings.statuses.items()})
    inferred = table[table["channel_basis"].fillna("").str.casefold() == "inferred"]
    shown_channel = inferred["channel"].map({code: term.label for code, term in settings.channels.items()})
    return [
        findings.found("relation_against_status", conflict, "relation", values=shown_relation, known=shown_status),
        findings.found("channel_inferred", inferred, "channel", values=shown_channel),
    ]

"""The date of an end counts only where the status says that it ended, and not before the receipt."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

import pandas as pd
import pytest
from making import Cleaned, Maker

from pipeline.register.columns import names

COUNTED = ("date_resolved", "date_reopened", "date_resolved_again", "date_closed")


def row(status: str, received: str = "2024-03-05", **dates: str) -> dict[str, str]:
    cells = {f"date_{name}": day for name, day in dates.items()}
    return {"date_received": received, "channel": "email", "status": status, "type": "Question", **cells}


def apart(rows: Iterable[Mapping[str, str]]) -> list[dict[str, str]]:
    """Give each row a series of its own, so that none bounds another."""
    return [{"registration_no": f"1/{2000 + place}", **cells} for place, cells in enumerate(rows)]


def counted(cleaned: Cleaned) -> list[str]:
    """Say of each row which dates count, by day and month, and whether the grievance ended undated."""
    told = []
    for case in cleaned.cases.to_dict("records"):
        days = [
            f"{name.removeprefix('date_')} {case[f'{name}_counted']:%d-%m}"
            for name in COUNTED
            if not pd.isna(case[f"{name}_counted"])
        ]
        told.append(", ".join([*days, *(["undated"] if case["is_ended_undated"] else [])]))
    return told


def rules(cleaned: Cleaned) -> list[list[str]]:
    """List the rules that each row broke; bounds of a blank receipt are none."""
    found = cleaned.findings[cleaned.findings["rule"] != "date_bounded"]
    return [sorted(found.loc[found["row"] == number, "rule"]) for number in cleaned.cases["source_row"]]


AGREEING = {
    "resolved": (row("Resolved", resolved="2024-03-06"), "resolved 06-03"),
    "resolved on the day of receipt": (row("Resolved", resolved="2024-03-05"), "resolved 05-03"),
    "resolved on the day of receipt, at an earlier hour": (
        row("Resolved", "2024-03-05 14:00", resolved="2024-03-05"),
        "resolved 05-03",
    ),
    "in progress": (row("Resolving"), ""),
    "rejected": (row("Rejected", closed="2024-03-06"), "closed 06-03"),
    "withdrawn": (row("Withdrawn", closed="2024-03-05"), "closed 05-03"),
    "reopened and resolved again": (
        row("Resolved", resolved="2024-03-06", reopened="2024-03-07", resolved_again="2024-03-08"),
        "resolved 06-03, reopened 07-03, resolved_again 08-03",
    ),
    "all on one day": (
        row("Resolved", resolved="2024-03-05", reopened="2024-03-05", resolved_again="2024-03-05"),
        "resolved 05-03, reopened 05-03, resolved_again 05-03",
    ),
    "reopened and still open": (
        row("Resolving", resolved="2024-03-06", reopened="2024-03-07"),
        "resolved 06-03, reopened 07-03",
    ),
    "reopened and closed otherwise": (
        row("Rejected", resolved="2024-03-06", reopened="2024-03-07", closed="2024-03-08"),
        "resolved 06-03, reopened 07-03, closed 08-03",
    ),
    "unrelated": (row("Unrelated"), ""),
    "without a receipt, resolved": (row("Resolved", "", resolved="2024-03-06"), "resolved 06-03"),
}


def test_what_agrees_counts_without_a_finding(make: Maker) -> None:
    cleaned = make.clean(apart(cells for cells, _ in AGREEING.values()))
    assert dict(zip(AGREEING, counted(cleaned), strict=True)) == {case: days for case, (_, days) in AGREEING.items()}
    assert dict(zip(AGREEING, rules(cleaned), strict=True)) == {case: [] for case in AGREEING}


CONFLICTING = {
    "resolved, without a date": (row("Resolved"), "undated", ["ended_undated"]),
    "resolved before receipt": (
        row("Resolved", resolved="2024-03-04"),
        "undated",
        ["ended_undated", "resolved_before_received"],
    ),
    "resolved, with the date of a rejection": (row("Resolved", closed="2024-03-06"), "undated", ["ended_undated"]),
    "rejected, without a date": (row("Rejected"), "undated", ["ended_undated"]),
    "rejected, with the date of a resolution": (row("Rejected", resolved="2024-03-06"), "undated", ["ended_undated"]),
    "withdrawn before receipt": (
        row("Withdrawn", closed="2024-03-04"),
        "undated",
        ["dates_out_of_order", "ended_undated"],
    ),
    "in progress, with the date of a resolution": (
        row("Resolving", resolved="2024-03-06"),
        "",
        ["status_against_dates"],
    ),
    "in progress, with the date of a rejection": (row("Resolving", closed="2024-03-06"), "", ["status_against_dates"]),
    "in progress, though resolved again": (
        row("Resolving", resolved="2024-03-06", reopened="2024-03-07", resolved_again="2024-03-08"),
        "",
        ["status_against_dates"] * 3,
    ),
    "in progress, reopened without a first resolution": (
        row("Resolving", reopened="2024-03-07"),
        "",
        ["status_against_dates"],
    ),
    "resolved, reopened and not resolved again": (
        row("Resolved", resolved="2024-03-06", reopened="2024-03-07"),
        "resolved 06-03",
        ["status_against_dates"],
    ),
    "resolved again without a reopening": (
        row("Resolved", resolved="2024-03-06", resolved_again="2024-03-08"),
        "resolved 06-03",
        ["status_against_dates"],
    ),
    "reopened before the resolution": (
        row("Resolved", resolved="2024-03-08", reopened="2024-03-07", resolved_again="2024-03-09"),
        "resolved 08-03",
        ["dates_out_of_order", "status_against_dates", "status_against_dates"],
    ),
    "resolved again before the reopening": (
        row("Resolved", resolved="2024-03-06", reopened="2024-03-08", resolved_again="2024-03-07"),
        "resolved 06-03",
        ["dates_out_of_order", "status_against_dates", "status_against_dates"],
    ),
    "closed before the reopening": (
        row("Rejected", resolved="2024-03-06", reopened="2024-03-08", closed="2024-03-07"),
        "closed 07-03",
        ["status_against_dates"] * 2,
    ),
    "status unknown, with the date of a resolution": (row("Pendng", resolved="2024-03-06"), "", ["unknown_status"]),
    "status blank, with the date of a rejection": (row("", closed="2024-03-06"), "", ["status_missing"]),
    "a date that cannot be read": (row("Resolved", resolved="soon"), "undated", ["ended_undated", "unreadable_date"]),
}


def test_what_conflicts_is_left_out_and_told(make: Maker) -> None:
    cleaned = make.clean(apart(cells for cells, _, _ in CONFLICTING.values()))
    found = dict(zip(CONFLICTING, zip(counted(cleaned), rules(cleaned), strict=True), strict=True))
    assert found == {case: (days, broken) for case, (_, days, broken) in CONFLICTING.items()}


ORDER = [
    ("received", "acknowledged"),
    ("resolved", "outcome_communicated"),
    ("resolved", "appealed"),
    ("received", "escalated"),
    ("received", "closed"),
    ("resolved", "reopened"),
    ("reopened", "resolved_again"),
]
PAIRS = [
    ("2024-03-06", "2024-03-05", True),
    ("2024-03-06", "2024-03-06", False),
    ("2024-03-05", "2024-03-06", False),
    ("2024-03-06 14:00", "2024-03-06 13:00", True),
    ("2024-03-06 13:00", "2024-03-06 14:00", False),
    # Only where both give the time of day does it count.
    ("2024-03-06 14:00", "2024-03-06", False),
    ("2024-03-06", "2024-03-05 23:59", True),
    ("", "2024-03-05", False),
]


@pytest.mark.parametrize(("earlier", "later"), ORDER)
def test_dates_must_follow_each_other(make: Maker, earlier: str, later: str) -> None:
    rows = [{"received": "2024-03-01", earlier: first, later: second} for first, second, _ in PAIRS]
    found = make.clean(apart(row("Resolving", **dates) for dates in rows)).findings
    wrong = found[found["rule"] == "dates_out_of_order"]
    assert wrong["row"].tolist() == [number for number, (_, _, is_wrong) in enumerate(PAIRS, start=2) if is_wrong]
    assert set(wrong["column"]) == {f"date_{later}"}
    assert wrong["message"].str.contains(f"lies before 2024-03-06.*[(]date_{earlier}[)]").all()


def test_a_date_after_the_end_of_the_register_is_told_in_every_column_but_the_due_date(make: Maker) -> None:
    checked = [name for name in names(type="date") if name != "date_due"]
    late = apart({**row("Resolving"), "date_due": "2024-09-01", name: "2024-07-01"} for name in checked)
    found = make.clean(late).findings.query("rule == 'after_complete_through'")
    assert found["column"].tolist() == checked
    assert found["row"].tolist() == list(range(2, 2 + len(checked)))
    on_time = apart({**row("Resolving"), name: "2024-06-30 23:59"} for name in checked)
    assert "after_complete_through" not in make.clean(on_time).rules()


RELATIONS = [
    ("Unrelated", "Unrelated", False),
    ("Related", "Resolving", False),
    ("", "Unrelated", False),
    ("Related", "", False),
    ("Unrelated", "Resolving", True),
    ("Related", "Unrelated", True),
    # An unrelated grievance may well be rejected, withdrawn or a duplicate.
    ("Unrelated", "Rejected", False),
    ("Unrelated", "Withdrawn", False),
    ("Unrelated", "Duplicate", False),
    ("Related", "Duplicate", False),
]


def test_relation_and_status_that_contradict_each_other_are_told(make: Maker) -> None:
    cleaned = make.clean(apart({**row(status), "relation": relation} for relation, status, _ in RELATIONS))
    told = ["relation_against_status" in broken for broken in rules(cleaned)]
    assert told == [is_conflict for _, _, is_conflict in RELATIONS]

"""The list of what is to be done, worked out by hand.

The as-of day is Tuesday, 30 April 2024. In Mongolia April 2024 has no holiday; 1, 8, 15, 22 and 29 April are Mondays.
"""

from __future__ import annotations

import pandas as pd
import pytest
from making import Cleaned, Maker, parts

from pipeline.indicators.actions import COLUMNS, STEPS, action_counts, open_actions
from pipeline.register.mapping import collected

CHANGES = {
    "severities": "[mild, grave]",
    "severe_from": "grave",
    "bank_notification": "{days: 2, unit: working_days}",
    "service_standards": "{acknowledgement: {days: 2}, resolution: {days: 5, unit: working_days}}",
}
TOLD = {"date_acknowledged": "2024-04-02"}


def row(number: int, received: str, status: str, resolved: str = "", **cells: str) -> dict[str, str]:
    base = {"registration_no": f"{number}/2024", "date_received": received, "channel": "email", "status": status}
    return {**base, "type": "Complaint", "date_resolved": resolved, "summary": f"Issue {number}", **cells}


ROWS = [
    # Due Mon 22 April (5 working days after Mon 15), 8 calendar and 6 working days (23, 24, 25, 26, 29, 30) ago.
    row(1, "2024-04-15", "Resolving", **TOLD, responsible="Dorj"),
    # Due in five days by the register's own date.
    row(2, "2024-04-15", "Resolving", **TOLD, date_due="2024-05-05"),
    # On the due day itself there is still time: received Tue 23, due Tue 30.
    row(3, "2024-04-23", "Resolving", **TOLD),
    # Not acknowledged; received Mon 29, to be acknowledged by Wed 1 May, due 6 May.
    row(4, "2024-04-29", "Resolving"),
    # Overdue since 8 April: to be resolved, although it was not acknowledged either.
    row(5, "2024-04-01", "Resolving"),
    # Severe, the bank was told: as any other; due Thu 18 April.
    row(6, "2024-04-11", "Resolving", **TOLD, severity="grave", date_bank_notified="2024-04-12"),
    # Severe, not told; received Fri 26, so by Tue 30: not late yet.
    row(7, "2024-04-26", "Resolving", **TOLD, severity="grave"),
    # Severe, resolved meanwhile, never told; received Mon 1, by Wed 3: 27 calendar days late. Working days after 3
    # April: 4, 5; 8-12; 15-19; 22-26; 29, 30 = 2 + 5 + 5 + 5 + 2 = 19.
    row(8, "2024-04-01", "Resolved", "2024-04-02", severity="grave", date_outcome_communicated="2024-04-03"),
    # Severe, told after the as-of day: not told yet.
    row(9, "2024-04-10", "Resolving", **TOLD, severity="grave", date_bank_notified="2024-05-02"),
    # Severe, but unrelated, a duplicate, mild, or received after the as-of day: not on the list.
    row(10, "2024-04-02", "Unrelated", severity="grave"),
    row(11, "2024-04-02", "Duplicate", severity="grave"),
    row(12, "2024-05-02", "Resolving", severity="grave"),
    # Resolved after the as-of day: open on it; due Tue 9 April.
    row(13, "2024-04-02", "Resolved", "2024-05-03", **TOLD),
    # Reopened and not resolved again: to be looked at again; due Tue 9 April.
    row(
        14,
        "2024-04-02",
        "In progress",
        "2024-04-05",
        date_reopened="2024-04-20",
        date_outcome_communicated="2024-04-05",
    ),
    # Resolved: the outcome not told; told; told after the as-of day.
    row(15, "2024-04-02", "Resolved", "2024-04-08"),
    row(16, "2024-04-02", "Resolved", "2024-04-08", date_outcome_communicated="2024-04-09"),
    row(17, "2024-04-02", "Resolved", "2024-04-03", date_outcome_communicated="2024-05-01"),
    # Nobody can be told: a comment, without a contact.
    row(18, "2024-04-02", "Resolved", "2024-04-08", channel="website"),
    # Withdrawn and rejected: ended.
    row(19, "2024-04-02", "Withdrawn", date_closed="2024-04-10"),
    row(20, "2024-04-02", "Rejected", date_closed="2024-04-10"),
    # Sensitive: handled apart.
    row(21, "2024-04-02", "Resolving", severity="grave", is_sensitive="yes"),
]


def actions(cleaned: Cleaned, period: str = "2024-04", as_of: str = "") -> pd.DataFrame:
    return open_actions(cleaned.labelled, cleaned.project, cleaned.scopes(period, as_of), collected(cleaned.register))


@pytest.fixture
def register(make: Maker) -> Cleaned:
    return make.clean(ROWS, CHANGES)


def test_the_list_is_in_the_order_in_which_it_is_worked_off(register: Cleaned) -> None:
    table = actions(register)
    assert list(table) == list(COLUMNS)
    shown = list(zip(table["registration_no"], table["next_step"], strict=True))
    assert shown == [
        # Severe and open, the earliest limit first: 12 and 30 April.
        ("9/2024", "notify_bank"),
        ("7/2024", "notify_bank"),
        # Open, by due date: 8, 9, 9, 18, 22 and 30 April, 5 and 6 May.
        ("5/2024", "decide_overdue"),
        ("13/2024", "decide_overdue"),
        ("14/2024", "look_again"),
        ("6/2024", "decide_overdue"),
        ("1/2024", "decide_overdue"),
        ("3/2024", "resolve_by"),
        ("2/2024", "resolve_by"),
        ("4/2024", "acknowledge"),
        # Severe, ended, and the bank was never told.
        ("8/2024", "notify_bank"),
        # The outcome not told, by the day of resolution: 3 and 8 April.
        ("17/2024", "communicate_outcome"),
        ("15/2024", "communicate_outcome"),
    ]


def test_days_overdue_are_counted_in_both_units(register: Cleaned) -> None:
    table = actions(register).set_index("registration_no")
    assert table.loc["1/2024", ["overdue_calendar_days", "overdue_working_days"]].tolist() == [8, 6]
    assert table.loc["3/2024", ["overdue_calendar_days", "overdue_working_days"]].isna().all()
    assert table.loc["8/2024", ["notify_late_calendar_days", "notify_late_working_days"]].tolist() == [27, 19]
    assert str(table.loc["8/2024", "date_notify_by"].date()) == "2024-04-03"
    assert pd.isna(table.loc["8/2024", "date_due"])
    assert table.loc["7/2024", ["notify_late_calendar_days", "notify_late_working_days"]].isna().all()
    assert table.loc["6/2024", "is_severe"]
    assert table["is_acknowledged"].sum() == 7  # 1, 2, 3, 6, 7, 9, 13


def test_the_counts_add_up_to_the_stock_of_open_grievances(register: Cleaned) -> None:
    counts = action_counts(actions(register), register.scopes("2024-04"))
    assert counts == {
        "severe_not_notified": 3,
        "severe_late": 2,  # 8, 9
        "open": 10,  # 1 to 7, 9, 13, 14
        "overdue": 6,  # 1, 5, 6, 9, 13, 14; 9 was due on 17 April
        "due_soon": 4,  # 2, 3, 4 and 7, which is due on Fri 3 May
        "due_later": 0,
        "no_due_date": 0,
        "acknowledge": 1,
        "outcome_not_communicated": 2,
    }
    measured = register.measure("2024-04")
    headline = measured.table.query("scope == 'period' and dimension == ''").set_index("indicator")
    assert headline.loc["closing_stock", "value"] == counts["open"]
    assert headline.loc["overdue", ["numerator", "denominator"]].tolist() == [6, 10]


def test_without_a_receipt_the_due_date_is_that_of_the_latest_possible_day(make: Maker) -> None:
    # 2 came between 1 and 4 April, so it is due on 11 April at the latest; 4 between 4 and 26 April, so on 3 May.
    rows = [
        row(1, "2024-04-01", "Unrelated"),
        row(2, "", "Resolving", date_acknowledged="2024-04-05"),
        row(3, "2024-04-04", "Unrelated"),
        row(4, "", "Resolving"),
        row(5, "2024-04-26", "Unrelated"),
    ]
    register = make.clean(rows, CHANGES)
    table = actions(register).set_index("registration_no")
    assert table["next_step"].to_dict() == {"2/2024": "decide_overdue", "4/2024": "acknowledge"}
    assert table["date_due"].dt.strftime("%m-%d").to_dict() == {"2/2024": "04-11", "4/2024": "05-03"}
    assert parts(register.measure("2024-04"), "overdue") == (1, 2)
    assert action_counts(actions(register), register.scopes("2024-04"))["overdue"] == 1


def test_an_outcome_not_told_is_counted_also_where_the_bank_comes_first(make: Maker) -> None:
    severe = row(22, "2024-04-03", "Resolved", "2024-04-04", severity="grave")
    register = make.clean([*ROWS, severe], CHANGES)
    table = actions(register)
    assert table[table["is_outcome_untold"]]["registration_no"].tolist() == ["22/2024", "17/2024", "15/2024"]
    line = table.set_index("registration_no").loc["22/2024"]
    assert line[["group", "next_step"]].tolist() == ["ended_not_notified", "notify_bank"]
    counts = action_counts(table, register.scopes("2024-04"))
    told, due = parts(register.measure("2024-04"), "outcome_communicated", "cumulative")
    assert counts["outcome_not_communicated"] == due - told == 3


def test_an_earlier_day_shows_the_list_as_it_was(register: Cleaned) -> None:
    table = actions(register, as_of="2024-04-03")
    # By 3 April 1 to 4, 6, 7, 9 and 12 had not come; 8 was resolved and its limit was this day; nothing was reopened.
    assert [number.removesuffix("/2024") for number in table["registration_no"]] == [
        *("5", "13", "14", "15", "16", "18", "19", "20"),
        "8",
        "17",
    ]
    assert table["overdue_calendar_days"].isna().all()
    assert table["notify_late_calendar_days"].isna().all()


def test_what_the_register_does_not_hold_is_asked_of_nobody(make: Maker) -> None:
    rows = [row(1, "2024-04-29", "Resolving"), row(2, "2024-04-02", "Resolved", "2024-04-03")]
    table = actions(make.clean(rows, CHANGES))
    assert table[["registration_no", "next_step"]].to_numpy().tolist() == [["1/2024", "resolve_by"]]


def test_without_a_limit_nobody_is_to_be_notified(make: Maker) -> None:
    rows = [
        row(1, "2024-04-01", "Resolving", severity="grave", **TOLD),
        row(2, "2024-04-01", "Resolved", "2024-04-02", severity="grave"),
    ]
    settings = {"severities": "[mild, grave]", "severe_from": "grave"}
    table = actions(make.clean(rows, settings))
    assert table[["registration_no", "next_step", "is_severe"]].to_numpy().tolist() == [["1/2024", "resolve", True]]


def test_without_a_date_of_receipt_a_severe_one_comes_last_of_the_first(make: Maker) -> None:
    rows = [
        row(1, "2024-04-01", "Resolving"),
        row(2, "", "Resolving", severity="grave"),
        row(3, "2024-04-05", "Resolving", severity="grave"),
    ]
    table = actions(make.clean(rows, CHANGES))
    assert table["registration_no"].tolist() == ["3/2024", "2/2024", "1/2024"]
    assert table["date_notify_by"].isna().tolist() == [False, True, True]


def test_an_empty_register_has_an_empty_list(make: Maker) -> None:
    cleaned = make.clean([], CHANGES)
    table = actions(cleaned)
    assert list(table) == list(COLUMNS)
    assert set(action_counts(table, cleaned.scopes("2024-04")).values()) == {0}


def test_every_step_is_met(register: Cleaned, make: Maker) -> None:
    met = set(actions(register)["next_step"])
    undue = {"severities": "[mild, grave]"}
    met |= set(actions(make.clean([row(1, "2024-04-01", "Resolving", **TOLD)], undue))["next_step"])
    assert met == set(STEPS)

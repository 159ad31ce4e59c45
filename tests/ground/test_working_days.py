"""Working days as the rule says: the case table, and a slow count of days beside the fast one."""

from __future__ import annotations

from datetime import date, timedelta

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.working_days import WorkingCalendar

MONGOLIA = WorkingCalendar("MN")
OFF, WORKED = {date(2024, 6, 28), date(2024, 3, 12)}, {date(2024, 3, 9), date(2024, 3, 8), date(2024, 7, 13)}
OWN = WorkingCalendar("MN", OFF, WORKED)
DAYS = st.dates(date(2024, 2, 20), date(2024, 7, 31))


def count(calendar: WorkingCalendar, received: str, resolved: str) -> int | None:
    counted = calendar.working_days(pd.Series([pd.Timestamp(received)]), pd.Series([pd.Timestamp(resolved)])).iloc[0]
    return None if pd.isna(counted) else int(counted)


@pytest.mark.parametrize(
    ("received", "resolved", "expected"),
    [
        ("2024-03-05", "2024-03-05", 0),
        ("2024-05-02", "2024-05-03", 1),
        ("2024-06-13", "2024-06-14", 1),
        ("2024-03-07", "2024-03-11", 1),  # 8 March is a holiday
        ("2024-07-05", "2024-07-17", 4),  # Naadam, 10-15 July
        ("2024-04-06", "2024-04-08", 0),
        ("2024-04-06", "2024-04-07", 0),
        ("2024-04-05", "2024-04-07", 0),
        ("2024-04-05", "2024-04-04", None),
    ],
)
def test_the_case_table(received: str, resolved: str, expected: int | None) -> None:
    assert count(MONGOLIA, received, resolved) == expected


def test_a_day_off_of_the_project_s_own_moves_the_receipt() -> None:
    assert count(WorkingCalendar("MN", [date(2024, 6, 28)]), "2024-06-28", "2024-07-01") == 0
    assert count(MONGOLIA, "2024-06-28", "2024-07-01") == 1


def test_times_of_day_do_not_count_and_blanks_stay_blank() -> None:
    assert count(MONGOLIA, "2024-05-02 23:59", "2024-05-03 00:01") == 1
    received = pd.Series([pd.NaT, pd.Timestamp("2024-05-02")], index=[7, 3])
    resolved = pd.Series([pd.Timestamp("2024-05-02"), pd.NaT], index=[7, 3])
    counted = MONGOLIA.working_days(received, resolved)
    assert counted.isna().all()
    assert list(counted.index) == [7, 3]


def is_working(day: date) -> bool:
    if day in WORKED:
        return True
    return day not in OFF and bool(MONGOLIA.is_working_day(np.array([day], dtype="datetime64[D]"))[0])


def by_hand(received: date, resolved: date) -> int | None:
    if resolved < received:
        return None
    while not is_working(received):
        received += timedelta(days=1)
    days = (received + timedelta(days=n) for n in range(1, (resolved - received).days + 1))
    return sum(map(is_working, days))


@given(DAYS, DAYS)
def test_the_fast_count_is_that_of_counting_day_by_day(received: date, resolved: date) -> None:
    assert count(OWN, str(received), str(resolved)) == by_hand(received, resolved)


@given(DAYS, st.integers(0, 12))
def test_a_due_date_lies_that_many_working_days_on(received: date, days: int) -> None:
    due = OWN.add_working_days(np.array([received], dtype="datetime64[D]"), days)[0].astype(date)
    assert is_working(due)
    assert by_hand(received, due) == days

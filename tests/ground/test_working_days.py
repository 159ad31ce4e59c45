"""Working days as the rule says: the case table, and a slow count of days beside the fast one."""

from __future__ import annotations

from datetime import date, timedelta

import holidays
import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline.working_days import WorkingCalendar

MONGOLIA = WorkingCalendar("MN")
# 28 June (Friday) and 12 March (Tuesday) off by decision; 9 March (Saturday), the holiday of 8 March and 13 July
# (Saturday, in Naadam) worked.
OFF, WORKED = {date(2024, 6, 28), date(2024, 3, 12)}, {date(2024, 3, 9), date(2024, 3, 8), date(2024, 7, 13)}
OWN = WorkingCalendar("MN", OFF, WORKED)
HOLIDAYS = holidays.country_holidays("MN", years=range(2023, 2026))
DAYS = st.dates(date(2024, 2, 20), date(2024, 7, 31))


def count(calendar: WorkingCalendar, received: str, resolved: str) -> int | None:
    counted = calendar.working_days(pd.Series([pd.Timestamp(received)]), pd.Series([pd.Timestamp(resolved)])).iloc[0]
    return None if pd.isna(counted) else int(counted)


def days(*which: date | str) -> np.ndarray:
    return np.array(which, dtype="datetime64[D]")


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


def test_the_whole_case_table_at_once_keeps_its_order_and_index() -> None:
    received = ["2024-03-05", None, "2024-07-05", "2024-04-05", "2024-06-13"]
    resolved = ["2024-03-05", "2024-03-05", "2024-07-17", "2024-04-04", None]
    made = [
        pd.Series(pd.to_datetime(pd.Series(column)).to_numpy(), index=list("edcba")) for column in (received, resolved)
    ]
    counted = MONGOLIA.working_days(*made)
    assert counted.index.tolist() == list("edcba")
    assert counted.astype(object).where(counted.notna(), None).tolist() == [0, None, 4, None, None]
    assert str(counted.dtype) == "Int64"


def test_a_day_off_of_the_project_s_own_moves_the_receipt() -> None:
    assert count(WorkingCalendar("MN", [date(2024, 6, 28)]), "2024-06-28", "2024-07-01") == 0
    assert count(MONGOLIA, "2024-06-28", "2024-07-01") == 1


@pytest.mark.parametrize(
    ("received", "resolved", "expected"),
    [
        ("2024-03-07", "2024-03-08", 1),  # the holiday was worked
        ("2024-03-07", "2024-03-09", 2),  # and the Saturday after it
        ("2024-03-08", "2024-03-09", 1),
        ("2024-03-09", "2024-03-09", 0),
        ("2024-03-09", "2024-03-11", 1),
        ("2024-03-10", "2024-03-11", 0),  # a Sunday moves to Monday
        ("2024-03-11", "2024-03-13", 1),  # 12 March was off
        ("2024-03-12", "2024-03-13", 0),
        ("2024-07-12", "2024-07-13", 0),  # within Naadam, moved to the Saturday that was worked
        ("2024-07-12", "2024-07-16", 1),
        ("2024-07-14", "2024-07-16", 0),
    ],
)
def test_worked_holidays_and_weekends_count_and_days_off_by_decision_do_not(
    received: str, resolved: str, expected: int
) -> None:
    assert count(OWN, received, resolved) == expected


def test_a_day_both_off_and_worked_is_worked() -> None:
    saturday = date(2024, 4, 6)
    assert WorkingCalendar("MN", [saturday], [saturday]).is_working_day(days(saturday)).tolist() == [True]


def test_the_weekend_is_that_of_the_country() -> None:
    friday, sunday = days("2024-04-05"), days("2024-04-07")
    assert WorkingCalendar("EG").is_working_day(friday).tolist() == [False]
    assert WorkingCalendar("EG").is_working_day(sunday).tolist() == [True]


def test_the_weekend_of_the_project_goes_before_that_of_the_country() -> None:
    office = WorkingCalendar("NP", weekend=[5])
    assert (WorkingCalendar("NP").weekend, office.weekend) == ((5, 6), (5,))
    # Saturday 6 July, Sunday 7 July
    assert office.is_working_day(days("2024-07-06", "2024-07-07")).tolist() == [False, True]
    assert count(office, "2024-07-05", "2024-07-08") == 2
    assert count(WorkingCalendar("NP"), "2024-07-05", "2024-07-08") == 1
    assert str(office.add_working_days(days("2024-07-05"), 1)[0]) == "2024-07-07"
    worked = WorkingCalendar("NP", (), [date(2024, 7, 6)], weekend=[5])
    assert worked.is_working_day(days("2024-07-06")).tolist() == [True]


def test_an_office_may_be_closed_on_no_day_of_the_week() -> None:
    every_day = WorkingCalendar("MN", weekend=[])
    assert count(every_day, "2024-04-05", "2024-04-08") == 3
    assert every_day.is_working_day(days("2024-03-08")).tolist() == [False]  # still a holiday


def test_a_weekend_day_that_the_country_works_in_exchange_is_a_working_day() -> None:
    # In Vietnam Saturday 4 May 2024 was worked for Monday 29 April.
    monday, saturday = days("2024-04-29"), days("2024-05-04")
    assert WorkingCalendar("VN").is_working_day(monday).tolist() == [False]
    assert WorkingCalendar("VN").is_working_day(saturday).tolist() == [True]
    assert count(WorkingCalendar("VN"), "2024-05-03", "2024-05-06") == 2
    assert WorkingCalendar("VN", [date(2024, 5, 4)]).is_working_day(saturday).tolist() == [False]


def test_a_country_that_the_library_does_not_know_is_said() -> None:
    with pytest.raises(NotImplementedError):
        WorkingCalendar("ZZ")


def test_times_of_day_do_not_count_and_blanks_stay_blank() -> None:
    assert count(MONGOLIA, "2024-05-02 23:59", "2024-05-03 00:01") == 1
    received = pd.Series([pd.NaT, pd.Timestamp("2024-05-02")], index=[7, 3])
    resolved = pd.Series([pd.Timestamp("2024-05-02"), pd.NaT], index=[7, 3])
    counted = MONGOLIA.working_days(received, resolved)
    assert counted.isna().all()
    assert list(counted.index) == [7, 3]


def test_no_grievances_have_no_working_days() -> None:
    none = pd.Series([], dtype="datetime64[us]")
    assert MONGOLIA.working_days(none, none).empty


def is_working(day: date) -> bool:
    return day in WORKED or (day not in OFF and day.weekday() < 5 and day not in HOLIDAYS)


def by_hand(received: date, resolved: date) -> int | None:
    if resolved < received:
        return None
    while not is_working(received):
        received += timedelta(days=1)
    return sum(is_working(received + timedelta(days=n)) for n in range(1, (resolved - received).days + 1))


@given(DAYS, DAYS)
@settings(max_examples=200)
def test_the_fast_count_is_that_of_counting_day_by_day(received: date, resolved: date) -> None:
    assert count(OWN, str(received), str(resolved)) == by_hand(received, resolved)


@given(DAYS)
def test_each_day_is_judged_as_by_hand(day: date) -> None:
    assert OWN.is_working_day(days(day)).tolist() == [is_working(day)]


@given(DAYS, DAYS, DAYS)
@settings(max_examples=100)
def test_the_days_to_a_day_between_and_from_it_add_up(first: date, second: date, third: date) -> None:
    """A break on a working day splits a count exactly."""
    first, second, third = sorted((first, second, third))
    if is_working(second):
        parts = [count(OWN, str(first), str(second)), count(OWN, str(second), str(third))]
        assert sum(part or 0 for part in parts) == count(OWN, str(first), str(third))


@given(DAYS, DAYS)
def test_later_is_never_fewer(received: date, resolved: date) -> None:
    following = resolved + timedelta(days=1)
    if resolved >= received:
        counts = [count(OWN, str(received), str(day)) or 0 for day in (resolved, following)]
        assert counts[1] - counts[0] in (0, 1)


@given(DAYS, st.integers(0, 12))
@settings(max_examples=100)
def test_a_due_date_lies_that_many_working_days_on(received: date, number: int) -> None:
    due = received
    left = number
    while not is_working(due):
        due += timedelta(days=1)
    while left:
        due += timedelta(days=1)
        left -= is_working(due)
    assert OWN.add_working_days(days(received), number)[0].astype(date) == due
    assert by_hand(received, due) == number

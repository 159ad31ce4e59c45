"""Working days in the project's calendar: weekend and public holidays of its country, plus and minus its own dates.

Source of the rule: docs/indicators.md, 'Working days': a receipt on a day off is moved to the next working day r';
then the working days d with r' < d ≤ resolved are counted; a resolution before r' counts 0.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from functools import cached_property
from typing import Literal, get_args

import holidays
import numpy as np
import numpy.typing as npt
import pandas as pd

FIRST_YEAR, LAST_YEAR = 1900, 2199
"""Years outside this stretch are taken for typing errors."""
Weekday = Literal["monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"]
WEEKDAYS: tuple[Weekday, ...] = get_args(Weekday)
"""The days of the week, each at its number: Monday is 0."""


def is_later(event: pd.Series, deadline: pd.Series) -> pd.Series:
    """Say where an event came after its deadline: by time of day where both give one, else by day; a blank never."""
    timed = (event != event.dt.normalize()) & (deadline != deadline.dt.normalize())
    later = (event > deadline).where(timed, event.dt.normalize() > deadline.dt.normalize())
    return (later & event.notna() & deadline.notna()).astype(bool)


class WorkingCalendar:
    """The days on which an office works.

    Parameters
    ----------
    country
        ISO 3166-1 alpha-2 code that the library `holidays` knows. It also gives the weekend, and the days of a weekend
        on which the country works in exchange for another day.
    extra_days_off, extra_working_days
        Days by decision: off although the calendar has them as working days, and the reverse.
    years
        First and last year that will be asked about.
    weekend
        Numbers of the days of the week that are off, fewer than seven; None takes those of the country.

    Raises
    ------
    NotImplementedError
        When the library does not know the country.
    """

    def __init__(
        self,
        country: str,
        extra_days_off: Iterable[date] = (),
        extra_working_days: Iterable[date] = (),
        years: tuple[int, int] = (2000, 2050),
        weekend: Iterable[int] | None = None,
    ) -> None:
        first, last = max(years[0] - 1, FIRST_YEAR), min(years[1] + 1, LAST_YEAR)
        self._holidays = holidays.country_holidays(country, years=range(first, last + 1))
        self._extra_off = frozenset(extra_days_off)
        self._extra_working = frozenset(extra_working_days)
        self.weekend = tuple(sorted(self._holidays.weekend if weekend is None else weekend))
        """The days of the week that are off, by number, rising; Monday is 0."""

    @cached_property
    def _busdays(self) -> tuple[np.busdaycalendar, np.busdaycalendar]:
        """The calendar without and with the worked weekends, which NumPy's calendar cannot hold."""
        mask = [day not in self.weekend for day in range(7)]
        off = (set(self._holidays) | self._extra_off) - self._extra_working
        return np.busdaycalendar(weekmask=mask, holidays=sorted(off)), np.busdaycalendar(weekmask=mask)

    @cached_property
    def _worked_weekends(self) -> npt.NDArray[np.datetime64]:
        worked = (self._holidays.weekend_workdays - self._extra_off) | self._extra_working
        days = [day for day in sorted(worked) if day.weekday() in self.weekend]
        return np.array(days, dtype="datetime64[D]")

    def is_working_day(self, days: npt.NDArray[np.datetime64]) -> npt.NDArray[np.bool_]:
        """Say for each day of a datetime64[D] array whether the office works."""
        return np.is_busday(days, busdaycal=self._busdays[0]) | np.isin(days, self._worked_weekends)

    def next_working_day(self, days: npt.NDArray[np.datetime64]) -> npt.NDArray[np.datetime64]:
        """Move each day that is off to the first working day after it; working days stay."""
        moved = np.busday_offset(days, 0, roll="forward", busdaycal=self._busdays[0])
        worked = self._worked_weekends
        if worked.size:
            place = np.searchsorted(worked, days)
            candidate = worked[np.minimum(place, worked.size - 1)]
            earlier = (place < worked.size) & (candidate < moved)
            moved = np.where(earlier, candidate, moved)
        return np.asarray(moved, dtype="datetime64[D]")

    def add_working_days(self, days: npt.NDArray[np.datetime64], count: int) -> npt.NDArray[np.datetime64]:
        """Return the day on which `count` working days after each receipt have passed: a due date."""
        due = self.next_working_day(days)
        one = np.timedelta64(1, "D")
        for _ in range(count):
            due = self.next_working_day(due + one)
        return due

    def working_days(self, received: pd.Series, resolved: pd.Series) -> pd.Series:
        """Count working days from receipt to resolution.

        Parameters
        ----------
        received, resolved
            Dates of equal length; times of day are left out of account.

        Returns
        -------
        pd.Series
            Whole working days (Int64) with the index of `received`; missing where a date is missing or the
            resolution lies before the receipt, which is undefined and a finding elsewhere.
        """
        begin = received.dt.normalize()
        finish = resolved.dt.normalize()
        defined = (begin.notna() & finish.notna() & (finish >= begin)).to_numpy(dtype=bool)
        result = pd.Series(pd.NA, index=received.index, dtype="Int64")
        if not defined.any():
            return result
        r = begin.to_numpy()[defined].astype("datetime64[D]")
        d = finish.to_numpy()[defined].astype("datetime64[D]")
        one = np.timedelta64(1, "D")
        moved = self.next_working_day(r)
        counted = np.busday_count(moved + one, d + one, busdaycal=self._busdays[0])
        worked = self._worked_weekends
        counted = counted + np.searchsorted(worked, d, side="right") - np.searchsorted(worked, moved, side="right")
        result.iloc[np.flatnonzero(defined)] = np.where(d < moved, 0, counted)
        return result

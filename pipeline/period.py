"""Reporting periods: what `PERIOD=` may say, the window it stands for and the day its figures are taken as of.

Source of the rules: docs/indicators.md, sections 'Period' and 'As of'.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import Literal

from pipeline.errors import InputError

CalendarKind = Literal["half", "quarter", "year", "month"]
Kind = CalendarKind | Literal["range"]

FORMS = (
    ("2024H1", "a half-year"),
    ("2024Q3", "a quarter"),
    ("2024", "a year"),
    ("2024-05", "a month"),
    ("2024-01-15..2024-06-30", "a range of days"),
)
"""The allowed forms of a period, each with its meaning: they stand in every error about a period."""

_ONE_DAY = timedelta(days=1)
_DAY = "[0-9]{4}-[0-9]{2}-[0-9]{2}"
_HALF = re.compile("([0-9]{4})H([12])")
_QUARTER = re.compile("([0-9]{4})Q([1-4])")
_YEAR = re.compile("([0-9]{4})")
_MONTH = re.compile("([0-9]{4})-(0[1-9]|1[0-2])")
_RANGE = re.compile(rf"({_DAY})\.\.({_DAY})")
_MONTHS_OF = {"half": 6, "quarter": 3, "year": 12, "month": 1}
_LONGEST_SHOWN = 60


def forms_sentence() -> str:
    """Say which forms a period may take."""
    return "Allowed are: " + ", ".join(f"{example} ({meaning})" for example, meaning in FORMS) + "."


def shown(text: str) -> str:
    """Quote what somebody typed so that it is short and harmless in a terminal."""
    printable = "".join(c if c.isprintable() else "?" for c in text)
    return f"'{printable if len(printable) <= _LONGEST_SHOWN else printable[:_LONGEST_SHOWN] + '…'}'"


def parse_day(text: str, what: str) -> date:
    """Read a day written as 2024-06-30; `what` names the argument in the error."""
    if re.fullmatch(_DAY, text):
        try:
            return date.fromisoformat(text)
        except ValueError:
            pass
    raise InputError(f"{what} is {shown(text)}, which is not a day. Write a day of the calendar as 2024-06-30.")


@dataclass(frozen=True)
class Period:
    """A reporting period of the calendar, first and last day included."""

    label: str
    kind: Kind
    start: date
    end: date

    @classmethod
    def parse(cls, text: str) -> Period:
        """Read a period in one of `FORMS`; anything else is an `InputError` that lists them."""
        period = cls._of_months(text) or cls._of_range(text)
        if period is None:
            stated = f"PERIOD is {shown(text)}, which is not a period" if text else "PERIOD is not given"
            raise InputError(f"{stated}. {forms_sentence()}")
        return period

    @classmethod
    def _of_months(cls, text: str) -> Period | None:
        patterns: tuple[tuple[Kind, re.Pattern[str]], ...] = (
            ("half", _HALF),
            ("quarter", _QUARTER),
            ("year", _YEAR),
            ("month", _MONTH),
        )
        for kind, pattern in patterns:
            match = pattern.fullmatch(text)
            if match and 1900 <= int(match[1]) <= 2199:
                index = int(match[2]) - 1 if match.lastindex == 2 else 0
                return cls._months(kind, int(match[1]), index)
        return None

    @classmethod
    def _months(cls, kind: Kind, year: int, index: int) -> Period:
        months = _MONTHS_OF[kind]
        first = index * months
        start = date(year, first + 1, 1)
        after = first + months
        end = date(year + after // 12, after % 12 + 1, 1) - _ONE_DAY
        labels = {
            "half": f"{year:04}H{index + 1}",
            "quarter": f"{year:04}Q{index + 1}",
            "year": f"{year:04}",
            "month": f"{year:04}-{index + 1:02}",
        }
        return cls(labels[kind], kind, start, end)

    @classmethod
    def _of_range(cls, text: str) -> Period | None:
        match = _RANGE.fullmatch(text)
        if not match:
            return None
        try:
            start, end = (parse_day(day, f"A day of PERIOD {shown(text)}") for day in match.groups())
        except InputError as error:
            raise InputError(f"{error} {forms_sentence()}") from None
        if start > end:
            raise InputError(f"PERIOD is {shown(text)}: it ends before it begins. {forms_sentence()}")
        if not (start.year >= 1900 and end.year <= 2199):
            return None
        return cls(text, "range", start, end)

    @property
    def index(self) -> int:
        """Which half, quarter or month of its year it is, counted from 0; 0 for a year and a range."""
        return 0 if self.kind == "range" else (self.start.month - 1) // _MONTHS_OF[self.kind]

    def before(self) -> Period:
        """Return the preceding period of the same kind; for a range the equally long one that ends the day before."""
        end = self.start - _ONE_DAY
        if self.kind == "range":
            start = end - (self.end - self.start)
            return Period(f"{start}..{end}", "range", start, end)
        return Period._months(self.kind, end.year, (end.month - 1) // _MONTHS_OF[self.kind])

    @classmethod
    def of_kind(cls, kind: CalendarKind, day: date) -> Period:
        """Return the period of a kind that holds a day."""
        return cls._months(kind, day.year, (day.month - 1) // _MONTHS_OF[kind])

    def after(self) -> Period:
        """Return the following period of the same kind; for a range the equally long one from the day after."""
        start = self.end + _ONE_DAY
        if self.kind == "range":
            end = start + (self.end - self.start)
            return Period(f"{start}..{end}", "range", start, end)
        return Period._months(self.kind, start.year, (start.month - 1) // _MONTHS_OF[self.kind])

    def since(self, first_day: date) -> Period:
        """Leave the days before the mechanism began out of a range; a period of the calendar keeps its name."""
        if self.kind != "range" or not self.start < first_day <= self.end:
            return self
        return replace(self, start=first_day)

    def ordinal_since(self, first_day: date) -> int | None:
        """Count the periods of this kind from the one that holds `first_day` (1 = first); None for a range."""
        if self.kind == "range":
            return None
        months = _MONTHS_OF[self.kind]
        per_year = 12 // months
        number = self.start.year * per_year + (self.start.month - 1) // months
        first = first_day.year * per_year + (first_day.month - 1) // months
        return number - first + 1


def periods_between(kind: CalendarKind, first: date, last: date) -> list[Period]:
    """List the periods of a kind from the one that holds `first` to the one that holds `last`, in order."""
    periods = [Period.of_kind(kind, first)]
    while periods[-1].end < last:
        periods.append(periods[-1].after())
    return periods


@dataclass(frozen=True)
class Window:
    """A stretch of days with the day its figures are taken as of.

    `start` (s) is never before the start of the mechanism; `counted_to` (c) is the earlier of `end` (e) and `as_of`
    (A).
    """

    start: date
    end: date
    as_of: date

    @property
    def counted_to(self) -> date:
        """The last day whose receipts are counted."""
        return min(self.end, self.as_of)

    @property
    def is_provisional(self) -> bool:
        """Whether the window ends after the as-of day, so that more may yet be received in it."""
        return self.end > self.as_of

    def months(self) -> Iterator[tuple[date, date]]:
        """Yield the first and last counted day of each calendar month that the window touches."""
        first = self.start
        while first <= self.counted_to:
            following = date(first.year + first.month // 12, first.month % 12 + 1, 1)
            yield first, min(following - _ONE_DAY, self.counted_to)
            first = following


@dataclass(frozen=True)
class Scopes:
    """The three windows of a report; `previous` is None where the mechanism did not exist yet."""

    label: str
    period: Period
    current: Window
    previous: Window | None
    previous_period: Period | None
    cumulative: Window

    def windows(self) -> dict[str, Window]:
        """Return the windows that exist, by the name of their scope."""
        named = {"period": self.current, "previous": self.previous, "cumulative": self.cumulative}
        return {name: window for name, window in named.items() if window is not None}


def resolve_scopes(period_text: str, as_of_text: str, *, grm_start: date, complete_through: date) -> Scopes:
    """Turn what the analyst typed into windows, or say in an `InputError` why that cannot be done.

    Rules: a window begins no earlier than `grm_start`; a period that begins after `complete_through` cannot be
    reported; figures are as of the period's last day, or `complete_through` if that is earlier, unless `as_of_text`
    names another day from the window's first day up to `complete_through`.
    """
    period = Period.parse(period_text)
    if period.end < grm_start:
        raise InputError(
            f"PERIOD {period.label} ends on {period.end}, before the mechanism began on {grm_start}: there is nothing "
            f"to report. Choose a later period. {forms_sentence()}"
        )
    start = max(period.start, grm_start)
    if start > complete_through:
        raise InputError(
            f"PERIOD {period.label} begins on {start}, but the register is complete through {complete_through} only. "
            "If it has been brought up to date, raise complete_through in project.yml. " + forms_sentence()
        )
    as_of = min(period.end, complete_through)
    label = period.label
    if as_of_text:
        as_of = parse_day(as_of_text, "AS_OF")
        if not start <= as_of <= complete_through:
            raise InputError(
                f"AS_OF is {as_of}, but for {period.label} it must lie between {start}, the first day of the period, "
                f"and {complete_through}, the day through which the register is complete."
            )
        label = f"{period.label}@{as_of}"
    before = period.before()
    has_previous = before.end >= grm_start
    return Scopes(
        label=label,
        period=period,
        current=Window(start, period.end, as_of),
        previous=Window(max(before.start, grm_start), before.end, before.end) if has_previous else None,
        previous_period=before if has_previous else None,
        cumulative=Window(grm_start, period.end, as_of),
    )


FEWEST_COMPARED, MOST_COMPARED = 2, 24
"""How many periods can be compared."""
_LONGEST_LABEL = 80
"""Letters of the folder of a comparison: the run adds to it, and a file system takes 255 bytes."""


def resolve_periods(periods_text: str, *, grm_start: date, complete_through: date) -> tuple[Scopes, ...]:
    """Turn the periods of a comparison, parted by blanks or commas, into windows, in the order of their days.

    Each is as of its own last day, as in its report. Periods that are written twice, fewer than two or more than
    `MOST_COMPARED`, and periods that cannot be reported are an `InputError`.
    """
    how = f'Write two to {MOST_COMPARED} periods with blanks between them: PERIODS="2024H1 2024H2". {forms_sentence()}'
    texts = [text for text in re.split(r"[\s,]+", periods_text) if text]
    if not texts:
        raise InputError(f"PERIODS is not given. {how}")
    if len(texts) < FEWEST_COMPARED:
        raise InputError(f"PERIODS is {shown(texts[0])}, which is one period; a comparison needs two. {how}")
    if len(texts) > MOST_COMPARED:
        raise InputError(f"PERIODS names {len(texts)} periods, more than {MOST_COMPARED}. {how}")
    twice = [text for place, text in enumerate(texts) if text in texts[:place]]
    if twice:
        raise InputError(f"PERIODS names {shown(twice[0])} twice. {how}")
    found = []
    for text in texts:
        try:
            found.append(resolve_scopes(text, "", grm_start=grm_start, complete_through=complete_through))
        except InputError as error:
            raise InputError(f"In PERIODS: {error}") from None
    return tuple(sorted(found, key=lambda scopes: (scopes.period.start, scopes.period.end, scopes.label)))


def joined_label(labels: Sequence[str]) -> str:
    """Name a comparison by its periods, so that the name is a folder's and no other comparison has it.

    2023H1+2023H2+2024H1; many are shortened to the first, the last and ten digits of a digest of them all.
    """
    whole = "+".join(labels)
    if len(whole) <= _LONGEST_LABEL:
        return whole
    return f"{labels[0]}+to+{labels[-1]}+{hashlib.sha256(whole.encode()).hexdigest()[:10]}"

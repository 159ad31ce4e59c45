"""The ten forms in which offices write a day, read for a whole column at once.

A form that can be read in one way only is read in that way. Whether 05.03.2024 is in March or in May is decided for the
column, from the cells that allow only one reading; where none does, project.yml must say, and the error shows three.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from functools import cache
from typing import Any, Literal

import babel
import numpy as np
import pandas as pd

from pipeline.errors import InputError
from pipeline.register.columns import LOOKALIKES
from pipeline.working_days import FIRST_YEAR, LAST_YEAR

ISO_FORMATS = (
    "%Y-%m-%d",
    "%Y-%m-%d %H:%M:%S",
    "%Y-%m-%d %H:%M",
    "%Y-%m-%dT%H:%M:%S",
    "%Y-%m-%dT%H:%M",
    "%Y-%m-%d %H:%M:%S.%f",
    "%Y-%m-%dT%H:%M:%S.%f",
    "%Y.%m.%d",
    "%Y.%m.%d %H:%M",
    "%Y/%m/%d",
    "%Y/%m/%d %H:%M:%S",
    "%Y/%m/%d %H:%M",
)
"""Year, month, day: tried before everything but the forms of project.yml."""

LANGUAGES = ("en", "ru", "fr", "es", "mn")
"""The languages whose names of months are known."""

Order = Literal["day_first", "month_first"]

_TIME = r"(?:,?[ T]+(?P<hour>\d{1,2})[:.](?P<minute>\d{2})(?:[:.](?P<second>\d{2}))?(?: ?(?P<half>[AaPp])\.?[Mm]\.?)?)?"
_NUMERIC = re.compile(
    r"(?P<first>\d{1,2})(?P<mark>[./ -])(?P<second_>\d{1,2})(?P=mark)(?P<year>\d{4}|\d{2})(?: ?г\.?)?" + _TIME
)
_YEAR_FIRST = r"\d{4}[-./]\d{1,2}[-./]\d"
_ZONED = re.compile(r"\d{4}-\d{2}-\d{2}[T ]\d{2}:\d{2}(:\d{2}(\.\d+)?)? ?(Z|[+-]\d{2}:?\d{2})")
_DAY_MONTH_YEAR = re.compile(
    r"(?:\w+,? )?(?P<day>\d{1,2})(?:st|nd|rd|th|er|º|-?го)?[ .-]+(?:of |de )?"
    r"(?P<month>[^\W\d_]{3,}\.?),?[ .-]+(?:de |del )?(?P<year>\d{4}|\d{2})(?: ?(?:г\.?|года))?" + _TIME
)
_MONTH_DAY_YEAR = re.compile(
    r"(?:\w+,? )?(?P<month>[^\W\d_]{3,}\.?) (?P<day>\d{1,2})(?:st|nd|rd|th)?,? (?P<year>\d{4})" + _TIME
)
_MONGOLIAN = re.compile(
    r"(?P<year>\d{4})\s*(?:оны?|он|-?\s*оны)\s*(?P<month>\d{1,2}|[^\W\d_]+)\s*-?\s*(?:р|дугаар|дүгээр|дугээр)?\s*сар(?:ын)?\s*"
    r"(?P<day>\d{1,2})\s*(?:-?\s*(?:ны|ний|нд|өдөр|ны өдөр|ний өдөр))?" + _TIME
)
_NUMBERS = {form: number for number in range(1, 13) for form in (str(number), f"{number:02}")}
_SERIAL = re.compile(r"\d{5}([.,]\d+)?")
_EPOCHS = {1900: pd.Timestamp(1899, 12, 30), 1904: pd.Timestamp(1904, 1, 1)}
_FIRST_SERIAL, _LAST_SERIAL = 25_000, 73_050
"""Days that a spreadsheet counts: from 1968 to 2099 by the usual system. A number of other size is no day."""


@dataclass(frozen=True)
class Reading:
    """How a project writes its days, from project.yml.

    `formats` come before every other form; `order` decides where a column does not; `system` is the year from which
    spreadsheets count days; `zone` is where a day with a zone is a day. Of a register in parts `elsewhere` has for each
    column the texts of other parts that decide on day and month, as `deciding_texts` gives them.
    """

    formats: tuple[str, ...] = ()
    order: Order | None = None
    system: int = 1900
    zone: str | None = None
    told_in: str = "project.yml"
    elsewhere: Mapping[str, tuple[str, ...]] = field(default_factory=dict)


@dataclass(frozen=True)
class Doubts:
    """What deserves a look in how a column was read.

    `by_one` has the only text that decided the order of day and month of others, with how many; `unclear` each text
    that was not read, since others contradict each other, with one of either kind; `far` those that are days, in a year
    that no grievance has.
    """

    by_one: dict[str, int] = field(default_factory=dict)
    unclear: dict[str, str] = field(default_factory=dict)
    far: set[str] = field(default_factory=set)


def parse_dates(
    cells: pd.Series, reading: Reading, column: str, row_of: Callable[[Any], str], from_1904: pd.Series | None = None
) -> tuple[pd.Series, pd.Series, Doubts]:
    """Read a column of texts as days, with the time of day where it is given.

    Parameters
    ----------
    cells
        The texts, blanks missing.
    reading
        What project.yml says.
    column, row_of
        The column, and what gives the row of a cell by its index, as errors name them.
    from_1904
        Where the workbook that a cell comes from counts its days from 1904.

    Returns
    -------
    dates, unreadable, doubts
        Timestamps (microseconds, no zone), a mask of the filled cells that no form fits or whose year is none, and what
        deserves a look.

    Raises
    ------
    InputError
        When day and month cannot be told apart, or a zone is given and project.yml names none.
    """
    unique, parsed = _year_first(cells, reading, reading.elsewhere.get(column, ()))

    def at(text: str) -> str:
        return row_of(cells.index[cells.eq(text)][0])

    parsed = _zoned(unique, parsed, reading, column, at)
    doubts = Doubts()
    parsed = _numeric(unique, parsed, reading, column, at, doubts)
    parsed = _in_words(unique, parsed)
    is_far = parsed.notna() & ~parsed.dt.year.between(FIRST_YEAR, LAST_YEAR)
    doubts.far.update(unique[is_far])
    parsed = parsed.mask(is_far)
    dates = cells.map(dict(zip(unique, parsed, strict=True))).astype("datetime64[us]")
    dates = dates.fillna(_serials(cells[dates.isna()], reading, from_1904))
    return dates, cells.notna() & dates.isna(), doubts


def deciding_texts(cells: pd.Series, reading: Reading) -> tuple[str, ...]:
    """Return the texts of a column by which `parse_dates` decides on day and month: for each mark one of each order."""
    unique, parsed = _year_first(cells, reading)
    parts = _parts(unique[parsed.isna()], _NUMERIC)
    found: list[str] = []
    for _, of_mark in parts.groupby("mark", sort=False):
        first, second = of_mark["first"].astype(int), of_mark["second_"].astype(int)
        for texts in _of_one_reading(unique, first, second):
            found += texts.head(1).tolist()
    return tuple(found)


def orders_decided(texts: Iterable[str]) -> frozenset[tuple[str, Order]]:
    """Return which orders some of `deciding_texts` stand for, each with the mark between the numbers."""
    parts = _parts(pd.Series(list(texts), dtype="str"), _NUMERIC)
    is_day_first = parts["first"].astype(int) > 12 if len(parts) else []
    orders: Iterable[Order] = ("day_first" if one else "month_first" for one in is_day_first)
    return frozenset(zip(parts["mark"], orders, strict=True))


def _year_first(cells: pd.Series, reading: Reading, more: Iterable[str] = ()) -> tuple[pd.Series, pd.Series]:
    """Return the different texts of a column, and `more`, and the days of those in a form that project.yml or ISO has.

    A text without a digit is no date: pandas would read 'today' and 'now' as the day of the run.
    """
    filled = pd.Series(list(dict.fromkeys([*cells.dropna().unique(), *more])), dtype="str")
    unique = filled[filled.str.contains("[0-9]")]
    parsed = pd.Series(pd.NaT, index=unique.index, dtype="datetime64[us]")
    parsed = _by_formats(unique, parsed, reading.formats)
    return unique, parsed.fillna(_by_formats(unique[unique.str.match(_YEAR_FIRST)], parsed, ISO_FORMATS))


def _of_one_reading(texts: pd.Series, first: pd.Series, second: pd.Series) -> tuple[pd.Series, pd.Series]:
    """Return the texts that are days with the day first alone, and those with the month first alone.

    A day that no calendar has says nothing of the others.
    """
    return (
        texts[first.index[first.between(13, 31) & second.between(1, 12)]],
        texts[first.index[second.between(13, 31) & first.between(1, 12)]],
    )


def _by_formats(texts: pd.Series, parsed: pd.Series, formats: Iterable[str]) -> pd.Series:
    parsed = parsed[texts.index]
    for form in formats:
        left = parsed.isna()
        if not left.any():
            break
        parsed[left] = pd.to_datetime(texts[left], format=form, errors="coerce").astype("datetime64[us]")
    return parsed


def _zoned(texts: pd.Series, parsed: pd.Series, reading: Reading, column: str, at: Callable[[str], str]) -> pd.Series:
    zoned = texts[parsed.isna() & texts.str.fullmatch(_ZONED.pattern)]
    if zoned.empty:
        return parsed
    if reading.zone is None:
        raise InputError(
            f"{at(zoned.iloc[0])}, column {column}: the time '{zoned.iloc[0]}' has a zone, so on which day it was "
            f"depends on where. Name the project's time zone in {reading.told_in}, for instance timezone: "
            "Asia/Ulaanbaatar."
        )
    there = pd.to_datetime(zoned, format="ISO8601", utc=True, errors="coerce").dt.tz_convert(reading.zone)
    return parsed.fillna(there.dt.tz_localize(None).astype("datetime64[us]"))


def _numeric(
    texts: pd.Series, parsed: pd.Series, reading: Reading, column: str, at: Callable[[str], str], doubts: Doubts
) -> pd.Series:
    parts = _parts(texts[parsed.isna()], _NUMERIC)
    if parts.empty:
        return parsed
    # 25.03.2024 does not say how 03/05/2024 is meant: each mark is decided for itself.
    for _, of_mark in parts.groupby("mark", sort=False):
        parsed = parsed.fillna(_numeric_of_one_mark(texts, of_mark, reading, column, at, doubts))
    return parsed


def _numeric_of_one_mark(
    texts: pd.Series, parts: pd.DataFrame, reading: Reading, column: str, at: Callable[[str], str], doubts: Doubts
) -> pd.Series:
    first, second = parts["first"].astype(int), parts["second_"].astype(int)
    order = reading.order or _order(texts, first, second, reading, column, at, doubts)
    if order is None:
        # Both orders in cells that allow only one reading: those are read, the others are not.
        only = first.gt(12) | second.gt(12) | first.eq(second)
        day, month = first.where(first > 12, second), second.where(first > 12, first)
        parts, day, month = parts[only], day[only], month[only]
    else:
        day, month = (first, second) if order == "day_first" else (second, first)
    return _assembled(parts["year"], month, day, parts)


def _order(
    texts: pd.Series,
    first: pd.Series,
    second: pd.Series,
    reading: Reading,
    column: str,
    at: Callable[[str], str],
    doubts: Doubts,
) -> Order | None:
    """Decide which number is the day from the cells that allow one reading only; None where they disagree.

    `doubts` is told of a cell that decided alone, and of those that could not be read since others disagree.
    """
    day_first, month_first = _of_one_reading(texts, first, second)
    in_doubt = texts[first.index[first.between(1, 12) & second.between(1, 12) & (first != second)]]
    if len(day_first) and len(month_first):
        both = f"'{day_first.iloc[0]}' and '{month_first.iloc[0]}'"
        doubts.unclear.update(dict.fromkeys(in_doubt, both))
        return None
    deciding = day_first if len(day_first) else month_first
    if len(deciding) == 1 and len(in_doubt):
        doubts.by_one[deciding.iloc[0]] = len(in_doubt)
    if len(deciding):
        return "day_first" if len(day_first) else "month_first"
    if not len(in_doubt):
        return None
    examples = "; ".join(f"{at(text)}: '{text}'" for text in in_doubt[:3])
    raise InputError(
        f"Column {column}: its dates can be read with the day or with the month first, and no cell of it allows only "
        f"one reading ({examples}). Say which in {reading.told_in}: date_order: day_first (or month_first)."
    )


def _in_words(texts: pd.Series, parsed: pd.Series) -> pd.Series:
    left = texts[parsed.isna()].str.casefold()
    months = _months()
    for pattern in (_DAY_MONTH_YEAR, _MONTH_DAY_YEAR):
        parts = _parts(left, pattern)
        month = parts["month"].str.rstrip(".").map(months)
        parts, month = parts[month.notna()], month.dropna().astype(int)
        parsed = parsed.fillna(_assembled(parts["year"], month, parts["day"].astype(int), parts))
    parts = _parts(left.str.translate(LOOKALIKES), _MONGOLIAN)
    # The month is a number, or a word such as нэгдүгээр, 'the first'.
    month = parts["month"].map({**{name.removesuffix(" сар"): number for name, number in months.items()}, **_NUMBERS})
    parts, month = parts[month.notna()], month.dropna().astype(int)
    return parsed.fillna(_assembled(parts["year"], month, parts["day"].astype(int), parts))


def _serials(cells: pd.Series, reading: Reading, from_1904: pd.Series | None) -> pd.Series:
    """Read the numbers by which spreadsheets count days: 45432 is 2024-05-20."""
    texts = cells[cells.str.fullmatch(_SERIAL.pattern).fillna(False).astype(bool)]
    serials = pd.to_numeric(texts.str.replace(",", "."))
    serials = serials[serials.between(_FIRST_SERIAL, _LAST_SERIAL, inclusive="left")]
    system = pd.Series(reading.system, index=serials.index)
    if from_1904 is not None:
        system = system.mask(from_1904[serials.index], 1904)
    days = system.map(_EPOCHS).astype("datetime64[us]") + pd.to_timedelta(serials, unit="D").astype("timedelta64[us]")
    return days.dt.round("s").astype("datetime64[us]")


def _parts(texts: pd.Series, pattern: re.Pattern[str]) -> pd.DataFrame:
    found = texts.str.extract(f"^{pattern.pattern}$") if len(texts) else pd.DataFrame(columns=list(pattern.groupindex))
    return found[found["year"].notna()]


def _assembled(year: pd.Series, month: pd.Series, day: pd.Series, parts: pd.DataFrame) -> pd.Series:
    """Put the parts of days together; a day that no calendar has becomes missing. A year of two digits is 20xx."""
    if parts.empty:
        return pd.Series(dtype="datetime64[us]")
    years = year.astype(int).where(year.str.len() == 4, year.astype(int) + 2000).to_numpy()
    hour, minute, second = (parts[name].fillna("0").astype(int) for name in ("hour", "minute", "second"))
    half = parts["half"].str.lower()
    hour = hour.mask(half.eq("a") & hour.eq(12), 0).mask(half.eq("p") & hour.lt(12), hour + 12)
    months = np.datetime64("1970-01", "M") + ((years - 1970) * 12 + month.to_numpy() - 1).astype("timedelta64[M]")
    days = months.astype("datetime64[D]") + (day.to_numpy() - 1).astype("timedelta64[D]")
    is_day = (days.astype("datetime64[M]") == months) & month.between(1, 12) & day.between(1, 31)
    is_time = hour.lt(24) & minute.lt(60) & second.lt(60)
    times = pd.Series(days.astype("datetime64[us]"), index=parts.index)
    times += pd.to_timedelta(hour * 3600 + minute * 60 + second, unit="s").astype("timedelta64[us]")
    return times.where(is_day & is_time)


@cache
def _months() -> dict[str, int]:
    """Return the number of each month by its names, as the locale data of Unicode have them."""
    months: dict[str, int] = {}
    for language in LANGUAGES:
        names = babel.Locale(language).months
        for context in ("format", "stand-alone"):
            for width in ("wide", "abbreviated"):
                months |= {
                    name.casefold().rstrip("."): number
                    for number, name in names[context][width].items()
                    if len(name) >= 3 and not name[0].isdigit()
                }
    return {**months, "sept": 9}

"""Rows of text on their way from a file: light to load, since a reader's process needs nothing else."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Sequence
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from itertools import islice
from typing import Any

import pyarrow as pa

_ROWS_AT_A_TIME = 20_000
CELLS = pa.large_list(pa.large_string())
"""One row: its cells from the first column on, as many as it has."""


def as_text(value: Any) -> str | None:
    """Write a cell's value as text that can be read in one way only: days as 2024-03-05, whole numbers without point.

    Midnight is a day without a time: workbooks and databases do not tell the two apart.
    """
    if value is None or isinstance(value, str):
        return value or None
    if isinstance(value, bytes):
        return value.decode("utf-8", "replace") or None
    if isinstance(value, bool):
        return "TRUE" if value else "FALSE"
    if isinstance(value, float):
        if value != value:
            return None
        return str(int(value)) if value.is_integer() and abs(value) < 1e15 else repr(value)
    if isinstance(value, datetime):
        return value.isoformat(" ", "seconds") if value.time() != time() or value.tzinfo else str(value.date())
    if isinstance(value, timedelta):
        return _hours(value)
    if isinstance(value, date | time | int | Decimal):
        return str(value)
    return json.dumps(value, ensure_ascii=False, default=str)


def _hours(value: timedelta) -> str:
    """Write a duration as spreadsheets show it, 26:30:00: nobody wrote '1 day, 2:30:00'."""
    minutes, seconds = divmod(round(abs(value).total_seconds()), 60)
    return f"{'-' if value < timedelta() else ''}{minutes // 60}:{minutes % 60:02}:{seconds:02}"


def batches(rows: Iterable[Sequence[str | None]]) -> Iterator[pa.LargeListArray]:
    """Put rows of text into arrays of some thousand rows each, so that a large file is never held twice."""
    iterator = iter(rows)
    while chunk := list(islice(iterator, _ROWS_AT_A_TIME)):
        yield pa.array(chunk, type=CELLS)

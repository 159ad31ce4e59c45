"""The neighbours of undated grievances are the same whether one table holds the register or none does."""

from __future__ import annotations

import numpy as np
import pandas as pd
from hypothesis import given
from hypothesis import strategies as st

from pipeline.register.numbered import NO_DAY, bounds, numbered
from pipeline.register.placement import neighbours

NUMBERS = st.tuples(st.integers(1, 9), st.sampled_from(["{}/2023", "{}/2024", "0{}/2024", "{}", "#{}"])).map(
    lambda drawn: drawn[1].format(drawn[0])
)
"""Few numbers, so that many are used twice; 05/2024 is 5/2024 written otherwise, and #5 has no form."""
ROWS = st.lists(st.tuples(NUMBERS, st.none() | st.integers(0, 6), st.integers(0, 2)), max_size=40)
"""Each row's number, its day and its part: days that rarely fall are as likely as ones that do."""


def _days(days: pd.Series) -> list[int]:
    whole = days.to_numpy().astype("datetime64[D]").astype("int64")
    return [int(day) for day in np.where(days.isna(), NO_DAY, whole)]


@given(ROWS, st.booleans(), st.integers(0, 6))
def test_however_the_rows_lie_in_parts_their_bounds_are_those_of_one_table(
    rows: list[tuple[str, int | None, int]], is_rising: bool, start: int
) -> None:
    rows = sorted(rows, key=lambda row: row[2])
    table = pd.DataFrame(rows, columns=["registration_no", "day", "part"])
    found = table["registration_no"].astype("str").str.extract(r"^([0-9]+)(?:/([0-9]{4}))?$")
    number = pd.to_numeric(found[0]).astype("Int64")
    day = (number + table["part"] * 0).where(table["day"].notna()) if is_rising else table["day"]
    table = table.assign(
        registration_no=table["registration_no"].astype("str"),
        number_series=("#|" + found[1].fillna("")).where(number.notna()),
        number_in_series=number,
        date_received=pd.Timestamp("2024-01-01") + pd.to_timedelta(day.astype("float64"), unit="D"),
    )
    parts = [table[table["part"] == part] for part in range(3)]
    undated = [part["date_received"].isna() for part in parts]
    began = pd.Timestamp("2024-01-01") + pd.Timedelta(days=start)
    near = neighbours(table, began)
    got = bounds([numbered(part) for part in parts], [int(mask.sum()) for mask in undated], began.date())
    for part, mask, one in zip(parts, undated, got, strict=True):
        at = part.index[mask]
        assert list(one.lower) == _days(near.lower[at])
        assert list(one.upper) == _days(near.upper[at])

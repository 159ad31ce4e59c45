"""Each row of a register goes the general way or the sensitive one, and that is seen from its place alone."""

from __future__ import annotations

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.classification.sensitive import _account
from pipeline.register.reading import PLACE

ROW = st.tuples(st.sampled_from(["a.csv", "b.csv"]), st.sampled_from(["", "Sheet2", "b.csv"]), st.integers(1, 40))


def places(rows: list[tuple[str, str, int]]) -> pd.DataFrame:
    table = pd.DataFrame(rows, columns=[*PLACE])
    return table.astype({"source_file": "str", "source_sheet": "str", "source_row": "int64"})


@given(rows=st.lists(ROW, unique=True, max_size=30), data=st.data())
def test_rows_that_are_parted_are_all_there_in_whatever_order(rows: list, data: st.DataObject) -> None:
    is_apart = {row: data.draw(st.booleans()) for row in rows}
    general = data.draw(st.permutations([row for row in rows if not is_apart[row]]))
    apart = [row for row in rows if is_apart[row]]
    counted = _account(places(rows), places(general), places(apart))
    assert counted["count"].tolist() == [len(rows), len(general), len(apart)]


@given(rows=st.lists(ROW, unique=True, min_size=1, max_size=30), other=ROW, data=st.data())
def test_a_row_that_is_lost_or_doubled_or_another_one_is_noticed(rows: list, other: tuple, data: st.DataObject) -> None:
    place = data.draw(st.integers(0, len(rows) - 1))
    rest = rows[:place] + rows[place + 1 :]
    wrong = [(rest, []), (rows, [rows[place]]), ([*rest, rows[place], rows[place]], [])]
    if other not in rows:
        wrong += [([*rest, other], []), (rest, [other])]
    for general, apart in wrong:
        with pytest.raises(AssertionError, match="on neither way, or on both"):
            _account(places(rows), places(general), places(apart))

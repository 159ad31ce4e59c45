"""Tables that come in parts or are put away: the same as the whole ones, and no file is left of them."""

from __future__ import annotations

import gc
import weakref
from pathlib import Path

import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline import files, put_away
from pipeline.files import PartsFile, write_parquet
from pipeline.pieces import in_one_piece, slices
from pipeline.places import OUTPUTS_VARIABLE


def table_of(rows: int) -> pd.DataFrame:
    words = pd.Series([None if n % 5 == 0 else f"word {n % 3}" for n in range(rows)], dtype="str")
    days = pd.Series(pd.date_range("2024-01-01", periods=rows), dtype="datetime64[us]")
    return pd.DataFrame({"n": pd.array(range(rows), dtype="Int64"), "word": words, "day": days, "yes": words.notna()})


@given(rows=st.integers(0, 30), at_a_time=st.integers(1, 9))
def test_a_table_in_pieces_is_the_table_again(rows: int, at_a_time: int) -> None:
    table = table_of(rows)
    pd.testing.assert_frame_equal(in_one_piece([table.iloc[one] for one in slices(rows, at_a_time)]), table)


def written(path: Path, table: pd.DataFrame, at_a_time: int) -> bytes:
    file = PartsFile(path, restricted=True)
    for rows in slices(len(table), at_a_time):
        file.add(table.iloc[rows])
    file.close()
    return path.read_bytes()


@pytest.mark.parametrize("at_a_time", [1, 4, 100])
@pytest.mark.parametrize("rows", [0, 1, 7, 8])
def test_a_file_of_one_group_is_the_same_whether_written_in_parts_or_at_once(
    rows: int, at_a_time: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(files, "ROWS_OF_A_GROUP", 8)
    write_parquet(table_of(rows), tmp_path / "whole.parquet")
    parts = written(tmp_path / "parts.parquet", table_of(rows), at_a_time)
    assert parts == (tmp_path / "whole.parquet").read_bytes()
    assert (tmp_path / "parts.parquet").stat().st_mode & 0o777 == 0o600


def test_a_longer_file_has_groups_of_one_size_wherever_its_parts_end(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(files, "ROWS_OF_A_GROUP", 8)
    one, other = (written(tmp_path / f"{n}.parquet", table_of(21), n) for n in (3, 20))
    assert one == other
    read = pq.ParquetFile(tmp_path / "3.parquet")
    assert [read.metadata.row_group(n).num_rows for n in range(read.num_row_groups)] == [8, 8, 5]
    pd.testing.assert_frame_equal(pd.read_parquet(tmp_path / "3.parquet"), table_of(21))


@pytest.mark.parametrize("rows", [3, put_away.LEAST + 1])
def test_what_was_put_away_is_as_it_was_each_time_and_stands_in_no_folder(
    rows: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(OUTPUTS_VARIABLE, str(tmp_path))
    table = table_of(rows)
    away = put_away.PutAway(table, rows)
    put_away.give_back()
    assert not list(tmp_path.iterdir())
    for _ in range(2):
        pd.testing.assert_frame_equal(away.get(), table)


@pytest.mark.parametrize("rows", [0, 1, 6_000])
def test_a_table_put_away_in_pieces_is_the_table_again_and_nothing_of_it_is_in_memory(
    rows: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(OUTPUTS_VARIABLE, str(tmp_path))
    monkeypatch.setattr(put_away, "LEAST", 3)
    monkeypatch.setattr(put_away, "_ROWS_OF_A_PIECE", 2_500)
    table = table_of(rows)
    # Two columns of one kind lie side by side in memory.
    table = table.assign(one=table["n"].astype("float64"), other=table["n"].astype("float64") / 2)
    pieces = put_away.in_pieces(table)
    assert len(pieces) == max(1, -(-rows // 2_500))
    pd.testing.assert_frame_equal(pd.concat([piece.get() for piece in pieces]), table)
    if rows > put_away.LEAST:
        assert max(len(piece._pickled) for piece in pieces) < 5_000


def test_what_is_put_away_is_copied_column_by_column_and_let_go_at_once(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(OUTPUTS_VARIABLE, str(tmp_path))
    names, rows, usual = "abcdefghij", put_away.LEAST + 1, pa.default_memory_pool()
    pool = pa.proxy_memory_pool(usual)
    pa.set_memory_pool(pool)
    gc.disable()
    try:
        parts = [pd.DataFrame({name: [f"{name} {part}"] * rows for name in names}, dtype="str") for part in range(3)]
        table = pd.concat(parts, ignore_index=True)
        del parts
        held, before = weakref.ref(table), pool.bytes_allocated()
        away = put_away.PutAway(table, len(table))
        assert pool.max_memory() < 1.3 * before
        del table
        assert held() is None
        assert pool.bytes_allocated() < before / 10
        assert away.get()["c"].iloc[-1] == "c 2"
    finally:
        gc.enable()
        pa.set_memory_pool(usual)

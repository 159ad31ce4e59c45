"""Files that stay harmless and where they belong: modes for what is restricted, cells that no spreadsheet runs."""

from __future__ import annotations

import os
from codecs import BOM_UTF8
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pandas as pd

from pipeline.pieces import in_one_piece

_RUNS_IN_A_SPREADSHEET = ("=", "+", "-", "@", "\t", "\r")
ROWS_OF_A_GROUP = 65_536
"""Rows of a group of a parquet file that is written in parts."""
_PANDAS_AT_ONCE = 100_000
"""Cells that `DataFrame.to_csv` writes at once."""


def inert(table: pd.DataFrame) -> pd.DataFrame:
    """Put an apostrophe before texts that a spreadsheet would take for a formula."""
    texts = table.select_dtypes(include=["object", "str"]).columns
    return table.assign(**{name: table[name].map(_inert, na_action="ignore") for name in texts})


def write_csv(table: pd.DataFrame, path: Path, *, restricted: bool = False) -> None:
    """Write a table as UTF-8 CSV that every spreadsheet reads, with LF and full precision.

    A restricted file can be read by its owner alone (mode 0600) from the moment it exists.
    """
    with _opened(path, restricted) as handle:
        handle.writelines(_csv_parts(table))


def csv_bytes(table: pd.DataFrame) -> bytes:
    """Return a table as `write_csv` writes it."""
    return b"".join(_csv_parts(table))


def _csv_parts(table: pd.DataFrame) -> Iterator[bytes]:
    """Write a table some rows at a time, so that no large one stands in memory a second time as text."""
    # pandas looks at so many rows at once to see whether a column of times holds days alone.
    size = max(1, _PANDAS_AT_ONCE // max(1, len(table.columns)))
    yield BOM_UTF8
    for start in range(0, max(1, len(table)), size):
        part = inert(table.iloc[start : start + size])
        text: str = part.to_csv(index=False, header=start == 0, lineterminator="\n")
        yield text.encode()


def write_parquet(table: pd.DataFrame, path: Path, *, restricted: bool = False) -> None:
    """Write a table as parquet; see `write_csv` for `restricted`."""
    with _opened(path, restricted) as handle:
        table.to_parquet(handle, index=False, engine="pyarrow")


class PartsFile:
    """A parquet file of a table that comes in parts: no more than one group of its rows is in memory.

    A table of one group is the file that `write_parquet` writes; where the parts begin and end is not seen in any.
    """

    def __init__(self, path: Path, *, restricted: bool = False) -> None:
        """Begin a file; see `write_csv` for `restricted`."""
        self._handle = _opened(path, restricted)
        self._parts: list[pd.DataFrame] = []
        self._rows = 0
        self._writer: Any = None

    def add(self, part: pd.DataFrame) -> None:
        """Add rows; every part has the same columns."""
        self._parts.append(part)
        self._rows += len(part)
        while self._rows > ROWS_OF_A_GROUP:
            whole = in_one_piece(self._parts)
            self._write(whole.iloc[:ROWS_OF_A_GROUP])
            self._parts, self._rows = [whole.iloc[ROWS_OF_A_GROUP:]], self._rows - ROWS_OF_A_GROUP

    def close(self) -> None:
        """Write what is left. At least one part must have been added."""
        with self._handle:
            whole, self._parts = in_one_piece(self._parts), []
            if self._writer is None:
                whole.to_parquet(self._handle, index=False, engine="pyarrow")
            else:
                self._write(whole)
                self._writer.close()

    def _write(self, group: pd.DataFrame) -> None:
        import pyarrow as pa
        import pyarrow.parquet as pq

        table = pa.Table.from_pandas(group, preserve_index=False).combine_chunks()
        if self._writer is None:
            self._writer = pq.ParquetWriter(self._handle, table.schema, compression="snappy")
        self._writer.write_table(table, row_group_size=ROWS_OF_A_GROUP)


def write_bytes(content: bytes, path: Path, *, restricted: bool = False) -> None:
    """Write a file that is made in memory; see `write_csv` for `restricted`."""
    with _opened(path, restricted) as handle:
        handle.write(content)


def replace_bytes(content: bytes, path: Path, *, restricted: bool = False) -> None:
    """Put a file for everybody (mode 0644) in the place of another in one step: a reader sees the one or the other.

    A restricted one is for its owner alone; see `write_csv`.

    Only one process at a time may do so for a path; what a killed one left is overwritten.
    """
    part = path.with_name(f".{path.name}.part")
    try:
        write_bytes(content, part, restricted=restricted)
        part.chmod(0o600 if restricted else 0o644)
        part.replace(path)
    except BaseException:
        part.unlink(missing_ok=True)  # half a file on a full disk
        raise


def inert_cell(cell: str) -> str:
    """Put an apostrophe before a text that a spreadsheet would take for a formula."""
    return f"'{cell}" if cell.startswith(_RUNS_IN_A_SPREADSHEET) else cell


def _inert(cell: object) -> object:
    return inert_cell(cell) if isinstance(cell, str) else cell


def _opened(path: Path, restricted: bool):  # type: ignore[no-untyped-def]
    path.unlink(missing_ok=True)
    mode = 0o600 if restricted else 0o644
    return os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, mode), "wb")

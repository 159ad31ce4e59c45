"""A sheet: what every format is read into, cells of text in rows and columns, each at its place in the file."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

Area = tuple[tuple[int, int], tuple[int, int]]
"""The first and the last cell of a merged area, each as row and column from 0."""

_INVISIBLE = "".join(
    chr(c)
    for c in (0xAD, 0x61C, 0x180E, *range(0x200B, 0x2010), *range(0x202A, 0x202F), *range(0x2060, 0x206A), 0xFEFF)
)
"""Letters without width and marks of direction: they hide in a cell and can turn what stands there about."""
_HARD_BLANKS = "\u00a0\u2007\u202f\u3000"


@dataclass(frozen=True)
class Sheet:
    """One sheet of a file, or the one table of a file that has no sheets.

    `cells` has text columns 0, 1, … with blanks as missing; its rows are those of the file, blank ones too, and
    `first_row` is the number of the first (1 in a spreadsheet; 0 where the headings are no row, as in JSON).
    `hidden_rows` are numbers of rows; `error_cells` (#REF! and the like, read as blank) number and column from 0.
    """

    file: str
    name: str
    cells: pd.DataFrame
    first_row: int = 1
    merged: tuple[Area, ...] = ()
    hidden_rows: frozenset[int] = frozenset()
    error_cells: frozenset[tuple[int, int]] = frozenset()
    is_visible: bool = True
    days_from_1904: bool = False
    encoding: str = ""

    @property
    def shown(self) -> str:
        """The sheet as errors name it."""
        return f"{self.file}, sheet {self.name}" if self.name else self.file

    def row_number(self, position: int) -> int:
        """Return the number of a row as the program that the file comes from counts."""
        return position + self.first_row


def frame(chunks: Iterable[pa.LargeListArray]) -> pd.DataFrame:
    """Make the table of a sheet from rows that may differ in length; blank edges on the right and below fall away.

    White space around a cell, letters without width and hard blanks are no content.
    """
    parts, sizes = [], []
    for chunk in chunks:
        parts.append(_columns(chunk))
        sizes.append(len(chunk))
    columns = []
    for place in range(max(map(len, parts), default=0)):
        # What is put together is let go at once, so that a large file is never held twice.
        cells = [
            part.pop(place) if place in part else pa.nulls(size, pa.large_string())
            for part, size in zip(parts, sizes, strict=True)
        ]
        columns.append(pa.chunked_array(cells, type=pa.large_string()).combine_chunks())
    while columns and columns[-1].null_count == len(columns[-1]):
        columns.pop()
    table = pa.table(columns, names=[str(place) for place in range(len(columns))]).to_pandas()
    table.columns = pd.RangeIndex(len(columns))
    filled = np.flatnonzero(table.notna().to_numpy().any(axis=1))
    return table.iloc[: filled[-1] + 1] if len(filled) else table.iloc[:0]


def _columns(lists: pa.LargeListArray) -> dict[int, pa.Array]:
    """Part rows of cells into columns, by their place from 0."""
    # An array can be a part of a longer one.
    offsets = lists.offsets.to_numpy()
    flat = _clean(lists.values.slice(offsets[0], offsets[-1] - offsets[0]))
    starts, lengths = offsets[:-1] - offsets[0], np.diff(offsets)
    return {
        place: flat.take(pa.array(starts + place, mask=lengths <= place))
        for place in range(int(lengths.max(initial=0)))
    }


def _clean(cells: pa.Array) -> pa.Array:
    if not pc.all(pc.string_is_ascii(cells), min_count=0).as_py():
        cells = pc.replace_substring_regex(cells, f"[{_INVISIBLE}]", "")
        cells = pc.replace_substring_regex(cells, f"[{_HARD_BLANKS}]", " ")
    cells = pc.utf8_trim_whitespace(cells)
    return pc.if_else(pc.equal(cells, ""), None, cells)

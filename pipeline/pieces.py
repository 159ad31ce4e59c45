"""Tables in pieces of some thousand rows, and in one piece again."""

from __future__ import annotations

from collections.abc import Sequence

import pandas as pd
import pyarrow as pa


def slices(rows: int, at_a_time: int) -> list[slice]:
    """Part a number of rows into pieces; a table without rows has one, which is empty."""
    return [slice(first, min(first + at_a_time, rows)) for first in range(0, max(rows, 1), at_a_time)]


def in_one_piece(parts: Sequence[pd.DataFrame]) -> pd.DataFrame:
    """Put tables together so that a file written of them does not depend on where they were parted."""
    whole = pd.concat(parts)
    joined = pa.Table.from_pandas(whole, preserve_index=False).combine_chunks()
    return joined.to_pandas().astype(dict(whole.dtypes)).set_axis(whole.index)


def as_arrow(cells: pd.Series) -> pa.LargeStringArray:
    """Return a column of texts as one array; it is not copied where it is one already."""
    texts = pa.array(cells, type=pa.large_string(), from_pandas=True)
    return texts.combine_chunks() if isinstance(texts, pa.ChunkedArray) else texts

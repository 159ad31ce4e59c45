"""Cells that are merged downwards: a workbook keeps their text in the first row alone, though it is meant for each."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import groupby

import numpy as np
import pandas as pd
from xlsxwriter.utility import xl_col_to_name

from pipeline.register.formats.sheet import Area


def areas_of_grievances(
    table: pd.DataFrame, areas: Sequence[Area], may_hold: np.ndarray, width: float
) -> tuple[Area, ...]:
    """Choose the areas whose text another grievance lacks.

    Those are areas over less than `width` columns that begin in a grievance and reach to another. `table` has the
    columns and rows of the sheet by their place; `may_hold` says which rows can be grievances.
    """
    if table.empty or not areas:
        return ()
    first, last = int(table.index[0]), int(table.index[-1])
    down = [area for area in areas if first <= area[0][0] < min(area[1][0], last)]
    narrow = [area for area in down if area[1][1] - area[0][1] + 1 < width and area[0][1] in table]
    begun = [area for area in narrow if may_hold[area[0][0] - first]]
    used = (area for _, _, _, areas in _gaps(table, begun, may_hold) for area in areas)
    return tuple(sorted(used))


def fill_down(cells: pd.DataFrame, areas: Sequence[Area], may_hold: np.ndarray | None = None) -> pd.DataFrame:
    """Write the text of each area into its blank cells below; `cells` has columns and rows by their place."""
    whole = cells.copy(deep=False)
    for column, gaps, texts, _ in _gaps(cells, areas, may_hold):
        filled = cells[column].copy()
        filled.iloc[gaps] = texts
        whole[column] = filled
    return whole


def named(areas: Sequence[Area], first_row: int) -> dict[tuple[int, int], str]:
    """Name the areas column by column: by the first row and the column, the first area and how many more there are."""
    found = {}
    for column, of_column in _by_column(areas):
        (top, _), (bottom, _) = of_column[0]
        letter, more = xl_col_to_name(column), len(of_column) - 1
        shown = f"{letter}{top + first_row}:{letter}{bottom + first_row}"
        found[top, column] = f"{shown} and {more} more" if more else shown
    return found


def _by_column(areas: Sequence[Area]) -> Iterator[tuple[int, list[Area]]]:
    ordered = sorted(areas, key=lambda area: (area[0][1], area[0][0]))
    return ((column, list(group)) for column, group in groupby(ordered, key=lambda area: area[0][1]))


def _gaps(
    cells: pd.DataFrame, areas: Sequence[Area], may_hold: np.ndarray | None
) -> Iterator[tuple[int, np.ndarray, np.ndarray, list[Area]]]:
    """Yield for each column the places of the cells to fill, their texts, and the areas that they are of."""
    rows = cells.index.to_numpy()
    for column, of_column in _by_column(areas):
        tops, bottoms = (np.array([area[end][0] for area in of_column]) for end in (0, 1))
        # Of areas that overlap, which no program makes, the lower one counts.
        of_row = np.searchsorted(tops, rows, side="right") - 1
        is_below = (of_row >= 0) & (rows > tops[of_row]) & (rows <= bottoms[of_row])
        gaps = np.flatnonzero(is_below & cells[column].isna().to_numpy() & (True if may_hold is None else may_hold))
        texts = cells[column].iloc[np.searchsorted(rows, tops[of_row[gaps]])].to_numpy(dtype=object)
        has_text = pd.notna(texts)
        gaps, texts = gaps[has_text], texts[has_text]
        if len(gaps):
            yield column, gaps, texts, [of_column[number] for number in np.unique(of_row[gaps])]

"""A workbook that a person filled in: its sheet is found by the headings, wherever the sheet and the columns stand."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import pandas as pd

from pipeline.errors import InputError
from pipeline.register.formats.files import read_file
from pipeline.register.formats.sheet import Sheet

_FIRST_ROWS = 10


def filled_lines(path: Path, needed: Sequence[str], original: str) -> pd.DataFrame:
    """Read the columns `needed` of a filled workbook as texts, blanks as ''; the index is the row in the file.

    The file may hold other columns and be in another order. An `InputError` says where there is no file or no row with
    the headings; `original` names the file that is to be filled in.
    """
    if not path.is_file():
        raise InputError(f"FILE is {path.name}, and there is no such file. Name the {original} that is filled in.")
    sheet, headings, top = _sheet(read_file(path, path.name, path.name), path.name, needed, original)
    cells = sheet.cells.iloc[top + 1 :][list(headings.values())].set_axis(list(headings), axis=1)
    return cells.set_axis([sheet.row_number(position) for position in range(top + 1, len(sheet.cells))]).fillna("")


def _sheet(sheets: list[Sheet], name: str, needed: Sequence[str], original: str) -> tuple[Sheet, dict[str, int], int]:
    """Find the sheet and row with the headings: the column of each, and the row's position."""
    for sheet in sheets:
        for position, line in enumerate(sheet.cells.head(_FIRST_ROWS).to_numpy().tolist()):
            places = {str(cell): column for column, cell in reversed(list(enumerate(line)))}
            if set(needed) <= set(places):
                return sheet, {heading: places[heading] for heading in needed}, position
    raise InputError(
        f"{name}: no row with the headings {', '.join(needed)} was found. Fill in the {original} of a period and leave "
        "its headings as they are."
    )

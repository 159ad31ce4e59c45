"""Where the table is on a sheet: under which headings, from which row to which, and what is no grievance.

The rules, as an analyst is told them:

1. The row of headings is the one with the most headings that are known, one of them at least by a word that no
   grievance has in a cell; where there is none, the first row that is about as full as the table and holds words.
2. Rows above it are a banner. A row of headings above or below it belongs to them where cells are merged, or where one
   row fills the gaps of the other; the heading is then 'upper / lower'.
3. Blank rows are no rows. The headings once more, a total, a heading of a section and remarks below the table are set
   aside, each with a finding.
4. Another row of known headings further down, or to the right behind a blank column, begins another table.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Collection, Mapping, Sequence, Set
from dataclasses import dataclass, replace
from functools import cache
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc
from xlsxwriter.utility import xl_col_to_name

from pipeline.pieces import as_arrow, slices
from pipeline.register.columns import heading_key, names
from pipeline.register.formats.sheet import Area, Sheet
from pipeline.register.merged import areas_of_grievances, fill_down
from pipeline.register.totals import ANYWHERE, AT_THE_END, NOWHERE, find_totals
from pipeline.register.words import every_word

_ROWS_LOOKED_AT = 200
_ROWS_AT_A_TIME = 5_000
_CELLS_AT_A_TIME = 50_000
_MOST_HEADING_ROWS = 4
_LONGEST_HEADING = 120
_FAR_TOO_LONG = 1_000
"""A cell can hold a file of its own; what is looked at for headings is its beginning."""
_NUMBER_OR_DATE = re.compile(r"[-+]?[\d.,:/% -]*\d[\d.,:/% -]*$")
_YEAR = re.compile(r"(19|20)\d\d( ?[*†]+)?")
SET_ASIDE = {
    "above": "a grievance above the headings",
    "heading": "the headings once more",
    "total": "a total",
    "section": "the heading of a section",
    "note": "a remark below the table",
}
"""Why a row below the headings is no grievance."""


@dataclass(frozen=True)
class Table:
    """A table on a sheet; rows and columns are positions from 0.

    `headings` has one text a column of `columns`; `rows` are the grievances, `set_aside` says of other rows why they
    are none (a key of `SET_ASIDE`); `beyond` counts the filled cells to the right of the last heading by row. `hits`
    counts the headings that are known, none where each of them can also be a word of a grievance. The text of the
    areas `merged` is that of each grievance that they reach to.
    """

    sheet: Sheet
    heading_rows: tuple[int, ...]
    headings: tuple[str, ...]
    columns: tuple[int, ...]
    rows: np.ndarray
    set_aside: dict[int, str]
    beyond: dict[int, int]
    hits: int
    merged: tuple[Area, ...] = ()

    def cells(self) -> pd.DataFrame:
        """Return the grievances' cells, one text column a heading."""
        rows: Any = self.rows
        if len(rows) and rows[-1] - rows[0] == len(rows) - 1:
            # Without a gap they need not be copied.
            rows = slice(int(rows[0]), int(rows[-1]) + 1)
        cells = self.sheet.cells.iloc[rows, list(self.columns)]
        if self.merged:
            cells = fill_down(cells, self.merged)
        return cells.set_axis(list(self.headings), axis=1).reset_index(drop=True)


def find_tables(sheet: Sheet, known: Mapping[str, str], words: Collection[str] = ()) -> list[Table]:
    """Find the tables of a sheet; `known` gives the column for the key of each heading that is known.

    `words` are keys of the project's own words for what stands in cells, beside those of words.yml. A sheet that is
    blank, or on which no row can be a row of headings, has none.
    """
    tables = []
    clear = known.keys() - _words_of_cells() - set(words)
    part = sheet
    for number, columns in enumerate(_blocks_of_columns(sheet, known)):
        if number:
            # Two tables beside each other have rows of one number: the name tells their places apart.
            side = f"from column {xl_col_to_name(columns[0])}"
            part = replace(sheet, name=f"{sheet.name} {side}" if sheet.name else side)
        below = 0
        others = _rows_of_known_headings(sheet.cells[columns], known, clear)
        while (found := _next_table(part, columns, below, known, clear, others)) is not None:
            table, below = found
            tables.append(table)
    return tables


def _blocks_of_columns(sheet: Sheet, known: Mapping[str, str]) -> list[list[int]]:
    """Part the columns where a blank one stands between known headings that are there twice."""
    cells = sheet.cells
    groups: list[list[int]] = []
    previous_is_blank = True
    for column in range(cells.shape[1]):
        is_blank = not cells[column].notna().any()
        if not is_blank:
            if previous_is_blank:
                groups.append([])
            groups[-1].append(column)
        previous_is_blank = is_blank
    blocks: list[list[int]] = []
    seen: set[str] = set()
    for group in groups:
        texts = [text for text in _head(cells, group).to_numpy().ravel() if isinstance(text, str)]
        keys = {heading_key(text[:_FAR_TOO_LONG]) for text in texts} & known.keys()
        if blocks and len(keys & seen) < 2:
            blocks[-1] += group
        else:
            blocks.append(group)
        seen |= keys
    return blocks


def _head(cells: pd.DataFrame, columns: list[int], below: int = 0) -> pd.DataFrame:
    filled = np.flatnonzero(cells.iloc[below:, columns].notna().any(axis=1))[:_ROWS_LOOKED_AT]
    return cells.iloc[below : below + int(filled[-1]) + 1 if len(filled) else below, columns]


def _next_table(
    sheet: Sheet, columns: list[int], below: int, known: Mapping[str, str], clear: Set[str], others: list[int]
) -> tuple[Table, int] | None:
    """Return the next table from row `below` on, and the row below which to go on.

    `clear` are the known keys that no grievance has in a cell, `others` the rows that can be the headings of a table:
    the first that does not repeat its own ends it.
    """
    cells = sheet.cells
    top = _heading_row(_unmerged(_head(cells, columns, below), sheet.merged), known, clear)
    if top is None:
        return None
    heading_rows, parts = _heading_block(sheet, columns, below + top, below)
    first = heading_rows[-1] + 1
    keys = [heading_key(part[-1]) if part else "" for part in parts]
    below_it = others[bisect_left(others, first) :]
    end = next((row for row in below_it if not _repeats(cells.iloc[row : row + 1, columns], keys)[0]), len(cells))
    body = cells.iloc[first:end, columns]
    same = _repeats(body, keys)
    last = max((place for place, part in enumerate(parts) if part), default=-1)
    inside, outside = columns[: last + 1], columns[last + 1 :]
    headed = [_column(part, known) for part in parts[: last + 1]]
    rows, set_aside, merged = _grievances(sheet, body[inside], body, first, same, headed)
    set_aside |= dict.fromkeys(_like_grievances(cells.iloc[below : heading_rows[0], columns], len(inside)), "above")
    extra = body[outside].notna().sum(axis=1)
    kept_rows = set(rows)
    beyond = {int(row): int(count) for row, count in extra[extra > 0].items() if row in kept_rows}
    kept = [place for place, column in enumerate(inside) if parts[place] or cells[column].iloc[rows].notna().any()]
    named = _named(parts, inside, kept)
    found = {*(heading_key(name) for name in named), *(keys[place] for place in kept)} & known.keys()
    hits = len(found) if found & clear else 0
    table = Table(
        sheet,
        tuple(heading_rows),
        tuple(named),
        tuple(inside[place] for place in kept),
        rows,
        set_aside,
        beyond,
        hits,
        merged,
    )
    return table, end


def _column(part: list[str], known: Mapping[str, str]) -> str | None:
    """Return the column of a heading's parts, '' where it is not known, None for no heading."""
    return (known.get(heading_key(" / ".join(part))) or known.get(heading_key(part[-1]), "")) if part else None


def _like_grievances(banner: pd.DataFrame, width: int) -> list[int]:
    """Find rows above the headings that look like grievances: about as full as the table, with a number or a day."""
    filled = banner.notna().sum(axis=1)
    full = banner[filled >= max(3, 0.6 * width)]
    return [int(row) for row, cells in full.iterrows() if any(looks_like_data(text) for text in cells.dropna())]


def _unmerged(head: pd.DataFrame, merged: tuple[Area, ...]) -> pd.DataFrame:
    """Write the text of each merged area into all of its cells."""
    head = head.astype(object)
    first_row, last_row = (head.index[0], head.index[-1]) if len(head) else (0, -1)
    for (top, left), (bottom, right) in merged:
        if (
            top in head.index
            and left in head.columns
            and first_row <= top <= last_row
            and bottom - top < _MOST_HEADING_ROWS
        ):
            columns = [column for column in head.columns if left <= column <= right]
            head.loc[top : min(bottom, last_row), columns] = head.at[top, left]
    return head


def _heading_row(head: pd.DataFrame, known: Mapping[str, str], clear: Set[str]) -> int | None:
    texts = [[text[:_FAR_TOO_LONG] for text in row if isinstance(text, str)] for row in head.to_numpy()]
    filled = np.array([len(row) for row in texts])
    if not filled.any():
        return None
    hits = np.array([_hits(row, known) for row in texts])
    # The words of a grievance can be headings, too: what only a heading says comes first.
    surely = np.array([_hits([text for text in row if heading_key(text) in clear], known) for row in texts])
    best = int(np.where(hits > 0, surely * (hits.max() + 1) + hits, 0).argmax())
    if surely[best] and (hits[best] >= 2 or filled[best] <= 2):
        return best
    # Such words alone are no headings: the row may be a grievance that came by 'Phone', in a table without headings.
    enough = 0.6 * np.quantile(filled[filled > 0], 0.75)
    full = [int(place) for place in np.flatnonzero(filled >= enough)]
    first = next((place for place in full if _could_be_headings(texts[place])), None)
    if first is None:
        return None
    # Words above the headings can fill a row almost as well: the headings are fuller, and numbers begin below them.
    for place, below in zip(full[full.index(first) :], full[full.index(first) + 1 :], strict=False):
        if any(_NUMBER_OR_DATE.match(text) for text in texts[place]):
            break
        has_numbers = any(_NUMBER_OR_DATE.match(text) for text in texts[below])
        if has_numbers and filled[place] > filled[first] and _could_be_headings(texts[place]):
            return place
    return first


def _could_be_headings(row: list[str]) -> bool:
    """Say whether a row holds words, each once for the most part, and no numbers but years."""
    numbers = [text for text in row if _NUMBER_OR_DATE.match(text)]
    are_years = (len(numbers) < len(row) or len(row) > 2) and all(_YEAR.fullmatch(text) for text in numbers)
    return len(set(row)) >= 0.5 * len(row) and (len(numbers) <= 0.2 * len(row) or are_years)


def _hits(texts: list[str], known: Mapping[str, str]) -> int:
    """Count the known headings in a row, the required ones threefold; a row that holds a number or a day has none."""
    if any(looks_like_data(text) for text in texts):
        return 0
    columns = {known[key] for text in texts if (key := heading_key(text)) in known}
    return len(columns) + 2 * len(columns & set(names(required=True)))


def looks_like_data(text: str) -> bool:
    """Say whether a text is a number or a day in figures."""
    return bool(
        _NUMBER_OR_DATE.fullmatch(text) or (re.search(r"\b(19|20)\d\d\b", text) and len(re.findall(r"\d+", text)) > 1)
    )


def _heading_block(sheet: Sheet, columns: list[int], row: int, above: int) -> tuple[list[int], list[list[str]]]:
    """Return the rows of headings around the chosen one, and for each column its headings from the top."""
    cells = sheet.cells
    across = [area for area in sheet.merged if area[0][0] == area[1][0] and area[1][1] > area[0][1]]
    down = [area for area in sheet.merged if area[1][0] > area[0][0]]
    top = bottom = row
    for (first, _), (last, column) in down:
        if first <= row <= last and column in columns and last - first < _MOST_HEADING_ROWS and first >= above:
            top, bottom = min(top, first), max(bottom, _last_of_words(cells[columns], row, last))
    width = len(columns)
    names = [text for text in cells.iloc[row - 1][columns] if isinstance(text, str)] if row > above else []
    could_be_groups = bool(names) and not any(_is_number(text) or text.endswith(":") for text in names)
    above_it = cells.iloc[row - 1][columns] if could_be_groups else None
    is_grouped = any(_spans(area, row - 1, width) for area in across)
    if top == row and above_it is not None and (is_grouped or _names_groups(above_it, cells.iloc[row][columns])):
        top = row - 1
    if bottom == row and row + 1 < len(cells):
        below = cells.iloc[row + 1][columns]
        is_parted = any(_spans(area, row, width) and _parts(below, area) for area in across)
        bottom += is_parted or _completes(cells.iloc[row][columns], below)
    rows = list(range(top, bottom + 1))
    texts = [_spread(cells.iloc[place], place, columns, sheet.merged, is_last=place == bottom) for place in rows]
    return rows, [list(dict.fromkeys(text[column] for text in texts if text[column])) for column in columns]


def _last_of_words(cells: pd.DataFrame, row: int, last: int) -> int:
    """Return the last row down to `last` before one that holds a number or a day, and so is a grievance."""
    for place in range(row + 1, min(last, len(cells) - 1) + 1):
        if any(looks_like_data(text) for text in cells.iloc[place].dropna()):
            return place - 1
    return min(last, len(cells) - 1)


def _spans(area: Area, row: int, width: int) -> bool:
    """Say whether a merged area names a group of columns; one across the whole table is a banner."""
    (first, left), (_, right) = area
    return first == row and 1 < right - left + 1 < width


def _parts(lower: pd.Series, area: Area) -> bool:
    """Say whether the row below a merged heading parts it into several, in words."""
    texts = lower.dropna()
    below = texts[[column for column in texts.index if area[0][1] <= column <= area[1][1]]]
    return below.nunique() > 1 and not texts.map(_is_number).any()


def _names_groups(upper: pd.Series, lower: pd.Series) -> bool:
    """Say whether a row above, without merged cells, names groups: the headings below it repeat, and it has several."""
    keys = [heading_key(text) for text in lower.dropna()]
    return len(set(keys)) < len(keys) and upper.notna().sum() >= 2


def _completes(upper: pd.Series, lower: pd.Series) -> bool:
    """Say whether a row below the headings is part of them: words that fill gaps or stand below a group's name."""
    texts = lower.dropna()
    if texts.empty or texts.map(_is_number).any() or len(texts) >= upper.notna().sum() + upper.isna().sum():
        return False
    gaps = upper.isna() & lower.notna()
    both = upper.notna() & lower.notna()
    next_is_gap = upper.isna().shift(-1, fill_value=False) & lower.notna().shift(-1, fill_value=False)
    inner = upper.iloc[: int(np.flatnonzero(upper.notna())[-1]) + 2].index
    # Without a group's name above it, a word that fills a gap is a cell of the first grievance.
    return bool(both.any() and gaps[inner].any() and gaps.sum() == gaps[inner].sum() and next_is_gap[both].all())


def _is_number(text: str) -> bool:
    return bool(re.search(r"\d", text))


def _spread(
    cells: pd.Series, row: int, columns: list[int], merged: tuple[Area, ...], *, is_last: bool
) -> dict[int, str]:
    """Return a heading row's texts by column, a merged one in every column that it covers.

    In an upper row without merged cells a text reaches to the next one.
    """
    texts = {column: cells[column] if isinstance(cells[column], str) else "" for column in columns}
    covered: set[int] = set()
    for (first, left), (last, right) in merged:
        if first <= row <= last and first == row:
            covered |= set(range(left, right + 1))
            texts |= {column: texts.get(left, "") for column in range(left, right + 1) if column in texts}
        elif first < row <= last:
            covered |= set(range(left, right + 1))
    if not is_last and not any(area[0][0] == row for area in merged):
        before = ""
        for column in columns:
            before = texts[column] or before
            texts[column] = before if column not in covered else texts[column]
    return {column: " ".join(text.split()) for column, text in texts.items()}


def _rows_of_known_headings(cells: pd.DataFrame, known: Mapping[str, str], clear: Set[str]) -> list[int]:
    """Find the rows that can be the headings of another table.

    They hold at least two of the required columns, by words that no grievance has in a cell: 'e-mail', 'resolved' and
    'no' are headings, too, but a row of them is a grievance.
    """
    needed = set(names(required=True))
    clear = {key for key in clear if known[key] in needed}
    _, hits = _filled_and_hits(cells, [known.keys()] * cells.shape[1], 0.6)
    found = []
    for at in np.flatnonzero(hits >= 3):
        texts = [str(text) for text in cells.iloc[at].dropna()]
        columns = {known[key] for text in texts if _may_be_heading(text) and (key := heading_key(text)) in clear}
        if len(columns) >= 2 and not any(looks_like_data(text[:_FAR_TOO_LONG]) for text in texts):
            found.append(int(at))
    return found


def _repeats(cells: pd.DataFrame, keys: list[str]) -> np.ndarray:
    """Say which rows are the headings once more; `keys` are those of the headings, column by column."""
    filled, equal = _filled_and_hits(cells, [{key} if key else set() for key in keys], 0.8)
    return np.asarray((filled >= 2) & (equal >= 0.8 * filled), dtype=bool)


def _filled_and_hits(
    cells: pd.DataFrame, wanted: Sequence[Collection[str]], share: float
) -> tuple[np.ndarray, np.ndarray]:
    """Count in each row the cells that are filled, and those whose key is one of those that their column may have.

    A row in which fewer than `share` of the filled cells have one is given up, with -1: most are, soon.
    """
    filled, missed = np.zeros(len(cells), dtype=int), np.zeros(len(cells), dtype=int)
    for column in cells.columns:
        filled += cells[column].notna().to_numpy(dtype=bool)
    for place, column in enumerate(cells.columns):
        rows = np.flatnonzero(filled - missed >= share * filled)
        if not len(rows):
            break
        of_column = cells[column] if len(rows) == len(cells) else cells[column].iloc[rows]
        missed[rows] += of_column.notna().to_numpy(dtype=bool) & ~_has_key(of_column, wanted[place])
    return filled, np.where(filled - missed >= share * filled, filled - missed, -1)


def _may_be_heading(text: str) -> bool:
    """Say whether a text is short enough; what begins with a figure is a number or a day."""
    return len(text) <= _LONGEST_HEADING and not text[0].isdigit()


def _has_key(cells: pd.Series, wanted: Collection[str]) -> np.ndarray:
    """Say which cells can be a heading and have one of some keys."""
    found = np.zeros(len(cells), dtype=bool)
    for rows in slices(len(cells), _CELLS_AT_A_TIME) if wanted else ():
        found[rows] = _piece_has_key(as_arrow(cells.iloc[rows]), wanted)
    return found


def _piece_has_key(cells: pa.LargeStringArray, wanted: Collection[str]) -> np.ndarray:
    """Do what `_has_key` does, in ASCII without a look at each cell: only letters and figures are left of its key."""
    found = np.zeros(len(cells), dtype=bool)
    short = np.flatnonzero(
        pc.fill_null(pc.less_equal(pc.utf8_length(cells), _LONGEST_HEADING), False).to_numpy(zero_copy_only=False)
    )
    texts = cells.take(pa.array(short))
    keys = pc.utf8_trim_whitespace(pc.replace_substring_regex(pc.ascii_lower(texts), "[^a-z0-9]+", " "))
    is_ascii = pc.string_is_ascii(texts).to_numpy(zero_copy_only=False)
    is_plain = is_ascii & pc.not_equal(keys, "").to_numpy(zero_copy_only=False)
    begins = pc.match_substring_regex(texts, "^[0-9]").to_numpy(zero_copy_only=False)
    is_one = pc.is_in(keys, pa.array(sorted(wanted), type=keys.type)).to_numpy(zero_copy_only=False)
    found[short] = is_plain & ~begins & is_one
    others = np.flatnonzero(~is_plain)
    own = texts.take(pa.array(others)).to_pylist()
    are = {text: _may_be_heading(text) and heading_key(text) in wanted for text in set(own)}
    found[short[others]] = [are[text] for text in own]
    return found


@cache
def _words_of_cells() -> frozenset[str]:
    """Return the keys of the words that registers use for fixed terms."""
    return frozenset(heading_key(word) for word in every_word())


def _grievances(
    sheet: Sheet, inside: pd.DataFrame, whole: pd.DataFrame, first: int, same: np.ndarray, headed: list[str | None]
) -> tuple[np.ndarray, dict[int, str], tuple[Area, ...]]:
    """Part the rows below the headings into grievances and what is none, with the areas merged over grievances.

    `headed` has for each cell its known column, '' where that is not known, None without a heading.
    """
    filled = inside.notna().sum(axis=1).to_numpy()
    kept = whole.notna().any(axis=1).to_numpy() & ~same
    set_aside = {first + int(place): "heading" for place in np.flatnonzero(same)}
    width = sum(column is not None for column in headed)
    half = max(width / 2, 1.5)
    if width >= 3:
        totals = find_totals(inside, headed)
        sure = {int(place): "total" for place in np.flatnonzero((totals == ANYWHERE) & ~same)}
        wide = {area[0][0] - first for area in sheet.merged if area[1][1] - area[0][1] + 1 >= half}
        sure |= {int(place): "section" for place in np.flatnonzero(filled == 1) if place in wide}
        kept[list(sure)] = False
        # A row with one cell of its own is no remark where others are merged into it.
        merged = areas_of_grievances(inside, sheet.merged, kept, half)
        sure |= _at_the_end(fill_down(inside, merged, kept) if merged else inside, kept, totals)
        kept[list(sure)] = False
        set_aside |= {first + place: why for place, why in sure.items()}
    return first + np.flatnonzero(kept), set_aside, areas_of_grievances(inside, sheet.merged, kept, half)


def _at_the_end(table: pd.DataFrame, kept: np.ndarray, totals: np.ndarray) -> dict[int, str]:
    """Find totals and remarks below a table: its last rows with one cell alone, unless built as those above it.

    `kept` says which rows can be grievances.
    """
    filled = table.notna().sum(axis=1).to_numpy()
    found: dict[int, str] = {}
    shape = cache(_shape)
    begin, rows = len(filled), np.empty((0, 0), dtype=object)
    for place in range(len(filled) - 1, -1, -1):
        if filled[place] == 0 or not kept[place]:
            continue
        if totals[place] == AT_THE_END:
            found[place] = "total"
            continue
        if filled[place] > 1:
            break
        if max(0, place - _ROWS_LOOKED_AT) < begin:
            # The last rows alone are looked at, some thousand at a time.
            begin = max(0, place - _ROWS_AT_A_TIME)
            rows = table.iloc[begin : place + 1].astype("object").to_numpy(dtype=object)
        of_row = rows[place - begin]
        cells = rows[:, int(np.flatnonzero(pd.notna(of_row))[0])]
        top = max(0, place - _ROWS_LOOKED_AT)
        above = cells[top - begin : place - begin][totals[top:place] == NOWHERE]
        if shape(cells[place - begin]) in {shape(other) for other in above if not pd.isna(other)}:
            break
        found[place] = "note"
    return found


def _shape(text: str) -> str:
    return re.sub(r"[^\W\d_]+", "a", re.sub(r"\d+", "9", text))


def _named(parts: list[list[str]], columns: list[int], kept: list[int]) -> list[str]:
    """Name the columns that are kept: those without a heading by their letter, those with one twice by a number."""
    named: list[str] = []
    keys: dict[str, int] = {}
    for place in kept:
        name = " / ".join(parts[place]) or f"column {xl_col_to_name(columns[place])}"
        key = heading_key(name)
        keys[key] = keys.get(key, 0) + 1
        named.append(name if keys[key] == 1 else f"{name} ({keys[key]})")
    return named

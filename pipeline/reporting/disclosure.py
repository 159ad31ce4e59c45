"""Which of the places that were found stand in the public files of a period, and the workbook that asks for them."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq

from pipeline.register.disclosure_workbook import ASKED_BY, WORKBOOK, asked_lines, asked_order, disclosure_workbook
from pipeline.register.public_texts import PLACE_COLUMNS, PLACES
from pipeline.register.reading import PLACE
from pipeline.stage import SetFolder

MOST_ASKED = 20_000
"""Lines of the workbook, those to be decided first; redactions.parquet has all places."""
_AT_ONCE = 50_000


def places_asked(stage: SetFolder, columns: Sequence[str] = PLACE_COLUMNS) -> tuple[pd.DataFrame, pd.Series]:
    """Return the places of texts that can be public, and whether each stands in the public files of this period.

    The texts of sensitive grievances never can. The stages up to the metrics must be done. Both have the places of the
    rows in the file as their index; of the `columns` those that say where a place stands are always there.
    """
    places = stage.load(PLACES, list(dict.fromkeys((*PLACE, *columns))))
    labelled, traces = stage.load("labelled.parquet", PLACE), stage.load("traces.parquet", ("case", "annex_no"))
    # Each row of the register is known by one number, which takes less room than its three cells.
    rows = pd.concat([labelled, places[list(PLACE)]], ignore_index=True)
    numbers = rows.groupby(list(PLACE), sort=False, dropna=False).ngroup().to_numpy()
    general, of_place = numbers[: len(labelled)], numbers[len(labelled) :]
    listed = general[traces.loc[traces["annex_no"].notna(), "case"].unique()]
    can_be_public = np.isin(of_place, general)
    return places[can_be_public], pd.Series(np.isin(of_place, listed), index=places.index)[can_be_public]


def open_suspects(stage: SetFolder) -> pd.DataFrame:
    """Return the suspects in the public texts of the period that nobody answered: in whose column each stands."""
    places, in_report = places_asked(stage, ["registration_no", "column", "is_open"])
    return places[in_report & places["is_open"]].reset_index(drop=True)


def write_disclosure(stage: SetFolder) -> None:
    """Write internal/disclosure.xlsx: the first lines of what is asked, all of them where they are not too many."""
    places, in_report = places_asked(stage, ASKED_BY)
    order = asked_order(places, in_report)
    first = order[:MOST_ASKED]
    lines = asked_lines(_whole(stage, first), in_report[first])
    stage.save_bytes(disclosure_workbook(lines, asked=len(order)), WORKBOOK)


def _whole(stage: SetFolder, chosen: pd.Index) -> pd.DataFrame:
    """Read rows of the places, in the order in which they are named; never all texts at once."""
    wanted, parts, start = np.sort(chosen.to_numpy()), [], 0
    with pq.ParquetFile(stage.written(PLACES)) as table:
        for batch in table.iter_batches(_AT_ONCE):
            here = wanted[np.searchsorted(wanted, start) : np.searchsorted(wanted, start + batch.num_rows)] - start
            parts.append(batch.take(pa.array(here)))
            start += batch.num_rows
        rows = pa.Table.from_batches(parts, table.schema_arrow).to_pandas()
    return rows.set_axis(wanted, axis=0).loc[chosen]

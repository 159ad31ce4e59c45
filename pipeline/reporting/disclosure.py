"""Which of the places that were found stand in the public files of a period, and the workbook that asks for them."""

from __future__ import annotations

import pandas as pd

from pipeline.register.disclosure_workbook import WORKBOOK, asked_lines, disclosure_workbook
from pipeline.register.public_texts import PLACES
from pipeline.register.reading import PLACE
from pipeline.stage import SetFolder


def places_asked(stage: SetFolder) -> tuple[pd.DataFrame, pd.Series]:
    """Return the places of texts that can be public, and whether each stands in the public files of this period.

    The texts of sensitive grievances never can. The stages up to the metrics must be done.
    """
    places, labelled, traces = (stage.load(name) for name in (PLACES, "labelled.parquet", "traces.parquet"))
    keys = pd.MultiIndex.from_frame(places[list(PLACE)])
    general = pd.MultiIndex.from_frame(labelled[list(PLACE)])
    listed = general[traces.loc[traces["annex_no"].notna(), "case"].unique()]
    can_be_public = keys.isin(general)
    in_report = pd.Series(keys.isin(listed), index=places.index)
    return places[can_be_public].reset_index(drop=True), in_report[can_be_public].reset_index(drop=True)


def open_suspects(stage: SetFolder) -> pd.DataFrame:
    """Return the suspects in the public texts of the period that nobody answered."""
    places, in_report = places_asked(stage)
    return places[in_report & places["is_open"]]


def write_disclosure(stage: SetFolder) -> None:
    """Write internal/disclosure.xlsx."""
    stage.save_bytes(disclosure_workbook(asked_lines(*places_asked(stage))), WORKBOOK)

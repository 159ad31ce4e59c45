"""The labelled cases as the third notebook needs them."""

from __future__ import annotations

from collections.abc import Collection

import pandas as pd
import pyarrow.parquet as pq

from pipeline.classification.labels import COUNTED
from pipeline.register import columns
from pipeline.register.mapping import OTHER
from pipeline.stage import SetFolder

LABELLED = "labelled.parquet"


def load_cases(stage: SetFolder, also: Collection[str] = ()) -> pd.DataFrame:
    """Read the labelled cases without the columns on which no figure rests; one row a grievance.

    Left out are the texts but for what may be published of them, and what a text speaks for and why: of a large
    register they are most of what there is to hold. `also` names some of them that are wanted.
    """
    texts = {f"{name}{what}" for name in columns.names(public="redacted") for what in ("", "_redacted")}
    reasons = {
        f"{label}_{what}"
        for label in (*COUNTED, "sensitivity")
        for what in (
            "evidence",
            "confidence",
            *(f"proposed{part}" for part in ("", "_basis", "_confidence", "_evidence")),
        )
    }
    unread = {*texts, *reasons, "note"} - set(also)
    names = pq.read_schema(stage.written(LABELLED)).names
    return stage.load(LABELLED, [name for name in names if name not in unread and not name.startswith(OTHER)])

"""The labelled cases as the third notebook needs them."""

from __future__ import annotations

from collections.abc import Collection

import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq

from pipeline.classification.labels import COUNTED
from pipeline.register import columns
from pipeline.register.mapping import OTHER
from pipeline.stage import SetFolder

LABELLED = "labelled.parquet"
_AT_ONCE = 50_000
"""Rows of texts that are held at once."""


def load_cases(stage: SetFolder, also: Collection[str] = ()) -> pd.DataFrame:
    """Read the labelled cases without the columns on which no figure rests; one row a grievance.

    Left out are the texts, and what a text speaks for and why: of a large register they are most of what there is to
    hold. `also` names some of them that are wanted; see also `with_public_texts`.
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
    unread = {*texts, *_public_texts(), *reasons, "note"} - set(also)
    names = pq.read_schema(stage.written(LABELLED)).names
    return stage.load(LABELLED, [name for name in names if name not in unread and not name.startswith(OTHER)])


def with_public_texts(stage: SetFolder, cases: pd.DataFrame, chosen: pd.Series) -> pd.DataFrame:
    """Return the chosen ones of the cases that `load_cases` read, with the texts that may be published of them.

    `chosen` says of each case whether it is wanted. The texts of the others are never held together.
    """
    names, wanted, parts, start = _public_texts(), chosen.to_numpy(dtype=bool), [], 0
    with pq.ParquetFile(stage.written(LABELLED)) as table:
        for batch in table.iter_batches(_AT_ONCE, columns=names):
            parts.append(batch.filter(pa.array(wanted[start : start + batch.num_rows])))
            start += batch.num_rows
        texts = pa.Table.from_batches(parts, pa.schema([table.schema_arrow.field(name) for name in names]))
    found = texts.to_pandas().set_axis(cases.index[wanted], axis=0)
    return cases[chosen].assign(**{name: found[name] for name in names})


def _public_texts() -> list[str]:
    return [f"{name}_public" for name in columns.names(public="redacted")]

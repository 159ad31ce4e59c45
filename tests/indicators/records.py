"""Freezing and restating a made register without notebooks."""

from __future__ import annotations

import pandas as pd
from making import Cleaned

from pipeline.indicators.freezing import Frozen, record_of, store
from pipeline.indicators.published import Published, published
from pipeline.indicators.restatement import restate
from pipeline.project import Project
from pipeline.register.mapping import collected


def files_of(cleaned: Cleaned, period: str) -> dict[str, bytes]:
    return record_of(
        cleaned.labelled,
        cleaned.measure(period),
        cleaned.project,
        cleaned.scopes(period),
        collected(cleaned.register),
    )


def freeze(cleaned: Cleaned, period: str, *, into: Project | None = None, force: bool = False) -> Frozen:
    return store(into or cleaned.project, period, files_of(cleaned, period), force=force)


def read(project: Project, period: str) -> Published:
    record = published(project, period)
    assert record is not None
    return record


def restated(record: Published, cleaned: Cleaned) -> pd.DataFrame:
    return restate([record], cleaned.labelled, cleaned.project, collected(cleaned.register))


def told(
    table: pd.DataFrame, indicator: str, dimension: str = "", member: str = "", scope: str = "period"
) -> list[tuple]:
    """Return what the table says of a figure: for each reason its sum, and the grievances."""
    rows = table.query("indicator == @indicator and dimension == @dimension and member == @member and scope == @scope")
    return [(row.published, row.now, row.reason, row.change, row.rows) for row in rows.itertuples()]

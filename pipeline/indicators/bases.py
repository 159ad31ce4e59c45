"""Where the labels behind the figures come from: how many of the grievances received, by label, member and basis."""

from __future__ import annotations

from collections.abc import Mapping

import pandas as pd

from pipeline.indicators.computation import Measured

COLUMNS = ("scope", "label", "member", "basis", "grievances")
"""The columns of internal/label_bases.csv."""
LABELS = ("type", "relation", "topic")
_OF_A_LABEL = ("counted", "basis")


def label_bases(labelled: pd.DataFrame, measured: Measured) -> pd.DataFrame:
    """Count the grievances received in each scope by the label that is counted and by who gave it.

    `labelled` are the cases that were measured. One row a scope, label, member and basis that occurs.
    """
    parts = []
    for scope, facts in measured.facts.items():
        received = labelled.loc[facts["is_received"], [f"{name}_{what}" for name in LABELS for what in _OF_A_LABEL]]
        for name in LABELS:
            counts = received.groupby([f"{name}_counted", f"{name}_basis"]).size()
            table = counts.rename("grievances").rename_axis(["member", "basis"]).reset_index()
            parts.append(table.assign(scope=scope, label=name))
    return pd.concat(parts, ignore_index=True)[list(COLUMNS)]


def label_bases_of(labelled: pd.DataFrame, measured: Mapping[str, Measured]) -> pd.DataFrame:
    """Put the counts of several periods together, each with its `period` before the columns of `label_bases`."""
    parts = [label_bases(labelled, one).assign(period=period) for period, one in measured.items()]
    return pd.concat(parts, ignore_index=True)[["period", *COLUMNS]]

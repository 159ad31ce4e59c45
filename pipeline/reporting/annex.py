"""The cases that the annex lists, without anything that may not be published."""

from __future__ import annotations

import pandas as pd

from pipeline.indicators.reconciliation import in_annex
from pipeline.period import Window


def annex(labelled: pd.DataFrame, facts: pd.DataFrame, window: Window) -> pd.DataFrame:
    """Pick the admissible grievances received or resolved in the period, in the order of their receipt.

    Texts are the redacted ones; a resolution after the as-of day has not happened. `no` counts from 1.
    """
    chosen = in_annex(facts)
    as_of = pd.Timestamp(window.as_of)
    cases = labelled[chosen]
    shown = facts[chosen]
    resolved = cases["date_resolved_counted"].where(
        (cases["date_resolved_counted"] <= as_of) & (shown["status"] == "resolved")
    )
    table = pd.DataFrame(
        {
            "registration_no": cases["registration_no"],
            "date_received": cases["date_received"].dt.normalize(),
            "type": shown["type"],
            "channel": shown["channel"],
            "summary": cases["summary_public"],
            "action_taken": cases["action_taken_public"],
            "status": shown["status"],
            "date_resolved": resolved,
            "resolution_working_days": shown["resolution_working_days"].where(resolved.notna()),
            "_order": cases["date_received_latest"],
        }
    )
    table = table.sort_values("_order", kind="stable").drop(columns="_order").reset_index(drop=True)
    table.insert(0, "no", range(1, len(table) + 1))
    return table

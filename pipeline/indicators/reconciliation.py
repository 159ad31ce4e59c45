"""Whether the figures agree with each other; what does not stops the run, with the rows that break it.

Source of the rules: docs/indicators.md, 'Stock and flow agree' and 'Totals agree'.
"""

from __future__ import annotations

from datetime import timedelta

import pandas as pd

from pipeline.errors import ReconciliationError
from pipeline.indicators.computation import COUNTS, DIMENSIONS, Measured
from pipeline.period import Scopes

COLUMNS = ("check", "scope", "dimension", "left", "right", "difference", "rows")
"""The columns of internal/reconciliation.csv: `left` and `right` must be equal."""

STOCK_AND_FLOW = {
    "opening_stock": 1,
    "eligible": 1,
    "entered_unplaced": 1,
    "reopenings": 1,
    "resolutions": -1,
    "closed_otherwise": -1,
    "ended_undated": -1,
}
"""The identity: these, with their signs, add up to `closing_stock`."""
STATUSES = ("in_progress", "resolved", "rejected", "withdrawn", "status_not_stated")
_MOST_ROWS = 20


def reconcile(measured: Measured, scopes: Scopes, annex_rows: int) -> pd.DataFrame:
    """Make every check; one row a check, with the columns of `COLUMNS`. See `require` for what follows."""
    rows = []
    for scope, facts in measured.facts.items():
        rows += [*_within_scope(measured, scope, facts), *_by_dimension(measured, scope)]
    rows += _between_periods(measured, scopes)
    facts = measured.facts["period"]
    annex = int(in_annex(facts).sum())
    rows.append(_check("annex", "period", annex, annex_rows))
    return pd.DataFrame(rows, columns=list(COLUMNS))


def require(checks: pd.DataFrame) -> None:
    """Stop with a `ReconciliationError` that names every check that fails, the difference and the rows."""
    failed = checks[checks["difference"] != 0]
    if failed.empty:
        return
    sentences = [
        f"{row.check} ({row.scope}{', by ' + row.dimension if row.dimension else ''}): {row.left} is not {row.right}, "
        f"the difference is {row.difference}; rows that break it: {row.rows or 'none can be named'}."
        for row in failed.itertuples()
    ]
    raise ReconciliationError("The figures do not agree, so no report is made.\n" + "\n".join(sentences))


def in_annex(facts: pd.DataFrame) -> pd.Series:
    """Say which grievances the annex lists: admissible, and received or resolved in the period."""
    return facts["is_eligible"] | (facts["resolutions"] > 0)


def _within_scope(measured: Measured, scope: str, facts: pd.DataFrame) -> list[dict[str, object]]:
    totals = headlines(measured.table, scope)
    count = {name: COUNTS[name](facts) for name in (*STOCK_AND_FLOW, *STATUSES, "received", "unrelated", "duplicate")}
    after = COUNTS["closing_stock"](facts)
    moved = sum(sign * count[name] for name, sign in STOCK_AND_FLOW.items())
    parts = count["unrelated"] + count["duplicate"] + count["eligible"]
    by_status = sum(count[name] for name in STATUSES)
    places = facts[["is_before", "is_received", "is_unplaced", "is_after"]].sum(axis=1)
    stock = sum(sign * totals[name] for name, sign in STOCK_AND_FLOW.items())
    return [
        _check("stock_and_flow", scope, totals["closing_stock"], stock, facts, moved != after),
        _check(
            "received_by_kind",
            scope,
            totals["received"],
            totals.get("unrelated", 0) + totals["duplicate"] + totals["eligible"],
            facts,
            parts != count["received"],
        ),
        _check(
            "eligible_by_status",
            scope,
            totals["eligible"],
            sum(totals[name] for name in STATUSES),
            facts,
            by_status != count["eligible"],
        ),
        _check("every_row_has_a_place", scope, len(facts), int(places.sum()), facts, places != 1),
        _check(
            "open_by_age",
            scope,
            totals["closing_stock"],
            totals["pending_age"],
            facts,
            after != facts["pending_days"].notna(),
        ),
    ]


def _by_dimension(measured: Measured, scope: str) -> list[dict[str, object]]:
    table = measured.table[measured.table["scope"] == scope]
    totals = headlines(measured.table, scope)
    rows = []
    for dimension, indicators in {
        **DIMENSIONS,
        "age": ("pending_age",),
        "working_days": ("resolution_working_days_n",),
    }.items():
        of_dimension = table[table["dimension"] == dimension]
        facts = measured.facts[scope]
        for name in indicators:
            members = of_dimension[of_dimension["indicator"] == name]
            if (members["state"] == "not_collected").all():
                continue
            strange = None
            if dimension in facts and name in COUNTS:
                strange = (COUNTS[name](facts) > 0) & ~facts[dimension].isin(members["member"])
            rows.append(
                _check(name, scope, totals[name], int(members["value"].sum()), facts, strange, dimension=dimension)
            )
    return rows


def _between_periods(measured: Measured, scopes: Scopes) -> list[dict[str, object]]:
    previous = scopes.previous
    if previous is None or previous.end + timedelta(days=1) != scopes.current.start:
        return []
    closing = headlines(measured.table, "previous")["closing_stock"]
    opening = headlines(measured.table, "period")["opening_stock"]
    differs = measured.facts["previous"]["is_open_after"] != measured.facts["period"]["is_open_before"]
    return [_check("opening_is_former_closing", "period", opening, closing, measured.facts["period"], differs)]


def headlines(table: pd.DataFrame, scope: str) -> dict[str, int]:
    """Return the counts of a scope by indicator, without those that are not given."""
    rows = table[
        (table["scope"] == scope) & (table["dimension"] == "") & (table["unit"] == "count") & table["value"].notna()
    ]
    return {name: int(value) for name, value in zip(rows["indicator"], rows["value"], strict=True)}


def _check(
    name: str,
    scope: str,
    left: int,
    right: int,
    facts: pd.DataFrame | None = None,
    breaking: pd.Series | None = None,
    *,
    dimension: str = "",
) -> dict[str, object]:
    rows = ""
    if left != right and facts is not None and breaking is not None:
        numbers = facts.loc[breaking, "registration_no"]
        rows = ", ".join(numbers.head(_MOST_ROWS)) + (" …" if len(numbers) > _MOST_ROWS else "")
    difference = left - right
    return dict(zip(COLUMNS, (name, scope, dimension, left, right, difference, rows), strict=True))

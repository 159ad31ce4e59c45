"""What the third notebook shows: behind every number its rule and its rows."""

from __future__ import annotations

from typing import Any

import pandas as pd

from pipeline.indicators.computation import COUNTS, DURATIONS, RATES, Measured, rows_behind
from pipeline.indicators.definitions import definitions

_MOST_NUMBERS = 20


def rules_and_rows(measured: Measured, scope: str = "period") -> pd.DataFrame:
    """List the headline figures of a scope with their rule and the registration numbers they are made of."""
    facts = measured.facts[scope]
    rows = []
    for row in _headlines(measured.table, scope).to_dict("records"):
        base = _base(row["indicator"])
        definition = definitions()[base]
        fraction = f" ({definition.numerator} / {definition.denominator})" if definition.denominator else ""
        traced = row["state"] in ("stated", "below_minimum") and (base in COUNTS or base in RATES or base in DURATIONS)
        numbers = rows_behind(facts, base) if traced and base != "register_completeness" else pd.Series(dtype="str")
        more = f" and {len(numbers) - _MOST_NUMBERS} more" if len(numbers) > _MOST_NUMBERS else ""
        rows.append(
            {
                "indicator": row["indicator"],
                "figure": figure(row),
                "rule": definition.definition + fraction,
                "rows": ", ".join(numbers.head(_MOST_NUMBERS)) + more,
            }
        )
    return pd.DataFrame(rows)


def by_scope(measured: Measured) -> pd.DataFrame:
    """Put the headline figures of the scopes side by side; a scope that does not exist has no column."""
    columns = {
        scope: _headlines(measured.table, scope).set_index("indicator").apply(figure, axis=1)
        for scope in measured.facts
    }
    order = list(dict.fromkeys(name for column in columns.values() for name in column.index))
    return pd.DataFrame(columns).reindex(order).rename_axis("indicator").reset_index()


def breakdown(measured: Measured, dimension: str, scope: str = "period") -> pd.DataFrame:
    """Break the counts of a scope down by a dimension: one row a member, one column an indicator, and the total."""
    table = measured.table
    chosen = table[(table["scope"] == scope) & (table["dimension"] == dimension) & table["value"].notna()]
    indicators, members = chosen["indicator"].unique(), chosen["member"].unique()
    wide = (
        chosen.pivot(index="member", columns="indicator", values="value").reindex(members)[indicators].astype("int64")
    )
    total = wide.sum().to_frame("total").T.rename_axis("member")
    return pd.concat([wide, total]).rename_axis("member", axis=0).rename_axis(None, axis=1).reset_index()


def figure(row: dict[str, Any] | pd.Series) -> str:
    """Write a row of the indicators for a reviewer: its value, or n of N, or why there is none."""
    if row["state"] not in ("stated", "below_minimum"):
        return str(row["state"]).replace("_", " ")
    if pd.isna(row["denominator"]):
        return f"{float(row['value']):.10g}"
    parts = f"{int(row['numerator'])} of {int(row['denominator'])}"
    return parts if pd.isna(row["value"]) else f"{parts} ({float(row['value']):.6g} %)"


def _headlines(table: pd.DataFrame, scope: str) -> pd.DataFrame:
    return table[(table["scope"] == scope) & (table["dimension"] == "")]


def _base(indicator: str) -> str:
    return indicator if indicator in definitions() else indicator.rpartition("_")[0]

"""What the third notebook shows: behind every number its rule and its rows."""

from __future__ import annotations

from typing import Any

import pandas as pd

from pipeline.indicators.computation import AGES, DURATIONS, RATES, Measured, days_behind, rows_behind, rows_left
from pipeline.indicators.definitions import base_of, definitions
from pipeline.indicators.facts import resolved_as_of
from pipeline.period import Scopes

_MOST_NUMBERS = 20
_OF_CASES = ("registration_no", "source_row", "relation_counted", "date_received", "date_resolved_counted")
_OF_FACTS = ("is_received", "resolutions", "channel", "type", "status", "month", "resolution_working_days")
"""What the list of every grievance takes of the cases and of their facts."""


def meanings() -> pd.DataFrame:
    """Say what each indicator means, as definitions.yml has it: one row an indicator, texts, blank where nothing is."""
    rows = [
        {
            "indicator": name,
            "title": one.title,
            "definition": one.definition,
            "counted": one.counted or f"{one.numerator} / {one.denominator}",
            "unit": one.unit.replace("_", " "),
            "decimals": one.decimals,
            "direction": one.direction.replace("_", " "),
            "needs": ", ".join(one.needs),
            "scopes": ", ".join(one.scopes),
            "edition": one.edition,
            "source": one.source,
            "caveat": one.caveat or "",
        }
        for name, one in definitions().items()
    ]
    return pd.DataFrame(rows)


def rules_and_rows(measured: Measured, scope: str = "period") -> pd.DataFrame:
    """List the headline figures of a scope with their rule and the registration numbers they are made of.

    `rows` are those of the figure, or of a rate's numerator, a duration's with their days; `rest_of_denominator` are
    those of a rate's denominator that its numerator does not hold.
    """
    facts = measured.facts[scope]
    rows = []
    for row in _headlines(measured.table, scope).to_dict("records"):
        base = base_of(row["indicator"])
        definition = definitions()[base]
        fraction = f" ({definition.numerator} / {definition.denominator})" if definition.denominator else ""
        is_traced = row["state"] in ("stated", "below_minimum")
        # Of the cells that are filled nearly every row has some; the rows that lack one stand in the last column.
        is_listed = is_traced and base != "register_completeness"
        rows.append(
            {
                "indicator": row["indicator"],
                "figure": figure(row),
                "rule": definition.definition + fraction,
                "rows": _listed(_rows(facts, base)) if is_listed else "",
                "rest_of_denominator": _listed(rows_left(facts, base)) if is_traced and base in RATES else "",
            }
        )
    return pd.DataFrame(rows)


def every_grievance(labelled: pd.DataFrame, measured: Measured, scopes: Scopes) -> pd.DataFrame:
    """List each grievance received or resolved in the period, as the breakdowns count it; one row a grievance.

    `counted_as` says whether it was received, resolved or both in the period; `status` is that of the as-of day. No
    column identifies a person.
    """
    facts = measured.facts["period"]
    chosen = facts["is_received"] | (facts["resolutions"] > 0)
    cases = labelled.loc[chosen, list(_OF_CASES)]
    shown = facts.loc[chosen, list(_OF_FACTS)].astype(dict.fromkeys(("channel", "type", "status", "month"), "str"))
    received = shown["is_received"].map({True: "received", False: ""})
    resolved = (shown["resolutions"] > 0).map({True: "resolved", False: ""})
    date_resolved = resolved_as_of(cases, shown, scopes.current)
    return pd.DataFrame(
        {
            "registration_no": cases["registration_no"],
            "row": cases["source_row"],
            "counted_as": (received + ", " + resolved).str.strip(", "),
            "channel": shown["channel"],
            "type": shown["type"],
            "relation": cases["relation_counted"],
            "status": shown["status"],
            "month": shown["month"],
            "date_received": cases["date_received"].dt.normalize(),
            "date_resolved": date_resolved,
            "resolution_working_days": shown["resolution_working_days"].where(date_resolved.notna()),
        }
    ).reset_index(drop=True)


def by_scope(measured: Measured) -> pd.DataFrame:
    """Put the headline figures of the scopes side by side; a scope that does not exist has no column."""
    columns = {
        scope: _headlines(measured.table, scope).set_index("indicator").apply(figure, axis=1)
        for scope in measured.facts
    }
    order = list(dict.fromkeys(name for column in columns.values() for name in column.index))
    return pd.DataFrame(columns).reindex(order).rename_axis("indicator").reset_index()


def breakdown(measured: Measured, dimension: str, scope: str = "period") -> pd.DataFrame:
    """Break the counts of a scope down by a dimension: one row a member, one column an indicator, and the total.

    What the register lacks is one line 'not collected'.
    """
    table = measured.table
    of_dimension = table[(table["scope"] == scope) & (table["dimension"] == dimension)]
    if len(of_dimension) and (of_dimension["state"] == "not_collected").all():
        return pd.DataFrame({"member": ["not collected"]})
    chosen = of_dimension[of_dimension["value"].notna()]
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
    unit = "per 1,000" if row.get("unit") == "per_1000" else "%"
    return parts if pd.isna(row["value"]) else f"{parts} ({float(row['value']):.6g} {unit})"


def _headlines(table: pd.DataFrame, scope: str) -> pd.DataFrame:
    return table[(table["scope"] == scope) & (table["dimension"] == "")]


def _rows(facts: pd.DataFrame, indicator: str) -> pd.Series:
    """Return the numbers behind a figure, those of a duration or an age with their days: 7/2024 (3)."""
    numbers = rows_behind(facts, indicator)
    if indicator in (*DURATIONS, *AGES):
        return numbers + " (" + days_behind(facts, indicator).astype("str") + ")"
    return numbers


def _listed(numbers: pd.Series) -> str:
    more = f" and {len(numbers) - _MOST_NUMBERS} more" if len(numbers) > _MOST_NUMBERS else ""
    return ", ".join(numbers.head(_MOST_NUMBERS)) + more

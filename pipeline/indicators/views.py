"""What the third notebook shows: behind every number its rule and its rows."""

from __future__ import annotations

from typing import Any

import pandas as pd

from pipeline.indicators.computation import (
    AGES,
    COUNTS,
    DURATIONS,
    PER_1000,
    RATES,
    Measured,
    days_behind,
    rows_behind,
    rows_left,
)
from pipeline.indicators.definitions import base_of, definitions
from pipeline.indicators.facts import resolved_as_of
from pipeline.indicators.stretches import Stretches
from pipeline.period import Scopes

_OF_FIGURES = ("indicator", "figure", "rows", "rest_of_denominator")
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


def rules_and_rows(measured: Measured, numbered: Stretches) -> pd.DataFrame:
    """List the headline figures of the period with their rule and the registration numbers they are made of.

    `numbered` writes the numbers of the cases that were measured. `rows` are those of the figure, or of a rate's
    numerator, a duration's with their days; `rest_of_denominator` are those of a rate's denominator that its numerator
    does not hold.
    """
    shown = _figures_and_rows(measured, numbered, "period")
    known = definitions()
    rules = {
        name: one.definition + (f" ({one.numerator} / {one.denominator})" if one.denominator else "")
        for name, one in known.items()
    }
    shown.insert(2, "rule", [rules[base_of(name)] for name in shown["indicator"]])
    return shown


def of_other_scopes(measured: Measured, numbered: Stretches) -> pd.DataFrame:
    """List the headline figures of the previous period and since the start, as `rules_and_rows` does, without rules."""
    parts = [
        _figures_and_rows(measured, numbered, scope).assign(scope=scope)
        for scope in measured.facts
        if scope != "period"
    ]
    return pd.concat(parts, ignore_index=True)[["scope", *_OF_FIGURES]]


def _figures_and_rows(measured: Measured, numbered: Stretches, scope: str) -> pd.DataFrame:
    facts, rows = measured.facts[scope], []
    # The statistics of a duration are made of the same rows.
    lists: dict[str, str] = {}
    for row in _headlines(measured.table, scope).to_dict("records"):
        base = base_of(row["indicator"])
        is_traced = row["state"] in ("stated", "below_minimum")
        # Of the cells that are filled nearly every row has some; the rows that lack one stand in the last column.
        if is_traced and base not in lists:
            lists[base] = "" if base == "register_completeness" else _listed(facts, base, numbered)
        rest = numbered.listed(rows_left(facts, base)) if is_traced and base in RATES else ""
        rows.append((row["indicator"], figure(row), lists[base] if is_traced else "", rest))
    return pd.DataFrame(rows, columns=list(_OF_FIGURES))


def _listed(facts: pd.DataFrame, indicator: str, numbered: Stretches) -> str:
    """List the grievances of a figure, behind each its days, or that it counts twice: 7/2024 (3)."""
    numbers = rows_behind(facts, indicator)
    if indicator in (*DURATIONS, *AGES):
        return numbered.listed(numbers, days_behind(facts, indicator), " ({})".format)
    indicator = PER_1000.get(indicator, indicator)
    times = (COUNTS.get(indicator) or RATES[indicator][0])(facts)
    return numbered.listed(numbers, times[times > 0], lambda counted: " (twice)" if counted > 1 else "")


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

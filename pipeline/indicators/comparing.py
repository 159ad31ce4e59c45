"""Several periods of one register, measured one by one, checked one by one and against each other."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date, timedelta
from itertools import pairwise

import pandas as pd

from pipeline.indicators import reconciliation
from pipeline.indicators.computation import Measured, measure
from pipeline.indicators.definitions import base_of, definitions
from pipeline.indicators.facts import is_open
from pipeline.indicators.reconciliation import check, exceptions_of, headlines, reconcile
from pipeline.indicators.tallies import in_annex
from pipeline.period import Scopes, Window
from pipeline.project import Project

CHECK_COLUMNS = ("period", *reconciliation.COLUMNS)
"""The columns of a comparison's internal/reconciliation.csv."""


def measure_each(
    labelled: pd.DataFrame, project: Project, periods: Sequence[Scopes], collected: Iterable[str]
) -> dict[str, Measured]:
    """Measure every period as its report does, from the same cases; by label, in the order given.

    The table of each has the scopes 'period' and 'cumulative'. What the register did not record in a period has the
    state 'not_collected_in_period' there: see `not_recorded`.
    """
    columns = list(collected)
    measured = {}
    for scopes in periods:
        found = measure(labelled, project, _without_previous(scopes), columns)
        empty = not_recorded(labelled, found.facts["period"], scopes.current, columns)
        measured[scopes.label] = Measured(_masked(found.table, empty), found.facts)
    return measured


def not_recorded(
    labelled: pd.DataFrame, facts: pd.DataFrame, window: Window, collected: Iterable[str]
) -> tuple[str, ...]:
    """Return the columns of the register that some figure needs and that hold nothing up to a period's end.

    That is: nothing in any row received by then, so that recording had not begun. Once it has, a blank is an answer
    (nobody was referred elsewhere). Without a row in the period nothing can be said.
    """
    if not facts["is_received"].any():
        return ()
    by_its_end = labelled["date_received_latest"] <= pd.Timestamp(window.counted_to)
    needed = dict.fromkeys(name for definition in definitions().values() for name in definition.needs)
    return tuple(name for name in needed if name in set(collected) and not labelled.loc[by_its_end, name].notna().any())


def _masked(table: pd.DataFrame, empty: Sequence[str]) -> pd.DataFrame:
    lacking = {name for name, one in definitions().items() if set(one.needs) & set(empty)}
    is_masked = (
        (table["scope"] == "period")
        & table["indicator"].map(base_of).isin(lacking)
        & table["state"].isin(("stated", "below_minimum", "not_applicable", "not_available"))
    )
    emptied = {name: table[name].mask(is_masked) for name in ("value", "numerator", "denominator")}
    return table.assign(state=table["state"].mask(is_masked, "not_collected_in_period"), **emptied)


def tidy(measured: dict[str, Measured]) -> pd.DataFrame:
    """Put the tables of all periods below each other; `period` is the first column."""
    return pd.concat([one.table.assign(period=label) for label, one in measured.items()], ignore_index=True)[
        ["period", *next(iter(measured.values())).table.columns]
    ]


# -- the stock --------------------------------------------------------------------------------------------------------


def backlog(labelled: pd.DataFrame, periods: Sequence[Scopes]) -> pd.DataFrame:
    """Count the open grievances at the end of each month from the first period to the last, and at their borders.

    One row a day, rising: `day` (date) and `open` (count). The first day is the one before the first period, the last
    is the latest that is counted.
    """
    first = min(scopes.current.start for scopes in periods)
    last = max(scopes.current.counted_to for scopes in periods)
    days = {end for _, end in Window(first, last, last).months()}
    days |= {scopes.current.counted_to for scopes in periods}
    days |= {scopes.current.start - timedelta(days=1) for scopes in periods}
    rising = sorted(days)
    return pd.DataFrame({"day": rising, "open": [int(is_open(labelled, pd.Timestamp(day)).sum()) for day in rising]})


# -- whether the figures agree ----------------------------------------------------------------------------------------


def reconcile_each(
    measured: dict[str, Measured], project: Project, periods: Sequence[Scopes], stock: pd.DataFrame
) -> pd.DataFrame:
    """Make the checks of every period, of adjacent ones and of the stock; one row a check, columns `CHECK_COLUMNS`.

    A comparison lists no grievances, so that there is no annex to check. What somebody signed for in the report of a
    period is let through here as well.
    """
    parts = []
    for scopes in periods:
        one = measured[scopes.label]
        annex_rows = int(in_annex(one.facts["period"]).sum())
        checks = reconcile(one, _without_previous(scopes), annex_rows, exceptions_of(project, scopes))
        parts.append(checks[checks["check"] != "annex"].assign(period=scopes.label))
    chain = [*_chain(measured, periods), *_stock(measured, periods, stock)]
    return pd.concat([*parts, pd.DataFrame(chain, columns=list(CHECK_COLUMNS))], ignore_index=True)[list(CHECK_COLUMNS)]


def require_each(checks: pd.DataFrame) -> None:
    """Stop with a `ReconciliationError` that names every check that fails, with its period."""
    reconciliation.require(checks.assign(scope=checks["period"] + ", " + checks["scope"]))


def _without_previous(scopes: Scopes) -> Scopes:
    return Scopes(scopes.label, scopes.period, scopes.current, None, None, scopes.cumulative)


def adjoin(former: Scopes, later: Scopes) -> bool:
    """Say whether a period begins on the day after another one ends, with no day between that is not counted."""
    return former.current.counted_to + timedelta(days=1) == later.current.start


def _chain(measured: dict[str, Measured], periods: Sequence[Scopes]) -> list[dict[str, object]]:
    rows = []
    for former, later in pairwise(periods):
        if not adjoin(former, later):
            continue
        before, after = measured[former.label], measured[later.label]
        closing = headlines(before.table, "period")["closing_stock"]
        opening = headlines(after.table, "period")["opening_stock"]
        former_facts, facts = before.facts["period"], after.facts["period"]
        differs = former_facts["is_open_after"] != facts["is_open_before"]
        rows.append(_check(later.label, "opening_is_former_closing", opening, closing, facts, differs))
    return rows


def _stock(measured: dict[str, Measured], periods: Sequence[Scopes], stock: pd.DataFrame) -> list[dict[str, object]]:
    on = dict(zip(stock["day"], stock["open"], strict=True))
    rows = []
    for scopes in periods:
        totals, facts = headlines(measured[scopes.label].table, "period"), measured[scopes.label].facts["period"]
        day_before: date = scopes.current.start - timedelta(days=1)
        for name, day, column in (
            ("opening_stock", day_before, "is_open_before"),
            ("closing_stock", scopes.current.counted_to, "is_open_after"),
        ):
            rows.append(_check(scopes.label, f"backlog_is_{name}", on[day], totals[name], facts, facts[column]))
    return rows


def _check(
    period: str, name: str, left: int, right: int, facts: pd.DataFrame, breaking: pd.Series
) -> dict[str, object]:
    return {
        "period": period,
        **check(name, "period", left, right, lambda: facts.loc[breaking, "registration_no"]),
    }


# -- which periods can be set beside each other -----------------------------------------------------------------------


def overlap(one: Scopes, other: Scopes) -> bool:
    """Say whether two periods share a day that is counted."""
    return one.current.start <= other.current.counted_to and other.current.start <= one.current.counted_to


def overlaps(periods: Sequence[Scopes]) -> list[tuple[Scopes, Scopes]]:
    """Return the pairs of periods that share days."""
    return [(one, other) for place, one in enumerate(periods) for other in periods[place + 1 :] if overlap(one, other)]


def gaps(periods: Sequence[Scopes]) -> list[tuple[date, date]]:
    """Return the stretches of days between the first and the last day counted that belong to no period."""
    found, reached = [], periods[0].current.counted_to
    for scopes in periods[1:]:
        if scopes.current.start > reached + timedelta(days=1):
            found.append((reached + timedelta(days=1), scopes.current.start - timedelta(days=1)))
        reached = max(reached, scopes.current.counted_to)
    return found


def completeness(labelled: pd.DataFrame, measured: dict[str, Measured]) -> pd.DataFrame:
    """Count what could not be dated or placed: one row a period; `received`, `undated` of them, `unplaced`."""
    facts = [one.facts["period"] for one in measured.values()]
    undated = labelled["date_received"].isna()
    return pd.DataFrame(
        {
            "period": list(measured),
            "received": [int(one["is_received"].sum()) for one in facts],
            "undated": [int((one["is_received"] & undated).sum()) for one in facts],
            "unplaced": [int(one["is_unplaced"].sum()) for one in facts],
        }
    )

"""What must hold for every register: stock and flow balance, and parts add up to the whole."""

from __future__ import annotations

from datetime import date

import pandas as pd
from hypothesis import given, settings
from hypothesis import strategies as st
from making import Cleaned, Maker, value

from pipeline.indicators.reconciliation import STOCK_AND_FLOW, require

DAY = st.one_of(st.just(""), st.dates(date(2024, 1, 5), date(2024, 7, 10)).map(str))
ROW = st.fixed_dictionaries(
    {
        "date_received": DAY,
        "channel": st.sampled_from(["email", "phone", "in person", ""]),
        "status": st.sampled_from(
            ["Resolved"] * 3 + ["Resolving", "Unrelated", "Rejected", "Withdrawn", "Duplicate", "", "x"]
        ),
        "relation": st.sampled_from(["", "Related", "Unrelated"]),
        "type": st.sampled_from(["Question", "Complaint", ""]),
        "date_resolved": DAY,
        "date_closed": DAY,
        "date_reopened": DAY,
        "date_resolved_again": DAY,
    }
)
ROWS = st.lists(ROW, min_size=1, max_size=14)
PERIODS = ("2024H1", "2024Q1", "2024-02", "2024-06", "2024-03-03..2024-04-20")
FLOWS = ("resolutions", "reopenings", "closed_otherwise")


def numbered(rows: list[dict[str, str]]) -> list[dict[str, str]]:
    return [{"registration_no": f"{number}/2024", **row} for number, row in enumerate(rows, start=1)]


@given(rows=ROWS, as_of=st.sampled_from(["", "2024-06-10"]))
@settings(max_examples=20)
def test_stock_and_flow_and_every_table_agree(rows: list[dict[str, str]], as_of: str, make: Maker) -> None:
    cleaned = make.clean(numbered(rows))
    for period in PERIODS:
        require(cleaned.checks(period, as_of))


def straddling(cleaned: Cleaned, cut: str) -> pd.Series:
    cases = cleaned.labelled
    day = pd.Timestamp(cut)
    return (cases["date_received_earliest"] < day) & (cases["date_received_latest"] >= day)


@given(rows=ROWS)
@settings(max_examples=12)
def test_two_quarters_are_the_half_year_but_for_what_straddles_them(rows: list[dict[str, str]], make: Maker) -> None:
    cleaned = make.clean(numbered(rows))
    # One as-of day for all, so that statuses are the same.
    first, second, whole = (cleaned.measure(period, "2024-06-30") for period in ("2024Q1", "2024Q2", "2024H1"))
    straddle = int(
        (straddling(cleaned, "2024-04-01") & (cleaned.labelled["date_received_earliest"] >= "2024-01-15")).sum()
    )
    assert (value(first, "received") or 0) + (value(second, "received") or 0) + straddle == value(whole, "received")
    for flow in FLOWS:
        assert (value(first, flow) or 0) + (value(second, flow) or 0) == value(whole, flow)
    assert value(first, "closing_stock") == value(second, "opening_stock")
    assert set(STOCK_AND_FLOW) <= set(whole.table["indicator"])


def test_a_large_register_goes_through(make: Maker) -> None:
    """Twenty thousand rows: the same code, no row lost, figures as counted here."""
    days = pd.date_range("2024-01-15", "2024-06-30")
    rows = [
        {
            "registration_no": f"{n}/2024",
            "date_received": str(days[n * len(days) // 20_000].date()),
            "channel": ("email", "phone")[n % 2],
            "status": ("Resolved", "Unrelated", "Resolving")[n % 3],
            "date_resolved": str(days[n * len(days) // 20_000].date()) if n % 3 == 0 else "",
            "type": "Question",
            "complainant": f"Person{n} Family{n}",
            "summary": f"Person{n} asks",
        }
        for n in range(20_000)
    ]
    cleaned = make.clean(rows[1:])
    measured = cleaned.measure("2024H1")
    assert value(measured, "received") == 19_999
    assert value(measured, "unrelated") == sum(n % 3 == 1 for n in range(1, 20_000))
    assert value(measured, "closing_stock") == sum(n % 3 == 2 for n in range(1, 20_000))
    assert cleaned.cases["summary_public"].eq("[person] asks").all()
    require(cleaned.checks("2024H1"))

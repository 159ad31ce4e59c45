"""The demonstration's six half-years: each opens with what the former closed with, and every table adds up."""

from __future__ import annotations

from itertools import pairwise
from pathlib import Path

import pytest
from making import DATA_VARIABLE, ROOT, Cleaned, clean, value

from pipeline.indicators.computation import DIMENSIONS, Measured
from pipeline.indicators.reconciliation import FLOWS, require
from pipeline.project import load_project

PERIODS = [f"{year}H{half}" for year in (2022, 2023, 2024) for half in (1, 2)]


@pytest.fixture(scope="module")
def demo() -> Cleaned:
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv(DATA_VARIABLE, str(Path(ROOT) / "data"))
        return clean(load_project("demo"))


@pytest.fixture(scope="module")
def half_years(demo: Cleaned) -> dict[str, Measured]:
    return {period: demo.measure(period) for period in PERIODS}


def test_each_half_year_opens_with_what_the_former_closed_with(half_years: dict[str, Measured]) -> None:
    assert value(half_years["2022H1"], "opening_stock") == 0
    for former, following in pairwise(half_years.values()):
        assert value(following, "opening_stock") == value(former, "closing_stock")
        assert value(following, "closing_stock", "previous") == value(former, "closing_stock")
    for measured in half_years.values():
        assert value(measured, "closing_stock", "cumulative") == value(measured, "closing_stock")
    assert max(value(measured, "closing_stock") or 0 for measured in half_years.values()) > 10


@pytest.mark.parametrize("period", PERIODS)
def test_the_sum_over_any_dimension_is_its_headline(half_years: dict[str, Measured], period: str) -> None:
    table = half_years[period].table
    # Counts for every thousand beneficiaries have a denominator of their own for each member.
    broken_down = table[(table["dimension"] != "") & (table["unit"] == "count")]
    assert set(broken_down["dimension"]) == {*DIMENSIONS, "age", "working_days"}
    assert broken_down["state"].eq("stated").all()
    sums = broken_down.groupby(["indicator", "scope", "dimension"])["value"].sum()
    for (indicator, scope, dimension), total in sums.items():
        headline = value(half_years[period], indicator, scope)
        assert (indicator, scope, dimension, total) == (indicator, scope, dimension, headline)


@pytest.mark.parametrize("period", PERIODS)
def test_every_check_of_a_half_year_agrees(demo: Cleaned, half_years: dict[str, Measured], period: str) -> None:
    checks = demo.reconciled(half_years[period], period)
    require(checks)
    assert (checks["difference"] == 0).all()
    scopes = set(demo.scopes(period).windows())
    assert set(checks.loc[checks["check"] == "stock_and_flow", "scope"]) == scopes
    assert set(checks["dimension"]) == {"", *DIMENSIONS, "age", "working_days"}


def test_the_flows_of_the_half_years_are_those_since_the_start(half_years: dict[str, Measured]) -> None:
    for flow in FLOWS:
        added = sum(value(measured, flow) or 0 for measured in half_years.values())
        assert added == value(half_years["2024H2"], flow, "cumulative")

"""The rule of change: intervals as they are published, and words only where the interval of the difference allows."""

from __future__ import annotations

import math

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.indicators.change import COLUMNS, COMPARED, NOT_COMPARED, VERDICTS, changes, newcombe, wilson
from pipeline.indicators.computation import RATES


@pytest.mark.parametrize(
    ("successes", "total", "low", "high"),
    [(81, 263, 25.53, 36.62), (15, 148, 6.24, 16.05), (0, 20, 0.00, 16.11), (1, 29, 0.61, 17.18)],
)
def test_the_interval_of_a_rate_is_that_of_newcombe_1998_table_i_method_3(
    successes: int, total: int, low: float, high: float
) -> None:
    assert [round(float(limit), 2) for limit in wilson(successes, total)] == [low, high]


@pytest.mark.parametrize(
    ("later", "former", "low", "high"),
    [
        ((56, 70), (48, 80), 5.24, 33.39),
        ((9, 10), (3, 10), 17.05, 80.90),
        ((6, 7), (2, 7), 5.82, 80.62),
        ((5, 56), (0, 29), -3.81, 19.26),
        ((0, 10), (0, 20), -16.11, 27.75),
        ((0, 10), (0, 10), -27.75, 27.75),
        ((10, 10), (0, 20), 67.91, 100.00),
        ((10, 10), (0, 10), 60.75, 100.00),
    ],
)
def test_the_interval_of_a_difference_is_that_of_newcombe_1998_table_ii_method_10(
    later: tuple[int, int], former: tuple[int, int], low: float, high: float
) -> None:
    assert [round(float(limit), 2) for limit in newcombe(former, later)] == [low, high]


def test_nothing_of_nothing_has_no_interval() -> None:
    assert all(math.isnan(limit) for limit in wilson(0, 0))
    assert all(math.isnan(limit) for limit in newcombe((0, 0), (5, 10)))


def test_intervals_are_taken_of_whole_columns() -> None:
    low, high = wilson(pd.Series([0, 81, 0]), pd.Series([20, 263, 0]))
    assert np.round(low[:2], 2).tolist() == [0.0, 25.53]
    assert np.round(high[:2], 2).tolist() == [16.11, 36.62]
    assert np.isnan([low[2], high[2]]).all()


TOTALS = st.integers(min_value=1, max_value=100_000)


@given(TOTALS.flatmap(lambda n: st.tuples(st.integers(0, n), st.just(n))))
def test_an_interval_holds_its_rate_mirrors_that_of_the_rest_and_narrows_with_more(counted: tuple[int, int]) -> None:
    successes, total = counted
    low, high = (float(limit) for limit in wilson(successes, total))
    assert 0 <= low <= 100 * successes / total <= high <= 100
    other_low, other_high = (float(limit) for limit in wilson(total - successes, total))
    assert (low, high) == pytest.approx((100 - other_high, 100 - other_low), abs=1e-9)
    more_low, more_high = (float(limit) for limit in wilson(4 * successes, 4 * total))
    assert more_high - more_low < high - low


COUNTED = st.integers(1, 5000).flatmap(lambda n: st.tuples(st.integers(0, n), st.just(n)))


@given(COUNTED, COUNTED)
def test_the_interval_of_a_difference_holds_it_and_turns_with_the_order(
    former: tuple[int, int], later: tuple[int, int]
) -> None:
    low, high = (float(limit) for limit in newcombe(former, later))
    difference = 100 * later[0] / later[1] - 100 * former[0] / former[1]
    assert -100 <= low <= difference + 1e-9
    assert difference - 1e-9 <= high <= 100
    turned_low, turned_high = (float(limit) for limit in newcombe(later, former))
    assert (turned_low, turned_high) == pytest.approx((-high, -low), abs=1e-9)


def figures(*rows: tuple[str, float | None, int | None, int | None, str], unit: str = "percent") -> pd.DataFrame:
    names = ["indicator", "value", "numerator", "denominator", "state"]
    return pd.DataFrame(rows, columns=names).assign(unit=unit)


def rate(indicator: str, successes: int, total: int, minimum_n: int = 10) -> tuple[str, float | None, int, int, str]:
    if total == 0:
        return indicator, None, 0, 0, "not_applicable"
    if total < minimum_n:
        return indicator, None, successes, total, "below_minimum"
    return indicator, 100 * successes / total, successes, total, "stated"


def verdict(indicator: str, former: tuple[int, int], later: tuple[int, int], **settings: bool) -> str:
    table = changes(figures(rate(indicator, *former)), figures(rate(indicator, *later)), 10, **settings)
    assert tuple(table.columns) == COLUMNS
    return str(table["verdict"].iloc[0])


@pytest.mark.parametrize(
    ("indicator", "former", "later", "expected"),
    [
        ("resolution_rate", (48, 80), (56, 70), "improved"),
        ("resolution_rate", (56, 70), (48, 80), "worsened"),
        ("resolution_rate", (0, 29), (5, 56), "no_clear_change"),
        ("resolution_rate", (40, 80), (40, 80), "no_clear_change"),
        ("resolution_rate", (0, 10), (10, 10), "improved"),
        ("resolution_rate", (0, 9), (100, 100), "too_few"),
        ("resolution_rate", (0, 100), (9, 9), "too_few"),
        ("resolution_rate", (0, 0), (90, 100), ""),
        ("anonymous", (48, 80), (56, 70), "rose"),
        ("anonymous", (56, 70), (48, 80), "fell"),
        ("clearance_ratio", (48, 80), (156, 70), ""),
        ("escalated", (1, 80), (60, 70), ""),
        ("appealed", (1, 80), (60, 70), ""),
        ("overdue", (1, 80), (60, 70), ""),
        ("register_completeness", (1, 80), (60, 70), ""),
    ],
)
def test_a_word_is_used_only_where_the_rule_allows(
    indicator: str, former: tuple[int, int], later: tuple[int, int], expected: str
) -> None:
    assert verdict(indicator, former, later) == expected


def test_more_of_what_is_bad_is_worse(monkeypatch: pytest.MonkeyPatch) -> None:
    """No rate that the rule is for has this direction as yet; one that gets it is told rightly."""
    monkeypatch.setattr("pipeline.indicators.change.COMPARED", ("overdue",))
    assert verdict("overdue", (48, 80), (56, 70)) == "worsened"
    assert verdict("overdue", (56, 70), (48, 80)) == "improved"


def test_periods_that_share_days_are_given_no_interval_and_no_word() -> None:
    table = changes(
        figures(rate("resolution_rate", 0, 50)), figures(rate("resolution_rate", 50, 50)), 10, is_independent=False
    )
    assert table["verdict"].tolist() == [""]
    assert table[["low", "high"]].isna().all(axis=None)


def test_counts_and_days_are_given_their_difference_alone() -> None:
    before = figures(("received", 12.0, None, None, "stated"), unit="count")
    after = figures(("received", 9.0, None, None, "stated"), unit="count")
    (row,) = changes(before, after, 10).to_dict("records")
    assert (row["difference"], row["verdict"]) == (-3.0, "")


def test_what_is_not_given_in_one_period_has_no_difference() -> None:
    before = figures(("satisfied", None, None, None, "not_collected_in_period"))
    (row,) = changes(before, figures(rate("satisfied", 30, 40)), 10).to_dict("records")
    assert math.isnan(row["difference"])
    assert row["verdict"] == ""


def test_a_difference_that_only_just_holds_zero_is_no_change() -> None:
    """11 of 40 against 20 of 40: +22.5 points, from +1.1 to +41.1; 12 of 40: +20, from -1.2 to +38.9."""
    assert verdict("resolution_rate", (11, 40), (20, 40)) == "improved"
    assert verdict("resolution_rate", (12, 40), (20, 40)) == "no_clear_change"


def test_of_every_rate_it_is_said_whether_the_rule_is_for_it() -> None:
    assert set(COMPARED).isdisjoint(NOT_COMPARED)
    assert {*COMPARED, *NOT_COMPARED} == set(RATES)
    assert len(set(VERDICTS)) == 6

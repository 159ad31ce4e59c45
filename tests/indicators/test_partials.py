"""Figures are sums of what the parts of a register contribute: however it is split, they are the same."""

from __future__ import annotations

from functools import reduce

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from making import DATA_VARIABLE, ROOT, Cleaned, clean
from pandas.testing import assert_frame_equal

from pipeline.indicators.computation import Measured, facts_by_scope, partial_counts, table_of
from pipeline.indicators.partials import added, histogram, statistics, total
from pipeline.indicators.reconciliation import reconcile
from pipeline.indicators.tallies import tally, total_tally
from pipeline.project import load_project
from pipeline.register.mapping import collected

PERIOD = "2024H1"


@pytest.fixture(scope="module")
def demo() -> Cleaned:
    """The invented register, through the first two stages."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv(DATA_VARIABLE, str(ROOT / "data"))
        return clean(load_project("demo"))


def split(labelled: pd.DataFrame, parts: int, seed: int) -> list[pd.DataFrame]:
    """Deal the rows out at random; a part can be left without any."""
    dealt = np.random.default_rng(seed).integers(0, parts, len(labelled))
    return [labelled[dealt == part] for part in range(parts)]


@pytest.fixture(scope="module")
def whole(demo: Cleaned) -> pd.DataFrame:
    return demo.measure(PERIOD).table


@settings(max_examples=10)
@given(parts=st.integers(1, 40), seed=st.integers(0, 2**32 - 1))
def test_any_split_of_the_rows_gives_the_same_table_and_the_same_checks(
    demo: Cleaned, whole: pd.DataFrame, parts: int, seed: int
) -> None:
    scopes, there, project = demo.scopes(PERIOD), collected(demo.register), demo.project
    partials, tallies = [], []
    for part in split(demo.labelled, parts, seed):
        by_scope = facts_by_scope(part, project, scopes)
        partials.append(partial_counts(part, by_scope, project, there))
        tallies.append(tally(by_scope))
    table = table_of(total(partials), project, scopes)
    assert_frame_equal(table, whole, check_exact=True)
    nobody = Measured(table, facts_by_scope(demo.labelled.iloc[:0], project, scopes))
    counted = total_tally(tallies)
    checks = reconcile(nobody, scopes, counted.in_annex, tallies=counted)
    assert_frame_equal(checks, demo.checks(PERIOD), check_exact=True)
    assert len(checks) > 100


@given(st.lists(st.lists(st.one_of(st.integers(0, 30), st.integers(-3, 100_000)), max_size=60), min_size=1, max_size=6))
def test_statistics_of_histograms_that_were_added_are_those_of_the_days_themselves(parts: list[list[int]]) -> None:
    days = pd.Series([day for part in parts for day in part], dtype="float64")
    added_up = reduce(added, [histogram(pd.Series(part, dtype="int64")) for part in parts])
    told = statistics(added_up)
    assert told["n"] == len(days)
    if len(days):
        expected = (days.mean(), days.median(), days.quantile(0.9), days.max())
        assert (told["mean"], told["median"], told["p90"], told["max"]) == expected
    else:
        assert told.keys() == {"n"}


def test_a_check_that_fails_in_one_part_fails_in_the_sum(demo: Cleaned) -> None:
    project, scopes = demo.project, demo.scopes(PERIOD)
    by_scope = facts_by_scope(demo.labelled, project, scopes)
    spoilt = by_scope["period"].assign(is_before=True)
    counted = total_tally([tally({**by_scope, "period": spoilt}), tally(by_scope)])
    assert counted.misplaced["period"] == len(spoilt) - int(by_scope["period"]["is_before"].sum())
    assert counted.misplaced["cumulative"] == 0

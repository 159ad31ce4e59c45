"""Series of stocks and flows as offices have published them: the rule of our own reconciliation accepts or refuses."""

from __future__ import annotations

from itertools import pairwise

import pandas as pd
import pytest
from making import Maker, value

from pipeline.errors import ReconciliationError
from pipeline.indicators import reconciliation
from pipeline.indicators.reconciliation import SERIES, reconcile_stocks, require, whole


def series(*rows: tuple[str, int, int, int, int]) -> pd.DataFrame:
    """Write a series as offices publish it: label, opening, received, resolved, closing."""
    return pd.DataFrame(rows, columns=["label", "opening", "received", "resolved", "closing"])


FAIR = ("fair", 59_472, 100_724, 102_348, 57_848)  # 59,472 + 100,724 - 102,348 = 57,848
UNFAIR = ("unfair", 66_622, 124_823, 119_706, 71_743)  # 66,622 + 124,823 - 119,706 = 71,739


def test_a_published_year_that_balances_is_accepted() -> None:
    checks = reconcile_stocks(series(FAIR))
    assert checks[["check", "scope", "left", "right", "difference"]].to_numpy().tolist() == [
        ["stock_and_flow", "fair", 57_848, 57_848, 0]
    ]
    require(checks)


def test_a_published_year_that_does_not_balance_is_refused_with_its_difference() -> None:
    with pytest.raises(ReconciliationError) as refusal:
        require(reconcile_stocks(series(FAIR, (UNFAIR[0], 57_848, *UNFAIR[2:]))))
    assert "stock_and_flow (unfair): 71743 is not 62965, the difference is 8778;" in str(refusal.value)
    with pytest.raises(ReconciliationError) as refusal:
        require(reconcile_stocks(series(UNFAIR)))
    assert "stock_and_flow (unfair): 71743 is not 71739, the difference is 4;" in str(refusal.value)
    assert "fair): 57848" not in str(refusal.value)


def test_each_year_opens_with_what_the_former_closed_with() -> None:
    # 57,848 + 90,000 - 80,000 = 67,848
    require(reconcile_stocks(series(FAIR, ("next", 57_848, 90_000, 80_000, 67_848))))
    with pytest.raises(ReconciliationError) as refusal:
        require(reconcile_stocks(series(FAIR, ("next", 57_850, 90_000, 80_000, 67_850))))
    assert "opening_is_former_closing (next): 57850 is not 57848, the difference is 2;" in str(refusal.value)
    assert "stock_and_flow" not in str(refusal.value)


def test_reopenings_open_and_other_ends_close() -> None:
    row = dict(zip(SERIES, ("a", 10, 5, 2, 6, 3, 8), strict=True))  # 10 + 5 + 2 - 6 - 3 = 8
    require(reconcile_stocks(pd.DataFrame([row])))
    for name in SERIES[1:]:
        with pytest.raises(ReconciliationError, match=r"the difference is -?1;"):
            require(reconcile_stocks(pd.DataFrame([row | {name: row[name] + 1}])))


MONTHS = [  # label, opening, received, resolved, closing
    ("2024-01", 0, 1, 1, 0),
    ("2024-02", 0, 2, 2, 0),
    ("2024-03", 0, 2, 1, 1),
    ("2024-04", 1, 1, 2, 0),
    ("2024-05", 0, 1, 1, 0),
    ("2024-06", 0, 2, 1, 1),
    ("2024-07", 1, 1, 2, 0),
    ("2024-08", 0, 2, 2, 0),
    ("2024-09", 0, 1, 1, 0),
    ("2024-10", 0, 2, 2, 0),
    ("2024-11", 0, 1, 1, 0),
    ("2024-12", 0, 2, 1, 1),
]


def test_stocks_are_never_summed_over_months() -> None:
    """Carried 0, received 18, resolved 17: the year closes with 1; the closings of its months add up to 3."""
    months = series(*MONTHS)
    require(reconcile_stocks(months))
    assert months["closing"].sum() == 3
    year = whole(months, "2024")
    assert year.to_dict("records") == [
        dict(zip(SERIES, ("2024", 0, 18, 0, 17, 0, 1), strict=True)),
    ]
    require(reconcile_stocks(year))
    with pytest.raises(ReconciliationError, match=r"stock_and_flow \(2024\): 3 is not 1, the difference is 2;"):
        require(reconcile_stocks(year.assign(closing=months["closing"].sum())))


def test_the_year_of_a_register_closes_with_what_its_last_month_closes_with(make: Maker) -> None:
    """The same twelve months as a register: what stays open at the end of March, June and December is ended later."""
    rows = []
    for label, opening, received, resolved, _ in MONTHS:
        # The last of those received stays open where fewer were resolved than could be.
        still = received - (resolved - opening)
        for place in range(received):
            is_open, month = place >= received - still, int(label[-2:])
            ended = "" if is_open and month == 12 else f"2024-{month + is_open:02}-{20 - 15 * is_open:02}"
            rows.append(
                {
                    "registration_no": f"{len(rows) + 1}/2024",
                    "date_received": f"{label}-1{5 + place}",
                    "channel": "email",
                    "status": "Resolved" if ended else "Resolving",
                    "date_resolved": ended,
                }
            )
    cleaned = make.clean(rows, {"complete_through": "2024-12-31"})
    measured = [cleaned.measure(label) for label, *_ in MONTHS]
    for (_, opening, received, resolved, closing), month in zip(MONTHS, measured, strict=True):
        names = ("opening_stock", "received", "resolutions", "closing_stock")
        assert [value(month, name) for name in names] == [opening, received, resolved, closing]
    for former, following in pairwise(measured):
        assert value(former, "closing_stock") == value(following, "opening_stock")
    year = cleaned.measure("2024")
    names = ("opening_stock", "received", "resolutions", "closing_stock")
    assert [value(year, name) for name in names] == [0, 18, 17, 1]
    require(cleaned.reconciled(year, "2024"))


def test_the_indicators_are_reconciled_by_the_very_same_rule(make: Maker, monkeypatch: pytest.MonkeyPatch) -> None:
    row = {"registration_no": "1/2024", "date_received": "2024-04-02", "channel": "email", "status": "Resolving"}
    cleaned = make.clean([row])
    require(cleaned.checks("2024-04"))
    monkeypatch.setitem(reconciliation._SIGNS, "received", -1)
    with pytest.raises(ReconciliationError, match=r"stock_and_flow \(period\): 1 is not -1, the difference is 2;"):
        require(cleaned.checks("2024-04"))
    with pytest.raises(ReconciliationError):
        require(reconcile_stocks(series(FAIR)))

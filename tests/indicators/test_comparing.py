"""Several periods of a small register, worked by hand."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest
from making import Cleaned, Maker, parts
from making import state as state_of

from pipeline.errors import ReconciliationError
from pipeline.indicators.change import changes
from pipeline.indicators.comparing import (
    backlog,
    completeness,
    gaps,
    measure_each,
    overlaps,
    reconcile_each,
    require_each,
    tidy,
)
from pipeline.period import Scopes, resolve_periods
from pipeline.register.mapping import collected

# 20 complaints on 5 February of which 5 are resolved on the 12th, one more on 3 April; 20 on 8 April, of which 18 are
# resolved on the 15th; one without a date that lies between the two.
FIRST = [
    {
        "registration_no": f"{number}/2024",
        "date_received": "2024-02-05",
        "channel": "email",
        "type": "Complaint",
        "status": "Resolved" if number <= 6 else "Resolving",
        "date_resolved": "2024-02-12" if number <= 5 else "2024-04-03" if number == 6 else "",
    }
    for number in range(1, 21)
]
UNDATED = {"registration_no": "21/2024", "channel": "email", "type": "Complaint", "status": "Resolving"}
SECOND = [
    {
        "registration_no": f"{number}/2024",
        "date_received": "2024-04-08",
        "channel": "phone",
        "type": "Complaint",
        "status": "Resolved" if number <= 39 else "Resolving",
        "date_resolved": "2024-04-15" if number <= 39 else "",
        "satisfaction": "satisfied",
    }
    for number in range(22, 42)
]


def periods_of(cleaned: Cleaned, text: str) -> tuple[Scopes, ...]:
    settings = cleaned.project.settings
    return resolve_periods(text, grm_start=settings.grm_start, complete_through=settings.complete_through)


@pytest.fixture
def cleaned(make: Maker) -> Cleaned:
    return make.clean([*FIRST, UNDATED, *SECOND])


def test_two_quarters_worked_by_hand(cleaned: Cleaned) -> None:
    """First 5 of 20 (25 %), then 18 of 20 (90 %): +65 points.

    Wilson: 5 of 20 lies from 11.19 to 46.87, 18 of 20 from 69.90 to 97.21. So the difference lies from
    65 - sqrt(20.10² + 21.87²) = 35.3 to 65 + sqrt(7.21² + 13.81²) = 80.6.
    """
    each = periods_of(cleaned, "2024Q1 2024Q2")
    measured = measure_each(cleaned.labelled, cleaned.project, each, collected(cleaned.register))
    former, later = (one.table.query("scope == 'period' and dimension == ''") for one in measured.values())
    table = changes(former, later, 10).set_index("indicator")
    assert table.loc["received", "difference"] == 0
    assert table.loc["resolutions", "difference"] == 19 - 5
    assert table.loc["closing_stock", "difference"] == (15 + 1 + 20 - 19) - 15
    rate = table.loc["resolution_rate"]
    assert (rate["difference"], rate["verdict"]) == (65.0, "improved")
    assert [round(float(rate[name]), 1) for name in ("low", "high")] == [35.3, 80.6]
    assert table.loc["clearance_ratio", "difference"] == 100 * 19 / 20 - 100 * 5 / 20
    assert table.loc["clearance_ratio", "verdict"] == ""


def test_each_period_is_measured_as_by_itself(cleaned: Cleaned) -> None:
    each = periods_of(cleaned, "2024Q1 2024Q2")
    compared = tidy(measure_each(cleaned.labelled, cleaned.project, each, collected(cleaned.register)))
    for label in ("2024Q1", "2024Q2"):
        alone = cleaned.measure(label).table.query("scope != 'previous'").reset_index(drop=True)
        own = compared[compared["period"] == label].drop(columns="period").reset_index(drop=True)
        same = own["state"] != "not_collected_in_period"
        assert own[same].equals(alone[same])
        assert set(own.loc[~same, "scope"]) <= {"period"}


def test_what_a_period_does_not_hold_is_not_collected_in_it(cleaned: Cleaned) -> None:
    """Satisfaction is recorded from the second quarter on; nothing at all is recorded on appeals."""
    each = periods_of(cleaned, "2024Q1 2024Q2")
    measured = measure_each(cleaned.labelled, cleaned.project, each, collected(cleaned.register))
    states = [state_of(one, "satisfied") for one in measured.values()]
    assert states == ["not_collected_in_period", "stated"]
    appealed = [state_of(one, "appealed") for one in measured.values()]
    assert appealed == ["not_collected", "not_collected"]


@pytest.mark.parametrize(
    ("indicator", "entered", "was", "then"),
    [
        ("appealed", {"date_appealed": "2024-02-20"}, (1, 5), (0, 19)),
        ("escalated", {"date_escalated": "2024-02-20"}, (1, 20), (0, 20)),
        ("acknowledged_on_time", {"date_acknowledged": "2024-02-06"}, (1, 20), (0, 20)),
        ("outcome_communicated", {"date_outcome_communicated": "2024-02-13"}, (1, 5), (0, 18)),
        ("unrelated_referred", {"relation": "Unrelated", "referred_to": "Ministry"}, (1, 1), (0, 1)),
        ("anonymous", {"is_anonymous": "yes"}, (1, 20), (0, 20)),
    ],
)
def test_a_blank_is_an_answer_once_recording_has_begun(
    make: Maker, indicator: str, entered: dict[str, str], was: tuple[int, int], then: tuple[int, int]
) -> None:
    """The first quarter has one entry in its first row, the second none: its figure is a 0, as in its own report."""
    blank = dict.fromkeys(entered, "")
    rows = [{**blank, **one} for one in [*FIRST, *SECOND]]
    rows[0] |= entered
    rows[-1] |= {"relation": "Unrelated"} if indicator == "unrelated_referred" else {}
    cleaned = make.clean(rows, {"service_standards": "{acknowledgement: {days: 2}}"})
    each = periods_of(cleaned, "2024Q1 2024Q2")
    measured = measure_each(cleaned.labelled, cleaned.project, each, collected(cleaned.register))
    assert [parts(one, indicator) for one in measured.values()] == [was, then]
    assert [parts(cleaned.measure(label), indicator) for label in measured] == [was, then]


def test_before_recording_has_begun_a_blank_is_no_zero_to_compare_with(make: Maker) -> None:
    """Outcomes are recorded from the second quarter on, so that the first has no share that could have risen."""
    rows = [*FIRST, *({**one, "date_outcome_communicated": one["date_resolved"]} for one in SECOND)]
    cleaned = make.clean(rows)
    each = periods_of(cleaned, "2024Q1 2024Q2")
    measured = measure_each(cleaned.labelled, cleaned.project, each, collected(cleaned.register))
    states = [state_of(one, "outcome_communicated") for one in measured.values()]
    assert states == ["not_collected_in_period", "stated"]
    assert parts(cleaned.measure("2024Q1"), "outcome_communicated") == (0, 5)


def test_the_stock_over_time_meets_the_stock_of_every_period(cleaned: Cleaned) -> None:
    each = periods_of(cleaned, "2024Q1 2024Q2")
    stock = backlog(cleaned.labelled, each)
    # 14 January is the day before the start; the undated one enters on its latest possible day, 8 April.
    assert dict(zip(stock["day"], stock["open"], strict=True)) == {
        date(2024, 1, 14): 0,
        date(2024, 1, 31): 0,
        date(2024, 2, 29): 15,
        date(2024, 3, 31): 15,
        date(2024, 4, 30): 17,
        date(2024, 5, 31): 17,
        date(2024, 6, 30): 17,
    }
    measured = measure_each(cleaned.labelled, cleaned.project, each, collected(cleaned.register))
    checks = reconcile_each(measured, cleaned.project, each, stock)
    assert (checks["difference"] == 0).all()
    assert checks["check"].value_counts()[["opening_is_former_closing", "backlog_is_closing_stock"]].tolist() == [1, 2]
    require_each(checks)


def test_periods_that_do_not_agree_stop_the_run_by_name(cleaned: Cleaned) -> None:
    each = periods_of(cleaned, "2024Q1 2024Q2")
    measured = measure_each(cleaned.labelled, cleaned.project, each, collected(cleaned.register))
    table = measured["2024Q2"].table
    is_opening = (table["indicator"] == "opening_stock") & (table["scope"] == "period")
    measured["2024Q2"] = replace(measured["2024Q2"], table=table.assign(value=table["value"] + is_opening * 4.0))
    with pytest.raises(ReconciliationError, match=r"opening_is_former_closing \(2024Q2, period\): 19 is not 15"):
        require_each(reconcile_each(measured, cleaned.project, each, backlog(cleaned.labelled, each)))


def test_undated_and_unplaced_grievances_are_counted_by_period(cleaned: Cleaned) -> None:
    each = periods_of(cleaned, "2024Q1 2024Q2")
    measured = measure_each(cleaned.labelled, cleaned.project, each, collected(cleaned.register))
    assert completeness(cleaned.labelled, measured).to_numpy().tolist() == [["2024Q1", 20, 0, 1], ["2024Q2", 20, 0, 1]]


def test_shared_days_and_days_between_are_found(cleaned: Cleaned) -> None:
    each = periods_of(cleaned, "2024-02 2024Q1 2024-05")
    assert [(one.label, other.label) for one, other in overlaps(each)] == [("2024Q1", "2024-02")]
    assert gaps(each) == [(date(2024, 4, 1), date(2024, 4, 30))]
    assert gaps(periods_of(cleaned, "2024Q1 2024Q2")) == []

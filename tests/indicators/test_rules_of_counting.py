"""Every indicator on a register small enough to count by hand; the arithmetic stands beside each figure."""

from __future__ import annotations

from dataclasses import replace

import pytest
from making import Cleaned, Maker, parts, state, value

from pipeline.errors import ReconciliationError
from pipeline.indicators.computation import COUNTS, DURATIONS, PER_1000, RATES, rows_behind
from pipeline.indicators.definitions import definitions
from pipeline.indicators.reconciliation import require

STANDARDS = "{acknowledgement: {days: 2, unit: working_days}, resolution: {days: 5, unit: working_days}}"
SEVERITIES = {"severities": "[mild, grave]", "severe_from": "grave", "service_standards": STANDARDS, "minimum_n": "4"}


def row(number: int, received: str, status: str, resolved: str = "", **cells: str) -> dict[str, str]:
    base = {"registration_no": f"{number}/2024", "date_received": received, "channel": "email", "status": status}
    return {**base, "type": "Complaint", "date_resolved": resolved, **cells}


ROWS = [
    # Received before the window (April 2024), still open: opening stock. Tuesday.
    row(1, "2024-03-05", "Resolving", severity="grave", location="A", topic="x", complainant_sex="f"),
    # Received before, resolved inside: opening stock and a resolution, 5 March to 2 April.
    row(2, "2024-03-05", "Resolved", "2024-04-02"),
    # Same day, Monday 1 April.
    row(
        3,
        "2024-04-01",
        "Resolved",
        "2024-04-01",
        date_acknowledged="2024-04-01",
        satisfaction="satisfied",
        date_outcome_communicated="2024-04-01",
        is_benefit_related="yes",
        is_anonymous="yes",
    ),
    # Resolved after five working days, 1 to 8 April: within the standard to the day; acknowledged too late.
    row(
        4,
        "2024-04-01",
        "Resolved",
        "2024-04-08",
        date_acknowledged="2024-04-04",
        satisfaction="dissatisfied",
        severity="grave",
        is_benefit_related="yes",
    ),
    # Resolved after the as-of day (30 April): in progress, and past due since 8 April.
    row(
        5,
        "2024-04-01",
        "Resolved",
        "2024-05-06",
        severity="grave",
        date_escalated="2024-04-10",
        satisfaction="no_answer",
    ),
    # Reopened and resolved again inside: two resolutions, one reopening.
    row(
        6,
        "2024-04-02",
        "Resolved",
        "2024-04-03",
        date_reopened="2024-04-10",
        date_resolved_again="2024-04-17",
        date_appealed="2024-04-09",
        satisfaction="not_asked",
    ),
    row(7, "2024-04-03", "Withdrawn", date_closed="2024-04-05"),
    row(8, "2024-04-03", "Rejected", date_closed="2024-04-12"),
    row(9, "2024-04-04", "Unrelated", referred_to="Ministry"),
    row(10, "2024-04-05", "Duplicate"),
    # A status that nobody knows counts as open.
    row(11, "2024-04-05", "Pendng", channel="", type=""),
    # Ended without a usable date: enters and leaves on its receipt.
    row(12, "2024-04-08", "Resolved"),
]


@pytest.fixture
def register(make: Maker) -> Cleaned:
    return make.clean(ROWS, SEVERITIES)


COUNTED = {
    "received": 10,  # 3 to 12
    "unplaced": 0,
    "unrelated": 1,  # 9
    "duplicate": 1,  # 10
    "eligible": 8,  # 10 - 1 - 1
    "in_progress": 1,  # 5
    "resolved": 4,  # 3, 4, 6, 12
    "rejected": 1,  # 8
    "withdrawn": 1,  # 7
    "status_not_stated": 1,  # 11
    "opening_stock": 2,  # 1, 2
    "entered_unplaced": 0,
    "reopenings": 1,  # 6
    "resolutions": 5,  # 2, 3, 4, and 6 twice
    "closed_otherwise": 2,  # 7, 8
    "ended_undated": 1,  # 12
    "closing_stock": 3,  # 2 + 8 + 0 + 1 - 5 - 2 - 1: 1, 5, 11
    "pending_age": 3,
    "satisfaction_no_answer": None,  # not available: as of 30 April, the register is complete through June
    "severe": 2,  # 4, 5 (1 was received before)
}
FRACTIONS = {
    "resolution_rate": (4, 7),  # 4 of 8 - 1 withdrawn
    "resolution_rate_all": (4, 10),
    "clearance_ratio": (5, 8),
    "same_day": (1, 4),  # 3, of the first resolutions of 2, 3, 4, 6
    # Due two working days after receipt: 3 in time, 4 late; 5, 6, 7, 8, 11, 12 not acknowledged and past it.
    "acknowledged_on_time": (1, 7),
    # Resolved: 3, 4, 6 in time, 12 on an unknown day and so not known to be in time; open and past due: 5, 11.
    "within_service_standard": (3, 6),
    "overdue": (3, 3),  # 1 due 13 March, 5 due 8 April, 11 due 12 April
    "escalated": (1, 8),  # 5
    "appealed": (1, 5),  # 6
    "outcome_communicated": (1, 4),  # 3, of 3, 4, 6, 12, who wrote by e-mail
    "unrelated_referred": (1, 1),
    "anonymous": (1, 10),
    "severe_within_service_standard": (1, 2),  # 4 in time, 5 past due
    "register_completeness": (38, 40),  # 11 lacks a known channel and a known status
}


def test_every_count(register: Cleaned) -> None:
    measured = register.measure("2024-04")
    assert {name: value(measured, name) for name in COUNTED} == COUNTED
    require(register.checks("2024-04"))


def test_every_rate(register: Cleaned) -> None:
    measured = register.measure("2024-04")
    assert {name: parts(measured, name) for name in FRACTIONS} == FRACTIONS
    assert value(measured, "resolution_rate") == pytest.approx(100 * 4 / 7)
    assert (value(measured, "unrelated_referred"), state(measured, "unrelated_referred")) == (None, "below_minimum")


def test_benefit_related_grievances_are_cumulative(register: Cleaned) -> None:
    measured = register.measure("2024-04")
    assert parts(measured, "benefit_grievances_addressed", "cumulative") == (2, 2)  # 3, 4
    assert measured.table.query("indicator == 'benefit_grievances_addressed'")["scope"].tolist() == ["cumulative"]


def test_satisfaction_is_given_only_as_of_the_day_the_register_is_complete(register: Cleaned) -> None:
    assert state(register.measure("2024-04"), "satisfied") == "not_available"
    measured = register.measure("2024H1")
    assert parts(measured, "satisfied") == (1, 2)  # 3 of 3 and 4
    assert value(measured, "satisfaction_no_answer") == 1  # 5
    assert value(measured, "satisfaction_not_asked") == 1  # 6


def test_durations_count_first_resolutions_with_both_dates(register: Cleaned) -> None:
    measured = register.measure("2024-04")
    # 2: 5 March to 2 April, 19 working days without 8 March; 3: 0; 4: 5; 6: 1
    days = {name: value(measured, f"resolution_working_days_{name}") for name in ("n", "mean", "median", "max")}
    assert days == {"n": 4, "mean": 6.25, "median": 3, "max": 19}
    assert value(measured, "resolution_working_days_p90") == pytest.approx(14.8)  # 5 + 0.7 × 14
    calendar = {name: value(measured, f"resolution_calendar_days_{name}") for name in ("n", "mean", "median", "max")}
    assert calendar == {"n": 4, "mean": 9, "median": 4, "max": 28}  # 28, 0, 7, 1
    assert [
        value(measured, "resolution_working_days_n", "period", "working_days", m) for m in ("0", "1", "5", "16-20")
    ] == [
        1,
        1,
        1,
        1,
    ]


def test_the_age_of_what_is_open_is_counted_at_the_end_of_the_window(register: Cleaned) -> None:
    measured = register.measure("2024-04")
    ages = {m: value(measured, "pending_age", "period", "age", m) for m in ("0-7", "8-14", "15-30", "31-60", "61+")}
    assert ages == {"0-7": 0, "8-14": 0, "15-30": 2, "31-60": 1, "61+": 0}  # 5: 29 days, 11: 25, 1: 56


def test_what_the_register_lacks_is_not_collected_and_never_zero(make: Maker) -> None:
    measured = make.clean([{k: v for k, v in ROWS[2].items() if k != "type"}]).measure("2024-04")
    lacking = set(
        measured.table.query("state == 'not_collected' and scope == 'period' and dimension == ''")["indicator"]
    )
    public = {name: d for name, d in definitions().items() if d.edition == "public"}
    needing = {name for name, d in public.items() if d.needs and "period" in d.scopes}
    collected = {"acknowledged_on_time", "satisfied", "satisfaction_no_answer", "satisfaction_not_asked"}
    collected |= {"outcome_communicated", "anonymous"}
    assert lacking == needing - collected
    assert measured.table.query("state == 'not_collected'")["value"].isna().all()
    assert state(measured, "within_service_standard") == "no_standard"


def test_over_nothing_no_rate_and_no_average_is_given(make: Maker) -> None:
    measured = make.clean([]).measure("2024H1")
    assert state(measured, "resolution_rate_all") == "not_applicable"
    assert value(measured, "resolution_rate_all") is None
    assert value(measured, "resolution_working_days_n") == 0
    assert value(measured, "resolution_working_days_mean") is None
    assert value(measured, "received") == 0


def test_the_definitions_and_the_computation_cover_each_other() -> None:
    assert set(definitions()) == {*COUNTS, *RATES, *PER_1000, *DURATIONS, "pending_age", "sensitive"}
    for name, definition in definitions().items():
        assert (definition.denominator is not None) == (name in (*RATES, *PER_1000))


def test_a_computation_without_a_definition_stops_the_run(register: Cleaned, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(COUNTS, "pleased", COUNTS["received"])
    with pytest.raises(AssertionError, match="computed or defined alone: pleased"):
        register.measure("2024-04")


def test_a_definition_without_a_computation_stops_the_run(register: Cleaned, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delitem(RATES, "overdue")
    with pytest.raises(AssertionError, match="computed or defined alone: overdue"):
        register.measure("2024-04")


def test_behind_a_number_stand_its_rows(register: Cleaned) -> None:
    facts = register.measure("2024-04").facts["period"]
    assert rows_behind(facts, "in_progress").tolist() == ["5/2024"]
    assert rows_behind(facts, "resolutions").tolist() == ["2/2024", "3/2024", "4/2024", "6/2024"]
    assert rows_behind(facts, "resolution_working_days").tolist() == ["2/2024", "3/2024", "4/2024", "6/2024"]
    assert rows_behind(facts, "acknowledged_on_time").tolist() == ["3/2024"]


def test_figures_that_do_not_agree_stop_the_run_and_name_the_rows(register: Cleaned) -> None:
    measured = register.measure("2024-04")
    checks = register.checks("2024-04")
    require(checks)
    broken = checks.copy()
    broken.loc[0, ["left", "difference", "rows"]] = [checks.loc[0, "left"] + 4, 4, "5/2024"]
    with pytest.raises(ReconciliationError, match=r"the difference is 4; .*; rows that break it: 5/2024"):
        require(broken)
    assert measured.facts["period"]["is_received"].sum() == 10


# -- received by status ----------------------------------------------------------------------------------------------

KINDS = [
    row(1, "2024-04-01", "Resolved", "2024-04-03", relation="Related"),
    row(2, "2024-04-02", "Resolved", "2024-04-04", relation="Unrelated"),  # answered, and none of the project's
    row(3, "2024-04-03", "Resolving", relation="Unrelated"),
    row(4, "2024-04-04", "Duplicate", relation="Unrelated"),
    row(5, "2024-04-05", "Duplicate"),
    row(6, "2024-04-05", "Unrelated"),
    row(7, "2024-04-05", "Unrelated", relation="Related"),  # its status says nothing of its progress
    row(8, "2024-04-08", "", relation="Unrelated"),
    row(9, "2024-04-09", "Withdrawn", relation="Unrelated", date_closed="2024-04-10"),
]


@pytest.mark.parametrize("as_of", ["2024-04-09", "2024-04-30"])
def test_received_by_status_counts_the_unrelated_and_duplicates_as_the_headlines_do(make: Maker, as_of: str) -> None:
    measured = make.clean(KINDS).measure("2024-04", as_of)
    of_headline = ("unrelated", "duplicate", "in_progress", "resolved", "rejected", "withdrawn")
    expected = {"unrelated": 6, "duplicate": 1, "in_progress": 0, "resolved": 1, "rejected": 0, "withdrawn": 0}
    assert {name: value(measured, name) for name in of_headline} == expected  # 2, 3, 4, 6, 8, 9; 5; 1
    assert {name: value(measured, "received", "period", "status", name) for name in of_headline} == expected
    assert value(measured, "received", "period", "status", "not_stated") == 1  # 7
    eligible = {name: value(measured, "eligible", "period", "status", name) for name in of_headline}
    assert eligible == {**expected, "unrelated": 0, "duplicate": 0}


@pytest.mark.parametrize(("kind", "other"), [("unrelated", "resolved"), ("duplicate", "in_progress")])
def test_a_status_that_does_not_count_what_its_headline_counts_stops_the_run(
    make: Maker, kind: str, other: str
) -> None:
    cleaned = make.clean(KINDS)
    measured = cleaned.measure("2024-04")
    table, facts = measured.table.copy(), dict(measured.facts)
    of_period = (table["scope"] == "period") & (table["dimension"] == "status") & (table["indicator"] == "received")
    for member, change in ((kind, -1), (other, 1)):
        table.loc[of_period & (table["member"] == member), "value"] += change
    first = facts["period"].index[facts["period"][f"is_{kind}"]][0]
    statuses = facts["period"]["status"].mask(facts["period"].index == first, other)
    facts["period"] = facts["period"].assign(status=statuses)
    number = facts["period"].loc[first, "registration_no"]
    told = rf"status_is_headline \(period, by status\): 2 is not 0.*rows that break it: {number}\."
    with pytest.raises(ReconciliationError, match=told):
        require(cleaned.reconciled(replace(measured, table=table, facts=facts), "2024-04"))


# -- standards, where a day is not known -----------------------------------------------------------------------------


def undated(lowest: str, highest: str, status: str, resolved: str = "", **cells: str) -> list[dict[str, str]]:
    """A grievance 2 without a date, received between two others that are no matter of the project's."""
    return [
        row(1, lowest, "Unrelated"),
        row(2, "", status, resolved, **cells),
        row(3, highest, "Unrelated"),
    ]


@pytest.mark.parametrize(
    ("rows", "within", "overdue"),
    [
        # Received from 1 to 4 April, so due from 8 to 11 April.
        (undated("2024-04-01", "2024-04-04", "Resolved", "2024-04-08"), (1, 1), (0, 0)),  # in time whenever received
        (undated("2024-04-01", "2024-04-04", "Resolved", "2024-04-09"), (0, 1), (0, 0)),  # late, if it came on the 1st
        (undated("2024-04-01", "2024-04-04", "Resolved", "2024-04-12"), (0, 1), (0, 0)),  # late whenever received
        (undated("2024-04-01", "2024-04-04", "Resolving"), (0, 1), (1, 1)),  # past due whenever received
        # Received from 1 to 23 April, so due from 8 to 30 April, on which there is still time.
        (undated("2024-04-01", "2024-04-23", "Resolving"), (0, 0), (0, 1)),
        (undated("2024-04-01", "2024-04-22", "Resolving"), (0, 1), (1, 1)),
        # Its own due date needs no receipt.
        (undated("2024-04-01", "2024-04-23", "Resolved", "2024-04-29", date_due="2024-04-29"), (1, 1), (0, 0)),
        (undated("2024-04-01", "2024-04-23", "Resolving", date_due="2024-04-29"), (0, 1), (1, 1)),
        # With nothing above its number its own resolution bounds it: that it came that very day is not known.
        (undated("2024-04-01", "2024-04-23", "Resolved", "2024-04-22")[:2], (0, 1), (0, 0)),
    ],
)
def test_without_a_receipt_only_what_each_possible_day_says_counts(
    make: Maker, rows: list[dict[str, str]], within: tuple[int, int], overdue: tuple[int, int]
) -> None:
    measured = make.clean(rows, SEVERITIES).measure("2024-04")
    assert (parts(measured, "within_service_standard"), parts(measured, "overdue")) == (within, overdue)


@pytest.mark.parametrize(
    ("acknowledged", "expected"),
    [("2024-04-03", (1, 1)), ("2024-04-04", (0, 1)), ("", (0, 1))],  # to be acknowledged by the 3rd, or by the 8th
)
def test_without_a_receipt_an_acknowledgement_is_in_time_if_it_is_on_each_possible_day(
    make: Maker, acknowledged: str, expected: tuple[int, int]
) -> None:
    rows = undated("2024-04-01", "2024-04-04", "Resolving", date_acknowledged=acknowledged)
    assert parts(make.clean(rows, SEVERITIES).measure("2024-04"), "acknowledged_on_time") == expected


def test_without_a_standard_for_resolving_nothing_is_within_it_though_rows_have_due_dates(make: Maker) -> None:
    rows = [row(1, "2024-04-01", "Resolved", "2024-04-03", date_due="2024-04-10"), row(2, "2024-04-02", "Resolving")]
    own = {**SEVERITIES, "service_standards": "{acknowledgement: {days: 2, unit: working_days}}"}
    measured = make.clean([{**one, "severity": "grave"} for one in rows], own).measure("2024-04")
    for name in ("within_service_standard", "severe_within_service_standard", "overdue"):
        assert (state(measured, name), value(measured, name)) == ("no_standard", None)
    assert value(measured, "severe") == 2


def test_what_is_severe_needs_a_column_and_a_line_in_the_project_file(make: Maker) -> None:
    rows = [row(1, "2024-04-01", "Resolving", severity="grave")]
    without = {"severities": "[mild, grave]", "service_standards": STANDARDS}
    measured = make.clean(rows, without).measure("2024-04")
    names = ("severe", "severe_within_service_standard")
    assert {state(measured, name) for name in names} == {"no_standard"}
    lacking = make.clean([{k: v for k, v in rows[0].items() if k != "severity"}], SEVERITIES).measure("2024-04")
    assert {state(lacking, name) for name in names} == {"not_collected"}

"""The sample's figures, as literals, for every window they were worked out for."""

from __future__ import annotations

import pytest
from making import Cleaned, members, parts, state, value

from pipeline.indicators.reconciliation import require

NAMES = (
    "received",
    "unplaced",
    "unrelated",
    "eligible",
    "in_progress",
    "resolved",
    "opening_stock",
    "resolutions",
    "closing_stock",
)
NOTHING_ELSE = (
    "duplicate",
    "rejected",
    "withdrawn",
    "status_not_stated",
    "entered_unplaced",
    "reopenings",
    "closed_otherwise",
    "ended_undated",
)


@pytest.mark.parametrize(
    ("period", "as_of", "expected"),
    [
        #              received unplaced unrelated eligible open resolved opening resolutions closing
        ("2024H1", "", (16, 0, 7, 9, 0, 9, 0, 9, 0)),
        ("2024-01-15..2024-06-30", "", (16, 0, 7, 9, 0, 9, 0, 9, 0)),
        ("2024", "", (16, 0, 7, 9, 0, 9, 0, 9, 0)),
        ("2024Q1", "", (8, 0, 6, 2, 0, 2, 0, 2, 0)),
        ("2024Q2", "", (8, 0, 1, 7, 0, 7, 0, 7, 0)),
        ("2024-01", "", (0, 6, 0, 0, 0, 0, 0, 0, 0)),
        ("2024-02", "", (0, 6, 0, 0, 0, 0, 0, 0, 0)),
        ("2024-03", "", (2, 6, 0, 2, 0, 2, 0, 2, 0)),
        ("2024-04", "", (3, 0, 0, 3, 0, 3, 0, 3, 0)),
        ("2024-05", "", (3, 0, 1, 2, 0, 2, 0, 2, 0)),
        ("2024-06", "", (2, 0, 0, 2, 0, 2, 0, 2, 0)),
        ("2024H1", "2024-06-13", (16, 0, 7, 9, 1, 8, 0, 8, 1)),
        ("2024H1", "2024-05-10", (12, 1, 6, 6, 0, 6, 0, 6, 0)),
        ("2024H1", "2024-05-02", (12, 1, 6, 6, 1, 5, 0, 5, 1)),
        ("2024Q1", "2024-06-30", (8, 0, 6, 2, 0, 2, 0, 2, 0)),
    ],
)
def test_counts(sample: Cleaned, period: str, as_of: str, expected: tuple[int, ...]) -> None:
    measured = sample.measure(period, as_of)
    assert tuple(value(measured, name) for name in NAMES) == expected
    assert {name: value(measured, name) for name in NOTHING_ELSE} == dict.fromkeys(NOTHING_ELSE, 0)
    require(sample.reconciled(measured, period, as_of))


def test_a_second_quarter_stands_beside_the_first_and_the_whole(sample: Cleaned) -> None:
    measured = sample.measure("2024Q2")
    assert [value(measured, "received", scope) for scope in ("period", "previous", "cumulative")] == [8, 8, 16]
    assert [value(measured, "unrelated", scope) for scope in ("period", "previous", "cumulative")] == [1, 6, 7]
    assert [value(measured, "eligible", scope) for scope in ("period", "previous", "cumulative")] == [7, 2, 9]


def test_the_first_half_year_has_no_previous_period(sample: Cleaned) -> None:
    assert set(sample.measure("2024H1").table["scope"]) == {"period", "cumulative"}


def test_the_year_is_provisional(sample: Cleaned) -> None:
    assert sample.scopes("2024").current.is_provisional
    assert not sample.scopes("2024H1").current.is_provisional


def test_rates_durations_and_completeness(sample: Cleaned) -> None:
    measured = sample.measure("2024H1")
    assert (parts(measured, "resolution_rate"), state(measured, "resolution_rate")) == ((9, 9), "below_minimum")
    assert (parts(measured, "resolution_rate_all"), value(measured, "resolution_rate_all")) == ((9, 16), 56.25)
    assert parts(measured, "clearance_ratio") == (9, 9)
    assert parts(measured, "same_day") == (7, 9)
    assert (parts(measured, "register_completeness"), value(measured, "register_completeness")) == (
        (57, 64),
        pytest.approx(89.0625),
    )
    days = {name: value(measured, f"resolution_working_days_{name}") for name in ("n", "mean", "median", "p90", "max")}
    assert days == {"n": 9, "mean": pytest.approx(2 / 9), "median": 0, "p90": 1, "max": 1}
    calendar = {
        name: value(measured, f"resolution_calendar_days_{name}") for name in ("n", "mean", "median", "p90", "max")
    }
    assert calendar == days
    assert value(measured, "opening_stock") == value(measured, "closing_stock") == 0


def test_what_the_published_report_does_not_state_is_said_and_never_zero(sample: Cleaned) -> None:
    measured = sample.measure("2024H1")
    standards = ("within_service_standard", "overdue")
    assert {name: state(measured, name) for name in standards} == dict.fromkeys(standards, "no_standard")
    lacking = (
        "acknowledged_on_time",
        "escalated",
        "appealed",
        "satisfied",
        "outcome_communicated",
        "unrelated_referred",
        "anonymous",
        "severe",
    )
    assert {name: state(measured, name) for name in lacking} == dict.fromkeys(lacking, "not_collected")
    assert {name: value(measured, name) for name in (*standards, *lacking)} == dict.fromkeys((*standards, *lacking))


def test_members(sample: Cleaned) -> None:
    measured = sample.measure("2024H1")
    channels = ("in_person", "email", "phone", "facebook_comment", "website", "not_stated")
    assert members(measured, "eligible", "channel") == dict(zip(channels, (2, 3, 3, 1, 0, 0), strict=True))
    assert members(measured, "unrelated", "channel") == dict(zip(channels, (0, 7, 0, 0, 0, 0), strict=True))
    assert members(measured, "received", "channel") == dict(zip(channels, (2, 10, 3, 1, 0, 0), strict=True))
    types = ("question", "request", "complaint", "suggestion", "appreciation", "not_stated")
    assert members(measured, "eligible", "type") == dict(zip(types, (5, 2, 2, 0, 0, 0), strict=True))
    assert members(measured, "received", "type") == dict(zip(types, (5, 2, 2, 0, 0, 7), strict=True))
    months = (*(f"2024-0{n}" for n in range(1, 7)), "not_stated")
    assert members(measured, "received", "month") == dict(zip(months, (0, 0, 2, 3, 3, 2, 6), strict=True))
    assert members(measured, "eligible", "month") == dict(zip(months, (0, 0, 2, 3, 2, 2, 0), strict=True))
    days = members(measured, "resolution_working_days_n", "working_days")
    assert {name: count for name, count in days.items() if count} == {"0": 7, "1": 2}


def test_findings(sample: Cleaned) -> None:
    found = sample.findings
    assert found["severity"].value_counts().to_dict() == {"note": 20}
    assert found["rule"].value_counts().to_dict() == {"date_bounded": 7, "type_missing": 7, "channel_inferred": 6}
    inferred = found.loc[found["rule"] == "channel_inferred", "registration_no"].tolist()
    assert inferred == ["7/2024", "10/2024", "11/2024", "12/2024", "15/2024", "16/2024"]

"""The sample's figures, as literals, for every window they were worked out for."""

from __future__ import annotations

import pytest
from making import ROOT, SAMPLE, Cleaned, Maker, parts, state, value


@pytest.fixture
def sample(make: Maker) -> Cleaned:
    return make.clean((ROOT / "data" / SAMPLE / "register.csv").read_text(encoding="utf-8"))


@pytest.mark.parametrize(
    ("period", "as_of", "expected"),
    [
        ("2024H1", "", {"received": 16, "unrelated": 7, "eligible": 9, "resolved": 9, "in_progress": 0, "unplaced": 0}),
        ("2024Q1", "", {"received": 8, "unrelated": 6, "eligible": 2}),
        ("2024Q2", "", {"received": 8, "unrelated": 1, "eligible": 7}),
        ("2024-02", "", {"received": 0, "unplaced": 6}),
        ("2024", "", {"received": 16, "eligible": 9}),
        ("2024H1", "2024-06-13", {"eligible": 9, "resolved": 8, "in_progress": 1, "closing_stock": 1}),
        ("2024H1", "2024-05-10", {"received": 12, "unplaced": 1}),
        ("2024-01-15..2024-06-30", "", {"received": 16, "eligible": 9}),
    ],
)
def test_counts(sample: Cleaned, period: str, as_of: str, expected: dict[str, int]) -> None:
    measured = sample.measure(period, as_of)
    assert {name: value(measured, name) for name in expected} == expected
    assert (sample.checks(period, as_of)["difference"] == 0).all()


def test_rates_durations_and_completeness(sample: Cleaned) -> None:
    measured = sample.measure("2024H1")
    assert (parts(measured, "resolution_rate"), state(measured, "resolution_rate")) == ((9, 9), "below_minimum")
    assert (parts(measured, "resolution_rate_all"), value(measured, "resolution_rate_all")) == ((9, 16), 56.25)
    assert parts(measured, "same_day") == (7, 9)
    assert parts(measured, "register_completeness") == (57, 64)
    days = {name: value(measured, f"resolution_working_days_{name}") for name in ("n", "mean", "median", "p90", "max")}
    assert days == {"n": 9, "mean": pytest.approx(2 / 9), "median": 0, "p90": 1, "max": 1}
    assert state(measured, "within_service_standard") == "no_standard"
    assert state(measured, "unrelated_referred") == "not_collected"
    assert value(measured, "opening_stock") == value(measured, "closing_stock") == 0


def test_members(sample: Cleaned) -> None:
    measured = sample.measure("2024H1")

    def members(indicator: str, dimension: str, *names: str) -> list[float | None]:
        return [value(measured, indicator, "period", dimension, name) for name in names]

    channels = ("in_person", "email", "phone", "facebook_comment", "website")
    assert members("eligible", "channel", *channels) == [2, 3, 3, 1, 0]
    assert members("unrelated", "channel", *channels) == [0, 7, 0, 0, 0]
    assert members("eligible", "type", "question", "request", "complaint", "not_stated") == [5, 2, 2, 0]
    months = [f"2024-0{n}" for n in range(1, 7)]
    assert members("received", "month", *months, "not_stated") == [0, 0, 2, 3, 3, 2, 6]

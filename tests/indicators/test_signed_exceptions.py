"""A difference goes through only where somebody signed for exactly it; the report says so."""

from __future__ import annotations

import re
from datetime import date

import pandas as pd
import pytest
from making import Cleaned, Maker

from pipeline.errors import InputError, ReconciliationError
from pipeline.indicators.computation import Measured
from pipeline.indicators.reconciliation import audited, exceptions_of, exceptions_used, reconcile, require
from pipeline.reporting.reconciled import exceptions, table
from pipeline.reporting.words import words_for

ROW = {
    "registration_no": "1/2024",
    "date_received": "2024-04-02",
    "channel": "email",
    "type": "Question",
    "status": "Resolving",
}
SIGNED = {
    "check": "received",
    "scope": "period",
    "dimension": "channel",
    "period": "2024-04",
    "difference": "-1",
    "reason": "A clerk cannot be asked any more",
    "who": "Head of the unit",
    "date": "2024-07-10",
}


def written(*changed: dict[str, str]) -> dict[str, str]:
    """Write exceptions as a key of project.yml, each the usual one with some keys changed."""
    entries = [SIGNED | changes for changes in changed]
    listed = ["{" + ", ".join(f"{key}: {value}" for key, value in one.items() if value) + "}" for one in entries]
    return {"reconciliation_exceptions": f"[{', '.join(listed)}]"}


def off_by_one(cleaned: Cleaned, period: str, as_of: str = "") -> pd.DataFrame:
    """Check figures of which one was made wrong: a grievance too many by telephone."""
    measured = cleaned.measure(period, as_of)
    table = measured.table
    is_wrong = (table["indicator"] == "received") & (table["scope"] == "period") & (table["member"] == "phone")
    wrong = Measured(table.assign(value=table["value"] + is_wrong), measured.facts)
    scopes = cleaned.scopes(period, as_of)
    listed = cleaned.annex(measured, period, as_of)
    return reconcile(wrong, scopes, len(listed), exceptions_of(cleaned.project, scopes))


def signed(cleaned: Cleaned, period: str = "2024-04", as_of: str = ""):
    return exceptions_of(cleaned.project, cleaned.scopes(period, as_of))


def test_a_difference_that_was_signed_for_goes_through_and_is_told(make: Maker) -> None:
    cleaned = make.clean([ROW], written({}))
    checks = off_by_one(cleaned, "2024-04")
    # Received by phone is 1 too many, and that one is of no kind: a second check fails, for one member.
    failed = checks.query("difference != 0 and signed_by == ''")
    assert failed["check"].tolist() == ["received_by_kind"]
    both = make.clean([ROW], written({}, {"check": "received_by_kind", "difference": "1"}))
    checks = off_by_one(both, "2024-04")
    require(checks, signed(both))
    used = exceptions_used(checks)
    assert used[["check", "scope", "dimension", "difference"]].to_numpy().tolist() == [
        ["received", "period", "channel", -1],
        ["received_by_kind", "period", "channel", 1],
    ]
    assert used.loc[0, ["exception", "signed_by", "signed_on"]].tolist() == [
        "A clerk cannot be asked any more",
        "Head of the unit",
        "2024-07-10",
    ]
    verdicts = audited(checks)["verdict"].value_counts().to_dict()
    assert verdicts == {"agrees": len(checks) - 2, "signed exception": 2}


BOTH = ({}, {"check": "received_by_kind", "difference": "1"})


@pytest.mark.parametrize(
    "changes",
    [
        {"difference": "1"},
        {"difference": "-2"},
        {"dimension": "type"},
        {"dimension": ""},
        {"scope": "cumulative"},
        {"check": "eligible"},
        {"period": "2024-05"},
        {"period": "2024Q2"},
        {"period": "2024-04@2024-04-20"},
    ],
    ids=str,
)
def test_an_exception_fits_one_check_of_one_period_with_one_difference(make: Maker, changes: dict[str, str]) -> None:
    cleaned = make.clean([ROW], written(changes, BOTH[1]))
    with pytest.raises(
        ReconciliationError, match=r"received \(period, by channel\): 1 is not 2, the difference is -1;"
    ):
        require(off_by_one(cleaned, "2024-04"), signed(cleaned))


def test_with_an_as_of_day_the_exception_names_it_too(make: Maker) -> None:
    as_of = "2024-04-20"
    cleaned = make.clean([ROW], written(*({**one, "period": f"2024-04@{as_of}"} for one in BOTH)))
    require(off_by_one(cleaned, "2024-04", as_of), signed(cleaned, "2024-04", as_of))
    with pytest.raises(ReconciliationError):
        require(off_by_one(cleaned, "2024-04"), signed(cleaned))


def test_an_exception_that_fits_nothing_any_more_stops_the_run(make: Maker) -> None:
    cleaned = make.clean([ROW], written({}))
    checks = cleaned.checks("2024-04")
    with pytest.raises(InputError) as refusal:
        require(checks, signed(cleaned))
    assert str(refusal.value).startswith(
        "project.yml, key reconciliation_exceptions: the exception for received (period, by channel) of 2024-04 fits "
        "no check that is off by -1."
    )
    # Of another period it says nothing.
    require(cleaned.checks("2024-05"), signed(cleaned, "2024-05"))


def test_the_report_prints_each_exception_and_both_sides_of_each_check(make: Maker, tmp_path) -> None:
    cleaned = make.clean([ROW], written(*BOTH))
    path = tmp_path / "reconciliation.csv"
    off_by_one(cleaned, "2024-04").to_csv(path, index=False)
    checks, words = pd.read_csv(path), words_for("en")
    told = exceptions(checks, words)
    assert told[0] == {
        "check": "Grievances received = Sum over the members",
        "where": "this period, by channel",
        "left": 1,
        "right": 2,
        "difference": -1,
        "who": "Head of the unit",
        "day": date(2024, 7, 10),
        "reason": "A clerk cannot be asked any more",
    }
    assert len(told) == 2
    html = table(checks, words).__html__()
    rows = [re.findall(r"<t[hd][^>]*>(.*?)</t[hd]>", line) for line in html.splitlines() if "<td" in line]
    by_what = {(row[0], row[1]): row[2:] for row in rows}
    received = "Grievances received = Sum over the members"
    assert by_what[received, "channel"] == ["1 ≠ 2", "0 = 0", "1 = 1", "signed exception"]
    # Breakdowns that come to the same are one row, and one that differs stands by itself.
    assert by_what[received, "type, status, and month"] == ["1 = 1", "0 = 0", "1 = 1", "agrees"]
    assert any(what.startswith("Open at the end = Open at the beginning + eligible") for what, _ in by_what)
    adjoining = "Open at the beginning of the period = Open at the end of the previous period"
    assert by_what[adjoining, ""] == ["0 = 0", "–", "–", "agrees"]
    assert "does not agree" not in html


@pytest.mark.parametrize(
    ("changes", "told"),
    [
        ({"difference": "0"}, "a difference of 0 needs no exception"),
        ({"difference": "four"}, "a whole number is needed"),
        ({"difference": "4.5"}, "a whole number is needed"),
        ({"period": "2024H3"}, "'2024H3', which is not a period"),
        ({"period": "2024H1@soon"}, "'soon', which is not a day"),
        ({"scope": "ever"}, "'period', 'previous' or 'cumulative'"),
        ({"who": ""}, "this key is required and missing"),
        ({"reason": ""}, "this key is required and missing"),
        ({"date": ""}, "this key is required and missing"),
        ({"severity": "low"}, "this key is not known"),
    ],
    ids=str,
)
def test_a_faulty_exception_is_refused_with_its_line(make: Maker, changes: dict[str, str], told: str) -> None:
    with pytest.raises(InputError, match="key reconciliation_exceptions") as refusal:
        make.project([ROW], written(changes))
    assert told in str(refusal.value)


def test_two_exceptions_for_one_check_are_refused(make: Maker) -> None:
    with pytest.raises(InputError, match=r"two exceptions for received \(period\) of 2024-04; keep one"):
        make.project([ROW], written({}, {"difference": "2"}))

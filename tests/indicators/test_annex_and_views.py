"""Behind the figures: the annex lists the admissible alone, and the notebook shows each number with its rows."""

from __future__ import annotations

import re

import pandas as pd
from making import ROOT, Cleaned, Maker

from pipeline.indicators.computation import COLUMNS, COUNTS, Measured
from pipeline.indicators.stretches import MOST_STRETCHES, Stretches
from pipeline.indicators.views import (
    breakdown,
    by_scope,
    every_grievance,
    figure,
    of_other_scopes,
    rules_and_rows,
)
from pipeline.register import columns


def row(number: str, received: str, status: str, resolved: str = "", **cells: str) -> dict[str, str]:
    base = {"registration_no": number and f"{number}/2024", "date_received": received, "channel": "email"}
    return {**base, "status": status, "type": "Complaint", "date_resolved": resolved, **cells}


ROWS = [
    row("1", "2024-03-05", "Resolved", "2024-04-02", summary="Sarantuya Bold asks", complainant="Sarantuya Bold"),
    row("2", "2024-03-06", "Resolving"),  # neither received nor resolved in April
    row("3", "2024-04-10", "Resolved", "2024-04-12", summary="x", action_taken="told Bold"),
    row("4", "2024-04-11", "Resolved", "2024-05-02"),  # resolved after the as-of day
    row("5", "2024-04-12", "Unrelated", summary="unrelated"),
    row("6", "2024-04-12", "Duplicate"),
    row("7", "2024-04-15", "Rejected", date_closed="2024-04-20"),
    row("8", "2024-04-16", "Resolved", "2024-04-16", is_sensitive="yes"),
    row("9", "2024-03-20", "Resolving", "2024-03-21", date_reopened="2024-04-03"),  # reopened alone: not listed
    row("", "2024-04-02", "Resolving", note="inside", responsible="Dorj", location="Khan-Uul"),
    row("10", "", "Resolved", "2024-04-30"),  # received some time before: listed for its resolution
]


def ruled(cleaned: Cleaned, period: str) -> pd.DataFrame:
    return rules_and_rows(cleaned.measure(period), Stretches.of(cleaned.labelled)).set_index("indicator")


def annexed(cleaned: Cleaned, period: str, as_of: str = "") -> pd.DataFrame:
    return cleaned.annex(cleaned.measure(period, as_of), period, as_of)


def test_the_annex_lists_what_was_received_or_resolved_in_the_order_of_receipt(make: Maker) -> None:
    listed = annexed(make.clean(ROWS), "2024-04")
    assert listed["no"].tolist() == [1, 2, 3, 4, 5, 6]
    numbers = ["1/2024", "", "3/2024", "4/2024", "7/2024", "10/2024"]
    assert listed["registration_no"].fillna("").tolist() == numbers
    assert listed["status"].tolist() == ["resolved", "in_progress", "resolved", "in_progress", "rejected", "resolved"]
    days = listed["date_resolved"].dt.strftime("%m-%d").fillna("").tolist()
    assert days == ["04-02", "", "04-12", "", "", "04-30"]
    # 5 March to 2 April without 8 March; 10 to 12 April; not known from when.
    assert listed["resolution_working_days"].astype(object).where(
        listed["resolution_working_days"].notna(), ""
    ).tolist() == [
        19,
        "",
        2,
        "",
        "",
        "",
    ]


def test_the_annex_holds_what_may_be_public_and_nothing_else(make: Maker) -> None:
    listed = annexed(make.clean(ROWS), "2024-04")
    assert listed.columns.tolist() == [
        "no",
        "registration_no",
        "date_received",
        "type",
        "type_basis",
        "channel",
        "summary",
        "summary_basis",
        "action_taken",
        "action_taken_basis",
        "status",
        "date_resolved",
        "resolution_working_days",
        "listed_for",
    ]
    assert listed["summary"].fillna("").tolist() == ["[person] asks", "", "x", "", "", ""]
    assert listed["action_taken"].dropna().tolist() == ["told [person]"]
    text = listed.to_csv()
    for secret in ("Sarantuya", "Bold", "inside", "Dorj", "Khan-Uul"):
        assert secret not in text


def test_of_the_sample_nine_are_listed_and_after_the_as_of_day_nothing_has_happened(sample: Cleaned) -> None:
    listed = annexed(sample, "2024H1")
    assert listed["registration_no"].tolist() == [f"{n}/2024" for n in (7, 8, 9, 10, 11, 12, 14, 15, 16)]
    assert listed["resolution_working_days"].tolist() == [0, 0, 0, 0, 0, 1, 0, 0, 1]
    then = annexed(sample, "2024H1", "2024-06-13").iloc[-1]
    assert (then["registration_no"], then["status"]) == ("16/2024", "in_progress")
    assert pd.isna(then["date_resolved"])
    assert len(annexed(sample, "2024-02")) == 0


def test_each_figure_stands_with_its_rule_and_its_rows(make: Maker) -> None:
    shown = ruled(make.clean(ROWS), "2024-04")
    assert shown.loc["received", ["figure", "rows"]].tolist() == ["6", "3/2024–7/2024, row 11"]
    assert shown.loc["resolutions", ["figure", "rows"]].tolist() == ["3", "1/2024, 3/2024, 10/2024"]
    assert shown.loc["resolution_rate", "figure"] == "1 of 4"
    assert shown.loc["resolution_rate", "rule"].endswith("(resolved / eligible less withdrawn)")
    assert shown.loc["escalated", ["figure", "rows"]].tolist() == ["not collected", ""]
    assert shown.loc["within_service_standard", "figure"] == "no standard"


def test_neighbours_stand_as_a_stretch_and_a_number_of_another_form_by_itself(make: Maker) -> None:
    rows = [row(str(n), "2024-04-01", "Resolving") for n in (9, 1, 2, 3, 3, 4, 7, 8)]
    for place, number in enumerate(("B-5", "B-6", "", "", "4/2025"), start=1):
        rows.insert(2 * place, {**row("0", "2024-04-01", "Resolving"), "registration_no": number})
    shown = ruled(make.clean(rows), "2024-04").loc["received"]
    # The sheet's rows 8 and 10 have no number, and lie apart; 3/2024 stands twice.
    assert shown["figure"] == "13"
    assert shown["rows"] == "1/2024–3/2024, 3/2024–4/2024, 7/2024–9/2024, row 8, row 10, 4/2025, B-5, B-6"


def test_rows_without_a_number_that_follow_each_other_are_a_stretch(make: Maker) -> None:
    rows = [{**row("0", "2024-04-01", "Resolving"), "registration_no": ""} for _ in range(4)]
    assert ruled(make.clean(rows), "2024-04").loc["received", "rows"] == "row 2–row 5"


def test_very_many_rows_are_all_told_and_only_very_many_stretches_counted(make: Maker) -> None:
    rows = [
        row(str(n), "2024-04-01", "Resolved" if n % 2 else "Resolving", "2024-04-02" if n % 2 else "")
        for n in range(1, 408)
    ]
    shown = ruled(make.clean(rows), "2024-04")
    assert shown.loc["received", "rows"] == "1/2024–407/2024"
    assert shown.loc["resolved", "rows"].startswith("1/2024, 3/2024, 5/2024, ")
    # 204 are resolved, each by itself.
    assert shown.loc["resolved", "rows"].endswith(", 399/2024 and 4 more")
    told = (ROOT / "notebooks" / "03_metrics.ipynb").read_text(encoding="utf-8")
    assert f"A list ends after {MOST_STRETCHES} stretches" in told


def test_the_rows_of_the_previous_period_and_since_the_start_are_told_too(make: Maker) -> None:
    cleaned = make.clean(ROWS)
    shown = of_other_scopes(cleaned.measure("2024-04"), Stretches.of(cleaned.labelled)).set_index(
        ["scope", "indicator"]
    )
    assert shown.loc[("previous", "eligible"), ["figure", "rows"]].tolist() == ["3", "1/2024–2/2024, 9/2024"]
    since = "1/2024–4/2024, 7/2024, 9/2024–10/2024, row 11"
    assert shown.loc[("cumulative", "eligible"), ["figure", "rows"]].tolist() == ["8", since]
    first = of_other_scopes(cleaned.measure("2024H1"), Stretches.of(cleaned.labelled))
    assert set(first["scope"]) == {"cumulative"}


def held(listed: str) -> int:
    """Count what a list holds: stretches by their ends, what counts twice twice."""
    found = 0
    for part in filter(None, listed.split(", ")):
        ends = [int(number) for number in re.findall(r"(\d+)(?:/\d+)?(?=–|$| \()", part.split(" (")[0])]
        found += (ends[-1] - ends[0] + 1) * (2 if part.endswith("(twice)") else 1)
    return found


def test_every_list_of_grievances_holds_as_many_as_its_figure_says(make: Maker, sample: Cleaned) -> None:
    again = [
        row("1", "2024-04-01", "Resolved", "2024-04-02", date_reopened="2024-04-03", date_resolved_again="2024-04-05"),
        row("2", "2024-04-01", "Resolved", "2024-04-02", date_reopened="2024-04-03", date_resolved_again="2024-04-04"),
        row("3", "2024-04-01", "Resolved", "2024-04-02"),
    ]
    twice = make.clean(again)
    assert ruled(twice, "2024-04").loc["resolutions", "rows"] == "1/2024–2/2024 (twice), 3/2024"
    looked_at = 0
    for cleaned, period in ((twice, "2024-04"), (sample, "2024H1"), (sample, "2024Q2")):
        measured = cleaned.measure(period)
        own = rules_and_rows(measured, Stretches.of(cleaned.labelled)).assign(scope="period")
        for one in pd.concat([own, of_other_scopes(measured, Stretches.of(cleaned.labelled))]).to_dict("records"):
            if one["indicator"] in {*COUNTS, "pending_age"} and one["figure"].isdigit():
                assert held(one["rows"]) == int(one["figure"]), one
                looked_at += 1
    assert looked_at > 100


def test_the_scopes_stand_side_by_side_and_only_those_there_are(make: Maker) -> None:
    cleaned = make.clean(ROWS)
    april = by_scope(cleaned.measure("2024-04")).set_index("indicator")
    assert april.columns.tolist() == ["period", "previous", "cumulative"]
    assert april.loc["eligible"].tolist() == ["4", "3", "8"]
    assert pd.isna(april.loc["benefit_grievances_addressed", "period"])
    assert by_scope(cleaned.measure("2024H1")).columns.tolist() == ["indicator", "period", "cumulative"]


def test_a_breakdown_ends_with_its_total(make: Maker) -> None:
    shown = breakdown(make.clean(ROWS).measure("2024-04"), "type").set_index("member")
    assert shown.index.tolist()[-2:] == ["not_stated", "total"]
    assert shown["received"].to_dict()["complaint"] == shown["received"].to_dict()["total"] == 6


def test_a_figure_is_written_as_its_value_its_parts_or_why_there_is_none() -> None:
    def written(**cells: object) -> str:
        return figure({"value": None, "numerator": None, "denominator": None, "state": "stated", **cells})

    assert written(value=16.0) == "16"
    assert written(value=2 / 9) == "0.2222222222"
    assert written(value=56.25, numerator=9, denominator=16) == "9 of 16 (56.25 %)"
    assert written(value=1.5, numerator=3, denominator=2000, unit="per_1000") == "3 of 2000 (1.5 per 1,000)"
    assert written(numerator=9, denominator=9, state="below_minimum") == "9 of 9"
    assert written(numerator=0, denominator=0, state="not_applicable") == "not applicable"


def test_the_table_of_indicators_is_tidy_one_row_a_figure(sample: Cleaned) -> None:
    table = sample.measure("2024Q2").table
    assert tuple(table.columns) == COLUMNS
    assert not table.duplicated(["indicator", "scope", "dimension", "member"]).any()
    stated = table["state"] == "stated"
    assert table.loc[stated, "value"].notna().all()
    assert table.loc[~stated, "value"].isna().all()
    shares = table[table["unit"] == "percent"]
    given = shares[shares["state"] == "stated"]
    assert (given["value"] == 100 * given["numerator"].astype(float) / given["denominator"].astype(float)).all()
    assert (shares.loc[shares["state"] == "below_minimum", "denominator"] < 10).all()
    assert table["member"].str.fullmatch("[a-z_0-9+-]*").all()
    assert set(table["unit"]) == {"count", "percent", "working_days", "calendar_days", "per_1000"}


def test_measuring_leaves_its_table_as_it_was(make: Maker) -> None:
    cleaned = make.clean(ROWS)
    before = cleaned.labelled.copy()
    measured = cleaned.measure("2024-04")
    assert isinstance(measured, Measured)
    pd.testing.assert_frame_equal(cleaned.labelled, before)


def test_beside_a_share_stands_the_rest_of_its_denominator(make: Maker) -> None:
    shown = ruled(make.clean(ROWS), "2024-04")
    # Eligible are 3, 4, 7 and the one without a number; resolved by the as-of day is 3 alone.
    both = ["rows", "rest_of_denominator"]
    assert shown.loc["resolution_rate", both].tolist() == ["3/2024", "4/2024, 7/2024, row 11"]
    assert shown.loc["same_day", both].tolist() == ["", "1/2024, 3/2024"]
    assert shown.loc["register_completeness", both].tolist() == ["", "10/2024, row 11"]
    assert shown.loc["received", "rest_of_denominator"] == ""
    assert shown.loc["escalated", "rest_of_denominator"] == ""


def test_a_duration_and_an_age_are_listed_with_their_days(make: Maker) -> None:
    shown = ruled(make.clean(ROWS), "2024-04")
    for statistic in ("n", "mean", "median", "p90", "max"):
        assert shown.loc[f"resolution_working_days_{statistic}", "rows"] == "1/2024 (19), 3/2024 (2)"
    assert shown.loc["resolution_calendar_days_max", "rows"] == "1/2024 (28), 3/2024 (2)"
    assert shown.loc["pending_age", "rows"] == "2/2024 (55), 4/2024 (19), 9/2024 (41), row 11 (28)"


def test_every_grievance_of_the_period_is_listed_and_nobody_can_be_told_by_it(make: Maker) -> None:
    cleaned = make.clean(ROWS)
    shown = every_grievance(cleaned.labelled, cleaned.measure("2024-04"), cleaned.scopes("2024-04"))
    assert shown.columns.tolist() == [
        "registration_no",
        "row",
        "counted_as",
        "channel",
        "type",
        "relation",
        "status",
        "month",
        "date_received",
        "date_resolved",
        "resolution_working_days",
    ]
    assert not set(shown.columns) & set(columns.names(identifies=True))
    days = shown.assign(date_resolved=shown["date_resolved"].dt.strftime("%m-%d")).astype("object")
    told = days[["registration_no", "row", "counted_as", "relation", "status", "date_resolved"]]
    assert told.where(told.notna(), "").to_numpy().tolist() == [
        ["1/2024", 2, "resolved", "related", "resolved", "04-02"],
        ["3/2024", 4, "received, resolved", "related", "resolved", "04-12"],
        ["4/2024", 5, "received", "related", "in_progress", ""],
        ["5/2024", 6, "received", "unrelated", "unrelated", ""],
        ["6/2024", 7, "received", "related", "duplicate", ""],
        ["7/2024", 8, "received", "related", "rejected", ""],
        ["", 11, "received", "related", "in_progress", ""],
        ["10/2024", 12, "resolved", "related", "resolved", "04-30"],
    ]
    took = shown["resolution_working_days"].astype("object")
    assert took.where(took.notna(), "").tolist() == [19, 2, "", "", "", "", "", ""]
    text = shown.to_csv()
    for secret in ("Sarantuya", "Bold", "Dorj", "8/2024"):
        assert secret not in text


def test_the_breakdowns_can_be_counted_again_from_every_grievance(sample: Cleaned) -> None:
    measured = sample.measure("2024H1")
    shown = every_grievance(sample.labelled, measured, sample.scopes("2024H1"))
    received = shown[shown["counted_as"].str.contains("received")]
    for dimension in ("channel", "type", "month"):
        counted = breakdown(measured, dimension).set_index("member")["received"].drop("total")
        assert counted[counted > 0].to_dict() == received[dimension].value_counts().to_dict()

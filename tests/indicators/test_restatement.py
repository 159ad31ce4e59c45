"""Figures that were published and differ today: each difference is told with the grievances that made it."""

from __future__ import annotations

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from making import Cleaned, Maker, clean
from records import files_of, freeze, read, restated, told
from test_identities import STANDARDS, WITHOUT_SHRINKING, numbered, registers, rows

from pipeline.indicators.contributions import as_text, contributions, from_text
from pipeline.indicators.published import Published
from pipeline.indicators.published_views import restatement_shown
from pipeline.indicators.restatement import REASONS, UNLISTED, difference_is_explained, matched

REGISTER = [
    {
        "registration_no": f"{number}/2024",
        "date_received": received,
        "channel": channel,
        "type": kind,
        "status": status,
        "date_resolved": resolved,
        "is_sensitive": "No",
    }
    for number, received, channel, kind, status, resolved in [
        (1, "2024-02-05", "email", "Question", "Resolved", "2024-02-06"),
        (2, "2024-03-11", "phone", "Complaint", "Resolving", ""),
        (3, "2024-04-02", "phone", "Question", "Resolved", "2024-04-02"),
        (4, "2024-04-08", "email", "Request", "Resolved", "2024-05-02"),
        (5, "2024-05-06", "website", "Complaint", "Unrelated", ""),
        (6, "2024-06-03", "in person", "Complaint", "Resolving", ""),
    ]
]
COMPLETE = {"complete_through": "2024-12-31", "service_standards": "{resolution: {days: 5}}"}


def edited(number: int, **cells: str) -> list[dict[str, str]]:
    """The register with the cells of one row changed."""
    return [row | cells if row["registration_no"] == f"{number}/2024" else row for row in REGISTER]


def frozen(make: Maker, period: str = "2024H1") -> Published:
    cleaned = make.clean(REGISTER, COMPLETE)
    freeze(cleaned, period)
    return read(cleaned.project, period)


def now(make: Maker, register: list[dict[str, str]], changes: dict[str, str] | None = None) -> pd.DataFrame:
    """Restate the frozen first half-year of 2024 from a register that has changed since."""
    record = frozen(make)
    return restated(record, make.clean(register, COMPLETE | (changes or {})))


def test_nothing_differs_where_nothing_has_changed(make: Maker) -> None:
    assert now(make, REGISTER).empty


def test_what_happened_after_the_as_of_day_restates_nothing(make: Maker) -> None:
    later = edited(2, status="Resolved", date_resolved="2024-07-01")
    new = REGISTER[0] | {"registration_no": "7/2024", "date_received": "2024-07-02", "date_resolved": "2024-07-03"}
    assert now(make, [*later, new]).empty


def test_one_registered_late_and_one_retyped_are_named_with_the_reason(make: Maker) -> None:
    late = REGISTER[1] | {"registration_no": "7/2024", "date_received": "2024-06-20", "type": "Request"}
    table = now(make, [*edited(4, type="Complaint"), late])
    # 6 received then, 7 now; requests: 4/2024 left them, 7/2024 joined them, so that their number did not change.
    assert told(table, "received") == [(6, 7, "registered_since", 1, "7/2024 (+1)")]
    assert told(table, "received", "type", "request") == []
    assert told(table, "received", "type", "complaint") == [(3, 4, "retyped", 1, "4/2024 (+1)")]
    assert told(table, "resolved", "type", "request") == [(1, 0, "retyped", -1, "4/2024 (-1)")]
    assert told(table, "closing_stock") == [(2, 3, "registered_since", 1, "7/2024 (+1)")]
    # 3 of 5 eligible were resolved, 3 of 6 are.
    (rate,) = table.query("indicator == 'resolution_rate' and scope == 'period'").to_dict("records")
    assert (rate["published"], rate["published_of"], rate["now"], rate["now_of"]) == (3, 5, 3, 6)
    assert (rate["change"], rate["change_of"], rate["rows"]) == (0, 1, "7/2024 (+0 of +1)")
    assert difference_is_explained(table)


BACK_DATED = edited(2, status="Resolved", date_resolved="2024-06-28")
RELATED = edited(5, status="Resolving", relation="Related")
REOPENED = edited(3, date_reopened="2024-06-01", status="Resolving")
IN_MAY = edited(6, date_received="2024-05-30")


@pytest.mark.parametrize(
    ("register", "figure", "expected"),
    [
        (edited(3, channel="email"), ("received", "channel", "phone"), (2, 1, "channel_changed", -1, "3/2024 (-1)")),
        (RELATED, ("eligible",), (5, 6, "relation_changed", 1, "5/2024 (+1)")),
        (BACK_DATED, ("resolved",), (3, 4, "status_changed", 1, "2/2024 (+1)")),
        (REOPENED, ("resolved",), (3, 2, "reopened", -1, "3/2024 (-1)")),
        (edited(4, date_resolved="2024-07-02"), ("resolved",), (3, 2, "dates_changed", -1, "4/2024 (-1)")),
        (edited(2, date_received="2024-07-03"), ("received",), (6, 5, "receipt_changed", -1, "2/2024 (-1)")),
        (IN_MAY, ("received", "month", "2024-06"), (1, 0, "receipt_changed", -1, "6/2024 (-1)")),
        (edited(2, status="Duplicate"), ("eligible",), (5, 4, "status_changed", -1, "2/2024 (-1)")),
        (REGISTER[:3] + REGISTER[4:], ("resolved",), (3, 2, "no_longer_counted", -1, "")),
    ],
)  # fmt: skip
def test_each_reason_is_told(
    make: Maker, register: list[dict[str, str]], figure: tuple[str, ...], expected: tuple[object, ...]
) -> None:
    table = now(make, register)
    assert told(table, *figure) == [expected]
    assert difference_is_explained(table)


def test_a_mean_that_moved_names_the_grievances_and_no_sum(make: Maker) -> None:
    table = now(make, edited(4, date_resolved="2024-05-03"))
    (mean,) = table.query("indicator == 'resolution_calendar_days_mean' and scope == 'period'").to_dict("records")
    # 1, 0 and 24 days then; 25 in the place of 24 now.
    assert (round(mean["published"], 4), round(mean["now"], 4)) == (8.3333, 8.6667)
    assert (mean["reason"], mean["rows"], pd.isna(mean["change"])) == ("dates_changed", "4/2024", True)


def test_a_changed_rule_names_no_grievance(make: Maker) -> None:
    table = now(make, REGISTER, {"service_standards": "{resolution: {days: 30}}"})
    (within,) = table.query("indicator == 'within_service_standard' and scope == 'period'").to_dict("records")
    # In 5 working days 1/2024 and 3/2024 of the three resolved, in 30 the third, too; both open ones are past 5 days,
    # and 6/2024 is not yet past 30.
    assert (within["published"], within["published_of"], within["now"], within["now_of"]) == (2, 5, 3, 4)
    assert (within["reason"], within["change"], within["change_of"], within["rows"]) == ("rule_changed", 1, -1, "")
    assert set(table["reason"]) == {"rule_changed"}


def test_another_minimum_n_is_a_changed_rule(make: Maker) -> None:
    table = now(make, REGISTER, {"minimum_n": "5"})
    (rate,) = table.query("indicator == 'resolution_rate' and scope == 'period'").to_dict("records")
    assert (rate["published_state"], rate["now_state"], rate["difference"]) == ("below_minimum", "stated", 0)
    assert (rate["reason"], rate["change"]) == ("rule_changed", 0)


def test_a_rate_for_beneficiaries_is_restated_by_grievances_and_by_their_number(make: Maker) -> None:
    cleaned = make.clean(REGISTER, COMPLETE | {"beneficiaries": "{total: 3000, source: census, date: 2024-01-01}"})
    freeze(cleaned, "2024H1")
    record = read(cleaned.project, "2024H1")
    late = REGISTER[1] | {"registration_no": "7/2024", "date_received": "2024-06-20"}
    counted = make.clean(
        [*REGISTER, late], COMPLETE | {"beneficiaries": "{total: 3500, source: census, date: 2024-06-01}"}
    )
    rate = restated(record, counted).query("indicator == 'received_per_1000_beneficiaries' and scope == 'period'")
    # 6 of 3,000 were published, 7 of 3,500 are told now: 7/2024 made the numerator, the count of people the rest.
    first = rate.iloc[0]
    assert (first["published"], first["published_of"], first["now"], first["now_of"]) == (6, 3000, 7, 3500)
    assert rate[["reason", "change", "rows"]].to_numpy().tolist() == [
        ["registered_since", 1, "7/2024 (+1)"],
        ["rule_changed", 0, ""],
    ]


def test_a_correction_that_explains_a_change_is_told(make: Maker) -> None:
    record = frozen(make)
    project = make.project(REGISTER, COMPLETE)
    (project.folder / "corrections.yml").write_text(
        "- match: {registration_no: 4/2024}\n  column: type\n  from: Request\n  to: Complaint\n"
        "  reason: It is one\n  who: M&E analyst\n  date: 2024-07-10\n",
        encoding="utf-8",
    )
    table = restated(record, clean(project))
    assert told(table, "received", "type", "complaint") == [(3, 4, "retyped", 1, "4/2024 (+1, corrected)")]


def test_satisfaction_which_cannot_be_taken_back_is_not_compared(make: Maker) -> None:
    asked = [row | {"satisfaction": "satisfied"} for row in REGISTER]
    until_june = {"complete_through": "2024-06-30"}
    cleaned = make.clean(asked, until_june)
    freeze(cleaned, "2024H1")
    record = read(cleaned.project, "2024H1")
    assert record.figures.query("indicator == 'satisfied'")["state"].eq("below_minimum").all()
    assert restated(record, make.clean(asked)).empty
    assert restated(record, make.clean(asked, {"complete_through": "2024-12-31"})).empty


# -- a sensitive grievance -------------------------------------------------------------------------------------------


def test_a_grievance_that_became_sensitive_reads_like_one_that_was_struck_out(make: Maker) -> None:
    sensitive = now(make, edited(4, is_sensitive="Yes"))
    struck_out = now(make, REGISTER[:3] + REGISTER[4:])
    assert len(sensitive)
    pd.testing.assert_frame_equal(sensitive, struck_out)
    assert "4/2024" not in restatement_shown(sensitive).to_csv()


def test_a_grievance_that_is_no_longer_sensitive_reads_like_one_registered_since(make: Maker) -> None:
    cleaned = make.clean(edited(4, is_sensitive="Yes"), COMPLETE)
    freeze(cleaned, "2024H1")
    record = read(cleaned.project, "2024H1")
    assert "4/2024" not in set(record.cases["registration_no"])
    table = restated(record, make.clean(REGISTER, COMPLETE))
    assert told(table, "received") == [(5, 6, "registered_since", 1, "4/2024 (+1)")]


# -- which row is which ----------------------------------------------------------------------------------------------


def place(number: str, row: int) -> dict[str, str]:
    return {"registration_no": number, "source_file": "a.csv", "source_sheet": "", "source_row": str(row)}


@pytest.mark.parametrize(
    ("then", "now_", "pairs"),
    [
        # Rows moved by one that was put in between: the number tells.
        ([("1", 2), ("2", 3)], [("1", 2), ("3", 3), ("2", 4)], [(0, 0), (-1, 1), (1, 2)]),
        # A number used twice: its place tells.
        ([("1", 2), ("1", 3)], [("1", 2), ("1", 3)], [(0, 0), (1, 1)]),
        # One of the two has gone.
        ([("1", 2), ("1", 3)], [("1", 3)], [(1, 0), (0, -1)]),
        # Both have moved: the first is the first.
        ([("1", 2), ("1", 3)], [("0", 2), ("1", 3), ("1", 4)], [(-1, 0), (1, 1), (0, 2)]),
        ([("1", 2), ("1", 4)], [("0", 2), ("1", 3), ("1", 5)], [(-1, 0), (0, 1), (1, 2)]),
        # No number: the place.
        ([("", 2), ("", 3)], [("", 3), ("", 4)], [(1, 0), (-1, 1), (0, -1)]),
        # A number that was filled in since.
        ([("", 2)], [("7", 2)], [(0, 0)]),
        ([], [("7", 2)], [(-1, 0)]),
    ],
)
def test_rows_are_paired_by_number_then_by_place(
    then: list[tuple[str, int]], now_: list[tuple[str, int]], pairs: list[tuple[int, int]]
) -> None:
    columns = ["registration_no", "source_file", "source_sheet", "source_row"]
    left, right = (pd.DataFrame([place(*one) for one in side], columns=columns, dtype="str") for side in (then, now_))
    found = matched(left, right)
    assert list(zip(found["then"], found["now"], strict=True)) == pairs


def test_contributions_are_read_back_as_they_were_written(sample: Cleaned) -> None:
    added = contributions(sample.measure("2024H1").facts["period"])
    back = from_text(as_text(added))
    assert back.reindex(columns=added.columns, fill_value=0).to_numpy().tolist() == added.to_numpy().tolist()
    assert as_text(added).iloc[0].split() == ["received", "unrelated", *as_text(added).iloc[0].split()[2:]]


# -- random registers, edited at random ------------------------------------------------------------------------------

EDIT = st.one_of(
    st.just({"delete": "yes"}),
    st.just({"is_sensitive": "Yes"}),
    st.sampled_from(["Question", "Complaint", "Request", ""]).map(lambda kind: {"type": kind}),
    st.sampled_from(["email", "phone", "website", ""]).map(lambda channel: {"channel": channel}),
    st.sampled_from(["Resolved", "Resolving", "Unrelated", "Rejected", "Duplicate", ""]).map(lambda s: {"status": s}),
    st.sampled_from(["Related", "Unrelated", ""]).map(lambda relation: {"relation": relation}),
    st.sampled_from(["", "9911"]).map(lambda contact: {"complainant_contact": contact}),
    st.sampled_from(["1/1900", "2/1901", ""]).map(lambda number: {"registration_no": number}),
    rows(),
)


@st.composite
def edits(draw: st.DrawFn) -> list[dict[str, str]]:
    """An edit for each row of a register, most of them none; and what is registered after it."""
    return draw(st.lists(st.one_of(st.just({}), st.just({}), EDIT), min_size=32, max_size=32))


def edit(register: list[dict[str, str]], changes: list[dict[str, str]]) -> list[dict[str, str]]:
    pairs = zip(register, changes, strict=False)
    return [{"is_sensitive": ""} | row | change for row, change in pairs if "delete" not in change]


@given(
    series=registers(), changes=edits(), late=st.lists(rows(), max_size=3), period=st.sampled_from(["2024Q2", "2024Q1"])
)
@settings(max_examples=8, phases=WITHOUT_SHRINKING)
def test_the_signed_list_adds_up_to_each_difference_however_a_register_is_edited(
    series: list[list[dict[str, str]]],
    changes: list[dict[str, str]],
    late: list[dict[str, str]],
    period: str,
    make: Maker,
) -> None:
    before = [row | {"is_sensitive": ""} for row in numbered(series)]
    cleaned = make.clean(before, STANDARDS)
    freeze(cleaned, period)
    record = read(cleaned.project, period)
    late = [row | {"registration_no": f"{number}/1950", "is_sensitive": ""} for number, row in enumerate(late, start=1)]
    today = make.clean([*edit(before, changes), *late], STANDARDS)
    table = restated(record, today)
    assert difference_is_explained(table)
    assert not set(table["reason"]) & {"rule_changed", "unexplained"}
    assert set(table["reason"]) <= set(REASONS)
    assert table.loc[table["reason"].isin(UNLISTED), "rows"].eq("").all()
    keys = ["scope", "indicator", "dimension", "member"]
    counts = today.measure(period).table.query("unit == 'count'")
    both = record.figures.merge(counts, on=keys)
    expected = (both["value_y"] - both["value_x"]).set_axis(pd.MultiIndex.from_frame(both[keys]))
    summed = table.query("unit == 'count'").groupby(keys, sort=False)["change"].sum()
    assert summed.astype("float64").to_dict() == expected[expected.abs() > 0].to_dict()
    hidden = set(today.sensitive["registration_no"].dropna()) - set(today.labelled["registration_no"].dropna())
    listed = {one.rpartition(" (")[0] for cell in table["rows"] if "(" in cell for one in cell.split("; ")}
    assert not hidden & listed


def test_a_record_is_the_same_bytes_each_time(make: Maker) -> None:
    assert files_of(make.clean(REGISTER, COMPLETE), "2024H1") == files_of(make.clean(REGISTER, COMPLETE), "2024H1")

"""What must hold for every register: stock and flow balance, parts add up, and a past day stays as it was."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta
from itertools import pairwise

import pandas as pd
import pytest
from by_the_letter import COMPLETE, START, Grievance, count, grievances
from hypothesis import Phase, given, settings
from hypothesis import strategies as st
from making import Cleaned, Maker, parts, value

from pipeline.errors import ReconciliationError
from pipeline.indicators.computation import COUNTS, DIMENSIONS, Measured, rows_behind
from pipeline.indicators.reconciliation import FLOWS, STATUSES, STOCK_AND_FLOW, require, straddlers
from pipeline.period import Period

STANDARDS = {
    "service_standards": "{acknowledgement: {days: 2}, resolution: {days: 5}}",
    "complete_through": str(COMPLETE),
}
WITHOUT_SHRINKING = (Phase.explicit, Phase.generate)
"""An example costs a second or so; a failing one is told as it was found."""
# Days around the borders of months and of the mechanism are as likely as all others together.
BORDERS = [
    "2024-01-14",
    "2024-01-15",
    "2024-01-31",
    "2024-02-01",
    "2024-03-31",
    "2024-04-01",
    "2024-06-30",
    "2024-07-01",
]
DAY = st.one_of(
    st.just(""),
    st.just("soon"),
    st.sampled_from(BORDERS),
    st.dates(date(2024, 1, 5), date(2024, 7, 10)).map(str),
    st.dates(date(2024, 2, 1), date(2024, 6, 10)).map(str),
)
LATER = st.one_of(st.none(), st.integers(-2, 60))
ROW = st.fixed_dictionaries(
    {
        "date_received": DAY,
        "channel": st.sampled_from(["email", "phone", "in person", "website", ""]),
        "status": st.sampled_from(
            ["Resolved"] * 4 + ["Resolving"] * 2 + ["Unrelated", "Rejected", "Withdrawn", "Duplicate", "", "x"]
        ),
        "relation": st.sampled_from(["", "", "", "Related", "Unrelated"]),
        "type": st.sampled_from(["Question", "Complaint", ""]),
        "complainant_contact": st.sampled_from(["", "9911"]),
    }
)
DATES = ("acknowledged", "due", "resolved", "reopened", "resolved_again", "closed", "escalated", "appealed")
AFTER = dict.fromkeys(("acknowledged", "due", "resolved", "closed", "escalated", "appealed"), "received")
AFTER |= {"reopened": "resolved", "resolved_again": "reopened"}


@st.composite
def rows(draw: st.DrawFn) -> dict[str, str]:
    """A row whose later dates follow the earlier ones, mostly."""
    row = draw(ROW)
    for name in DATES:
        before, days = row.get(f"date_{AFTER[name]}", ""), draw(LATER)
        is_day = before[:1] == "2"
        row[f"date_{name}"] = (
            str(date.fromisoformat(before) + timedelta(days=days)) if is_day and days is not None else ""
        )
        if not is_day and days is not None and days > 40:
            row[f"date_{name}"] = draw(DAY)
    return row


@st.composite
def registers(draw: st.DrawFn) -> list[list[dict[str, str]]]:
    """Short series, most of them in the order of their dates, so that neighbours bound."""
    series = draw(st.lists(st.lists(rows(), min_size=1, max_size=4), min_size=3, max_size=8))
    for of_series in series:
        if draw(st.booleans()):
            of_series.sort(key=lambda row: row["date_received"])
    return series


def numbered(series: Sequence[Sequence[dict[str, str]]]) -> list[dict[str, str]]:
    return [
        {"registration_no": f"{number}/{1900 + place}", **row}
        for place, of_series in enumerate(series)
        for number, row in enumerate(of_series, start=1)
    ]


WINDOWS = [
    ("2024H1", ""),
    ("2024H1", "2024-05-10"),
    ("2024Q1", ""),
    ("2024Q1", "2024-06-30"),
    ("2024Q2", ""),
    ("2024", ""),
    ("2024-01", ""),
    ("2024-02", ""),
    ("2024-06", "2024-06-10"),
    ("2024-03-03..2024-04-20", ""),
]


@st.composite
def windows(draw: st.DrawFn) -> tuple[str, str]:
    """A period of some kind, or any range of days as of any day that it may be taken as of."""
    if draw(st.booleans()):
        return draw(st.sampled_from(WINDOWS))
    start, end = sorted((draw(st.dates(START, COMPLETE)), draw(st.dates(START, COMPLETE))))
    return f"{start}..{end}", draw(st.one_of(st.just(""), st.dates(start, COMPLETE).map(str)))


AGES = ("0-7", "8-14", "15-30", "31-60", "61+")
NUMERATORS = ("same_day", "within_service_standard", "overdue", "acknowledged_on_time")
DENOMINATORS = {
    "judged_by_standard": "within_service_standard",
    "judged_by_acknowledgement": "acknowledged_on_time",
}


def computed(measured: Measured, name: str, scope: str) -> float | None:
    if name in AGES:
        return value(measured, "pending_age", scope, "age", name)
    if name in NUMERATORS:
        return parts(measured, name, scope)[0]
    if name in DENOMINATORS:
        return parts(measured, DENOMINATORS[name], scope)[1]
    return value(measured, name, scope)


@given(series=registers(), some=st.lists(windows(), min_size=2, max_size=2))
@settings(max_examples=6, phases=WITHOUT_SHRINKING)
def test_the_figures_are_those_of_counting_one_by_one_and_agree_with_each_other(
    series: list[list[dict[str, str]]], some: list[tuple[str, str]], make: Maker
) -> None:
    cleaned = make.clean(numbered(series), STANDARDS)
    register: list[Grievance] = grievances(series)
    bounds = cleaned.cases[["date_received_earliest", "date_received_latest"]]
    assert [tuple(day.date() for day in row) for row in bounds.to_numpy(dtype=object)] == [
        (grievance.earliest, grievance.latest) for grievance in register
    ]
    for period, as_of in some:
        measured = cleaned.measure(period, as_of)
        require(cleaned.reconciled(measured, period, as_of))
        for scope, window in cleaned.scopes(period, as_of).windows().items():
            by_hand = count(register, window)
            assert {name: computed(measured, name, scope) for name in by_hand} == by_hand


def test_the_slow_count_begins_and_ends_with_the_sample(make: Maker) -> None:
    settings = make.project([]).settings
    assert (settings.grm_start, settings.complete_through) == (START, COMPLETE)


def straddling(cleaned: Cleaned, start: date, cut: date, end: date) -> list[str]:
    """Name the undated whose bounds lie on both sides of a cut and inside the whole."""
    earliest, latest = (cleaned.labelled[f"date_received_{name}"].dt.date for name in ("earliest", "latest"))
    across = (earliest >= start) & (earliest < cut) & (latest >= cut) & (latest <= end)
    return cleaned.labelled.loc[across, "registration_no"].tolist()


EVENTS = ("escalated", "appealed", "same_day")
"""Flows that are the numerators of rates; the denominator of the last is a flow too."""
CUTS = [("2024-04-01", "2024H1"), ("2024-02-01", "2024Q1"), ("2024-05-17", "2024Q2"), ("2024-03-02", "2024-03")]


@st.composite
def cuts(draw: st.DrawFn) -> tuple[str, str]:
    """A day, and a period that begins before it and ends no earlier."""
    if draw(st.booleans()):
        return draw(st.sampled_from(CUTS))
    start, day, end = sorted(draw(st.sets(st.dates(START, COMPLETE), min_size=3, max_size=3)))
    return str(day), f"{start}..{end}"


def in_two(cleaned: Cleaned, cut: tuple[str, str]) -> tuple[Measured, Measured, Measured]:
    """Measure both parts of a period and the whole; one as-of day for all, so that statuses are the same."""
    day, period = date.fromisoformat(cut[0]), Period.parse(cut[1])
    parts_and_whole = (f"{period.start}..{day - timedelta(days=1)}", f"{day}..{period.end}", period.label)
    first, second, both = (cleaned.measure(text, str(COMPLETE)) for text in parts_and_whole)
    return first, second, both


def flows_of(measured: Measured) -> dict[str, float]:
    counted = {name: value(measured, name) or 0 for name in FLOWS}
    return counted | {name: parts(measured, name)[0] for name in EVENTS} | {"timed": parts(measured, "same_day")[1]}


def added(one: dict[str, float], other: dict[str, float]) -> dict[str, float]:
    return {name: count + other[name] for name, count in one.items()}


@given(series=registers(), cut=cuts())
@settings(max_examples=6, phases=WITHOUT_SHRINKING)
def test_a_period_in_two_parts_is_the_period_but_for_what_straddles_the_cut(
    series: list[list[dict[str, str]]], cut: tuple[str, str], make: Maker
) -> None:
    cleaned = make.clean(numbered(series), STANDARDS)
    day, period = date.fromisoformat(cut[0]), Period.parse(cut[1])
    first, second, whole = in_two(cleaned, cut)
    across = straddling(cleaned, max(period.start, START), day, period.end)
    assert (value(first, "received") or 0) + (value(second, "received") or 0) + len(across) == value(whole, "received")
    # The package names them: as what straddles the cut, and as unplaced in each of the parts.
    both = [first.facts["period"], second.facts["period"]]
    assert straddlers(whole.facts["period"], both).tolist() == across
    for part in both:
        assert set(across) <= set(rows_behind(part, "unplaced"))
    assert added(flows_of(first), flows_of(second)) == flows_of(whole)
    assert value(first, "closing_stock") == value(second, "opening_stock")
    assert value(first, "opening_stock") == value(whole, "opening_stock")
    assert value(second, "closing_stock") == value(whole, "closing_stock")


DATED = rows().filter(lambda row: row["date_received"][:1] == "2")


@given(dated=st.lists(DATED, min_size=8, max_size=30), cut=cuts())
@settings(max_examples=5, phases=WITHOUT_SHRINKING)
def test_with_all_dates_stated_a_period_in_two_parts_is_the_period(
    dated: list[dict[str, str]], cut: tuple[str, str], make: Maker
) -> None:
    cleaned = make.clean(numbered([[row] for row in dated]), STANDARDS)
    first, second, whole = in_two(cleaned, cut)
    for name in ("received", "unrelated", "duplicate", "eligible", *STATUSES):
        assert (name, (value(first, name) or 0) + (value(second, name) or 0)) == (name, value(whole, name))
    assert added(flows_of(first), flows_of(second)) == flows_of(whole)
    for part in (first, second, whole):
        assert value(part, "unplaced") == 0
    assert straddlers(whole.facts["period"], [first.facts["period"], second.facts["period"]]).empty


@given(series=registers())
@settings(max_examples=2, phases=WITHOUT_SHRINKING)
def test_what_is_open_at_the_end_of_a_month_is_open_at_the_beginning_of_the_next(
    series: list[list[dict[str, str]]], make: Maker
) -> None:
    cleaned = make.clean(numbered(series))
    months = [cleaned.measure(f"2024-0{month}") for month in range(1, 7)]
    for month, following in pairwise(months):
        assert value(month, "closing_stock") == value(following, "opening_stock")
        assert value(following, "opening_stock") == value(following, "closing_stock", "previous")
        for name in ("received", "eligible", "closing_stock"):
            assert value(month, name) == value(following, name, "previous")


LIVES = {
    "Resolving": [],
    "Resolved": ["resolved"],
    "Rejected": ["closed"],
    "Withdrawn": ["closed"],
    "reopened": ["resolved", "reopened"],
    "resolved again": ["resolved", "reopened", "resolved_again"],
    "closed since": ["resolved", "reopened", "closed"],
}
"""What happened to a grievance, in order; its status is that of the last event."""
STATUS_AFTER = {"resolved": "Resolved", "reopened": "Resolving", "resolved_again": "Resolved", "closed": "Rejected"}


@st.composite
def lives(draw: st.DrawFn) -> tuple[dict[str, str], list[tuple[str, str]], str]:
    """Draw the cells that never change, the events with their days, and the status of an end without a solution."""
    life = draw(st.sampled_from(sorted(LIVES)))
    when = draw(st.dates(date(2024, 1, 15), date(2024, 6, 20)))
    cells = {"date_received": str(when), "channel": "email", "relation": draw(st.sampled_from(["", "", "Unrelated"]))}
    events = []
    for name in ["acknowledged", *LIVES[life]]:
        following = when + timedelta(days=draw(st.integers(0, 40)))
        when = when if name == "acknowledged" else following
        events.append((name, str(following)))
    return cells, events, life if life in ("Rejected", "Withdrawn") else "Rejected"


def as_it_stood(
    grievances: Sequence[tuple[dict[str, str], list[tuple[str, str]], str]], day: date
) -> list[dict[str, str]]:
    """Write the register as it was kept on a day."""
    register = []
    for number, (cells, events, closed) in enumerate(grievances, start=1):
        if cells["date_received"] <= str(day):
            happened = [(name, when) for name, when in events if when <= str(day)]
            status = "Resolving"
            for name, _ in happened:
                status = closed if name == "closed" else STATUS_AFTER.get(name, status)
            dates = {f"date_{name}": "" for name, _ in events} | {f"date_{name}": when for name, when in happened}
            register.append({"registration_no": f"1/{1900 + number}", "status": status, **cells, **dates})
    columns = {name for row in register for name in row} | {"date_resolved", "date_acknowledged"}
    return [dict.fromkeys(columns, "") | row for row in register]


@given(grievances=st.lists(lives(), min_size=10, max_size=25), as_of=st.dates(date(2024, 4, 1), date(2024, 6, 29)))
@settings(max_examples=4, phases=WITHOUT_SHRINKING)
def test_a_report_made_again_later_says_what_it_said(grievances, as_of: date, make: Maker) -> None:
    """Only later events were entered since: as of the past day every figure of the period is what it was."""
    before = make.clean(as_it_stood(grievances, as_of), STANDARDS | {"complete_through": str(as_of)})
    was = {period: before.measure(period).table for period in ("2024H1", "2024Q2")}
    since = make.clean(as_it_stood(grievances, COMPLETE), STANDARDS)
    for period, table in was.items():
        again = since.measure(period, str(as_of)).table
        pd.testing.assert_frame_equal(again, table)


def test_no_rows_give_figures_that_agree_for_every_kind_of_period(make: Maker) -> None:
    cleaned = make.clean([])
    for period, as_of in WINDOWS[::2]:
        measured = cleaned.measure(period, as_of)
        require(cleaned.reconciled(measured, period, as_of))
        counts = measured.table.query("unit == 'count' and state == 'stated'")["value"]
        assert (counts == 0).all()
        assert measured.table.query("unit == 'percent'")["value"].isna().all()
        assert not measured.table["state"].eq("below_minimum").any()


FAIR = [
    {"registration_no": "1/2024", "date_received": "2024-03-05", "channel": "email", "status": "Resolving", "type": ""},
    {"registration_no": "2/2024", "date_received": "2024-04-02", "channel": "phone", "status": "Resolving"},
    {"registration_no": "3/2024", "date_received": "2024-04-03", "channel": "email", "status": "Unrelated"},
    {"registration_no": "", "date_received": "2024-04-04", "channel": "email", "status": "Resolving"},
]


OFF_BY_ONE = {
    ("closing_stock", "period", "", ""): "stock_and_flow (period): 4 is not 3, the difference is 1;",
    ("received", "period", "", ""): "received_by_kind (period): 4 is not 3, the difference is 1;",
    ("eligible", "period", "", ""): "eligible_by_status (period): 3 is not 2, the difference is 1;",
    ("resolutions", "period", "", ""): "stock_and_flow (period): 3 is not 2, the difference is 1;",
    ("pending_age", "period", "", ""): "open_by_age (period): 3 is not 4, the difference is -1;",
    ("received", "period", "channel", "phone"): "received (period, by channel): 3 is not 4, the difference is -1;",
    ("eligible", "period", "type", "not_stated"): "eligible (period, by type): 2 is not 3, the difference is -1;",
    ("received", "period", "month", "2024-04"): "received (period, by month): 3 is not 4, the difference is -1;",
    ("pending_age", "period", "age", "0-7"): "pending_age (period, by age): 3 is not 4, the difference is -1;",
    ("closing_stock", "cumulative", "", ""): "stock_and_flow (cumulative): 4 is not 3, the difference is 1;",
    ("opening_stock", "period", "", ""): "opening_is_former_closing (period): 2 is not 1, the difference is 1;",
}


def test_a_figure_that_is_off_by_one_stops_the_run(make: Maker) -> None:
    cleaned = make.clean(FAIR)
    measured = cleaned.measure("2024-04")
    keys = measured.table.set_index(["indicator", "scope", "dimension", "member"]).index
    for key, sentence in OFF_BY_ONE.items():
        table = measured.table.assign(value=measured.table["value"] + (keys == key))
        with pytest.raises(ReconciliationError) as refusal:
            require(cleaned.reconciled(Measured(table, measured.facts), "2024-04"))
        assert sentence in str(refusal.value)
        assert "no report is made" in str(refusal.value)
        assert refusal.value.exit_code == 1


BREAKING = [
    ("is_open_after", 1, "stock_and_flow", "2/2024"),
    ("is_eligible", 1, "received_by_kind", "2/2024"),
    ("is_received", 2, "received_by_kind", "3/2024"),
    ("is_open_after", 3, "stock_and_flow", "row 5"),
    ("is_before", 0, "every_row_has_a_place", "1/2024"),
    ("is_open_before", 0, "opening_is_former_closing", "1/2024"),
]


def test_rows_that_break_an_identity_are_named(make: Maker) -> None:
    """A fact of one row turned round, and the figures with it, as a mistake in the program would do."""
    cleaned = make.clean(FAIR)
    measured = cleaned.measure("2024-04")
    for fact, row, check, named in BREAKING:
        facts = measured.facts["period"].copy()
        facts.loc[row, fact] = not facts.loc[row, fact]
        table = measured.table.copy()
        for name, of_row in COUNTS.items():
            headline = (table["indicator"] == name) & (table["scope"] == "period") & (table["dimension"] == "")
            table.loc[headline & table["value"].notna(), "value"] = float(of_row(facts).sum())
        with pytest.raises(ReconciliationError) as refusal:
            require(cleaned.reconciled(Measured(table, {**measured.facts, "period": facts}), "2024-04"))
        (told,) = [line for line in str(refusal.value).splitlines() if line.startswith(f"{check} (period):")]
        assert told.endswith(f"rows that break it: {named}.")


def test_an_annex_of_another_length_stops_the_run(make: Maker) -> None:
    cleaned = make.clean(FAIR)
    measured = cleaned.measure("2024-04")
    checks = cleaned.reconciled(measured, "2024-04")
    require(checks)
    annex = checks["check"] == "annex"
    assert checks.loc[annex, ["left", "right"]].to_numpy().tolist() == [[2, 2]]


def test_every_identity_is_checked_for_every_scope(make: Maker) -> None:
    checks = make.clean(FAIR).checks("2024-04")
    headline = checks[checks["dimension"] == ""]
    for scope in ("period", "previous", "cumulative"):
        assert {
            "stock_and_flow",
            "received_by_kind",
            "eligible_by_status",
            "every_row_has_a_place",
            "open_by_age",
        } <= set(headline.loc[headline["scope"] == scope, "check"])
    assert {"annex", "opening_is_former_closing", "closing_is_cumulative_closing"} <= set(headline["check"])
    assert "received_since_the_start" in set(headline["check"])
    assert {"channel", "type", "status", "month", "age", "working_days"} <= set(checks["dimension"])
    for scope in ("period", "previous", "cumulative"):
        for dimension in ("channel", "type", "status", "month"):
            made = checks[(checks["scope"] == scope) & (checks["dimension"] == dimension)]["check"]
            identities = {"stock_and_flow", "received_by_kind", "eligible_by_status"}
            identities |= {"status_is_headline"} if dimension == "status" else set()
            assert set(made) == {*DIMENSIONS[dimension], *identities}
    assert set(STOCK_AND_FLOW) <= set(COUNTS)


def test_a_large_register_goes_through(make: Maker) -> None:
    """Twenty thousand rows: the same code, no row lost, figures as counted here."""
    days = pd.date_range("2024-01-15", "2024-06-30")
    made = [
        {
            "registration_no": f"{n}/2024",
            "date_received": str(days[n * len(days) // 20_000].date()),
            "channel": ("email", "phone")[n % 2],
            "status": ("Resolved", "Unrelated", "Resolving")[n % 3],
            "date_resolved": str(days[n * len(days) // 20_000].date()) if n % 3 == 0 else "",
            "type": "Question",
            "complainant": f"Person{n} Family{n}",
            "summary": f"Person{n} asks",
        }
        for n in range(20_000)
    ]
    cleaned = make.clean(made[1:])
    measured = cleaned.measure("2024H1")
    assert value(measured, "received") == 19_999
    assert value(measured, "unrelated") == sum(n % 3 == 1 for n in range(1, 20_000))
    assert value(measured, "closing_stock") == sum(n % 3 == 2 for n in range(1, 20_000))
    assert cleaned.cases["summary_public"].eq("[person] asks").all()
    require(cleaned.checks("2024H1"))

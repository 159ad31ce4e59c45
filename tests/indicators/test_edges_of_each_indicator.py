"""Every indicator on registers of a dozen rows that lie on its edges; the arithmetic stands beside each figure.

April 2024 has no holiday in Mongolia: 1, 8, 15, 22 and 29 April are Mondays.
"""

from __future__ import annotations

from dataclasses import dataclass

import pytest
from making import Cleaned, Maker, members, parts, state, value

from pipeline.indicators.computation import COUNTS, DURATIONS, INTERNAL, PER_1000, RATES, Measured, rows_behind
from pipeline.indicators.definitions import STATISTICS, definitions
from pipeline.indicators.reconciliation import require
from pipeline.period import Period

Row = dict[str, str]


def row(number: str, received: str, status: str, resolved: str = "", **cells: str) -> Row:
    number = number if "/" in number else f"{number}/2024"
    base = {"registration_no": number, "date_received": received, "channel": "email", "status": status}
    return {**base, "type": "Complaint", "date_resolved": resolved, **cells}


@dataclass(frozen=True)
class Worked:
    """A register, the window in which it is counted, and the figures worked out by hand."""

    rows: list[Row]
    period: str
    counts: dict[str, float | None]
    rates: dict[str, tuple[int, int]]
    as_of: str = ""
    changes: str = ""
    scope: str = "period"


RECEIPTS = Worked(
    period="2024-04",
    rows=[
        row("1", "2024-01-10", "Unrelated", referred_to="x", is_anonymous="yes"),  # before the mechanism began
        # The day before: opening stock; resolved after the as-of day.
        row("2", "2024-03-31", "Resolved", "2024-05-06", is_anonymous="yes"),
        row("3", "2024-04-01", "Resolved", "2024-04-01", is_anonymous="yes"),  # the first day
        row("4", "", "Unrelated", referred_to="Ministry", is_anonymous="yes"),  # between 1 and 10 April: in
        row("5", "2024-04-10", "Duplicate"),
        row("6", "2024-04-10", "Resolved", "2024-04-12", relation="Unrelated"),  # unrelated by its relation
        row("7", "2024-04-30", "Withdrawn", date_closed="2024-04-30", type="Quest"),  # the last day, of unknown type
        row("8", "", "Resolving"),  # between 30 April and 3 May: across the border
        row("9", "2024-05-03", "Resolved", "2024-05-03"),  # after
        row("1/2023", "", "Resolving"),  # between 15 January and 5 April: across the border, enters in April
        # A channel that is not known; reopened.
        row("2/2023", "2024-04-05", "Resolving", "2024-04-08", channel="fax", date_reopened="2024-04-09"),
    ],
    counts={
        "received": 6,  # 3, 4, 5, 6, 7, 2/2023
        "unplaced": 2,  # 8, 1/2023
        "unrelated": 2,  # 4, 6
        "duplicate": 1,  # 5
        "eligible": 3,  # 6 - 2 - 1: 3, 7, 2/2023
        "in_progress": 1,  # 2/2023
        "resolved": 1,  # 3
        "rejected": 0,
        "withdrawn": 1,  # 7
        "status_not_stated": 0,
        "opening_stock": 1,  # 2
        "entered_unplaced": 1,  # 1/2023, latest on 5 April; 8 enters in May
        "reopenings": 1,  # 2/2023
        "resolutions": 2,  # 3, 2/2023; 6 is unrelated
        "closed_otherwise": 1,  # 7
        "ended_undated": 0,
        "closing_stock": 3,  # 1 + 3 + 1 + 1 - 2 - 1 - 0: 2, 1/2023, 2/2023
    },
    rates={
        "resolution_rate": (1, 2),  # 3 of 3 eligible less 1 withdrawn
        "resolution_rate_all": (1, 6),
        "clearance_ratio": (2, 3),
        "unrelated_referred": (1, 2),  # 4 of 4, 6
        "anonymous": (2, 6),  # 3, 4
        # Eight rows, six received and two unplaced, of four cells: blank are three dates and one channel.
        "register_completeness": (28, 32),
    },
)

ENDS = Worked(
    period="2024-04",
    as_of="2024-04-20",
    rows=[
        # Received before the mechanism began and still open: in the stock, in no period's receipts.
        row("1", "2024-01-10", "Resolving", date_escalated="2024-04-02"),
        row("2", "2024-03-05", "Resolved", "2024-04-02", date_appealed="2024-04-10"),
        row("3", "2024-03-06", "Resolving", "2024-03-08", date_reopened="2024-04-03"),  # closed at the beginning
        row("4", "2024-04-01", "Resolved", "2024-04-01", date_reopened="2024-04-05", date_resolved_again="2024-04-12")
        | {"date_appealed": "2024-04-04"},
        row("5", "2024-04-01", "Resolved", "2024-04-22", date_appealed="2024-04-25"),  # both after the as-of day
        row("6", "2024-04-02", "Rejected", date_closed="2024-04-20", type="Quest"),  # on the as-of day; unknown type
        row("7", "2024-04-02", "Withdrawn", date_closed="2024-04-21"),  # the day after: open then
        row("8", "2024-04-03", "Pendng", "2024-04-04", date_escalated="2024-04-10"),  # unknown: its date does not count
        row("9", "2024-04-04", "Resolved"),  # ended without a date
        row("10", "2024-04-05", "Duplicate", date_escalated="2024-04-06"),
        row("11", "2024-04-08", "Resolving", "2024-04-09"),  # a date that the status contradicts
        row("12", "2024-04-21", "Resolving", date_escalated="2024-04-22"),  # received after the as-of day
    ],
    counts={
        "received": 8,  # 4 to 11
        "eligible": 7,  # without 10
        "in_progress": 3,  # 5, 7, 11
        "resolved": 2,  # 4, 9
        "rejected": 1,  # 6
        "withdrawn": 0,
        "status_not_stated": 1,  # 8
        "opening_stock": 2,  # 1, 2
        "reopenings": 2,  # 3, 4
        "resolutions": 3,  # 2, 4 twice
        "closed_otherwise": 1,  # 6
        "ended_undated": 1,  # 9
        "closing_stock": 6,  # 2 + 7 + 0 + 2 - 3 - 1 - 1: 1, 3, 5, 7, 8, 11
        "pending_age": 6,
    },
    rates={
        "resolution_rate": (2, 7),  # nobody has withdrawn yet
        "resolution_rate_all": (2, 8),
        "clearance_ratio": (3, 7),
        "escalated": (2, 7),  # 1, 8; 10 is a duplicate
        "appealed": (2, 3),  # 2, 4
    },
)

MORE_FLOW_THAN_INTAKE = Worked(
    period="2024-05",
    rows=[
        # Received before the mechanism began.
        row("1", "2024-01-10", "Resolved", "2024-05-02", date_appealed="2024-05-03", date_escalated="2024-05-02"),
        row("2", "2024-04-01", "Resolved", "2024-05-02", date_appealed="2024-05-03", date_escalated="2024-05-02"),
        row("3", "2024-04-01", "Resolved", "2024-04-30", date_appealed="2024-05-03", date_escalated="2024-05-02"),
        row("4", "2024-04-01", "Withdrawn", date_closed="2024-05-02", date_appealed="2024-05-04"),
        row("5", "2024-05-06", "Resolved", "2024-06-03", type="Quest"),  # unknown type; resolved after the as-of day
        row("6", "2024-05-06", "Unrelated", date_appealed="2024-05-07"),
        row("7", "2024-04-02", "Resolving", "2024-04-02", date_reopened="2024-05-08"),  # the same day, then reopened
    ],
    counts={
        "received": 2,  # 5, 6
        "eligible": 1,  # 5
        "resolutions": 2,  # 1, 2
        "reopenings": 1,  # 7
        "closed_otherwise": 1,  # 4
        "opening_stock": 3,  # 1, 2, 4
        "closing_stock": 2,  # 3 + 1 + 0 + 1 - 2 - 1 - 0: 5, 7
    },
    rates={
        "clearance_ratio": (2, 1),  # 200 for every hundred
        "escalated": (3, 1),  # 1, 2, 3
        "appealed": (4, 2),  # 1, 2, 3, 4
    },
)

DURATION = Worked(
    period="2024-04",
    rows=[
        # Thursday 7 March to Tuesday 2 April: 11-15, 18-22, 25-29 March, 1-2 April; 8 March is a holiday.
        row("1", "2024-03-07", "Resolved", "2024-04-02"),  # 17 working days, 26 days
        row("2", "2024-04-01", "Resolved", "2024-04-01"),  # 0, 0: the same day
        row("3", "2024-04-05", "Resolved", "2024-04-07", type="Quest"),  # Friday to Sunday: 0, 2; of an unknown type
        row("4", "2024-04-06", "Resolved", "2024-04-08"),  # Saturday to Monday: 0, 2
        row("5", "2024-04-09", "Resolved", "2024-04-12", date_reopened="2024-04-15", date_resolved_again="2024-04-26"),
        # 5: 3, 3 to the first resolution
        row("6", "2024-04-10", "Resolved", "2024-04-09"),  # before its receipt: undefined
        row("7", "2024-04-11", "Resolved", "2024-04-11", relation="Unrelated"),  # not admissible
        row("8", "2024-04-12", "Withdrawn", date_closed="2024-04-12"),  # no resolution
        row("9", "2024-04-29", "Resolved", "2024-05-02"),  # resolved after the period
        row("1/2023", "", "Resolved", "2024-04-10"),  # no date of receipt
        row("1/2022", "2024-01-10", "Resolved", "2024-03-29"),  # before the mechanism began, resolved before the period
    ],
    counts={
        "resolutions": 7,  # 1, 2, 3, 4, 5 twice, 1/2023
        "resolution_working_days_n": 5,  # 0, 0, 0, 3, 17
        "resolution_working_days_mean": 4,  # 20 / 5
        "resolution_working_days_median": 0,
        "resolution_working_days_p90": 11.4,  # 3 + 0.6 × 14
        "resolution_working_days_max": 17,
        "resolution_calendar_days_n": 5,  # 0, 2, 2, 3, 26
        "resolution_calendar_days_mean": 6.6,  # 33 / 5
        "resolution_calendar_days_median": 2,
        "resolution_calendar_days_p90": 16.8,  # 3 + 0.6 × 23
        "resolution_calendar_days_max": 26,
    },
    rates={"same_day": (1, 5)},
)

STANDARDS = Worked(
    period="2024-04",
    changes="standards",
    rows=[
        # Two working days to acknowledge, five to resolve a complaint, ten to resolve a question.
        row(
            "1", "2024-04-01", "Resolved", "2024-04-08", date_acknowledged="2024-04-03", severity="grave"
        ),  # both on the last day
        row(
            "2", "2024-04-01", "Resolved", "2024-04-09", date_acknowledged="2024-04-04", severity="worst"
        ),  # both a day late
        row("3", "2024-04-01", "Resolved", "2024-04-15", type="Question", severity="mild", date_reopened="2024-04-16")
        | {"date_resolved_again": "2024-04-29"},  # the first time within ten, and that counts; never acknowledged
        row(
            "4", "2024-04-02", "Resolving", channel="website", date_due="2024-04-05"
        ),  # nobody to answer; past its own due date
        row("5", "2024-04-02", "Resolved", "2024-04-10", channel="website", date_due="2024-04-10")
        | {"complainant_contact": "9911", "date_acknowledged": "2024-04-02"},  # its own due date gives a day more
        row("6", "2024-04-03", "Withdrawn", date_closed="2024-04-04"),  # never acknowledged
        row("7", "", "Resolved", "2024-04-12"),  # received between 3 and 12 April, so due between 10 and 19 April
        row(
            "8", "2024-04-13", "Resolved", "2024-04-22", date_acknowledged="2024-04-17"
        ),  # Saturday: counts from Monday
        row("9", "2024-04-22", "Resolving", severity="worst"),  # due 29 April, the day before the as-of day
        row(
            "10", "2024-04-23", "Resolving", date_acknowledged="2024-04-25", severity="grave"
        ),  # due 30 April, the as-of day
        row("11", "2024-04-24", "Resolved", "2024-05-06", date_acknowledged="2024-05-02"),  # both after the as-of day
        row("12", "2024-04-29", "Resolving", type="Quest"),  # to be acknowledged by 1 May; of an unknown type
    ],
    counts={
        "severe": 4,  # 1, 2, 9, 10: grave or worse
        "pending_age": 5,  # 4: 28 days, 9: 8, 10: 7, 11: 6, 12: 1
    },
    rates={
        # In time 1, 5, 8, 10; late 2; not at all and past it 3, 6, 7 (16 April at the latest), 9, 11. Not judged: 4 (no
        # contact), 12.
        "acknowledged_on_time": (4, 10),
        # In time 1, 3, 5, 8; late 2; not for certain in time 7; open and past due 4, 9. Not judged: 6, 10 (due that
        # day), 11 (due 1 May), 12.
        "within_service_standard": (4, 8),
        "overdue": (2, 5),  # 4, 9 of 4, 9, 10, 11, 12
        "severe_within_service_standard": (1, 3),  # 1 of 1, 2, 9; 10 is not due before the as-of day
    },
)

ANSWERS = Worked(
    period="2024H1",
    rows=[
        row("1", "2024-01-10", "Resolved", "2024-01-12", satisfaction="dissatisfied", is_benefit_related="yes"),
        # 1: before the mechanism began
        row(
            "2",
            "2024-04-01",
            "Resolved",
            "2024-04-01",
            satisfaction="satisfied",
            date_outcome_communicated="2024-04-02",
        )
        | {"is_benefit_related": "yes"},
        row(
            "3",
            "2024-04-01",
            "Resolved",
            "2024-04-01",
            satisfaction="satisfied",
            date_outcome_communicated="2024-04-01",
        ),
        row("4", "2024-04-01", "Resolved", "2024-04-01", satisfaction="dissatisfied"),
        row("5", "2024-04-01", "Resolved", "2024-04-01", satisfaction="no_answer", type="Quest"),  # of an unknown type
        row("6", "2024-04-01", "Resolving", satisfaction="not_asked", is_benefit_related="yes"),
        row("7", "2024-04-01", "Resolved", "2024-04-01", is_benefit_related="no", date_reopened="2024-04-02")
        | {"date_resolved_again": "2024-04-03"},
        row("8", "2024-04-01", "Unrelated", satisfaction="satisfied", is_benefit_related="yes"),
        row("9", "2024-04-01", "Resolved", "2024-04-01", channel="website"),  # nobody to tell
        # Told after the day through which the register is complete.
        row(
            "10",
            "2024-06-27",
            "Resolved",
            "2024-06-28",
            date_outcome_communicated="2024-07-02",
            is_benefit_related="yes",
        ),
        row("11", "2024-06-27", "Resolved", "2024-07-01", is_benefit_related="yes"),  # not resolved by then
        row("12", "2024-06-03", "Withdrawn", date_closed="2024-06-05", satisfaction="dissatisfied")
        | {"is_benefit_related": "yes"},
    ],
    counts={"satisfaction_no_answer": 1, "satisfaction_not_asked": 1},  # 5, 6
    rates={
        "satisfied": (2, 4),  # 2, 3 of 2, 3, 4, 12
        "outcome_communicated": (2, 6),  # 2, 3 of 2, 3, 4, 5, 7, 10
    },
)

BENEFITS = Worked(
    # The World Bank's indicator is cumulative: 6 and 10 of 2024H1, and 2, count in the quarter's report, too.
    period="2024Q2",
    scope="cumulative",
    # Without 9, which is not benefit-related.
    rows=[
        *ANSWERS.rows[:8],
        *ANSWERS.rows[9:],
        row("1/2023", "2024-02-01", "Resolved", "2024-02-01", is_benefit_related="yes"),
    ],
    counts={},
    # 1 was received before the mechanism began, and counts: 1, 2, 10, 1/2023 of 1, 2, 6, 10, 11, 12, 1/2023.
    rates={"benefit_grievances_addressed": (4, 7)},
)

LATE_AND_EARLY = Worked(
    period="2024-04",
    changes="standards",
    rows=[
        row("1", "2024-01-10", "Resolving", severity="worst", date_acknowledged="2024-01-11"),  # before the mechanism
        row("2", "2024-04-01", "Resolved", "2024-04-01", severity="grave", date_acknowledged="2024-04-01"),  # same day
        # Reopened and not ended since: in progress, and past due since 9 April.
        row("3", "2024-04-02", "Resolving", "2024-04-03", severity="grave", date_reopened="2024-04-04"),
        row("4", "2024-04-02", "Resolved", "2024-05-02", severity="worst", date_acknowledged="2024-04-04"),  # after A
        row("5", "2024-04-03", "Withdrawn", date_closed="2024-04-30", severity="grave", date_acknowledged="2024-04-09"),
        row("6", "2024-04-24", "Resolving", type="Quest", severity="grave"),  # unknown type: five days, to 1 May
        row("7", "2024-04-03", "Unrelated", severity="worst"),
        row("8", "2024-04-04", "Resolved", "2024-04-11", severity="fierce", date_acknowledged="2024-04-04"),  # unknown
    ],
    counts={
        "severe": 5,  # 2, 3, 4, 5, 6
        "pending_age": 4,  # 1: 111 days, 3: 28, 4: 28, 6: 6
        "opening_stock": 1,  # 1
        "closing_stock": 4,  # 1 + 6 + 0 + 1 - 3 - 1 - 0: 1, 3, 4, 6
        "reopenings": 1,  # 3
        "resolutions": 3,  # 2, 3, 8
    },
    rates={
        # In time 2, 4, 8; late 5; not at all and past it 3, 6 (due 26 April).
        "acknowledged_on_time": (3, 6),
        "within_service_standard": (2, 4),  # in time 2, 8; open and past due 3, 4; 5 was withdrawn, 6 is not due
        "overdue": (3, 4),  # 1 (since 17 January), 3, 4 of 1, 3, 4, 6
        "severe_within_service_standard": (1, 3),  # 2 of 2, 3, 4
        "same_day": (1, 3),  # 2 of 2, 3, 8
    },
)

ALL = {
    "late and early": LATE_AND_EARLY,
    "receipts": RECEIPTS,
    "ends": ENDS,
    "more flow than intake": MORE_FLOW_THAN_INTAKE,
    "durations": DURATION,
    "standards": STANDARDS,
    "answers": ANSWERS,
    "benefits": BENEFITS,
}
CHANGES = {
    "minimum_n": "1",
    "severities": "[mild, grave, worst]",
    "severe_from": "grave",
    "service_standards": "{acknowledgement: {days: 2}, resolution: {days: 5, by_type: {question: 10}}}",
}


def cleaned(make: Maker, worked: Worked) -> Cleaned:
    return make.clean(worked.rows, CHANGES)


@pytest.mark.parametrize("name", ALL)
def test_the_figures_are_those_worked_out_by_hand(make: Maker, name: str) -> None:
    worked = ALL[name]
    register = cleaned(make, worked)
    measured = register.measure(worked.period, worked.as_of)
    found = {indicator: value(measured, indicator, worked.scope) for indicator in worked.counts}
    assert found == pytest.approx(worked.counts)
    assert {indicator: parts(measured, indicator, worked.scope) for indicator in worked.rates} == worked.rates
    for indicator, (numerator, denominator) in worked.rates.items():
        assert value(measured, indicator, worked.scope) == pytest.approx(100 * numerator / denominator)
    require(register.reconciled(measured, worked.period, worked.as_of))


def test_every_indicator_was_worked_out_by_hand() -> None:
    found = {name for worked in ALL.values() for name in (*worked.counts, *worked.rates)}
    ids = {f"{name}_{part}" for name in DURATIONS for part in STATISTICS}
    # The sensitive ones are measured apart: tests/indicators/test_sensitive.py.
    # Counts for every thousand are worked out below.
    assert found == (set(definitions()) - {*DURATIONS, *INTERNAL, *PER_1000}) | ids


def day(text: str) -> str:
    return text if text[:1] == "2" else ""


def edges(worked: Worked) -> set[str]:
    """Say which of the usual edges a register holds."""
    as_of = worked.as_of or str(Period.parse(worked.period).end)
    found = set()
    for cells in worked.rows:
        received, resolved = cells["date_received"], cells["date_resolved"]
        found |= {"same day"} if received and received == resolved and cells["status"] in ENDED else set()
        found |= {"resolved after the as-of day"} if day(received) and received <= as_of < day(resolved) else set()
        found |= {"reopened"} if cells.get("date_reopened") else set()
        found |= {"withdrawn"} if cells["status"] == "Withdrawn" else set()
        found |= {"unknown type"} if cells["type"] == "Quest" else set()
        found |= {"received before the start"} if day(received) and received < "2024-01-15" else set()
    return found


ENDED = ("Resolved", "Resolving", "Withdrawn")
EDGES = {
    "same day",
    "resolved after the as-of day",
    "reopened",
    "withdrawn",
    "unknown type",
    "received before the start",
}


def test_every_indicator_was_worked_out_on_registers_that_hold_every_edge() -> None:
    """Six to twelve rows each; that a rate over nothing is none is tested for all of them below."""
    for name, worked in ALL.items():
        assert 6 <= len(worked.rows) <= 12, name
    held: dict[str, set[str]] = {}
    for worked in ALL.values():
        for indicator in (*worked.counts, *worked.rates):
            held[indicator] = held.get(indicator, set()) | edges(worked)
    assert {indicator: EDGES - found for indicator, found in held.items() if EDGES - found} == {}


BENEFICIARIES = (
    "{total: 2000, source: census, date: 2024-01-01, by_location: {Upper Bay: 500, Far Side: 8}, "
    "by_sex: {female: 1000}, by_vulnerable_group: {herders: 250}}"
)


def per_1000(measured: Measured, dimension: str = "", scope: str = "period") -> list[tuple[object, ...]]:
    rows = measured.table.query(
        "indicator == 'received_per_1000_beneficiaries' and dimension == @dimension and scope == @scope"
    )
    shown = rows[["member", "numerator", "denominator", "value", "state"]].astype("object")
    return [tuple(row) for row in shown.where(shown.notna(), None).to_numpy()]


def test_receipts_are_related_to_the_beneficiaries_whose_number_is_given(make: Maker) -> None:
    rows = [
        row("1", "2024-03-29", "Resolved", "2024-04-01", location="Upper Bay"),  # before April
        row("2", "2024-04-01", "Resolved", "2024-04-01", location="upper  BAY", complainant_sex="Female"),
        row("3", "2024-04-02", "Unrelated", location="Lower Bay", vulnerable_group="Herders"),
        row("4", "2024-04-30", "Resolving"),
        row("5", "2024-05-02", "Resolving", location="Upper Bay", vulnerable_group="single parent"),  # after
    ]
    measured = make.clean(rows, {"beneficiaries": BENEFICIARIES}).measure("2024-04")
    # Received in April: 2, 3, 4. 3 of 2,000 are 1.5 of 1,000.
    assert per_1000(measured) == [("", 3, 2000, 1.5, "stated")]
    # 4 since the start: 1 to 4. 4 / 2,000 x 1,000 = 2.
    assert per_1000(measured, scope="cumulative") == [("", 4, 2000, 2.0, "stated")]
    # 2 is of Upper Bay however it is written; nothing came from the Far Side, whose 8 are below minimum_n.
    assert per_1000(measured, "location") == [
        ("Upper Bay", 1, 500, 2.0, "stated"),
        ("Far Side", 0, 8, None, "below_minimum"),
    ]
    assert per_1000(measured, "sex") == [("female", 1, 1000, 1.0, "stated")]
    assert per_1000(measured, "vulnerable_group") == [("herders", 1, 250, 4.0, "stated")]
    assert members(measured, "received", "location") == {"Far Side": 0, "Lower Bay": 1, "Upper Bay": 1, "not_stated": 1}
    assert members(measured, "received", "vulnerable_group") == {"herders": 1, "not_stated": 2}
    assert members(measured, "eligible", "vulnerable_group") == {"herders": 0, "not_stated": 2}
    facts = measured.facts["period"]
    assert rows_behind(facts, "received_per_1000_beneficiaries").tolist() == ["2/2024", "3/2024", "4/2024"]


def test_without_a_number_of_beneficiaries_nothing_is_related_to_them(make: Maker) -> None:
    measured = make.clean([row("1", "2024-04-01", "Resolving")]).measure("2024-04")
    assert per_1000(measured) == [("", None, None, None, "not_available")]
    assert per_1000(measured, "location") == []


def test_a_breakdown_that_the_register_lacks_is_not_related_to_beneficiaries(make: Maker) -> None:
    rows = [row("1", "2024-04-01", "Resolving", location="Upper Bay")]
    measured = make.clean(rows, {"beneficiaries": BENEFICIARIES}).measure("2024-04")
    assert per_1000(measured, "sex") == []
    assert len(per_1000(measured, "location")) == 2


def test_the_classes_of_days_are_disjoint_and_exhaustive(make: Maker) -> None:
    durations = cleaned(make, DURATION).measure("2024-04")
    classes = members(durations, "resolution_working_days_n", "working_days")
    assert {name: count for name, count in classes.items() if count} == {"0": 3, "3": 1, "16-20": 1}
    assert list(classes) == ["0", "1", "2", "3", "4", "5", "6-10", "11-15", "16-20", "21-30", "31-60", "61+"]
    standards = cleaned(make, STANDARDS).measure("2024-04")
    assert members(standards, "pending_age", "age") == {"0-7": 3, "8-14": 1, "15-30": 1, "31-60": 0, "61+": 0}


def test_each_bucket_of_ages_ends_where_the_next_begins(make: Maker) -> None:
    # Ages at the end of June: 0, 7, 8, 14, 15, 30, 31, 60, 61 days.
    days = ["06-30", "06-23", "06-22", "06-16", "06-15", "05-31", "05-30", "05-01", "04-30"]
    rows = [row(f"{number}/2023", f"2024-{day}", "Resolving") for number, day in enumerate(reversed(days), start=1)]
    measured = make.clean(rows).measure("2024H1")
    assert members(measured, "pending_age", "age") == {"0-7": 2, "8-14": 2, "15-30": 2, "31-60": 2, "61+": 1}
    own = make.clean(rows, {"pending_age_days": "[0, 30]"}).measure("2024H1")
    assert members(own, "pending_age", "age") == {"0": 1, "1-30": 5, "31+": 3}


def test_counts_by_member_list_every_member_and_not_stated(make: Maker) -> None:
    rows = [
        row("1", "2024-04-01", "Resolved", "2024-04-01", topic="roads", location="A", complainant_sex="f"),
        row("2", "2024-04-01", "Unrelated", topic="water", location="A"),
        row("3", "2024-04-02", "Pendng", type="Quest", channel="fax", topic="roads"),
        row("4", "2024-03-29", "Resolving", topic="air"),
        row("5", "", "Duplicate", location="B"),
    ]
    measured = make.clean(rows).measure("2024-04")

    def given(indicator: str, dimension: str) -> dict[str, int]:
        return {name: count for name, count in members(measured, indicator, dimension).items() if count}

    # 5 lies between 29 March and 30 June: unplaced in April.
    assert given("received", "topic") == {"roads": 2, "water": 1}
    assert given("eligible", "topic") == {"roads": 2}
    assert given("received", "location") == {"A": 2, "not_stated": 1}
    assert given("received", "sex") == {"f": 1, "not_stated": 2}
    assert given("received", "status") == {"resolved": 1, "unrelated": 1, "not_stated": 1}
    assert given("eligible", "type") == {"complaint": 1, "not_stated": 1}
    assert given("eligible", "channel") == {"email": 1, "not_stated": 1}
    assert given("received", "month") == {"2024-04": 3}
    assert list(members(measured, "received", "channel")) == [
        "in_person",
        "email",
        "phone",
        "facebook_comment",
        "website",
        "not_stated",
    ]


def test_a_rate_over_nothing_is_not_applicable_and_never_zero(make: Maker) -> None:
    # One unrelated grievance of January gives every column; in June nothing happened.
    needed = {name: "" for definition in definitions().values() for name in definition.needs}
    measured = make.clean([row("1", "2024-01-20", "Unrelated", **needed)], CHANGES).measure("2024-06", "2024-06-30")
    for indicator in RATES:
        scope = "cumulative" if indicator == "benefit_grievances_addressed" else "period"
        assert (indicator, parts(measured, indicator, scope)) == (indicator, (0, 0))
        assert (indicator, value(measured, indicator, scope)) == (indicator, None)
        rates = measured.table.query("indicator == @indicator and scope == @scope")
        assert rates["state"].tolist() == ["not_applicable"]


def test_over_nothing_every_count_is_nought_and_no_duration_is_given(make: Maker) -> None:
    needed = {name: "" for definition in definitions().values() for name in definition.needs}
    measured = make.clean([row("1", "2024-01-20", "Unrelated", **needed)], CHANGES).measure("2024-06", "2024-06-30")
    for indicator in (*COUNTS, "pending_age"):
        assert (indicator, value(measured, indicator)) == (indicator, 0)
    for duration in DURATIONS:
        assert value(measured, f"{duration}_n") == 0
        for statistic in STATISTICS[1:]:
            assert (statistic, value(measured, f"{duration}_{statistic}")) == (statistic, None)
            assert state(measured, f"{duration}_{statistic}") == "not_applicable"


@pytest.mark.parametrize(("number", "expected"), [(9, ("below_minimum", None)), (10, ("stated", 50.0))])
def test_below_ten_no_percentage_is_given_and_from_ten_on_it_is(
    make: Maker, number: int, expected: tuple[str, float | None]
) -> None:
    rows = [
        row(f"{n}", "2024-04-01", *(("Resolved", "2024-04-01") if n <= 5 else ("Resolving",)))
        for n in range(1, number + 1)
    ]
    measured = make.clean(rows).measure("2024-04")
    assert parts(measured, "resolution_rate") == (5, number)
    assert (state(measured, "resolution_rate"), value(measured, "resolution_rate")) == expected

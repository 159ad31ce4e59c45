"""What the sections say: it holds at zero, captions tell apart, and nothing is promised that is not done."""

from __future__ import annotations

import dataclasses
import re
from html import unescape
from types import SimpleNamespace

import pytest
from making import Maker

from pipeline.errors import InputError
from pipeline.project import load_project
from pipeline.reporting import annex, commentary, narrative
from pipeline.reporting.changes import beside_previous
from pipeline.reporting.charts import Charts
from pipeline.reporting.numbers import Numbers
from pipeline.reporting.report import Report
from pipeline.reporting.summary import Summary
from pipeline.reporting.words import words_for
from pipeline.stage import Stage, open_stage

ENGLISH = words_for("en")


def row(number: int, received: str, status: str, resolved: str = "", **cells: str) -> dict[str, str]:
    base = {"registration_no": f"{number}/2024", "date_received": received, "channel": "email", "type": "Complaint"}
    return {**base, "status": status, "date_resolved": resolved, **cells}


def paragraphs(make: Maker, rows: list[dict[str, str]], period: str = "2024-04") -> str:
    cleaned = make.clean(rows)
    numbers = Numbers(cleaned.measure(period).table, ENGLISH)
    return words_of("\n".join(narrative.paragraphs(numbers, ENGLISH, cleaned.project, cleaned.scopes(period))))


def words_of(html: str) -> str:
    """Return the words; a link parts none."""
    return re.sub(r"\s+", " ", unescape(re.sub(r"<[^>]+>", " ", re.sub(r"</?a\b[^>]*>", "", html))))


OPEN, CLOSED_IN_APRIL = row(1, "2024-04-05", "Resolving"), row(2, "2024-03-05", "Resolved", "2024-04-08")
FORMER = row(3, "2024-03-07", "Resolving")


@pytest.mark.parametrize(
    ("rows", "expected"),
    [
        ([], "No grievance was open at the beginning of the period, and none at its end."),
        ([OPEN], "No grievance was open at the beginning of the period, and 1 was open at its end."),
        ([OPEN, {**OPEN, "registration_no": "4/2024"}], "beginning of the period, and 2 were open at its end."),
        ([CLOSED_IN_APRIL], "1 grievance was open at the beginning of the period, and none at its end."),
        ([CLOSED_IN_APRIL, FORMER], "2 grievances were open at the beginning of the period, and 1 at its end."),
    ],
)
def test_the_stock_is_told_also_where_it_is_zero(make: Maker, rows: list[dict[str, str]], expected: str) -> None:
    text = paragraphs(make, rows)
    assert expected in text
    assert "0 grievance" not in text


def test_in_a_provisional_period_the_stock_is_that_of_the_last_day_that_is_counted(make: Maker) -> None:
    cleaned = make.clean([CLOSED_IN_APRIL, FORMER], {"complete_through": "2024-04-20"})
    numbers, scopes = Numbers(cleaned.measure("2024-04").table, ENGLISH), cleaned.scopes("2024-04")
    text = words_of("\n".join(narrative.paragraphs(numbers, ENGLISH, cleaned.project, scopes)))
    assert "2 grievances were open at the beginning of the period, and 1 on April 20, 2024." in text
    assert "at its end" not in text


@pytest.mark.parametrize(
    ("as_of", "label"), [("", "open at the end of the period"), ("2024-06-13", "open on June 13, 2024")]
)
def test_the_tile_of_the_stock_names_the_day_where_the_period_goes_on(
    as_of: str, label: str, sample_stage: Stage
) -> None:
    scopes = open_stage("smart-government-ii", "2024H1", as_of).scopes
    text = words_of(Report.open(Stage(sample_stage.project, scopes, sample_stage.folder)).glance().html)
    assert re.findall(r"open (?:on|at) .*?(?= 0)", text) == [label]


def test_what_happened_to_a_grievance_that_could_not_be_placed_is_counted_and_said_so(make: Maker) -> None:
    rows = [row(1, "2024-03-25", "Resolving"), row(2, "", "Resolved", "2024-04-16"), row(3, "2024-04-20", "Resolving")]
    measured = make.clean(rows).measure("2024-04").table.set_index(["indicator", "scope", "dimension"])["value"]
    named = ("unplaced", "received", "entered_unplaced", "resolutions")
    assert [measured[name, "period", ""] for name in named] == [1, 1, 1, 1]
    text = paragraphs(make, rows)
    assert "It is not among those received; what happened to it in the period is counted." in text
    assert "no figure" not in text


def test_an_unplaced_grievance_is_not_called_none(make: Maker) -> None:
    text = paragraphs(
        make, [row(1, "2024-02-05", "Resolving"), row(2, "", "Resolving"), row(3, "2024-05-06", "Resolving")]
    )
    assert "From April 1, 2024 to April 30, 2024 no grievance is known to have been received. 1 grievance could" in text
    assert (
        "In the previous period (March 1, 2024 – March 31, 2024) no grievance is known to have been received. "
        "1 grievance without a date of receipt may have been received in it." in text
    )
    assert "grievance was received" not in text


@pytest.mark.parametrize(
    ("statuses", "told"),
    [
        ((), "all that were received, it is 1 of 2."),
        (("Unrelated",), "all that were received, the unrelated among them, it is 1 of 3."),
        (("Duplicate",), "all that were received, the duplicates among them, it is 1 of 3."),
        (
            ("Unrelated", "Duplicate"),
            "all that were received, the unrelated and the duplicates among them, it is 1 of 4.",
        ),
    ],
)
def test_only_what_there_is_is_said_to_be_among_those_received(
    statuses: tuple[str, ...], told: str, make: Maker
) -> None:
    others = [row(number, "2024-04-05", status) for number, status in enumerate(statuses, start=3)]
    resolved = [row(1, "2024-04-03", "Resolved", "2024-04-08"), row(2, "2024-04-04", "Resolving")]
    assert told in paragraphs(make, [*resolved, *others])


def test_who_is_left_out_of_the_resolved_is_said_of_this_period_and_the_previous_one_alike(make: Maker) -> None:
    def three(month: str, first: int) -> list[dict[str, str]]:
        days = (f"2024-{month}-{day}" for day in ("05", "08", "09"))
        statuses = (("Resolved", {"date_resolved": f"2024-{month}-15"}), ("Resolving", {}))
        ended = ("Withdrawn", {"date_closed": f"2024-{month}-15"})
        return [
            row(number, day, status, **cells)
            for number, (day, (status, cells)) in enumerate(zip(days, (*statuses, ended), strict=True), start=first)
        ]

    text = paragraphs(make, [*three("03", 1), *three("04", 4)])
    assert (
        "Of the eligible grievances that were not withdrawn, 1 of 2 had been resolved by April 30, 2024; counted "
        "against all that were received, it is 1 of 3." in text
    )
    assert "Of its eligible grievances that were not withdrawn, 1 of 2 had been resolved by its end." in text
    text = paragraphs(make, three("03", 1)[2:])
    assert "1 grievance was received. The eligible one was withdrawn." in text


ONE = "From April 1, 2024 to April 30, 2024, 1 grievance was received. It came by this channel: E-mail. "


@pytest.mark.parametrize(
    ("rows", "expected"),
    [
        ([OPEN], "It is eligible. On April 30, 2024 the eligible one was in progress."),
        ([row(1, "2024-04-05", "Unrelated")], "It did not concern the project. It was not eligible, so that there was"),
        ([row(1, "2024-04-05", "Duplicate")], "It repeated one already registered. It was not eligible, so that"),
        ([row(1, "2024-04-05", "Resolved", "2024-04-08")], "By April 30, 2024 the eligible one had been resolved."),
        ([row(1, "2024-04-05", "Withdrawn", date_closed="2024-04-08")], "the eligible one had been withdrawn."),
        ([row(1, "2024-04-05", "Rejected", date_closed="2024-04-08")], "the eligible one had been rejected."),
        ([row(1, "2024-04-05", "")], "It is eligible. The status of the eligible one is not known."),
    ],
)
def test_one_grievance_is_told_as_one(make: Maker, rows: list[dict[str, str]], expected: str) -> None:
    text = paragraphs(make, rows)
    assert text.startswith(ONE.strip())
    assert expected in text
    assert not re.search(r"\b[01] of 1\b|of them|They|eligible ones|\b1 grievances", text)


@pytest.mark.parametrize(
    ("rows", "expected"),
    [
        ([OPEN], "1 grievance was received. The eligible one had not been resolved by its end."),
        ([row(1, "2024-04-05", "Resolved", "2024-04-08")], "The eligible one had been resolved by its end."),
        ([row(1, "2024-04-05", "Unrelated")], "1 grievance was received. It was not eligible."),
        ([row(n, "2024-04-05", "Unrelated") for n in (1, 2)], "2 grievances were received. None of them was eligible."),
        ([row(1, "2024-04-05", "Withdrawn", date_closed="2024-04-08")], "The eligible one was withdrawn."),
    ],
)
def test_one_grievance_of_the_previous_period_is_told_as_one(
    make: Maker, rows: list[dict[str, str]], expected: str
) -> None:
    assert expected in paragraphs(make, rows, "2024-05")


@pytest.mark.parametrize(
    ("rows", "expected"),
    [
        ([row(1, "2024-04-05", "Unrelated"), row(2, "2024-04-05", "Resolving")], "project and 1 of 2 is eligible. On"),
        (
            [OPEN, FORMER | {"date_received": "2024-04-06"}],
            "None of them was unrelated to the project. 2 of 2 are eligi",
        ),
        ([row(n, "2024-04-05", "Unrelated") for n in (1, 2)], "2 of 2 did not concern the project. None of them was"),
        ([row(n, "2024-04-05", "Duplicate") for n in (1, 2)], "unrelated to the project. 2 repeated ones already"),
    ],
)
def test_none_and_one_among_several_are_told_so(make: Maker, rows: list[dict[str, str]], expected: str) -> None:
    assert expected in paragraphs(make, rows)


def test_no_resolution_at_all_is_not_one_without_dates(make: Maker) -> None:
    assert "No eligible grievance was resolved in the period, so that no duration can be given." in paragraphs(
        make, [OPEN]
    )
    undated = row(2, "2024-04-05", "Resolved", "")
    assert "No first resolution in the period has both dates" in paragraphs(make, [undated])


@pytest.mark.parametrize(
    ("period", "opening"),
    [
        ("2024H1", "This is the first semi-annual summary report of the grievance redress mechanism of the "),
        ("2024-12", "This is the twelfth monthly summary report of the grievance redress mechanism of the "),
        ("2025-01", "This is monthly summary report no. 13 of the grievance redress mechanism of the "),
        ("2027Q1", "This is quarterly summary report no. 13 of the grievance redress mechanism of the "),
    ],
)
def test_the_cover_says_which_report_it_is_also_beyond_the_twelfth(make: Maker, period: str, opening: str) -> None:
    cleaned = make.clean([OPEN], {"complete_through": "2027-12-31"})
    assert narrative.opening(ENGLISH, cleaned.project, cleaned.scopes(period)).startswith(opening)


@pytest.mark.parametrize(
    ("period", "named", "is_cut"),
    [
        ("2023-07-01..2024-03-31", "January 15, 2024 – March 31, 2024", True),
        ("2024-02-01..2024-03-31", "February 1, 2024 – March 31, 2024", False),
        ("2024H1", "First half of 2024", True),
        ("2024Q2", "Second quarter of 2024", False),
    ],
)
def test_a_period_that_begins_before_the_mechanism_is_named_by_the_days_it_covers_and_says_why(
    period: str, named: str, is_cut: bool, sample_stage: Stage
) -> None:
    scopes = open_stage("smart-government-ii", period, "").scopes
    report = Report.open(Stage(sample_stage.project, scopes, sample_stage.folder))
    cover = report.cover().html
    assert f'<p class="period">{named}</p>' in cover
    assert report.title.endswith(f", {named}")
    assert report.running.endswith(f" · {named}")
    why = "The mechanism began on January 15, 2024, so that the days of the period before it are left out."
    assert (why in words_of(cover)) == is_cut


def test_a_median_of_one_day_is_told_in_a_sentence_that_holds_for_any_number(make: Maker) -> None:
    text = paragraphs(make, [row(1, "2024-04-09", "Resolved", "2024-04-10")])
    assert "The one first resolution in the period with both dates known took 1 working day." in text


def test_a_share_of_resolutions_says_that_both_dates_are_known(make: Maker) -> None:
    undated = row(4, "", "Resolved", "2024-04-09", responsible="x")
    text = paragraphs(make, [CLOSED_IN_APRIL, row(3, "2024-04-09", "Resolved", "2024-04-09"), undated])
    assert "Of the first resolutions in the period with both dates known, 1 of 2 fell on the day of receipt." in text


def test_the_tile_of_the_same_day_says_so_too(sample_stage: Stage) -> None:
    text = words_of(Report.open(sample_stage).glance().html)
    assert "resolved on the day of receipt of the first resolutions in the period with both dates known" in text


@pytest.mark.parametrize(("as_of", "counted"), [("", ""), ("2024-06-13", "June 13, 2024")])
def test_a_provisional_cover_says_up_to_which_day_was_counted(as_of: str, counted: str, sample_stage: Stage) -> None:
    scopes = open_stage("smart-government-ii", "2024H1", as_of).scopes
    report = Report.open(Stage(sample_stage.project, scopes, sample_stage.folder))
    text = words_of(report.cover().html)
    said = f"January 15, 2024 – June 30, 2024; counted up to {counted}"
    assert (said in text) == (f"What came after {counted} is not counted." in text) == bool(counted)
    assert ("counted up to" in text) == bool(counted)


def test_nothing_is_promised_but_that_names_known_to_the_register_are_replaced(sample_stage: Stage) -> None:
    report = Report.open(sample_stage)
    for section in (report.cover(), report.annex_section(), report.mechanism()):
        text = words_of(section.html).lower()
        assert "names known to the register" in text
        assert "names of persons and organisations are replaced" not in text


def test_the_annex_says_that_open_grievances_are_listed_too(sample_stage: Stage) -> None:
    assert "those that are still open among them" in words_of(Report.open(sample_stage).annex_section().html)


def test_the_summary_lists_every_type_of_the_project_zeros_too(make: Maker) -> None:
    cleaned = make.clean([OPEN])
    numbers = Numbers(cleaned.measure("2024-04").table, ENGLISH)
    summary = Summary(numbers, ENGLISH, cleaned.project, cleaned.scopes("2024-04"))
    heads = [cell.text for cell in summary.table().head[1]]
    channels = ["In person", "E-mail", "Phone", "Facebook comment", "Website"]
    assert heads == [*channels, "Question", "Request", "Complaint", "Suggestion", "Appreciation"]
    assert not summary.is_wide


def test_a_summary_of_many_columns_is_printed_on_a_page_that_lies(make: Maker, sample_stage: Stage) -> None:
    types = "{" + ", ".join(f"t{n}: {{label: Kind {n}}}" for n in range(12)) + "}"
    cleaned = make.clean([{**OPEN, "type": "Kind 3"}], {"types": types})
    numbers = Numbers(cleaned.measure("2024-04").table, ENGLISH)
    assert Summary(numbers, ENGLISH, cleaned.project, cleaned.scopes("2024-04")).is_wide
    report = Report.open(sample_stage)
    assert '<section id="annex" class="wide">' in report.annex_section().html
    assert '<section id="summary">' in report.summary().html


def test_a_figure_and_its_tables_have_captions_of_their_own(sample_stage: Stage) -> None:
    report = Report.open(sample_stage)
    charts = Charts(report.numbers, ENGLISH, sample_stage.project).all()
    assert [chart.caption for chart in charts] == [
        "Figure 1. Grievances received by month",
        "Figure 2. Grievances received by channel and by type",
        "Figure 3. Working days from receipt to resolution",
    ]
    assert [table.caption for chart in charts for table in chart.tables] == [
        "Numbers of figure 1",
        "Numbers of figure 2, by channel",
        "Numbers of figure 2, by type",
        "Numbers of figure 3",
        "Numbers of figure 3, their spread",
    ]
    text = report.figures().html
    captions = re.findall(r"<(?:fig)?caption>([^<]+)<", text)
    assert len(captions) == len(set(captions)) == 8


def test_a_figure_of_zeros_is_not_drawn_and_keeps_its_number(make: Maker) -> None:
    cleaned = make.clean([OPEN])
    charts = Charts(Numbers(cleaned.measure("2024-03").table, ENGLISH), ENGLISH, cleaned.project).all()
    assert [chart.picture for chart in charts] == [None, None, None]
    assert charts[2].caption.startswith("Figure 3. ")


def test_each_cell_of_the_annex_knows_its_header(sample_stage: Stage) -> None:
    html = Report.open(sample_stage).annex_section().html
    assert html.count('data-label="Action taken"') == 9
    assert html.count('data-label="No."') == 9


@pytest.mark.parametrize("as_of", ["", "2024-06-13"])
def test_the_outcome_of_the_annex_has_no_empty_line(as_of: str, make: Maker) -> None:
    cleaned = make.clean([row(1, "", "Resolved", "2024-04-09"), row(2, "2024-04-09", "Resolved", "2024-04-09")])
    listed = cleaned.annex(cleaned.measure("2024-04"), "2024-04")
    html = annex.annex_table(listed, cleaned.project, ENGLISH).__html__()
    assert "<br></td>" not in html
    assert "Resolved<br>Date resolved: April 9, 2024<br>Within the same day</td>" in html


TWICE = {"date_reopened": "2024-03-20", "date_resolved_again": "2024-04-10"}


@pytest.mark.parametrize(
    ("status", "cells", "outcome", "remark"),
    [
        # Received and resolved before April, and again in April.
        ("Resolved", TWICE, "Date resolved: March 12, 2024<br>In 3 working days<br>", "again in the period, after"),
        # For the first time in April, and open again at its end.
        ("Resolving", {"date_resolved": "2024-04-02", "date_reopened": "2024-04-20"}, "", "in the period and reopened"),
        # And closed for another reason since.
        (
            "Rejected",
            {"date_resolved": "2024-04-02", "date_reopened": "2024-04-20", "date_closed": "2024-04-25"},
            "",
            "in the period and reopened",
        ),
    ],
)
def test_a_row_of_the_annex_that_looks_like_another_period_s_says_why_it_is_listed(
    status: str, cells: dict[str, str], outcome: str, remark: str, make: Maker
) -> None:
    cleaned = make.clean([row(1, "2024-03-06", status, **{"date_resolved": "2024-03-12", **cells})])
    listed = cleaned.annex(cleaned.measure("2024-04"), "2024-04")
    html = annex.annex_table(listed, cleaned.project, ENGLISH).__html__()
    assert f"{status}<br>{outcome}Resolved {remark}" in html
    (told,) = annex.public_cases(listed, cleaned.project, ENGLISH)["remark"]
    assert told.startswith(f"Resolved {remark}")
    assert not re.search("April|2024-04", html + told)


def test_the_annex_does_not_tell_which_of_the_others_were_reopened(make: Maker) -> None:
    twice = {"date_reopened": "2024-04-10", "date_resolved_again": "2024-04-20"}
    rows = [
        row(1, "2024-03-06", "Resolved", "2024-04-03", **twice),
        # Received in March or April, as its row does not show.
        row(2, "", "Resolving", "2024-04-08", date_reopened="2024-04-10"),
        row(3, "2024-04-09", "Resolving", "2024-04-09", date_reopened="2024-04-10"),
        row(4, "2024-04-09", "Resolved", "2024-04-09", **twice),
    ]
    cleaned = make.clean(rows)
    listed = cleaned.annex(cleaned.measure("2024-04"), "2024-04")
    assert len(listed) == 4
    html = annex.annex_table(listed, cleaned.project, ENGLISH).__html__()
    assert not re.search("reopened|again|April (10|20)", html)
    public = annex.public_cases(listed, cleaned.project, ENGLISH)
    assert public["remark"].tolist() == [""] * 4
    assert not public.isin(["2024-04-10", "2024-04-20"]).any(axis=None)


@pytest.mark.parametrize(
    ("written", "nearest"),
    [("median_days", "resolution_working_days_median"), ("closed", "closed_otherwise"), ("xyz", "")],
)
def test_a_figure_that_does_not_exist_is_answered_with_the_nearest_and_where_all_stand(
    written: str, nearest: str, sample_stage: Stage
) -> None:
    numbers = Report.open(sample_stage).numbers
    with pytest.raises(InputError) as refused:
        commentary._figure(written, numbers, "commentary/2024H1.md, line 3")
    message = str(refused.value)
    assert message.startswith(f"commentary/2024H1.md, line 3: '{written}' is not a figure")
    assert "docs/indicators.md lists them." in message
    assert message.partition(" Nearest: ")[2].split(", ")[0].rstrip(".") == nearest


def test_the_sample_says_of_itself_no_more_than_is_done() -> None:
    assert "Names known to the register" in load_project("smart-government-ii").settings.texts.confidentiality


@pytest.mark.parametrize(("is_internal", "last"), [(False, "and 5 more"), (True, "and 5 more, in findings.csv")])
def test_a_long_list_of_errors_says_how_many_it_leaves_out(is_internal: bool, last: str) -> None:
    report = SimpleNamespace(words=words_for("en"), is_internal=is_internal)
    lines = [str(number) for number in range(205)]
    assert Report._cut(report, lines) == [*lines[:200], last]
    assert Report._cut(report, lines[:200]) == lines[:200]


def test_durations_say_which_statistic_they_give_and_ages_that_they_are_counted(sample_stage: Stage) -> None:
    text = words_of(Report.open(sample_stage).definitions().html)
    assert "Working days to resolve median 0 Over the first" in text
    assert "Calendar days to resolve median 0 Over the same" in text
    assert "Open grievances by age 0 Grievances open" in text


def test_the_month_that_is_not_known_is_called_so_behind_the_figures_too(sample_stage: Stage) -> None:
    text = words_of(Report.open(sample_stage).definitions().html)
    assert re.search(r"Month: (?:[A-Z][a-z]{2} 2024 \d+ \([^)]*\) ?; )+Not known 6 \(", text)
    assert "Not stated 6" not in text


def test_the_open_ones_are_told_by_age_where_there_are_any(sample_stage: Stage) -> None:
    assert "Open at the end, by age" not in Report.open(sample_stage).reconciliation().html
    report = Report.open(sample_stage)
    table = report.numbers.table.copy()
    is_age = (table["indicator"] == "pending_age") & (table["scope"] == "period")
    table.loc[is_age & (table["member"] == "8-14"), "value"] = 3
    table.loc[(table["indicator"] == "closing_stock") & (table["scope"] == "period"), "value"] = 3
    aged = dataclasses.replace(report, numbers=Numbers(table, ENGLISH, disclosed=report.numbers.disclosed))
    text = words_of(aged.reconciliation().html)
    assert "Open at the end, by age Calendar days since receipt Open 0–7 0 8–14 3 15–30 0 31–60 0 61+ 0" in text


@pytest.mark.parametrize(
    ("calendar", "said"),
    [
        (
            "{extra_days_off: []}",
            "the public holidays of Mongolia and the weekend, there Saturday and Sunday, plus and",
        ),
        ("{weekend: [sunday, friday]}", "the weekend, which the project has set to Friday and Sunday, plus and minus"),
        (
            "{weekend: []}",
            "plus and minus the project's own days; no day of the week is off, as the project has set it",
        ),
    ],
)
def test_the_days_of_the_weekend_are_named(calendar: str, said: str, make: Maker, sample_stage: Stage) -> None:
    project = make.project([], {"calendar": calendar})
    report = Report.open(Stage(project, sample_stage.scopes, sample_stage.folder))
    text = words_of(report.definitions().html)
    assert said in text
    assert "All others are working days." in text


def test_the_previous_period_is_set_beside_with_the_changes_that_the_project_has_named(make: Maker) -> None:
    changes = (
        "[{date: 2024-04-01, what: standard, text: Fifteen days instead of thirty.}, "
        "{date: 2024-03-01, what: channel, text: Begins with the previous period}, "
        "{date: 2024-03-10, what: procedure, text: Two clerks sign}, "
        "{date: 2024-05-02, what: standard, text: Ten days}]"
    )
    cleaned = make.clean([OPEN, FORMER], {"changes": changes})
    numbers = Numbers(cleaned.measure("2024-04").table, ENGLISH)
    remarks = beside_previous(numbers, ENGLISH, cleaned.project, cleaned.scopes("2024-04")).remarks
    named = "A change that the project has named"
    judged = (
        "'Resolved within the service standard' of earlier periods says how they would have done by today's standard, "
        "not whether the standard of their time was met."
    )
    assert remarks == [
        f"{named}, from March 10, 2024 on (Procedure): Two clerks sign.",
        f"{named}, from April 1, 2024 on (Service standard): Fifteen days instead of thirty.",
        f"The standard changed on April 1, 2024: {judged}",
        f"The standard changed on May 2, 2024: {judged}",
    ]
    none = make.clean([OPEN, FORMER])
    assert beside_previous(numbers, ENGLISH, none.project, none.scopes("2024-04")).remarks == []

"""What the report says for the results framework and of uptake: looked up, and no word that the numbers do not bear."""

from __future__ import annotations

import re
from datetime import date
from html import unescape

import pytest
from making import Cleaned, Maker
from markupsafe import Markup

from pipeline.reporting.numbers import Numbers
from pipeline.reporting.results import FRAMEWORK_COLUMNS, Framework
from pipeline.reporting.uptake import Uptake
from pipeline.reporting.words import words_for

ENGLISH = words_for("en")


def row(number: int, received: str, status: str, resolved: str = "", **cells: str) -> dict[str, str]:
    base = {"registration_no": f"{number}/2024", "date_received": received, "channel": "email", "status": status}
    return {**base, "type": "Complaint", "date_resolved": resolved, **cells}


# In April twelve: nine resolved on the day after each receipt, three open. 9 of 12 is 75 %.
DAYS = ("01", "02", "03", "04", "08", "09", "10", "11", "15")
APRIL = [
    *(row(n, f"2024-04-{day}", "Resolved", f"2024-04-{int(day) + 1:02}") for n, day in enumerate(DAYS, start=2)),
    *(row(n, f"2024-04-{n + 5}", "Resolving") for n in (11, 12, 13)),
]
# And two resolved in March: 11 of 14 since the start.
ROWS = [row(1, "2024-03-05", "Resolved", "2024-03-06"), row(14, "2024-03-06", "Resolved", "2024-03-07"), *APRIL]


def framework(cleaned: Cleaned, period: str = "2024-04") -> Framework:
    scopes = cleaned.scopes(period)
    return Framework(Numbers(cleaned.measure(period).table, ENGLISH), ENGLISH, cleaned.project, scopes.current.as_of)


def with_rows(make: Maker, rows: str, register: list[dict[str, str]] = ROWS, **changes: str) -> Framework:
    return framework(make.clean(register, {"results_framework": rows, **changes}))


def cells(html: str) -> list[list[str]]:
    return [
        [unescape(re.sub("<[^>]+>", "", cell)) for cell in re.findall(r"<t[hd][^>]*>(.*?)</t[hd]>", line)]
        for line in re.findall(r"<tr>(.*?)</tr>", html)
    ]


def test_the_table_holds_numbers_alone_and_the_note_what_stands_behind_them(make: Maker) -> None:
    made = with_rows(
        make,
        "[{indicator: resolution_rate, name: Share resolved, unit: Percentage, baseline: 12.5, "
        "baseline_date: 2024-01-15, target: 80, target_date: 2025-12-31, note: By hand.}]",
    )
    head, line = cells(made.table().__html__())
    assert head == ["Indicator", "Unit", "Baseline", "Target", "This period", "Total since the start", "Note"]
    # 9 of 12 are 75 %; 11 of 14 are 78.571… %.
    assert line[:6] == [
        "Share resolved",
        "Percentage",
        "12.5 (January 15, 2024)",
        "80 (December 31, 2025)",
        "75",
        "78.6",
    ]
    assert line[6] == (
        "Measured as: Resolution rate. This period: 9 of 12. Total since the start: 11 of 14. "
        "The target is about the period. Target not reached yet. By hand."
    )


def test_the_file_has_the_same_with_values_unrounded(make: Maker) -> None:
    made = with_rows(
        make, "[{indicator: resolution_rate, target: 80}, {indicator: received, scope: cumulative}]"
    ).public()
    assert tuple(made.columns) == FRAMEWORK_COLUMNS
    first, second = made.to_dict("records")
    assert [first[name] for name in FRAMEWORK_COLUMNS[:13]] == [
        "resolution_rate",
        "Resolution rate",
        "Per cent",
        "",
        "",
        "80",
        "",
        "75",
        "9",
        "12",
        repr(100 * 11 / 14),
        "11",
        "14",
    ]
    assert [second[name] for name in ("period_value", "period_n", "period_of", "cumulative_value")] == [
        "12",
        "",
        "",
        "14",
    ]


@pytest.mark.parametrize(
    ("target", "said"),
    [
        ("target: 75", "Target met."),
        ("target: 75.1", "Target not met."),
        ("target: 75, target_date: 2024-04-30", "Target met."),
        ("target: 76, target_date: 2024-04-30", "Target not met."),
        ("target: 75, target_date: 2024-05-01", "Target reached before its date."),
        ("target: 76, target_date: 2024-05-01", "Target not reached yet."),
        ("target: 78.6, scope: cumulative", "Target not met. Before rounding the value falls short of the target."),
        ("target: 78.5, scope: cumulative", "Target met."),
    ],
)
def test_a_target_is_judged_by_the_value_it_is_about_and_by_its_day(target: str, said: str, make: Maker) -> None:
    made = with_rows(make, f"[{{indicator: resolution_rate, {target}}}]")
    assert made.note(made.rows[0]).endswith(said)


@pytest.mark.parametrize(
    "given",
    [
        "indicator: same_day, target: 50",  # 0 of 9: below minimum_n
        "indicator: resolution_working_days_median, target: 5",  # over 9 resolutions: below minimum_n
        "indicator: received, target: 5",  # neither more nor less is better
        "indicator: satisfied, target: 5",  # not collected
        "indicator: within_service_standard, target: 5",  # no standard set
    ],
)
def test_no_word_is_said_where_the_numbers_do_not_bear_it(given: str, make: Maker) -> None:
    made = with_rows(make, f"[{{{given}}}]")
    assert not re.search("Target (not )?(met|reached)", made.note(made.rows[0]))


def test_what_is_not_given_says_why_and_below_minimum_n_no_percentage(make: Maker) -> None:
    made = with_rows(
        make,
        "[{indicator: same_day}, {indicator: satisfied}, {indicator: within_service_standard}, "
        "{indicator: benefit_grievances_addressed}, {indicator: anonymous}]",
        [*ROWS, row(15, "2024-04-30", "Resolving", is_benefit_related="yes")],
    )
    shown = [line[4:6] for line in cells(made.table().__html__())[1:]]
    assert shown == [
        ["0 of 9", "0"],  # 11 since the start: a percentage
        ["not collected", "not collected"],
        ["no standard set", "no standard set"],
        ["–", "0 of 1"],
        ["not collected", "not collected"],
    ]
    public = made.public()
    assert public["period_value"].tolist() == [""] * 5
    assert public.loc[0, ["period_n", "period_of", "cumulative_value"]].tolist() == ["0", "9", "0"]


def test_rounding_makes_no_whole_of_a_part(make: Maker) -> None:
    made = framework(make.clean(ROWS))
    figure = {"value": 99.96, "unit": "percent"}
    assert made._number(figure) == "over 99.9"
    assert made._number({**figure, "value": 0.04}) == "under 0.1"
    assert made._number({**figure, "value": 100.0}) == "100"


HOSTILE = "<script>alert(1)</script>=1+1"


def test_a_hostile_text_of_project_yml_stays_a_text(make: Maker) -> None:
    made = with_rows(make, f"[{{indicator: received, name: '{HOSTILE}', unit: '=1', note: '<b>'}}]")
    html = made.table().__html__()
    assert "<script>" not in html
    assert "&lt;script&gt;alert(1)&lt;/script&gt;=1+1" in html
    assert made.as_of == date(2024, 4, 30)


# -- uptake ----------------------------------------------------------------------------------------------------------

BENEFICIARIES = (
    "{total: 5000, source: census, date: 2024-01-01, by_location: {Upper Bay: 500, Far Side: 80}, "
    "by_vulnerable_group: {herders: 250}}"
)
CAME = [
    row(1, "2024-03-05", "Resolving", channel="phone", location="Far Side"),
    row(2, "2024-04-01", "Resolving", location="Upper Bay", vulnerable_group="herders"),
    row(3, "2024-04-02", "Unrelated", location="<b>Bay</b>"),
    row(4, "2024-04-03", "Resolving", channel="fax"),
]


def uptake(make: Maker, rows: list[dict[str, str]], **changes: str) -> Uptake:
    cleaned = make.clean(rows, changes)
    return Uptake(Numbers(cleaned.measure("2024-04").table, ENGLISH), ENGLISH, cleaned.project)


def test_uptake_by_channel_lists_every_channel_and_what_went_unused(make: Maker) -> None:
    made = uptake(make, CAME)
    lines = cells(made.table("channel", "Uptake", "Channel").__html__())
    assert lines[0] == ["Channel", "Received", "Eligible", "Received since the start"]
    assert lines[1:] == [
        ["In person", "0", "0", "0"],
        ["E-mail", "2", "1", "2"],
        ["Phone", "0", "0", "1"],
        ["Facebook comment", "0", "0", "0"],
        ["Website", "0", "0", "0"],
        ["Not stated", "1", "1", "1"],
        ["Total", "3", "2", "4"],
    ]
    assert made.unused("channel") == [
        "Nothing is known to have come through: In person, Phone, Facebook comment, and Website.",
        "Not known to have come once since the start: In person, Facebook comment, and Website.",
        "Of 1 grievance it is not stated.",
    ]
    assert uptake(make, CAME[:3]).unused("channel") == [
        "Nothing came through: In person, Phone, Facebook comment, and Website.",
        "Not once since the start: In person, Facebook comment, and Website.",
    ]


def test_a_channel_that_an_earlier_grievance_may_have_come_by_is_not_said_to_be_unused_since_the_start(
    make: Maker,
) -> None:
    unknown = row(1, "2024-03-05", "Resolving", channel="")
    made = uptake(make, [unknown, row(2, "2024-04-02", "Resolving")])
    channels = "In person, Phone, Facebook comment, and Website"
    assert made.unused("channel") == [
        f"Nothing came through: {channels}.",
        f"Not known to have come once since the start: {channels}.",
        "Of 1 grievance since the start it is not stated.",
    ]


def test_a_channel_is_not_said_to_be_unused_where_a_grievance_could_not_be_placed(make: Maker) -> None:
    # Between a grievance of March and one of June: received in April, or in another month.
    rows = [row(1, "2024-03-05", "Resolving"), row(2, "", "Resolving"), row(3, "2024-06-05", "Resolving")]
    made = uptake(make, rows)
    channels = "In person, Phone, Facebook comment, and Website"
    assert made.unused("channel") == [
        "Nothing is known to have come through: In person, E-mail, Phone, Facebook comment, and Website.",
        f"Not known to have come once since the start: {channels}.",
    ]
    assert Markup(made.unplaced()).striptags().startswith("1 grievance could not be placed: it has no date of receipt")
    assert uptake(make, [rows[0], rows[2]]).unplaced() == ""


def test_nothing_is_said_to_be_unused_where_no_grievance_says_its_channel(make: Maker) -> None:
    made = uptake(make, [row(1, "2024-04-01", "Resolving", channel="")])
    assert made.unused("channel") == [
        "No grievance of the period says it, so that nothing can be said of what went unused."
    ]


def test_places_and_groups_stay_inside_and_are_related_to_their_beneficiaries_there(make: Maker) -> None:
    made = uptake(make, CAME, beneficiaries=BENEFICIARIES)
    assert made.withheld() == (
        "Counts by location and vulnerable group stay inside the project, since small numbers could point to a person."
    )
    lines = cells(made.table("location", "By location", "Location").__html__())
    assert lines[1:] == [
        ["<b>Bay</b>", "1", "0", "1", "–", "–"],
        ["Far Side", "0", "0", "1", "80", "0"],
        ["Upper Bay", "1", "1", "1", "500", "2"],
        ["Not stated", "1", "1", "1", "–", "–"],
        ["Total", "3", "2", "4", "", ""],
    ]
    assert made.unused("location") == [
        "Nothing is known to have come from: Far Side.",
        "Of 1 grievance it is not stated.",
    ]
    assert "&lt;b&gt;Bay" in made.table("location", "x", "y").__html__()
    assert Markup(made.beneficiaries()).striptags() == (
        "Grievances received per 1,000 beneficiaries: 0.6 (3 of 5,000) in the period, 0.8 (4 of 5,000) since the "
        "start. The number of beneficiaries, 5,000, is that of January 1, 2024 (source: census)."
    )
    public = made.numbers.public()
    assert set(public.loc[public["dimension"].isin(["location", "vulnerable_group"]), "member"]) <= {""}


def test_without_such_columns_and_numbers_nothing_is_said_of_them(make: Maker) -> None:
    made = uptake(make, [row(1, "2024-04-01", "Resolving")])
    assert (made.beneficiaries(), made.withheld()) == ("", "")
    parts = {title: (table, remarks) for title, table, remarks in made.parts()}
    assert parts["By sex"] == (None, ["The register has no column for it."])
    assert parts["By channel"][0] is not None


def test_a_rate_that_rounds_to_nothing_is_not_nothing(make: Maker) -> None:
    made = uptake(make, CAME, beneficiaries="{total: 9000000, source: census, date: 2024-01-01}")
    assert "under 0.01 (3 of 9,000,000) in the period" in Markup(made.beneficiaries()).striptags()

"""Counts by sex, place and vulnerable group: which tables there are, what is left out, and what a record keeps."""

from __future__ import annotations

from datetime import date

import pandas as pd
import pytest
from making import Cleaned, Maker
from records import read

from pipeline.confidentiality.attack import Relation, Table
from pipeline.errors import InputError
from pipeline.indicators import protected as module
from pipeline.indicators.freezing import record_of, store
from pipeline.indicators.protected import PROTECTED_COLUMNS, as_shown, protected, reviewed
from pipeline.indicators.published import DISCLOSED, all_published, record_files
from pipeline.indicators.spans import Span, span_relations
from pipeline.register.mapping import collected
from pipeline.reporting.numbers import Numbers
from pipeline.reporting.words import words_for


def register(*places: tuple[str, int], month: str = "2024-04", first: int = 1) -> list[dict[str, str]]:
    """Write so many grievances from each place; all are resolved questions of the same month."""
    told = [place for place, count in places for _ in range(count)]
    return [
        {
            "registration_no": f"{number}/2024",
            "date_received": f"{month}-{1 + number % 28:02}",
            "channel": "email",
            "status": "Resolving",
            "relation": "related",
            "type": "Question",
            "location": place,
        }
        for number, place in enumerate(told, first)
    ]


def counted(cleaned: Cleaned, period: str = "2024Q2") -> pd.DataFrame:
    project, scopes = cleaned.project, cleaned.scopes(period)
    return protected(cleaned.measure(period), project, scopes, collected(cleaned.register), all_published(project))


def cells(table: pd.DataFrame, dimension: str = "location", scope: str = "period") -> dict[str, tuple[float, str, str]]:
    mine = table[(table["dimension"] == dimension) & (table["scope"] == scope) & (table["indicator"] == "received")]
    return {row.member: (row.value, row.state, row.reason) for row in mine.itertuples()}


FOUR = (("Upper Bay", 3), ("Lower Bay", 6), ("Old Mill", 20), ("Hill", 30))


def test_a_small_place_and_the_smallest_other_one_are_left_out(make: Maker) -> None:
    table = counted(make.clean(register(*FOUR)))
    assert tuple(table.columns) == PROTECTED_COLUMNS
    assert set(table["dimension"]) == {"location"}  # the register has no column for sex and group
    assert cells(table) == {
        "Hill": (30, "stated", ""),
        "Lower Bay": (6, "suppressed", "secondary"),
        "Old Mill": (20, "stated", ""),
        "Upper Bay": (3, "suppressed", "primary"),
        "not_stated": (0, "stated", ""),
    }


def test_what_is_shown_holds_no_number_that_is_left_out(make: Maker) -> None:
    shown = as_shown(counted(make.clean(register(*FOUR))))
    hidden = shown[shown["state"] != "stated"]
    assert len(hidden) == 8  # of received and eligible, in the period and since the start
    assert hidden["value"].isna().all()
    told = reviewed(shown, "period")
    assert list(told.loc[told["member"] == "Upper Bay", "received"]) == ["suppressed: primary"]
    assert list(told.loc[told["member"] == "Old Mill", "received"]) == ["20"]


def test_a_withheld_table_is_one_line_that_names_nobody(make: Maker) -> None:
    cleaned = make.clean(register(("Upper Bay", 3), ("Lower Bay", 1)))
    shown = as_shown(counted(cleaned))
    assert list(shown["member"]) == [""] * 4
    assert set(shown["reason"]) == {"small_total"}
    table = Numbers(cleaned.measure("2024Q2").table, words_for("en"), disclosed=shown).public()
    mine = table[(table["dimension"] == "location") & (table["scope"] == "period")]
    assert list(mine["display"]) == ["too few to be shown", "too few to be shown"]
    assert list(mine["value"]) == ["", ""]


def test_members_are_merged_first_as_the_project_says(make: Maker) -> None:
    changes = {"disclosure": "{merge: {location: {The Bay: [upper  BAY, Lower Bay]}}}"}
    assert cells(counted(make.clean(register(*FOUR), changes))) == {
        "Hill": (30, "stated", ""),
        "Old Mill": (20, "stated", ""),
        "The Bay": (9, "stated", ""),
        "not_stated": (0, "stated", ""),
    }


def test_a_place_that_is_expected_is_listed_with_its_zero(make: Maker) -> None:
    given = "{total: 900, source: x, date: 2024-01-01, by_location: {Far Ridge: 100}}"
    found = cells(counted(make.clean(register(("Old Mill", 20), ("Hill", 30)), {"beneficiaries": given})))
    assert found["Far Ridge"] == (0, "stated", "")


def test_nothing_is_published_of_a_table_that_is_not_named(make: Maker) -> None:
    assert counted(make.clean(register(*FOUR), {"disclosure": "{tables: [sex]}"})).empty
    assert counted(make.clean(register(*FOUR), {"disclosure": "{tables: []}"})).empty


def test_a_cross_is_counted_by_both_and_adds_up_to_its_margins(make: Maker) -> None:
    rows = register(*((place, 20) for place in ("Hill", "Mill")))
    rows = [row | {"complainant_sex": "Female" if number % 2 else "Male"} for number, row in enumerate(rows)]
    table = counted(make.clean(rows, {"disclosure": "{tables: [sex, location, [sex, location]]}"}))
    found = cells(table, "sex_by_location")
    assert found["Female | Hill"] == (10, "stated", "")
    assert sum(value for value, _, _ in found.values()) == 40
    assert cells(table, "sex")["Female"] == (20, "stated", "")


def test_the_totals_of_the_tables_are_the_headlines(make: Maker) -> None:
    cleaned = make.clean(register(*FOUR))
    table, headlines = counted(cleaned), cleaned.measure("2024Q2").table
    for key, own in table.groupby(["indicator", "scope"]):
        rows = headlines[headlines["dimension"] == ""].set_index(["indicator", "scope"])
        assert own["value"].sum() == rows.loc[key, "value"]


# -- releases in a row -------------------------------------------------------------------------------------------------


def publish(cleaned: Cleaned, period: str) -> None:
    scopes, there = cleaned.scopes(period), collected(cleaned.register)
    shown = as_shown(counted(cleaned, period))
    files = record_of(cleaned.labelled, cleaned.measure(period), cleaned.project, scopes, there, disclosed=shown)
    store(cleaned.project, period, files, force=False)


LATER = {"complete_through": "2024-12-31"}


def test_a_record_keeps_what_was_shown_and_reads_it_back(make: Maker) -> None:
    cleaned = make.clean(register(*FOUR), LATER)
    publish(cleaned, "2024Q2")
    record = read(cleaned.project, "2024Q2")
    assert record.disclosed is not None
    assert set(record.disclosed["state"]) == {"stated", "suppressed"}
    hidden = record.disclosed[record.disclosed["state"] == "suppressed"]
    assert set(hidden["member"]) == {"Upper Bay", "Lower Bay"}
    assert hidden["value"].isna().all()
    assert DISCLOSED in [path.name for path in record_files(cleaned.project)]


def test_one_more_grievance_is_not_given_away_by_the_total_since_the_start(make: Maker) -> None:
    rows = [*register(("Old Mill", 20), ("Hill", 30)), *register(("Hill", 1), month="2024-08", first=51)]
    cleaned = make.clean(rows, LATER)
    assert set(counted(cleaned, "2024Q3").query("scope == 'cumulative'")["state"]) == {"stated"}
    publish(cleaned, "2024Q2")
    assert set(counted(cleaned, "2024Q3")["state"]) == {"withheld"}


TWO = (("Old Mill", 20), ("Hill", 30))


def without_given_away(make: Maker, late: list[dict[str, str]], *of_june: tuple[str, int]) -> pd.DataFrame:
    """Release the second quarter, register some of it late, and count the third: the table of received by place."""
    in_time = register(*of_june)
    former = make.clean(in_time, LATER)
    publish(former, "2024Q2")
    records = all_published(former.project)
    third = register(("Old Mill", 12), ("Hill", 9), month="2024-08", first=200)
    cleaned = make.clean([*in_time, *late, *third], LATER)
    table = protected(
        cleaned.measure("2024Q3"), cleaned.project, cleaned.scopes("2024Q3"), collected(cleaned.register), records
    )
    assert cells(table)["Hill"] == (9, "stated", "")  # what came in the quarter gives nobody away
    return table


@pytest.mark.parametrize("of_june", [TWO, FOUR])
def test_one_that_was_registered_late_is_not_given_away_by_what_was_released_before(
    make: Maker, of_june: tuple[tuple[str, int], ...]
) -> None:
    """Since the start less the release less the quarter leaves one, from Hill."""
    late = register(("Hill", 1), month="2024-05", first=100)
    since = cells(without_given_away(make, late, *of_june), scope="cumulative")
    assert since["Hill"][1] != "stated"
    assert since["Old Mill"][1] != "stated"


def test_many_that_were_registered_late_are_shown(make: Maker) -> None:
    late = register(("Hill", 6), ("Old Mill", 5), month="2024-05", first=100)
    since = cells(without_given_away(make, late, *TWO), scope="cumulative")
    assert since["Hill"] == (45, "stated", "")
    assert since["Old Mill"] == (37, "stated", "")


def again(
    make: Maker, rows: list[dict[str, str]], period: str, former: list[dict[str, str]], *released: str
) -> pd.DataFrame:
    """Release some periods of a register, then count another one in what became of it."""
    cleaned = make.clean(former, LATER)
    for one in released:
        publish(cleaned, one)
    records = all_published(cleaned.project)
    now = make.clean(rows, LATER)
    return protected(now.measure(period), now.project, now.scopes(period), collected(now.register), records)


def test_one_that_was_registered_late_is_not_given_away_where_another_one_was_taken_out(make: Maker) -> None:
    """The total is as before, and still Hill has one more."""
    in_time = register(("Old Mill", 20), ("Hill", 30), ("Lake", 25))
    late = register(("Hill", 1), month="2024-05", first=100)
    third = register(("Old Mill", 12), ("Hill", 9), ("Lake", 8), month="2024-08", first=200)
    table = again(make, [*in_time[1:], *late, *third], "2024Q3", in_time, "2024Q2")
    assert {state for _, state, _ in cells(table).values()} == {"stated"}
    assert {reason for _, _, reason in cells(table, scope="cumulative").values()} == {"registered_late"}


def test_one_that_was_registered_late_is_not_given_away_by_the_same_days_released_twice(make: Maker) -> None:
    late = register(("Hill", 1), month="2024-05", first=100)
    table = again(make, [*register(*TWO), *late], "2024Q2", register(*TWO), "2024Q2")
    assert set(table["reason"]) == {"registered_late"}


def test_a_longer_period_with_the_same_last_day_does_not_give_late_ones_away(make: Maker) -> None:
    early = register(("Old Mill", 15), ("Hill", 16), month="2024-02", first=300)
    quarter = register(("Old Mill", 12), ("Hill", 9), month="2024-11", first=400)
    late = register(("Hill", 1), month="2024-03", first=500)
    table = again(make, [*early, *quarter, *late], "2024H2", [*early, *quarter], "2024Q4")
    assert {reason for _, _, reason in cells(table, scope="cumulative").values()} == {"registered_late"}
    assert cells(table)["Hill"] == (9, "stated", "")


def test_what_was_moved_to_another_place_is_protected_as_what_was_registered_late(make: Maker) -> None:
    """Who compares the figures cannot tell the one from the other, and neither does the rule."""
    table = again(make, register(("Old Mill", 19), ("Hill", 31)), "2024Q2", register(*TWO), "2024Q2")
    assert set(table["reason"]) == {"registered_late"}
    many = again(make, register(("Old Mill", 15), ("Hill", 35)), "2024Q2", register(*TWO), "2024Q2")
    assert cells(many)["Hill"] == (35, "stated", "")


def by_sex(counts: dict[tuple[str, str], int], month: str, first: int) -> list[dict[str, str]]:
    rows: list[dict[str, str]] = []
    for (sex, place), number in counts.items():
        more = register((place, number), month=month, first=first + len(rows))
        rows += [row | {"complainant_sex": sex} for row in more]
    return rows


CROSS = "[[sex, location]]"
MARGINS = "[sex, location]"


@pytest.mark.parametrize(("then", "now"), [(CROSS, MARGINS), (MARGINS, CROSS), (CROSS, "[[location, sex]]")])
def test_tables_that_are_named_otherwise_in_a_later_release_give_no_small_cell_away(
    make: Maker, then: str, now: str
) -> None:
    """Of the second quarter Female and Hill are 2; by whatever adds up they must stay between two numbers."""
    second = {("Female", "Hill"): 2, ("Male", "Hill"): 12, ("Female", "Mill"): 11, ("Male", "Mill"): 14}
    second |= {("Female", "Lake"): 9, ("Male", "Lake"): 15}
    third = {("Female", "Hill"): 0, ("Male", "Hill"): 6, ("Female", "Mill"): 7, ("Male", "Mill"): 8}
    third |= {("Female", "Lake"): 9, ("Male", "Lake"): 6}
    rows, more = by_sex(second, "2024-05", 1), by_sex(third, "2024-08", 100)
    former = make.clean(rows, {**LATER, "disclosure": f"{{tables: {then}}}"})
    publish(former, "2024Q2")
    records = all_published(former.project)
    later = make.clean([*rows, *more], {**LATER, "disclosure": f"{{tables: {now}}}"})
    table = protected(
        later.measure("2024Q3"), later.project, later.scopes("2024Q3"), collected(later.register), records
    )
    shown = {
        (row.scope, row.dimension, row.member)
        for row in table[(table["indicator"] == "received") & (table["state"] == "stated")].itertuples()
    }
    if now == MARGINS:  # Hill since the start, less the quarter's, less the men's of the release before
        assert not {("period", "location", "Hill"), ("cumulative", "location", "Hill")} <= shown
    elif then == MARGINS:  # the women of the release before and of the quarter, less those of the other places
        others = {
            (scope, "sex_by_location", f"Female | {one}")
            for scope in ("period", "cumulative")
            for one in ("Mill", "Lake")
        }
        assert not others | {("period", "sex_by_location", "Female | Hill")} <= shown
    else:
        assert not {(scope, "location_by_sex", "Hill | Female") for scope in ("period", "cumulative")} <= shown


def test_a_report_that_is_made_again_after_its_release_shows_the_same(make: Maker) -> None:
    cleaned = make.clean(register(*FOUR), LATER)
    before = counted(cleaned)
    publish(cleaned, "2024Q2")
    pd.testing.assert_frame_equal(counted(cleaned), before)


def test_members_merged_after_a_release_do_not_confuse_the_next_one(make: Maker) -> None:
    rows = [*register(*FOUR), *register(*FOUR, month="2024-08", first=60)]
    cleaned = make.clean(rows, LATER)
    publish(cleaned, "2024Q2")
    records = all_published(cleaned.project)
    again = make.clean(rows, {**LATER, "disclosure": "{merge: {location: {The Bay: [Upper Bay, Lower Bay]}}}"})
    table = protected(
        again.measure("2024Q3"), again.project, again.scopes("2024Q3"), collected(again.register), records
    )
    assert cells(table, scope="cumulative")["The Bay"] == (18, "stated", "")


# -- spans of time -----------------------------------------------------------------------------------------------------


def span(release: str, start: str, end: str, scope: str = "period") -> Span:
    return Span(release, scope, date.fromisoformat(start), date.fromisoformat(end))


def test_spans_that_make_up_another_one_are_found_by_twos_and_as_the_longest_chain() -> None:
    year = span("", "2024-01-01", "2024-12-31")
    first, second = span("a", "2024-01-01", "2024-06-30"), span("b", "2024-07-01", "2024-12-31")
    third, fourth = span("c", "2024-07-01", "2024-09-30"), span("d", "2024-10-01", "2024-12-31")
    found = {(one.whole, one.parts): one.is_exact for one in span_relations([year, first, second, third, fourth])}
    assert found == {
        (year, (first, second)): True,
        (year, (first, third, fourth)): True,
        (second, (third, fourth)): True,
    }


def test_a_span_within_another_is_part_of_it_and_two_of_the_same_days_are_one() -> None:
    total, inside = span("", "2024-01-01", "2024-12-31", "cumulative"), span("", "2024-05-01", "2024-06-30")
    same = span("a", "2024-05-01", "2024-06-30")
    found = {(one.whole, one.parts): one.is_exact for one in span_relations([inside, total, same])}
    assert found == {(same, (inside,)): True, (total, (inside,)): False}


def test_two_releases_tell_the_same_of_the_days_before_their_periods() -> None:
    """Since the start less the half-year, and since the start less its first quarter: both are what came before."""
    total, half = span("", "2023-01-01", "2024-12-31", "cumulative"), span("", "2024-07-01", "2024-12-31")
    former, quarter = span("a", "2023-01-01", "2024-09-30", "cumulative"), span("a", "2024-07-01", "2024-09-30")
    found = [one.signed for one in span_relations([half, total, quarter, former]) if one.is_exact]
    assert [{(one.release, one.scope): sign for one, sign in signed} for signed in found] == [
        {("a", "cumulative"): 1, ("", "period"): 1, ("", "cumulative"): -1, ("a", "period"): -1}
    ]
    before = span("b", "2023-01-01", "2024-06-30", "cumulative")  # where these days are told, nothing else is needed
    assert not [one for one in span_relations([half, total, quarter, former, before]) if one.also]


@pytest.mark.parametrize(
    ("written", "told"),
    [
        ("{threshold: 2}", "greater than or equal to 3"),
        ("{tables: [sex, sex]}", "'sex' is named twice"),
        ("{tables: [[sex, location], [location, sex]]}", "'location by sex' is named twice"),
        ("{tables: [[sex, sex]]}", "'sex' cannot be crossed with itself"),
        ("{tables: [topic]}", "disclosure.tables"),
        ("{merge: {location: {A: [b, c], D: [B]}}}", "under location, names 1 and 2 have a member in common"),
        ("{merge: {location: {A: [not_stated]}}}", "'not stated', cannot be merged"),
    ],
)
def test_a_key_that_makes_no_sense_is_refused_with_a_sentence(make: Maker, written: str, told: str) -> None:
    with pytest.raises(InputError, match=told):
        make.project([], {"disclosure": written})


def test_a_table_of_very_many_places_is_withheld_without_looking_at_what_links_its_cells(
    make: Maker, monkeypatch: pytest.MonkeyPatch
) -> None:
    looked_at: list[tuple[set[str], int]] = []

    def known(tables: list[Table], relations: list[Relation]) -> list[Relation]:
        looked_at.append(({table.name for table in tables}, len(relations)))
        return relations

    monkeypatch.setattr(module, "known_to_hold", known)
    many = [(f"Place {number}", 1) for number in range(module.MOST_MEMBERS)]
    rows = [{**one, "complainant_sex": "female"} for one in register(*many)]
    disclosure = "{threshold: 5, tables: [sex, location]}"
    table = counted(make.clean(rows, {"disclosure": disclosure}))
    assert {reason for _, _, reason in cells(table).values()} == {"too_many_members"}
    # The members and 'not stated' are one more than are looked at, so that of the two only the sexes are.
    assert [{name.split(" ")[2] for name in names} for names, _ in looked_at if names] == [{"sex"}]
    assert [count for names, count in looked_at if not names] == [0]

"""A blank date of receipt is bounded by its neighbours and its row, never guessed, and told."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from making import Cleaned, Maker, value

from pipeline.project import Project
from pipeline.register.checking import checked_register
from pipeline.register.explanations import read_explanations, settle
from pipeline.register.mapping import map_columns
from pipeline.register.placement import place_receipts
from pipeline.register.reading import read_register
from pipeline.register.values import read_values

START, COMPLETE = "2024-01-15", "2024-06-30"
PLAIN = {"numbering": '"{number}"'}


def row(number: str, received: str = "", **cells: str) -> dict[str, str]:
    base = {"registration_no": number, "date_received": received, "channel": "email", "status": "Resolving"}
    return {**base, "type": "Question", **cells}


def bounds(project: Project) -> dict[str, tuple[str, str]]:
    register = map_columns(read_register(project), project)
    cases = place_receipts(read_values(register, project), project).table
    earliest, latest = cases["date_received_earliest"].dt.date, cases["date_received_latest"].dt.date
    return dict(
        zip(cases["registration_no"].fillna(""), zip(map(str, earliest), map(str, latest), strict=True), strict=True)
    )


CASES = {
    "a date is both its bounds": ([row("1/2024", "2024-03-05 14:30")], ("2024-03-05", "2024-03-05")),
    "alone: the start and the end of the register": ([row("1/2024")], (START, COMPLETE)),
    "only a lower neighbour": ([row("1/2024"), row("0/2024", "2024-03-05")], ("2024-03-05", COMPLETE)),
    "only a higher neighbour": ([row("1/2024"), row("2/2024", "2024-03-05")], (START, "2024-03-05")),
    "between two": (
        [row("5/2024"), row("2/2024", "2024-02-01"), row("9/2024", "2024-03-05")],
        ("2024-02-01", "2024-03-05"),
    ),
    "the nearest of several": (
        [row("3/2024"), row("1/2024", "2024-02-01"), row("2/2024", "2024-02-05"), row("4/2024", "2024-02-09")],
        ("2024-02-05", "2024-02-09"),
    ),
    "across undated neighbours": (
        [row("3/2024"), row("1/2024", "2024-02-01"), row("2/2024"), row("4/2024"), row("5/2024", "2024-03-05")],
        ("2024-02-01", "2024-03-05"),
    ),
    "two on one day": (
        [row("2/2024"), row("1/2024", "2024-03-05"), row("3/2024", "2024-03-05")],
        ("2024-03-05", "2024-03-05"),
    ),
    "a later date of the row": ([row("1/2024", date_acknowledged="2024-02-20")], (START, "2024-02-20")),
    "the earliest of the row's dates": (
        [row("1/2024", date_acknowledged="2024-02-20 09:00", date_closed="2024-02-19", date_due="2024-03-01")],
        (START, "2024-02-19"),
    ),
    "the row's date, if it is earlier than the neighbour's": (
        [row("1/2024", date_acknowledged="2024-02-20"), row("2/2024", "2024-03-05")],
        (START, "2024-02-20"),
    ),
    "a row's date before the lower neighbour leaves the wider bound": (
        [row("2/2024", date_acknowledged="2024-02-20"), row("1/2024", "2024-03-05")],
        (START, "2024-02-20"),
    ),
    "a row's date before the start": ([row("1/2024", date_acknowledged="2024-01-02")], ("2024-01-02", "2024-01-02")),
    "a row's date after the end": ([row("1/2024", date_acknowledged="2024-07-20")], (START, COMPLETE)),
    "a lower neighbour before the start": (
        [row("2/2024"), row("1/2024", "2024-01-02"), row("3/2024", "2024-02-01")],
        ("2024-01-02", "2024-02-01"),
    ),
    "a higher neighbour before the start, and none lower: it may be mistyped, and the next one bounds": (
        [row("1/2024"), row("2/2024", "2014-02-02"), row("3/2024"), row("4/2024", "2024-02-05")],
        ("2014-02-02", "2024-02-05"),
    ),
    "a higher neighbour before the start, and an earlier date of its own": (
        [row("1/2024", date_acknowledged="2024-02-01"), row("2/2024", "2014-02-02"), row("4/2024", "2024-02-05")],
        ("2014-02-02", "2024-02-01"),
    ),
    "a higher neighbour before the start, and none after it": (
        [row("1/2024"), row("2/2024", "2014-02-02"), row("3/2024", "2014-02-03")],
        ("2014-02-02", COMPLETE),
    ),
    "between two before the start": (
        [row("2/2024"), row("1/2024", "2024-01-02"), row("3/2024", "2024-01-04"), row("4/2024", "2024-02-05")],
        ("2024-01-02", "2024-01-04"),
    ),
    "a higher neighbour after the end": ([row("1/2024"), row("2/2024", "2024-07-20")], (START, COMPLETE)),
    "between two after the end": (
        [row("2/2024"), row("1/2024", "2024-07-02"), row("3/2024", "2024-07-09")],
        ("2024-07-02", "2024-07-09"),
    ),
    "above one after the end": ([row("2/2024"), row("1/2024", "2024-07-02")], ("2024-07-02", "2024-07-02")),
    "above one after the end, with an earlier date of its own": (
        [row("2/2024", date_acknowledged="2024-06-20"), row("1/2024", "2024-07-02")],
        (START, "2024-06-20"),
    ),
    "in a series out of order nothing bounds": (
        [row("2/2024"), row("1/2024", "2024-03-05"), row("3/2024", "2024-03-04")],
        (START, COMPLETE),
    ),
    "a series out of order somewhere else": (
        [row("2/2024"), row("1/2024", "2024-02-01"), row("8/2024", "2024-05-05"), row("9/2024", "2024-05-01")],
        (START, COMPLETE),
    ),
    "another series out of order": (
        [row("2/2024"), row("1/2024", "2024-02-01"), row("1/2023", "2024-05-05"), row("2/2023", "2024-05-01")],
        ("2024-02-01", COMPLETE),
    ),
    "another series does not bound": (
        [row("2/2024"), row("1/2023", "2024-02-01"), row("3/2023", "2024-02-09")],
        (START, COMPLETE),
    ),
    "a number used twice does not bound": (
        [row("2/2024"), row("1/2024", "2024-02-01"), row("1/2024", "2024-02-01"), row("3/2024", "2024-02-09")],
        (START, "2024-02-09"),
    ),
    "a number used twice, once with zeros before it, neither bounds nor is bounded": (
        [row("2/2024"), row("1/2024", "2024-02-01"), row("002/2024", "2024-02-05"), row("3/2024", "2024-02-09")],
        (START, COMPLETE),
    ),
    "a number without the project's form is not bounded": (
        [row("2-2024"), row("1/2024", "2024-02-01"), row("3/2024", "2024-02-09")],
        (START, COMPLETE),
    ),
    "a number that is blank is bounded by its row alone": (
        [row("", date_acknowledged="2024-02-20"), row("1/2024", "2024-02-01")],
        (START, "2024-02-20"),
    ),
    "an unreadable date is a blank": (
        [row("2/2024", "in spring"), row("1/2024", "2024-02-01"), row("3/2024", "2024-02-09")],
        ("2024-02-01", "2024-02-09"),
    ),
    "an unreadable neighbour bounds nothing": (
        [row("1/2024"), row("2/2024", "soon"), row("3/2024", "2024-02-09")],
        (START, "2024-02-09"),
    ),
}


@pytest.mark.parametrize("case", CASES)
def test_the_bounds_of_a_receipt(make: Maker, case: str) -> None:
    rows, expected = CASES[case]
    assert bounds(make.project(rows))[rows[0]["registration_no"]] == expected


@pytest.mark.parametrize(
    ("changes", "numbers", "expected"),
    [
        (PLAIN, ("1", "2", "3"), ("2024-02-01", "2024-02-09")),
        (
            {"numbering": '"GRM-{year}-{number}"'},
            ("GRM-2024-1", "GRM-2024-2", "GRM-2024-10"),
            ("2024-02-01", "2024-02-09"),
        ),
        ({"numbering": '"{number}.(a)"'}, ("1.(a)", "2.(a)", "3.(a)"), ("2024-02-01", "2024-02-09")),
        # Without a declared numbering both common forms are understood, each as a series of its own.
        ({"numbering": ""}, ("1", "2", "3"), ("2024-02-01", "2024-02-09")),
        ({"numbering": ""}, ("1/2024", "2/2024", "3/2024"), ("2024-02-01", "2024-02-09")),
        ({"numbering": ""}, ("1", "2/2024", "3/2024"), (START, "2024-02-09")),
        ({"numbering": ""}, ("GRM-1", "GRM-2", "GRM-3"), (START, COMPLETE)),
    ],
)
def test_a_series_is_what_the_numbering_makes_one(
    make: Maker, changes: dict[str, str], numbers: tuple[str, str, str], expected: tuple[str, str]
) -> None:
    first, undated, last = numbers
    project = make.project([row(first, "2024-02-01"), row(undated), row(last, "2024-02-09")], changes)
    assert bounds(project)[undated] == expected


def test_the_seven_undated_of_the_sample(sample: Cleaned) -> None:
    placed = bounds(sample.project)
    for number in range(1, 7):
        assert placed[f"{number}/2024"] == (START, "2024-03-05")
    assert placed["13/2024"] == ("2024-05-02", "2024-05-24")
    told = sample.findings.query("rule == 'date_bounded'")
    assert told["row"].tolist() == [2, 3, 4, 5, 6, 7, 14]
    assert told["message"].iloc[6] == (
        "register.csv, row 14, column date_received: no date of receipt; it lies between 2024-05-02 and 2024-05-24."
    )


def test_a_finding_of_a_series_out_of_order_names_the_row_and_the_number_before(make: Maker) -> None:
    rows = [row("1/2024", "2024-03-05"), row("2/2024", ""), row("3/2024", "2024-03-04"), row("4/2024", "2024-03-06")]
    found = make.clean(rows).findings.query("rule == 'neighbours_out_of_order'")
    assert found["registration_no"].tolist() == ["3/2024"]
    assert "received on 2024-03-04, before the grievance numbered 1/2024 (2024-03-05)" in found["message"].iloc[0]


def test_what_came_after_the_end_of_the_register_is_not_counted_before_it(make: Maker) -> None:
    """A register goes on while `complete_through` stays: July's undated grievances are none of June's."""
    rows = [row("1/2024", "2024-06-03"), row("2/2024", "2024-07-02"), row("3/2024"), row("4/2024", "2024-07-09")]
    facts = make.clean(rows).measure("2024H1").facts["period"]
    assert facts["is_received"].tolist() == [True, False, False, False]
    assert facts["is_after"].tolist() == [False, True, True, True]


def test_a_year_mistyped_in_the_first_date_of_a_series_does_not_put_the_numbers_below_into_that_year(
    make: Maker,
) -> None:
    """They are in no figure of the period, and the report says how many: nothing tells whether the date is right."""
    dated = [row(f"{number}/2024", "2024-02-05") for number in range(5, 11)]
    rows = [row("1/2024"), row("2/2024"), row("3/2024"), row("4/2024", "2014-01-15"), *dated]
    cleaned = make.clean(rows)
    measured = cleaned.measure("2024H1")
    assert measured.facts["period"]["is_received"].sum() == 6
    assert measured.facts["period"]["is_unplaced"].tolist() == [True] * 3 + [False] * 7
    assert value(measured, "entered_unplaced") == 3
    assert (cleaned.checks("2024H1")["difference"] == 0).all()
    assert cleaned.findings.query("rule == 'received_before_start'")["row"].tolist() == [5]


def test_an_undated_grievance_that_its_own_row_puts_before_the_start_is_told(make: Maker) -> None:
    found = make.clean([row("1/2024", date_acknowledged="2014-02-20"), row("2/2024", date_acknowledged="2024-02-20")])
    told = found.findings.query("rule == 'received_before_start'")["message"].tolist()
    assert told == [
        "register.csv, row 2, column date_received: received by 2014-02-20, before the mechanism began on 2024-01-15; "
        "it is in no period."
    ]


def gaps(make: Maker, numbers: list[str], changes: dict[str, str] | None = None) -> list[str]:
    found = make.clean([row(number, "2024-03-05") for number in numbers], changes).findings
    return found.loc[found["rule"] == "number_gap", "message"].tolist()


@pytest.mark.parametrize(
    ("numbers", "changes", "missing"),
    [
        (["1/2024", "2/2024"], None, []),
        (["2/2024"], None, ["1/2024 between the beginning and 2/2024"]),
        (["1/2024", "3/2024"], None, ["2/2024 between 1/2024 and 3/2024"]),
        (["3/2024", "1/2024", "1/2023"], None, ["2/2024 between 1/2024 and 3/2024"]),
        (["1/2024", "4/2024"], None, ["2/2024 between 1/2024 and 4/2024", "3/2024 between 1/2024 and 4/2024"]),
        (["1/2024", "30/2024"], None, ["2/2024 to 29/2024 between 1/2024 and 30/2024"]),
        # A series that goes on over the years may begin anywhere.
        (["7", "9"], PLAIN, ["8 between 7 and 9"]),
        (["7", "9"], {"numbering": ""}, []),
    ],
)
def test_a_gap_is_named_by_its_numbers_where_a_numbering_is_declared(
    make: Maker, numbers: list[str], changes: dict[str, str] | None, missing: list[str]
) -> None:
    told = [f"register.csv: {gap} is missing from the register." for gap in missing]
    assert gaps(make, numbers, changes) == told


def test_rows_with_one_number_are_kept_apart_and_both_named(make: Maker) -> None:
    cleaned = make.clean([row("1/2024", "2024-03-05"), row("2/2024", "2024-03-06"), row("1/2024", "2024-03-07")])
    found = cleaned.findings.query("rule == 'duplicate_number'")
    assert found["row"].tolist() == [2, 4]
    assert found["message"].str.contains("stands in rows 2, 4;", regex=False).all()
    assert cleaned.cases["source_row"].tolist() == [2, 3, 4]
    assert cleaned.measure("2024H1").facts["period"]["is_received"].sum() == 3


@pytest.mark.parametrize(
    ("numbering", "numbers", "same"),
    [
        ('"{number}/{year}"', ("001/2024", "1/2024", "2/2024"), [2, 3]),
        ('"{number}/{year}"', ("1/2024", "01/2024", "1/ 2024", "10/2024", "1/2023"), [2, 3, 4]),
        ("", ("GR-1/2024", "gr-01/2024", "GR\u20111 / 2024", "GR-10/2024", "GR-1/2023"), [2, 3, 4]),
        ("", ("\uff11", "1", "0", "00", "10", "\u0661"), [2, 3, 4, 5, 7]),
        ('"{year}{number}"', ("20240012", "202412", "20240102"), [2, 3]),
        ('"20{number}"', ("2005", "205", "2050"), [2, 3]),
        ("", ("2005", "205", "1/2/3", "12/3"), []),
    ],
)
def test_a_number_is_used_twice_however_it_is_written(
    make: Maker, numbering: str, numbers: tuple[str, ...], same: list[int]
) -> None:
    """Zeros before a figure, blanks, capitals and dashes do not make another number."""
    rows = [row(number, "2024-03-05") for number in numbers]
    found = make.clean(rows, {"numbering": numbering}).findings.query("rule == 'duplicate_number'")
    assert found["row"].tolist() == same
    assert set(found["severity"]) <= {"error"}


def test_the_finding_of_a_number_written_in_two_ways_says_so_and_names_the_rows_of_that_number(make: Maker) -> None:
    rows = [row("001/2024", "2024-03-05"), row("1/2024", "2024-03-06"), row("2/2024"), row("2/2024")]
    told = make.clean(rows).findings.query("rule == 'duplicate_number'")["message"].tolist()
    assert told[0] == (
        "register.csv, row 2, column registration_no: the number '001/2024' stands in rows 2, 3, in some of them with "
        "other zeros, blanks, capitals or dashes; each row is counted by itself."
    )
    assert told[2].endswith("the number '2/2024' stands in rows 4, 5; each row is counted by itself.")


def test_two_grievances_whose_numbers_differ_in_zeros_alone_can_be_explained(make: Maker) -> None:
    project = make.project([row("001/2024", "2024-03-05"), row("1/2024", "2024-03-06")])
    lines = [f"{number},duplicate_number,Two books,A. Clerk,2024-07-01" for number in ("001/2024", "1/2024")]
    (project.folder / "explanations.csv").write_text("\n".join(["number,rule,reason,who,date", *lines, ""]), "utf-8")
    found = checked_register(project).found
    settled = settle(found, read_explanations(project))
    assert settled.query("rule == 'duplicate_number'")["severity"].tolist() == ["explained", "explained"]


def test_a_number_on_very_many_rows_makes_no_endless_messages(make: Maker) -> None:
    found = make.clean([row("1/2024", "2024-03-05")] * 500).findings.query("rule == 'duplicate_number'")
    assert len(found) == 500
    assert found["message"].str.len().max() < 300


DAY = st.one_of(st.just(""), st.dates(date(2024, 1, 10), date(2024, 7, 5)).map(str))


@given(days=st.lists(DAY, min_size=2, max_size=12), order=st.randoms(use_true_random=False))
@settings(max_examples=6)
def test_the_order_of_the_rows_in_the_file_is_of_no_account(days: list[str], order, make: Maker) -> None:
    rows = [row(f"{number}/2024", day) for number, day in enumerate(sorted(days, key=bool), start=1)]
    shuffled = list(rows)
    order.shuffle(shuffled)
    assert bounds(make.project(rows)) == bounds(make.project(shuffled))


@given(days=st.lists(DAY, min_size=1, max_size=12), own=st.lists(DAY, min_size=12, max_size=12))
@settings(max_examples=6)
def test_bounds_are_in_order_and_hold_what_is_stated(days: list[str], own: list[str], make: Maker) -> None:
    rows = [row(f"{number}/2024", day, date_acknowledged=own[number - 1]) for number, day in enumerate(days, start=1)]
    for cells, (first, last) in zip(rows, bounds(make.project(rows)).values(), strict=True):
        assert first <= last
        if cells["date_received"]:
            assert first == last == cells["date_received"]
        elif cells["date_acknowledged"]:
            assert last <= cells["date_acknowledged"]


# -- whether registration numbers may be printed -----------------------------------------------------------------------


@pytest.mark.parametrize(
    ("numbers", "is_printed"),
    [
        (["1/2024", "2/2024", "3/2024"], True),
        (["3/2024", "1/2024", "2/2024"], True),
        (["1/2024", "2/2024", "2/2024", ""], True),
        (["1/2023", "2/2023", "1/2024"], True),
        ([], True),
        (["1/2024", "3/2024"], False),
        (["2/2024", "3/2024"], False),
        (["1/2023", "1/2024", "3/2024"], False),
        # A number of another form: nobody can tell whether one is missing.
        (["1/2024", "A-2"], False),
    ],
)
@pytest.mark.parametrize("numbering", ['"{number}/{year}"', "null"])
def test_numbers_are_printed_only_where_none_is_missing(
    numbers: list[str], is_printed: bool, numbering: str, make: Maker
) -> None:
    base = {"date_received": "2024-04-08", "channel": "email", "status": "Resolving", "type": "Complaint"}
    rows = [{**base, "registration_no": number} for number in numbers]
    for publish in ("true", "false"):
        cleaned = make.clean(rows, {"numbering": numbering, "publish_registration_no": publish})
        is_kept_back = "numbers_not_printed" in set(cleaned.told["rule"])
        assert is_kept_back is (publish == "true" and not is_printed)


def test_the_number_of_a_sensitive_grievance_is_no_gap_and_is_not_pointed_to(make: Maker) -> None:
    base = {"date_received": "2024-04-08", "channel": "email", "status": "Resolving", "type": "Complaint"}
    rows = [{**base, "registration_no": f"{n}/2024", "is_sensitive": "yes" if n == 2 else "no"} for n in (1, 2, 3, 5)]
    cleaned = make.clean(rows, {"publish_registration_no": "true"})
    gaps = cleaned.told[cleaned.told["rule"] == "number_gap"]
    assert gaps["registration_no"].tolist() == ["4/2024"]
    assert "numbers_not_printed" in set(cleaned.told["rule"])

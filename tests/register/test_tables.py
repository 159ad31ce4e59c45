"""Where the table of a register is: no grievance gets lost above, between or below its rows, and none is invented."""

from __future__ import annotations

import time
from typing import Any

import pandas as pd
import pytest
import xlsxwriter
from hypothesis import given
from hypothesis import strategies as st
from making import SAMPLE, Maker

from pipeline.errors import InputError
from pipeline.project import load_project
from pipeline.register.columns import alias_headings, exact_headings
from pipeline.register.formats.sheet import Sheet
from pipeline.register.mapping import map_columns
from pipeline.register.reading import Register, read_register
from pipeline.register.tables import Table, find_tables

HEAD = ["Registration number", "Date received", "Channel", "Status", "Type", "Note"]
KNOWN = {key: column for key, (column, _) in alias_headings().items()} | exact_headings()


def row(number: int, **cells: str) -> list[str]:
    named = {"received": f"2024-03-{number % 28 + 1:02}", "channel": "email", "status": "Resolved", "type": "Question"}
    return [f"{number}/2024", *{**named, **cells}.values()]


def sheet(rows: list[list[str]], **about: Any) -> Sheet:
    width = max(map(len, rows), default=0)
    cells = [[cell or None for cell in [*one, *[""] * (width - len(one))]] for one in rows]
    return Sheet("r.xlsx", "", pd.DataFrame(cells, columns=range(width), dtype="str"), **about)


def tables(rows: list[list[str]], **about: Any) -> list[Table]:
    return find_tables(sheet(rows, **about), KNOWN)


def numbers(table: Table) -> list[str]:
    return table.cells()[table.headings[0]].fillna("").tolist()


def text(rows: list[list[str]]) -> str:
    return "".join(",".join(f'"{cell}"' if cell else "" for cell in one) + "\n" for one in rows)


def read(make: Maker, rows: list[list[str]]) -> Register:
    project = make.project(text(rows))
    return map_columns(read_register(project), project)


def set_aside(register: Register) -> list[int]:
    return sorted(register.found.loc[register.found["rule"] == "row_set_aside", "row"].tolist())


BANNER = [
    ["Register of grievances", "", "", "", "", ""],
    ["Project: Smart Government II", "", "", "", "", ""],
    ["as of", "2024-06-30", "", "", "", ""],
    [],
]


def test_a_banner_is_no_part_of_the_table() -> None:
    (table,) = tables([*BANNER, HEAD, row(1), row(2)])
    assert (table.heading_rows, list(table.headings)) == ((4,), HEAD)
    assert numbers(table) == ["1/2024", "2/2024"]


def test_two_rows_of_merged_headings_become_one() -> None:
    rows = [
        ["Registration number", "Dates", "", "Complainant", "", "Status"],
        ["", "Received", "Resolved", "Name", "Phone", ""],
        ["1/2024", "2024-03-01", "2024-03-02", "Bat", "99", "Resolved"],
    ]
    merged = (((0, 0), (1, 0)), ((0, 1), (0, 2)), ((0, 3), (0, 4)), ((0, 5), (1, 5)))
    expected = [
        "Registration number",
        "Dates / Received",
        "Dates / Resolved",
        "Complainant / Name",
        "Complainant / Phone",
        "Status",
    ]
    for merges in (merged, ()):
        (table,) = tables(rows, merged=merges)
        assert (list(table.headings), table.heading_rows) == (expected, (0, 1))
        assert numbers(table) == ["1/2024"]


def test_three_rows_of_merged_headings_become_one() -> None:
    rows = [
        ["Registration number", "Handling", "", "", "Status"],
        ["", "Dates", "", "By", ""],
        ["", "Received", "Resolved", "Responsible", ""],
        ["1/2024", "2024-03-01", "2024-03-02", "Bat", "Resolved"],
    ]
    merged = (((0, 0), (2, 0)), ((0, 1), (0, 3)), ((1, 1), (1, 2)), ((0, 4), (2, 4)))
    (table,) = tables(rows, merged=merged)
    assert table.heading_rows == (0, 1, 2)
    assert list(table.headings)[:2] == ["Registration number", "Handling / Dates / Received"]
    assert numbers(table) == ["1/2024"]


def test_the_headings_once_more_and_blank_rows_are_no_grievances(make: Maker) -> None:
    register = read(make, [HEAD, row(1), [], HEAD, row(2), ["REGISTRATION  NUMBER", *HEAD[1:]], row(3)])
    assert register.table["source_row"].tolist() == [2, 5, 7]
    assert set_aside(register) == [4, 6]


@pytest.mark.parametrize("word", ["Total", "TOTAL: 3", "Grand total", "Итого", "Нийт", "Всего", "Subtotal"])
def test_a_total_is_no_grievance(make: Maker, word: str) -> None:
    register = read(make, [HEAD, row(1), row(2), [word, "", "2"]])
    assert register.table["registration_no"].tolist() == ["1/2024", "2/2024"]
    assert set_aside(register) == [4]


@pytest.mark.parametrize(
    "cells",
    [
        ["Total général", "", "", "", "", "2 plaintes"],
        ["TOTAL", "", "", "", "", "2 grievances"],
        ["TOTAL 2024", "", "", "2", "", "2 grievances"],
        ["Totals", "", "2"],
        ["Totaux :", "2", "2", "2", "2", "2"],
        ["Total number of grievances received", "2"],
        ["Total:", "", "Phone 1, E-mail 1", "2"],
        ["Total général", "", "2", "2 résolues"],
        ["Somme totale", "2", "", "2"],
        ["Total = 2", "", "", "Resolved = 2"],
        ["", "", "TOTAL", "2"],
        ["Нийт ирсэн гомдол", "", "", "", "", "2 гомдол"],
        ["Общее количество жалоб", "", "", "2"],
        ["Jumla", "", "", "", "", "2 (100 %)"],
        ["Subtotal", "1,234", "", "", "", "2"],
    ],
)
def test_a_total_that_says_of_what_is_no_grievance_at_the_end(make: Maker, cells: list[str]) -> None:
    register = read(make, [HEAD, row(1), row(2), [], cells, ["Subtotal", "", "", "", "", "1 by phone"], ["Signed"]])
    assert register.table["registration_no"].tolist() == ["1/2024", "2/2024"]
    assert set_aside(register) == [5, 6, 7]


def test_a_total_of_numbers_alone_is_no_grievance_between_two_others(make: Maker) -> None:
    register = read(make, [HEAD, row(1), ["Total January", "", "", "", "", "1"], row(2), ["Total février", "1"]])
    assert register.table["registration_no"].tolist() == ["1/2024", "2/2024"]
    assert set_aside(register) == [3, 5]


@pytest.mark.parametrize(
    "cells",
    [
        ["Total 3", "2024-03-05", "", "", "", "a"],
        ["Total 3", "45352", "", "", "", "3"],
        ["Total 3", "", "email"],
        ["Total 3", "", "", "Resolved"],
        ["Total", "", "", "", "", "three trees were felled before the house at plot 12"],
        ["Total", "", "", "", "", "fuel leak"],
        ["Total loss of the crops on our field by the road", "", "", "", "", "2"],
        ["Totalis 3", "", "", "", "", "2"],
    ],
)
def test_a_grievance_that_begins_like_a_total_stays_one(make: Maker, cells: list[str]) -> None:
    register = read(make, [HEAD, row(1), row(2), cells])
    assert len(register.table) == 3
    assert set_aside(register) == []


def test_words_beside_a_total_are_no_grievance_at_the_end_alone(make: Maker) -> None:
    register = read(make, [HEAD, row(1), ["Total 3", "", "", "", "", "3 trees"], row(2)])
    assert len(register.table) == 3


def test_a_person_or_a_contact_beside_the_word_for_a_total_makes_a_grievance(make: Maker) -> None:
    head = [*HEAD[:4], "Complainant", "Contact"]
    for cells in (["Total 3", "", "", "", "Bold Bat"], ["Total 3", "", "", "", "", "99112233"]):
        assert len(read(make, [head, row(1), cells]).table) == 2


def test_the_heading_of_a_section_is_no_grievance() -> None:
    (table,) = tables([HEAD, ["January"], row(1), ["February"], row(2)], merged=(((1, 0), (1, 5)), ((3, 0), (3, 5))))
    assert numbers(table) == ["1/2024", "2/2024"]
    assert table.set_aside == {1: "section", 3: "section"}


def test_remarks_below_the_table_are_set_aside(make: Maker) -> None:
    register = read(make, [HEAD, row(1), row(2), [], ["Prepared by the PIU"], ["* by phone"]])
    assert register.table["registration_no"].tolist() == ["1/2024", "2/2024"]
    assert set_aside(register) == [5, 6]


def test_a_number_alone_below_the_table_stays_a_grievance(make: Maker) -> None:
    register = read(make, [HEAD, row(1), row(2), ["3/2024"]])
    assert register.table["registration_no"].tolist() == ["1/2024", "2/2024", "3/2024"]
    assert set_aside(register) == []


def test_a_remark_above_a_number_alone_is_not_taken_for_the_last_row(make: Maker) -> None:
    register = read(make, [HEAD, row(1), ["lost"], ["3/2024"], ["The end"]])
    assert register.table["registration_no"].tolist() == ["1/2024", "lost", "3/2024"]
    assert set_aside(register) == [5]


def test_stacked_tables_are_each_read_under_their_own_headings(make: Maker) -> None:
    other = ["Status", "Channel", "Date received", "Registration number"]
    register = read(make, [HEAD, row(1), [], ["2025"], other, ["Resolved", "phone", "2025-03-01", "1/2025"]])
    assert register.table["registration_no"].tolist()[0] == "1/2024"
    assert register.table["registration_no"].tolist()[-1] == "1/2025"
    assert register.table["channel"].tolist()[-1] == "phone"
    assert register.table["source_row"].tolist()[-1] == 6


def test_tables_side_by_side_are_both_read() -> None:
    rows = [[*HEAD[:4], "", *HEAD[:4]], [*row(1)[:4], "", *row(11)[:4]], [*row(2)[:4], "", *row(12)[:4]]]
    assert [numbers(table) for table in tables(rows)] == [["1/2024", "2/2024"], ["11/2024", "12/2024"]]


def test_a_blank_column_inside_a_table_parts_nothing() -> None:
    rows = [[*HEAD[:2], "", *HEAD[2:5]], [*row(1)[:2], "", *row(1)[2:5]]]
    (table,) = tables(rows)
    assert list(table.headings) == HEAD[:5]


@pytest.mark.parametrize(
    "words",
    [
        ["email", "Resolved", "Complaint"],
        ["phone", "Received", "Complaint", "No"],
        ["e-mail", "Opened", "Issue", "no", "State"],
    ],
)
def test_a_row_of_words_without_number_and_date_is_a_grievance(make: Maker, words: list[str]) -> None:
    odd = ["", "", *words][:6]
    register = read(make, [[*HEAD[:4], "Summary", "Anonymous"], row(1), odd, row(2)])
    assert register.table["source_row"].tolist() == [2, 3, 4]
    assert register.table["registration_no"].fillna("").tolist() == ["1/2024", "", "2/2024"]


def workbook(make: Maker, fill: Any, register: str = "register.xlsx") -> Register:
    project = make.project("", {"register": register})
    with xlsxwriter.Workbook(str(project.folder / "register.xlsx")) as book:
        fill(book)
    project = load_project(SAMPLE)
    return map_columns(read_register(project), project)


def _sheet(book: Any, name: str, rows: list[list[str]]) -> None:
    made = book.add_worksheet(name)
    for at, one in enumerate(rows):
        made.write_row(at, 0, one)


def test_a_sheet_a_month_is_one_register_and_what_is_left_out_is_told(make: Maker) -> None:
    def fill(book: Any) -> None:
        _sheet(book, "January", [HEAD, row(1), row(2)])
        _sheet(book, "February", [*BANNER, HEAD, row(3)])
        _sheet(book, "Staff", [["Colour", "Size", "Weight"], ["red", "7", "8"]])
        _sheet(book, "Codes", [["a", "b"], ["c", "d"]])
        _sheet(book, "Blank", [])

    register = workbook(make, fill)
    places = register.table[["source_sheet", "source_row"]].to_numpy().tolist()
    assert places == [["January", 2], ["January", 3], ["February", 6]]
    told = register.found[register.found["rule"] == "table_left_out"]
    assert told["source_sheet"].tolist() == ["Staff"]


def test_project_yml_names_the_sheet(make: Maker) -> None:
    def fill(book: Any) -> None:
        _sheet(book, "January", [HEAD, row(1)])
        _sheet(book, "February", [HEAD, row(2)])

    register = workbook(make, fill, "{file: register.xlsx, sheet: february}")
    assert register.table["registration_no"].tolist() == ["2/2024"]


def test_only_a_banner_is_no_register(make: Maker) -> None:
    with pytest.raises(InputError, match=r"no column for|no row of headings"):
        read(make, [["Register of grievances"]])


grievance = st.tuples(
    st.sampled_from(["", "2024-03-01", "2024-04-30"]),
    st.sampled_from(["", "email", "phone"]),
    st.sampled_from(["Resolved", "Resolving", "Received"]),
    st.sampled_from(["", "Complaint", "Question"]),
    st.sampled_from(["", "No", "total", "see 3/2024"]),
)


@given(
    rows=st.lists(grievance, max_size=12),
    banner=st.integers(0, 4),
    between=st.lists(st.tuples(st.integers(0, 12), st.sampled_from(["blank", "heading", "total"])), max_size=4),
    remark=st.booleans(),
)
def test_nothing_around_a_table_loses_or_invents_a_grievance(
    make: Maker, rows: list[tuple[str, ...]], banner: int, between: list[tuple[int, str]], remark: bool
) -> None:
    body = [[f"{number}/2024", *cells] for number, cells in enumerate(rows, start=1)]
    expected = [one[0] for one in body]
    extra = {"blank": [], "heading": HEAD, "total": ["Total", "", "3"]}
    for at, kind in sorted(between, reverse=True):
        body.insert(min(at, len(body)), extra[kind])
    if remark:
        body += [[], ["Prepared by the office"]]
    whole = [*BANNER[:banner], HEAD, *body]
    register = read(make, whole)
    assert register.table["registration_no"].tolist() == expected
    below = [number for number, one in enumerate(whole, start=1) if any(one) and number > banner + 1]
    assert sorted([*register.table["source_row"], *set_aside(register)]) == below


def test_the_effort_grows_with_the_register_and_not_with_its_square() -> None:
    other = ["Status", "Channel", "Date received", "Registration number", "Type", "Note"]
    body = [one for number in range(100) for one in ((HEAD if number % 2 else other), *(row(n) for n in range(20)))]
    began = time.process_time()
    assert len(tables(body)) == 100
    numbered = range(1, 20_000)
    repeated = [one for n in numbered for one in ((HEAD, row(n)) if n % 9 == 0 else (row(n),))]
    (table,) = tables([HEAD, *repeated])
    assert len(table.rows) == 19_999
    assert time.process_time() - began < 10


def merging(*areas: str, rows: list[list[str]]) -> Any:
    def fill(book: Any) -> None:
        made = book.add_worksheet("Log")
        for at, one in enumerate(rows):
            made.write_row(at, 0, one)
        for area in areas:
            corner = area.partition(":")[0]
            made.merge_range(area, rows[int(corner[1:]) - 1][ord(corner[0]) - 65])

    return fill


def told_as_merged(register: Register) -> list[tuple[Any, ...]]:
    told = register.found[register.found["rule"] == "cells_merged"]
    return [*told[["row", "column", "value"]].itertuples(index=False, name=None)]


def test_cells_merged_downwards_count_in_each_row(make: Maker) -> None:
    rows = [HEAD, row(1), row(2, status=""), row(3, received="", status=""), row(4), row(5, status=""), row(6)]
    register = workbook(make, merging("D2:D4", "B3:B4", "D5:D6", rows=rows))
    assert register.table["status"].tolist() == ["Resolved"] * 6
    assert register.table["date_received"].tolist()[1:3] == ["2024-03-03"] * 2
    assert told_as_merged(register) == [(3, "", "B3:B4"), (2, "", "D2:D4 and 1 more")]


def test_cells_merged_over_blank_rows_make_no_grievance(make: Maker) -> None:
    rows = [HEAD, [*row(1), "x"], [], [*row(2), "x"], [], ["", "Total", "2"]]
    register = workbook(make, merging(*(f"{letter}2:{letter}3" for letter in "ABCDEF"), "A4:A6", rows=rows))
    assert register.table["registration_no"].tolist() == ["1/2024", "2/2024"]
    assert set_aside(register) == [6]
    assert told_as_merged(register) == []


def test_banners_and_sections_of_merged_cells_fill_no_grievance(make: Maker) -> None:
    rows = [
        ["Grievances", *[""] * 5],
        [],
        HEAD,
        ["January"],
        ["", *row(1)[1:]],
        ["", *row(2)[1:]],
        ["Total", "", "2"],
        row(3),
    ]
    register = workbook(make, merging("A1:F2", "A4:F5", "A7:A8", rows=rows))
    assert told_as_merged(register) == []
    assert "January" not in register.table["registration_no"].tolist()


def test_merged_cells_of_two_columns_count_in_the_first_of_them(make: Maker) -> None:
    rows = [HEAD, row(1, type="Question"), [*row(2)[:4], "", "seen"]]
    register = workbook(make, merging("E2:F3", rows=[rows[0], [*rows[1], ""], [*rows[2][:4], "", ""]]))
    assert register.table["type"].tolist() == ["Question", "Question"]


def test_a_row_with_one_cell_of_its_own_below_merged_ones_is_a_grievance(make: Maker) -> None:
    rows = [HEAD, row(1), [*row(2), "the road"], ["", "", "", "", "", "the well and the bridge"]]
    register = workbook(make, merging("B3:B4", "C3:C4", "D3:D4", "E3:E4", rows=rows))
    assert register.table["channel"].tolist() == ["email"] * 3
    assert set_aside(register) == []


def test_the_effort_of_merged_cells_grows_with_the_register() -> None:
    body = [row(number) if number % 2 else ["", *row(number)[1:]] for number in range(1, 60_001)]
    areas = tuple(((place, 0), (place + 1, 0)) for place in range(1, 60_001, 2))
    began = time.process_time()
    (table,) = tables([HEAD, *body], merged=areas)
    assert numbers(table)[1] == "1/2024"
    assert len(table.merged) == 30_000
    assert time.process_time() - began < 10


def test_a_register_of_totals_is_looked_at_once() -> None:
    body = [[f"Total {number}", "", "", "", "", "2 trees"] for number in range(20_000)]
    began = time.process_time()
    (table,) = tables([HEAD, row(1), *body])
    assert len(table.rows) == 1
    assert time.process_time() - began < 5


def test_the_last_rows_are_looked_at_once() -> None:
    remarks = [["remark " + "x" * (number % 50) + " y" * (number % 7)] for number in range(5_000)]
    began = time.process_time()
    (table,) = tables([HEAD, row(1), row(2), *remarks])
    assert len(table.rows) + len(table.set_aside) == 5_002
    assert time.process_time() - began < 5

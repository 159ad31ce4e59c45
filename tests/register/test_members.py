"""What is no name of a place, a sex or a group is in no published table, and its grievance is counted all the same."""

from __future__ import annotations

import gzip

import pandas as pd
import pytest
import xlsxwriter
from making import ROOT, SAMPLE, Cleaned, Maker

from pipeline.indicators.reconciliation import exceptions_of, require
from pipeline.project import load_project
from pipeline.register.mapping import map_columns
from pipeline.register.members import is_sentence
from pipeline.register.reading import read_register
from pipeline.register.values import read_values
from pipeline.register.views import columns_read

SENTENCES = (
    "Torvald Ekkenby was told by the headman that her daughter must leave.",
    "The road is bad",
    "Nobody came to mend the drain behind the school!",
    "Чулуу нуралт болсон гэж олон хүн хэлсэн",
    "La route était fermée",
    "no hay agua en las casas de abajo desde hace mas de dos semanas",
    "路上有很多坑，村里的排水沟堵了没有人来修理这个问题。",
)
PLACES = (
    "Sector 4, upper village, behind the old mill",
    "Sector 4, upper village, behind the old mill.",
    "Улаанбаатар хот Хан-Уул дүүрэг 3 дугаар хороо 15 дугаар байр 4 тоот",
    "INTERSECTION of Boardman St & William F Mcclellan Hwy  East Boston  MA",
    "San Pedro de los Milagros de la Sierra",
    "Don Bosco",
    "Nuestra Señora de la Paz",
    "Jackson MS Highway",
    "Is",
    "北京市朝阳区建国门外大街一号院二号楼三单元",
)
GROUPS = (*PLACES, "Household that has lost land", "People who are displaced by the works", "Prefer not to say")


def register(**changed: str) -> list[dict[str, str]]:
    """Write twenty grievances from two places, by women and men of one group; the eleventh with some cells changed."""
    rows = [
        {
            "registration_no": f"{number}/2024",
            "date_received": f"2024-04-{number:02}",
            "channel": "email",
            "status": "Resolving",
            "relation": "related",
            "type": "Question",
            "complainant": f"Person {number}",
            "complainant_sex": "Female" if number % 2 else "Male",
            "vulnerable_group": "Tenant",
            "location": "Hill" if number > 8 else "Old Mill",
        }
        for number in range(1, 21)
    ]
    rows[10] |= changed
    return rows


def received(cleaned: Cleaned, dimension: str) -> dict[str, float]:
    table = cleaned.measure("2024Q2").table
    of_period = table[(table["indicator"] == "received") & (table["scope"] == "period")]
    mine = of_period[of_period["dimension"] == dimension]
    return dict(zip(mine["member"], mine["value"], strict=True))


def in_doubt(cleaned: Cleaned) -> list[tuple[int, str]]:
    found = cleaned.findings[cleaned.findings["rule"] == "member_in_doubt"]
    assert set(found["severity"]) <= {"error"}
    assert set(found["value"]) <= {""}
    return list(zip(found["row"], found["column"], strict=True))


@pytest.mark.parametrize("text", SENTENCES)
def test_a_sentence_is_no_place_and_its_words_are_told_nowhere(make: Maker, text: str) -> None:
    assert is_sentence(text)
    cleaned = make.clean(register(location=text))
    assert in_doubt(cleaned) == [(12, "location")]
    (message,) = cleaned.findings.query("rule == 'member_in_doubt'")["message"]
    assert message == (
        "register.csv, row 12, column location: the cell holds a sentence, so it is no location; it is counted as "
        "'not stated'."
    )
    assert received(cleaned, "location") == {"Hill": 11, "Old Mill": 8, "not_stated": 1}
    assert len(cleaned.cases) == 20
    assert cleaned.cases["location"].isna().sum() == 1
    assert not any(text in str(cell) for cell in cleaned.told.to_numpy().ravel())


@pytest.mark.parametrize("text", PLACES)
def test_a_place_with_a_long_name_is_one(text: str, make: Maker) -> None:
    assert not is_sentence(text)
    assert in_doubt(make.clean(register(location=text))) == []


@pytest.mark.parametrize("text", GROUPS)
@pytest.mark.parametrize("column", ["vulnerable_group", "complainant_sex"])
def test_a_group_may_be_named_with_a_verb(text: str, column: str) -> None:
    assert not is_sentence(text, column)


def test_nothing_is_lost_from_the_totals(make: Maker) -> None:
    sentence = "Torvald Ekkenby was told by the headman that she must leave."
    plain = make.clean(register())
    cleaned = make.clean(register(location=sentence, complainant_sex=sentence, vulnerable_group=sentence))
    assert in_doubt(cleaned) == [(12, "complainant_sex"), (12, "location"), (12, "vulnerable_group")]
    for dimension in ("location", "sex", "vulnerable_group"):
        before, after = received(plain, dimension), received(cleaned, dimension)
        assert set(after) == {*before, "not_stated"}
        assert sum(after.values()) == sum(before.values()) == 20
        assert after["not_stated"] == 1
    require(cleaned.checks("2024Q2"), exceptions_of(cleaned.project, cleaned.scopes("2024Q2")))


@pytest.mark.parametrize(
    ("text", "whose"),
    [
        ("House of Mrs Ekkenby", ""),
        ("Дорж гуайн хашааны урд", ""),
        ("near Torvald Ekkenby's house", "Torvald Ekkenby"),
        ("torvald ekkenby", "Torvald Ekkenby"),
    ],
)
def test_a_place_that_names_a_person_is_none(make: Maker, text: str, whose: str) -> None:
    rows = register(location=text)
    rows[3]["complainant"] = whose or "Person 4"
    cleaned = make.clean(rows)
    assert in_doubt(cleaned) == [(12, "location")]
    assert cleaned.cases["location"].isna().sum() == 1
    assert "names a person, so it is no location" in cleaned.findings["message"].str.cat()


def test_a_place_that_is_also_a_part_of_a_name_is_left_to_the_guard(make: Maker) -> None:
    rows = register()
    rows[3]["complainant"] = "Torvald Hill"
    assert in_doubt(make.clean(rows)) == []


def test_what_project_yml_names_is_a_member(make: Maker) -> None:
    text = "Houses that were built by the railway"
    assert in_doubt(make.clean(register(location=text))) == [(12, "location")]
    merge = "{merge: {location: {The railway: ['Houses that were  built by the RAILWAY']}}}"
    assert in_doubt(make.clean(register(location=text), {"disclosure": merge})) == []
    number = "{total: 900, source: x, date: 2024-01-01, by_location: {Houses that were built by the railway: 9}}"
    assert in_doubt(make.clean(register(location=text), {"beneficiaries": number})) == []


HEAD = "registration_no,date_received,channel,status,complainant,complainant_sex,vulnerable_group,location\n"
ROW = "{}/2024,2024-04-{:02},email,Resolving,{},Female,Tenant,Hill\n"


def test_in_a_row_of_a_text_file_with_more_cells_than_headings_no_cell_is_a_member(make: Maker) -> None:
    rows = [ROW.format(number, number, f"Person {number}") for number in range(1, 8)]
    rows[4] = ROW.format(5, 5, "Ekkenby, Torvald")
    cleaned = make.clean(HEAD + "".join(rows))
    assert in_doubt(cleaned) == [(6, "complainant_sex"), (6, "location"), (6, "vulnerable_group")]
    assert set(cleaned.cases["complainant_sex"].dropna()) == {"Female"}
    assert "cells_beyond_headings" in cleaned.rules()


def test_in_a_workbook_a_remark_beside_the_table_moves_no_cell(make: Maker) -> None:
    project = make.project("", {"register": "register.xlsx"})
    with xlsxwriter.Workbook(project.folder / "register.xlsx") as book:
        sheet = book.add_worksheet()
        for number, line in enumerate([HEAD, *(ROW.format(day, day, "x") for day in range(1, 8))]):
            sheet.write_row(number, 0, line.strip().split(","))
        sheet.write_string(3, 8, "seen")
    register = read_values(map_columns(read_register(load_project(SAMPLE)), project), project)
    assert list(register.found["rule"]).count("cells_beyond_headings") == 1
    assert "member_in_doubt" not in set(register.found["rule"])


def test_a_cell_that_is_no_member_counts_as_filled_and_not_understood(make: Maker) -> None:
    cleaned = make.clean(register(location="The road is bad"))
    counts = columns_read(cleaned.register).set_index("column").loc["location"]
    assert (counts["filled_cells"], counts["cells_not_understood"], counts["blank_cells"]) == (20, 1, 0)


def test_of_the_addresses_of_a_city_none_is_a_sentence_and_of_its_people_s_messages_most_are() -> None:
    shared = ROOT.parent / "shared" / "data"
    if not shared.is_dir():
        pytest.skip("the data for tests is not there")
    with gzip.open(shared / "boston311_2015" / "boston311_2015_H1.csv.gz", "rt", encoding="utf-8") as handle:
        places = pd.read_csv(handle, dtype="str", usecols=["Location", "neighborhood"])
    assert [text for name in places for text in places[name].dropna().unique() if is_sentence(text)] == []
    messages = pd.read_csv(shared / "disaster_response_messages" / "disaster_response_validation.csv", dtype="str")
    long = [text for text in messages["message"] if len(text.split()) > 3]
    assert sum(map(is_sentence, long)) > 0.85 * len(long)

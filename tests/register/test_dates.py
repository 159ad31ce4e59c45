"""A day is read as the office meant it, or not at all; what says 'nothing' is blank where it cannot be an answer."""

from __future__ import annotations

from datetime import date
from typing import Any

import babel.dates
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from making import Maker

from pipeline.errors import InputError
from pipeline.register.dates import LANGUAGES, Reading, parse_dates
from pipeline.register.words import nothing_words, yes_no_words


def parsed(cells: list[str | None], **said: Any) -> list[str | None]:
    dates, unreadable, _ = parse_dates(
        pd.Series(cells, dtype="str"), Reading(**said), "date_received", lambda row: f"row {row + 2}"
    )
    assert unreadable.tolist() == [cell is not None and pd.isna(day) for cell, day in zip(cells, dates, strict=True)]
    return [None if pd.isna(day) else str(day.date()) if day == day.normalize() else str(day)[:16] for day in dates]


@pytest.mark.parametrize(
    ("cells", "days"),
    [
        (["05.03.2024", "13.03.2024"], ["2024-03-05", "2024-03-13"]),
        (["03/05/2024", "03/13/2024"], ["2024-03-05", "2024-03-13"]),
        (["5-3-24", "13-3-24"], ["2024-03-05", "2024-03-13"]),
        (["05 03 2024", "13 03 2024"], ["2024-03-05", "2024-03-13"]),
        (["05.03.2024 г.", "13.03.2024г"], ["2024-03-05", "2024-03-13"]),
        (["05.03.2024", "2024-06-01", "13.03.2024", None], ["2024-03-05", "2024-06-01", "2024-03-13", None]),
        (["05.05.2024"], ["2024-05-05"]),
        (["13.03.2024", "03.14.2024", "05.03.2024", "04.04.2024"], ["2024-03-13", "2024-03-14", None, "2024-04-04"]),
        # Each mark is decided for itself.
        (
            ["13.03.2024", "05.03.2024", "03/14/2024", "03/05/2024"],
            ["2024-03-13", "2024-03-05", "2024-03-14", "2024-03-05"],
        ),
        # A day that no calendar has decides nothing.
        (["45.03.2024", "13.03.2024", "05.03.2024"], [None, "2024-03-13", "2024-03-05"]),
    ],
)
def test_the_column_decides_whether_the_day_or_the_month_comes_first(
    cells: list[str | None], days: list[str | None]
) -> None:
    assert parsed(cells) == days


def test_a_column_that_decides_nothing_is_an_error_with_three_of_its_rows() -> None:
    with pytest.raises(InputError) as error:
        parsed(["05.05.2024", "05.03.2024", "06.03.2024", "07.03.2024", "08.03.2024"])
    assert "(row 3: '05.03.2024'; row 4: '06.03.2024'; row 5: '07.03.2024')" in str(error.value)
    assert "date_order: day_first" in str(error.value)


@pytest.mark.parametrize(("order", "day"), [("day_first", "2024-03-05"), ("month_first", "2024-05-03")])
def test_project_yml_decides_where_the_column_does_not(order: str, day: str) -> None:
    assert parsed(["05.03.2024"], order=order) == [day]


def test_date_order_is_told_once_in_project_yml(make: Maker) -> None:
    rows = [{"registration_no": "1/2024", "date_received": "05.03.2024", "channel": "email", "status": "Resolving"}]
    with pytest.raises(InputError, match=r"register.csv, row 2: '05.03.2024'.*data/smart-government-ii/project.yml"):
        make.clean(rows)
    assert str(make.clean(rows, {"date_order": "day_first"}).cases["date_received"][0].date()) == "2024-03-05"


@settings(max_examples=150)
@given(
    day=st.dates(date(2000, 1, 1), date(2099, 12, 31)),
    language=st.sampled_from(LANGUAGES),
    form=st.sampled_from(["long", "d MMMM y", "d MMM y", "d-MMM-y", "d MMMM, y"]),
)
def test_every_day_in_words_is_read_back_in_five_languages(day: date, language: str, form: str) -> None:
    if language == "mn" and form != "long":
        form = "y 'оны' M 'сарын' d"
    # Hard blanks are made blanks when a file is read.
    text = babel.dates.format_date(day, form, locale=language).replace("\u202f", " ").replace("\u00a0", " ")
    assert parsed([text]) == [str(day)]


@given(day=st.dates(date(2000, 1, 1), date(2099, 12, 31)))
def test_every_day_is_read_back_from_every_mongolian_form(day: date) -> None:
    for form in (
        f"{day.year} оны {day.month} сарын {day.day}",
        f"{day.year} оны {day.month:02}-р сарын {day.day:02}-ны өдөр",
        f"{day.year} оны {day.month} дугаар сарын {day.day}-ний өдөр",
        f"{day.year} оны {day.month} дїгээр сарын {day.day}-ны єдєр",
        f"{day.year}он {day.month}сар {day.day}",
    ):
        assert parsed([form]) == [str(day)], form


@given(day=st.dates(date(1970, 1, 1), date(2099, 12, 30)))
def test_every_serial_number_of_a_spreadsheet_is_its_day(day: date) -> None:
    from_1900, from_1904 = (day - date(1899, 12, 30)).days, (day - date(1904, 1, 1)).days
    if from_1900 >= 25_000:
        assert parsed([str(from_1900)]) == [str(day)]
    if from_1904 >= 25_000:
        assert parsed([str(from_1904)], system=1904) == [str(day)]


@pytest.mark.parametrize(
    ("cell", "read"),
    [
        ("13/03/2024 2:30 PM", "2024-03-13 14:30"),
        ("13/03/2024 12:00 AM", "2024-03-13"),
        ("13/03/2024 12:15 p.m.", "2024-03-13 12:15"),
        ("13/03/2024, 14:30:59", "2024-03-13 14:30"),
        ("13.03.2024 14.30", "2024-03-13 14:30"),
        ("Wednesday, March 13, 2024", "2024-03-13"),
        ("March 13th, 2024", "2024-03-13"),
        ("1st of March 2024", "2024-03-01"),
        ("13 марта 2024 года", "2024-03-13"),
        ("1er février 2024", "2024-02-01"),
        ("13 de marzo de 2024", "2024-03-13"),
        ("13.03.99", "2099-03-13"),
        ("13.03.00", "2000-03-13"),
        ("29.02.2023", None),
        ("31.04.2024", None),
        ("00.13.2024", None),
        ("32.01.2024", None),
        ("13.13.2024", None),
        ("13.03.2024 25:00", None),
        ("13/03.2024", None),
        ("13.03.202", None),
        ("99999", None),
        ("45356.7.1", None),
    ],
)
def test_a_day_has_one_reading_or_none(cell: str, read: str | None) -> None:
    assert parsed([cell]) == [read]


@pytest.mark.parametrize(
    ("cell", "zone", "read"),
    [
        ("2024-03-05T23:30:00Z", "Asia/Ulaanbaatar", "2024-03-06 07:30"),
        ("2024-03-05T15:59:00Z", "Asia/Ulaanbaatar", "2024-03-05 23:59"),
        ("2024-03-10T06:59:00Z", "America/New_York", "2024-03-10 01:59"),
        ("2024-03-10T07:00:00Z", "America/New_York", "2024-03-10 03:00"),
        ("2024-11-03T05:30:00Z", "America/New_York", "2024-11-03 01:30"),
        ("2024-11-03T06:30:00Z", "America/New_York", "2024-11-03 01:30"),
        ("2024-03-05 14:30:00+08:00", "UTC", "2024-03-05 06:30"),
        ("2024-03-05T14:30:00.123+0800", "UTC", "2024-03-05 06:30"),
        ("2024-03-05T14:30-05:00", "UTC", "2024-03-05 19:30"),
    ],
)
def test_a_moment_with_a_zone_is_a_day_where_the_project_is(cell: str, zone: str, read: str) -> None:
    assert parsed([cell], zone=zone) == [read]


def test_a_zone_without_a_place_is_an_error_with_its_row() -> None:
    with pytest.raises(InputError, match=r"^row 3, column date_received: the time '2024-03-05T14:30Z' has a zone"):
        parsed(["2024-03-05", "2024-03-05T14:30Z"])


def row(**cells: str) -> dict[str, str]:
    base = {"registration_no": "1/2024", "date_received": "2024-03-05", "channel": "email", "status": "Resolving"}
    return {**base, "type": "Question", **cells}


@pytest.mark.parametrize("word", ["NIL", "N/A", "n.a.", "-", "—", "none", "байхгүй", "не указано", "néant", "S/D"])
def test_a_word_for_nothing_is_blank_but_in_a_text(make: Maker, word: str) -> None:
    cells = {name: word for name in ("date_resolved", "relation", "complainant", "topic", "summary", "note")}
    cleaned = make.clean([row(**cells)])
    assert cleaned.rules() == []
    table = cleaned.read().iloc[0]
    assert [name for name in cells if pd.notna(table[name])] == ["summary", "note"]
    assert table["summary"] == word


def test_a_word_for_no_stays_no_where_yes_or_no_is_asked(make: Maker) -> None:
    assert {"үгүй", "нет"} <= nothing_words()
    for word, meaning in [("үгүй", False), ("Нет", False), ("тийм", True), ("OUI", True), ("sí", True), ("X", True)]:
        cleaned = make.clean([row(is_anonymous=word)])
        assert bool(cleaned.register.table["is_anonymous"][0]) is meaning, word
    assert set(yes_no_words().values()) == {True, False}


def test_letters_garbled_by_a_wrong_encoding_are_mended_and_told(make: Maker) -> None:
    garbled = "Réunion à l'école, déjà demandée".encode().decode("cp1252")
    cleaned = make.clean([row(summary=garbled, topic="naïve café")])
    assert cleaned.read()["summary"][0] == "Réunion à l'école, déjà demandée"
    assert cleaned.read()["topic"][0] == "naïve café"
    assert cleaned.rules() == ["text_mended"]

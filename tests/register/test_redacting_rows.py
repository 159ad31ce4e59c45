"""Texts of a register are redacted row by row: what is known of the row and of the whole register counts."""

from __future__ import annotations

import pytest
from making import Maker

ROW = {"date_received": "2024-03-05", "channel": "email", "status": "Resolved", "type": "Question"}


def texts_of(make: Maker, *rows: dict[str, str]) -> list[str]:
    numbered = [{**ROW, "registration_no": f"{n}/2024", **row} for n, row in enumerate(rows, start=1)]
    return make.clean(numbered).cases["summary_public"].fillna("").tolist()


def test_a_kept_complainant_is_replaced_in_the_own_row_alone(make: Maker) -> None:
    said = "The World Bank asked the MDDC."
    texts = texts_of(make, {"complainant": "World Bank", "summary": said}, {"summary": said}, {})
    assert texts == ["The [organisation] asked the MDDC.", said, ""]


def test_a_complainant_is_replaced_in_every_row(make: Maker) -> None:
    texts = texts_of(
        make,
        {"complainant": "Bolormaa Dorj", "complainant_contact": "9911-2233", "summary": "Доржийн Болормаа ирсэн."},
        {"summary": "Call B. Dorj under +976 99112233."},
    )
    assert texts == ["[person] ирсэн.", "Call [person] under [contact]."]


def test_whoever_stands_in_a_second_column_of_persons_is_replaced_too(make: Maker) -> None:
    texts = texts_of(
        make,
        {
            "complainant": "Altan Transport LLC",
            "Name": "Precious Hope",
            "complainant_contact": "7011-2233",
            "Address": "Third house behind mill, Upper Bay",
            "responsible": "Mercy Banda",
            "Focal point": "Faith Zola",
            "location": "Upper Bay",
        },
        {"summary": "precious hope of the third house behind mill in Upper Bay wrote to faith zola."},
        {"location": "Upper Bay", "Address": "Upper Bay", "summary": "The road of Upper Bay"},
    )
    # A place that reports print is no contact.
    assert texts[1] == "[person 1] of the [contact] in Upper Bay wrote to [person 2]."
    assert texts[2] == "The road of Upper Bay"


@pytest.mark.parametrize("rows", [2, 3])
def test_a_word_that_three_texts_write_small_is_no_mistyped_name(make: Maker, rows: int) -> None:
    others = [{"summary": f"{n} days at the market"} for n in range(rows)]
    texts = texts_of(make, {"complainant": "Marhet Dorj", "summary": "Market day"}, *others)
    assert texts[0] == ("Market day" if rows >= 3 else "[person] day")


def test_a_place_is_no_mistyped_name(make: Maker) -> None:
    # One that two rows name is no suspect either.
    there = {"location": "Sarrowe", "summary": "The road at Sarrowe"}
    texts = texts_of(make, {"complainant": "Sarrove Dorj", **there}, there)
    assert texts == ["The road at Sarrowe"] * 2

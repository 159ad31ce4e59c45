"""Every word of the report goes through the catalogue, and numbers and dates are written as the language does."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest
from marked import marked_catalogue

from pipeline.errors import InputError
from pipeline.period import Period
from pipeline.reporting import catalogue, words
from pipeline.reporting.numbers import display

ENGLISH = words.words_for("en")


@pytest.fixture
def marked_language(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[words.Words]:
    marked_catalogue(tmp_path)
    monkeypatch.setattr(words, "LOCALE", tmp_path)
    words.words_for.cache_clear()
    yield words.words_for("de")
    words.words_for.cache_clear()


def test_the_template_of_the_catalogues_is_up_to_date(tmp_path: Path) -> None:
    catalogue.write(tmp_path / "messages.pot")
    stored = (words.LOCALE / "messages.pot").read_text(encoding="utf-8")
    assert (tmp_path / "messages.pot").read_text(encoding="utf-8") == stored, (
        "run python -m pipeline.reporting.catalogue"
    )


def test_every_message_of_a_plural_pair_is_filled_in_by_the_same_names() -> None:
    for message in catalogue.messages():
        if isinstance(message.id, tuple):
            one, many = (catalogue.placeholders(text) for text in message.id)
            assert one == many


def test_what_a_catalogue_lacks_is_listed(marked_language: words.Words) -> None:
    path = words.LOCALE / "de" / "LC_MESSAGES" / "messages.po"
    assert catalogue.faults(path) == []
    text = path.read_text(encoding="utf-8")
    path.write_text(text.replace('"«Figures»"', '""').replace("«%(n)s working day»", "«working day»"), encoding="utf-8")
    assert set(catalogue.faults(path)) == {"other placeholders: %(n)s working day", "not translated: Figures"}


def test_every_catalogue_that_is_kept_is_complete() -> None:
    assert {path.parts[-3]: catalogue.faults(path) for path in words.LOCALE.glob("*/LC_MESSAGES/messages.po")} == {
        path.parts[-3]: [] for path in words.LOCALE.glob("*/LC_MESSAGES/messages.po")
    }


def test_a_second_language_is_a_file(marked_language: words.Words) -> None:
    assert marked_language.text("Figures") == "«Figures»"
    assert marked_language.plural("%(n)s working day", "%(n)s working days", 1) == "«1 working day»"
    assert marked_language.plural("%(n)s working day", "%(n)s working days", 2000) == "«2.000 working days»"
    assert marked_language.day(date(2024, 3, 5)) == "5. März 2024"


def test_a_language_without_a_catalogue_is_refused() -> None:
    with pytest.raises(InputError, match="no message catalogue for 'fr'"):
        words.words_for("fr")


def test_numbers_and_dates_follow_the_language() -> None:
    assert ENGLISH.number(58119) == "58,119"
    assert ENGLISH.number(2 / 9, 2) == "0.22"
    assert ENGLISH.number(0.0, 2) == "0"
    assert ENGLISH.day(date(2024, 3, 5)) == "March 5, 2024"
    assert ENGLISH.percent(56.25) == "56\u00a0%"
    assert ENGLISH.period(Period.parse("2024H2")) == "Second half of 2024"
    assert ENGLISH.period(Period.parse("2024-05")) == "May 2024"
    assert (ENGLISH.ordinal(1), ENGLISH.ordinal(12), ENGLISH.ordinal(13)) == ("first", "twelfth", None)


def row(state: str, numerator: int | None, denominator: int | None, value: float | None, unit: str = "percent") -> dict:
    return {
        "state": state,
        "numerator": numerator,
        "denominator": denominator,
        "value": float("nan") if value is None else value,
        "unit": unit,
        "indicator": "resolution_working_days_mean" if unit == "working_days" else "received",
    }


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        (row("below_minimum", 9, 9, None), "9 of 9"),
        (row("stated", 9, 16, 56.25), "9 of 16 (56 %)"),
        (row("stated", 999, 1000, 99.9), "999 of 1,000 (over 99 %)"),
        (row("stated", 1, 1000, 0.1), "1 of 1,000 (under 1 %)"),
        (row("stated", 1000, 1000, 100.0), "1,000 of 1,000 (100 %)"),
        (row("stated", 0, 1000, 0.0), "0 of 1,000 (0 %)"),
        (row("not_applicable", 0, 0, None), "not applicable"),
        (row("not_collected", None, None, None), "not collected"),
        (row("no_standard", None, None, None), "no standard set"),
        (row("not_available", None, None, None), "not available"),
        (row("stated", None, None, 16.0, "count"), "16"),
        (row("stated", None, None, 2 / 9, "working_days"), "0.22"),
    ],
)
def test_a_rate_shows_its_n_of_n_and_rounding_hides_nothing(given: dict, expected: str) -> None:
    assert re.sub("\u00a0", " ", display(given, ENGLISH)) == expected


@pytest.mark.parametrize(
    ("value", "decimals", "written"),
    [(62.5, 0, "63"), (82.5, 0, "83"), (0.125, 2, "0.13"), (2.675, 2, "2.68"), (-0.125, 2, "-0.13"), (0.05, 1, "0.1")],
)
def test_a_half_is_rounded_up_as_a_spreadsheet_does(value: float, decimals: int, written: str) -> None:
    assert words.words_for("en").number(value, decimals) == written

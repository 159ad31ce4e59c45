"""A place that the register counts by is no address where its figures stand beside it; an address beside them is one.

In the text of a PDF the cells of a row stand one after the other with a blank between them: a place whose name ends
in a word such as Road reads as an address with the first of its figures as the number of a house.
"""

from __future__ import annotations

from pathlib import Path

import pytest

from pipeline.confidentiality.guard import guard
from pipeline.confidentiality.redaction import KnownNames
from pipeline.confidentiality.search import OwnWords, Search
from pipeline.errors import DisclosureError
from pipeline.reporting.who import MARK

PLACES = ("Quarry Road", "Old Mill Street", "Peace Avenue", "Lake Drive", "Station Lane", "Гол гудамж")
SEARCH = Search(KnownNames.gather(), "en-MN", (), OwnWords(places=PLACES))
ROWS = {
    "figures": ("12", "11", "47", "3"),
    "a figure not given behind the first": ("5", MARK, "74", "65"),
    "two not given": ("5", MARK, MARK, "65"),
    "the last not given": ("5", "7", "74", MARK),
    "all but the first not given": ("5", MARK, MARK, MARK),
    "shares": ("5", "12%", "74", "100%"),
    "shares with a blank": ("5", "12 %", "74", "100 %"),
    "days": ("5", "56.25", "1,234", "12.5"),
    "strokes": ("5", "–", "—", "-"),
    "differences": ("5", "-3", "−3", "+12"),
    "two columns of figures": ("5", MARK),
}
DAYS = ("September 13, 2024", "13 September 2024", "Sept. 3, 2024")
ADDRESSES = {
    "behind a day": "<table><tr><td>September 13, 2024<td>12 Quarry Road</table>",
    "with a year as its number": "<p>The crew works at 2024 Quarry Road since May.</p>",
    "in a sentence": "<p>The crew works at Quarry Road 5 since May.</p>",
    "in a sentence, with the number first": "<p>The crew works at 12 Quarry Road since May.</p>",
    "at the end of a paragraph": "<p>The crew works at Quarry Road 5</p>",
    "before a stroke": "<p>Quarry Road 5 – the second floor</p>",
    "before a figure with a word": "<p>Quarry Road 5 [c] 74 families</p>",
    "before a share of something": "<p>Quarry Road 5 12% of the yard</p>",
    "in a cell of words": "<table><tr><td>Request<td>Quarry Road 5<td>Resolved</table>",
    "in the last cell": "<table><tr><td>7<td>Request<td>Quarry Road 5</table>",
    "in a row of its own": "<table><tr><td>Quarry Road 5<tr><td>7</table>",
}


def printed(folder: Path, page: str) -> None:
    import weasyprint

    (folder / "public").mkdir()
    source = f"<html lang=en><title>x</title><style>td {{ padding: 0 1em }}</style>{page}"
    weasyprint.HTML(string=source).write_pdf(folder / "public" / "report.pdf", pdf_variant="pdf/ua-1")


@pytest.mark.parametrize("what", ROWS)
def test_a_place_and_its_figures_in_a_row_of_the_pdf_are_no_address(what: str, tmp_path: Path) -> None:
    rows = "".join(f"<tr><th>{place}" + "".join(f"<td>{cell}" for cell in ROWS[what]) for place in PLACES)
    printed(tmp_path, f"<table>{rows}</table>")
    guard(tmp_path, SEARCH)


@pytest.mark.parametrize("where", ADDRESSES)
def test_an_address_is_found_in_the_pdf_although_its_street_is_a_place_of_the_register(
    where: str, tmp_path: Path
) -> None:
    printed(tmp_path, ADDRESSES[where])
    with pytest.raises(DisclosureError, match=r"public/report\.pdf holds a street address"):
        guard(tmp_path, SEARCH)


@pytest.mark.parametrize("day", DAYS)
def test_the_year_of_a_day_before_a_text_is_no_number_of_a_house(day: str, tmp_path: Path) -> None:
    text = "The road can be used after rain."
    printed(tmp_path, f"<table><tr><td>41<td>{day}<td>Appreciation<td>{text}</table>")
    guard(tmp_path, SEARCH)


ROWS_OF_TEXTS = {
    "number, type, text": ("27", "Complaint", "The road is full of holes and the drain is blocked."),
    "number, text": ("27", "The road is full of holes."),
    "text, number": ("Nobody closed the Quarry Road", "27 weeks have passed"),
    "letters beyond the first plane before it": ("\U00010330 \U00010331", "27", "Complaint", "The road is full."),
}


@pytest.mark.parametrize("padding", ["0.3em", "1em"])
@pytest.mark.parametrize("what", ROWS_OF_TEXTS)
def test_no_address_begins_in_one_cell_of_a_row_and_ends_in_another(what: str, padding: str, tmp_path: Path) -> None:
    cells = "".join(f"<td style='padding: 0 {padding}'>{cell}" for cell in ROWS_OF_TEXTS[what])
    printed(tmp_path, f"<table><tr>{cells}</table>")
    guard(tmp_path, SEARCH)


IN_PARTS = {
    "with a part of it set off": "<p>The crew works at <b>12</b> Quarry <i>Road</i> since May.</p>",
    "in a line that is stretched": f"<p style='text-align: justify'>At <b>12</b> Quarry Road {'wider ' * 60}</p>",
    "in one cell of several": "<table><tr><td>27<td>Complaint<td>At 12 Quarry Road<td>Resolved</table>",
}


@pytest.mark.parametrize("where", IN_PARTS)
def test_an_address_within_a_cell_or_a_line_is_found_however_it_is_set(where: str, tmp_path: Path) -> None:
    printed(tmp_path, IN_PARTS[where])
    with pytest.raises(DisclosureError, match=r"public/report\.pdf holds a street address"):
        guard(tmp_path, SEARCH)

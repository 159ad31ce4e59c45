"""The documents themselves: opened offline, read aloud, printed."""

from __future__ import annotations

import itertools
import re
from collections.abc import Iterator
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import pytest
from browsing import asked_of_the_network, complaints, offline_browser, overflow, set_width
from pypdf import PdfReader
from pypdf.generic import DictionaryObject

pytestmark = pytest.mark.notebooks


class _Elements(HTMLParser):
    def __init__(self, html: str) -> None:
        super().__init__()
        self.found: list[tuple[str, dict[str, str | None]]] = []
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.found.append((tag, dict(attrs)))


@pytest.fixture(scope="module")
def elements(sample: Path) -> list[tuple[str, dict[str, str | None]]]:
    return _Elements((sample / "public" / "report.html").read_text(encoding="utf-8")).found


def test_the_html_runs_nothing_and_loads_nothing(elements: list, sample: Path) -> None:
    tags = {tag for tag, _ in elements}
    assert not tags & {"script", "iframe", "object", "embed", "link", "base", "form"}
    for tag, attributes in elements:
        assert not [name for name in attributes if name.startswith("on")]
        if tag == "img":
            assert str(attributes["src"]).startswith("data:image/svg+xml,")
        if "href" in attributes:
            assert str(attributes["href"]).startswith("#")
    style = re.search(
        r"<style>(.*?)</style>", (sample / "public" / "report.html").read_text(encoding="utf-8"), re.DOTALL
    )
    assert style is not None
    assert "url(" not in style[1]
    assert "@import" not in style[1]


def test_the_html_can_be_read_aloud(elements: list) -> None:
    assert elements[0] == ("html", {"lang": "en", "class": "draft"})
    assert all(attributes.get("alt") for tag, attributes in elements if tag == "img")
    assert all(attributes.get("scope") for tag, attributes in elements if tag == "th")
    tables = sum(tag == "table" for tag, _ in elements)
    assert tables == sum(tag == "caption" for tag, _ in elements) > 5
    levels = [int(tag[1]) for tag, _ in elements if re.fullmatch("h[1-6]", tag)]
    assert levels.count(1) == 1
    assert all(after - before <= 1 for before, after in itertools.pairwise(levels))
    ids = [attributes["id"] for _, attributes in elements if "id" in attributes]
    assert len(ids) == len(set(ids))
    targets = {str(attributes["href"])[1:] for tag, attributes in elements if tag == "a"}
    assert targets <= set(ids)


def _structure(node: Any) -> Iterator[DictionaryObject]:
    node = node.get_object()
    if isinstance(node, DictionaryObject):
        yield node
        children = node.get("/K")
        if children is not None:
            children = children.get_object()
            for child in children if isinstance(children, list) else [children]:
                yield from _structure(child)


def test_the_pdf_is_tagged_titled_and_in_a_language(sample: Path) -> None:
    reader = PdfReader(sample / "public" / "report.pdf")
    root: Any = reader.trailer["/Root"]
    assert root["/Lang"] == "en"
    assert root["/MarkInfo"]["/Marked"]
    assert root["/ViewerPreferences"]["/DisplayDocTitle"]
    assert reader.metadata is not None
    assert reader.metadata.title == "Smart Government II Project: Semi-annual summary report, First half of 2024"
    assert b"pdfuaid:part" in root["/Metadata"].get_object().get_data()
    nodes = list(_structure(root["/StructTreeRoot"]))
    kinds = [str(node.get("/S")) for node in nodes]
    assert {"/H1", "/H2", "/Table", "/TH", "/TD", "/Figure"} <= set(kinds)
    figures = [node for node in nodes if node.get("/S") == "/Figure"]
    assert len(figures) == 3
    assert all(str(figure["/Alt"]).strip() for figure in figures)
    assert len(reader.outline) >= 1
    assert "/CreationDate" not in reader.metadata


def test_the_pdf_repeats_table_headers_and_numbers_its_pages(sample: Path) -> None:
    pages = [page.extract_text() for page in PdfReader(sample / "public" / "report.pdf").pages]
    with_annex = [text for text in pages if "Registered no." in text]
    assert len(with_annex) >= 2
    assert f"2 / {len(pages)}" in pages[1]


@pytest.mark.browser
def test_a_browser_opens_it_without_a_request_or_a_complaint(sample: Path, tmp_path: Path) -> None:
    with offline_browser(tmp_path / "profile") as browser:
        browser.get((sample / "public" / "report.html").as_uri())
        assert browser.title.startswith("Smart Government II Project")
        widths = browser.execute_script("return Array.from(document.images).map(i => i.naturalWidth)")
        assert len(widths) == 3
        assert all(width > 0 for width in widths)
        set_width(browser, 360)
        assert overflow(browser) <= 0
        assert asked_of_the_network(browser) == set()
        assert complaints(browser) == []


BESIDE_ANOTHER_TERM = """
    return Array.from(document.querySelectorAll("section dl > div")).filter(pair => {
        const [term, said] = ["dt", "dd"].map(name => pair.querySelector(name).getBoundingClientRect());
        return said.top < term.top - 1 || said.top > term.bottom || said.left < term.left;
    }).map(pair => pair.textContent.trim())
"""


@pytest.mark.browser
def test_in_the_executed_notebook_each_figure_stands_beside_what_it_is(sample: Path, tmp_path: Path) -> None:
    from nbconvert.exporters import HTMLExporter

    page, _ = HTMLExporter().from_filename(str(sample / "internal" / "notebooks" / "04_report.ipynb"))
    (tmp_path / "04_report.html").write_text(page, encoding="utf-8")
    with offline_browser(tmp_path / "profile") as browser:
        browser.get((tmp_path / "04_report.html").as_uri())
        assert browser.execute_script("return document.querySelectorAll('section dl > div').length") > 50
        assert browser.execute_script(BESIDE_ANOTHER_TERM) == []

"""The documents themselves: opened offline, read aloud, printed."""

from __future__ import annotations

import itertools
import json
import re
import shutil
from collections.abc import Iterator
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import pytest
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
    assert elements[0] == ("html", {"lang": "en"})
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
    chromium, driver_path = shutil.which("chromium"), shutil.which("chromedriver")
    if chromium is None or driver_path is None:
        pytest.skip("Chromium is not installed (Debian: chromium chromium-driver)")
    from selenium import webdriver
    from selenium.webdriver.chrome.service import Service

    options = webdriver.ChromeOptions()
    options.binary_location = chromium
    for argument in (
        "--headless",
        "--no-sandbox",
        "--disable-gpu",
        "--no-first-run",
        "--disable-background-networking",
        "--disable-component-update",
        "--disable-sync",
        f"--user-data-dir={tmp_path / 'profile'}",
    ):
        options.add_argument(argument)
    options.set_capability("goog:loggingPrefs", {"performance": "ALL", "browser": "ALL"})
    browser = webdriver.Chrome(options=options, service=Service(driver_path))
    try:
        browser.execute_cdp_cmd("Network.enable", {})
        browser.execute_cdp_cmd(
            "Network.emulateNetworkConditions",
            {"offline": True, "latency": 0, "downloadThroughput": -1, "uploadThroughput": -1},
        )
        browser.get((sample / "public" / "report.html").as_uri())
        assert browser.title.startswith("Smart Government II Project")
        widths = browser.execute_script("return Array.from(document.images).map(i => i.naturalWidth)")
        assert len(widths) == 3
        assert all(width > 0 for width in widths)
        browser.set_window_size(380, 800)
        overflow = browser.execute_script("return document.documentElement.scrollWidth - window.innerWidth")
        assert overflow <= 0
        events = [json.loads(entry["message"])["message"] for entry in browser.get_log("performance")]
        asked = {e["params"]["request"]["url"] for e in events if e["method"] == "Network.requestWillBeSent"}
        assert {url for url in asked if url.startswith(("http", "ws", "ftp"))} == set()
        assert [entry for entry in browser.get_log("browser") if entry["level"] == "SEVERE"] == []
    finally:
        browser.quit()

"""`reports` makes the demonstration's six half-years and the page that lists them, which a browser opens offline."""

from __future__ import annotations

import itertools
import re
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urlparse

import pytest
from browsing import asked_of_the_network, complaints, offline_browser, overflow, set_width
from public_folders import Page
from reports import Outcome, call, headlines

pytestmark = pytest.mark.notebooks
LABELS = ["2022H1", "2022H2", "2023H1", "2023H2", "2024H1", "2024H2"]
KEY_FIGURES = ("received", "eligible", "resolution_rate", "resolution_working_days_median", "closing_stock")


@pytest.fixture(scope="session")
def all_reports(tmp_path_factory: pytest.TempPathFactory) -> Outcome:
    """All reports of the demonstration: six runs, once a session."""
    outcome = call("reports", "--project=demo", outputs=tmp_path_factory.mktemp("all") / "outputs", seconds=1800)
    assert outcome.code == 0, outcome.stderr
    return outcome


@pytest.fixture(scope="session")
def folder(all_reports: Outcome) -> Path:
    return all_reports.outputs / "demo"


@pytest.fixture(scope="session")
def page(folder: Path) -> Page:
    return Page((folder / "index.html").read_text(encoding="utf-8"))


def test_six_reports_and_the_page_are_made_with_a_line_each(all_reports: Outcome, folder: Path) -> None:
    lines = [line.partition(" ") for line in all_reports.stderr.splitlines()]
    assert [number for number, *_ in lines] == [f"[{number}/6]" for number in range(1, 7)]
    assert sorted(line.partition(" made in ")[0] for *_, line in lines) == [f"{label} …" for label in LABELS]
    assert "6 reports are made" in all_reports.stdout
    assert sorted(path.name for path in folder.iterdir() if path.name[0] != ".") == [*LABELS, "index.html"]
    for label in LABELS:
        public = sorted(path.name for path in (folder / label / "public").iterdir())
        assert public == ["cases.csv", "indicators.csv", "report.html", "report.pdf", "results_framework.csv"]


def files(folder: Path) -> dict[str, bytes]:
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


@pytest.mark.parametrize("label", [LABELS[1], LABELS[-1]])
def test_a_report_among_many_is_byte_for_byte_the_one_that_is_made_alone(
    folder: Path, label: str, tmp_path: Path
) -> None:
    alone = call("report", "--project=demo", f"--period={label}", outputs=tmp_path / "outputs")
    assert alone.code == 0, alone.stderr
    assert files(alone.set(label, "demo")) == files(folder / label)


def test_made_again_they_stand_as_they_are(all_reports: Outcome, folder: Path) -> None:
    before = {label: files(folder / label) for label in LABELS}
    again = call("reports", "--project=demo", outputs=all_reports.outputs)
    assert again.code == 0, again.stderr
    lines = again.stderr.splitlines()
    assert sorted(line.partition("] ")[2] for line in lines) == [f"{label} … unchanged" for label in LABELS]
    assert {label: files(folder / label) for label in LABELS} == before


def test_the_page_repeats_what_each_report_gives(page: Page, folder: Path) -> None:
    rows = [row for row in page.rows if row[0] != "Period"]
    assert len(rows) == 6
    for row, label in zip(rows, reversed(LABELS), strict=True):
        figures = headlines(folder / label)
        assert row[1:6] == [figures[name]["display"] for name in KEY_FIGURES]
        assert "DRAFT" in row[0]
        assert "Provisional" not in row[0]


def test_stock_and_flow_on_the_page_go_on_from_report_to_report(folder: Path) -> None:
    figures = [headlines(folder / label) for label in LABELS]
    for before, after in itertools.pairwise(figures):
        assert before["closing_stock"]["value"] == after["opening_stock"]["value"]


def test_one_report_renews_the_page_too(sample: Path) -> None:
    page = Page((sample.parent / "index.html").read_text(encoding="utf-8"))
    # Other tests may have added the same period as of earlier days, which have rows of their own.
    (row,) = [row for row in page.rows if row[0].startswith("First half of 2024") and "as of" not in row[0]]
    assert row[1] == "16"


@pytest.fixture(scope="module")
def browser(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Any]:
    with offline_browser(tmp_path_factory.mktemp("browser") / "profile") as opened:
        yield opened


@pytest.fixture(scope="module")
def published(folder: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The page with the public files alone, as README.md has them copied to a web server."""
    target = tmp_path_factory.mktemp("web server") / "demo"
    shutil.copytree(folder, target, ignore=shutil.ignore_patterns("internal", "manifest.json", ".*"))
    return target


@pytest.fixture(scope="module")
def opened(browser: Any, published: Path) -> Any:
    """The page in a browser."""
    browser.get((published / "index.html").as_uri())
    return browser


@pytest.mark.browser
def test_a_browser_opens_the_page_without_a_request_or_a_complaint(opened: Any) -> None:
    assert opened.title.startswith("Rural Services Demonstration Project")
    widths = opened.execute_script("return Array.from(document.images).map(i => i.naturalWidth)")
    assert widths == [240] * 4
    assert asked_of_the_network(opened) == set()
    assert complaints(opened) == []


@pytest.mark.browser
@pytest.mark.parametrize("width", [360, 600, 900, 1200])
def test_the_page_is_as_wide_as_its_screen(opened: Any, width: int) -> None:
    set_width(opened, width)
    assert overflow(opened) <= 0
    regions = "return Array.from(document.querySelectorAll('.scroll')).map(e => e.scrollWidth - e.clientWidth)"
    assert all(wider <= 0 for wider in opened.execute_script(regions))


@pytest.mark.browser
@pytest.mark.parametrize("width", [360, 1200])
def test_every_link_is_reached_by_tab_in_the_order_of_the_page_and_is_seen(opened: Any, page: Page, width: int) -> None:
    from selenium.webdriver.common.action_chains import ActionChains
    from selenium.webdriver.common.keys import Keys

    set_width(opened, width)
    opened.refresh()
    targets = page.attributes("a", "href")
    assert len(targets) == 1 + 2 + 6 * 4
    reached, unseen = [], []
    for _ in range(len(targets) + 2):
        ActionChains(opened).send_keys(Keys.TAB).perform()
        href, box, outline = opened.execute_script(
            "const e = document.activeElement, b = e.getBoundingClientRect();"
            "return [e.getAttribute('href'), [b.left, b.top, b.width, b.height], getComputedStyle(e).outlineStyle]"
        )
        if href is None:
            continue
        reached.append(href)
        left, top, wide, high = box
        if left < 0 or left + wide > width + 1 or top < 0 or top > 800 or high < 10 or outline == "none":
            unseen.append((href, box, outline))
    assert reached == targets
    assert unseen == []


@pytest.mark.browser
def test_every_link_opens_a_file_that_is_there(opened: Any, published: Path) -> None:
    set_width(opened, 1200)
    resolved = opened.execute_script("return Array.from(document.links).map(a => a.href)")
    files = {Path(unquote(urlparse(url).path)) for url in resolved if "#" not in url}
    assert len(files) == 6 * 4
    assert all(path.is_file() and path.is_relative_to(published) for path in files)
    assert {url.partition("#")[2] for url in resolved if "#" in url} == {"reports"}
    for label in LABELS:
        opened.get((published / "index.html").as_uri())
        opened.find_element("css selector", f'th a[href="{label}/public/report.html"]').click()
        assert re.search("half of 202[2-4]$", opened.title)
        assert opened.current_url.endswith(f"/{label}/public/report.html")
    assert asked_of_the_network(opened) == set()
    assert complaints(opened) == []

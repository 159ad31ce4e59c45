"""The page of all projects in a browser: it asks for nothing, fits every screen, and keys reach every link."""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from browsing import asked_of_the_network, complaints, offline_browser, overflow, set_width
from portfolio_folders import Folders, rows_of_a_report
from public_folders import Page

from pipeline.commands.portfolio_page import refresh_portfolio
from pipeline.places import DATA_VARIABLE, OUTPUTS_VARIABLE

pytestmark = pytest.mark.browser


@pytest.fixture(scope="module")
def page(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """A page with long names, large numbers, every mark, and figures that are not given."""
    folder = tmp_path_factory.mktemp("projects")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv(DATA_VARIABLE, str(folder / "data"))
        patch.setenv(OUTPUTS_VARIABLE, str(folder / "outputs"))
        folders = Folders(folder / "data", folder / "outputs")
        folders.project("one", name="Eastern Corridor Roads Rehabilitation and Climate Resilience Programme")
        folders.project("two", name="Донаудампфшиффартсэлектризитэтенхауптбетрибсверкбауунтербеамтенгезельшафт")
        folders.project("three", synthetic="true", notice="None of it is real.")
        for code, label in itertools.product(folders.projects, ("2023H2", "2024H1")):
            rows = rows_of_a_report(received=1_234_567, eligible=1_234_000, resolved=1_200_000)
            folders.report(code, label, rows, status="draft provisional" if code == "one" else "final")
        folders.report("one", "2022H2")
        yield refresh_portfolio(folders.projects, {("two", "2024H1"), ("three", "2023H1")})


@pytest.fixture(scope="module")
def opened(page: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Any]:
    with offline_browser(tmp_path_factory.mktemp("browser") / "profile") as browser:
        browser.get(page.as_uri())
        yield browser


def test_the_page_opens_without_a_request_or_a_complaint(opened: Any) -> None:
    assert opened.title == "Grievances of the projects, side by side"
    assert asked_of_the_network(opened) == set()
    assert complaints(opened) == []


@pytest.mark.parametrize("width", [320, 360, 600, 900, 1233, 1280, 1600])
def test_the_page_is_as_wide_as_its_screen(opened: Any, width: int) -> None:
    set_width(opened, width)
    assert overflow(opened) <= 0
    regions = "return Array.from(document.querySelectorAll('.scroll')).map(e => e.scrollWidth - e.clientWidth)"
    assert all(wider <= 0 for wider in opened.execute_script(regions))


@pytest.mark.parametrize("width", [320, 1280])
def test_every_link_is_reached_by_tab_in_the_order_of_the_page(opened: Any, page: Path, width: int) -> None:
    from selenium.webdriver.common.action_chains import ActionChains
    from selenium.webdriver.common.keys import Keys

    set_width(opened, width)
    opened.refresh()
    targets = Page(page.read_text("utf-8")).attributes("a", "href")
    reached = []
    for _ in range(2 * len(targets)):
        ActionChains(opened).send_keys(Keys.TAB).perform()
        href = opened.execute_script("return document.activeElement.getAttribute('href')")
        reached += [href] if href is not None else []
    assert reached[: len(targets)] == targets

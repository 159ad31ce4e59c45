"""The page of all projects: each report's own figures, totals that give nothing away, every report accounted for."""

from __future__ import annotations

import itertools
import re
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import unquote

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from marked import marked_catalogue
from portfolio_folders import COUNTS, Folders, rows_of_a_report
from public_folders import Page

from pipeline.places import DATA_VARIABLE
from pipeline.reporting import words
from pipeline.reporting.portfolio import COLUMNS, INDICATORS, Portfolio, read_entries, words_of
from pipeline.reporting.public_figures import PublicFigure, added, read_figures
from pipeline.reporting.words import words_for

NBSP = "\u00a0"
HALVES = ("2023H2", "2024H1")
Failed = set[tuple[str, str]]


@pytest.fixture
def folders(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Folders:
    monkeypatch.setenv(DATA_VARIABLE, str(tmp_path / "data"))
    return Folders(tmp_path / "data", tmp_path / "outputs")


def portfolio(folders: Folders, failed: Failed | None = None) -> Portfolio:
    projects = list(folders.projects.values())
    return Portfolio(projects, read_entries(projects, folders.outputs, failed or set()), words_of(projects))


def page_of(folders: Folders, failed: Failed | None = None) -> Page:
    return Page(portfolio(folders, failed).html())


def rows_at(page: Page, place: str) -> dict[str, list[str]]:
    """Return the rows of the table below the heading with an id, by what heads them."""
    below = Page(page.html.partition(f'id="{place}"')[2].partition("</table>")[0])
    return {row[0]: [cell.strip() for cell in row[1:]] for row in below.rows if len(row) > len(INDICATORS)}


def row_of(page: Page, place: str, name: str) -> tuple[str, list[str]]:
    """Return the heading and the figures of the row that begins with a name."""
    (found,) = [(heading, row) for heading, row in rows_at(page, place).items() if heading.startswith(name)]
    return found


def figure_of(table: pd.DataFrame, project: str, period: str, indicator: str) -> pd.Series:
    rows = table[(table["project"] == project) & (table["period"] == period) & (table["indicator"] == indicator)]
    assert len(rows) == 1
    return rows.iloc[0]


# -- figures ---------------------------------------------------------------------------------------------------------


def test_each_report_has_its_own_figures_and_counts_are_added(folders: Folders) -> None:
    folders.project("one")
    folders.project("two")
    for label in HALVES:
        folders.report("one", label)
    folders.report("two", "2023H2", rows_of_a_report(received=1_200, resolved=5, eligible=9, withdrawn=0))
    folders.report("two", "2024H1", rows_of_a_report("", resolved=0, eligible=4, withdrawn=4))
    page = page_of(folders)
    _, one = row_of(page, "p-2023H2", "Project one")
    assert one == ["40", "6", "2", "32", "20", "5", "3", "4", "0", f"20 of 28 (71{NBSP}%)", "3", "9"]
    _, two = row_of(page, "p-2023H2", "Project two")
    assert two == ["1,200", "6", "2", "9", "5", "5", "3", "0", "0", "5 of 9", "3", "9"]
    _, total = row_of(page, "p-2023H2", "2 projects together")
    assert total == ["1,240", "12", "4", "41", "25", "10", "6", "4", "0", f"25 of 37 (68{NBSP}%)", "–", "18"]
    _, later = row_of(page, "p-2024H1", "2 projects together")
    assert later[9:11] == [f"20 of 28 (71{NBSP}%)", "–"]
    assert row_of(page, "p-2024H1", "Project two")[1][9:11] == ["not applicable", "not applicable"]


def test_projects_of_one_name_are_told_apart_by_their_folders(folders: Folders) -> None:
    for code, name in (("one", "Roads"), ("two", "Roads"), ("three", "Water")):
        folders.project(code, name=name)
        folders.report(code, "2023H2")
    page = page_of(folders)
    headings = [heading for heading in rows_at(page, "p-2023H2") if "together" not in heading]
    assert [heading.partition(",")[0] for heading in headings] == ["Roads (one)", "Roads (two)", "Water"]
    assert page.html.count("Roads (one)") == 1 + len(HALVES)


def test_the_table_has_what_the_page_has_and_says_why_a_total_is_not_given(folders: Folders) -> None:
    for code in ("one", "two"):
        folders.project(code)
        folders.report(code, "2023H2")
    folders.report("one", "2024H1")
    table = portfolio(folders).table()
    assert tuple(table.columns) == COLUMNS
    rate = figure_of(table, "one", "2023H2", "resolution_rate")
    assert (float(rate["value"]), rate["numerator"], rate["denominator"]) == (100 * 20 / 28, "20", "28")
    total = figure_of(table, "", "2023H2", "resolution_rate")
    assert (float(total["value"]), total["numerator"], total["denominator"]) == (100 * 40 / 56, "40", "56")
    assert (total["report"], total["note"]) == ("total", "")
    median = figure_of(table, "", "2023H2", "resolution_working_days_median")
    assert (median["value"], median["note"]) == ("", "does not add up")
    hidden = figure_of(table, "", "2024H1", "received")
    assert (hidden["value"], hidden["display"], hidden["note"]) == ("", "", "not given by every report")
    assert figure_of(table, "two", "2024H1", "received")["report"] == "missing"
    assert len(table) == 2 * 3 * len(INDICATORS)


Part = st.one_of(st.none(), st.integers(0, 5_000))


@given(st.lists(Part, min_size=1, max_size=6), st.lists(Part, min_size=1, max_size=6), st.integers(1, 50))
def test_a_total_is_given_only_where_every_part_is_public(
    counts: list[int | None], pairs: list[int | None], minimum_n: int
) -> None:
    """So that none can be found by difference: the sum over parts of which one is hidden is never told."""
    english = words_for("en")
    figures = [PublicFigure("received", "suppressed" if n is None else str(n), n) for n in counts]
    total = added(figures, english, minimum_n=minimum_n)
    if None in counts:
        assert total is None
    else:
        assert total is not None
        assert total.value == sum(n for n in counts if n is not None)
    rates = [PublicFigure("resolution_rate", "…", None, n, None if n is None else 2 * n) for n in pairs]
    share = added(rates, english, minimum_n=minimum_n)
    if None in pairs:
        assert share is None
        return
    whole = sum(n for n in pairs if n is not None)
    assert share is not None
    assert (share.numerator, share.denominator) == (whole, 2 * whole)
    assert (share.value is None) == (2 * whole < minimum_n or not whole)


def test_a_figure_that_one_report_leaves_out_has_no_total_and_the_others_have(folders: Folders) -> None:
    for code in ("one", "two"):
        folders.project(code)
        folders.report(code, "2023H2")
    folders.report("one", "2024H1", rows_of_a_report(rejected="suppressed"))
    folders.report("two", "2024H1")
    heading, total = row_of(page_of(folders), "p-2024H1", "2 projects together")
    assert total == ["80", "12", "4", "64", "40", "10", "–", "8", "0", f"40 of 56 (71{NBSP}%)", "–", "18"]
    assert "1 report does not give all figures" in heading


def test_the_least_number_for_a_percentage_is_the_greatest_of_the_projects(folders: Folders) -> None:
    folders.project("one")
    folders.project("two", minimum_n="100")
    for code, label in itertools.product(("one", "two"), HALVES):
        folders.report(code, label)
    assert row_of(page_of(folders), "p-2024H1", "2 projects together")[1][9] == "40 of 56"


def test_medians_of_one_project_are_nobodys_total(folders: Folders) -> None:
    folders.project("one")
    for label in HALVES:
        folders.report("one", label)
    page = page_of(folders)
    assert len(rows_at(page, "p-2024H1")) == 1
    assert "together" not in page.text
    assert "" not in set(portfolio(folders).table()["project"])


def test_a_count_with_labels_that_nobody_confirmed_stays_marked_in_the_total(folders: Folders) -> None:
    for code, label in itertools.product(("one", "two"), HALVES):
        if code not in folders.projects:
            folders.project(code)
        folders.report(code, label)
    table = folders.outputs / "one" / "2024H1" / "public" / "indicators.csv"
    table.write_text(table.read_text("utf-8").replace(",count,32\n", ",count,32 *\n"), "utf-8")
    page = page_of(folders)
    assert row_of(page, "p-2024H1", "Project one")[1][3] == "32 *"
    assert row_of(page, "p-2024H1", "2 projects together")[1][3] == "64 *"
    assert row_of(page, "p-2023H2", "2 projects together")[1][3] == "64"
    assert "nobody has confirmed" in page.text


# -- what became of each report ---------------------------------------------------------------------------------------


def test_every_report_is_marked_with_what_became_of_it(folders: Folders) -> None:
    for code in ("draft", "released", "former", "failed", "missing", "unreadable", "silent"):
        folders.project(code)
    folders.report("draft", "2024H1", status="draft provisional")
    folders.report("released", "2024H1")
    folders.report("former", "2024H1")
    (folders.report("unreadable", "2024H1") / "indicators.csv").write_text("x", "utf-8")
    folders.report("silent", "2024H1", status="whatever")
    page = page_of(folders, {("former", "2024H1"), ("failed", "2024H1")})
    said = {name: row_of(page, "p-2024H1", f"Project {name}") for name in folders.projects}
    assert re.search("DRAFT Provisional Counted up to June 30, 2024$", said["draft"][0])
    assert said["released"][0].endswith("Released")
    assert said["former"][0].endswith("Released Former report")
    assert said["former"][1][0] == "40"
    assert said["failed"] == ("Project failed Failed", ["–"] * 12)
    assert said["missing"] == ("Project missing No report", ["–"] * 12)
    assert "Its figures cannot be read" in said["unreadable"][0]
    assert said["unreadable"][1] == ["–"] * 12
    assert "does not tell whether it is final" in said["silent"][0]
    heading, total = row_of(page, "p-2024H1", "7 projects together")
    assert total == ["–"] * 12
    assert "With 1 draft, 1 provisional report, and 1 former report" in heading
    assert "3 reports do not give all figures" in heading
    table = portfolio(folders, {("former", "2024H1"), ("failed", "2024H1")}).table()
    became = {name: figure_of(table, name, "2024H1", "received")["report"] for name in folders.projects}
    assert became == {
        **{"draft": "made", "released": "made", "former": "former", "failed": "failed", "missing": "missing"},
        **{"unreadable": "made", "silent": "made"},
    }
    assert figure_of(table, "draft", "2024H1", "received")["status"] == "draft provisional"


def test_data_that_are_made_up_are_marked_and_added_to_no_others(folders: Folders) -> None:
    folders.project("one")
    folders.project("two")
    folders.project("invented", synthetic="true", notice="None of it is real.")
    for code, label in itertools.product(folders.projects, HALVES):
        folders.report(code, label)
    page = page_of(folders)
    assert row_of(page, "p-2024H1", "Project invented")[0].endswith("Synthetic Released")
    heading, total = row_of(page, "p-2024H1", "2 projects together")
    assert "without synthetic data" in heading
    assert total[0] == "80"
    assert "None of it is real." in page.text


def test_where_all_data_are_made_up_they_are_added(folders: Folders) -> None:
    for code in ("one", "two"):
        folders.project(code, synthetic="true")
        folders.report(code, "2024H1")
    heading, total = row_of(page_of(folders), "p-2024H1", "2 projects together")
    assert "without" not in heading
    assert total[0] == "80"
    assert figure_of(portfolio(folders).table(), "", "2024H1", "received")["status"] == "synthetic"


def test_one_project_beside_made_up_ones_has_no_total(folders: Folders) -> None:
    folders.project("one")
    folders.project("invented", synthetic="true")
    for code in folders.projects:
        folders.report(code, "2024H1")
    page = page_of(folders)
    assert len(rows_at(page, "p-2024H1")) == 2
    assert "All projects together" not in page.text


# -- periods ---------------------------------------------------------------------------------------------------------


def test_kinds_of_periods_stand_apart_the_newest_period_first(folders: Folders) -> None:
    folders.project("halves")
    folders.project("quarters", reporting="quarter")
    folders.project("months", reporting="month", grm_start="2024-05-20")
    folders.project("later", grm_start="2024-03-01")
    page = page_of(folders)
    headings = [re.sub("<[^>]*>", "", heading) for heading in re.findall(r"<h[23][^>]*>.*?</h[23]>", page.html)]
    assert headings == [
        *("Half-yearly reports", "All projects together", "First half of 2024", "Second half of 2023"),
        *("Quarterly reports", "Second quarter of 2024", "First quarter of 2024"),
        *("Fourth quarter of 2023", "Third quarter of 2023"),
        *("Monthly reports", "June 2024", "May 2024", "The projects", "What it means"),
    ]
    assert [name[:13] for name in rows_at(page, "p-2024H1")] == ["Project halve", "Project later", "2 projects to"]
    assert len(rows_at(page, "p-2023H2")) == 1


def test_reports_of_other_periods_and_earlier_days_are_not_shown(folders: Folders) -> None:
    folders.project("one")
    folders.report("one", "2024H1")
    before = portfolio(folders).html()
    for label in ("2024", "2024Q1", "2024H1@2024-03-01", "2022H1"):
        folders.report("one", label, rows_of_a_report(received=999))
    assert portfolio(folders).html() == before


# -- reading ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("received,period,,,40,", "received,period,,,-1,"),
        ("received,period,,,40,", "received,period,,,nan,"),
        ("resolution_rate,period,,,71.42857142857143,20,28", "resolution_rate,period,,,71.42857142857143,20,"),
        ("resolution_rate,period,,,71.42857142857143,20,28", "resolution_rate,period,,,71.42857142857143,20.5,28"),
        ("closing_stock,period,,,9", "closing,period,,,9"),
        ("unrelated,period,,,6", "received,period,,,6"),
        ("indicator,scope", "indicator,something"),
        (",count,40\n", ",count,\n"),
        (",count,40\n", ",count,4\u202e0\n"),
    ],
)
def test_a_table_that_is_not_of_the_contract_is_not_read(folders: Folders, old: str, new: str) -> None:
    path = folders.report("one", "2024H1") / "indicators.csv"
    text = path.read_text("utf-8").replace("\r\n", "\n")
    assert read_figures(path, INDICATORS) is not None
    assert old in text
    path.write_text(text.replace(old, new, 1), "utf-8")
    assert read_figures(path, INDICATORS) is None


# -- words, links, how it can be read ----------------------------------------------------------------------------------


def test_every_link_leads_to_a_report_a_page_or_a_place(folders: Folders) -> None:
    for code in ("one", "two"):
        folders.project(code)
        folders.report(code, "2024H1")
        (folders.outputs / code / "index.html").write_text("", "utf-8")
    here = folders.outputs / "portfolio"
    here.mkdir()
    (here / "portfolio.csv").write_text("", "utf-8")
    page = page_of(folders)
    targets = page.attributes("a", "href")
    places = {attributes["id"] for _, attributes in page.elements if "id" in attributes}
    assert {target[1:] for target in targets if target[0] == "#"} <= places
    files = [target for target in targets if target[0] != "#"]
    assert sorted(files) == [
        *("../one/2024H1/public/report.html", "../one/index.html"),
        *("../two/2024H1/public/report.html", "../two/index.html", "portfolio.csv"),
    ]
    assert all((here / unquote(target)).is_file() for target in files)


def test_the_page_runs_nothing_loads_nothing_and_can_be_read_aloud(folders: Folders) -> None:
    for code, label in itertools.product(("one", "two"), HALVES):
        if code not in folders.projects:
            folders.project(code)
        folders.report(code, label)
    page = page_of(folders)
    assert page.elements[0] == ("html", {"lang": "en"})
    assert page.attributes("meta", "content")[1].startswith("default-src 'none'")
    assert {tag for tag, _ in page.elements} & {"script", "img", "link", "iframe"} == set()
    levels = [int(tag[1]) for tag, _ in page.elements if re.fullmatch("h[1-6]", tag)]
    assert levels.count(1) == 1
    assert all(after - before <= 1 for before, after in itertools.pairwise(levels))
    assert all(attributes.get("scope") for tag, attributes in page.elements if tag == "th")
    ids = [attributes["id"] for _, attributes in page.elements if "id" in attributes]
    assert len(ids) == len(set(ids))
    named = [re.sub("<[^>]*>", "", text) for text in re.findall(r'<a href="\.\./[^"]*">(.*?)</a>', page.html)]
    assert len(named) == len(set(named))


def test_what_project_files_say_is_only_words(folders: Folders) -> None:
    hostile = '</title><script>alert(1)</script>" onload="x {{ 7*7 }} %(n)s %'
    quoted = "'" + hostile.replace("'", "''") + "'"
    folders.project("one", name=quoted, implementing_unit=quoted, notice=quoted)
    folders.report("one", "2024H1", rows_of_a_report(received="<img src=x onerror=alert(1)>"))
    page = page_of(folders)
    assert hostile in page.text
    assert "<img src=x onerror=alert(1)>" in page.text
    assert {tag for tag, _ in page.elements} & {"script", "img"} == set()


def test_the_same_public_files_make_the_same_bytes(folders: Folders, tmp_path: Path) -> None:
    for code in ("one", "two"):
        folders.project(code)
    again = Folders(folders.data, tmp_path / "again", folders.projects)
    for code, label in itertools.product(("one", "two"), HALVES):
        folders.report(code, label)
    for code, label in itertools.product(("two", "one"), reversed(HALVES)):
        again.report(code, label)
    assert portfolio(folders).html() == portfolio(again).html()
    assert portfolio(folders).table().equals(portfolio(again).table())


def test_a_hundred_projects_with_twenty_periods_have_all_their_rows(folders: Folders) -> None:
    project = folders.project("p-000", grm_start="2014-07-01")
    folders.projects = {f"p-{n:03}": project for n in range(100)}
    entries = [entry for _ in range(100) for entry in read_entries([project], folders.outputs, set())]
    assert len(entries) == 100 * 20
    page = Page(Portfolio([project] * 100, entries, words_for("en")).html())
    assert len([row for row in page.rows if len(row) == 1 + len(INDICATORS)]) == 20 * 101
    assert len(page.html) < 3_000_000


# -- languages -------------------------------------------------------------------------------------------------------


@pytest.fixture
def marked_words(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    marked_catalogue(tmp_path / "locale")
    monkeypatch.setattr(words, "LOCALE", tmp_path / "locale")
    words.words_for.cache_clear()
    yield
    words.words_for.cache_clear()


@pytest.mark.usefixtures("marked_words")
def test_every_word_comes_from_the_catalogue_or_the_project(folders: Folders) -> None:
    for code, kind in (("aa", "half"), ("bb", "half"), ("cc", "year"), ("dd", "month"), ("ee", "half")):
        synthetic = "true" if code == "ee" else "false"
        folders.project(code, language="de", reporting=kind, name=code, implementing_unit=code, synthetic=synthetic)
    folders.report("aa", "2024H1", status="draft provisional")
    folders.report("bb", "2024H1", rows_of_a_report(received="*"))
    folders.report("bb", "2023H2", [], status="")
    page = page_of(folders, {("aa", "2023H2"), ("bb", "2024H1")})
    assert page.elements[0] == ("html", {"lang": "de"})
    body = Page(page.html.partition("<style>")[0] + page.html.partition("</style>")[2])
    seen = " ".join([body.text, *body.attributes("div", "aria-label"), *body.attributes("td", "data-label")])
    before = None
    while before != seen:
        before, seen = seen, re.sub("«[^«»]*»", " ", seen)
    months = {"Januar", "Februar", "März", "April", "Mai", "Juni", "Juli", "August", "September", "Oktober"}
    left = set(re.findall(r"[^\W\d_]{2,}", seen)) - months - {"November", "Dezember", "und", "aa", "bb", "cc", "dd"}
    assert left <= {"ee", "of"}


@pytest.mark.usefixtures("marked_words")
def test_projects_of_several_languages_share_a_page_in_english(folders: Folders) -> None:
    folders.project("one", minimum_n="1")
    folders.project("two", language="de", name="Zweites Projekt")
    folders.report("one", "2024H1")
    rows = [(*row[:4], f"«{row[4]}»") for row in rows_of_a_report(received=1_234, rejected="unterdrückt")]
    folders.report("two", "2024H1", [(*row[:4], "1.234" if row[0] == "received" else row[4]) for row in rows])
    page = page_of(folders)
    assert page.elements[0] == ("html", {"lang": "en"})
    _, two = row_of(page, "p-2024H1", "Zweites Projekt")
    assert two[0] == "1,234", "a number is written as the language of the page writes it"
    assert two[9] == f"20 of 28 (71{NBSP}%)"
    assert two[6] == "«unterdrückt»"
    assert '<span lang="de">«unterdrückt»</span>' in page.html
    assert '<span lang="de">Zweites Projekt</span>' in page.html
    assert row_of(page, "p-2024H1", "2 projects together")[1][0] == f"{1_234 + COUNTS['received']:,}"

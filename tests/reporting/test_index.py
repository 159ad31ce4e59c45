"""The page that lists a project's reports: every report that stands there, its own figures, links that lead to it."""

from __future__ import annotations

import itertools
import re
import shutil
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import unquote

import pytest
from making import SAMPLE, Maker
from marked import marked_catalogue
from public_folders import Page, public_set, rows_of

from pipeline.period import Period, periods_between
from pipeline.project import Project
from pipeline.reporting import words
from pipeline.reporting.index import Index, list_comparisons, list_reports, render_index

NBSP = "\u00a0"


@pytest.fixture
def project(make: Maker) -> Project:
    return make.project([])


@pytest.fixture
def outputs(tmp_path: Path) -> Path:
    folder = tmp_path / "outputs" / SAMPLE
    folder.mkdir(parents=True)
    return folder


def page_of(project: Project, outputs: Path) -> Page:
    return Page(render_index(project, outputs))


def rows_named(page: Page) -> dict[str, list[str]]:
    """Return the cells of the tables' rows by the name of the period that heads them."""
    return {row[0].partition("  ")[0].split(" DRAFT")[0]: row[1:6] for row in page.rows if row and row[0] != "Period"}


def headings(page: Page) -> list[str]:
    return re.findall(r"<h2[^>]*>(.*?)</h2>", page.html)


def links_that_lead_nowhere(page: Page, folder: Path) -> list[str]:
    targets = [target for target in page.attributes("a", "href") if not target.startswith("#")]
    assert not [target for target in targets if re.match("[a-z]+:|/", target)]
    return [target for target in targets if not (folder / unquote(target)).is_file()]


# -- what is listed --------------------------------------------------------------------------------------------------


def test_each_report_has_its_own_figures_as_its_table_displays_them(project: Project, outputs: Path) -> None:
    public_set(outputs, "2024H1", rows_of(16, 5, 9, median="0.22", stock=4))
    public_set(outputs, "2024H2", rows_of(1234, 56, 78, median="", stock=0))
    page = page_of(project, outputs)
    (first, second) = [row for row in page.rows if row and row[0] != "Period"]
    assert first[0].startswith("Second half of 2024")
    assert first[1:6] == ["1234", "78", f"56 of 78 (72{NBSP}%)", "not applicable", "0"]
    assert second[0].startswith("First half of 2024 January 15, 2024 – June 30, 2024")
    assert second[1:6] == ["16", "9", "5 of 9", "0.22", "4"]
    assert not re.search("70[123]", page.text)


def test_the_newest_period_comes_first_and_kinds_are_apart(make: Maker, outputs: Path) -> None:
    for label in ("2024H1", "2024Q1", "2024Q2", "2024", "2024Q1@2024-02-29", "2024-01-15..2024-03-01"):
        public_set(outputs, label, rows_of(1, 1, 1))
    page = page_of(make.project([], {"reporting": "quarter"}), outputs)
    assert headings(page) == ["The latest report", "Quarterly reports", "Other periods", "As of an earlier day"]
    named = [row[0] for row in page.rows if row[0] != "Period"]
    starts = (
        *("Second quarter of 2024", "First quarter of 2024", "January 15, 2024 – March 1, 2024", "2024 "),
        *("First half of 2024", "First quarter of 2024, as of February 29, 2024"),
    )
    assert all(name.startswith(start.strip()) for name, start in zip(named, starts, strict=True)), named


def test_what_is_no_report_is_not_listed(project: Project, outputs: Path) -> None:
    for label in ("check", "workbench", "2024E1", "2024H1@yesterday", "2024H1@", ".2024H1.staging-x", "2024H1 copy"):
        public_set(outputs, label, rows_of(1, 1, 1))
    (outputs / "2024H2" / "internal" / "failed").mkdir(parents=True)
    (outputs / "2023H1").write_text("a file", encoding="utf-8")
    assert list_reports(outputs) == []
    assert "There is no report yet." in page_of(project, outputs).text


def test_a_project_without_a_report_has_a_page_that_says_so(project: Project, tmp_path: Path) -> None:
    page = page_of(project, tmp_path / "not there")
    assert "There is no report yet." in page.text
    assert page.rows == []
    assert page.attributes("a", "href") == ["#reports"]


def test_comparisons_are_linked_by_their_periods(project: Project, outputs: Path) -> None:
    for name in ("2023H1+2023H2@2023-12-01+2024", "trend", "<b>", ".2024H1.staging"):
        public = outputs / "comparison" / name / "public"
        public.mkdir(parents=True)
        (public / "comparison.html").write_text("", encoding="utf-8")
    (outputs / "comparison" / "trend" / "public" / "comparison.pdf").write_bytes(b"")
    page = page_of(project, outputs)
    assert [t for t in page.attributes("a", "href") if t.startswith("comparison/")] == [
        "comparison/2023H1%2B2023H2%402023-12-01%2B2024/public/comparison.html",
        "comparison/trend/public/comparison.html",
        "comparison/trend/public/comparison.pdf",
    ]
    assert "First half of 2023, Second half of 2023, as of December 1, 2023, and 2024" in page.text
    assert links_that_lead_nowhere(page, outputs) == []


# -- draft, provisional ----------------------------------------------------------------------------------------------


def test_a_report_is_marked_as_it_marks_itself(project: Project, outputs: Path) -> None:
    public_set(outputs, "2023H1", rows_of(1, 1, 1), status="final")
    public_set(outputs, "2023H2", rows_of(1, 1, 1), status="draft")
    public_set(outputs, "2024H1", rows_of(1, 1, 1), status="draft provisional", counted_to="2024-04-30")
    last, draft, final = [row[0] for row in page_of(project, outputs).rows if row[0] != "Period"]
    assert "DRAFT" in last
    assert "Provisional" in last
    assert "Counted up to April 30, 2024" in last
    assert "DRAFT" in draft
    assert "Provisional" not in draft
    assert "DRAFT" not in final
    assert "Provisional" not in final


@pytest.mark.parametrize("status", ["", "whatever", "draft whatever", "<b>"])
def test_a_report_that_does_not_tell_its_marks_is_said_to_be_so(project: Project, outputs: Path, status: str) -> None:
    public_set(outputs, "2024H1", rows_of(1, 1, 1), status=status)
    assert "does not tell whether it is final" in page_of(project, outputs).text


# -- what is broken --------------------------------------------------------------------------------------------------

GOOD = "indicator,scope,dimension,member,value,numerator,denominator,unit,display\n"
FIVE = "".join(
    f"{name},period,,,1,,,count,1\n"
    for name in ("received", "eligible", "resolution_rate", "resolution_working_days_median", "closing_stock")
)


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"\x00\xff\xfe",
        b"a,b\n1,2\n",
        GOOD.encode(),
        (GOOD + FIVE).encode("utf-16"),
        (GOOD + FIVE + "received,period,,,2,,,count,2\n").encode(),
        (GOOD + FIVE.replace("closing_stock", "something")).encode(),
        (GOOD + FIVE.replace("count,1", "count,", 1)).encode(),
        (GOOD + FIVE.replace("count,1", "count," + "9" * 200, 1)).encode(),
        (GOOD + FIVE.replace("count,1", "count,\u202e1", 1)).encode(),
        (GOOD + FIVE.replace(",,,1,", ",,,many,", 1)).encode(),
        (GOOD + FIVE.replace(",,,1,", ",,,nan,", 1)).encode(),
        (GOOD + FIVE.replace(",,,1,", ",,,-1,", 1)).encode(),
        (GOOD + FIVE + '"').encode(),
        (GOOD + "received,period\n" + FIVE.partition("\n")[2]).encode(),
        (GOOD + FIVE.replace("received", "x" * 200_000)).encode(),
    ],
)
def test_a_report_whose_figures_cannot_be_read_is_listed_without_them(
    project: Project, outputs: Path, content: bytes
) -> None:
    public_set(outputs, "2023H2", rows_of(7, 5, 6))
    (public_set(outputs, "2024H1", rows_of(1, 1, 1)) / "indicators.csv").write_bytes(content)
    page = page_of(project, outputs)
    broken, whole = [row for row in page.rows if row[0] != "Period"]
    assert "Its figures cannot be read" in broken[0]
    assert broken[1:6] == ["–"] * 5
    assert whole[1:6] == ["7", "6", "5 of 6", "3", "5"]
    assert links_that_lead_nowhere(page, outputs) == []


def test_a_good_table_of_the_least_size_is_read(project: Project, outputs: Path) -> None:
    """The cases above are broken by what they change alone."""
    (public_set(outputs, "2024H1", rows_of(9, 9, 9)) / "indicators.csv").write_text(GOOD + FIVE, encoding="utf-8")
    assert page_of(project, outputs).rows[1][1:6] == ["1"] * 5


@pytest.mark.parametrize("name", ["report.pdf", "indicators.csv", "cases.csv"])
def test_a_file_that_is_missing_is_not_linked(project: Project, outputs: Path, name: str) -> None:
    (public_set(outputs, "2024H1", rows_of(1, 1, 1)) / name).unlink()
    page = page_of(project, outputs)
    assert f"2024H1/public/{name}" not in page.html
    assert len({t for t in page.attributes("a", "href") if not t.startswith("#")}) == 3
    assert links_that_lead_nowhere(page, outputs) == []


# -- words and links -------------------------------------------------------------------------------------------------


def test_labels_are_quoted_in_links_and_lead_to_their_files(project: Project, outputs: Path) -> None:
    for label in ("2024H1@2024-06-13", "2024-01-15..2024-06-30", "2024-05", "2024"):
        public_set(outputs, label, rows_of(1, 1, 1))
    page = page_of(project, outputs)
    assert "2024H1%402024-06-13/public/report.html" in page.attributes("a", "href")
    assert links_that_lead_nowhere(page, outputs) == []
    assert len(page.attributes("a", "href")) == 1 + 4 * 4


def test_the_words_of_a_hostile_project_file_are_only_words(make: Maker, outputs: Path) -> None:
    hostile = '</title><script>alert(1)</script>" onload="x {{ 7*7 }} %(n)s %'
    quoted = "'" + hostile.replace("'", "''") + "'"
    project = make.project([], {"name": quoted, "implementing_unit": quoted, "notice": quoted})
    public_set(outputs, "2024H1", rows_of(1, 1, 1))
    page = page_of(project, outputs)
    assert hostile in page.text
    assert {tag for tag, _ in page.elements} & {"script", "iframe", "link", "base", "form", "object"} == set()
    assert not [name for _, attributes in page.elements for name in attributes if name.startswith("on")]
    assert page.attributes("meta", "content").count(hostile) == 1


def test_a_displayed_text_is_only_text(project: Project, outputs: Path) -> None:
    rows = rows_of(1, 1, 1)
    public_set(outputs, "2024H1", [(*rows[0][:4], "<img src=x onerror=alert(1)>"), *rows[1:]])
    page = page_of(project, outputs)
    assert "<img src=x onerror=alert(1)>" in page.text
    assert page.attributes("img", "src") == []


def test_the_page_runs_nothing_loads_nothing_and_can_be_read_aloud(project: Project, outputs: Path) -> None:
    for label in ("2023H1", "2023H2", "2024H1", "2024"):
        public_set(outputs, label, rows_of(20, 15, 18))
    page = page_of(project, outputs)
    assert page.elements[0] == ("html", {"lang": "en"})
    assert page.attributes("meta", "content")[1].startswith("default-src 'none'")
    assert "url(" not in page.html.partition("</style>")[0]
    assert all(src.startswith("data:image/svg+xml,") for src in page.attributes("img", "src"))
    assert len(page.attributes("img", "alt")) == len(page.attributes("img", "src")) == 4
    levels = [int(tag[1]) for tag, _ in page.elements if re.fullmatch("h[1-6]", tag)]
    assert levels.count(1) == 1
    assert all(after - before <= 1 for before, after in itertools.pairwise(levels))
    tables = [tag for tag, _ in page.elements if tag in ("table", "caption")]
    assert tables == ["table", "caption"] * 2
    assert all(attributes.get("scope") for tag, attributes in page.elements if tag == "th")
    ids = [attributes["id"] for _, attributes in page.elements if "id" in attributes]
    assert len(ids) == len(set(ids))
    assert "reports" in ids
    # Each link says by itself where it leads.
    named = re.findall(r'<a (?:class="first" )?href="[^#"][^"]*">(.*?)</a>', page.html)
    assert len(named) == 2 + 4 * 4
    in_tables = [re.sub("<[^>]*>", "", words) for words in named[2:]]
    assert len(in_tables) == len(set(in_tables))


def test_the_same_public_files_make_the_same_bytes(project: Project, outputs: Path, tmp_path: Path) -> None:
    labels = ["2024H1", "2023H2", "2024Q1", "2024H1@2024-06-13"]
    for label in labels:
        public_set(outputs, label, rows_of(20, 15, 18))
    for label in reversed(labels):
        public_set(tmp_path / "again", label, rows_of(20, 15, 18))
    assert render_index(project, outputs) == render_index(project, tmp_path / "again")


@pytest.fixture
def marked_words(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[words.Words]:
    marked_catalogue(tmp_path / "locale")
    monkeypatch.setattr(words, "LOCALE", tmp_path / "locale")
    words.words_for.cache_clear()
    yield words.words_for("de")
    words.words_for.cache_clear()


def test_every_word_comes_from_the_catalogue_or_the_project(
    project: Project, outputs: Path, marked_words: words.Words
) -> None:
    for label in ("2023H1", "2023H2", "2024H1", "2024", "2024H1@2024-06-13"):
        public_set(outputs, label, rows_of(20, 15, 18), status="draft provisional")
    public_set(outputs, "2024Q1", [], status="")
    public = outputs / "comparison" / "2023H1+2023H2@2023-12-01" / "public"
    public.mkdir(parents=True)
    (public / "comparison.html").write_text("", encoding="utf-8")
    index = Index(project, marked_words, list_reports(outputs), list_comparisons(outputs))
    page = Page(index.html().partition("<style>")[0] + index.html().partition("</style>")[2])
    seen = " ".join([page.text, *page.attributes("img", "alt"), *page.attributes("div", "aria-label")])
    before = None
    while before != seen:
        before, seen = seen, re.sub("«[^«»]*»", " ", seen)
    known = {"Smart", "Government", "II", "Project", "Implementation", "Unit", "PIU"}
    known |= {"Januar", "März", "Juni", "Juli", "Dezember", "und", "of"}
    assert set(re.findall(r"[^\W\d_]{2,}", seen)) <= known


# -- lines over the periods ------------------------------------------------------------------------------------------


def drawings(page: Page) -> list[str]:
    return [unquote(src.partition(",")[2]) for src in page.attributes("img", "src")]


def test_a_line_tells_each_point_and_leaves_gaps_where_no_value_is_given(project: Project, outputs: Path) -> None:
    public_set(outputs, "2022H1", rows_of(10, 8, 10))
    public_set(outputs, "2022H2", rows_of(20, 5, 9))  # below the least number: no percentage
    public_set(outputs, "2023H2", rows_of(40, 10, 20))  # and no report of 2023H1
    public_set(outputs, "2024H1", rows_of(30, 15, 20), status="provisional", counted_to="2024-05-31")
    page = page_of(project, outputs)
    received, rate, _, _ = drawings(page)
    assert re.findall('cx="([0-9.]+)" cy="([0-9.]+)"', received) == [
        ("6.0", "38.5"),
        ("63.0", "28.0"),
        ("177.0", "7.0"),
        ("234.0", "17.5"),
    ]
    assert re.findall('cx="([0-9.]+)" cy="([0-9.]+)"', rate) == [("6.0", "15.4"), ("177.0", "28.0"), ("234.0", "17.5")]
    assert received.count('stroke-width="2"') == 2
    assert rate.count('stroke-width="2"') == 1
    assert [fill for fill in re.findall('<circle.*?fill="(.*?)"', rate)] == ["#1f4e79", "#1f4e79", "#ffffff"]
    assert page.attributes("img", "alt")[1] == (
        "Line of resolved of the eligible, without the withdrawn. "
        f"First half of 2022: 8 of 10 (80{NBSP}%); Second half of 2022: 5 of 9; "
        f"Second half of 2023: 10 of 20 (50{NBSP}%); First half of 2024: 15 of 20 (75{NBSP}%)."
    )


def test_one_value_makes_no_line(project: Project, outputs: Path) -> None:
    public_set(outputs, "2023H2", rows_of(20, 5, 9))
    public_set(outputs, "2024H1", rows_of(20, 9, 10))
    assert len(drawings(page_of(project, outputs))) == 3


def test_other_kinds_and_earlier_days_are_in_no_line(project: Project, outputs: Path) -> None:
    public_set(outputs, "2023H2", rows_of(20, 15, 18))
    public_set(outputs, "2024H1", rows_of(21, 15, 18))
    before = drawings(page_of(project, outputs))
    public_set(outputs, "2024", rows_of(999, 15, 18))
    public_set(outputs, "2024H1@2024-05-01", rows_of(888, 15, 18))
    assert drawings(page_of(project, outputs)) == before


def test_sixty_periods_are_listed_and_told_in_short(make: Maker, outputs: Path) -> None:
    project = make.project([], {"reporting": "month"})
    first, last = Period.parse("2020-01").start, Period.parse("2024-12").end
    months = periods_between("month", first, last)
    assert len(months) == 60
    for number, month in enumerate(months):
        public_set(outputs, month.label, rows_of(100 + (number + 5) * 37 % 60, 15, 18))
    page = page_of(project, outputs)
    assert len([row for row in page.rows if row[0] != "Period"]) == 60
    assert links_that_lead_nowhere(page, outputs) == []
    alternative = page.attributes("img", "alt")[0]
    assert "over 60 periods" in alternative
    assert alternative.count(";") == 3
    assert "January 2020: 105; " in alternative
    assert {": 100;", ": 159;"} <= set(re.findall(": [0-9]+;", alternative))
    assert drawings(page)[0].count("<circle") == 1


def test_the_page_is_the_same_wherever_the_folder_stands(project: Project, outputs: Path, tmp_path: Path) -> None:
    public_set(outputs, "2024H1@2024-06-13", rows_of(1, 1, 1))
    html = render_index(project, outputs)
    elsewhere = tmp_path / "web server" / "grm"
    shutil.copytree(outputs, elsewhere)
    assert str(tmp_path) not in html
    assert links_that_lead_nowhere(Page(html), elsewhere) == []


def test_the_stock_of_a_period_that_goes_on_is_that_of_a_day(project: Project, outputs: Path) -> None:
    public_set(outputs, "2024H1", rows_of(16, 5, 9, stock=4))
    public_set(outputs, "2024H2", rows_of(12, 5, 9, stock=3), status="draft provisional", counted_to="2024-12-15")
    page = page_of(project, outputs)
    assert "open on December 15, 2024" in page.text
    # The line goes over both periods, one of which has ended.
    assert any("Line of open at the end of the period." in told for told in page.attributes("img", "alt"))
    over = page_of(project, shutil.copytree(outputs, outputs.with_name("over"), ignore=lambda *_: ["2024H2"]))
    assert "open at the end of the period" in over.text


def test_the_heading_of_the_share_says_of_what_it_is_one(project: Project, outputs: Path) -> None:
    public_set(outputs, "2024H1", rows_of(16, 5, 9))
    page = page_of(project, outputs)
    assert page.rows[0][1:4] == ["Received", "Eligible", "Resolved of the eligible, without the withdrawn"]

"""Every figure leads to its definition and its rows; the public sees of them what the annex shows, and no more."""

from __future__ import annotations

import re
from pathlib import Path

import nbformat
import pandas as pd
import pytest
from making import Maker

from pipeline.errors import InputError
from pipeline.indicators.definitions import definitions
from pipeline.indicators.traces import Traces, traces
from pipeline.indicators.views import breakdown
from pipeline.reporting import commentary, narrative
from pipeline.reporting.charts import Charts
from pipeline.reporting.numbers import Numbers, figure_id
from pipeline.reporting.rendering import render_html, render_internal
from pipeline.reporting.report import SENSITIVE_INDICATORS, Report, Section
from pipeline.reporting.summary import Summary
from pipeline.reporting.traced import MOST_NUMBERS, SHOWN_BY_THE_ANNEX, Traced
from pipeline.reporting.words import Figure, sentences, words_for
from pipeline.stage import Stage

ENGLISH = words_for("en")
SECTIONS = (
    *("cover", "glance", "mechanism", "period", "summary", "compared", "figures", "uptake", "results"),
    *("annex_section", "definitions"),
)
ROWS = [
    {"registration_no": "1/2024", "date_received": "2024-04-02", "location": "Erdene <sum>", "is_anonymous": "yes"},
    {"registration_no": "2/2024", "date_received": "2024-04-03", "location": "Bayan", "is_anonymous": "no"},
    {"registration_no": "3/2024", "date_received": "2024-04-04", "location": "Bayan", "is_anonymous": "no"},
]


def traced(make: Maker, rows: list[dict[str, str]], *, is_internal: bool, period: str = "2024-04") -> Traced:
    cleaned = make.clean([{"status": "Resolving", "channel": "email", "type": "Question", **row} for row in rows])
    measured = cleaned.measure(period)
    table = traces(measured, cleaned.annex(measured, period), cleaned.project.settings.pending_age_days)
    return Traced(Numbers(measured.table, ENGLISH), ENGLISH, cleaned.project, Traces(table), is_internal)


def told(block_of: Traced, indicator: str) -> dict[str, str]:
    lines = block_of.block(indicator).lines
    return {one.id: re.sub(r"<[^>]+>", "", str(one.rows)) for line in lines for one in line.entries}


def words_of(html: str) -> str:
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", "", html))


def links(html: str) -> tuple[list[str], list[str]]:
    return re.findall(r'<a\b[^>]* href="#([^"]*)"', html), re.findall(r'\bid="([^"]*)"', html)


@pytest.mark.parametrize("is_internal", [False, True])
def test_no_link_is_dead_and_no_place_there_twice(is_internal: bool, sample_stage: Stage) -> None:
    report = Report.open(sample_stage, is_internal=is_internal)
    html = "".join(getattr(report, name)().html for name in (*SECTIONS, "data_notes", "reconciliation", "provenance"))
    asked, there = links(html)
    assert set(asked) - set(there) == set()
    assert len(there) == len(set(there))
    public = report.numbers.figures(set(report.numbers.table["indicator"]), public=True)
    assert {figure_id(row["indicator"], row["scope"], row["dimension"], row["member"]) for row in public} <= set(there)


def test_figures_in_sentences_cards_and_tables_are_links(sample_stage: Stage) -> None:
    report = Report.open(sample_stage)
    assert '<a class="figure" href="#f-received-period">16</a> grievances were received' in report.period().html
    assert '<dd><a class="figure" href="#f-resolution_rate-period">9 of 9</a></dd>' in report.glance().html
    stock = report.reconciliation().html.split("</table>")[0]
    for html in (report.summary().html, report.figures().html, report.uptake().html, stock):
        cells = re.findall(r'<td class="number">(.*?)</td>', html)
        assert cells
        assert all(cell.startswith('<a class="figure" href="#f-') for cell in cells)


def test_the_public_sees_the_rows_of_the_annex_and_how_many_it_lacks(sample_stage: Stage) -> None:
    report = Report.open(sample_stage)
    block_of = Traced(report.numbers, ENGLISH, sample_stage.project, report.traces)
    received = told(block_of, "received")
    assert received["f-received-period"] == "1–9; not in the annex: 7"
    assert told(block_of, "eligible")["f-eligible-period-type-complaint"] == "8–9"
    assert told(block_of, "same_day")["f-same_day-period"] == "1–5, 7–8; the rest of the denominator: 6, 9"
    assert '<a class="figure" href="#case-1">1</a>–<a class="figure" href="#case-9">9</a>' in str(
        block_of.block("eligible").lines[0].entries[0].rows
    )


def test_what_the_annex_does_not_show_is_traced_inside_alone(make: Maker) -> None:
    public, inside = (traced(make, ROWS, is_internal=is_internal) for is_internal in (False, True))
    for name in definitions():
        lines = public.block(name).lines
        assert not lines or name in SHOWN_BY_THE_ANNEX
    for name in ("received", "eligible"):
        shown = "".join(told(public, name))
        assert not any(dimension in shown for dimension in ("location", "topic", "sex", "cumulative", "previous"))
    assert told(public, "anonymous") == {}
    assert told(inside, "anonymous")["f-anonymous-period"] == "1/2024; the rest of the denominator: 2/2024, 3/2024"
    by_place = told(inside, "received")
    assert by_place["f-received-period-location-Bayan"] == "2/2024, 3/2024"
    assert by_place["f-received-period-location-Erdene.20..3c.sum.3e."] == "1/2024"


def test_very_many_rows_are_counted_and_the_first_named(make: Maker) -> None:
    rows = [{"registration_no": f"{n}/2024", "date_received": "2024-04-02"} for n in range(1, MOST_NUMBERS + 31)]
    inside = told(traced(make, rows, is_internal=True), "received")
    assert inside["f-received-period"].endswith("200/2024 and 30 more, in traces.parquet")
    public = told(traced(make, rows, is_internal=False), "received")
    assert public["f-received-period"] == "1–230"


def test_a_sentence_with_a_figure_escapes_all_but_the_figure() -> None:
    numbers = Numbers(pd.DataFrame(), ENGLISH)
    link = numbers.link("9 of 9", "resolved", "period")
    told_so = ENGLISH.plural("%(n)s of <b> & %(what)s", "%(n)s of <b>s & %(what)s", Figure(2, link), what="<i>")
    assert told_so == f"{link} of &lt;b&gt;s &amp; &lt;i&gt;"
    assert sentences(["a < b.", link]) == f"a &lt; b. {link}"
    assert sentences(["a < b.", "c"]) == "a < b. c"
    assert ENGLISH.listed(["<a>", link]) == f"&lt;a&gt; and {link}"
    assert ENGLISH.text("%(percent)s and 5 %%", percent=link) == f"{link} and 5 %"


def test_the_internal_edition_says_so_and_is_its_owner_s_alone(sample_stage: Stage, tmp_path: Path) -> None:
    public, inside = Report.open(sample_stage), Report.open(sample_stage, is_internal=True)
    cells = [
        nbformat.v4.new_code_cell(
            outputs=[nbformat.v4.new_output("execute_result", {"text/html": getattr(public, name)().html})],
            metadata={"tags": ["section"]},
        )
        for name in SECTIONS
    ]
    notebook = tmp_path / "04_report.ipynb"
    nbformat.write(nbformat.v4.new_notebook(cells=cells), notebook)
    actions = Section('<section class="x" id="actions"><h2>Actions</h2></section>')
    render_internal(notebook, tmp_path / "inside.html", inside, [("Actions", actions)])
    render_html(notebook, tmp_path / "public.html", public)
    html, public_html = ((tmp_path / name).read_text(encoding="utf-8") for name in ("inside.html", "public.html"))
    assert (tmp_path / "inside.html").stat().st_mode & 0o777 == 0o600
    assert "<strong>INTERNAL</strong>" in html
    assert re.search(r'<div [^>]*"running running-draft"[^>]*>INTERNAL · DRAFT: not released</div>', html)
    assert "INTERNAL" not in public_html
    assert '<li><a href="#actions">Actions</a></li>' in html
    assert html.index('id="definitions"') < html.index('id="actions"')
    assert "7/2024, 8/2024, 9/2024" in words_of(html)
    assert "7/2024, 8/2024, 9/2024" not in words_of(public_html)
    asked, there = links(html)
    assert set(asked) - {"data-notes", "reconciliation", "provenance"} <= set(there)
    assert len(there) == len(set(there))


def test_the_number_of_sensitive_grievances_is_told_inside_alone(sample_stage: Stage) -> None:
    path = sample_stage.folder / "internal" / SENSITIVE_INDICATORS
    before = path.read_bytes()
    path.write_text(
        "indicator,scope,dimension,member,value,numerator,denominator,unit,state\n"
        "sensitive,period,,,41,,,count,stated\nsensitive,cumulative,,,43,,,count,stated\n",
        encoding="utf-8",
    )
    try:
        title, section = Report.open(sample_stage, is_internal=True).internal_sections()[0]
        assert title == "Sensitive grievances"
        assert re.findall(r"<td[^>]*>(\d+)</td>", section.html) == ["41", "43"]
        assert not Report.open(sample_stage).numbers.has("sensitive")
    finally:
        path.write_bytes(before)


@pytest.mark.parametrize("dimension", ["location=bayan", "topic=roads", "sex=female"])
def test_the_commentary_does_not_publish_what_stays_inside(dimension: str, sample_stage: Stage) -> None:
    numbers = Report.open(sample_stage).numbers
    with pytest.raises(InputError, match="stay inside"):
        commentary._figure(f"received:{dimension}", numbers, "commentary/2024H1.md, line 3")


def test_a_figure_of_the_commentary_is_a_link_with_its_unit(sample_stage: Stage) -> None:
    path = sample_stage.folder / "internal" / "commentary.md"
    path.write_text(
        "Of **{received}**, half in {resolution_working_days_median}, [all {received}](https://example.org/{received}).\n",
        encoding="utf-8",
    )
    try:
        html = commentary.read(sample_stage, Report.open(sample_stage).numbers)
    finally:
        path.unlink()
    assert html is not None
    assert '<strong><a class="figure" href="#f-received-period">16</a></strong>' in html
    assert ">0 working days</a>" in html
    assert '<a href="https://example.org/16">all 16</a>' in html


def test_a_grievance_that_counts_twice_is_marked_so_that_the_rows_can_be_counted_to_the_figure(make: Maker) -> None:
    again = {"status": "Resolved", "date_resolved": "2024-04-05", "date_reopened": "2024-04-08"}
    rows = [
        {**ROWS[0], **again, "date_resolved_again": "2024-04-09"},
        {**ROWS[1], "status": "Resolved", "date_resolved": "2024-04-05"},
        ROWS[2],
    ]
    inside, outside = (traced(make, rows, is_internal=is_internal) for is_internal in (True, False))
    assert inside.numbers.count("resolutions") == 3
    assert told(inside, "resolutions")["f-resolutions-period"] == "1/2024 (twice), 2/2024"
    ratio = told(inside, "clearance_ratio")["f-clearance_ratio-period"]
    assert ratio == "1/2024 (twice), 2/2024; the rest of the denominator: 3/2024"
    assert told(outside, "resolutions")["f-resolutions-period"] == "1–2; 1 of them counts twice"
    assert told(inside, "received")["f-received-period"] == "1/2024, 2/2024, 3/2024"


def test_a_register_without_type_or_relation_is_told_so_and_not_by_zeros(make: Maker) -> None:
    text = "registration_no,date_received,status\n1/2024,2024-04-02,Open\n2/2024,2024-04-03,Open\n"
    changes = {"not_collected": "{channel: there is one desk}", "statuses": "{in_progress: {label: Open}}"}
    cleaned = make.clean(text, changes)
    measured = cleaned.measure("2024-04")
    assert not cleaned.reconciled(measured, "2024-04")["difference"].any()
    numbers = Numbers(measured.table, ENGLISH)
    public = numbers.public()
    rows = public[(public["scope"] == "period") & public["dimension"].isin(["channel", "type"])]
    assert set(rows["member"]) == {""}
    assert set(rows["display"]) == {"not collected"}
    assert numbers.display("unrelated") == "not collected"
    told_in_words = words_of(
        "".join(narrative.paragraphs(numbers, ENGLISH, cleaned.project, cleaned.scopes("2024-04")))
    )
    assert "did not concern the project" not in told_in_words
    assert "By which channel they came is not collected." in told_in_words
    summary = Summary(numbers, ENGLISH, cleaned.project, cleaned.scopes("2024-04"))
    assert summary.not_collected() == ["Channel", "Type"]
    assert "Unrelated</th><td" in summary.table().__html__()
    _, chart, _ = Charts(numbers, ENGLISH, cleaned.project).all()
    assert (chart.picture, chart.is_collected) == (None, False)
    assert breakdown(measured, "type")["member"].tolist() == ["not collected"]
    named = make.clean(text, {**changes, "statuses": "{in_progress: {label: Open}, unrelated: {label: Unrelated}}"})
    assert Numbers(named.measure("2024-04").table, ENGLISH).display("unrelated") == "0"


def test_the_notes_name_the_columns_that_the_register_lacks(sample_stage: Stage) -> None:
    text = words_of(Report.open(sample_stage).data_notes().html)
    assert "Referred to: Unrelated, referred elsewhere" in text
    assert "Satisfaction: Satisfied with the outcome; Asked without an answer; Not asked" in text
    # A figure that is given since the start alone.
    assert "Related to project benefits: " + definitions()["benefit_grievances_addressed"].title in text

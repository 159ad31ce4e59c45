"""What the comparison says, from small registers: words in its catalogue, gaps, and what cannot be compared."""

from __future__ import annotations

import dataclasses
import re
from collections.abc import Iterator
from html import unescape
from pathlib import Path
from urllib.parse import unquote

import pandas as pd
import pytest
from making import Cleaned, Maker
from marked import marked_catalogue

from pipeline.errors import ReconciliationError
from pipeline.indicators.bases import label_bases_of
from pipeline.indicators.change import COMPARED
from pipeline.indicators.comparing import backlog, completeness, measure_each, reconcile_each, require_each, tidy
from pipeline.indicators.freezing import record_of, store
from pipeline.register.mapping import collected
from pipeline.reporting import words
from pipeline.reporting.changes import RATES
from pipeline.reporting.comparison import Comparison
from pipeline.reporting.report import PACKAGES
from pipeline.stage import ComparisonStage, open_comparison

SECTIONS = ("cover", "glance", "breakdowns", "trends", "comparable", "definitions", "reconciliation", "provenance")


def row(number: int, received: str, resolved: str = "", **cells: str) -> dict[str, str]:
    base = {"registration_no": f"{number}/2024", "date_received": received, "channel": "email", "type": "Complaint"}
    return {**base, "status": "Resolved" if resolved else "Resolving", "date_resolved": resolved, **cells}


def rows(first: int, received: str, total: int, resolved: int, on: str) -> list[dict[str, str]]:
    return [row(first + place, received, on if place < resolved else "") for place in range(total)]


TWO_QUARTERS = [*rows(1, "2024-02-05", 20, 5, "2024-02-12"), *rows(21, "2024-04-08", 20, 18, "2024-04-15")]
FEW_AT_FIRST = [*rows(1, "2024-02-05", 4, 3, "2024-02-12"), *rows(5, "2024-04-08", 20, 18, "2024-04-15")]


def opened(cleaned: Cleaned, periods: str, folder: Path) -> Comparison:
    """Take the steps of the notebook and open the comparison."""
    stage = dataclasses.replace(open_comparison(cleaned.project.code, periods), folder=folder)
    save_steps(cleaned, stage)
    return Comparison.open(stage)


def save_steps(cleaned: Cleaned, stage: ComparisonStage) -> None:
    measured = measure_each(cleaned.labelled, cleaned.project, stage.periods, collected(cleaned.register))
    stock = backlog(cleaned.labelled, stage.periods)
    checks = reconcile_each(measured, stage.project, stage.periods, stock)
    require_each(checks)
    for table, name in (
        (tidy(measured), "comparison.csv"),
        (stock, "backlog.csv"),
        (completeness(cleaned.labelled, measured), "completeness.csv"),
        (label_bases_of(cleaned.labelled, measured), "label_bases.csv"),
        (checks, "reconciliation.csv"),
        (pd.DataFrame({"column": list(collected(cleaned.register))}), "columns.csv"),
        (cleaned.findings, "findings.parquet"),
        (cleaned.sensitive, "sensitive.parquet"),
    ):
        stage.save(table, name)


def words_of(html: str) -> str:
    return re.sub(r"\s+", " ", unescape(re.sub(r"<[^>]+>", " ", html)))


def drawn(html: str) -> list[str]:
    return [unquote(found) for found in re.findall(r'src="data:image/svg\+xml,([^"]*)"', html)]


def test_a_change_that_passes_the_rule_is_told_with_its_interval(make: Maker, tmp_path: Path) -> None:
    comparison = opened(make.clean(TWO_QUARTERS), "2024Q1 2024Q2", tmp_path / "set")
    text = words_of(comparison.glance().html)
    assert "Changed by the rule of change: Resolution rate (improved)" in text
    assert "Resolution rate 5 of 20 (25 %) 95 %: 11 to 47 % 18 of 20 (90 %) 95 %: 70 to 97 % improved" in text
    assert "+65 points (+35.3 to +80.6)" in text
    assert "Grievances received 20 20 0" in text


def test_every_rate_that_the_rule_is_for_is_told_and_stands_in_the_table(make: Maker, tmp_path: Path) -> None:
    assert set(COMPARED) <= set(RATES)
    named = [{**one, "is_anonymous": "yes" if place >= 20 else "no"} for place, one in enumerate(TWO_QUARTERS)]
    same = [{**one, "status": "Resolving", "date_resolved": ""} for one in named]
    glance = opened(make.clean(same), "2024Q1 2024Q2", tmp_path / "set").glance().html
    assert "Changed by the rule of change: Anonymous (rose)." in words_of(glance)
    assert "Anonymous 0 of 20 (0 %) 95 %: 0 to 16 % 20 of 20 (100 %) 95 %: 84 to 100 % rose" in words_of(glance)


def test_an_interval_stands_below_its_figure_without_a_style_sheet_too(make: Maker, tmp_path: Path) -> None:
    glance = opened(make.clean(TWO_QUARTERS), "2024Q1 2024Q2", tmp_path / "set").glance().html
    assert re.search(r"\(25 %\)(?:</a>)?<br><span class=\"of\">95 %: 11 to 47 %", unescape(glance).replace("\xa0", " "))


def test_below_minimum_n_there_is_no_percentage_no_line_and_no_word(make: Maker, tmp_path: Path) -> None:
    comparison = opened(make.clean(FEW_AT_FIRST), "2024Q1 2024Q2", tmp_path / "set")
    text = words_of(comparison.glance().html)
    assert "Resolution rate 3 of 4 18 of 20 (90 %) 95 %: 70 to 97 % too few to compare" in text
    assert "improved" not in text
    trends = comparison.trends().html
    assert "First quarter of 2024 3 of 4; Second quarter of 2024 18 of 20 (90 %)." in words_of(
        " ".join(re.findall('alt="([^"]*)"', trends))
    )
    assert "75" not in re.sub("<[^>]*>", " ", drawn(trends)[0])


def test_overlapping_periods_are_set_side_by_side_without_a_word(make: Maker, tmp_path: Path) -> None:
    comparison = opened(make.clean(TWO_QUARTERS), "2024H1 2024Q2", tmp_path / "set")
    text = words_of(comparison.glance().html)
    assert "The two periods share days, so that no change of a rate is told." in text
    assert "improved" not in text
    assert "not compared" in text
    told = words_of(comparison.comparable().html)
    assert "First half of 2024 and Second quarter of 2024 share days." in told
    assert "The periods are of different kinds: half-year and quarter." in told
    assert "compare shares and days to resolve, not counts" in told


def test_windows_cut_provisional_and_apart_are_told(make: Maker, tmp_path: Path) -> None:
    cleaned = make.clean(TWO_QUARTERS, {"complete_through": "2024-05-10"})
    told = words_of(opened(cleaned, "2024-01 2024-03 2024-05", tmp_path / "set").comparable().html)
    assert "cut: the mechanism began on January 15, 2024" in told
    assert "provisional: counted up to May 10, 2024" in told
    assert "No period holds February 1, 2024 – February 29, 2024." in told
    assert "No period holds April 1, 2024 – April 30, 2024." in told
    assert "The windows are from 10 to 31 days long" in told
    assert "The grievances of May 2024 had less time to be resolved" in told


def test_periods_that_do_not_adjoin_are_not_joined_by_a_line(make: Maker, tmp_path: Path) -> None:
    cleaned = make.clean(TWO_QUARTERS)
    apart = opened(cleaned, "2024-02 2024-04", tmp_path / "apart").trends().html
    adjoining = opened(cleaned, "2024Q1 2024Q2", tmp_path / "adjoining").trends().html
    assert "Periods that do not follow each other directly are not joined by a line." in words_of(apart)
    assert "not joined" not in words_of(adjoining)


def test_a_changed_standard_is_told_with_the_periods_before_and_after(make: Maker, tmp_path: Path) -> None:
    changes = (
        "[{date: 2024-04-01, what: standard, text: Fifteen days instead of thirty.}, "
        "{date: 2024-05-01, what: channel, text: A counter was opened}]"
    )
    cleaned = make.clean(TWO_QUARTERS, {"changes": changes})
    told = words_of(opened(cleaned, "2024Q1 2024Q2", tmp_path / "set").comparable().html)
    assert "The standard changed on April 1, 2024: 'Resolved within the service standard' of earlier periods" in told
    assert (
        "Service standard Fifteen days instead of thirty First quarter of 2024 Second quarter of 2024 May 1, 2024 "
        "Channel A counter was opened First quarter of 2024; Second quarter of 2024, its first part Second quarter of "
        "2024, its last part" in told
    )


def test_a_period_that_was_published_by_other_rules_is_told(make: Maker, tmp_path: Path) -> None:
    then = make.clean(TWO_QUARTERS, {"minimum_n": "10"})
    known = collected(then.register)
    files = record_of(then.labelled, then.measure("2024Q1"), then.project, then.scopes("2024Q1"), known)
    store(then.project, "2024Q1", files, force=False)
    told = words_of(opened(then, "2024Q1 2024Q2", tmp_path / "same").comparable().html)
    assert "First quarter of 2024 was published by the rules that hold today." in told
    assert "Second quarter of 2024 was published" not in told
    now = make.clean(TWO_QUARTERS, {"minimum_n": "5"})
    store(now.project, "2024Q1", files, force=False)
    told = words_of(opened(now, "2024Q1 2024Q2", tmp_path / "other").comparable().html)
    assert "First quarter of 2024 was published by other rules and is counted by today's here." in told
    assert "Changed since: smallest number of which a percentage is given." in told


def test_what_was_not_collected_in_a_period_is_told_and_not_compared(make: Maker, tmp_path: Path) -> None:
    late = [{**one, "satisfaction": "satisfied"} for one in TWO_QUARTERS[20:]]
    comparison = opened(make.clean([*TWO_QUARTERS[:20], *late]), "2024Q1 2024Q2", tmp_path / "set")
    assert "Satisfied with the outcome not collected in this period 20 of 20 (100 %)" in words_of(
        comparison.glance().html
    )
    told = words_of(comparison.comparable().html)
    assert (
        "Not collected in First quarter of 2024, since up to its end the register holds nothing on it, and not "
        "compared: Satisfied with the outcome;" in told
    )
    assert "The report on that period counts the blanks as the definitions say, so it may show 0" in told
    assert "Not collected in Second quarter of 2024" not in told


def test_many_periods_are_parted_into_tables_that_a_page_holds(make: Maker, tmp_path: Path) -> None:
    labels = [f"2024-{month:02}" for month in range(1, 7)] + [f"2024-02-{day:02}..2024-02-20" for day in range(1, 7)]
    comparison = opened(make.clean(TWO_QUARTERS), " ".join(labels), tmp_path / "set")
    html = comparison.glance().html
    captions = re.findall("<caption>(.*?)</caption>", html)
    assert captions == ["Key figures of the periods (part 1 of 2)", "Key figures of the periods (part 2 of 2)"]
    heads = [head.count("<th ") for head in re.findall("<thead>.*?</thead>", html, flags=re.DOTALL)]
    assert heads == [1 + 5, 1 + 7 + 1]
    assert 'class="wide"' in html
    assert comparison.trends().html.count("<img") == 3


def test_a_stock_that_does_not_meet_its_periods_stops_the_run(make: Maker, tmp_path: Path) -> None:
    cleaned = make.clean(TWO_QUARTERS)
    stage = dataclasses.replace(open_comparison(cleaned.project.code, "2024Q1 2024Q2"), folder=tmp_path / "set")
    measured = measure_each(cleaned.labelled, cleaned.project, stage.periods, collected(cleaned.register))
    stock = backlog(cleaned.labelled, stage.periods)
    with pytest.raises(ReconciliationError, match="backlog_is_closing_stock"):
        require_each(reconcile_each(measured, stage.project, stage.periods, stock.assign(open=stock["open"] + 1)))


@pytest.fixture
def german(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Iterator[words.Words]:
    marked_catalogue(tmp_path / "locale")
    monkeypatch.setattr(words, "LOCALE", tmp_path / "locale")
    words.words_for.cache_clear()
    yield words.words_for("de")
    words.words_for.cache_clear()


def test_every_word_comes_from_the_catalogue_or_the_project(make: Maker, tmp_path: Path, german: words.Words) -> None:
    late = [{**one, "satisfaction": "satisfied"} for one in TWO_QUARTERS[20:]]
    changes = "[{date: 2024-04-01, what: standard, text: Fifteen days instead of thirty.}]"
    cleaned = make.clean([*TWO_QUARTERS[:20], *late], {"changes": changes, "complete_through": "2024-06-20"})
    comparison = dataclasses.replace(opened(cleaned, "2024-01 2024-03 2024Q2", tmp_path / "set"), words=german)
    settings = (cleaned.project.folder / "project.yml").read_text(encoding="utf-8")
    months = [name for width in ("wide", "abbreviated") for name in german.locale.months["format"][width].values()]
    months += list(german.locale.months["stand-alone"]["abbreviated"].values())
    programs = f"grm-reporting Python {' '.join(PACKAGES)}"
    own = f"{settings} {' '.join(months)} {programs} und rc"
    for section in SECTIONS:
        html = getattr(comparison, section)().html
        texts = [*re.sub(r"<[^>]+>", "\n", html).splitlines(), *re.findall(r'alt="([^"]*)"', html)]
        for text in texts:
            rest, before = unescape(text), ""
            while before != rest:
                before, rest = rest, re.sub("«[^«»]*»", "", rest)
            unknown = [word for word in re.findall(r"[^\W\d_]{2,}", rest) if word not in own]
            assert unknown == [], f"{section}: {text}"


def test_a_grievance_that_could_not_be_placed_in_one_period_may_be_placed_in_another(
    make: Maker, tmp_path: Path
) -> None:
    undated = [row(1, "2024-02-05"), row(2, ""), row(3, "2024-05-06")]
    told = words_of(opened(make.clean(undated), "2024-02 2024-03 2024H1", tmp_path / "set").comparable().html)
    assert "of these without a date Could not be placed in it Required cells filled" in told
    lines = re.findall(r"(February 2024|March 2024|First half of 2024) \d+ \d+ (\d+) \d+ of", told)
    assert sorted(lines) == [("February 2024", "1"), ("First half of 2024", "0"), ("March 2024", "1")]

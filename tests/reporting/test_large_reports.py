"""A report over many rows, months, places and channels still reads, and says where the whole stands."""

from __future__ import annotations

from pathlib import Path

import openpyxl
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from making import Cleaned, Maker, places_in

from pipeline.indicators.traces import Traces, traces
from pipeline.register.disclosure_workbook import HEADING_ROW, asked_lines, asked_order
from pipeline.register.public_texts import PLACES
from pipeline.reporting import disclosure, figures, uptake
from pipeline.reporting.annex import public_cases, time_to_resolve
from pipeline.reporting.charts import Charts
from pipeline.reporting.figures import MOST_BARS, Series, columns, largest, named_places
from pipeline.reporting.numbers import Numbers
from pipeline.reporting.uptake import Uptake
from pipeline.reporting.words import words_for
from pipeline.stage import Stage

ENGLISH = words_for("en")


def row(number: int, received: str, status: str = "Resolving", resolved: str = "", **cells: str) -> dict[str, str]:
    base = {"registration_no": f"{number}/2024", "date_received": received, "channel": "email", "status": status}
    return {**base, "type": "Question", "date_resolved": resolved, **cells}


@given(st.integers(1, 2_000))
def test_of_very_many_columns_the_first_and_last_are_named_and_no_more_than_can_be_read(count: int) -> None:
    named = named_places(count)
    assert named == sorted(set(named))
    assert (named[0], named[-1]) == (0, count - 1)
    assert len(named) <= figures._MOST_NAMED + 1
    assert count > figures._MOST_NAMED or len(named) == count


@given(st.lists(st.integers(0, 50), max_size=60), st.integers(2, 20))
def test_the_largest_bars_stay_and_leave_one_for_the_rest(totals: list[int], most: int) -> None:
    shown = largest(totals, most)
    assert shown == sorted(set(shown))
    assert len(shown) == (len(totals) if len(totals) <= most else most - 1)
    rest = [totals[place] for place in range(len(totals)) if place not in shown]
    assert not rest or min(totals[place] for place in shown) >= max(rest)


def test_ten_years_of_months_bear_no_numbers_that_lie_on_each_other() -> None:
    def drawn(count: int, each: int) -> str:
        labels = [f"month {place}" for place in range(count)]
        return columns(labels, [Series("Eligible", [each] * count)], axis="", caption="", alternative="").svg

    assert ">7777<" in drawn(12, 7777)
    assert ">7777<" not in drawn(120, 7777)
    assert "month 12<" in drawn(120, 7777)
    assert "month 13<" not in drawn(120, 7777)
    assert "month 119<" in drawn(120, 7777)


def test_a_figure_of_many_channels_puts_the_small_ones_together_and_its_table_has_each(make: Maker) -> None:
    names = [f"way_{number}" for number in range(1, 45)]
    channels = "{email: {label: E-mail}, " + ", ".join(f"{name}: {{label: Way {name[4:]}}}" for name in names) + "}"
    rows = [row(1, "2024-04-02"), row(2, "2024-04-02"), row(3, "2024-04-03", channel="Way 44")]
    cleaned = make.clean(rows, {"channels": channels})
    chart = Charts(Numbers(cleaned.measure("2024-04").table, ENGLISH), ENGLISH, cleaned.project).by_channel_and_type(2)
    assert chart.picture is not None
    others = f">{45 - (MOST_BARS - 1)} others<"
    assert others in chart.picture.svg
    assert ">Way 44<" in chart.picture.svg
    assert ">Way 43<" not in chart.picture.svg
    assert "Way 43" in chart.picture.alternative
    assert ">Way 43<" in chart.tables[0].__html__()
    assert "others" not in chart.tables[0].__html__()


def test_uptake_lists_the_places_from_which_most_came_and_says_where_all_are(
    make: Maker, monkeypatch: pytest.MonkeyPatch
) -> None:
    places = ["Bay", "Bay", "Creek", "Dale", "Dale", "Dale", ""]
    rows = [row(number, "2024-04-02", location=place) for number, place in enumerate(places, start=1)]
    cleaned = make.clean(rows)
    told = Uptake(Numbers(cleaned.measure("2024-04").table, ENGLISH), ENGLISH, cleaned.project, is_linked=False)
    assert not told.left_out("location")
    monkeypatch.setattr(uptake, "MOST_MEMBERS", 2)
    html = told.table("location", "By location", "Location").__html__()
    assert [place for place in ("Bay", "Creek", "Dale", "Not stated") if f">{place}<" in html] == [
        "Bay",
        "Dale",
        "Not stated",
    ]
    (sentence,) = told.left_out("location")
    assert sentence.startswith("Listed are the 2 from which most came since the start, of 3; the file indicators.csv")


def test_the_whole_annex_says_of_each_row_what_the_report_says(make: Maker) -> None:
    rows = [
        row(1, "2024-04-02", "Resolved", "2024-04-02"),
        row(2, "2024-04-06", "Resolved", "2024-04-07"),
        row(3, "2024-04-02", "Resolved", "2024-04-03"),
        row(4, "2024-04-02", "Resolved", "2024-04-12"),
        row(5, "2024-04-02"),
        {**row(6, "", "Resolved", "2024-04-12"), "registration_no": ""},
    ]
    for cleaned in (make.clean(rows), make.sample()):
        listed = cleaned.annex(cleaned.measure("2024H1"), "2024H1")
        table = public_cases(listed, cleaned.project, ENGLISH)
        assert table["time_to_resolve"].tolist() == [time_to_resolve(one, ENGLISH) for one in listed.to_dict("records")]
        assert set(table["time_to_resolve"]) >= {"Within the same day", "In 1 working day"}


def test_traces_in_a_file_are_those_in_memory(make: Maker, tmp_path: Path) -> None:
    cleaned = make.sample()
    measured = cleaned.measure("2024H1")
    table = traces(measured, cleaned.annex(measured, "2024H1"), cleaned.project.settings.pending_age_days)
    path = tmp_path / "traces.parquet"
    table.to_parquet(path)
    kept, read = Traces(table), Traces(path)
    for row in measured.table.to_dict("records"):
        name, scope, dimension, member = (row[key] for key in ("indicator", "scope", "dimension", "member"))
        assert kept.has(name) == read.has(name)
        if kept.has(name):
            one, other = (source.behind(name, scope, dimension, [member]) for source in (kept, read))
            assert list(one) == list(other)
            for rows, again in zip(one.values(), other.values(), strict=True):
                pd.testing.assert_frame_equal(rows, again)
            pd.testing.assert_frame_equal(kept.rest(name, scope), read.rest(name, scope))


def disclosure_stage(cleaned: Cleaned, folder: Path, places: pd.DataFrame) -> Stage:
    stage = Stage(cleaned.project, cleaned.scopes("2024H1"), folder / "set")
    measured = cleaned.measure("2024H1")
    listed = cleaned.annex(measured, "2024H1")
    stage.save(places, PLACES)
    stage.save(cleaned.labelled, "labelled.parquet")
    stage.save(traces(measured, listed, cleaned.project.settings.pending_age_days), "traces.parquet")
    return stage


def test_texts_to_decide_on_are_asked_in_order_until_the_workbook_is_full(
    make: Maker, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    cleaned = make.sample()
    stage = disclosure_stage(cleaned, tmp_path, places_in(cleaned.project))
    asked, in_report = disclosure.places_asked(stage)
    lines = asked_lines(asked.loc[asked_order(asked, in_report)], in_report)
    assert len(lines) > 4
    for most, at_once in ((2, 1), (4, 3), (10_000, 50_000)):
        monkeypatch.setattr(disclosure, "MOST_ASKED", most)
        monkeypatch.setattr(disclosure, "_AT_ONCE", at_once)
        disclosure.write_disclosure(stage)
        sheet = openpyxl.load_workbook(stage.folder / "internal" / "disclosure.xlsx").worksheets[0]
        count = min(most, len(lines))
        assert sheet.max_row == HEADING_ROW + count
        hashes = [sheet.cell(line, sheet.max_column).value for line in range(HEADING_ROW + 1, sheet.max_row + 1)]
        assert hashes == lines["text_hash"].tolist()[:count]
        assert (f"These are the first {most:,} of {len(lines):,} lines" in sheet["A1"].value) is (most < len(lines))

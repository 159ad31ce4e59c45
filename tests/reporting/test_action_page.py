"""The internal pages: who is responsible stands on them and nowhere else, nothing in them runs, they are restricted."""

from __future__ import annotations

import re
import stat
from html import unescape
from io import BytesIO
from pathlib import Path

import openpyxl
import pandas as pd
import pytest
from making import Cleaned, Maker

from pipeline.indicators.actions import open_actions
from pipeline.register.checking import corrected_register
from pipeline.register.mapping import collected
from pipeline.register.views import columns_read
from pipeline.reporting import actions as module
from pipeline.reporting.actions import write_actions
from pipeline.reporting.pages import write_restricted
from pipeline.reporting.uptake import write_uptake
from pipeline.stage import Stage

CHANGES = {
    "severities": "[mild, grave]",
    "severe_from": "grave",
    "bank_notification": "{days: 2, unit: working_days}",
    "service_standards": "{resolution: {days: 5, unit: working_days}}",
}
HOSTILE = '<img src=x onerror="alert(1)"> & </table>'


def row(number: int, received: str, status: str, resolved: str = "", **cells: str) -> dict[str, str]:
    base = {"registration_no": f"{number}/2024", "date_received": received, "channel": "email", "status": status}
    return {**base, "type": "Complaint", "date_resolved": resolved, **cells}


ROWS = [
    row(1, "2024-04-15", "Resolving", summary=HOSTILE, responsible="=cmd|' /C calc'!A0", location="=1+1"),
    row(2, "2024-04-01", "Resolved", "2024-04-02", severity="grave", summary="=1+1", responsible="Sukhee <b>Dorj</b>"),
    row(3, "2024-04-16", "Resolving", summary="Told by Sukhee Dorj"),
    row(4, "2024-04-16", "Resolving", summary="In confidence", is_sensitive="yes"),
    row(5, "2024-04-30", "Resolving", is_benefit_related="yes"),
]


def stage_of(cleaned: Cleaned, folder: Path) -> Stage:
    """Save what the first three notebooks save."""
    stage = Stage(cleaned.project, cleaned.scopes("2024-04"), folder / "set")
    stage.save(cleaned.labelled, "labelled.parquet")
    stage.save(cleaned.identities, "identities.parquet")
    stage.save(columns_read(corrected_register(cleaned.project)), "columns.csv")
    stage.save(cleaned.measure("2024-04").table, "indicators.csv")
    return stage


@pytest.fixture
def stage(make: Maker, tmp_path: Path) -> Stage:
    made = stage_of(make.clean(ROWS, CHANGES), tmp_path)
    write_actions(made)
    write_uptake(made)
    return made


def page(stage: Stage, name: str = "actions.html") -> str:
    return (stage.folder / "internal" / name).read_text(encoding="utf-8")


def workbook_of(stage: Stage) -> openpyxl.Workbook:
    return openpyxl.load_workbook(BytesIO((stage.folder / "internal" / "actions.xlsx").read_bytes()))


def words_of(html: str) -> str:
    body = html.partition("<body>")[2]
    return re.sub(r"\s+", " ", unescape(re.sub(r"<[^>]+>", " ", body)))


def test_the_pages_are_their_owners_alone(stage: Stage) -> None:
    for name in ("actions.html", "actions.xlsx", "uptake.html"):
        assert stat.S_IMODE((stage.folder / "internal" / name).stat().st_mode) == 0o600
    assert not (stage.folder / "public").exists()
    with pytest.raises(AssertionError, match="not among the restricted files"):
        write_restricted(stage, "other.html", b"")


def test_the_page_lists_what_is_to_be_done_and_by_whom(stage: Stage) -> None:
    text = words_of(page(stage))
    assert "As of April 30, 2024" in text
    assert "1 severe, the bank not notified" in text.replace(
        "severe, the bank not notified 1", "1 severe, the bank not notified"
    )
    order = [text.index(number) for number in ("1/2024", "3/2024", "5/2024", "2/2024")]
    assert order == sorted(order)
    # Mon 15 April and five working days: 22 April, 8 calendar and 6 working days ago.
    assert "2024-04-22 8 (6 working days) =cmd|' /C calc'!A0 Decide and resolve: overdue since 2024-04-22" in text
    # Tue 30 April and five working days: 7 May.
    assert "not stated Resolve by 2024-05-07" in text
    assert "The register does not say which grievances were acknowledged." in text


def test_a_severe_one_that_has_ended_has_both_next_steps_and_is_on_the_card(make: Maker, tmp_path: Path) -> None:
    ended = {"date_received": "2024-04-01", "channel": "email", "status": "Resolved", "date_resolved": "2024-04-02"}
    rows = [
        {**ended, "registration_no": "1/2024", "severity": "grave"},
        {**ended, "registration_no": "2/2024", "severity": "grave", "date_outcome_communicated": "2024-04-03"},
        {**ended, "registration_no": "3/2024"},
    ]
    made = stage_of(make.clean(rows, CHANGES), tmp_path)
    write_actions(made)
    lines = list(workbook_of(made).worksheets[0].iter_rows(min_row=5, max_col=2, values_only=True))
    assert lines == [
        ("1/2024", "Notify the bank; then communicate the outcome"),
        ("2/2024", "Notify the bank"),
        ("3/2024", "Communicate the outcome"),
    ]
    assert "resolved, the outcome not communicated 2" in words_of(page(made))


def test_sensitive_grievances_are_not_on_it_and_it_says_so(stage: Stage) -> None:
    text = words_of(page(stage))
    assert "Sensitive grievances are handled apart and are not on this page." in text
    assert "4/2024" not in text
    assert "In confidence" not in text


def test_nothing_in_the_page_runs_or_is_loaded(stage: Stage) -> None:
    for name in ("actions.html", "uptake.html"):
        html = page(stage, name)
        assert "<script" not in html
        assert "<img" not in html
        assert not re.search(r"(?:src|href)=", html.replace(unescape("&lt;img src="), "").replace("&lt;img src=", ""))
        assert "default-src 'none'" in html
    html = page(stage)
    assert "&lt;img src=x onerror=&#34;alert(1)&#34;&gt; &amp; &lt;/table&gt;" in html
    assert "Sukhee &lt;b&gt;Dorj&lt;/b&gt;" in html


def test_the_workbook_holds_the_list_and_no_formula(stage: Stage) -> None:
    workbook = workbook_of(stage)
    (sheet,) = workbook.worksheets
    rows = [[cell.value for cell in line] for line in sheet.iter_rows(min_row=4)]
    assert rows[0][:6] == ["No.", "Next step", "Responsible", "Due", "Calendar days overdue", "Working days overdue"]
    assert [line[0] for line in rows[1:]] == ["1/2024", "3/2024", "5/2024", "2/2024"]
    assert [str(line[3])[:10] for line in rows[1:]] == ["2024-04-22", "2024-04-23", "2024-05-07", "None"]
    assert [line[4:6] for line in (rows[1], rows[4])] == [[8, 6], [None, None]]
    assert {cell.data_type for line in sheet.iter_rows() for cell in line} <= {"s", "n", "d"}
    assert rows[1][2] == "=cmd|' /C calc'!A0"
    assert rows[4][-1] == "=1+1"
    assert (sheet.freeze_panes, sheet.auto_filter.ref) == ("B5", "A4:Q8")
    assert "Sensitive grievances are handled apart" in sheet["A2"].value


def test_the_same_list_gives_the_same_bytes(stage: Stage) -> None:
    names = ("actions.html", "actions.xlsx", "uptake.html")
    before = [(stage.folder / "internal" / name).read_bytes() for name in names]
    write_actions(stage)
    write_uptake(stage)
    assert [(stage.folder / "internal" / name).read_bytes() for name in names] == before


def test_an_empty_list_says_so(make: Maker, tmp_path: Path) -> None:
    stage = stage_of(make.clean([row(1, "2024-04-02", "Resolved", "2024-04-03")]), tmp_path)
    write_actions(stage)
    nothing = "Nothing is to be done: no grievance is open, and nothing else is outstanding."
    assert nothing in words_of(page(stage))
    sheet = workbook_of(stage).worksheets[0]
    assert sheet["A3"].value == nothing
    assert "project.yml sets no limit for notifying the bank" in words_of(page(stage))


def test_a_long_list_is_cut_on_the_page_and_whole_in_the_workbook(
    stage: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "MOST_SHOWN", 1)
    write_actions(stage)
    text = words_of(page(stage))
    assert "2 more stand in actions.xlsx." in text
    assert "3/2024" not in text
    sheet = workbook_of(stage).worksheets[0]
    assert sheet.max_row == 4 + 4


def test_a_list_too_long_for_the_workbook_is_whole_in_a_table_beside_it(
    stage: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    write_actions(stage)
    table = stage.folder / "internal" / "actions.csv"
    assert not table.exists()
    monkeypatch.setattr(module, "MOST_SHOWN", 1)
    monkeypatch.setattr(module, "MOST_LISTED", 2)
    write_actions(stage)
    assert "2 more stand in actions.csv." in words_of(page(stage))
    sheet = workbook_of(stage).worksheets[0]
    assert sheet["A3"].value == "The first 2 of 4, the most pressing ones; the file actions.csv holds all of them."
    assert sheet.max_row == 4 + 2
    whole = pd.read_csv(table)
    assert len(whole) == 4
    assert whole["registration_no"].tolist()[:2] == [sheet.cell(row, 1).value for row in (5, 6)]
    assert {"next_step", "responsible"} <= set(whole)
    assert table.stat().st_mode & 0o077 == 0


def test_uptake_inside_is_told_by_place_sex_and_group(make: Maker, tmp_path: Path) -> None:
    rows = [row(1, "2024-04-02", "Resolving", location="Bay", vulnerable_group="herders", complainant_sex="f")]
    given = "{total: 5000, source: census, date: 2024-01-01, by_location: {Far Side: 80}}"
    stage = stage_of(make.clean(rows, {"beneficiaries": given}), tmp_path)
    write_uptake(stage)
    text = words_of(page(stage, "uptake.html"))
    assert "By location Nothing came from: Far Side. Not once since the start: Far Side." in text
    assert "herders 1 1 1" in text
    assert "0.2 (1 of 5,000) in the period" in text


def test_a_row_without_a_number_and_two_with_one_are_told_apart(make: Maker) -> None:
    cleaned = make.clean(
        [
            row(1, "2024-04-02", "Resolving", responsible="A"),
            row(1, "2024-04-03", "Resolving", responsible="B"),
            {**row(1, "2024-04-04", "Resolving"), "registration_no": ""},
        ]
    )
    listed = open_actions(cleaned.labelled, cleaned.project, cleaned.scopes("2024-04"), collected(cleaned.register))
    with_names = module.with_responsible(listed, cleaned.identities)
    assert with_names["responsible"].fillna("").tolist() == ["A", "B", ""]

"""Every fault of a register is found at its cell; no row and no secret gets lost."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date
from typing import Any

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from making import Maker, clean

from pipeline.register import findings
from pipeline.register.dates import ISO_FORMATS, Reading, parse_dates


def row(number: int = 1, received: str = "2024-03-05", status: str = "Resolved", **cells: str) -> dict[str, str]:
    base = {"registration_no": f"{number}/2024", "date_received": received, "channel": "email", "status": status}
    resolved = {"date_resolved": received} if status == "Resolved" else {}
    return {**base, **resolved, "type": "Question", **cells}


FORMS = (*ISO_FORMATS, "%B %d, %Y", "%b %d, %Y", "%d %B %Y", "%d %b %Y", "%d-%b-%Y")


def parsed(cells: list[str | None], **said: Any) -> tuple[pd.Series, pd.Series]:
    return parse_dates(pd.Series(cells, dtype="str"), Reading(**said), "date_received", lambda row: f"row {row + 2}")[
        :2
    ]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("2024-03-05", "2024-03-05"),
        ("2024-03-05 14:30", "2024-03-05 14:30"),
        ("2024-03-05 14:30:15", "2024-03-05 14:30:15"),
        ("2024-03-05T14:30", "2024-03-05 14:30"),
        ("2024.03.05", "2024-03-05"),
        ("2024/3/5", "2024-03-05"),
        ("March 5, 2024", "2024-03-05"),
        ("Mar 5, 2024", "2024-03-05"),
        ("5 March 2024", "2024-03-05"),
        ("2024-03-05T14:30:15", "2024-03-05 14:30:15"),
        ("2024-03-05 00:00:00", "2024-03-05"),
        ("2024-3-5", "2024-03-05"),
        ("MARCH 05, 2024", "2024-03-05"),
        ("5 mar 2024", "2024-03-05"),
        ("1900-01-01", "1900-01-01"),
        ("2199-12-31", "2199-12-31"),
        ("2200-01-01", None),
        ("1899-12-31", None),
        ("13/03/2024", "2024-03-13"),
        ("03/13/24", "2024-03-13"),
        ("31.02.2024", None),
        ("2024-03", None),
        ("2024", None),
        ("20240305", None),
        ("45356", "2024-03-05"),
        ("45356,5", "2024-03-05 12:00"),
        ("24999", None),
        ("73050", None),
        ("2024-W10-2", None),
        ("2024-065", None),
        ("2024-03-05 24:00", None),
        ("5-6 March 2024", None),
        ("soon", None),
        ("today", None),
        ("now", None),
        ("NaT", None),
        ("nan", None),
        ("2024-02-30", None),
        ("0024-03-05", None),
    ],
)
def test_a_date_is_read_in_one_way_or_not_at_all(text: str, expected: str | None) -> None:
    dates, unreadable = parsed([text])
    assert (None if pd.isna(dates[0]) else str(dates[0])) == (None if expected is None else str(pd.Timestamp(expected)))
    assert unreadable[0] == (expected is None)


@given(day=st.dates(date(1900, 1, 1), date(2199, 12, 31)), form=st.sampled_from([f for f in FORMS if "%H" not in f]))
def test_every_day_is_read_back_from_every_form(day: date, form: str) -> None:
    dates, unreadable = parsed([day.strftime(form)])
    assert dates[0].date() == day
    assert not unreadable[0]


def test_no_column_of_texts_without_a_date_is_a_column_of_dates(make: Maker) -> None:
    for cells in (["soon", "today"], [None, None], []):
        dates, unreadable = parsed(cells)
        assert str(dates.dtype) == "datetime64[us]"
        assert unreadable.tolist() == [cell is not None for cell in cells]


def test_a_form_that_project_yml_names_is_read(make: Maker) -> None:
    cleaned = make.clean([row(received="05/03/2024")], {"date_formats": '["%d/%m/%Y"]'})
    assert str(cleaned.cases["date_received"][0].date()) == "2024-03-05"
    both = make.clean([row(1, "2024-03-05"), row(2, "06.03.24 14:30")], {"date_formats": '["%d.%m.%y %H:%M"]'})
    assert both.cases["date_received"].astype(str).tolist() == ["2024-03-05 00:00:00", "2024-03-06 14:30:00"]


def test_the_words_of_the_register_become_codes_whatever_their_case_and_blanks(make: Maker) -> None:
    cells = {"relation": " RELATED", "satisfaction": "No Answer", "is_anonymous": "Y", "severity": "GRAVE"}
    cleaned = make.clean(
        [row(channel="  Office   VISIT ", type="questionS", status="in_progress", **cells)],
        {"severities": "[mild, grave]"},
    )
    case = cleaned.cases.iloc[0]
    assert (case["channel"], case["type"], case["status"]) == ("in_person", "question", "in_progress")
    assert (case["relation"], case["satisfaction"], case["severity"]) == ("related", "no_answer", "grave")
    assert bool(case["is_anonymous"])
    assert cleaned.rules() == []


def test_every_value_that_is_not_allowed_is_told_with_those_that_are(make: Maker) -> None:
    cells = {"satisfaction": "happy", "is_anonymous": "perhaps", "is_benefit_related": "2", "severity": "huge"}
    found = make.clean([row(**cells)], {"severities": "[mild, grave]"}).findings
    told = found.query("rule == 'unknown_value'").set_index("column")
    assert told["value"].to_dict() == cells
    assert "is not one of mild, grave;" in told["message"]["severity"]
    assert "is not one of satisfied, dissatisfied, no_answer, not_asked;" in told["message"]["satisfaction"]
    assert "is not one of yes, no;" in told["message"]["is_anonymous"]


@pytest.mark.parametrize(
    ("column", "cell", "hint"),
    [
        ("status", "Resolvd", "Nearest: Resolved"),
        ("channel", "e-mial", "Nearest: E-mail"),
        ("type", "Complain", "Nearest: Complaint"),
        ("relation", "unrelatd", "Nearest: Unrelated, Related."),
        ("channel", "fax", "Known: In person, E-mail, Phone, Facebook comment, Website."),
    ],
)
def test_an_unknown_word_is_told_with_the_nearest_or_all_that_are_known(
    make: Maker, column: str, cell: str, hint: str
) -> None:
    (finding,) = make.clean(
        [row(status="Resolving", **{column: cell}) if column != "status" else row(status=cell)]
    ).findings.to_dict("records")
    assert (finding["rule"], finding["column"], finding["value"], finding["row"]) == (
        f"unknown_{column}",
        column,
        cell,
        2,
    )
    assert hint in finding["message"]


CASES: dict[str, tuple[list[dict[str, str]], dict[str, str]]] = {
    "unreadable_date": ([row(date_acknowledged="soon")], {}),
    "unknown_status": ([row(status="Pendng")], {}),
    "unknown_channel": ([row(channel="fax")], {}),
    "unknown_type": ([row(type="Quest")], {}),
    "unknown_relation": ([row(relation="perhaps")], {}),
    "unknown_value": ([row(is_anonymous="perhaps")], {}),
    "sensitive_in_doubt": ([row(is_sensitive="perhaps")], {}),
    "member_in_doubt": ([row(location="The road is bad")], {}),
    "number_missing": ([row(registration_no="")], {}),
    "number_form": ([row(registration_no="A-7")], {}),
    "duplicate_number": ([row(), row()], {}),
    "number_gap": ([row(1), row(3)], {}),
    "status_missing": ([row(status="")], {}),
    "channel_missing": ([row(channel="")], {}),
    "date_bounded": ([row(received="", date_resolved="2024-03-05")], {}),
    "neighbours_out_of_order": ([row(1, "2024-03-05"), row(2, "2024-02-05")], {}),
    "received_before_start": ([row(received="2024-01-02")], {}),
    "after_complete_through": ([row(date_resolved="2024-07-02")], {}),
    "resolved_before_received": ([row(date_resolved="2024-03-04")], {}),
    "dates_out_of_order": ([row(date_acknowledged="2024-03-01")], {}),
    "ended_undated": ([row(status="Rejected")], {}),
    "status_against_dates": ([row(status="Resolving", date_resolved="2024-03-06")], {}),
    "relation_against_status": ([row(relation="Unrelated")], {}),
    "channel_inferred": ([row(channel_basis="inferred")], {}),
    "type_missing": ([row(type="")], {}),
    "column_not_known": ([row(colour="blue")], {}),
    "text_mended": ([row(note="rÃ©solu lâ€™aprÃ¨s-midi")], {}),
    "likely_duplicate": (
        [
            row(1, summary="The road to the school is closed since Monday."),
            row(2, summary="the road to the school is closed since monday"),
        ],
        {},
    ),
}


@pytest.mark.parametrize("rule", CASES)
def test_each_rule_finds_its_fault(make: Maker, rule: str) -> None:
    rows, changes = CASES[rule]
    cleaned = make.clean(rows, changes)
    assert rule in cleaned.rules()
    assert set(cleaned.findings.loc[cleaned.findings["rule"] == rule, "severity"]) == {findings.rules()[rule].severity}
    assert len(cleaned.both) == len(rows)


def test_every_rule_has_its_case() -> None:
    elsewhere = {
        # what the form of a file brings with it: test_tables.py, test_formats.py, test_mapping.py
        "cells_beyond_headings",
        "cell_with_error",
        "column_further",
        "cells_merged",
        "column_in_doubt",
        "column_not_collected",
        "row_hidden",
        "row_set_aside",
        "row_above_headings",
        "file_passed_over",
        "explanation_unused",
        "date_order_by_one_cell",
        "date_order_unclear",
        "placeholder_left",
        "sheet_hidden",
        "table_left_out",
        "correction_applied",
        # of the general way alone: test_bounding_receipts.py
        "numbers_not_printed",
        # what persons decided: tests/classification/test_decisions.py
        "decision_text_changed",
        "decision_without_grievance",
    }
    assert set(CASES) | elsewhere == set(findings.rules())


def test_a_sound_register_has_no_findings(make: Maker) -> None:
    assert make.clean([row(1), row(2, "2024-03-06", "Resolving")]).rules() == []


def test_a_finding_names_file_row_column_and_the_nearest_word(make: Maker) -> None:
    found = make.clean([row(1), row(2, status="Resolvd")]).findings
    (finding,) = found[found["rule"] == "unknown_status"].to_dict("records")
    assert (finding["registration_no"], finding["row"], finding["column"]) == ("2/2024", 3, "status")
    assert finding["message"].startswith("register.csv, row 3, column status: the status 'Resolvd' is not known")
    assert "Nearest: Resolved" in finding["message"]


@pytest.mark.parametrize("cell", ["9999-12-31", "2999-12-31", "2204-05-12", "31.12.9999", "1024-03-05", "5 May 0224"])
def test_a_day_of_a_year_that_no_grievance_has_is_told_as_such_and_shown(make: Maker, cell: str) -> None:
    """9999-12-31 stands in exports of databases for what has not ended; its digits are a number in Mongolia, too."""
    (finding,) = make.clean([row(status="Resolving", date_acknowledged=cell)]).told.to_dict("records")
    assert (finding["severity"], finding["rule"], finding["value"]) == ("error", "unreadable_date", cell)
    assert f"'{cell}' cannot be read as a date: its year lies outside 1900 to 2199; the cell" in finding["message"]


@pytest.mark.parametrize("cell", ["soon", "2024-02-30", "2024-13-01", "99999-12-31"])
def test_a_year_is_blamed_only_for_what_is_a_day_otherwise(make: Maker, cell: str) -> None:
    (finding,) = make.clean([row(status="Resolving", date_acknowledged=cell)]).told.to_dict("records")
    assert "cannot be read as a date; the cell" in finding["message"]


def test_a_finding_holds_nothing_that_a_terminal_would_obey(make: Maker) -> None:
    rows = [row(status="open\x1b[31m\x07"), row("9\x1b[2J", "2024-03-06")]
    told = make.clean(rows, {"numbering": ""}).told
    texts = " ".join(told[["registration_no", "value", "message"]].to_numpy().ravel())
    assert "open?[31m?" in texts
    assert not re.search(r"[\x00-\x1f\x7f-\x9f]", texts)


@pytest.mark.parametrize(
    ("number", "told"),
    [
        ("7/2024", "that of 7/2024 (row 2), received"),
        ("7" * 5000, "that of the grievance in row 2, received"),
        ("", "that of the grievance in row 2, received"),
    ],
)
def test_a_text_that_is_there_twice_is_told_by_a_number_that_can_be_read(make: Maker, number: str, told: str) -> None:
    text = "The road to the school is closed since Monday."
    rows = [{**row(summary=text), "registration_no": number}, row(8, summary=text)]
    found = make.clean(rows, {"numbering": ""}).told
    (message,) = found.loc[found["rule"] == "likely_duplicate", "message"]
    assert told in message


def test_times_of_day_order_events_and_days_count_them(make: Maker) -> None:
    cleaned = make.clean([row(received="2024-03-05 14:00:05", date_resolved="2024-03-05 14:00:00")])
    assert "resolved_before_received" in cleaned.rules()
    assert str(cleaned.cases["date_resolved_counted"][0].date()) == "2024-03-05"
    same_day = make.clean([row(received="2024-03-05 14:00", date_resolved="2024-03-05")])
    assert same_day.rules() == []


def test_a_cell_has_one_finding_not_two(make: Maker) -> None:
    """A status that is not known is not missing as well."""
    cleaned = make.clean([row(status="Pendng", type="Quest", channel="fax")])
    assert cleaned.rules() == ["unknown_channel", "unknown_status", "unknown_type"]


def test_a_type_is_missed_only_where_the_register_has_the_column(make: Maker) -> None:
    cells = row(status="Resolving")
    del cells["type"]
    assert make.clean([cells]).rules() == []


def test_findings_stand_the_gravest_first_and_then_by_row(make: Maker) -> None:
    cleaned = make.clean([row(1, status="Resolving", type=""), row(2, status="Pendng"), row(4, status="x", channel="")])
    assert cleaned.findings[["severity", "row"]].astype(object).where(
        cleaned.findings[["severity", "row"]].notna(), None
    ).to_numpy().tolist() == [
        ["error", 3],
        ["error", 4],
        ["error", None],
        ["warning", 4],
        ["note", 2],
    ]


def test_a_long_cell_is_cut_in_its_finding_and_no_name_with_it(make: Maker) -> None:
    """Names are replaced first: the cut would leave half a name, which nothing knows."""
    text = f"{'a ' * 36}Mining and Mineral Oil Department and more"
    cells = row(status="Resolving", complainant="Mining and Mineral Oil Department", channel=text)
    (finding,) = make.clean([cells]).findings.query("rule == 'unknown_channel'").to_dict("records")
    assert finding["value"] == f"{'a ' * 36}[organi…"
    assert "Mining" not in finding["message"]
    assert f"the channel '{finding['value']}' is not known" in finding["message"]
    assert len(finding["message"]) < 300


def test_doubt_whether_a_grievance_is_sensitive_counts_as_sensitive(make: Maker) -> None:
    cleaned = make.clean(
        [row(1, is_sensitive="yes"), row(2, is_sensitive="perhaps"), row(3, is_sensitive="no"), row(4)]
    )
    assert cleaned.labelled["registration_no"].tolist() == ["3/2024", "4/2024"]


FORMULA, SCRIPT, TURNED = "=cmd|' /C calc'!A0", "<script>alert(1)</script>", "\u202eabc\u200f"
HOSTILE = st.sampled_from(["", "soon", "Pendng", FORMULA, SCRIPT, TURNED, "{{ 7*7 }}", "{value}", "$(x)", "x" * 300])
CELL = st.one_of(HOSTILE, st.text(st.characters(blacklist_categories=("Cs", "Cc")), max_size=12))
DAY = st.one_of(st.just(""), HOSTILE, st.dates(date(2024, 1, 2), date(2024, 7, 20)).map(str))
PERSON, FIRM, CONTACT = "Sarantuya Enkh-Amgalan", "Erdenet Mining LLC", "sara@example.org"
ROWS = st.lists(
    st.fixed_dictionaries(
        {
            "registration_no": st.one_of(st.integers(1, 12).map(lambda n: f"{n}/2024"), CELL),
            "date_received": DAY,
            "channel": st.sampled_from(["email", "phone", "fax", ""]),
            "status": st.one_of(st.sampled_from(["Resolved", "Unrelated", "Resolving", "Rejected", ""]), CELL),
            "date_resolved": DAY,
            "type": st.one_of(CELL, st.sampled_from([PERSON, f"asked by {FIRM}", CONTACT])),
            "complainant": st.sampled_from([PERSON, FIRM, ""]),
            "complainant_contact": st.sampled_from([CONTACT, ""]),
            "summary": CELL,
        }
    ),
    min_size=4,
    max_size=20,
)


@given(rows=ROWS)
@settings(max_examples=10)
def test_whatever_the_cells_hold_no_row_is_lost_and_every_fault_is_named(
    rows: list[dict[str, str]], make: Maker
) -> None:
    rows = [*rows, row(99, complainant=PERSON, complainant_contact=CONTACT), row(98, complainant=FIRM)]
    project = make.project(rows)
    register = (project.folder / "register.csv").read_bytes()
    cleaned = clean(project)
    assert (project.folder / "register.csv").read_bytes() == register
    filled = {n: cells for n, cells in enumerate(rows, start=2) if any(map(_visible, cells.values()))}
    assert cleaned.cases["source_row"].tolist() == list(filled)
    assert len(cleaned.labelled) + len(cleaned.sensitive) == len(filled)
    assert len(cleaned.identities) == len(filled)

    found = set(zip(cleaned.findings["rule"], cleaned.findings["row"], cleaned.findings["column"], strict=True))
    numbers = [_visible(cells["registration_no"]) for cells in filled.values()]
    for row_number, cells in filled.items():
        for injected in _faults({name: _visible(cell) for name, cell in cells.items()}, numbers):
            assert (injected[0], row_number, injected[1]) in found
    told = " ".join([*cleaned.findings["message"], *cleaned.findings["value"]])
    for secret in ("Sarantuya", "Enkh-Amgalan", "Erdenet", CONTACT):
        assert secret not in told
    assert cleaned.findings.drop(columns="row").notna().all(axis=None)


def _faults(cells: dict[str, str], numbers: list[str]) -> Iterator[tuple[str, str]]:
    """Tell which rule must find what was put into a row, and in which column."""
    number = cells["registration_no"]
    if not number:
        yield "number_missing", "registration_no"
    elif numbers.count(number) > 1:
        yield "duplicate_number", "registration_no"
    for name in ("date_received", "date_resolved"):
        if cells[name] and not re.fullmatch("[0-9]{4}-[0-9]{2}-[0-9]{2}", cells[name]):
            yield "unreadable_date", name
    if not cells["date_received"]:
        yield "date_bounded", "date_received"
    for name, rule in (("status", "unknown_status"), ("channel", "unknown_channel"), ("type", "unknown_type")):
        if cells[name] in ("fax", "Pendng", FORMULA, SCRIPT, PERSON, CONTACT):
            yield rule, name
        if not cells[name]:
            yield f"{name}_missing", name


def _visible(cell: str) -> str:
    return cell.translate(dict.fromkeys((0x200B, 0x200C, 0x200D, 0x2060, 0xFEFF))).replace("\u00a0", " ").strip()

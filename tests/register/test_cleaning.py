"""Every fault of a register is found at its cell; no row and no secret gets lost."""

from __future__ import annotations

from datetime import date

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from making import ROOT, SAMPLE, Maker, clean

from pipeline.errors import InputError
from pipeline.register import findings
from pipeline.register.values import DATE_FORMATS, parse_dates


def row(number: int = 1, received: str = "2024-03-05", status: str = "Resolved", **cells: str) -> dict[str, str]:
    base = {"registration_no": f"{number}/2024", "date_received": received, "channel": "email", "status": status}
    resolved = {"date_resolved": received} if status == "Resolved" else {}
    return {**base, **resolved, "type": "Question", **cells}


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
        ("05/03/2024", None),
        ("soon", None),
        ("2024-02-30", None),
        ("0024-03-05", None),
        ("45000", None),
    ],
)
def test_a_date_is_read_in_one_way_or_not_at_all(text: str, expected: str | None) -> None:
    dates, unreadable = parse_dates(pd.Series([text], dtype="str"), DATE_FORMATS)
    assert (None if pd.isna(dates[0]) else str(dates[0])) == (None if expected is None else str(pd.Timestamp(expected)))
    assert unreadable[0] == (expected is None)


def test_a_form_that_project_yml_names_is_read(make: Maker) -> None:
    cleaned = make.clean([row(received="05/03/2024")], {"date_formats": '["%d/%m/%Y"]'})
    assert str(cleaned.cases["date_received"][0].date()) == "2024-03-05"


CASES: dict[str, tuple[list[dict[str, str]], dict[str, str]]] = {
    "unreadable_date": ([row(date_acknowledged="soon")], {}),
    "unknown_status": ([row(status="Pendng")], {}),
    "unknown_channel": ([row(channel="fax")], {}),
    "unknown_type": ([row(type="Quest")], {}),
    "unknown_relation": ([row(relation="perhaps")], {}),
    "unknown_value": ([row(is_anonymous="perhaps")], {}),
    "sensitive_in_doubt": ([row(is_sensitive="perhaps")], {}),
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
}


@pytest.mark.parametrize("rule", CASES)
def test_each_rule_finds_its_fault(make: Maker, rule: str) -> None:
    rows, changes = CASES[rule]
    cleaned = make.clean(rows, changes)
    assert rule in cleaned.rules()
    assert set(cleaned.findings.loc[cleaned.findings["rule"] == rule, "severity"]) == {findings.rules()[rule].severity}
    assert len(cleaned.cases) == len(rows)


def test_every_rule_has_its_case() -> None:
    elsewhere = {"cells_beyond_headings", "correction_applied"}
    assert set(CASES) | elsewhere == set(findings.rules())


def test_a_sound_register_has_no_findings(make: Maker) -> None:
    assert make.clean([row(1), row(2, "2024-03-06", "Resolving")]).rules() == []


def test_a_finding_names_file_row_column_and_the_nearest_word(make: Maker) -> None:
    found = make.clean([row(1), row(2, status="Resolvd")]).findings
    (finding,) = found[found["rule"] == "unknown_status"].to_dict("records")
    assert (finding["registration_no"], finding["row"], finding["column"]) == ("2/2024", 3, "status")
    assert finding["message"].startswith("register.csv, row 3, column status: the status 'Resolvd' is not known")
    assert "Nearest: Resolved" in finding["message"]


def test_times_of_day_order_events_and_days_count_them(make: Maker) -> None:
    cleaned = make.clean([row(received="2024-03-05 14:00:05", date_resolved="2024-03-05 14:00:00")])
    assert "resolved_before_received" in cleaned.rules()
    assert str(cleaned.cases["date_resolved_counted"][0].date()) == "2024-03-05"
    same_day = make.clean([row(received="2024-03-05 14:00", date_resolved="2024-03-05")])
    assert same_day.rules() == []


def bounds(cleaned) -> list[tuple[str, str]]:
    return [
        (str(first.date()), str(last.date()))
        for first, last in zip(
            cleaned.cases["date_received_earliest"], cleaned.cases["date_received_latest"], strict=True
        )
    ]


def test_the_seven_undated_of_the_sample_are_bounded_by_their_neighbours(make: Maker) -> None:
    text = (ROOT / "data" / SAMPLE / "register.csv").read_text(encoding="utf-8")
    cleaned = make.clean(text)
    placed = dict(zip(cleaned.cases["registration_no"], bounds(cleaned), strict=True))
    for number in range(1, 7):
        assert placed[f"{number}/2024"] == ("2024-01-15", "2024-03-05")
    assert placed["13/2024"] == ("2024-05-02", "2024-05-24")
    assert cleaned.rules().count("date_bounded") == 7
    assert cleaned.rules().count("channel_inferred") == 6


def test_a_later_date_of_the_row_bounds_it_too(make: Maker) -> None:
    cleaned = make.clean([row(1, "2024-02-01"), row(2, "", date_resolved="2024-02-20"), row(3, "2024-03-01")])
    assert bounds(cleaned)[1] == ("2024-02-01", "2024-02-20")


def test_neighbours_out_of_order_bound_nothing(make: Maker) -> None:
    rows = [row(1, "2024-03-01"), row(2, "", "Unrelated"), row(3, "2024-02-01")]
    assert bounds(make.clean(rows))[1] == ("2024-01-15", "2024-06-30")


def test_a_number_used_twice_bounds_nothing(make: Maker) -> None:
    rows = [row(1, "2024-03-01"), row(2, "", "Unrelated"), row(3, "2024-04-01"), row(3, "2024-02-01")]
    assert bounds(make.clean(rows))[1] == ("2024-03-01", "2024-06-30")


def test_corrections_are_applied_and_told_and_guarded(make: Maker) -> None:
    project = make.project([row(1, "2024-13-05", date_resolved="2024-03-05"), row(2)])
    path = project.folder / "corrections.yml"
    entry = (
        "- match: {registration_no: 1/2024}\n  column: date_received\n  from: 2024-13-05\n  to: 2024-03-05\n"
        "  reason: misread\n  who: M&E\n  date: 2024-07-01\n"
    )
    path.write_text(entry.replace("from: 2024-13-05", "from: '2024-13-05'"), encoding="utf-8")
    cleaned = clean(project)
    assert str(cleaned.cases["date_received"][0].date()) == "2024-03-05"
    assert cleaned.rules() == ["correction_applied"]
    path.write_text(entry.replace("from: 2024-13-05", "from: '2024-12-05'"), encoding="utf-8")
    with pytest.raises(InputError, match=r"entry 1 \(1/2024\), column date_received: the cell no longer holds"):
        clean(project)
    path.write_text(entry.replace("1/2024}", "9/2024}").replace("from: 2024-13-05", "from: x"), encoding="utf-8")
    with pytest.raises(InputError, match="no row of the register match"):
        clean(project)


def test_a_correction_of_a_text_does_not_repeat_the_text(make: Maker) -> None:
    project = make.project([row(1, complainant="Bat Bold")])
    (project.folder / "corrections.yml").write_text(
        "- match: {registration_no: 1/2024}\n  column: complainant\n  from: Bat Bold\n  to: Dorj Bold\n"
        "  reason: wrong person\n  who: M&E\n  date: 2024-07-01\n",
        encoding="utf-8",
    )
    found = clean(project).findings
    assert not found["message"].str.contains("Bold").any()


def test_an_explanation_settles_its_error_and_no_other(make: Maker) -> None:
    project = make.project([row(1), row(3), row(5)])
    path = project.folder / "explanations.csv"
    path.write_text("number,rule,reason,who,date\n2/2024,number_gap,never given,M&E,2024-07-01\n", encoding="utf-8")
    found = clean(project).findings.set_index("registration_no")["severity"].to_dict()
    assert found == {"2/2024": "explained", "4/2024": "error"}
    path.write_text("number,rule,reason,who,date\n2/2024,gap,never given,M&E,2024-07-01\n", encoding="utf-8")
    with pytest.raises(InputError, match=r"row 2, column rule: 'gap' is not a rule"):
        clean(project)
    path.write_text("number,rule,reason,who\n", encoding="utf-8")
    with pytest.raises(InputError, match="the headings must be number, rule, reason, who, date"):
        clean(project)


def test_doubt_whether_a_grievance_is_sensitive_counts_as_sensitive(make: Maker) -> None:
    cleaned = make.clean(
        [row(1, is_sensitive="yes"), row(2, is_sensitive="perhaps"), row(3, is_sensitive="no"), row(4)]
    )
    assert cleaned.labelled["registration_no"].tolist() == ["3/2024", "4/2024"]


HOSTILE = st.sampled_from(
    [
        "",
        "soon",
        "Pendng",
        "=cmd|' /C calc'!A0",
        "<script>alert(1)</script>",
        "\u202eabc",
        "{{ 7*7 }}",
        "$(x)",
        "x" * 300,
    ]
)
CELL = st.one_of(HOSTILE, st.text(st.characters(blacklist_categories=("Cs", "Cc")), max_size=12))
DAY = st.one_of(st.just(""), HOSTILE, st.dates(date(2024, 1, 2), date(2024, 7, 20)).map(str))
ROWS = st.lists(
    st.fixed_dictionaries(
        {
            "registration_no": st.one_of(st.integers(1, 12).map(lambda n: f"{n}/2024"), CELL),
            "date_received": DAY,
            "channel": st.sampled_from(["email", "phone", "fax", ""]),
            "status": st.one_of(st.sampled_from(["Resolved", "Unrelated", "Resolving", "Rejected", ""]), CELL),
            "date_resolved": DAY,
            "type": CELL,
            "complainant": st.sampled_from(["Sarantuya Enkh-Amgalan", "Erdenet Mining LLC", ""]),
            "summary": CELL,
        }
    ),
    max_size=8,
)


@given(rows=ROWS)
def test_whatever_the_cells_hold_no_row_is_lost_and_every_fault_is_named(
    rows: list[dict[str, str]], make: Maker
) -> None:
    cleaned = make.clean(rows)
    kept = [number for number, cells in enumerate(rows, start=2) if any(cell.strip() for cell in cells.values())]
    assert set(cleaned.cases["source_row"]) <= set(kept)
    filled = [n for n in kept if any(_visible(cell) for cell in rows[n - 2].values())]
    assert cleaned.cases["source_row"].tolist() == filled
    found = set(zip(cleaned.findings["rule"], cleaned.findings["row"], strict=True))
    for number in filled:
        cells = rows[number - 2]
        if cells["date_received"] == "soon":
            assert ("unreadable_date", number) in found
        if cells["status"] == "Pendng":
            assert ("unknown_status", number) in found
        if cells["channel"] == "fax":
            assert ("unknown_channel", number) in found
    told = " ".join(cleaned.findings["message"]) + " ".join(cleaned.findings["value"])
    assert "Sarantuya" not in told
    assert "Erdenet" not in told


def _visible(cell: str) -> str:
    return cell.translate(dict.fromkeys((0x200B, 0x200C, 0x200D, 0x2060, 0xFEFF))).replace("\u00a0", " ").strip()

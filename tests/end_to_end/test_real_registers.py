"""Registers that other people kept: each makes a report, and its counts are those of a plain count of the file."""

from __future__ import annotations

import csv
import gzip
import json
import shutil
from datetime import datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import pandas as pd
import pytest
from making import DATA_VARIABLE, ROOT, Cleaned, clean, value

from pipeline.cli import main
from pipeline.places import OUTPUTS_VARIABLE
from pipeline.project import load_project

SHARED = ROOT.parent / "shared" / "data"
BOSTON = SHARED / "boston311_2015" / "boston311_2015_H1.csv.gz"
NEW_YORK = SHARED / "nyc311_samples" / "nyc311_animals_2025.csv"
NORFOLK = SHARED / "seeclickfix_json_norfolk" / "norfolk-issues.json"
VIRGINIA_BEACH = SHARED / "seeclickfix_json_norfolk" / "vb-issues.json"
FILES = {"boston-311": BOSTON, "nyc-311": NEW_YORK, "norfolk": NORFOLK, "virginia-beach": VIRGINIA_BEACH}

pytestmark = pytest.mark.shared_data


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The projects of tests/projects, each with its real register beside it."""
    data = tmp_path_factory.mktemp("real") / "data"
    for name, register in FILES.items():
        if register.is_file():
            shutil.copytree(ROOT / "tests" / "projects" / name, data / name)
            shutil.copyfile(register, data / name / register.name)
    return data


@pytest.fixture(autouse=True)
def use(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(DATA_VARIABLE, str(folder))
    monkeypatch.setenv(OUTPUTS_VARIABLE, str(folder.parent / "outputs"))


@pytest.fixture(scope="module")
def boston(folder: Path) -> Cleaned:
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv(DATA_VARIABLE, str(folder))
        return cleaned("boston-311")


def cleaned(name: str) -> Cleaned:
    if not FILES[name].is_file():
        pytest.skip(f"the register is not there: shared/data/{FILES[name].parent.name}")
    return clean(load_project(name))


def rows_of_boston() -> list[dict[str, str]]:
    with gzip.open(BOSTON, "rt", encoding="utf-8", newline="") as handle:
        return list(csv.DictReader(handle))


def us_time(text: str) -> datetime:
    return datetime.strptime(text, "%m/%d/%Y %I:%M:%S %p")


def test_boston_s_counts_are_those_of_the_file(boston: Cleaned) -> None:
    rows = rows_of_boston()
    end = datetime(2015, 6, 30, 23, 59, 59)
    closed = [row for row in rows if row["CLOSED_DT"] and us_time(row["CLOSED_DT"]) <= end]
    measured = boston.measure("2015H1")
    assert value(measured, "received") == len(rows) == 58_119
    assert value(measured, "resolved") == len(closed)
    assert value(measured, "in_progress") == len(rows) - len(closed)
    assert value(measured, "closing_stock") == len(rows) - len(closed)
    assert not boston.reconciled(measured, "2015H1")["difference"].any()


def test_boston_s_channels_are_those_of_the_file(boston: Cleaned) -> None:
    table = boston.measure("2015H1").table.query(
        "indicator == 'received' and scope == 'period' and dimension == 'channel'"
    )
    assert dict(zip(table["member"], table["value"].astype(int), strict=True)) == {
        "hotline": 32_127,
        "staff": 7_612,
        "citizens_app": 6_826,
        "website": 6_592,
        "workers_app": 4_810,
        "system": 151,
        "twitter": 1,
        "not_stated": 0,
    }


def test_what_boston_calls_on_time_is_within_the_standard(boston: Cleaned) -> None:
    # As of the day on which the last of them was closed: before it what is open and not yet due is not judged.
    later = boston.measure("2015H1", "2016-01-12").facts["period"]
    assert len(later) == 58_119
    oracle = {row["CASE_ENQUIRY_ID"]: row for row in rows_of_boston()}
    judged = [
        (oracle[number]["OnTime_Status"] == "ONTIME", bool(within))
        for number, within in zip(later["registration_no"], later["is_within_standard"], strict=True)
        if oracle[number]["CLOSED_DT"] and oracle[number]["TARGET_DT"]
    ]
    assert len(judged) == sum(bool(row["CLOSED_DT"] and row["TARGET_DT"]) for row in oracle.values())
    agreed = sum(ours == theirs for ours, theirs in judged)
    assert agreed / len(judged) >= 0.998


def test_what_boston_closed_seconds_before_it_opened_is_found_at_its_cell(boston: Cleaned) -> None:
    rows = rows_of_boston()
    expected = [
        number
        for number, row in enumerate(rows, start=2)
        if row["CLOSED_DT"] and us_time(row["CLOSED_DT"]) < us_time(row["OPEN_DT"])
    ]
    found = boston.findings.query("rule == 'resolved_before_received'")
    assert found["row"].tolist() == expected
    assert len(expected) == 84
    assert set(found["column"]) == {"date_resolved"}


def test_new_york_has_no_channel_and_says_so(folder: Path) -> None:
    done = cleaned("nyc-311")
    with NEW_YORK.open(encoding="utf-8", newline="") as handle:
        rows = list(csv.DictReader(handle))
    measured = done.measure("2025Q1")
    assert value(measured, "received") == len(rows) == 4_969
    assert value(measured, "resolved") == sum(row["Status"] == "Closed" for row in rows) == 4_692
    assert value(measured, "in_progress") == 277
    by_channel = measured.table.query("indicator == 'received' and scope == 'period' and dimension == 'channel'")
    assert by_channel[["member", "state"]].to_numpy().tolist() == [["", "not_collected"]]
    assert by_channel["value"].isna().all()
    assert not done.reconciled(measured, "2025Q1")["difference"].any()
    (told,) = done.findings.query("rule == 'column_not_collected'")["message"]
    assert "the export does not say by which way a request came in" in told
    assert "channel_missing" not in done.rules()


@pytest.mark.parametrize(("name", "file"), [("norfolk", NORFOLK), ("virginia-beach", VIRGINIA_BEACH)])
def test_json_lines_with_zones_count_by_the_day_of_the_place(folder: Path, name: str, file: Path) -> None:
    done = cleaned(name)
    records = [json.loads(line) for line in file.read_text(encoding="utf-8").splitlines()]
    zone = ZoneInfo("America/New_York")
    days = [datetime.fromisoformat(record["created_at"]).astimezone(zone).date() for record in records]
    # Those with a sign of a sensitive grievance wait for a person's decision, and are in no figure.
    apart = [row - 1 for row in done.sensitive["source_row"]]
    assert len(apart) < len(days) / 2
    counted = [place for place in range(len(days)) if place not in apart]
    measured = done.measure("2015H1")
    assert done.both.sort_values("source_row")["date_received"].dt.date.tolist() == days
    days = [days[place] for place in counted]
    assert value(measured, "received") == sum(day.year == 2015 and day.month <= 6 for day in days)
    closed = [records[place]["status"] == "Closed" for place in counted]
    resolved = sum(is_closed for is_closed, day in zip(closed, days, strict=True) if day.year == 2015)
    assert value(measured, "resolved") == resolved
    assert sorted(done.both["source_row"]) == list(range(1, len(records) + 1))
    assert {"point.type", "media.video_url"} <= {heading for heading in done.register.headings}


@pytest.mark.notebooks
@pytest.mark.parametrize(
    ("name", "period"),
    [("boston-311", "2015H1"), ("nyc-311", "2025Q1"), ("norfolk", "2015H1"), ("virginia-beach", "2015H1")],
)
def test_a_real_register_makes_its_report(
    folder: Path, name: str, period: str, capsys: pytest.CaptureFixture[str]
) -> None:
    if not FILES[name].is_file():
        pytest.skip(f"the register is not there: shared/data/{FILES[name].parent.name}")
    assert main(["report", "--project", name, "--period", period]) == 0, capsys.readouterr().err
    made = folder.parent / "outputs" / name / period
    assert sorted(path.name for path in (made / "public").iterdir()) == [
        "cases.csv",
        "indicators.csv",
        "report.html",
        "report.pdf",
        "results_framework.csv",
    ]
    table = pd.read_csv(made / "public" / "indicators.csv", encoding="utf-8-sig")
    received = table.query("indicator == 'received' and scope == 'period' and dimension.isna()")["value"].item()
    # Of Norfolk's 13 one speaks of violence, and waits for a person's decision.
    assert received == {"boston-311": 58_119, "nyc-311": 4_969, "norfolk": 12, "virginia-beach": 100}[name]
    html = (made / "public" / "report.html").read_text(encoding="utf-8")
    if name == "nyc-311":
        assert "the export does not say by which way a request came in" in html

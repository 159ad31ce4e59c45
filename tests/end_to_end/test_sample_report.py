"""The sample's report: every figure of the published one, nobody named, the same bytes each time."""

from __future__ import annotations

import csv
import hashlib
import json
import re
import shutil
import subprocess
from pathlib import Path

import pytest
from reports import COPIES_NOTHING, NAMES, ROOT, call, headlines, normalised

pytestmark = pytest.mark.notebooks

PUBLIC = ("cases.csv", "indicators.csv", "report.html", "report.pdf", "results_framework.csv")


def digests(folder: Path) -> dict[str, str]:
    return {name: hashlib.sha256((folder / "public" / name).read_bytes()).hexdigest() for name in PUBLIC}


def pdf_text(folder: Path) -> str:
    if shutil.which("pdftotext") is None:
        pytest.skip("pdftotext is not installed (Debian: poppler-utils)")
    text = subprocess.run(
        ["pdftotext", folder / "public" / "report.pdf", "-"], capture_output=True, text=True, check=True
    )
    return normalised(text.stdout)


def test_the_set_holds_what_the_contract_names(sample: Path) -> None:
    assert sorted(path.name for path in (sample / "public").iterdir()) == list(PUBLIC)
    notebooks = sorted(path.name for path in (sample / "internal" / "notebooks").iterdir())
    assert notebooks == ["01_cleaning.ipynb", "02_classification.ipynb", "03_metrics.ipynb", "04_report.ipynb"]
    for name in ("cases.parquet", "findings.csv", "review.csv", "indicators.csv", "reconciliation.csv"):
        assert (sample / "internal" / name).is_file()


def test_the_headlines_are_those_of_the_published_report(sample: Path) -> None:
    rows = headlines(sample)
    counts = {
        "received": 16,
        "unrelated": 7,
        "duplicate": 0,
        "eligible": 9,
        "in_progress": 0,
        "resolved": 9,
        "unplaced": 0,
        "opening_stock": 0,
        "closing_stock": 0,
        "resolution_working_days_n": 9,
        "resolution_working_days_median": 0,
        "resolution_working_days_p90": 1,
        "resolution_working_days_max": 1,
    }
    assert {name: float(rows[name]["value"]) for name in counts} == counts
    assert float(rows["resolution_working_days_mean"]["value"]) == 2 / 9
    rates = {name: (rows[name]["value"], rows[name]["numerator"], rows[name]["denominator"]) for name in rows}
    assert rates["resolution_rate"] == ("", "9", "9")
    assert rates["resolution_rate_all"] == ("56.25", "9", "16")
    assert rates["same_day"] == ("", "7", "9")
    assert rates["register_completeness"] == ("89.0625", "57", "64")
    assert normalised(rows["resolution_rate_all"]["display"]) == "9 of 16 (56 %)"
    assert rows["resolution_rate"]["display"] == "9 of 9"
    assert rows["within_service_standard"]["display"] == "no standard set"
    assert rows["unrelated_referred"]["display"] == "not collected"


def test_the_members_are_those_of_the_published_report(sample: Path) -> None:
    with (sample / "public" / "indicators.csv").open(encoding="utf-8-sig", newline="") as handle:
        rows = [row for row in csv.DictReader(handle) if row["scope"] == "period"]

    def members(indicator: str, dimension: str) -> dict[str, int]:
        chosen = [row for row in rows if (row["indicator"], row["dimension"]) == (indicator, dimension)]
        return {row["member"]: int(row["value"]) for row in chosen}

    assert members("eligible", "channel") == {
        "in_person": 2,
        "email": 3,
        "phone": 3,
        "facebook_comment": 1,
        "website": 0,
        "not_stated": 0,
    }
    assert members("unrelated", "channel")["email"] == 7
    types = members("eligible", "type")
    assert (types["question"], types["request"], types["complaint"], types["not_stated"]) == (5, 2, 2, 0)
    months = members("received", "month")
    assert months == {
        "2024-01": 0,
        "2024-02": 0,
        "2024-03": 2,
        "2024-04": 3,
        "2024-05": 3,
        "2024-06": 2,
        "not_stated": 6,
    }


def test_the_pdf_says_in_words_how_long_each_took(sample: Path) -> None:
    text = pdf_text(sample)
    assert text.count("Within the same day") == 7
    assert text.count("In 1 working day") == 2
    assert "9 of 9" in text
    assert "9 of 16 (56 %)" in text
    assert "This is the first semi-annual summary report" in text


def test_nobody_is_named_anywhere(sample: Path) -> None:
    files = [*(sample / "public").iterdir(), *(sample / "internal" / "notebooks").iterdir()]
    files += [sample / "manifest.json", *(sample / "internal").glob("*.csv")]
    texts = {path.name: path.read_text(encoding="utf-8") for path in files if path.suffix != ".pdf"}
    texts["report.pdf"] = pdf_text(sample)
    for name, text in texts.items():
        for pattern in NAMES:
            assert re.search(pattern, text) is None, f"{name} holds {pattern}"


def test_public_bodies_tenders_and_the_project_contact_stay(sample: Path) -> None:
    text = normalised((sample / "public" / "cases.csv").read_text(encoding="utf-8-sig"))
    for kept in ("World Bank", "MDDC", "IAAC", "3.1.2.4-1", "info@smart.gov.mn", "11-11 center"):
        assert kept in text


def test_the_annex_lists_nine_grievances_in_order(sample: Path) -> None:
    with (sample / "public" / "cases.csv").open(encoding="utf-8-sig", newline="") as handle:
        rows = list(csv.DictReader(handle))
    numbers = [row["registration_no"] for row in rows]
    assert numbers == [f"{n}/2024" for n in (7, 8, 9, 10, 11, 12, 14, 15, 16)]
    assert [row["resolution_working_days"] for row in rows] == ["0", "0", "0", "0", "0", "1", "0", "0", "1"]
    assert rows[0]["date_received"] == "2024-03-05"


def test_every_figure_leads_to_its_rows_in_both_editions(sample: Path) -> None:
    for name in ("public/report.html", "internal/report-internal.html"):
        html = (sample / name).read_text(encoding="utf-8")
        asked, there = re.findall(r'href="#([^"]*)"', html), re.findall(r'\bid="([^"]*)"', html)
        assert set(asked) <= set(there)
        assert len(there) == len(set(there))
        assert "f-resolution_rate-period" in asked
        assert ("INTERNAL" in html) == name.startswith("internal")
        assert ("7/2024, 8/2024, 9/2024" in html) == name.startswith("internal")


def test_the_same_inputs_give_the_same_bytes_again_and_elsewhere(sample: Path, tmp_path: Path) -> None:
    before = digests(sample)
    notebooks = {path.name: path.read_bytes() for path in (sample / "internal" / "notebooks").iterdir()}
    elsewhere = tmp_path / "a folder with spaces" / "outputs"
    outcome = call("report", "--period=2024H1", "--force=1", outputs=elsewhere)
    assert outcome.code == 0, outcome.stderr
    again = outcome.set("2024H1")
    assert digests(again) == before
    assert {path.name: path.read_bytes() for path in (again / "internal" / "notebooks").iterdir()} == notebooks
    assert (again / "manifest.json").read_bytes() == (sample / "manifest.json").read_bytes()
    # Once more, with ordinary kernels instead of copies of a warm one.
    cold = call("report", "--period=2024H1", "--force=1", outputs=elsewhere, program=("-c", COPIES_NOTHING))
    assert cold.code == 0, cold.stderr
    assert "there is none in this test" in cold.stderr
    assert digests(again) == before
    assert {path.name: path.read_bytes() for path in (again / "internal" / "notebooks").iterdir()} == notebooks


def test_the_manifest_says_what_the_report_was_made_from(sample: Path) -> None:
    text = (sample / "manifest.json").read_text(encoding="utf-8")
    manifest = json.loads(text)
    register = hashlib.sha256((ROOT / "data" / "smart-government-ii" / "register.csv").read_bytes()).hexdigest()
    assert register in text
    assert str(ROOT) not in text
    assert manifest
    public = "".join((sample / "public" / name).read_text(encoding="utf-8") for name in PUBLIC[:3])
    assert register not in public


def test_modes_keep_what_is_restricted_to_its_owner(sample: Path) -> None:
    assert (sample / "internal").stat().st_mode & 0o777 == 0o700
    restricted = ("identities.parquet", "cases.parquet", "labelled.parquet", "sensitive.parquet", "traces.parquet")
    for name in (*restricted, "report-internal.html"):
        assert (sample / "internal" / name).stat().st_mode & 0o777 == 0o600
    for name in PUBLIC:
        assert (sample / "public" / name).stat().st_mode & 0o777 == 0o644


def test_the_executed_notebooks_reproduce(sample: Path, tmp_path: Path) -> None:
    """Nbval runs them again in a copy of the set, with the parameters that stand in them."""
    copy = tmp_path / "2024H1"
    shutil.copytree(sample, copy)
    import os
    import sys

    process = subprocess.run(
        [
            sys.executable,
            "-m",
            "pytest",
            "-q",
            "-p",
            "no:cacheprovider",
            "-c",
            "/dev/null",
            "--nbval",
            "--nbval-current-env",
            "--rootdir",
            str(copy),
            *map(str, sorted((copy / "internal" / "notebooks").glob("*.ipynb"))),
        ],
        cwd=copy,
        env={**os.environ, "PYTHONHASHSEED": "0"},
        capture_output=True,
        text=True,
        timeout=300,
    )
    assert process.returncode == 0, process.stdout[-3000:]
    assert " passed" in process.stdout

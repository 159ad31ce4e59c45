"""The comparison of the demonstration's periods, made by the command that people use."""

from __future__ import annotations

import csv
import json
import re
import shutil
import subprocess
from html import unescape
from pathlib import Path

import pandas as pd
import pytest
from making import clean
from reports import ROOT, call, normalised

from pipeline.project import load_project
from pipeline.reporting.numbers import WITHHELD_DIMENSIONS, Numbers
from pipeline.reporting.words import words_for

pytestmark = pytest.mark.notebooks
PERIODS = ("2023H1", "2023H2", "2024H1")


@pytest.fixture(scope="module")
def outputs(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("comparison") / "outputs"


def compare(outputs: Path, periods: str) -> Path:
    outcome = call("compare", "--project=demo", f"--periods={periods}", outputs=outputs)
    assert outcome.code == 0, outcome.stderr
    assert "2023H1, 2023H2 and 2024H1 are compared." in outcome.stdout
    return outputs / "demo" / "comparison" / "+".join(PERIODS)


@pytest.fixture(scope="module")
def made(outputs: Path) -> Path:
    return compare(outputs, "2023H1 2023H2 2024H1")


def html_of(folder: Path) -> str:
    return (folder / "public" / "comparison.html").read_text(encoding="utf-8")


def rows_of(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8-sig", newline="") as handle:
        return list(csv.DictReader(handle))


def test_the_set_has_what_it_promises(made: Path) -> None:
    assert sorted(path.name for path in (made / "public").iterdir()) == [
        "comparison.csv",
        "comparison.html",
        "comparison.pdf",
    ]
    assert sorted(path.name for path in (made / "internal" / "notebooks").iterdir()) == [
        "01_cleaning.ipynb",
        "02_classification.ipynb",
        "comparison.ipynb",
    ]
    record = json.loads((made / "manifest.json").read_text(encoding="utf-8"))
    assert '"periods": "2023H1 2023H2 2024H1"' in json.dumps(record)
    assert (made / "manifest.json").stat().st_mode & 0o777 == 0o600


def test_the_page_has_its_parts_and_loads_nothing(made: Path) -> None:
    html = html_of(made)
    headings = [unescape(text) for text in re.findall(r"<h2[^>]*>(.*?)</h2>", html)]
    assert headings == [
        "Contents",
        "The key figures side by side",
        "By channel and by type",
        "Trends",
        "What can be compared and what cannot",
        "The figures used and the rule of change",
        "How the figures reconcile",
        "How this comparison was made",
    ]
    assert "<script" not in html
    assert re.findall(r'(?:src|href)="(?!#|data:)[^"]*"', html) == []
    assert re.findall(r"url\((?!data:)[^)]*\)", html) == []
    anchors = set(re.findall(r' id="([^"]+)"', html))
    assert {target for target in re.findall(r'href="#([^"]+)"', html)} <= anchors
    assert all(re.findall(r'<img alt="([^"]*)"', html))
    assert "DRAFT" in html
    assert "Synthetic data" in html


@pytest.mark.skipif(not shutil.which("pdftotext"), reason="there is no pdftotext")
def test_the_pdf_says_the_same(made: Path) -> None:
    done = subprocess.run(
        ["pdftotext", "-layout", made / "public" / "comparison.pdf", "-"], capture_output=True, text=True, check=True
    )
    text = normalised(done.stdout)
    for words in ("Comparison of periods", "The rule of change", "Open grievances at the end of each month"):
        assert words in text
    assert "90 of 102 (88 %)" in text.replace("\u00a0", " ")


def test_every_figure_is_that_of_the_period_measured_by_itself(made: Path) -> None:
    rows = rows_of(made / "public" / "comparison.csv")
    cleaned = clean(load_project("demo"))
    for period in PERIODS:
        alone = Numbers(cleaned.measure(period).table.query("scope != 'previous'"), words_for("en")).public()
        expected = alone.astype("object").where(alone.notna(), "").astype("str").to_dict("records")
        own = [row for row in rows if row["period"] == period]
        assert own == [{"period": period, **row} for row in expected]


def test_nothing_withheld_and_nothing_of_sensitive_grievances_is_public(made: Path) -> None:
    rows = rows_of(made / "public" / "comparison.csv")
    assert [row for row in rows if row["dimension"] in WITHHELD_DIMENSIONS and row["member"]] == []
    internal = rows_of(made / "internal" / "comparison.csv")
    locations = {row["member"] for row in internal if row["dimension"] == "location"} - {"not_stated"}
    assert locations
    sensitive = pd.read_parquet(made / "internal" / "sensitive.parquet")
    numbers = set(sensitive["registration_no"].dropna())
    assert numbers
    public = html_of(made) + (made / "public" / "comparison.csv").read_text(encoding="utf-8")
    notebook = (made / "internal" / "notebooks" / "comparison.ipynb").read_text(encoding="utf-8")
    assert [one for one in sorted(locations) if re.search(rf"\b{re.escape(one)}\b", public)] == []
    assert [one for one in sorted(numbers) if re.search(rf"(?<![\d/]){re.escape(one)}(?!\d)", public + notebook)] == []
    register = rows_of(ROOT / "data" / "demo" / "register.csv")
    for column in ("complainant", "complainant_contact", "responsible"):
        assert [row[column] for row in register if row[column] and row[column] in public + notebook] == []


def test_the_periods_in_another_order_make_the_same_bytes(made: Path, outputs: Path) -> None:
    files = sorted([*(made / "public").iterdir(), *(made / "internal" / "notebooks").iterdir()])
    before = {path: path.read_bytes() for path in files}
    assert compare(outputs, "2024H1, 2023H2, 2023H1") == made
    assert [path.name for path, content in before.items() if path.read_bytes() != content] == []


@pytest.mark.parametrize(
    ("arguments", "expected"),
    [
        (["--periods=2024H1"], "which is one period; a comparison needs two"),
        ([], "PERIODS is not given"),
        (["--periods=2024H1 2024H1"], "names '2024H1' twice"),
        (["--periods=2024H1 2027H1"], "the register is complete through"),
        (["--periods=2024H1 soon"], "'soon', which is not a period"),
    ],
)
def test_a_wrong_call_is_a_sentence_and_makes_nothing(tmp_path: Path, arguments: list[str], expected: str) -> None:
    outcome = call("compare", "--project=demo", *arguments, outputs=tmp_path / "outputs")
    assert outcome.code == 2
    assert expected in outcome.stderr
    assert "Traceback" not in outcome.stderr
    assert not (tmp_path / "outputs").exists()

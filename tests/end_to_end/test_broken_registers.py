"""A register as it really is: faults stand against a release, a draft says where they are, and nothing gets lost."""

from __future__ import annotations

import csv
import hashlib
from pathlib import Path

import pandas as pd
import pytest
from reports import SAMPLE, call, headlines, html_text

pytestmark = pytest.mark.notebooks


def rewrite(register: Path, changes: dict[tuple[int, str], str]) -> None:
    """Change cells of a register, by spreadsheet row and column."""
    with register.open(encoding="utf-8", newline="") as handle:
        rows = list(csv.DictReader(handle))
    for (row, column), value in changes.items():
        rows[row - 2][column] = value
    with register.open("w", encoding="utf-8", newline="") as handle:
        writer = csv.DictWriter(handle, fieldnames=list(rows[0]))
        writer.writeheader()
        writer.writerows(rows)


def test_faults_stand_against_a_release_with_file_row_and_column(own_data: Path, tmp_path: Path) -> None:
    register = own_data / SAMPLE / "register.csv"
    rewrite(
        register,
        {(10, "date_received"): "soon", (12, "status"): "Pendng", (15, "registration_no"): "12/2024"},
    )
    before = hashlib.sha256(register.read_bytes()).hexdigest()
    outcome = call("report", "--period=2024H1", outputs=tmp_path / "outputs", data=own_data)
    assert outcome.code == 0, outcome.stderr
    folder = outcome.set("2024H1")
    text = html_text(folder)
    assert "DRAFT: not released" in text
    assert "What stands against the release: 4 errors in the register are not settled" in text
    for place in (
        "Date received: A date cannot be read",
        "Status: A status is not one of the project's",
        "Registration number: A registration number is used more than once (2)",
    ):
        assert place in text
    findings = pd.read_csv(folder / "internal" / "findings.csv", encoding="utf-8-sig")
    errors = findings[findings["severity"] == "error"]
    assert set(errors["rule"]) == {"unreadable_date", "unknown_status", "duplicate_number"}
    places = ["register.csv, row 10, column date_received", "register.csv, row 12, column status"]
    places += [f"register.csv, row {row}, column registration_no" for row in (13, 15)]
    assert all(errors["message"].str.startswith(place).any() for place in places)
    # A missing number is told in restricted files alone.
    assert "number_gap" in set(pd.read_parquet(folder / "internal" / "findings.parquet")["rule"])
    assert "number_gap" not in set(findings["rule"])
    cases = pd.read_parquet(folder / "internal" / "cases.parquet")
    assert sorted(cases["source_row"]) == list(range(2, 18))
    assert float(headlines(folder)["received"]["value"]) == 16
    assert float(headlines(folder)["status_not_stated"]["value"]) == 1
    assert hashlib.sha256(register.read_bytes()).hexdigest() == before


def test_a_register_that_is_called_after_somebody_is_read_and_told_without_the_name(
    own_data: Path, tmp_path: Path
) -> None:
    folder = own_data / SAMPLE
    (folder / "register.csv").rename(folder / "Bolormaa_2024.csv")
    settings = (folder / "project.yml").read_text(encoding="utf-8")
    assert "register: register.csv" in settings
    (folder / "project.yml").write_text(
        settings.replace("register: register.csv", "register: Bolormaa_2024.csv"), encoding="utf-8"
    )
    (folder / "corrections.yml").write_text(
        "- match: {registration_no: 12/2024}\n  column: status\n  from: Resolved\n  to: Resolving\n  reason: x\n"
        "  who: Analyst\n  date: 2024-07-02\n",
        encoding="utf-8",
    )
    rewrite(folder / "Bolormaa_2024.csv", {(13, "status"): "Resolved", (14, "date_received"): ""})
    outcome = call("cleaning", "--period=2024H1", outputs=tmp_path / "outputs", data=own_data)
    assert outcome.code == 0, outcome.stderr
    internal = outcome.set("2024H1") / "internal"
    notebook = (internal / "notebooks" / "01_cleaning.ipynb").read_text(encoding="utf-8")
    assert "[person]_2024.csv" in notebook
    assert "[person]_2024.csv, row 13, column status: corrected" in notebook
    assert "Bolormaa" not in notebook + (internal / "findings.csv").read_text(encoding="utf-8-sig")


def test_an_explained_error_no_longer_stands_against_a_release(own_data: Path, tmp_path: Path) -> None:
    rewrite(own_data / SAMPLE / "register.csv", {(12, "status"): "Pendng"})
    (own_data / SAMPLE / "explanations.csv").write_text(
        "number,rule,reason,who,date\n11/2024,unknown_status,Status lost with the old file,M&E analyst,2024-07-02\n",
        encoding="utf-8",
    )
    outcome = call("report", "--period=2024H1", outputs=tmp_path / "outputs", data=own_data)
    assert outcome.code == 0, outcome.stderr
    text = html_text(outcome.set("2024H1"))
    assert "in the register is not settled" not in text
    assert "in the register are not settled" not in text
    assert "Status lost with the old file" in text


def test_an_empty_register_makes_a_report_that_says_so(own_data: Path, tmp_path: Path) -> None:
    register = own_data / SAMPLE / "register.csv"
    register.write_text(register.read_text(encoding="utf-8").splitlines()[0] + "\n", encoding="utf-8")
    outcome = call("report", "--period=2024H1", outputs=tmp_path / "outputs", data=own_data)
    assert outcome.code == 0, outcome.stderr
    folder = outcome.set("2024H1")
    assert float(headlines(folder)["received"]["value"]) == 0
    assert headlines(folder)["resolution_rate_all"]["display"] == "not applicable"
    assert "no grievance was received" in html_text(folder)


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        (b"", "is empty"),
        (b"PK\x03\x04rest", "is damaged, incomplete, or not what its ending says"),
        (b"registration_no,date_received\n1,2024\n", "no column for channel, status"),
        (
            b"registration_no,date_received,channel,status\n1,02/03/2024,email,x\n",
            "Say which in data/smart-government-ii",
        ),
        (b'registration_no,date_received,channel,status\n1,"2024-03-01,email,x\n', "quotation mark"),
    ],
)
def test_a_register_that_cannot_be_read_is_refused_and_the_report_stays(
    content: bytes, sentence: str, own_data: Path, tmp_path: Path
) -> None:
    outputs = tmp_path / "outputs"
    kept = outputs / SAMPLE / "2024H1" / "public"
    kept.mkdir(parents=True)
    (kept / "report.html").write_text("the former report", encoding="utf-8")
    (own_data / SAMPLE / "register.csv").write_bytes(content)
    outcome = call("report", "--period=2024H1", outputs=outputs, data=own_data)
    assert outcome.code == 2
    assert sentence in outcome.stderr
    assert "register.csv" in outcome.stderr
    assert "Traceback" not in outcome.stderr
    assert (kept / "report.html").read_text(encoding="utf-8") == "the former report"


def test_a_name_in_the_standing_texts_is_stopped_at_the_door(own_data: Path, tmp_path: Path) -> None:
    settings = own_data / SAMPLE / "project.yml"
    text = settings.read_text(encoding="utf-8")
    settings.write_text(
        text.replace("purpose:\n    - >-", "purpose:\n    - Ask for Bolormaa.\n    - >-"), encoding="utf-8"
    )
    outcome = call("report", "--period=2024H1", outputs=tmp_path / "outputs", data=own_data)
    assert outcome.code == 1
    assert "public/report.html holds the name of a known person" in outcome.stderr
    assert "Bolormaa" not in outcome.stderr + outcome.stdout
    assert not (tmp_path / "outputs" / SAMPLE / "2024H1" / "public" / "report.html").exists()


def test_the_commentary_takes_its_figures_from_the_indicators(own_data: Path, tmp_path: Path) -> None:
    folder = own_data / SAMPLE / "commentary"
    folder.mkdir()
    (folder / "2024H1.md").write_text(
        "## Lessons\n\n{received} came, of which {received:channel=email} by e-mail; Bolormaa follows up.\n\n"
        "<script>alert(1)</script>\n\n![a picture](https://example.org/x.png)\n",
        encoding="utf-8",
    )
    outcome = call("report", "--period=2024H1", outputs=tmp_path / "outputs", data=own_data)
    assert outcome.code == 0, outcome.stderr
    text = html_text(outcome.set("2024H1"))
    assert "16 came, of which 10 by e-mail; [person] follows up." in text
    html = (outcome.set("2024H1") / "public" / "report.html").read_text(encoding="utf-8")
    assert "<script" not in html
    assert "example.org/x.png" not in html
    (folder / "2024H1.md").write_text("{recieved} came\n", encoding="utf-8")
    outcome = call("report", "--period=2024H1", outputs=tmp_path / "outputs", data=own_data)
    assert outcome.code == 2
    assert "commentary/2024H1.md, line 1" in outcome.stderr
    assert "received" in outcome.stderr

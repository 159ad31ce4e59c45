"""`portfolio` writes the page of all projects at its end, whole or not at all, and lets no name out."""

from __future__ import annotations

import csv
import json
import os
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
from portfolio_folders import Folders, rows_of_a_report
from public_folders import Page

from pipeline.cli import main
from pipeline.commands import portfolio, portfolio_page
from pipeline.commands.one_set import Result, job_of
from pipeline.commands.periods import Call
from pipeline.commands.portfolio_page import refresh_portfolio
from pipeline.errors import DisclosureError, InputError
from pipeline.execution.errors import ExecutionError
from pipeline.places import DATA_VARIABLE, OUTPUTS_VARIABLE

FILES = ["index.html", "manifest.json", "portfolio.csv"]


@pytest.fixture
def folders(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Folders:
    monkeypatch.setenv(DATA_VARIABLE, str(tmp_path / "data"))
    monkeypatch.setenv(OUTPUTS_VARIABLE, str(tmp_path / "outputs"))
    made = Folders(tmp_path / "data", tmp_path / "outputs")
    for code in ("one", "two"):
        made.project(code, grm_start="2024-01-15")
    return made


@pytest.fixture
def failing(folders: Folders, monkeypatch: pytest.MonkeyPatch) -> set[str]:
    """Let a report be a public folder, but for those of the projects in this set, which cannot be made."""
    projects: set[str] = set()

    def make(calls: Sequence[Call], scheduler: str, **_: Any) -> list[Result]:
        results = []
        for call in calls:
            is_to_fail = call.project.code in projects
            if not is_to_fail and not call.target.exists():
                folders.report(call.project.code, call.scopes.label)
            results.append(Result(job_of(call), *(("The register is broken.", 1) if is_to_fail else ())))
        return results

    monkeypatch.setattr(portfolio, "make_portfolio", make)
    return projects


def identities(folders: Folders, code: str, complainant: str) -> Path:
    path = folders.outputs / code / "2024H1" / "internal" / "identities.parquet"
    path.parent.mkdir(parents=True)
    table = pd.DataFrame({"complainant": [complainant], "complainant_contact": [None], "responsible": [None]})
    table.astype("str").to_parquet(path)
    return path


def page(folders: Folders) -> Page:
    return Page((folders.outputs / "portfolio" / "index.html").read_text("utf-8"))


def contents(folder: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in sorted(folder.iterdir())}


@pytest.mark.usefixtures("failing")
def test_the_page_and_the_table_are_written_and_told(folders: Folders, capsys: pytest.CaptureFixture[str]) -> None:
    before = os.umask(0o077)
    try:
        assert main(["portfolio"]) == 0
    finally:
        os.umask(before)
    assert capsys.readouterr().out.splitlines()[-1].endswith("outputs/portfolio/index.html")
    folder = folders.outputs / "portfolio"
    assert sorted(contents(folder)) == FILES
    assert [(folder / name).stat().st_mode & 0o777 for name in FILES] == [0o644, 0o600, 0o644]
    assert folder.stat().st_mode & 0o777 == 0o755
    assert "2 projects and their reports" in page(folders).text
    with (folder / "portfolio.csv").open(encoding="utf-8-sig", newline="") as handle:
        received = [row["value"] for row in csv.DictReader(handle) if row["indicator"] == "received"]
    assert received == ["40", "40", "80"]
    (run,) = json.loads((folder / "manifest.json").read_text("utf-8"))["runs"]
    assert sorted(run["inputs"]) == [
        f"{code}/2024H1/public/{name}" for code in ("one", "two") for name in ("indicators.csv", "report.html")
    ]
    assert sorted(run["outputs"]) == ["index.html", "portfolio.csv"]


def test_a_report_that_failed_is_shown_as_such_and_the_call_still_fails(
    folders: Folders, failing: set[str], capsys: pytest.CaptureFixture[str]
) -> None:
    failing.add("two")
    assert main(["portfolio"]) == 1
    told = capsys.readouterr().err
    assert "The register is broken." in told
    assert told.splitlines()[-1].endswith("outputs/portfolio/index.html")
    assert "Failed" in page(folders).text
    folders.report("two", "2024H1", rows_of_a_report(received=41))
    assert main(["portfolio"]) == 1
    assert "Former report" in page(folders).text
    assert [row[1] for row in page(folders).rows if row[0].startswith("Project two")] == ["41"]


@pytest.mark.usefixtures("failing")
def test_the_same_reports_make_the_same_bytes_and_the_projects_of_the_call_are_shown(folders: Folders) -> None:
    assert main(["portfolio"]) == 0
    first = contents(folders.outputs / "portfolio")
    assert main(["portfolio", "--projects=one two"]) == 0
    assert contents(folders.outputs / "portfolio") == first
    assert main(["portfolio", "--projects=two"]) == 0
    assert "Project one" not in page(folders).text


@pytest.mark.usefixtures("failing")
def test_a_page_with_a_name_is_not_written_and_the_former_one_stays(
    folders: Folders, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["portfolio"]) == 0
    former = contents(folders.outputs / "portfolio")
    identities(folders, "two", "Bolormaa Dorjsuren")
    table = folders.outputs / "two" / "2024H1" / "public" / "indicators.csv"
    table.write_text(table.read_text("utf-8").replace(",count,40\n", ",count,Bolormaa\n"), "utf-8")
    capsys.readouterr()
    assert main(["portfolio"]) == 1
    told = capsys.readouterr()
    assert "what it says of two holds the name of a known person" in told.err
    assert "Bolormaa" not in told.err + told.out
    assert contents(folders.outputs / "portfolio") == former
    assert not list(folders.outputs.glob(".portfolio.staging-*"))


def test_a_name_in_one_register_is_no_name_of_another_project(folders: Folders) -> None:
    folders.project("Dorjsuren".lower(), name="Dorjsuren Valley", grm_start="2024-01-15")
    for code in folders.projects:
        folders.report(code, "2024H1")
    identities(folders, "two", "Bolormaa Dorjsuren")
    assert refresh_portfolio(folders.projects, set()).is_file()


def test_a_telephone_number_in_a_public_file_that_was_changed_lets_no_page_out(folders: Folders) -> None:
    for code in folders.projects:
        folders.report(code, "2024H1", rows_of_a_report(received="+976 9911 2233"))
    with pytest.raises(DisclosureError, match="a telephone number"):
        refresh_portfolio(folders.projects, set())
    assert not (folders.outputs / "portfolio").exists()


def test_names_that_cannot_be_read_let_no_page_out(folders: Folders) -> None:
    for code in folders.projects:
        folders.report(code, "2024H1")
    identities(folders, "two", "Bolormaa").write_bytes(b"broken")
    with pytest.raises(InputError, match=r"two/2024H1/internal/identities\.parquet cannot be read"):
        refresh_portfolio(folders.projects, set())
    assert not (folders.outputs / "portfolio").exists()


def test_nothing_of_somebody_elses_goes_when_the_page_takes_its_place(folders: Folders) -> None:
    other = folders.outputs / "portfolio" / "2024H1" / "public"
    other.mkdir(parents=True)
    with pytest.raises(InputError, match="Move that away"):
        refresh_portfolio(folders.projects, set())
    assert other.is_dir()


@pytest.mark.usefixtures("failing")
def test_a_project_with_the_name_of_the_page_is_refused_before_anything_is_begun(
    folders: Folders, capsys: pytest.CaptureFixture[str]
) -> None:
    folders.project("portfolio")
    assert main(["portfolio"]) == 2
    assert "a project cannot be called portfolio" in capsys.readouterr().err
    assert not folders.outputs.exists()


@pytest.mark.parametrize("name", ["one - Copy", "Größe", "x<y", "a" * 80])
def test_a_folder_with_a_project_file_that_can_be_no_project_is_named(
    folders: Folders, name: str, capsys: pytest.CaptureFixture[str]
) -> None:
    (folders.data / name).mkdir()
    (folders.data / name / "project.yml").write_bytes((folders.data / "one" / "project.yml").read_bytes())
    assert main(["portfolio"]) == 2
    told = capsys.readouterr().err
    assert "below data/ holds a project.yml, but its name cannot be that of a project" in told
    assert "Allowed" not in told
    assert main(["portfolio", "--projects=nowhere"]) == 2
    assert "digits and hyphens: one, two." in capsys.readouterr().err
    assert not folders.outputs.exists()


def test_a_report_that_changes_while_it_is_read_is_told(folders: Folders, monkeypatch: pytest.MonkeyPatch) -> None:
    folders.report("one", "2024H1")
    digests = portfolio_page.digests

    def changing(files: dict[str, Path]) -> dict[str, str]:
        folders.report("two", "2024H1")
        return digests(files)

    monkeypatch.setattr(portfolio_page, "digests", changing)
    with pytest.raises(ExecutionError, match="A report changed"):
        refresh_portfolio(folders.projects, set())
    assert not (folders.outputs / "portfolio").exists()


def test_two_runs_do_not_write_at_once(folders: Folders, monkeypatch: pytest.MonkeyPatch) -> None:
    from filelock import FileLock

    monkeypatch.setattr(portfolio_page, "WAIT_SECONDS", 0.1)
    folders.outputs.mkdir(parents=True)
    with FileLock(folders.outputs / ".portfolio.lock"), pytest.raises(ExecutionError, match="Another run"):
        refresh_portfolio(folders.projects, set())
    assert refresh_portfolio(folders.projects, set()).is_file()


def test_a_wrong_name_is_told_by_the_variable_that_holds_it(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["portfolio", "--projects=my-projct"]) == 2
    assert "PROJECTS holds 'my-projct', which is not a project" in capsys.readouterr().err


@pytest.mark.parametrize(
    "call", [["portfolio", "--project=demo"], ["compare", "--period=2024H1"], ["release", "--as-of=2024-06-30"]]
)
def test_an_option_that_a_command_has_not_is_refused(call: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as end:
        main(call)
    assert end.value.code == 2
    assert "unrecognized arguments" in capsys.readouterr().err

"""A report is a draft on every page until somebody releases it, and what was released can be checked later."""

from __future__ import annotations

import json
import os
import re
import stat
import subprocess
import sys
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
from making import DATA_VARIABLE, ROOT, SAMPLE, Maker, answer_suspects

from pipeline.cli import main
from pipeline.commands import releasing
from pipeline.commands.periods import Call, checked_call
from pipeline.commands.released import (
    is_made_again,
    new_record,
    not_frozen,
    prepare,
    public_digests,
    read_record,
    record_file,
    settle,
)
from pipeline.errors import InputError, ReleaseError
from pipeline.execution.errors import ExecutionError
from pipeline.places import OUTPUTS_VARIABLE
from pipeline.project import Project, load_project
from pipeline.reporting.marks import read_marks

MARK = "DRAFT: not released"
BY = "Head of the unit"


# -- the record --------------------------------------------------------------------------------------------------------


@pytest.fixture
def project(make: Maker) -> Project:
    return make.sample().project


@pytest.fixture
def call(project: Project) -> Call:
    """A call for a period whose public folder holds two files."""
    call = checked_call(project, "2024H1")
    public = call.target / "public"
    public.mkdir(parents=True)
    (public / "report.html").write_text("released", encoding="utf-8")
    (public / "cases.csv").write_text("no", encoding="utf-8")
    return call


def lay_beside(call: Call, by: str = BY) -> None:
    public = public_digests(call.target)
    prepare(call.project, "2024H1", new_record(call.project, call.scopes, by, "2024-07-15", public))


def test_a_record_is_put_in_place_once_its_files_are(call: Call) -> None:
    lay_beside(call)
    assert read_record(call.project, "2024H1") is None
    assert settle(call.project, "2024H1", call.target) is None
    record = read_record(call.project, "2024H1")
    assert record is not None
    assert (record["by"], record["on"], sorted(record["public"])) == (
        BY,
        "2024-07-15",
        ["public/cases.csv", "public/report.html"],
    )
    assert sorted(record["inputs"]) == ["decisions.csv", "disclosure.csv", "project.yml", "register.csv"]
    file = record_file(call.project, "2024H1")
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert stat.S_IMODE(file.parent.stat().st_mode) == 0o700
    assert is_made_again(call.project, call.scopes)


def test_a_record_of_files_that_never_came_is_forgotten(call: Call) -> None:
    lay_beside(call)
    (call.target / "public" / "report.html").write_text("a draft", encoding="utf-8")
    assert settle(call.project, "2024H1", call.target) is None
    assert read_record(call.project, "2024H1") is None
    assert list(record_file(call.project, "2024H1").parent.iterdir()) == []


def test_what_was_released_and_can_be_frozen_and_is_not_is_named(call: Call) -> None:
    """A period that is not over, one as of an earlier day and a record that was replaced are never frozen."""
    released = call.project.folder / "released"
    released.mkdir()
    for name in ("2024-05", "2024-04", "2024Q2.1", "2024H2", "2024Q2@2024-05-31", "notes"):
        (released / f"{name}.json").write_text("{}", encoding="utf-8")
    assert not_frozen(call.project) == ["2024-04", "2024-05"]
    (call.project.folder / "published" / "2024-04").mkdir(parents=True)
    assert not_frozen(call.project) == ["2024-05"]


def test_the_record_of_a_former_release_is_kept(call: Call) -> None:
    for place, by in enumerate(("First", "Second", "Third")):
        lay_beside(call, by)
        kept = settle(call.project, "2024H1", call.target)
        assert (kept.name if kept else "") == (f"2024H1.{place}.json" if place else "")
    folder = record_file(call.project, "2024H1").parent
    told = {path.name: json.loads(path.read_text(encoding="utf-8"))["by"] for path in folder.iterdir()}
    assert told == {"2024H1.1.json": "First", "2024H1.2.json": "Second", "2024H1.json": "Third"}


@pytest.mark.parametrize("name", ["register.csv", "disclosure.csv", "project.yml"])
def test_other_inputs_make_another_report(call: Call, name: str) -> None:
    lay_beside(call)
    settle(call.project, "2024H1", call.target)
    with (call.project.folder / name).open("a", encoding="utf-8") as handle:
        handle.write("\n")
    assert not is_made_again(call.project, call.scopes)


@pytest.mark.parametrize("change", [("Head", "Tail"), ('"format": 1', '"format": 2'), ("{", ""), ("\n}", "}")])
def test_a_record_that_was_altered_is_refused(call: Call, change: tuple[str, str]) -> None:
    lay_beside(call)
    settle(call.project, "2024H1", call.target)
    file = record_file(call.project, "2024H1")
    file.write_text(file.read_text(encoding="utf-8").replace(*change), encoding="utf-8")
    with pytest.raises(InputError, match=r"released/2024H1\.json is not as it was when the report was released"):
        read_record(call.project, "2024H1")


# -- what is refused ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("by", ["", "  ", "x" * 121, "two\nlines"])
def test_who_releases_must_be_said_in_a_line(call: Call, capsys: pytest.CaptureFixture[str], by: str) -> None:
    assert main(["release", "--period=2024H1", f"--by={by}"]) == 2
    assert "BY is" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("command", "asked"), [("report", "PERIOD"), ("release", "BY"), ("decide", "FILE"), ("disclose", "FILE")]
)
def test_what_to_write_instead_names_the_project_of_the_call(
    call: Call, capsys: pytest.CaptureFixture[str], command: str, asked: str
) -> None:
    assert main([command, *([] if asked == "PERIOD" else ["--period=2024H1"])]) == 2
    assert re.search(rf"{asked} is not given.* make {command} PERIOD=2024H1 PROJECT={SAMPLE}", capsys.readouterr().err)


def test_without_its_record_a_report_made_again_is_a_draft(call: Call) -> None:
    lay_beside(call)
    settle(call.project, "2024H1", call.target)
    assert is_made_again(call.project, call.scopes)
    record = record_file(call.project, "2024H1")
    record.rename(call.project.folder.parent / record.name)
    assert not is_made_again(call.project, call.scopes)


def test_without_a_report_there_is_nothing_to_release(project: Project, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["release", "--period=2024H1", f"--by={BY}"]) == 2
    first = f"Make it first: make report PERIOD=2024H1 PROJECT={project.code}; read it; then release it."
    said = capsys.readouterr().err
    assert "There is no report to release" in said
    assert said.endswith(f"2024H1. {first}\n")
    assert main(["release-check", "--period=2024H1"]) == 1
    said = capsys.readouterr().out
    assert said.startswith("2024H1 was not released: there is no data/")
    assert "2024H1.json, and no report in " in said
    assert said.endswith(f"2024H1. {first}\n")
    assert not record_file(project, "2024H1").parent.exists()


def test_a_report_that_was_made_and_not_released_is_told_apart_from_none(
    call: Call, capsys: pytest.CaptureFixture[str]
) -> None:
    assert call.target.is_dir()
    assert main(["release-check", "--period=2024H1"]) == 1
    said = capsys.readouterr().out
    assert said.startswith("2024H1 was not released: there is no data/")
    assert said.endswith("/released/2024H1.json.\n")


# -- a release from end to end -----------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Story:
    """What happened: the files after each step, what each said, and where the data and the outputs are."""

    draft: dict[str, bytes]
    killed: dict[str, bytes]
    records_after_the_kill: list[str]
    released: dict[str, bytes]
    again: dict[str, bytes]
    told: dict[str, subprocess.CompletedProcess[str]]
    data: Path
    outputs: Path

    @property
    def set(self) -> Path:
        return self.outputs / SAMPLE / "2024H1"

    def run(self, command: str, *more: str) -> subprocess.CompletedProcess[str]:
        return run(command, self.data, self.outputs, *more)


def run(command: str, data: Path, outputs: Path, *more: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        command_line(command, data, outputs, *more), **IN_A_PROCESS, capture_output=True, text=True, timeout=300
    )


def command_line(command: str, data: Path, outputs: Path, *more: str) -> list[str]:
    folders = [f"--data={data}", f"--outputs={outputs}"]
    return [sys.executable, "-m", "pipeline", command, "--period=2024H1", *folders, *more]


IN_A_PROCESS: dict[str, Any] = {"cwd": ROOT, "env": {**os.environ, "PYTHONPATH": str(ROOT)}}


@pytest.fixture(scope="module")
def story(tmp_path_factory: pytest.TempPathFactory) -> Story:
    folder = tmp_path_factory.mktemp("release")
    data, outputs = folder / "data", folder / "outputs"
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv(DATA_VARIABLE, str(data))
        answer_suspects(Maker(data).sample().project)
    files, told, records = {}, {}, []
    for name, command in (("draft", "report"), ("killed", ""), ("released", "release"), ("again", "report")):
        if name == "killed":
            records = killed_before_the_swap(data, outputs)
        else:
            told[name] = run(command, data, outputs, *([f"--by={BY}"] if command == "release" else []))
            assert told[name].returncode == 0, told[name].stderr
        public = outputs / SAMPLE / "2024H1" / "public"
        files[name] = {path.name: path.read_bytes() for path in sorted(public.iterdir())}
    return Story(**files, records_after_the_kill=records, told=told, data=data, outputs=outputs)


def killed_before_the_swap(data: Path, outputs: Path) -> list[str]:
    """Kill a release once its record lies beside its place; returns the records that anybody reads."""
    folder = data / SAMPLE / "released"
    process = subprocess.Popen(command_line("release", data, outputs, f"--by={BY}"), **IN_A_PROCESS)
    try:
        until = time.monotonic() + 300
        while process.poll() is None and time.monotonic() < until and not list(folder.glob(".*.part")):
            time.sleep(0.01)
        assert process.poll() is None
    finally:
        process.kill()
        process.wait()
    return [path.name for path in folder.glob("*.json")]


def pages(pdf: bytes, folder: Path) -> list[str]:
    from pypdf import PdfReader

    path = folder / "report.pdf"
    path.write_bytes(pdf)
    return [page.extract_text() for page in PdfReader(path).pages]


@pytest.mark.notebooks
def test_every_page_says_draft_until_the_report_is_released(story: Story, tmp_path: Path) -> None:
    assert [MARK in page for page in pages(story.draft["report.pdf"], tmp_path)].count(False) == 0
    assert story.draft["report.html"].decode().count(MARK) >= 3
    assert "It is a DRAFT: not released." in story.told["draft"].stdout
    assert f"make release PERIOD=2024H1 PROJECT={SAMPLE} BY=" in story.told["draft"].stdout
    assert not any("draft" in page.lower() for page in pages(story.released["report.pdf"], tmp_path))
    html = story.released["report.html"].decode()
    assert "DRAFT" not in html
    (tmp_path / "report.html").write_text(html, encoding="utf-8")
    marks = read_marks(tmp_path / "report.html")
    assert marks is not None
    assert not marks.is_draft
    assert "Released; complete for the period" in html


@pytest.mark.notebooks
def test_a_release_that_is_killed_leaves_the_former_files_and_no_record(story: Story) -> None:
    assert story.killed == story.draft
    assert story.records_after_the_kill == []
    assert [path.name for path in (story.data / SAMPLE / "released").iterdir()] == ["2024H1.json"]


@pytest.mark.notebooks
def test_what_is_released_is_what_was_read_but_for_the_mark(story: Story) -> None:
    assert sorted(story.draft) == sorted(story.released)
    differing = [name for name in story.draft if story.draft[name] != story.released[name]]
    assert differing == ["report.html", "report.pdf"]


@pytest.mark.notebooks
def test_neither_who_nor_when_is_in_what_is_released(story: Story) -> None:
    record = json.loads((story.data / SAMPLE / "released" / "2024H1.json").read_text(encoding="utf-8"))
    assert record["by"] == BY
    for content in story.released.values():
        assert BY.encode() not in content
        assert record["on"].encode() not in content


@pytest.mark.notebooks
def test_made_again_of_the_same_inputs_it_is_the_released_report(story: Story) -> None:
    assert story.again == story.released
    assert "DRAFT" not in story.told["again"].stdout


@pytest.mark.notebooks
def test_releasing_again_changes_nothing(story: Story) -> None:
    before = (story.data / SAMPLE / "released" / "2024H1.json").read_bytes()
    again = story.run("release", "--by=Somebody else")
    assert (again.returncode, again.stdout.startswith(f"2024H1 was released by {BY} on ")) == (0, True)
    assert (story.data / SAMPLE / "released" / "2024H1.json").read_bytes() == before


@pytest.mark.notebooks
def test_whether_the_files_are_those_is_told_for_each(story: Story) -> None:
    checked = story.run("release-check")
    assert checked.returncode == 0, checked.stderr
    assert checked.stdout.count(" is as it was released.") == len(story.released)
    page, table, more = (story.set / "public" / name for name in ("report.html", "cases.csv", "notes.txt"))
    page.write_bytes(story.draft["report.html"])
    table.unlink()
    more.write_text("", encoding="utf-8")
    try:
        checked = story.run("release-check")
        refused = story.run("freeze")
    finally:
        more.unlink()
        for name, content in story.released.items():
            (story.set / "public" / name).write_bytes(content)
    assert checked.returncode == 1
    assert "report.html is not the file that was released." in checked.stdout
    assert "cases.csv is missing." in checked.stdout
    assert "notes.txt was not released." in checked.stdout
    assert "The public files are not those that" in checked.stdout
    assert refused.returncode == 2


@pytest.mark.notebooks
def test_a_release_that_fails_leaves_the_former_files_and_no_record(
    story: Story, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv(DATA_VARIABLE, str(story.data))
    monkeypatch.setenv(OUTPUTS_VARIABLE, str(story.outputs))
    record = record_file(load_project(SAMPLE), "2024H1")
    content = record.read_bytes()
    record.unlink()

    def stopped(call: Call, *, is_released: bool, further: list[tuple[str, object]]) -> None:
        assert is_released
        further[0][1](call.target)  # type: ignore[operator]
        (call.target / "public" / "report.html").write_bytes(story.draft["report.html"])
        assert len(list(record.parent.iterdir())) == 1
        raise ExecutionError("The disk is full.")

    monkeypatch.setattr(releasing, "make_report", stopped)
    try:
        assert main(["release", "--period=2024H1", f"--by={BY}"]) == 1
        assert list(record.parent.iterdir()) == []
        assert "The disk is full." in capsys.readouterr().err
    finally:
        (story.set / "public" / "report.html").write_bytes(story.released["report.html"])
        record.write_bytes(content)


@pytest.mark.notebooks
def test_what_stands_against_a_release_is_listed_without_a_word_of_the_texts(
    story: Story, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv(DATA_VARIABLE, str(story.data))
    monkeypatch.setenv(OUTPUTS_VARIABLE, str(story.outputs))
    call = checked_call(load_project(SAMPLE), "2024H1")
    assert releasing.obstacles(call) == []
    kept = {name: (call.target / "internal" / name).read_bytes() for name in SPOILT}
    try:
        for name, spoil in SPOILT.items():
            path = call.target / "internal" / name
            if name.endswith(".csv"):
                spoil(pd.read_csv(path, encoding="utf-8-sig")).to_csv(path, index=False, encoding="utf-8-sig")
            else:
                spoil(pd.read_parquet(path)).to_parquet(path, index=False)
        lines = "\n".join(releasing.obstacles(call))
        with pytest.raises(ReleaseError, match="is not released; it stays a draft"):
            releasing._refuse_unready(call)
    finally:
        for name, content in kept.items():
            (call.target / "internal" / name).write_bytes(content)
    assert "nobody has decided on: 1." in lines
    assert "  7/2024, column summary: 1" in lines
    assert "Figures that do not agree: 1." in lines
    assert "Errors in the register that are not settled: 1;" in lines
    assert "  register.csv, row 8: a test" in lines
    assert "Mining" not in lines


def one_open(places: pd.DataFrame) -> pd.DataFrame:
    """Open one place in the summary of 7/2024."""
    is_asked = (places["registration_no"] == "7/2024") & (places["column"] == "summary") & places["start"].notna()
    return places.assign(is_open=is_asked & ~is_asked.duplicated())


def one_error(found: pd.DataFrame) -> pd.DataFrame:
    first = found.head(1).assign(severity="error", message="register.csv, row 8: a test")
    return pd.concat([first, found.iloc[1:]], ignore_index=True)


def one_difference(checks: pd.DataFrame) -> pd.DataFrame:
    return checks.assign(difference=[1, *checks["difference"].tolist()[1:]])


SPOILT = {"redactions.parquet": one_open, "findings.parquet": one_error, "reconciliation.csv": one_difference}


@pytest.mark.notebooks
def test_a_release_asks_that_those_before_be_frozen_where_small_numbers_are_protected(
    story: Story, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(DATA_VARIABLE, str(story.data))
    monkeypatch.setenv(OUTPUTS_VARIABLE, str(story.outputs))
    call = checked_call(load_project(SAMPLE), "2024H1")
    before, disclosed = story.data / SAMPLE / "released" / "2024-04.json", call.target / "internal" / "disclosed.csv"
    kept = disclosed.read_bytes()
    try:
        before.write_text("{}", encoding="utf-8")
        assert releasing.obstacles(call) == []  # the register has no column for sex, place or group
        disclosed.write_bytes(kept + b"received,period,,location,Hill,9,,,count,stated,\n")
        [line] = releasing.obstacles(call)
    finally:
        before.unlink()
        disclosed.write_bytes(kept)
    assert line.startswith("Reports that were released and are not frozen: 2024-04.")
    assert "make freeze PERIOD=2024-04 PROJECT=smart-government-ii" in line

"""`reports`: every period of the projects, none lost to another's failure, and the pages that list them."""

from __future__ import annotations

import os
import re
import shutil
import signal
import sys
from collections.abc import Callable
from pathlib import Path

import pandas as pd
import pytest
from fake_reports import Plan, faking
from making import SAMPLE, Maker
from public_folders import Page, public_set, rows_of

from pipeline import cli
from pipeline.commands import index as index_command
from pipeline.commands import many, periods
from pipeline.commands.index import refresh_index
from pipeline.commands.many import Pages, bytes_of_a_run, calls_of
from pipeline.errors import DisclosureError, InputError
from pipeline.execution.errors import ExecutionError
from pipeline.project import Project, load_project

DATES = {"grm_start": "2023-05-15", "complete_through": "2024-06-13"}
LABELS = ["2023H1", "2023H2", "2024H1"]


@pytest.fixture
def outputs(make: Maker, tmp_path: Path) -> Path:
    make.project([{"registration_no": "1/2024", "date_received": "2024-02-01"}], DATES)
    return tmp_path / "outputs" / SAMPLE


@pytest.fixture
def made(outputs: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[..., Plan]:
    """Let a report be a public folder, made by one process unless told otherwise. A period may fail instead."""

    def making(plan: dict[str, dict[str, str]] | None = None, *, workers: int = 1) -> Plan:
        planned = Plan(outputs.parents[1])
        planned.write(plan or {})
        monkeypatch.setattr(many, "WORK", faking)
        monkeypatch.setattr(many, "workers_for", lambda runs, bytes_of_a_run: workers)
        return planned

    return making


def rows_listed(outputs: Path) -> int:
    page = Page((outputs / "index.html").read_text(encoding="utf-8"))
    return sum(bool(row) and row[0] != "Period" for row in page.rows)


# -- which periods ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("kind", "expected"),
    [
        ("half", LABELS),
        ("quarter", ["2023Q2", "2023Q3", "2023Q4", "2024Q1", "2024Q2"]),
        ("year", ["2023", "2024"]),
        ("month", [f"2023-{n:02}" for n in range(5, 13)] + [f"2024-{n:02}" for n in range(1, 7)]),
    ],
)
def test_the_periods_go_from_the_start_to_the_end_of_the_register(make: Maker, kind: str, expected: list[str]) -> None:
    project = make.project([], {**DATES, "reporting": kind})
    calls = calls_of(project)
    assert [call.scopes.label for call in calls] == expected
    assert [call.scopes.current.is_provisional for call in calls] == [False] * (len(expected) - 1) + [True]


def test_half_years_are_the_default_and_a_register_of_a_day_has_one(make: Maker) -> None:
    project = make.project([], {"grm_start": "2024-06-30", "complete_through": "2024-06-30"})
    assert [call.scopes.label for call in calls_of(project)] == ["2024H1"]


@pytest.mark.parametrize("kind", ["range", "week", "Half"])
def test_another_kind_is_refused(make: Maker, kind: str) -> None:
    with pytest.raises(InputError, match="reporting"):
        make.project([], {"reporting": kind})


# -- how it goes and ends --------------------------------------------------------------------------------------------


def test_all_reports_are_made_in_order_with_a_line_each(
    outputs: Path, made: Callable, capfd: pytest.CaptureFixture[str]
) -> None:
    plan = made()
    assert cli.main(["reports"]) == 0
    said = capfd.readouterr()
    assert plan.asked == LABELS
    lines = said.err.splitlines()
    assert len(lines) == 3
    assert [line.partition(" … made in ")[0] for line in lines] == ["[1/3] 2023H1", "[2/3] 2023H2", "[3/3] 2024H1"]
    assert [line.endswith("provisional") for line in lines] == [False, False, True]
    assert "3 reports are made" in said.out
    assert "index.html" in said.out
    assert rows_listed(outputs) == 3


def test_side_by_side_all_are_made_and_told_in_the_order_of_the_periods(
    outputs: Path, made: Callable, capfd: pytest.CaptureFixture[str]
) -> None:
    plan = made(workers=2)
    assert cli.main(["reports"]) == 0
    said = capfd.readouterr()
    assert sorted(plan.asked) == LABELS
    assert [line.partition(" ")[0] for line in said.err.splitlines()] == ["[1/3]", "[2/3]", "[3/3]"]
    places = [said.out.index(f"{label}/public/report.html") for label in LABELS]
    assert places == sorted(places)
    assert rows_listed(outputs) == 3


@pytest.mark.parametrize("workers", [1, 2])
def test_a_failure_lets_the_others_go_on_and_is_told_at_the_end(
    outputs: Path, made: Callable, capfd: pytest.CaptureFixture[str], workers: int
) -> None:
    plan = made(
        {
            "2023H1": {"ReconciliationError": "They differ by 4."},
            "2023H2": {"NotebookFailed": "A sentence of the notebook."},
        },
        workers=workers,
    )
    assert cli.main(["reports"]) == 1
    said = capfd.readouterr()
    assert sorted(plan.asked) == LABELS
    assert "2023H1 … failed after" in said.err
    assert "2024H1 … made in" in said.err
    summary = said.err.partition("Error: ")[2]
    assert summary.startswith("2 of 3 reports of Smart Government II Project failed:\n")
    assert "  2023H1: They differ by 4.\n" in summary
    assert "  2023H2: A sentence of the notebook.\n" in summary
    assert summary.index("2023H1") < summary.index("2023H2")
    assert "1 report is made" in summary
    assert "2024H1/public/report.html" in summary
    assert said.out == ""
    assert rows_listed(outputs) == 1


@pytest.mark.skipif(sys.platform == "win32", reason="signals are not known there")
@pytest.mark.parametrize("workers", [1, 2])
def test_a_process_that_is_killed_costs_its_own_report_alone(
    outputs: Path, made: Callable, capfd: pytest.CaptureFixture[str], workers: int
) -> None:
    plan = made({"2023H2": {"die": ""}}, workers=workers)
    assert cli.main(["reports"]) == 1
    said = capfd.readouterr()
    assert sorted(plan.asked) == LABELS
    assert "2023H2 … failed after" in said.err
    summary = said.err.partition("Error: ")[2]
    assert "1 of 3 reports" in summary
    assert "2023H2: The process that made this report ended before it was done (signal 9)" in summary
    assert "make report PERIOD=2023H2 PROJECT=smart-government-ii" in summary
    assert "2 reports are made" in summary
    assert rows_listed(outputs) == 2


def test_what_a_run_has_to_say_is_said(made: Callable, capfd: pytest.CaptureFixture[str]) -> None:
    made({"2023H1": {"say": "Another run is writing it."}})
    assert cli.main(["reports"]) == 0
    assert capfd.readouterr().err.splitlines()[0] == "2023H1: Another run is writing it."


def test_an_error_that_nobody_foresaw_is_told_without_its_text(
    made: Callable, capfd: pytest.CaptureFixture[str]
) -> None:
    plan = made({"2023H1": {"ValueError": "Bolormaa"}})
    assert cli.main(["reports"]) == 1
    said = capfd.readouterr()
    assert plan.asked == LABELS
    assert "2023H1: An error that was not foreseen (ValueError" in said.err
    assert "Bolormaa" not in said.err + said.out


def test_a_sentence_that_quotes_a_name_of_the_register_is_told_without_it(
    make: Maker, made: Callable, capfd: pytest.CaptureFixture[str]
) -> None:
    make.project([{"registration_no": "1/2024", "complainant": "Bolormaa Dorjsuren"}], DATES)
    made({"2023H1": {"InputError": "The cell reads Bolormaa Dorjsuren."}})
    assert cli.main(["reports"]) == 1
    said = capfd.readouterr()
    assert "2023H1: The cell reads [person]." in said.err
    assert "Bolormaa" not in said.err + said.out


def test_an_input_that_is_wrong_for_all_is_an_input_that_is_wrong(made: Callable) -> None:
    wrong = {label: {"InputError": "No."} for label in LABELS}
    made(wrong)
    assert cli.main(["reports"]) == 2
    made({**wrong, "2023H2": {"ReconciliationError": "They differ."}})
    assert cli.main(["reports"]) == 1


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (["--project=none-such"], "not a project"),
        ([f"--project={SAMPLE} none-such"], "none-such"),
        (["--project= , "], "not a project"),
        (["--force=yes"], "FORCE is"),
    ],
)
def test_a_wrong_call_makes_nothing(
    outputs: Path, made: Callable, capsys: pytest.CaptureFixture[str], arguments: list[str], sentence: str
) -> None:
    plan = made()
    assert cli.main(["reports", *arguments]) == 2
    assert sentence in capsys.readouterr().err
    assert plan.asked == []
    assert not outputs.exists()


def test_a_register_that_is_not_there_is_told_once_and_makes_nothing(
    outputs: Path, made: Callable, capsys: pytest.CaptureFixture[str]
) -> None:
    (load_project(SAMPLE).folder / "register.csv").unlink()
    plan = made()
    assert cli.main(["reports"]) == 2
    assert capsys.readouterr().err.count("register.csv") == 1
    assert plan.asked == []
    assert not outputs.exists()


@pytest.mark.skipif(sys.platform == "win32", reason="signals end a process there")
@pytest.mark.parametrize("workers", [1, 2])
def test_a_signal_stops_all(outputs: Path, made: Callable, capfd: pytest.CaptureFixture[str], workers: int) -> None:
    stop = {"stop": str(os.getpid())}
    plan = made({"2023H2": stop, "2024H1": stop}, workers=workers)
    assert cli.main(["reports"]) == 130
    said = capfd.readouterr()
    assert {"2023H2", "2024H1"} & set(plan.asked)
    made_anew = len(list(outputs.glob("*/public")))
    assert made_anew <= 1
    are = "is 1" if made_anew == 1 else "are 0"
    assert f"Error: Stopped by SIGINT. Made anew {are} of 3 reports; the others are as they were." in said.err
    assert "Traceback" not in said.err
    if made_anew:
        assert rows_listed(outputs) == 1


@pytest.mark.skipif(sys.platform == "win32", reason="signals end a process there")
def test_a_signal_while_a_page_is_renewed_stops_all_and_the_page_is_renewed_then(
    outputs: Path, made: Callable, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    made({label: {"stop": "0"} for label in LABELS[1:]})
    signals = [signal.SIGTERM]

    def refresh(project: Project) -> None:
        if signals:
            os.kill(os.getpid(), signals.pop())
        refresh_index(project)

    monkeypatch.setattr(many, "refresh_index", refresh)
    assert cli.main(["reports"]) == 128 + signal.SIGTERM
    assert (
        "Error: Stopped by SIGTERM. Made anew is 1 of 3 reports; the others are as they were." in capfd.readouterr().err
    )
    assert rows_listed(outputs) == 1


# -- several projects ------------------------------------------------------------------------------------------------


@pytest.fixture
def other(outputs: Path) -> Path:
    """The outputs of a second project, `other`, with the same periods."""
    folder = load_project(SAMPLE).folder
    shutil.copytree(folder, folder.with_name("other"))
    text = (folder / "project.yml").read_text(encoding="utf-8")
    text = re.sub("^name:.*", "name: The Other Project", text, flags=re.MULTILINE)
    (folder.with_name("other") / "project.yml").write_text(text, encoding="utf-8")
    return outputs.with_name("other")


@pytest.mark.parametrize("named", [f"{SAMPLE} other", f" {SAMPLE},other {SAMPLE}"])
def test_several_projects_are_made_in_one_run_with_one_summary(
    outputs: Path, other: Path, made: Callable, capfd: pytest.CaptureFixture[str], named: str
) -> None:
    made(workers=2)
    assert cli.main(["reports", f"--project={named}"]) == 0
    said = capfd.readouterr()
    lines = said.err.splitlines()
    assert [line.partition(" ")[0] for line in lines] == [f"[{number}/6]" for number in range(1, 7)]
    told = {line.split(" … ")[0].partition(" ")[2] for line in lines}
    assert told == {f"{project} {label}" for project in (SAMPLE, "other") for label in LABELS}
    first, _, second = said.out.partition("The Other Project: 3 reports are made:")
    assert first.startswith("Smart Government II Project: 3 reports are made:")
    assert f"{SAMPLE}/index.html" in first
    assert "other/index.html" in second
    assert (rows_listed(outputs), rows_listed(other)) == (3, 3)


def test_failures_of_several_projects_are_named_by_project(
    outputs: Path, other: Path, made: Callable, capfd: pytest.CaptureFixture[str]
) -> None:
    made({"2023H2": {"ReconciliationError": "They differ by 4."}}, workers=2)
    assert cli.main(["reports", f"--project={SAMPLE} other"]) == 1
    summary = capfd.readouterr().err.partition("Error: ")[2]
    for name in ("Smart Government II Project", "The Other Project"):
        assert f"1 of 3 reports of {name} failed:\n  2023H2: They differ by 4.\n" in summary


def test_a_register_that_one_of_them_lacks_stops_all_before_anything_is_begun(
    outputs: Path, other: Path, made: Callable, capfd: pytest.CaptureFixture[str]
) -> None:
    (load_project("other").folder / "register.csv").unlink()
    plan = made()
    assert cli.main(["reports", f"--project={SAMPLE} other"]) == 2
    assert "other" in capfd.readouterr().err
    assert plan.asked == []
    assert not outputs.exists()


# -- how many at once ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("name", "each"), [("register.csv", 12), ("register.xlsx", 100)])
def test_a_run_needs_memory_by_the_size_of_its_register(make: Maker, name: str, each: int) -> None:
    project = make.project([], {"register": name})
    (project.folder / name).write_bytes(b"x" * 1_000_000)
    assert bytes_of_a_run(project) == (700 << 20) + each * 1_000_000


def test_what_a_page_takes_bounds_how_often_it_is_renewed(outputs: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    now, renewed = [100.0], []

    def refresh(project: Project) -> None:
        renewed.append(now[0])
        now[0] += 1.0

    monkeypatch.setattr(many, "refresh_index", refresh)
    monkeypatch.setattr(many.time, "monotonic", lambda: now[0])
    pages = Pages({SAMPLE: load_project(SAMPLE)})
    for _ in range(60):
        pages.outdate(SAMPLE)
        now[0] += 1.0
    assert 2 <= len(renewed) <= 4
    assert pages.stale == [SAMPLE]
    pages.renew(pages.stale)
    assert pages.stale == []


def test_what_is_no_longer_a_period_of_the_project_is_left_alone(outputs: Path, made: Callable) -> None:
    public = public_set(outputs, "2021H1", rows_of(5, 5, 5))
    before = {path.name: path.read_bytes() for path in public.iterdir()}
    made()
    assert cli.main(["reports"]) == 0
    assert {path.name: path.read_bytes() for path in public.iterdir()} == before
    assert rows_listed(outputs) == 4


# -- the page ---------------------------------------------------------------------------------------------------------


def identities(outputs: Path, label: str, complainant: str) -> Path:
    folder = outputs / label / "internal"
    folder.mkdir(parents=True)
    table = pd.DataFrame({"complainant": [complainant, None], "complainant_contact": [None, None]})
    table.assign(responsible=pd.Series([None, None], dtype="str")).to_parquet(folder / "identities.parquet")
    return folder / "identities.parquet"


def test_the_page_is_for_everybody_and_nothing_else_is_left(outputs: Path) -> None:
    public_set(outputs, "2024H1", rows_of(1, 1, 1))
    before = os.umask(0o077)
    try:
        path = refresh_index(load_project(SAMPLE))
    finally:
        os.umask(before)
    assert path == outputs / "index.html"
    assert path.stat().st_mode & 0o777 == 0o644
    assert {place.name for place in outputs.iterdir()} <= {"2024H1", "index.html", ".index.html.lock"}


def test_a_name_in_a_public_file_that_was_changed_does_not_get_into_the_page(outputs: Path) -> None:
    rows = rows_of(1, 1, 1)
    public_set(outputs, "2023H1", rows)
    identities(outputs, "2023H1", "Bolormaa Dorjsuren")
    path = refresh_index(load_project(SAMPLE))
    before = path.read_bytes()
    public_set(outputs, "2024H1", [(*rows[0][:4], "Bolormaa"), *rows[1:]])
    with pytest.raises(DisclosureError, match="the name of a known person") as refused:
        refresh_index(load_project(SAMPLE))
    assert "Bolormaa" not in str(refused.value)
    assert path.read_bytes() == before


def test_a_name_of_a_further_column_or_of_before_a_correction_does_not_get_into_the_page(outputs: Path) -> None:
    rows = rows_of(1, 1, 1)
    public_set(outputs, "2023H1", rows)
    path = identities(outputs, "2023H1", "Bolormaa Dorjsuren")
    table = pd.read_parquet(path).assign(**{"further complainant: before correction 1": ["Sarantuya", None]})
    table.to_parquet(path)
    identities(outputs, "2023H2", "Bat Bold")
    public_set(outputs, "2024H1", [(*rows[0][:4], "Sarantuya"), *rows[1:]])
    with pytest.raises(DisclosureError, match="the name of a known person"):
        refresh_index(load_project(SAMPLE))


def test_names_that_cannot_be_read_let_no_page_out(outputs: Path) -> None:
    public_set(outputs, "2024H1", rows_of(1, 1, 1))
    identities(outputs, "2024H1", "Bolormaa").write_bytes(b"broken")
    with pytest.raises(InputError, match=r"2024H1/internal/identities\.parquet cannot be read"):
        refresh_index(load_project(SAMPLE))
    assert not (outputs / "index.html").exists()


def test_two_runs_do_not_write_at_once(outputs: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from filelock import FileLock

    monkeypatch.setattr(index_command, "LOCK_SECONDS", 0.1)
    outputs.mkdir(parents=True)
    with FileLock(outputs / ".index.html.lock"), pytest.raises(ExecutionError, match="Another run"):
        refresh_index(load_project(SAMPLE))
    assert refresh_index(load_project(SAMPLE)).is_file()


def test_a_page_that_fails_does_not_make_a_good_report_fail_and_is_told(
    outputs: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(
        periods, "make_report", lambda call, **settings: public_set(outputs, "2024H1", rows_of(1, 1, 1))
    )
    monkeypatch.setattr(periods, "_summary", lambda call, whole: "The report is made.")
    (outputs / "index.html").mkdir(parents=True)
    assert cli.main(["report", "--period=2024H1"]) == 0
    said = capsys.readouterr().out
    assert "The report is made." in said
    assert "The page that lists the project's reports was not renewed" in said


def test_a_page_that_fails_makes_reports_fail(
    outputs: Path, made: Callable, capsys: pytest.CaptureFixture[str]
) -> None:
    made()
    (outputs / "index.html").mkdir(parents=True)
    assert cli.main(["reports"]) == 1
    said = capsys.readouterr().err
    assert "3 reports are made" in said
    assert "The page that lists the reports was not renewed" in said

"""Reports made by a Dask cluster are those of one machine, byte for byte; a worker that is killed costs time only."""

from __future__ import annotations

import csv
import shutil
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import nullcontext
from pathlib import Path

import pytest
from filelock import FileLock
from loopback import SECONDS, python, two_workers, wait_for
from making import ROOT, SAMPLE

from pipeline.cli import main
from pipeline.commands import portfolio
from pipeline.commands.one_set import Job, Result
from pipeline.commands.portfolio import OTHER_PROGRAM, make_on_a_worker
from pipeline.places import DATA_VARIABLE, OUTPUTS_VARIABLE

PROJECTS = ("first", "second")
FIGURE = ("indicator", "value", "numerator", "denominator", "unit", "display")


@pytest.fixture(autouse=True)
def _own_folders(monkeypatch: pytest.MonkeyPatch) -> None:
    """What `main` notes in the environment, where the folders are, is taken back behind each test."""
    for name in (DATA_VARIABLE, OUTPUTS_VARIABLE):
        monkeypatch.setenv(name, "")
        monkeypatch.delenv(name)


@pytest.fixture
def data(tmp_path: Path) -> Path:
    """Two projects with the sample's register, and a folder without one."""
    folder = tmp_path / "data"
    for name in PROJECTS:
        shutil.copytree(ROOT / "data" / SAMPLE, folder / name)
    (folder / "without-a-register").mkdir()
    shutil.copy(ROOT / "data" / SAMPLE / "project.yml", folder / "without-a-register")
    return folder


@pytest.fixture
def cluster(tmp_path: Path) -> Iterator[tuple[str, list[subprocess.Popen[bytes]]]]:
    """A scheduler and two workers, each a process on the loopback; yields the address and the workers."""
    with two_workers(tmp_path) as started:
        yield started


def table_of(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8-sig", newline="") as handle:
        return list(csv.DictReader(handle))


def files_of(folder: Path) -> dict[str, bytes]:
    """Every file of a set that is made anew each time, but the manifest, which the notebooks shape too."""
    return {
        path.relative_to(folder).as_posix(): path.read_bytes()
        for area in ("public", "internal")
        for path in sorted((folder / area).rglob("*"))
        if path.is_file()
    }


@pytest.mark.notebooks
@pytest.mark.filterwarnings("ignore::ResourceWarning")
def test_a_worker_that_is_killed_costs_time_only_and_the_reports_are_those_of_one_machine(
    tmp_path: Path, data: Path, cluster: tuple[str, list[subprocess.Popen[bytes]]], capfd: pytest.CaptureFixture[str]
) -> None:
    address, workers = cluster
    outputs, log = tmp_path / "outputs", tmp_path / "portfolio.log"
    folders = ("--data", str(data), "--outputs", str(outputs))
    command = python("-m", "pipeline", "portfolio", f"--scheduler={address}", *folders, log=log, folder=tmp_path)
    try:
        wait_for(lambda: all(list((outputs / name).glob(".*staging-*")) for name in PROJECTS), "both are being made")
        workers[0].send_signal(signal.SIGKILL)
        assert command.wait(SECONDS) == 0, log.read_text("utf-8")
    finally:
        command.kill()
        command.wait()
    told = log.read_text("utf-8")
    assert "without-a-register" not in told
    assert told.count("made in") == len(PROJECTS)
    assert workers[1].poll() is None
    alone = tmp_path / "alone"
    assert main(["report", "--project=first", "--period=2024H1", "--data", str(data), "--outputs", str(alone)]) == 0
    by_itself = files_of(alone / "first" / "2024H1")
    assert files_of(outputs / "first" / "2024H1") == by_itself
    assert files_of(outputs / "second" / "2024H1").keys() == by_itself.keys()
    for name in PROJECTS:
        assert (outputs / name / "index.html").is_file()
        assert not list((outputs / name).glob(".*staging-*"))
    rows = table_of(outputs / "portfolio" / "portfolio.csv")
    for name in PROJECTS:
        own = {
            row["indicator"]: row
            for row in table_of(outputs / name / "2024H1" / "public" / "indicators.csv")
            if (row["scope"], row["dimension"]) == ("period", "")
        }
        shown = [row for row in rows if row["project"] == name]
        assert len(shown) == 12
        for row in shown:
            assert {key: row[key] for key in FIGURE} == {key: own[row["indicator"]][key] for key in FIGURE}
    totals = {row["indicator"]: row["display"] for row in rows if row["report"] == "total"}
    assert [totals[name] for name in ("received", "unrelated", "eligible", "resolved")] == ["32", "14", "18", "18"]
    assert (totals["resolution_rate"], totals["resolution_working_days_median"]) == ("18 of 18 (100\u00a0%)", "")
    capfd.readouterr()


@pytest.mark.notebooks
@pytest.mark.filterwarnings("ignore::ResourceWarning")
def test_workers_of_a_scheduler_fetch_projects_from_an_address_and_put_up_their_reports(
    tmp_path: Path, data: Path, cluster: tuple[str, list[subprocess.Popen[bytes]]]
) -> None:
    address, _ = cluster
    outputs, log = tmp_path / "outputs", tmp_path / "portfolio.log"
    # An address that each process can reach, and that is no path.
    folders = ("--data", f"simplecache::{data.as_uri()}", "--outputs", f"simplecache::{outputs.as_uri()}")
    outputs.mkdir()
    options = (f"--scheduler={address}", f"--projects={' '.join(PROJECTS)}", *folders)
    assert python("-m", "pipeline", "portfolio", *options, log=log, folder=tmp_path).wait(SECONDS) == 0, log.read_text()
    alone = tmp_path / "alone"
    assert main(["report", "--project=first", "--period=2024H1", "--data", str(data), "--outputs", str(alone)]) == 0
    by_itself = files_of(alone / "first" / "2024H1")
    assert files_of(outputs / "first" / "2024H1") == by_itself
    assert (outputs / "first" / "index.html").read_bytes() == (alone / "first" / "index.html").read_bytes()
    totals = {row["indicator"]: row["value"] for row in table_of(outputs / "portfolio" / "portfolio.csv")[-12:]}
    assert totals["received"] == "32"
    assert f"All projects: simplecache::{outputs.as_uri()}/portfolio/index.html" in log.read_text("utf-8")
    assert not [path for path in outputs.rglob(".*")]


def test_a_scheduler_that_does_not_answer_is_named_in_a_sentence(
    data: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("pipeline.execution.cluster.WAIT_SECONDS", 1)
    assert main(["portfolio", "--scheduler=tcp://127.0.0.1:9", "--data", str(data)]) == 2
    assert "no Dask scheduler answers at 'tcp://127.0.0.1:9'" in capsys.readouterr().err


def test_a_portfolio_without_any_register_is_refused(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["portfolio", "--data", str(tmp_path)]) == 2
    assert "There is no project with a register" in capsys.readouterr().err


def test_a_worker_that_comes_later_with_another_program_makes_no_report(data: Path, tmp_path: Path) -> None:
    job = Job("first", "2024H1", data=data, outputs=tmp_path / "outputs")
    result = make_on_a_worker("the digest of another program", job)
    assert (result.failure, result.exit_code) == (OTHER_PROGRAM, 2)
    assert not job.outputs.exists()


@pytest.mark.skipif(sys.platform == "win32", reason="locks are those of POSIX")
def test_what_workers_had_begun_is_removed_where_the_run_is_stopped_and_another_run_keeps_its_own(
    data: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    outputs = tmp_path / "outputs"
    begun = [outputs / name / ".2024H1.staging-abcdefgh" for name in PROJECTS]

    def begin_and_be_stopped(*_: object) -> Iterator[tuple[int, Result]]:
        for folder in begun:
            (folder / "public").mkdir(parents=True)
        signal.raise_signal(signal.SIGINT)
        yield from ()

    monkeypatch.setattr(portfolio, "cluster", lambda address, workers: nullcontext())
    monkeypatch.setattr(portfolio, "require_same", lambda client, what: None)
    monkeypatch.setattr(portfolio, "as_they_end", begin_and_be_stopped)
    (outputs / "second").mkdir(parents=True)
    with FileLock(outputs / "second" / ".2024H1.lock"):
        assert main(["portfolio", "--data", str(data), "--outputs", str(outputs)]) == 128 + signal.SIGINT
    assert [folder.exists() for folder in begun] == [False, True]
    assert "Made anew are 0 of 2 reports; the others are as they were." in capsys.readouterr().err

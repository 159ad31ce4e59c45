"""A register in many files, read file by file, gives the figures of the register in one piece and those of SQL."""

from __future__ import annotations

import csv
import io
import json
import signal
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import duckdb
import numpy as np
import pandas as pd
import pytest
from distributed import Client
from in_sql import Sql
from loopback import SECONDS, python, two_workers, wait_for
from making import DATA_VARIABLE, ROOT, clean
from pandas.testing import assert_frame_equal
from ruamel.yaml import YAML

from pipeline.classification.parts import Known, bounds_of, part_files, placed_later, read_through, unread
from pipeline.cli import main
from pipeline.commands.in_parts import make_figures
from pipeline.commands.periods import checked_call
from pipeline.errors import DisclosureError, InputError
from pipeline.files import csv_bytes
from pipeline.indicators.protected import as_shown, protected
from pipeline.indicators.published import all_published, figures_of
from pipeline.places import OUTPUTS_VARIABLE, outputs_folder
from pipeline.project import Project, load_project
from pipeline.register.demo_project import write_project
from pipeline.register.mapping import collected
from pipeline.reporting.numbers import Numbers
from pipeline.reporting.words import words_for

PERIOD = "2024H1"
PARTS = 5
MADE = (
    "public/indicators.csv",
    "internal/indicators.csv",
    "internal/reconciliation.csv",
    "internal/protected.csv",
    "internal/disclosed.csv",
)
Split = Callable[[int], Project]


@pytest.fixture
def split(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Split:
    """What deals the rows of the demonstration out to files, each tenth without its date of receipt.

    In place of its place each fiftieth has a sentence.
    """
    monkeypatch.setenv(DATA_VARIABLE, str(tmp_path / "data"))
    monkeypatch.setenv(OUTPUTS_VARIABLE, str(tmp_path / "outputs"))
    folder = tmp_path / "data" / "demo"
    folder.mkdir(parents=True)

    def deal(seed: int) -> Project:
        random = np.random.default_rng(seed)
        demo = ROOT / "data" / "demo"
        text = (demo / "project.yml").read_text(encoding="utf-8")
        (folder / "project.yml").write_text(text.replace("register: register.csv", 'register: "register-*.csv"'))
        # Rows have other numbers in the files, so a number that is used twice stays so, most often in two of them.
        corrections = YAML(typ="safe").load((demo / "corrections.yml").read_text(encoding="utf-8"))
        kept = [one for one in corrections if "row" not in one["match"]]
        YAML(typ="safe").dump(kept, folder / "corrections.yml")
        rows = pd.read_csv(demo / "register.csv", dtype="str", keep_default_na=False)
        rows = rows.assign(date_received=rows["date_received"].mask(random.random(len(rows)) < 0.1, ""))
        rows.loc[::50, "location"] = "The road was closed again, and nobody came."
        dealt = random.integers(0, PARTS, len(rows))
        for part in range(PARTS):
            rows[dealt == part].to_csv(folder / f"register-{part}.csv", index=False)
        return load_project("demo")

    return deal


def in_one_piece(project: Project, as_of: str = "") -> dict[str, bytes]:
    """The files as the notebooks make them of all files together."""
    cleaned = clean(project)
    measured = cleaned.measure(PERIOD, as_of)
    own = collected(cleaned.register)
    by_group = protected(measured, project, cleaned.scopes(PERIOD, as_of), own, all_published(project))
    internal, shown = csv_bytes(measured.table), csv_bytes(as_shown(by_group))
    table = pd.read_csv(io.BytesIO(internal), encoding="utf-8-sig")
    public = Numbers(table, words_for(project.settings.language), disclosed=figures_of(shown)).public()
    checks = csv_bytes(cleaned.checks(PERIOD, as_of))
    return dict(zip(MADE, (csv_bytes(public), internal, checks, csv_bytes(by_group), shown), strict=True))


def made_in(target: Path) -> dict[str, bytes]:
    return {name: (target / name).read_bytes() for name in MADE}


@pytest.mark.parametrize(("seed", "as_of"), [(1, ""), (2, ""), (12, "2024-05-20")])
def test_however_the_rows_lie_in_files_the_figures_are_those_of_one_piece(split: Split, seed: int, as_of: str) -> None:
    project = split(seed)
    target = make_figures(checked_call(project, PERIOD, as_of), workers=1)
    assert target.name == (f"{PERIOD}@{as_of}" if as_of else PERIOD)
    assert made_in(target) == in_one_piece(project, as_of)
    whole = pd.read_csv(target / MADE[1], encoding="utf-8-sig")
    headline = whole[(whole["indicator"] == "unplaced") & (whole["scope"] == "period") & whole["dimension"].isna()]
    assert headline["value"].iloc[0] > 0


@pytest.mark.notebooks
def test_the_files_are_those_of_the_report(split: Split) -> None:
    project = split(10)
    assert main(["figures", "--project=demo", f"--period={PERIOD}"]) == 0
    assert main(["report", "--project=demo", f"--period={PERIOD}"]) == 0
    report = outputs_folder() / project.code / PERIOD
    assert made_in(report.parent / "figures" / PERIOD) == made_in(report)


def test_each_grievance_is_labelled_and_bounded_as_in_one_piece(split: Split) -> None:
    project = split(3)
    read = [read_through(path, project) for path in part_files(project)]
    summaries = [summary for summary, _ in read]
    assert not unread(summaries, project)
    parts = [labelled for _, labelled in read if labelled is not None]
    for summary, of_file in zip(summaries, bounds_of(summaries, project), strict=True):
        parts += [placed_later(*one, project) for one in zip(summary.undated, of_file, strict=True)]
    keys, bounds = ["source_file", "source_row"], ["date_received_earliest", "date_received_latest"]
    columns = [*keys, "date_received", *bounds, "date_resolved_counted", "type_counted", "is_admissible", "has_contact"]
    whole = clean(project).labelled
    assert sum(piece.rows for one in summaries for piece in one.undated) > 20
    together = pd.concat(parts).sort_values(keys, ignore_index=True)
    assert_frame_equal(together[columns], whole[columns].sort_values(keys, ignore_index=True))


def test_the_order_of_day_and_month_that_another_file_decides_holds_in_all(split: Split) -> None:
    project = split(4)
    first, *others = part_files(project)
    for path in (first, *others):
        rows = pd.read_csv(path, dtype="str", keep_default_na=False)
        days = pd.to_datetime(rows["date_received"], errors="coerce", format="%Y-%m-%d")
        chosen = days.notna() & ((days.dt.day <= 12) | (path == first))
        written = days.dt.strftime("%d/%m/%Y").where(chosen, rows["date_received"])
        rows.assign(date_received=written).to_csv(path, index=False)
    summaries = [read_through(path, project)[0] for path in part_files(project)]
    assert len(unread(summaries, project)) == PARTS - 1
    target = make_figures(checked_call(project, PERIOD), workers=1)
    assert made_in(target) == in_one_piece(project)


def test_what_workers_make_is_what_one_process_makes(split: Split) -> None:
    project = split(5)
    target = make_figures(checked_call(project, PERIOD), workers=1)
    alone = made_in(target)
    make_figures(checked_call(project, PERIOD), workers=2)
    assert made_in(target) == alone


def test_a_correction_that_no_file_or_two_files_hold_is_refused(split: Split) -> None:
    project = split(6)
    corrections = project.folder / "corrections.yml"
    lost = corrections.read_text(encoding="utf-8").replace("registration_no: ", "registration_no: x", 1)
    corrections.write_text(lost, encoding="utf-8")
    with pytest.raises(InputError, match=r"corrections\.yml, entry 1 .*: no row of the register match"):
        make_figures(checked_call(project, PERIOD), workers=1)


def test_files_with_other_headings_are_refused_and_the_former_figures_stay(split: Split) -> None:
    project = split(7)
    target = make_figures(checked_call(project, PERIOD), workers=1)
    before = made_in(target)
    last = part_files(project)[-1]
    last.write_text(last.read_text(encoding="utf-8").replace("note", "remark", 1), encoding="utf-8")
    told = (
        r"register-4\.csv has other headings than register-0\.csv.*: at place \d+ stands 'remark', not 'note'\. Files"
    )
    with pytest.raises(InputError, match=told):
        make_figures(checked_call(project, PERIOD), workers=1)
    assert made_in(target) == before
    last.write_text(last.read_text(encoding="utf-8").replace("remark", "Bat Bold", 1), encoding="utf-8")
    with pytest.raises(InputError, match=r"at place \d+ stands a heading that is not known, not 'note'\. Files"):
        make_figures(checked_call(project, PERIOD), workers=1)
    last.write_text(first_columns(last.read_text(encoding="utf-8")), encoding="utf-8")
    with pytest.raises(InputError, match=r"at place \d+ stands nothing, not 'note'\. Files"):
        make_figures(checked_call(project, PERIOD), workers=1)
    assert made_in(target) == before


def first_columns(table: str) -> str:
    """Return a table without its last column."""
    rows = [row[:-1] for row in csv.reader(io.StringIO(table))]
    out = io.StringIO()
    csv.writer(out, lineterminator="\n").writerows(rows)
    return out.getvalue()


def test_a_file_without_the_columns_of_a_register_is_named(split: Split, capsys: pytest.CaptureFixture[str]) -> None:
    last = part_files(split(11))[-1]
    last.write_text("Who knows\nnobody\n", encoding="utf-8")
    assert main(["figures", "--project=demo", f"--period={PERIOD}"]) == 2
    told = capsys.readouterr().err
    assert f"{last.name}: the register has no column for" in told
    assert "*" not in told


def test_a_file_that_changes_between_the_two_readings_is_refused(split: Split) -> None:
    project = split(8)
    first = part_files(project)[0]
    summary, _ = read_through(first, project)
    first.write_bytes(first.read_bytes() + b"\n")
    with pytest.raises(InputError, match="changed while it was read"):
        read_through(first, project, Known(summary.digest, summary.deciding))


def test_decisions_of_persons_are_refused_in_a_sentence(split: Split, capsys: pytest.CaptureFixture[str]) -> None:
    project = split(9)
    (project.folder / "decisions.csv").write_bytes((ROOT / "data" / "demo" / "decisions.csv").read_bytes())
    assert main(["figures", "--project=demo", f"--period={PERIOD}"]) == 2
    assert "decisions.csv: a decision holds for a text" in capsys.readouterr().err


@pytest.mark.parametrize("heading", ["complainant", "Full name"])
def test_whom_one_file_names_is_looked_for_in_what_comes_of_the_others(split: Split, heading: str) -> None:
    project = split(11)
    for path in part_files(project):
        rows = pd.read_csv(path, dtype="str", keep_default_na=False)
        rows.assign(**({} if heading in rows else {heading: ""})).to_csv(path, index=False)
    target = make_figures(checked_call(project, PERIOD), workers=1)
    before = made_in(target)
    first, *_, last = part_files(project)
    for path, column, cells in ((first, heading, 1), (last, "location", 20)):
        rows = pd.read_csv(path, dtype="str", keep_default_na=False)
        rows.loc[rows.index[:cells], [column, "is_sensitive"]] = ["Zorvane Kelimquist", "No"]
        rows.to_csv(path, index=False)
    with pytest.raises(DisclosureError, match=r"indicators\.csv holds the name of a known person") as refused:
        make_figures(checked_call(project, PERIOD), workers=1)
    assert "Kelimquist" not in str(refused.value)
    assert made_in(target) == before
    assert [path.name for path in target.parent.iterdir() if not path.name.startswith(".")] == [PERIOD]


@pytest.mark.filterwarnings("ignore::ResourceWarning")
def test_a_worker_of_a_scheduler_that_is_killed_costs_time_only(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(DATA_VARIABLE, str(tmp_path / "data"))
    monkeypatch.setenv(OUTPUTS_VARIABLE, str(tmp_path / "alone"))
    write_project(tmp_path / "data" / "invented", 24_000, seed=5, years=4, by_year=True)
    alone = make_figures(checked_call(load_project("invented"), PERIOD), workers=1)
    folders = ("--data", str(tmp_path / "data"), "--outputs", str(tmp_path / "outputs"))
    call = ("-m", "pipeline", "figures", "--project=invented", f"--period={PERIOD}", *folders)
    log = tmp_path / "figures.log"
    with two_workers(tmp_path) as (address, workers), Client(address) as client:
        command = python(*call, f"--scheduler={address}", log=log, folder=tmp_path)
        try:
            wait_for(lambda: all(client.processing().values()), "both workers are at a file")
            workers[0].send_signal(signal.SIGKILL)
            assert command.wait(SECONDS) == 0, log.read_text("utf-8")
        finally:
            command.kill()
            command.wait()
        assert workers[0].wait() == -signal.SIGKILL
        assert workers[1].poll() is None
    assert made_in(tmp_path / "outputs" / "invented" / "figures" / PERIOD) == made_in(alone)


# -- the same by hand, in SQL: docs/indicators.md -----------------------------------------------------------------

WATCHED = ROOT / "bench" / "watched.py"


@pytest.mark.parametrize(("rows", "years"), [(20_000, 4), pytest.param(10_000_000, 30, marks=pytest.mark.large)])
def test_every_figure_is_the_one_that_sql_counts_in_the_files(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, rows: int, years: int
) -> None:
    """Ten million rows are read by the processes of the local Dask cluster, which take 8 GiB at most, all together."""
    monkeypatch.setenv(DATA_VARIABLE, str(tmp_path / "data"))
    monkeypatch.setenv(OUTPUTS_VARIABLE, str(tmp_path / "outputs"))
    monkeypatch.setenv("PYTHONPATH", str(ROOT))
    folder, result = tmp_path / "data" / "invented", tmp_path / "watched.json"
    write_project(folder, rows, seed=7, years=years, by_year=True, share=0.0)
    command = (sys.executable, "-m", "pipeline", "figures", "--project=invented", f"--period={PERIOD}")
    subprocess.run([sys.executable, "-I", str(WATCHED), str(result), "0", *command], check=True)
    told = json.loads(result.read_text("utf-8"))
    assert told["code"] == 0, told
    assert told["peak_bytes"] <= 8 * 1024**3
    project = load_project("invented")
    target = outputs_folder() / "invented" / "figures" / PERIOD
    assert [path.name for path in (target / "public").iterdir()] == ["indicators.csv"]
    table = pd.read_csv(target / "internal" / "indicators.csv", encoding="utf-8-sig", keep_default_na=False)
    with duckdb.connect(config={"memory_limit": "4GB", "temp_directory": str(tmp_path / "duckdb")}) as base:
        counted = Sql.reading(base, str(folder / "register-*.csv"), project.settings)
        for scope, window in checked_call(project, PERIOD).scopes.windows().items():
            figures = counted.figures(window.start, window.counted_to)
            rows_of = table[table["scope"] == scope]
            stated = rows_of[rows_of["state"] == "stated"]
            keys = list(zip(stated["indicator"], stated["dimension"], stated["member"], strict=True))
            assert set(rows_of["indicator"]) - set(stated["indicator"]) == UNDATED
            of_table = stated[["value", "numerator", "denominator"]].apply(pd.to_numeric).to_numpy(dtype=float)
            nobody = (0, None, None)
            of_sql = np.array([figures.get(key, nobody) for key in keys], dtype=float)
            np.testing.assert_allclose(of_table, of_sql, rtol=1e-12, err_msg=scope)
            assert len(keys) > 300
            # What SQL counts and no figure tells is a share that is told since the start alone.
            untold = {key[0] for key, figure in figures.items() if figure[0] and key not in set(keys)}
            assert untold <= {"benefit_grievances_addressed"}


UNDATED = {"satisfied", "satisfaction_no_answer", "satisfaction_not_asked"}
"""Answers carry no day, so they are not given as of a day before the register's last one."""

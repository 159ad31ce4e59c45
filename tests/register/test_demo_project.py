"""An invented project of any size: it says what it is, covers its years, and is the same for the same call."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from making import DATA_VARIABLE, clean

from pipeline import cli
from pipeline.project import load_project
from pipeline.register.demo_project import write_project
from pipeline.register.demonstration import _full_names, invented_register
from pipeline.register.reading import read_register


@pytest.fixture
def data(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv(DATA_VARIABLE, str(tmp_path))
    return tmp_path


def test_the_command_writes_a_project_that_goes_through_the_first_two_stages(data: Path) -> None:
    assert cli.main(["demo", "--name=demo-large", "--rows=300", "--years=4"]) == 0
    project = load_project("demo-large")
    assert "synthetic" in project.settings.name
    assert "synthetic" in project.settings.short_name
    assert str(project.settings.grm_start) == "2021-01-01"
    cleaned = clean(project)
    assert len(cleaned.both) == 300
    assert cleaned.read()["note"].str.startswith("Synthetic").all()
    assert set(cleaned.both["date_received"].dt.year.dropna()) <= {2020, 2021, 2022, 2023, 2024, 2025}


def test_a_parquet_file_holds_the_same_cells(data: Path) -> None:
    for kind in ("csv", "parquet"):
        assert cli.main(["demo", f"--name=in-{kind}", "--rows=120", f"--kind={kind}"]) == 0
    text, parquet = (read_register(load_project(f"in-{kind}")).table for kind in ("csv", "parquet"))
    place = ["source_file", "source_row"]
    # A text file is tidied where it is read (blanks around cells), a parquet file where its values are.
    tidied = parquet.drop(columns=place).apply(lambda column: column.str.strip())
    pd.testing.assert_frame_equal(text.drop(columns=place).apply(lambda column: column.str.strip()), tidied)


def test_the_same_call_gives_the_same_bytes(tmp_path: Path) -> None:
    first, second = (write_project(tmp_path / name, 200, seed=7)[0].read_bytes() for name in ("a", "b"))
    assert first == second
    assert write_project(tmp_path / "c", 200, seed=8)[0].read_bytes() != first


def test_a_register_by_year_has_each_number_once_and_cases_that_end_in_a_later_year(data: Path) -> None:
    files = write_project(data / "by-year", 2000, seed=7, years=4, by_year=True, share=0)
    assert [path.name for path in files] == [f"register-{year}.csv" for year in (2021, 2022, 2023, 2024)]
    tables = [pd.read_csv(path, dtype="str", keep_default_na=False) for path in files]
    for year, table in zip((2021, 2022, 2023, 2024), tables, strict=True):
        assert set(table["date_received"].str[:4]) == {str(year)}
    assert tables[0]["date_resolved"].str.startswith("2022").any()
    whole = read_register(load_project("by-year")).table
    assert len(whole) == whole["registration_no"].nunique() == 2000


def test_few_of_the_texts_are_the_same() -> None:
    plain, told = (invented_register(20_000, 3, detailed=share)["summary"].nunique() for share in (0, 0.6))
    assert told > 1.2 * plain
    others = [invented_register(400, 3, detailed=share).drop(columns="summary") for share in (0, 0.6)]
    pd.testing.assert_frame_equal(*others)


def test_no_two_of_a_million_persons_have_one_name() -> None:
    assert len(set(_full_names(np.arange(1_000_000)))) == 1_000_000


def test_a_project_that_was_not_invented_is_never_replaced(data: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (data / "mine").mkdir()
    (data / "mine" / "register.csv").write_text("mine")
    assert cli.main(["demo", "--name=mine", "--rows=20", "--force=1"]) == 2
    assert "is no invented project" in capsys.readouterr().err
    assert (data / "mine" / "register.csv").read_text() == "mine"
    assert cli.main(["demo", "--name=demo-a", "--rows=20"]) == 0
    assert cli.main(["demo", "--name=demo-a", "--rows=30"]) == 2
    assert cli.main(["demo", "--name=demo-a", "--rows=30", "--force=1"]) == 0
    assert len(read_register(load_project("demo-a")).table) == 30


@pytest.mark.parametrize(
    "options",
    [
        ["--name=Large"],
        ["--name=../x"],
        ["--name=a", "--years=0"],
        ["--name=a", "--years=31"],
        ["--name=a", "--kind=xlsx"],
        ["--name=a", "--output=x.csv"],
        ["--years=3"],
        ["--kind=csv"],
    ],
)
def test_a_wrong_option_is_told_in_a_sentence(
    options: list[str], data: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert cli.main(["demo", *options]) == 2
    assert capsys.readouterr().err.startswith("Error: ")
    assert list(data.iterdir()) == []

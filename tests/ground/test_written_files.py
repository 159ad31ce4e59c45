"""Files stay harmless and where they belong: no cell runs, what is restricted is its owner's alone."""

from __future__ import annotations

import stat
from pathlib import Path

import pandas as pd
import pytest
from making import SAMPLE, Maker

from pipeline.errors import InputError
from pipeline.files import csv_bytes, inert, write_csv, write_parquet
from pipeline.showing import show
from pipeline.stage import RESTRICTED, open_stage


def mode(path: Path) -> int:
    return stat.S_IMODE(path.stat().st_mode)


@pytest.mark.parametrize("cell", ["=cmd|' /C calc'!A0", "+1", "-1", "@SUM(A1)", "\t=1", "\r=1"])
def test_a_text_that_a_spreadsheet_would_run_gets_an_apostrophe(cell: str) -> None:
    assert inert(pd.DataFrame({"x": [cell]}))["x"].tolist() == ["'" + cell]


def test_numbers_dates_blanks_and_other_texts_stay_as_they_are() -> None:
    day = pd.Timestamp("2024-03-05")
    table = pd.DataFrame({"n": [-1.5, 2], "i": [-2, 3], "d": [day, pd.NaT], "t": ["a=b", ""]})
    table["b"] = pd.Series([pd.NA, "text"], dtype="str")
    pd.testing.assert_frame_equal(inert(table), table)


def test_a_table_is_written_for_every_spreadsheet_in_full_precision(tmp_path: Path) -> None:
    path = tmp_path / "t.csv"
    write_csv(pd.DataFrame({"a": [100 / 3], "b": ['Төсөл, "x"\ny'], "c": ["=1"]}), path)
    assert path.read_bytes() == 'a,b,c\n33.333333333333336,"Төсөл, ""x""\ny",\'=1\n'.encode("utf-8-sig")


@pytest.mark.parametrize("write", [write_csv, write_parquet])
def test_a_restricted_file_is_its_owner_s_alone_even_where_one_lay_open_before(tmp_path: Path, write) -> None:
    path = tmp_path / "t"
    table = pd.DataFrame({"a": [1]})
    write(table, path)
    path.chmod(0o644)
    write(table, path, restricted=True)
    assert mode(path) == 0o600


def test_a_stage_keeps_names_and_texts_to_its_owner(make: Maker) -> None:
    make.project([])
    stage = open_stage(SAMPLE, "2024H1")
    for name in (*RESTRICTED, "indicators.csv"):
        stage.save(pd.DataFrame({"a": [1]}), name)
        assert (mode(stage.folder / "internal" / name) == 0o600) or name not in RESTRICTED
        assert stage.load(name)["a"].tolist() == [1]
    assert mode(stage.folder / "internal") == 0o700


def test_a_stage_opened_by_hand_has_a_set_of_its_own(make: Maker, tmp_path: Path) -> None:
    make.project([])
    assert open_stage(SAMPLE, "2024H1").folder == tmp_path / "outputs" / SAMPLE / "workbench" / "2024H1"
    as_of = open_stage(SAMPLE, "2024H1", "2024-06-13")
    assert as_of.folder.name == "2024H1@2024-06-13"
    assert not (tmp_path / "outputs").exists()


def test_a_stage_that_runs_in_a_set_belongs_to_it(make: Maker, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    make.project([])
    here = tmp_path / "set" / "internal" / "notebooks"
    here.mkdir(parents=True)
    monkeypatch.chdir(here)
    assert open_stage(SAMPLE, "2024H1").folder == tmp_path / "set"


def test_a_missing_table_says_which_notebook_comes_first(make: Maker) -> None:
    make.project([])
    with pytest.raises(InputError, match=r"internal/cases\.parquet is missing: run the notebook before this one first"):
        open_stage(SAMPLE, "2024H1").load("cases.parquet")


@pytest.mark.parametrize(
    ("project", "period", "as_of"),
    [("nobody", "2024H1", ""), (SAMPLE, "2024E1", ""), (SAMPLE, "2024H1", "yesterday"), (SAMPLE, "2025", "")],
)
def test_wrong_parameters_of_a_notebook_are_refused(make: Maker, project: str, period: str, as_of: str) -> None:
    make.project([])
    with pytest.raises(InputError):
        open_stage(project, period, as_of)


def test_the_card_of_a_stage_states_its_windows(make: Maker) -> None:
    make.project([])
    card = open_stage(SAMPLE, "2024", "2024-05-10").card().set_index("what")["value"].to_dict()
    assert card == {
        "Project": "Smart Government II Project",
        "Period": "2024",
        "Window": "2024-01-15 to 2024-12-31",
        "Counted to": "2024-05-10",
        "Figures as of": "2024-05-10",
        "Provisional": "yes",
        "Previous period": "none: before the start",
        "Register complete through": "2024-06-30",
    }


def test_a_shown_table_escapes_its_cells_headings_and_caption() -> None:
    shown = show(pd.DataFrame({"<b>": ["<script>alert(1)</script>"]}), "a < b")
    assert "<script>" not in shown.html
    assert "<b>" not in shown.html
    assert "a &lt; b" in shown.html


def test_a_shown_table_is_cut_and_says_so() -> None:
    shown = show(pd.DataFrame({"n": range(70)}), most=60)
    assert "10 more rows" in shown.html
    assert "10 more rows" in shown.text
    assert ">59<" in shown.html
    assert ">60<" not in shown.html
    whole = show(pd.DataFrame({"n": range(70)}), most=70)
    assert "more rows" not in whole.html
    assert ">69<" in whole.html


def test_a_shown_table_writes_days_and_blanks_plainly_and_leaves_its_table_alone() -> None:
    table = pd.DataFrame({"d": pd.to_datetime(["2024-03-05", None]), "t": pd.Series(["x", None], dtype="str")})
    before = table.copy()
    shown = show(table)
    pd.testing.assert_frame_equal(table, before)
    assert ">2024-03-05<" in shown.html
    assert "NaT" not in shown.html + shown.text
    assert "nan" not in shown.html.casefold() + shown.text.casefold()


def test_an_empty_table_says_that_there_are_none() -> None:
    assert "There are none." in show(pd.DataFrame({"n": []})).html
    assert "(no rows)" in show(pd.DataFrame({"n": []})).text


def test_a_table_written_in_parts_is_what_pandas_writes_at_once() -> None:
    days = pd.Series(pd.date_range("2024-01-01", periods=2_500, freq="h")).dt.normalize()
    times = days.where(days.index < 2_400, pd.Timestamp("2024-03-05 14:30"))
    numbers = pd.Series(range(2_500))
    table = pd.DataFrame(
        {"day": days, "time": times, "n": numbers / 7, "i": numbers.astype("Int64").where(numbers > 3)}
    )
    table["text"] = numbers.astype("str").map(lambda text: f'=1, "{text}"').where(numbers % 9 > 0)
    for many in (1, 40):  # columns, of which the number of rows depends that pandas looks at together
        wide = pd.concat([table, *(table.add_suffix(f" {copy}") for copy in range(many))], axis=1)
        text = inert(wide).to_csv(index=False, lineterminator="\n")
        assert csv_bytes(wide) == text.encode("utf-8-sig")
        assert csv_bytes(wide.head(0)) == inert(wide.head(0)).to_csv(index=False, lineterminator="\n").encode(
            "utf-8-sig"
        )

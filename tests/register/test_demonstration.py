"""The invented register: the same for a seed, clean where no dirt was put in, each fault found where it was put."""

from __future__ import annotations

import csv
import io
import re
from datetime import date
from pathlib import Path

import pandas as pd
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from making import DATA_VARIABLE, ROOT, Cleaned, clean

from pipeline import cli
from pipeline.project import Term, load_project
from pipeline.register import findings
from pipeline.register.columns import dictionary
from pipeline.register.demonstration import Word, ingredients, invented_register
from pipeline.register.dirt import all_kinds, with_dirt

STORED = ROOT / "data" / "demo" / "register.csv"
ERRORS = {name for name, rule in findings.rules().items() if rule.severity == "error"}
FAULTS = sorted(name for name, kind in all_kinds().items() if kind.rule)
HARMLESS = sorted(set(all_kinds()) - set(FAULTS))


class Demo:
    """The demonstration's project.yml, with registers of a test's own."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder / "demo"
        self.folder.mkdir(parents=True)
        (self.folder / "project.yml").write_bytes((ROOT / "data" / "demo" / "project.yml").read_bytes())

    def clean(self, table: pd.DataFrame) -> Cleaned:
        table.to_csv(self.folder / "register.csv", index=False, lineterminator="\n")
        return clean(load_project("demo"))


@pytest.fixture
def demo(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Demo:
    monkeypatch.setenv(DATA_VARIABLE, str(tmp_path / "data"))
    return Demo(tmp_path / "data")


def errors_of(cleaned: Cleaned) -> pd.DataFrame:
    return cleaned.findings[cleaned.findings["severity"] == "error"]


def cells_of(found: pd.DataFrame) -> set[tuple[int, str, str]]:
    """Return row (as in a spreadsheet), column and rule of the findings that stand in a row."""
    placed = found.dropna(subset=["row"])
    return {(int(r), c, rule) for r, c, rule in zip(placed["row"], placed["column"], placed["rule"], strict=True)}


def expected(faults: pd.DataFrame) -> set[tuple[int, str, str]]:
    return {(int(r) + 2, c, rule) for r, c, rule in zip(faults["row"], faults["column"], faults["rule"], strict=True)}


def filled(table: pd.DataFrame) -> pd.Series:
    return (table != "").any()


# -- the clean register ----------------------------------------------------------------------------------------------


def test_a_clean_register_has_no_error_and_no_warning_but_of_texts_that_come_again(demo: Demo) -> None:
    cleaned = demo.clean(invented_register(2000, 11))
    # The same words come again among so many texts; whether it is one grievance only a person can say.
    assert set(cleaned.findings["rule"]) == {"channel_inferred", "type_missing", "likely_duplicate"}
    assert len(cleaned.both) == 2000


def test_every_column_is_filled_somewhere_and_as_text() -> None:
    table = invented_register(720, 3)
    assert list(table) == list(dictionary())
    assert [name for name, is_filled in filled(table).items() if not is_filled] == []
    assert set(map(str, table.dtypes)) == {"str"}
    assert not table.isna().any().any()


def test_the_same_seed_gives_the_same_rows_and_another_others() -> None:
    first = invented_register(300, 5)
    pd.testing.assert_frame_equal(first, invented_register(300, 5))
    assert (first["summary"] != invented_register(300, 6)["summary"]).mean() > 0.5


@pytest.mark.parametrize("rows", [0, 1, 2, 7])
def test_small_registers_can_be_made(rows: int) -> None:
    table = invented_register(rows, 1)
    assert (len(table), list(table)) == (rows, list(dictionary()))
    assert len(with_dirt(table, 1, share=1.0)[0]) == rows


def test_numbers_follow_the_dates_and_begin_at_one_each_year() -> None:
    table = invented_register(900, 8)
    assert table["date_received"].is_monotonic_increasing
    by_year = table.groupby(table["date_received"].str[:4])["registration_no"].apply(list)
    for year, numbers in by_year.items():
        assert numbers == [f"{n}/{year}" for n in range(1, len(numbers) + 1)]


def test_nothing_is_dated_outside_the_span() -> None:
    table = invented_register(400, 2, start=date(2019, 7, 1), half_years=3)
    days = pd.concat([table[name] for name, column in dictionary().items() if column.type == "date"])
    days = days[days != ""]
    assert (days.min() >= "2019-07-01", days.max() <= "2020-12-31") == (True, True)


def test_waiting_times_are_skewed_from_the_same_day_to_months() -> None:
    table = invented_register(5000, 4)
    ended = table[table["date_resolved"] != ""]
    waited = (pd.to_datetime(ended["date_resolved"]) - pd.to_datetime(ended["date_received"])).dt.days
    assert 0.08 < (waited == 0).mean() < 0.35
    assert waited.mean() > 1.5 * waited.median()
    assert waited.max() > 180


def test_every_row_says_that_it_is_synthetic() -> None:
    assert invented_register(200, 1)["note"].str.startswith("Synthetic").all()


def test_contacts_are_of_places_that_do_not_exist() -> None:
    contacts = invented_register(2000, 9)["complainant_contact"]
    assert contacts[contacts != ""].str.fullmatch(r".+@example\.org|00999 555 [0-9]{6}").all()


def test_no_invented_name_is_a_word_of_the_texts_or_of_the_project() -> None:
    """Else the word would be replaced everywhere, or would stop the report."""
    texts = (ROOT / "pipeline/register/demonstration.yml").read_text(encoding="utf-8").partition("\n# What is said")[2]
    texts += (ROOT / "data/demo/project.yml").read_text(encoding="utf-8")
    words = set(re.findall(r"[^\W_]+", texts.casefold()))
    table = invented_register(20_000, 1)
    is_firm = table["complainant"].str.contains("Ltd|Association")
    people = pd.concat([table.loc[~is_firm, "complainant"], table["responsible"]])
    assert set(" ".join(people.unique()).casefold().split()) & words == set()


def test_names_stand_in_the_texts_and_are_replaced(demo: Demo) -> None:
    table = invented_register(600, 12)
    inside = [name != "" and name in text for name, text in zip(table["complainant"], table["summary"], strict=True)]
    assert sum(inside) > 30
    cases = demo.clean(table).cases
    public = " ".join(cases["summary_public"].dropna()) + " ".join(cases["action_taken_public"].dropna())
    for kind in ("person", "organisation", "contact"):
        assert f"[{kind}]" in public
    assert [name for name in table["complainant"].unique() if name and name in public] == []
    assert "Quallin" not in public
    assert "Belmarck" not in public


# -- the words -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", ["statuses", "channels", "types", "relations"])
def test_the_project_has_the_words_of_the_register_and_their_aliases(name: str) -> None:
    terms: dict[str, Term] = getattr(load_project("demo").settings, name)
    words: dict[str, Word] = getattr(ingredients(), name)
    assert {code: (term.label, term.aliases) for code, term in terms.items()} == {
        code: (word.word, word.aliases) for code, word in words.items()
    }


def test_the_project_has_the_severities_of_the_register() -> None:
    assert load_project("demo").settings.severities == tuple(ingredients().severities)


# -- dirt ------------------------------------------------------------------------------------------------------------


@settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    rows=st.integers(1, 250),
    seed=st.integers(0, 10_000),
    share=st.floats(0, 0.7),
    kinds=st.one_of(st.none(), st.lists(st.sampled_from(FAULTS + HARMLESS), min_size=1, max_size=8, unique=True)),
)
def test_every_fault_is_found_in_its_cell_and_no_error_elsewhere(
    demo: Demo, rows: int, seed: int, share: float, kinds: list[str] | None
) -> None:
    clean_table = invented_register(rows, seed)
    table, faults = with_dirt(clean_table, seed, share, kinds)
    cleaned = demo.clean(table)

    assert sorted(cleaned.both["source_row"]) == list(range(2, rows + 2))
    assert expected(faults) - cells_of(cleaned.findings) == set()

    follow = {(k.rule, k.names or k.changes): k.follows for k in all_kinds().values() if k.rule}
    following = {
        (row, column, rule) for row, named, fault in expected(faults) for rule, column in follow.get((fault, named), ())
    }
    assert cells_of(errors_of(cleaned)) - expected(faults) - following == set()
    # A number that no row has any more is a gap, unless it was the last of its year.
    gaps = cleaned.findings[cleaned.findings["rule"] == "number_gap"]
    assert set(gaps["registration_no"]) <= set(clean_table["registration_no"]) - set(table["registration_no"])
    assert not errors_of(cleaned).query("row.isna()")["rule"].ne("number_gap").any()


@pytest.mark.parametrize("kind", FAULTS)
def test_each_kind_of_fault_is_found(demo: Demo, kind: str) -> None:
    table, faults = with_dirt(invented_register(400, 21), 3, 0.02, [kind])
    assert len(faults) > 0
    cleaned = demo.clean(table)
    assert expected(faults) <= cells_of(cleaned.findings)


def test_harmless_dirt_changes_cells_and_gives_no_finding_and_no_other_case(demo: Demo) -> None:
    table = invented_register(600, 13)
    before = demo.clean(table)
    dirty, faults = with_dirt(table, 1, 0.9, HARMLESS)
    after = demo.clean(dirty)
    assert faults.empty
    assert (dirty != table).any(axis=1).sum() > 400
    pd.testing.assert_frame_equal(after.findings, before.findings)
    pd.testing.assert_frame_equal(after.cases, before.cases)


def test_a_row_takes_one_kind_and_other_columns_stay() -> None:
    table = invented_register(500, 14)
    dirty, _ = with_dirt(table, 2, 0.8)
    assert (dirty != table).sum(axis=1).max() == 1
    assert 300 < (dirty != table).any(axis=1).sum() <= 400


def test_the_table_that_is_given_stays_clean() -> None:
    table = invented_register(100, 15)
    copy = table.copy()
    with_dirt(table, 2, 0.8)
    pd.testing.assert_frame_equal(table, copy)


# -- what is stored --------------------------------------------------------------------------------------------------


def stored() -> pd.DataFrame:
    return pd.read_csv(io.BytesIO(STORED.read_bytes()), dtype="str", keep_default_na=False)


def test_the_stored_register_is_what_the_command_writes(tmp_path: Path) -> None:
    assert cli.main(["demo", f"--output={tmp_path / 'register.csv'}"]) == 0
    assert (tmp_path / "register.csv").read_bytes() == STORED.read_bytes()


def test_the_stored_register_fills_every_column_and_each_half_year() -> None:
    table = stored()
    assert list(table) == list(dictionary())
    assert filled(table).all()
    assert len(table) == 720
    day = pd.to_datetime(table["date_received"], errors="coerce", format="%Y-%m-%d")
    halves = day.dt.year.astype("Int64").astype("str") + (day.dt.month > 6).map({False: "H1", True: "H2"})
    counts = halves[day.notna()].value_counts()
    assert sorted(counts.index) == [f"{year}H{half}" for year in (2022, 2023, 2024) for half in (1, 2)]
    assert counts.between(108, 132).all()


def test_the_demonstration_shows_each_way_to_settle_a_finding() -> None:
    found = clean(load_project("demo")).findings
    assert (found["rule"] == "correction_applied").sum() >= 3
    assert (found["severity"] == "explained").sum() >= 2
    assert (found["severity"] == "error").sum() >= 2


# -- the command -----------------------------------------------------------------------------------------------------


def test_another_file_is_replaced_only_by_force(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "register.csv"
    path.write_text("mine")
    assert cli.main(["demo", "--rows=20", f"--output={path}"]) == 2
    assert "holds something else" in capsys.readouterr().err
    assert path.read_text() == "mine"
    assert cli.main(["demo", "--rows=20", f"--output={path}", "--force=1"]) == 0
    assert cli.main(["demo", "--rows=20", f"--output={path}"]) == 0
    assert len(path.read_text(encoding="utf-8").splitlines()) == 21


@pytest.mark.parametrize(
    "option", ["--rows=-1", "--rows=many", "--rows=99999999", "--seed=1.5", "--force=yes", "--output=here.txt"]
)
def test_a_wrong_option_is_an_error_in_a_sentence(
    option: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv(DATA_VARIABLE, str(tmp_path))
    assert cli.main(["demo", option]) == 2
    assert capsys.readouterr().err.startswith("Error: ")


def test_no_cell_of_the_register_begins_as_a_formula_does() -> None:
    with STORED.open(encoding="utf-8", newline="") as handle:
        cells = [cell for row in csv.reader(handle) for cell in row]
    assert [cell for cell in cells if cell.startswith(("=", "+", "-", "@"))] == []

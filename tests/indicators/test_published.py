"""Records of what was published: whole, believed only as they were written, and never lost."""

from __future__ import annotations

import dataclasses
import json
import shutil
import stat
from pathlib import Path

import pandas as pd
import pytest
from making import Cleaned, Maker, value
from records import files_of, freeze, read, restated, told

from pipeline.errors import InputError
from pipeline.indicators.computation import DIMENSIONS
from pipeline.indicators.freezing import store
from pipeline.indicators.published import (
    CASE_COLUMNS,
    CASES,
    FIGURES,
    KEPT_DIMENSIONS,
    RECORD,
    all_published,
    as_published,
    changed_rules,
    published,
    record_files,
    record_text,
    records_for,
    rules_in_force,
)
from pipeline.indicators.published_views import published_and_now, records_shown
from pipeline.register.columns import dictionary
from pipeline.register.reading import register_files
from pipeline.reporting.numbers import WITHHELD_DIMENSIONS


def row(number: int, received: str, channel: str = "email", status: str = "Resolving", **more: str) -> dict[str, str]:
    return {
        "registration_no": f"{number}/2024",
        "date_received": received,
        "channel": channel,
        "status": status,
        **more,
    }


REGISTER = [row(1, "2024-02-05"), row(2, "2024-03-11", "phone"), row(3, "2024-05-02"), row(4, "2024-06-03", "phone")]
COMPLETE = {"complete_through": "2024-12-31"}


def folder_of(cleaned: Cleaned, period: str = "2024Q1") -> Path:
    return cleaned.project.folder / "published" / period


# -- what a record holds ---------------------------------------------------------------------------------------------


def test_a_record_holds_the_figures_that_were_published_and_reads_back_as_it_was(make: Maker) -> None:
    cleaned = make.clean(REGISTER, COMPLETE)
    freeze(cleaned, "2024Q1")
    record = read(cleaned.project, "2024Q1")
    measured = cleaned.measure("2024Q1").table
    kept = measured[measured["dimension"].isin(KEPT_DIMENSIONS)].reset_index(drop=True)
    pd.testing.assert_frame_equal(record.figures.astype("str"), kept.astype("str"))
    assert (record.label, str(record.current.start), str(record.current.end)) == ("2024Q1", "2024-01-15", "2024-03-31")
    assert record.record["complete_through"] == "2024-12-31"
    assert list(record.cases["registration_no"]) == ["1/2024", "2/2024", "3/2024", "4/2024"]


def test_what_is_withheld_is_not_kept_and_everything_else_is() -> None:
    assert set(KEPT_DIMENSIONS) - {"", "age", "working_days"} == set(DIMENSIONS) - set(WITHHELD_DIMENSIONS)


def test_no_column_of_a_record_tells_who_somebody_is_or_what_they_wrote() -> None:
    identifying = {name for name, column in dictionary().items() if column.identifies}
    assert identifying
    assert not identifying & set(CASE_COLUMNS)
    assert not {"summary", "action_taken", "note", "location", "topic", "complainant_sex"} & set(CASE_COLUMNS)


def test_only_its_owner_can_read_a_record(make: Maker) -> None:
    cleaned = make.clean(REGISTER, COMPLETE)
    freeze(cleaned, "2024Q1")
    folder = folder_of(cleaned)
    assert {stat.S_IMODE(one.stat().st_mode) for one in (folder.parent, folder)} == {0o700}
    assert {stat.S_IMODE(one.stat().st_mode) for one in folder.iterdir()} == {0o600}


def test_a_record_is_an_input_and_no_register(make: Maker) -> None:
    cleaned = make.clean(REGISTER, {**COMPLETE, "register": "'**/*.csv'"})
    freeze(cleaned, "2024Q1")
    assert [path.name for path in record_files(cleaned.project)] == [CASES, FIGURES, RECORD]
    assert [path.name for path in register_files(cleaned.project)] == ["register.csv"]


# -- replacing it ----------------------------------------------------------------------------------------------------


def test_freezing_again_changes_nothing(make: Maker) -> None:
    cleaned = make.clean(REGISTER, COMPLETE)
    assert freeze(cleaned, "2024Q1").is_new
    before = {path.name: path.stat().st_mtime_ns for path in folder_of(cleaned).iterdir()}
    assert not freeze(cleaned, "2024Q1").is_new
    assert not freeze(cleaned, "2024Q1", force=True).is_new
    assert {path.name: path.stat().st_mtime_ns for path in folder_of(cleaned).iterdir()} == before
    assert [path.name for path in folder_of(cleaned).parent.iterdir()] == ["2024Q1"]


def test_a_record_that_differs_is_kept_and_replaced_only_by_force(make: Maker) -> None:
    first = files_of(make.clean(REGISTER, COMPLETE), "2024Q1")
    today = make.clean([*REGISTER, row(5, "2024-03-05")], COMPLETE)
    store(today.project, "2024Q1", first, force=False)
    with pytest.raises(InputError, match=r"2024Q1 was published before: .*figures of it differ .*FORCE=1"):
        freeze(today, "2024Q1")
    done = freeze(today, "2024Q1", force=True)
    assert done.former == folder_of(today, "2024Q1.1")
    assert {path.name: path.read_bytes() for path in done.former.iterdir()} == first
    assert store(today.project, "2024Q1", first, force=True).former == folder_of(today, "2024Q1.2")
    assert {path.name: path.read_bytes() for path in folder_of(today).iterdir()} == first
    assert [record.label for record in all_published(today.project)] == ["2024Q1"]
    assert len(record_files(today.project)) == 3


def test_other_rows_behind_the_same_figures_are_told_as_such(make: Maker) -> None:
    first = files_of(make.clean(REGISTER, COMPLETE), "2024Q1")
    today = make.clean([*REGISTER, row(5, "2024-08-05")], COMPLETE)
    store(today.project, "2024Q1", first, force=False)
    with pytest.raises(InputError, match="its figures are the same, but the register or the rules"):
        freeze(today, "2024Q1")


# -- damage ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", [FIGURES, CASES])
def test_an_altered_record_is_refused_by_name(make: Maker, name: str) -> None:
    cleaned = make.clean(REGISTER, COMPLETE)
    freeze(cleaned, "2024Q1")
    path = folder_of(cleaned) / name
    path.write_bytes(path.read_bytes().replace(b"phone", b"email"))
    with pytest.raises(InputError, match=f"published/2024Q1/{name} is not as it was .*FORCE=1"):
        published(cleaned.project, "2024Q1")


def test_force_replaces_a_record_that_was_altered_and_keeps_it(make: Maker) -> None:
    cleaned = make.clean(REGISTER, COMPLETE)
    freeze(cleaned, "2024Q1")
    path = folder_of(cleaned) / FIGURES
    path.write_bytes(b"altered")
    with pytest.raises(InputError, match="is not as it was"):
        freeze(cleaned, "2024Q1")
    assert freeze(cleaned, "2024Q1", force=True).former is not None
    assert read(cleaned.project, "2024Q1").label == "2024Q1"
    assert (folder_of(cleaned, "2024Q1.1") / FIGURES).read_bytes() == b"altered"


@pytest.mark.parametrize("name", [FIGURES, CASES, RECORD])
def test_half_a_record_is_refused_by_name(make: Maker, name: str) -> None:
    cleaned = make.clean(REGISTER, COMPLETE)
    freeze(cleaned, "2024Q1")
    (folder_of(cleaned) / name).unlink()
    with pytest.raises(InputError, match=f"published/2024Q1/{name} cannot be read: .*from a copy"):
        published(cleaned.project, "2024Q1")


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        ("not json", "cannot be read as a record"),
        ("[]", "cannot be read as a record"),
        ('{"files": {}, "format": 99}', "another version of the program"),
    ],
)
def test_a_strange_record_is_refused(make: Maker, content: str, sentence: str) -> None:
    cleaned = make.clean(REGISTER, COMPLETE)
    freeze(cleaned, "2024Q1")
    (folder_of(cleaned) / RECORD).write_text(content)
    with pytest.raises(InputError, match=sentence):
        published(cleaned.project, "2024Q1")


def test_a_record_without_its_windows_is_refused(make: Maker) -> None:
    cleaned = make.clean(REGISTER, COMPLETE)
    freeze(cleaned, "2024Q1")
    path = folder_of(cleaned) / RECORD
    record = json.loads(path.read_text())
    del record["windows"], record["digest"]
    path.write_bytes(record_text(record))
    with pytest.raises(InputError, match="published/2024Q1 cannot be read as a record"):
        published(cleaned.project, "2024Q1")


@pytest.mark.parametrize("changed", [{"rules": {}}, {"complete_through": "2030-12-31"}, {"digest": ""}])
def test_an_altered_record_is_refused(make: Maker, changed: dict[str, object]) -> None:
    cleaned = make.clean(REGISTER, COMPLETE)
    freeze(cleaned, "2024Q1")
    path = folder_of(cleaned) / RECORD
    path.write_text(json.dumps(json.loads(path.read_text()) | changed))
    with pytest.raises(InputError, match=r"record\.json is not as it was when the figures were frozen"):
        published(cleaned.project, "2024Q1")


def test_a_record_in_the_folder_of_another_period_is_refused(make: Maker) -> None:
    cleaned = make.clean(REGISTER, COMPLETE)
    freeze(cleaned, "2024Q1")
    shutil.copytree(folder_of(cleaned), folder_of(cleaned, "2024Q2"))
    with pytest.raises(InputError, match="is the record of 2024Q1 of the project smart-government-ii"):
        published(cleaned.project, "2024Q2")


@pytest.mark.parametrize("is_link", [False, True])
def test_what_is_no_folder_where_a_record_should_be_is_told(make: Maker, is_link: bool) -> None:
    cleaned = make.clean(REGISTER, COMPLETE)
    place = folder_of(cleaned)
    place.parent.mkdir()
    place.symlink_to(place.parent / "nowhere") if is_link else place.write_text("x")
    with pytest.raises(InputError, match="published/2024Q1 should be a folder and is none"):
        published(cleaned.project, "2024Q1")


def test_of_many_former_records_the_last_is_named(make: Maker) -> None:
    cleaned = make.clean(REGISTER, COMPLETE)
    for number in range(1, 11):
        folder_of(cleaned, f"2024Q1.{number}").mkdir(parents=True)
    with pytest.raises(InputError, match=r"Rename 2024Q1\.10 to 2024Q1"):
        published(cleaned.project, "2024Q1")


def test_a_replacement_that_was_cut_short_is_told(make: Maker) -> None:
    cleaned = make.clean(REGISTER, COMPLETE)
    freeze(cleaned, "2024Q1")
    folder_of(cleaned).rename(folder_of(cleaned, "2024Q1.1"))
    with pytest.raises(InputError, match=r"Rename 2024Q1\.1 to 2024Q1"):
        published(cleaned.project, "2024Q1")


# -- the previous period ---------------------------------------------------------------------------------------------


def changed_since(make: Maker) -> Cleaned:
    """The register with a grievance of the first quarter registered late, after that quarter was published."""
    cleaned = make.clean(REGISTER, COMPLETE)
    files = files_of(cleaned, "2024Q1")
    today = make.clean([*REGISTER, row(5, "2024-03-05", "website")], COMPLETE)
    folder = folder_of(today)
    folder.mkdir(parents=True)
    for name, content in files.items():
        (folder / name).write_bytes(content)
    return today


def test_the_previous_period_is_given_as_published_and_computed_anew_beside_it(make: Maker) -> None:
    today = changed_since(make)
    measured, scopes = today.measure("2024Q2"), today.scopes("2024Q2")
    records = records_for(today.project, scopes)
    table = as_published(measured.table, scopes, records)
    was = measured.__class__(table, measured.facts)
    assert (value(was, "received", "previous"), value(measured, "received", "previous")) == (2, 3)
    assert [value(was, "received", "previous", "channel", code) for code in ("email", "phone", "website")] == [1, 1, 0]
    others = table["scope"] != "previous"
    pd.testing.assert_frame_equal(
        table[others].reset_index(drop=True), measured.table[others.to_numpy()].reset_index(drop=True)
    )
    keys = ["indicator", "scope", "dimension", "member"]
    assert table[keys].to_numpy().tolist() == measured.table[keys].to_numpy().tolist()
    beside = published_and_now(measured.table, records, scopes).set_index("indicator")
    assert list(beside.loc["received"]) == ["2", "3"]
    assert list(records_shown(records, scopes)["published"]) == ["2024Q1"]


def test_the_checks_are_made_of_the_figures_computed_anew(make: Maker) -> None:
    today = changed_since(make)
    assert (today.checks("2024Q2")["difference"] == 0).all()
    (record,) = records_for(today.project, today.scopes("2024Q2"))
    closing = restated(record, today).query("indicator == 'closing_stock' and scope == 'period' and dimension == ''")
    assert closing[["published", "now", "rows"]].to_numpy().tolist() == [[2, 3, "5/2024 (+1)"]]


def test_a_figure_that_the_record_does_not_hold_is_the_one_computed_anew(make: Maker) -> None:
    today = changed_since(make)
    measured, scopes = today.measure("2024Q2"), today.scopes("2024Q2")
    (record,) = records_for(today.project, scopes)
    record = dataclasses.replace(record, figures=record.figures[record.figures["indicator"] != "eligible"])
    table = as_published(measured.table, scopes, [record])
    was = measured.__class__(table, measured.facts)
    assert value(was, "eligible", "previous") == value(measured, "eligible", "previous") == 3
    beside = published_and_now(measured.table, [record], scopes).set_index("indicator")
    assert list(beside.loc["eligible"]) == ["not in the record", "3"]


def test_a_record_of_another_window_is_told_and_not_taken(make: Maker) -> None:
    files = files_of(make.clean(REGISTER, COMPLETE), "2024Q1")
    today = make.clean([*REGISTER, row(5, "2024-03-05", "website")], {**COMPLETE, "grm_start": "2024-03-01"})
    store(today.project, "2024Q1", files, force=False)
    measured, scopes = today.measure("2024Q2"), today.scopes("2024Q2")
    records = records_for(today.project, scopes)
    assert as_published(measured.table, scopes, records) is measured.table
    assert published_and_now(measured.table, records, scopes).empty
    assert records_shown(records, scopes)["what_it_is"].str.contains("another window").all()
    table = restated(records[0], today)
    # 1/2024 came before the day on which the mechanism is now said to have begun; 5/2024 was registered late.
    assert told(table, "received", "channel", "email") == [(1, 0, "rule_changed", -1, "")]
    assert told(table, "received", "channel", "website") == [(0, 1, "registered_since", 1, "5/2024 (+1)")]
    assert told(table, "received") == []


def test_a_report_as_of_another_day_does_not_restate_its_own_period(make: Maker) -> None:
    today = changed_since(make)
    assert [one.label for one in records_for(today.project, today.scopes("2024Q1"))] == ["2024Q1"]
    assert [one.label for one in records_for(today.project, today.scopes("2024Q1", "2024-03-31"))] == ["2024Q1"]
    assert records_for(today.project, today.scopes("2024Q1", "2024-06-30")) == []
    assert records_for(today.project, today.scopes("2024H1")) == []


def test_another_weekend_is_another_rule_and_a_record_that_knows_of_none_had_the_country_s(make: Maker) -> None:
    usual = make.project([], {"calendar": "{extra_days_off: []}"})
    former = rules_in_force(usual, ["status"])
    assert "weekend" not in former["calendar"]
    own = make.project([], {"calendar": "{weekend: [friday, saturday]}"})
    assert changed_rules(former, rules_in_force(usual, ["status"])) == []
    assert changed_rules(former, rules_in_force(own, ["status"])) == ["calendar"]

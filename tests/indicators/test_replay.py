"""The demonstration's third half-year, made again when six have passed, says what it said then."""

from __future__ import annotations

import shutil
from pathlib import Path

import pandas as pd
import pytest
from making import DATA_VARIABLE, ROOT, Cleaned, clean
from records import files_of, restated

from pipeline.indicators.freezing import store
from pipeline.indicators.published import KEPT_DIMENSIONS, Published, published
from pipeline.project import load_project
from pipeline.register.columns import dictionary
from pipeline.reporting.noticed import counts

PERIOD, LAST_DAY = "2023H1", "2023-06-30"
KEYS = ["indicator", "scope", "dimension", "member"]
UNDATED = ("satisfied", "satisfaction_no_answer", "satisfaction_not_asked")
"""Answers carry no date, so they are given as of the day through which the register is complete, and no other."""


@pytest.fixture(scope="module")
def demo(tmp_path_factory: pytest.TempPathFactory) -> Cleaned:
    """The demonstration as it is, complete through 2024-12-31."""
    return _cleaned(tmp_path_factory.mktemp("full"))


def _cleaned(folder: Path, register: pd.DataFrame | None = None) -> Cleaned:
    """Take a copy of the demonstration through the first two stages, or one with a register as it was in June 2023."""
    shutil.copytree(ROOT / "data" / "demo", folder / "demo")
    if register is not None:
        settings = folder / "demo" / "project.yml"
        text = settings.read_text(encoding="utf-8")
        settings.write_text(text.replace("complete_through: 2024-12-31", f"complete_through: {LAST_DAY}"), "utf-8")
        register.to_csv(folder / "demo" / "register.csv", index=False, encoding="utf-8")
        # What they mend is mended in the values already.
        (folder / "demo" / "corrections.yml").unlink()
        (folder / "demo" / "explanations.csv").unlink()
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv(DATA_VARIABLE, str(folder))
        return clean(load_project("demo"))


def as_it_was(full: Cleaned) -> pd.DataFrame:
    """Take back what happened after the last day: later receipts, later dates, and the statuses that they gave.

    A row without a date of receipt that may have come later is taken for a later one.
    """
    last = pd.Timestamp(LAST_DAY)
    cases = full.cases[full.cases["date_received_latest"] <= last]
    columns = {name: cases[name] for name in dictionary() if name in cases}
    ended = {
        "resolved": ("date_resolved_counted", "date_reopened_counted", "date_resolved_again_counted"),
        "rejected": ("date_closed_counted",),
        "withdrawn": ("date_closed_counted",),
    }
    status = cases["status"].copy()
    for one, names in ended.items():
        for name in names:
            status = status.mask((cases["status"] == one) & (cases[name].dt.normalize() > last), "in_progress")
    reopened = cases["date_reopened_counted"]
    # Resolved again later, or closed later: at the time it was resolved, in progress, or resolved and open again.
    was_resolved = cases["date_resolved_counted"].notna() & (cases["date_resolved_counted"] <= last)
    status = status.mask((status == "in_progress") & was_resolved & ~(reopened <= last), "resolved")
    columns["status"] = status
    for name, column in columns.items():
        if pd.api.types.is_datetime64_any_dtype(column):
            known = column if name == "date_due" else column.where(column.dt.normalize() <= last)
            columns[name] = known.dt.strftime("%Y-%m-%d")
        elif pd.api.types.is_bool_dtype(column):
            columns[name] = column.map({True: "yes", False: "no"})
    taken = pd.DataFrame(columns)
    # The names are not in it, so that the texts must have them replaced: a decision holds for the text as it is shown.
    taken["summary"] = cases["summary_redacted"]
    taken["complainant_contact"] = cases["has_contact"].map({True: "contact", False: ""})
    return taken


@pytest.fixture(scope="module")
def then(tmp_path_factory: pytest.TempPathFactory, demo: Cleaned) -> Cleaned:
    return _cleaned(tmp_path_factory.mktemp("then"), as_it_was(demo))


def record_in(folder: Path, cleaned: Cleaned) -> Published:
    """Freeze the third half-year of a register and read the record."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv(DATA_VARIABLE, str(folder))
        shutil.copytree(cleaned.project.folder, folder / "demo")
        project = load_project("demo")
        store(project, PERIOD, files_of(cleaned, PERIOD), force=False)
        record = published(project, PERIOD)
    assert record is not None
    return record


def figures(table: pd.DataFrame) -> dict[tuple[str, ...], tuple[object, ...]]:
    kept = table[table["dimension"].isin(KEPT_DIMENSIONS)].astype(object)
    kept = kept.where(kept.notna(), None)
    return {
        tuple(row[name] for name in KEYS): (row["state"], row["value"], row["numerator"], row["denominator"])
        for row in kept.to_dict("records")
    }


def test_the_register_of_then_is_shorter_and_ends_on_the_last_day(demo: Cleaned, then: Cleaned) -> None:
    assert (len(demo.both), str(then.project.settings.complete_through)) == (720, LAST_DAY)
    assert 300 < len(then.cases) < 400
    assert then.labelled["date_resolved"].max() <= pd.Timestamp(LAST_DAY)
    changed = demo.labelled.merge(then.labelled, on="registration_no", suffixes=("", "_then"))
    assert (changed["status"] != changed["status_then"]).sum() > 5


def test_a_replay_after_period_6_equals_the_figures_that_were_frozen_at_period_3(
    demo: Cleaned, then: Cleaned, tmp_path: Path
) -> None:
    frozen = figures(record_in(tmp_path, then).figures)
    replayed = figures(demo.measure(PERIOD, LAST_DAY).table)
    assert set(frozen) == set(replayed)
    differing = {key[0] for key, figure in frozen.items() if figure != replayed[key]}
    assert differing <= set(UNDATED)
    assert {replayed[("satisfied", scope, "", "")][0] for scope in ("period", "cumulative")} == {"not_available"}


def test_nothing_of_what_was_frozen_at_period_3_is_restated_after_period_6(
    demo: Cleaned, then: Cleaned, tmp_path: Path
) -> None:
    assert restated(record_in(tmp_path, then), demo).empty


def test_frozen_and_replayed_from_one_register_all_figures_are_equal(demo: Cleaned, tmp_path: Path) -> None:
    record = record_in(tmp_path, demo)
    assert figures(record.figures) == figures(demo.measure(PERIOD, LAST_DAY).table)
    assert restated(record, demo).empty


def test_the_notes_on_grievances_count_after_period_6_what_they_counted_at_period_3(
    demo: Cleaned, then: Cleaned
) -> None:
    told = [counts(one.told, one.cases, one.scopes(PERIOD, LAST_DAY)) for one in (demo, then)]
    for rule in ("channel_inferred", "type_missing"):
        assert told[0][("note", rule)] == told[1][("note", rule)]
        assert told[0][("note", rule)].since_start > told[0][("note", rule)].period > 0

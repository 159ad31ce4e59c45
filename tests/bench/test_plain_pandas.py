"""The figures counted by a plain pandas script are those of the metrics stage."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from making import DATA_VARIABLE, ROOT, Cleaned, clean
from ruamel.yaml import YAML

from bench.plain_pandas import READ, Calendar, figures
from pipeline.project import load_project
from pipeline.register.mapping import collected
from pipeline.working_days import WorkingCalendar

KEY = ["indicator", "scope", "dimension", "member"]
NUMBERS = ["value", "numerator", "denominator"]


@pytest.fixture(scope="module")
def demo() -> Cleaned:
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv(DATA_VARIABLE, str(Path(ROOT) / "data"))
        return clean(load_project("demo"))


def settings_of(project: str) -> dict[str, Any]:
    text = (Path(ROOT) / "data" / project / "project.yml").read_text(encoding="utf-8")
    return dict(YAML(typ="safe").load(text))


def both(cleaned: Cleaned, project: str, period: str) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Return our figures and those of the script, each by what it is a figure of."""
    plain = figures(cleaned.labelled[READ], set(collected(cleaned.register)), settings_of(project), period)
    ours = cleaned.measure(period).table
    return tuple(table.set_index(KEY)[NUMBERS].astype("float64").sort_index() for table in (ours, plain))  # type: ignore[return-value]


@pytest.mark.parametrize("period", ["2024H1", "2024Q2", "2024", "2024-02"])
def test_every_figure_of_the_sample_is_that_of_the_script(sample: Cleaned, period: str) -> None:
    ours, plain = both(sample, "smart-government-ii", period)
    assert len(ours) > 200
    pd.testing.assert_frame_equal(ours, plain, check_exact=False, rtol=1e-12)


@pytest.mark.parametrize("period", ["2022H1", "2023H2", "2024H1", "2024H2", "2023Q3", "2024-11", "2023"])
def test_every_figure_of_the_demonstration_is_that_of_the_script(demo: Cleaned, period: str) -> None:
    ours, plain = both(demo, "demo", period)
    assert len(ours) > 600
    pd.testing.assert_frame_equal(ours, plain, check_exact=False, rtol=1e-12)


def test_a_figure_that_differs_is_seen(demo: Cleaned) -> None:
    ours, _ = both(demo, "demo", "2024H1")
    other = demo.labelled.assign(channel=demo.labelled["channel"].mask(demo.labelled.index == 0, "letter"))
    plain = figures(other[READ], set(collected(demo.register)), settings_of("demo"), "2024H1").set_index(KEY)[NUMBERS]
    with pytest.raises(AssertionError):
        pd.testing.assert_frame_equal(ours, plain.astype("float64").sort_index(), check_exact=False, rtol=1e-12)


def test_the_script_knows_the_weekend_of_the_project_and_days_worked_in_exchange() -> None:
    other = Calendar.of({"country": "KE", "calendar": {"weekend": ["friday", "saturday"]}})
    exchanged = Calendar.of({"country": "VN", "calendar": {"extra_days_off": [{"date": "2019-01-05"}]}})
    for script, ours in (
        (other, WorkingCalendar("KE", weekend=[4, 5])),
        (exchanged, WorkingCalendar("VN", [date(2019, 1, 5)])),
        (Calendar.of({"country": "KE", "calendar": {"weekend": []}}), WorkingCalendar("KE", weekend=[])),
    ):
        days = np.arange("2014-01-01", "2026-01-01", dtype="datetime64[D]")
        worked = script.days[(script.days >= days[0]) & (script.days <= days[-1])].astype("datetime64[D]")
        assert worked.tolist() == days[ours.is_working_day(days)].tolist()

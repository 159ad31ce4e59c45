"""The rows of the results framework: checked against the indicators, and the usual ones where project.yml has none."""

from __future__ import annotations

import pytest
from making import Maker

from pipeline.errors import InputError
from pipeline.indicators.computation import headline_ids
from pipeline.indicators.framework import USUAL, is_reached, results_framework


def test_without_rows_of_its_own_a_project_has_the_usual_ones(make: Maker) -> None:
    rows = results_framework(make.project([]))
    assert {row.indicator: row.scope for row in rows} == USUAL
    assert rows[0].title.startswith("Grievances registered related to delivery of project benefits")
    assert {row.target for row in rows} == {None}
    assert set(USUAL) <= headline_ids()


def test_a_scope_is_taken_from_the_indicator_where_none_is_given(make: Maker) -> None:
    given = (
        "[{indicator: received}, {indicator: benefit_grievances_addressed}, {indicator: received, scope: cumulative}]"
    )
    rows = results_framework(make.project([], {"results_framework": given}))
    assert [row.scope for row in rows] == ["period", "cumulative", "cumulative"]


@pytest.mark.parametrize(
    ("row", "words"),
    [
        ("{indicator: recieved}", ("key results_framework.2.indicator", "'recieved' is not an indicator")),
        (
            "{indicator: resolution_working_days}",
            ("key results_framework.2.indicator", "resolution_working_days_median"),
        ),
        ("{indicator: sensitive}", ("key results_framework.2.indicator", "is not an indicator")),
        (
            "{indicator: benefit_grievances_addressed, scope: period}",
            ("key results_framework.2.scope", "given for cumulative only"),
        ),
    ],
)
def test_a_row_that_no_indicator_answers_is_refused_with_its_line(
    row: str, words: tuple[str, ...], make: Maker
) -> None:
    project = make.project([], {"results_framework": f"\n  - {{indicator: received}}\n  - {row}"})
    lines = (project.folder / "project.yml").read_text(encoding="utf-8").splitlines()
    (line,) = [place for place, text in enumerate(lines, start=1) if row in text]
    with pytest.raises(InputError) as error:
        results_framework(project)
    assert str(error.value).startswith(f"data/smart-government-ii/project.yml, line {line}, ")
    assert all(word in str(error.value) for word in words)


@pytest.mark.parametrize(
    ("indicator", "target", "value", "expected"),
    [
        ("resolution_rate", "85", 85.0, True),
        ("resolution_rate", "85", 84.99, False),
        ("resolution_working_days_median", "5", 5.0, True),  # fewer days are better
        ("resolution_working_days_median", "5", 5.5, False),
        ("resolution_working_days_n", "5", 5.5, None),  # a number of resolutions is neither
        ("received", "100", 120.0, None),
        ("received_per_1000_beneficiaries", "2", 3.0, None),
    ],
)
def test_a_target_is_reached_in_the_direction_of_its_indicator(
    indicator: str, target: str, value: float, expected: bool | None, make: Maker
) -> None:
    project = make.project([], {"results_framework": f"[{{indicator: {indicator}, target: {target}}}]"})
    (row,) = results_framework(project)
    assert is_reached(row, value) is expected


def test_without_a_target_nothing_is_reached(make: Maker) -> None:
    (row,) = results_framework(make.project([], {"results_framework": "[{indicator: resolution_rate}]"}))
    assert is_reached(row, 100.0) is None

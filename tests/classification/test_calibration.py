"""The arithmetic of confidence: bins, calibration error, coverage, thresholds, and the curve behind a confidence."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.classification.calibration import (
    NEVER,
    accuracy_at,
    calibration_error,
    coverage,
    reliability,
    sureness,
    threshold_for,
)

CONFIDENCE = [0.95, 0.95, 0.85, 0.7, 0.61, 0.0]
IS_RIGHT = [True, True, False, True, False, False]


def test_the_table_of_reliability_adds_up() -> None:
    expected = pd.DataFrame(
        {
            "above": [0.0, 0.6, 0.8, 0.9],
            "up_to": [0.1, 0.7, 0.9, 1.0],
            "n": [1, 2, 1, 2],
            "confidence": [0.0, 0.655, 0.85, 0.95],
            "accuracy": [0.0, 0.5, 0.0, 1.0],
        }
    )
    pd.testing.assert_frame_equal(reliability(CONFIDENCE, IS_RIGHT), expected)


def test_the_calibration_error_weighs_the_bins_by_their_rows() -> None:
    # (1 × 0 + 2 × 0.155 + 1 × 0.85 + 2 × 0.05) / 6
    assert calibration_error(CONFIDENCE, IS_RIGHT) == pytest.approx(0.21)
    assert calibration_error([1.0, 1.0], [True, True]) == 0
    assert np.isnan(calibration_error([], []))


@pytest.mark.parametrize(("share", "accuracy"), [(1 / 6, 1.0), (1 / 3, 1.0), (0.5, 2 / 3), (2 / 3, 0.75), (1, 0.5)])
def test_coverage_takes_the_surest_first(share: float, accuracy: float) -> None:
    assert accuracy_at(CONFIDENCE, IS_RIGHT, share) == pytest.approx(accuracy)


def test_rows_of_one_confidence_count_alike_whatever_their_order() -> None:
    assert accuracy_at([0.5] * 4, [True, False, False, False], 0.5) == 0.25
    assert accuracy_at([0.5] * 4, [False, False, False, True], 0.5) == 0.25
    assert coverage([0.5] * 4, [True] * 4)["accuracy"].tolist() == [1.0] * 10


def test_the_threshold_is_the_lowest_that_keeps_the_precision() -> None:
    confidence = [0.9] * 30 + [0.7] * 30 + [0.55] * 30
    is_right = [True] * 30 + [True] * 27 + [False] * 3 + [True] * 10 + [False] * 20
    assert threshold_for(0.95, confidence, is_right) == 0.56  # 57 of 60
    assert threshold_for(0.96, confidence, is_right) == 0.71  # 30 of 30
    assert threshold_for(0.7, confidence, is_right) == 0.5  # never lower


def test_a_precision_that_rests_on_few_rows_or_on_none_gives_no_threshold() -> None:
    assert threshold_for(0.9, [0.99] * 19, [True] * 19) == NEVER
    assert threshold_for(0.9, [0.99] * 20, [True] * 20) == 0.5
    assert threshold_for(0.9, [0.99] * 50, [False] * 50) == NEVER


def test_a_confidence_is_how_often_such_labels_were_right() -> None:
    """Two classes with the same leads, one right nine times in ten, the other half the time."""
    named = np.repeat([0, 1], 500)
    is_right = np.concatenate([np.arange(500) % 10 > 0, np.arange(500) % 2 > 0])
    curve = sureness(named, np.ones(1000), is_right, 2)
    assert curve(np.array([0, 1]), np.ones(2)).tolist() == pytest.approx([0.9, 0.5], abs=0.01)


def test_a_longer_lead_never_makes_a_label_less_sure() -> None:
    lead = np.linspace(0, 4, 200)
    curve = sureness(np.zeros(200, int), lead, lead < 2, 1)
    assert curve.slope == 0
    assert curve(np.zeros(2, int), np.array([0.0, 4.0])).tolist() == pytest.approx([0.5, 0.5], abs=0.01)


@given(st.lists(st.tuples(st.integers(0, 2), st.floats(0, 50), st.booleans()), min_size=1, max_size=40))
def test_every_confidence_is_a_share(rows: list[tuple[int, float, bool]]) -> None:
    named, lead, right = (np.array(column) for column in zip(*rows, strict=True))
    confidence = sureness(named, lead, right, 3)(named, lead)
    assert ((confidence >= 0) & (confidence <= 1)).all()
